/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets: keys and passwords that guests' disks and the like refer to by name, so that no XML holds them. */
#ifndef LIBVIRT_SECRET_H
#define LIBVIRT_SECRET_H

#ifndef LIBVIRT_LIBVIRT_H
#error "include <libvirt/libvirt.h>"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Handles ---- */

/* A secret, by its UUID and what it is for. */
typedef struct _virSecret virSecret;
typedef virSecret *virSecretPtr;

/* Takes one more reference. 0 or -1. */
int virSecretRef(virSecretPtr secret);

/* Drops a reference. 0 or -1. */
int virSecretFree(virSecretPtr secret);

/* The connection, without a reference of its own. */
virConnectPtr virSecretGetConnect(virSecretPtr secret);

/* Writes the 16 bytes of the UUID to uuid. 0 or -1. */
int virSecretGetUUID(virSecretPtr secret, unsigned char *uuid);

/* Writes the UUID as text to buf (VIR_UUID_STRING_BUFLEN bytes). 0 or -1. */
int virSecretGetUUIDString(virSecretPtr secret, char *buf);

/* What a secret is for, and what its usage ID therefore is. */
typedef enum {
    VIR_SECRET_USAGE_TYPE_NONE = 0,
    VIR_SECRET_USAGE_TYPE_VOLUME = 1, /* a volume; the ID is its path */
    VIR_SECRET_USAGE_TYPE_CEPH = 2,   /* a Ceph cluster; the ID is a name */
    VIR_SECRET_USAGE_TYPE_ISCSI = 3,  /* an iSCSI target; the ID is its name */
    VIR_SECRET_USAGE_TYPE_TLS = 4,    /* the password of a TLS key; the ID is a name */
    VIR_SECRET_USAGE_TYPE_VTPM = 5,   /* a virtual TPM's state; the ID is a name */
#ifdef VIR_ENUM_SENTINELS
    VIR_SECRET_USAGE_TYPE_LAST = 6, /* end of the list; grows with it */
#endif
} virSecretUsageType;

/* A virSecretUsageType, or -1. */
int virSecretGetUsageType(virSecretPtr secret);

/* What distinguishes the secret among those of its usage type. Borrowed from the handle. */
const char *virSecretGetUsageID(virSecretPtr secret);

/* ---- Finding ---- */

/* Which secrets to list, by two properties; none or both of a pair: whichever. */
typedef enum {
    VIR_CONNECT_LIST_SECRETS_EPHEMERAL = 1, /* never written to disk */
    VIR_CONNECT_LIST_SECRETS_NO_EPHEMERAL = 2,
    VIR_CONNECT_LIST_SECRETS_PRIVATE = 4, /* values are not told to clients */
    VIR_CONNECT_LIST_SECRETS_NO_PRIVATE = 8,
} virConnectListAllSecretsFlags;

/* Lists secrets. flags: virConnectListAllSecretsFlags. Returns their number. */
int virConnectListAllSecrets(virConnectPtr conn, virSecretPtr **secrets, unsigned int flags);

/* How many secrets there are. */
int virConnectNumOfSecrets(virConnectPtr conn);

/* UUIDs as text of at most maxuuids secrets; free() each. Returns their number. */
int virConnectListSecrets(virConnectPtr conn, char **uuids, int maxuuids);

/* The secret with these 16 bytes as UUID. VIR_ERR_NO_SECRET when there is none. */
virSecretPtr virSecretLookupByUUID(virConnectPtr conn, const unsigned char *uuid);

/* The secret with this UUID as text. */
virSecretPtr virSecretLookupByUUIDString(virConnectPtr conn, const char *uuidstr);

/* The secret of a virSecretUsageType with this usage ID. */
virSecretPtr virSecretLookupByUsage(virConnectPtr conn, int usageType, const char *usageID);

/* ---- Definition and value ---- */

typedef enum {
    VIR_SECRET_DEFINE_VALIDATE = 1, /* refuse what the schema does not know */
} virSecretDefineFlags;

/*
 * Defines a secret, without a value yet, or replaces the definition of the one with the same UUID. flags:
 * virSecretDefineFlags.
 */
virSecretPtr virSecretDefineXML(virConnectPtr conn, const char *xml, unsigned int flags);

/* The secret's definition as XML; the value is never part of it. flags 0. */
char *virSecretGetXMLDesc(virSecretPtr secret, unsigned int flags);

/* Sets the value to value_size bytes. flags 0. 0 or -1. */
int virSecretSetValue(virSecretPtr secret, const unsigned char *value, size_t value_size, unsigned int flags);

/*
 * The value; *value_size becomes its number of bytes. free() it, better wiped before. VIR_ERR_INVALID_SECRET for a
 * private one. flags 0.
 */
unsigned char *virSecretGetValue(virSecretPtr secret, size_t *value_size, unsigned int flags);

/* Removes the secret and its value. 0 or -1. */
int virSecretUndefine(virSecretPtr secret);

/* ---- Events ---- */

/* Kinds of events, and the callback type of each. */
typedef enum {
    VIR_SECRET_EVENT_ID_LIFECYCLE = 0,     /* virConnectSecretEventLifecycleCallback */
    VIR_SECRET_EVENT_ID_VALUE_CHANGED = 1, /* virConnectSecretEventGenericCallback */
#ifdef VIR_ENUM_SENTINELS
    VIR_SECRET_EVENT_ID_LAST = 2, /* end of the list; grows with it */
#endif
} virSecretEventID;

/* What happened to a secret. */
typedef enum {
    VIR_SECRET_EVENT_DEFINED = 0,
    VIR_SECRET_EVENT_UNDEFINED = 1,
#ifdef VIR_ENUM_SENTINELS
    VIR_SECRET_EVENT_LAST = 2, /* end of the list; grows with it */
#endif
} virSecretEventLifecycleType;

/* Something about a secret has happened. secret is borrowed for the call. */
typedef void (*virConnectSecretEventGenericCallback)(virConnectPtr conn, virSecretPtr secret, void *opaque);

/* A secret was defined or undefined. event: virSecretEventLifecycleType; detail: 0. */
typedef void (*virConnectSecretEventLifecycleCallback)(virConnectPtr conn, virSecretPtr secret, int event, int detail,
                                                       void *opaque);

/* Casts a callback of the event's own type for virConnectSecretEventRegisterAny(). */
#define VIR_SECRET_EVENT_CALLBACK(cb) ((virConnectSecretEventGenericCallback)(cb))

/*
 * Calls cb for events of one kind, of one secret or (NULL) all. Needs an event loop. freecb (may be NULL) releases
 * opaque at the end. Returns a number for deregistering, or -1.
 */
int virConnectSecretEventRegisterAny(virConnectPtr conn, virSecretPtr secret, int eventID,
                                     virConnectSecretEventGenericCallback cb, void *opaque, virFreeCallback freecb);

/* Ends a registration. 0 or -1. */
int virConnectSecretEventDeregisterAny(virConnectPtr conn, int callbackID);

#ifdef __cplusplus
}
#endif

#endif
