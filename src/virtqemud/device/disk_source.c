/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where data comes from: the protocol nodes of disks, of what is below them, and of firmware variables. */
#include <grp.h>
#include <pwd.h>

#include "virtqemud/device/disk_source.h"

static const char *const aio_modes[DISK_IO_LAST] = {
    [DISK_IO_NATIVE] = "native", [DISK_IO_THREADS] = "threads", [DISK_IO_URING] = "io_uring"};

static const struct {
    gboolean is_direct, is_no_flush;
} cache_modes[DISK_CACHE_LAST] = {
    [DISK_CACHE_NONE] = {TRUE, FALSE},
    [DISK_CACHE_DIRECTSYNC] = {TRUE, FALSE},
    [DISK_CACHE_UNSAFE] = {FALSE, TRUE},
};

void disk_node_add_cache(json_object *node, DiskCache cache)
{
    json_object *options;

    if (cache == DISK_CACHE_DEFAULT)
        return;
    options = json_object_new_object();
    json_add_bool(options, "direct", cache_modes[cache].is_direct);
    json_add_bool(options, "no-flush", cache_modes[cache].is_no_flush);
    json_add_object(node, "cache", options);
}

/* ---- secrets ---- */

static char *secret_id(const char *node, const char *what)
{
    return g_strdup_printf("%s-%s-secret0", node, what);
}

void disk_node_each_secret(const DiskNode *node, DiskSecretFunc each, gpointer data)
{
    g_autofree char *auth = secret_id(node->name, "storage-auth");
    g_autofree char *encryption = secret_id(node->name, "format-encryption");
    g_autofree char *cookies = secret_id(node->name, "storage-httpcookie");

    if (node->auth)
        each(auth, node->auth->secret, NULL, data);
    if (node->encryption && node->encryption->secrets)
        each(encryption, g_ptr_array_index(node->encryption->secrets, 0), NULL, data);
    if (node->source->cookies)
        each(cookies, NULL, node->source->cookies, data);
}

/* The monitor is nobody else's, so a QEMU that runs may be told the value itself. */
static void add_secret_value(json_object *object, int fd)
{
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    g_autofree char *value = NULL;
    g_autofree char *encoded = NULL;
    gsize length = 0;

    if (g_file_get_contents(path, &value, &length, NULL))
        encoded = g_base64_encode((const guchar *)value, length);
    json_add_string(object, "format", "base64");
    json_add_string(object, "data", encoded ? encoded : "");
}

/* The value is in a file that QEMU has open; a preview names one that is not there. */
static void add_secret_object(CommandBuild *build, const char *id)
{
    json_object *object = json_object_new_object();
    int fd = build->secrets ? GPOINTER_TO_INT(g_hash_table_lookup(build->secrets, id)) : 0;

    json_add_string(object, "qom-type", "secret");
    json_add_string(object, "id", id);
    if (build->purpose == BUILD_PLUG) {
        add_secret_value(object, fd);
        command_add_json(build->command, "-object", object);
        return;
    }
    json_add_string(object, "format", "raw");
    if (fd > 0) {
        json_add_stringf(object, "file", "/proc/self/fd/%d", fd);
        command_pass_fd(build->command, fd);
    } else {
        json_add_stringf(object, "file", "%s/%s", build->guest_dir, id);
    }
    command_add_json(build->command, "-object", object);
}

static void add_one_secret(const char *id, const DiskSecret *secret, const GPtrArray *cookies, gpointer data)
{
    add_secret_object(data, id);
}

void disk_node_add_key(json_object *object, const DiskNode *node)
{
    g_autofree char *id = secret_id(node->name, "format-encryption");

    json_add_string(object, "key-secret", id);
}

/* ---- hosts ---- */

/* The host of a protocol that has one. */
static const DiskHost *only_host(const DiskSource *source, GError **error)
{
    if (source->hosts && source->hosts->len == 1)
        return g_ptr_array_index(source->hosts, 0);
    vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "protocol '%s' accepts only one host",
                   disk_protocols[source->protocol]);
    return NULL;
}

/* type: "inet" where an address may be of other kinds, else NULL. */
static json_object *new_inet(const DiskSource *source, const DiskHost *host, const char *type)
{
    json_object *server = json_object_new_object();
    guint port = disk_host_port(source, host);

    json_add_string(server, "type", type);
    json_add_string(server, "host", host->name);
    if (port > 0)
        json_add_stringf(server, "port", "%u", port);
    return server;
}

/* An address of the general kind. NULL: a transport that QEMU has not. */
static json_object *new_server(const DiskSource *source, const DiskHost *host, GError **error)
{
    json_object *server;

    switch (host->transport) {
    case DISK_TRANSPORT_TCP:
        return new_inet(source, host, "inet");
    case DISK_TRANSPORT_UNIX:
        server = json_object_new_object();
        json_add_string(server, "type", "unix");
        json_add_string(server, "path", host->socket);
        return server;
    default:
        unsupported(error, "transport '%s' of protocol '%s'", disk_transports[host->transport],
                    disk_protocols[source->protocol]);
        return NULL;
    }
}

static gboolean add_only_server(json_object *node, const DiskSource *source, GError **error)
{
    const DiskHost *host = only_host(source, error);
    json_object *server = host ? new_server(source, host, error) : NULL;

    if (server)
        json_add_object(node, "server", server);
    return server != NULL;
}

/* A name of two parts with a slash between them. NULL: it is not; else to be freed with g_strfreev(). */
static char **split_name(const DiskSource *source, const char *first, const char *second, GError **error)
{
    char **parts = g_strsplit(source->name, "/", 2);

    if (parts[0] && *parts[0] && parts[1] && *parts[1])
        return parts;
    g_strfreev(parts);
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_XML_ERROR, "can't split path '%s' into %s and %s", source->name, first,
                  second);
    return NULL;
}

/* ---- the protocols ---- */

static void add_tls(CommandBuild *build, json_object *object, const DiskNode *node)
{
    const DiskSource *source = node->source;
    json_object *credentials;
    g_autofree char *id = NULL;

    if (source->tls == XML_BOOL_NO || (source->tls == XML_BOOL_ABSENT && !build->settings->has_nbd_tls))
        return;
    id = g_strdup_printf("obj%s-storage_tls0", node->name);
    credentials = json_object_new_object();
    json_add_string(credentials, "qom-type", "tls-creds-x509");
    json_add_string(credentials, "id", id);
    json_add_string(credentials, "dir", build->settings->nbd_tls_dir);
    json_add_string(credentials, "endpoint", "client");
    json_add_bool(credentials, "verify-peer", TRUE);
    command_add_json(build->command, "-object", credentials);
    json_add_string(object, "tls-creds", id);
    json_add_string(object, "tls-hostname", source->tls_hostname);
}

static gboolean add_nbd(CommandBuild *build, json_object *object, const DiskNode *node, GError **error)
{
    if (!add_only_server(object, node->source, error))
        return FALSE;
    json_add_string(object, "export", node->source->name);
    add_tls(build, object, node);
    return TRUE;
}

static void add_rbd_monitors(json_object *object, const DiskSource *source)
{
    json_object *servers = json_object_new_array();

    for (guint i = 0; source->hosts && i < source->hosts->len; i++)
        json_object_array_add(servers, new_inet(source, g_ptr_array_index(source->hosts, i), NULL));
    if (json_object_array_length(servers) > 0)
        json_add_object(object, "server", servers);
    else
        json_object_put(servers);
}

static void add_rbd_auth(json_object *object, const DiskNode *node)
{
    g_autofree char *id = secret_id(node->name, "storage-auth");
    json_object *kinds;

    if (!node->auth)
        return;
    kinds = json_object_new_array();
    json_add_string(object, "user", node->auth->username);
    json_object_array_add(kinds, json_object_new_string("cephx"));
    json_object_array_add(kinds, json_object_new_string("none"));
    json_add_object(object, "auth-client-required", kinds);
    json_add_string(object, "key-secret", id);
}

static gboolean add_rbd(CommandBuild *build, json_object *object, const DiskNode *node, GError **error)
{
    const DiskSource *source = node->source;
    g_auto(GStrv) parts = split_name(source, "pool name", "image name", error);
    char *image = parts ? strrchr(parts[1], '/') : NULL;

    if (!parts)
        return FALSE;
    json_add_string(object, "pool", parts[0]);
    /* Between pool and image there may be a namespace. */
    if (image) {
        *image++ = '\0';
        json_add_string(object, "namespace", parts[1]);
    }
    json_add_string(object, "image", image ? image : parts[1]);
    json_add_string(object, "snapshot", source->snapshot);
    json_add_string(object, "conf", source->config_file);
    add_rbd_monitors(object, source);
    add_rbd_auth(object, node);
    if (node->encryption && node->encryption->engine == DISK_ENGINE_LIBRBD) {
        json_object *encryption = json_object_new_object();

        json_add_string(encryption, "format", disk_encryptions[node->encryption->format]);
        disk_node_add_key(encryption, node);
        json_add_object(object, "encrypt", encryption);
    }
    return TRUE;
}

static gboolean add_sheepdog(CommandBuild *build, json_object *object, const DiskNode *node, GError **error)
{
    if (!add_only_server(object, node->source, error))
        return FALSE;
    json_add_string(object, "vdi", node->source->name);
    return TRUE;
}

static gboolean add_gluster(CommandBuild *build, json_object *object, const DiskNode *node, GError **error)
{
    const DiskSource *source = node->source;
    g_auto(GStrv) parts = split_name(source, "volume name", "image name", error);
    json_object *servers;

    if (!parts)
        return FALSE;
    servers = json_object_new_array();
    json_add_string(object, "volume", parts[0]);
    json_add_string(object, "path", parts[1]);
    json_add_object(object, "server", servers);
    for (guint i = 0; source->hosts && i < source->hosts->len; i++) {
        json_object *server = new_server(source, g_ptr_array_index(source->hosts, i), error);

        if (!server)
            return FALSE;
        json_object_array_add(servers, server);
    }
    if (build->settings->gluster_debug_level > 0)
        json_add_int(object, "debug", build->settings->gluster_debug_level);
    return TRUE;
}

static gboolean add_iscsi(CommandBuild *build, json_object *object, const DiskNode *node, GError **error)
{
    const DiskSource *source = node->source;
    const DiskHost *host = only_host(source, error);
    g_auto(GStrv) parts = g_strsplit(source->name, "/", 2);
    g_autofree char *id = secret_id(node->name, "storage-auth");

    if (!host)
        return FALSE;
    json_add_stringf(object, "portal", strchr(host->name, ':') ? "[%s]:%u" : "%s:%u", host->name,
                     disk_host_port(source, host));
    json_add_string(object, "target", parts[0]);
    json_add_int(object, "lun", parts[1] ? (gint64)g_ascii_strtoull(parts[1], NULL, 10) : 0);
    json_add_string(object, "transport", "tcp");
    if (node->auth) {
        json_add_string(object, "user", node->auth->username);
        json_add_string(object, "password-secret", id);
    }
    json_add_string(object, "initiator-name", source->initiator);
    return TRUE;
}

static char *url(const DiskSource *source, const DiskHost *host)
{
    const char *path = *source->name == '/' ? source->name + 1 : source->name;

    return g_strdup_printf(strchr(host->name, ':') ? "%s://[%s]:%u/%s%s%s" : "%s://%s:%u/%s%s%s",
                           disk_protocols[source->protocol], host->name, disk_host_port(source, host), path,
                           source->query ? "?" : "", source->query ? source->query : "");
}

static gboolean add_curl(CommandBuild *build, json_object *object, const DiskNode *node, GError **error)
{
    const DiskSource *source = node->source;
    const DiskHost *host = only_host(source, error);
    g_autofree char *location = host ? url(source, host) : NULL;
    g_autofree char *password = secret_id(node->name, "storage-auth");
    g_autofree char *cookies = secret_id(node->name, "storage-httpcookie");

    if (!host)
        return FALSE;
    json_add_string(object, "url", location);
    if (node->auth) {
        json_add_string(object, "username", node->auth->username);
        json_add_string(object, "password-secret", password);
    }
    if (source->ssl_verify != XML_BOOL_ABSENT)
        json_add_bool(object, "sslverify", source->ssl_verify == XML_BOOL_YES);
    if (source->cookies)
        json_add_string(object, "cookie-secret", cookies);
    if (source->timeout_s > 0)
        json_add_int(object, "timeout", (gint64)source->timeout_s);
    if (source->readahead > 0)
        json_add_int(object, "readahead", (gint64)source->readahead);
    return TRUE;
}

static gboolean add_ssh(CommandBuild *build, json_object *object, const DiskNode *node, GError **error)
{
    const DiskHost *host = only_host(node->source, error);

    if (!host)
        return FALSE;
    json_add_string(object, "path", node->source->name);
    json_add_object(object, "server", new_inet(node->source, host, NULL));
    if (node->auth)
        json_add_string(object, "user", node->auth->username);
    return TRUE;
}

static gboolean add_vxhs(CommandBuild *build, json_object *object, const DiskNode *node, GError **error)
{
    return unsupported(error, "VxHS protocol is not supported with this QEMU binary");
}

#define NAME_BUFFER 16384

static gboolean find_user(const char *name, gint64 *id)
{
    char buffer[NAME_BUFFER];
    struct passwd entry, *found = NULL;

    if (getpwnam_r(name, &entry, buffer, sizeof(buffer), &found) != 0 || !found)
        return FALSE;
    *id = (gint64)found->pw_uid;
    return TRUE;
}

static gboolean find_group(const char *name, gint64 *id)
{
    char buffer[NAME_BUFFER];
    struct group entry, *found = NULL;

    if (getgrnam_r(name, &entry, buffer, sizeof(buffer), &found) != 0 || !found)
        return FALSE;
    *id = (gint64)found->gr_gid;
    return TRUE;
}

/* A number behind a plus sign, or a name. Documents are read by several threads at once. */
static gboolean find_id(const char *text, gboolean is_group, gint64 *id, GError **error)
{
    if (*text == '+' && g_ascii_string_to_signed(text + 1, 10, 0, G_MAXUINT32, id, NULL))
        return TRUE;
    if (is_group ? find_group(text, id) : find_user(text, id))
        return TRUE;
    return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR,
                          is_group ? "there is no group '%s'" : "there is no user '%s'", text);
}

static gboolean add_nfs(CommandBuild *build, json_object *object, const DiskNode *node, GError **error)
{
    const DiskSource *source = node->source;
    const DiskHost *host = only_host(source, error);
    json_object *server;
    gint64 user, group;

    if (!host || (source->user && !find_id(source->user, FALSE, &user, error)) ||
        (source->group && !find_id(source->group, TRUE, &group, error)))
        return FALSE;
    server = json_object_new_object();
    json_add_string(server, "host", host->name);
    json_add_string(server, "type", "inet");
    json_add_object(object, "server", server);
    json_add_string(object, "path", source->name);
    if (source->user)
        json_add_int(object, "user", user);
    if (source->group)
        json_add_int(object, "group", group);
    return TRUE;
}

typedef gboolean (*ProtocolAdder)(CommandBuild *build, json_object *object, const DiskNode *node, GError **error);

static const ProtocolAdder protocol_adders[DISK_PROTOCOL_LAST] = {
    [DISK_PROTOCOL_NBD] = add_nbd,         [DISK_PROTOCOL_RBD] = add_rbd,     [DISK_PROTOCOL_SHEEPDOG] = add_sheepdog,
    [DISK_PROTOCOL_GLUSTER] = add_gluster, [DISK_PROTOCOL_ISCSI] = add_iscsi, [DISK_PROTOCOL_HTTP] = add_curl,
    [DISK_PROTOCOL_HTTPS] = add_curl,      [DISK_PROTOCOL_FTP] = add_curl,    [DISK_PROTOCOL_FTPS] = add_curl,
    [DISK_PROTOCOL_TFTP] = add_curl,       [DISK_PROTOCOL_SSH] = add_ssh,     [DISK_PROTOCOL_VXHS] = add_vxhs,
    [DISK_PROTOCOL_NFS] = add_nfs,
};

/* ---- on this host ---- */

static char *reservations_id(const DiskNode *node)
{
    return node->source->reservations->is_managed == XML_BOOL_YES ? g_strdup("pr-helper0")
                                                                  : g_strdup_printf("pr-helper-%s-storage", node->name);
}

static void add_reservations(CommandBuild *build, json_object *object, const DiskNode *node)
{
    g_autofree char *id = node->source->reservations ? reservations_id(node) : NULL;
    json_object *manager;

    if (!id)
        return;
    json_add_string(object, "pr-manager", id);
    /* The managed one is the guest's, and there once. */
    if (node->source->reservations->is_managed == XML_BOOL_YES)
        return;
    manager = json_object_new_object();
    json_add_string(manager, "qom-type", "pr-manager-helper");
    json_add_string(manager, "id", id);
    json_add_string(manager, "path", node->source->reservations->path);
    command_add_json(build->command, "-object", manager);
}

static void add_file(CommandBuild *build, json_object *object, const DiskNode *node)
{
    json_add_string(object, "filename", node->source->path);
    json_add_string(object, "aio", aio_modes[node->io]);
    add_reservations(build, object, node);
}

static void add_directory(json_object *object, const DiskNode *node)
{
    json_add_string(object, "dir", node->source->path);
    json_add_bool(object, "floppy", node->is_floppy);
    json_add_bool(object, "rw", FALSE);
}

static gboolean add_place(CommandBuild *build, json_object *object, const DiskNode *node, GError **error)
{
    const DiskSource *source = node->source;

    switch (disk_source_type(source)) {
    case DISK_SOURCE_NETWORK:
        json_add_string(object, "driver", disk_protocols[source->protocol]);
        return protocol_adders[source->protocol](build, object, node, error);
    case DISK_SOURCE_DIR:
        json_add_string(object, "driver", "vvfat");
        add_directory(object, node);
        return TRUE;
    case DISK_SOURCE_BLOCK:
        json_add_string(object, "driver", "host_device");
        add_file(build, object, node);
        return TRUE;
    default:
        json_add_string(object, "driver", "file");
        add_file(build, object, node);
        return TRUE;
    }
}

gboolean disk_node_add_storage(CommandBuild *build, const DiskNode *node, GError **error)
{
    json_object *object = json_object_new_object();

    disk_node_each_secret(node, add_one_secret, build);
    if (!add_place(build, object, node, error)) {
        json_object_put(object);
        return FALSE;
    }
    json_add_stringf(object, "node-name", "%s-storage", node->name);
    disk_node_add_cache(object, node->cache);
    json_add_bool(object, "auto-read-only", TRUE);
    json_add_string(object, "discard", "unmap");
    command_add_json(build->command, "-blockdev", object);
    return TRUE;
}
