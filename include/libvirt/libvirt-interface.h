/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's network interfaces and their configuration. */
#ifndef LIBVIRT_INTERFACE_H
#define LIBVIRT_INTERFACE_H

#ifndef LIBVIRT_LIBVIRT_H
#error "include <libvirt/libvirt.h>"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Handles ---- */

/* An interface of the host, by its name and MAC address. */
typedef struct _virInterface virInterface;
typedef virInterface *virInterfacePtr;

/* Takes one more reference. 0 or -1. */
int virInterfaceRef(virInterfacePtr iface);

/* Drops a reference. 0 or -1. */
int virInterfaceFree(virInterfacePtr iface);

/* The connection, without a reference of its own. */
virConnectPtr virInterfaceGetConnect(virInterfacePtr iface);

/* The interface's name. Borrowed from the handle. */
const char *virInterfaceGetName(virInterfacePtr iface);

/* The MAC address as text, "" when it has none. Borrowed from the handle. */
const char *virInterfaceGetMACString(virInterfacePtr iface);

/* ---- Finding ---- */

/* Which interfaces to list; none or both: all. */
typedef enum {
    VIR_CONNECT_LIST_INTERFACES_INACTIVE = 1,
    VIR_CONNECT_LIST_INTERFACES_ACTIVE = 2,
} virConnectListAllInterfacesFlags;

/* Lists interfaces. flags: virConnectListAllInterfacesFlags. Returns their number. */
int virConnectListAllInterfaces(virConnectPtr conn, virInterfacePtr **ifaces, unsigned int flags);

/* How many interfaces are active. */
int virConnectNumOfInterfaces(virConnectPtr conn);

/*
 * Names of at most maxnames active interfaces; free() each. Returns their number. A race: prefer
 * virConnectListAllInterfaces().
 */
int virConnectListInterfaces(virConnectPtr conn, char **const names, int maxnames);

/* How many interfaces are defined but not active. */
int virConnectNumOfDefinedInterfaces(virConnectPtr conn);

/* The same for their names. */
int virConnectListDefinedInterfaces(virConnectPtr conn, char **const names, int maxnames);

/* The interface of this name. VIR_ERR_NO_INTERFACE when there is none. */
virInterfacePtr virInterfaceLookupByName(virConnectPtr conn, const char *name);

/* The interface with this MAC address. VIR_ERR_MULTIPLE_INTERFACES when several have it. */
virInterfacePtr virInterfaceLookupByMACString(virConnectPtr conn, const char *macstr);

/* ---- Definition and state ---- */

typedef enum {
    VIR_INTERFACE_XML_INACTIVE = 1, /* the configuration rather than the current state */
} virInterfaceXMLFlags;

/* The interface as XML. flags: virInterfaceXMLFlags. */
char *virInterfaceGetXMLDesc(virInterfacePtr iface, unsigned int flags);

typedef enum {
    VIR_INTERFACE_DEFINE_VALIDATE = 1, /* refuse what the schema does not know */
} virInterfaceDefineFlags;

/* Writes an interface's configuration; it is not started. flags: virInterfaceDefineFlags. */
virInterfacePtr virInterfaceDefineXML(virConnectPtr conn, const char *xml, unsigned int flags);

/* Removes the configuration. 0 or -1. */
int virInterfaceUndefine(virInterfacePtr iface);

/* Brings the interface up. flags 0. 0 or -1. */
int virInterfaceCreate(virInterfacePtr iface, unsigned int flags);

/* Takes the interface down; the handle stays valid. flags 0. 0 or -1. */
int virInterfaceDestroy(virInterfacePtr iface, unsigned int flags);

/* 1 when it is up, 0 when not. */
int virInterfaceIsActive(virInterfacePtr iface);

/* ---- Changes that can be taken back ---- */

/* Sets a mark to which virInterfaceChangeRollback() returns. flags 0. 0 or -1. */
int virInterfaceChangeBegin(virConnectPtr conn, unsigned int flags);

/* Keeps what was changed since the mark. flags 0. 0 or -1. */
int virInterfaceChangeCommit(virConnectPtr conn, unsigned int flags);

/* Undoes what was changed since the mark. flags 0. 0 or -1. */
int virInterfaceChangeRollback(virConnectPtr conn, unsigned int flags);

#ifdef __cplusplus
}
#endif

#endif
