/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Storage volumes: what makes and changes them. */
#include <stdlib.h>
#include <string.h>

#include "common/xml.h"
#include "virsh/commands.h"
#include "virsh/storage.h"
#include "virsh/stream_file.h"

static const FlagOption create_flags[] = {
    {"prealloc-metadata", VIR_STORAGE_VOL_CREATE_PREALLOC_METADATA},
    {"reflink", VIR_STORAGE_VOL_CREATE_REFLINK},
    {"validate", VIR_STORAGE_VOL_CREATE_VALIDATE},
    {NULL, 0},
};

/* ---- from a document ---- */

#define OPTION_VALIDATE FLAG("validate", "check the document against the schema")

static const Option create_options[] = {OPTION_POOL(COMPLETE_POOL_ACTIVE), OPTION_FILE, OPTION_PREALLOCATE,
                                        OPTION_VALIDATE, OPTION_END};

static gboolean vol_create(Shell *shell, const Arguments *arguments)
{
    const char *file = argument_string(arguments, "file");
    g_autoptr(virStoragePool) pool = argument_pool(shell, arguments);
    g_autofree char *xml = pool ? shell_read_file(shell, file) : NULL;
    g_autoptr(virStorageVol) volume = NULL;

    if (!xml)
        return FALSE;
    volume = virStorageVolCreateXML(pool, xml, argument_flags(arguments, create_flags));
    if (!volume)
        return shell_fail(shell, "Failed to create vol from %s", file);
    shell_say(shell, "Vol %s created from %s", virStorageVolGetName(volume), file);
    return TRUE;
}

static const Option create_from_options[] = {
    OPTION_POOL(COMPLETE_POOL_ACTIVE),
    OPTION_FILE,
    OPTION_VOLUME,
    {"inputpool", OPTION_STRING, FALSE, TRUE, COMPLETE_POOL_ACTIVE, "name or uuid of that volume's pool"},
    OPTION_PREALLOCATE,
    OPTION_REFLINK,
    OPTION_VALIDATE,
    OPTION_END};

static gboolean vol_create_from(Shell *shell, const Arguments *arguments)
{
    const char *file = argument_string(arguments, "file");
    g_autoptr(virStoragePool) pool = argument_pool(shell, arguments);
    g_autofree char *xml = pool ? shell_read_file(shell, file) : NULL;
    g_autoptr(virStorageVol) source = xml ? argument_volume(shell, arguments, "inputpool") : NULL;
    g_autoptr(virStorageVol) volume = NULL;

    if (!source)
        return FALSE;
    volume = virStorageVolCreateXMLFrom(pool, xml, source, argument_flags(arguments, create_flags));
    if (!volume)
        return shell_fail(shell, "Failed to create vol from %s", file);
    shell_say(shell, "Vol %s created from input vol %s", virStorageVolGetName(volume), virStorageVolGetName(source));
    return TRUE;
}

/* ---- a clone ---- */

static const Option clone_options[] = {OPTION_VOLUME,
                                       {"newname", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "name of the clone"},
                                       OPTION_POOL_OF_VOLUME,
                                       OPTION_PREALLOCATE,
                                       OPTION_REFLINK,
                                       FLAG("print-xml", "print the document, and do nothing with it"),
                                       OPTION_END};

/* The volume's document with another name. NULL: reported. */
static char *renamed(Shell *shell, virStorageVolPtr volume, const char *name)
{
    char *xml = virStorageVolGetXMLDesc(volume, 0);
    g_autoptr(xmlDoc) doc = xml ? xml_parse(xml, "volume", "(volume)", VIR_FROM_STORAGE, NULL) : NULL;
    xmlNode *node = doc ? xml_child(xmlDocGetRootElement(doc), "name") : NULL;

    free(xml);
    if (!node) {
        shell_fail(shell, "failed to get the XML of vol %s", virStorageVolGetName(volume));
        return NULL;
    }
    xmlNodeSetContent(node, NULL);
    xmlNodeAddContent(node, (const xmlChar *)name);
    return xml_node_format(xmlDocGetRootElement(doc), 0);
}

static gboolean vol_clone(Shell *shell, const Arguments *arguments)
{
    const char *name = argument_string(arguments, "newname");
    g_autoptr(virStorageVol) source = argument_volume(shell, arguments, "pool");
    g_autoptr(virStoragePool) pool = source ? virStoragePoolLookupByVolume(source) : NULL;
    g_autofree char *xml = source ? renamed(shell, source, name) : NULL;
    g_autoptr(virStorageVol) volume = NULL;

    if (!xml)
        return FALSE;
    if (argument_flag(arguments, "print-xml")) {
        print_document(argument_output(arguments), xml);
        return TRUE;
    }
    volume = pool ? virStorageVolCreateXMLFrom(pool, xml, source, argument_flags(arguments, create_flags)) : NULL;
    if (!volume)
        return shell_fail(shell, "Failed to clone vol from %s", virStorageVolGetName(source));
    shell_say(shell, "Vol %s cloned from %s", name, virStorageVolGetName(source));
    return TRUE;
}

/* ---- from options ---- */

static const Option create_as_options[] = {
    OPTION_POOL(COMPLETE_POOL_ACTIVE),
    {"name", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "name of the volume"},
    {"capacity", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "size in bytes, or with K, M, G ... behind it"},
    {"allocation", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "how much of it to allocate at once"},
    {"format", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "raw, qcow2, vmdk, ..."},
    {"backing-vol", OPTION_STRING, FALSE, TRUE, COMPLETE_FILE, "the volume that lies under it"},
    {"backing-vol-format", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "the format of that"},
    OPTION_PREALLOCATE,
    FLAG("print-xml", "print the document, and do nothing with it"),
    FLAG("validate", "check the document against the schema"),
    OPTION_END};

static gboolean write_size(Shell *shell, XmlWriter *writer, const char *element, const char *text)
{
    g_autofree char *number = NULL;
    unsigned long long bytes;

    if (!text)
        return TRUE;
    if (!parse_bytes(shell, text, &bytes))
        return FALSE;
    number = g_strdup_printf("%llu", bytes);
    xml_write_element(writer, element, number);
    return TRUE;
}

static void write_format(XmlWriter *writer, const char *format)
{
    if (!format)
        return;
    xml_open(writer, "format");
    xml_write_attribute(writer, "type", format);
    xml_close(writer);
}

/* A name in the pool, a key or a path. NULL: reported. Free with free(). */
static char *backing_path(Shell *shell, virStoragePoolPtr pool, const char *text)
{
    g_autoptr(virStorageVol) volume = virStorageVolLookupByName(pool, text);
    char *path;

    if (!volume)
        volume = virStorageVolLookupByKey(shell->connection, text);
    if (!volume)
        volume = virStorageVolLookupByPath(shell->connection, text);
    path = volume ? virStorageVolGetPath(volume) : NULL;
    if (path)
        virResetLastError();
    else
        shell_fail(shell, "failed to get vol '%s'", text);
    return path;
}

static gboolean write_backing(Shell *shell, const Arguments *arguments, virStoragePoolPtr pool, XmlWriter *writer)
{
    const char *name = argument_string(arguments, "backing-vol");
    char *path = name ? backing_path(shell, pool, name) : NULL;

    if (!path)
        return !name;
    xml_open(writer, "backingStore");
    xml_write_element(writer, "path", path);
    write_format(writer, argument_string(arguments, "backing-vol-format"));
    xml_close(writer);
    free(path);
    return TRUE;
}

/* The document that the options describe. NULL: reported. Caller frees. */
static char *document_of(Shell *shell, const Arguments *arguments, virStoragePoolPtr pool)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();

    xml_open(writer, "volume");
    xml_write_element(writer, "name", argument_string(arguments, "name"));
    if (!write_size(shell, writer, "capacity", argument_string(arguments, "capacity")) ||
        !write_size(shell, writer, "allocation", argument_string(arguments, "allocation")))
        return NULL;
    xml_open(writer, "target");
    write_format(writer, argument_string(arguments, "format"));
    xml_close_unless_empty(writer);
    if (!write_backing(shell, arguments, pool, writer))
        return NULL;
    xml_close(writer);
    return xml_writer_take(writer);
}

static gboolean vol_create_as(Shell *shell, const Arguments *arguments)
{
    const char *name = argument_string(arguments, "name");
    g_autoptr(virStoragePool) pool = argument_pool(shell, arguments);
    g_autofree char *xml = pool ? document_of(shell, arguments, pool) : NULL;
    g_autoptr(virStorageVol) volume = NULL;

    if (!xml)
        return FALSE;
    if (argument_flag(arguments, "print-xml")) {
        print_document(argument_output(arguments), xml);
        return TRUE;
    }
    volume = virStorageVolCreateXML(pool, xml, argument_flags(arguments, create_flags));
    if (!volume)
        return shell_fail(shell, "Failed to create vol %s", name);
    shell_say(shell, "Vol %s created", name);
    return TRUE;
}

/* ---- delete, wipe, resize ---- */

static const Option delete_options[] = {OPTION_VOLUME, OPTION_POOL_OF_VOLUME,
                                        FLAG("delete-snapshots", "with the snapshots it has"), OPTION_END};

static gboolean vol_delete(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStorageVol) volume = argument_volume(shell, arguments, "pool");

    if (!volume)
        return FALSE;
    if (virStorageVolDelete(volume, argument_flag(arguments, "delete-snapshots") ? VIR_STORAGE_VOL_DELETE_WITH_SNAPSHOTS
                                                                                 : 0) < 0)
        return shell_fail(shell, "Failed to delete vol %s", virStorageVolGetName(volume));
    shell_say(shell, "Vol %s deleted", argument_string(arguments, "vol"));
    return TRUE;
}

static const Option wipe_options[] = {
    OPTION_VOLUME,
    OPTION_POOL_OF_VOLUME,
    {"algorithm", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "how to overwrite it: zero (the default), nnsa, ..."},
    OPTION_END};

/* By virStorageVolWipeAlgorithm. */
static const char *const algorithms[] = {"zero",     "nnsa",      "dod",        "bsi",    "gutmann",
                                         "schneier", "pfitzner7", "pfitzner33", "random", "trim"};

static int find_algorithm(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(algorithms); i++) {
        if (strcmp(algorithms[i], name) == 0)
            return (int)i;
    }
    return -1;
}

static gboolean vol_wipe(Shell *shell, const Arguments *arguments)
{
    const char *name = argument_string(arguments, "algorithm");
    int algorithm = name ? find_algorithm(name) : VIR_STORAGE_VOL_WIPE_ALG_ZERO;
    g_autoptr(virStorageVol) volume = NULL;

    if (algorithm < 0) {
        shell_error(shell, "Unsupported algorithm '%s'", name);
        return FALSE;
    }
    volume = argument_volume(shell, arguments, "pool");
    if (!volume)
        return FALSE;
    if ((name ? virStorageVolWipePattern(volume, (unsigned)algorithm, 0) : virStorageVolWipe(volume, 0)) < 0)
        return shell_fail(shell, "Failed to wipe vol %s", virStorageVolGetName(volume));
    shell_say(shell, "Vol %s wiped", argument_string(arguments, "vol"));
    return TRUE;
}

static const Option resize_options[] = {
    OPTION_VOLUME,
    {"capacity", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "size in bytes, or with K, M, G ... behind it"},
    OPTION_POOL_OF_VOLUME,
    FLAG("allocate", "allocate what is added"),
    FLAG("delta", "capacity is what to add, or with --shrink to take away"),
    FLAG("shrink", "the volume may become smaller"),
    OPTION_END};

static gboolean vol_resize(Shell *shell, const Arguments *arguments)
{
    const char *text = argument_string(arguments, "capacity");
    static const FlagOption resize_flags[] = {{"allocate", VIR_STORAGE_VOL_RESIZE_ALLOCATE},
                                              {"delta", VIR_STORAGE_VOL_RESIZE_DELTA},
                                              {"shrink", VIR_STORAGE_VOL_RESIZE_SHRINK},
                                              {NULL, 0}};
    unsigned int flags = argument_flags(arguments, resize_flags);
    g_autoptr(virStorageVol) volume = NULL;
    unsigned long long capacity;

    if (!parse_bytes(shell, text, &capacity))
        return FALSE;
    volume = argument_volume(shell, arguments, "pool");
    if (!volume)
        return FALSE;
    if (virStorageVolResize(volume, capacity, flags) < 0)
        return shell_fail(shell,
                          flags & VIR_STORAGE_VOL_RESIZE_DELTA ? "Failed to change size of volume '%s' by %s"
                                                               : "Failed to change size of volume '%s' to %s",
                          virStorageVolGetName(volume), text);
    shell_say(shell,
              flags & VIR_STORAGE_VOL_RESIZE_DELTA ? "Size of volume '%s' successfully changed by %s"
                                                   : "Size of volume '%s' successfully changed to %s",
              virStorageVolGetName(volume), text);
    return TRUE;
}

/* ---- what is in it ---- */

static const Option data_options[] = {
    OPTION_VOLUME,
    {"file", OPTION_STRING, TRUE, FALSE, COMPLETE_FILE, "a file of this host"},
    OPTION_POOL_OF_VOLUME,
    {"offset", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "where in the volume to begin"},
    {"length", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "how much to carry"},
    FLAG("sparse", "holes stay holes"),
    OPTION_END};

typedef int (*Opener)(virStorageVolPtr volume, virStreamPtr stream, unsigned long long offset,
                      unsigned long long length, unsigned int flags);
typedef gboolean (*Carrier)(Shell *shell, virStreamPtr stream, const char *path, gboolean is_sparse, const char *what);

static gboolean open_and_carry(Shell *shell, const Arguments *arguments, virStorageVolPtr volume, virStreamPtr stream,
                               Opener open, Carrier carry, const char *failure)
{
    const char *offset_text = argument_string(arguments, "offset");
    const char *length_text = argument_string(arguments, "length");
    gboolean is_sparse = argument_flag(arguments, "sparse");
    unsigned long long offset = 0, length = 0;

    G_STATIC_ASSERT(VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM == (int)VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM);
    if ((offset_text && !parse_bytes(shell, offset_text, &offset)) ||
        (length_text && !parse_bytes(shell, length_text, &length)))
        return FALSE;
    if (open(volume, stream, offset, length, is_sparse ? VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM : 0) < 0)
        return shell_fail(shell, failure, virStorageVolGetName(volume));
    return carry(shell, stream, argument_string(arguments, "file"), is_sparse, virStorageVolGetName(volume));
}

static gboolean with_stream(Shell *shell, const Arguments *arguments, Opener open, Carrier carry, const char *failure)
{
    g_autoptr(virStorageVol) volume = argument_volume(shell, arguments, "pool");
    virStreamPtr stream = volume ? virStreamNew(shell->connection, 0) : NULL;
    gboolean ok;

    if (!volume)
        return FALSE;
    if (!stream)
        return shell_fail(shell, "cannot create a new stream");
    ok = open_and_carry(shell, arguments, volume, stream, open, carry, failure);
    virStreamFree(stream);
    return ok;
}

static gboolean vol_upload(Shell *shell, const Arguments *arguments)
{
    return with_stream(shell, arguments, virStorageVolUpload, stream_send, "cannot upload to volume %s");
}

static gboolean vol_download(Shell *shell, const Arguments *arguments)
{
    return with_stream(shell, arguments, virStorageVolDownload, stream_receive, "cannot download from volume %s");
}

const Command vol_commands[] = {
    {"vol-clone", "make a copy of a volume in its pool", clone_options, vol_clone, TRUE, TRUE},
    {"vol-create", "create a volume from an XML file", create_options, vol_create, TRUE},
    {"vol-create-as", "create a volume from a set of options", create_as_options, vol_create_as, TRUE, TRUE},
    {"vol-create-from", "create a volume with the content of another", create_from_options, vol_create_from, TRUE},
    {"vol-delete", "delete a volume", delete_options, vol_delete, TRUE},
    {"vol-download", "store what is in a volume in a file", data_options, vol_download, TRUE},
    {"vol-resize", "change the size of a volume", resize_options, vol_resize, TRUE},
    {"vol-upload", "put a file into a volume", data_options, vol_upload, TRUE},
    {"vol-wipe", "overwrite all of a volume", wipe_options, vol_wipe, TRUE},
    {NULL},
};
