/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One device of a guest by itself, as calls have it that add, remove or change one: what it is, whether a guest has
 * such a one, and its place among the others. A guest's definition is incomplete after an insertion until it is settled
 * again (domain_def_settle), which gives the device its defaults, its address and what it is plugged into.
 *
 * Thread-safe as long as each struct is used by one thread at a time; never blocks.
 */
#pragma once

#include "conf/domain/domain_def.h"

#define DEVICE_HAS_NO_INFO ((gsize)-1)

/* A kind of device: what its element is called, and where things are. */
typedef struct {
    const char *name;
    gsize list;                /* in a DomainDef: the GPtrArray of these */
    gsize info;                /* in the device: its DeviceInfo, or DEVICE_HAS_NO_INFO */
    const XmlElement *element; /* its rows */
} DomainDeviceKind;

/* All kinds, in the order in which places on buses are given out; up to one without a name. */
extern const DomainDeviceKind domain_device_kinds[];

typedef struct {
    const DomainDeviceKind *kind; /* NULL: none */
    gpointer def;                 /* DiskDef, InterfaceDef, ... */
} DomainDevice;

/* The kind of that name, or NULL. */
const DomainDeviceKind *domain_device_kind(const char *name);

/* Whether it is of the kind whose element has that name. */
gboolean domain_device_is(const DomainDevice *device, const char *kind);

/* What calls are told that a device is: its element's name, and "chr" for all character devices. */
const char *domain_device_label(const DomainDevice *device);

/*
 * Reads a document with one device, once. device->def is to be released with domain_device_clear(). FALSE:
 * VIR_ERR_XML_DETAIL for what is not well-formed; VIR_ERR_CONFIG_UNSUPPORTED for a kind that is not known or not built;
 * what the rows say.
 */
gboolean domain_device_parse(const char *xml, DomainDevice *device, GError **error);
void domain_device_clear(DomainDevice *device);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DomainDevice, domain_device_clear)

/* The list of def's that devices of the kind are in. Borrowed. */
GPtrArray *domain_device_list(const DomainDef *def, const DomainDeviceKind *kind);

/* Its alias and address, or NULL for kinds that have none. Borrowed. */
DeviceInfo *domain_device_info(const DomainDevice *device);

/* A copy of def's device; def owns the original. */
DomainDevice domain_device_copy(const DomainDevice *device);

/* Puts the device into def's list, where its order says; def owns it from then on. */
void domain_device_insert(DomainDef *def, const DomainDevice *device);

/* Takes it out of def's list, and with a serial port the console that is its other name. It is the caller's then. */
void domain_device_take(DomainDef *def, const DomainDevice *device);

/*
 * Whether def, what runs or a definition, may get the device. FALSE: it has one already in that place, or of that name,
 * or of a kind of which there is one at most: VIR_ERR_OPERATION_INVALID, and of what runs VIR_ERR_XML_ERROR for disks
 * and VIR_ERR_OPERATION_FAILED for controllers.
 */
gboolean domain_device_check_new(const DomainDef *def, const DomainDevice *device, gboolean is_live, GError **error);

typedef enum {
    DEVICE_FOUND,
    DEVICE_MISSING,
    DEVICE_AMBIGUOUS, /* several, and nothing in the document tells them apart */
} DomainDeviceMatch;

/*
 * Looks for the device of def that like, a document of a caller's, is about; it fills found, borrowed. Disks are known
 * by their target, interfaces by their MAC, controllers by type and index, file systems by their mount tag; all others
 * by all that the document says of them. Where it gives an address or an alias these must be the device's too.
 */
DomainDeviceMatch domain_device_find(const DomainDef *def, const DomainDevice *like, DomainDevice *found);

/* The device with that alias; FALSE: there is none. found is borrowed. */
gboolean domain_device_find_alias(const DomainDef *def, const char *alias, DomainDevice *found);

/*
 * The first thing that the document of a says and that of b does not, or NULL when b says all of it: "iotune
 * total_bytes_sec", "readonly". Caller frees. Both are of the same kind; what shows only while a guest runs is not
 * compared.
 */
char *domain_device_difference(const DomainDevice *a, const DomainDevice *b);

/*
 * A definition that has the one device of def's and nothing that is not a device's: for what is done for all devices of
 * a guest, and now for one. It borrows from def; what is changed in the device is changed in def's.
 */
void domain_device_view_init(DomainDef *view, const DomainDef *def, const DomainDevice *device);
void domain_device_view_clear(DomainDef *view);

/* The same as a definition by itself, and def without the device, which is released. Caller frees. */
DomainDef *domain_device_split(DomainDef *def, const DomainDevice *device);
