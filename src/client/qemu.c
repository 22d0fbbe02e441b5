/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt-qemu.so.0: what the call table does not explain. */
#include <libvirt/libvirt-qemu.h>
#include <unistd.h>

#include "client/events.h"
#include "common/identifiers.h"
#include "rpc/qemu_calls.h"

int virDomainQemuMonitorCommandWithFiles(virDomainPtr domain, const char *cmd, unsigned int ninfiles, int *infiles,
                                         unsigned int *noutfiles, int **outfiles, char **result, unsigned int flags)
{
    qemu_domain_monitor_command_with_files_args args = {.cmd = (char *)cmd, .flags = flags};
    qemu_domain_monitor_command_with_files_ret ret = {0};
    ClientCall call;

    if (!call_begin(&call, &handle_type_domain, domain, __func__) || !call_need(&call, cmd, "cmd") ||
        !call_need(&call, result, "result") || !call_need_array(&call, infiles, ninfiles, "infiles") ||
        (outfiles && !call_need(&call, noutfiles, "noutfiles")) || !call_need_fd_passing(&call))
        return -1;
    handle_domain_encode(domain, &args.dom);
    call.rpc.fds = infiles;
    call.rpc.n_fds = ninfiles;
    if (!call_run(&call, &rpc_program_qemu, QEMU_PROC_DOMAIN_MONITOR_COMMAND_WITH_FILES, &args, &ret))
        return -1;
    *result = g_steal_pointer(&ret.result);
    call_release(&call, &ret);
    if (outfiles) {
        *outfiles = g_steal_pointer(&call.rpc.reply_fds);
        *noutfiles = call.rpc.n_reply_fds;
    } else { /* nobody wants them */
        for (guint i = 0; i < call.rpc.n_reply_fds; i++)
            close(call.rpc.reply_fds[i]);
        g_free(call.rpc.reply_fds);
    }
    return 0;
}

/* ---- events of the monitor ---- */

/* They are of no kind of object that has other events, so that numbers of one are not taken for numbers of the other.
 */
#define MONITOR_EVENTS RPC_OBJECT_NONE

static void *monitor_event_object(Connection *connection, void *data)
{
    return handle_domain_new(connection, &((qemu_domain_monitor_event_msg *)data)->dom);
}

static void monitor_event_deliver(virConnectPtr conn, void *object, void *data, ClientEventFunc callback, void *opaque)
{
    qemu_domain_monitor_event_msg *message = data;

    ((virConnectDomainQemuMonitorEventCallback)callback)(conn, object, message->event, message->seconds,
                                                         message->micros, message->details ? *message->details : NULL,
                                                         opaque);
}

static const ClientEvent monitor_events[] = {
    {&rpc_program_qemu, QEMU_PROC_DOMAIN_MONITOR_EVENT, MONITOR_EVENTS, 0, sizeof(qemu_domain_monitor_event_msg),
     (xdrproc_t)xdr_qemu_domain_monitor_event_msg, monitor_event_object, monitor_event_deliver},
};

static void add_rows_once(void)
{
    static gsize added;

    if (g_once_init_enter(&added)) {
        client_events_add_rows(monitor_events, G_N_ELEMENTS(monitor_events));
        g_once_init_leave(&added, 1);
    }
}

int virConnectDomainQemuMonitorEventRegister(virConnectPtr conn, virDomainPtr dom, const char *event,
                                             virConnectDomainQemuMonitorEventCallback cb, void *opaque,
                                             virFreeCallback freecb, unsigned int flags)
{
    remote_nonnull_domain wire = {0};
    qemu_connect_domain_monitor_event_register_args args = {.event = event ? (char **)&event : NULL, .flags = flags};
    char uuid[UUID_TEXT_LEN] = "";
    g_autofree char *filter = NULL;
    ClientEventRequest request = {.kind = MONITOR_EVENTS,
                                  .callback = (ClientEventFunc)cb,
                                  .opaque = opaque,
                                  .free = freecb,
                                  .program = &rpc_program_qemu,
                                  .register_procedure = QEMU_PROC_CONNECT_DOMAIN_MONITOR_EVENT_REGISTER,
                                  .deregister_procedure = QEMU_PROC_CONNECT_DOMAIN_MONITOR_EVENT_DEREGISTER,
                                  .register_args = &args};
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__) || !call_need(&call, cb, "callback") ||
        (dom && !call_need_handle(&call, &handle_type_domain, dom)))
        return -1;
    add_rows_once();
    if (dom) {
        handle_domain_encode(dom, &wire);
        args.dom = &wire;
        uuid_format(dom->uuid, uuid);
    }
    /* The filter says all that the daemon is asked, so that only equal wishes share a registration. */
    request.filter = filter = g_strdup_printf("%s %x %s", uuid, flags, event ? event : "");
    return client_events_register(&call, &request);
}

int virConnectDomainQemuMonitorEventDeregister(virConnectPtr conn, int callbackID)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_connect, conn, __func__) ||
        !call_need_not_negative(&call, callbackID, "callbackID"))
        return -1;
    return client_events_deregister(&call, MONITOR_EVENTS, callbackID);
}
