/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/console.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "common/error.h"

/* One open session. Two would steal each other's bytes, so a device has at most one. */
typedef struct {
    Guest *guest; /* a reference; NULL once it has ended */
    char *alias;
    DaemonStream *stream;
} Console;

static void forget_guest(Console *console)
{
    console->guest->consoles = g_slist_remove(console->guest->consoles, console);
    g_clear_pointer(&console->guest, guest_unref);
}

static void on_ended(DaemonStream *stream, const GError *error, gpointer data)
{
    Console *console = data;

    if (console->guest)
        forget_guest(console);
    g_free(console->alias);
    g_free(console);
}

static CharDef *find_in(const GPtrArray *defs, const char *alias)
{
    for (guint i = 0; i < defs->len; i++) {
        CharDef *def = g_ptr_array_index(defs, i);

        if (!alias || g_strcmp0(def->info.alias, alias) == 0)
            return def;
    }
    return NULL;
}

static const CharDef *find_device(const DomainDef *def, const char *alias, GError **error)
{
    const GPtrArray *const kinds[] = {def->consoles, def->serials, def->parallels, def->channels};
    gsize n = alias ? G_N_ELEMENTS(kinds) : G_N_ELEMENTS(kinds) - 1;

    for (gsize i = 0; i < n; i++) {
        const CharDef *found = find_in(kinds[i], alias);

        if (found)
            return found;
    }
    vir_error_set(error, VIR_FROM_QEMU, alias ? VIR_ERR_INVALID_ARG : VIR_ERR_INTERNAL_ERROR,
                  "cannot find character device %s", alias ? alias : "<null>");
    return NULL;
}

/* What the guest's programs send is to arrive as it is. */
static int open_pty(const char *path)
{
    int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    struct termios settings;

    if (fd >= 0 && tcgetattr(fd, &settings) == 0) {
        cfmakeraw(&settings);
        tcsetattr(fd, TCSANOW, &settings);
    }
    return fd;
}

static int open_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0 || g_strlcpy(address.sun_path, path, sizeof(address.sun_path)) >= sizeof(address.sun_path) ||
        connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
        int saved = errno;

        if (fd >= 0)
            close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

static int open_source(const CharDef *def, GError **error)
{
    int fd;

    if (!def->source.path || (def->source.type != CHAR_SOURCE_PTY && def->source.type != CHAR_SOURCE_UNIX)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR,
                      "character device %s is not using a PTY or UNIX socket", def->info.alias);
        return -1;
    }
    fd = def->source.type == CHAR_SOURCE_PTY ? open_pty(def->source.path) : open_socket(def->source.path);
    if (fd < 0)
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "Unable to open character device %s '%s'", def->info.alias,
                            def->source.path);
    return fd;
}

static Console *find_session(Guest *guest, const char *alias)
{
    for (GSList *l = guest->consoles; l; l = l->next)
        if (g_str_equal(((Console *)l->data)->alias, alias))
            return l->data;
    return NULL;
}

static void end_session(Console *console, const char *why)
{
    g_autoptr(GError) error = NULL;

    vir_error_set(&error, VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED, "%s", why);
    daemon_stream_end(console->stream, error);
}

gboolean console_open(Guest *guest, const char *alias, guint flags, DaemonStream *stream, GError **error)
{
    const CharDef *def = find_device(guest->live, alias, error);
    Console *console;
    int fd;

    if (!def)
        return FALSE;
    console = find_session(guest, def->info.alias);
    if (console && !(flags & VIR_DOMAIN_CONSOLE_FORCE)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED, "Active console session exists for this domain");
        return FALSE;
    }
    if (console)
        end_session(console, "the console was taken over by another session");
    fd = open_source(def, error);
    if (fd < 0)
        return FALSE;
    console = g_new0(Console, 1);
    *console = (Console){guest_ref(guest), g_strdup(def->info.alias), stream};
    guest->consoles = g_slist_prepend(guest->consoles, console);
    daemon_stream_attach_fd(stream, fd, 0, on_ended, console);
    return TRUE;
}

void console_end_all(Guest *guest)
{
    while (guest->consoles) {
        Console *console = guest->consoles->data;

        /* The client hears that the other end has hung up; the stream lives on until it finishes it. */
        forget_guest(console);
        daemon_stream_end(console->stream, NULL);
    }
}
