/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where devices are plugged in. Every device gets a place that never changes again, as guests remember it: the rules
 * are libvirt's, so that a definition is placed alike wherever it is made.
 */
#pragma once

#include "conf/domain/domain_def.h"

/* Gives disks on IDE, SCSI, SATA and floppy buses the unit that their target's name says. VIR_ERR_XML_ERROR for a name
 * that says none. */
gboolean domain_place_drives(DomainDef *def, GError **error);

/* Gives ports and slots on virtio-serial, USB and PCI buses to what has none, and adds the controllers, hubs and
 * bridges that this needs. VIR_ERR_XML_ERROR for places that are taken twice or do not exist. */
gboolean domain_def_place(DomainDef *def, const DomainDefaults *defaults, GError **error);

/* The parts of the latter. */
gboolean domain_place_usb(DomainDef *def, GError **error);
gboolean domain_place_pci(DomainDef *def, const DomainDefaults *defaults, GError **error);
