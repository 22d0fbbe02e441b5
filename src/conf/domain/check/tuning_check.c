/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks of NUMA cells, I/O threads and pins, and of disks and controllers that need some of them. */
#include "conf/cpuset.h"
#include "conf/domain/check/domain_check.h"

#define DISTANCE_LOCAL 10
#define DISTANCE_MAX   255

/* ---- NUMA ---- */

static gboolean check_cell_ids(const GPtrArray *cells, GError **error)
{
    for (guint i = 0; i < cells->len; i++) {
        gboolean is_there = FALSE;

        for (guint j = 0; j < cells->len; j++)
            is_there |= ((const NumaCell *)cells->pdata[j])->id == (int)i;
        if (!is_there)
            return vir_error_fail(
                error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                "Exactly one 'cell' element per guest NUMA cell allowed, non-contiguous ranges or ranges not "
                "starting from 0 are not allowed");
    }
    return TRUE;
}

static gboolean overlap(const guint8 *a, const guint8 *b, gsize size)
{
    for (gsize i = 0; i < size; i++)
        if (a[i] & b[i])
            return TRUE;
    return FALSE;
}

static gboolean check_cell_cpus(const DomainDef *def, const GPtrArray *cells, GError **error)
{
    guint8 bits[DOMAIN_VCPUS_MAX / 8] = {0}, other[DOMAIN_VCPUS_MAX / 8];
    guint n = 0;

    for (guint i = 0; i < cells->len; i++) {
        const NumaCell *cell = cells->pdata[i];

        if (cell->cpus)
            cpuset_to_bits(cell->cpus, bits, sizeof(bits));
        for (guint bit = 0; cell->cpus && bit < DOMAIN_VCPUS_MAX; bit++)
            n += bits[bit / 8] >> (bit % 8) & 1;
        for (guint j = 0; cell->cpus && j < i; j++) {
            const NumaCell *before = cells->pdata[j];

            cpuset_to_bits(before->cpus ? before->cpus : "", other, sizeof(other));
            if (overlap(bits, other, sizeof(bits)))
                return domain_refuse(error, VIR_FROM_DOMAIN, "NUMA cells %d and %d have overlapping vCPU ids", cell->id,
                                     before->id);
        }
    }
    return n <= def->vcpus_max || vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR,
                                                 "Number of CPUs in <numa> exceeds the <vcpu> count");
}

static gboolean check_distances(const GPtrArray *cells, GError **error)
{
    for (guint i = 0; i < cells->len; i++) {
        const NumaCell *cell = cells->pdata[i];

        for (guint j = 0; cell->distances && j < cell->distances->len; j++) {
            const NumaDistance *distance = cell->distances->pdata[j];

            if (distance->value >= DISTANCE_LOCAL && distance->value <= DISTANCE_MAX && distance->id < cells->len &&
                (distance->value == DISTANCE_LOCAL) == (distance->id == (guint)cell->id))
                continue;
            vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                          "'value %u' is invalid for 'sibling id %u' under NUMA 'cell id %d'", distance->value,
                          distance->id, cell->id);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean check_numatune(const DomainDef *def, const GPtrArray *cells, GError **error)
{
    const NumaTune *tune = &def->numatune;

    if (tune->memory && tune->memory->placement == NUMA_PLACEMENT_AUTO)
        return domain_refuse(error, VIR_FROM_DOMAIN, "numatune memory placement 'auto'");
    if (tune->memory && !tune->memory->nodeset)
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                              "nodeset for NUMA memory tuning must be set if 'placement' is 'static'");
    if (tune->memnodes && tune->memnodes->len && (!cells || !cells->len))
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                              "Element 'memnode' is invalid without any guest NUMA cells");
    for (guint i = 0; tune->memnodes && i < tune->memnodes->len; i++) {
        if (((const NumaMemory *)tune->memnodes->pdata[i])->cell >= cells->len)
            return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                                  "Argument 'cellid' in memnode element must correspond to existing "
                                  "guest's NUMA cell");
    }
    return TRUE;
}

static gboolean check_numa(const DomainDef *def, GError **error)
{
    const GPtrArray *cells = def->cpu ? def->cpu->cells : NULL;

    if (cells && cells->len &&
        (!check_cell_ids(cells, error) || !check_cell_cpus(def, cells, error) || !check_distances(cells, error)))
        return FALSE;
    return check_numatune(def, cells, error);
}

/* ---- threads ---- */

static gboolean check_iothreads(const DomainDef *def, GError **error)
{
    for (guint i = 0; def->iothreads && i < def->iothreads->len; i++) {
        const IoThread *thread = def->iothreads->pdata[i];

        if (domain_find_iothread(def, thread->id) != thread) {
            vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "duplicate iothread id '%u' found", thread->id);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean check_pins(const GPtrArray *pins, const char *element, const char *what, GError **error)
{
    for (guint i = 0; pins && i < pins->len; i++) {
        const CpuPin *pin = pins->pdata[i];

        if (cpu_pin_find(pins, pin->id) == pin)
            continue;
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "duplicate %s for %s '%u'", element, what,
                      pin->id);
        return FALSE;
    }
    return TRUE;
}

static gboolean check_iothread_pins(const DomainDef *def, GError **error)
{
    const GPtrArray *pins = def->cputune.iothread_pins;

    for (guint i = 0; pins && i < pins->len; i++) {
        guint id = ((const CpuPin *)pins->pdata[i])->id;

        if (domain_find_iothread(def, id))
            continue;
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "Cannot find 'iothread' : %u", id);
        return FALSE;
    }
    return check_pins(pins, "iothreadpin", "iothread", error);
}

static gboolean check_blkio(const BlkioTune *tune, GError **error)
{
    for (guint i = 0; tune->devices && i < tune->devices->len; i++) {
        const BlkioDevice *device = tune->devices->pdata[i];

        if (blkio_find_device(tune, device->path) != device)
            return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "duplicate blkio device path '%s'",
                                  device->path);
    }
    return TRUE;
}

/* ---- disks ---- */

static gboolean check_disk(const DomainDef *def, const DiskDef *disk, GError **error)
{
    if (disk->source.type == DISK_SOURCE_VHOST_USER && !domain_has_shared_memory(def))
        return domain_refuse(error, VIR_FROM_QEMU, "'vhostuser' requires shared memory");
    if (!disk->iothread)
        return TRUE;
    if (disk->bus != DISK_BUS_VIRTIO)
        return domain_refuse(error, VIR_FROM_QEMU, "IOThreads not available for bus %s target %s",
                             disk_buses[disk->bus], disk->target);
    if (!domain_find_iothread(def, disk->iothread))
        return domain_refuse(error, VIR_FROM_QEMU, "Disk iothread '%u' not defined in iothreadid", disk->iothread);
    return TRUE;
}

/* ---- controllers ---- */

static gboolean is_virtio_scsi(const ControllerDef *controller)
{
    return controller->type == CONTROLLER_SCSI && (controller->model == CONTROLLER_MODEL_SCSI_VIRTIO_SCSI ||
                                                   controller->model == CONTROLLER_MODEL_SCSI_VIRTIO_TRANSITIONAL ||
                                                   controller->model == CONTROLLER_MODEL_SCSI_VIRTIO_NON_TRANSITIONAL);
}

static gboolean check_controller(const DomainDef *def, const ControllerDef *controller, GError **error)
{
    const struct {
        gboolean is_there;
        const char *name;
    } options[] = {
        {controller->queues > 0, "queues"},           {controller->cmd_per_lun > 0, "cmd_per_lun"},
        {controller->max_sectors > 0, "max_sectors"}, {controller->ioeventfd != XML_BOOL_ABSENT, "ioeventfd"},
        {controller->iothread > 0, "iothread"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(options); i++)
        if (options[i].is_there && !is_virtio_scsi(controller))
            return domain_refuse(error, VIR_FROM_QEMU, "'%s' is only supported by virtio-scsi controller",
                                 options[i].name);
    if (controller->iothread && !domain_find_iothread(def, controller->iothread))
        return domain_refuse(error, VIR_FROM_QEMU, "controller iothread '%u' not defined in iothreadid",
                             controller->iothread);
    return TRUE;
}

gboolean domain_has_shared_memory(const DomainDef *def)
{
    const GPtrArray *cells = def->cpu ? def->cpu->cells : NULL;
    gboolean is_shared = def->memory_backing.access == MEMORY_ACCESS_SHARED;

    if (!cells || !cells->len)
        return is_shared;
    for (guint i = 0; i < cells->len; i++) {
        const NumaCell *cell = cells->pdata[i];

        if (!(cell->access ? cell->access == MEMORY_ACCESS_SHARED : is_shared))
            return FALSE;
    }
    return TRUE;
}

gboolean domain_check_tuning(const DomainDef *def, GError **error)
{
    if (!check_numa(def, error) || !check_iothreads(def, error) ||
        !check_pins(def->cputune.vcpu_pins, "vcpupin", "vcpu", error) || !check_iothread_pins(def, error) ||
        !check_blkio(&def->blkiotune, error))
        return FALSE;
    for (guint i = 0; i < def->disks->len; i++)
        if (!check_disk(def, def->disks->pdata[i], error))
            return FALSE;
    for (guint i = 0; i < def->controllers->len; i++)
        if (!check_controller(def, def->controllers->pdata[i], error))
            return FALSE;
    return TRUE;
}
