/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <memtune>, <blkiotune>: what the host's control groups hold a guest to. */
#include <string.h>

#include "conf/domain/machine/tuning.h"

/* ---- <memtune> ---- */

/* A limit that says there is none is left out. */
static gboolean drop_unlimited(xmlNode *node, gpointer self, GError **error)
{
    MemoryTune *tune = self;
    unsigned long long *limits[] = {&tune->hard_kib, &tune->soft_kib, &tune->swap_hard_kib};

    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++)
        if (*limits[i] >= MEMORY_UNLIMITED_KIB)
            *limits[i] = 0;
    return TRUE;
}

static gboolean refuse_guarantee(xmlNode *node, gpointer self, guint mode, GError **error)
{
    return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                          "Parameter 'min_guarantee' not supported by QEMU. (line %ld)", xmlGetLineNo(node));
}

static const XmlField memory_tune_fields[] = {
    XML_SIZE(MemoryTune, hard_kib, "hard_limit"),
    XML_SIZE(MemoryTune, soft_kib, "soft_limit"),
    XML_CUSTOM("min_guarantee", .parse = refuse_guarantee, .beyond_schema = TRUE),
    XML_SIZE(MemoryTune, swap_hard_kib, "swap_hard_limit"),
    XML_END,
};
const XmlElement memory_tune_element = {.fields = memory_tune_fields, .parsed = drop_unlimited};

/* ---- <blkiotune> ---- */

#define NO_PATH XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "missing per-device path")

static const XmlField blkio_device_fields[] = {
    XML_STRING(BlkioDevice, path, "path", .required = TRUE, .missing = NO_PATH),
    XML_UINT(BlkioDevice, weight, "weight"),
    XML_UINT(BlkioDevice, read_iops, "read_iops_sec"),
    XML_UINT(BlkioDevice, write_iops, "write_iops_sec"),
    XML_ULL(BlkioDevice, read_bytes, "read_bytes_sec"),
    XML_ULL(BlkioDevice, write_bytes, "write_bytes_sec"),
    XML_END,
};
const XmlElement blkio_device_element = {.size = sizeof(BlkioDevice), .fields = blkio_device_fields};

static const XmlField blkio_tune_fields[] = {
    XML_UINT(BlkioTune, weight, "weight"),
    XML_LIST(BlkioTune, devices, "device", &blkio_device_element),
    XML_END,
};
const XmlElement blkio_tune_element = {.fields = blkio_tune_fields};

BlkioDevice *blkio_find_device(const BlkioTune *tune, const char *path)
{
    for (guint i = 0; tune->devices && i < tune->devices->len; i++) {
        BlkioDevice *device = tune->devices->pdata[i];

        if (strcmp(device->path, path) == 0)
            return device;
    }
    return NULL;
}

BlkioDevice *blkio_get_device(BlkioTune *tune, const char *path)
{
    BlkioDevice *device = blkio_find_device(tune, path);

    if (device)
        return device;
    device = xml_struct_new(&blkio_device_element);
    device->path = g_strdup(path);
    if (!tune->devices)
        tune->devices = g_ptr_array_new();
    g_ptr_array_add(tune->devices, device);
    return device;
}
