/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each guest's own log: what QEMU writes, between lines of ours about its starts and ends. */
#pragma once

#include <glib.h>

/* Opens NAME.log for QEMU's output, made when needed; *start is where this run's part begins. -1: VIR_ERR_SYSTEM_ERROR.
 * For threads that may wait for the disk. */
int log_file_open(const char *name, gint64 *start, GError **error);

/* Appends a line with the time. Failures are of no consequence. */
void log_file_note(const char *name, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* What was written from start on, its end if it is long, without our own lines; NULL when there is nothing. Caller
 * frees. */
char *log_file_tail(const char *name, gint64 start);

/* Removes the log and its older parts (NAME.log.0, ...). */
void log_file_remove(const char *name);
