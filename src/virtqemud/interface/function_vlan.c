/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/interface/function_vlan.h"

#include <string.h>

#include "common/error.h"
#include "common/file.h"
#include "common/json.h"
#include "common/log.h"
#include "common/netlink_function.h"
#include "virtqemud/driver.h"

#define FILE_MAX_SIZE 4096

static VirtualFunction *find(const InterfaceDef *interface, GError **error)
{
    const char *device = interface_device(interface);
    VirtualFunction *function = virtual_function_find(device);

    if (!function)
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                      "vlan can only be set for SR-IOV VFs, but %s is not a VF", device);
    return function;
}

/* ---- what was there before ---- */

static char *path_of(const VirtualFunction *function)
{
    return g_strdup_printf("%s/%s_vf%u", driver.state_dir, function->card, function->number);
}

static gboolean save(const char *path, const FunctionSettings *settings, GError **error)
{
    g_autoptr(json_object) saved = json_object_new_object();
    char mac[MAC_TEXT_LEN];

    mac_format(settings->mac, mac);
    json_add_string(saved, "adminMac", mac);
    json_add_stringf(saved, "vlan", "%u", settings->vlan);
    json_add_int(saved, "qos", settings->qos);
    return file_write_atomic(path, json_text(saved), 0600, VIR_FROM_QEMU, error);
}

static gboolean load(const char *path, FunctionSettings *settings, GError **error)
{
    gsize size;
    g_autofree char *text = file_read(path, FILE_MAX_SIZE, &size, VIR_FROM_QEMU, error);
    g_autoptr(json_object) saved = text ? json_parse(text, size, 4, VIR_FROM_QEMU, error) : NULL;
    const char *mac = saved ? json_get_string(saved, "adminMac") : NULL;
    const char *vlan = saved ? json_get_string(saved, "vlan") : NULL;
    guint64 number = 0;

    if (!saved)
        return FALSE;
    *settings = (FunctionSettings){.qos = (guint)json_get_int(saved, "qos", 0)};
    if ((mac && !mac_parse(mac, settings->mac)) ||
        (vlan && !g_ascii_string_to_unsigned(vlan, 10, 0, VLAN_ID_MAX, &number, NULL))) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "%s cannot be read", path);
        return FALSE;
    }
    settings->vlan = (guint)number;
    return TRUE;
}

/* The address only where it has become another: not every driver takes "the function's own choice" for one. */
static gboolean give_back(const VirtualFunction *function, const FunctionSettings *before, GError **error)
{
    FunctionSettings now;

    return netlink_function_get(function, &now, error) &&
           ((now.vlan == before->vlan && now.qos == before->qos) ||
            netlink_function_set_vlan(function, before->vlan, before->qos, error)) &&
           (memcmp(now.mac, before->mac, MAC_LEN) == 0 || netlink_function_set_mac(function, before->mac, error));
}

/* Without the file there is nothing to give back. */
static void restore(const VirtualFunction *function, const char *path)
{
    g_autoptr(GError) error = NULL;
    FunctionSettings before;

    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return;
    if (!load(path, &before, &error) || !give_back(function, &before, &error))
        log_warning("function %u of %s is not as it was before: %s", function->number, function->card, error->message);
    g_clear_error(&error);
    if (!file_remove(path, VIR_FROM_QEMU, &error))
        log_warning("%s", error->message);
}

/* ---- what interface says ---- */

/* What a daemon before us has left of an end that failed is what was there before. */
gboolean function_vlan_set(const InterfaceDef *interface, GError **error)
{
    const VlanTag *tag = interface_vlan(interface)->tags->pdata[0];
    g_autoptr(VirtualFunction) function = find(interface, error);
    g_autofree char *path = function ? path_of(function) : NULL;
    FunctionSettings before;

    if (!function)
        return FALSE;
    if (!g_file_test(path, G_FILE_TEST_EXISTS) &&
        (!netlink_function_get(function, &before, error) || !save(path, &before, error)))
        return FALSE;
    if (netlink_function_set_vlan(function, tag->id, 0, error))
        return TRUE;
    restore(function, path);
    return FALSE;
}

void function_vlan_restore(const InterfaceDef *interface)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VirtualFunction) function = find(interface, &error);
    g_autofree char *path = function ? path_of(function) : NULL;

    if (function)
        restore(function, path);
    else
        log_warning("%s", error->message);
}

/* ---- what a killed daemon left ---- */

/* "CARD_vfNUMBER", or NULL. */
static VirtualFunction *parse_name(const char *name)
{
    const char *last = g_strrstr(name, "_vf");
    VirtualFunction *function;
    guint64 number;

    if (!last || last == name || !g_ascii_string_to_unsigned(last + strlen("_vf"), 10, 0, G_MAXUINT16, &number, NULL))
        return NULL;
    function = g_new0(VirtualFunction, 1);
    function->card = g_strndup(name, (gsize)(last - name));
    function->number = (guint)number;
    return function;
}

/* The files of functions that guests have; free with g_hash_table_unref. */
static GHashTable *files_of(GHashTable *devices)
{
    GHashTable *files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer device;

    g_hash_table_iter_init(&iter, devices);
    while (g_hash_table_iter_next(&iter, &device, NULL)) {
        g_autoptr(VirtualFunction) function = virtual_function_find(device);

        if (function)
            g_hash_table_add(files, path_of(function));
    }
    return files;
}

void function_vlan_sweep(GHashTable *kept)
{
    g_autoptr(GHashTable) files = files_of(kept);
    g_autoptr(GDir) dir = g_dir_open(driver.state_dir, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autoptr(VirtualFunction) function = parse_name(name);
        g_autofree char *path = g_build_filename(driver.state_dir, name, NULL);

        if (function && !g_hash_table_contains(files, path))
            restore(function, path);
    }
}
