/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/job.h"

#include "common/bell.h"
#include "common/error.h"
#include "daemon/loop_post.h"

/* How long a thread waits for another job before it ends. */
#define IDLE_THREAD_US (2 * G_USEC_PER_SEC)

typedef struct {
    JobQueue *queue;
    const JobKind *kind;
    gpointer job;
    gint64 begun_us; /* of its wait, then of its work */
    guint wait_timer;
    GError *error;
} Entry;

struct JobQueue {
    char *subject;
    Entry *current;
    GQueue waiting; /* of Entry */
};

static guint n_jobs;

static void begin(Entry *entry);

JobQueue *job_queue_new(const char *subject)
{
    JobQueue *queue = g_new0(JobQueue, 1);

    queue->subject = g_strdup(subject);
    g_queue_init(&queue->waiting);
    return queue;
}

void job_queue_free(JobQueue *queue)
{
    if (!queue)
        return;
    g_assert(job_queue_is_idle(queue));
    g_free(queue->subject);
    g_free(queue);
}

void job_queue_set_subject(JobQueue *queue, const char *subject)
{
    g_free(queue->subject);
    queue->subject = g_strdup(subject);
}

gboolean job_queue_is_idle(const JobQueue *queue)
{
    return !queue->current;
}

const char *job_queue_current(const JobQueue *queue, gint64 *age_ms)
{
    if (!queue->current)
        return NULL;
    *age_ms = (g_get_monotonic_time() - queue->current->begun_us) / 1000;
    return queue->current->kind->name;
}

guint job_count(void)
{
    return n_jobs;
}

/* Ends an entry. Its queue may be freed by done, when it was the last. */
static void finish(Entry *entry)
{
    n_jobs--;
    entry->kind->done(entry->job, entry->error);
    g_clear_error(&entry->error);
    g_free(entry);
}

static void set_busy(Entry *entry)
{
    gint64 age_ms = 0;
    const char *name = job_queue_current(entry->queue, &age_ms);

    vir_error_set(&entry->error, VIR_FROM_QEMU, VIR_ERR_OPERATION_TIMEOUT,
                  "cannot acquire state change lock of %s (held by job '%s' for %" G_GINT64_FORMAT " s)",
                  entry->queue->subject, name, age_ms / 1000);
}

/* On the loop: the current job's work is over. The queue counts as busy while a next one waits, so done cannot end it.
 */
static void on_work_done(gpointer data)
{
    Entry *entry = data;
    JobQueue *queue = entry->queue;
    Entry *next = g_queue_pop_head(&queue->waiting);

    queue->current = next;
    /* Publishing comes first: the next job starts from the state that this one left. */
    if (next) {
        g_clear_handle_id(&next->wait_timer, g_source_remove);
        finish(entry);
        begin(next);
    } else {
        finish(entry);
    }
}

/* A thread whose last job has ended stays for a while, as jobs often come one after the other; one at most. */
static struct {
    GMutex lock;
    gboolean is_there;
    Entry *entry; /* for it */
    Bell bell;    /* rung when there is one */
} idle_thread;

/* Whether this thread is the one that stays. It is before its job's end is told, as what is told may begin the next. */
static gboolean stay(void)
{
    gboolean is_mine;

    g_mutex_lock(&idle_thread.lock);
    is_mine = !idle_thread.is_there;
    if (is_mine)
        idle_thread.is_there = TRUE;
    g_mutex_unlock(&idle_thread.lock);
    return is_mine;
}

/* is_leaving: the thread stays no longer, whether there is an entry for it or not. */
static Entry *take_entry(gboolean is_leaving)
{
    Entry *entry;

    g_mutex_lock(&idle_thread.lock);
    entry = g_steal_pointer(&idle_thread.entry);
    if (entry || is_leaving)
        idle_thread.is_there = FALSE;
    g_mutex_unlock(&idle_thread.lock);
    return entry;
}

static Entry *wait_for_entry(void)
{
    gint64 until_us = g_get_monotonic_time() + IDLE_THREAD_US;
    Entry *entry;

    while (!(entry = take_entry(FALSE)))
        if (!bell_wait(&idle_thread.bell, until_us))
            return take_entry(TRUE);
    return entry;
}

static gpointer work(gpointer data)
{
    Entry *entry = data;

    while (entry) {
        gboolean stays;

        entry->kind->run(entry->job, &entry->error);
        stays = stay();
        loop_post(on_work_done, entry);
        entry = stays ? wait_for_entry() : NULL;
    }
    return NULL;
}

static gboolean hand_over(Entry *entry)
{
    gboolean is_taken;

    g_mutex_lock(&idle_thread.lock);
    is_taken = idle_thread.is_there && !idle_thread.entry;
    if (is_taken)
        idle_thread.entry = entry;
    g_mutex_unlock(&idle_thread.lock);
    /* Not under the lock, or the thread would wake up only to wait for that. */
    if (is_taken)
        bell_ring(&idle_thread.bell);
    return is_taken;
}

static gboolean run_on_thread(Entry *entry)
{
    g_autoptr(GError) error = NULL;
    GThread *thread;

    if (hand_over(entry))
        return TRUE;
    if (!bell_is_there(&idle_thread.bell))
        bell_init(&idle_thread.bell);
    thread = g_thread_try_new("job", work, entry, &error);
    if (!thread) {
        vir_error_set(&entry->error, VIR_FROM_QEMU, VIR_ERR_SYSTEM_ERROR, "cannot start a thread for a job: %s",
                      error->message);
        return FALSE;
    }
    g_thread_unref(thread);
    return TRUE;
}

static void begin(Entry *entry)
{
    entry->begun_us = g_get_monotonic_time();
    if (entry->kind->begin && !entry->kind->begin(entry->job, &entry->error))
        loop_post(on_work_done, entry);
    else if (!entry->kind->run || !run_on_thread(entry))
        loop_post(on_work_done, entry);
}

static gboolean on_wait_over(gpointer data)
{
    Entry *entry = data;

    entry->wait_timer = 0;
    g_queue_remove(&entry->queue->waiting, entry);
    set_busy(entry);
    finish(entry);
    return G_SOURCE_REMOVE;
}

static void refuse(gpointer data)
{
    finish(data);
}

void job_queue_push(JobQueue *queue, const JobKind *kind, gpointer job)
{
    Entry *entry = g_new0(Entry, 1);

    n_jobs++;
    *entry = (Entry){.queue = queue, .kind = kind, .job = job, .begun_us = g_get_monotonic_time()};
    if (!queue->current) {
        queue->current = entry;
        begin(entry);
    } else if (queue->waiting.length >= JOB_QUEUE_MAX) {
        set_busy(entry);
        loop_post(refuse, entry);
    } else {
        entry->wait_timer = g_timeout_add(JOB_WAIT_MS, on_wait_over, entry);
        g_queue_push_tail(&queue->waiting, entry);
    }
}
