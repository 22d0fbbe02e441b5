/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virtstoraged: the storage driver's daemon. */
#include "common/error.h"
#include "common/file.h"
#include "common/log.h"
#include "virtstoraged/handlers.h"
#include "virtstoraged/pool_job.h"
#include "virtstoraged/store.h"

/* How long the first look at active pools may keep the daemon from answering. One that takes longer is answered for as
 * starting up. */
#define LOAD_MAX_MS 2000

/* Calls func for every pool that is_wanted takes; func may change the table. */
static void for_each(gboolean (*is_wanted)(const StoragePool *), void (*func)(StoragePool *))
{
    g_autoptr(GList) pools = g_hash_table_get_values(storage_driver.by_name);

    for (GList *item = pools; item; item = item->next) {
        if (is_wanted(item->data))
            func(item->data);
    }
}

static gboolean make_dirs(Daemon *daemon, GError **error)
{
    gboolean is_system = daemon_is_privileged(daemon);

    storage_driver.config_dir = g_build_filename(daemon_config_dir(daemon), "storage", NULL);
    storage_driver.run_dir = g_build_filename(daemon_run_dir(daemon), "storage", is_system ? NULL : "run", NULL);
    return file_make_dir(storage_driver.config_dir, 0700, VIR_FROM_STORAGE, error) &&
           file_make_dir(storage_driver.run_dir, 0755, VIR_FROM_STORAGE, error);
}

static gboolean is_active(const StoragePool *pool)
{
    return pool_is_active(pool);
}

static gboolean shall_autostart(const StoragePool *pool)
{
    return pool->autostart && !pool_is_active(pool);
}

static void autostart(StoragePool *pool)
{
    pool_job_start(pool, 0, NULL);
}

static gboolean on_load_timeout(gpointer data)
{
    *(gboolean *)data = TRUE;
    return G_SOURCE_REMOVE;
}

/* Volumes that were there before shall be there for the first call. */
static void wait_for_load(void)
{
    gboolean is_late = FALSE;
    guint timer = g_timeout_add(LOAD_MAX_MS, on_load_timeout, &is_late);

    while (storage_driver.n_jobs > 0 && !is_late)
        g_main_context_iteration(NULL, TRUE);
    if (is_late)
        log_warning("some storage pools take their time");
    else
        g_source_remove(timer);
}

static gboolean start(Daemon *daemon, GError **error)
{
    storage_driver.daemon = daemon;
    storage_driver.by_name = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)pool_unref);
    if (!make_dirs(daemon, error))
        return FALSE;
    store_load();
    for_each(is_active, pool_job_load);
    if (store_is_first_start())
        for_each(shall_autostart, autostart);
    wait_for_load();
    return TRUE;
}

/* A job that hangs on its disk ends with the process, and reads the driver's paths until then. */
static void stop(Daemon *daemon)
{
    g_clear_pointer(&storage_driver.by_name, g_hash_table_unref);
}

/* What is active is found again; what is being made would not be. */
static gboolean is_busy(Daemon *daemon)
{
    return storage_driver.n_jobs > 0;
}

static const DaemonDriver driver = {
    .name = "virtstoraged",
    .type = "storage",
    .uri_scheme = "storage",
    .object_kinds = 1u << RPC_OBJECT_STORAGE_POOL | 1u << RPC_OBJECT_STORAGE_VOL,
    .remote = &storage_handlers,
    .start = start,
    .stop = stop,
    .is_busy = is_busy,
};

int main(int argc, char **argv)
{
    return daemon_main(&driver, argc, argv);
}
