/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a client may send: first byte 0, then whatever comes over the socket of a client that is allowed everything;
 * else (first byte 1 to 5) a program, two bytes with a procedure's number, and the body of its arguments (sixth bit
 * clear) or of its answer. A body that can be read must come out the same when it is written and read again.
 */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/log.h"
#include "daemon/admin/admin.h"
#include "daemon/connection/client.h"
#include "daemon/loop_post.h"
#include "rpc/listen_calls.h"
#include "rpc/lxc_calls.h"
#include "rpc/qemu_calls.h"

#define SOCKET_BYTES_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const RpcProgram *const programs[] = {&rpc_program_remote, &rpc_program_qemu, &rpc_program_lxc,
                                             &rpc_program_admin, &rpc_program_listen};

static void turn(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

/* A daemon whose driver answers nothing: all that is shared is here, and no call has an effect outside. */
static Daemon *make_daemon(void)
{
    static const DaemonDriver driver = {.name = "fuzzd", .type = "FUZZ", .uri_scheme = "fuzz", .object_kinds = ~0u};
    static QemuHandlers qemu;
    static Daemon daemon;

    if (daemon.driver)
        return &daemon;
    log_set_level(LOG_LEVEL_ERROR, NULL);
    daemon.driver = &driver;
    daemon.remote = daemon_remote_handlers;
    daemon.run_dir = g_strdup("/nowhere");
    daemon.poll = poll_set_get();
    loop_post_init();
    settings_init(&daemon.settings, FALSE);
    daemon.server = daemon_server_new(&daemon, "fuzzd", &daemon.settings.limits);
    daemon.admin = daemon_server_new(&daemon, "admin", &daemon.settings.admin_limits);
    daemon_server_add_program(daemon.server, &rpc_program_remote, &daemon.remote);
    daemon_server_add_program(daemon.server, &rpc_program_qemu, &qemu);
    return &daemon;
}

static void fuzz_socket(const uint8_t *data, size_t size)
{
    Daemon *daemon = make_daemon();
    DaemonService service = {.server = daemon->server};
    guint8 sink[4096];
    int fds[2];

    if (size > SOCKET_BYTES_MAX || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) < 0)
        return;
    daemon_client_new(&service, fds[0]);
    while (size > 0) {
        gssize n = send(fds[1], data, size, MSG_NOSIGNAL);

        turn();
        while (read(fds[1], sink, sizeof(sink)) > 0)
            turn();
        if (n <= 0)
            break;
        data += n;
        size -= n;
    }
    close(fds[1]);
    turn();
    g_assert_null(daemon->server->clients.head);
}

static void fuzz_body(const RpcProcedure *row, gboolean is_answer, const uint8_t *data, size_t size)
{
    xdrproc_t xdr = is_answer ? row->ret : row->args;
    gsize wire_size = is_answer ? row->ret_size : row->args_size;
    g_autofree gpointer wire = NULL, again = NULL;
    g_autoptr(RpcFrame) frame = NULL;
    RpcHeader header = {0};

    if (!xdr)
        return;
    wire = g_malloc0(wire_size);
    if (!rpc_body_decode(data, size, xdr, wire, NULL))
        return;
    frame = rpc_frame_encode(&header, xdr, wire, NULL, 0, NULL);
    xdr_free(xdr, wire);
    if (!frame)
        return; /* an embedded NUL can leave a string that may not be that short; nothing else can */
    again = g_malloc0(wire_size);
    g_assert_true(rpc_body_decode(frame->data + RPC_PREFIX_SIZE, frame->size - RPC_PREFIX_SIZE, xdr, again, NULL));
    xdr_free(xdr, again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const RpcProcedure *row;
    guint kind;

    if (size < 1)
        return 0;
    kind = data[0] & 31;
    if (kind == 0) {
        fuzz_socket(data + 1, size - 1);
        return 0;
    }
    if (kind > G_N_ELEMENTS(programs) || size < 3)
        return 0;
    row = rpc_program_find(programs[kind - 1], data[1] << 8 | data[2]);
    if (row)
        fuzz_body(row, (data[0] & 32) != 0, data + 3, size - 3);
    return 0;
}
