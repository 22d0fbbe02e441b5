/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/helper/tpm_host.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/error.h"
#include "common/file.h"
#include "common/identifiers.h"
#include "common/log.h"
#include "daemon/loop_post.h"
#include "virtqemud/command/command.h"
#include "virtqemud/driver.h"
#include "virtqemud/host/log_file.h"
#include "virtqemud/host/ownership.h"

/* A new TPM computes keys, for which it takes a second or more. */
#define SETUP_TIMEOUT_MS (60 * 1000)

static char *find_program(const char *name)
{
    g_autofree char *path = g_find_program_in_path(name);

    if (path)
        return g_steal_pointer(&path);
    path = g_build_filename("/usr/bin", name, NULL);
    return access(path, X_OK) == 0 ? g_steal_pointer(&path) : NULL;
}

gboolean tpm_host_is_there(void)
{
    g_autofree char *swtpm = find_program("swtpm");
    g_autofree char *setup = find_program("swtpm_setup");

    return swtpm && setup;
}

static const TpmDef *find_tpm(const DomainDef *def)
{
    const TpmDef *tpm = def->tpms->len > 0 ? g_ptr_array_index(def->tpms, 0) : NULL;

    return tpm && tpm->backend == TPM_EMULATOR ? tpm : NULL;
}

char *tpm_host_state_dir(const DomainDef *def)
{
    const TpmDef *tpm = find_tpm(def);
    char uuid[UUID_TEXT_LEN];

    if (!tpm)
        return NULL;
    uuid_format(def->uuid, uuid);
    return g_build_filename(driver.tpm_dir, uuid, tpm->version == TPM_VERSION_1_2 ? "tpm1.2" : "tpm2", NULL);
}

/* ---- the processes ---- */

static Process *spawn(Command *command, int log_fd, GError **error)
{
    g_autoptr(Process) process = NULL;

    command_finish(command);
    process = process_prepare_command(command, log_fd, driver.qemu_user, PROCESS_OUTLIVES, error);
    return process && process_go(process, error) ? g_steal_pointer(&process) : NULL;
}

typedef struct {
    Process *process;
    GMutex lock;
    GCond ended;
    gboolean is_over;
    int status;
} Wait;

static void on_setup_end(int status, gpointer data)
{
    Wait *wait = data;

    g_mutex_lock(&wait->lock);
    wait->status = status;
    wait->is_over = TRUE;
    g_cond_signal(&wait->ended);
    g_mutex_unlock(&wait->lock);
}

static void watch_setup(gpointer data)
{
    Wait *wait = data;

    process_watch(wait->process, poll_set_get(), on_setup_end, wait);
}

/* Waits for the end, by force when it takes too long. */
static int wait_for(Process *process)
{
    Wait wait = {.process = process};
    gint64 deadline = g_get_monotonic_time() + SETUP_TIMEOUT_MS * G_TIME_SPAN_MILLISECOND;

    g_mutex_init(&wait.lock);
    g_cond_init(&wait.ended);
    loop_call(watch_setup, &wait);
    g_mutex_lock(&wait.lock);
    while (!wait.is_over && g_cond_wait_until(&wait.ended, &wait.lock, deadline))
        ;
    if (!wait.is_over)
        process_signal(process, SIGKILL);
    while (!wait.is_over)
        g_cond_wait(&wait.ended, &wait.lock);
    g_mutex_unlock(&wait.lock);
    g_mutex_clear(&wait.lock);
    g_cond_clear(&wait.ended);
    return wait.status;
}

/* ---- the state ---- */

/* The processes run as QEMU's user, and another product may have left the files to another one. */
static gboolean hand_over_all(const char *dir, GError **error)
{
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    const char *name;

    if (!ownership_hand_over(dir, error))
        return FALSE;
    while (entries && (name = g_dir_read_name(entries))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);

        if (!g_file_test(path, G_FILE_TEST_IS_SYMLINK) && !ownership_hand_over(path, error))
            return FALSE;
    }
    return TRUE;
}

static void add_banks(Command *command, guint banks)
{
    static const char *const names[] = {"sha1", "sha256", "sha384", "sha512"};
    g_autoptr(GString) list = g_string_new(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (banks & 1u << i)
            g_string_append_printf(list, "%s%s", list->len ? "," : "", names[i]);
    if (list->len)
        command_add(command, "--pcr-banks", list->str);
}

static gboolean set_up(const DomainDef *def, const char *dir, int log_fd, GError **error)
{
    const TpmDef *tpm = find_tpm(def);
    g_autofree char *program = find_program("swtpm_setup");
    g_autoptr(Command) command = command_new(program);
    g_autoptr(Process) process = NULL;
    char uuid[UUID_TEXT_LEN];
    int status;

    uuid_format(def->uuid, uuid);
    if (tpm->version != TPM_VERSION_1_2)
        command_add(command, "--tpm2", NULL);
    command_add(command, "--tpmstate", dir);
    command_addf(command, "--vmid", "%s:%s", def->name, uuid);
    command_add(command, "--createek", NULL);
    command_add(command, "--lock-nvram", NULL);
    command_add(command, "--not-overwrite", NULL);
    add_banks(command, tpm->active_pcr_banks);
    command_add_env(command, "PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
    command_add_env(command, "HOME", dir);
    process = spawn(command, log_fd, error);
    if (!process)
        return FALSE;
    status = wait_for(process);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR,
                  "swtpm_setup ended with status %d; see the log '%s.log'",
                  WIFEXITED(status) ? WEXITSTATUS(status) : status, def->name);
    return FALSE;
}

/* A state that is half made is none. */
static gboolean make_state(const DomainDef *def, const char *dir, int log_fd, GError **error)
{
    g_autofree char *above = g_path_get_dirname(dir);

    if (g_file_test(dir, G_FILE_TEST_IS_DIR))
        return hand_over_all(dir, error);
    /* To be passed on the way to one's own only. */
    if (!file_make_dir(driver.tpm_dir, 0711, VIR_FROM_QEMU, error) ||
        !file_make_dir(above, 0711, VIR_FROM_QEMU, error) || !file_make_dir(dir, 0700, VIR_FROM_QEMU, error))
        return FALSE;
    if (ownership_hand_over(dir, error) && set_up(def, dir, log_fd, error))
        return TRUE;
    tpm_host_remove_state(dir, NULL);
    return FALSE;
}

gboolean tpm_host_remove_state(const char *dir, GError **error)
{
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    g_autofree char *above = g_path_get_dirname(dir);
    const char *name;

    while (entries && (name = g_dir_read_name(entries))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);

        unlink(path);
    }
    if (rmdir(dir) < 0 && errno != ENOENT) {
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "cannot remove the state of a TPM in '%s'", dir);
        return FALSE;
    }
    rmdir(above);
    return TRUE;
}

/* ---- a run ---- */

static gboolean run(const DomainDef *def, const char *dir, int fd, int log_fd, GError **error)
{
    g_autofree char *program = find_program("swtpm");
    g_autoptr(Command) command = command_new(program);
    g_autoptr(Process) process = NULL;

    command_add(command, "socket", NULL);
    command_addf(command, "--ctrl", "type=unixio,clientfd=%d", fd);
    command_addf(command, "--tpmstate", "dir=%s,mode=0600", dir);
    command_add(command, "--terminate", NULL);
    if (find_tpm(def)->version != TPM_VERSION_1_2)
        command_add(command, "--tpm2", NULL);
    command_pass_fd(command, fd);
    process = spawn(command, log_fd, error);
    if (!process)
        return FALSE;
    process_leave(process);
    return TRUE;
}

static gboolean start(const DomainDef *def, const char *dir, int *fd, int log_fd, GError **error)
{
    int pair[2];

    if (!make_state(def, dir, log_fd, error))
        return FALSE;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "cannot create a socket pair");
        return FALSE;
    }
    *fd = run(def, dir, pair[1], log_fd, error) ? pair[0] : -1;
    if (*fd < 0)
        close(pair[0]);
    close(pair[1]);
    return *fd >= 0;
}

gboolean tpm_host_start(const DomainDef *def, int *fd, GError **error)
{
    g_autofree char *dir = tpm_host_state_dir(def);
    gint64 log_start;
    int log_fd;
    gboolean ok;

    *fd = -1;
    if (!dir)
        return TRUE;
    if (!tpm_host_is_there()) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED, "TPM emulator: swtpm is not installed");
        return FALSE;
    }
    log_fd = log_file_open(def->name, &log_start, error);
    if (log_fd < 0)
        return FALSE;
    ok = start(def, dir, fd, log_fd, error);
    close(log_fd);
    return ok;
}
