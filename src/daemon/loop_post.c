/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/loop_post.h"

#include "common/bell.h"
#include "daemon/poll.h"

typedef struct {
    LoopFunc func;
    gpointer data;
} Post;

/* What is to be run, in order. One turn of the loop runs all that is there when it begins. */
static GMutex lock;
static GQueue posts = G_QUEUE_INIT;
static Bell bell; /* rung when there is something */

static void run_posts(guint32 events, gpointer data)
{
    GQueue taken;

    bell_hush(&bell);
    g_mutex_lock(&lock);
    taken = posts;
    g_queue_init(&posts);
    g_mutex_unlock(&lock);
    while (taken.head) {
        g_autofree Post *post = g_queue_pop_head(&taken);

        post->func(post->data);
    }
}

void loop_post_init(void)
{
    bell_init(&bell);
    poll_add(poll_set_get(), bell_fd(&bell), EPOLLIN, run_posts, NULL);
}

void loop_post(LoopFunc func, gpointer data)
{
    Post *post = g_new(Post, 1);
    gboolean is_first;

    g_assert(bell_is_there(&bell));
    *post = (Post){func, data};
    g_mutex_lock(&lock);
    is_first = g_queue_is_empty(&posts);
    g_queue_push_tail(&posts, post);
    g_mutex_unlock(&lock);
    if (is_first)
        bell_ring(&bell);
}

/* ---- calls ---- */

typedef struct {
    LoopFunc func;
    gpointer data;
    GMutex lock;
    GCond wake;
    gboolean is_done;
} Call;

static void run_call(gpointer data)
{
    Call *call = data;

    call->func(call->data);
    g_mutex_lock(&call->lock);
    call->is_done = TRUE;
    g_cond_signal(&call->wake);
    g_mutex_unlock(&call->lock);
}

void loop_call(LoopFunc func, gpointer data)
{
    Call call = {.func = func, .data = data};

    g_mutex_init(&call.lock);
    g_cond_init(&call.wake);
    loop_post(run_call, &call);
    g_mutex_lock(&call.lock);
    while (!call.is_done)
        g_cond_wait(&call.wake, &call.lock);
    g_mutex_unlock(&call.lock);
    g_cond_clear(&call.wake);
    g_mutex_clear(&call.lock);
}
