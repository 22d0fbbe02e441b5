/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/check_start.h"

#include "virtnetworkd/check.h"
#include "virtnetworkd/network.h"

/* Many networks that start together, as at boot, are not held up by one look after the other. */
#define PAUSE_MS 500

static GPtrArray *started; /* NetworkDef; NULL: none is to be looked at */

static void work(gpointer data)
{
    check_log_rules(data);
}

static void done(gpointer data)
{
    g_ptr_array_unref(data);
}

static gboolean on_pause_end(gpointer data)
{
    daemon_run_worker(network_driver.daemon, work, done, g_steal_pointer(&started));
    return G_SOURCE_REMOVE;
}

void check_started(const NetworkDef *def)
{
    if (!started) {
        started = g_ptr_array_new_with_free_func((GDestroyNotify)network_def_free);
        g_timeout_add(PAUSE_MS, on_pause_end, NULL);
    }
    g_ptr_array_add(started, network_def_copy(def));
}
