/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interfaces by themselves, as calls about one device have them. */
#include "conf/domain/interface.h"

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

/* What the document says but for what can be changed. */
static char *text_of(const InterfaceDef *interface)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();
    InterfaceDef view = *interface; /* borrows */

    view.link = LINK_STATE_DEFAULT;
    view.bandwidth = NULL;
    if (interface_def_may_change_vlan(interface))
        view.vlan = NULL;
    xml_struct_write(&interface_element, writer, "interface", &view, XML_MODE_INACTIVE);
    return xml_writer_take(writer);
}

gboolean interface_def_is_alike(const InterfaceDef *a, const InterfaceDef *b)
{
    g_autofree char *text_a = text_of(a);
    g_autofree char *text_b = text_of(b);

    return g_str_equal(text_a, text_b);
}
