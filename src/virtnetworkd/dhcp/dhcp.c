/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/dhcp/dhcp.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/command.h"
#include "common/error.h"
#include "common/file.h"

/* dnsmasq answers within milliseconds; what takes this long will not come. */
#define START_TIMEOUT_MS 10000
#define STOP_TIMEOUT_MS  2000

char *dhcp_path(const char *network, const char *dir, const char *ending)
{
    return g_strdup_printf("%s/%s.%s", dir, network, ending);
}

/* Writes text unless it stands there already. has_changed is set when it did not. */
static gboolean write_file(const NetworkDef *def, const DhcpDirs *dirs, const char *ending, const char *text,
                           gboolean *has_changed, GError **error)
{
    g_autofree char *path = dhcp_path(def->name, dirs->files_dir, ending);
    g_autofree char *present = NULL;

    if (g_file_get_contents(path, &present, NULL, NULL) && strcmp(present, text) == 0)
        return TRUE;
    *has_changed = TRUE;
    return file_replace(path, text, 0644, VIR_FROM_NETWORK, error);
}

pid_t dhcp_find(const NetworkDef *def, const DhcpDirs *dirs)
{
    g_autofree char *pid_file = dhcp_path(def->name, dirs->run_dir, "pid");
    g_autofree char *config = dhcp_path(def->name, dirs->files_dir, "conf");
    g_autofree char *text = NULL;
    g_autofree char *command_path = NULL;
    g_autofree char *command = NULL;
    gsize size = 0;
    pid_t pid;

    if (!g_file_get_contents(pid_file, &text, NULL, NULL) || (pid = atoi(text)) <= 1)
        return 0;
    command_path = g_strdup_printf("/proc/%d/cmdline", pid);
    if (!g_file_get_contents(command_path, &command, &size, NULL))
        return 0;
    for (gsize i = 0; i + 1 < size; i++) {
        if (command[i] == '\0')
            command[i] = ' ';
    }
    /* The pid may be another process's by now; the configuration file on its command line is ours alone. */
    return strstr(command, config) ? pid : 0;
}

/*
 * dnsmasq becomes a user of its own, whom root may signal with CAP_KILL only. CAP_SETUID, which dnsmasq needs for that
 * very step, is enough too: a child of ours becomes the same user. Between fork and exit it makes system calls only.
 */
static void signal_as_owner(int fd, int number, uid_t owner)
{
    pid_t child = fork();

    if (child == 0) {
        if (syscall(SYS_setresuid, owner, owner, owner) == 0)
            syscall(SYS_pidfd_send_signal, fd, number, NULL, 0);
        _exit(0);
    }
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
}

static void send_signal(pid_t pid, int fd, int number)
{
    g_autofree char *path = g_strdup_printf("/proc/%d", (int)pid);
    struct stat about;

    if (syscall(SYS_pidfd_send_signal, fd, number, NULL, 0) < 0 && errno == EPERM && stat(path, &about) == 0)
        signal_as_owner(fd, number, about.st_uid);
}

static void end_process(pid_t pid)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd ended = {.fd = fd, .events = POLLIN};

    if (fd < 0)
        return;
    send_signal(pid, fd, SIGTERM);
    if (poll(&ended, 1, STOP_TIMEOUT_MS) <= 0)
        send_signal(pid, fd, SIGKILL);
    close(fd);
}

static void tell_to_read_again(pid_t pid)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);

    if (fd < 0)
        return;
    send_signal(pid, fd, SIGHUP);
    close(fd);
}

static gboolean start(const NetworkDef *def, const DhcpDirs *dirs, pid_t *pid, GError **error)
{
    g_autofree char *config = dhcp_path(def->name, dirs->files_dir, "conf");
    g_autofree char *config_option = g_strdup_printf("--conf-file=%s", config);
    g_autofree char *bridge = g_strdup_printf("VIR_BRIDGE_NAME=%s", def->bridge);
    const char *argv[] = {"dnsmasq", config_option, NULL};
    const char *env[] = {bridge, NULL};

    if (!command_run(argv, env, START_TIMEOUT_MS, VIR_FROM_NONE, error))
        return FALSE;
    *pid = dhcp_find(def, dirs);
    if (*pid)
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_INTERNAL_ERROR,
                  "dnsmasq of network '%s' ended right after its start", def->name);
    return FALSE;
}

/* Leases and names are read again on a signal; all else is read once. */
gboolean dhcp_apply(const NetworkDef *def, const DhcpDirs *dirs, pid_t *pid, GError **error)
{
    g_autoptr(DhcpFiles) files = dhcp_files(def, dirs);
    pid_t running = dhcp_find(def, dirs);
    gboolean is_new = !running, is_reread = FALSE;

    *pid = 0;
    if (!files) {
        dhcp_stop(def, dirs);
        return TRUE;
    }
    if (!write_file(def, dirs, "conf", files->config, &is_new, error) ||
        !write_file(def, dirs, "hostsfile", files->hosts, &is_reread, error) ||
        !write_file(def, dirs, "addnhosts", files->names, &is_reread, error))
        return FALSE;
    if (is_new) {
        if (running)
            end_process(running);
        return start(def, dirs, pid, error);
    }
    if (is_reread)
        tell_to_read_again(running);
    *pid = running;
    return TRUE;
}

void dhcp_stop(const NetworkDef *def, const DhcpDirs *dirs)
{
    static const char *const endings[] = {"conf", "hostsfile", "addnhosts"};
    g_autofree char *pid_file = dhcp_path(def->name, dirs->run_dir, "pid");
    pid_t pid = dhcp_find(def, dirs);

    if (pid)
        end_process(pid);
    unlink(pid_file);
    for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *path = dhcp_path(def->name, dirs->files_dir, endings[i]);
        unlink(path);
    }
}

void dhcp_forget(const char *network, const DhcpDirs *dirs)
{
    g_autofree char *leases = dhcp_path(network, dirs->files_dir, "leases");

    unlink(leases);
}
