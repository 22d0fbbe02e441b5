/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a call costs, as ratios: a daemon against the same bytes echoed over a unix socket by a server that does nothing
 * else. All subjects take turns in one run, because machines are shared.
 * README.md tells how to run it and how to read its table.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "rpc/frame.h"
#include "subject.h"

#define IN_FLIGHT    16
#define TIMEOUT_S    1800
#define SETTLE_US    300000
#define SUBJECTS_MAX 6
#define RELAYED      1 /* the subject behind the relay */
#define OURS         2
/* A turn ends after this long, however few calls it made. */
#define TURN_NS    0.5e9
#define IDLE_EVERY 5 /* rounds */
#define IDLE_TURNS 4 /* with idle connections, and as many without */

typedef enum { ONE, ONE_CPU, FLIGHT, IDLE, WITHOUT, IDLE_TIMES, OPEN, START, MEMORY, MEMORY_ALL, MEASURES } Measure;

static const struct {
    const char *name;
    const char *reach;
    double unit; /* of the samples, in that of the table */
} measures[MEASURES] = {
    [ONE] = {"trivial call, one at a time: us", "1.5 x limit", 1000},
    [ONE_CPU] = {"  CPU of the server per call: us", "0.25 x peer", 1000},
    [FLIGHT] = {"16 calls in flight, per call: us", "0.2 x peer", 1000},
    [IDLE] = {"trivial call, idle connections: us", "", 1000},
    [WITHOUT] = {"  just before and after: us", "", 1000},
    [IDLE_TIMES] = {"  times of that without them", "1.2", 1},
    [OPEN] = {"connect + open + close: us", "4 x limit", 1000},
    [START] = {"start to the first answer: ms", "20 ms", 1e6},
    [MEMORY] = {"private memory written to: MB", "3 MB", 1},
    [MEMORY_ALL] = {"  with clean pages of its own: MB", "", 1},
};

static Subject subjects[SUBJECTS_MAX];
static guint n_subjects;
static GArray *samples[SUBJECTS_MAX][MEASURES]; /* double; ns per call, ns, MB or times */
static guint rounds = 30, calls = 1000, idle = 5000;

static void record(guint subject, Measure measure, double value)
{
    g_array_append_val(samples[subject][measure], value);
}

/* --- turns --- */

/* The time of a call on an open connection. */
static double time_calls(int fd, guint *done)
{
    double start = now_ns();

    for (*done = 0; *done < calls && now_ns() - start < TURN_NS; ++*done)
        subject_call(fd, REMOTE_PROC_CONNECT_GET_LIB_VERSION, NULL, 0);
    return (now_ns() - start) / *done;
}

static void time_turns(guint index, Measure measure, guint turns)
{
    int fd = subject_open(&subjects[index]);
    guint done;

    for (guint i = 0; i < turns; i++)
        record(index, measure, time_calls(fd, &done));
    subject_close(fd);
}

static void turn_one(guint index)
{
    int fd = subject_open(&subjects[index]);
    double cpu = subject_cpu_ns(&subjects[index]);
    guint done;

    record(index, ONE, time_calls(fd, &done));
    record(index, ONE_CPU, (subject_cpu_ns(&subjects[index]) - cpu) / done);
    subject_close(fd);
}

static void turn_flight(guint index)
{
    int fd = subject_open(&subjects[index]);
    guint8 burst[RPC_PREFIX_SIZE * IN_FLIGHT], answer[65536];
    gsize answer_size = RPC_PREFIX_SIZE + (subjects[index].is_echo ? 0 : sizeof(guint64));
    gsize pending = 0;
    double start;

    for (guint i = 0; i < IN_FLIGHT; i++)
        call_encode(burst + i * RPC_PREFIX_SIZE, REMOTE_PROC_CONNECT_GET_LIB_VERSION, NULL, 0);
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
            send_all(fd, burst, n * RPC_PREFIX_SIZE);
    }
    record(index, FLIGHT, (now_ns() - start) / calls);
    subject_close(fd);
}

static void turn_open(guint index)
{
    guint n = MAX(calls / 20, 1);
    double start = now_ns();

    for (guint i = 0; i < n; i++)
        subject_close(subject_open(&subjects[index]));
    record(index, OPEN, (now_ns() - start) / n);
}

/* Compared with turns of its own just before and after: a machine that others use is another one a second later. */
static void turn_idle(guint index)
{
    g_autofree int *fds = g_new(int, idle);

    if (subjects[index].takes_one || (subjects[index].is_slow && samples[index][IDLE]->len > 0))
        return;
    time_turns(index, WITHOUT, IDLE_TURNS / 2);
    for (guint i = 0; i < idle; i++)
        fds[i] = subject_open(&subjects[index]);
    g_usleep(SETTLE_US);
    time_turns(index, IDLE, IDLE_TURNS);
    for (guint i = 0; i < idle; i++)
        close(fds[i]);
    g_usleep(SETTLE_US); /* the daemon closes its ends; that is nobody's call */
    time_turns(index, WITHOUT, IDLE_TURNS / 2);
}

static void all_take(void (*turn)(guint index))
{
    for (guint s = 0; s < n_subjects; s++)
        turn(s);
}

static void run(void)
{
    for (guint round = 0; round < rounds; round++) {
        all_take(turn_one);
        all_take(turn_flight);
        all_take(turn_open);
        if (round % IDLE_EVERY == 0 && idle)
            all_take(turn_idle);
    }
}

/* --- the table --- */

static int compare(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* The sample that the given part of all is below; 0 without samples. */
static double quantile(guint subject, Measure measure, double part)
{
    GArray *values = samples[subject][measure];
    double without;

    if (measure == IDLE_TIMES) {
        without = quantile(subject, WITHOUT, part);
        return without > 0 ? quantile(subject, IDLE, part) / without : 0;
    }
    if (values->len == 0)
        return 0;
    g_array_sort(values, compare);
    return g_array_index(values, double, (guint)(values->len * part));
}

/* What a subject's number is compared with; 0 where there is nothing to compare. */
static double limit_of(Measure measure, double part)
{
    switch (measure) {
    case ONE:
    case ONE_CPU:
    case FLIGHT:
    case OPEN:
        return quantile(0, measure, part);
    case IDLE:
    case WITHOUT:
        return quantile(0, ONE, part);
    default:
        return 0;
    }
}

static void print_cell(double value, double unit, double limit)
{
    if (value <= 0)
        printf("%20s", "-");
    else if (limit > 0)
        printf("%10.2f (%6.2f x)", value / unit, value / limit);
    else
        printf("%10.2f%10s", value / unit, "");
}

static void print_row(Measure measure, double part, int peer)
{
    double limit = limit_of(measure, part);

    printf("%-36s", measures[measure].name);
    for (guint s = 0; s < n_subjects; s++)
        print_cell(quantile(s, measure, part), measures[measure].unit, limit);
    if (peer >= 0 && quantile(peer, measure, part) > 0)
        printf("%10.3f", quantile(OURS, measure, part) / quantile(peer, measure, part));
    else
        printf("%10s", "-");
    printf("  %s\n", measures[measure].reach);
}

static int find_subject(const char *name)
{
    for (guint s = 0; s < n_subjects; s++)
        if (strcmp(subjects[s].name, name) == 0)
            return (int)s;
    return -1;
}

static void print_table(const char *title, double part)
{
    int peer = find_subject("peer"), proxied = find_subject("proxied");
    int relay = find_subject("limit-relay");
    double limit = quantile(0, ONE, part);

    printf("\n%-36s", title);
    for (guint s = 0; s < n_subjects; s++)
        printf("%20s", subjects[s].name);
    printf("%10s  %s\n", "ours/peer", "to reach");
    for (Measure measure = 0; measure < MEASURES; measure++)
        print_row(measure, part, peer);
    if (proxied >= 0)
        printf("the proxy adds %.2f limits to a trivial call (to reach: 1); a relay that only copies adds %.2f\n",
               (quantile(proxied, ONE, part) - quantile(OURS, ONE, part)) / limit,
               (quantile(relay, ONE, part) - quantile(RELAYED, ONE, part)) / limit);
}

/* --- the subjects --- */

static void record_rest(guint index)
{
    double dirty, all;

    for (guint i = 0; i < G_N_ELEMENTS(subjects[index].starts_ns); i++)
        if (subjects[index].starts_ns[i] > 0)
            record(index, START, subjects[index].starts_ns[i]);
    if (!subjects[index].is_echo && subject_memory_mb(&subjects[index], &dirty, &all)) {
        record(index, MEMORY, dirty);
        record(index, MEMORY_ALL, all);
    }
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
    {"daemon", required_argument, NULL, 'd'}, {"proxied", required_argument, NULL, 'x'},
    {"peer", required_argument, NULL, 'p'},   {"peer-socket", required_argument, NULL, 's'},
    {"rounds", required_argument, NULL, 'r'}, {"calls", required_argument, NULL, 'c'},
    {"idle", required_argument, NULL, 'i'},   {0},
};

int main(int argc, char **argv)
{
    const char *program = NULL, *proxy = NULL, *peer = NULL, *peer_socket = "/run/libvirt/libvirt-sock";
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
        case 's':
            peer_socket = optarg;
            break;
        case 'r':
            rounds = atoi(optarg);
            break;
        case 'c':
            calls = MAX(atoi(optarg), IN_FLIGHT);
            break;
        case 'i':
            idle = atoi(optarg);
            break;
        default:
            return EXIT_FAILURE;
        }
    }
    if (!program) {
        fprintf(stderr, "usage: bench-rpc --daemon PROGRAM [--proxied PROGRAM] [--peer PROGRAM [--peer-socket PATH]] "
                        "[--rounds N] [--calls N] [--idle N]\n");
        return EXIT_FAILURE;
    }
    raise_limit();
    alarm(TIMEOUT_S);
    subject_start_echo(&subjects[n_subjects++]);
    subject_start_epoll_echo(&subjects[n_subjects++]);
    subject_start_ours(&subjects[n_subjects++], program);
    if (proxy) {
        subject_start_relay(&subjects[n_subjects++], &subjects[RELAYED]);
        subject_start_ours(&subjects[n_subjects], proxy);
        subjects[n_subjects++].uri = subjects[OURS].uri;
    }
    if (peer)
        subject_start_peer(&subjects[n_subjects++], peer, peer_socket);
    for (guint s = 0; s < n_subjects; s++) {
        for (Measure measure = 0; measure < MEASURES; measure++)
            samples[s][measure] = g_array_new(FALSE, FALSE, sizeof(double));
        record_rest(s);
    }
    run();
    printf("%u rounds, turns of %u calls, %u idle connections; in brackets: times the limit\n", rounds, calls, idle);
    print_table("medians", 0.5);
    print_table("the quickest tenth of the turns", 0.1);
    for (guint s = n_subjects; s-- > 0;)
        subject_stop(&subjects[s]);
    return EXIT_SUCCESS;
}
