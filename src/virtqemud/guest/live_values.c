/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/live_values.h"

#include "common/json.h"

#define KIB_PER_MIB 1024

void live_values_ask_balloon(const DomainDef *def, QmpBatch *batch)
{
    const BalloonDef *balloon = def->balloons->len > 0 ? g_ptr_array_index(def->balloons, 0) : NULL;
    json_object *arguments;

    if (!balloon || balloon->model == BALLOON_NONE || def->current_memory_kib >= def->memory_kib)
        return;
    arguments = json_object_new_object();
    json_add_int(arguments, "value", (gint64)def->current_memory_kib * 1024);
    qmp_batch_add(batch, "balloon", arguments);
}

/* Cells have sizes of their own, of which it is the sum. */
static void settle_memory(DomainDef *def)
{
    if (!def->cpu || !def->cpu->cells)
        def->memory_kib = (def->memory_kib + KIB_PER_MIB - 1) / KIB_PER_MIB * KIB_PER_MIB;
    /* Memory that lasts is no memory for a balloon. */
    def->current_memory_kib =
        def->memory_kib - (domain_plugged_memory_kib(def, TRUE) - domain_plugged_memory_kib(def, FALSE));
}

static void settle_clock(DomainClock *clock)
{
    g_autoptr(GDateTime) now = NULL;

    if (clock->offset != CLOCK_VARIABLE || clock->basis != CLOCK_BASIS_LOCALTIME)
        return;
    now = g_date_time_new_now_local();
    clock->basis = CLOCK_BASIS_UTC;
    clock->adjustment_s += g_date_time_get_utc_offset(now) / G_TIME_SPAN_SECOND;
}

/* TLS that is not asked for is not there. */
static void settle_sockets(GPtrArray *defs)
{
    for (guint i = 0; i < defs->len; i++) {
        CharSource *source = &((CharDef *)g_ptr_array_index(defs, i))->source;

        if (source->type == CHAR_SOURCE_TCP && !source->tls)
            source->tls = XML_BOOL_NO;
    }
}

void live_values_take_modules(DomainDef *def, json_object *answer)
{
    size_t n = json_length(answer);

    for (size_t i = 0; i < n; i++) {
        json_object *data = json_get_object(json_object_array_get_idx(answer, i), "data");
        const char *id = data ? json_get_string(data, "id") : NULL;

        for (guint j = 0; id && j < def->memory_devices->len; j++) {
            MemoryDeviceDef *device = g_ptr_array_index(def->memory_devices, j);

            if (g_strcmp0(device->info.alias, id) == 0)
                device->info.dimm.base = (guint64)json_get_int(data, "addr", 0);
        }
    }
}

void live_values_settle(DomainDef *def)
{
    settle_memory(def);
    settle_clock(def->clock);
    settle_sockets(def->serials);
    settle_sockets(def->parallels);
    settle_sockets(def->consoles);
    settle_sockets(def->channels);
    for (guint i = 0; i < def->disks->len; i++) {
        DiskDef *disk = g_ptr_array_index(def->disks, i);

        if (!disk_source_is_there(&disk->source))
            disk->format = DISK_FORMAT_NONE;
        disk->tray = DISK_TRAY_CLOSED;
    }
}
