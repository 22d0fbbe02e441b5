/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * DHCP and DNS of a network: a dnsmasq process of its own, with libvirt's file names, so that a host can change over
 * with its networks running. It outlives the daemon and is found again by its pid file.
 *
 * dhcp_files() is text only; the rest is for workers. Errors: VIR_FROM_NETWORK.
 */
#pragma once

#include <sys/types.h>

#include "conf/network/network_def.h"

/* What dnsmasq reads for one network. */
typedef struct {
    char *config; /* NAME.conf */
    char *hosts;  /* NAME.hostsfile: static leases, re-read on SIGHUP */
    char *names;  /* NAME.addnhosts: DNS hosts, re-read on SIGHUP */
} DhcpFiles;

/* Where they are, and as whom dnsmasq reads them. */
typedef struct {
    const char *files_dir;
    const char *run_dir;
    const char *user; /* of a session's daemon, whose files are private; NULL: dnsmasq's own choice */
} DhcpDirs;

/* The files' texts, or NULL when the network needs no dnsmasq. Free with dhcp_files_free. */
DhcpFiles *dhcp_files(const NetworkDef *def, const DhcpDirs *dirs);
void dhcp_files_free(DhcpFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DhcpFiles, dhcp_files_free)

/*
 * Makes what runs agree with def: writes the files that changed, and starts dnsmasq, starts it again or tells it to
 * read again, whichever is least. Leases survive all of it. Returns when it serves; *pid is 0 when the network needs
 * none.
 */
gboolean dhcp_apply(const NetworkDef *def, const DhcpDirs *dirs, pid_t *pid, GError **error);

/* Ends dnsmasq and removes the files, but for the leases. */
void dhcp_stop(const NetworkDef *def, const DhcpDirs *dirs);

/* The running dnsmasq of a network by its pid file, or 0. Another process with that pid is not taken for it. */
pid_t dhcp_find(const NetworkDef *def, const DhcpDirs *dirs);

/* Removes the leases of a network that is no more. */
void dhcp_forget(const char *network, const DhcpDirs *dirs);

/* DIR/NETWORK.ENDING. Caller frees. */
char *dhcp_path(const char *network, const char *dir, const char *ending);
