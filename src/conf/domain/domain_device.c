/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/domain_device.h"

#include <string.h>

#include "common/error.h"
#include "conf/domain/check/disk_check.h"
#include "conf/domain/default/domain_defaults.h"

/* ---- kinds ---- */

#define KIND(name, member, type, rows)                                                                                 \
    {                                                                                                                  \
        name, offsetof(DomainDef, member), offsetof(type, info), rows                                                  \
    }
#define KIND_WITHOUT_INFO(name, member, rows)                                                                          \
    {                                                                                                                  \
        name, offsetof(DomainDef, member), DEVICE_HAS_NO_INFO, rows                                                    \
    }

const DomainDeviceKind domain_device_kinds[] = {
    KIND("disk", disks, DiskDef, &disk_element),
    KIND("interface", interfaces, InterfaceDef, &interface_element),
    KIND("sound", sounds, SoundDef, &sound_element),
    KIND("filesystem", filesystems, FilesystemDef, &filesystem_element),
    KIND("controller", controllers, ControllerDef, &controller_element),
    KIND("serial", serials, CharDef, &serial_element),
    KIND("parallel", parallels, CharDef, &parallel_element),
    KIND("channel", channels, CharDef, &channel_element),
    KIND("console", consoles, CharDef, &console_element),
    KIND("input", inputs, InputDef, &input_element),
    KIND("watchdog", watchdogs, WatchdogDef, &watchdog_element),
    KIND("memballoon", balloons, BalloonDef, &balloon_element),
    KIND("rng", rngs, RngDef, &rng_element),
    KIND("video", videos, VideoDef, &video_element),
    KIND("hub", hubs, HubDef, &hub_element),
    KIND("redirdev", redirdevs, RedirdevDef, &redirdev_element),
    KIND("tpm", tpms, TpmDef, &tpm_element),
    KIND("shmem", shmems, ShmemDef, &shmem_element),
    KIND("panic", panics, PanicDef, &panic_element),
    KIND("iommu", iommus, IommuDef, &iommu_element),
    KIND("vsock", vsocks, VsockDef, &vsock_element),
    KIND("memory", memory_devices, MemoryDeviceDef, &memory_device_element),
    KIND_WITHOUT_INFO("graphics", graphics, &graphics_element),
    KIND_WITHOUT_INFO("audio", audios, &audio_element),
    {0},
};

/* Known, and not built: no document may have them. */
static const char *const refused_kinds[] = {"hostdev", "lease", "smartcard", "nvram", "crypto"};

gboolean domain_device_is(const DomainDevice *device, const char *kind)
{
    return g_str_equal(device->kind->name, kind);
}

static gboolean is_char(const DomainDevice *device)
{
    return domain_device_is(device, "serial") || domain_device_is(device, "parallel") ||
           domain_device_is(device, "channel") || domain_device_is(device, "console");
}

const char *domain_device_label(const DomainDevice *device)
{
    return is_char(device) ? "chr" : device->kind->name;
}

/* ---- one device ---- */

const DomainDeviceKind *domain_device_kind(const char *name)
{
    for (const DomainDeviceKind *kind = domain_device_kinds; kind->name; kind++)
        if (g_str_equal(kind->name, name))
            return kind;
    return NULL;
}

static const DomainDeviceKind *find_kind(const char *name, GError **error)
{
    const DomainDeviceKind *kind = domain_device_kind(name);

    if (kind)
        return kind;
    for (gsize i = 0; i < G_N_ELEMENTS(refused_kinds); i++) {
        if (g_str_equal(refused_kinds[i], name)) {
            vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED, "devices of kind '%s'", name);
            return NULL;
        }
    }
    vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED, "unknown device type '%s'", name);
    return NULL;
}

gboolean domain_device_parse(const char *xml, DomainDevice *device, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, NULL, "(device_definition)", VIR_FROM_DOMAIN, error);
    xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    const DomainDeviceKind *kind = root ? find_kind((const char *)root->name, error) : NULL;
    gpointer def = kind ? xml_struct_parse(kind->element, root, XML_MODE_INACTIVE, error) : NULL;

    if (!def)
        return FALSE;
    *device = (DomainDevice){kind, def};
    return TRUE;
}

void domain_device_clear(DomainDevice *device)
{
    if (device->kind)
        xml_struct_free(device->kind->element, device->def);
    *device = (DomainDevice){0};
}

GPtrArray *domain_device_list(const DomainDef *def, const DomainDeviceKind *kind)
{
    return *(GPtrArray *const *)((const char *)def + kind->list);
}

DeviceInfo *domain_device_info(const DomainDevice *device)
{
    return device->kind->info == DEVICE_HAS_NO_INFO ? NULL : (DeviceInfo *)((char *)device->def + device->kind->info);
}

DomainDevice domain_device_copy(const DomainDevice *device)
{
    return (DomainDevice){device->kind, xml_struct_copy(device->kind->element, device->def)};
}

/* ---- among others ---- */

void domain_device_insert(DomainDef *def, const DomainDevice *device)
{
    g_ptr_array_add(domain_device_list(def, device->kind), device->def);
    domain_order_devices(def);
}

void domain_device_take(DomainDef *def, const DomainDevice *device)
{
    gboolean was_first = def->serials->len > 0 && g_ptr_array_index(def->serials, 0) == device->def;
    CharDef *console = def->consoles->len > 0 ? g_ptr_array_index(def->consoles, 0) : NULL;

    g_ptr_array_remove(domain_device_list(def, device->kind), device->def);
    if (!was_first || !console || console->target != CHAR_TARGET_SERIAL)
        return;
    g_ptr_array_remove_index(def->consoles, 0);
    xml_struct_free(&console_element, console);
}

void domain_device_view_init(DomainDef *view, const DomainDef *def, const DomainDevice *device)
{
    *view = *def;
    for (const DomainDeviceKind *kind = domain_device_kinds; kind->name; kind++)
        *(GPtrArray **)((char *)view + kind->list) = g_ptr_array_new();
    g_ptr_array_add(domain_device_list(view, device->kind), device->def);
    view->os = xml_struct_new(&os_element);
    view->sysinfos = NULL;
}

void domain_device_view_clear(DomainDef *view)
{
    for (const DomainDeviceKind *kind = domain_device_kinds; kind->name; kind++)
        g_ptr_array_unref(domain_device_list(view, kind));
    xml_struct_free(&os_element, view->os);
}

DomainDef *domain_device_split(DomainDef *def, const DomainDevice *device)
{
    DomainDef view;
    DomainDef *alone;

    domain_device_view_init(&view, def, device);
    alone = domain_def_copy(&view);
    domain_device_view_clear(&view);
    domain_device_take(def, device);
    xml_struct_free(device->kind->element, device->def);
    return alone;
}

gboolean domain_device_find_alias(const DomainDef *def, const char *alias, DomainDevice *found)
{
    for (const DomainDeviceKind *kind = domain_device_kinds; kind->name; kind++) {
        const GPtrArray *list = domain_device_list(def, kind);

        for (guint i = 0; i < list->len; i++) {
            DomainDevice device = {kind, list->pdata[i]};
            const DeviceInfo *info = domain_device_info(&device);

            if (info && g_strcmp0(info->alias, alias) == 0) {
                *found = device;
                return TRUE;
            }
        }
    }
    return FALSE;
}

/* ---- comparing documents ---- */

static xmlDoc *document_of(const DomainDevice *device)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();
    g_autofree char *text = NULL;

    xml_struct_write(device->kind->element, writer, device->kind->name, device->def, XML_MODE_INACTIVE);
    text = xml_writer_take(writer);
    return xml_parse(text, NULL, "(device_definition)", VIR_FROM_DOMAIN, NULL);
}

static char *find_difference(xmlNode *a, xmlNode *b);

/* Whether one of b's children of that name says all that child says; else the first difference to one of them. */
static char *find_child_difference(xmlNode *child, xmlNode *b)
{
    char *closest = NULL;

    for (xmlNode *other = xml_first_element(b); other; other = xml_next_element(other)) {
        char *difference;

        if (!xml_is(other, (const char *)child->name))
            continue;
        difference = find_difference(child, other);
        if (!difference) {
            g_free(closest);
            return NULL;
        }
        if (closest)
            g_free(difference);
        else
            closest = difference;
    }
    return closest ? closest : g_strdup((const char *)child->name);
}

static char *find_own_difference(xmlNode *a, xmlNode *b)
{
    for (xmlAttr *attribute = a->properties; attribute; attribute = attribute->next) {
        g_autofree char *value_a = xml_attribute(a, (const char *)attribute->name);
        g_autofree char *value_b = xml_attribute(b, (const char *)attribute->name);

        if (g_strcmp0(value_a, value_b) != 0)
            return g_strdup_printf("%s %s", a->name, attribute->name);
    }
    return NULL;
}

static char *find_text_difference(xmlNode *a, xmlNode *b)
{
    g_autofree char *text_a = xml_text(a);
    g_autofree char *text_b = xml_text(b);

    return xml_first_element(a) || g_str_equal(g_strstrip(text_a), g_strstrip(text_b)) ? NULL
                                                                                       : g_strdup((char *)a->name);
}

static char *find_difference(xmlNode *a, xmlNode *b)
{
    char *difference = find_own_difference(a, b);

    if (!difference)
        difference = find_text_difference(a, b);
    for (xmlNode *child = xml_first_element(a); child && !difference; child = xml_next_element(child))
        difference = find_child_difference(child, b);
    return difference;
}

char *domain_device_difference(const DomainDevice *a, const DomainDevice *b)
{
    g_autoptr(xmlDoc) doc_a = document_of(a);
    g_autoptr(xmlDoc) doc_b = document_of(b);

    if (!doc_a || !doc_b)
        return g_strdup(a->kind->name);
    return find_difference(xmlDocGetRootElement(doc_a), xmlDocGetRootElement(doc_b));
}

/* ---- finding ---- */

static gboolean is_same_place(const DeviceInfo *like, const DeviceInfo *info)
{
    switch ((int)like->address_type) {
    case DEVICE_ADDRESS_NONE:
    case DEVICE_ADDRESS_UNASSIGNED:
        break;
    case DEVICE_ADDRESS_PCI:
        if (info->address_type != DEVICE_ADDRESS_PCI || !pci_address_equal(&like->pci, &info->pci))
            return FALSE;
        break;
    default:
        if (like->address_type != info->address_type)
            return FALSE;
    }
    return !like->alias || g_strcmp0(like->alias, info->alias) == 0;
}

static gboolean is_same_disk(gconstpointer like, gconstpointer device)
{
    return g_strcmp0(((const DiskDef *)like)->target, ((const DiskDef *)device)->target) == 0;
}

/* A document without a MAC is about any. */
static gboolean is_same_interface(gconstpointer like, gconstpointer device)
{
    static const guint8 none[MAC_LEN];
    const InterfaceDef *a = like, *b = device;

    return (memcmp(a->mac, none, MAC_LEN) == 0 || memcmp(a->mac, b->mac, MAC_LEN) == 0) &&
           is_same_place(&a->info, &b->info);
}

static gboolean is_same_controller(gconstpointer like, gconstpointer device)
{
    const ControllerDef *a = like, *b = device;

    return a->type == b->type && a->index == b->index;
}

static gboolean is_same_filesystem(gconstpointer like, gconstpointer device)
{
    return g_strcmp0(((const FilesystemDef *)like)->target, ((const FilesystemDef *)device)->target) == 0;
}

static gboolean is_same_graphics(gconstpointer like, gconstpointer device)
{
    return ((const GraphicsDef *)like)->type == ((const GraphicsDef *)device)->type;
}

/* Kinds whose devices have a name of their own. first_counts: of several the first is meant. */
static const struct {
    const char *kind;
    gboolean (*is_same)(gconstpointer like, gconstpointer device);
    gboolean first_counts;
} matchers[] = {
    {"disk", is_same_disk, TRUE},
    {"interface", is_same_interface, FALSE},
    {"controller", is_same_controller, TRUE},
    {"filesystem", is_same_filesystem, TRUE},
    {"graphics", is_same_graphics, TRUE},
};

/* What a document says of a port or slot that was given by the daemon must not be asked of one that says nothing. */
static gboolean says_the_same(const DomainDevice *like, const DomainDevice *device)
{
    g_autofree char *difference = domain_device_difference(like, device);

    return !difference;
}

/* A console that is a serial port by another name. */
static DomainDevice as_serial(const DomainDef *def, const DomainDevice *like)
{
    const CharDef *def_like = like->def;

    if (domain_device_is(like, "console") && def_like->target == CHAR_TARGET_SERIAL && def->serials->len > 0 &&
        def->consoles->len > 0)
        return (DomainDevice){domain_device_kind("serial"), g_ptr_array_index(def->serials, 0)};
    return (DomainDevice){0};
}

DomainDeviceMatch domain_device_find(const DomainDef *def, const DomainDevice *like, DomainDevice *found)
{
    const GPtrArray *list = domain_device_list(def, like->kind);
    DomainDevice serial = as_serial(def, like);
    DomainDevice match = {0};
    gsize by = 0;

    while (by < G_N_ELEMENTS(matchers) && !domain_device_is(like, matchers[by].kind))
        by++;
    for (guint i = 0; i < list->len; i++) {
        DomainDevice device = {like->kind, list->pdata[i]};

        if (!(by < G_N_ELEMENTS(matchers) ? matchers[by].is_same(like->def, device.def) : says_the_same(like, &device)))
            continue;
        if (match.kind)
            return DEVICE_AMBIGUOUS;
        match = device;
        /* Of several serial ports or channels each has somebody else at its other end. */
        if (by < G_N_ELEMENTS(matchers) ? matchers[by].first_counts : !is_char(like))
            break;
    }
    if (!match.kind)
        return DEVICE_MISSING;
    *found = serial.kind ? serial : match;
    return DEVICE_FOUND;
}

/* ---- what there is already ---- */

static gboolean is_taken(GError **error, const char *message)
{
    return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "%s", message);
}

static gboolean check_char(const DomainDef *def, const CharDef *new, const GPtrArray *list, GError **error)
{
    for (guint i = 0; i < list->len; i++) {
        const CharDef *other = list->pdata[i];

        if (new->name &&new->target == other->target && g_strcmp0(new->name, other->name) == 0)
            return is_taken(error, "chardev already exists");
    }
    return TRUE;
}

static gboolean check_shmem(const DomainDef *def, const ShmemDef *new, GError **error)
{
    for (guint i = 0; i < def->shmems->len; i++)
        if (g_strcmp0(((const ShmemDef *)def->shmems->pdata[i])->name, new->name) == 0)
            return is_taken(error, "device is already in the domain configuration");
    return TRUE;
}

static gboolean check_name(const DomainDevice *device, const DomainDevice *other, gboolean is_live, GError **error)
{
    const ControllerDef *controller = device->def;

    if (domain_device_is(device, "disk") && is_live)
        return disk_refuse_target(device->def, other->def, error);
    if (domain_device_is(device, "disk"))
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "target %s already exists",
                              ((const DiskDef *)device->def)->target);
    if (domain_device_is(device, "controller"))
        return vir_error_fail(error, VIR_FROM_QEMU, is_live ? VIR_ERR_OPERATION_FAILED : VIR_ERR_OPERATION_INVALID,
                              "controller %s:%d already exists", controller_types[controller->type], controller->index);
    return !domain_device_is(device, "filesystem") || is_taken(error, "Target already exists");
}

gboolean domain_device_check_new(const DomainDef *def, const DomainDevice *device, gboolean is_live, GError **error)
{
    DomainDevice other;

    if (domain_device_find(def, device, &other) == DEVICE_FOUND && !check_name(device, &other, is_live, error))
        return FALSE;
    if (domain_device_is(device, "watchdog") && def->watchdogs->len > 0)
        return is_taken(error, "domain already has a watchdog");
    if (domain_device_is(device, "vsock") && def->vsocks->len > 0)
        return is_taken(error, "domain already has a vsock device");
    if (domain_device_is(device, "shmem"))
        return is_live || check_shmem(def, device->def, error);
    return !is_char(device) || check_char(def, device->def, domain_device_list(def, device->kind), error);
}
