/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a call costs, as ratios: a daemon against the same bytes echoed over a unix socket by a server that does nothing
 * else. All subjects take turns in one run, because machines are shared; each number is the median of the rounds.
 *
 * usage: bench-rpc --daemon PROGRAM [--proxied PROGRAM] [--peer SOCKET PID] [--rounds N] [--calls N] [--idle N]
 *
 *   --daemon   one of our daemons; it is started in session mode in a directory of its own
 *   --proxied  virtproxyd, started beside it to pass calls on to it
 *   --peer     a running daemon to compare with, by the path of its socket and its process
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "rpc/frame.h"
#include "rpc/remote_calls.h"

#define IN_FLIGHT    16
#define TIMEOUT_S    300
#define SETTLE_US    500000
#define SUBJECTS_MAX 4

typedef struct {
    const char *name;
    char *socket;
    pid_t pid;
    gboolean is_echo;
    const char *uri; /* to open, or NULL for the daemon's own choice */
} Subject;

typedef enum { ONE, ONE_CPU, FLIGHT, IDLE, OPEN, MEASURES } Measure;

static const char *const measure_names[MEASURES] = {
    [ONE] = "trivial call, one at a time: time",
    [ONE_CPU] = "trivial call, one at a time: daemon's CPU",
    [FLIGHT] = "16 calls in flight on one connection: time",
    [IDLE] = "trivial call with idle connections: time",
    [OPEN] = "connect + open + close: time",
};

static Subject subjects[SUBJECTS_MAX];
static guint n_subjects;
static GArray *samples[SUBJECTS_MAX][MEASURES]; /* double, ns per call */
static guint rounds = 15, calls = 3000, idle = 5000;
static char *folder;

static double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void die(const char *what)
{
    fprintf(stderr, "bench-rpc: %s: %s\n", what, g_strerror(errno));
    exit(EXIT_FAILURE);
}

/* --- a client
 * ------------------------------------------------------------------------------------------------------------ */

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

static gsize make_call(guint8 *data, gint32 procedure, guint32 serial, const void *body, gsize size)
{
    RpcHeader header = {.program = REMOTE_PROGRAM, .version = 1, .procedure = procedure, .serial = serial};

    rpc_prefix_encode(data, RPC_PREFIX_SIZE + size, &header);
    if (size)
        memcpy(data + RPC_PREFIX_SIZE, body, size);
    return RPC_PREFIX_SIZE + size;
}

static void send_all(int fd, const guint8 *data, gsize size)
{
    if (send(fd, data, size, MSG_NOSIGNAL) != (gssize)size)
        die("cannot send");
}

/* Frames fit into one read here; a client that did more would measure itself. Returns the bytes of one or more frames.
 */
static gsize receive(int fd, guint8 *buffer, gsize size)
{
    gssize n = recv(fd, buffer, size, 0);

    if (n <= 0)
        die("the server has gone");
    return (gsize)n;
}

static void call_once(int fd, gint32 procedure, const void *body, gsize size)
{
    guint8 data[256], answer[4096];

    send_all(fd, data, make_call(data, procedure, 0, body, size));
    receive(fd, answer, sizeof(answer));
}

static void put_number(GByteArray *body, guint32 value)
{
    guint32 number = GUINT32_TO_BE(value);

    g_byte_array_append(body, (const guint8 *)&number, sizeof(number));
}

static void call_open(int fd, const char *uri)
{
    static const guint8 padding[4];
    g_autoptr(GByteArray) body = g_byte_array_new();
    guint size = uri ? strlen(uri) : 0;

    put_number(body, 1);
    put_number(body, size);
    g_byte_array_append(body, (const guint8 *)uri, size);
    g_byte_array_append(body, padding, -size & 3);
    put_number(body, 0);
    call_once(fd, REMOTE_PROC_CONNECT_OPEN, body->data, body->len);
}

static int open_connection(const Subject *subject)
{
    int fd = connect_to(subject->socket);

    if (fd < 0)
        die(subject->socket);
    call_once(fd, REMOTE_PROC_AUTH_LIST, NULL, 0);
    call_open(fd, subject->uri);
    return fd;
}

static void close_connection(int fd)
{
    call_once(fd, REMOTE_PROC_CONNECT_CLOSE, NULL, 0);
    close(fd);
}

/* --- the servers
 * ------------------------------------------------------------------------------------------------------------ */

static void echo_connection(int fd)
{
    guint8 buffer[65536];
    gssize n;

    while ((n = read(fd, buffer, sizeof(buffer))) > 0)
        if (write(fd, buffer, n) != n)
            break;
    close(fd);
}

/* The limit: as few system calls as an answer can have, for one connection after the other. */
static void echo_serve(int listener)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        int fd = accept(listener, NULL, NULL);

        if (fd >= 0)
            echo_connection(fd);
    }
}

static void start_echo(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    Subject *subject = &subjects[n_subjects++];
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    *subject = (Subject){.name = "echo", .socket = g_strdup_printf("%s/echo", folder), .is_echo = TRUE};
    g_strlcpy(address.sun_path, subject->socket, sizeof(address.sun_path));
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 1000) < 0)
        die("cannot listen");
    subject->pid = fork();
    if (subject->pid == 0)
        echo_serve(fd);
    close(fd);
}

/* Room for the idle connections. */
static void configure(const char *name)
{
    g_autofree char *config_dir = g_strdup_printf("%s/libvirt", folder);
    g_autofree char *path = g_strdup_printf("%s/%s.conf", config_dir, name);

    g_mkdir_with_parents(config_dir, 0700);
    if (!g_file_set_contents(path, "max_clients = 100000\n", -1, NULL))
        die(path);
}

static pid_t spawn_daemon(const char *program)
{
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (const char *const *name = (const char *const[]){"XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", NULL};
         *name; name++)
        setenv(*name, folder, 1);
    setenv("LIBVIRT_AUTOSTART", "0", 1);
    execl(program, program, "--session", NULL);
    _exit(127);
}

/* From the start to the first answer, in ns. */
static double wait_for_answer(Subject *subject)
{
    double start = now_ns();
    int fd;

    while ((fd = connect_to(subject->socket)) < 0) {
        if (now_ns() - start > 10e9)
            die("the daemon does not answer");
        g_usleep(200);
    }
    call_once(fd, REMOTE_PROC_AUTH_LIST, NULL, 0);
    close(fd);
    return now_ns() - start;
}

static Subject *start_daemon(const char *program)
{
    Subject *subject = &subjects[n_subjects++];
    g_autofree char *name = g_path_get_basename(program);
    double times[5];

    configure(name);
    /* What is passed on goes to the daemon that is measured beside it. */
    subject->uri = strcmp(name, "virtqemud") == 0 || (n_subjects > 2 && subjects[1].uri && subjects[1].uri[0] == 'q')
                       ? "qemu:///session"
                       : "network:///session";
    subject->name = strcmp(name, "virtproxyd") == 0 ? "proxied" : "ours";
    subject->socket = g_strdup_printf("%s/libvirt/%s-sock", folder, strcmp(name, "virtproxyd") == 0 ? "libvirt" : name);
    for (guint i = 0; i < G_N_ELEMENTS(times); i++) {
        double start = now_ns();

        subject->pid = spawn_daemon(program);
        wait_for_answer(subject);
        times[i] = now_ns() - start;
        if (i + 1 < G_N_ELEMENTS(times)) {
            kill(subject->pid, SIGTERM);
            waitpid(subject->pid, NULL, 0);
        }
    }
    for (guint i = 1; i < G_N_ELEMENTS(times); i++)
        times[0] = MIN(times[0], times[i]);
    printf("%s: start to first answer %.1f ms (best of %u)\n", subject->name, times[0] / 1e6,
           (guint)G_N_ELEMENTS(times));
    return subject;
}

static void print_memory(const Subject *subject)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/smaps_rollup", (int)subject->pid);
    g_autofree char *text = NULL;
    const char *clean, *dirty;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return;
    clean = strstr(text, "Private_Clean:");
    dirty = strstr(text, "Private_Dirty:");
    if (clean && dirty)
        printf("%s: private memory %.2f MB dirty, %.2f MB with clean pages that nobody else maps\n", subject->name,
               atof(dirty + strlen("Private_Dirty:")) / 1024,
               (atof(dirty + strlen("Private_Dirty:")) + atof(clean + strlen("Private_Clean:"))) / 1024);
}

/* CPU time of a process, in ns. */
static double cpu_ns(const Subject *subject)
{
    g_autofree char *pattern = g_strdup_printf("/proc/%d/task", (int)subject->pid);
    g_autoptr(GDir) dir = g_dir_open(pattern, 0, NULL);
    const char *task;
    double sum = 0;

    while (dir && (task = g_dir_read_name(dir))) {
        g_autofree char *path = g_strdup_printf("%s/%s/schedstat", pattern, task);
        g_autofree char *text = NULL;

        if (g_file_get_contents(path, &text, NULL, NULL))
            sum += atof(text);
    }
    return sum;
}

/* --- the turns
 * ---------------------------------------------------------------------------------------------------------------- */

static void record(guint subject, Measure measure, double value)
{
    g_array_append_val(samples[subject][measure], value);
}

static double time_calls(int fd)
{
    double start = now_ns();

    for (guint i = 0; i < calls; i++)
        call_once(fd, REMOTE_PROC_CONNECT_GET_LIB_VERSION, NULL, 0);
    return (now_ns() - start) / calls;
}

static void turn_one(guint index, Measure measure)
{
    int fd = open_connection(&subjects[index]);
    double cpu = cpu_ns(&subjects[index]);

    record(index, measure, time_calls(fd));
    if (measure == ONE)
        record(index, ONE_CPU, (cpu_ns(&subjects[index]) - cpu) / calls);
    close_connection(fd);
}

static void turn_flight(guint index)
{
    int fd = open_connection(&subjects[index]);
    guint8 request[RPC_PREFIX_SIZE], burst[RPC_PREFIX_SIZE * IN_FLIGHT], answer[65536];
    gsize answer_size = subjects[index].is_echo ? RPC_PREFIX_SIZE : RPC_PREFIX_SIZE + 8;
    gsize pending = 0;
    double start;

    make_call(request, REMOTE_PROC_CONNECT_GET_LIB_VERSION, 0, NULL, 0);
    for (guint i = 0; i < IN_FLIGHT; i++)
        memcpy(burst + i * sizeof(request), request, sizeof(request));
    start = now_ns();
    send_all(fd, burst, sizeof(burst));
    for (guint done = 0, sent = IN_FLIGHT; done < calls;) {
        guint n;

        pending += receive(fd, answer, sizeof(answer));
        n = pending / answer_size;
        pending %= answer_size;
        done += n;
        n = MIN(n, sent < calls ? calls - sent : 0);
        sent += n;
        if (n)
            send_all(fd, burst, n * sizeof(request));
    }
    record(index, FLIGHT, (now_ns() - start) / calls);
    close_connection(fd);
}

static void turn_open(guint index)
{
    guint n = MAX(calls / 20, 1);
    double start = now_ns();

    for (guint i = 0; i < n; i++)
        close_connection(open_connection(&subjects[index]));
    record(index, OPEN, (now_ns() - start) / n);
}

static void turn_idle(guint index)
{
    g_autofree int *fds = g_new(int, idle);

    for (guint i = 0; i < idle; i++)
        fds[i] = open_connection(&subjects[index]);
    turn_one(index, IDLE);
    for (guint i = 0; i < idle; i++)
        close(fds[i]);
    g_usleep(SETTLE_US); /* the daemon closes its ends; that is nobody's call */
}

static int compare(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double median(GArray *values)
{
    if (values->len == 0)
        return 0;
    g_array_sort(values, compare);
    return g_array_index(values, double, values->len / 2);
}

static void print_table(void)
{
    printf("\n%-46s", "us per call (times the limit)");
    for (guint s = 0; s < n_subjects; s++)
        printf("%18s", subjects[s].name);
    printf("\n");
    for (guint m = 0; m < MEASURES; m++) {
        double limit = median(samples[0][m == IDLE ? ONE : m]);

        printf("%-46s", measure_names[m]);
        for (guint s = 0; s < n_subjects; s++) {
            double value = median(samples[s][m]);

            if (value > 0)
                printf("%9.2f (%5.2fx)", value / 1000, value / limit);
            else
                printf("%18s", "-");
        }
        printf("\n");
    }
    for (guint s = 2; s < n_subjects; s++)
        if (strcmp(subjects[s].name, "proxied") == 0)
            printf("proxied: a call takes %.2f echoes longer\n",
                   (median(samples[s][ONE]) - median(samples[1][ONE])) / median(samples[0][ONE]));
    for (guint s = 1; s < n_subjects; s++)
        if (median(samples[s][IDLE]) > 0)
            printf("%s: %u idle connections make a call %.2f times as slow\n", subjects[s].name, idle,
                   median(samples[s][IDLE]) / median(samples[s][ONE]));
}

static void run(void)
{
    for (guint s = 0; s < n_subjects; s++)
        for (guint m = 0; m < MEASURES; m++)
            samples[s][m] = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint round = 0; round < rounds; round++) {
        for (guint s = 0; s < n_subjects; s++) {
            turn_one(s, ONE);
            turn_flight(s);
            turn_open(s);
            if (round % 5 == 0 && !subjects[s].is_echo && idle)
                turn_idle(s);
        }
    }
    print_table();
}

static void add_peer(const char *socket, const char *pid)
{
    subjects[n_subjects++] = (Subject){.name = "peer", .socket = g_strdup(socket), .pid = atoi(pid)};
}

static void raise_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static const struct option options[] = {
    {"daemon", required_argument, NULL, 'd'},
    {"proxied", required_argument, NULL, 'x'},
    {"peer", required_argument, NULL, 'p'},
    {"rounds", required_argument, NULL, 'r'},
    {"calls", required_argument, NULL, 'c'},
    {"idle", required_argument, NULL, 'i'},
    {0},
};

int main(int argc, char **argv)
{
    const char *program = NULL, *proxy = NULL, *peer = NULL;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'd':
            program = optarg;
            break;
        case 'x':
            proxy = optarg;
            break;
        case 'p':
            peer = optarg;
            break;
        case 'r':
            rounds = atoi(optarg);
            break;
        case 'c':
            calls = atoi(optarg);
            break;
        case 'i':
            idle = atoi(optarg);
            break;
        default:
            return EXIT_FAILURE;
        }
    }
    if (!program || (peer && optind >= argc)) {
        fprintf(stderr, "usage: bench-rpc --daemon PROGRAM [--proxied PROGRAM] [--peer SOCKET PID] [--rounds N] "
                        "[--calls N] [--idle N]\n");
        return EXIT_FAILURE;
    }
    raise_limit();
    alarm(TIMEOUT_S);
    folder = g_dir_make_tmp("bench-rpc-XXXXXX", NULL);
    start_echo();
    start_daemon(program);
    if (proxy)
        start_daemon(proxy);
    if (peer)
        add_peer(peer, argv[optind]);
    for (guint s = 1; s < n_subjects; s++)
        print_memory(&subjects[s]);
    run();
    for (guint s = 0; s < n_subjects; s++)
        if (strcmp(subjects[s].name, "peer") != 0)
            kill(subjects[s].pid, SIGTERM);
    return EXIT_SUCCESS;
}
