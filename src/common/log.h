/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The log: messages with a level and a source, filters that choose among them, outputs that write them. Filters and
 * outputs have libvirt's syntax and can be changed while running:
 *
 *   filters   "LEVEL:MATCH ..."   messages whose source contains MATCH are taken from LEVEL on, whatever the level is
 *   outputs   "LEVEL:stderr", "LEVEL:syslog:IDENT", "LEVEL:file:PATH", "LEVEL:journald", separated by blanks
 *
 * A message's source is the file that sends it, as in "daemon.client". All functions are thread-safe; writing may wait
 * for the disk when an output is a file on a slow one, which is the price of not losing the message.
 */
#pragma once

#include <glib.h>

typedef enum {
    LOG_LEVEL_DEBUG = 1,
    LOG_LEVEL_INFO = 2,
    LOG_LEVEL_WARNING = 3,
    LOG_LEVEL_ERROR = 4,
} LogLevel;

#define log_debug(...)   log_at(LOG_LEVEL_DEBUG, __VA_ARGS__)
#define log_info(...)    log_at(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_warning(...) log_at(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_error(...)   log_at(LOG_LEVEL_ERROR, __VA_ARGS__)

/* Costs one comparison when nobody could want the message. */
#define log_at(level, ...)                                                                                             \
    do {                                                                                                               \
        if ((int)(level) >= g_atomic_int_get(&log_floor))                                                              \
            log_write((level), __FILE__, __LINE__, __func__, __VA_ARGS__);                                             \
    } while (0)

/* The lowest level that any filter or output may take. Not to be set from outside. */
extern int log_floor;

void log_write(LogLevel level, const char *file, int line, const char *function, const char *format, ...)
    G_GNUC_PRINTF(5, 6);

/* The level for sources that no filter names. FALSE for a number that is no level: VIR_ERR_INVALID_ARG. */
gboolean log_set_level(int level, GError **error);
LogLevel log_get_level(void);

/* Replaces all filters; "" or NULL for none. On error nothing changes: VIR_ERR_INVALID_ARG. */
gboolean log_set_filters(const char *filters, GError **error);

/* Replaces all outputs; "" or NULL for the default one. On error nothing changes: VIR_ERR_INVALID_ARG, or
 * VIR_ERR_SYSTEM_ERROR when a file cannot be opened. */
gboolean log_set_outputs(const char *outputs, GError **error);

/* The output that "" stands for, "stderr", say; the level is put before it. */
void log_set_default_output(const char *output);

/* In the syntax above, and how many there are. Caller frees. */
char *log_get_filters(guint *count);
char *log_get_outputs(guint *count);

/* Opens the files of file outputs again, after they have been rotated. */
void log_reopen(void);
