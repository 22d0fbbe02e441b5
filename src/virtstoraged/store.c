/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtstoraged/store.h"

#include <string.h>

#include "common/document_dir.h"
#include "common/error.h"
#include "common/file.h"
#include "common/log.h"

/* ---- writing ---- */

/* Sizes are those of the moment; they are no part of what was asked for. */
static PoolDef *without_sizes(const PoolDef *def)
{
    PoolDef *copy = pool_def_copy(def);

    copy->capacity = copy->allocation = copy->available = 0;
    return copy;
}

gboolean store_save_def(const PoolDef *def, GError **error)
{
    g_autoptr(PoolDef) copy = without_sizes(def);
    g_autofree char *xml = pool_def_format(copy);
    g_autofree char *text = g_strdup_printf("<!--\n"
                                            "virtstoraged writes this file. Changes made here are lost; use\n"
                                            "  virsh pool-edit %s\n"
                                            "or another program that speaks libvirt's API.\n"
                                            "-->\n\n%s",
                                            strstr(def->name, "--") ? "NAME" : def->name, xml);

    return document_write(storage_driver.config_dir, def->name, text, VIR_FROM_STORAGE, error);
}

gboolean store_remove_def(const char *name, GError **error)
{
    return document_remove(storage_driver.config_dir, name, VIR_FROM_STORAGE, error);
}

gboolean store_set_autostart(const char *name, gboolean autostart, GError **error)
{
    return document_set_autostart(storage_driver.config_dir, name, autostart, VIR_FROM_STORAGE, error);
}

gboolean store_save_state(const PoolDef *live, GError **error)
{
    g_autoptr(PoolDef) copy = without_sizes(live);
    g_autoptr(XmlWriter) writer = xml_writer_new();
    g_autofree char *text = NULL;

    xml_open(writer, "poolstate");
    pool_def_write(copy, writer);
    xml_close(writer);
    text = xml_writer_take(writer);
    return document_write(storage_driver.run_dir, live->name, text, VIR_FROM_STORAGE, error);
}

gboolean store_remove_state(const char *name, GError **error)
{
    g_autofree char *path = document_path(storage_driver.run_dir, name);

    return file_remove(path, VIR_FROM_STORAGE, error);
}

/* ---- reading ---- */

static gboolean check_file_name(const PoolDef *def, const Document *document)
{
    if (strcmp(def->name, document->name) == 0)
        return TRUE;
    log_error("%s: the pool in it is called '%s'; passed over", document->path, def->name);
    return FALSE;
}

static void load_def(const Document *document, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PoolDef) def = pool_def_parse_file(document->path, &error);
    StoragePool *pool;

    if (def && check_file_name(def, document) && pool_check_identity(def, &error)) {
        pool = pool_claim(def);
        pool->def = g_steal_pointer(&def);
        pool->autostart = document->is_autostart;
    }
    if (error)
        log_error("%s: %s", document->path, error->message);
}

static void load_state(const Document *document, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(xmlDoc) doc = xml_parse_file(document->path, "poolstate", VIR_FROM_STORAGE, &error);
    xmlNode *node = doc ? xml_child(xmlDocGetRootElement(doc), "pool") : NULL;
    g_autoptr(PoolDef) live = node ? pool_def_parse_node(node, 0, &error) : NULL;

    if (live && check_file_name(live, document) && pool_check_identity(live, &error)) {
        StoragePool *pool = pool_claim(live);

        pool->live = g_steal_pointer(&live);
    }
    if (error)
        log_error("%s: %s", document->path, error->message);
}

void store_load(void)
{
    document_for_each(storage_driver.config_dir, load_def, NULL);
    document_for_each(storage_driver.run_dir, load_state, NULL);
}

gboolean store_is_first_start(void)
{
    return document_is_first_start(storage_driver.run_dir);
}
