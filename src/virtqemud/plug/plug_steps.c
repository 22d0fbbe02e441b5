/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/plug/plug_steps.h"

#include <string.h>

#include "common/error.h"

/* An option of the command line as the monitor has it. */
typedef struct {
    const char *option, *command, *undo;
    const char *name; /* the argument that says which object it is; in both */
} StepKind;

static const StepKind kinds[] = {
    {"-object", "object-add", "object-del", "id"}, {"-chardev", "chardev-add", "chardev-remove", "id"},
    {"-netdev", "netdev_add", "netdev_del", "id"}, {"-blockdev", "blockdev-add", "blockdev-del", "node-name"},
    {"-device", "device_add", "device_del", "id"},
};

typedef struct {
    const char *command, *undo; /* undo NULL: nothing is left of it */
    json_object *arguments;
    json_object *name; /* arguments of undo */
} Step;

struct PlugSteps {
    GPtrArray *list; /* Step */
    GArray *fds;     /* int */
    guint n_done;
};

static void step_free(gpointer data)
{
    Step *step = data;

    json_object_put(step->arguments);
    json_object_put(step->name);
    g_free(step);
}

void plug_steps_free(PlugSteps *steps)
{
    if (!steps)
        return;
    g_ptr_array_unref(steps->list);
    g_array_unref(steps->fds);
    g_free(steps);
}

/* ---- from a command line ---- */

static gboolean add_known(PlugSteps *steps, const StepKind *kind, const char *value, GError **error)
{
    json_object *arguments = json_tokener_parse(value);
    Step *step;

    if (!arguments)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_UNSUPPORTED,
                              "'%s %s' cannot be added to a guest that runs", kind->option, value);
    step = g_new0(Step, 1);
    *step = (Step){kind->command, kind->undo, arguments, json_object_new_object()};
    json_add_string(step->name, kind->name, json_get_string(arguments, kind->name));
    g_ptr_array_add(steps->list, step);
    return TRUE;
}

/* What the guest's only watchdog does is said of the machine. */
static void add_watchdog_action(PlugSteps *steps, const char *action)
{
    Step *step = g_new0(Step, 1);

    *step = (Step){"watchdog-set-action", NULL, json_object_new_object(), NULL};
    json_add_string(step->arguments, "action", action);
    g_ptr_array_add(steps->list, step);
}

static gboolean add_option(PlugSteps *steps, const char *option, const char *value, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_equal(kinds[i].option, option))
            return add_known(steps, &kinds[i], value, error);
    if (!g_str_equal(option, "-watchdog-action"))
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_UNSUPPORTED,
                              "'%s %s' cannot be added to a guest that runs", option, value);
    add_watchdog_action(steps, value);
    return TRUE;
}

static PlugSteps *steps_of(const Command *command, GError **error)
{
    g_autoptr(PlugSteps) steps = g_new0(PlugSteps, 1);

    steps->list = g_ptr_array_new_with_free_func(step_free);
    steps->fds = g_array_new(FALSE, FALSE, sizeof(int));
    g_array_append_vals(steps->fds, command->fds->data, command->fds->len);
    for (guint i = 1; i + 1 < command->argv->len; i += 2)
        if (!add_option(steps, command->argv->pdata[i], command->argv->pdata[i + 1], error))
            return NULL;
    return g_steal_pointer(&steps);
}

PlugSteps *plug_steps_new(CommandBuild *build, const DomainDevice *device, GError **error)
{
    g_autoptr(Command) command = command_new(build->def->emulator);
    PlugSteps *steps = NULL;

    build->command = command;
    if (build_device(build, device->kind->name, device->def, error))
        steps = steps_of(command, error);
    build->command = NULL;
    return steps;
}

PlugSteps *plug_steps_new_nodes(CommandBuild *build, const DiskDef *disk, char **drive, GError **error)
{
    g_autoptr(Command) command = command_new(build->def->emulator);
    PlugSteps *steps = NULL;

    build->command = command;
    if (build_disk_nodes(build, disk, drive, error))
        steps = steps_of(command, error);
    build->command = NULL;
    return steps;
}

/* ---- doing ---- */

static gboolean hand_over_fds(const PlugSteps *steps, Qmp *qmp, GError **error)
{
    g_autoptr(QmpBatch) batch = qmp_batch_new();

    for (guint i = 0; i < steps->fds->len; i++) {
        int fd = g_array_index(steps->fds, int, i);
        g_autofree char *name = g_strdup_printf(DEVICE_PLUG_FD, fd);

        qmp_batch_add_fd(batch, name, fd);
    }
    return steps->fds->len == 0 || qmp_run(qmp, batch, QMP_TIMEOUT_MS, error);
}

/* Those that nothing has taken. */
static void take_back_fds(const PlugSteps *steps, Qmp *qmp)
{
    g_autoptr(QmpBatch) batch = qmp_batch_new();

    for (guint i = 0; i < steps->fds->len; i++) {
        json_object *arguments = json_object_new_object();

        json_add_stringf(arguments, "fdname", DEVICE_PLUG_FD, g_array_index(steps->fds, int, i));
        qmp_batch_try(batch, "closefd", arguments);
    }
    if (steps->fds->len > 0)
        qmp_run(qmp, batch, QMP_TIMEOUT_MS, NULL);
}

static gboolean do_one(const Step *step, Qmp *qmp, GError **error)
{
    g_autoptr(json_object) reply =
        qmp_call(qmp, step->command, json_object_get(step->arguments), QMP_TIMEOUT_DISK_MS, error);

    return reply != NULL;
}

/* How often, and how long apart, QEMU is asked to drop what a device still holds that is gone by name. */
#define BUSY_TRIES    10
#define BUSY_PAUSE_MS 100

/* Of nodes, and of character devices. */
static gboolean says_busy(const GError *error)
{
    return error && (strstr(error->message, "is in use") || strstr(error->message, "is busy"));
}

/* Whether something is still held. */
static gboolean undo_once(const PlugSteps *steps, guint n, Qmp *qmp)
{
    g_autoptr(QmpBatch) batch = qmp_batch_new();
    gboolean is_busy = FALSE;

    while (n-- > 0) {
        const Step *step = g_ptr_array_index(steps->list, n);

        if (step->undo)
            qmp_batch_try(batch, step->undo, json_object_get(step->name));
    }
    if (qmp_batch_size(batch) == 0 || !qmp_run(qmp, batch, QMP_TIMEOUT_DISK_MS, NULL))
        return FALSE;
    for (guint i = 0; i < qmp_batch_size(batch); i++)
        is_busy = is_busy || says_busy(qmp_batch_error(batch, i));
    return is_busy;
}

/* A device leaves QEMU's list of names a moment before it lets go of what is behind it. */
static void undo_from(const PlugSteps *steps, guint n, Qmp *qmp)
{
    for (guint i = 0; i < BUSY_TRIES && undo_once(steps, n, qmp); i++)
        g_usleep(BUSY_PAUSE_MS * G_TIME_SPAN_MILLISECOND);
}

gboolean plug_steps_do(PlugSteps *steps, Qmp *qmp, GError **error)
{
    if (!hand_over_fds(steps, qmp, error)) {
        take_back_fds(steps, qmp);
        return FALSE;
    }
    for (steps->n_done = 0; steps->n_done < steps->list->len; steps->n_done++) {
        if (do_one(g_ptr_array_index(steps->list, steps->n_done), qmp, error))
            continue;
        /* The one that failed may have been done all the same when its answer did not come. */
        undo_from(steps, steps->n_done + 1, qmp);
        take_back_fds(steps, qmp);
        return FALSE;
    }
    return TRUE;
}

void plug_steps_undo(const PlugSteps *steps, Qmp *qmp)
{
    undo_from(steps, steps->list->len, qmp);
}
