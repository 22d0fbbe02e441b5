/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks and network cards that a domain has: they are found in its document, and go or get another medium. */
#include <string.h>

#include "common/xml.h"
#include "virsh/commands.h"
#include "virsh/document.h"
#include "virsh/plug.h"

/* The device as its domain's document has it. Caller frees. */
static char *device_text(xmlDoc *doc, xmlNode *device)
{
    return g_strchomp(document_node_text(doc, device));
}

static gboolean is_of_type(xmlNode *node, const char *attribute, const char *const *types)
{
    g_autofree char *type = xml_attribute(node, attribute);

    return type && g_strv_contains(types, type);
}

/* ---- disks ---- */

#define OPTION_DISK(name)                                                                                              \
    {                                                                                                                  \
        name, OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "its target (vda, sda, ...) or its source"                 \
    }

/* The attributes that name the source of a disk. */
static const char *const source_attributes[] = {"file", "dev", "dir", "name"};

static gboolean is_disk(xmlNode *disk, const char *name)
{
    gboolean is_found = document_has(disk, "target", "dev", name);

    for (guint i = 0; !is_found && i < G_N_ELEMENTS(source_attributes); i++) {
        xmlNode *source = xml_child(disk, "source");
        g_autofree char *value = source ? xml_attribute(source, source_attributes[i]) : NULL;

        is_found = g_strcmp0(value, name) == 0;
    }
    return is_found;
}

static void drop(xmlNode *node)
{
    if (!node)
        return;
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

/* Of those kinds of drives, or of all when kinds is NULL; without what is below its image, which is found anew where it
 * is needed. NULL: reported. */
static xmlNode *find_disk(Shell *shell, xmlDoc *doc, const char *name, const char *const *kinds)
{
    for (xmlNode *disk = document_first_device(doc, "disk"); disk; disk = document_next_device(disk))
        if (is_disk(disk, name) && (!kinds || is_of_type(disk, "device", kinds))) {
            drop(xml_child(disk, "backingStore"));
            return disk;
        }
    shell_error(shell, "No disk found whose source path or target is %s", name);
    return NULL;
}

static const Option detach_disk_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN), OPTION_DISK("target"), OPTIONS_PLUG,
                                             OPTION_PRINT_XML, OPTION_END};

static gboolean detach_disk(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    g_autoptr(xmlDoc) doc = NULL;
    g_autofree char *xml = NULL;
    unsigned int flags = 0;
    xmlNode *disk;

    if (!domain || !affect_flags(shell, arguments, domain, &flags))
        return FALSE;
    doc = document_of_domain(shell, domain, (flags & VIR_DOMAIN_AFFECT_CONFIG) != 0);
    disk = doc ? find_disk(shell, doc, argument_string(arguments, "target"), NULL) : NULL;
    if (!disk)
        return FALSE;
    xml = device_text(doc, disk);
    if (plug_is_shown(arguments, xml))
        return TRUE;
    if (!plug_send(arguments, domain, PLUG_OUT, xml, flags))
        return shell_fail(shell, "Failed to detach disk");
    shell_say(shell, "Disk detached successfully");
    return TRUE;
}

/* ---- media ---- */

typedef enum { MEDIUM_EJECT, MEDIUM_INSERT, MEDIUM_UPDATE } MediumChange;

static const struct {
    const char *verb, *done;
} medium_words[] = {
    [MEDIUM_EJECT] = {"eject", "ejected"},
    [MEDIUM_INSERT] = {"insert", "inserted"},
    [MEDIUM_UPDATE] = {"update", "updated"},
};

static const Option media_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN),
    OPTION_DISK("path"),
    {"source", OPTION_STRING, FALSE, FALSE, COMPLETE_FILE, "image or device of the medium"},
    FLAG("eject", "take the medium out"),
    FLAG("insert", "put a medium into an empty drive"),
    FLAG("update", "put another medium in; without a source take it out"),
    OPTIONS_AFFECT,
    FLAG("force", "even if the guest holds the drive's door"),
    OPTION_PRINT_XML,
    FLAG("block", "the source is a block device"),
    OPTION_END};

static gboolean has_source(xmlNode *disk)
{
    xmlNode *source = xml_child(disk, "source");
    gboolean is_found = FALSE;

    for (guint i = 0; source && !is_found && i < G_N_ELEMENTS(source_attributes); i++)
        is_found = xmlHasProp(source, (const xmlChar *)source_attributes[i]) != NULL;
    return is_found;
}

/* FALSE: not possible, reported. */
static gboolean check_medium(Shell *shell, const Arguments *arguments, MediumChange change, xmlNode *disk)
{
    const char *path = argument_string(arguments, "path");

    /* A drive that was emptied has a <source> with a number alone, and may be emptied again. */
    if (change == MEDIUM_EJECT && !xml_child(disk, "source"))
        shell_error(shell, "The disk device '%s' doesn't have media", path);
    else if (change != MEDIUM_EJECT && !argument_string(arguments, "source"))
        shell_error(shell, "New disk media source was not specified");
    else if (change == MEDIUM_INSERT && has_source(disk))
        shell_error(shell, "The disk device '%s' already has media", path);
    else
        return TRUE;
    return FALSE;
}

/* Puts it where libvirt's documents have it: before the target. */
static void add_source(xmlNode *disk, const char *source, gboolean is_block, const char *policy)
{
    xmlNode *node = xmlNewNode(NULL, (const xmlChar *)"source"), *target = xml_child(disk, "target");

    xmlNewProp(node, (const xmlChar *)(is_block ? "dev" : "file"), (const xmlChar *)source);
    if (policy)
        xmlNewProp(node, (const xmlChar *)"startupPolicy", (const xmlChar *)policy);
    xmlAddPrevSibling(target, node);
    xmlAddPrevSibling(target, xmlNewText((const xmlChar *)"\n      "));
}

/* source NULL: the drive becomes empty. */
static void set_source(xmlNode *disk, const char *source, gboolean is_block)
{
    xmlNode *old = xml_child(disk, "source");
    g_autofree char *policy = old ? xml_attribute(old, "startupPolicy") : NULL;

    drop(old);
    xmlSetProp(disk, (const xmlChar *)"type", (const xmlChar *)(source && is_block ? "block" : "file"));
    if (source)
        add_source(disk, source, is_block, policy);
}

static MediumChange which_change(const Arguments *arguments)
{
    if (argument_flag(arguments, "insert"))
        return MEDIUM_INSERT;
    if (argument_flag(arguments, "eject") ||
        (argument_flag(arguments, "update") && !argument_string(arguments, "source")))
        return MEDIUM_EJECT;
    return MEDIUM_UPDATE;
}

/* The drive with what it shall have. NULL: reported. Caller frees. */
static char *change_drive(Shell *shell, const Arguments *arguments, xmlDoc *doc, MediumChange change)
{
    static const char *const removable[] = {"cdrom", "floppy", NULL};
    xmlNode *disk = find_disk(shell, doc, argument_string(arguments, "path"), removable);

    if (!disk || !check_medium(shell, arguments, change, disk))
        return NULL;
    set_source(disk, change == MEDIUM_EJECT ? NULL : argument_string(arguments, "source"),
               argument_flag(arguments, "block"));
    return device_text(doc, disk);
}

static gboolean change_media(Shell *shell, const Arguments *arguments)
{
    static const char *const changes[] = {"eject", "insert", "update", NULL}, *const ejecting[] = {"eject", "block",
                                                                                                   NULL};
    MediumChange change = which_change(arguments);
    g_autoptr(virDomain) domain = NULL;
    g_autoptr(xmlDoc) doc = NULL;
    g_autofree char *xml = NULL;
    unsigned int flags = argument_flag(arguments, "force") ? VIR_DOMAIN_DEVICE_MODIFY_FORCE : 0;

    if (!affect_exclude(shell, arguments, changes) || !affect_exclude(shell, arguments, ejecting) ||
        !(domain = argument_domain(shell, arguments)) || !affect_flags(shell, arguments, domain, &flags))
        return FALSE;
    doc = document_of_domain(shell, domain, (flags & VIR_DOMAIN_AFFECT_CONFIG) != 0);
    xml = doc ? change_drive(shell, arguments, doc, change) : NULL;
    if (!xml)
        return FALSE;
    if (plug_is_shown(arguments, xml))
        return TRUE;
    if (virDomainUpdateDeviceFlags(domain, xml, flags) < 0)
        return shell_fail(shell, "Failed to complete action %s on media", medium_words[change].verb);
    shell_say(shell, "Successfully %s media.", medium_words[change].done);
    return TRUE;
}

/* ---- network cards ---- */

static const Option detach_interface_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN),
    {"type", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "network, bridge, ..."},
    {"mac", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "which, where there are several of that type"},
    OPTIONS_PLUG,
    OPTION_PRINT_XML,
    OPTION_END};

/* *n: how many there are of the type, and of the MAC address unless that is NULL; the first is returned. */
static xmlNode *find_cards(xmlDoc *doc, const char *type, const char *mac, guint *n)
{
    const char *const types[] = {type, NULL};
    xmlNode *first = NULL;

    *n = 0;
    for (xmlNode *card = document_first_device(doc, "interface"); card; card = document_next_device(card)) {
        if (!is_of_type(card, "type", types) || (mac && !document_has(card, "mac", "address", mac)))
            continue;
        first = first ? first : card;
        ++*n;
    }
    return first;
}

/* NULL: reported. */
static xmlNode *find_card(Shell *shell, xmlDoc *doc, const char *type, const char *mac)
{
    guint n_type, n;
    xmlNode *card;

    find_cards(doc, type, NULL, &n_type);
    card = find_cards(doc, type, mac, &n);
    if (n_type == 0)
        shell_error(shell, "No interface found whose type is %s", type);
    else if (n == 0)
        shell_error(shell, "No interface with MAC address %s was found", mac);
    else if (n > 1 && !mac)
        shell_error(shell, "Domain has %u interfaces. Please specify which one to detach using --mac", n);
    else if (n > 1)
        shell_error(shell,
                    "Domain has multiple interfaces matching MAC address %s. You must use detach-device and specify "
                    "the device pci address to remove it.",
                    mac);
    else
        return card;
    return NULL;
}

/* From what runs or from what is defined, which may have the card at different places. */
static gboolean detach_from(Shell *shell, const Arguments *arguments, virDomainPtr domain, unsigned int flags)
{
    g_autoptr(xmlDoc) doc = document_of_domain(shell, domain, flags == VIR_DOMAIN_AFFECT_CONFIG);
    xmlNode *card =
        doc ? find_card(shell, doc, argument_string(arguments, "type"), argument_string(arguments, "mac")) : NULL;
    g_autofree char *xml = card ? device_text(doc, card) : NULL;
    gboolean is_shown = argument_flag(arguments, "print-xml");

    if (xml && is_shown)
        print_document(argument_output(arguments), xml);
    else if (!xml && (flags || !is_shown))
        shell_error(shell, "Failed to detach interface");
    else if (xml && !plug_send(arguments, domain, PLUG_OUT, xml, flags))
        return shell_fail(shell, "Failed to detach interface");
    return xml != NULL;
}

static gboolean detach_interface(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    unsigned int flags = 0, config, live;

    if (!domain || !affect_flags(shell, arguments, domain, &flags))
        return FALSE;
    config = flags & VIR_DOMAIN_AFFECT_CONFIG;
    live = flags & VIR_DOMAIN_AFFECT_LIVE;
    if ((config && !detach_from(shell, arguments, domain, config)) ||
        ((live || !config) && !detach_from(shell, arguments, domain, live)))
        return FALSE;
    if (!argument_flag(arguments, "print-xml"))
        shell_say(shell, "Interface detached successfully");
    return TRUE;
}

const Command detach_commands[] = {
    {"change-media", "change the medium of a CD or floppy drive", media_options, change_media, TRUE, TRUE},
    {"detach-disk", "detach a disk", detach_disk_options, detach_disk, TRUE, TRUE},
    {"detach-interface", "detach a network card", detach_interface_options, detach_interface, TRUE, TRUE},
    {NULL},
};
