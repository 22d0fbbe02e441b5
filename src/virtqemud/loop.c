/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/loop.h"

typedef struct {
    LoopFunc func;
    gpointer data;
} Post;

/* What is to be run, in order. One turn of the loop runs all that is there when it begins. */
static GMutex lock;
static GQueue posts = G_QUEUE_INIT;

/* ---- the source that runs them; there is one, for good ---- */

static gboolean has_posts(GSource *source)
{
    gboolean is_ready;

    g_mutex_lock(&lock);
    is_ready = !g_queue_is_empty(&posts);
    g_mutex_unlock(&lock);
    return is_ready;
}

static gboolean prepare(GSource *source, gint *timeout_ms)
{
    *timeout_ms = -1;
    return has_posts(source);
}

static gboolean run_posts(GSource *source, GSourceFunc callback, gpointer data)
{
    GQueue taken;

    g_mutex_lock(&lock);
    taken = posts;
    g_queue_init(&posts);
    g_mutex_unlock(&lock);
    while (taken.head) {
        g_autofree Post *post = g_queue_pop_head(&taken);

        post->func(post->data);
    }
    return G_SOURCE_CONTINUE;
}

static void add_source_once(void)
{
    static GSourceFuncs funcs = {.prepare = prepare, .check = has_posts, .dispatch = run_posts};
    static gsize is_added;

    if (g_once_init_enter(&is_added)) {
        GSource *source = g_source_new(&funcs, sizeof(GSource));

        g_source_set_static_name(source, "posts");
        g_source_attach(source, NULL);
        g_source_unref(source);
        g_once_init_leave(&is_added, 1);
    }
}

void loop_post(LoopFunc func, gpointer data)
{
    Post *post = g_new(Post, 1);
    gboolean is_first;

    add_source_once();
    *post = (Post){func, data};
    g_mutex_lock(&lock);
    is_first = g_queue_is_empty(&posts);
    g_queue_push_tail(&posts, post);
    g_mutex_unlock(&lock);
    if (is_first)
        g_main_context_wakeup(NULL);
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
