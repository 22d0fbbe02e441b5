/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Completing a document: what libvirt adds to what the user wrote. After it a definition says everything about the
 * guest but where its devices are plugged in (domain_addresses.h).
 */
#pragma once

#include "conf/domain/domain_def.h"

/* Adds identity, machine, processor, default and implied devices, and what each device leaves open. FALSE with *error
 * set when something without which no guest can be is missing or unknown. */
gboolean domain_def_complete(DomainDef *def, guint mode, const DomainDefaults *defaults, GError **error);

/* The device part of it (device_defaults.c). */
gboolean domain_complete_devices(DomainDef *def, const DomainDefaults *defaults, GError **error);

/* Puts lists that have an order of their own into it: disks by target within a bus, controllers by index within a type,
 * the primary video first. */
void domain_order_devices(DomainDef *def);

/* Adds a new controller of this kind behind the others, unless there is one of its type and index. Returns it,
 * borrowed. */
ControllerDef *domain_add_controller(DomainDef *def, ControllerType type, int index, ControllerModel model);

/* Gives a number to the I/O threads that the document only counts. (threads.c) */
void domain_complete_iothreads(DomainDef *def);

/* Slots for memory modules that have none. FALSE: VIR_ERR_INTERNAL_ERROR, there are not enough (memory_device.c). */
gboolean domain_complete_memory_devices(DomainDef *def, GError **error);
