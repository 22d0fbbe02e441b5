/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network filters: sets of rules for the traffic of guests, and their bindings to guests' interfaces. */
#ifndef LIBVIRT_NWFILTER_H
#define LIBVIRT_NWFILTER_H

#ifndef LIBVIRT_LIBVIRT_H
#error "include <libvirt/libvirt.h>"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Filters ---- */

/* A network filter, by its name and UUID. */
typedef struct _virNWFilter virNWFilter;
typedef virNWFilter *virNWFilterPtr;

/* A filter in force on one interface of a guest. */
typedef struct _virNWFilterBinding virNWFilterBinding;
typedef virNWFilterBinding *virNWFilterBindingPtr;

/* Takes one more reference. 0 or -1. */
int virNWFilterRef(virNWFilterPtr nwfilter);

/* Drops a reference. 0 or -1. */
int virNWFilterFree(virNWFilterPtr nwfilter);

/* The filter's name. Borrowed from the handle. */
const char *virNWFilterGetName(virNWFilterPtr nwfilter);

/* Writes the 16 bytes of the UUID to uuid. 0 or -1. */
int virNWFilterGetUUID(virNWFilterPtr nwfilter, unsigned char *uuid);

/* Writes the UUID as text to buf (VIR_UUID_STRING_BUFLEN bytes). 0 or -1. */
int virNWFilterGetUUIDString(virNWFilterPtr nwfilter, char *buf);

/* Lists filters. flags 0. Returns their number. */
int virConnectListAllNWFilters(virConnectPtr conn, virNWFilterPtr **filters, unsigned int flags);

/* How many filters there are. */
int virConnectNumOfNWFilters(virConnectPtr conn);

/* Names of at most maxnames filters; free() each. Returns their number. */
int virConnectListNWFilters(virConnectPtr conn, char **const names, int maxnames);

/* The filter of this name. VIR_ERR_NO_NWFILTER when there is none. */
virNWFilterPtr virNWFilterLookupByName(virConnectPtr conn, const char *name);

/* The filter with these 16 bytes as UUID. */
virNWFilterPtr virNWFilterLookupByUUID(virConnectPtr conn, const unsigned char *uuid);

/* The filter with this UUID as text. */
virNWFilterPtr virNWFilterLookupByUUIDString(virConnectPtr conn, const char *uuidstr);

/* The filter as XML. flags 0. */
char *virNWFilterGetXMLDesc(virNWFilterPtr nwfilter, unsigned int flags);

typedef enum {
    VIR_NWFILTER_DEFINE_VALIDATE = 1, /* refuse what the schema does not know */
} virNWFilterDefineFlags;

/* Defines a filter, or replaces the one of the same UUID; running guests that use it get the new rules at once. */
virNWFilterPtr virNWFilterDefineXML(virConnectPtr conn, const char *xmlDesc);

/* The same with flags: virNWFilterDefineFlags. */
virNWFilterPtr virNWFilterDefineXMLFlags(virConnectPtr conn, const char *xmlDesc, unsigned int flags);

/* Removes a filter that nothing uses. VIR_ERR_OPERATION_INVALID when something does. 0 or -1. */
int virNWFilterUndefine(virNWFilterPtr nwfilter);

/* ---- Bindings ---- */

/* Takes one more reference. 0 or -1. */
int virNWFilterBindingRef(virNWFilterBindingPtr binding);

/* Drops a reference. 0 or -1. */
int virNWFilterBindingFree(virNWFilterBindingPtr binding);

/* Name of the interface on the host. Borrowed from the handle. */
const char *virNWFilterBindingGetPortDev(virNWFilterBindingPtr binding);

/* Name of the filter. Borrowed from the handle. */
const char *virNWFilterBindingGetFilterName(virNWFilterBindingPtr binding);

/* Lists bindings. flags 0. Returns their number. */
int virConnectListAllNWFilterBindings(virConnectPtr conn, virNWFilterBindingPtr **bindings, unsigned int flags);

/* The binding of this interface of the host. VIR_ERR_NO_NWFILTER_BINDING when there is none. */
virNWFilterBindingPtr virNWFilterBindingLookupByPortDev(virConnectPtr conn, const char *portdev);

/* The binding as XML. flags 0. */
char *virNWFilterBindingGetXMLDesc(virNWFilterBindingPtr binding, unsigned int flags);

typedef enum {
    VIR_NWFILTER_BINDING_CREATE_VALIDATE = 1, /* refuse what the schema does not know */
} virNWFilterBindingCreateFlags;

/* Puts a filter in force on an interface. flags: virNWFilterBindingCreateFlags. */
virNWFilterBindingPtr virNWFilterBindingCreateXML(virConnectPtr conn, const char *xml, unsigned int flags);

/*
 * Removes a filter's rules from the interface. Bindings that belong to a running guest are better left alone. 0 or
 * -1.
 */
int virNWFilterBindingDelete(virNWFilterBindingPtr binding);

#ifdef __cplusplus
}
#endif

#endif
