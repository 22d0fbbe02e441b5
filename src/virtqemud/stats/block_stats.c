/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/stats/block_stats.h"

#include <stddef.h>
#include <string.h>

#include "common/error.h"

static const struct {
    const char *key;
    gsize offset;
} counters[] = {
    {"rd_operations", offsetof(BlockStats, rd_operations)},
    {"rd_bytes", offsetof(BlockStats, rd_bytes)},
    {"rd_total_time_ns", offsetof(BlockStats, rd_total_ns)},
    {"wr_operations", offsetof(BlockStats, wr_operations)},
    {"wr_bytes", offsetof(BlockStats, wr_bytes)},
    {"wr_total_time_ns", offsetof(BlockStats, wr_total_ns)},
    {"flush_operations", offsetof(BlockStats, flush_operations)},
    {"flush_total_time_ns", offsetof(BlockStats, flush_total_ns)},
};

gboolean block_stats_is_about(json_object *entry, const char *alias)
{
    const char *path = json_get_string(entry, "qdev");
    const char *found;
    gsize length = strlen(alias);

    for (found = path; found && (found = strstr(found, alias)); found++)
        if ((found == path || found[-1] == '/') && (found[length] == '\0' || found[length] == '/'))
            return TRUE;
    return FALSE;
}

gboolean block_stats_read(json_object *reply, const char *alias, BlockStats *stats, GError **error)
{
    size_t n = json_length(reply);
    gboolean is_found = !alias;

    memset(stats, 0, sizeof(*stats));
    for (size_t i = 0; i < n; i++) {
        json_object *entry = json_object_array_get_idx(reply, i);
        json_object *numbers = json_get_object(entry, "stats");
        json_object *below = json_get_object(json_get_object(entry, "parent"), "stats");

        if (alias && !block_stats_is_about(entry, alias))
            continue;
        is_found = TRUE;
        for (gsize j = 0; j < G_N_ELEMENTS(counters); j++)
            *(gint64 *)((char *)stats + counters[j].offset) += json_get_int(numbers, counters[j].key, 0);
        stats->highest_offset += json_get_int(below, "wr_highest_offset", 0);
    }
    if (!is_found)
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "cannot find statistics for device '%s'", alias);
    return is_found;
}

gboolean image_stats_read(json_object *reply, guint index, ImageStats *stats)
{
    g_autofree char *name = g_strdup_printf("libvirt-%u-format", index);
    size_t n = json_length(reply);

    for (size_t i = 0; i < n; i++) {
        json_object *node = json_object_array_get_idx(reply, i);
        json_object *image = json_get_object(node, "image");

        if (g_strcmp0(json_get_string(node, "node-name"), name) != 0)
            continue;
        stats->capacity = (guint64)json_get_int(image, "virtual-size", 0);
        stats->physical = (guint64)json_get_int(image, "actual-size", 0);
        return TRUE;
    }
    return FALSE;
}
