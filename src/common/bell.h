/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Wakes a thread that sleeps until there is something to do. A pipe rather than a condition or an eventfd: the kernel
 * takes who writes to a pipe for somebody who is about to sleep, and runs the woken thread in its place, instead of on
 * another processor that has to be woken first. All functions are for any thread; only bell_wait() blocks.
 */
#pragma once

#include <glib.h>

typedef struct {
    int fds[2];
} Bell;

/* There for good. Ends the program when there are no descriptors left. */
void bell_init(Bell *bell);
/* Whether it was made, of one that was all zeros before. */
gboolean bell_is_there(const Bell *bell);

/* Until somebody hears it: rung again it is the same. */
void bell_ring(Bell *bell);

/* Readable while it rings. Stays the bell's. */
int bell_fd(const Bell *bell);

void bell_hush(Bell *bell);

/* Until it rings, which it hushes; FALSE: not until then (g_get_monotonic_time()). */
gboolean bell_wait(Bell *bell, gint64 until_us);
