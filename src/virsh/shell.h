/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One run of virsh: its connection, its settings, and what every command needs. */
#pragma once

#include <glib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "virsh/output.h"

typedef struct {
    virConnectPtr connection; /* or NULL */
    char *uri;                /* as given; NULL: the default */
    gboolean is_read_only;
    gboolean is_quiet;
    gboolean is_interactive;
    gboolean is_ending; /* quit was asked for */
    char *last_error;   /* what the library said went wrong last */
    char escape;        /* leaves a console */
    int keepalive_interval, keepalive_count;
    gint events_stop; /* atomic: ends the event thread */
    GThread *events;  /* runs the event loop while a connection lives */
} Shell;

/* "error: " and the message, on stderr. */
void shell_error(Shell *shell, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The same and then, on a line of its own, what the library says went wrong last. Always FALSE. */
gboolean shell_fail(Shell *shell, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* For virSetErrorFunc(shell, ...): keeps the message for shell_fail, since asking for a name forgets it. */
void shell_keep_error(void *shell, virErrorPtr error);

/* A line that --quiet leaves out. */
void shell_say(Shell *shell, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Connects when there is no live connection. FALSE: reported. */
gboolean shell_connect(Shell *shell);
void shell_disconnect(Shell *shell);

/* The object that text names: an id (active domains), a uuid or a name. Free it with virDomainFree / virNetworkFree.
 * NULL: reported. */
virDomainPtr shell_domain(Shell *shell, const char *text);
virNetworkPtr shell_network(Shell *shell, const char *text);

/* The text of an XML file, "-" for stdin... NULL: reported. Caller frees. */
char *shell_read_file(Shell *shell, const char *path);

/* Reading and running lines until the end. */
int shell_interact(Shell *shell);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(virDomain, virDomainFree)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(virNetwork, virNetworkFree)
