/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Jobs: what is done to one guest and must wait for QEMU, a disk or another daemon. A guest's jobs are queued and run
 * one after the other, each as plain sequential code on a thread of its own; a guest without a job has no thread.
 *
 * A job's data belongs to its thread while run is at work, and to the loop before and after. run touches nothing that
 * the loop owns, except inside of loop_call().
 */
#pragma once

#include <glib.h>

/* Jobs that may wait in one queue. */
#define JOB_QUEUE_MAX 64
/* How long a job may wait for its turn. */
#define JOB_WAIT_MS (30 * 1000)

typedef struct JobQueue JobQueue;

typedef struct {
    const char *name; /* "start": named to those who wait for it */
    /* On the loop, when the job's turn comes: whether it can be done in the guest's present state. May be NULL. */
    gboolean (*begin)(gpointer job, GError **error);
    /* On the job's thread. NULL: there is nothing to wait for. */
    gboolean (*run)(gpointer job, GError **error);
    /* On the loop: publishes and answers. error is that of begin or run, or why it did not get its turn; borrowed.
     * Releases job. */
    void (*done)(gpointer job, const GError *error);
} JobKind;

/* subject names the guest in errors: "guest 'x'". */
JobQueue *job_queue_new(const char *subject);
/* The queue must be idle. */
void job_queue_free(JobQueue *queue);

/* Names the guest anew, after a rename. */
void job_queue_set_subject(JobQueue *queue, const char *subject);

/*
 * Queues a job; it begins at once when nothing is before it. done gets VIR_ERR_OPERATION_TIMEOUT, naming the job in the
 * way and its age, when the queue is full or the turn does not come in time. For the loop.
 */
void job_queue_push(JobQueue *queue, const JobKind *kind, gpointer job);

/* Whether nothing runs and nothing waits. For the loop. */
gboolean job_queue_is_idle(const JobQueue *queue);

/* The name of the job at work, or NULL; *age_ms since it began. For the loop. */
const char *job_queue_current(const JobQueue *queue, gint64 *age_ms);

/* How many jobs, of all guests, are at work or wait. */
guint job_count(void);
