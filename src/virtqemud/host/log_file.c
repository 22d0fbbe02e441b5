/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/file.h"
#include "virtqemud/driver.h"

#define TAIL_MAX 4096
/* Of a log that has grown beyond this at a start, the older part is put aside. */
#define LOG_MAX (2 * 1024 * 1024)
#define OLD_MAX 3

static char *log_path(const char *name)
{
    return g_strdup_printf("%s/%s.log", driver.log_dir, name);
}

static void rotate(const char *path)
{
    for (int i = OLD_MAX - 1; i >= 0; i--) {
        g_autofree char *to = g_strdup_printf("%s.%d", path, i);
        g_autofree char *from = i > 0 ? g_strdup_printf("%s.%d", path, i - 1) : g_strdup(path);

        if (rename(from, to) < 0 && errno != ENOENT)
            return;
    }
}

int log_file_open(const char *name, gint64 *start, GError **error)
{
    g_autofree char *path = log_path(name);
    int fd;

    if (!file_make_dir(driver.log_dir, 0755, VIR_FROM_QEMU, error))
        return -1;
    fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && lseek(fd, 0, SEEK_END) > LOG_MAX) {
        close(fd);
        rotate(path);
        fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    }
    if (fd < 0) {
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "failed to create logfile %s", path);
        return -1;
    }
    *start = lseek(fd, 0, SEEK_END);
    return fd;
}

void log_file_note(const char *name, const char *format, ...)
{
    g_autofree char *path = log_path(name);
    g_autofree char *text = NULL;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format(now, "%Y-%m-%d %H:%M:%S.000+0000");
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    va_list args;

    if (fd < 0)
        return;
    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    dprintf(fd, "%s: %s\n", time, text);
    close(fd);
}

char *log_file_tail(const char *name, gint64 start)
{
    g_autofree char *path = log_path(name);
    g_autofree char *text = g_malloc(TAIL_MAX + 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    gint64 end;
    gssize n;

    if (fd < 0)
        return NULL;
    end = lseek(fd, 0, SEEK_END);
    n = pread(fd, text, TAIL_MAX, MAX(start, end - TAIL_MAX));
    close(fd);
    if (n <= 0)
        return NULL;
    text[n] = '\0';
    g_strstrip(text);
    return *text ? g_steal_pointer(&text) : NULL;
}

void log_file_remove(const char *name)
{
    g_autofree char *path = log_path(name);

    unlink(path);
    for (int i = 0; i < OLD_MAX; i++) {
        g_autofree char *old = g_strdup_printf("%s.%d", path, i);

        unlink(old);
    }
}
