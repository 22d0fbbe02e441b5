/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What calls cost a client that does nothing but send and receive, for benches that prepare a daemon's objects
 * themselves. Reads lines "NAME PROGRAM PROCEDURE COUNT BODY" (BODY in hexadecimal, "-" for none) and writes for each
 * "NAME SUBJECT MICROSECONDS" for a call of the daemon and for the limit: an answer of the same size to the same bytes,
 * by a server that does nothing else. They take turns. A COUNT of 0 is a call that can be made but once, with no limit.
 *
 * With --one-cpu all share one processor: where the scheduler puts client and server is worth more than what is
 * measured, since waking an idle processor of a virtual machine takes several times as long as the call.
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc/frame.h"
#include "subject.h"

#define TURNS      10
#define LINE_MAX_  (4 * 1024 * 1024)
#define ANSWER_MAX (8 * 1024 * 1024)

static guint8 answer[ANSWER_MAX];

/* One frame. Returns its size. */
static gsize receive_frame(int fd)
{
    gsize size = 0, wanted = RPC_LENGTH_SIZE;

    while (size < wanted) {
        size += receive(fd, answer + size, sizeof(answer) - size);
        if (size >= RPC_LENGTH_SIZE && !rpc_length_decode(answer, &wanted))
            die("an answer has no length");
    }
    return size;
}

/* The limit: reads request bytes, answers with answer bytes. */
static void echo(int fd, gsize request, gsize reply)
{
    static guint8 buffer[ANSWER_MAX];

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        for (gsize got = 0; got < request;) {
            gssize n = read(fd, buffer, sizeof(buffer));

            if (n <= 0)
                _exit(0);
            got += (gsize)n;
        }
        for (gsize sent = 0; sent < reply;) {
            gssize n = write(fd, buffer, reply - sent);

            if (n <= 0)
                _exit(0);
            sent += (gsize)n;
        }
    }
}

static int start_echo(gsize request, gsize reply)
{
    int fds[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
        die("cannot make sockets");
    if (fork() == 0) {
        close(fds[0]);
        echo(fds[1], request, reply);
    }
    close(fds[1]);
    return fds[0];
}

static double time_daemon(int fd, const GByteArray *frame, guint count)
{
    double start = now_ns();

    for (guint i = 0; i < count; i++) {
        send_all(fd, frame->data, frame->len);
        receive_frame(fd);
    }
    return (now_ns() - start) / count / 1000;
}

static double time_limit(int fd, const GByteArray *frame, gsize reply, guint count)
{
    double start = now_ns();

    for (guint i = 0; i < count; i++) {
        send_all(fd, frame->data, frame->len);
        for (gsize got = 0; got < reply;)
            got += receive(fd, answer, sizeof(answer));
    }
    return (now_ns() - start) / count / 1000;
}

static void check_answer(const char *name)
{
    RpcHeader header;

    rpc_header_decode(answer + RPC_LENGTH_SIZE, &header);
    if (header.status == VIR_NET_OK)
        return;
    fprintf(stderr, "bench-roundtrip: %s fails\n", name);
    exit(EXIT_FAILURE);
}

/* The frame of a line's call. */
static GByteArray *encode(guint32 program, gint32 procedure, const char *body)
{
    RpcHeader header = {.program = program, .version = 1, .procedure = procedure};
    gsize size = strcmp(body, "-") == 0 ? 0 : strlen(body) / 2;
    GByteArray *frame = g_byte_array_sized_new(RPC_PREFIX_SIZE + size);

    g_byte_array_set_size(frame, RPC_PREFIX_SIZE + size);
    rpc_prefix_encode(frame->data, frame->len, &header);
    for (gsize i = 0; i < size; i++)
        frame->data[RPC_PREFIX_SIZE + i] =
            (guint8)(g_ascii_xdigit_value(body[2 * i]) << 4 | g_ascii_xdigit_value(body[2 * i + 1]));
    return frame;
}

static void measure_once(int fd, const char *name, const GByteArray *frame)
{
    double start = now_ns();

    send_all(fd, frame->data, frame->len);
    receive_frame(fd);
    check_answer(name);
    printf("%s daemon %f\n", name, (now_ns() - start) / 1000);
}

static void measure(int fd, const char *name, const GByteArray *frame, guint count)
{
    gsize reply;
    int limit;

    send_all(fd, frame->data, frame->len);
    reply = receive_frame(fd);
    check_answer(name);
    limit = start_echo(frame->len, reply);
    for (guint i = 0; i < TURNS; i++) {
        printf("%s daemon %f\n", name, time_daemon(fd, frame, count));
        printf("%s limit %f\n", name, time_limit(limit, frame, reply, count));
    }
    close(limit);
}

/* Lets the threads of the process at the other end run on these processors alone. */
static void keep_peer_on(int fd, const cpu_set_t *cpus)
{
    struct ucred peer;
    socklen_t size = sizeof(peer);
    g_autofree char *tasks = NULL;
    g_autoptr(GDir) dir = NULL;
    const char *task;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        die("cannot tell whose the socket is");
    tasks = g_strdup_printf("/proc/%d/task", peer.pid);
    dir = g_dir_open(tasks, 0, NULL);
    while (dir && (task = g_dir_read_name(dir)))
        sched_setaffinity((pid_t)strtol(task, NULL, 10), sizeof(*cpus), cpus);
}

int main(int argc, char **argv)
{
    static char line[LINE_MAX_], body[LINE_MAX_];
    gboolean on_one_cpu = argc == 4 && strcmp(argv[3], "--one-cpu") == 0;
    cpu_set_t all, one;
    char name[64];
    guint32 program;
    gint32 procedure;
    guint count;
    int fd;

    if (argc != 3 && !on_one_cpu) {
        fprintf(stderr, "usage: bench-roundtrip SOCKET URI [--one-cpu] < CALLS\n");
        return EXIT_FAILURE;
    }
    fd = subject_open(&(Subject){.socket = argv[1], .uri = argv[2]});
    sched_getaffinity(0, sizeof(all), &all);
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    if (on_one_cpu) {
        keep_peer_on(fd, &one);
        sched_setaffinity(0, sizeof(one), &one);
    }
    while (fgets(line, sizeof(line), stdin)) {
        g_autoptr(GByteArray) frame = NULL;

        if (sscanf(line, "%63s %u %d %u %s", name, &program, &procedure, &count, body) != 5) {
            fprintf(stderr, "bench-roundtrip: not a call: %s", line);
            return EXIT_FAILURE;
        }
        frame = encode(program, procedure, body);
        if (count > 0)
            measure(fd, name, frame, count);
        else
            measure_once(fd, name, frame);
    }
    if (on_one_cpu)
        keep_peer_on(fd, &all);
    return EXIT_SUCCESS;
}
