/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/loop.h"

typedef struct {
    LoopFunc func;
    gpointer data;
} Post;

static gboolean run_post(gpointer data)
{
    Post *post = data;

    post->func(post->data);
    return G_SOURCE_REMOVE;
}

void loop_post(LoopFunc func, gpointer data)
{
    /* Not g_main_context_invoke(): before the loop runs, that would run func on the calling thread. */
    g_autoptr(GSource) source = g_idle_source_new();
    Post *post = g_new(Post, 1);

    *post = (Post){func, data};
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, run_post, post, g_free);
    g_source_attach(source, NULL);
}

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
