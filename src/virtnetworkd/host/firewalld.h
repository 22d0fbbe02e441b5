/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * firewalld, where it runs: which zone a bridge is in. Without it the bus, or the bus without it, nothing is done. For
 * workers: waits for the bus.
 */
#pragma once

#include "conf/network/network_def.h"

/*
 * Puts the network's bridge into the zone that its document names, or when firewalld runs into the zone "libvirt", or
 * "libvirt-routed" for forward mode route, where it has such. FALSE: VIR_ERR_INTERNAL_ERROR when a zone is named and
 * firewalld does not run or does not know it.
 */
gboolean firewalld_set_zone(const NetworkDef *def, GError **error);

/* Takes the network's bridge out of its zone again. One that is in none, or that firewalld keeps, is no error. */
void firewalld_unset_zone(const NetworkDef *def);

/* FALSE: firewalld does not run. *zone: the one that the link is in, or NULL for none; caller frees. */
gboolean firewalld_find_zone(const char *link, char **zone);

/* Waits until a firewalld that starts, or reads its configuration again, has done so, half a minute at most. */
void firewalld_settle(void);

/* Calls reloaded on the loop each time firewalld has read its configuration again, which takes bridges out of their
 * zones, and when it, or the bus, was started. For the loop, once. */
void firewalld_watch(void (*reloaded)(void));
