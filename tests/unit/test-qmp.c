/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The monitor client against a QEMU of a few lines: a thread at the other end of a socket pair. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/error.h"
#include "daemon/loop_post.h"
#include "virtqemud/qmp/qmp.h"

#define GREETING "{\"QMP\":{\"version\":{},\"capabilities\":[]}}\r\n"

/* ---- the fake ---- */

typedef struct {
    int fd;
    GString *in;
    int received_fd;
    GThread *thread;
    void (*play)(void *fake);
} Fake;

static void say(Fake *fake, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void say(Fake *fake, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    g_assert_cmpint(send(fake->fd, text, strlen(text), MSG_NOSIGNAL), ==, strlen(text));
}

/* The next command's line, or NULL when the client has hung up. */
static char *hear(Fake *fake)
{
    char *end;

    while (!(end = strchr(fake->in->str, '\n'))) {
        char chunk[4096];
        struct iovec iov = {chunk, sizeof(chunk)};
        union {
            struct cmsghdr header;
            char space[CMSG_SPACE(sizeof(int))];
        } control;
        struct msghdr message = {
            .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
        gssize n = recvmsg(fake->fd, &message, 0);

        if (n <= 0)
            return NULL;
        if (CMSG_FIRSTHDR(&message))
            memcpy(&fake->received_fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
        g_string_append_len(fake->in, chunk, n);
    }
    *end = '\0';
    {
        char *line = g_strdup(fake->in->str);

        g_string_erase(fake->in, 0, end - fake->in->str + 1);
        return line;
    }
}

/* Hears a command, which must be the one named, and returns its id. */
static gint64 expect(Fake *fake, const char *command)
{
    g_autofree char *line = hear(fake);
    g_autoptr(json_object) parsed = line ? json_parse(line, strlen(line), 16, VIR_FROM_QEMU, NULL) : NULL;

    g_assert_cmpstr(json_get_string(parsed, "execute"), ==, command);
    return json_get_int(parsed, "id", -1);
}

static void answer(Fake *fake, const char *command, const char *result)
{
    gint64 id = expect(fake, command);

    say(fake, "{\"return\":%s,\"id\":%" G_GINT64_FORMAT "}\r\n", result, id);
}

static gpointer run_fake(gpointer data)
{
    Fake *fake = data;

    say(fake, GREETING);
    answer(fake, "qmp_capabilities", "{}");
    fake->play(fake);
    return NULL;
}

/* ---- the fixture ---- */

typedef struct {
    PollSet *polls;
    Fake fake;
    Qmp *qmp;
    GString *events;
    GString *closed;
} Fixture;

static void on_event(const char *name, json_object *data, gint64 time_us, gpointer owner)
{
    Fixture *fixture = owner;

    g_string_append_printf(fixture->events, "%s(%s)@%" G_GINT64_FORMAT " ", name, data ? json_text(data) : "", time_us);
}

static void on_closed(const GError *reason, gpointer owner)
{
    Fixture *fixture = owner;

    g_string_append(fixture->closed, reason->message);
}

static const QmpListener listener = {on_event, on_closed};

static void set_up(Fixture *fixture, gconstpointer play)
{
    int pair[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
    fixture->polls = poll_set_get();
    fixture->events = g_string_new(NULL);
    fixture->closed = g_string_new(NULL);
    fixture->fake = (Fake){.fd = pair[1], .in = g_string_new(NULL), .received_fd = -1};
    fixture->fake.play = (void (*)(void *))play;
    fixture->fake.thread = g_thread_new("fake", run_fake, &fixture->fake);
    fixture->qmp = qmp_new(fixture->polls, pair[0], "QEMU of guest 'x' (pid 42)", &listener, fixture);
}

static void tear_down(Fixture *fixture, gconstpointer play)
{
    g_autoptr(GError) reason = NULL;

    vir_error_set(&reason, VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED, "over");
    qmp_close(fixture->qmp, reason);
    g_thread_join(fixture->fake.thread);
    close(fixture->fake.fd);
    if (fixture->fake.received_fd >= 0)
        close(fixture->fake.received_fd);
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    qmp_unref(fixture->qmp);
    g_string_free(fixture->fake.in, TRUE);
    g_string_free(fixture->events, TRUE);
    g_string_free(fixture->closed, TRUE);
}

/* Runs a batch on a thread, as a job does, while the loop turns. */
typedef struct {
    Qmp *qmp;
    QmpBatch *batch;
    guint timeout_ms;
    GError *error;
    gboolean ok;
    gboolean is_done;
} Job;

static gpointer run_job(gpointer data)
{
    Job *job = data;

    job->ok = qmp_run(job->qmp, job->batch, job->timeout_ms, &job->error);
    g_atomic_int_set(&job->is_done, TRUE);
    g_main_context_wakeup(NULL);
    return NULL;
}

static gboolean run(Fixture *fixture, QmpBatch *batch, guint timeout_ms, GError **error)
{
    Job job = {.qmp = fixture->qmp, .batch = batch, .timeout_ms = timeout_ms};
    GThread *thread = g_thread_new("job", run_job, &job);

    while (!g_atomic_int_get(&job.is_done))
        g_main_context_iteration(NULL, TRUE);
    g_thread_join(thread);
    if (job.error)
        g_propagate_error(error, job.error);
    return job.ok;
}

static void turn_until(gboolean (*is)(Fixture *), Fixture *fixture)
{
    gint64 deadline = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;

    while (!is(fixture)) {
        g_assert_cmpint(g_get_monotonic_time(), <, deadline);
        g_main_context_iteration(NULL, FALSE);
        g_usleep(500);
    }
}

static gboolean has_event(Fixture *fixture)
{
    return fixture->events->len > 0;
}

static gboolean is_closed(Fixture *fixture)
{
    return fixture->closed->len > 0;
}

/* ---- the tests ---- */

static void play_batch(void *fake)
{
    gint64 first = expect(fake, "query-a");
    gint64 second = expect(fake, "query-b");

    /* Both are there before either is answered. */
    say(fake, "{\"return\":{\"n\":1},\"id\":%" G_GINT64_FORMAT "}\r\n{\"return\":[2],\"id\":%" G_GINT64_FORMAT "}\r\n",
        first, second);
}

static void test_pipelined(Fixture *fixture, gconstpointer play)
{
    g_autoptr(QmpBatch) batch = qmp_batch_new();
    g_autoptr(GError) error = NULL;

    qmp_batch_add(batch, "query-a", NULL);
    qmp_batch_add(batch, "query-b", NULL);
    g_assert_true(run(fixture, batch, 5000, &error));
    g_assert_cmpint(json_get_int(qmp_batch_result(batch, 0), "n", 0), ==, 1);
    g_assert_cmpstr(json_text(qmp_batch_result(batch, 1)), ==, "[2]");
}

static void play_error(void *fake)
{
    gint64 first = expect(fake, "try-a");
    gint64 second = expect(fake, "do-b");

    say(fake, "{\"error\":{\"class\":\"GenericError\",\"desc\":\"no a\"},\"id\":%" G_GINT64_FORMAT "}\r\n", first);
    say(fake, "{\"error\":{\"class\":\"GenericError\",\"desc\":\"no b\"},\"id\":%" G_GINT64_FORMAT "}\r\n", second);
}

static void test_command_fails(Fixture *fixture, gconstpointer play)
{
    g_autoptr(QmpBatch) batch = qmp_batch_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *raw = NULL;

    qmp_batch_try(batch, "try-a", NULL);
    qmp_batch_add(batch, "do-b", NULL);
    g_assert_false(run(fixture, batch, 5000, &error));
    g_assert_true(vir_error_is(error, VIR_ERR_INTERNAL_ERROR));
    g_assert_cmpstr(error->message, ==, "unable to execute QEMU command 'do-b': no b");
    g_assert_null(qmp_batch_result(batch, 0));
    raw = qmp_batch_format_reply(batch, 0);
    g_assert_cmpstr(raw, ==, "{\"error\":{\"class\":\"GenericError\",\"desc\":\"no a\"}}");
}

static void play_silence(void *fake)
{
    gint64 id = expect(fake, "query-a");

    /* The late answer to the first must not be taken for the second's. */
    gint64 next = expect(fake, "query-b");

    say(fake, "{\"return\":\"late\",\"id\":%" G_GINT64_FORMAT "}\r\n", id);
    say(fake, "{\"return\":\"in time\",\"id\":%" G_GINT64_FORMAT "}\r\n", next);
}

static void test_silence(Fixture *fixture, gconstpointer play)
{
    g_autoptr(QmpBatch) first = qmp_batch_new();
    g_autoptr(QmpBatch) second = qmp_batch_new();
    g_autoptr(GError) error = NULL;
    gint64 begun = g_get_monotonic_time();

    qmp_batch_add(first, "query-a", NULL);
    g_assert_false(run(fixture, first, 50, &error));
    g_assert_true(vir_error_is(error, VIR_ERR_OPERATION_TIMEOUT));
    g_assert_nonnull(strstr(error->message, "QEMU of guest 'x' (pid 42) has not answered 'query-a' for"));
    g_assert_cmpint(g_get_monotonic_time() - begun, <, 2 * G_USEC_PER_SEC);
    g_assert_cmpint(qmp_silence_ms(fixture->qmp), >=, 50);
    qmp_batch_add(second, "query-b", NULL);
    g_clear_error(&error);
    g_assert_true(run(fixture, second, 5000, &error));
    g_assert_cmpstr(json_object_get_string(qmp_batch_result(second, 0)), ==, "in time");
    g_assert_cmpint(qmp_silence_ms(fixture->qmp), ==, 0);
}

static void play_event(void *fake)
{
    say(fake, "{\"timestamp\":{\"seconds\":3,\"microseconds\":4},\"event\":\"STOP\"}\r\n"
              "{\"timestamp\":{\"seconds\":5,\"microseconds\":0},\"event\":\"RESET\",\"data\":{\"guest\":true}}\r\n");
}

static void test_events(Fixture *fixture, gconstpointer play)
{
    turn_until(has_event, fixture);
    g_assert_cmpstr(fixture->events->str, ==, "STOP()@3000004 RESET({\"guest\":true})@5000000 ");
}

static void play_hang_up(void *data)
{
    Fake *fake = data;

    expect(fake, "query-a");
    shutdown(fake->fd, SHUT_RDWR);
}

static void test_hang_up(Fixture *fixture, gconstpointer play)
{
    g_autoptr(QmpBatch) batch = qmp_batch_new();
    g_autoptr(GError) error = NULL;

    qmp_batch_add(batch, "query-a", NULL);
    g_assert_false(run(fixture, batch, 5000, &error));
    g_assert_true(vir_error_is(error, VIR_ERR_OPERATION_FAILED));
    g_assert_nonnull(strstr(error->message, "it has closed its monitor"));
    g_assert_true(is_closed(fixture));
    /* Later calls fail at once, for the same reason. */
    g_clear_error(&error);
    g_assert_false(run(fixture, batch, 5000, &error));
    g_assert_nonnull(strstr(error->message, "it has closed its monitor"));
}

static void play_garbage(void *fake)
{
    say(fake, "this is no JSON\r\n");
}

static void play_scalar(void *fake)
{
    say(fake, "[1,2]\r\n");
}

static void play_deep(void *fake)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < 5000; i++)
        g_string_append_c(text, '[');
    say(fake, "%s\r\n", text->str);
}

static void play_endless(void *data)
{
    Fake *fake = data;
    g_autofree char *chunk = g_strnfill(1 << 20, ' ');

    for (guint i = 0; i < QMP_LINE_MAX / (1 << 20) + 2; i++)
        if (send(fake->fd, chunk, 1 << 20, MSG_NOSIGNAL) < 0)
            return;
}

static void test_not_qmp(Fixture *fixture, gconstpointer play)
{
    turn_until(is_closed, fixture);
    g_assert_nonnull(strstr(fixture->closed->str, "QEMU of guest 'x' (pid 42): it sent"));
}

static void play_unasked(void *fake)
{
    say(fake, "{\"return\":{},\"id\":999}\r\n{\"return\":{}}\r\n{\"id\":\"a\"}\r\n{}\r\n");
    answer(fake, "query-a", "{}");
}

static void test_unasked_replies(Fixture *fixture, gconstpointer play)
{
    g_autoptr(QmpBatch) batch = qmp_batch_new();
    g_autoptr(GError) error = NULL;

    qmp_batch_add(batch, "query-a", NULL);
    g_assert_true(run(fixture, batch, 5000, &error));
}

static void play_fd(void *data)
{
    Fake *fake = data;

    answer(fake, "before", "{}");
    answer(fake, "getfd", "{}");
    g_assert_cmpint(fake->received_fd, >=, 0);
    answer(fake, "after", "{}");
}

static void test_descriptor(Fixture *fixture, gconstpointer play)
{
    g_autoptr(QmpBatch) batch = qmp_batch_new();
    g_autoptr(GError) error = NULL;

    qmp_batch_add(batch, "before", NULL);
    qmp_batch_add_fd(batch, "listen", fixture->fake.fd);
    qmp_batch_add(batch, "after", NULL);
    g_assert_true(run(fixture, batch, 5000, &error));
}

static void on_asked(QmpBatch *batch, const GError *error, gpointer data)
{
    *(GError **)data = error ? g_error_copy(error) : NULL;
    g_assert_cmpstr(json_object_get_string(qmp_batch_result(batch, 0)), ==, "yes");
}

static void play_ask(void *fake)
{
    answer(fake, "query-a", "\"yes\"");
}

static void test_asked_by_the_loop(Fixture *fixture, gconstpointer play)
{
    QmpBatch *batch = qmp_batch_new();
    GError *const pending = (GError *)0x1;
    GError *outcome = pending;

    qmp_batch_add(batch, "query-a", NULL);
    qmp_ask(fixture->qmp, batch, 5000, on_asked, &outcome);
    g_assert_true(outcome == pending);
    while (outcome == pending)
        g_main_context_iteration(NULL, TRUE);
    g_assert_no_error(outcome);
}

#define TEST(name, play, func) g_test_add("/qmp/" name, Fixture, (gconstpointer)(play), set_up, func, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    loop_post_init();
    TEST("pipelined", play_batch, test_pipelined);
    TEST("command-fails", play_error, test_command_fails);
    TEST("silence", play_silence, test_silence);
    TEST("events", play_event, test_events);
    TEST("hang-up", play_hang_up, test_hang_up);
    TEST("garbage", play_garbage, test_not_qmp);
    TEST("scalar", play_scalar, test_not_qmp);
    TEST("deep", play_deep, test_not_qmp);
    TEST("endless-line", play_endless, test_not_qmp);
    TEST("unasked-replies", play_unasked, test_unasked_replies);
    TEST("descriptor", play_fd, test_descriptor);
    TEST("asked-by-the-loop", play_ask, test_asked_by_the_loop);
    return g_test_run();
}
