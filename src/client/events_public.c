/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public functions that register for events, one pair for each kind of object. */
#include <string.h>

#include "client/events.h"
#include "common/identifiers.h"
#include "rpc/remote_calls.h"

static gboolean check_id(ClientCall *call, int id, int last)
{
    return call_need_not_negative(call, id, "eventID") && call_need_at_most(call, id, last - 1, "eventID");
}

static int deregister(ClientCall *call, RpcObjectKind kind, int number)
{
    return call_need_not_negative(call, number, "callbackID") ? client_events_deregister(call, kind, number) : -1;
}

/* What tells one object's registration from another's. */
static const char *filter_uuid(const guint8 *uuid, char *buffer)
{
    uuid_format(uuid, buffer);
    return buffer;
}

static const char *filter_name(const char *name, char *buffer)
{
    return name;
}

/*
 * Object: in the names of functions; handle, KIND: of handles and RpcObjectKind; wire: name of the args' object member;
 * filter_of, member: what tells one object's registration from another's; PROC: middle of the procedures' names.
 */
/* clang-format off */
#define EVENTS(Object, Handle, handle, KIND, wire, filter_of, member, PROC, args_type, LAST)                              \
    int virConnect##Object##EventRegisterAny(virConnectPtr conn, vir##Handle##Ptr object, int eventID,                    \
                                             virConnect##Object##EventGenericCallback cb, void *opaque, virFreeCallback freecb) \
    {                                                                                                                    \
        char filter[UUID_TEXT_LEN];                                                                                      \
        remote_nonnull_##handle wire_object = {0};                                                                         \
        args_type args = {.eventID = eventID};                                                                           \
        ClientEventRequest request = {.kind = RPC_OBJECT_##KIND, .id = eventID, .callback = (ClientEventFunc)cb,         \
                                      .opaque = opaque, .free = freecb, .program = &rpc_program_remote,                  \
                                      .register_procedure = REMOTE_PROC_CONNECT_##PROC##_REGISTER_ANY,                   \
                                      .deregister_procedure = REMOTE_PROC_CONNECT_##PROC##_DEREGISTER_ANY,               \
                                      .register_args = &args};                                                           \
        ClientCall call;                                                                                                 \
        if (!call_begin(&call, &handle_type_connect, conn, __func__) || !call_need(&call, cb, "cb") ||                   \
            !check_id(&call, eventID, LAST) || (object && !call_need_handle(&call, &handle_type_##handle, object)))        \
            return -1;                                                                                                   \
        if (object) {                                                                                                    \
            handle_##handle##_encode(object, &wire_object);                                                                \
            args.wire = &wire_object;                                                                                    \
            request.filter = filter_of(object->member, filter);                                                         \
        }                                                                                                                \
        return client_events_register(&call, &request);                                                                  \
    }                                                                                                                    \
    int virConnect##Object##EventDeregisterAny(virConnectPtr conn, int callbackID)                                       \
    {                                                                                                                    \
        ClientCall call;                                                                                                 \
        if (!call_begin(&call, &handle_type_connect, conn, __func__))                                                    \
            return -1;                                                                                                   \
        return deregister(&call, RPC_OBJECT_##KIND, callbackID);                                                         \
    }

EVENTS(Domain, Domain, domain, DOMAIN, dom, filter_uuid, uuid, DOMAIN_EVENT_CALLBACK,
       remote_connect_domain_event_callback_register_any_args, VIR_DOMAIN_EVENT_ID_LAST)
EVENTS(Network, Network, network, NETWORK, net, filter_uuid, uuid, NETWORK_EVENT,
       remote_connect_network_event_register_any_args, VIR_NETWORK_EVENT_ID_LAST)
EVENTS(StoragePool, StoragePool, storage_pool, STORAGE_POOL, pool, filter_uuid, uuid, STORAGE_POOL_EVENT,
       remote_connect_storage_pool_event_register_any_args, VIR_STORAGE_POOL_EVENT_ID_LAST)
EVENTS(NodeDevice, NodeDevice, node_device, NODE_DEVICE, dev, filter_name, name, NODE_DEVICE_EVENT,
       remote_connect_node_device_event_register_any_args, VIR_NODE_DEVICE_EVENT_ID_LAST)
EVENTS(Secret, Secret, secret, SECRET, secret, filter_uuid, uuid, SECRET_EVENT,
       remote_connect_secret_event_register_any_args, VIR_SECRET_EVENT_ID_LAST)
/* clang-format on */

/* ---- the first form of domain events, which knows registrations by their function ---- */

int virConnectDomainEventRegister(virConnectPtr conn, virConnectDomainEventCallback cb, void *opaque,
                                  virFreeCallback freecb)
{
    remote_connect_domain_event_callback_register_any_args args = {.eventID = VIR_DOMAIN_EVENT_ID_LIFECYCLE};
    ClientEventRequest request = {.kind = RPC_OBJECT_DOMAIN,
                                  .id = VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                  .callback = (ClientEventFunc)cb,
                                  .opaque = opaque,
                                  .free = freecb,
                                  .program = &rpc_program_remote,
                                  .register_procedure = REMOTE_PROC_CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY,
                                  .deregister_procedure = REMOTE_PROC_CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY,
                                  .register_args = &args};
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__) || !call_need(&call, cb, "cb"))
        return -1;
    if (client_events_find(conn->events, request.kind, request.id, request.callback) >= 0) {
        call_fail(&call, VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "%s", "event callback already tracked");
        return -1;
    }
    return client_events_register(&call, &request) < 0 ? -1 : 0;
}

int virConnectDomainEventDeregister(virConnectPtr conn, virConnectDomainEventCallback cb)
{
    ClientCall call;
    int number;

    if (!call_begin(&call, &handle_type_connect, conn, __func__) || !call_need(&call, cb, "cb"))
        return -1;
    number = client_events_find(conn->events, RPC_OBJECT_DOMAIN, VIR_DOMAIN_EVENT_ID_LIFECYCLE, (ClientEventFunc)cb);
    if (number < 0) {
        call_fail(&call, VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "%s", "could not find event callback for deletion");
        return -1;
    }
    return client_events_deregister(&call, RPC_OBJECT_DOMAIN, number);
}

/* ---- the one event whose message is nested ---- */

void client_deliver_domain_event_callback_graphics(virConnectPtr conn, void *object, void *data,
                                                   ClientEventFunc callback, void *opaque);

void client_deliver_domain_event_callback_graphics(virConnectPtr conn, void *object, void *data,
                                                   ClientEventFunc callback, void *opaque)
{
    remote_domain_event_graphics_msg *wire = &((remote_domain_event_callback_graphics_msg *)data)->msg;
    guint n = wire->subject.subject_len;
    g_autofree virDomainEventGraphicsSubjectIdentity *identities = g_new0(virDomainEventGraphicsSubjectIdentity, n);
    virDomainEventGraphicsSubject subject = {.nidentity = (int)n, .identities = identities};
    virDomainEventGraphicsAddress local = {wire->local.family, wire->local.node, wire->local.service};
    virDomainEventGraphicsAddress remote = {wire->remote.family, wire->remote.node, wire->remote.service};

    for (guint i = 0; i < n; i++) {
        identities[i].type = wire->subject.subject_val[i].type;
        identities[i].name = wire->subject.subject_val[i].name;
    }
    ((virConnectDomainEventGraphicsCallback)callback)(conn, object, wire->phase, &local, &remote, wire->authScheme,
                                                      &subject, opaque);
}
