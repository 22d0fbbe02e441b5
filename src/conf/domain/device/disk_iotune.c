/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <iotune>: how much a drive may do in a second. */
#include "conf/domain/device/disk.h"

#define LIMIT(member)                                                                                                  \
    XML_ULL(DiskIoTune, member, #member,                                                                               \
            .invalid = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,                                               \
                                     "disk iotune field '" #member "' must be an integer"))

/* clang-format off */
static const XmlField iotune_fields[] = {
    LIMIT(total_bytes_sec), LIMIT(read_bytes_sec), LIMIT(write_bytes_sec),
    LIMIT(total_iops_sec), LIMIT(read_iops_sec), LIMIT(write_iops_sec),
    LIMIT(total_bytes_sec_max), LIMIT(read_bytes_sec_max), LIMIT(write_bytes_sec_max),
    LIMIT(total_iops_sec_max), LIMIT(read_iops_sec_max), LIMIT(write_iops_sec_max),
    LIMIT(size_iops_sec),
    XML_STRING(DiskIoTune, group_name, "group_name"),
    LIMIT(total_bytes_sec_max_length), LIMIT(read_bytes_sec_max_length), LIMIT(write_bytes_sec_max_length),
    LIMIT(total_iops_sec_max_length), LIMIT(read_iops_sec_max_length), LIMIT(write_iops_sec_max_length),
    XML_END,
};
/* clang-format on */

/* A limit of all and limits of parts of it contradict each other. */
static gboolean iotune_parsed(xmlNode *node, gpointer self, GError **error)
{
    const DiskIoTune *tune = self;
    const struct {
        const char *what;
        unsigned long long total, read, write;
    } limits[] = {
        {"bytes_sec", tune->total_bytes_sec, tune->read_bytes_sec, tune->write_bytes_sec},
        {"iops_sec", tune->total_iops_sec, tune->read_iops_sec, tune->write_iops_sec},
        {"bytes_sec_max", tune->total_bytes_sec_max, tune->read_bytes_sec_max, tune->write_bytes_sec_max},
        {"iops_sec_max", tune->total_iops_sec_max, tune->read_iops_sec_max, tune->write_iops_sec_max},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++) {
        if (!limits[i].total || (!limits[i].read && !limits[i].write))
            continue;
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                      "total and read/write %s cannot be set at the same time (line %ld)", limits[i].what,
                      xmlGetLineNo(node));
        return FALSE;
    }
    return TRUE;
}

const XmlElement disk_iotune_element = {.size = sizeof(DiskIoTune), .fields = iotune_fields, .parsed = iotune_parsed};

gboolean disk_has_iotune(const DiskDef *disk)
{
    const DiskIoTune *tune = &disk->iotune;

    if (tune->group_name)
        return TRUE;
    for (const XmlField *field = iotune_fields; field->kind != XML_KIND_END; field++) {
        if (field->kind == XML_KIND_ULL && *(const unsigned long long *)((const char *)tune + field->offset))
            return TRUE;
    }
    return FALSE;
}
