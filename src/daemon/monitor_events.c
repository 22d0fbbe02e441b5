/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/monitor_events.h"

#include <libvirt/libvirt-qemu.h>
#include <string.h>

#include "common/error.h"
#include "daemon/access/access.h"
#include "daemon/remote/event_registry.h"

/* Longer than any event's name; what a client sends is compiled on the loop. */
#define PATTERN_MAX 256
#define KNOWN_FLAGS                                                                                                    \
    (VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX | VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_NOCASE)

static gboolean refuse(GError **error, const char *what, const char *why)
{
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "%s%s%s", what, why ? ": " : "", why ? why : "");
    return FALSE;
}

/* An expression for a name by itself, or for what the client says is one. */
static GRegex *compile(const char *text, guint flags, GError **error)
{
    gboolean is_regex = (flags & VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX) != 0;
    GRegexCompileFlags options = flags & VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_NOCASE ? G_REGEX_CASELESS : 0;
    g_autofree char *quoted = is_regex ? NULL : g_regex_escape_string(text, -1);
    g_autofree char *exact = quoted ? g_strdup_printf("^%s$", quoted) : NULL;
    g_autoptr(GError) problem = NULL;
    GRegex *regex;

    if (strlen(text) > PATTERN_MAX || !g_utf8_validate(text, -1, NULL)) {
        refuse(error, "the event's name is too long, or not text", NULL);
        return NULL;
    }
    regex = g_regex_new(exact ? exact : text, options, 0, &problem);
    if (!regex)
        refuse(error, "the expression for events' names", problem->message);
    return regex;
}

gboolean monitor_event_register(RpcCall *call, const qemu_connect_domain_monitor_event_register_args *args,
                                qemu_connect_domain_monitor_event_register_ret *ret, GError **error)
{
    EventWish wish = {.kind = RPC_OBJECT_NONE,
                      .uuid = args->dom ? (const guint8 *)args->dom->uuid : NULL,
                      .filter = call->row->filter};

    if (args->flags & ~KNOWN_FLAGS)
        return refuse(error, "unknown flags for events of the monitor", NULL);
    if (args->event && !(wish.topic = compile(*args->event, args->flags, error)))
        return FALSE;
    ret->callbackID = event_registry_add(call->client, &wish, error);
    g_clear_pointer(&wish.topic, g_regex_unref);
    return ret->callbackID >= 0;
}

gboolean monitor_event_deregister(RpcCall *call, const qemu_connect_domain_monitor_event_deregister_args *args,
                                  GError **error)
{
    if (event_registry_remove(call->client, RPC_OBJECT_NONE, args->callbackID, FALSE))
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "no callback for events of the monitor has the number %d",
                  args->callbackID);
    return FALSE;
}
