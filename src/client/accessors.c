/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every kind of handle answers by itself: counting, its connection, its name, its UUID. One macro per question. */
#include <stdio.h>
#include <string.h>

#include "client/call.h"
#include "client/report.h"
#include "common/identifiers.h"

/* clang-format off */
#define COUNTED(Public, kind)                                              \
    int vir##Public##Ref(vir##Public##Ptr handle)                          \
    {                                                                      \
        ClientCall call;                                                   \
        if (!call_begin(&call, &handle_type_##kind, handle, __func__))     \
            return -1;                                                     \
        handle_ref(handle);                                                \
        return 0;                                                          \
    }                                                                      \
    int vir##Public##Free(vir##Public##Ptr handle)                         \
    {                                                                      \
        ClientCall call;                                                   \
        if (!call_begin(&call, &handle_type_##kind, handle, __func__))     \
            return -1;                                                     \
        handle_unref(handle);                                              \
        return 0;                                                          \
    }

#define CONNECTED(Public, kind)                                            \
    virConnectPtr vir##Public##GetConnect(vir##Public##Ptr handle)         \
    {                                                                      \
        ClientCall call;                                                   \
        if (!call_begin(&call, &handle_type_##kind, handle, __func__))     \
            return NULL;                                                   \
        return connection_public(call.connection);                         \
    }

#define TEXT(Public, Question, kind, member)                               \
    const char *vir##Public##Get##Question(vir##Public##Ptr handle)        \
    {                                                                      \
        ClientCall call;                                                   \
        if (!call_begin(&call, &handle_type_##kind, handle, __func__))     \
            return NULL;                                                   \
        return handle->member;                                             \
    }

#define IDENTIFIED(Public, kind)                                           \
    int vir##Public##GetUUID(vir##Public##Ptr handle, unsigned char *uuid) \
    {                                                                      \
        ClientCall call;                                                   \
        if (!call_begin(&call, &handle_type_##kind, handle, __func__) || !call_need(&call, uuid, "uuid")) \
            return -1;                                                     \
        memcpy(uuid, handle->uuid, VIR_UUID_BUFLEN);                       \
        return 0;                                                          \
    }                                                                      \
    int vir##Public##GetUUIDString(vir##Public##Ptr handle, char *buf)     \
    {                                                                      \
        ClientCall call;                                                   \
        if (!call_begin(&call, &handle_type_##kind, handle, __func__) || !call_need(&call, buf, "buf")) \
            return -1;                                                     \
        uuid_format(handle->uuid, buf);                                    \
        return 0;                                                          \
    }

/* Parent is where it is looked up: a connection, or a network for its ports. */
#define LOOKED_UP(Public, Parent, parent_kind)                             \
    vir##Public##Ptr vir##Public##LookupByUUIDString(vir##Parent##Ptr parent, const char *uuidstr) \
    {                                                                      \
        guint8 uuid[UUID_LEN];                                               \
        ClientCall call;                                                   \
        if (!call_begin(&call, &handle_type_##parent_kind, parent, __func__) || !call_need(&call, uuidstr, "uuidstr")) \
            return NULL;                                                   \
        if (!uuid_parse(uuidstr, uuid)) {                                  \
            report_invalid_arg(call.connection, call.domain, __func__, "uuidstr", "must be a valid UUID"); \
            return NULL;                                                   \
        }                                                                  \
        return vir##Public##LookupByUUID(parent, uuid);                    \
    }
/* clang-format on */

COUNTED(Domain, domain)
CONNECTED(Domain, domain)
TEXT(Domain, Name, domain, name)
IDENTIFIED(Domain, domain)
LOOKED_UP(Domain, Connect, connect)

COUNTED(Network, network)
CONNECTED(Network, network)
TEXT(Network, Name, network, name)
IDENTIFIED(Network, network)
LOOKED_UP(Network, Connect, connect)

COUNTED(NetworkPort, network_port)
IDENTIFIED(NetworkPort, network_port)
LOOKED_UP(NetworkPort, Network, network)

COUNTED(Interface, interface)
CONNECTED(Interface, interface)
TEXT(Interface, Name, interface, name)
TEXT(Interface, MACString, interface, mac)

COUNTED(StoragePool, storage_pool)
CONNECTED(StoragePool, storage_pool)
TEXT(StoragePool, Name, storage_pool, name)
IDENTIFIED(StoragePool, storage_pool)
LOOKED_UP(StoragePool, Connect, connect)

COUNTED(StorageVol, storage_vol)
CONNECTED(StorageVol, storage_vol)
TEXT(StorageVol, Name, storage_vol, name)
TEXT(StorageVol, Key, storage_vol, key)

COUNTED(NodeDevice, node_device)
TEXT(NodeDevice, Name, node_device, name)

COUNTED(Secret, secret)
CONNECTED(Secret, secret)
TEXT(Secret, UsageID, secret, usage_id)
IDENTIFIED(Secret, secret)
LOOKED_UP(Secret, Connect, connect)

COUNTED(NWFilter, nwfilter)
TEXT(NWFilter, Name, nwfilter, name)
IDENTIFIED(NWFilter, nwfilter)
LOOKED_UP(NWFilter, Connect, connect)

COUNTED(NWFilterBinding, nwfilter_binding)
TEXT(NWFilterBinding, PortDev, nwfilter_binding, port_dev)
TEXT(NWFilterBinding, FilterName, nwfilter_binding, filter_name)

COUNTED(DomainSnapshot, domain_snapshot)
CONNECTED(DomainSnapshot, domain_snapshot)
TEXT(DomainSnapshot, Name, domain_snapshot, name)

COUNTED(DomainCheckpoint, domain_checkpoint)
CONNECTED(DomainCheckpoint, domain_checkpoint)
TEXT(DomainCheckpoint, Name, domain_checkpoint, name)

/* ---- the few that are one of a kind ---- */

unsigned int virDomainGetID(virDomainPtr domain)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_domain, domain, __func__))
        return (unsigned int)-1;
    return g_atomic_int_get(&domain->id);
}

int virSecretGetUsageType(virSecretPtr secret)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_secret, secret, __func__))
        return -1;
    return secret->usage_type;
}

virNetworkPtr virNetworkPortGetNetwork(virNetworkPortPtr port)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_network_port, port, __func__))
        return NULL;
    return port->network;
}

virDomainPtr virDomainSnapshotGetDomain(virDomainSnapshotPtr snapshot)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_domain_snapshot, snapshot, __func__))
        return NULL;
    return snapshot->domain;
}

virDomainPtr virDomainCheckpointGetDomain(virDomainCheckpointPtr checkpoint)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_domain_checkpoint, checkpoint, __func__))
        return NULL;
    return checkpoint->domain;
}
