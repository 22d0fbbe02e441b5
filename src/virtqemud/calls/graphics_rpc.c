/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: a connection to a guest's display by a descriptor, past the addresses that it listens on. */
#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/guest/call_job.h"

/* QEMU's name for the display's protocol. NULL: VIR_ERR_INTERNAL_ERROR, there is no such display; VIR_ERR_INVALID_ARG,
 * it has no clients. */
static const char *find_protocol(const DomainDef *def, guint index, GError **error)
{
    const GraphicsDef *graphics = index < def->graphics->len ? g_ptr_array_index(def->graphics, index) : NULL;

    if (graphics && (graphics->type == GRAPHICS_VNC || graphics->type == GRAPHICS_SPICE))
        return graphics_types[graphics->type];
    if (graphics && graphics->type == GRAPHICS_DBUS && graphics->is_p2p == XML_BOOL_YES)
        return "@dbus-display";
    if (graphics)
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG,
                      "Can only open VNC, SPICE or D-Bus p2p graphics backends, not %s",
                      graphics_types[graphics->type]);
    else
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "No graphics backend with index %u", index);
    return NULL;
}

static gboolean begin_open(CallJob *job, GError **error)
{
    job->text = g_strdup(find_protocol(job->guest->live, job->number, error));
    return job->text != NULL;
}

/* Gives QEMU job->fd as a client's connection. */
static gboolean run_open(CallJob *job, GError **error)
{
    g_autoptr(QmpBatch) batch = qmp_batch_new();
    json_object *arguments = json_object_new_object();

    qmp_batch_add_fd(batch, "graphicsfd", job->fd);
    json_add_string(arguments, "protocol", job->text);
    json_add_string(arguments, "fdname", "graphicsfd");
    json_add_bool(arguments, "skipauth", (job->flags & VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH) != 0);
    qmp_batch_add(batch, "add_client", arguments);
    return qmp_run(job->qmp, batch, QMP_TIMEOUT_MS, error);
}

static CallJob *open_job(RpcCall *call, Guest *guest, guint index, guint flags)
{
    CallJob *job = call_job_new(call, guest, TRUE);

    job->number = index;
    job->flags = flags;
    job->begin = begin_open;
    job->run = run_open;
    return job;
}

static gboolean open_graphics(RpcCall *call, const remote_domain_open_graphics_args *args, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);
    struct stat info;
    CallJob *job;
    int fd;

    if (!guest || !check_flags(args->flags, VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH, "virDomainOpenGraphics", error) ||
        !find_protocol(guest->live, args->idx, error))
        return FALSE;
    fd = rpc_call_n_fds(call) == 1 ? rpc_call_steal_fd(call, 0) : -1;
    if (fd < 0 || fstat(fd, &info) < 0 || !S_ISSOCK(info.st_mode)) {
        if (fd >= 0)
            close(fd);
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "the call needs one socket");
        return FALSE;
    }
    job = open_job(call, guest, args->idx, args->flags);
    job->fd = fd;
    call_job_push(job, "open graphics");
    return TRUE;
}

/* The pair's one end is QEMU's, the other travels with the answer. */
static gboolean run_open_pair(CallJob *job, GError **error)
{
    int pair[2];
    gboolean ok;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "cannot create a socket pair");
        return FALSE;
    }
    job->fd = pair[0];
    ok = run_open(job, error);
    close(pair[0]);
    job->fd = pair[1];
    return ok;
}

static gboolean answer_pair(CallJob *job, GError **error)
{
    rpc_call_add_reply_fd(job->call, job->fd);
    return TRUE;
}

static gboolean open_graphics_fd(RpcCall *call, const remote_domain_open_graphics_fd_args *args, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);
    CallJob *job;

    if (!guest || !check_flags(args->flags, VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH, "virDomainOpenGraphicsFD", error) ||
        !find_protocol(guest->live, args->idx, error))
        return FALSE;
    job = open_job(call, guest, args->idx, args->flags);
    job->run = run_open_pair;
    job->finish = answer_pair;
    call_job_push(job, "open graphics");
    return TRUE;
}

void graphics_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_open_graphics = open_graphics;
    handlers->domain_open_graphics_fd = open_graphics_fd;
}
