/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/storage/iotune.h"

#include <libvirt/libvirt.h>
#include <string.h>

#include "common/error.h"
#include "virtqemud/stats/block_stats.h"

/* Limits that are replaced together. */
typedef enum {
    SET_BYTES,
    SET_IOPS,
    SET_BYTES_MAX,
    SET_IOPS_MAX,
    SET_SIZE,
    SET_BYTES_LENGTH,
    SET_IOPS_LENGTH,
    SET_LAST
} LimitSet;

/* One limit: libvirt's name of it, QEMU's, and whether it is only told QEMU when it is set. */
static const struct {
    const char *name, *qmp;
    gsize offset;
    LimitSet set;
    gboolean is_optional;
} limits[] = {
/* clang-format off */
#define LIMIT(member, qmp, set, is_optional) {#member, qmp, offsetof(DiskIoTune, member), set, is_optional}
    LIMIT(total_bytes_sec, "bps", SET_BYTES, FALSE),
    LIMIT(read_bytes_sec, "bps_rd", SET_BYTES, FALSE),
    LIMIT(write_bytes_sec, "bps_wr", SET_BYTES, FALSE),
    LIMIT(total_iops_sec, "iops", SET_IOPS, FALSE),
    LIMIT(read_iops_sec, "iops_rd", SET_IOPS, FALSE),
    LIMIT(write_iops_sec, "iops_wr", SET_IOPS, FALSE),
    LIMIT(total_bytes_sec_max, "bps_max", SET_BYTES_MAX, FALSE),
    LIMIT(read_bytes_sec_max, "bps_rd_max", SET_BYTES_MAX, FALSE),
    LIMIT(write_bytes_sec_max, "bps_wr_max", SET_BYTES_MAX, FALSE),
    LIMIT(total_iops_sec_max, "iops_max", SET_IOPS_MAX, FALSE),
    LIMIT(read_iops_sec_max, "iops_rd_max", SET_IOPS_MAX, FALSE),
    LIMIT(write_iops_sec_max, "iops_wr_max", SET_IOPS_MAX, FALSE),
    LIMIT(size_iops_sec, "iops_size", SET_SIZE, FALSE),
    LIMIT(total_bytes_sec_max_length, "bps_max_length", SET_BYTES_LENGTH, TRUE),
    LIMIT(read_bytes_sec_max_length, "bps_rd_max_length", SET_BYTES_LENGTH, TRUE),
    LIMIT(write_bytes_sec_max_length, "bps_wr_max_length", SET_BYTES_LENGTH, TRUE),
    LIMIT(total_iops_sec_max_length, "iops_max_length", SET_IOPS_LENGTH, TRUE),
    LIMIT(read_iops_sec_max_length, "iops_rd_max_length", SET_IOPS_LENGTH, TRUE),
    LIMIT(write_iops_sec_max_length, "iops_wr_max_length", SET_IOPS_LENGTH, TRUE),
#undef LIMIT
    /* clang-format on */
};

#define LIMIT_MAX   1000000000000000ULL /* QEMU counts no further */
#define GROUP_PLACE 13                  /* of the group's name among libvirt's parameters */

static unsigned long long *value_of(const DiskIoTune *tune, gsize i)
{
    return (unsigned long long *)((char *)tune + limits[i].offset);
}

/* ---- QEMU ---- */

/* A drive by its place among QEMU's objects: a virtio drive is a part of its device. */
static char *drive_id(const DiskDef *disk)
{
    return g_strdup_printf(disk->bus == DISK_BUS_VIRTIO ? "/machine/peripheral/%s/virtio-backend" : "%s",
                           disk->info.alias);
}

json_object *iotune_to_qmp(const DiskDef *disk, const DiskIoTune *tune)
{
    json_object *arguments = json_object_new_object();
    g_autofree char *id = drive_id(disk);
    gboolean is_limited = FALSE;

    json_add_string(arguments, "id", id);
    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++) {
        guint64 value = *value_of(tune, i);

        is_limited |= value > 0;
        if (value > 0 || !limits[i].is_optional)
            json_add_int(arguments, limits[i].qmp, (gint64)value);
    }
    /* QEMU takes a drive without limits out of its group. */
    if (is_limited)
        json_add_string(arguments, "group", tune->group_name);
    return arguments;
}

void iotune_add(QmpBatch *batch, const DiskDef *disk)
{
    if (disk_has_iotune(disk) && disk_source_is_there(&disk->source))
        qmp_batch_add(batch, "block_set_io_throttle", iotune_to_qmp(disk, &disk->iotune));
}

gboolean iotune_from_qmp(json_object *drives, const DiskDef *disk, DiskIoTune *tune, GError **error)
{
    size_t n = json_length(drives);

    for (size_t i = 0; i < n; i++) {
        json_object *drive = json_object_array_get_idx(drives, i);
        json_object *inserted = json_get_object(drive, "inserted");

        if (!block_stats_is_about(drive, disk->info.alias) || !inserted)
            continue;
        for (gsize j = 0; j < G_N_ELEMENTS(limits); j++)
            *value_of(tune, j) = (unsigned long long)json_get_int(inserted, limits[j].qmp, 0);
        tune->group_name = g_strdup(json_get_string(inserted, "group"));
        return TRUE;
    }
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "QEMU does not tell of the limits of disk '%s'",
                  disk->target);
    return FALSE;
}

/* ---- parameters ---- */

void iotune_to_params(const DiskIoTune *tune, Params *params)
{
    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++) {
        if (i == GROUP_PLACE)
            params_add_string(params, VIR_DOMAIN_BLOCK_IOTUNE_GROUP_NAME, tune->group_name ? tune->group_name : "");
        params_add_ullong(params, limits[i].name, *value_of(tune, i));
    }
}

static gboolean is_limit(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++)
        if (g_str_equal(limits[i].name, name))
            return TRUE;
    return FALSE;
}

static gboolean take_param(const remote_typed_param *param, json_object *object, GError **error)
{
    const remote_typed_param_value *value = &param->value;

    if (g_str_equal(param->field, VIR_DOMAIN_BLOCK_IOTUNE_GROUP_NAME)) {
        if (value->type != VIR_TYPED_PARAM_STRING)
            return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "parameter '%s' is a string",
                                  param->field);
        json_add_string(object, param->field, value->remote_typed_param_value_u.s);
        return TRUE;
    }
    if (!is_limit(param->field))
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "parameter '%s' not supported", param->field);
    if (value->type != VIR_TYPED_PARAM_ULLONG)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "parameter '%s' is a number", param->field);
    if (value->remote_typed_param_value_u.ul > LIMIT_MAX)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_ARGUMENT_UNSUPPORTED,
                              "block I/O throttle limit value must be no more than %llu", LIMIT_MAX);
    json_add_int(object, param->field, (gint64)value->remote_typed_param_value_u.ul);
    return TRUE;
}

json_object *iotune_from_params(const remote_typed_param *given, guint n_given, GError **error)
{
    g_autoptr(json_object) object = json_object_new_object();

    for (guint i = 0; i < n_given; i++)
        if (!take_param(&given[i], object, error))
            return NULL;
    return g_steal_pointer(&object);
}

static gboolean check_limits(const DiskIoTune *tune, GError **error)
{
    /* Indices of the table: of each kind the limit of all, of reading, of writing. */
    static const guint totals[] = {0, 3, 6, 9};

    for (gsize i = 0; i < G_N_ELEMENTS(totals); i++) {
        guint total = totals[i];

        if (*value_of(tune, total) && (*value_of(tune, total + 1) || *value_of(tune, total + 2)))
            return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG,
                                  "total and read/write of %s cannot be set at the same time",
                                  limits[total].name + strlen("total_"));
    }
    for (guint i = 0; i < 6; i++) {
        guint max = i + 6, length = i + 13;

        if (*value_of(tune, max) && !*value_of(tune, i))
            return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                                  "value '%s' cannot be set if '%s' is not set", limits[max].name, limits[i].name);
        if (*value_of(tune, max) && *value_of(tune, max) < *value_of(tune, i))
            return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                                  "value '%s' cannot be smaller than '%s'", limits[max].name, limits[i].name);
        if (*value_of(tune, length) && !*value_of(tune, max))
            return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                                  "value '%s' cannot be set if '%s' is not set", limits[length].name, limits[max].name);
    }
    return TRUE;
}

gboolean iotune_merge(json_object *given, DiskIoTune *tune, GError **error)
{
    const char *group = json_get_string(given, VIR_DOMAIN_BLOCK_IOTUNE_GROUP_NAME);
    gboolean sets[SET_LAST] = {FALSE};

    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++)
        sets[limits[i].set] |= json_get(given, limits[i].name, json_type_int) != NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++)
        if (sets[limits[i].set])
            *value_of(tune, i) = (unsigned long long)json_get_int(given, limits[i].name, 0);
    if (group) {
        g_free(tune->group_name);
        tune->group_name = g_strdup(group);
    }
    return check_limits(tune, error);
}

void iotune_to_event(json_object *given, Params *params)
{
    const char *group = json_get_string(given, VIR_DOMAIN_BLOCK_IOTUNE_GROUP_NAME);

    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++) {
        g_autofree char *field = g_strdup_printf("blkdeviotune.%s", limits[i].name);

        if (json_get(given, limits[i].name, json_type_int))
            params_add_ullong(params, field, (guint64)json_get_int(given, limits[i].name, 0));
    }
    if (group)
        params_add_string(params, VIR_DOMAIN_TUNABLE_BLKDEV_GROUP_NAME, group);
}
