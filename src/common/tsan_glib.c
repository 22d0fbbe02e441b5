/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For builds with the thread sanitizer only. GLib's locks are futexes that the sanitizer cannot see, so that it takes
 * all they guard for races. The functions here stand before GLib's own and tell it. What GLib does within itself stays
 * unseen: run such programs with G_SLICE=always-malloc.
 */
#include <dlfcn.h>
#include <glib-unix.h>

void __tsan_acquire(void *address);
void __tsan_release(void *address);
const char *__tsan_default_suppressions(void);

void(g_mutex_lock)(GMutex *mutex);
void(g_mutex_unlock)(GMutex *mutex);
gboolean(g_mutex_trylock)(GMutex *mutex);
void(g_cond_wait)(GCond *cond, GMutex *mutex);
gboolean(g_cond_wait_until)(GCond *cond, GMutex *mutex, gint64 end_time);
GThreadPool *(g_thread_pool_new)(GFunc func, gpointer data, gint max_threads, gboolean exclusive, GError **error);
gboolean(g_thread_pool_push)(GThreadPool *pool, gpointer data, GError **error);
guint(g_unix_fd_add_full)(gint priority, gint fd, GIOCondition condition, GUnixFDSourceFunc func, gpointer data,
                          GDestroyNotify notify);
guint(g_unix_fd_add)(gint fd, GIOCondition condition, GUnixFDSourceFunc func, gpointer data);
guint(g_timeout_add_full)(gint priority, guint interval, GSourceFunc func, gpointer data, GDestroyNotify notify);
guint(g_timeout_add)(guint interval, GSourceFunc func, gpointer data);
guint(g_idle_add_full)(gint priority, GSourceFunc func, gpointer data, GDestroyNotify notify);
void(g_atomic_rc_box_release_full)(gpointer box, GDestroyNotify func);
gboolean(g_once_init_enter)(volatile void *location);
void(g_once_init_leave)(volatile void *location, gsize result);

/* GLib's function of the name, found once. */
#define REAL(name)                                                                                                     \
    static __typeof__(&(name)) found;                                                                                  \
    __typeof__(&(name)) real = __atomic_load_n(&found, __ATOMIC_ACQUIRE);                                              \
    if (!real) {                                                                                                       \
        real = (__typeof__(real))dlsym(RTLD_NEXT, #name);                                                              \
        __atomic_store_n(&found, real, __ATOMIC_RELEASE);                                                              \
    }

void(g_mutex_lock)(GMutex *mutex)
{
    REAL(g_mutex_lock);
    real(mutex);
    __tsan_acquire(mutex);
}

void(g_mutex_unlock)(GMutex *mutex)
{
    REAL(g_mutex_unlock);
    __tsan_release(mutex);
    real(mutex);
}

gboolean(g_mutex_trylock)(GMutex *mutex)
{
    REAL(g_mutex_trylock);
    gboolean locked = real(mutex);

    if (locked)
        __tsan_acquire(mutex);
    return locked;
}

void(g_cond_wait)(GCond *cond, GMutex *mutex)
{
    REAL(g_cond_wait);
    __tsan_release(mutex);
    real(cond, mutex);
    __tsan_acquire(mutex);
}

gboolean(g_cond_wait_until)(GCond *cond, GMutex *mutex, gint64 end_time)
{
    REAL(g_cond_wait_until);
    __tsan_release(mutex);
    gboolean signalled = real(cond, mutex, end_time);

    __tsan_acquire(mutex);
    return signalled;
}

gboolean(g_once_init_enter)(volatile void *location)
{
    REAL(g_once_init_enter);
    gboolean is_first = real(location);

    if (!is_first)
        __tsan_acquire((void *)location);
    return is_first;
}

void(g_once_init_leave)(volatile void *location, gsize result)
{
    REAL(g_once_init_leave);
    __tsan_release((void *)location);
    real(location, result);
}

/* A pool's function, for good. */
typedef struct {
    GFunc func;
    gpointer data;
} Pool;

static void work(gpointer item, gpointer data)
{
    const Pool *pool = data;

    __tsan_acquire(item);
    pool->func(item, pool->data);
}

GThreadPool *(g_thread_pool_new)(GFunc func, gpointer data, gint max_threads, gboolean exclusive, GError **error)
{
    REAL(g_thread_pool_new);
    Pool *pool = g_new(Pool, 1);

    *pool = (Pool){func, data};
    return real(work, pool, max_threads, exclusive, error);
}

gboolean(g_thread_pool_push)(GThreadPool *pool, gpointer data, GError **error)
{
    REAL(g_thread_pool_push);
    __tsan_release(data);
    return real(pool, data, error);
}

/* Who gives a box up last frees it, after all others are through with it. */
static __thread GDestroyNotify clear_func;

static void clear_box(gpointer box)
{
    __tsan_acquire(box);
    if (clear_func)
        clear_func(box);
}

void(g_atomic_rc_box_release_full)(gpointer box, GDestroyNotify func)
{
    REAL(g_atomic_rc_box_release_full);
    clear_func = func;
    __tsan_release(box);
    real(box, clear_box);
}

/* What a thread tells the loop to call. */
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
    __tsan_release(callback);
    return callback;
}

static void callback_free(gpointer data)
{
    Callback *callback = data;

    if (callback->notify)
        callback->notify(callback->data);
    g_free(callback);
}

static gboolean on_call(gpointer data)
{
    Callback *callback = data;

    __tsan_acquire(callback);
    return callback->func(callback->data);
}

static gboolean on_fd(gint fd, GIOCondition condition, gpointer data)
{
    Callback *callback = data;

    __tsan_acquire(callback);
    return callback->fd_func(fd, condition, callback->data);
}

guint(g_unix_fd_add_full)(gint priority, gint fd, GIOCondition condition, GUnixFDSourceFunc func, gpointer data,
                          GDestroyNotify notify)
{
    REAL(g_unix_fd_add_full);
    return real(priority, fd, condition, on_fd, callback_new(NULL, func, data, notify), callback_free);
}

guint(g_unix_fd_add)(gint fd, GIOCondition condition, GUnixFDSourceFunc func, gpointer data)
{
    return g_unix_fd_add_full(G_PRIORITY_DEFAULT, fd, condition, func, data, NULL);
}

guint(g_timeout_add_full)(gint priority, guint interval, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
    REAL(g_timeout_add_full);
    return real(priority, interval, on_call, callback_new(func, NULL, data, notify), callback_free);
}

guint(g_timeout_add)(guint interval, GSourceFunc func, gpointer data)
{
    return g_timeout_add_full(G_PRIORITY_DEFAULT, interval, func, data, NULL);
}

guint(g_idle_add_full)(gint priority, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
    REAL(g_idle_add_full);
    return real(priority, on_call, callback_new(func, NULL, data, notify), callback_free);
}

/* Libraries that are not built with the sanitizer, whose own locks and counts of references it does not see. libtirpc
 * reads the bytes that fill a string up into a place that all threads share, and nobody looks at. */
const char *__tsan_default_suppressions(void)
{
    return "race:g_queue_pop_tail\n"
           "race:g_rw_lock_reader_lock\n"
           "race:json_object_put\n"
           "called_from_lib:libjson-c.so.5\n"
           "called_from_lib:libglib-2.0.so.0\n"
           "called_from_lib:libtirpc.so.3\n";
}
