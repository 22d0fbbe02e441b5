/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ports on USB buses. A bus is a tree of hubs whose root is the controller's own; there is no port behind the fourth.
 */
#include <string.h>

#include "conf/domain/address/domain_addresses.h"

#define HUB_PORTS 8
#define PORTS_MAX 32

typedef struct Hub {
    guint n_ports;
    gboolean is_used[PORTS_MAX];
    struct Hub *below[PORTS_MAX]; /* a hub that is plugged in there */
} Hub;

typedef struct {
    DomainDef *def;
    GPtrArray *buses; /* Hub, by index of the controller; NULL entries have none */
    guint n_waiting;  /* devices without a port */
} Usb;

static void hub_free(gpointer data)
{
    Hub *hub = data;

    for (guint i = 0; hub && i < PORTS_MAX; i++)
        g_clear_pointer(&hub->below[i], hub_free);
    g_free(hub);
}

static Hub *hub_new(guint n_ports)
{
    Hub *hub = g_new0(Hub, 1);

    hub->n_ports = MIN(n_ports, PORTS_MAX);
    return hub;
}

/* ---- buses ---- */

static guint controller_ports(const ControllerDef *controller)
{
    switch (controller->model) {
    case CONTROLLER_MODEL_USB_PIIX3_UHCI:
    case CONTROLLER_MODEL_USB_PIIX4_UHCI:
    case CONTROLLER_MODEL_USB_VT82C686B_UHCI:
        return 2;
    case CONTROLLER_MODEL_USB_PCI_OHCI:
        return 3;
    case CONTROLLER_MODEL_USB_EHCI:
    case CONTROLLER_MODEL_USB_ICH9_EHCI1:
        return 6;
    case CONTROLLER_MODEL_USB_NEC_XHCI:
    case CONTROLLER_MODEL_USB_QEMU_XHCI:
        return controller->ports > 0 ? (guint)controller->ports : 4;
    default:
        return 0; /* none; and companions share those of the EHCI controller */
    }
}

static GPtrArray *buses_new(const DomainDef *def)
{
    GPtrArray *buses = g_ptr_array_new_with_free_func(hub_free);

    for (guint i = 0; i < def->controllers->len; i++) {
        const ControllerDef *controller = def->controllers->pdata[i];
        guint n_ports = controller->type == CONTROLLER_USB ? controller_ports(controller) : 0;

        if (!n_ports || controller->index >= DOMAIN_DEVICES_MAX)
            continue;
        if (buses->len <= (guint)controller->index)
            g_ptr_array_set_size(buses, controller->index + 1);
        if (!buses->pdata[controller->index])
            buses->pdata[controller->index] = hub_new(n_ports);
    }
    return buses;
}

/* ---- ports ---- */

static guint port_depth(const UsbAddress *address)
{
    guint depth = 0;

    while (depth < USB_PORT_DEPTH && address->port[depth])
        depth++;
    return depth;
}

/* The hub that the last port of the address belongs to, or NULL with *error set. */
static Hub *find_hub(const Usb *usb, const UsbAddress *address, GError **error)
{
    Hub *hub = address->bus < usb->buses->len ? usb->buses->pdata[address->bus] : NULL;
    guint depth = port_depth(address);
    g_autofree char *port = usb_port_format(address);

    if (!hub) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "Missing USB bus %u", address->bus);
        return NULL;
    }
    for (guint i = 0; i < depth; i++) {
        if (address->port[i] > hub->n_ports) {
            vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "requested USB port %s not present on USB bus %u",
                          port, address->bus);
            return NULL;
        }
        if (i + 1 == depth)
            return hub;
        hub = hub->below[address->port[i] - 1];
        if (!hub) {
            vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                          "there is no hub at port %u in USB address bus: %u port: %s", address->port[i], address->bus,
                          port);
            return NULL;
        }
    }
    return hub;
}

static gboolean reserve(const Usb *usb, const UsbAddress *address, gboolean is_hub, GError **error)
{
    Hub *hub = find_hub(usb, address, error);
    guint last = hub ? address->port[port_depth(address) - 1] - 1 : 0;

    if (!hub)
        return FALSE;
    if (hub->is_used[last]) {
        g_autofree char *port = usb_port_format(address);

        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "Duplicate USB address bus %u port %s", address->bus,
                      port);
        return FALSE;
    }
    hub->is_used[last] = TRUE;
    if (is_hub)
        hub->below[last] = hub_new(HUB_PORTS);
    return TRUE;
}

/* The first free port of hub, else of the hubs behind it. depth is where its ports stand in the address. */
static gboolean find_port(const Hub *hub, guint depth, UsbAddress *address)
{
    for (guint i = 0; i < hub->n_ports; i++) {
        if (!hub->is_used[i]) {
            address->port[depth] = i + 1;
            return TRUE;
        }
    }
    for (guint i = 0; i < hub->n_ports && depth + 1 < USB_PORT_DEPTH; i++) {
        if (hub->below[i] && find_port(hub->below[i], depth + 1, address)) {
            address->port[depth] = i + 1;
            return TRUE;
        }
    }
    return FALSE;
}

static guint count_free(const Hub *hub)
{
    guint n = 0;

    for (guint i = 0; hub && i < hub->n_ports; i++)
        n += hub->below[i] ? count_free(hub->below[i]) : !hub->is_used[i];
    return n;
}

/* ---- devices ---- */

typedef gboolean (*UsbFunc)(Usb *usb, DeviceInfo *info, gboolean is_hub, GError **error);

/* Every device that is on a USB bus, in the order in which they get their ports. */
static gboolean each_device(Usb *usb, UsbFunc each, gboolean with_hubs, GError **error)
{
    const DomainDef *def = usb->def;

#define EACH(list, type, condition, is_hub)                                                                            \
    for (guint i = 0; i < def->list->len; i++) {                                                                       \
        type *device = def->list->pdata[i];                                                                            \
                                                                                                                       \
        if ((condition) && !each(usb, &device->info, is_hub, error))                                                   \
            return FALSE;                                                                                              \
    }
    EACH(hubs, HubDef, with_hubs, TRUE)
    EACH(disks, DiskDef, device->bus == DISK_BUS_USB, FALSE)
    EACH(inputs, InputDef, device->bus == INPUT_BUS_USB, FALSE)
    EACH(serials, CharDef, device->target == CHAR_TARGET_USB_SERIAL, FALSE)
    EACH(sounds, SoundDef, device->model == SOUND_USB, FALSE)
    EACH(redirdevs, RedirdevDef, TRUE, FALSE)
#undef EACH
    return TRUE;
}

static gboolean has_port(const DeviceInfo *info)
{
    return info->address_type == DEVICE_ADDRESS_USB && info->usb.port[0];
}

static gboolean reserve_given(Usb *usb, DeviceInfo *info, gboolean is_hub, GError **error)
{
    return !has_port(info) || reserve(usb, &info->usb, is_hub, error);
}

static gboolean count_waiting(Usb *usb, DeviceInfo *info, gboolean is_hub, GError **error)
{
    usb->n_waiting += !has_port(info);
    return TRUE;
}

static gboolean assign(Usb *usb, DeviceInfo *info, gboolean is_hub, GError **error)
{
    gboolean has_bus = info->address_type == DEVICE_ADDRESS_USB;

    if (has_port(info))
        return TRUE;
    for (guint bus = has_bus ? info->usb.bus : 0; bus < usb->buses->len; bus++) {
        UsbAddress address = {.bus = bus};

        if (usb->buses->pdata[bus] && find_port(usb->buses->pdata[bus], 0, &address)) {
            info->address_type = DEVICE_ADDRESS_USB;
            info->usb = address;
            return reserve(usb, &address, is_hub, error);
        }
        if (has_bus)
            break;
    }
    vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "No free USB ports");
    return FALSE;
}

/* Each hub takes one port and brings eight. */
static void add_hubs(Usb *usb)
{
    guint n_free = 0, n_hubs;

    for (guint i = 0; i < usb->buses->len; i++)
        n_free += count_free(usb->buses->pdata[i]);
    if (usb->n_waiting <= n_free)
        return;
    n_hubs = (usb->n_waiting - n_free + HUB_PORTS - 1) / (HUB_PORTS - 1);
    for (guint i = 0; i < n_hubs; i++)
        g_ptr_array_add(usb->def->hubs, xml_struct_new(&hub_element));
}

gboolean domain_place_usb(DomainDef *def, GError **error)
{
    g_autoptr(GPtrArray) buses = buses_new(def);
    Usb usb = {.def = def, .buses = buses};

    /* Without a bus the check refuses what would be on it. */
    if (!buses->len)
        return TRUE;
    if (!each_device(&usb, reserve_given, TRUE, error))
        return FALSE;
    each_device(&usb, count_waiting, TRUE, NULL);
    add_hubs(&usb);
    return each_device(&usb, assign, TRUE, error);
}
