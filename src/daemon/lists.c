/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/lists.h"

#include <string.h>

#include "common/error.h"

static const char *name_of(gconstpointer object, gsize name)
{
    return *(const char *const *)((const char *)object + name);
}

static int by_name(gconstpointer a, gconstpointer b, gpointer name)
{
    return strcmp(name_of(*(const gconstpointer *)a, GPOINTER_TO_SIZE(name)),
                  name_of(*(const gconstpointer *)b, GPOINTER_TO_SIZE(name)));
}

void list_sort(GPtrArray *objects, gsize name)
{
    g_ptr_array_sort_with_data(objects, by_name, GSIZE_TO_POINTER(name));
}

gboolean list_fits(const GPtrArray *objects, guint limit, const char *what, GError **error)
{
    if (objects->len <= limit)
        return TRUE;
    vir_error_set(error, VIR_FROM_RPC, VIR_ERR_RPC, "Too many %s: %u for limit %u", what, objects->len, limit);
    return FALSE;
}

gboolean list_names(const GPtrArray *objects, gsize name, int max, int limit, const char *limit_name, guint *n,
                    char ***names, GError **error)
{
    if (max < 0 || max > limit) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_RPC, "maxnames > %s", limit_name);
        return FALSE;
    }
    *n = MIN(objects->len, (guint)max);
    *names = g_new0(char *, *n);
    for (guint i = 0; i < *n; i++)
        (*names)[i] = g_strdup(name_of(objects->pdata[i], name));
    return TRUE;
}
