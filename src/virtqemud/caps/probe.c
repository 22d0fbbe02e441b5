/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/caps/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/error.h"
#include "daemon/loop_post.h"
#include "daemon/poll.h"
#include "virtqemud/caps/emulator_cpu.h"
#include "virtqemud/caps/emulator_hyperv.h"
#include "virtqemud/command/command.h"
#include "virtqemud/driver.h"
#include "virtqemud/host/process.h"
#include "virtqemud/qmp/qmp.h"

#define STDERR_KEPT 1024

/* The questions, in the order of asking. */
typedef struct {
    const char *command;
    gboolean (*take)(EmulatorCaps *caps, json_object *reply, GError **error);
} Question;

static gboolean take_kvm(EmulatorCaps *caps, json_object *reply, GError **error)
{
    caps->has_kvm = json_get_bool(reply, "enabled");
    return TRUE;
}

static const Question questions[] = {
    {"query-target", emulator_caps_take_target},
    {"query-version", emulator_caps_take_version},
    {"query-machines", emulator_caps_take_machines},
    {"query-cpu-definitions", emulator_caps_take_cpus},
    {"query-kvm", take_kvm},
    {"qom-list-types", emulator_caps_take_devices},
    {"query-qmp-schema", emulator_caps_take_displays},
};

/* For the loop: making and ending the connection. */
typedef struct {
    int fd;
    char *peer;
    Qmp *qmp;
} Connection;

static void open_connection(gpointer data)
{
    Connection *connection = data;

    connection->qmp = qmp_new(poll_set_get(), connection->fd, connection->peer, NULL, NULL);
}

static void close_connection(gpointer data)
{
    Connection *connection = data;
    g_autoptr(GError) reason = NULL;

    vir_error_set(&reason, VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED, "the probe is over");
    qmp_close(connection->qmp, reason);
    qmp_unref(connection->qmp);
}

/* "host" is what KVM can give, "max" what can be emulated; property is set to value. */
static guint ask_cpu(QmpBatch *batch, gboolean with_kvm, const char *property, gboolean value)
{
    json_object *arguments = json_object_new_object();
    json_object *model = json_object_new_object();
    json_object *props = json_object_new_object();

    json_add_bool(props, property, value);
    json_add_string(model, "name", with_kvm ? "host" : "max");
    json_add_object(model, "props", props);
    json_add_string(arguments, "type", "full");
    json_add_object(arguments, "model", model);
    /* Not every architecture's emulator knows the question. */
    return qmp_batch_try(batch, "query-cpu-model-expansion", arguments);
}

static gboolean ask(EmulatorCaps *caps, Qmp *qmp, gboolean with_kvm, GError **error)
{
    g_autoptr(QmpBatch) batch = qmp_batch_new();
    guint all, migratable, hyperv;

    for (gsize i = 0; i < G_N_ELEMENTS(questions); i++) {
        json_object *arguments = NULL;

        if (questions[i].take == emulator_caps_take_devices) {
            arguments = json_object_new_object();
            json_add_string(arguments, "implements", "device");
            json_add_bool(arguments, "abstract", FALSE);
        }
        qmp_batch_add(batch, questions[i].command, arguments);
    }
    all = ask_cpu(batch, with_kvm, "migratable", FALSE);
    migratable = ask_cpu(batch, with_kvm, "migratable", TRUE);
    hyperv = with_kvm ? ask_cpu(batch, with_kvm, "hv-passthrough", TRUE) : all;
    if (!qmp_run(qmp, batch, PROBE_TIMEOUT_MS, error))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(questions); i++)
        if (!questions[i].take(caps, qmp_batch_result(batch, (guint)i), error))
            return FALSE;
    emulator_hyperv_take(caps, qmp_batch_result(batch, hyperv));
    return emulator_cpu_take(caps, qmp_batch_result(batch, all), qmp_batch_result(batch, migratable), error);
}

static Process *spawn(const char *path, gboolean with_kvm, int monitor_fd, int log_fd, GError **error)
{
    g_autoptr(Command) command = command_new(path);
    g_autoptr(Process) process = NULL;

    command_add(command, "-S", NULL);
    command_add(command, "-no-user-config", NULL);
    command_add(command, "-nodefaults", NULL);
    command_add(command, "-display", "none");
    command_add(command, "-machine", with_kvm ? "none,accel=kvm:tcg" : "none,accel=tcg");
    command_addf(command, "-chardev", "socket,id=m,fd=%d", monitor_fd);
    command_add(command, "-mon", "chardev=m,mode=control");
    command_add_env(command, "LC_ALL", "C");
    command_pass_fd(command, monitor_fd);
    command_finish(command);
    process = process_prepare_command(command, log_fd, driver.qemu_user, PROCESS_BOUND, error);
    if (!process || !process_go(process, error))
        return NULL;
    return g_steal_pointer(&process);
}

/* Puts what QEMU said before it ended behind the error. */
static void add_output(int log_fd, GError **error)
{
    char text[STDERR_KEPT];
    gssize n = pread(log_fd, text, sizeof(text) - 1, 0);

    if (n <= 0 || !error || !*error)
        return;
    text[n] = '\0';
    g_strchomp(text);
    g_prefix_error(error, "Failed to probe the emulator (%s): ", text);
}

EmulatorCaps *probe_emulator(const char *path, gboolean with_kvm, GError **error)
{
    g_autoptr(EmulatorCaps) caps = emulator_caps_new(path);
    g_autoptr(Process) process = NULL;
    Connection connection = {0};
    int pair[2];
    int log_fd = memfd_create("probe", MFD_CLOEXEC);
    gboolean is_done;

    if (log_fd < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "cannot make the means to question '%s'", path);
        if (log_fd >= 0)
            close(log_fd);
        return NULL;
    }
    process = spawn(path, with_kvm, pair[1], log_fd, error);
    close(pair[1]);
    if (!process) {
        close(pair[0]);
        close(log_fd);
        return NULL;
    }
    connection = (Connection){.fd = pair[0], .peer = g_strdup_printf("emulator '%s'", path)};
    loop_call(open_connection, &connection);
    is_done = ask(caps, connection.qmp, with_kvm, error);
    loop_call(close_connection, &connection);
    g_free(connection.peer);
    if (!is_done)
        add_output(log_fd, error);
    /* Told to quit, it would go without what of its answers is not read yet; and there is nothing to wait for. */
    process_signal(process, SIGKILL);
    waitpid(process_pid(process), NULL, 0);
    close(log_fd);
    return is_done ? g_steal_pointer(&caps) : NULL;
}
