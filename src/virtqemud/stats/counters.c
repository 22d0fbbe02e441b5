/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/stats/counters.h"

#include <stdio.h>

#include "common/error.h"

/* Of one run of a guest. Kept small, as there is one for every guest that anybody has asked about. */
struct Counters {
    GHashTable *disks;                        /* alias -> DiskCounters */
    gint64 memory[VIR_DOMAIN_MEMORY_STAT_NR]; /* -1: not told */
    gboolean has_dirty_rate;
    gboolean is_monitor_shared; /* not only what this daemon asks for happens in QEMU */
    DirtyRate dirty_rate;
    GHashTable *iothreads; /* number -> IoThreadPolling; NULL: there are none */
    KvmStats *kvm;         /* NULL: there are none */
};

static Counters *counters_new(void)
{
    Counters *counters = g_new0(Counters, 1);

    counters->disks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (gsize i = 0; i < VIR_DOMAIN_MEMORY_STAT_NR; i++)
        counters->memory[i] = -1;
    return counters;
}

static Counters *get_counters(Guest *guest)
{
    if (!guest->counters)
        guest->counters = counters_new();
    return guest->counters;
}

void counters_share_monitor(Guest *guest)
{
    get_counters(guest)->is_monitor_shared = TRUE;
}

void counters_clear(Guest *guest)
{
    if (!guest->counters)
        return;
    g_hash_table_unref(guest->counters->disks);
    g_clear_pointer(&guest->counters->iothreads, g_hash_table_unref);
    kvm_stats_free(guest->counters->kvm);
    g_clear_pointer(&guest->counters, g_free);
}

/* ---- reading ---- */

const DiskCounters *counters_disk(const Guest *guest, const char *alias)
{
    return guest->counters && alias ? g_hash_table_lookup(guest->counters->disks, alias) : NULL;
}

gboolean counters_memory(const Guest *guest, int tag, guint64 *value)
{
    if (!guest->counters || guest->counters->memory[tag] < 0)
        return FALSE;
    *value = (guint64)guest->counters->memory[tag];
    return TRUE;
}

gboolean counters_dirty_rate(const Guest *guest, DirtyRate *rate)
{
    if (!guest->counters || !guest->counters->has_dirty_rate)
        return FALSE;
    *rate = guest->counters->dirty_rate;
    return TRUE;
}

const IoThreadPolling *counters_iothread(const Guest *guest, guint id)
{
    GHashTable *iothreads = guest->counters ? guest->counters->iothreads : NULL;

    return iothreads ? g_hash_table_lookup(iothreads, GUINT_TO_POINTER(id)) : NULL;
}

const KvmStats *counters_kvm(const Guest *guest)
{
    return guest->counters ? guest->counters->kvm : NULL;
}

/* ---- disks ---- */

static DiskCounters *get_disk(Counters *counters, const char *alias)
{
    DiskCounters *disk = g_hash_table_lookup(counters->disks, alias);

    if (!disk) {
        disk = g_new0(DiskCounters, 1);
        g_hash_table_insert(counters->disks, g_strdup(alias), disk);
    }
    return disk;
}

static gboolean ask_disks(Guest *guest, QmpBatch *batch)
{
    qmp_batch_try(batch, "query-blockstats", NULL);
    return TRUE;
}

static void take_disks(Guest *guest, json_object *answer)
{
    for (guint i = 0; i < guest->live->disks->len; i++) {
        const DiskDef *disk = g_ptr_array_index(guest->live->disks, i);
        DiskCounters *kept = get_disk(guest->counters, disk->info.alias);

        if (block_stats_read(answer, disk->info.alias, &kept->io, NULL))
            kept->has_io = TRUE;
    }
}

static gboolean ask_images(Guest *guest, QmpBatch *batch)
{
    json_object *arguments = json_object_new_object();

    /* Without the chain below each node, of which the other nodes tell. */
    json_add_bool(arguments, "flat", TRUE);
    qmp_batch_try(batch, "query-named-block-nodes", arguments);
    return TRUE;
}

static void take_images(Guest *guest, json_object *answer)
{
    for (guint i = 0; i < guest->live->disks->len; i++) {
        const DiskDef *disk = g_ptr_array_index(guest->live->disks, i);
        DiskCounters *kept = get_disk(guest->counters, disk->info.alias);

        kept->has_image =
            disk_source_is_there(&disk->source) && image_stats_read(answer, disk->source.index, &kept->image);
    }
}

/* ---- memory ---- */

const BalloonDef *counters_balloon(const Guest *guest)
{
    const BalloonDef *balloon =
        guest->live && guest->live->balloons->len > 0 ? g_ptr_array_index(guest->live->balloons, 0) : NULL;

    return balloon && balloon->model != BALLOON_NONE ? balloon : NULL;
}

static gboolean ask_balloon(Guest *guest, QmpBatch *batch)
{
    const BalloonDef *balloon = counters_balloon(guest);
    json_object *arguments;

    if (!balloon)
        return FALSE;
    arguments = json_object_new_object();
    json_add_stringf(arguments, "path", "/machine/peripheral/%s", balloon->info.alias);
    json_add_string(arguments, "property", "guest-stats");
    qmp_batch_try(batch, "qom-get", arguments);
    return TRUE;
}

void counters_set_period(QmpBatch *batch, const char *alias, guint period_s)
{
    json_object *arguments = json_object_new_object();

    json_add_stringf(arguments, "path", "/machine/peripheral/%s", alias);
    json_add_string(arguments, "property", "guest-stats-polling-interval");
    json_add_int(arguments, "value", period_s);
    qmp_batch_add(batch, "qom-set", arguments);
}

/* The balloon's words and ours. */
static const struct {
    const char *key;
    int tag;
    gboolean is_bytes;
} balloon_stats[] = {
    {"stat-swap-in", VIR_DOMAIN_MEMORY_STAT_SWAP_IN, TRUE},
    {"stat-swap-out", VIR_DOMAIN_MEMORY_STAT_SWAP_OUT, TRUE},
    {"stat-major-faults", VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT, FALSE},
    {"stat-minor-faults", VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT, FALSE},
    {"stat-free-memory", VIR_DOMAIN_MEMORY_STAT_UNUSED, TRUE},
    {"stat-total-memory", VIR_DOMAIN_MEMORY_STAT_AVAILABLE, TRUE},
    {"stat-available-memory", VIR_DOMAIN_MEMORY_STAT_USABLE, TRUE},
    {"stat-disk-caches", VIR_DOMAIN_MEMORY_STAT_DISK_CACHES, TRUE},
    {"stat-htlb-pgalloc", VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGALLOC, FALSE},
    {"stat-htlb-pgfail", VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGFAIL, FALSE},
};

static void take_balloon(Guest *guest, json_object *answer)
{
    json_object *stats = json_get_object(answer, "stats");

    for (gsize i = 0; i < G_N_ELEMENTS(balloon_stats); i++) {
        gint64 value = json_get_int(stats, balloon_stats[i].key, -1);

        /* What the guest does not tell is all ones, which JSON's reader cuts to its largest number. */
        if (value == G_MAXINT64)
            value = -1;
        if (value > 0 && balloon_stats[i].is_bytes)
            value /= 1024;
        guest->counters->memory[balloon_stats[i].tag] = value;
    }
    guest->counters->memory[VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE] = json_get_int(answer, "last-update", 0);
}

/* ---- the rate at which memory changes ---- */

/* A rate stands until it is measured again, which nobody but those who have a monitor of QEMU's can begin. */
static gboolean is_dirty_rate_known(const Guest *guest)
{
    const Counters *counters = guest->counters;
    gboolean has_own_monitors = guest->live->qemu_args && guest->live->qemu_args->len > 0;

    return counters && counters->has_dirty_rate && counters->dirty_rate.status != VIR_DOMAIN_DIRTYRATE_MEASURING &&
           !counters->is_monitor_shared && !has_own_monitors;
}

static gboolean ask_dirty_rate(Guest *guest, QmpBatch *batch)
{
    if (is_dirty_rate_known(guest))
        return FALSE;
    qmp_batch_try(batch, "query-dirty-rate", NULL);
    return TRUE;
}

static void take_dirty_rate(Guest *guest, json_object *answer)
{
    static const char *const states[] = {"unstarted", "measuring", "measured"};
    static const char *const modes[] = {"page-sampling", "dirty-bitmap", "dirty-ring"};
    DirtyRate *rate = &guest->counters->dirty_rate;

    *rate = (DirtyRate){.start_s = json_get_int(answer, "start-time", 0),
                        .period_s = json_get_int(answer, "calc-time", 0),
                        .mib_per_s = json_get_int(answer, "dirty-rate", -1)};
    for (gsize i = 0; i < G_N_ELEMENTS(states); i++)
        if (g_strcmp0(json_get_string(answer, "status"), states[i]) == 0)
            rate->status = (int)i;
    for (gsize i = 0; i < G_N_ELEMENTS(modes); i++)
        if (g_strcmp0(json_get_string(answer, "mode"), modes[i]) == 0)
            rate->mode = modes[i];
    guest->counters->has_dirty_rate = TRUE;
}

/* ---- I/O threads ---- */

static gboolean ask_iothreads(Guest *guest, QmpBatch *batch)
{
    if (!guest->live->iothreads || guest->live->iothreads->len == 0)
        return FALSE;
    qmp_batch_try(batch, "query-iothreads", NULL);
    return TRUE;
}

static void take_iothreads(Guest *guest, json_object *answer)
{
    size_t n = json_length(answer);

    g_clear_pointer(&guest->counters->iothreads, g_hash_table_unref);
    guest->counters->iothreads = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    for (size_t i = 0; i < n; i++) {
        json_object *thread = json_object_array_get_idx(answer, i);
        const char *name = json_get_string(thread, "id");
        IoThreadPolling *polling;
        guint id;

        if (!name || sscanf(name, "iothread%u", &id) != 1)
            continue;
        polling = g_new(IoThreadPolling, 1);
        *polling = (IoThreadPolling){.poll_max_ns = (guint64)json_get_int(thread, "poll-max-ns", 0),
                                     .poll_grow = (guint)json_get_int(thread, "poll-grow", 0),
                                     .poll_shrink = (guint)json_get_int(thread, "poll-shrink", 0)};
        g_hash_table_insert(guest->counters->iothreads, GUINT_TO_POINTER(id), polling);
    }
}

/* ---- KVM ---- */

static gboolean is_kvm(const Guest *guest)
{
    return guest->live->virt_type == VIRT_KVM;
}

static KvmStats *get_kvm(Guest *guest)
{
    if (!guest->counters->kvm)
        guest->counters->kvm = kvm_stats_new();
    return guest->counters->kvm;
}

static gboolean ask_kvm_kinds(Guest *guest, QmpBatch *batch)
{
    if (!is_kvm(guest) || kvm_stats_are_learned())
        return FALSE;
    qmp_batch_try(batch, "query-stats-schemas", NULL);
    return TRUE;
}

static void take_kvm_kinds(Guest *guest, json_object *answer)
{
    kvm_stats_learn(answer);
}

static gboolean ask_kvm_stats(Guest *guest, QmpBatch *batch, const char *target)
{
    json_object *arguments;

    if (!is_kvm(guest))
        return FALSE;
    arguments = json_object_new_object();
    json_add_string(arguments, "target", target);
    qmp_batch_try(batch, "query-stats", arguments);
    return TRUE;
}

static gboolean ask_kvm_vm(Guest *guest, QmpBatch *batch)
{
    return ask_kvm_stats(guest, batch, "vm");
}

static void take_kvm_vm(Guest *guest, json_object *answer)
{
    kvm_stats_take_vm(get_kvm(guest), answer);
}

static gboolean ask_kvm_cpus(Guest *guest, QmpBatch *batch)
{
    if (!is_kvm(guest))
        return FALSE;
    qmp_batch_try(batch, "query-cpus-fast", NULL);
    return TRUE;
}

static void take_kvm_cpus(Guest *guest, json_object *answer)
{
    kvm_stats_take_cpus(get_kvm(guest), answer);
}

static gboolean ask_kvm_vcpus(Guest *guest, QmpBatch *batch)
{
    return ask_kvm_stats(guest, batch, "vcpu");
}

static void take_kvm_vcpus(Guest *guest, json_object *answer)
{
    kvm_stats_take_vcpus(get_kvm(guest), answer);
}

/* ---- questions ---- */

/* By CountersKind. */
static const struct {
    gboolean (*ask)(Guest *guest, QmpBatch *batch); /* adds the one command; FALSE: there is nothing to ask about */
    void (*take)(Guest *guest, json_object *answer);
} kinds[COUNTERS_LAST] = {
    [COUNTERS_DISKS] = {ask_disks, take_disks},
    [COUNTERS_IMAGES] = {ask_images, take_images},
    [COUNTERS_BALLOON] = {ask_balloon, take_balloon},
    [COUNTERS_DIRTY_RATE] = {ask_dirty_rate, take_dirty_rate},
    [COUNTERS_IOTHREADS] = {ask_iothreads, take_iothreads},
    [COUNTERS_KVM_KINDS] = {ask_kvm_kinds, take_kvm_kinds},
    [COUNTERS_KVM_VM] = {ask_kvm_vm, take_kvm_vm},
    [COUNTERS_KVM_CPUS] = {ask_kvm_cpus, take_kvm_cpus},
    [COUNTERS_KVM_VCPUS] = {ask_kvm_vcpus, take_kvm_vcpus},
};

typedef struct {
    Guest *guest;
    guint asked;      /* kinds in the batch, in their order */
    Process *process; /* the run that was asked: its answer is not the next one's */
    CountersDone done;
    gpointer data;
} Question;

static void take_answers(Question *question, QmpBatch *batch)
{
    Guest *guest = question->guest;
    guint index = 0;

    if (guest->process != question->process || !guest->live)
        return;
    get_counters(guest);
    for (guint kind = 0; kind < COUNTERS_LAST; kind++) {
        json_object *answer = question->asked & (1u << kind) ? qmp_batch_result(batch, index++) : NULL;

        if (answer)
            kinds[kind].take(guest, answer);
    }
}

static void on_answers(QmpBatch *batch, const GError *error, gpointer data)
{
    Question *question = data;

    if (!error)
        take_answers(question, batch);
    if (question->done)
        question->done(question->guest, error, question->data);
    process_unref(question->process);
    guest_unref(question->guest);
    g_free(question);
}

static gboolean may_ask(Guest *guest, GError **error)
{
    g_autoptr(Qmp) qmp = guest_get_monitor(guest, error);
    gint64 silence_ms = qmp ? qmp_silence_ms(qmp) : 0;

    if (silence_ms > COUNTERS_WAIT_MS)
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_TIMEOUT,
                      "QEMU of guest '%s' (pid %d) has not answered for %" G_GINT64_FORMAT " ms", guest->name,
                      (int)process_pid(guest->process), silence_ms);
    return qmp && silence_ms <= COUNTERS_WAIT_MS;
}

void counters_ask(Guest *guest, guint wanted, CountersDone done, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(QmpBatch) batch = qmp_batch_new();
    Question *question;
    guint asked = 0;

    if (may_ask(guest, &error))
        for (guint kind = 0; kind < COUNTERS_LAST; kind++)
            if ((wanted & (1u << kind)) && kinds[kind].ask(guest, batch))
                asked |= 1u << kind;
    if (!asked) {
        if (done)
            done(guest, error, data);
        return;
    }
    question = g_new(Question, 1);
    *question = (Question){guest_ref(guest), asked, process_ref(guest->process), done, data};
    qmp_ask(guest->qmp, g_steal_pointer(&batch), COUNTERS_WAIT_MS, on_answers, question);
}
