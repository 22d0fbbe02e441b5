/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What NAME.conf says, with what holds when it says nothing. The keys are libvirt's. */
#pragma once

#include "common/config_file.h"
#include "daemon/connection/server.h"

typedef struct {
    char *unix_group; /* or NULL */
    char *unix_dir;   /* or NULL: the run directory */
    mode_t rw_mode;
    mode_t ro_mode;
    mode_t admin_mode;
    DaemonAuth auth_rw;
    DaemonAuth auth_ro;
    gboolean uses_polkit_access; /* access_drivers */
    int backlog;                 /* connections that wait to be accepted */
    int admin_backlog;
    DaemonLimits limits;
    DaemonLimits admin_limits;
    int log_level;
    char *log_filters; /* or NULL */
    char *log_outputs; /* or NULL */
    int ovs_timeout_s; /* of daemons that ask Open vSwitch */

    gboolean listen_tcp; /* this and the next: of a daemon that listens there at all (virtproxyd) */
    DaemonAuth auth_tcp;
    char *tcp_port;
    char *listen_addr; /* or NULL: all */
} DaemonSettings;

/* Defaults of a daemon that serves the system, or a session. */
void settings_init(DaemonSettings *settings, gboolean is_privileged);
void settings_clear(DaemonSettings *settings);

/* Whether clients of TCP may be let in: not unless auth_tcp says that they need no password, since there is no way yet
 * to ask for one. Error: VIR_ERR_CONFIG_UNSUPPORTED. */
gboolean settings_check_tcp(const DaemonSettings *settings, GError **error);

/*
 * Reads the file's keys into settings. has_tcp: the daemon has the keys of remote access. driver_keys: further keys,
 * which the driver reads itself, or NULL. FALSE: VIR_ERR_CONF_SYNTAX for what is wrong, VIR_ERR_CONFIG_UNSUPPORTED for
 * what we cannot do.
 */
gboolean settings_read(DaemonSettings *settings, ConfigFile *file, gboolean has_tcp, const char *const *driver_keys,
                       GError **error);
