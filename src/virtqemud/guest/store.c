/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/store.h"

#include <string.h>

#include "common/document_dir.h"
#include "common/error.h"
#include "common/log.h"
#include "common/parallel.h"
#include "virtqemud/guest/guest_list.h"

static char *file_text(const DomainDef *def)
{
    g_autofree char *xml = domain_def_format(def, XML_MODE_INACTIVE | XML_MODE_SECURE);
    /* A comment cannot hold two hyphens. */
    const char *name = strstr(def->name, "--") ? "GUEST" : def->name;

    return g_strconcat("<!--\n"
                       "Written by virtqemud, which replaces this file whenever the guest is defined anew.\n"
                       "To change the guest use the API, or:\n"
                       "  virsh edit ",
                       name, "\n-->\n\n", xml, NULL);
}

gboolean store_write(const DomainDef *def, GError **error)
{
    g_autofree char *text = file_text(def);

    return document_write(driver.config_dir, def->name, text, VIR_FROM_QEMU, error);
}

gboolean store_remove(const char *name, GError **error)
{
    return document_remove(driver.config_dir, name, VIR_FROM_QEMU, error);
}

gboolean store_set_autostart(const char *name, gboolean autostart, GError **error)
{
    return document_set_autostart(driver.config_dir, name, autostart, VIR_FROM_QEMU, error);
}

gboolean store_rename(const DomainDef *def, const char *old_name, gboolean is_autostart, GError **error)
{
    return store_write(def, error) && (!is_autostart || store_set_autostart(def->name, TRUE, error)) &&
           store_remove(old_name, error);
}

/* ---- loading ---- */

static DomainDef *read_definition(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) problem = NULL;
    gsize size;

    if (!g_file_get_contents(path, &text, &size, &problem)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_SYSTEM_ERROR, "%s", problem->message);
        return NULL;
    }
    /* What stands there was completed before it was written. */
    return domain_def_parse(text, XML_MODE_INACTIVE, NULL, error);
}

/* A file, and what it says. */
typedef struct {
    char *name; /* of the guest, by the file's name */
    char *path;
    DomainDef *def;
    gboolean is_autostart;
    GError *error;
} Definition;

static void definition_free(gpointer data)
{
    Definition *definition = data;

    domain_def_free(definition->def);
    g_clear_error(&definition->error);
    g_free(definition->name);
    g_free(definition->path);
    g_free(definition);
}

static void list_definition(const Document *document, gpointer definitions)
{
    Definition *definition = g_new0(Definition, 1);

    definition->name = g_strdup(document->name);
    definition->path = g_strdup(document->path);
    definition->is_autostart = document->is_autostart;
    g_ptr_array_add(definitions, definition);
}

/* On one of some threads. */
static void read_one(gpointer data, gpointer unused)
{
    Definition *definition = data;

    definition->def = read_definition(definition->path, &definition->error);
}

static void add_guest(Definition *definition)
{
    g_autoptr(Guest) guest = NULL;

    if (!definition->def) {
        log_error("cannot load the definition %s: %s", definition->path, definition->error->message);
        return;
    }
    if (!g_str_equal(definition->def->name, definition->name) ||
        guest_list_by_uuid(driver.guests, definition->def->uuid)) {
        log_error("cannot load the definition %s: its name is not the file's, or its UUID is another guest's",
                  definition->path);
        return;
    }
    guest = guest_new(definition->def->name, definition->def->uuid);
    guest_set_def(guest, g_steal_pointer(&definition->def));
    guest->is_persistent = TRUE;
    guest->is_autostart = definition->is_autostart;
    guest_list_add(driver.guests, guest);
}

void store_load(void)
{
    g_autoptr(GPtrArray) definitions = g_ptr_array_new_with_free_func(definition_free);

    document_for_each(driver.config_dir, list_definition, definitions);
    parallel_each(definitions, read_one);
    for (guint i = 0; i < definitions->len; i++)
        add_guest(definitions->pdata[i]);
}

gboolean store_is_first_start(void)
{
    return document_is_first_start(driver.state_dir);
}
