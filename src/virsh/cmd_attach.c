/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks and network cards that are described by options: their documents are written here. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/xml.h"
#include "virsh/commands.h"
#include "virsh/plug.h"

#define OPTION_NAMED(name, help)                                                                                       \
    {                                                                                                                  \
        name, OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, help                                                       \
    }

/* An option whose value becomes an attribute as it is. */
typedef struct {
    const char *option; /* NULL ends a list */
    const char *attribute;
} WrittenOption;

static void write_options(XmlWriter *writer, const Arguments *arguments, const WrittenOption *options)
{
    for (; options->option; options++)
        xml_write_attribute(writer, options->attribute, argument_string(arguments, options->option));
}

/* An element that only these attributes make worth writing. */
static void write_element(XmlWriter *writer, const Arguments *arguments, const char *name, const WrittenOption *options)
{
    xml_open(writer, name);
    write_options(writer, arguments, options);
    xml_close_unless_empty(writer);
}

static void write_yes(XmlWriter *writer, const Arguments *arguments, const char *option)
{
    xml_write_attribute(writer, option, argument_flag(arguments, option) ? "yes" : NULL);
}

/* Numbers with one character, whichever it is, between them. What follows the last is not looked at. */
static gboolean read_numbers(const char *text, guint base, guint *numbers, guint n)
{
    for (guint i = 0; i < n; i++) {
        char *end;

        if (i > 0 && !*text++)
            return FALSE;
        numbers[i] = (guint)g_ascii_strtoull(text, &end, base);
        if (end == text)
            return FALSE;
        text = end;
    }
    return TRUE;
}

static void write_pci_numbers(XmlWriter *writer, const guint *numbers)
{
    xml_write_attribute(writer, "type", "pci");
    xml_write_attributef(writer, "domain", "0x%04x", numbers[0]);
    xml_write_attributef(writer, "bus", "0x%02x", numbers[1]);
    xml_write_attributef(writer, "slot", "0x%02x", numbers[2]);
    xml_write_attributef(writer, "function", "0x%x", numbers[3]);
}

/* Attaches what was written, or shows it. what: "disk". */
static gboolean send(Shell *shell, const Arguments *arguments, XmlWriter *writer, const char *what)
{
    g_autofree char *xml = xml_writer_take(writer);
    g_autofree char *title = g_strdup(what);
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    unsigned int flags = 0;

    *title = g_ascii_toupper(*title);
    if (!domain || !affect_flags(shell, arguments, domain, &flags))
        return FALSE;
    if (plug_is_shown(arguments, xml))
        return TRUE;
    if (!plug_send(arguments, domain, PLUG_IN, xml, flags))
        return shell_fail(shell, "Failed to attach %s", what);
    shell_say(shell, "%s attached successfully", title);
    return TRUE;
}

/* ---- addresses of disks ---- */

typedef struct {
    const char *name; /* NULL ends the list */
    guint base, n_numbers;
    const char *target; /* what disks with such addresses are called */
    void (*write)(XmlWriter *writer, const guint *numbers);
} AddressKind;

static void write_drive_numbers(XmlWriter *writer, const guint *numbers)
{
    xml_write_attribute(writer, "type", "drive");
    xml_write_attributef(writer, "controller", "%u", numbers[0]);
    xml_write_attributef(writer, "bus", "%u", numbers[1]);
    xml_write_attributef(writer, "unit", "%u", numbers[2]);
}

static void write_usb_numbers(XmlWriter *writer, const guint *numbers)
{
    xml_write_attribute(writer, "type", "usb");
    xml_write_attributef(writer, "bus", "%u", numbers[0]);
    xml_write_attributef(writer, "port", "%u", numbers[1]);
}

static void write_ccw_numbers(XmlWriter *writer, const guint *numbers)
{
    xml_write_attribute(writer, "type", "ccw");
    xml_write_attributef(writer, "cssid", "0x%x", numbers[0]);
    xml_write_attributef(writer, "ssid", "0x%x", numbers[1]);
    xml_write_attributef(writer, "devno", "0x%04x", numbers[2]);
}

static const AddressKind address_kinds[] = {
    {"pci", 16, 4, "vd", write_pci_numbers},
    {"ccw", 16, 3, "vd", write_ccw_numbers},
    {"scsi", 10, 3, "sd", write_drive_numbers},
    {"sata", 10, 3, "sd", write_drive_numbers},
    {"usb", 10, 2, "sd", write_usb_numbers},
    {"ide", 10, 3, "hd", write_drive_numbers},
    {NULL},
};

/* What is expected of targets that are called so; others may be anywhere. */
static const char *const expectations[][2] = {
    {"vd", "expecting a pci:0000.00.00.00 or ccw:00.0.0000 address."},
    {"sd", "expecting a scsi:00.00.00 or usb:00.00 or sata:00.00.00 address."},
    {"hd", "expecting an ide:00.00.00 address."},
};

/* NULL: it is none, or not of that target; reported. */
static const AddressKind *read_address(Shell *shell, const char *text, const char *target, guint *numbers)
{
    const AddressKind *kind = address_kinds;
    gsize length = strcspn(text, ":");

    while (kind->name && !(strlen(kind->name) == length && strncmp(kind->name, text, length) == 0))
        kind++;
    if (!kind->name || !text[length] || !read_numbers(text + length + 1, kind->base, numbers, kind->n_numbers)) {
        shell_error(shell, "Invalid address.");
        return NULL;
    }
    for (guint i = 0; i < G_N_ELEMENTS(expectations); i++)
        if (g_str_has_prefix(target, expectations[i][0]) && strcmp(kind->target, expectations[i][0]) != 0) {
            shell_error(shell, "%s", expectations[i][1]);
            return NULL;
        }
    return kind;
}

/* FALSE: reported. */
static gboolean write_address(Shell *shell, XmlWriter *writer, const Arguments *arguments)
{
    const char *text = argument_string(arguments, "address");
    guint numbers[4];
    const AddressKind *kind = text ? read_address(shell, text, argument_string(arguments, "target"), numbers) : NULL;

    if (!kind)
        return !text;
    xml_open(writer, "address");
    kind->write(writer, numbers);
    if (kind->write == write_pci_numbers && argument_flag(arguments, "multifunction"))
        xml_write_attribute(writer, "multifunction", "on");
    xml_close(writer);
    return TRUE;
}

/* ---- disks ---- */

static const Option disk_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN),
    {"source", OPTION_STRING, TRUE, FALSE, COMPLETE_FILE, "image, device, or name of an image on the network"},
    {"target", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "what the guest may call it: vda, sda, ..."},
    OPTION_NAMED("targetbus", "bus of the disk"),
    OPTION_NAMED("driver", "who reads and writes it: qemu"),
    OPTION_NAMED("subdriver", "format of the image"),
    OPTION_NAMED("iothread", "number of the I/O thread that works for it"),
    OPTION_NAMED("cache", "how the host caches it"),
    OPTION_NAMED("io", "how it is read and written: threads, native, io_uring"),
    OPTION_NAMED("type", "disk, cdrom, floppy or lun"),
    OPTION_NAMED("mode", "readonly or shareable"),
    OPTION_NAMED("sourcetype", "what the source is: file, block or network"),
    OPTION_NAMED("serial", "serial number"),
    OPTION_NAMED("wwn", "world wide name"),
    OPTION_NAMED("alias", "alias of your own, which begins with ua-"),
    FLAG("rawio", "the guest may send it any command"),
    OPTION_NAMED("address", "its place: pci:0000.00.04.0, scsi:0.0.1, ..."),
    FLAG("multifunction", "other functions may share the PCI place"),
    OPTION_PRINT_XML,
    OPTION_NAMED("source-protocol", "protocol of an image on the network"),
    OPTION_NAMED("source-host-name", "host that serves it, and :port"),
    OPTION_NAMED("source-host-transport", "tcp, rdma or unix"),
    OPTION_NAMED("source-host-socket", "path of the unix socket that serves it"),
    OPTIONS_PLUG,
    OPTION_END};

/* What the source is, as said or as it looks like. NULL: no kind that is known, reported. */
static const char *source_type(Shell *shell, const Arguments *arguments)
{
    const char *type = argument_string(arguments, "sourcetype");
    struct stat status;

    if (!type && argument_string(arguments, "source-protocol"))
        return "network";
    if (!type)
        return stat(argument_string(arguments, "source"), &status) == 0 && S_ISBLK(status.st_mode) ? "block" : "file";
    if (strcmp(type, "file") == 0 || strcmp(type, "block") == 0 || strcmp(type, "network") == 0)
        return type;
    shell_error(shell, "Unknown source type: '%s'", type);
    return NULL;
}

/* FALSE: the option comes without another that it needs, reported. */
static gboolean check_needed(Shell *shell, const Arguments *arguments, const char *option, const char *needed)
{
    if (!argument_string(arguments, option) || argument_string(arguments, needed))
        return TRUE;
    shell_error(shell, "Option --%s is required by option --%s", needed, option);
    return FALSE;
}

static gboolean check_source(Shell *shell, const Arguments *arguments, const char *type)
{
    static const char *const hosts[] = {"source-host-name", "source-host-socket", NULL};
    gboolean is_network = strcmp(type, "network") == 0;

    if (!check_needed(shell, arguments, "source-host-name", "source-protocol") ||
        !check_needed(shell, arguments, "source-host-transport", "source-protocol") ||
        !check_needed(shell, arguments, "source-host-socket", "source-protocol") ||
        !check_needed(shell, arguments, "source-host-socket", "source-host-transport") ||
        !affect_exclude(shell, arguments, hosts))
        return FALSE;
    if (is_network != (argument_string(arguments, "source-protocol") != NULL)) {
        shell_error(shell, "--source-protocol option requires --sourcetype network");
        return FALSE;
    }
    return TRUE;
}

static gboolean check_disk(Shell *shell, const Arguments *arguments)
{
    const char *mode = argument_string(arguments, "mode"), *wwn = argument_string(arguments, "wwn");

    if (mode && strcmp(mode, "readonly") != 0 && strcmp(mode, "shareable") != 0) {
        shell_error(shell, "No support for %s in command 'attach-disk'", mode);
        return FALSE;
    }
    if (wwn && (strlen(wwn) != 16 || strspn(wwn, "0123456789abcdefABCDEF") != 16)) {
        shell_error(shell, "internal error: Malformed wwn: %s", wwn);
        return FALSE;
    }
    return TRUE;
}

static void write_host(XmlWriter *writer, const Arguments *arguments)
{
    const char *name = argument_string(arguments, "source-host-name");
    const char *port = name ? strchr(name, ':') : NULL;
    g_autofree char *alone = port ? g_strndup(name, (gsize)(port - name)) : g_strdup(name);

    xml_open(writer, "host");
    xml_write_attribute(writer, "transport", argument_string(arguments, "source-host-transport"));
    xml_write_attribute(writer, "name", alone);
    xml_write_attribute(writer, "port", port ? port + 1 : NULL);
    xml_write_attribute(writer, "socket", argument_string(arguments, "source-host-socket"));
    xml_close_unless_empty(writer);
}

static void write_disk_source(XmlWriter *writer, const Arguments *arguments, const char *type)
{
    const char *source = argument_string(arguments, "source");
    gboolean is_network = strcmp(type, "network") == 0;

    xml_open(writer, "source");
    xml_write_attribute(writer, "protocol", argument_string(arguments, "source-protocol"));
    xml_write_attribute(writer, is_network ? "name" : strcmp(type, "block") == 0 ? "dev" : "file", source);
    if (is_network)
        write_host(writer, arguments);
    xml_close(writer);
}

static gboolean write_disk(Shell *shell, XmlWriter *writer, const Arguments *arguments, const char *type)
{
    static const WrittenOption driver[] = {{"driver", "name"}, {"subdriver", "type"}, {"iothread", "iothread"},
                                           {"cache", "cache"}, {"io", "io"},          {NULL}};
    static const WrittenOption target[] = {{"target", "dev"}, {"targetbus", "bus"}, {NULL}};
    static const WrittenOption alias[] = {{"alias", "name"}, {NULL}};
    const char *mode = argument_string(arguments, "mode");

    xml_open(writer, "disk");
    xml_write_attribute(writer, "type", type);
    xml_write_attribute(writer, "device", argument_string(arguments, "type"));
    write_yes(writer, arguments, "rawio");
    write_element(writer, arguments, "driver", driver);
    write_disk_source(writer, arguments, type);
    write_element(writer, arguments, "target", target);
    if (mode) {
        xml_open(writer, mode);
        xml_close(writer);
    }
    xml_write_element(writer, "serial", argument_string(arguments, "serial"));
    write_element(writer, arguments, "alias", alias);
    xml_write_element(writer, "wwn", argument_string(arguments, "wwn"));
    if (!write_address(shell, writer, arguments))
        return FALSE;
    xml_close(writer);
    return TRUE;
}

static gboolean attach_disk(Shell *shell, const Arguments *arguments)
{
    const char *type = source_type(shell, arguments);
    g_autoptr(XmlWriter) writer = xml_writer_new();

    return type && check_source(shell, arguments, type) && check_disk(shell, arguments) &&
           write_disk(shell, writer, arguments, type) && send(shell, arguments, writer, "disk");
}

/* ---- network cards ---- */

static const Option interface_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN),
    {"type", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "network, bridge, direct, hostdev or vhostuser"},
    {"source", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING,
     "network, bridge, device, PCI address or path of a socket"},
    OPTION_NAMED("target", "name of its device on the host"),
    OPTION_NAMED("mac", "MAC address"),
    OPTION_NAMED("script", "what sets the device on the host up"),
    OPTION_NAMED("model", "what the guest sees"),
    OPTION_NAMED("alias", "alias of your own, which begins with ua-"),
    OPTION_NAMED("inbound", "to the guest: average[,peak[,burst[,floor]]]"),
    OPTION_NAMED("outbound", "from the guest: average[,peak[,burst]]"),
    OPTIONS_PLUG,
    OPTION_PRINT_XML,
    FLAG("managed", "the host's driver lets go of it and takes it back by itself"),
    OPTION_NAMED("source-mode", "who waits for whom on the socket: client or server"),
    OPTION_END};

static const char *const rate_fields[] = {"average", "peak", "burst", "floor"};

typedef struct {
    guint64 of[G_N_ELEMENTS(rate_fields)]; /* 0: not said */
} Rates;

/* FALSE: malformed, reported. */
static gboolean read_rates(Shell *shell, const char *text, Rates *rates)
{
    g_auto(GStrv) words = g_strsplit(text, ",", -1);

    *rates = (Rates){0};
    if (g_strv_length(words) > G_N_ELEMENTS(rate_fields)) {
        shell_error(shell, "Rate string '%s' has too many fields", text);
        return FALSE;
    }
    for (guint i = 0; words[i]; i++)
        if (*words[i] && !g_ascii_string_to_unsigned(words[i], 10, 0, G_MAXUINT64, &rates->of[i], NULL)) {
            shell_error(shell, "field '%s' is malformed", rate_fields[i]);
            return FALSE;
        }
    return TRUE;
}

/* Why the limits are none, or NULL. */
static const char *bad_rates(const Rates *rates, gboolean is_inbound)
{
    if (is_inbound)
        return rates->of[0] || rates->of[3] ? NULL : "either inbound average or floor is mandatory";
    if (!rates->of[0])
        return "outbound average is mandatory";
    return rates->of[3] ? "outbound floor is unsupported yet" : NULL;
}

static gboolean write_rates(Shell *shell, XmlWriter *writer, const Arguments *arguments, const char *way)
{
    const char *text = argument_string(arguments, way), *why;
    Rates rates;

    if (!text)
        return TRUE;
    if (!read_rates(shell, text, &rates))
        return FALSE;
    why = bad_rates(&rates, strcmp(way, "inbound") == 0);
    if (why) {
        shell_error(shell, "%s", why);
        return FALSE;
    }
    xml_open(writer, way);
    for (guint i = 0; i < G_N_ELEMENTS(rate_fields); i++)
        if (rates.of[i])
            xml_write_attributef(writer, rate_fields[i], "%" G_GUINT64_FORMAT, rates.of[i]);
    xml_close(writer);
    return TRUE;
}

/* How a card of each type names its source: an attribute, or what cannot be said by one. */
static const char *const source_attributes[][2] = {
    {"network", "network"}, {"bridge", "bridge"}, {"direct", "dev"}, {"hostdev", NULL}, {"vhostuser", "path"},
};

static gboolean write_function(Shell *shell, XmlWriter *writer, const char *source)
{
    guint numbers[4];

    if (!read_numbers(source, 16, numbers, G_N_ELEMENTS(numbers))) {
        shell_error(shell, "cannot parse pci address '%s' for network interface", source);
        return FALSE;
    }
    xml_open(writer, "address");
    write_pci_numbers(writer, numbers);
    xml_close(writer);
    return TRUE;
}

static gboolean check_mode(Shell *shell, const char *mode, gboolean is_needed)
{
    if (mode && strcmp(mode, "client") != 0 && strcmp(mode, "server") != 0)
        shell_error(shell, "Invalid source mode: %s", mode);
    else if (!mode && is_needed)
        shell_error(shell, "source-mode is mandatory");
    else
        return TRUE;
    return FALSE;
}

static gboolean write_card_source(Shell *shell, XmlWriter *writer, const Arguments *arguments)
{
    const char *type = argument_string(arguments, "type"), *source = argument_string(arguments, "source");
    const char *mode = argument_string(arguments, "source-mode");
    gboolean is_socket = strcmp(type, "vhostuser") == 0, ok = TRUE;
    guint i = 0;

    while (i < G_N_ELEMENTS(source_attributes) && strcmp(type, source_attributes[i][0]) != 0)
        i++;
    if (i == G_N_ELEMENTS(source_attributes)) {
        shell_error(shell, "No support for %s in command 'attach-interface'", type);
        return FALSE;
    }
    if (!check_mode(shell, mode, is_socket))
        return FALSE;
    xml_open(writer, "source");
    xml_write_attribute(writer, "type", is_socket ? "unix" : NULL);
    if (source_attributes[i][1])
        xml_write_attribute(writer, source_attributes[i][1], source);
    else
        ok = write_function(shell, writer, source);
    xml_write_attribute(writer, "mode", is_socket ? mode : NULL);
    if (ok)
        xml_close(writer);
    return ok;
}

static gboolean write_card(Shell *shell, XmlWriter *writer, const Arguments *arguments)
{
    /* Each an element of one attribute. */
    static const struct {
        const char *element;
        WrittenOption options[2];
    } elements[] = {{"target", {{"target", "dev"}}},
                    {"mac", {{"mac", "address"}}},
                    {"script", {{"script", "path"}}},
                    {"model", {{"model", "type"}}},
                    {"alias", {{"alias", "name"}}}};

    xml_open(writer, "interface");
    xml_write_attribute(writer, "type", argument_string(arguments, "type"));
    write_yes(writer, arguments, "managed");
    if (!write_card_source(shell, writer, arguments))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(elements); i++)
        write_element(writer, arguments, elements[i].element, elements[i].options);
    xml_open(writer, "bandwidth");
    if (!write_rates(shell, writer, arguments, "inbound") || !write_rates(shell, writer, arguments, "outbound"))
        return FALSE;
    xml_close_unless_empty(writer);
    xml_close(writer);
    return TRUE;
}

static gboolean attach_interface(Shell *shell, const Arguments *arguments)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();

    return write_card(shell, writer, arguments) && send(shell, arguments, writer, "interface");
}

const Command attach_commands[] = {
    {"attach-disk", "attach a disk", disk_options, attach_disk, TRUE, TRUE},
    {"attach-interface", "attach a network card", interface_options, attach_interface, TRUE, TRUE},
    {NULL},
};
