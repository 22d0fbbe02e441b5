/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starting a session's daemon that another one needs, as libvirt's clients do. For the loop's thread; never blocks. */
#pragma once

#include "daemon/daemon.h"

/* The start has ended, well or not; whoever waited tries to connect. */
typedef void (*AutostartDone)(gpointer data);

/*
 * Starts the daemon of this name in the background, unless the system's daemons are served, LIBVIRT_AUTOSTART is 0 or
 * there is no such program: then FALSE, and done is not called. Else done is called later, once. The program is the one
 * that NAME_PATH (VIRTQEMUD_PATH, ...) says, or the installed one.
 */
gboolean autostart(Daemon *daemon, const char *name, AutostartDone done, gpointer data);

/* Whoever waits with this data does not any more. */
void autostart_cancel(gpointer data);

/* The loop is at its end: threads in daemon_autostart() wait for it no longer. */
void autostart_stop(void);
