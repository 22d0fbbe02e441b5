/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virsh/storage.h"

#include <string.h>

virStoragePoolPtr shell_pool(Shell *shell, const char *text)
{
    virStoragePoolPtr pool = NULL;

    if (strlen(text) == VIR_UUID_STRING_BUFLEN - 1)
        pool = virStoragePoolLookupByUUIDString(shell->connection, text);
    if (!pool) {
        virResetLastError();
        pool = virStoragePoolLookupByName(shell->connection, text);
    }
    if (!pool)
        shell_fail(shell, "failed to get pool '%s'", text);
    return pool;
}

virStoragePoolPtr argument_pool(Shell *shell, const Arguments *arguments)
{
    return shell_pool(shell, argument_string(arguments, "pool"));
}

/* By what is unique on the host: a key, which is a path for most. */
static virStorageVolPtr find_anywhere(Shell *shell, const char *text)
{
    virStorageVolPtr volume = virStorageVolLookupByKey(shell->connection, text);

    if (!volume) {
        virResetLastError();
        volume = virStorageVolLookupByPath(shell->connection, text);
    }
    return volume;
}

virStorageVolPtr argument_volume(Shell *shell, const Arguments *arguments, const char *pool_option)
{
    const char *text = argument_string(arguments, "vol");
    const char *pool_text = argument_string(arguments, pool_option);
    g_autoptr(virStoragePool) pool = pool_text ? shell_pool(shell, pool_text) : NULL;
    virStorageVolPtr volume = NULL;

    if (pool_text && !pool)
        return NULL;
    if (pool)
        volume = virStorageVolLookupByName(pool, text);
    if (!volume) {
        virResetLastError();
        volume = find_anywhere(shell, text);
    }
    if (!volume)
        shell_fail(shell, pool ? "failed to get vol '%s'" : "failed to get vol '%s', specifying --pool might help",
                   text);
    return volume;
}

/* ---- sizes ---- */

static const char prefixes[] = "KMGTPE";

gboolean parse_bytes(Shell *shell, const char *text, unsigned long long *bytes)
{
    char *end;
    guint64 number = g_ascii_strtoull(text, &end, 10);
    const char *prefix = *end ? strchr(prefixes, g_ascii_toupper(*end)) : NULL;
    gboolean is_decimal = prefix && g_ascii_strcasecmp(end + 1, "B") == 0;
    gboolean is_unit = !*end || g_ascii_strcasecmp(end, "B") == 0 || g_ascii_strcasecmp(end, "bytes") == 0 ||
                       (prefix && (!end[1] || is_decimal || g_ascii_strcasecmp(end + 1, "iB") == 0));
    guint64 scale = 1;

    for (const char *c = prefixes; prefix && c <= prefix; c++)
        scale *= is_decimal ? 1000 : 1024;
    if (end == text || *text == '-' || !is_unit || number > G_MAXINT64 / scale) {
        shell_error(shell, "Invalid size '%s': a number of bytes, or with K, M, G ... behind it", text);
        return FALSE;
    }
    *bytes = number * scale;
    return TRUE;
}

Value value_bytes(unsigned long long bytes)
{
    Value value = value_number((gint64)bytes);
    double number = (double)bytes;
    const char *prefix = NULL;

    for (guint i = 0; number >= 1024 && i < strlen(prefixes); i++, number /= 1024)
        prefix = &prefixes[i];
    g_free(value.text);
    value.text = prefix ? g_strdup_printf("%.2f %ciB", number, *prefix) : g_strdup_printf("%.2f B", number);
    return value;
}
