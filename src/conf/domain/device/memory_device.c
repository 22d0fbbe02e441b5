/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/device/memory_device.h"

#include "conf/cpuset.h"
#include "conf/domain/check/domain_check.h"
#include "conf/domain/default/domain_defaults.h"

#define LABEL_MIN_KIB 128

/* clang-format off */
const char *const memory_device_models[MEMORY_DEVICE_LAST] = {
    "dimm", "nvdimm", "virtio-pmem", "virtio-mem", "sgx-epc",
};

static const XmlField source_fields[] = {
    XML_CODEC(MemoryDeviceDef, nodemask, "nodemask", &cpuset_codec),
    XML_SIZE(MemoryDeviceDef, page_kib, "pagesize"),
    XML_STRING(MemoryDeviceDef, path, "path"),
    XML_SIZE(MemoryDeviceDef, align_kib, "alignsize"),
    XML_FLAG(MemoryDeviceDef, is_pmem, "pmem"),
    XML_END,
};
static const XmlElement source_element = {.fields = source_fields};
static const XmlField label_fields[] = {XML_SIZE(MemoryDeviceDef, label_kib, "size"), XML_END};
static const XmlElement label_element = {.fields = label_fields};
static const XmlField target_fields[] = {
    XML_SIZE(MemoryDeviceDef, size_kib, "size"),
    XML_INT(MemoryDeviceDef, node, "node", .absent = MEMORY_NODE_UNSET),
    XML_INSIDE("label", &label_element),
    XML_FLAG(MemoryDeviceDef, is_readonly, "readonly"),
    XML_TAKEN("block"), XML_TAKEN("requested"), XML_TAKEN("current"), /* of virtio-mem, which the check refuses */
    XML_END,
};
static const XmlElement target_element = {.fields = target_fields};

static const XmlField memory_device_fields[] = {
    XML_ENUM(MemoryDeviceDef, model, "@model", memory_device_models, .required = TRUE, .always = TRUE),
    XML_ENUM(MemoryDeviceDef, access, "@access", memory_accesses),
    XML_YESNO(MemoryDeviceDef, discard, "@discard"),
    XML_REFUSE("uuid"),
    XML_INSIDE("source", &source_element),
    XML_INSIDE("target", &target_element),
    XML_INCLUDE(MemoryDeviceDef, info, &device_info_element),
    XML_END,
};
/* clang-format on */

const XmlElement memory_device_element = {.size = sizeof(MemoryDeviceDef), .fields = memory_device_fields};

/* ---- slots ---- */

static gboolean is_taken(const DomainDef *def, guint slot)
{
    for (guint i = 0; i < def->memory_devices->len; i++) {
        const MemoryDeviceDef *device = def->memory_devices->pdata[i];

        if (device->info.address_type == DEVICE_ADDRESS_DIMM && device->info.dimm.slot == slot)
            return TRUE;
    }
    return FALSE;
}

gboolean domain_complete_memory_devices(DomainDef *def, GError **error)
{
    for (guint i = 0; i < def->memory_devices->len && def->memory_slots > 0; i++) {
        MemoryDeviceDef *device = def->memory_devices->pdata[i];
        guint slot = 0;

        if (device->info.address_type != DEVICE_ADDRESS_NONE || device->model > MEMORY_DEVICE_NVDIMM)
            continue;
        while (slot < def->memory_slots && is_taken(def, slot))
            slot++;
        if (slot == def->memory_slots)
            return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "failed to find an empty memory slot");
        device->info.dimm.slot = slot;
        device->info.address_type = DEVICE_ADDRESS_DIMM;
    }
    return TRUE;
}

unsigned long long domain_plugged_memory_kib(const DomainDef *def, gboolean has_nvdimms)
{
    unsigned long long sum = 0;

    for (guint i = 0; i < def->memory_devices->len; i++) {
        const MemoryDeviceDef *device = def->memory_devices->pdata[i];

        if (has_nvdimms || device->model != MEMORY_DEVICE_NVDIMM)
            sum += device->size_kib;
    }
    return sum;
}

/* ---- the check ---- */

static gboolean check_nvdimm(const MemoryDeviceDef *device, GError **error)
{
    if (!device->path)
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "path is required for model 'nvdimm'");
    if (device->discard == XML_BOOL_YES)
        return domain_refuse(error, VIR_FROM_DOMAIN, "discard is not supported for nvdimms");
    if (device->page_kib || device->nodemask)
        return domain_refuse(error, VIR_FROM_DOMAIN, "pagesize and nodemask of an nvdimm");
    if (device->label_kib && device->label_kib < LABEL_MIN_KIB)
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                              "nvdimm label must be at least %u KiB and not larger than its NVDIMM", LABEL_MIN_KIB);
    if (device->label_kib && device->label_kib >= device->size_kib)
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "label size must be smaller than NVDIMM size");
    if (device->label_kib && device->is_readonly)
        return domain_refuse(error, VIR_FROM_DOMAIN, "label and readonly of an nvdimm exclude each other");
    return TRUE;
}

static gboolean check_dimm(const MemoryDeviceDef *device, GError **error)
{
    if (device->path || device->align_kib || device->is_pmem || device->is_readonly || device->label_kib)
        return domain_refuse(error, VIR_FROM_DOMAIN, "path, alignsize, pmem, readonly and label are for nvdimms alone");
    return TRUE;
}

static gboolean has_cell(const DomainDef *def, int node)
{
    const GPtrArray *cells = def->cpu ? def->cpu->cells : NULL;

    for (guint i = 0; cells && i < cells->len; i++)
        if (((const NumaCell *)cells->pdata[i])->id == node)
            return TRUE;
    return FALSE;
}

static gboolean check_slot(const DomainDef *def, const MemoryDeviceDef *device, GError **error)
{
    guint n = 0;

    if (device->info.address_type != DEVICE_ADDRESS_DIMM)
        return domain_refuse(error, VIR_FROM_QEMU, "only 'dimm' addresses are supported for the pc-dimm device");
    if (device->info.dimm.slot >= def->memory_slots)
        return domain_refuse(error, VIR_FROM_QEMU, "memory device slot '%u' exceeds slots count '%u'",
                             device->info.dimm.slot, def->memory_slots);
    for (guint i = 0; i < def->memory_devices->len; i++)
        n += ((const MemoryDeviceDef *)def->memory_devices->pdata[i])->info.dimm.slot == device->info.dimm.slot;
    if (n > 1)
        return domain_refuse(error, VIR_FROM_QEMU,
                             "memory device slot '%u' is already being used by another memory device",
                             device->info.dimm.slot);
    return TRUE;
}

static gboolean check_one(const DomainDef *def, const MemoryDeviceDef *device, GError **error)
{
    if (device->model > MEMORY_DEVICE_NVDIMM)
        return domain_refuse(error, VIR_FROM_QEMU, "memory device '%s'", memory_device_models[device->model]);
    if (!def->max_memory_kib)
        return domain_refuse(error, VIR_FROM_QEMU,
                             "cannot use/hotplug a memory device when domain 'maxMemory' is not defined");
    if (!device->size_kib)
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "a memory device has no size");
    if (!has_cell(def, device->node))
        return domain_refuse(error, VIR_FROM_QEMU,
                             "can't add memory backend for guest node '%d' as the guest has not it", device->node);
    if (!check_slot(def, device, error))
        return FALSE;
    return device->model == MEMORY_DEVICE_NVDIMM ? check_nvdimm(device, error) : check_dimm(device, error);
}

gboolean domain_check_memory_devices(const DomainDef *def, GError **error)
{
    for (guint i = 0; i < def->memory_devices->len; i++)
        if (!check_one(def, def->memory_devices->pdata[i], error))
            return FALSE;
    if (def->memory_devices->len > 0 && def->memory_kib > def->max_memory_kib)
        return domain_refuse(error, VIR_FROM_QEMU, "memory devices exceed domain's maxMemory '%llu' KiB",
                             def->max_memory_kib);
    return TRUE;
}
