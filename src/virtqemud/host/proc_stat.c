/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host/proc_stat.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Numbers by proc(5), which counts from 1; the first two are the id and the name. */
typedef enum {
    FIELD_STATE = 3,
    FIELD_UTIME = 14,
    FIELD_STIME = 15,
    FIELD_START_TIME = 22,
    FIELD_RSS = 24,
    FIELD_PROCESSOR = 39,
} Field;

static gboolean read_text(const char *path, char *text, gsize size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    gssize n;

    if (fd < 0)
        return FALSE;
    n = read(fd, text, size - 1);
    close(fd);
    text[MAX(n, 0)] = '\0';
    return n > 0;
}

/* The fields from the state on, of which only those that are asked for are turned into numbers. */
static gboolean read_fields(const char *at, guint64 values[FIELD_PROCESSOR + 1])
{
    for (int field = FIELD_STATE; field <= FIELD_PROCESSOR; field++) {
        at = strchr(at, ' ');
        if (!at)
            return FALSE;
        at++;
        switch (field) {
        case FIELD_UTIME:
        case FIELD_STIME:
        case FIELD_START_TIME:
        case FIELD_RSS:
        case FIELD_PROCESSOR:
            values[field] = g_ascii_strtoull(at, NULL, 10);
            break;
        default:
            break;
        }
    }
    return TRUE;
}

gboolean proc_stat_read(const char *path, ProcStat *stat)
{
    const guint64 tick_ns = G_GUINT64_CONSTANT(1000000000) / (guint64)sysconf(_SC_CLK_TCK);
    guint64 values[FIELD_PROCESSOR + 1];
    char text[1024];
    const char *name, *behind_name;

    memset(stat, 0, sizeof(*stat));
    if (!read_text(path, text, sizeof(text)))
        return FALSE;
    /* The name is in parentheses and may hold anything, also blanks and parentheses. */
    name = strchr(text, '(');
    behind_name = strrchr(text, ')');
    if (!name || !behind_name || behind_name < name || !read_fields(behind_name, values))
        return FALSE;
    g_strlcpy(stat->name, name + 1, MIN(sizeof(stat->name), (gsize)(behind_name - name)));
    stat->user_ns = values[FIELD_UTIME] * tick_ns;
    stat->system_ns = values[FIELD_STIME] * tick_ns;
    stat->start_time = values[FIELD_START_TIME];
    stat->rss_kib = values[FIELD_RSS] * (guint64)(sysconf(_SC_PAGESIZE) / 1024);
    stat->host_cpu = (int)values[FIELD_PROCESSOR];
    return TRUE;
}
