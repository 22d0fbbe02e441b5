/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: devices that come and go. */
#include "common/error.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/guest/affect.h"
#include "virtqemud/plug/attach.h"
#include "virtqemud/plug/detach.h"
#include "virtqemud/plug/disk_change.h"

static gboolean attach_with(RpcCall *call, const remote_nonnull_domain *dom, const char *xml, guint flags,
                            const char *function, GError **error)
{
    g_auto(DomainDevice) device = {0};
    Guest *guest = wire_find_guest(dom, error);

    if (!guest || !check_flags(flags, AFFECT_FLAGS, function, error) || !domain_device_parse(xml, &device, error))
        return FALSE;
    if (disk_change_is_medium(guest, &device, flags))
        disk_change(call, guest, g_steal_pointer(&device.def), flags);
    else
        attach_device(call, guest, &device, flags);
    return TRUE;
}

static gboolean attach_flags(RpcCall *call, const remote_domain_attach_device_flags_args *args, GError **error)
{
    return attach_with(call, &args->dom, args->xml, args->flags, "virDomainAttachDeviceFlags", error);
}

/* The older call is about what runs. */
static gboolean attach(RpcCall *call, const remote_domain_attach_device_args *args, GError **error)
{
    return attach_with(call, &args->dom, args->xml, VIR_DOMAIN_AFFECT_LIVE, "virDomainAttachDevice", error);
}

static gboolean detach_with(RpcCall *call, const remote_nonnull_domain *dom, const char *xml, guint flags,
                            const char *function, GError **error)
{
    g_auto(DomainDevice) like = {0};
    Guest *guest = wire_find_guest(dom, error);

    if (!guest || !check_flags(flags, AFFECT_FLAGS, function, error) || !domain_device_parse(xml, &like, error))
        return FALSE;
    detach_device(call, guest, &like, flags);
    return TRUE;
}

static gboolean detach_flags(RpcCall *call, const remote_domain_detach_device_flags_args *args, GError **error)
{
    return detach_with(call, &args->dom, args->xml, args->flags, "virDomainDetachDeviceFlags", error);
}

static gboolean detach(RpcCall *call, const remote_domain_detach_device_args *args, GError **error)
{
    return detach_with(call, &args->dom, args->xml, VIR_DOMAIN_AFFECT_LIVE, "virDomainDetachDevice", error);
}

static gboolean detach_by_alias(RpcCall *call, const remote_domain_detach_device_alias_args *args, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);

    if (!guest || !check_flags(args->flags, AFFECT_FLAGS, "virDomainDetachDeviceAlias", error))
        return FALSE;
    detach_alias(call, guest, args->alias, args->flags);
    return TRUE;
}

void plug_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_attach_device = attach;
    handlers->domain_attach_device_flags = attach_flags;
    handlers->domain_detach_device = detach;
    handlers->domain_detach_device_flags = detach_flags;
    handlers->domain_detach_device_alias = detach_by_alias;
}
