/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each device is to a PCI bus. For domain_place_pci alone. */
#pragma once

#include "conf/domain/domain_def.h"

/* Ordinary devices of the old and of the new kind. */
#define PCI_PLUG_OLD (PCI_PLUG_CONVENTIONAL | PCI_PLUG_HOT)
#define PCI_PLUG_NEW (PCI_PLUG_EXPRESS | PCI_PLUG_HOT)

/* PCI_PLUG_* of a device; what is the name that domain_each_device gives. 0: it is on no PCI bus. */
guint pci_plug_of_device(MachineKind machine, const char *what, gconstpointer device);
