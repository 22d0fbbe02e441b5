/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/chardevs.h"

#include <string.h>

#define LABEL_PREFIX "char"
#define PTY_PREFIX   "pty:"

static void take_path(CharDef *def, const char *file)
{
    if (def->source.type != CHAR_SOURCE_PTY || !file || !g_str_has_prefix(file, PTY_PREFIX))
        return;
    g_free(def->source.path);
    def->source.path = g_strdup(file + strlen(PTY_PREFIX));
}

static void take_one(GPtrArray *defs, const char *alias, json_object *item)
{
    for (guint i = 0; i < defs->len; i++) {
        CharDef *def = g_ptr_array_index(defs, i);

        if (g_strcmp0(alias, def->info.alias) != 0)
            continue;
        take_path(def, json_get_string(item, "filename"));
        if (def->kind == CHAR_CHANNEL && def->target == CHAR_TARGET_VIRTIO)
            def->state = json_get_bool(item, "frontend-open") ? CHANNEL_STATE_CONNECTED : CHANNEL_STATE_DISCONNECTED;
    }
}

void chardevs_take(DomainDef *live, json_object *answer)
{
    GPtrArray *const lists[] = {live->serials, live->parallels, live->channels, live->consoles};
    size_t n = json_length(answer);

    for (size_t i = 0; i < n; i++) {
        json_object *item = json_object_array_get_idx(answer, i);
        const char *label = json_get_string(item, "label");

        for (gsize j = 0; label && g_str_has_prefix(label, LABEL_PREFIX) && j < G_N_ELEMENTS(lists); j++)
            take_one(lists[j], label + strlen(LABEL_PREFIX), item);
    }
}
