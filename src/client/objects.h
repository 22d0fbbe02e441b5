/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The handles of the host's objects, and their wire forms. For each kind: handle_KIND_new() makes a handle of what the
 * daemon sent, taking its strings; handle_KIND_encode() writes what names the object, borrowing the handle's strings.
 */
#pragma once

#include <libvirt/libvirt.h>

#include "client/handle.h"
#include "rpc/protocol/remote.h"

struct _virDomain {
    Handle base;
    char *name; /* atomic pointer */
    guchar uuid[VIR_UUID_BUFLEN];
    int id;            /* atomic; -1 while not running, as far as this handle has heard */
    GSList *old_names; /* names from before it was renamed by this handle */
};

struct _virNetwork {
    Handle base;
    char *name;
    guchar uuid[VIR_UUID_BUFLEN];
};

struct _virNetworkPort {
    Handle base;
    virNetworkPtr network; /* a reference */
    guchar uuid[VIR_UUID_BUFLEN];
};

struct _virInterface {
    Handle base;
    char *name;
    char *mac;
};

struct _virStoragePool {
    Handle base;
    char *name;
    guchar uuid[VIR_UUID_BUFLEN];
};

struct _virStorageVol {
    Handle base;
    char *pool;
    char *name;
    char *key;
};

struct _virNodeDevice {
    Handle base;
    char *name;
    char *parent; /* atomic pointer; asked for once, then kept */
};

struct _virSecret {
    Handle base;
    guchar uuid[VIR_UUID_BUFLEN];
    int usage_type;
    char *usage_id;
};

struct _virNWFilter {
    Handle base;
    char *name;
    guchar uuid[VIR_UUID_BUFLEN];
};

struct _virNWFilterBinding {
    Handle base;
    char *port_dev;
    char *filter_name;
};

struct _virDomainSnapshot {
    Handle base;
    virDomainPtr domain; /* a reference */
    char *name;
};

struct _virDomainCheckpoint {
    Handle base;
    virDomainPtr domain; /* a reference */
    char *name;
};

/* clang-format off */
#define HANDLE_KIND(kind, public_type, wire_type)                        \
    extern const HandleType handle_type_##kind;                          \
    public_type handle_##kind##_new(Connection *connection, wire_type *wire); \
    void handle_##kind##_encode(public_type handle, wire_type *wire);

HANDLE_KIND(domain, virDomainPtr, remote_nonnull_domain)
HANDLE_KIND(network, virNetworkPtr, remote_nonnull_network)
HANDLE_KIND(network_port, virNetworkPortPtr, remote_nonnull_network_port)
HANDLE_KIND(interface, virInterfacePtr, remote_nonnull_interface)
HANDLE_KIND(storage_pool, virStoragePoolPtr, remote_nonnull_storage_pool)
HANDLE_KIND(storage_vol, virStorageVolPtr, remote_nonnull_storage_vol)
HANDLE_KIND(node_device, virNodeDevicePtr, remote_nonnull_node_device)
HANDLE_KIND(secret, virSecretPtr, remote_nonnull_secret)
HANDLE_KIND(nwfilter, virNWFilterPtr, remote_nonnull_nwfilter)
HANDLE_KIND(nwfilter_binding, virNWFilterBindingPtr, remote_nonnull_nwfilter_binding)
HANDLE_KIND(domain_snapshot, virDomainSnapshotPtr, remote_nonnull_domain_snapshot)
HANDLE_KIND(domain_checkpoint, virDomainCheckpointPtr, remote_nonnull_domain_checkpoint)
/* clang-format on */

/* Takes over what the daemon says of a domain that the handle already names: the id it has now. */
void handle_domain_update(virDomainPtr domain, const remote_nonnull_domain *wire);

/* The domain has this name from now on. The old one stays valid until the handle is freed: callers may hold it. */
void handle_domain_rename(virDomainPtr domain, const char *name);
