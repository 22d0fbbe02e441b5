/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/check/check_start.h"

#include "virtnetworkd/check/check.h"
#include "virtnetworkd/host/firewalld.h"
#include "virtnetworkd/network.h"

/* Many networks that start together, as at boot, are not held up by one look after the other. */
#define PAUSE_MS 500

/* Whoever makes rules may be at it just now: firewalld drops all that is forwarded while it starts, and lets a bridge
 * pass when it has been told of it. Only what is still there then is told. */
#define SECOND_PAUSE_MS 3000

typedef struct {
    GPtrArray *defs; /* NetworkDef */
    gboolean is_second;
} Look;

static Look *started; /* NULL: none is to be looked at */

static void work(gpointer data)
{
    Look *look = data;

    if (look->is_second)
        firewalld_settle();
    check_others_rules(look->defs, look->is_second);
}

static void done(gpointer data);

static gboolean on_second_pause_end(gpointer data)
{
    daemon_run_worker(network_driver.daemon, work, done, data);
    return G_SOURCE_REMOVE;
}

static void done(gpointer data)
{
    Look *look = data;

    if (look->defs->len > 0 && !look->is_second) {
        look->is_second = TRUE;
        g_timeout_add(SECOND_PAUSE_MS, on_second_pause_end, look);
        return;
    }
    g_ptr_array_unref(look->defs);
    g_free(look);
}

static gboolean on_pause_end(gpointer data)
{
    daemon_run_worker(network_driver.daemon, work, done, g_steal_pointer(&started));
    return G_SOURCE_REMOVE;
}

void check_started(const NetworkDef *def)
{
    if (!started) {
        started = g_new0(Look, 1);
        started->defs = g_ptr_array_new_with_free_func((GDestroyNotify)network_def_free);
        g_timeout_add(PAUSE_MS, on_pause_end, NULL);
    }
    g_ptr_array_add(started->defs, network_def_copy(def));
}
