/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/plug/plug_live.h"

#include "common/error.h"
#include "daemon/loop_post.h"
#include "virtqemud/guest/state_dir.h"

typedef struct {
    Guest *guest;
    DomainDef *full;
    GError *error;
} Note;

static void write_note(gpointer data)
{
    Note *note = data;

    if (!guest_check_active(note->guest, &note->error))
        return;
    note->guest->plugging = note->full;
    state_dir_write(note->guest, &note->error);
}

gboolean plug_note(Guest *guest, DomainDef *full, GError **error)
{
    Note note = {guest, full, NULL};

    loop_call(write_note, &note);
    if (!note.error)
        return TRUE;
    g_propagate_error(error, note.error);
    return FALSE;
}

gboolean plug_set_boot_order(Qmp *qmp, const DomainDef *def, const DeviceInfo *info, guint before, GError **error)
{
    g_autoptr(json_object) reply = NULL;
    json_object *arguments;

    if (info->boot_order == before)
        return TRUE;
    if (def->os->n_boot > 0)
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED,
                              "per-device boot elements cannot be used together with os/boot elements");
    arguments = json_object_new_object();
    json_add_stringf(arguments, "path", "/machine/peripheral/%s", info->alias);
    json_add_string(arguments, "property", "bootindex");
    json_add_int(arguments, "value", info->boot_order > 0 ? (int)info->boot_order : -1);
    reply = qmp_call(qmp, "qom-set", arguments, QMP_TIMEOUT_DISK_MS, error);
    return reply != NULL;
}
