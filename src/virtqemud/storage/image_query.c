/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/storage/image_query.h"

#include "common/error.h"
#include "virtqemud/storage/image_reader.h"

typedef struct {
    ImageQuery *query; /* a reference while it is read */
    DiskFormat format;
    gboolean is_known;
    ImageSizes sizes;
    GError *error;
} QueriedImage;

struct ImageQuery {
    GHashTable *by_path; /* of QueriedImage */
    guint references;    /* who asks, and each image that is read */
    guint awaited;       /* images, and one as long as they are being asked for */
    guint wait_ms;
    guint timer;
    ImageQueryDone done;
    gpointer data;
};

static void image_free(gpointer data)
{
    QueriedImage *image = data;

    g_clear_error(&image->error);
    g_free(image);
}

ImageQuery *image_query_new(void)
{
    ImageQuery *query = g_new0(ImageQuery, 1);

    query->references = 1;
    query->by_path = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, image_free);
    return query;
}

static void unref(ImageQuery *query)
{
    if (--query->references > 0)
        return;
    g_hash_table_unref(query->by_path);
    g_free(query);
}

void image_query_free(ImageQuery *query)
{
    if (!query)
        return;
    g_clear_handle_id(&query->timer, g_source_remove);
    query->done = NULL;
    unref(query);
}

void image_query_add(ImageQuery *query, const char *path, DiskFormat format)
{
    QueriedImage *image;

    if (g_hash_table_contains(query->by_path, path))
        return;
    image = g_new0(QueriedImage, 1);
    image->query = query;
    image->format = format;
    g_hash_table_insert(query->by_path, g_strdup(path), image);
}

static void finish(ImageQuery *query)
{
    ImageQueryDone done = g_steal_pointer(&query->done);

    g_clear_handle_id(&query->timer, g_source_remove);
    if (done)
        done(query->data);
}

static void on_answer(ImageQuery *query)
{
    if (--query->awaited == 0)
        finish(query);
}

static void on_read(const ImageSizes *sizes, const GError *error, gpointer data)
{
    QueriedImage *image = data;
    ImageQuery *query = image->query;

    image->is_known = sizes != NULL;
    if (sizes)
        image->sizes = *sizes;
    else
        image->error = g_error_copy(error);
    on_answer(query);
    unref(query);
}

static gboolean on_late(gpointer data)
{
    ImageQuery *query = data;

    query->timer = 0;
    finish(query);
    return G_SOURCE_REMOVE;
}

void image_query_run(ImageQuery *query, guint wait_ms, ImageQueryDone done, gpointer data)
{
    GHashTableIter iter;
    gpointer path, value;

    query->done = done;
    query->data = data;
    query->wait_ms = wait_ms;
    query->awaited = 1;
    g_hash_table_iter_init(&iter, query->by_path);
    while (g_hash_table_iter_next(&iter, &path, &value)) {
        QueriedImage *image = value;

        if (image_reader_is_late(path, image->format, wait_ms))
            continue;
        query->references++;
        query->awaited++;
        image_reader_read(path, image->format, on_read, image);
    }
    if (query->awaited > 1)
        query->timer = g_timeout_add(wait_ms, on_late, query);
    on_answer(query);
}

const ImageSizes *image_query_sizes(const ImageQuery *query, const char *path, GError **error)
{
    const QueriedImage *image = g_hash_table_lookup(query->by_path, path);

    if (image && image->is_known)
        return &image->sizes;
    if (image && image->error)
        g_propagate_error(error, g_error_copy(image->error));
    else
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_TIMEOUT,
                      "image '%s' has not been read within %u ms: its disk does not answer", path, query->wait_ms);
    return NULL;
}
