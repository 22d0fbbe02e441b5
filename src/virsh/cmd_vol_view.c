/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Storage volumes: what asks about them. */
#include <stdlib.h>
#include <string.h>

#include "virsh/commands.h"
#include "virsh/document.h"
#include "virsh/storage.h"

static const Option one_volume[] = {OPTION_VOLUME, OPTION_POOL_OF_VOLUME, OPTION_END};

/* By virStorageVolType. */
static const char *type_text(int type)
{
    static const char *const types[] = {"file", "block", "dir", "network", "net-dir", "ploop"};

    return type >= 0 && type < (int)G_N_ELEMENTS(types) ? types[type] : "unknown";
}

/* A string that the library allocated; it is taken. NULL is none. */
static Value take_string(char *text)
{
    Value value = text ? value_string(text) : value_none("-");

    free(text);
    return value;
}

/* ---- list ---- */

static const Option list_options[] = {OPTION_POOL(COMPLETE_POOL_ACTIVE), FLAG("details", "with types and sizes"),
                                      OPTION_END};

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(virStorageVolGetName(*(const virStorageVolPtr *)a),
                  virStorageVolGetName(*(const virStorageVolPtr *)b));
}

static void add_short_row(Table *table, virStorageVolPtr volume)
{
    Value row[] = {value_string(virStorageVolGetName(volume)), take_string(virStorageVolGetPath(volume))};

    table_add(table, row);
}

static void add_long_row(Table *table, virStorageVolPtr volume)
{
    virStorageVolInfo info;
    gboolean is_known = virStorageVolGetInfo(volume, &info) == 0;
    Value row[] = {value_string(virStorageVolGetName(volume)), take_string(virStorageVolGetPath(volume)),
                   is_known ? value_string(type_text(info.type)) : value_none("unknown"),
                   is_known ? value_bytes(info.capacity) : value_none("unknown"),
                   is_known ? value_bytes(info.allocation) : value_none("unknown")};

    table_add(table, row);
}

static void print_volumes(Shell *shell, const Arguments *arguments, virStorageVolPtr *volumes, int n)
{
    static const char *const short_titles[] = {"Name", "Path", NULL};
    static const char *const titles[] = {"Name", "Path", "Type", "Capacity", "Allocation", NULL};
    static const char *const short_keys[] = {"name", "path", NULL};
    static const char *const keys[] = {"name", "path", "type", "capacity", "allocation", NULL};
    gboolean is_long = argument_flag(arguments, "details");
    g_autoptr(Table) table = is_long ? table_new(titles, keys) : table_new(short_titles, short_keys);

    for (int i = 0; i < n; i++)
        (is_long ? add_long_row : add_short_row)(table, volumes[i]);
    virResetLastError(); /* one may have gone meanwhile */
    table_print(table, argument_output(arguments), shell->is_quiet);
}

static gboolean vol_list(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStoragePool) pool = argument_pool(shell, arguments);
    virStorageVolPtr *volumes = NULL;
    int n;

    if (!pool)
        return FALSE;
    n = virStoragePoolListAllVolumes(pool, &volumes, 0);
    if (n < 0)
        return shell_fail(shell, "Failed to list volumes");
    qsort(volumes, (size_t)n, sizeof(*volumes), by_name);
    print_volumes(shell, arguments, volumes, n);
    for (int i = 0; i < n; i++)
        virStorageVolFree(volumes[i]);
    free(volumes);
    return TRUE;
}

/* ---- one volume ---- */

static const Option info_options[] = {OPTION_VOLUME, OPTION_POOL_OF_VOLUME, FLAG("bytes", "sizes in bytes"),
                                      FLAG("physical", "the size of the file instead of what is allocated of it"),
                                      OPTION_END};

static Value size_of(unsigned long long bytes, gboolean is_exact)
{
    return is_exact ? value_amount((gint64)bytes, "bytes") : value_bytes(bytes);
}

static gboolean vol_info(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStorageVol) volume = argument_volume(shell, arguments, "pool");
    g_autoptr(Fields) fields = fields_new(16);
    gboolean is_physical = argument_flag(arguments, "physical");
    gboolean is_exact = argument_flag(arguments, "bytes");
    virStorageVolInfo info;

    if (!volume)
        return FALSE;
    if ((is_physical ? virStorageVolGetInfoFlags(volume, &info, VIR_STORAGE_VOL_GET_PHYSICAL)
                     : virStorageVolGetInfo(volume, &info)) < 0)
        return shell_fail(shell, "failed to get information about vol %s", virStorageVolGetName(volume));
    fields_add(fields, "Name", "name", value_string(virStorageVolGetName(volume)));
    fields_add(fields, "Type", "type", value_string(type_text(info.type)));
    fields_add(fields, "Capacity", "capacity", size_of(info.capacity, is_exact));
    fields_add(fields, is_physical ? "Physical" : "Allocation", is_physical ? "physical" : "allocation",
               size_of(info.allocation, is_exact));
    fields_print(fields, argument_output(arguments));
    return TRUE;
}

static const Option dumpxml_options[] = {OPTION_VOLUME, OPTION_POOL_OF_VOLUME, OPTION_XPATH, OPTION_WRAP, OPTION_END};

static gboolean vol_dumpxml(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStorageVol) volume = argument_volume(shell, arguments, "pool");
    char *xml = volume ? virStorageVolGetXMLDesc(volume, 0) : NULL;
    gboolean is_shown;

    if (!volume)
        return FALSE;
    if (!xml)
        return shell_fail(shell, "failed to get the XML of vol %s", virStorageVolGetName(volume));
    is_shown = document_print(shell, arguments, xml);
    free(xml);
    return is_shown;
}

static gboolean vol_key(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStorageVol) volume = argument_volume(shell, arguments, "pool");

    if (volume)
        print_value(argument_output(arguments), "key", value_string(virStorageVolGetKey(volume)));
    return volume != NULL;
}

static gboolean vol_name(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStorageVol) volume = argument_volume(shell, arguments, "pool");

    if (volume)
        print_value(argument_output(arguments), "name", value_string(virStorageVolGetName(volume)));
    return volume != NULL;
}

static gboolean vol_path(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStorageVol) volume = argument_volume(shell, arguments, "pool");
    char *path = volume ? virStorageVolGetPath(volume) : NULL;

    if (!volume)
        return FALSE;
    if (!path)
        return shell_fail(shell, "failed to get the path of vol %s", virStorageVolGetName(volume));
    print_value(argument_output(arguments), "path", take_string(path));
    return TRUE;
}

static const Option pool_options[] = {OPTION_VOLUME, FLAG("uuid", "the pool's UUID rather than its name"), OPTION_END};

static gboolean vol_pool(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStorageVol) volume = argument_volume(shell, arguments, "pool");
    g_autoptr(virStoragePool) pool = volume ? virStoragePoolLookupByVolume(volume) : NULL;
    char uuid[VIR_UUID_STRING_BUFLEN] = "";

    if (!volume)
        return FALSE;
    if (!pool)
        return shell_fail(shell, "failed to get the pool of vol %s", virStorageVolGetName(volume));
    if (argument_flag(arguments, "uuid") && virStoragePoolGetUUIDString(pool, uuid) == 0)
        print_value(argument_output(arguments), "uuid", value_string(uuid));
    else
        print_value(argument_output(arguments), "name", value_string(virStoragePoolGetName(pool)));
    return TRUE;
}

const Command vol_view_commands[] = {
    {"vol-dumpxml", "volume information in XML", dumpxml_options, vol_dumpxml, TRUE, TRUE},
    {"vol-info", "volume information", info_options, vol_info, TRUE, TRUE},
    {"vol-key", "the key of a volume", one_volume, vol_key, TRUE, TRUE},
    {"vol-list", "list the volumes of a pool", list_options, vol_list, TRUE, TRUE},
    {"vol-name", "the name of a volume", one_volume, vol_name, TRUE, TRUE},
    {"vol-path", "where a volume is on its host", one_volume, vol_path, TRUE, TRUE},
    {"vol-pool", "the pool of a volume", pool_options, vol_pool, TRUE, TRUE},
    {NULL},
};
