/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A network on the host, as a whole: bridge, dnsmasq, firewall; or for pools of devices nothing but a look whether they
 * are there. For workers. Errors: VIR_FROM_NETWORK, VIR_FROM_FIREWALL.
 */
#pragma once

#include "virtnetworkd/dhcp/dhcp.h"

/* On failure nothing is left. *dnsmasq is its pid or 0. */
gboolean host_start(const NetworkDef *def, const DhcpDirs *dirs, pid_t *dnsmasq, GError **error);

/* Goes on where a step fails, so that as little as possible is left; the first failure is the error. */
gboolean host_stop(const NetworkDef *def, const DhcpDirs *dirs, GError **error);

/* Puts back what is missing, and finds dnsmasq or starts it. ports: NetworkPort, those of the network. */
gboolean host_repair(const NetworkDef *def, const GPtrArray *ports, const DhcpDirs *dirs, pid_t *dnsmasq,
                     GError **error);

/* Brings dnsmasq and the rules to what def says, after one of its entries changed. *dnsmasq is its pid afterwards, or
 * 0. */
gboolean host_update(const NetworkDef *def, const DhcpDirs *dirs, pid_t *dnsmasq, GError **error);

/* A pidfd, readable at the process' end, or -1. */
int host_watch_process(pid_t pid);
