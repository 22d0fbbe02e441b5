/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/wire.h"

#include <string.h>

#include "common/error.h"
#include "virtqemud/guest/guest_list.h"

remote_nonnull_domain wire_lent_domain(const Guest *guest)
{
    remote_nonnull_domain wire = {.name = guest->name, .id = guest_is_active(guest) ? guest->id : -1};

    memcpy(wire.uuid, guest->uuid, UUID_LEN);
    return wire;
}

void wire_domain(const Guest *guest, remote_nonnull_domain *wire)
{
    *wire = wire_lent_domain(guest);
    wire->name = g_strdup(wire->name);
}

char **wire_string(const char *text)
{
    char **box;

    if (!text)
        return NULL;
    box = g_new(char *, 1);
    *box = g_strdup(text);
    return box;
}

Guest *wire_find_guest(const remote_nonnull_domain *wire, GError **error)
{
    Guest *guest = guest_list_by_uuid(driver.guests, (const guint8 *)wire->uuid);
    char text[UUID_TEXT_LEN];

    if (guest && guest_is_visible(guest))
        return guest;
    uuid_format((const guint8 *)wire->uuid, text);
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_NO_DOMAIN, "no domain with matching uuid '%s' (%s)", text, wire->name);
    return NULL;
}

Guest *wire_find_active_guest(const remote_nonnull_domain *wire, GError **error)
{
    Guest *guest = wire_find_guest(wire, error);

    return guest && guest_check_active(guest, error) ? guest : NULL;
}

#define AGENT_CHANNEL "org.qemu.guest_agent.0"

gboolean wire_refuse_agent(Guest *guest, const char *call, GError **error)
{
    if (!guest_check_active(guest, error))
        return FALSE;
    for (guint i = 0; i < guest->live->channels->len; i++)
        if (g_strcmp0(((const CharDef *)guest->live->channels->pdata[i])->name, AGENT_CHANNEL) == 0)
            return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_NO_SUPPORT, "%s", call);
    return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_ARGUMENT_UNSUPPORTED, "QEMU guest agent is not configured");
}

gboolean check_flags(guint flags, guint supported, const char *function, GError **error)
{
    if ((flags & ~supported) == 0)
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in function %s",
                  flags & ~supported, function);
    return FALSE;
}
