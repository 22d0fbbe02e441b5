/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subject.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "rpc/frame.h"

#define ANSWER_TIMEOUT_NS 10e9
#define EVENTS_PER_TURN   64

typedef pid_t (*StartFunc)(const char *program);

double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

void die(const char *what)
{
    fprintf(stderr, "bench-rpc: %s: %s\n", what, g_strerror(errno));
    exit(EXIT_FAILURE);
}

const char *bench_folder(void)
{
    static char *folder;

    if (!folder && !(folder = g_dir_make_tmp("bench-rpc-XXXXXX", NULL)))
        die("cannot make a directory");
    return folder;
}

/* --- a client --- */

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_strlcpy(address.sun_path, path, sizeof(address.sun_path));
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

gsize call_encode(guint8 *data, gint32 procedure, const void *body, gsize size)
{
    RpcHeader header = {.program = REMOTE_PROGRAM, .version = 1, .procedure = procedure};

    rpc_prefix_encode(data, RPC_PREFIX_SIZE + size, &header);
    if (size)
        memcpy(data + RPC_PREFIX_SIZE, body, size);
    return RPC_PREFIX_SIZE + size;
}

void send_all(int fd, const guint8 *data, gsize size)
{
    if (send(fd, data, size, MSG_NOSIGNAL) != (gssize)size)
        die("cannot send");
}

gsize receive(int fd, guint8 *buffer, gsize size)
{
    struct pollfd waited = {.fd = fd, .events = POLLIN};
    gssize n;

    /* As libvirt's clients do. One that sleeps in recv() is woken also when its own bytes are read. */
    poll(&waited, 1, -1);
    n = recv(fd, buffer, size, 0);

    errno = n == 0 ? ECONNRESET : errno;
    if (n <= 0)
        die("the server has gone");
    return (gsize)n;
}

void subject_call(int fd, gint32 procedure, const void *body, gsize size)
{
    guint8 data[256], answer[4096];
    RpcHeader header;

    send_all(fd, data, call_encode(data, procedure, body, size));
    if (receive(fd, answer, sizeof(answer)) >= RPC_PREFIX_SIZE) {
        rpc_header_decode(answer + RPC_LENGTH_SIZE, &header);
        if (header.status == VIR_NET_OK)
            return;
    }
    fprintf(stderr, "bench-rpc: procedure %d fails\n", procedure);
    exit(EXIT_FAILURE);
}

/* CONNECT_OPEN's arguments: that there is a name, its length, itself, no flags. */
static gsize encode_open(guint8 *body, const char *uri)
{
    gsize length = strlen(uri), padded = (length + 3) & ~(gsize)3;

    memset(body, 0, 12 + padded);
    body[3] = 1;
    body[7] = (guint8)length;
    memcpy(body + 8, uri, length);
    return 12 + padded;
}

int subject_open(const Subject *subject)
{
    int fd = connect_to(subject->socket);
    guint8 body[128];

    if (fd < 0)
        die(subject->socket);
    subject_call(fd, REMOTE_PROC_AUTH_LIST, NULL, 0);
    subject_call(fd, REMOTE_PROC_CONNECT_OPEN, body, encode_open(body, subject->uri));
    return fd;
}

void subject_close(int fd)
{
    subject_call(fd, REMOTE_PROC_CONNECT_CLOSE, NULL, 0);
    close(fd);
}

/* --- servers that echo --- */

/* FALSE when the connection has ended. */
static gboolean copy_once(int from, int to)
{
    static guint8 buffer[65536];
    gssize n = read(from, buffer, sizeof(buffer));

    return n > 0 && write(to, buffer, n) == n;
}

static void serve_one(int listener)
{
    for (;;) {
        int fd = accept(listener, NULL, NULL);

        while (copy_once(fd, fd))
            continue;
        close(fd);
    }
}

static void serve_many(int listener)
{
    int set = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, ready[EVENTS_PER_TURN];

    epoll_ctl(set, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int n = epoll_wait(set, ready, EVENTS_PER_TURN, -1);

        for (int i = 0; i < n; i++) {
            if (ready[i].data.fd == listener) {
                event.data.fd = accept(listener, NULL, NULL);
                epoll_ctl(set, EPOLL_CTL_ADD, event.data.fd, &event);
            } else if (!copy_once(ready[i].data.fd, ready[i].data.fd)) {
                close(ready[i].data.fd);
            }
        }
    }
}

static void relay_connection(int client, int server)
{
    struct pollfd fds[] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};

    for (;;) {
        poll(fds, G_N_ELEMENTS(fds), -1);
        if ((fds[0].revents && !copy_once(client, server)) || (fds[1].revents && !copy_once(server, client)))
            return;
    }
}

static const char *relay_to;

static void serve_relay(int listener)
{
    for (;;) {
        int client = accept(listener, NULL, NULL), server = connect_to(relay_to);

        relay_connection(client, server);
        close(client);
        close(server);
    }
}

static void start_echo(Subject *subject, const char *name, void (*serve)(int listener))
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    *subject = (Subject){
        .name = name, .socket = g_strdup_printf("%s/%s", bench_folder(), name), .uri = "echo:///", .is_echo = TRUE};
    g_strlcpy(address.sun_path, subject->socket, sizeof(address.sun_path));
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 1000) < 0)
        die("cannot listen");
    subject->pid = fork();
    if (subject->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(fd);
    }
    close(fd);
}

void subject_start_echo(Subject *subject)
{
    start_echo(subject, "limit", serve_one);
    subject->takes_one = TRUE;
}

void subject_start_epoll_echo(Subject *subject)
{
    start_echo(subject, "limit-epoll", serve_many);
}

void subject_start_relay(Subject *subject, const Subject *behind)
{
    relay_to = behind->socket;
    start_echo(subject, "limit-relay", serve_relay);
    subject->takes_one = TRUE;
}

/* --- daemons --- */

/* Room for the idle connections. Returns the path, which the caller frees. */
static char *configure(const char *name)
{
    g_autofree char *config_dir = g_strdup_printf("%s/libvirt", bench_folder());
    char *path = g_strdup_printf("%s/%s.conf", config_dir, name);

    g_mkdir_with_parents(config_dir, 0700);
    if (!g_file_set_contents(path, "max_clients = 100000\nmax_anonymous_clients = 100000\nauth_unix_rw = \"none\"\n",
                             -1, NULL))
        die(path);
    return path;
}

static pid_t spawn_ours(const char *program)
{
    static const char *const directories[] = {"XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"};
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (gsize i = 0; i < G_N_ELEMENTS(directories); i++)
        setenv(directories[i], bench_folder(), 1);
    setenv("LIBVIRT_AUTOSTART", "0", 1);
    execl(program, program, "--session", NULL);
    _exit(127);
}

static pid_t spawn_peer(const char *program)
{
    g_autofree char *config = configure("peer");
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execlp(program, program, "-f", config, NULL);
    _exit(127);
}

static void wait_for_answer(const Subject *subject)
{
    double start = now_ns();
    int fd;

    while ((fd = connect_to(subject->socket)) < 0) {
        if (now_ns() - start > ANSWER_TIMEOUT_NS)
            die("the daemon does not answer");
        g_usleep(200);
    }
    subject_call(fd, REMOTE_PROC_AUTH_LIST, NULL, 0);
    close(fd);
}

static void start_repeatedly(Subject *subject, const char *program, StartFunc spawn)
{
    for (guint i = 0; i < G_N_ELEMENTS(subject->starts_ns); i++) {
        double start;

        if (subject->pid)
            subject_stop(subject);
        g_unlink(subject->socket);
        start = now_ns();
        subject->pid = spawn(program);
        wait_for_answer(subject);
        subject->starts_ns[i] = now_ns() - start;
    }
}

void subject_start_ours(Subject *subject, const char *program)
{
    g_autofree char *name = g_path_get_basename(program);
    gboolean is_proxy = strcmp(name, "virtproxyd") == 0;

    g_free(configure(name));
    *subject = (Subject){.name = is_proxy ? "proxied" : "ours",
                         .uri = strcmp(name, "virtqemud") == 0 ? "qemu:///session" : "network:///session"};
    subject->socket = g_strdup_printf("%s/libvirt/%s-sock", bench_folder(), is_proxy ? "libvirt" : name);
    start_repeatedly(subject, program, spawn_ours);
}

void subject_start_peer(Subject *subject, const char *program, const char *socket)
{
    *subject = (Subject){.name = "peer", .socket = g_strdup(socket), .uri = "network:///system", .is_slow = TRUE};
    start_repeatedly(subject, program, spawn_peer);
}

void subject_stop(Subject *subject)
{
    kill(subject->pid, SIGTERM);
    waitpid(subject->pid, NULL, 0);
    subject->pid = 0;
}

double subject_cpu_ns(const Subject *subject)
{
    g_autofree char *tasks = g_strdup_printf("/proc/%d/task", (int)subject->pid);
    g_autoptr(GDir) dir = g_dir_open(tasks, 0, NULL);
    const char *task;
    double sum = 0;

    while (dir && (task = g_dir_read_name(dir))) {
        g_autofree char *path = g_strdup_printf("%s/%s/schedstat", tasks, task);
        g_autofree char *text = NULL;

        if (g_file_get_contents(path, &text, NULL, NULL))
            sum += atof(text);
    }
    return sum;
}

static double field_mb(const char *text, const char *field)
{
    const char *found = strstr(text, field);

    return found ? atof(found + strlen(field)) / 1024 : 0;
}

gboolean subject_memory_mb(const Subject *subject, double *dirty, double *all)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/smaps_rollup", (int)subject->pid);
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return FALSE;
    *dirty = field_mb(text, "Private_Dirty:");
    *all = *dirty + field_mb(text, "Private_Clean:");
    return TRUE;
}
