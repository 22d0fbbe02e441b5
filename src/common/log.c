/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "common/error.h"
#include "common/journal.h"

typedef enum { OUTPUT_STDERR, OUTPUT_SYSLOG, OUTPUT_FILE, OUTPUT_JOURNAL } OutputKind;

typedef struct {
    OutputKind kind;
    LogLevel level;
    char *target; /* path or syslog identity */
    int fd;       /* of a file */
} LogOutput;

typedef struct {
    LogLevel level;
    char *match;
} LogFilter;

typedef struct {
    LogLevel level;
    const char *file;
    int line;
    const char *function;
    char source[64]; /* "daemon.client" */
    const char *text;
} LogMessage;

int log_floor = LOG_LEVEL_WARNING;

static GMutex lock;
static LogLevel level_default = LOG_LEVEL_WARNING;
static GPtrArray *filters; /* LogFilter */
static GPtrArray *outputs; /* LogOutput; NULL: stderr */
static char *default_output;

static const char *const level_names[] = {"none", "debug", "info", "warning", "error"};
static const int syslog_priorities[] = {LOG_ERR, LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERR};

static void output_free(gpointer data)
{
    LogOutput *output = data;

    if (output->fd >= 0)
        close(output->fd);
    g_free(output->target);
    g_free(output);
}

static void filter_free(gpointer data)
{
    LogFilter *filter = data;

    g_free(filter->match);
    g_free(filter);
}

/* "../src/daemon/connection/client.c" -> "daemon.client" */
static void source_name(const char *file, char *name, gsize size)
{
    const char *start = strstr(file, "src/");
    gsize length = 0;

    start = start ? start + 4 : file;
    while (g_str_has_prefix(start, "../"))
        start += 3;
    for (; start[length] && start[length] != '.' && length < size - 1; length++)
        name[length] = start[length] == '/' ? '.' : start[length];
    name[length] = '\0';
}

static LogLevel level_for(const char *source)
{
    for (guint i = 0; filters && i < filters->len; i++) {
        LogFilter *filter = g_ptr_array_index(filters, i);

        if (strstr(source, filter->match))
            return filter->level;
    }
    return level_default;
}

static void write_line(int fd, const LogMessage *message)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *when = g_date_time_format(now, "%F %T");
    g_autofree char *line =
        g_strdup_printf("%s.%03d+0000: %d: %s : %s:%d : %s\n", when, g_date_time_get_microsecond(now) / 1000,
                        (int)gettid(), level_names[message->level], message->function, message->line, message->text);

    /* There is nowhere to report that the log itself cannot be written. */
    if (write(fd, line, strlen(line)) < 0)
        return;
}

static void output_write(const LogOutput *output, const LogMessage *message)
{
    switch (output->kind) {
    case OUTPUT_STDERR:
        write_line(STDERR_FILENO, message);
        break;
    case OUTPUT_FILE:
        write_line(output->fd, message);
        break;
    case OUTPUT_SYSLOG:
        syslog(syslog_priorities[message->level], "%s", message->text);
        break;
    case OUTPUT_JOURNAL:
        journal_send(syslog_priorities[message->level], message->source, message->file, message->line,
                     message->function, message->text);
        break;
    }
}

void log_write(LogLevel level, const char *file, int line, const char *function, const char *format, ...)
{
    LogMessage message = {.level = level, .file = file, .line = line, .function = function};
    g_autofree char *text = NULL;
    int saved_errno = errno;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    message.text = text;
    source_name(file, message.source, sizeof(message.source));
    g_mutex_lock(&lock);
    if (level >= level_for(message.source)) {
        if (!outputs)
            write_line(STDERR_FILENO, &message);
        for (guint i = 0; outputs && i < outputs->len; i++) {
            LogOutput *output = g_ptr_array_index(outputs, i);

            if (level >= output->level)
                output_write(output, &message);
        }
    }
    g_mutex_unlock(&lock);
    errno = saved_errno;
}

/* Call with the lock held. */
static void update_floor(void)
{
    int floor = level_default;

    for (guint i = 0; filters && i < filters->len; i++)
        floor = MIN(floor, (int)((LogFilter *)g_ptr_array_index(filters, i))->level);
    g_atomic_int_set(&log_floor, floor);
}

static gboolean parse_level(const char *text, gsize length, LogLevel *level)
{
    if (length != 1 || text[0] < '1' || text[0] > '4')
        return FALSE;
    *level = text[0] - '0';
    return TRUE;
}

gboolean log_set_level(int level, GError **error)
{
    if (level < LOG_LEVEL_DEBUG || level > LOG_LEVEL_ERROR) {
        vir_error_set(error, VIR_FROM_CONF, VIR_ERR_INVALID_ARG, "log level %d is not one of 1 to 4", level);
        return FALSE;
    }
    g_mutex_lock(&lock);
    level_default = level;
    update_floor();
    g_mutex_unlock(&lock);
    return TRUE;
}

LogLevel log_get_level(void)
{
    LogLevel level;

    g_mutex_lock(&lock);
    level = level_default;
    g_mutex_unlock(&lock);
    return level;
}

static LogFilter *filter_parse(const char *word, GError **error)
{
    const char *colon = strchr(word, ':');
    LogFilter *filter;
    LogLevel level;

    if (!colon || !colon[1] || !parse_level(word, colon - word, &level)) {
        vir_error_set(error, VIR_FROM_CONF, VIR_ERR_INVALID_ARG, "log filter '%s' is not of the form LEVEL:MATCH",
                      word);
        return NULL;
    }
    filter = g_new0(LogFilter, 1);
    filter->level = level;
    filter->match = g_strdup(colon + 1);
    return filter;
}

static const struct {
    const char *name;
    OutputKind kind;
    gboolean has_target;
} output_kinds[] = {
    {"stderr", OUTPUT_STDERR, FALSE},
    {"syslog", OUTPUT_SYSLOG, TRUE},
    {"file", OUTPUT_FILE, TRUE},
    {"journald", OUTPUT_JOURNAL, FALSE},
};

static gboolean output_open(LogOutput *output, GError **error)
{
    if (output->kind == OUTPUT_FILE) {
        output->fd = open(output->target, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600);
        if (output->fd < 0) {
            vir_error_set_errno(error, VIR_FROM_CONF, errno, "cannot open log file '%s'", output->target);
            return FALSE;
        }
    }
    return TRUE;
}

static LogOutput *output_parse(const char *word, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(word, ":", 3);
    guint n = g_strv_length(parts);
    LogLevel level;

    for (guint i = 0; n >= 2 && i < G_N_ELEMENTS(output_kinds); i++) {
        gboolean has_target = n == 3 && parts[2][0];
        LogOutput *output;

        if (strcmp(parts[1], output_kinds[i].name) != 0 || has_target != output_kinds[i].has_target ||
            !parse_level(parts[0], strlen(parts[0]), &level))
            continue;
        output = g_new0(LogOutput, 1);
        *output = (LogOutput){.kind = output_kinds[i].kind, .level = level, .target = g_strdup(parts[2]), .fd = -1};
        if (output_open(output, error))
            return output;
        output_free(output);
        return NULL;
    }
    vir_error_set(error, VIR_FROM_CONF, VIR_ERR_INVALID_ARG,
                  "log output '%s' is none of LEVEL:stderr, LEVEL:journald, LEVEL:file:PATH, LEVEL:syslog:IDENT", word);
    return NULL;
}

/* Splits at blanks and parses each word; NULL on error. */
static GPtrArray *parse_words(const char *text, gpointer (*parse)(const char *, GError **), GDestroyNotify free_item,
                              GError **error)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(free_item);
    g_auto(GStrv) words = g_strsplit_set(text ? text : "", " \t\n", -1);

    for (char **word = words; *word; word++) {
        gpointer item;

        if (!**word)
            continue;
        item = parse(*word, error);
        if (!item)
            return NULL;
        g_ptr_array_add(items, item);
    }
    return g_steal_pointer(&items);
}

static void swap_locked(GPtrArray **place, GPtrArray *items)
{
    GPtrArray *old;

    g_mutex_lock(&lock);
    old = *place;
    *place = items;
    update_floor();
    g_mutex_unlock(&lock);
    g_clear_pointer(&old, g_ptr_array_unref);
}

gboolean log_set_filters(const char *text, GError **error)
{
    GPtrArray *items = parse_words(text, (gpointer(*)(const char *, GError **))filter_parse, filter_free, error);

    if (!items)
        return FALSE;
    swap_locked(&filters, items);
    return TRUE;
}

gboolean log_set_outputs(const char *text, GError **error)
{
    GPtrArray *items = parse_words(text, (gpointer(*)(const char *, GError **))output_parse, output_free, error);

    if (!items)
        return FALSE;
    if (items->len == 0) {
        g_autofree char *word = g_strdup_printf("%d:%s", log_get_level(), default_output ? default_output : "stderr");
        LogOutput *output = output_parse(word, error);

        if (!output) {
            g_ptr_array_unref(items);
            return FALSE;
        }
        g_ptr_array_add(items, output);
    }
    for (guint i = 0; i < items->len; i++) {
        LogOutput *output = g_ptr_array_index(items, i);

        if (output->kind == OUTPUT_SYSLOG) {
            static char *identity; /* openlog() keeps the pointer */
            char *old = identity;

            identity = g_strdup(output->target);
            openlog(identity, LOG_PID, LOG_DAEMON);
            g_free(old);
        }
    }
    swap_locked(&outputs, items);
    return TRUE;
}

void log_set_default_output(const char *output)
{
    g_free(default_output);
    default_output = g_strdup(output);
}

char *log_get_filters(guint *count)
{
    GString *text = g_string_new(NULL);

    g_mutex_lock(&lock);
    *count = filters ? filters->len : 0;
    for (guint i = 0; i < *count; i++) {
        LogFilter *filter = g_ptr_array_index(filters, i);

        g_string_append_printf(text, "%s%d:%s", i ? " " : "", filter->level, filter->match);
    }
    g_mutex_unlock(&lock);
    return g_string_free(text, FALSE);
}

char *log_get_outputs(guint *count)
{
    GString *text = g_string_new(NULL);

    g_mutex_lock(&lock);
    *count = outputs ? outputs->len : 1;
    if (!outputs)
        g_string_append_printf(text, "%d:stderr", level_default);
    for (guint i = 0; outputs && i < outputs->len; i++) {
        LogOutput *output = g_ptr_array_index(outputs, i);

        g_string_append_printf(text, "%s%d:%s", i ? " " : "", output->level, output_kinds[output->kind].name);
        if (output->target)
            g_string_append_printf(text, ":%s", output->target);
    }
    g_mutex_unlock(&lock);
    return g_string_free(text, FALSE);
}

void log_reopen(void)
{
    g_mutex_lock(&lock);
    for (guint i = 0; outputs && i < outputs->len; i++) {
        LogOutput *output = g_ptr_array_index(outputs, i);
        LogOutput fresh = *output;

        /* When the new file cannot be opened the old one stays in use: messages are worth more than their place. */
        if (output->kind == OUTPUT_FILE && output_open(&fresh, NULL)) {
            close(output->fd);
            output->fd = fresh.fd;
        }
    }
    g_mutex_unlock(&lock);
}
