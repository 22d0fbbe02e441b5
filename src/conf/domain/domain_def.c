/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The root of the model: its table, and the way from text to definition and back. */
#include "conf/domain/domain_def.h"

#include <string.h>

#include "conf/domain/address/domain_addresses.h"
#include "conf/domain/check/domain_check.h"
#include "conf/domain/default/domain_defaults.h"
#include "conf/domain/domain_migratable.h"
#include "conf/domain/domain_parts.h"

#define QEMU_NAMESPACE "http://libvirt.org/schemas/domain/qemu/1.0"

/* clang-format off */
const char *const virt_types[VIRT_LAST] = {
    NULL, "qemu", "kqemu", "kvm", "xen", "lxc", "uml", "openvz", "test", "vmware", "hyperv", "vbox", "phyp",
    "parallels", "bhyve", "vz", "hvf",
};
const char *const lifecycle_actions[LIFECYCLE_LAST] = {
    "destroy", "restart", "rename-restart", "preserve", "coredump-destroy", "coredump-restart",
};
const char *const vcpu_placements[VCPU_PLACEMENT_LAST] = {NULL, "static", "auto"};
const char *const seclabel_types[SECLABEL_LAST] = {NULL, "none", "dynamic", "static"};

/* ---- <seclabel> ---- */

#define STATIC  XML_WHEN(SECLABEL_STATIC)
#define DYNAMIC XML_WHEN(SECLABEL_DYNAMIC)

static const XmlField seclabel_fields[] = {
    XML_ENUM(Seclabel, type, "@type", seclabel_types, .absent = SECLABEL_DYNAMIC, .always = TRUE),
    XML_STRING(Seclabel, model, "@model"),
    XML_YESNO(Seclabel, implied, "@implied", .only = XML_MODE_STATUS),
    XML_YESNO(Seclabel, relabel, "@relabel", .when = STATIC | DYNAMIC),
    XML_TAKEN("@relabel"),
    XML_STRING(Seclabel, label, "label", .when = STATIC),
    XML_STRING(Seclabel, label, "label", .when = DYNAMIC, .only = XML_MODE_LIVE),
    XML_TAKEN("label"),
    XML_STRING(Seclabel, image_label, "imagelabel", .when = STATIC | DYNAMIC, .only = XML_MODE_LIVE),
    XML_TAKEN("imagelabel"),
    XML_STRING(Seclabel, base_label, "baselabel", .when = DYNAMIC),
    XML_TAKEN("baselabel"),
    XML_END,
};
/* clang-format on */

static gboolean seclabel_parsed(xmlNode *node, gpointer self, GError **error)
{
    Seclabel *seclabel = self;

    if (seclabel->type == SECLABEL_NONE && seclabel->relabel == XML_BOOL_YES) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED,
                      "resource relabeling must be 'no' with 'none' security label (line %ld)", xmlGetLineNo(node));
        return FALSE;
    }
    if (seclabel->type == SECLABEL_STATIC && !seclabel->label) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "security label is missing (line %ld)",
                      xmlGetLineNo(node));
        return FALSE;
    }
    if (seclabel->type == SECLABEL_STATIC && !seclabel->model) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "missing security model in domain seclabel (line %ld)",
                      xmlGetLineNo(node));
        return FALSE;
    }
    if (seclabel->type == SECLABEL_DYNAMIC && seclabel->relabel == XML_BOOL_NO) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED,
                      "dynamic label type must use resource relabeling (line %ld)", xmlGetLineNo(node));
        return FALSE;
    }
    if (!seclabel->relabel)
        seclabel->relabel = seclabel->type == SECLABEL_DYNAMIC ? XML_BOOL_YES : XML_BOOL_NO;
    return TRUE;
}

static gboolean seclabel_is_hidden(gconstpointer self, guint mode)
{
    return ((const Seclabel *)self)->implied && !(mode & (XML_MODE_LIVE | XML_MODE_STATUS));
}

const XmlElement seclabel_element = {
    .size = sizeof(Seclabel),
    .fields = seclabel_fields,
    .parsed = seclabel_parsed,
    .is_hidden = seclabel_is_hidden,
    .variant = offsetof(Seclabel, type),
};

/* ---- <idmap> ---- */

/* clang-format off */
static const XmlField id_mapping_fields[] = {
    XML_UINT(IdMapping, start, "@start", .required = TRUE, .always = TRUE),
    XML_UINT(IdMapping, target, "@target", .required = TRUE, .always = TRUE),
    XML_UINT(IdMapping, count, "@count", .required = TRUE, .always = TRUE),
    XML_END,
};
static const XmlElement id_mapping_element = {.size = sizeof(IdMapping), .fields = id_mapping_fields};

static const XmlField idmap_fields[] = {
    XML_LIST(DomainDef, idmap_uids, "uid", &id_mapping_element),
    XML_LIST(DomainDef, idmap_gids, "gid", &id_mapping_element),
    XML_END,
};
static const XmlElement idmap_element = {.fields = idmap_fields};
/* clang-format on */

/* ---- xmlns:qemu ---- */

/* clang-format off */
static const XmlField arg_fields[] = {
    XML_STRING(QemuArg, value, "@value", .required = TRUE,
               .missing = XML_COMPLAINT(VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR,
                                        "No qemu command-line argument specified")),
    XML_END,
};
static const XmlElement arg_element = {.size = sizeof(QemuArg), .fields = arg_fields};
static const XmlField env_fields[] = {
    XML_STRING(QemuEnv, name, "@name", .required = TRUE,
               .missing = XML_COMPLAINT(VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "No qemu environment name specified")),
    XML_STRING(QemuEnv, value, "@value"),
    XML_END,
};
/* clang-format on */

static gboolean env_parsed(xmlNode *node, gpointer self, GError **error)
{
    const QemuEnv *env = self;
    const char *fault = NULL;

    if (!*env->name)
        fault = "Empty qemu environment name specified";
    else if (!g_ascii_isalpha(*env->name) && *env->name != '_')
        fault = "Invalid environment name, it must begin with a letter or underscore";
    for (const char *c = env->name; *c && !fault; c++) {
        if (!g_ascii_isalnum(*c) && *c != '_')
            fault = "Invalid environment name, it must contain only alphanumerics and underscore";
    }
    if (fault)
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "%s (line %ld)", fault, xmlGetLineNo(node));
    return !fault;
}

static const XmlElement env_element = {.size = sizeof(QemuEnv), .fields = env_fields, .parsed = env_parsed};

/* On another host a guest is to be given again what was asked for. */
static gboolean asked_for_another(gconstpointer self, guint mode)
{
    return (mode & XML_MODE_MIGRATABLE) && ((const DomainDef *)self)->cpu_asked;
}

/* clang-format off */
static const XmlField commandline_fields[] = {
    XML_LIST(DomainDef, qemu_args, "qemu:arg", &arg_element),
    XML_LIST(DomainDef, qemu_env, "qemu:env", &env_element),
    XML_END,
};
static const XmlElement commandline_element = {.fields = commandline_fields};

/* ---- <devices> ---- */

/* Consoles that are serial ports show what these do. */
static gboolean are_written_apart(gconstpointer self, guint mode)
{
    return TRUE;
}

static const XmlField devices_fields[] = {
    XML_STRING(DomainDef, emulator, "emulator"),
    XML_LIST(DomainDef, disks, "disk", &disk_element),
    XML_LIST(DomainDef, controllers, "controller", &controller_element),
    XML_REFUSE("lease"),
    XML_LIST(DomainDef, filesystems, "filesystem", &filesystem_element),
    XML_LIST(DomainDef, interfaces, "interface", &interface_element),
    XML_REFUSE("smartcard"),
    XML_LIST(DomainDef, serials, "serial", &serial_element),
    XML_LIST(DomainDef, parallels, "parallel", &parallel_element),
    XML_LIST(DomainDef, consoles, "console", &console_element, .skip = are_written_apart),
    XML_CUSTOM("console", .format = domain_consoles_format),
    XML_LIST(DomainDef, channels, "channel", &channel_element),
    XML_LIST(DomainDef, inputs, "input", &input_element),
    XML_LIST(DomainDef, tpms, "tpm", &tpm_element),
    XML_LIST(DomainDef, graphics, "graphics", &graphics_element),
    XML_LIST(DomainDef, sounds, "sound", &sound_element),
    XML_LIST(DomainDef, audios, "audio", &audio_element),
    XML_LIST(DomainDef, videos, "video", &video_element),
    XML_REFUSE("hostdev"),
    XML_LIST(DomainDef, redirdevs, "redirdev", &redirdev_element),
    XML_STRUCT(DomainDef, redirfilter, "redirfilter", &redirfilter_element),
    XML_LIST(DomainDef, hubs, "hub", &hub_element),
    XML_LIST(DomainDef, watchdogs, "watchdog", &watchdog_element),
    XML_LIST(DomainDef, balloons, "memballoon", &balloon_element),
    XML_LIST(DomainDef, rngs, "rng", &rng_element),
    XML_REFUSE("nvram"),
    XML_LIST(DomainDef, panics, "panic", &panic_element),
    XML_LIST(DomainDef, iommus, "iommu", &iommu_element),
    XML_LIST(DomainDef, shmems, "shmem", &shmem_element),
    XML_LIST(DomainDef, memory_devices, "memory", &memory_device_element),
    XML_LIST(DomainDef, vsocks, "vsock", &vsock_element),
    XML_REFUSE("crypto"),
    XML_END,
};
static const XmlElement devices_element = {.fields = devices_fields};

/* ---- <domain> ---- */

#define LIFECYCLE(member, otherwise)                                                                                   \
    XML_ENUM(DomainDef, member, #member, lifecycle_actions, .absent = otherwise, .always = TRUE,                       \
             .invalid = XML_UNSUPPORTED("unknown " #member " action: %s"))

static const XmlField pm_fields[] = {
    XML_YESNO(DomainDef, pm_suspend_to_mem, "suspend-to-mem/@enabled"),
    XML_YESNO(DomainDef, pm_suspend_to_disk, "suspend-to-disk/@enabled"),
    XML_END,
};
static const XmlElement pm_element = {.fields = pm_fields};

static const XmlField resource_fields[] = {
    XML_STRING(DomainDef, resource_partition, "partition"),
    XML_REFUSE("fibrechannel"),
    XML_END,
};
static const XmlElement resource_element = {.fields = resource_fields};

#define NO_TYPE XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "missing domain type attribute")

static const XmlField domain_fields[] = {
    XML_ENUM(DomainDef, virt_type, "@type", virt_types, .required = TRUE, .missing = NO_TYPE,
             .invalid = XML_UNSUPPORTED("invalid domain type %s")),
    XML_INT(DomainDef, id, "@id", .absent = DOMAIN_ID_NONE, .only = XML_MODE_LIVE),
    XML_TAKEN("@id"),
    XML_CUSTOM("@xmlns:qemu", .format = domain_namespace_format),
    XML_CUSTOM("name", .parse = domain_name_parse, .format = domain_name_format, .clear = domain_name_clear,
               .own = domain_name_own),
    XML_CUSTOM("uuid", .parse = domain_uuid_parse, .format = domain_uuid_format),
    XML_CUSTOM("genid", .parse = domain_genid_parse, .format = domain_genid_format),
    XML_STRING(DomainDef, title, "title"),
    XML_STRING(DomainDef, description, "description"),
    XML_CUSTOM("metadata", .parse = domain_metadata_parse, .format = domain_metadata_format,
               .clear = domain_metadata_clear, .own = domain_metadata_own),
    XML_CUSTOM("maxMemory", .parse = domain_max_memory_parse, .format = domain_max_memory_format),
    XML_CUSTOM("memory", .parse = domain_memory_parse, .format = domain_memory_format),
    XML_SIZE(DomainDef, current_memory_kib, "currentMemory"),
    XML_PART(DomainDef, memory_backing, "memoryBacking", &memory_backing_element),
    XML_PART(DomainDef, blkiotune, "blkiotune", &blkio_tune_element),
    XML_PART(DomainDef, memtune, "memtune", &memory_tune_element),
    XML_CUSTOM("vcpu", .parse = domain_vcpu_parse, .format = domain_vcpu_format, .clear = domain_vcpu_clear,
               .own = domain_vcpu_own),
    XML_REFUSE("vcpus"),
    {.place = "", .kind = XML_KIND_INCLUDE, .element = &iothreads_element},
    XML_PART(DomainDef, cputune, "cputune", &cputune_element),
    XML_PART(DomainDef, numatune, "numatune", &numatune_element),
    XML_INSIDE("resource", &resource_element),
    XML_LIST(DomainDef, sysinfos, "sysinfo", &sysinfo_element),
    XML_REFUSE("bootloader"), XML_REFUSE("bootloader_args"),
    XML_STRUCT(DomainDef, os, "os", &os_element),
    XML_INSIDE("idmap", &idmap_element),
    XML_STRUCT(DomainDef, features, "features", &features_element, .unless_empty = TRUE),
    XML_STRUCT(DomainDef, cpu, "cpu", &cpu_element, .unless_empty = TRUE, .skip = asked_for_another),
    XML_STRUCT(DomainDef, cpu_asked, "cpu", &cpu_element, .only = XML_MODE_MIGRATABLE),
    XML_STRUCT(DomainDef, cpu_asked, "cpuAsked", &cpu_element, .only = XML_MODE_STATUS),
    XML_STRUCT(DomainDef, clock, "clock", &clock_element),
    LIFECYCLE(on_poweroff, LIFECYCLE_DESTROY),
    LIFECYCLE(on_reboot, LIFECYCLE_RESTART),
    LIFECYCLE(on_crash, LIFECYCLE_DESTROY),
    XML_REFUSE("on_lockfailure"),
    XML_INSIDE("pm", &pm_element),
    XML_REFUSE("perf"),
    XML_INSIDE("devices", &devices_element, .always = TRUE),
    XML_LIST(DomainDef, seclabels, "seclabel", &seclabel_element),
    XML_REFUSE("keywrap"), XML_REFUSE("launchSecurity"), XML_TAKEN("datacenterpath"),
    XML_INSIDE("qemu:commandline", &commandline_element),
    XML_REFUSE("qemu:capabilities"), XML_REFUSE("qemu:deprecation"), XML_REFUSE("qemu:override"),
    XML_END,
};
/* clang-format on */

/* The lists of devices, so that users need not ask whether there is one. */
static const gsize device_lists[] = {
    offsetof(DomainDef, disks),     offsetof(DomainDef, controllers), offsetof(DomainDef, interfaces),
    offsetof(DomainDef, serials),   offsetof(DomainDef, parallels),   offsetof(DomainDef, consoles),
    offsetof(DomainDef, channels),  offsetof(DomainDef, inputs),      offsetof(DomainDef, tpms),
    offsetof(DomainDef, graphics),  offsetof(DomainDef, sounds),      offsetof(DomainDef, audios),
    offsetof(DomainDef, videos),    offsetof(DomainDef, hubs),        offsetof(DomainDef, redirdevs),
    offsetof(DomainDef, watchdogs), offsetof(DomainDef, balloons),    offsetof(DomainDef, rngs),
    offsetof(DomainDef, panics),    offsetof(DomainDef, iommus),      offsetof(DomainDef, filesystems),
    offsetof(DomainDef, vsocks),    offsetof(DomainDef, shmems),      offsetof(DomainDef, memory_devices),
};

static void domain_init(gpointer self)
{
    for (gsize i = 0; i < G_N_ELEMENTS(device_lists); i++)
        *(GPtrArray **)((char *)self + device_lists[i]) = g_ptr_array_new();
}

static const XmlElement domain_element = {
    .size = sizeof(DomainDef),
    .fields = domain_fields,
    .init = domain_init,
};

/* ---- reading ---- */

/* Devices of which a guest has one at most, and how that is said. */
static const struct {
    const char *name, *message;
} single_devices[] = {
    {"watchdog", "only a single watchdog device is supported"},
    {"memballoon", "only a single memory balloon device is supported"},
    {"iommu", "only a single IOMMU device is supported"},
    {"vsock", "only a single vsock device is supported"},
};

static gboolean is_repeated(xmlNode *node, guint *seen, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(single_devices); i++) {
        if (!xml_is(node, single_devices[i].name))
            continue;
        if (*seen & 1u << i) {
            vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "%s", single_devices[i].message);
            return TRUE;
        }
        *seen |= 1u << i;
    }
    return FALSE;
}

/* Counts come before contents, so that a flood is not read first. */
static gboolean count_devices(xmlNode *node, GError **error)
{
    xmlNode *devices = xml_child(node, "devices");
    guint n = 0, seen = 0;

    for (xmlNode *child = devices ? xml_first_element(devices) : NULL; child; child = xml_next_element(child)) {
        if (is_repeated(child, &seen, error))
            return FALSE;
        n++;
    }
    if (n <= DOMAIN_DEVICES_MAX)
        return TRUE;
    vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED, "%u devices are more than the limit of %d", n,
                  DOMAIN_DEVICES_MAX);
    return FALSE;
}

static gboolean has_type(xmlNode *node, GError **error)
{
    g_autofree char *type = xml_attribute(node, "type");

    if (type && *type)
        return TRUE;
    xml_set_complaint(error, node, NO_TYPE, NULL);
    return FALSE;
}

static void settle_prefixes(xmlNode *node, gboolean also_default)
{
    for (xmlNs *ns = node->nsDef; ns; ns = ns->next) {
        if (g_strcmp0((const char *)ns->href, QEMU_NAMESPACE) != 0 || (!ns->prefix && !also_default))
            continue;
        xmlFree((xmlChar *)ns->prefix);
        ns->prefix = xmlStrdup((const xmlChar *)"qemu");
    }
}

/* The tables know the namespace by libvirt's usual prefix; a document may call it anything, at its root or where it is
 * used. */
static void settle_namespace(xmlNode *node)
{
    settle_prefixes(node, FALSE);
    for (xmlNode *child = xmlFirstElementChild(node); child; child = xmlNextElementSibling(child))
        settle_prefixes(child, TRUE);
}

/* It becomes part of paths: a document, a log, a directory of sockets. */
static gboolean is_name_of_files(const char *name, GError **error)
{
    if (strchr(name, '/'))
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "name %s cannot contain '/'", name);
    if (g_str_equal(name, ".") || g_str_equal(name, "..") || strlen(name) > DOMAIN_NAME_MAX)
        return vir_error_fail(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "name '%.64s' cannot be used", name);
    return TRUE;
}

/* Sees to what is there in every definition; a file that was edited by hand is as good as its editor. */
static gboolean add_constant_parts(DomainDef *def, GError **error)
{
    if (def->name && !is_name_of_files(def->name, error))
        return FALSE;
    if (!def->os || !def->os->type) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "an os <type> must be specified");
        return FALSE;
    }
    if (!def->features)
        def->features = xml_struct_new(&features_element);
    if (!def->clock)
        def->clock = xml_struct_new(&clock_element);
    domain_complete_iothreads(def);
    return TRUE;
}

gboolean domain_def_settle(DomainDef *def, guint mode, const DomainDefaults *defaults, GError **error)
{
    return domain_def_complete(def, mode, defaults, error) && domain_check_machine(def, error) &&
           domain_def_place(def, defaults, error) && domain_def_check(def, defaults, error);
}

DomainDef *domain_def_parse_node(xmlNode *node, guint mode, const DomainDefaults *defaults, GError **error)
{
    g_autoptr(DomainDef) def = NULL;

    settle_namespace(node);
    if (!has_type(node, error) || !count_devices(node, error))
        return NULL;
    def = xml_struct_parse(&domain_element, node, mode, error);
    if (!def)
        return NULL;
    def->has_qemu_namespace = (def->qemu_args && def->qemu_args->len) || (def->qemu_env && def->qemu_env->len);
    domain_order_devices(def);
    if (!add_constant_parts(def, error))
        return NULL;
    if (defaults && !domain_def_settle(def, mode, defaults, error))
        return NULL;
    return g_steal_pointer(&def);
}

DomainDef *domain_def_parse(const char *xml, guint mode, const DomainDefaults *defaults, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, "domain", "(domain_definition)", VIR_FROM_DOMAIN, error);

    return doc ? domain_def_parse_node(xmlDocGetRootElement(doc), mode, defaults, error) : NULL;
}

/* ---- writing ---- */

void domain_def_write(const DomainDef *def, XmlWriter *writer, guint mode)
{
    g_autoptr(DomainDef) trimmed = NULL;

    if (mode & XML_MODE_MIGRATABLE) {
        trimmed = domain_def_copy(def);
        domain_def_trim(trimmed);
        def = trimmed;
    }
    xml_struct_write(&domain_element, writer, "domain", def, mode);
}

char *domain_def_format(const DomainDef *def, guint mode)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();

    domain_def_write(def, writer, mode);
    return xml_writer_take(writer);
}

DomainDef *domain_def_copy(const DomainDef *def)
{
    return xml_struct_copy(&domain_element, def);
}

void domain_def_free(DomainDef *def)
{
    xml_struct_free(&domain_element, def);
}
