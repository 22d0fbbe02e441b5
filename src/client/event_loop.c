/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public event loop functions: they pass everything on to the loop that is registered. */
#include "client/event_loop.h"

#include <libvirt/virterror.h>

#include "client/report.h"

static RpcLoop registered;     /* written once, before is_registered */
static const RpcLoop *current; /* atomic pointer */

const RpcLoop *event_loop(void)
{
    return g_atomic_pointer_get(&current);
}

/* The loop, or NULL with an error when none is registered. */
static const RpcLoop *need_loop(void)
{
    const RpcLoop *loop = event_loop();

    if (!loop)
        report(NULL, VIR_FROM_EVENT, VIR_ERR_INTERNAL_ERROR, "%s", "no event loop implementation is registered");
    return loop;
}

void virEventRegisterImpl(virEventAddHandleFunc addHandle, virEventUpdateHandleFunc updateHandle,
                          virEventRemoveHandleFunc removeHandle, virEventAddTimeoutFunc addTimeout,
                          virEventUpdateTimeoutFunc updateTimeout, virEventRemoveTimeoutFunc removeTimeout)
{
    if (event_loop()) /* handles that are in the first one could not move */
        return;
    registered = (RpcLoop){.add_handle = addHandle,
                           .update_handle = updateHandle,
                           .remove_handle = removeHandle,
                           .add_timeout = addTimeout,
                           .update_timeout = updateTimeout,
                           .remove_timeout = removeTimeout};
    g_atomic_pointer_set(&current, &registered);
}

int virEventRegisterDefaultImpl(void)
{
    g_autoptr(GError) error = NULL;

    virResetLastError();
    if (!default_loop_init(&error)) {
        report_gerror(NULL, error);
        return -1;
    }
    virEventRegisterImpl(default_loop.add_handle, default_loop.update_handle, default_loop.remove_handle,
                         default_loop.add_timeout, default_loop.update_timeout, default_loop.remove_timeout);
    return 0;
}

int virEventRunDefaultImpl(void)
{
    g_autoptr(GError) error = NULL;

    virResetLastError();
    if (default_loop_run(&error))
        return 0;
    report_gerror(NULL, error);
    return -1;
}

int virEventAddHandle(int fd, int events, virEventHandleCallback cb, void *opaque, virFreeCallback ff)
{
    const RpcLoop *loop = need_loop();

    return loop ? loop->add_handle(fd, events, cb, opaque, ff) : -1;
}

void virEventUpdateHandle(int watch, int events)
{
    const RpcLoop *loop = need_loop();

    if (loop)
        loop->update_handle(watch, events);
}

int virEventRemoveHandle(int watch)
{
    const RpcLoop *loop = need_loop();

    return loop ? loop->remove_handle(watch) : -1;
}

int virEventAddTimeout(int timeout, virEventTimeoutCallback cb, void *opaque, virFreeCallback ff)
{
    const RpcLoop *loop = need_loop();

    return loop ? loop->add_timeout(timeout, cb, opaque, ff) : -1;
}

void virEventUpdateTimeout(int timer, int timeout)
{
    const RpcLoop *loop = need_loop();

    if (loop)
        loop->update_timeout(timer, timeout);
}

int virEventRemoveTimeout(int timer)
{
    const RpcLoop *loop = need_loop();

    return loop ? loop->remove_timeout(timer) : -1;
}
