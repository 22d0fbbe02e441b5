/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/interface/virtual_port.h"

#include "common/error.h"
#include "common/lldpad.h"
#include "common/log.h"
#include "common/netlink.h"
#include "common/netlink_function.h"
#include "common/netlink_vport.h"
#include "virtqemud/host/host.h"

/* How long a switch may take. */
#define ANSWER_TIMEOUT_MS (10 * 1000)

/* A port as it is asked for, and what that points at. */
typedef struct {
    Vport port;
    VportStation station;
    guint8 host_id[UUID_LEN];
    char *card;
} Request;

static void request_clear(Request *request)
{
    g_clear_pointer(&request->card, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Request, request_clear)

static VirtualPortType type_of(const InterfaceDef *interface)
{
    const VirtualPort *port = interface_virtual_port(interface);

    return port && interface_actual_type(interface) == INTERFACE_DIRECT ? port->type : VIRTUAL_PORT_NO_TYPE;
}

gboolean virtual_port_is_asked_for(const InterfaceDef *interface)
{
    return type_of(interface) == VIRTUAL_PORT_8021QBG || type_of(interface) == VIRTUAL_PORT_8021QBH;
}

/* The switch sees the guest's address in the VLAN that the card below puts it into. */
static gboolean fill_station(Request *request, const InterfaceDef *interface, GError **error)
{
    const VirtualPort *port = interface_virtual_port(interface);

    request->station = (VportStation){.manager = (guint8)port->manager_id.value,
                                      .version = (guint8)port->type_id_version.value,
                                      .type = port->type_id.value};
    request->port = (Vport){
        .function = VPORT_SELF, .mac = interface->mac, .station = &request->station, .instance_id = port->instance_id};
    request->card = netlink_vport_card(interface->target, &request->port.vlan, error);
    request->port.card = request->card;
    return request->card && lldpad_find(&request->port.peer, error);
}

/* For a function of a card the card's driver is asked. */
static void fill_function(Request *request, const InterfaceDef *interface)
{
    const char *device = interface_device(interface);
    g_autoptr(VirtualFunction) function = virtual_function_find(device);

    request->card = function ? g_steal_pointer(&function->card) : g_strdup(device);
    request->port = (Vport){.card = request->card, .function = function ? function->number : VPORT_SELF, .vlan = -1};
}

static void fill_profile(Request *request, const guint8 owner[UUID_LEN], const InterfaceDef *interface)
{
    fill_function(request, interface);
    host_uuid(request->host_id);
    request->port.mac = interface->mac;
    request->port.profile = interface_virtual_port(interface)->profile_id;
    request->port.instance_id = owner;
    request->port.host_id = request->host_id;
}

/* ---- 802.1Qbg ---- */

static gboolean associate_station(const InterfaceDef *interface, GError **error)
{
    g_auto(Request) request = {0};

    if (!fill_station(&request, interface, error))
        return FALSE;
    if (netlink_vport_associate(&request.port, ANSWER_TIMEOUT_MS, error))
        return TRUE;
    netlink_vport_disassociate(&request.port, NULL);
    return FALSE;
}

static gboolean disassociate_station(const InterfaceDef *interface, GError **error)
{
    g_auto(Request) request = {0};

    return fill_station(&request, interface, error) && netlink_vport_disassociate(&request.port, error);
}

/* ---- 802.1Qbh ---- */

static gboolean disassociate_profile(const InterfaceDef *interface, GError **error)
{
    g_auto(Request) request = {0};

    fill_function(&request, interface);
    netlink_link_set_up(interface_device(interface), FALSE, NULL);
    return netlink_vport_disassociate(&request.port, error);
}

/* The card has carried nothing until now. */
static gboolean associate_profile(const guint8 owner[UUID_LEN], const InterfaceDef *interface, GError **error)
{
    g_auto(Request) request = {0};

    fill_profile(&request, owner, interface);
    if (netlink_vport_associate(&request.port, ANSWER_TIMEOUT_MS, error) &&
        netlink_link_set_up(interface_device(interface), TRUE, error))
        return TRUE;
    disassociate_profile(interface, NULL);
    return FALSE;
}

/* ---- either ---- */

gboolean virtual_port_associate(const guint8 owner[UUID_LEN], const InterfaceDef *interface, GError **error)
{
    return type_of(interface) == VIRTUAL_PORT_8021QBG ? associate_station(interface, error)
                                                      : associate_profile(owner, interface, error);
}

gboolean virtual_port_remind(const guint8 owner[UUID_LEN], const InterfaceDef *interface, GError **error)
{
    g_auto(Request) request = {0};

    return type_of(interface) != VIRTUAL_PORT_8021QBG ||
           (fill_station(&request, interface, error) && netlink_vport_remind(&request.port, error));
}

void virtual_port_disassociate(const InterfaceDef *interface)
{
    g_autoptr(GError) error = NULL;
    gboolean ok = type_of(interface) == VIRTUAL_PORT_8021QBG ? disassociate_station(interface, &error)
                                                             : disassociate_profile(interface, &error);

    if (!ok)
        log_warning("the switch keeps the port of %s: %s", interface->target, error->message);
}
