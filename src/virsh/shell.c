/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virsh/shell.h"

#include <libvirt/virterror.h>
#include <readline/history.h>
#include <readline/readline.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "virsh/command.h"

/* The largest document a file may hold, in bytes: what the wire carries. */
#define FILE_MAX (4 * 1024 * 1024)

/* ---- messages ---- */

void shell_error(Shell *shell, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    fflush(stdout);
    fprintf(stderr, "error: %s\n", message);
}

gboolean shell_fail(Shell *shell, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    shell_error(shell, "%s", message);
    if (shell->last_error)
        fprintf(stderr, "error: %s\n", shell->last_error);
    g_clear_pointer(&shell->last_error, g_free);
    return FALSE;
}

void shell_keep_error(void *data, virErrorPtr error)
{
    Shell *shell = data;

    g_free(shell->last_error);
    shell->last_error = g_strdup(error->message);
}

void shell_say(Shell *shell, const char *format, ...)
{
    va_list args;

    if (shell->is_quiet)
        return;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

/* ---- the connection ---- */

static void ignore_timer(int timer, void *data)
{
}

/* Events and keepalive need somebody to run the library's loop while commands wait in calls. */
static gpointer run_events(gpointer data)
{
    Shell *shell = data;
    /* Wakes the loop now and then, so that it sees that it shall stop. */
    int timer = virEventAddTimeout(200, ignore_timer, NULL, NULL);

    while (!g_atomic_int_get(&shell->events_stop) && virEventRunDefaultImpl() == 0)
        continue;
    virEventRemoveTimeout(timer);
    return NULL;
}

static void on_closed(virConnectPtr connection, int reason, void *data)
{
    static const char *const reasons[] = {"an error", "its end of file", "no answer to keepalive", "our own wish"};

    if (reason != VIR_CONNECT_CLOSE_REASON_CLIENT)
        fprintf(stderr, "error: the connection to the hypervisor was closed: %s\n",
                reason >= 0 && reason < (int)G_N_ELEMENTS(reasons) ? reasons[reason] : "unknown reason");
}

gboolean shell_connect(Shell *shell)
{
    if (shell->connection && virConnectIsAlive(shell->connection) == 1)
        return TRUE;
    shell_disconnect(shell);
    shell->connection =
        virConnectOpenAuth(shell->uri, virConnectAuthPtrDefault, shell->is_read_only ? VIR_CONNECT_RO : 0);
    if (!shell->connection)
        return shell_fail(shell, "failed to connect to the hypervisor");
    if (!shell->events)
        shell->events = g_thread_new("events", run_events, shell);
    if (shell->keepalive_interval > 0 &&
        virConnectSetKeepAlive(shell->connection, shell->keepalive_interval, (unsigned)shell->keepalive_count) < 0)
        virResetLastError(); /* a daemon without it is still a daemon */
    virConnectRegisterCloseCallback(shell->connection, on_closed, NULL, NULL);
    virResetLastError();
    return TRUE;
}

void shell_disconnect(Shell *shell)
{
    if (!shell->connection)
        return;
    virConnectUnregisterCloseCallback(shell->connection, on_closed);
    virConnectClose(shell->connection);
    shell->connection = NULL;
    virResetLastError();
}

/* ---- objects ---- */

static gboolean is_number(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text) && strlen(text) < 10;
}

/* Only looks that fail for good are reported: a name may look like an id. */
virDomainPtr shell_domain(Shell *shell, const char *text)
{
    virDomainPtr domain = NULL;

    if (is_number(text))
        domain = virDomainLookupByID(shell->connection, atoi(text));
    if (!domain && strlen(text) == VIR_UUID_STRING_BUFLEN - 1)
        domain = virDomainLookupByUUIDString(shell->connection, text);
    if (!domain) {
        virResetLastError();
        domain = virDomainLookupByName(shell->connection, text);
    }
    if (!domain)
        shell_fail(shell, "failed to get domain '%s'", text);
    return domain;
}

virNetworkPtr shell_network(Shell *shell, const char *text)
{
    virNetworkPtr network = NULL;

    if (strlen(text) == VIR_UUID_STRING_BUFLEN - 1)
        network = virNetworkLookupByUUIDString(shell->connection, text);
    if (!network) {
        virResetLastError();
        network = virNetworkLookupByName(shell->connection, text);
    }
    if (!network)
        shell_fail(shell, "failed to get network '%s'", text);
    return network;
}

char *shell_read_file(Shell *shell, const char *path)
{
    g_autoptr(GString) text = g_string_new(NULL);
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char buffer[8192];
    size_t n;

    if (!file) {
        shell_error(shell, "Failed to open file '%s': %s", path, g_strerror(errno));
        return NULL;
    }
    while (text->len <= FILE_MAX && (n = fread(buffer, 1, sizeof(buffer), file)) > 0)
        g_string_append_len(text, buffer, (gssize)n);
    if (file != stdin)
        fclose(file);
    if (text->len <= FILE_MAX)
        return g_strdup(text->str);
    shell_error(shell, "Failed to read file '%s': it is larger than %d bytes", path, FILE_MAX);
    return NULL;
}

/* ---- interactive ---- */

static char *history_path(void)
{
    g_autofree char *dir = g_build_filename(g_get_user_cache_dir(), "libvirt", "virsh", NULL);

    g_mkdir_with_parents(dir, 0700);
    return g_build_filename(dir, "history", NULL);
}

static void history_open(void)
{
    g_autofree char *path = history_path();
    const char *size = g_getenv("VIRSH_HISTSIZE");

    using_history();
    stifle_history(size && is_number(size) ? atoi(size) : 500);
    read_history(path);
}

static void history_close(void)
{
    g_autofree char *path = history_path();
    mode_t mask = umask(0077);

    write_history(path);
    umask(mask);
}

int shell_interact(Shell *shell)
{
    shell->is_interactive = TRUE;
    shell_say(shell, "modvirt's virsh: 'help' lists the commands, 'quit' leaves.\n");
    rl_readline_name = "virsh";
    rl_attempted_completion_function = command_complete;
    rl_completer_quote_characters = "\"'";
    command_complete_for(shell);
    history_open();
    while (!shell->is_ending) {
        g_autofree char *line = NULL;
        char *read = readline(shell->is_read_only ? "virsh > " : "virsh # ");

        if (!read)
            break;
        line = g_strdup(g_strstrip(read));
        free(read);
        if (!*line)
            continue;
        add_history(line);
        command_run_line(shell, line);
    }
    history_close();
    shell_say(shell, "%s", "");
    return EXIT_SUCCESS;
}
