/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/routing/autostart.h"

#include <unistd.h>

#include "common/log.h"
#include "config.h"
#include "daemon/driver.h"
#include "daemon/loop_post.h"

#define IDLE_TIMEOUT "120"
#define WAIT_MAX_MS  20000

typedef struct {
    AutostartDone done;
    gpointer data;
} Waiter;

/* One daemon being started, and all who wait for it. */
typedef struct {
    char *name;
    GArray *waiters;
} Start;

static GPtrArray *starts;

static Start *find(const char *name)
{
    for (guint i = 0; starts && i < starts->len; i++) {
        Start *start = g_ptr_array_index(starts, i);

        if (g_str_equal(start->name, name))
            return start;
    }
    return NULL;
}

static void on_child_exit(GPid pid, int status, gpointer data)
{
    Start *start = data;

    g_spawn_close_pid(pid);
    if (status != 0)
        log_warning("%s did not start: wait status %d", start->name, status);
    g_ptr_array_remove(starts, start);
    for (guint i = 0; i < start->waiters->len; i++) {
        Waiter *waiter = &g_array_index(start->waiters, Waiter, i);

        if (waiter->done)
            waiter->done(waiter->data);
    }
    g_array_unref(start->waiters);
    g_free(start->name);
    g_free(start);
}

static char *program_of(const char *name)
{
    g_autofree char *upper = g_ascii_strup(name, -1);
    g_autofree char *variable = g_strconcat(upper, "_PATH", NULL);
    const char *value = g_getenv(variable);

    return value ? g_strdup(value) : g_strconcat(SBINDIR "/", name, NULL);
}

/* --daemon makes the child end when its child is ready. --session matters to root alone, and only our daemons know it.
 */
static gboolean spawn(const char *program, GPid *pid)
{
    const char *arguments[] = {program, "--daemon", "--timeout", IDLE_TIMEOUT, geteuid() == 0 ? "--session" : NULL,
                               NULL};
    g_autoptr(GError) error = NULL;

    if (access(program, X_OK) < 0)
        return FALSE;
    if (g_spawn_async(NULL, (char **)arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
                      NULL, pid, &error))
        return TRUE;
    log_warning("cannot start %s: %s", program, error->message);
    return FALSE;
}

static gboolean may_start(const Daemon *daemon)
{
    return !daemon->is_privileged && g_strcmp0(g_getenv("LIBVIRT_AUTOSTART"), "0") != 0;
}

gboolean autostart(Daemon *daemon, const char *name, AutostartDone done, gpointer data)
{
    Waiter waiter = {done, data};
    g_autofree char *program = NULL;
    Start *start = find(name);
    GPid pid;

    if (!may_start(daemon))
        return FALSE;
    if (!start) {
        program = program_of(name);
        if (!spawn(program, &pid))
            return FALSE;
        log_info("starting %s", program);
        start = g_new0(Start, 1);
        start->name = g_strdup(name);
        start->waiters = g_array_new(FALSE, FALSE, sizeof(Waiter));
        if (!starts)
            starts = g_ptr_array_new();
        g_ptr_array_add(starts, start);
        g_child_watch_add(pid, on_child_exit, start);
    }
    g_array_append_val(start->waiters, waiter);
    return TRUE;
}

void autostart_cancel(gpointer data)
{
    for (guint i = 0; starts && i < starts->len; i++) {
        Start *start = g_ptr_array_index(starts, i);

        for (guint j = 0; j < start->waiters->len; j++)
            if (g_array_index(start->waiters, Waiter, j).data == data)
                g_array_index(start->waiters, Waiter, j).done = NULL;
    }
}

/* ---- for threads ---- */

/* Of all waits: whoever is woken looks for itself. */
static GMutex wait_lock;
static GCond wait_changed;
static gboolean is_stopping; /* under wait_lock */

typedef struct {
    Daemon *daemon;
    char *name;
    gboolean is_over; /* this and the next: under wait_lock */
    gboolean was_started;
} Wait;

static void wait_clear(gpointer data)
{
    g_free(((Wait *)data)->name);
}

static void end_wait(Wait *wait, gboolean was_started)
{
    g_mutex_lock(&wait_lock);
    wait->is_over = TRUE;
    wait->was_started = was_started;
    g_cond_broadcast(&wait_changed);
    g_mutex_unlock(&wait_lock);
    g_atomic_rc_box_release_full(wait, wait_clear);
}

static void on_started(gpointer data)
{
    end_wait(data, TRUE);
}

static void begin_wait(gpointer data)
{
    Wait *wait = data;

    if (!autostart(wait->daemon, wait->name, on_started, wait))
        end_wait(wait, FALSE);
}

gboolean daemon_autostart(Daemon *daemon, const char *name)
{
    gint64 deadline = g_get_monotonic_time() + WAIT_MAX_MS * G_TIME_SPAN_MILLISECOND;
    gboolean was_started;
    Wait *wait;

    if (!may_start(daemon))
        return FALSE;
    wait = g_atomic_rc_box_new0(Wait);
    wait->daemon = daemon;
    wait->name = g_strdup(name);
    loop_post(begin_wait, g_atomic_rc_box_acquire(wait));
    g_mutex_lock(&wait_lock);
    while (!wait->is_over && !is_stopping && g_cond_wait_until(&wait_changed, &wait_lock, deadline))
        ;
    was_started = wait->was_started;
    g_mutex_unlock(&wait_lock);
    g_atomic_rc_box_release_full(wait, wait_clear);
    return was_started;
}

void autostart_stop(void)
{
    g_mutex_lock(&wait_lock);
    is_stopping = TRUE;
    g_cond_broadcast(&wait_changed);
    g_mutex_unlock(&wait_lock);
}
