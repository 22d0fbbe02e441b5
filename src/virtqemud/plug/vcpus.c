/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/plug/vcpus.h"

#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "virtqemud/cgroup/guest_cgroup.h"
#include "virtqemud/guest/change_job.h"
#include "virtqemud/guest/state_dir.h"
#include "virtqemud/host/pin.h"
#include "virtqemud/host/process.h"
#include "virtqemud/plug/unplug.h"

#define PLUGGED "/machine/peripheral/"

typedef struct {
    Guest *guest;
    DomainDef *live; /* a copy of what runs; vcpus is kept up to date */
    pid_t pid;
    GPtrArray *unplugs; /* of Unplug: those that may go */
} Vcpus;

/* ---- QEMU's places ---- */

/* Where a place is, outermost first, so that comparing them is comparing the places. */
static const char *const coordinates[] = {"socket-id", "die-id", "cluster-id", "core-id", "thread-id"};

static int compare_places(const void *a, const void *b)
{
    json_object *props_a = json_get_object(*(json_object *const *)a, "props"),
                *props_b = json_get_object(*(json_object *const *)b, "props");

    for (gsize i = 0; i < G_N_ELEMENTS(coordinates); i++) {
        gint64 at_a = json_get_int(props_a, coordinates[i], 0), at_b = json_get_int(props_b, coordinates[i], 0);

        if (at_a != at_b)
            return at_a < at_b ? -1 : 1;
    }
    return 0;
}

/* In the order in which QEMU numbers processors. */
static json_object *ask_places(Qmp *qmp, GError **error)
{
    json_object *places = qmp_call(qmp, "query-hotpluggable-cpus", NULL, QMP_TIMEOUT_MS, error);

    if (places)
        json_object_array_sort(places, compare_places);
    return places;
}

static guint size_of(json_object *place)
{
    return (guint)json_get_int(place, "vcpus-count", 1);
}

static guint count_present(json_object *places)
{
    guint count = 0;

    for (size_t i = 0; i < json_object_array_length(places); i++) {
        json_object *place = json_object_array_get_idx(places, i);

        if (json_get_string(place, "qom-path"))
            count += size_of(place);
    }
    return count;
}

static char *alias_of(guint number)
{
    return g_strdup_printf("vcpu%u", number);
}

/* What it was plugged in as, or NULL: it is empty, or was filled from the start. Borrowed. */
static const char *plugged_alias(json_object *place)
{
    const char *path = json_get_string(place, "qom-path");

    return path && g_str_has_prefix(path, PLUGGED) ? path + strlen(PLUGGED) : NULL;
}

static gboolean no_way(GError **error)
{
    return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                          "failed to find appropriate hotpluggable vcpus to reach the desired target vcpu count");
}

/* ---- the job's thread ---- */

static gboolean add_one(Qmp *qmp, json_object *place, guint number, GError **error)
{
    json_object *arguments = json_object_new_object();
    g_autofree char *alias = alias_of(number);
    g_autoptr(json_object) reply = NULL;

    json_add_string(arguments, "driver", json_get_string(place, "type"));
    json_add_string(arguments, "id", alias);
    json_object_object_foreach(json_get_object(place, "props"), name, value)
        json_object_object_add(arguments, name, json_object_get(value));
    reply = qmp_call(qmp, "device_add", arguments, QMP_TIMEOUT_MS, error);
    return reply != NULL;
}

/* The threads of a new one are held to what the document says of them. */
static gboolean pin_threads(const Vcpus *vcpus, guint from, guint count, GError **error)
{
    for (guint i = from; i < from + count; i++) {
        const char *cpuset = pin_of(vcpus->live, THREAD_VCPU, i);

        if (cpuset && !pin_thread(vcpus->pid, THREAD_VCPU, i, cpuset, error))
            return FALSE;
    }
    return TRUE;
}

/* A place has the number of its first processor, whether those before it are filled or not: so QEMU counts them. */
static gboolean plug(Vcpus *vcpus, Qmp *qmp, json_object *places, guint wanted, GError **error)
{
    guint number = 0;

    for (size_t i = 0; i < json_object_array_length(places) && vcpus->live->vcpus < wanted; i++) {
        json_object *place = json_object_array_get_idx(places, i);
        guint first = number, size = size_of(place);

        number += size;
        if (json_get_string(place, "qom-path") || vcpus->live->vcpus + size > wanted)
            continue;
        if (!add_one(qmp, place, first, error))
            return FALSE;
        vcpus->live->vcpus += size;
        if (!pin_threads(vcpus, first, size, error))
            return FALSE;
    }
    return (vcpus->live->vcpus == wanted || no_way(error)) &&
           guest_cgroup_limit_threads(vcpus->live, vcpus->pid, error);
}

static Unplug *find_unplug(const Vcpus *vcpus, const char *alias)
{
    for (guint i = 0; alias && i < vcpus->unplugs->len; i++)
        if (g_str_equal(unplug_alias(vcpus->unplugs->pdata[i]), alias))
            return vcpus->unplugs->pdata[i];
    return NULL;
}

static gboolean take_out(Vcpus *vcpus, Qmp *qmp, json_object *place, GError **error)
{
    Unplug *going = find_unplug(vcpus, plugged_alias(place));

    if (!unplug_run(going, vcpus->live, qmp, UNPLUG_WAIT_MS, error))
        return FALSE;
    if (!unplug_is_over(going))
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_TIMEOUT,
                              "vcpu unplug request timed out. Unplug result must be manually inspected in the domain");
    vcpus->live->vcpus -= size_of(place);
    return TRUE;
}

/* The filled places from the last on until wanted processors are left. NULL: one of them cannot go. */
static GPtrArray *choose(const Vcpus *vcpus, json_object *places, guint wanted, GError **error)
{
    g_autoptr(GPtrArray) chosen = g_ptr_array_new();
    guint left = vcpus->live->vcpus;

    for (size_t i = json_object_array_length(places); i > 0 && left > wanted; i--) {
        json_object *place = json_object_array_get_idx(places, i - 1);

        if (!json_get_string(place, "qom-path"))
            continue;
        if (!find_unplug(vcpus, plugged_alias(place)) || size_of(place) > left - wanted) {
            no_way(error);
            return NULL;
        }
        left -= size_of(place);
        g_ptr_array_add(chosen, place);
    }
    return g_steal_pointer(&chosen);
}

static gboolean unplug(Vcpus *vcpus, Qmp *qmp, json_object *places, guint wanted, GError **error)
{
    g_autoptr(GPtrArray) chosen = choose(vcpus, places, wanted, error);

    for (guint i = 0; chosen && i < chosen->len; i++)
        if (!take_out(vcpus, qmp, chosen->pdata[i], error))
            return FALSE;
    return chosen != NULL;
}

static gboolean ask(CallJob *job, GError **error)
{
    Vcpus *vcpus = job->data;
    g_autoptr(json_object) places = ask_places(job->qmp, error);

    if (!places)
        return FALSE;
    vcpus->live->vcpus = count_present(places);
    if (job->number >= vcpus->live->vcpus)
        return plug(vcpus, job->qmp, places, job->number, error);
    return unplug(vcpus, job->qmp, places, job->number, error);
}

/* ---- the loop ---- */

static void take_count(Guest *guest, guint count)
{
    if (!guest_is_active(guest) || count == 0 || guest->live->vcpus == count)
        return;
    guest->live->vcpus = count;
    guest_changed(guest);
    state_dir_save(guest);
}

/* A job that failed half-way has changed what runs all the same. */
static void vcpus_free(gpointer data)
{
    Vcpus *vcpus = data;

    if (vcpus->live)
        take_count(vcpus->guest, vcpus->live->vcpus);
    if (vcpus->unplugs)
        g_ptr_array_unref(vcpus->unplugs);
    domain_def_free(vcpus->live);
    guest_unref(vcpus->guest);
    g_free(vcpus);
}

static void free_unplug(gpointer data)
{
    unplug_free(data);
}

static gboolean check_number(const DomainDef *def, guint number, const char *which, GError **error)
{
    return number <= def->vcpus_max ||
           vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG,
                          "requested vcpus is greater than max allowable vcpus for the %s domain: %u > %u", which,
                          number, def->vcpus_max);
}

static gboolean prepare(CallJob *job, GError **error)
{
    Vcpus *vcpus = job->data;
    const DomainDef *live = job->guest->live;

    if (!check_number(live, job->number, "live", error))
        return FALSE;
    vcpus->live = domain_def_copy(live);
    vcpus->pid = process_pid(job->guest->process);
    vcpus->unplugs = g_ptr_array_new_with_free_func(free_unplug);
    /* Where some have gone in between, the last ones have higher numbers than there are. */
    for (guint i = job->number; job->number < live->vcpus && i < live->vcpus_max; i++) {
        g_autofree char *alias = alias_of(i);

        g_ptr_array_add(vcpus->unplugs, unplug_new(job->guest, alias));
    }
    return TRUE;
}

static void publish(CallJob *job)
{
    job->guest->live->vcpus = job->number;
}

static gboolean change_maximum(DomainDef *def, guint number, GError **error)
{
    const DomainCpu *cpu = def->cpu;

    if (cpu && cpu->sockets && (guint64)cpu->sockets * cpu->dies * cpu->cores * cpu->threads != number)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG,
                              "CPU topology doesn't match the desired vcpu count");
    def->vcpus_max = number;
    def->vcpus = MIN(def->vcpus, number);
    return TRUE;
}

static gboolean change_config(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    if (job->flags & VIR_DOMAIN_VCPU_MAXIMUM)
        return change_maximum(def, job->number, error);
    if (!check_number(def, job->number, "persistent", error))
        return FALSE;
    def->vcpus = job->number;
    return TRUE;
}

static const ChangeKind vcpus_change = {
    .name = "vcpus", .change = change_config, .prepare = prepare, .ask = ask, .publish = publish};

void vcpus_set(RpcCall *call, Guest *guest, guint number, guint flags)
{
    CallJob *job = change_job_new(call, guest, flags, &vcpus_change);
    Vcpus *vcpus = g_new0(Vcpus, 1);

    vcpus->guest = guest_ref(guest);
    job->number = number;
    job->data = vcpus;
    job->data_free = vcpus_free;
    change_job_push(job);
}

/* ---- what QEMU says ---- */

static void on_places(QmpBatch *batch, const GError *error, gpointer data)
{
    g_autoptr(Guest) guest = data;

    vcpus_adopt(guest, qmp_batch_result(batch, 0));
}

/* Which are left is QEMU's to say: one that was told to go long ago may go after others came. */
void vcpus_on_deleted(Guest *guest, const char *alias)
{
    QmpBatch *batch;
    guint number;
    g_autofree char *same = NULL;

    if (!guest->qmp || sscanf(alias, "vcpu%u", &number) != 1)
        return;
    same = alias_of(number);
    if (!g_str_equal(same, alias))
        return;
    batch = qmp_batch_new();
    qmp_batch_try(batch, "query-hotpluggable-cpus", NULL);
    qmp_ask(guest->qmp, batch, QMP_TIMEOUT_MS, on_places, guest_ref(guest));
}

void vcpus_adopt(Guest *guest, json_object *places)
{
    if (json_object_is_type(places, json_type_array))
        take_count(guest, count_present(places));
}
