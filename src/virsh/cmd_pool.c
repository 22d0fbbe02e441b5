/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Storage pools: what changes them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xml.h"
#include "virsh/commands.h"
#include "virsh/edit.h"
#include "virsh/storage.h"

#define OPTIONS_BUILD FLAG("no-overwrite", "only where nothing is"), FLAG("overwrite", "over whatever is there")

static const Option any_pool[] = {OPTION_POOL(COMPLETE_POOL), OPTION_END};
static const Option active_pool[] = {OPTION_POOL(COMPLETE_POOL_ACTIVE), OPTION_END};
static const Option inactive_pool[] = {OPTION_POOL(COMPLETE_POOL_INACTIVE), OPTION_END};

/* ---- documents ---- */

static const Option define_options[] = {OPTION_FILE, FLAG("validate", "check the document against the schema"),
                                        OPTION_END};
static const Option create_options[] = {OPTION_FILE, FLAG("build", "make the pool's directory first"), OPTIONS_BUILD,
                                        OPTION_END};

static const FlagOption build_flags[] = {
    {"build", VIR_STORAGE_POOL_CREATE_WITH_BUILD},
    {"overwrite", VIR_STORAGE_POOL_CREATE_WITH_BUILD_OVERWRITE},
    {"no-overwrite", VIR_STORAGE_POOL_CREATE_WITH_BUILD_NO_OVERWRITE},
    {NULL, 0},
};

static gboolean pool_define(Shell *shell, const Arguments *arguments)
{
    const char *file = argument_string(arguments, "file");
    g_autofree char *xml = shell_read_file(shell, file);
    g_autoptr(virStoragePool) pool = NULL;

    if (!xml)
        return FALSE;
    pool = virStoragePoolDefineXML(shell->connection, xml,
                                   argument_flag(arguments, "validate") ? VIR_STORAGE_POOL_DEFINE_VALIDATE : 0);
    if (!pool)
        return shell_fail(shell, "Failed to define pool from %s", file);
    shell_say(shell, "Pool %s defined from %s", virStoragePoolGetName(pool), file);
    return TRUE;
}

static gboolean pool_create(Shell *shell, const Arguments *arguments)
{
    const char *file = argument_string(arguments, "file");
    g_autofree char *xml = shell_read_file(shell, file);
    g_autoptr(virStoragePool) pool = NULL;

    if (!xml)
        return FALSE;
    pool = virStoragePoolCreateXML(shell->connection, xml, argument_flags(arguments, build_flags));
    if (!pool)
        return shell_fail(shell, "Failed to create pool from %s", file);
    shell_say(shell, "Pool %s created from %s", virStoragePoolGetName(pool), file);
    return TRUE;
}

/* ---- documents from options ---- */

#define OPTIONS_AS                                                                                                     \
    {"name", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "name of the pool"},                                        \
        {"type", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "type of the pool: dir, fs, netfs, ..."},               \
        FLAG("print-xml", "print the document, and do nothing with it"),                                               \
        {"source-host", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "host it comes from"},                          \
        {"source-path", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "directory there"},                             \
        {"source-dev", OPTION_STRING, FALSE, FALSE, COMPLETE_FILE, "device it is on"},                                 \
        {"source-name", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "name of what it is made of"},                  \
        {"target", OPTION_STRING, FALSE, FALSE, COMPLETE_FILE, "directory where its volumes are"},                     \
    {                                                                                                                  \
        "source-format", OPTION_STRING, FALSE, FALSE, COMPLETE_NOTHING, "format of what it is made of"                 \
    }

static const Option define_as_options[] = {OPTIONS_AS, OPTION_END};
static const Option create_as_options[] = {OPTIONS_AS, FLAG("build", "make the pool's directory first"), OPTIONS_BUILD,
                                           OPTION_END};

static void write_attribute_of(XmlWriter *writer, const char *element, const char *attribute, const char *value)
{
    if (!value)
        return;
    xml_open(writer, element);
    xml_write_attribute(writer, attribute, value);
    xml_close(writer);
}

/* The document that the options describe. Caller frees. */
static char *document_of(const Arguments *arguments)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();

    xml_open(writer, "pool");
    xml_write_attribute(writer, "type", argument_string(arguments, "type"));
    xml_write_element(writer, "name", argument_string(arguments, "name"));
    xml_open(writer, "source");
    write_attribute_of(writer, "host", "name", argument_string(arguments, "source-host"));
    write_attribute_of(writer, "dir", "path", argument_string(arguments, "source-path"));
    write_attribute_of(writer, "device", "path", argument_string(arguments, "source-dev"));
    write_attribute_of(writer, "format", "type", argument_string(arguments, "source-format"));
    xml_write_element(writer, "name", argument_string(arguments, "source-name"));
    xml_close_unless_empty(writer);
    xml_open(writer, "target");
    xml_write_element(writer, "path", argument_string(arguments, "target"));
    xml_close_unless_empty(writer);
    xml_close(writer);
    return xml_writer_take(writer);
}

static gboolean from_options(Shell *shell, const Arguments *arguments, gboolean is_defined)
{
    g_autofree char *xml = document_of(arguments);
    const char *name = argument_string(arguments, "name");
    g_autoptr(virStoragePool) pool = NULL;

    if (argument_flag(arguments, "print-xml")) {
        print_document(argument_output(arguments), xml);
        return TRUE;
    }
    pool = is_defined ? virStoragePoolDefineXML(shell->connection, xml, 0)
                      : virStoragePoolCreateXML(shell->connection, xml, argument_flags(arguments, build_flags));
    if (!pool)
        return shell_fail(shell, is_defined ? "Failed to define pool %s" : "Failed to create pool %s", name);
    shell_say(shell, is_defined ? "Pool %s defined" : "Pool %s created", name);
    return TRUE;
}

static gboolean pool_define_as(Shell *shell, const Arguments *arguments)
{
    return from_options(shell, arguments, TRUE);
}

static gboolean pool_create_as(Shell *shell, const Arguments *arguments)
{
    return from_options(shell, arguments, FALSE);
}

/* ---- one call with a pool ---- */

static gboolean report(Shell *shell, virStoragePoolPtr pool, int result, const char *failure, const char *success)
{
    if (result < 0)
        return shell_fail(shell, failure, virStoragePoolGetName(pool));
    shell_say(shell, success, virStoragePoolGetName(pool));
    return TRUE;
}

static gboolean pool_start(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStoragePool) pool = argument_pool(shell, arguments);

    return pool && report(shell, pool, virStoragePoolCreate(pool, argument_flags(arguments, build_flags)),
                          "Failed to start pool %s", "Pool %s started");
}

static gboolean pool_destroy(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStoragePool) pool = argument_pool(shell, arguments);

    return pool && report(shell, pool, virStoragePoolDestroy(pool), "Failed to destroy pool %s", "Pool %s destroyed");
}

static gboolean pool_undefine(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStoragePool) pool = argument_pool(shell, arguments);

    return pool && report(shell, pool, virStoragePoolUndefine(pool), "Failed to undefine pool %s",
                          "Pool %s has been undefined");
}

static gboolean pool_build(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStoragePool) pool = argument_pool(shell, arguments);
    unsigned int flags = (argument_flag(arguments, "overwrite") ? VIR_STORAGE_POOL_BUILD_OVERWRITE : 0) |
                         (argument_flag(arguments, "no-overwrite") ? VIR_STORAGE_POOL_BUILD_NO_OVERWRITE : 0);

    return pool && report(shell, pool, virStoragePoolBuild(pool, flags), "Failed to build pool %s", "Pool %s built");
}

static gboolean pool_delete(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStoragePool) pool = argument_pool(shell, arguments);

    return pool && report(shell, pool, virStoragePoolDelete(pool, 0), "Failed to delete pool %s", "Pool %s deleted");
}

static gboolean pool_refresh(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStoragePool) pool = argument_pool(shell, arguments);

    return pool &&
           report(shell, pool, virStoragePoolRefresh(pool, 0), "Failed to refresh pool %s", "Pool %s refreshed");
}

static const Option start_options[] = {OPTION_POOL(COMPLETE_POOL_INACTIVE),
                                       FLAG("build", "make the pool's directory first"), OPTIONS_BUILD, OPTION_END};
static const Option build_options[] = {OPTION_POOL(COMPLETE_POOL_INACTIVE), OPTIONS_BUILD, OPTION_END};
static const Option autostart_options[] = {OPTION_POOL(COMPLETE_POOL), FLAG("disable", "turn it off"), OPTION_END};

static gboolean pool_autostart(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStoragePool) pool = argument_pool(shell, arguments);
    gboolean on = !argument_flag(arguments, "disable");

    if (!pool)
        return FALSE;
    return report(shell, pool, virStoragePoolSetAutostart(pool, on),
                  on ? "failed to mark pool %s as autostarted" : "failed to unmark pool %s as autostarted",
                  on ? "Pool %s marked as autostarted" : "Pool %s unmarked as autostarted");
}

static gboolean define_again(Shell *shell, const char *xml, gpointer data)
{
    g_autoptr(virStoragePool) pool = virStoragePoolDefineXML(shell->connection, xml, 0);

    return pool || shell_fail(shell, "Failed to define the changed pool");
}

static gboolean pool_edit(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virStoragePool) pool = argument_pool(shell, arguments);
    char *xml = pool ? virStoragePoolGetXMLDesc(pool, VIR_STORAGE_XML_INACTIVE) : NULL;
    g_autofree char *what = NULL;
    gboolean ok;

    if (!pool)
        return FALSE;
    if (!xml)
        return shell_fail(shell, "failed to get the XML of pool %s", virStoragePoolGetName(pool));
    what = g_strdup_printf("Pool %s XML configuration", virStoragePoolGetName(pool));
    ok = edit_document(shell, xml, what, define_again, NULL);
    free(xml);
    return ok;
}

const Command pool_commands[] = {
    {"pool-autostart", "start a pool when its host starts", autostart_options, pool_autostart, TRUE},
    {"pool-build", "make the directory of a pool", build_options, pool_build, TRUE},
    {"pool-create", "create a pool from an XML file", create_options, pool_create, TRUE},
    {"pool-create-as", "create a pool from a set of options", create_as_options, pool_create_as, TRUE, TRUE},
    {"pool-define", "define (but don't start) a pool from an XML file", define_options, pool_define, TRUE},
    {"pool-define-as", "define a pool from a set of options", define_as_options, pool_define_as, TRUE, TRUE},
    {"pool-delete", "remove the directory of a pool", inactive_pool, pool_delete, TRUE},
    {"pool-destroy", "destroy (stop) a pool; what is in it stays", active_pool, pool_destroy, TRUE},
    {"pool-edit", "change a pool's document with an editor", any_pool, pool_edit, TRUE},
    {"pool-refresh", "look anew which volumes a pool has", active_pool, pool_refresh, TRUE},
    {"pool-start", "start a (previously defined) inactive pool", start_options, pool_start, TRUE},
    {"pool-undefine", "undefine an inactive pool", inactive_pool, pool_undefine, TRUE},
    {NULL},
};
