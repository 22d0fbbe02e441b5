/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/storage/image_reader.h"

#include "daemon/loop_post.h"
#include "virtqemud/driver.h"

/* One thread is enough while disks answer. */
#define READERS_MAX 16

/* Readers that have finished nothing for that long get a colleague. */
#define STALL_MS 20

typedef struct {
    char *key; /* path and format */
    char *path;
    DiskFormat format;
    gint64 since_us;  /* the loop's, as askers */
    GArray *askers;   /* of Asker */
    ImageSizes sizes; /* a reader's, until it is in finished; error too */
    GError *error;
} ImageRead;

typedef struct {
    ImageReadDone done;
    gpointer data;
} Asker;

static struct {
    GHashTable *reads; /* of ImageRead by key: all under way; the loop's, as the next three */
    GThreadPool *threads;
    guint timer;
    guint finished_then; /* finished_count at the timer's last turn */
    GMutex lock;         /* for all below */
    GQueue waiting;      /* of ImageRead */
    GPtrArray *finished; /* of ImageRead, which the loop has yet to look at */
    guint finished_count;
    guint readers; /* threads at work */
} reader;

static void read_free(gpointer data)
{
    ImageRead *read = data;

    g_array_unref(read->askers);
    g_clear_error(&read->error);
    g_free(read->path);
    g_free(read->key);
    g_free(read);
}

static char *key_of(const char *path, DiskFormat format)
{
    return g_strdup_printf("%d:%s", (int)format, path);
}

/* ---- on the loop: what was read ---- */

static void tell(ImageRead *read)
{
    for (guint i = 0; i < read->askers->len; i++) {
        const Asker *asker = &g_array_index(read->askers, Asker, i);

        asker->done(read->error ? NULL : &read->sizes, read->error, asker->data);
    }
}

static void on_finished(gpointer data)
{
    g_autoptr(GPtrArray) finished = NULL;

    g_mutex_lock(&reader.lock);
    finished = g_steal_pointer(&reader.finished);
    g_mutex_unlock(&reader.lock);
    for (guint i = 0; i < finished->len; i++) {
        ImageRead *read = g_ptr_array_index(finished, i);

        /* Who asks again while being told wants to know how it is now. */
        g_hash_table_steal(reader.reads, read->key);
        tell(read);
        read_free(read);
    }
}

/* ---- the threads ---- */

static void finish(ImageRead *read)
{
    gboolean is_first;

    g_mutex_lock(&reader.lock);
    is_first = !reader.finished;
    if (is_first)
        reader.finished = g_ptr_array_new();
    g_ptr_array_add(reader.finished, read);
    reader.finished_count++;
    g_mutex_unlock(&reader.lock);
    if (is_first)
        loop_post(on_finished, NULL);
}

/* NULL: nothing waits, and the thread is none of the readers any more. */
static ImageRead *take(void)
{
    ImageRead *read;

    g_mutex_lock(&reader.lock);
    read = g_queue_pop_head(&reader.waiting);
    if (!read)
        reader.readers--;
    g_mutex_unlock(&reader.lock);
    return read;
}

static void read_waiting(gpointer data, gpointer pool_data)
{
    ImageRead *read;

    while ((read = take())) {
        image_file_sizes(read->path, read->format, &read->sizes, &read->error);
        finish(read);
    }
}

/* ---- on the loop: what is to be read ---- */

static void add_reader(void)
{
    if (!reader.threads)
        reader.threads = g_thread_pool_new(read_waiting, NULL, READERS_MAX, FALSE, NULL);
    g_thread_pool_push(reader.threads, &reader, NULL);
}

static gboolean on_tick(gpointer data)
{
    gboolean is_waiting, needs_more;

    g_mutex_lock(&reader.lock);
    is_waiting = reader.waiting.length > 0;
    needs_more = is_waiting && reader.finished_count == reader.finished_then && reader.readers < READERS_MAX;
    reader.finished_then = reader.finished_count;
    if (needs_more)
        reader.readers++;
    g_mutex_unlock(&reader.lock);
    if (needs_more)
        add_reader();
    if (!is_waiting)
        reader.timer = 0;
    return is_waiting;
}

static void enqueue(ImageRead *read)
{
    gboolean is_idle;

    g_mutex_lock(&reader.lock);
    g_queue_push_tail(&reader.waiting, read);
    is_idle = reader.readers == 0;
    if (is_idle)
        reader.readers++;
    g_mutex_unlock(&reader.lock);
    if (is_idle)
        add_reader();
    if (!reader.timer)
        reader.timer = g_timeout_add(STALL_MS, on_tick, NULL);
}

void image_reader_read(const char *path, DiskFormat format, ImageReadDone done, gpointer data)
{
    g_autofree char *key = key_of(path, format);
    Asker asker = {done, data};
    ImageRead *read;

    if (!reader.reads)
        reader.reads = g_hash_table_new(g_str_hash, g_str_equal);
    read = g_hash_table_lookup(reader.reads, key);
    if (!read) {
        read = g_new0(ImageRead, 1);
        *read = (ImageRead){.key = g_steal_pointer(&key), .path = g_strdup(path), .format = format};
        read->since_us = g_get_monotonic_time();
        read->askers = g_array_new(FALSE, FALSE, sizeof(Asker));
        g_hash_table_insert(reader.reads, read->key, read);
        enqueue(read);
    }
    g_array_append_val(read->askers, asker);
}

gboolean image_reader_is_late(const char *path, DiskFormat format, guint wait_ms)
{
    g_autofree char *key = key_of(path, format);
    const ImageRead *read = reader.reads ? g_hash_table_lookup(reader.reads, key) : NULL;

    return read && g_get_monotonic_time() - read->since_us > (gint64)wait_ms * 1000;
}
