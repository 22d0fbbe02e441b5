/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who a client is: what the kernel says of the process at the other end, and what a trusted peer (virtproxyd) says of
 * the client it speaks for. Immutable once made, reference-counted; thread-safe apart from the making.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

typedef struct DaemonIdentity DaemonIdentity;

struct DaemonIdentity {
    gint ref_count;
    gboolean has_process; /* pid, start_time, uid and gid are known */
    gint64 pid;
    guint64 start_time; /* in clock ticks since boot: pid and this name a process for good */
    uid_t uid;
    gid_t gid;
    char *user_name; /* or NULL, like the rest */
    char *group_name;
    char *sasl_user_name;
    char *x509_name;
    char *selinux_context;
};

/* The process at the other end of a connected unix socket; an empty identity when the kernel does not say. */
DaemonIdentity *daemon_identity_new_from_socket(int fd);

/* An identity that knows nothing. */
DaemonIdentity *daemon_identity_new(void);

DaemonIdentity *daemon_identity_ref(const DaemonIdentity *identity);
void daemon_identity_unref(DaemonIdentity *identity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DaemonIdentity, daemon_identity_unref)

/* The start time of a process from /proc, or 0 when there is no such process. */
guint64 daemon_identity_process_start_time(gint64 pid);
