/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/helper/run_helper.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/error.h"
#include "common/file.h"
#include "virtqemud/driver.h"
#include "virtqemud/host/log_file.h"

#define UP_TIMEOUT_US (5 * 1000 * 1000)
#define UP_STEP_US    20000

static char *record_dir(const char *run)
{
    return g_build_filename(driver.state_dir, "helpers", run, NULL);
}

/* Where the record of a helper is, in a directory that is there. Caller frees. */
static char *record_path(const char *run, const char *what, GError **error)
{
    g_autofree char *dir = record_dir(run);
    g_autofree char *name = g_strdup_printf("%s.pid", what);

    return file_make_dir(dir, 0700, VIR_FROM_QEMU, error) ? g_build_filename(dir, name, NULL) : NULL;
}

gboolean run_helper_answers(const char *socket_path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    gboolean ok;

    g_strlcpy(address.sun_path, socket_path, sizeof(address.sun_path));
    ok = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

static gboolean wait_until_up(const char *program, const char *socket_path, GError **error)
{
    for (int waited = 0; waited < UP_TIMEOUT_US; waited += UP_STEP_US) {
        if (run_helper_answers(socket_path))
            return TRUE;
        g_usleep(UP_STEP_US);
    }
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "%s does not answer at '%s'", program, socket_path);
    return FALSE;
}

static gboolean spawn(Command *command, const ProcessUser *user, const char *record, int log_fd, GError **error)
{
    g_autoptr(Process) process = NULL;
    g_autofree char *text = NULL;

    command_finish(command);
    process = process_prepare_command(command, log_fd, user, PROCESS_OUTLIVES, error);
    if (!process)
        return FALSE;
    text = g_strdup_printf("%d %" G_GUINT64_FORMAT "\n", (int)process_pid(process), process_start_time(process));
    if (!file_replace(record, text, 0600, VIR_FROM_QEMU, error) || !process_go(process, error))
        return FALSE;
    process_leave(process);
    return TRUE;
}

gboolean run_helper_start(Command *command, const char *name, const ProcessUser *user, const char *run,
                          const char *what, const char *socket_path, GError **error)
{
    g_autofree char *record = NULL;
    gint64 log_start;
    gboolean ok;
    int log_fd;

    if (socket_path && strlen(socket_path) >= sizeof(((struct sockaddr_un *)0)->sun_path)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "UNIX socket path '%s' too long", socket_path);
        return FALSE;
    }
    record = record_path(run, what, error);
    log_fd = record ? log_file_open(name, &log_start, error) : -1;
    if (log_fd < 0)
        return FALSE;
    ok = spawn(command, user, record, log_fd, error) &&
         (!socket_path || wait_until_up(g_ptr_array_index(command->argv, 0), socket_path, error));
    close(log_fd);
    return ok;
}

static void end(const char *record)
{
    g_autofree char *text = NULL;
    g_autoptr(Process) process = NULL;
    guint64 start_time;
    int pid;

    if (g_file_get_contents(record, &text, NULL, NULL) && sscanf(text, "%d %" G_GUINT64_FORMAT, &pid, &start_time) == 2)
        process = process_adopt(pid, start_time);
    if (process)
        process_signal(process, SIGTERM);
    unlink(record);
}

void run_helper_end_all(const char *run)
{
    g_autofree char *dir = record_dir(run);
    g_autoptr(GDir) records = g_dir_open(dir, 0, NULL);
    const char *name;

    while (records && (name = g_dir_read_name(records))) {
        g_autofree char *record = g_build_filename(dir, name, NULL);

        end(record);
    }
    rmdir(dir);
}
