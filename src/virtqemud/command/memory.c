/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory: what it is made of, and which part of it each of the guest's NUMA cells has. */
#include "common/error.h"
#include "conf/cpuset.h"
#include "virtqemud/command/build.h"

/* One piece of memory. */
typedef struct {
    const char *id;
    guint64 size_kib;
    int cell; /* NUMA_CELL_UNSET: the guest has none */
    MemoryAccess access;
    XmlBool discard;
    gboolean is_main; /* of a machine that names its own */
} Piece;

static const char *const policies[NUMA_MODE_LAST] = {
    [NUMA_MODE_STRICT] = "bind", [NUMA_MODE_PREFERRED] = "preferred", [NUMA_MODE_INTERLEAVE] = "interleave"};

static gboolean contains(const char *set, int number)
{
    guint8 bits[CPUSET_MAX / 8];

    cpuset_to_bits(set, bits, sizeof(bits));
    return number >= 0 && number < CPUSET_MAX && (bits[number / 8] >> (number % 8) & 1);
}

/* The page that the document gives to the cell, or to all; NULL: ordinary memory. */
static const HugePage *find_page(const MemoryBacking *backing, int cell)
{
    const HugePage *general = NULL;

    for (guint i = 0; backing->pages && i < backing->pages->len; i++) {
        const HugePage *page = backing->pages->pdata[i];

        if (page->nodeset && contains(page->nodeset, cell))
            return page;
        if (!page->nodeset)
            general = page;
    }
    return general;
}

static gboolean is_huge(const MemoryBacking *backing, int cell)
{
    return backing->has_hugepages && (!backing->pages || !backing->pages->len || find_page(backing, cell));
}

void memory_add_host_nodes(json_object *object, const char *nodeset, const char *policy)
{
    json_object *nodes = json_object_new_array();

    for (int i = 0; i < CPUSET_MAX; i++)
        if (contains(nodeset, i))
            json_object_array_add(nodes, json_object_new_int(i));
    json_add_object(object, "host-nodes", nodes);
    json_add_string(object, "policy", policy);
}

/* Where to be restrictive is not QEMU's business. */
static void add_host_nodes(json_object *object, const DomainDef *def, int cell)
{
    const NumaMemory *memory = def->numatune.memory;

    for (guint i = 0; def->numatune.memnodes && i < def->numatune.memnodes->len; i++) {
        const NumaMemory *node = def->numatune.memnodes->pdata[i];

        if (cell >= 0 && node->cell == (guint)cell)
            memory = node;
    }
    if (memory && policies[memory->mode])
        memory_add_host_nodes(object, memory->nodeset, policies[memory->mode]);
}

char *memory_huge_dir(const CommandSettings *settings, guint64 size_kib, const char *run_name)
{
    guint64 wanted = size_kib ? size_kib : settings->huge_default_kib;

    for (guint i = 0; settings->huge_mounts && i < settings->huge_mounts->len; i++) {
        const HugeMount *mount = settings->huge_mounts->pdata[i];

        if (mount->size_kib == wanted)
            return g_strdup_printf("%s/libvirt/qemu/%s", mount->path, run_name);
    }
    return NULL;
}

/* Another file system's pages, or a file of the guest's own. FALSE: there are no such pages here. */
static gboolean add_file(CommandBuild *build, json_object *object, const Piece *piece, GError **error)
{
    const MemoryBacking *backing = &build->def->memory_backing;
    const HugePage *page = find_page(backing, piece->cell);
    g_autofree char *dir = NULL;

    if (!is_huge(backing, piece->cell)) {
        json_add_stringf(object, "mem-path", "%s/%s/%s", build->settings->memory_dir, build->run_name, piece->id);
        return TRUE;
    }
    dir = memory_huge_dir(build->settings, page ? page->size_kib : 0, build->run_name);
    json_add_string(object, "mem-path", dir);
    if (dir || build->purpose == BUILD_CHECK)
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR,
                  build->settings->huge_mounts && build->settings->huge_mounts->len
                      ? "Unable to find any usable hugetlbfs mount for the pages"
                      : "hugetlbfs filesystem is not mounted or disabled by administrator config");
    return FALSE;
}

static const char *backend_type(const MemoryBacking *backing, const Piece *piece)
{
    MemoryAccess access = piece->access ? piece->access : backing->access;

    if (backing->source == MEMORY_SOURCE_MEMFD)
        return "memory-backend-memfd";
    return is_huge(backing, piece->cell) || backing->source == MEMORY_SOURCE_FILE || access == MEMORY_ACCESS_SHARED
               ? "memory-backend-file"
               : "memory-backend-ram";
}

static void add_options(json_object *object, const MemoryBacking *backing, const Piece *piece, gboolean is_file)
{
    MemoryAccess access = piece->access ? piece->access : backing->access;
    gboolean is_discarded = piece->discard ? piece->discard == XML_BOOL_YES : backing->is_discarded;

    if (is_file && is_discarded)
        json_add_bool(object, "discard-data", TRUE);
    if (access != MEMORY_ACCESS_DEFAULT)
        json_add_bool(object, "share", access == MEMORY_ACCESS_SHARED);
    if (backing->allocation == MEMORY_ALLOCATION_IMMEDIATE ||
        (is_huge(backing, piece->cell) && backing->allocation == MEMORY_ALLOCATION_DEFAULT)) {
        json_add_bool(object, "prealloc", TRUE);
        if (backing->allocation_threads > 0)
            json_add_int(object, "prealloc-threads", backing->allocation_threads);
    }
}

static gboolean add_backend(CommandBuild *build, const Piece *piece, GError **error)
{
    const MemoryBacking *backing = &build->def->memory_backing;
    const char *type = backend_type(backing, piece);
    gboolean is_file = g_str_equal(type, "memory-backend-file");
    gboolean is_memfd = g_str_equal(type, "memory-backend-memfd");
    json_object *object = json_object_new_object();

    json_add_string(object, "qom-type", type);
    json_add_string(object, "id", piece->id);
    if (is_memfd && is_huge(backing, piece->cell)) {
        const HugePage *page = find_page(backing, piece->cell);

        json_add_bool(object, "hugetlb", TRUE);
        if (page)
            json_object_object_add(object, "hugetlbsize", json_object_new_uint64(page->size_kib * 1024));
    }
    if (is_file && !add_file(build, object, piece, error)) {
        json_object_put(object);
        return FALSE;
    }
    add_options(object, backing, piece, is_file);
    /* Its name in a migration stays what it was before it was a file. */
    if (piece->is_main && (is_file || is_memfd))
        json_add_bool(object, "x-use-canonical-path-for-ramblock-id", FALSE);
    json_object_object_add(object, "size", json_object_new_uint64(piece->size_kib * 1024));
    add_host_nodes(object, build->def, piece->cell);
    command_add_json(build->command, "-object", object);
    return TRUE;
}

static const GPtrArray *cells_of(const DomainDef *def)
{
    return def->cpu && def->cpu->cells && def->cpu->cells->len ? def->cpu->cells : NULL;
}

/* Whether some piece is a file, and of large pages or not as is_wanted_huge says. */
static gboolean has_file(const DomainDef *def, gboolean is_wanted_huge)
{
    const MemoryBacking *backing = &def->memory_backing;
    const GPtrArray *cells = cells_of(def);
    const NumaCell all = {.id = NUMA_CELL_UNSET};

    for (guint i = 0; i < (cells ? cells->len : 1); i++) {
        const NumaCell *cell = cells ? cells->pdata[i] : &all;
        const Piece piece = {.cell = cell->id, .access = cell->access};

        if (g_str_equal(backend_type(backing, &piece), "memory-backend-file") &&
            is_huge(backing, cell->id) == is_wanted_huge)
            return TRUE;
    }
    for (guint i = 0; i < def->memory_devices->len; i++) {
        const MemoryDeviceDef *device = def->memory_devices->pdata[i];

        if (is_wanted_huge ? memory_device_is_huge_file(device) : memory_device_is_file(device, backing))
            return TRUE;
    }
    return FALSE;
}

gboolean memory_is_huge_file(const DomainDef *def)
{
    return has_file(def, TRUE);
}

gboolean memory_is_file(const DomainDef *def)
{
    return has_file(def, FALSE);
}

gboolean build_memory(CommandBuild *build, const char *ram_id, GError **error)
{
    const DomainDef *def = build->def;
    /* QEMU's machines want whole MiB. */
    guint64 memory_mib = (def->memory_kib - domain_plugged_memory_kib(def, TRUE) + 1023) / 1024;

    if (def->max_memory_kib > 0)
        command_addf(build->command, "-m", "size=%" G_GUINT64_FORMAT "k,slots=%u,maxmem=%lluk", memory_mib * 1024,
                     def->memory_slots, def->max_memory_kib);
    else
        command_addf(build->command, "-m", "%" G_GUINT64_FORMAT, memory_mib);
    if (ram_id && !cells_of(def)) {
        const Piece all = {.id = ram_id, .size_kib = memory_mib * 1024, .cell = NUMA_CELL_UNSET, .is_main = TRUE};

        if (!add_backend(build, &all, error))
            return FALSE;
    }
    command_add(build->command, "-overcommit", def->memory_backing.is_locked ? "mem-lock=on" : "mem-lock=off");
    return TRUE;
}

static gboolean add_cell(CommandBuild *build, const NumaCell *cell, GError **error)
{
    g_autofree char *id = g_strdup_printf("ram-node%d", cell->id);
    g_autoptr(GString) options = g_string_new("node");
    const Piece piece = {.id = id,
                         .size_kib = (cell->memory_kib + 1023) / 1024 * 1024,
                         .cell = cell->id,
                         .access = cell->access,
                         .discard = cell->discard};
    g_auto(GStrv) ranges = g_strsplit(cell->cpus ? cell->cpus : "", ",", -1);

    if (!add_backend(build, &piece, error))
        return FALSE;
    option_appendf(options, "nodeid", "%d", cell->id);
    for (char **range = ranges; *range; range++)
        option_append(options, "cpus", *range);
    option_append(options, "memdev", id);
    command_add(build->command, "-numa", options->str);
    return TRUE;
}

gboolean build_numa(CommandBuild *build, GError **error)
{
    const GPtrArray *cells = cells_of(build->def);

    for (guint i = 0; cells && i < cells->len; i++)
        if (!add_cell(build, cells->pdata[i], error))
            return FALSE;
    for (guint i = 0; cells && i < cells->len; i++) {
        const NumaCell *cell = cells->pdata[i];

        for (guint j = 0; cell->distances && j < cell->distances->len; j++) {
            const NumaDistance *distance = cell->distances->pdata[j];

            command_addf(build->command, "-numa", "dist,src=%d,dst=%u,val=%u", cell->id, distance->id, distance->value);
        }
    }
    return TRUE;
}

/* ---- threads that do a disk's work ---- */

static void add_pool(json_object *object, int min, int max)
{
    if (min != POOL_UNSET)
        json_add_int(object, "thread-pool-min", min);
    if (max != POOL_UNSET)
        json_add_int(object, "thread-pool-max", max);
}

void build_iothreads(CommandBuild *build)
{
    const DomainDef *def = build->def;

    for (guint i = 0; def->iothreads && i < def->iothreads->len; i++) {
        const IoThread *thread = def->iothreads->pdata[i];
        json_object *object = json_object_new_object();

        json_add_string(object, "qom-type", "iothread");
        json_add_stringf(object, "id", "iothread%u", thread->id);
        add_pool(object, thread->pool_min, thread->pool_max);
        command_add_json(build->command, "-object", object);
    }
    if (def->default_iothread) {
        json_object *object = json_object_new_object();

        json_add_string(object, "qom-type", "main-loop");
        json_add_string(object, "id", "main-loop");
        add_pool(object, def->default_iothread->pool_min, def->default_iothread->pool_max);
        command_add_json(build->command, "-object", object);
    }
}
