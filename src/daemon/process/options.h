/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A daemon's command line. */
#pragma once

#include <glib.h>

typedef struct {
    gboolean is_verbose;
    gboolean is_daemon;  /* go to the background once ready */
    gboolean is_session; /* serve this user's session although the user is root */
    int timeout;         /* seconds until the idle exit; 0: never */
    char *config;        /* file, or NULL for the usual one */
    char *pid_file;      /* or NULL for the usual one */
} DaemonOptions;

/* Returns -1 to go on; else the exit status: what was asked for (--help, --version) or what is wrong has been printed.
 */
int daemon_options_parse(DaemonOptions *options, const char *name, int argc, char **argv);
void daemon_options_clear(DaemonOptions *options);
