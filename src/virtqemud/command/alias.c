/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/command/alias.h"

#include <string.h>

static void set_alias(DeviceInfo *info, char *alias)
{
    if (info->alias)
        g_free(alias);
    else
        info->alias = alias;
}

/* Whether the controller sits in the machine's chipset, where QEMU names its bus itself. */
static gboolean is_builtin(const DomainDef *def, const ControllerDef *controller)
{
    MachineKind kind = domain_machine_kind(def);

    return controller->index == 0 && ((kind == MACHINE_Q35 && controller->type == CONTROLLER_SATA) ||
                                      (kind == MACHINE_I440FX && controller->type == CONTROLLER_IDE));
}

static char *controller_alias(const DomainDef *def, const ControllerDef *controller)
{
    if (controller->type == CONTROLLER_PCI)
        return g_strdup_printf(controller->model == CONTROLLER_MODEL_PCIE_ROOT ? "pcie.%d" : "pci.%d",
                               controller->index);
    if (controller->type == CONTROLLER_USB && controller->index == 0)
        return g_strdup("usb");
    if (is_builtin(def, controller))
        return g_strdup("ide");
    return g_strdup_printf("%s%d", controller_types[controller->type], controller->index);
}

/* SCSI adapters with more than one target per bus name their disks by four numbers. */
static gboolean has_targets(const DomainDef *def, const DiskDef *disk)
{
    const ControllerDef *controller = domain_find_controller(def, CONTROLLER_SCSI, (int)disk->info.drive.controller);

    if (!controller)
        return TRUE;
    return controller->model != CONTROLLER_MODEL_SCSI_LSILOGIC;
}

char *alias_of_disk(const DomainDef *def, const DiskDef *disk)
{
    const DriveAddress *drive = &disk->info.drive;

    if (disk->info.address_type != DEVICE_ADDRESS_DRIVE)
        return g_strdup_printf("%s-disk%d", disk_buses[disk->bus], disk_target_index(disk->target));
    if (disk->bus == DISK_BUS_SCSI && has_targets(def, disk))
        return g_strdup_printf("scsi%u-%u-%u-%u", drive->controller, drive->bus, drive->target, drive->unit);
    return g_strdup_printf("%s%u-%u-%u", disk_buses[disk->bus], drive->controller, drive->bus, drive->unit);
}

/* Devices whose alias is a prefix and their number among their kind. */
typedef struct {
    const char *what;
    const char *prefix;
} NumberedKind;

static const NumberedKind numbered_kinds[] = {
    {"interface", "net"},
    {"serial", "serial"},
    {"parallel", "parallel"},
    {"console", "console"},
    {"channel", "channel"},
    {"input", "input"},
    {"tpm", "tpm"},
    {"sound", "sound"},
    {"video", "video"},
    {"watchdog", "watchdog"},
    {"memballoon", "balloon"},
    {"rng", "rng"},
    {"redirdev", "redir"},
    {"hub", "hub"},
    {"iommu", "iommu"},
    {"filesystem", "fs"},
    {"vsock", "vsock"},
    {"shmem", "shmem"},
};

typedef struct {
    DomainDef *def;
    gboolean is_addition; /* what has an alias keeps it, and does not count */
    guint count[G_N_ELEMENTS(numbered_kinds)];
} AliasRun;

static void alias_by_number(AliasRun *run, const char *what, DeviceInfo *info)
{
    for (gsize i = 0; i < G_N_ELEMENTS(numbered_kinds); i++) {
        if (!g_str_equal(what, numbered_kinds[i].what))
            continue;
        set_alias(info, g_strdup_printf("%s%u", numbered_kinds[i].prefix, run->count[i]++));
        return;
    }
}

static gboolean assign_one(const char *what, gpointer device, DeviceInfo *info, gpointer data)
{
    AliasRun *run = data;

    if (run->is_addition && info->alias)
        return TRUE;
    if (g_str_equal(what, "disk"))
        set_alias(info, alias_of_disk(run->def, device));
    else if (g_str_equal(what, "controller"))
        set_alias(info, controller_alias(run->def, device));
    else if (g_str_equal(what, "memory"))
        set_alias(info, g_strdup_printf("%s%u", memory_device_models[((const MemoryDeviceDef *)device)->model],
                                        info->dimm.slot));
    /* No device stands for a balloon that is none. */
    else if (g_str_equal(what, "memballoon") && ((const BalloonDef *)device)->model == BALLOON_NONE)
        return TRUE;
    else
        alias_by_number(run, what, info);
    return TRUE;
}

/* The first console is the first serial port by another name, and shares its alias. */
static gboolean mirrors_serial(const DomainDef *def)
{
    return def->consoles->len > 0 && def->serials->len > 0 &&
           ((const CharDef *)g_ptr_array_index(def->consoles, 0))->target == CHAR_TARGET_SERIAL;
}

static void alias_console(DomainDef *def)
{
    CharDef *console, *serial;

    if (!mirrors_serial(def))
        return;
    console = g_ptr_array_index(def->consoles, 0);
    serial = g_ptr_array_index(def->serials, 0);
    g_free(console->info.alias);
    console->info.alias = g_strdup(serial->info.alias);
}

/* The disk's images from next on; returns the number behind them. */
static guint number_disk(DiskDef *disk, guint next)
{
    if (!disk_source_is_there(&disk->source) || disk->source.type == DISK_SOURCE_VHOST_USER)
        return next;
    disk->source.index = next++;
    for (DiskBacking *backing = disk->backing; backing && backing->source.type != DISK_SOURCE_NONE;
         backing = backing->backing)
        backing->source.index = next++;
    return next;
}

/* From the last disk on, since the peer counts so. */
static void number_nodes(DomainDef *def)
{
    guint next = 1;

    for (guint i = def->disks->len; i > 0; i--)
        next = number_disk(g_ptr_array_index(def->disks, i - 1), next);
}

static void drop_nodes(DomainDef *def)
{
    for (guint i = 0; i < def->disks->len; i++) {
        DiskDef *disk = g_ptr_array_index(def->disks, i);

        disk->source.index = 0;
        for (DiskBacking *backing = disk->backing; backing; backing = backing->backing)
            backing->source.index = 0;
    }
}

static void assign_all(DomainDef *def)
{
    AliasRun run = {.def = def};

    /* The console that stands for a serial port counts, though its alias is the port's. */
    for (gsize i = 0; i < G_N_ELEMENTS(numbered_kinds); i++)
        if (g_str_equal(numbered_kinds[i].what, "console") && mirrors_serial(def))
            run.count[i] = 1;
    domain_each_device(def, assign_one, &run);
    number_nodes(def);
}

void alias_assign(DomainDef *def)
{
    assign_all(def);
    alias_console(def);
}

/* The numbers behind the last ones that are given. */
static gboolean count_given(const char *what, gpointer device, DeviceInfo *info, gpointer data)
{
    AliasRun *run = data;

    for (gsize i = 0; i < G_N_ELEMENTS(numbered_kinds); i++) {
        const NumberedKind *kind = &numbered_kinds[i];
        guint64 number;

        if (g_str_equal(kind->what, what) && info->alias && g_str_has_prefix(info->alias, kind->prefix) &&
            g_ascii_string_to_unsigned(info->alias + strlen(kind->prefix), 10, 0, G_MAXUINT32 - 1, &number, NULL))
            run->count[i] = MAX(run->count[i], (guint)number + 1);
    }
    return TRUE;
}

static guint last_node_of_disk(const DiskDef *disk, guint last)
{
    last = MAX(last, disk->source.index);
    for (const DiskBacking *backing = disk->backing; backing; backing = backing->backing)
        last = MAX(last, backing->source.index);
    return last;
}

static guint last_node(const DomainDef *def)
{
    guint last = 0;

    for (guint i = 0; i < def->disks->len; i++)
        last = last_node_of_disk(g_ptr_array_index(def->disks, i), last);
    return last;
}

void alias_number_images(const DomainDef *def, const DiskDef *before, DiskDef *disk)
{
    guint next = last_node_of_disk(before, last_node(def)) + 1;

    if (number_disk(disk, next) == next)
        disk->source.index = next;
}

void alias_assign_added(DomainDef *def)
{
    AliasRun run = {.def = def, .is_addition = TRUE};

    domain_each_device(def, count_given, &run);
    domain_each_device(def, assign_one, &run);
    for (guint i = 0; i < def->disks->len; i++) {
        DiskDef *disk = g_ptr_array_index(def->disks, i);

        if (disk->source.index == 0)
            number_disk(disk, last_node(def) + 1);
    }
}

char *disk_format_node(const DiskDef *disk)
{
    return g_strdup_printf("libvirt-%u-format", disk->source.index);
}

/* Whether the socket's path is ours to choose. */
static gboolean wants_path(const CharDef *channel)
{
    return channel->source.type == CHAR_SOURCE_UNIX && !channel->source.path;
}

static void assign_path(CharDef *channel, const char *guest_dir)
{
    channel->source.mode = CHAR_MODE_BIND;
    channel->source.is_made = XML_BOOL_YES;
    channel->source.path = g_strdup_printf("%s/%s", guest_dir, channel->name ? channel->name : channel->info.alias);
}

void alias_assign_paths(DomainDef *def, const char *guest_dir)
{
    for (guint i = 0; i < def->channels->len; i++) {
        CharDef *channel = g_ptr_array_index(def->channels, i);

        if (wants_path(channel))
            assign_path(channel, guest_dir);
    }
}

/* ---- for a while ---- */

/* A channel that has got a path, and what else was said of its source. */
typedef struct {
    CharDef *channel;
    CharSource before;
} LentPath;

GArray *alias_lend(DomainDef *def, const char *guest_dir)
{
    GArray *paths = g_array_new(FALSE, FALSE, sizeof(LentPath));

    /* The console that stands for a serial port keeps what it has, as nothing of QEMU's is made for it. */
    assign_all(def);
    for (guint i = 0; i < def->channels->len; i++) {
        CharDef *channel = g_ptr_array_index(def->channels, i);
        LentPath lent = {.channel = channel, .before = channel->source};

        if (!wants_path(channel))
            continue;
        assign_path(channel, guest_dir);
        g_array_append_val(paths, lent);
    }
    return paths;
}

static gboolean drop_alias(const char *what, gpointer device, DeviceInfo *info, gpointer data)
{
    if (!device_has_user_alias(info))
        g_clear_pointer(&info->alias, g_free);
    return TRUE;
}

void alias_take_back(DomainDef *def, GArray *lent)
{
    for (guint i = 0; i < lent->len; i++) {
        const LentPath *path = &g_array_index(lent, LentPath, i);

        g_free(path->channel->source.path);
        path->channel->source = path->before;
    }
    g_array_unref(lent);
    domain_each_device(def, drop_alias, NULL);
    drop_nodes(def);
}
