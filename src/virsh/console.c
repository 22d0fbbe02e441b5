/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest's console on this terminal. The stream and the terminal are both watched by the library's event loop, which
 * the shell's event thread runs; the command waits here until either side ends.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "virsh/commands.h"

/* What may wait for the slower side, in bytes. */
#define BUFFER_MAX 65536

typedef struct {
    Shell *shell;
    virStreamPtr stream;
    int stdin_watch, stdout_watch;
    GMutex lock;
    GCond ended;
    gboolean is_ended;
    char *reason; /* of an end that was not asked for */
    GByteArray *to_guest, *to_terminal;
} Console;

static void end(Console *console, const char *reason)
{
    g_mutex_lock(&console->lock);
    if (!console->is_ended && reason)
        console->reason = g_strdup(reason);
    console->is_ended = TRUE;
    g_cond_signal(&console->ended);
    g_mutex_unlock(&console->lock);
}

static void end_with_last_error(Console *console)
{
    const virError *last = virGetLastError();

    end(console, last && last->message ? last->message : "the console was closed");
}

/* Each side is read only while the other's buffer has room, and written only while there is something to write. */
static void update(Console *console)
{
    virStreamEventUpdateCallback(console->stream,
                                 (console->to_terminal->len < BUFFER_MAX ? VIR_STREAM_EVENT_READABLE : 0) |
                                     (console->to_guest->len ? VIR_STREAM_EVENT_WRITABLE : 0));
    virEventUpdateHandle(console->stdin_watch, console->to_guest->len < BUFFER_MAX ? VIR_EVENT_HANDLE_READABLE : 0);
    virEventUpdateHandle(console->stdout_watch, console->to_terminal->len ? VIR_EVENT_HANDLE_WRITABLE : 0);
}

static void read_stream(Console *console)
{
    char buffer[4096];
    int n = virStreamRecv(console->stream, buffer, sizeof(buffer));

    if (n > 0)
        g_byte_array_append(console->to_terminal, (guint8 *)buffer, (guint)n);
    else if (n == 0)
        end(console, NULL);
    else if (n != -2)
        end_with_last_error(console);
}

static void write_stream(Console *console)
{
    int n = virStreamSend(console->stream, (char *)console->to_guest->data, console->to_guest->len);

    if (n > 0)
        g_byte_array_remove_range(console->to_guest, 0, (guint)n);
    else if (n == -1)
        end_with_last_error(console);
}

static void on_stream(virStreamPtr stream, int events, void *opaque)
{
    Console *console = opaque;

    if (events & VIR_STREAM_EVENT_READABLE)
        read_stream(console);
    if ((events & VIR_STREAM_EVENT_WRITABLE) && console->to_guest->len)
        write_stream(console);
    if (events & (VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP) && !(events & VIR_STREAM_EVENT_READABLE))
        end_with_last_error(console);
    update(console);
}

static void on_stdin(int watch, int fd, int events, void *opaque)
{
    Console *console = opaque;
    guint8 buffer[1024];
    ssize_t n = read(fd, buffer, sizeof(buffer));
    guint8 *escape;

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    escape = n > 0 ? memchr(buffer, console->shell->escape, (size_t)n) : NULL;
    if (n > 0)
        g_byte_array_append(console->to_guest, buffer, escape ? (guint)(escape - buffer) : (guint)n);
    if (n <= 0 || escape)
        end(console, NULL);
    update(console);
}

static void on_stdout(int watch, int fd, int events, void *opaque)
{
    Console *console = opaque;
    ssize_t n = write(fd, console->to_terminal->data, console->to_terminal->len);

    if (n > 0)
        g_byte_array_remove_range(console->to_terminal, 0, (guint)n);
    else if (n < 0 && errno != EAGAIN && errno != EINTR)
        end(console, g_strerror(errno));
    update(console);
}

/* What came last is still shown. */
static void flush_terminal(Console *console)
{
    while (console->to_terminal->len) {
        ssize_t n = write(STDOUT_FILENO, console->to_terminal->data, console->to_terminal->len);

        if (n <= 0)
            break;
        g_byte_array_remove_range(console->to_terminal, 0, (guint)n);
    }
}

static gboolean carry(Console *console)
{
    console->stdin_watch = virEventAddHandle(STDIN_FILENO, VIR_EVENT_HANDLE_READABLE, on_stdin, console, NULL);
    console->stdout_watch = virEventAddHandle(STDOUT_FILENO, 0, on_stdout, console, NULL);
    if (virStreamEventAddCallback(console->stream,
                                  VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP,
                                  on_stream, console, NULL) < 0)
        return shell_fail(console->shell, "cannot watch the console");
    g_mutex_lock(&console->lock);
    while (!console->is_ended)
        g_cond_wait(&console->ended, &console->lock);
    g_mutex_unlock(&console->lock);
    virStreamEventRemoveCallback(console->stream);
    virEventRemoveHandle(console->stdin_watch);
    virEventRemoveHandle(console->stdout_watch);
    flush_terminal(console);
    if (!console->reason)
        return TRUE;
    shell_error(console->shell, "%s", console->reason);
    return FALSE;
}

static gboolean open_and_carry(Shell *shell, virDomainPtr domain, const char *device, unsigned int flags)
{
    Console console = {.shell = shell};
    gboolean ok = FALSE;

    console.stream = virStreamNew(shell->connection, VIR_STREAM_NONBLOCK);
    if (!console.stream || virDomainOpenConsole(domain, device, console.stream, flags) < 0) {
        shell_fail(shell, "cannot open the console of domain '%s'", virDomainGetName(domain));
    } else {
        g_mutex_init(&console.lock);
        g_cond_init(&console.ended);
        console.to_guest = g_byte_array_new();
        console.to_terminal = g_byte_array_new();
        ok = carry(&console);
        virStreamAbort(console.stream);
        g_byte_array_unref(console.to_guest);
        g_byte_array_unref(console.to_terminal);
        g_mutex_clear(&console.lock);
        g_cond_clear(&console.ended);
        g_free(console.reason);
    }
    if (console.stream)
        virStreamFree(console.stream);
    virResetLastError();
    return ok;
}

gboolean console_run(Shell *shell, virDomainPtr domain, const char *device, unsigned int flags)
{
    struct termios saved, raw;
    gboolean is_terminal = tcgetattr(STDIN_FILENO, &saved) == 0;
    gboolean ok;

    if (!is_terminal) {
        shell_error(shell, "Cannot run interactive console without a controlling TTY");
        return FALSE;
    }
    printf("Connected to domain '%s'\nEscape character is ^%c\n", virDomainGetName(domain), shell->escape + 0x40);
    fflush(stdout);
    raw = saved;
    cfmakeraw(&raw);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
    ok = open_and_carry(shell, domain, device, flags);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved);
    puts("");
    return ok;
}
