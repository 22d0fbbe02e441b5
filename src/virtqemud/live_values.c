/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/live_values.h"

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
    def->current_memory_kib = def->memory_kib;
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
