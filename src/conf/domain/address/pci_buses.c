/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/address/pci_buses.h"

#include <string.h>

#define SLOTS     32
#define FUNCTIONS 8
#define ENDPOINTS (PCI_PLUG_CONVENTIONAL | PCI_PLUG_EXPRESS)

typedef struct {
    ControllerModel model;
    guint accepts; /* PCI_PLUG_* */
    guint first, last;
    guint8 used[SLOTS];      /* a bit per function */
    gboolean is_open[SLOTS]; /* others may share the slot */
} PciBus;

struct PciBuses {
    GArray *buses; /* PciBus, by index */
    gboolean can_grow;
};

/* What the bus behind a controller of a model takes, and in which slots. */
static const struct {
    guint plug; /* how the controller itself is plugged in */
    guint accepts, first, last;
} models[CONTROLLER_MODEL_LAST] = {
    [CONTROLLER_MODEL_PCI_ROOT] = {0, PCI_PLUG_HOT | PCI_PLUG_CONVENTIONAL | PCI_PLUG_PCI_BRIDGE | PCI_PLUG_EXPANDER, 1,
                                   SLOTS - 1},
    [CONTROLLER_MODEL_PCIE_ROOT] = {0,
                                    PCI_PLUG_EXPRESS | PCI_PLUG_CONVENTIONAL | PCI_PLUG_ROOT_PORT |
                                        PCI_PLUG_DMI_TO_PCI_BRIDGE | PCI_PLUG_PCIE_TO_PCI_BRIDGE |
                                        PCI_PLUG_PCIE_EXPANDER,
                                    1, SLOTS - 1},
    [CONTROLLER_MODEL_PCI_BRIDGE] = {PCI_PLUG_PCI_BRIDGE, PCI_PLUG_HOT | PCI_PLUG_CONVENTIONAL | PCI_PLUG_PCI_BRIDGE, 1,
                                     SLOTS - 1},
    [CONTROLLER_MODEL_DMI_TO_PCI_BRIDGE] = {PCI_PLUG_DMI_TO_PCI_BRIDGE, PCI_PLUG_CONVENTIONAL | PCI_PLUG_PCI_BRIDGE, 0,
                                            SLOTS - 1},
    [CONTROLLER_MODEL_PCIE_TO_PCI_BRIDGE] = {PCI_PLUG_PCIE_TO_PCI_BRIDGE | PCI_PLUG_HOT,
                                             PCI_PLUG_HOT | PCI_PLUG_CONVENTIONAL | PCI_PLUG_PCI_BRIDGE, 1, SLOTS - 1},
    [CONTROLLER_MODEL_PCIE_ROOT_PORT] = {PCI_PLUG_ROOT_PORT | PCI_PLUG_AGGREGATE,
                                         PCI_PLUG_HOT | PCI_PLUG_EXPRESS | PCI_PLUG_UPSTREAM_PORT |
                                             PCI_PLUG_PCIE_TO_PCI_BRIDGE,
                                         0, 0},
    [CONTROLLER_MODEL_PCIE_SWITCH_UPSTREAM_PORT] = {PCI_PLUG_UPSTREAM_PORT, PCI_PLUG_DOWNSTREAM_PORT, 0, SLOTS - 1},
    [CONTROLLER_MODEL_PCIE_SWITCH_DOWNSTREAM_PORT] = {PCI_PLUG_DOWNSTREAM_PORT,
                                                      PCI_PLUG_HOT | PCI_PLUG_EXPRESS | PCI_PLUG_UPSTREAM_PORT |
                                                          PCI_PLUG_PCIE_TO_PCI_BRIDGE,
                                                      0, 0},
    [CONTROLLER_MODEL_PCI_EXPANDER_BUS] = {PCI_PLUG_EXPANDER, PCI_PLUG_CONVENTIONAL | PCI_PLUG_PCI_BRIDGE, 0,
                                           SLOTS - 1},
    [CONTROLLER_MODEL_PCIE_EXPANDER_BUS] = {PCI_PLUG_PCIE_EXPANDER, PCI_PLUG_ROOT_PORT | PCI_PLUG_DMI_TO_PCI_BRIDGE, 0,
                                            SLOTS - 1},
};

guint pci_plug_of_model(ControllerModel model)
{
    return models[model].plug;
}

static PciBus *bus_at(const PciBuses *buses, guint index)
{
    return &g_array_index(buses->buses, PciBus, index);
}

static void set_model(PciBus *bus, ControllerModel model)
{
    bus->model = model;
    bus->accepts = models[model].accepts;
    bus->first = models[model].first;
    bus->last = models[model].last;
}

static guint add_bus(PciBuses *buses, ControllerModel model)
{
    guint index = buses->buses->len;

    g_array_set_size(buses->buses, index + 1);
    set_model(bus_at(buses, index), model);
    return index;
}

guint pci_buses_count(const PciBuses *buses)
{
    return buses->buses->len;
}

ControllerModel pci_buses_model(const PciBuses *buses, guint bus)
{
    return bus_at(buses, bus)->model;
}

void pci_buses_allow_growth(PciBuses *buses, gboolean is_allowed)
{
    buses->can_grow = is_allowed;
}

/* ---- making ---- */

static gboolean add_controller(PciBuses *buses, const ControllerDef *controller, GError **error)
{
    if (controller->index >= DOMAIN_PCI_BUSES_MAX) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "Invalid PCI controller index %d: must be below %d",
                      controller->index, DOMAIN_PCI_BUSES_MAX);
        return FALSE;
    }
    if (!controller->model) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "PCI controller model was not set correctly");
        return FALSE;
    }
    if (buses->buses->len <= (guint)controller->index)
        g_array_set_size(buses->buses, (guint)controller->index + 1);
    set_model(bus_at(buses, (guint)controller->index), controller->model);
    return TRUE;
}

PciBuses *pci_buses_new(const DomainDef *def, GError **error)
{
    g_autoptr(PciBuses) buses = g_new0(PciBuses, 1);
    gboolean is_express = FALSE;

    buses->buses = g_array_new(FALSE, TRUE, sizeof(PciBus));
    for (guint i = 0; i < def->controllers->len; i++) {
        const ControllerDef *controller = def->controllers->pdata[i];

        if (controller->type != CONTROLLER_PCI)
            continue;
        if (!add_controller(buses, controller, error))
            return NULL;
        is_express |= controller->model == CONTROLLER_MODEL_PCIE_ROOT;
    }
    for (guint i = 0; i < buses->buses->len; i++) {
        if (!bus_at(buses, i)->model)
            set_model(bus_at(buses, i), is_express ? CONTROLLER_MODEL_PCIE_ROOT_PORT : CONTROLLER_MODEL_PCI_BRIDGE);
    }
    return g_steal_pointer(&buses);
}

void pci_buses_free(PciBuses *buses)
{
    if (!buses)
        return;
    g_array_unref(buses->buses);
    g_free(buses);
}

/* ---- one address ---- */

static gboolean is_there(const PciBuses *buses, const PciAddress *address)
{
    return address->bus < buses->buses->len;
}

gboolean pci_slot_is_used(const PciBuses *buses, const PciAddress *address)
{
    return is_there(buses, address) && bus_at(buses, address->bus)->used[address->slot];
}

gboolean pci_slot_is_shared(const PciBuses *buses, const PciAddress *address)
{
    guint8 used = is_there(buses, address) ? bus_at(buses, address->bus)->used[address->slot] : 0;

    return (used & (used - 1)) != 0;
}

/* Users may put an old device where a new one belongs, and either where it cannot be unplugged. */
static gboolean fits(const PciBus *bus, guint plug, gboolean is_given)
{
    guint accepts = bus->accepts, needed = plug & ~(guint)(PCI_PLUG_AGGREGATE | PCI_PLUG_HOT);

    if (is_given && (accepts & ENDPOINTS))
        accepts |= ENDPOINTS;
    if (!is_given && (plug & PCI_PLUG_HOT) && !(accepts & PCI_PLUG_HOT))
        return FALSE;
    return (needed & accepts) != 0;
}

/* What a device of this plug is called in errors. */
static const char *plug_name(guint plug)
{
    static const struct {
        guint plug;
        const char *name;
    } names[] = {
        {PCI_PLUG_CONVENTIONAL, "standard PCI device"},
        {PCI_PLUG_EXPRESS, "PCI Express device"},
        {PCI_PLUG_ROOT_PORT, "pcie-root-port"},
        {PCI_PLUG_UPSTREAM_PORT, "pcie-switch-upstream-port"},
        {PCI_PLUG_DOWNSTREAM_PORT, "pcie-switch-downstream-port"},
        {PCI_PLUG_DMI_TO_PCI_BRIDGE, "dmi-to-pci-bridge"},
        {PCI_PLUG_PCIE_TO_PCI_BRIDGE, "pcie-to-pci-bridge"},
        {PCI_PLUG_EXPANDER, "pci-expander-bus"},
        {PCI_PLUG_PCIE_EXPANDER, "pcie-expander-bus"},
        {PCI_PLUG_PCI_BRIDGE, "pci-bridge"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (plug & names[i].plug)
            return names[i].name;
    }
    return "device of this kind";
}

/* Why the address cannot be given to a device of that plug. */
static gboolean refuse_address(const PciBuses *buses, const PciAddress *address, guint plug, gboolean is_given,
                               GError **error)
{
    g_autofree char *text = pci_address_format(address);
    const PciBus *bus = is_there(buses, address) ? bus_at(buses, address->bus) : NULL;

    if (!buses->buses->len)
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "No PCI buses available");
    if (address->domain)
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                              "Invalid PCI address %s. Only PCI domain 0 is available", text);
    if (!bus)
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                              "Invalid PCI address %s. Only PCI buses up to %u are available", text,
                              buses->buses->len - 1);
    if (!fits(bus, plug, is_given))
        return vir_error_fail(
            error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
            "The device at PCI address %s cannot be plugged into the PCI controller with index='%u'. It "
            "requires a controller that accepts a %s.",
            text, address->bus, plug_name(plug));
    if (address->slot < bus->first)
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "Invalid PCI address %s. slot must be >= %u",
                              text, bus->first);
    return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "Invalid PCI address %s. slot must be <= %u", text,
                          bus->last);
}

static gboolean check_address(const PciBuses *buses, const PciAddress *address, guint plug, gboolean is_given,
                              GError **error)
{
    const PciBus *bus = is_there(buses, address) ? bus_at(buses, address->bus) : NULL;

    if (bus && !address->domain && fits(bus, plug, is_given) && address->slot >= bus->first &&
        address->slot <= bus->last)
        return TRUE;
    return refuse_address(buses, address, plug, is_given, error);
}

static gboolean grow_to(PciBuses *buses, guint bus, guint plug, GError **error);

gboolean pci_reserve(PciBuses *buses, const PciAddress *address, guint plug, gboolean is_given, GError **error)
{
    PciBus *bus;

    if (buses->can_grow && buses->buses->len && address->bus >= buses->buses->len &&
        !grow_to(buses, address->bus, plug, error))
        return FALSE;
    if (!check_address(buses, address, plug, is_given, error))
        return FALSE;
    bus = bus_at(buses, address->bus);
    if (bus->used[address->slot] & 1u << address->function) {
        g_autofree char *text = pci_address_format(address);

        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "Attempted double use of PCI Address %s", text);
        return FALSE;
    }
    bus->used[address->slot] |= (guint8)(1u << address->function);
    bus->is_open[address->slot] = (plug & PCI_PLUG_AGGREGATE) &&
                                  (bus->used[address->slot] == 1u << address->function || bus->is_open[address->slot]);
    return TRUE;
}

/* ---- growing ---- */

static gboolean set_cannot_grow(GError **error, guint plug)
{
    /* Users know the flags of ordinary devices by libvirt's numbers, of which only none at all is ever seen. */
    if (!(plug & ENDPOINTS))
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR,
                      "Cannot automatically add a new PCI bus for a device with connect flags %.2x", 0);
    else
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "No more available PCI slots");
    return FALSE;
}

static gboolean has_bus_for(const PciBuses *buses, guint plug)
{
    for (guint i = 0; i < buses->buses->len; i++) {
        if (bus_at(buses, i)->accepts & plug)
            return TRUE;
    }
    return FALSE;
}

/* On PCI Express machines old devices go behind a bridge. It brings a port: a free one, if there is any, stays for what
 * may be plugged in later. */
static void grow_conventional(PciBuses *buses)
{
    guint port;

    if (has_bus_for(buses, PCI_PLUG_PCI_BRIDGE)) {
        add_bus(buses, CONTROLLER_MODEL_PCI_BRIDGE);
        return;
    }
    port = add_bus(buses, CONTROLLER_MODEL_PCIE_ROOT_PORT);
    add_bus(buses, CONTROLLER_MODEL_PCIE_TO_PCI_BRIDGE);
    bus_at(buses, port)->used[0] |= 1;
}

/* Adds the kind of bus that would take the plug. */
static gboolean grow(PciBuses *buses, guint plug, GError **error)
{
    if (!buses->buses->len) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "No PCI buses available");
        return FALSE;
    }
    if (!buses->can_grow || buses->buses->len + 2 > DOMAIN_PCI_BUSES_MAX)
        return set_cannot_grow(error, ENDPOINTS);
    if (plug & PCI_PLUG_CONVENTIONAL)
        grow_conventional(buses);
    else if (plug & (PCI_PLUG_EXPRESS | PCI_PLUG_UPSTREAM_PORT | PCI_PLUG_PCIE_TO_PCI_BRIDGE))
        add_bus(buses, CONTROLLER_MODEL_PCIE_ROOT_PORT);
    else
        return set_cannot_grow(error, plug);
    return TRUE;
}

static gboolean grow_to(PciBuses *buses, guint bus, guint plug, GError **error)
{
    gboolean is_express = pci_buses_model(buses, 0) == CONTROLLER_MODEL_PCIE_ROOT;

    if (bus >= DOMAIN_PCI_BUSES_MAX)
        return set_cannot_grow(error, ENDPOINTS);
    while (buses->buses->len <= bus)
        add_bus(buses, is_express ? CONTROLLER_MODEL_PCIE_ROOT_PORT : CONTROLLER_MODEL_PCI_BRIDGE);
    return TRUE;
}

/* ---- the next address ---- */

static gboolean find_on_bus(const PciBus *bus, guint plug, guint function, PciAddress *address)
{
    for (guint slot = bus->first; slot <= bus->last; slot++) {
        if (!bus->used[slot]) {
            address->slot = slot;
            address->function = function;
            return TRUE;
        }
        if (!(plug & PCI_PLUG_AGGREGATE) || !bus->is_open[slot])
            continue;
        for (guint f = 0; f < FUNCTIONS; f++) {
            if (!(bus->used[slot] & 1u << f)) {
                address->slot = slot;
                address->function = f;
                return TRUE;
            }
        }
    }
    return FALSE;
}

static gboolean find_next(const PciBuses *buses, guint first_bus, guint plug, guint function, PciAddress *address)
{
    *address = (PciAddress){0};
    for (guint i = first_bus; i < buses->buses->len; i++) {
        const PciBus *bus = bus_at(buses, i);

        address->bus = i;
        if (fits(bus, plug, FALSE) && find_on_bus(bus, plug, function, address))
            return TRUE;
    }
    return FALSE;
}

gboolean pci_reserve_next(PciBuses *buses, guint plug, guint function, PciAddress *address, GError **error)
{
    PciAddress found;

    if (!find_next(buses, 0, plug, function, &found)) {
        if (!grow(buses, plug, error))
            return FALSE;
        if (!find_next(buses, 0, plug, function, &found))
            return set_cannot_grow(error, ENDPOINTS);
    }
    if (!pci_reserve(buses, &found, plug, FALSE, error))
        return FALSE;
    *address = found;
    return TRUE;
}

gboolean pci_buses_are_full(const PciBuses *buses)
{
    PciAddress address;

    return !find_next(buses, 0, PCI_PLUG_CONVENTIONAL | PCI_PLUG_HOT, 0, &address);
}
