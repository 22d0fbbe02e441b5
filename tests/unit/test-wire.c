/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A wire against a socket pair: frames in pieces, frames that are none, descriptors, bounded queues. */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/connection/wire.h"

typedef struct {
    PollSet *poll;
    Wire *wire;
    int peer;
    guint frames;
    guint refusals; /* frames to refuse before one is taken */
    guint fds;
    gsize last_size;
    gboolean is_closed;
    char *reason;
    guint drained;
} Fixture;

static gboolean on_frame(Wire *wire, WireFrame *frame, gpointer data)
{
    Fixture *f = data;

    if (f->refusals > 0) {
        f->refusals--;
        return FALSE;
    }
    f->frames++;
    f->fds += frame->n_fds;
    f->last_size = frame->size;
    return TRUE;
}

static void on_closed(Wire *wire, const char *reason, gpointer data)
{
    Fixture *f = data;

    f->is_closed = TRUE;
    f->reason = g_strdup(reason);
}

static void on_drained(Wire *wire, gpointer data)
{
    ((Fixture *)data)->drained++;
}

static const WireOps ops = {.frame = on_frame, .closed = on_closed, .drained = on_drained};

static void set_up(Fixture *f, gconstpointer data)
{
    int fds[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
    f->poll = poll_set_get();
    f->peer = fds[1];
    f->wire = wire_new(f->poll, fds[0], &ops, f);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    wire_free(f->wire);
    if (f->peer >= 0)
        close(f->peer);
    g_free(f->reason);
}

static void turn(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

static void say(Fixture *f, const void *data, gsize size)
{
    g_assert_cmpint(write(f->peer, data, size), ==, (gssize)size);
    turn();
}

static void make_frame(guint8 *data, gsize size, guint32 type)
{
    RpcHeader header = {.program = 1, .version = 1, .procedure = 1, .type = type};

    memset(data, 0, size);
    rpc_prefix_encode(data, size, &header);
}

static void test_pieces(Fixture *f, gconstpointer data)
{
    guint8 frame[40];

    make_frame(frame, sizeof(frame), VIR_NET_CALL);
    for (gsize i = 0; i < sizeof(frame); i++) {
        g_assert_cmpuint(f->frames, ==, 0);
        say(f, frame + i, 1);
    }
    g_assert_cmpuint(f->frames, ==, 1);
    g_assert_cmpuint(f->last_size, ==, sizeof(frame));
}

static void test_many_at_once(Fixture *f, gconstpointer data)
{
    guint8 frames[100 * 28];

    for (gsize i = 0; i < sizeof(frames); i += 28)
        make_frame(frames + i, 28, VIR_NET_CALL);
    say(f, frames, sizeof(frames));
    g_assert_cmpuint(f->frames, ==, 100);
}

/* Lengths that no frame has: the connection ends before anything of that size is waited for. */
static void test_wrong_length(Fixture *f, gconstpointer data)
{
    guint32 length = GUINT32_TO_BE(GPOINTER_TO_UINT(data));

    say(f, &length, sizeof(length));
    g_assert_true(f->is_closed);
    g_assert_nonnull(f->reason);
    g_assert_cmpuint(f->frames, ==, 0);
}

static void test_limit(Fixture *f, gconstpointer data)
{
    guint8 frame[101];

    wire_limit_frames(f->wire, 100);
    make_frame(frame, 100, VIR_NET_CALL);
    say(f, frame, 100);
    g_assert_cmpuint(f->frames, ==, 1);
    make_frame(frame, 101, VIR_NET_CALL);
    say(f, frame, 101);
    g_assert_true(f->is_closed);
}

static void test_refused_frame_comes_again(Fixture *f, gconstpointer data)
{
    guint8 frames[2 * 28];

    make_frame(frames, 28, VIR_NET_CALL);
    make_frame(frames + 28, 28, VIR_NET_CALL);
    f->refusals = 1;
    say(f, frames, sizeof(frames));
    g_assert_cmpuint(f->frames, ==, 0);
    wire_resume(f->wire);
    g_assert_cmpuint(f->frames, ==, 2);
}

static void send_fd(int socket, int fd)
{
    char control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec vec = {.iov_base = (char[]){0}, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &vec, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &fd, sizeof(int));
    g_assert_cmpint(sendmsg(socket, &message, 0), ==, 1);
}

static void test_descriptors(Fixture *f, gconstpointer data)
{
    guint8 frame[32];
    guint32 two = GUINT32_TO_BE(2);
    int before = dup(0);

    close(before);
    make_frame(frame, sizeof(frame), VIR_NET_CALL_WITH_FDS);
    memcpy(frame + 28, &two, 4);
    say(f, frame, sizeof(frame));
    send_fd(f->peer, 0);
    turn();
    g_assert_cmpuint(f->frames, ==, 0);
    send_fd(f->peer, 0);
    make_frame(frame, 28, VIR_NET_CALL);
    say(f, frame, 28);
    g_assert_cmpuint(f->frames, ==, 2);
    g_assert_cmpuint(f->fds, ==, 2);
    /* Nobody took them: they are closed again. */
    g_assert_cmpint(fcntl(before, F_GETFD), ==, -1);
    g_assert_cmpint(fcntl(before + 1, F_GETFD), ==, -1);
}

static void test_descriptor_missing(Fixture *f, gconstpointer data)
{
    guint8 frame[33] = {0};
    guint32 one = GUINT32_TO_BE(1);

    make_frame(frame, 32, VIR_NET_CALL_WITH_FDS);
    memcpy(frame + 28, &one, 4);
    say(f, frame, 33);
    g_assert_true(f->is_closed);
}

static void test_too_many_descriptors(Fixture *f, gconstpointer data)
{
    for (int i = 0; i <= RPC_FDS_MAX && !f->is_closed; i++) {
        send_fd(f->peer, 0);
        /* Each byte is the beginning of a length word, so none of these makes a frame by itself. */
        turn();
    }
    g_assert_true(f->is_closed);
}

static RpcFrame *big_frame(gsize body)
{
    RpcHeader header = {.program = 1, .version = 1, .procedure = 1, .type = VIR_NET_REPLY};
    g_autofree guint8 *bytes = g_malloc0(body);

    return rpc_frame_encode_bytes(&header, bytes, body);
}

/* A peer that does not read what it gets is not read either. */
static void test_backlog_stops_reading(Fixture *f, gconstpointer data)
{
    guint8 frame[28];
    g_autofree guint8 *sink = g_malloc(65536);
    gsize total = 0;

    for (int i = 0; i < 4; i++)
        wire_send(f->wire, big_frame(1024 * 1024));
    g_assert_cmpuint(wire_backlog(f->wire), >, 1024 * 1024);
    make_frame(frame, sizeof(frame), VIR_NET_CALL);
    say(f, frame, sizeof(frame));
    g_assert_cmpuint(f->frames, ==, 0);
    fcntl(f->peer, F_SETFL, O_NONBLOCK);
    while (total < 4 * (1024 * 1024 + 28)) {
        gssize n = read(f->peer, sink, 65536);

        if (n > 0)
            total += n;
        turn();
    }
    turn();
    g_assert_cmpuint(wire_backlog(f->wire), ==, 0);
    g_assert_cmpuint(f->frames, ==, 1);
    g_assert_cmpuint(f->drained, >, 0);
}

static void test_finish_writes_the_rest(Fixture *f, gconstpointer data)
{
    gsize total = 0;
    g_autofree guint8 *sink = g_malloc(65536);
    gssize n;

    wire_send(f->wire, big_frame(1024 * 1024));
    wire_finish(f->wire);
    g_assert_false(f->is_closed);
    fcntl(f->peer, F_SETFL, O_NONBLOCK);
    for (;;) {
        n = read(f->peer, sink, 65536);
        if (n == 0)
            break;
        if (n > 0)
            total += n;
        else
            g_assert_cmpint(errno, ==, EAGAIN);
        turn();
    }
    g_assert_cmpuint(total, ==, 1024 * 1024 + 28);
    g_assert_true(f->is_closed);
    g_assert_null(f->reason);
}

static void test_peer_closes(Fixture *f, gconstpointer data)
{
    close(f->peer);
    f->peer = -1;
    turn();
    g_assert_true(f->is_closed);
    g_assert_null(f->reason);
    wire_send(f->wire, big_frame(10)); /* goes nowhere, and is freed */
}

#define ADD(name, data, func) g_test_add("/wire/" name, Fixture, data, set_up, func, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("pieces", NULL, test_pieces);
    ADD("many", NULL, test_many_at_once);
    ADD("length/0", GUINT_TO_POINTER(0), test_wrong_length);
    ADD("length/3", GUINT_TO_POINTER(3), test_wrong_length);
    ADD("length/27", GUINT_TO_POINTER(27), test_wrong_length);
    ADD("length/max", GUINT_TO_POINTER(33554437), test_wrong_length);
    ADD("length/negative", GUINT_TO_POINTER(0xffffffff), test_wrong_length);
    ADD("limit", NULL, test_limit);
    ADD("refused", NULL, test_refused_frame_comes_again);
    ADD("fds", NULL, test_descriptors);
    ADD("fds/missing", NULL, test_descriptor_missing);
    ADD("fds/too-many", NULL, test_too_many_descriptors);
    ADD("backlog", NULL, test_backlog_stops_reading);
    ADD("finish", NULL, test_finish_writes_the_rest);
    ADD("peer-closes", NULL, test_peer_closes);
    return g_test_run();
}
