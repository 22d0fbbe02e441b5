/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/calls/tuning_params.h"

#include <errno.h>
#include <libvirt/libvirt.h>
#include <string.h>

#include "common/error.h"

/* Numbers under their names: an unsigned one in a member of that size, or a quota. */
typedef struct {
    const char *name;
    int type; /* VIR_TYPED_PARAM_* */
    gsize offset;
} NumberParam;

static const NumberParam scheduler_params[TUNING_N_SCHEDULER] = {
    {VIR_DOMAIN_SCHEDULER_CPU_SHARES, VIR_TYPED_PARAM_ULLONG, offsetof(CpuTune, shares)},
    {VIR_DOMAIN_SCHEDULER_VCPU_PERIOD, VIR_TYPED_PARAM_ULLONG, offsetof(CpuTune, vcpu.period_us)},
    {VIR_DOMAIN_SCHEDULER_VCPU_QUOTA, VIR_TYPED_PARAM_LLONG, offsetof(CpuTune, vcpu.quota_us)},
    {VIR_DOMAIN_SCHEDULER_EMULATOR_PERIOD, VIR_TYPED_PARAM_ULLONG, offsetof(CpuTune, emulator.period_us)},
    {VIR_DOMAIN_SCHEDULER_EMULATOR_QUOTA, VIR_TYPED_PARAM_LLONG, offsetof(CpuTune, emulator.quota_us)},
    {VIR_DOMAIN_SCHEDULER_GLOBAL_PERIOD, VIR_TYPED_PARAM_ULLONG, offsetof(CpuTune, global.period_us)},
    {VIR_DOMAIN_SCHEDULER_GLOBAL_QUOTA, VIR_TYPED_PARAM_LLONG, offsetof(CpuTune, global.quota_us)},
    {VIR_DOMAIN_SCHEDULER_IOTHREAD_PERIOD, VIR_TYPED_PARAM_ULLONG, offsetof(CpuTune, iothread.period_us)},
    {VIR_DOMAIN_SCHEDULER_IOTHREAD_QUOTA, VIR_TYPED_PARAM_LLONG, offsetof(CpuTune, iothread.quota_us)},
};

static const NumberParam memory_params[] = {
    {VIR_DOMAIN_MEMORY_HARD_LIMIT, VIR_TYPED_PARAM_ULLONG, offsetof(MemoryTune, hard_kib)},
    {VIR_DOMAIN_MEMORY_SOFT_LIMIT, VIR_TYPED_PARAM_ULLONG, offsetof(MemoryTune, soft_kib)},
    {VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT, VIR_TYPED_PARAM_ULLONG, offsetof(MemoryTune, swap_hard_kib)},
};

/* ---- numbers ---- */

static long long *number_of(gconstpointer tune, const NumberParam *param)
{
    return (long long *)((char *)tune + param->offset);
}

static gboolean refuse(const remote_typed_param *param, GError **error)
{
    return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "invalid value or type of parameter '%s'",
                          param->field);
}

static gboolean take_number(const NumberParam *params, gsize n_params, const remote_typed_param *given, gpointer tune,
                            GError **error)
{
    for (gsize i = 0; i < n_params; i++) {
        if (!g_str_equal(params[i].name, given->field))
            continue;
        if (given->value.type != params[i].type)
            return refuse(given, error);
        *number_of(tune, &params[i]) = params[i].type == VIR_TYPED_PARAM_LLONG
                                           ? given->value.remote_typed_param_value_u.l
                                           : (long long)given->value.remote_typed_param_value_u.ul;
        return TRUE;
    }
    return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_ARGUMENT_UNSUPPORTED, "parameter '%s' not supported",
                          given->field);
}

static void add_number(const NumberParam *param, const char *name, gconstpointer tune, Params *params)
{
    long long value = *number_of(tune, param);

    if (param->type == VIR_TYPED_PARAM_LLONG)
        params_add_llong(params, name, value);
    else
        params_add_ullong(params, name, (guint64)value);
}

/* ---- CPU ---- */

void tuning_scheduler_to_params(const CpuTune *tune, Params *params)
{
    for (gsize i = 0; i < G_N_ELEMENTS(scheduler_params); i++)
        add_number(&scheduler_params[i], scheduler_params[i].name, tune, params);
}

gboolean tuning_scheduler_from_params(const remote_typed_param *given, guint n_given, CpuTune *tune, GError **error)
{
    CpuBandwidth *all[] = {&tune->vcpu, &tune->emulator, &tune->global, &tune->iothread};

    for (guint i = 0; i < n_given; i++) {
        if (!take_number(scheduler_params, G_N_ELEMENTS(scheduler_params), &given[i], tune, error))
            return FALSE;
        /* Of what is not said there are zeros. */
        if (given[i].value.type == VIR_TYPED_PARAM_LLONG && given[i].value.remote_typed_param_value_u.l == 0)
            return refuse(&given[i], error);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
        if (!cpu_bandwidth_check(all[i], scheduler_params[1 + 2 * i].name, scheduler_params[2 + 2 * i].name,
                                 VIR_ERR_INVALID_ARG, error))
            return FALSE;
    return TRUE;
}

void tuning_merge_scheduler(const CpuTune *given, CpuTune *tune)
{
    for (gsize i = 0; i < G_N_ELEMENTS(scheduler_params); i++)
        if (*number_of(given, &scheduler_params[i]))
            *number_of(tune, &scheduler_params[i]) = *number_of(given, &scheduler_params[i]);
}

void tuning_scheduler_to_event(const CpuTune *given, Params *params)
{
    for (gsize i = 0; i < G_N_ELEMENTS(scheduler_params); i++) {
        g_autofree char *name = g_strdup_printf("cputune.%s", scheduler_params[i].name);

        if (*number_of(given, &scheduler_params[i]))
            add_number(&scheduler_params[i], name, given, params);
    }
}

/* ---- memory ---- */

void tuning_memory_to_params(const MemoryTune *tune, Params *params)
{
    for (gsize i = 0; i < G_N_ELEMENTS(memory_params); i++) {
        MemoryTune shown = *tune;
        long long *value = number_of(&shown, &memory_params[i]);

        if (!*value)
            *value = (long long)MEMORY_UNLIMITED_KIB;
        add_number(&memory_params[i], memory_params[i].name, &shown, params);
    }
}

gboolean tuning_memory_from_params(const remote_typed_param *given, guint n_given, MemoryTune *tune, GError **error)
{
    for (guint i = 0; i < n_given; i++) {
        if (!take_number(memory_params, G_N_ELEMENTS(memory_params), &given[i], tune, error))
            return FALSE;
        if (given[i].value.remote_typed_param_value_u.ul == 0)
            return refuse(&given[i], error);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(memory_params); i++) {
        long long *value = number_of(tune, &memory_params[i]);

        *value = (long long)MIN((guint64)*value, MEMORY_UNLIMITED_KIB);
    }
    return TRUE;
}

gboolean tuning_merge_memory(const MemoryTune *given, MemoryTune *tune, GError **error)
{
    guint64 swap_kib = given->swap_hard_kib ? given->swap_hard_kib : tune->swap_hard_kib;
    guint64 hard_kib = given->hard_kib ? given->hard_kib : tune->hard_kib;

    if ((given->swap_hard_kib || given->hard_kib) && swap_kib && hard_kib > swap_kib)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG,
                              "memory hard_limit tunable value must be lower than or equal to swap_hard_limit");
    for (gsize i = 0; i < G_N_ELEMENTS(memory_params); i++) {
        long long value = *number_of(given, &memory_params[i]);

        if (value)
            *number_of(tune, &memory_params[i]) = value == (long long)MEMORY_UNLIMITED_KIB ? 0 : value;
    }
    return TRUE;
}

/* ---- block devices ---- */

static const struct {
    const char *name;
    gsize offset;
    gboolean is_long;
} device_params[] = {
    {VIR_DOMAIN_BLKIO_DEVICE_WEIGHT, offsetof(BlkioDevice, weight), FALSE},
    {VIR_DOMAIN_BLKIO_DEVICE_READ_IOPS, offsetof(BlkioDevice, read_iops), FALSE},
    {VIR_DOMAIN_BLKIO_DEVICE_WRITE_IOPS, offsetof(BlkioDevice, write_iops), FALSE},
    {VIR_DOMAIN_BLKIO_DEVICE_READ_BPS, offsetof(BlkioDevice, read_bytes), TRUE},
    {VIR_DOMAIN_BLKIO_DEVICE_WRITE_BPS, offsetof(BlkioDevice, write_bytes), TRUE},
};

static guint64 device_value(const BlkioDevice *device, gsize i)
{
    const char *member = (const char *)device + device_params[i].offset;

    return device_params[i].is_long ? *(const unsigned long long *)member : *(const guint *)member;
}

static char *list_devices(const BlkioTune *tune, gsize i)
{
    GString *text = g_string_new(NULL);

    for (guint j = 0; tune->devices && j < tune->devices->len; j++) {
        const BlkioDevice *device = tune->devices->pdata[j];

        if (device_value(device, i))
            g_string_append_printf(text, "%s%s,%" G_GUINT64_FORMAT, text->len ? "," : "", device->path,
                                   device_value(device, i));
    }
    return g_string_free(text, FALSE);
}

void tuning_blkio_to_params(const BlkioTune *tune, Params *params)
{
    params_add_uint(params, VIR_DOMAIN_BLKIO_WEIGHT, tune->weight);
    for (gsize i = 0; i < G_N_ELEMENTS(device_params); i++) {
        g_autofree char *text = list_devices(tune, i);

        params_add_string(params, device_params[i].name, text);
    }
}

static gboolean take_devices(const remote_typed_param *given, gsize param, BlkioTune *tune, GError **error)
{
    g_auto(GStrv) words = g_strsplit(given->value.remote_typed_param_value_u.s, ",", -1);
    guint n = g_strv_length(words);

    if (n == 0 || n % 2)
        return refuse(given, error);
    for (guint i = 0; i < n; i += 2) {
        guint64 max = device_params[param].is_long ? G_MAXINT64 : G_MAXUINT, value;
        char *member;

        if (!*words[i] || !g_ascii_string_to_unsigned(words[i + 1], 10, 0, max, &value, NULL))
            return refuse(given, error);
        member = (char *)blkio_get_device(tune, words[i]) + device_params[param].offset;
        if (device_params[param].is_long)
            *(unsigned long long *)member = value;
        else
            *(guint *)member = (guint)value;
    }
    return TRUE;
}

static gboolean merge_blkio(const remote_typed_param *given, BlkioTune *tune, GError **error)
{
    if (g_str_equal(given->field, VIR_DOMAIN_BLKIO_WEIGHT)) {
        if (given->value.type != VIR_TYPED_PARAM_UINT)
            return refuse(given, error);
        tune->weight = given->value.remote_typed_param_value_u.ui;
        return TRUE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(device_params); i++) {
        if (!g_str_equal(device_params[i].name, given->field))
            continue;
        return given->value.type == VIR_TYPED_PARAM_STRING ? take_devices(given, i, tune, error) : refuse(given, error);
    }
    return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_ARGUMENT_UNSUPPORTED, "parameter '%s' not supported",
                          given->field);
}

gboolean tuning_merge_blkio(const remote_typed_param *given, guint n_given, BlkioTune *tune, GError **error)
{
    for (guint i = 0; i < n_given; i++)
        if (!merge_blkio(&given[i], tune, error))
            return FALSE;
    return TRUE;
}
