/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The client's side of a connection against a daemon that this test plays itself, at the other end of a socketpair. */
#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/event_loop.h"
#include "common/error.h"
#include "rpc/lxc_calls.h"
#include "rpc/protocol/keepalive.h"
#include "rpc/remote_calls.h"
#include "rpc/rpc_client.h"
#include "rpc/rpc_client_stream.h"

/* ---- the daemon's end ---- */

typedef struct {
    RpcClient *client;
    int fd; /* the daemon's end */
    GMutex lock;
    GString *heard; /* what the handlers were told */
} Fixture;

static void on_event(RpcClient *client, const RpcHeader *header, const guint8 *body, gsize size, gpointer data)
{
    Fixture *f = data;

    g_mutex_lock(&f->lock);
    g_string_append_printf(f->heard, "event %d %zu;", header->procedure, size);
    g_mutex_unlock(&f->lock);
}

static void on_closed(RpcClient *client, int reason, gpointer data)
{
    Fixture *f = data;

    g_mutex_lock(&f->lock);
    g_string_append_printf(f->heard, "closed %d;", reason);
    g_mutex_unlock(&f->lock);
}

static const RpcClientHandlers handlers = {.event = on_event, .closed = on_closed};

static void setup(Fixture *f, gconstpointer data)
{
    int pair[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
    g_mutex_init(&f->lock);
    f->heard = g_string_new(NULL);
    f->fd = pair[1];
    f->client = rpc_client_new(rpc_transport_new_fd(pair[0]));
    rpc_client_set_handlers(f->client, &handlers, f);
}

static void teardown(Fixture *f, gconstpointer data)
{
    rpc_client_set_handlers(f->client, NULL, NULL);
    rpc_client_close(f->client);
    rpc_client_unref(f->client);
    if (f->fd >= 0)
        close(f->fd);
    g_string_free(f->heard, TRUE);
    g_mutex_clear(&f->lock);
}

static void read_all(int fd, void *data, gsize size)
{
    for (gsize done = 0; done < size;) {
        ssize_t n = read(fd, (char *)data + done, size - done);
        g_assert_cmpint(n, >, 0);
        done += n;
    }
}

static void write_all(int fd, const void *data, gsize size)
{
    for (gsize done = 0; done < size;) {
        ssize_t n = write(fd, (const char *)data + done, size - done);
        g_assert_cmpint(n, >, 0);
        done += n;
    }
}

/* Reads one frame; its body is the caller's. */
static GBytes *read_frame(int fd, RpcHeader *header)
{
    guint8 prefix[RPC_PREFIX_SIZE];
    gsize size;
    guint8 *body;

    read_all(fd, prefix, sizeof(prefix));
    g_assert_true(rpc_length_decode(prefix, &size));
    rpc_header_decode(prefix + RPC_LENGTH_SIZE, header);
    body = g_malloc(size - RPC_PREFIX_SIZE + 1);
    read_all(fd, body, size - RPC_PREFIX_SIZE);
    return g_bytes_new_take(body, size - RPC_PREFIX_SIZE);
}

static void expect_frame(int fd, RpcHeader *header)
{
    g_bytes_unref(read_frame(fd, header));
}

static void send_frame(int fd, const RpcHeader *like, guint32 type, guint32 status, const void *bytes, gsize size)
{
    RpcHeader header = *like;
    g_autoptr(RpcFrame) frame = NULL;

    header.type = type;
    header.status = status;
    frame = rpc_frame_encode_bytes(&header, bytes, size);
    write_all(fd, frame->data, frame->size);
}

static void send_xdr(int fd, const RpcHeader *like, guint32 type, guint32 status, xdrproc_t xdr, const void *body)
{
    RpcHeader header = *like;
    g_autoptr(RpcFrame) frame = NULL;

    header.type = type;
    header.status = status;
    frame = rpc_frame_encode(&header, xdr, body, NULL, 0, NULL);
    write_all(fd, frame->data, frame->size);
}

/* Answers a CONNECT_SUPPORTS_FEATURE with number. */
static void answer(int fd, const RpcHeader *call, int number)
{
    remote_connect_supports_feature_ret ret = {.supported = number};

    send_xdr(fd, call, VIR_NET_REPLY, VIR_NET_OK, (xdrproc_t)xdr_remote_connect_supports_feature_ret, &ret);
}

static int asked_number(GBytes *body)
{
    gsize size;
    const guint8 *data = g_bytes_get_data(body, &size);
    remote_connect_supports_feature_args args = {0};

    g_assert_true(rpc_body_decode(data, size, (xdrproc_t)xdr_remote_connect_supports_feature_args, &args, NULL));
    return args.feature;
}

/* ---- a caller on a thread of its own ---- */

typedef struct {
    RpcClient *client;
    int number;
    int timeout_ms;
    int result; /* -1: failed */
    GError *error;
    GThread *thread;
} Caller;

static gpointer caller_run(gpointer data)
{
    Caller *caller = data;
    remote_connect_supports_feature_args args = {.feature = caller->number};
    remote_connect_supports_feature_ret ret = {0};

    caller->result = -1;
    if (rpc_client_call(caller->client, &rpc_program_remote, REMOTE_PROC_CONNECT_SUPPORTS_FEATURE, &args, &ret,
                        caller->timeout_ms, &caller->error))
        caller->result = ret.supported;
    return NULL;
}

static Caller *caller_start(Fixture *f, int number)
{
    Caller *caller = g_new0(Caller, 1);

    caller->client = f->client;
    caller->number = number;
    caller->thread = g_thread_new("caller", caller_run, caller);
    return caller;
}

/* Waits for the caller and checks what it got; text is the error's or NULL. */
static void caller_end(Caller *caller, int result, const char *text)
{
    g_thread_join(caller->thread);
    if (text) {
        g_assert_nonnull(caller->error);
        g_assert_nonnull(strstr(caller->error->message, text));
    } else {
        g_assert_no_error(caller->error);
    }
    g_assert_cmpint(caller->result, ==, result);
    g_clear_error(&caller->error);
    g_free(caller);
}

/* ---- calls ---- */

static void test_call(Fixture *f, gconstpointer data)
{
    Caller *caller = caller_start(f, 42);
    RpcHeader header;
    g_autoptr(GBytes) body = read_frame(f->fd, &header);

    g_assert_cmphex(header.program, ==, REMOTE_PROGRAM);
    g_assert_cmpint(header.procedure, ==, REMOTE_PROC_CONNECT_SUPPORTS_FEATURE);
    g_assert_cmpint(header.type, ==, VIR_NET_CALL);
    g_assert_cmpint(asked_number(body), ==, 42);
    answer(f->fd, &header, 7);
    caller_end(caller, 7, NULL);
}

static void test_out_of_order(Fixture *f, gconstpointer data)
{
    enum { N = 5 };
    Caller *callers[N];
    RpcHeader headers[N];
    int asked[N];

    for (int i = 0; i < N; i++)
        callers[i] = caller_start(f, i);
    for (int i = 0; i < N; i++) {
        g_autoptr(GBytes) body = read_frame(f->fd, &headers[i]);
        asked[i] = asked_number(body);
    }
    for (int i = N - 1; i >= 0; i--)
        answer(f->fd, &headers[i], asked[i] + 100);
    for (int i = 0; i < N; i++)
        caller_end(callers[i], i + 100, NULL);
}

/* A reply that arrives in single bytes. */
static void test_pieces(Fixture *f, gconstpointer data)
{
    Caller *caller = caller_start(f, 1);
    guint8 bytes[RPC_PREFIX_SIZE + 4] = {0};
    RpcHeader header;

    expect_frame(f->fd, &header);
    header.type = VIR_NET_REPLY;
    rpc_prefix_encode(bytes, sizeof(bytes), &header);
    bytes[sizeof(bytes) - 1] = 9;
    for (gsize i = 0; i < sizeof(bytes); i++) {
        write_all(f->fd, bytes + i, 1);
        g_usleep(100);
    }
    caller_end(caller, 9, NULL);
}

typedef struct {
    int fd;
    const char *name;
} NameServer;

static gpointer serve_name(gpointer data)
{
    NameServer *server = data;
    remote_connect_get_hostname_ret ret = {.hostname = (char *)server->name};
    RpcHeader header;

    expect_frame(server->fd, &header);
    send_xdr(server->fd, &header, VIR_NET_REPLY, VIR_NET_OK, (xdrproc_t)xdr_remote_connect_get_hostname_ret, &ret);
    return NULL;
}

static void test_large(Fixture *f, gconstpointer data)
{
    g_autofree char *name = g_strnfill(3000000, 'x');
    NameServer server = {f->fd, name};
    GThread *thread = g_thread_new("daemon", serve_name, &server);
    remote_connect_get_hostname_ret ret = {0};
    g_autoptr(GError) error = NULL;

    g_assert_true(
        rpc_client_call(f->client, &rpc_program_remote, REMOTE_PROC_CONNECT_GET_HOSTNAME, NULL, &ret, 0, &error));
    g_assert_cmpstr(ret.hostname, ==, name);
    g_free(ret.hostname);
    g_thread_join(thread);
}

enum { N_CALLERS = 8, N_CALLS = 200 };

static gboolean can_read(int fd, int timeout_ms)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

    return poll(&poll_fd, 1, timeout_ms) > 0;
}

/* Answers until the end; every third time it takes two calls, if there are two, and answers the second first. */
static gpointer echo_numbers(gpointer data)
{
    int fd = GPOINTER_TO_INT(data);

    for (int left = N_CALLERS * N_CALLS; left > 0; left--) {
        RpcHeader first, second;
        g_autoptr(GBytes) first_body = read_frame(fd, &first);

        if (left % 3 == 0 && left > 1 && can_read(fd, 1)) {
            g_autoptr(GBytes) second_body = read_frame(fd, &second);
            answer(fd, &second, asked_number(second_body));
            left--;
        }
        answer(fd, &first, asked_number(first_body));
    }
    return NULL;
}

static gpointer call_often(gpointer data)
{
    Caller *caller = data;

    for (int i = 0; i < N_CALLS; i++) {
        caller->number = caller->number % 100000 + 7;
        caller_run(caller);
        g_assert_no_error(caller->error);
        g_assert_cmpint(caller->result, ==, caller->number);
    }
    return NULL;
}

static void test_many_callers(Fixture *f, gconstpointer data)
{
    GThread *server = g_thread_new("daemon", echo_numbers, GINT_TO_POINTER(f->fd));
    Caller callers[N_CALLERS] = {0};

    for (int i = 0; i < N_CALLERS; i++) {
        callers[i].client = f->client;
        callers[i].number = i * 1000;
        callers[i].thread = g_thread_new("caller", call_often, &callers[i]);
    }
    for (int i = 0; i < N_CALLERS; i++)
        g_thread_join(callers[i].thread);
    g_thread_join(server);
}

static void test_daemon_error(Fixture *f, gconstpointer data)
{
    Caller *caller = caller_start(f, 1);
    char *message = (char *)"Domain not found: no domain with matching name 'x'";
    char *format = (char *)"Domain not found: %s", *detail = (char *)"no domain with matching name 'x'";
    virNetMessageError failure = {.code = VIR_ERR_NO_DOMAIN,
                                  .domain = VIR_FROM_QEMU,
                                  .message = &message,
                                  .level = VIR_ERR_ERROR,
                                  .str1 = &format,
                                  .str2 = &detail};
    RpcHeader header;

    expect_frame(f->fd, &header);
    send_xdr(f->fd, &header, VIR_NET_REPLY, VIR_NET_ERROR, (xdrproc_t)xdr_virNetMessageError, &failure);
    g_thread_join(caller->thread);
    g_assert_true(vir_error_is(caller->error, VIR_ERR_NO_DOMAIN));
    g_assert_cmpint(vir_error_domain(caller->error), ==, VIR_FROM_QEMU);
    g_assert_cmpstr(caller->error->message, ==, detail);
    g_clear_error(&caller->error);
    g_free(caller);
}

static void test_timeout(Fixture *f, gconstpointer data)
{
    Caller caller = {.client = f->client, .number = 1, .timeout_ms = 50};
    Caller *next;
    RpcHeader late, header;

    caller_run(&caller);
    g_assert_true(vir_error_is(caller.error, VIR_ERR_OPERATION_TIMEOUT));
    g_clear_error(&caller.error);
    expect_frame(f->fd, &late);
    answer(f->fd, &late, 1); /* too late: nobody's any more, and no harm */
    next = caller_start(f, 2);
    expect_frame(f->fd, &header);
    answer(f->fd, &header, 2);
    caller_end(next, 2, NULL);
}

static void test_end_of_daemon(Fixture *f, gconstpointer data)
{
    Caller *a = caller_start(f, 1), *b = caller_start(f, 2);
    RpcHeader header;

    expect_frame(f->fd, &header);
    expect_frame(f->fd, &header);
    close(f->fd);
    f->fd = -1;
    caller_end(a, -1, "End of file while reading data: Input/output error");
    caller_end(b, -1, "End of file while reading data: Input/output error");
    g_assert_false(rpc_client_is_open(f->client));
    caller_end(caller_start(f, 3), -1, "client socket is closed");
    g_assert_cmpstr(f->heard->str, ==, "closed 1;");
}

static void test_close_wakes(Fixture *f, gconstpointer data)
{
    Caller *caller = caller_start(f, 1);
    RpcHeader header;

    expect_frame(f->fd, &header);
    rpc_client_close(f->client);
    caller_end(caller, -1, "client socket is closed");
    g_assert_cmpstr(f->heard->str, ==, ""); /* whoever closes knows it */
}

static void test_bad_frames(Fixture *f, gconstpointer data)
{
    static const guint32 lengths[] = {0, 3, 27, 0x02000005, 0xffffffff};

    for (gsize i = 0; i < G_N_ELEMENTS(lengths); i++) {
        guint8 bytes[RPC_PREFIX_SIZE] = {0};
        guint32 word = GUINT32_TO_BE(lengths[i]);
        RpcHeader header;
        Caller *caller;

        if (i > 0)
            setup(f, NULL);
        caller = caller_start(f, 1);
        expect_frame(f->fd, &header);
        memcpy(bytes, &word, sizeof(word));
        write_all(f->fd, bytes, sizeof(bytes));
        caller_end(caller, -1, "impossible length");
        if (i + 1 < G_N_ELEMENTS(lengths))
            teardown(f, NULL);
    }
}

static void test_bad_type(Fixture *f, gconstpointer data)
{
    Caller *caller = caller_start(f, 1);
    RpcHeader header;

    expect_frame(f->fd, &header);
    send_frame(f->fd, &header, 9, VIR_NET_OK, NULL, 0);
    caller_end(caller, -1, "unexpected RPC message type");
    g_assert_cmpstr(f->heard->str, ==, "closed 0;");
}

static void test_bad_body(Fixture *f, gconstpointer data)
{
    Caller *caller = caller_start(f, 1);
    RpcHeader header;

    expect_frame(f->fd, &header);
    send_frame(f->fd, &header, VIR_NET_REPLY, VIR_NET_OK, "ab", 2);
    caller_end(caller, -1, "Unable to decode message payload");
    g_assert_true(rpc_client_is_open(f->client)); /* the frame was whole, so the connection is */
}

/* ---- events and signs of life ---- */

static void test_event_and_ping(Fixture *f, gconstpointer data)
{
    Caller *caller = caller_start(f, 1);
    RpcHeader header, pong;
    RpcHeader ping = {.program = KEEPALIVE_PROGRAM, .version = 1, .procedure = KEEPALIVE_PROC_PING};
    RpcHeader event = {.program = REMOTE_PROGRAM, .version = 1, .procedure = REMOTE_PROC_DOMAIN_EVENT_CALLBACK_REBOOT};

    expect_frame(f->fd, &header);
    send_frame(f->fd, &ping, VIR_NET_MESSAGE, VIR_NET_OK, NULL, 0);
    send_frame(f->fd, &event, VIR_NET_MESSAGE, VIR_NET_OK, "12345678", 8);
    expect_frame(f->fd, &pong);
    g_assert_cmphex(pong.program, ==, KEEPALIVE_PROGRAM);
    g_assert_cmpint(pong.procedure, ==, KEEPALIVE_PROC_PONG);
    answer(f->fd, &header, 1);
    caller_end(caller, 1, NULL);
    g_assert_cmpstr(f->heard->str, ==, "event 319 8;");
}

static gpointer run_loop(gpointer stop)
{
    while (!g_atomic_int_get((gint *)stop)) {
        g_autoptr(GError) error = NULL;
        g_assert_true(default_loop_run(&error));
    }
    return NULL;
}

static void tick(int timer, void *opaque)
{
}

/* The loop in a thread of its own, with a timer so that it notices when it is to stop. */
static void test_loop_reads(Fixture *f, gconstpointer data)
{
    RpcHeader event = {.program = REMOTE_PROGRAM, .version = 1, .procedure = REMOTE_PROC_DOMAIN_EVENT_CALLBACK_REBOOT};
    gint stop = FALSE;
    GThread *loop;
    RpcHeader header;
    Caller *caller;
    int timer;

    g_assert_true(default_loop_init(NULL));
    timer = default_loop.add_timeout(10, tick, NULL, NULL);
    g_assert_true(rpc_client_attach_loop(f->client, &default_loop, NULL));
    loop = g_thread_new("loop", run_loop, &stop);

    send_frame(f->fd, &event, VIR_NET_MESSAGE, VIR_NET_OK, "1234", 4);
    for (int i = 0; i < 500; i++) {
        g_mutex_lock(&f->lock);
        if (f->heard->len)
            i = 500;
        g_mutex_unlock(&f->lock);
        g_usleep(10000);
    }
    g_assert_cmpstr(f->heard->str, ==, "event 319 4;");
    caller = caller_start(f, 5); /* calls read for themselves beside a loop */
    expect_frame(f->fd, &header);
    answer(f->fd, &header, 5);
    caller_end(caller, 5, NULL);

    rpc_client_close(f->client);
    g_atomic_int_set(&stop, TRUE);
    g_thread_join(loop);
    default_loop.remove_timeout(timer);
    g_assert_true(default_loop_run(NULL)); /* frees what was removed */
}

/* A daemon that is there but silent: asked once, then given up. Without the loop running, the caller does it. */
static void test_keepalive(Fixture *f, gconstpointer data)
{
    Caller *caller;
    RpcHeader header;

    g_assert_true(default_loop_init(NULL));
    g_assert_true(rpc_client_attach_loop(f->client, &default_loop, NULL));
    g_assert_true(rpc_client_set_keepalive(f->client, 1, 1, NULL));
    caller = caller_start(f, 1);
    expect_frame(f->fd, &header);
    expect_frame(f->fd, &header);
    g_assert_cmphex(header.program, ==, KEEPALIVE_PROGRAM);
    g_assert_cmpint(header.procedure, ==, KEEPALIVE_PROC_PING);
    caller_end(caller, -1, "connection closed due to keepalive timeout");
    g_assert_cmpstr(f->heard->str, ==, "closed 2;");
    g_assert_true(default_loop_run(NULL));
}

static void test_keepalive_needs_loop(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(rpc_client_set_keepalive(f->client, 1, 1, &error));
    g_assert_true(vir_error_is(error, VIR_ERR_INTERNAL_ERROR));
}

/* ---- descriptors ---- */

/* Sends fd behind a frame, as the wire has it: one zero byte that carries it. */
static void send_fd(int to, int fd)
{
    RpcTransport *transport = rpc_transport_new_fd(dup(to));

    g_assert_cmpint(rpc_transport_write_fd(transport, fd, NULL), ==, 1);
    rpc_transport_free(transport);
}

static gpointer serve_fds(gpointer data)
{
    int fd = GPOINTER_TO_INT(data);
    static const guint8 count[] = {0, 0, 0, 2};
    RpcHeader header;
    int pipe_fds[2];

    expect_frame(fd, &header);
    g_assert_cmpint(pipe(pipe_fds), ==, 0);
    send_frame(fd, &header, VIR_NET_REPLY_WITH_FDS, VIR_NET_OK, count, sizeof(count));
    send_fd(fd, pipe_fds[0]);
    send_fd(fd, pipe_fds[1]);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    return NULL;
}

static void test_fds_received(Fixture *f, gconstpointer data)
{
    GThread *thread = g_thread_new("daemon", serve_fds, GINT_TO_POINTER(f->fd));
    lxc_domain_open_namespace_args args = {.dom = {.name = (char *)"x"}};
    RpcClientCall call = {.program = &rpc_program_lxc, .procedure = LXC_PROC_DOMAIN_OPEN_NAMESPACE, .args = &args};
    g_autoptr(GError) error = NULL;
    char byte = 0;

    g_assert_true(rpc_client_run(f->client, &call, &error));
    g_thread_join(thread);
    g_assert_cmpuint(call.n_reply_fds, ==, 2);
    g_assert_cmpint(write(call.reply_fds[1], "!", 1), ==, 1);
    g_assert_cmpint(read(call.reply_fds[0], &byte, 1), ==, 1);
    g_assert_cmpint(byte, ==, '!');
    g_assert_cmpint(fcntl(call.reply_fds[0], F_GETFD) & FD_CLOEXEC, !=, 0);
    close(call.reply_fds[0]);
    close(call.reply_fds[1]);
    g_free(call.reply_fds);
}

static gpointer take_fds(gpointer data)
{
    int fd = GPOINTER_TO_INT(data);
    g_autoptr(GArray) fds = g_array_new(FALSE, FALSE, sizeof(int));
    RpcTransport *transport = rpc_transport_new_fd(dup(fd));
    gboolean at_end = FALSE;
    RpcHeader header;
    char byte;

    expect_frame(fd, &header);
    g_assert_cmpint(header.type, ==, VIR_NET_CALL_WITH_FDS);
    g_assert_cmpint(rpc_transport_read(transport, &byte, 1, TRUE, fds, &at_end, NULL), ==, 1);
    g_assert_cmpuint(fds->len, ==, 1);
    g_assert_cmpint(write(g_array_index(fds, int, 0), "?", 1), ==, 1);
    close(g_array_index(fds, int, 0));
    rpc_transport_free(transport);
    send_frame(fd, &header, VIR_NET_REPLY, VIR_NET_OK, NULL, 0);
    return NULL;
}

static void test_fds_sent(Fixture *f, gconstpointer data)
{
    GThread *thread = g_thread_new("daemon", take_fds, GINT_TO_POINTER(f->fd));
    remote_domain_open_graphics_args args = {.dom = {.name = (char *)"x"}};
    int pipe_fds[2];
    RpcClientCall call = {.program = &rpc_program_remote,
                          .procedure = REMOTE_PROC_DOMAIN_OPEN_GRAPHICS,
                          .args = &args,
                          .fds = &pipe_fds[1],
                          .n_fds = 1};
    char byte = 0;

    g_assert_cmpint(pipe(pipe_fds), ==, 0);
    g_assert_true(rpc_client_run(f->client, &call, NULL));
    g_thread_join(thread);
    g_assert_cmpint(read(pipe_fds[0], &byte, 1), ==, 1);
    g_assert_cmpint(byte, ==, '?');
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}

/* ---- streams ---- */

/* Opens a stream by a volume download; the daemon's thread gets the call first. */
static RpcClientStream *stream_open(Fixture *f, GThreadFunc daemon, GThread **thread)
{
    RpcClientStream *stream = rpc_client_stream_new(f->client, TRUE);
    remote_storage_vol_download_args args = {.vol = {(char *)"p", (char *)"n", (char *)"k"}};
    RpcClientCall call = {
        .program = &rpc_program_remote, .procedure = REMOTE_PROC_STORAGE_VOL_DOWNLOAD, .args = &args, .stream = stream};
    g_autoptr(GError) error = NULL;

    *thread = g_thread_new("daemon", daemon, GINT_TO_POINTER(f->fd));
    g_assert_true(rpc_client_run(f->client, &call, &error));
    return stream;
}

static gpointer send_sparse(gpointer data)
{
    int fd = GPOINTER_TO_INT(data);
    virNetStreamHole hole = {.length = 10};
    RpcHeader header;

    expect_frame(fd, &header);
    send_frame(fd, &header, VIR_NET_STREAM, VIR_NET_CONTINUE, "early", 5); /* may come before the reply */
    send_frame(fd, &header, VIR_NET_REPLY, VIR_NET_OK, NULL, 0);
    send_xdr(fd, &header, VIR_NET_STREAM_HOLE, VIR_NET_CONTINUE, (xdrproc_t)xdr_virNetStreamHole, &hole);
    send_frame(fd, &header, VIR_NET_STREAM, VIR_NET_CONTINUE, "data", 4);
    send_frame(fd, &header, VIR_NET_STREAM, VIR_NET_CONTINUE, NULL, 0);
    expect_frame(fd, &header);
    g_assert_cmpint(header.type, ==, VIR_NET_STREAM);
    g_assert_cmpint(header.status, ==, VIR_NET_OK);
    send_frame(fd, &header, VIR_NET_STREAM, VIR_NET_OK, NULL, 0);
    return NULL;
}

static void test_stream_receive(Fixture *f, gconstpointer data)
{
    GThread *thread;
    g_autoptr(RpcClientStream) stream = stream_open(f, send_sparse, &thread);
    char buffer[64];
    gint64 length = 0;

    g_assert_cmpint(rpc_client_stream_receive(stream, buffer, 3, TRUE, TRUE, NULL), ==, 3);
    g_assert_cmpmem(buffer, 3, "ear", 3);
    g_assert_cmpint(rpc_client_stream_receive(stream, buffer, 64, TRUE, TRUE, NULL), ==, 2);
    g_assert_cmpint(rpc_client_stream_receive(stream, buffer, 64, TRUE, TRUE, NULL), ==, RPC_STREAM_AT_HOLE);
    g_assert_cmpint(rpc_client_stream_receive(stream, buffer, 4, FALSE, TRUE, NULL), ==, 4); /* the hole as zeros */
    g_assert_cmpmem(buffer, 4, "\0\0\0\0", 4);
    g_assert_cmpint(rpc_client_stream_receive_hole(stream, &length, NULL), ==, 0);
    g_assert_cmpint(length, ==, 6);
    g_assert_cmpint(rpc_client_stream_receive(stream, buffer, 64, TRUE, TRUE, NULL), ==, 4);
    g_assert_cmpint(rpc_client_stream_receive(stream, buffer, 64, TRUE, TRUE, NULL), ==, 0);
    g_assert_cmpint(rpc_client_stream_ready(stream) & VIR_STREAM_EVENT_READABLE, !=, 0);
    g_assert_true(rpc_client_stream_finish(stream, NULL));
    g_thread_join(thread);
}

static gpointer take_sparse(gpointer data)
{
    int fd = GPOINTER_TO_INT(data);
    RpcHeader header;
    gsize total = 0;

    expect_frame(fd, &header);
    send_frame(fd, &header, VIR_NET_REPLY, VIR_NET_OK, NULL, 0);
    for (;;) {
        g_autoptr(GBytes) body = read_frame(fd, &header);
        if (header.type == VIR_NET_STREAM_HOLE || header.status == VIR_NET_OK)
            break;
        g_assert_cmpuint(g_bytes_get_size(body), <=, RPC_STREAM_DATA_MAX);
        total += g_bytes_get_size(body);
    }
    g_assert_cmpuint(total, ==, 1000000);
    g_assert_cmpint(header.type, ==, VIR_NET_STREAM_HOLE);
    expect_frame(fd, &header);
    g_assert_cmpint(header.status, ==, VIR_NET_OK);
    send_frame(fd, &header, VIR_NET_STREAM, VIR_NET_OK, NULL, 0);
    return NULL;
}

static void test_stream_send(Fixture *f, gconstpointer data)
{
    GThread *thread;
    g_autoptr(RpcClientStream) stream = stream_open(f, take_sparse, &thread);
    g_autofree char *bytes = g_malloc0(1000000);

    for (int done = 0; done < 1000000;) {
        int sent = rpc_client_stream_send(stream, bytes + done, 1000000 - done, TRUE, NULL);
        g_assert_cmpint(sent, >, 0);
        done += sent;
    }
    g_assert_cmpint(rpc_client_stream_send_hole(stream, 4096, TRUE, NULL), ==, 0);
    g_assert_true(rpc_client_stream_finish(stream, NULL));
    g_thread_join(thread);
}

static gpointer fail_stream(gpointer data)
{
    int fd = GPOINTER_TO_INT(data);
    char *message = (char *)"disk full";
    virNetMessageError failure = {
        .code = VIR_ERR_SYSTEM_ERROR, .domain = VIR_FROM_STORAGE, .message = &message, .level = 2};
    RpcHeader header;

    expect_frame(fd, &header);
    send_frame(fd, &header, VIR_NET_REPLY, VIR_NET_OK, NULL, 0);
    send_xdr(fd, &header, VIR_NET_STREAM, VIR_NET_ERROR, (xdrproc_t)xdr_virNetMessageError, &failure);
    return NULL;
}

static void test_stream_error(Fixture *f, gconstpointer data)
{
    GThread *thread;
    g_autoptr(RpcClientStream) stream = stream_open(f, fail_stream, &thread);
    g_autoptr(GError) error = NULL;
    char byte;

    g_assert_cmpint(rpc_client_stream_receive(stream, &byte, 1, FALSE, TRUE, &error), ==, RPC_STREAM_FAILED);
    g_assert_true(vir_error_is(error, VIR_ERR_SYSTEM_ERROR));
    g_assert_cmpstr(*rpc_client_stream_failure(stream)->message, ==, "disk full");
    g_assert_false(rpc_client_stream_finish(stream, NULL));
    g_thread_join(thread);
}

static gpointer stream_forever(gpointer data)
{
    int fd = GPOINTER_TO_INT(data);
    RpcHeader header, end;

    expect_frame(fd, &header);
    send_frame(fd, &header, VIR_NET_REPLY, VIR_NET_OK, NULL, 0);
    for (int i = 0; i < 100; i++)
        send_frame(fd, &header, VIR_NET_STREAM, VIR_NET_CONTINUE, "more", 4);
    expect_frame(fd, &end);
    g_assert_cmpint(end.status, ==, VIR_NET_ERROR);
    send_frame(fd, &header, VIR_NET_STREAM, VIR_NET_CONTINUE, "still", 5);
    send_frame(fd, &header, VIR_NET_STREAM, VIR_NET_OK, NULL, 0);
    return NULL;
}

static void test_stream_abort(Fixture *f, gconstpointer data)
{
    GThread *thread;
    g_autoptr(RpcClientStream) stream = stream_open(f, stream_forever, &thread);
    char byte;

    g_assert_cmpint(rpc_client_stream_receive(stream, &byte, 1, FALSE, TRUE, NULL), ==, 1);
    g_assert_true(rpc_client_stream_abort(stream, NULL));
    g_assert_cmpint(rpc_client_stream_receive(stream, &byte, 1, FALSE, TRUE, NULL), ==, RPC_STREAM_FAILED);
    g_thread_join(thread);
}

static gpointer open_and_wait(gpointer data)
{
    int fd = GPOINTER_TO_INT(data);
    RpcHeader header;

    expect_frame(fd, &header);
    send_frame(fd, &header, VIR_NET_REPLY, VIR_NET_OK, NULL, 0);
    expect_frame(fd, &header); /* the abort of a stream that was let go */
    g_assert_cmpint(header.status, ==, VIR_NET_ERROR);
    return NULL;
}

static void test_stream_nonblock_and_let_go(Fixture *f, gconstpointer data)
{
    GThread *thread;
    RpcClientStream *stream = stream_open(f, open_and_wait, &thread);
    char byte;

    g_assert_cmpint(rpc_client_stream_receive(stream, &byte, 1, FALSE, FALSE, NULL), ==, RPC_STREAM_WOULD_BLOCK);
    rpc_client_stream_unref(stream);
    g_thread_join(thread);
}

/* More than is ever kept, while the only one who reads waits for something else. */
static gpointer flood(gpointer data)
{
    int fd = GPOINTER_TO_INT(data);
    g_autofree guint8 *bytes = g_malloc0(RPC_STREAM_DATA_MAX);
    RpcHeader header, call;

    expect_frame(fd, &header);
    send_frame(fd, &header, VIR_NET_REPLY, VIR_NET_OK, NULL, 0);
    expect_frame(fd, &call);
    for (gsize sent = 0; sent <= 65 * 1024 * 1024; sent += RPC_STREAM_DATA_MAX)
        send_frame(fd, &header, VIR_NET_STREAM, VIR_NET_CONTINUE, bytes, RPC_STREAM_DATA_MAX);
    answer(fd, &call, 1);
    return NULL;
}

static void test_stream_flood(Fixture *f, gconstpointer data)
{
    GThread *thread;
    g_autoptr(RpcClientStream) stream = stream_open(f, flood, &thread);
    g_autoptr(GError) error = NULL;
    char byte;

    caller_end(caller_start(f, 1), 1, NULL); /* the call is not harmed */
    g_assert_cmpint(rpc_client_stream_receive(stream, &byte, 1, FALSE, TRUE, &error), ==, RPC_STREAM_FAILED);
    g_assert_true(vir_error_is(error, VIR_ERR_RPC));
    g_thread_join(thread);
}

#define ADD(name, function) g_test_add("/rpc-client/" name, Fixture, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("call", test_call);
    ADD("out-of-order", test_out_of_order);
    ADD("pieces", test_pieces);
    ADD("large", test_large);
    ADD("many-callers", test_many_callers);
    ADD("daemon-error", test_daemon_error);
    ADD("timeout", test_timeout);
    ADD("end-of-daemon", test_end_of_daemon);
    ADD("close-wakes", test_close_wakes);
    ADD("bad-frames", test_bad_frames);
    ADD("bad-type", test_bad_type);
    ADD("bad-body", test_bad_body);
    ADD("event-and-ping", test_event_and_ping);
    ADD("loop-reads", test_loop_reads);
    ADD("keepalive", test_keepalive);
    ADD("keepalive-needs-loop", test_keepalive_needs_loop);
    ADD("fds-received", test_fds_received);
    ADD("fds-sent", test_fds_sent);
    ADD("stream-receive", test_stream_receive);
    ADD("stream-send", test_stream_send);
    ADD("stream-error", test_stream_error);
    ADD("stream-abort", test_stream_abort);
    ADD("stream-nonblock-and-let-go", test_stream_nonblock_and_let_go);
    ADD("stream-flood", test_stream_flood);
    return g_test_run();
}
