/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The PCI buses of one guest: what may be plugged into each, and which slots are taken. For domain_place_pci alone. */
#pragma once

#include "conf/domain/domain_def.h"

/* What a device is, as far as plugging matters; what a bus takes. */
typedef enum {
    PCI_PLUG_CONVENTIONAL = 1 << 0, /* an ordinary device of the old kind */
    PCI_PLUG_EXPRESS = 1 << 1,      /* an ordinary device of the new kind */
    PCI_PLUG_PCI_BRIDGE = 1 << 2,
    PCI_PLUG_DMI_TO_PCI_BRIDGE = 1 << 3,
    PCI_PLUG_PCIE_TO_PCI_BRIDGE = 1 << 4,
    PCI_PLUG_ROOT_PORT = 1 << 5,
    PCI_PLUG_UPSTREAM_PORT = 1 << 6,
    PCI_PLUG_DOWNSTREAM_PORT = 1 << 7,
    PCI_PLUG_EXPANDER = 1 << 8,
    PCI_PLUG_PCIE_EXPANDER = 1 << 9,
    PCI_PLUG_HOT = 1 << 10,       /* can be plugged while the guest runs; needs a bus that can */
    PCI_PLUG_AGGREGATE = 1 << 11, /* shares a slot with others that say so */
} PciPlug;

typedef struct PciBuses PciBuses;

/* With buses for the guest's controllers of type pci; those without a controller between them get what fits. Free with
 * pci_buses_free. NULL with *error set when two have one index or there are too many. */
PciBuses *pci_buses_new(const DomainDef *def, GError **error);
void pci_buses_free(PciBuses *buses);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PciBuses, pci_buses_free)

guint pci_buses_count(const PciBuses *buses);
/* What made this bus; also of those that were added. */
ControllerModel pci_buses_model(const PciBuses *buses, guint bus);

/* How a controller of this model plugs into the bus above it; 0 for roots. */
guint pci_plug_of_model(ControllerModel model);

/* Whether buses may be added when no slot is left. */
void pci_buses_allow_growth(PciBuses *buses, gboolean is_allowed);

/* Whether any function of the slot is taken. */
gboolean pci_slot_is_used(const PciBuses *buses, const PciAddress *address);

/* Takes one address. is_given: the user said so, who may plug more freely than we do. VIR_ERR_XML_ERROR when it is
 * taken or does not exist. */
gboolean pci_reserve(PciBuses *buses, const PciAddress *address, guint plug, gboolean is_given, GError **error);

/* Takes the first address that fits and writes it to *address; function is the one wanted within an empty slot. Adds
 * buses where that is allowed. Error: VIR_ERR_INTERNAL_ERROR, there is none and no bus could give one. */
gboolean pci_reserve_next(PciBuses *buses, guint plug, guint function, PciAddress *address, GError **error);

/* Whether the slot has several functions taken. */
gboolean pci_slot_is_shared(const PciBuses *buses, const PciAddress *address);

/* Whether no bus that takes ordinary devices has a slot left. */
gboolean pci_buses_are_full(const PciBuses *buses);
