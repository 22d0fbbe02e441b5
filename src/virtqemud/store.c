/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/file.h"
#include "common/log.h"
#include "virtqemud/guest_list.h"

static char *definition_path(const char *name)
{
    return g_strdup_printf("%s/%s.xml", driver.config_dir, name);
}

static char *autostart_path(const char *name)
{
    return g_strdup_printf("%s/%s.xml", driver.autostart_dir, name);
}

static char *file_text(const DomainDef *def)
{
    g_autofree char *xml = domain_def_format(def, XML_MODE_INACTIVE | XML_MODE_SECURE);
    /* A comment cannot hold two hyphens. */
    const char *name = strstr(def->name, "--") ? "GUEST" : def->name;

    return g_strdup_printf("<!--\n"
                           "Written by virtqemud, which replaces this file whenever the guest is defined anew.\n"
                           "To change the guest use the API, or:\n"
                           "  virsh edit %s\n"
                           "-->\n\n%s",
                           name, xml);
}

gboolean store_write(const DomainDef *def, GError **error)
{
    g_autofree char *path = definition_path(def->name);
    g_autofree char *text = file_text(def);

    return file_write_atomic(path, text, 0600, VIR_FROM_QEMU, error);
}

gboolean store_remove(const char *name, GError **error)
{
    g_autofree char *path = definition_path(name);
    g_autofree char *link = autostart_path(name);

    return file_remove(link, VIR_FROM_QEMU, error) && file_remove(path, VIR_FROM_QEMU, error);
}

gboolean store_set_autostart(const char *name, gboolean autostart, GError **error)
{
    g_autofree char *path = definition_path(name);
    g_autofree char *link = autostart_path(name);

    if (!autostart)
        return file_remove(link, VIR_FROM_QEMU, error);
    return file_make_dir(driver.autostart_dir, 0700, VIR_FROM_QEMU, error) &&
           file_link(path, link, VIR_FROM_QEMU, error);
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

static void load_one(const char *file)
{
    g_autofree char *path = g_build_filename(driver.config_dir, file, NULL);
    g_autofree char *name = g_strndup(file, strlen(file) - strlen(".xml"));
    g_autofree char *link = autostart_path(name);
    g_autoptr(GError) error = NULL;
    g_autoptr(DomainDef) def = read_definition(path, &error);
    g_autoptr(Guest) guest = NULL;

    if (!def) {
        log_error("cannot load the definition %s: %s", path, error->message);
        return;
    }
    if (!g_str_equal(def->name, name) || guest_list_by_uuid(driver.guests, def->uuid)) {
        log_error("cannot load the definition %s: its name is not the file's, or its UUID is another guest's", path);
        return;
    }
    guest = guest_new(def->name, def->uuid);
    guest_set_def(guest, g_steal_pointer(&def));
    guest->is_persistent = TRUE;
    guest->is_autostart = access(link, F_OK) == 0;
    guest_list_add(driver.guests, guest);
}

void store_load(void)
{
    g_autoptr(GDir) dir = g_dir_open(driver.config_dir, 0, NULL);
    const char *name;

    file_sweep(driver.config_dir);
    file_sweep(driver.autostart_dir);
    while (dir && (name = g_dir_read_name(dir)))
        if (g_str_has_suffix(name, ".xml"))
            load_one(name);
}

gboolean store_is_first_start(void)
{
    g_autofree char *path = g_build_filename(driver.state_dir, "autostarted", NULL);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0)
        return errno != EEXIST;
    close(fd);
    return TRUE;
}
