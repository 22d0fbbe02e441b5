/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/objects.h"

#include <libvirt/virterror.h>
#include <string.h>

static void domain_clear(gpointer handle)
{
    virDomainPtr domain = handle;

    g_free(domain->name);
    g_slist_free_full(domain->old_names, g_free);
}

static void network_clear(gpointer handle)
{
    g_free(((virNetworkPtr)handle)->name);
}

static void network_port_clear(gpointer handle)
{
    handle_unref(((virNetworkPortPtr)handle)->network);
}

static void interface_clear(gpointer handle)
{
    g_free(((virInterfacePtr)handle)->name);
    g_free(((virInterfacePtr)handle)->mac);
}

static void storage_pool_clear(gpointer handle)
{
    g_free(((virStoragePoolPtr)handle)->name);
}

static void storage_vol_clear(gpointer handle)
{
    virStorageVolPtr vol = handle;

    g_free(vol->pool);
    g_free(vol->name);
    g_free(vol->key);
}

static void node_device_clear(gpointer handle)
{
    g_free(((virNodeDevicePtr)handle)->name);
    g_free(((virNodeDevicePtr)handle)->parent);
}

static void secret_clear(gpointer handle)
{
    g_free(((virSecretPtr)handle)->usage_id);
}

static void nwfilter_clear(gpointer handle)
{
    g_free(((virNWFilterPtr)handle)->name);
}

static void nwfilter_binding_clear(gpointer handle)
{
    g_free(((virNWFilterBindingPtr)handle)->port_dev);
    g_free(((virNWFilterBindingPtr)handle)->filter_name);
}

static void domain_snapshot_clear(gpointer handle)
{
    handle_unref(((virDomainSnapshotPtr)handle)->domain);
    g_free(((virDomainSnapshotPtr)handle)->name);
}

static void domain_checkpoint_clear(gpointer handle)
{
    handle_unref(((virDomainCheckpointPtr)handle)->domain);
    g_free(((virDomainCheckpointPtr)handle)->name);
}

/* clang-format off */
#define TYPE(kind, public_type, invalid, invalid_from, from) \
    const HandleType handle_type_##kind = {sizeof(public_type), VIR_ERR_INVALID_##invalid, VIR_FROM_##invalid_from, VIR_FROM_##from, kind##_clear};

TYPE(domain, struct _virDomain, DOMAIN, DOM, DOMAIN)
TYPE(network, struct _virNetwork, NETWORK, NETWORK, NETWORK)
TYPE(network_port, struct _virNetworkPort, NETWORK_PORT, NETWORK, NETWORK)
TYPE(interface, struct _virInterface, INTERFACE, INTERFACE, INTERFACE)
TYPE(storage_pool, struct _virStoragePool, STORAGE_POOL, STORAGE, STORAGE)
TYPE(storage_vol, struct _virStorageVol, STORAGE_VOL, STORAGE, STORAGE)
TYPE(node_device, struct _virNodeDevice, NODE_DEVICE, NODEDEV, NODEDEV)
TYPE(secret, struct _virSecret, SECRET, SECRET, SECRET)
TYPE(nwfilter, struct _virNWFilter, NWFILTER, NWFILTER, NWFILTER)
TYPE(nwfilter_binding, struct _virNWFilterBinding, NWFILTER_BINDING, NWFILTER, NWFILTER)
TYPE(domain_snapshot, struct _virDomainSnapshot, DOMAIN_SNAPSHOT, DOMAIN_SNAPSHOT, DOMAIN_SNAPSHOT)
TYPE(domain_checkpoint, struct _virDomainCheckpoint, DOMAIN_CHECKPOINT, DOMAIN_CHECKPOINT, DOMAIN_CHECKPOINT)
/* clang-format on */

virDomainPtr handle_domain_new(Connection *connection, remote_nonnull_domain *wire)
{
    virDomainPtr domain = handle_new(&handle_type_domain, connection);

    domain->name = g_steal_pointer(&wire->name);
    memcpy(domain->uuid, wire->uuid, sizeof(domain->uuid));
    domain->id = wire->id;
    return domain;
}

void handle_domain_encode(virDomainPtr domain, remote_nonnull_domain *wire)
{
    wire->name = g_atomic_pointer_get(&domain->name);
    memcpy(wire->uuid, domain->uuid, sizeof(domain->uuid));
    wire->id = g_atomic_int_get(&domain->id);
}

void handle_domain_update(virDomainPtr domain, const remote_nonnull_domain *wire)
{
    g_atomic_int_set(&domain->id, wire->id);
}

void handle_domain_rename(virDomainPtr domain, const char *name)
{
    static GMutex lock;

    g_mutex_lock(&lock);
    domain->old_names = g_slist_prepend(domain->old_names, domain->name);
    g_atomic_pointer_set(&domain->name, g_strdup(name));
    g_mutex_unlock(&lock);
}

virNetworkPtr handle_network_new(Connection *connection, remote_nonnull_network *wire)
{
    virNetworkPtr network = handle_new(&handle_type_network, connection);

    network->name = g_steal_pointer(&wire->name);
    memcpy(network->uuid, wire->uuid, sizeof(network->uuid));
    return network;
}

void handle_network_encode(virNetworkPtr network, remote_nonnull_network *wire)
{
    wire->name = network->name;
    memcpy(wire->uuid, network->uuid, sizeof(network->uuid));
}

virNetworkPortPtr handle_network_port_new(Connection *connection, remote_nonnull_network_port *wire)
{
    virNetworkPortPtr port = handle_new(&handle_type_network_port, connection);

    port->network = handle_network_new(connection, &wire->net);
    memcpy(port->uuid, wire->uuid, sizeof(port->uuid));
    return port;
}

void handle_network_port_encode(virNetworkPortPtr port, remote_nonnull_network_port *wire)
{
    handle_network_encode(port->network, &wire->net);
    memcpy(wire->uuid, port->uuid, sizeof(port->uuid));
}

virInterfacePtr handle_interface_new(Connection *connection, remote_nonnull_interface *wire)
{
    virInterfacePtr iface = handle_new(&handle_type_interface, connection);

    iface->name = g_steal_pointer(&wire->name);
    iface->mac = g_steal_pointer(&wire->mac);
    return iface;
}

void handle_interface_encode(virInterfacePtr iface, remote_nonnull_interface *wire)
{
    wire->name = iface->name;
    wire->mac = iface->mac;
}

virStoragePoolPtr handle_storage_pool_new(Connection *connection, remote_nonnull_storage_pool *wire)
{
    virStoragePoolPtr pool = handle_new(&handle_type_storage_pool, connection);

    pool->name = g_steal_pointer(&wire->name);
    memcpy(pool->uuid, wire->uuid, sizeof(pool->uuid));
    return pool;
}

void handle_storage_pool_encode(virStoragePoolPtr pool, remote_nonnull_storage_pool *wire)
{
    wire->name = pool->name;
    memcpy(wire->uuid, pool->uuid, sizeof(pool->uuid));
}

virStorageVolPtr handle_storage_vol_new(Connection *connection, remote_nonnull_storage_vol *wire)
{
    virStorageVolPtr vol = handle_new(&handle_type_storage_vol, connection);

    vol->pool = g_steal_pointer(&wire->pool);
    vol->name = g_steal_pointer(&wire->name);
    vol->key = g_steal_pointer(&wire->key);
    return vol;
}

void handle_storage_vol_encode(virStorageVolPtr vol, remote_nonnull_storage_vol *wire)
{
    wire->pool = vol->pool;
    wire->name = vol->name;
    wire->key = vol->key;
}

virNodeDevicePtr handle_node_device_new(Connection *connection, remote_nonnull_node_device *wire)
{
    virNodeDevicePtr device = handle_new(&handle_type_node_device, connection);

    device->name = g_steal_pointer(&wire->name);
    return device;
}

void handle_node_device_encode(virNodeDevicePtr device, remote_nonnull_node_device *wire)
{
    wire->name = device->name;
}

virSecretPtr handle_secret_new(Connection *connection, remote_nonnull_secret *wire)
{
    virSecretPtr secret = handle_new(&handle_type_secret, connection);

    memcpy(secret->uuid, wire->uuid, sizeof(secret->uuid));
    secret->usage_type = wire->usageType;
    secret->usage_id = g_steal_pointer(&wire->usageID);
    return secret;
}

void handle_secret_encode(virSecretPtr secret, remote_nonnull_secret *wire)
{
    memcpy(wire->uuid, secret->uuid, sizeof(secret->uuid));
    wire->usageType = secret->usage_type;
    wire->usageID = secret->usage_id;
}

virNWFilterPtr handle_nwfilter_new(Connection *connection, remote_nonnull_nwfilter *wire)
{
    virNWFilterPtr filter = handle_new(&handle_type_nwfilter, connection);

    filter->name = g_steal_pointer(&wire->name);
    memcpy(filter->uuid, wire->uuid, sizeof(filter->uuid));
    return filter;
}

void handle_nwfilter_encode(virNWFilterPtr filter, remote_nonnull_nwfilter *wire)
{
    wire->name = filter->name;
    memcpy(wire->uuid, filter->uuid, sizeof(filter->uuid));
}

virNWFilterBindingPtr handle_nwfilter_binding_new(Connection *connection, remote_nonnull_nwfilter_binding *wire)
{
    virNWFilterBindingPtr binding = handle_new(&handle_type_nwfilter_binding, connection);

    binding->port_dev = g_steal_pointer(&wire->portdev);
    binding->filter_name = g_steal_pointer(&wire->filtername);
    return binding;
}

void handle_nwfilter_binding_encode(virNWFilterBindingPtr binding, remote_nonnull_nwfilter_binding *wire)
{
    wire->portdev = binding->port_dev;
    wire->filtername = binding->filter_name;
}

virDomainSnapshotPtr handle_domain_snapshot_new(Connection *connection, remote_nonnull_domain_snapshot *wire)
{
    virDomainSnapshotPtr snapshot = handle_new(&handle_type_domain_snapshot, connection);

    snapshot->domain = handle_domain_new(connection, &wire->dom);
    snapshot->name = g_steal_pointer(&wire->name);
    return snapshot;
}

void handle_domain_snapshot_encode(virDomainSnapshotPtr snapshot, remote_nonnull_domain_snapshot *wire)
{
    handle_domain_encode(snapshot->domain, &wire->dom);
    wire->name = snapshot->name;
}

virDomainCheckpointPtr handle_domain_checkpoint_new(Connection *connection, remote_nonnull_domain_checkpoint *wire)
{
    virDomainCheckpointPtr checkpoint = handle_new(&handle_type_domain_checkpoint, connection);

    checkpoint->domain = handle_domain_new(connection, &wire->dom);
    checkpoint->name = g_steal_pointer(&wire->name);
    return checkpoint;
}

void handle_domain_checkpoint_encode(virDomainCheckpointPtr checkpoint, remote_nonnull_domain_checkpoint *wire)
{
    handle_domain_encode(checkpoint->domain, &wire->dom);
    wire->name = checkpoint->name;
}
