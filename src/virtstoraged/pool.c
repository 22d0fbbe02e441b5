/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtstoraged/pool.h"

#include <string.h>

#include "common/error.h"

StorageDriver storage_driver;

/* ---- finding ---- */

StoragePool *pool_find(const char *name, GError **error)
{
    StoragePool *pool = g_hash_table_lookup(storage_driver.by_name, name);

    if (pool && pool_is_known(pool))
        return pool;
    vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_NO_STORAGE_POOL, "no storage pool with matching name '%s'", name);
    return NULL;
}

/* Another pool than the one called except (or NULL) that has what fits looks for. */
static StoragePool *search(gboolean (*fits)(const StoragePool *, gconstpointer), gconstpointer what, const char *except)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, storage_driver.by_name);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        StoragePool *pool = value;

        if (g_strcmp0(pool->name, except) != 0 && fits(pool, what))
            return pool;
    }
    return NULL;
}

static gboolean has_uuid(const StoragePool *pool, gconstpointer uuid)
{
    return uuid_equal(pool->uuid, uuid);
}

StoragePool *pool_find_uuid(const guint8 *uuid, GError **error)
{
    StoragePool *pool = search(has_uuid, uuid, NULL);
    char text[UUID_TEXT_LEN];

    if (pool && pool_is_known(pool))
        return pool;
    uuid_format(uuid, text);
    vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_NO_STORAGE_POOL, "no storage pool with matching uuid '%s'", text);
    return NULL;
}

static gboolean is_active_at(const StoragePool *pool, gconstpointer path)
{
    return pool->live && strcmp(pool->live->path, path) == 0;
}

StoragePool *pool_find_path(const char *path, GError **error)
{
    g_autofree char *clean = storage_clean_path(path);
    StoragePool *pool = search(is_active_at, clean, NULL);

    if (!pool)
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_NO_STORAGE_POOL,
                      "no storage pool with matching target path '%s'", path);
    return pool;
}

/* ---- life ---- */

static void volume_free(gpointer data)
{
    Volume *volume = data;

    volume_def_free(volume->def);
    g_free(volume->made_at);
    g_free(volume);
}

StoragePool *pool_claim(const PoolDef *def)
{
    StoragePool *pool = g_hash_table_lookup(storage_driver.by_name, def->name);

    if (pool)
        return pool;
    pool = g_new0(StoragePool, 1);
    pool->ref_count = 1;
    pool->name = g_strdup(def->name);
    memcpy(pool->uuid, def->uuid, UUID_LEN);
    pool->volumes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, volume_free);
    g_hash_table_insert(storage_driver.by_name, pool->name, pool);
    return pool;
}

void pool_settle(StoragePool *pool)
{
    if (!pool_is_known(pool) && !pool->alone && !pool->n_short && !pool->n_long && !pool->waiting.length &&
        g_hash_table_lookup(storage_driver.by_name, pool->name) == pool)
        g_hash_table_remove(storage_driver.by_name, pool->name);
}

StoragePool *pool_ref(StoragePool *pool)
{
    pool->ref_count++;
    return pool;
}

void pool_unref(StoragePool *pool)
{
    if (--pool->ref_count > 0)
        return;
    pool_def_free(pool->def);
    pool_def_free(pool->live);
    g_hash_table_unref(pool->volumes);
    g_free(pool->name);
    g_free(pool);
}

const PoolDef *pool_def_for(const StoragePool *pool, gboolean is_inactive)
{
    return pool->live && !(is_inactive && pool->def) ? pool->live : pool->def;
}

int pool_state(const StoragePool *pool)
{
    if (pool->is_starting || pool->is_building)
        return VIR_STORAGE_POOL_BUILDING;
    return pool_is_active(pool) ? VIR_STORAGE_POOL_RUNNING : VIR_STORAGE_POOL_INACTIVE;
}

/* ---- rules ---- */

static gboolean def_is_at(const PoolDef *def, const char *path)
{
    return def && strcmp(def->path, path) == 0;
}

static gboolean is_at(const StoragePool *pool, gconstpointer path)
{
    return def_is_at(pool->def, path) || def_is_at(pool->live, path);
}

gboolean pool_check_identity(const PoolDef *def, GError **error)
{
    StoragePool *same_uuid = search(has_uuid, def->uuid, def->name);
    StoragePool *same_name = g_hash_table_lookup(storage_driver.by_name, def->name);
    StoragePool *same_path = search(is_at, def->path, def->name);
    char uuid[UUID_TEXT_LEN];

    if (same_uuid) {
        uuid_format(def->uuid, uuid);
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_FAILED, "pool '%s' is already defined with uuid %s",
                      same_uuid->name, uuid);
    } else if (same_name && !uuid_equal(same_name->uuid, def->uuid)) {
        uuid_format(same_name->uuid, uuid);
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_FAILED, "pool '%s' already exists with uuid %s",
                      def->name, uuid);
    } else if (same_path) {
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_FAILED, "Storage source conflict with pool: '%s'",
                      same_path->name);
    } else {
        return TRUE;
    }
    return FALSE;
}

gboolean pool_check_active(const StoragePool *pool, GError **error)
{
    if (pool_is_active(pool) && !pool->is_starting)
        return TRUE;
    vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_INVALID,
                  pool_is_active(pool) ? "storage pool '%s' is starting up" : "storage pool '%s' is not active",
                  pool->name);
    return FALSE;
}

void pool_take_sizes(StoragePool *pool, const PoolDef *def)
{
    pool->live->capacity = def->capacity;
    pool->live->allocation = def->allocation;
    pool->live->available = def->available;
}

/* ---- volumes ---- */

Volume *pool_find_volume(const StoragePool *pool, const char *name, GError **error)
{
    Volume *volume = g_hash_table_lookup(pool->volumes, name);

    if (!volume)
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_NO_STORAGE_VOL, "no storage vol with matching name '%s'", name);
    return volume;
}

Volume *pool_put_volume(StoragePool *pool, VolumeDef *def)
{
    Volume *volume = g_hash_table_lookup(pool->volumes, def->name);
    Volume *next = g_new0(Volume, 1);

    if (volume)
        next->in_use = volume->in_use;
    next->def = def;
    g_hash_table_replace(pool->volumes, def->name, next);
    return next;
}

void pool_remove_volume(StoragePool *pool, const char *name)
{
    g_hash_table_remove(pool->volumes, name);
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const Volume *const *)a)->def->name, (*(const Volume *const *)b)->def->name);
}

GPtrArray *pool_list_volumes(const StoragePool *pool)
{
    GPtrArray *list = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, pool->volumes);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        g_ptr_array_add(list, value);
    g_ptr_array_sort(list, by_name);
    return list;
}

/* ---- events ---- */

typedef struct {
    const StoragePool *pool;
    int event;
} Lifecycle;

static void fill_pool(remote_nonnull_storage_pool *wire, const StoragePool *pool)
{
    wire->name = g_strdup(pool->name);
    memcpy(wire->uuid, pool->uuid, UUID_LEN);
}

static void fill_lifecycle(gpointer wire, int callback_id, gconstpointer data)
{
    remote_storage_pool_event_lifecycle_msg *message = wire;
    const Lifecycle *lifecycle = data;

    message->callbackID = callback_id;
    message->event = lifecycle->event;
    fill_pool(&message->pool, lifecycle->pool);
}

static void fill_refresh(gpointer wire, int callback_id, gconstpointer data)
{
    remote_storage_pool_event_refresh_msg *message = wire;

    message->callbackID = callback_id;
    fill_pool(&message->pool, data);
}

static void emit(const StoragePool *pool, int id, DaemonEventFill fill, gconstpointer event)
{
    DaemonEvent out = {.kind = RPC_OBJECT_STORAGE_POOL,
                       .id = id,
                       .name = pool->name,
                       .uuid = pool->uuid,
                       .fill = fill,
                       .event = event};

    daemon_emit(storage_driver.daemon, &out);
}

void pool_emit_lifecycle(const StoragePool *pool, int event)
{
    Lifecycle lifecycle = {pool, event};

    emit(pool, VIR_STORAGE_POOL_EVENT_ID_LIFECYCLE, fill_lifecycle, &lifecycle);
}

void pool_emit_refresh(const StoragePool *pool)
{
    emit(pool, VIR_STORAGE_POOL_EVENT_ID_REFRESH, fill_refresh, pool);
}
