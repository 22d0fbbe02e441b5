/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interfaces by themselves, as calls about one device have them. */
#include "conf/domain/device/interface.h"
#include "conf/domain/domain_device.h"

InterfaceDef *interface_def_parse(const char *xml, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, "interface", "(device_definition)", VIR_FROM_DOMAIN, error);

    return doc ? xml_struct_parse(&interface_element, xmlDocGetRootElement(doc), XML_MODE_INACTIVE, error) : NULL;
}

InterfaceDef *interface_def_copy(const InterfaceDef *interface)
{
    return xml_struct_copy(&interface_element, interface);
}

void interface_def_fill(InterfaceDef *change, const InterfaceDef *base)
{
    g_autofree char *alias = g_steal_pointer(&change->info.alias);

    if (change->info.address_type == DEVICE_ADDRESS_NONE) {
        change->info.address_type = base->info.address_type;
        change->info.pci = base->info.pci;
        change->info.usb = base->info.usb;
    }
    change->info.alias = alias ? g_steal_pointer(&alias) : g_strdup(base->info.alias);
    if (!change->target)
        change->target = g_strdup(base->target);
    if (!change->model)
        change->model = g_strdup(base->model);
    if (change->type == INTERFACE_DIRECT && !change->mode)
        change->mode = base->mode;
    if (change->virtual_port && base->virtual_port)
        virtual_port_keep_ids(change->virtual_port, base->virtual_port);
}

/* A network says itself where its guests are. */
gboolean interface_def_may_change_vlan(const InterfaceDef *interface)
{
    return interface->type == INTERFACE_BRIDGE;
}

/* ---- where it is plugged in ---- */

static gboolean is_tap(const InterfaceDef *interface)
{
    return interface->type == INTERFACE_NETWORK || interface->type == INTERFACE_BRIDGE;
}

/* What shows of a guest whose network has put it into a bridge is that bridge. */
static gboolean shows_its_bridge(const InterfaceDef *change, const InterfaceDef *present)
{
    return change->type == INTERFACE_BRIDGE && present->type == INTERFACE_NETWORK &&
           g_strcmp0(change->bridge, interface_bridge(present)) == 0;
}

gboolean interface_def_moves(const InterfaceDef *change, const InterfaceDef *present)
{
    if (!is_tap(change) || !is_tap(present) || shows_its_bridge(change, present))
        return FALSE;
    return change->type != present->type || g_strcmp0(change->network, present->network) != 0 ||
           g_strcmp0(change->portgroup, present->portgroup) != 0 || g_strcmp0(change->bridge, present->bridge) != 0;
}

void interface_def_take_place(InterfaceDef *interface, InterfaceDef *from)
{
    InterfaceDef old = *interface;

    interface->type = from->type;
    interface->network = from->network;
    interface->portgroup = from->portgroup;
    interface->bridge = from->bridge;
    interface->vlan = from->vlan;
    interface->virtual_port = from->virtual_port;
    interface->is_isolated = from->is_isolated;
    g_clear_pointer(&interface->port, network_port_free);
    from->type = old.type;
    from->network = old.network;
    from->portgroup = old.portgroup;
    from->bridge = old.bridge;
    from->vlan = old.vlan;
    from->virtual_port = old.virtual_port;
    from->is_isolated = old.is_isolated;
}

/* ---- what cannot be changed ---- */

/* The document without what can be changed; borrows. */
static InterfaceDef fixed_part_of(const InterfaceDef *interface)
{
    InterfaceDef view = *interface;

    view.link = LINK_STATE_DEFAULT;
    view.bandwidth = NULL;
    view.info.boot_order = 0;
    view.port = NULL;
    if (interface_def_may_change_vlan(interface))
        view.vlan = NULL;
    return view;
}

/* How a card is plugged in goes with the place that it leaves. */
static void drop_place(InterfaceDef *view)
{
    view->type = INTERFACE_BRIDGE;
    view->network = view->portgroup = view->bridge = NULL;
    view->vlan = NULL;
    view->virtual_port = NULL;
    view->is_isolated = XML_BOOL_ABSENT;
}

char *interface_def_obstacle(const InterfaceDef *change, const InterfaceDef *present)
{
    const DomainDeviceKind *kind = domain_device_kind("interface");
    InterfaceDef view_change = fixed_part_of(change), view_present = fixed_part_of(present);
    const DomainDevice a = {kind, &view_change}, b = {kind, &view_present};
    char *obstacle;

    if (interface_def_moves(change, present) || shows_its_bridge(change, present)) {
        drop_place(&view_change);
        drop_place(&view_present);
    }
    obstacle = domain_device_difference(&a, &b);
    return obstacle ? obstacle : domain_device_difference(&b, &a);
}
