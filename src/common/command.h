/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Helper programs that run and end while we wait (dnsmasq's start, qemu-img). For workers and jobs, not for the loop.
 * What lives on (QEMU) is started elsewhere.
 */
#pragma once

#include <glib.h>

/*
 * Runs argv (argv[0] is looked up in PATH) with env added to the environment ("NAME=value", or NULL), no input, output
 * dropped. Waits for its end, timeout_ms at most, then kills it.
 *
 * FALSE: the given VIR_FROM_* domain, VIR_ERR_INTERNAL_ERROR, with the command, its exit status and the end of what it
 * wrote to stderr.
 */
gboolean command_run(const char *const *argv, const char *const *env, int timeout_ms, int domain, GError **error);

/* The same for a program that reads input, a text, as its standard input; NULL for nothing to read. */
gboolean command_run_with_input(const char *const *argv, const char *const *env, const char *input, int timeout_ms,
                                int domain, GError **error);

/* The same as command_run for a program that shall not outlive us: it is killed when this process, or the calling
 * thread, ends. */
gboolean command_run_bound(const char *const *argv, int timeout_ms, int domain, GError **error);

/* The same as command_run, and keeps what the program wrote: *output to its standard output, up to a mebibyte, *words
 * the end of that to stderr. Both are the caller's to free, also when it failed; words may be NULL. */
gboolean command_run_output(const char *const *argv, int timeout_ms, int domain, char **output, char **words,
                            GError **error);
