/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/storage/storage_parts.h"

#include <errno.h>

const char *const image_formats[IMAGE_FORMAT_LAST] = {"none", "raw",  "dir",   "bochs", "cloop", "dmg",
                                                      "iso",  "vpc",  "vdi",   "fat",   "vhd",   "ploop",
                                                      "cow",  "qcow", "qcow2", "qed",   "vmdk"};
const char *const image_encryptions[IMAGE_ENCRYPTION_LAST] = {NULL, "qcow", "luks", "luks2"};

/* ---- permissions ---- */

#define MODE_MAX 0777

static gboolean parse_mode(const char *text, gpointer member, GError **error)
{
    char *end;
    guint64 mode;

    errno = 0;
    mode = g_ascii_strtoull(text, &end, 8);
    if (errno || end == text || *end || mode > G_MAXINT)
        return FALSE;
    *(int *)member = (int)mode;
    return TRUE;
}

static char *format_mode(gconstpointer member)
{
    int mode = *(const int *)member;

    return mode < 0 ? NULL : g_strdup_printf("%04o", (guint)mode);
}

static const XmlCodec mode_codec = {.parse = parse_mode, .format = format_mode};

static gboolean parse_id(const char *text, gpointer member, GError **error)
{
    return g_ascii_string_to_signed(text, 10, -1, G_MAXUINT32 - 1, member, NULL);
}

static char *format_id(gconstpointer member)
{
    gint64 id = *(const gint64 *)member;

    return id < 0 ? NULL : g_strdup_printf("%" G_GINT64_FORMAT, id);
}

static const XmlCodec id_codec = {.parse = parse_id, .format = format_id};

#define MALFORMED(what) XML_COMPLAINT(VIR_FROM_STORAGE, VIR_ERR_XML_ERROR, "malformed " what)

static const XmlField permissions_fields[] = {
    XML_CODEC(StoragePermissions, mode, "mode", &mode_codec, .invalid = MALFORMED("octal mode")),
    XML_CODEC(StoragePermissions, owner, "owner", &id_codec, .invalid = MALFORMED("owner element")),
    XML_CODEC(StoragePermissions, group, "group", &id_codec, .invalid = MALFORMED("group element")),
    XML_STRING(StoragePermissions, label, "label"),
    XML_END,
};

static void init_permissions(gpointer self)
{
    *(StoragePermissions *)self = (StoragePermissions){-1, -1, -1, NULL};
}

const XmlElement storage_permissions_element = {.fields = permissions_fields, .init = init_permissions};

gboolean storage_permissions_check(const StoragePermissions *permissions, GError **error)
{
    if (permissions->mode <= MODE_MAX)
        return TRUE;
    vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_XML_ERROR, "malformed octal mode");
    return FALSE;
}

/* ---- paths ---- */

char *storage_clean_path(const char *path)
{
    GString *clean = g_string_new(NULL);

    if (!path) {
        g_string_free(clean, TRUE);
        return NULL;
    }
    for (const char *c = path; *c; c++) {
        if (*c != '/' || !clean->len || clean->str[clean->len - 1] != '/')
            g_string_append_c(clean, *c);
    }
    if (clean->len > 1 && clean->str[clean->len - 1] == '/')
        g_string_truncate(clean, clean->len - 1);
    return g_string_free(clean, FALSE);
}
