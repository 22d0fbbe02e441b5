/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/journal.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

gboolean journal_is_present(void)
{
    return access(JOURNAL_SOCKET, W_OK) == 0;
}

/* A value with a line break is sent behind its length (8 bytes, little-endian) instead of behind '='. */
static void append_field(GString *datagram, const char *name, const char *value)
{
    g_string_append(datagram, name);
    if (strchr(value, '\n')) {
        guint64 length = GUINT64_TO_LE(strlen(value));

        g_string_append_c(datagram, '\n');
        g_string_append_len(datagram, (const char *)&length, sizeof(length));
    } else {
        g_string_append_c(datagram, '=');
    }
    g_string_append(datagram, value);
    g_string_append_c(datagram, '\n');
}

void journal_send(int priority, const char *source, const char *file, int line, const char *function, const char *text)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = JOURNAL_SOCKET};
    GString *datagram = g_string_new(NULL);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    g_string_append_printf(datagram, "PRIORITY=%d\nCODE_LINE=%d\n", priority, line);
    append_field(datagram, "MESSAGE", text);
    append_field(datagram, "LIBVIRT_SOURCE", source);
    append_field(datagram, "CODE_FILE", file);
    append_field(datagram, "CODE_FUNC", function);
    append_field(datagram, "SYSLOG_IDENTIFIER", g_get_prgname() ? g_get_prgname() : "modvirt");
    if (fd >= 0) {
        sendto(fd, datagram->str, datagram->len, MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof(address));
        close(fd);
    }
    g_string_free(datagram, TRUE);
}
