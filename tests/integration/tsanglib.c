/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tells the thread sanitizer what GLib does: GLib is not built with it, and its locks are made of futexes, so that the
 * sanitizer sees no order between threads that have one. To be preloaded into a program that was built with it.
 */
#include <dlfcn.h>
#include <glib-unix.h>

void __tsan_acquire(void *at) __attribute__((weak));
void __tsan_release(void *at) __attribute__((weak));

static void acquired(gpointer at)
{
    if (__tsan_acquire)
        __tsan_acquire(at);
}

static void releasing(gpointer at)
{
    if (__tsan_release)
        __tsan_release(at);
}

#define REAL(name)                                                                                                     \
    static __typeof__(&name) real;                                                                                     \
    if (!real)                                                                                                         \
    real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

void g_mutex_lock(GMutex *mutex)
{
    REAL(g_mutex_lock);
    real(mutex);
    acquired(mutex);
}

gboolean g_mutex_trylock(GMutex *mutex)
{
    REAL(g_mutex_trylock);
    gboolean has = real(mutex);

    if (has)
        acquired(mutex);
    return has;
}

void g_mutex_unlock(GMutex *mutex)
{
    REAL(g_mutex_unlock);
    releasing(mutex);
    real(mutex);
}

void g_cond_wait(GCond *cond, GMutex *mutex)
{
    REAL(g_cond_wait);
    releasing(mutex);
    real(cond, mutex);
    acquired(mutex);
}

gboolean g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end_time)
{
    REAL(g_cond_wait_until);
    gboolean is_signalled;

    releasing(mutex);
    is_signalled = real(cond, mutex, end_time);
    acquired(mutex);
    return is_signalled;
}

void(g_once_init_leave)(volatile void *location, gsize result)
{
    static void (*real)(volatile void *, gsize);

    if (!real)
        real = (void (*)(volatile void *, gsize))dlsym(RTLD_NEXT, "g_once_init_leave");
    releasing((gpointer)location);
    real(location, result);
}

gboolean(g_once_init_enter)(volatile void *location)
{
    static gboolean (*real)(volatile void *);
    gboolean is_first;

    if (!real)
        real = (gboolean(*)(volatile void *))dlsym(RTLD_NEXT, "g_once_init_enter");
    is_first = real(location);
    acquired((gpointer)location);
    return is_first;
}

/* ---- what is handed on ---- */

/* Of pools, which stay for good. */
typedef struct {
    GFunc func;
    gpointer data;
} Pool;

static void in_pool(gpointer data, gpointer pool_data)
{
    const Pool *pool = pool_data;

    acquired(data);
    pool->func(data, pool->data);
}

GThreadPool *g_thread_pool_new(GFunc func, gpointer user_data, gint max_threads, gboolean exclusive, GError **error)
{
    REAL(g_thread_pool_new);
    Pool *pool = g_new(Pool, 1);

    *pool = (Pool){func, user_data};
    return real(in_pool, pool, max_threads, exclusive, error);
}

gboolean g_thread_pool_push(GThreadPool *pool, gpointer data, GError **error)
{
    REAL(g_thread_pool_push);
    releasing(data);
    return real(pool, data, error);
}

/* What the loop is told to call. */
typedef struct {
    GSourceFunc func;
    GUnixFDSourceFunc fd_func;
    gpointer data;
    GDestroyNotify notify;
} Callback;

static Callback *callback_new(GSourceFunc func, GUnixFDSourceFunc fd_func, gpointer data, GDestroyNotify notify)
{
    Callback *callback = g_new(Callback, 1);

    *callback = (Callback){func, fd_func, data, notify};
    releasing(callback);
    return callback;
}

static void callback_free(gpointer data)
{
    Callback *callback = data;

    if (callback->notify)
        callback->notify(callback->data);
    g_free(callback);
}

static gboolean on_time(gpointer data)
{
    Callback *callback = data;

    acquired(callback);
    return callback->func(callback->data);
}

static gboolean on_fd(gint fd, GIOCondition condition, gpointer data)
{
    Callback *callback = data;

    acquired(callback);
    return callback->fd_func(fd, condition, callback->data);
}

guint g_idle_add_full(gint priority, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
    REAL(g_idle_add_full);

    return real(priority, on_time, callback_new(func, NULL, data, notify), callback_free);
}

guint g_timeout_add_full(gint priority, guint interval, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
    REAL(g_timeout_add_full);

    return real(priority, interval, on_time, callback_new(func, NULL, data, notify), callback_free);
}

guint g_timeout_add(guint interval, GSourceFunc func, gpointer data)
{
    return g_timeout_add_full(G_PRIORITY_DEFAULT, interval, func, data, NULL);
}

guint g_unix_fd_add_full(gint priority, gint fd, GIOCondition condition, GUnixFDSourceFunc func, gpointer data,
                         GDestroyNotify notify)
{
    REAL(g_unix_fd_add_full);

    return real(priority, fd, condition, on_fd, callback_new(NULL, func, data, notify), callback_free);
}

guint g_unix_fd_add(gint fd, GIOCondition condition, GUnixFDSourceFunc func, gpointer data)
{
    return g_unix_fd_add_full(G_PRIORITY_DEFAULT, fd, condition, func, data, NULL);
}
