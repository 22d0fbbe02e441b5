/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/caps/caps_xml.h"

#include <sys/stat.h>

#include "common/identifiers.h"
#include "common/xml.h"
#include "virtqemud/caps/caps_cache.h"
#include "virtqemud/caps/cpu_xml.h"
#include "virtqemud/caps/emulator_hyperv.h"
#include "virtqemud/caps/host_xml.h"
#include "virtqemud/helper/tpm_host.h"
#include "virtqemud/host/firmware.h"

/* ---- <capabilities> ---- */

static void write_machine(XmlWriter *xml, const EmulatorMachine *machine, const char *name, const char *canonical)
{
    xml_open(xml, "machine");
    xml_write_attribute(xml, "canonical", canonical);
    if (machine->max_vcpus > 0)
        xml_write_attributef(xml, "maxCpus", "%u", machine->max_vcpus);
    if (machine->is_deprecated)
        xml_write_attribute(xml, "deprecated", "yes");
    xml_write_text(xml, name);
    xml_close(xml);
}

/* The default comes first: programs take the first for a guest whose machine nobody has named. */
static void write_machines(XmlWriter *xml, const EmulatorCaps *caps, gboolean is_default)
{
    for (guint i = 0; i < caps->machines->len; i++) {
        const EmulatorMachine *machine = g_ptr_array_index(caps->machines, i);

        if (machine->is_default != is_default)
            continue;
        write_machine(xml, machine, machine->name, NULL);
        if (machine->alias)
            write_machine(xml, machine, machine->alias, machine->name);
    }
}

static void write_guest_arch(XmlWriter *xml, const char *arch, const EmulatorCaps *caps)
{
    xml_open(xml, "arch");
    xml_write_attribute(xml, "name", arch);
    xml_write_element(xml, "wordsize", g_str_equal(arch, "i686") ? "32" : "64");
    xml_write_element(xml, "emulator", caps->path);
    write_machines(xml, caps, TRUE);
    write_machines(xml, caps, FALSE);
    xml_open(xml, "domain");
    xml_write_attribute(xml, "type", "qemu");
    xml_close(xml);
    if (caps->has_kvm) {
        xml_open(xml, "domain");
        xml_write_attribute(xml, "type", "kvm");
        xml_close(xml);
    }
    xml_close(xml);
}

static void write_empty(XmlWriter *xml, const char *name)
{
    xml_open(xml, name);
    xml_close(xml);
}

/* A feature that guests have unless they ask not to. */
static void write_feature_on(XmlWriter *xml, const char *name, gboolean can_be_off)
{
    xml_open(xml, name);
    xml_write_attribute(xml, "default", "on");
    xml_write_attribute(xml, "toggle", can_be_off ? "yes" : "no");
    xml_close(xml);
}

static void write_guest(XmlWriter *xml, const CapsGuest *guest)
{
    xml_open(xml, "guest");
    xml_write_element(xml, "os_type", "hvm");
    write_guest_arch(xml, guest->arch, guest->caps);
    xml_open(xml, "features");
    if (g_str_equal(guest->arch, "i686")) {
        write_empty(xml, "pae");
        write_empty(xml, "nonpae");
    }
    write_feature_on(xml, "acpi", TRUE);
    write_feature_on(xml, "apic", FALSE);
    write_empty(xml, "cpuselection");
    write_empty(xml, "deviceboot");
    xml_close(xml);
    xml_close(xml);
}

char *caps_xml_host(const CapsGuest *guests, guint n_guests)
{
    g_autoptr(XmlWriter) xml = xml_writer_new();

    xml_open(xml, "capabilities");
    host_xml_write(xml);
    for (guint i = 0; i < n_guests; i++)
        write_guest(xml, &guests[i]);
    xml_close(xml);
    return xml_writer_take(xml);
}

/* ---- <domainCapabilities> ---- */

/* What is asked about. */
typedef struct {
    const EmulatorCaps *caps;
    const EmulatorMachine *machine;
} Kind;

/* A value of an enumeration, and what it needs: a QEMU device (NULL: none), and whatever else is_there says (NULL:
 * nothing). */
typedef struct {
    const char *value, *device;
    gboolean (*is_there)(const Kind *kind, const char *value);
} EnumValue;

static gboolean is_value_there(const EnumValue *value, const Kind *kind)
{
    return (!value->device || emulator_caps_has_device(kind->caps, value->device)) &&
           (!value->is_there || value->is_there(kind, value->value));
}

static void write_enum(XmlWriter *xml, const Kind *kind, const char *name, const EnumValue *values)
{
    xml_open(xml, "enum");
    xml_write_attribute(xml, "name", name);
    for (; values->value; values++)
        if (is_value_there(values, kind))
            xml_write_element(xml, "value", values->value);
    xml_close(xml);
}

static void open_supported(XmlWriter *xml, const char *name, gboolean is_supported)
{
    xml_open(xml, name);
    xml_write_attribute(xml, "supported", is_supported ? "yes" : "no");
}

static void write_supported(XmlWriter *xml, const char *name, gboolean is_supported)
{
    open_supported(xml, name, is_supported);
    xml_close(xml);
}

/* The images for this kind of guest, and what they are. */
static void write_os(XmlWriter *xml, const Kind *kind, const GPtrArray *images, const char *arch)
{
    static const EnumValue types[] = {{"rom"}, {"pflash"}, {NULL}};
    static const EnumValue read_only[] = {{"yes"}, {"no"}, {NULL}};
    gboolean has_kind[FIRMWARE_LAST] = {FALSE};
    gboolean is_secure = FALSE;

    open_supported(xml, "os", TRUE);
    for (guint i = 0; i < images->len; i++) {
        const FirmwareImage *image = g_ptr_array_index(images, i);

        if (!firmware_is_for(image, arch, kind->machine->name))
            continue;
        has_kind[image->kind] = TRUE;
        is_secure = is_secure || (image->has_secure_boot && image->requires_smm);
    }
    xml_open(xml, "enum");
    xml_write_attribute(xml, "name", "firmware");
    for (guint i = FIRMWARE_NONE + 1; i < FIRMWARE_LAST; i++)
        if (has_kind[i])
            xml_write_element(xml, "value", firmwares[i]);
    xml_close(xml);
    open_supported(xml, "loader", TRUE);
    for (guint i = 0; i < images->len; i++) {
        const FirmwareImage *image = g_ptr_array_index(images, i);

        if (firmware_is_for(image, arch, kind->machine->name) && g_file_test(image->code, G_FILE_TEST_EXISTS))
            xml_write_element(xml, "value", image->code);
    }
    write_enum(xml, kind, "type", types);
    write_enum(xml, kind, "readonly", read_only);
    xml_open(xml, "enum");
    xml_write_attribute(xml, "name", "secure");
    if (is_secure)
        xml_write_element(xml, "value", "yes");
    xml_write_element(xml, "value", "no");
    xml_close(xml);
    xml_close(xml);
    xml_close(xml);
}

/* Machines with PCI Express have no controller for it. */
static gboolean has_ide(const Kind *kind, const char *value)
{
    return domain_machine_kind_of(kind->machine->name) != MACHINE_Q35;
}

static gboolean has_tpm_emulator(const Kind *kind, const char *value)
{
    return tpm_host_is_there();
}

static gboolean has_display(const Kind *kind, const char *value)
{
    return emulator_caps_has_display(kind->caps, value);
}

/* A device kind and its enumerations. One that has nothing to choose from is not there at all. */
typedef struct {
    const char *element;
    struct {
        const char *name;
        EnumValue values[16];
    } enums[5];
} DeviceKind;

static const DeviceKind device_kinds[] = {
    {"disk",
     {{"diskDevice", {{"disk"}, {"cdrom"}, {"floppy"}, {"lun"}}},
      {"bus",
       {{"ide", "ide-hd", has_ide},
        {"fdc", "floppy"},
        {"scsi", "scsi-hd"},
        {"virtio", "virtio-blk-pci"},
        {"usb", "usb-storage"},
        {"sata", "ahci"}}},
      {"model", {{"virtio"}, {"virtio-transitional"}, {"virtio-non-transitional"}}}}},
    {"graphics",
     {{"type",
       {{"sdl", NULL, has_display},
        {"vnc"},
        {"spice", "qxl-vga"},
        {"egl-headless", NULL, has_display},
        {"dbus", NULL, has_display}}}}},
    {"video",
     {{"modelType",
       {{"vga", "VGA"},
        {"cirrus", "cirrus-vga"},
        {"vmvga", "vmware-svga"},
        {"qxl", "qxl-vga"},
        {"virtio", "virtio-vga"},
        {"none"},
        {"bochs", "bochs-display"},
        {"ramfb", "ramfb"}}}}},
    {"hostdev", {{NULL}}},
    {"rng",
     {{"model", {{"virtio"}, {"virtio-transitional"}, {"virtio-non-transitional"}}},
      {"backendModel", {{"random"}, {"egd"}, {"builtin"}}}}},
    {"filesystem", {{"driverType", {{"path", "virtio-9p-pci"}, {"virtiofs", "vhost-user-fs-pci"}}}}},
    {"tpm",
     {{"model", {{"tpm-tis", "tpm-tis"}, {"tpm-crb", "tpm-crb"}}},
      {"backendModel", {{"emulator", NULL, has_tpm_emulator}}},
      {"backendVersion", {{"1.2"}, {"2.0"}}}}},
    {"redirdev", {{"bus", {{"usb", "usb-redir"}}}}},
    {"channel", {{"type", {{"pty"}, {"unix"}, {"spicevmc", "qxl-vga"}}}}},
};

static gboolean is_kind_there(const DeviceKind *device, const Kind *kind)
{
    for (gsize i = 0; i < G_N_ELEMENTS(device->enums) && device->enums[i].name; i++) {
        const EnumValue *value = device->enums[i].values;

        while (value->value && !is_value_there(value, kind))
            value++;
        if (!value->value)
            return FALSE;
    }
    return device->enums[0].name != NULL;
}

static void write_devices(XmlWriter *xml, const Kind *kind)
{
    xml_open(xml, "devices");
    for (gsize i = 0; i < G_N_ELEMENTS(device_kinds); i++) {
        const DeviceKind *device = &device_kinds[i];
        gboolean is_there = is_kind_there(device, kind);

        open_supported(xml, device->element, is_there);
        for (gsize j = 0; is_there && j < G_N_ELEMENTS(device->enums) && device->enums[j].name; j++)
            write_enum(xml, kind, device->enums[j].name, device->enums[j].values);
        xml_close(xml);
    }
    xml_close(xml);
}

/* Where a guest's memory can be. */
static void write_memory_backing(XmlWriter *xml, const Kind *kind)
{
    static const EnumValue sources[] = {{"file"}, {"anonymous"}, {"memfd"}, {NULL}};

    open_supported(xml, "memoryBacking", TRUE);
    write_enum(xml, kind, "sourceType", sources);
    xml_close(xml);
}

static void write_hyperv(XmlWriter *xml, const EmulatorCaps *caps)
{
    open_supported(xml, "hyperv", caps->hyperv != 0);
    if (caps->hyperv) {
        xml_open(xml, "enum");
        xml_write_attribute(xml, "name", "features");
        for (guint i = 0; i < HYPERV_LAST; i++)
            if (emulator_hyperv_has(caps, i))
                xml_write_element(xml, "value", hyperv_features[i]);
        xml_close(xml);
    }
    xml_close(xml);
}

static void write_features(XmlWriter *xml, const EmulatorCaps *caps)
{
    xml_open(xml, "features");
    write_supported(xml, "gic", FALSE);
    write_supported(xml, "vmcoreinfo", emulator_caps_has_device(caps, "vmcoreinfo"));
    write_supported(xml, "genid", emulator_caps_has_device(caps, "vmgenid"));
    write_supported(xml, "backingStoreInput", TRUE);
    write_supported(xml, "backup", FALSE);
    write_supported(xml, "sev", FALSE);
    write_supported(xml, "sgx", FALSE);
    write_hyperv(xml, caps);
    xml_close(xml);
}

char *caps_xml_domain(const EmulatorCaps *caps, const EmulatorMachine *machine, const char *arch, const char *virt_type,
                      const GPtrArray *firmware)
{
    g_autoptr(XmlWriter) xml = xml_writer_new();
    const Kind kind = {caps, machine};

    xml_open(xml, "domainCapabilities");
    xml_write_element(xml, "path", caps->path);
    xml_write_element(xml, "domain", virt_type);
    xml_write_element(xml, "machine", machine->name);
    xml_write_element(xml, "arch", arch);
    xml_open(xml, "vcpu");
    xml_write_attributef(xml, "max", "%u", machine->max_vcpus);
    xml_close(xml);
    write_supported(xml, "iothreads", TRUE);
    write_os(xml, &kind, firmware, arch);
    cpu_xml_write_modes(xml, caps, g_str_equal(virt_type, "kvm"));
    write_memory_backing(xml, &kind);
    write_devices(xml, &kind);
    write_features(xml, caps);
    xml_close(xml);
    return xml_writer_take(xml);
}
