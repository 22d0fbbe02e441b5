/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/stats/bulk_stats.h"

#include <stdarg.h>

#include "virtqemud/interface/interface_host.h"
#include "virtqemud/stats/counters.h"
#include "virtqemud/stats/vcpu_stats.h"

/* "block.0.rd.reqs" of "block", 0 and "rd.reqs". */
typedef struct {
    char text[VIR_TYPED_PARAM_FIELD_LENGTH];
} Field;

static const char *numbered(Field *field, const char *group, guint number, const char *name)
{
    g_snprintf(field->text, sizeof(field->text), "%s.%u.%s", group, number, name);
    return field->text;
}

static void add_state(Params *params, Guest *guest, const BulkStatsMore *more)
{
    params_add_int(params, "state.state", guest_state_public(guest->state));
    params_add_int(params, "state.reason", guest->reason);
}

static void add_cpu(Params *params, Guest *guest, const BulkStatsMore *more)
{
    ProcessUsage usage;

    if (!guest->process || !process_usage(process_pid(guest->process), &usage))
        return;
    params_add_ullong(params, "cpu.time", usage.user_ns + usage.system_ns);
    params_add_ullong(params, "cpu.user", usage.user_ns);
    params_add_ullong(params, "cpu.system", usage.system_ns);
}

/* ---- memory ---- */

static const struct {
    const char *name;
    int tag;
} balloon_fields[] = {
    {"balloon.swap_in", VIR_DOMAIN_MEMORY_STAT_SWAP_IN},
    {"balloon.swap_out", VIR_DOMAIN_MEMORY_STAT_SWAP_OUT},
    {"balloon.major_fault", VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT},
    {"balloon.minor_fault", VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT},
    {"balloon.unused", VIR_DOMAIN_MEMORY_STAT_UNUSED},
    {"balloon.available", VIR_DOMAIN_MEMORY_STAT_AVAILABLE},
    {"balloon.usable", VIR_DOMAIN_MEMORY_STAT_USABLE},
    {"balloon.last-update", VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE},
    {"balloon.disk_caches", VIR_DOMAIN_MEMORY_STAT_DISK_CACHES},
    {"balloon.hugetlb_pgalloc", VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGALLOC},
    {"balloon.hugetlb_pgfail", VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGFAIL},
};

static void add_balloon(Params *params, Guest *guest, const BulkStatsMore *more)
{
    const DomainDef *def = guest_current_def(guest);
    ProcessUsage usage;
    guint64 value;

    params_add_ullong(params, "balloon.current", def->current_memory_kib);
    params_add_ullong(params, "balloon.maximum", def->memory_kib);
    if (!guest_is_active(guest))
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(balloon_fields); i++)
        if (counters_memory(guest, balloon_fields[i].tag, &value))
            params_add_ullong(params, balloon_fields[i].name, value);
    if (process_usage(process_pid(guest->process), &usage))
        params_add_ullong(params, "balloon.rss", usage.rss_kib);
}

static void add_dirty_rate(Params *params, Guest *guest, const BulkStatsMore *more)
{
    DirtyRate rate;

    if (!guest_is_active(guest) || !counters_dirty_rate(guest, &rate))
        return;
    params_add_int(params, "dirtyrate.calc_status", rate.status);
    params_add_llong(params, "dirtyrate.calc_start_time", rate.start_s);
    params_add_int(params, "dirtyrate.calc_period", (int)rate.period_s);
    if (rate.mode)
        params_add_string(params, "dirtyrate.calc_mode", rate.mode);
    if (rate.status == VIR_DOMAIN_DIRTYRATE_MEASURED && rate.mib_per_s >= 0)
        params_add_llong(params, "dirtyrate.megabytes_per_second", rate.mib_per_s);
}

/* ---- what KVM counts ---- */

static void add_kvm(Params *params, const char *prefix, const GArray *counted)
{
    Field field;

    for (guint i = 0; counted && i < counted->len; i++) {
        const KvmStat *stat = &g_array_index(counted, KvmStat, i);

        g_snprintf(field.text, sizeof(field.text), "%s.%s", prefix, stat->field);
        if (stat->is_switch)
            params_add_boolean(params, field.text, stat->value != 0);
        else
            params_add_ullong(params, field.text, stat->value);
    }
}

static void add_vm(Params *params, Guest *guest, const BulkStatsMore *more)
{
    if (guest_is_active(guest))
        add_kvm(params, "vm", kvm_stats_vm(counters_kvm(guest)));
}

/* ---- processors ---- */

static void add_vcpus(Params *params, Guest *guest, const BulkStatsMore *more)
{
    const DomainDef *def = guest_current_def(guest);
    g_autoptr(GArray) times = NULL;
    Field field;

    params_add_uint(params, "vcpu.current", def->vcpus);
    params_add_uint(params, "vcpu.maximum", def->vcpus_max);
    if (!guest_is_active(guest))
        return;
    times = vcpu_stats_read(process_pid(guest->process), def->vcpus, &guest->vcpu_threads);
    for (guint i = 0; i < times->len; i++) {
        const VcpuStats *stats = &g_array_index(times, VcpuStats, i);

        params_add_int(params, numbered(&field, "vcpu", i, "state"), VIR_VCPU_RUNNING);
        params_add_ullong(params, numbered(&field, "vcpu", i, "time"), stats->cpu_ns);
        params_add_ullong(params, numbered(&field, "vcpu", i, "delay"), stats->delay_ns);
        g_snprintf(field.text, sizeof(field.text), "vcpu.%u", i);
        add_kvm(params, field.text, kvm_stats_vcpu(counters_kvm(guest), i));
    }
}

/* ---- network cards ---- */

static void add_interface(Params *params, guint number, const InterfaceDef *interface)
{
    InterfaceStats stats;
    Field field;

    params_add_string(params, numbered(&field, "net", number, "name"), interface->target);
    if (!interface_host_stats(interface, &stats, NULL))
        return;
    params_add_ullong(params, numbered(&field, "net", number, "rx.bytes"), (guint64)stats.rx_bytes);
    params_add_ullong(params, numbered(&field, "net", number, "rx.pkts"), (guint64)stats.rx_packets);
    params_add_ullong(params, numbered(&field, "net", number, "rx.errs"), (guint64)stats.rx_errors);
    params_add_ullong(params, numbered(&field, "net", number, "rx.drop"), (guint64)stats.rx_dropped);
    params_add_ullong(params, numbered(&field, "net", number, "tx.bytes"), (guint64)stats.tx_bytes);
    params_add_ullong(params, numbered(&field, "net", number, "tx.pkts"), (guint64)stats.tx_packets);
    params_add_ullong(params, numbered(&field, "net", number, "tx.errs"), (guint64)stats.tx_errors);
    params_add_ullong(params, numbered(&field, "net", number, "tx.drop"), (guint64)stats.tx_dropped);
}

static void add_interfaces(Params *params, Guest *guest, const BulkStatsMore *more)
{
    if (!guest_is_active(guest))
        return;
    params_add_uint(params, "net.count", guest->live->interfaces->len);
    for (guint i = 0; i < guest->live->interfaces->len; i++) {
        const InterfaceDef *interface = g_ptr_array_index(guest->live->interfaces, i);

        /* A card without a device on the host has nobody who counts. */
        if (interface->target)
            add_interface(params, i, interface);
    }
}

/* ---- disks ---- */

static void add_block_io(Params *params, guint number, const BlockStats *io)
{
    Field field;

    params_add_ullong(params, numbered(&field, "block", number, "rd.reqs"), (guint64)io->rd_operations);
    params_add_ullong(params, numbered(&field, "block", number, "rd.bytes"), (guint64)io->rd_bytes);
    params_add_ullong(params, numbered(&field, "block", number, "rd.times"), (guint64)io->rd_total_ns);
    params_add_ullong(params, numbered(&field, "block", number, "wr.reqs"), (guint64)io->wr_operations);
    params_add_ullong(params, numbered(&field, "block", number, "wr.bytes"), (guint64)io->wr_bytes);
    params_add_ullong(params, numbered(&field, "block", number, "wr.times"), (guint64)io->wr_total_ns);
    params_add_ullong(params, numbered(&field, "block", number, "fl.reqs"), (guint64)io->flush_operations);
    params_add_ullong(params, numbered(&field, "block", number, "fl.times"), (guint64)io->flush_total_ns);
}

static void add_source(Params *params, guint number, const char *path, guint index)
{
    Field field;

    if (path)
        params_add_string(params, numbered(&field, "block", number, "path"), path);
    if (path && index > 0)
        params_add_uint(params, numbered(&field, "block", number, "backingIndex"), index);
}

static void add_disk(Params *params, guint number, const DiskDef *disk, const DiskCounters *counters)
{
    Field field;

    params_add_string(params, numbered(&field, "block", number, "name"), disk->target);
    add_source(params, number, disk->source.path, disk->source.index);
    if (counters && counters->has_io)
        add_block_io(params, number, &counters->io);
    if (counters && counters->has_io && disk_source_is_there(&disk->source))
        params_add_ullong(params, numbered(&field, "block", number, "allocation"),
                          (guint64)counters->io.highest_offset);
    if (counters && counters->has_image) {
        params_add_ullong(params, numbered(&field, "block", number, "capacity"), counters->image.capacity);
        params_add_ullong(params, numbered(&field, "block", number, "physical"), counters->image.physical);
    }
}

/* A disk that no QEMU has open. */
static void add_idle_disk(Params *params, guint number, const DiskDef *disk, const ImageQuery *images)
{
    const char *path = image_file_tells_capacity(disk) ? disk_source_local_path(&disk->source) : NULL;
    const ImageSizes *sizes = path ? image_query_sizes(images, path, NULL) : NULL;
    Field field;

    if (!sizes)
        return;
    if (sizes->allocation)
        params_add_ullong(params, numbered(&field, "block", number, "allocation"), sizes->allocation);
    params_add_ullong(params, numbered(&field, "block", number, "capacity"), sizes->capacity);
    params_add_ullong(params, numbered(&field, "block", number, "physical"), sizes->physical);
}

/* Images below, each an entry of its own under the disk's name. */
static guint add_chain(Params *params, guint number, const DiskDef *disk)
{
    Field field;

    for (const DiskBacking *backing = disk->backing; backing && backing->source.type != DISK_SOURCE_NONE;
         backing = backing->backing) {
        params_add_string(params, numbered(&field, "block", number, "name"), disk->target);
        add_source(params, number++, backing->source.path, backing->source.index);
    }
    return number;
}

static guint chain_length(const DiskDef *disk)
{
    guint length = 0;

    for (const DiskBacking *backing = disk->backing; backing && backing->source.type != DISK_SOURCE_NONE;
         backing = backing->backing)
        length++;
    return length;
}

static void add_disks(Params *params, Guest *guest, const BulkStatsMore *more)
{
    const GPtrArray *disks = guest_current_def(guest)->disks;
    guint count = disks->len;
    guint number = 0;

    for (guint i = 0; more->with_backing && i < disks->len; i++)
        count += chain_length(g_ptr_array_index(disks, i));
    params_add_uint(params, "block.count", count);
    for (guint i = 0; i < disks->len; i++) {
        const DiskDef *disk = g_ptr_array_index(disks, i);

        add_disk(params, number, disk, counters_disk(guest, disk->info.alias));
        if (!guest_is_active(guest))
            add_idle_disk(params, number, disk, more->images);
        number++;
        if (more->with_backing)
            number = add_chain(params, number, disk);
    }
}

/* ---- I/O threads ---- */

static void add_iothreads(Params *params, Guest *guest, const BulkStatsMore *more)
{
    const GPtrArray *iothreads = guest_is_active(guest) ? guest->live->iothreads : NULL;
    Field field;

    if (!iothreads || iothreads->len == 0)
        return;
    params_add_uint(params, "iothread.count", iothreads->len);
    for (guint i = 0; i < iothreads->len; i++) {
        guint id = ((const IoThread *)g_ptr_array_index(iothreads, i))->id;
        const IoThreadPolling *polling = counters_iothread(guest, id);

        if (!polling)
            continue;
        params_add_ullong(params, numbered(&field, "iothread", id, "poll-max-ns"), polling->poll_max_ns);
        params_add_uint(params, numbered(&field, "iothread", id, "poll-grow"), polling->poll_grow);
        params_add_uint(params, numbered(&field, "iothread", id, "poll-shrink"), polling->poll_shrink);
    }
}

/* ---- the groups ---- */

/* Perf events and memory bandwidth are of things that guests here do not have. */
static void add_nothing(Params *params, Guest *guest, const BulkStatsMore *more)
{
}

static const struct {
    guint group;
    guint counters;
    void (*add)(Params *params, Guest *guest, const BulkStatsMore *more);
} groups[] = {
    {VIR_DOMAIN_STATS_STATE, 0, add_state},
    {VIR_DOMAIN_STATS_CPU_TOTAL, 0, add_cpu},
    {VIR_DOMAIN_STATS_BALLOON, 1u << COUNTERS_BALLOON, add_balloon},
    {VIR_DOMAIN_STATS_VCPU, 1u << COUNTERS_KVM_KINDS | 1u << COUNTERS_KVM_CPUS | 1u << COUNTERS_KVM_VCPUS, add_vcpus},
    {VIR_DOMAIN_STATS_INTERFACE, 0, add_interfaces},
    {VIR_DOMAIN_STATS_BLOCK, 1u << COUNTERS_DISKS | 1u << COUNTERS_IMAGES, add_disks},
    {VIR_DOMAIN_STATS_PERF, 0, add_nothing},
    {VIR_DOMAIN_STATS_IOTHREAD, 1u << COUNTERS_IOTHREADS, add_iothreads},
    {VIR_DOMAIN_STATS_MEMORY, 0, add_nothing},
    {VIR_DOMAIN_STATS_DIRTYRATE, 1u << COUNTERS_DIRTY_RATE, add_dirty_rate},
    {VIR_DOMAIN_STATS_VM, 1u << COUNTERS_KVM_KINDS | 1u << COUNTERS_KVM_VM, add_vm},
};

guint bulk_stats_groups(void)
{
    guint all = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(groups); i++)
        all |= groups[i].group;
    return all;
}

guint bulk_stats_counters(guint wanted)
{
    guint counters = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(groups); i++)
        if (wanted & groups[i].group)
            counters |= groups[i].counters;
    return counters;
}

void bulk_stats_add(Params *params, Guest *guest, guint wanted, const BulkStatsMore *more)
{
    for (gsize i = 0; i < G_N_ELEMENTS(groups); i++)
        if (wanted & groups[i].group)
            groups[i].add(params, guest, more);
}
