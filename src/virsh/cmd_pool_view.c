/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Storage pools: what asks about them. */
#include <stdlib.h>
#include <string.h>

#include "virsh/commands.h"
#include "virsh/document.h"
#include "virsh/event_text.h"
#include "virsh/storage.h"

static const Option any_pool[] = {OPTION_POOL(COMPLETE_POOL), OPTION_END};

/* ---- list ---- */

static const Option list_options[] = {
    FLAG("inactive", "inactive pools"),
    FLAG("all", "inactive and active pools"),
    FLAG("transient", "transient pools"),
    FLAG("persistent", "persistent pools"),
    FLAG("autostart", "pools with autostart"),
    FLAG("no-autostart", "pools without autostart"),
    {"type", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "only pools of these types, with commas between them"},
    FLAG("details", "with sizes"),
    FLAG("uuid", "only UUIDs"),
    FLAG("name", "only names"),
    OPTION_END};

static const FlagOption list_filters[] = {
    {"persistent", VIR_CONNECT_LIST_STORAGE_POOLS_PERSISTENT},
    {"transient", VIR_CONNECT_LIST_STORAGE_POOLS_TRANSIENT},
    {"autostart", VIR_CONNECT_LIST_STORAGE_POOLS_AUTOSTART},
    {"no-autostart", VIR_CONNECT_LIST_STORAGE_POOLS_NO_AUTOSTART},
    {NULL, 0},
};

/* The words of --type. */
static const FlagOption list_types[] = {
    {"dir", VIR_CONNECT_LIST_STORAGE_POOLS_DIR},
    {"fs", VIR_CONNECT_LIST_STORAGE_POOLS_FS},
    {"netfs", VIR_CONNECT_LIST_STORAGE_POOLS_NETFS},
    {"logical", VIR_CONNECT_LIST_STORAGE_POOLS_LOGICAL},
    {"disk", VIR_CONNECT_LIST_STORAGE_POOLS_DISK},
    {"iscsi", VIR_CONNECT_LIST_STORAGE_POOLS_ISCSI},
    {"iscsi-direct", VIR_CONNECT_LIST_STORAGE_POOLS_ISCSI_DIRECT},
    {"scsi", VIR_CONNECT_LIST_STORAGE_POOLS_SCSI},
    {"mpath", VIR_CONNECT_LIST_STORAGE_POOLS_MPATH},
    {"rbd", VIR_CONNECT_LIST_STORAGE_POOLS_RBD},
    {"sheepdog", VIR_CONNECT_LIST_STORAGE_POOLS_SHEEPDOG},
    {"gluster", VIR_CONNECT_LIST_STORAGE_POOLS_GLUSTER},
    {"zfs", VIR_CONNECT_LIST_STORAGE_POOLS_ZFS},
    {"vstorage", VIR_CONNECT_LIST_STORAGE_POOLS_VSTORAGE},
};

/* FALSE: reported. */
static gboolean add_types(Shell *shell, const char *words, unsigned int *flags)
{
    g_auto(GStrv) types = g_strsplit(words ? words : "", ",", -1);

    for (char **type = types; *type; type++) {
        unsigned int flag = 0;

        for (gsize i = 0; i < G_N_ELEMENTS(list_types); i++)
            flag |= strcmp(list_types[i].option, *type) == 0 ? list_types[i].flag : 0;
        if (!flag) {
            shell_error(shell, "Invalid pool type '%s'", *type);
            return FALSE;
        }
        *flags |= flag;
    }
    return TRUE;
}

static gboolean list_flags(Shell *shell, const Arguments *arguments, unsigned int *flags)
{
    *flags = VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE;
    if (argument_flag(arguments, "inactive"))
        *flags = VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE;
    if (argument_flag(arguments, "all"))
        *flags = VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE | VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE;
    *flags |= argument_flags(arguments, list_filters);
    return add_types(shell, argument_string(arguments, "type"), flags);
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(virStoragePoolGetName(*(const virStoragePoolPtr *)a),
                  virStoragePoolGetName(*(const virStoragePoolPtr *)b));
}

static Value autostart_of(virStoragePoolPtr pool)
{
    int autostart = 0;

    return virStoragePoolGetAutostart(pool, &autostart) < 0 ? value_none("no autostart")
                                                            : value_bool(autostart, "yes", "no");
}

static void add_short_row(Table *table, virStoragePoolPtr pool)
{
    Value row[] = {value_string(virStoragePoolGetName(pool)),
                   value_string(virStoragePoolIsActive(pool) == 1 ? "active" : "inactive"), autostart_of(pool)};

    table_add(table, row);
}

/* Of a pool that is not active nobody knows how large it is. */
static Value size_of(const virStoragePoolInfo *info, unsigned long long bytes)
{
    return info->state == VIR_STORAGE_POOL_RUNNING || info->state == VIR_STORAGE_POOL_DEGRADED ? value_bytes(bytes)
                                                                                               : value_none("-");
}

static void add_long_row(Table *table, virStoragePoolPtr pool)
{
    virStoragePoolInfo info = {0};
    gboolean is_known = virStoragePoolGetInfo(pool, &info) == 0;
    Value row[] = {value_string(virStoragePoolGetName(pool)),
                   is_known ? value_string(pool_state_text(info.state)) : value_none("unknown"),
                   autostart_of(pool),
                   value_bool(virStoragePoolIsPersistent(pool) == 1, "yes", "no"),
                   size_of(&info, info.capacity),
                   size_of(&info, info.allocation),
                   size_of(&info, info.available)};

    table_add(table, row);
}

static void print_table(Shell *shell, const Arguments *arguments, virStoragePoolPtr *pools, int n)
{
    static const char *const short_titles[] = {"Name", "State", "Autostart", NULL};
    static const char *const titles[] = {"Name",     "State",      "Autostart", "Persistent",
                                         "Capacity", "Allocation", "Available", NULL};
    static const char *const keys[] = {"name",     "state",      "autostart", "persistent",
                                       "capacity", "allocation", "available", NULL};
    static const char *const short_keys[] = {"name", "state", "autostart", NULL};
    gboolean is_long = argument_flag(arguments, "details");
    g_autoptr(Table) table = is_long ? table_new(titles, keys) : table_new(short_titles, short_keys);

    for (int i = 0; i < n; i++)
        (is_long ? add_long_row : add_short_row)(table, pools[i]);
    virResetLastError();
    table_print(table, argument_output(arguments), shell->is_quiet);
}

static void print_names(const Arguments *arguments, virStoragePoolPtr *pools, int n)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    for (int i = 0; i < n; i++) {
        char uuid[VIR_UUID_STRING_BUFLEN] = "";

        if (argument_flag(arguments, "uuid"))
            virStoragePoolGetUUIDString(pools[i], uuid);
        g_ptr_array_add(lines, g_strdup(*uuid ? uuid : virStoragePoolGetName(pools[i])));
    }
    print_list(argument_output(arguments), lines);
}

static gboolean pool_list(Shell *shell, const Arguments *arguments)
{
    virStoragePoolPtr *pools = NULL;
    unsigned int flags;
    int n;

    if (!list_flags(shell, arguments, &flags))
        return FALSE;
    n = virConnectListAllStoragePools(shell->connection, &pools, flags);
    if (n < 0)
        return shell_fail(shell, "Failed to list pools");
    qsort(pools, (size_t)n, sizeof(*pools), by_name);
    if (argument_flag(arguments, "name") || argument_flag(arguments, "uuid"))
        print_names(arguments, pools, n);
    else
        print_table(shell, arguments, pools, n);
    for (int i = 0; i < n; i++)
        virStoragePoolFree(pools[i]);
    free(pools);
    return TRUE;
}

/* ---- one pool ---- */

static const Option info_options[] = {OPTION_POOL(COMPLETE_POOL), FLAG("bytes", "sizes in bytes"), OPTION_END};

static Value exact_or_not(unsigned long long bytes, gboolean is_exact)
{
    return is_exact ? value_number((gint64)bytes) : value_bytes(bytes);
}

static void add_sizes(Fields *fields, const virStoragePoolInfo *info, gboolean is_exact)
{
    if (info->state != VIR_STORAGE_POOL_RUNNING && info->state != VIR_STORAGE_POOL_DEGRADED)
        return;
    fields_add(fields, "Capacity", "capacity", exact_or_not(info->capacity, is_exact));
    fields_add(fields, "Allocation", "allocation", exact_or_not(info->allocation, is_exact));
    fields_add(fields, "Available", "available", exact_or_not(info->available, is_exact));
}

static gboolean pool_info(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStoragePool) pool = argument_pool(shell, arguments);
    g_autoptr(Fields) fields = fields_new(16);
    char uuid[VIR_UUID_STRING_BUFLEN];
    virStoragePoolInfo info;
    int autostart;

    if (!pool)
        return FALSE;
    if (virStoragePoolGetInfo(pool, &info) < 0)
        return shell_fail(shell, "failed to get the state of pool %s", virStoragePoolGetName(pool));
    fields_add(fields, "Name", "name", value_string(virStoragePoolGetName(pool)));
    if (virStoragePoolGetUUIDString(pool, uuid) == 0)
        fields_add(fields, "UUID", "uuid", value_string(uuid));
    fields_add(fields, "State", "state", value_string(pool_state_text(info.state)));
    fields_add(fields, "Persistent", "persistent", value_bool(virStoragePoolIsPersistent(pool) == 1, "yes", "no"));
    if (virStoragePoolGetAutostart(pool, &autostart) == 0)
        fields_add(fields, "Autostart", "autostart", value_bool(autostart, "yes", "no"));
    add_sizes(fields, &info, argument_flag(arguments, "bytes"));
    fields_print(fields, argument_output(arguments));
    return TRUE;
}

static const Option dumpxml_options[] = {OPTION_POOL(COMPLETE_POOL), FLAG("inactive", "the persistent definition"),
                                         OPTION_XPATH, OPTION_WRAP, OPTION_END};

static gboolean pool_dumpxml(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStoragePool) pool = argument_pool(shell, arguments);
    gboolean is_shown;
    char *xml;

    if (!pool)
        return FALSE;
    xml = virStoragePoolGetXMLDesc(pool, argument_flag(arguments, "inactive") ? VIR_STORAGE_XML_INACTIVE : 0);
    if (!xml)
        return shell_fail(shell, "failed to get the XML of pool %s", virStoragePoolGetName(pool));
    is_shown = document_print(shell, arguments, xml);
    free(xml);
    return is_shown;
}

static gboolean pool_name(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStoragePool) pool = argument_pool(shell, arguments);

    if (pool)
        print_value(argument_output(arguments), "name", value_string(virStoragePoolGetName(pool)));
    return pool != NULL;
}

static gboolean pool_uuid(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStoragePool) pool = argument_pool(shell, arguments);
    char uuid[VIR_UUID_STRING_BUFLEN];

    if (!pool)
        return FALSE;
    if (virStoragePoolGetUUIDString(pool, uuid) < 0)
        return shell_fail(shell, "failed to get pool UUID");
    print_value(argument_output(arguments), "uuid", value_string(uuid));
    return TRUE;
}

/* ---- the driver ---- */

static gboolean print_and_free(const Arguments *arguments, char *xml)
{
    print_document(argument_output(arguments), xml);
    free(xml);
    return TRUE;
}

static gboolean pool_capabilities(Shell *shell, const Arguments *arguments)
{
    char *xml = virConnectGetStoragePoolCapabilities(shell->connection, 0);

    return xml ? print_and_free(arguments, xml) : shell_fail(shell, "failed to get storage pool capabilities");
}

static const Option sources_options[] = {
    {"type", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "type of pools to find sources for"},
    {"srcSpec", OPTION_STRING, FALSE, FALSE, COMPLETE_FILE, "file with an XML document that says where to look"},
    OPTION_END};

static gboolean find_sources(Shell *shell, const Arguments *arguments)
{
    const char *type = argument_string(arguments, "type");
    const char *file = argument_string(arguments, "srcSpec");
    g_autofree char *where = file ? shell_read_file(shell, file) : NULL;
    char *xml;

    if (file && !where)
        return FALSE;
    xml = virConnectFindStoragePoolSources(shell->connection, type, where, 0);
    return xml ? print_and_free(arguments, xml) : shell_fail(shell, "Failed to find any %s pool sources", type);
}

const Command pool_view_commands[] = {
    {"find-storage-pool-sources", "find what pools could be made of", sources_options, find_sources, TRUE, TRUE},
    {"pool-capabilities", "which types of pools there are", NULL, pool_capabilities, TRUE, TRUE},
    {"pool-dumpxml", "pool information in XML", dumpxml_options, pool_dumpxml, TRUE, TRUE},
    {"pool-event", "wait for pools' events", pool_event_options, pool_event_run},
    {"pool-info", "pool information", info_options, pool_info, TRUE, TRUE},
    {"pool-list", "list pools", list_options, pool_list, TRUE, TRUE},
    {"pool-name", "convert a pool UUID to pool name", any_pool, pool_name, TRUE, TRUE},
    {"pool-uuid", "convert a pool name to pool UUID", any_pool, pool_uuid, TRUE, TRUE},
    {NULL},
};
