/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/store.h"

#include <string.h>
#include <unistd.h>

#include "common/document_dir.h"
#include "common/error.h"
#include "common/file.h"
#include "common/log.h"
#include "virtnetworkd/ports.h"

/* ---- writing ---- */

gboolean store_save_def(const NetworkDef *def, GError **error)
{
    g_autofree char *xml = network_def_format(def, XML_MODE_INACTIVE);
    g_autofree char *text = g_strdup_printf("<!--\n"
                                            "virtnetworkd writes this file. Changes made here are lost; use\n"
                                            "  virsh net-edit %s\n"
                                            "or another program that speaks libvirt's API.\n"
                                            "-->\n\n%s",
                                            strstr(def->name, "--") ? "NAME" : def->name, xml);

    return document_write(network_driver.config_dir, def->name, text, VIR_FROM_NETWORK, error);
}

gboolean store_remove_def(const char *name, GError **error)
{
    return document_remove(network_driver.config_dir, name, VIR_FROM_NETWORK, error);
}

gboolean store_set_autostart(const char *name, gboolean autostart, GError **error)
{
    return document_set_autostart(network_driver.config_dir, name, autostart, VIR_FROM_NETWORK, error);
}

gboolean store_save_status(const NetworkDef *live, GError **error)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();
    g_autofree char *text = NULL;

    xml_open(writer, "networkstatus");
    /* Traffic classes that the peer hands out; it wants to read the first three as taken. */
    xml_open(writer, "class_id");
    xml_write_attribute(writer, "bitmap", "0-2");
    xml_close(writer);
    xml_open(writer, "floor");
    xml_write_attribute(writer, "sum", "0");
    xml_close(writer);
    network_def_write(live, writer, XML_MODE_STATUS | XML_MODE_LIVE);
    xml_close(writer);
    text = xml_writer_take(writer);
    return document_write(network_driver.run_dir, live->name, text, VIR_FROM_NETWORK, error);
}

static char *ports_dir(const char *network)
{
    return g_strdup_printf("%s/%s/ports", network_driver.run_dir, network);
}

static char *port_path(const char *network, const guint8 *uuid)
{
    g_autofree char *dir = ports_dir(network);
    char name[UUID_TEXT_LEN];

    uuid_format(uuid, name);
    return document_path(dir, name);
}

gboolean store_save_port(const char *network, const NetworkPort *port, GError **error)
{
    g_autofree char *dir = ports_dir(network);
    g_autofree char *path = port_path(network, port->uuid);
    g_autofree char *xml = network_port_format(port);

    return file_make_dir(dir, 0755, VIR_FROM_NETWORK, error) &&
           file_write_atomic(path, xml, 0600, VIR_FROM_NETWORK, error);
}

gboolean store_remove_port(const char *network, const guint8 *uuid, GError **error)
{
    g_autofree char *path = port_path(network, uuid);

    return file_remove(path, VIR_FROM_NETWORK, error);
}

static void remove_ports(const char *network)
{
    g_autofree char *dir = ports_dir(network);
    g_autofree char *parent = g_path_get_dirname(dir);
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    const char *entry;

    while (entries && (entry = g_dir_read_name(entries))) {
        g_autofree char *path = g_build_filename(dir, entry, NULL);

        unlink(path);
    }
    rmdir(dir);
    rmdir(parent);
}

gboolean store_remove_status(const char *name, GError **error)
{
    g_autofree char *path = document_path(network_driver.run_dir, name);

    /* Ports without a status file are nobody's. */
    if (!file_remove(path, VIR_FROM_NETWORK, error))
        return FALSE;
    remove_ports(name);
    return TRUE;
}

/* ---- reading ---- */

static gboolean check_file_name(const NetworkDef *def, const Document *document)
{
    if (strcmp(def->name, document->name) == 0)
        return TRUE;
    log_error("%s: the network in it is called '%s'; passed over", document->path, def->name);
    return FALSE;
}

static void load_def(const Document *document, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(NetworkDef) def = network_def_parse_file(document->path, &error);
    Network *network;

    if (def && check_file_name(def, document) && network_check_identity(def, &error)) {
        network = network_claim(def);
        network->def = g_steal_pointer(&def);
        network->autostart = document->is_autostart;
    }
    if (error)
        log_error("%s: %s", document->path, error->message);
}

static void load_ports(Network *network)
{
    g_autofree char *dir = ports_dir(network->name);
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    const char *entry;

    file_sweep(dir);
    ports_clear(network); /* who was counted may be gone */
    while (entries && (entry = g_dir_read_name(entries))) {
        g_autofree char *path = g_build_filename(dir, entry, NULL);
        g_autoptr(GError) error = NULL;
        NetworkPort *port;

        if (!g_str_has_suffix(entry, ".xml"))
            continue;
        port = network_port_parse_file(path, &error);
        if (port)
            ports_put(network, port);
        else
            log_error("%s: %s", path, error->message);
    }
}

static void load_status(const Document *document, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(xmlDoc) doc = xml_parse_file(document->path, "networkstatus", VIR_FROM_NETWORK, &error);
    xmlNode *node = doc ? xml_child(xmlDocGetRootElement(doc), "network") : NULL;
    g_autoptr(NetworkDef) live = node ? network_def_parse_node(node, XML_MODE_STATUS | XML_MODE_LIVE, &error) : NULL;
    Network *network;

    if (live && check_file_name(live, document) && network_check_identity(live, &error)) {
        network = network_claim(live);
        network->live = g_steal_pointer(&live);
        load_ports(network);
    }
    if (error)
        log_error("%s: %s", document->path, error->message);
}

/* A network that ended while its daemon was killed may have left its leases. */
static void remove_orphaned_leases(void)
{
    g_autoptr(GDir) entries = g_dir_open(network_driver.files_dir, 0, NULL);
    DhcpDirs dirs = network_dhcp_dirs();
    const char *entry;

    while (entries && (entry = g_dir_read_name(entries))) {
        g_autofree char *name = NULL;
        g_autofree char *definition = NULL;

        if (!g_str_has_suffix(entry, ".leases"))
            continue;
        name = g_strndup(entry, strlen(entry) - strlen(".leases"));
        /* One that could not be read is not one that is gone. */
        definition = document_path(network_driver.config_dir, name);
        if (!g_hash_table_contains(network_driver.by_name, name) && !g_file_test(definition, G_FILE_TEST_EXISTS))
            dhcp_forget(name, &dirs);
    }
}

void store_load(void)
{
    file_sweep(network_driver.files_dir);
    document_for_each(network_driver.config_dir, load_def, NULL);
    document_for_each(network_driver.run_dir, load_status, NULL);
    remove_orphaned_leases();
}

gboolean store_is_first_start(void)
{
    return document_is_first_start(network_driver.run_dir);
}
