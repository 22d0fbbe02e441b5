/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Theory of operation. A Run is a batch on its way: it counts the answers it waits for. A Pending is one command
 * without an answer, found by its id; it points to its Run until the answer comes or the Run is given up (time is
 * over), then to none, so that the late answer is recognised and dropped.
 *
 * The lock guards everything but what is marked as the loop's. Commands are written by whoever sends them, as far as
 * the socket takes them at once; the loop writes the rest.
 */
#include "virtqemud/qmp/qmp.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "daemon/loop_post.h"

#define READ_CHUNK 65536
#define JSON_DEPTH 64

typedef struct Run {
    QmpBatch *batch;
    guint n_open; /* answers that are still to come */
    gboolean is_over;
    GError *error; /* of the whole run */
    GCond *wake;   /* a thread waits, or */
    QmpDone done;  /* the loop is told; then the run and the batch are the connection's */
    gpointer data;
    GSource *deadline;
} Run;

typedef struct {
    gint64 id;
    Run *run; /* NULL: given up */
    guint index;
    char *name;
    gint64 sent_us;
} Pending;

/* What is to be written. A descriptor goes with the first byte of its chunk. */
typedef struct {
    GBytes *bytes;
    gsize offset;
    int fd; /* owned; -1 */
} Chunk;

struct Qmp {
    gint refs;
    GMutex lock;
    int fd; /* -1 when the connection has ended */
    char *peer;
    gint64 last_id;
    GQueue pending; /* of Pending, oldest first; QEMU answers in order */
    GQueue out;     /* of Chunk */
    GError *ended;

    /* The loop's. */
    PollItem *poll;
    const QmpListener *listener;
    gpointer owner;
    GByteArray *in;
    gsize scanned; /* bytes of in known to hold no newline */
};

static void chunk_free(gpointer data)
{
    Chunk *chunk = data;

    g_bytes_unref(chunk->bytes);
    if (chunk->fd >= 0)
        close(chunk->fd);
    g_free(chunk);
}

static void pending_free(gpointer data)
{
    Pending *pending = data;

    g_free(pending->name);
    g_free(pending);
}

Qmp *qmp_ref(Qmp *qmp)
{
    g_atomic_int_inc(&qmp->refs);
    return qmp;
}

void qmp_unref(Qmp *qmp)
{
    if (!qmp || !g_atomic_int_dec_and_test(&qmp->refs))
        return;
    g_assert(qmp->fd < 0);
    g_queue_clear_full(&qmp->pending, pending_free);
    g_queue_clear_full(&qmp->out, chunk_free);
    g_clear_error(&qmp->ended);
    g_byte_array_unref(qmp->in);
    g_mutex_clear(&qmp->lock);
    g_free(qmp->peer);
    g_free(qmp);
}

/* ---- runs ---- */

static void run_free(Run *run)
{
    if (run->deadline) {
        g_source_destroy(run->deadline);
        g_source_unref(run->deadline);
    }
    g_clear_error(&run->error);
    g_free(run);
}

/* The error of a run whose commands all have their answers. */
static GError *run_first_error(const Run *run)
{
    for (guint i = 0; i < qmp_batch_size(run->batch); i++) {
        const QmpCommand *command = qmp_batch_command(run->batch, i);

        if (command->error && !command->may_fail)
            return g_error_copy(command->error);
    }
    return NULL;
}

static void tell_done(gpointer data)
{
    Run *run = data;

    run->done(run->batch, run->error, run->data);
    qmp_batch_free(run->batch);
    run_free(run);
}

/* Ends a run: wakes its thread or tells the loop. Takes error. Under the lock. */
static void run_finish(Run *run, GError *error)
{
    run->is_over = TRUE;
    run->error = error ? error : run_first_error(run);
    if (run->wake) {
        g_cond_signal(run->wake);
    } else {
        /* Always by way of the loop's next turn, so that a done function never runs inside of qmp_ask(). */
        loop_post(tell_done, run);
    }
}

/* No answer to the run's commands is awaited any more. Under the lock. */
static void run_give_up(Qmp *qmp, const Run *run)
{
    for (GList *l = qmp->pending.head; l; l = l->next) {
        Pending *pending = l->data;

        if (pending->run == run)
            pending->run = NULL;
    }
}

/* Under the lock. */
static GError *silence_error(Qmp *qmp)
{
    const Pending *oldest = g_queue_peek_head(&qmp->pending);
    gint64 age_s = oldest ? (g_get_monotonic_time() - oldest->sent_us) / G_USEC_PER_SEC : 0;
    GError *error = NULL;

    vir_error_set(&error, VIR_FROM_QEMU, VIR_ERR_OPERATION_TIMEOUT,
                  "%s has not answered '%s' for %" G_GINT64_FORMAT " s", qmp->peer,
                  oldest ? oldest->name : "qmp_capabilities", age_s);
    return error;
}

/* ---- writing ---- */

/* Writes one chunk as far as it goes. FALSE when it did not go whole. Under the lock. */
static gboolean write_chunk(Qmp *qmp, Chunk *chunk, int *errnum)
{
    gsize size;
    const char *data = g_bytes_get_data(chunk->bytes, &size);
    struct iovec iov = {(char *)data + chunk->offset, size - chunk->offset};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};
    gssize sent;

    if (chunk->fd >= 0) {
        control.header = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.header), &chunk->fd, sizeof(int));
        message.msg_control = &control;
        message.msg_controllen = sizeof(control.space);
    }
    do
        sent = sendmsg(qmp->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0) {
        *errnum = errno;
        return FALSE;
    }
    if (chunk->fd >= 0)
        close(chunk->fd);
    chunk->fd = -1;
    chunk->offset += sent;
    return chunk->offset == size;
}

/* Writes what goes at once. Returns an errno when the connection is broken, EAGAIN when something is left, or 0. Under
 * the lock. */
static int flush(Qmp *qmp)
{
    while (qmp->out.head) {
        int errnum = 0;

        if (write_chunk(qmp, qmp->out.head->data, &errnum))
            chunk_free(g_queue_pop_head(&qmp->out));
        else if (errnum)
            return errnum;
    }
    return 0;
}

static void watch_output(gpointer data)
{
    g_autoptr(Qmp) qmp = data;

    if (qmp->poll)
        poll_change(qmp->poll, EPOLLIN | EPOLLOUT);
}

static void add_chunk(Qmp *qmp, GString *text, int fd)
{
    Chunk *chunk = g_new0(Chunk, 1);

    chunk->bytes = g_string_free_to_bytes(text);
    chunk->fd = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;
    g_queue_push_tail(&qmp->out, chunk);
}

static void append_command(Qmp *qmp, GString *text, Run *run, guint index, const QmpCommand *command)
{
    Pending *pending = g_new0(Pending, 1);

    *pending = (Pending){.id = ++qmp->last_id,
                         .run = run,
                         .index = index,
                         .name = g_strdup(command->name),
                         .sent_us = g_get_monotonic_time()};
    g_queue_push_tail(&qmp->pending, pending);
    g_string_append_printf(text, "{\"execute\":\"%s\"", command->name);
    if (command->arguments)
        g_string_append_printf(text, ",\"arguments\":%s", json_text(command->arguments));
    g_string_append_printf(text, ",\"id\":%" G_GINT64_FORMAT "}\n", pending->id);
}

/* Queues a run's commands and writes them. Under the lock. */
static void send_run(Qmp *qmp, Run *run)
{
    guint n = qmp_batch_size(run->batch);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < n; i++) {
        const QmpCommand *command = qmp_batch_command(run->batch, i);

        /* QEMU takes a descriptor for the command that came with it, so such a command is a message of its own. */
        if (command->fd >= 0 && text->len > 0) {
            add_chunk(qmp, text, -1);
            text = g_string_new(NULL);
        }
        append_command(qmp, text, run, i, command);
        if (command->fd >= 0) {
            add_chunk(qmp, text, command->fd);
            text = g_string_new(NULL);
        }
    }
    if (text->len > 0)
        add_chunk(qmp, text, -1);
    else
        g_string_free(text, TRUE);
    run->n_open = n;
    /* A broken connection is found, and told, by the loop's reading. */
    if (flush(qmp) != 0)
        loop_post(watch_output, qmp_ref(qmp));
}

/* FALSE with *error when nothing can be sent now. Under the lock. */
static gboolean check_sendable(Qmp *qmp, const QmpBatch *batch, GError **error)
{
    if (qmp->ended) {
        g_propagate_error(error, g_error_copy(qmp->ended));
        return FALSE;
    }
    if (qmp->pending.length + qmp_batch_size(batch) > QMP_PENDING_MAX) {
        g_propagate_error(error, silence_error(qmp));
        return FALSE;
    }
    return TRUE;
}

/* ---- calls ---- */

gboolean qmp_run(Qmp *qmp, QmpBatch *batch, guint timeout_ms, GError **error)
{
    gint64 deadline = g_get_monotonic_time() + (gint64)timeout_ms * 1000;
    g_autoptr(GMutexLocker) locker = NULL;
    GCond wake;
    Run run = {.batch = batch, .wake = &wake};

    if (qmp_batch_size(batch) == 0)
        return TRUE;
    g_cond_init(&wake);
    locker = g_mutex_locker_new(&qmp->lock);
    if (!check_sendable(qmp, batch, &run.error)) {
        run.is_over = TRUE;
    } else {
        send_run(qmp, &run);
        while (!run.is_over && g_cond_wait_until(&wake, &qmp->lock, deadline))
            continue;
        if (!run.is_over) {
            run.error = silence_error(qmp);
            run_give_up(qmp, &run);
        }
    }
    g_cond_clear(&wake);
    if (!run.error)
        return TRUE;
    g_propagate_error(error, run.error);
    return FALSE;
}

json_object *qmp_call(Qmp *qmp, const char *command, json_object *arguments, guint timeout_ms, GError **error)
{
    g_autoptr(QmpBatch) batch = qmp_batch_new();

    qmp_batch_add(batch, command, arguments);
    if (!qmp_run(qmp, batch, timeout_ms, error))
        return NULL;
    return json_object_get(qmp_batch_result(batch, 0));
}

typedef struct {
    Qmp *qmp;
    Run *run;
} Deadline;

static void deadline_free(gpointer data)
{
    Deadline *deadline = data;

    qmp_unref(deadline->qmp);
    g_free(deadline);
}

static gboolean on_deadline(gpointer data)
{
    Deadline *deadline = data;
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&deadline->qmp->lock);

    if (!deadline->run->is_over) {
        run_give_up(deadline->qmp, deadline->run);
        run_finish(deadline->run, silence_error(deadline->qmp));
    }
    return G_SOURCE_REMOVE;
}

void qmp_ask(Qmp *qmp, QmpBatch *batch, guint timeout_ms, QmpDone done, gpointer data)
{
    Run *run = g_new0(Run, 1);
    Deadline *deadline = g_new0(Deadline, 1);
    g_autoptr(GMutexLocker) locker = NULL;
    GError *error = NULL;

    *run = (Run){.batch = batch, .done = done, .data = data, .deadline = g_timeout_source_new(timeout_ms)};
    *deadline = (Deadline){.qmp = qmp_ref(qmp), .run = run};
    g_source_set_callback(run->deadline, on_deadline, deadline, deadline_free);
    locker = g_mutex_locker_new(&qmp->lock);
    if (qmp_batch_size(batch) == 0 || !check_sendable(qmp, batch, &error)) {
        run_finish(run, error);
        return;
    }
    g_source_attach(run->deadline, NULL);
    send_run(qmp, run);
}

gint64 qmp_silence_ms(Qmp *qmp)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&qmp->lock);
    const Pending *oldest = g_queue_peek_head(&qmp->pending);

    return oldest ? (g_get_monotonic_time() - oldest->sent_us) / 1000 : 0;
}

/* ---- reading, on the loop ---- */

/* Ends the connection with reason, which it takes. */
static void end_connection(Qmp *qmp, GError *reason)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&qmp->lock);
    Pending *pending;

    if (qmp->ended) {
        g_error_free(reason);
        return;
    }
    qmp->ended = reason;
    poll_remove(g_steal_pointer(&qmp->poll));
    close(qmp->fd);
    qmp->fd = -1;
    g_queue_clear_full(&qmp->out, chunk_free);
    while ((pending = g_queue_pop_head(&qmp->pending))) {
        if (pending->run && !pending->run->is_over)
            run_finish(pending->run, g_error_copy(reason));
        pending_free(pending);
    }
}

void qmp_close(Qmp *qmp, const GError *reason)
{
    qmp->listener = NULL;
    end_connection(qmp, g_error_copy(reason));
}

/* The connection ends by itself. */
static void fail(Qmp *qmp, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void fail(Qmp *qmp, const char *format, ...)
{
    g_autofree char *what = NULL;
    GError *reason = NULL;
    const QmpListener *listener = qmp->listener;
    va_list args;

    va_start(args, format);
    what = g_strdup_vprintf(format, args);
    va_end(args);
    vir_error_set(&reason, VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED, "%s: %s", qmp->peer, what);
    qmp->listener = NULL;
    end_connection(qmp, reason);
    if (listener && listener->closed)
        listener->closed(qmp->ended, qmp->owner);
}

static void on_event(Qmp *qmp, json_object *message, const char *name)
{
    json_object *stamp = json_get_object(message, "timestamp");
    gint64 time_us = json_get_int(stamp, "seconds", 0) * G_USEC_PER_SEC + json_get_int(stamp, "microseconds", 0);

    if (qmp->listener && qmp->listener->event)
        qmp->listener->event(name, json_get_object(message, "data"), time_us, qmp->owner);
}

static GError *command_error(const char *command, json_object *failure)
{
    const char *description = json_get_string(failure, "desc");
    GError *error = NULL;

    vir_error_set(&error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "unable to execute QEMU command '%s': %s", command,
                  description ? description : "it gave no reason");
    return error;
}

static void on_reply(Qmp *qmp, json_object *message)
{
    gint64 id = json_get_int(message, "id", -1);
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&qmp->lock);
    Pending *pending = NULL;

    for (GList *l = qmp->pending.head; l && !pending; l = l->next) {
        if (((Pending *)l->data)->id == id) {
            pending = l->data;
            g_queue_delete_link(&qmp->pending, l);
        }
    }
    if (!pending) {
        log_debug("%s: reply with unknown id %" G_GINT64_FORMAT, qmp->peer, id);
        return;
    }
    if (pending->run) {
        Run *run = pending->run;
        QmpCommand *command = qmp_batch_command(run->batch, pending->index);

        if (json_object_object_get_ex(message, "return", &command->result)) {
            json_object_get(command->result);
        } else {
            command->failure = json_object_get(json_get_object(message, "error"));
            command->error = command_error(command->name, command->failure);
        }
        if (--run->n_open == 0)
            run_finish(run, NULL);
    }
    pending_free(pending);
}

/* FALSE when the connection has ended. */
static gboolean on_line(Qmp *qmp, const char *line, gsize size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_object) message = json_parse(line, size, JSON_DEPTH, VIR_FROM_QEMU, &error);
    const char *event;

    if (!json_object_is_type(message, json_type_object)) {
        fail(qmp, "it sent what is not QMP (%s)", error ? error->message : "no object");
        return FALSE;
    }
    event = json_get_string(message, "event");
    if (event)
        on_event(qmp, message, event);
    else if (!json_object_object_get_ex(message, "QMP", NULL))
        on_reply(qmp, message);
    return qmp->fd >= 0;
}

static gboolean is_blank(const guint8 *line, gsize size)
{
    return size == 0 || (size == 1 && line[0] == '\r');
}

/* Takes the whole lines off the input. */
static void take_lines(Qmp *qmp)
{
    gsize start = 0;
    const guint8 *end;

    while ((end = memchr(qmp->in->data + qmp->scanned, '\n', qmp->in->len - qmp->scanned))) {
        const guint8 *line = qmp->in->data + start;
        gsize size = end - line;

        qmp->scanned = start + size + 1;
        start = qmp->scanned;
        if (!is_blank(line, size) && !on_line(qmp, (const char *)line, size))
            return;
    }
    g_byte_array_remove_range(qmp->in, 0, start);
    qmp->scanned = qmp->in->len;
    if (qmp->in->len > QMP_LINE_MAX)
        fail(qmp, "it sent a line of more than %d bytes", QMP_LINE_MAX);
    /* A large reply is rare; what it took is not kept. */
    else if (qmp->in->len == 0 && start > READ_CHUNK) {
        g_byte_array_unref(qmp->in);
        qmp->in = g_byte_array_new();
    }
}

static void on_readable(Qmp *qmp)
{
    guint8 chunk[READ_CHUNK];
    gssize n = recv(qmp->fd, chunk, sizeof(chunk), MSG_DONTWAIT);

    if (n > 0) {
        g_byte_array_append(qmp->in, chunk, n);
        take_lines(qmp);
    } else if (n == 0) {
        fail(qmp, "it has closed its monitor");
    } else if (errno != EAGAIN && errno != EINTR) {
        fail(qmp, "its monitor cannot be read: %s", g_strerror(errno));
    }
}

static void on_writable(Qmp *qmp)
{
    int errnum;

    g_mutex_lock(&qmp->lock);
    errnum = flush(qmp);
    if (errnum == 0)
        poll_change(qmp->poll, EPOLLIN);
    g_mutex_unlock(&qmp->lock);
    if (errnum != 0 && errnum != EAGAIN)
        fail(qmp, "its monitor cannot be written: %s", g_strerror(errnum));
}

static void on_poll(guint32 events, gpointer data)
{
    g_autoptr(Qmp) qmp = qmp_ref(data);

    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        on_readable(qmp);
    if ((events & EPOLLOUT) && qmp->fd >= 0)
        on_writable(qmp);
}

static void ignore_greeting(QmpBatch *batch, const GError *error, gpointer data)
{
    /* When this fails, so does every later command, and says so. */
}

Qmp *qmp_new(PollSet *polls, int fd, const char *peer, const QmpListener *listener, gpointer owner)
{
    Qmp *qmp = g_new0(Qmp, 1);
    QmpBatch *hello = qmp_batch_new();

    qmp->refs = 1;
    g_mutex_init(&qmp->lock);
    qmp->fd = fd;
    qmp->peer = g_strdup(peer);
    qmp->listener = listener;
    qmp->owner = owner;
    qmp->in = g_byte_array_new();
    qmp->poll = poll_add(polls, fd, EPOLLIN, on_poll, qmp);
    qmp_batch_add(hello, "qmp_capabilities", NULL);
    qmp_ask(qmp, hello, QMP_TIMEOUT_MS, ignore_greeting, NULL);
    return qmp;
}
