/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who is measured: two servers that only echo, our daemons, and perhaps another's. All blocking; what fails ends the
 * bench with a message.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "rpc/remote_calls.h"

typedef struct {
    const char *name;
    char *socket;
    const char *uri; /* that its clients open */
    pid_t pid;
    gboolean is_echo;
    gboolean takes_one;  /* connection at a time */
    gboolean is_slow;    /* with idle connections it is measured once */
    double starts_ns[5]; /* from the start to the first answer */
} Subject;

/* A directory of our own for sockets and configuration; made at the first call. */
const char *bench_folder(void);

/* Prints what and the message of errno, and ends the bench. */
G_NORETURN void die(const char *what);

double now_ns(void);

/* The limit: as few system calls as an answer can have, for one connection after the other. */
void subject_start_echo(Subject *subject);

/* The limit of a server with many connections: the same behind epoll. */
void subject_start_epoll_echo(Subject *subject);

/* The limit of a proxy: copies bytes between a connection, one after the other, and another to behind's socket. */
void subject_start_relay(Subject *subject, const Subject *behind);

/* Starts one of our daemons in session mode in the bench's folder. It stays running after the last of several starts.
 */
void subject_start_ours(Subject *subject, const char *program);

/* Starts another's daemon, which listens on socket by itself. */
void subject_start_peer(Subject *subject, const char *program, const char *socket);

/* Ends what subject_start_...() has started. */
void subject_stop(Subject *subject);

/* CPU time of the subject so far. */
double subject_cpu_ns(const Subject *subject);

/* Its private memory: what it has written to, and with clean pages that nobody else maps. FALSE if it cannot be read.
 */
gboolean subject_memory_mb(const Subject *subject, double *dirty, double *all);

/* --- a client of it --- */

/* A connection on which its URI is open. */
int subject_open(const Subject *subject);
void subject_close(int fd);

/* One call and its answer, which has to be a good one. */
void subject_call(int fd, gint32 procedure, const void *body, gsize size);

/* Encodes a call. Returns its size. */
gsize call_encode(guint8 *data, gint32 procedure, const void *body, gsize size);
void send_all(int fd, const guint8 *data, gsize size);

/* Returns the bytes of one or more frames, which fit into one read here; a client that did more would measure itself.
 */
gsize receive(int fd, guint8 *buffer, gsize size);
