/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events of storage pools. */
#include "virsh/commands.h"
#include "virsh/event_text.h"
#include "virsh/event_wait.h"
#include "virsh/storage.h"

const Option pool_event_options[] = {
    {"pool", OPTION_STRING, FALSE, TRUE, COMPLETE_POOL, "only this pool's events"},
    {"event", OPTION_STRING, FALSE, FALSE, COMPLETE_POOL_EVENT, "which event to wait for"},
    EVENT_WAIT_OPTIONS,
    OPTION_END};

static void on_lifecycle(virConnectPtr connection, virStoragePoolPtr pool, int event, int detail, void *opaque)
{
    g_autofree char *more = g_strdup_printf(": %s", event_pool_text(event));

    event_wait_report(opaque, event_pool_names[VIR_STORAGE_POOL_EVENT_ID_LIFECYCLE], virStoragePoolGetName(pool), more,
                      event_wait_detail("type", event_pool_text(event)));
}

static void on_refresh(virConnectPtr connection, virStoragePoolPtr pool, void *opaque)
{
    event_wait_report(opaque, event_pool_names[VIR_STORAGE_POOL_EVENT_ID_REFRESH], virStoragePoolGetName(pool), "",
                      json_object_new_object());
}

static const virConnectStoragePoolEventGenericCallback callbacks[] = {
    [VIR_STORAGE_POOL_EVENT_ID_LIFECYCLE] = VIR_STORAGE_POOL_EVENT_CALLBACK(on_lifecycle),
    [VIR_STORAGE_POOL_EVENT_ID_REFRESH] = VIR_STORAGE_POOL_EVENT_CALLBACK(on_refresh),
};

static gboolean wait_for(Shell *shell, EventWait *wait, virStoragePoolPtr pool, int kind)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int));
    int id = virConnectStoragePoolEventRegisterAny(shell->connection, pool, kind, callbacks[kind], wait, NULL);

    if (id < 0)
        return shell_fail(shell, "failed to register for event '%s'", event_pool_names[kind]);
    g_array_append_val(ids, id);
    return event_wait_run(shell, wait, ids, virConnectStoragePoolEventDeregisterAny);
}

gboolean pool_event_run(Shell *shell, const Arguments *arguments)
{
    g_auto(EventWait) wait;
    const char *name = argument_string(arguments, "pool");
    g_autoptr(virStoragePool) pool = NULL;
    int kind;

    event_wait_init(&wait, arguments, "storage_pool", "storage pool %s");
    if (!event_wait_choose(shell, arguments, event_pool_names, &kind))
        return FALSE;
    if (kind < 0)
        return TRUE;
    if (!shell_connect(shell) || (name && !(pool = shell_pool(shell, name))))
        return FALSE;
    return wait_for(shell, &wait, pool, kind);
}
