/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host/vsock_host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vhost.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/error.h"

#define DEVICE "/dev/vhost-vsock"

static gboolean take_number(int fd, guint64 cid)
{
    return ioctl(fd, VHOST_VSOCK_SET_GUEST_CID, &cid) == 0;
}

/* The kernel says which are taken. */
static gboolean choose_number(int fd, VsockDef *vsock)
{
    for (guint cid = VSOCK_CID_MIN; cid < G_MAXUINT32; cid++) {
        if (take_number(fd, cid)) {
            vsock->cid = cid;
            return TRUE;
        }
        if (errno != EADDRINUSE)
            return FALSE;
    }
    return FALSE;
}

static gboolean number(int fd, VsockDef *vsock, GError **error)
{
    if (vsock->is_auto == XML_BOOL_YES ? choose_number(fd, vsock) : take_number(fd, vsock->cid))
        return TRUE;
    vir_error_set_errno(error, VIR_FROM_QEMU, errno, "failed to set guest cid");
    return FALSE;
}

gboolean vsock_host_prepare(DomainDef *def, int *fd, GError **error)
{
    int opened;

    *fd = -1;
    if (def->vsocks->len == 0)
        return TRUE;
    opened = open(DEVICE, O_RDWR | O_CLOEXEC);
    if (opened < 0)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED, "unable to open vhost-vsock device");
    if (!number(opened, g_ptr_array_index(def->vsocks, 0), error)) {
        close(opened);
        return FALSE;
    }
    *fd = opened;
    return TRUE;
}
