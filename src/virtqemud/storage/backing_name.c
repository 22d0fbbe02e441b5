/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/storage/backing_name.h"

#include <string.h>

#include "common/json.h"

#define JSON_PREFIX    "json:"
#define JSON_DEPTH_MAX 16
#define EXPORT_NAME    "exportname="

/* ---- paths ---- */

static void take_path(DiskSource *source, const char *path, const char *beside)
{
    g_autofree char *dir = g_path_get_dirname(beside);

    source->type = DISK_SOURCE_FILE;
    source->path = g_path_is_absolute(path) ? g_strdup(path) : g_build_filename(dir, path, NULL);
}

/* ---- hosts ---- */

static DiskHost *add_host(DiskSource *source)
{
    DiskHost *host = g_new0(DiskHost, 1);

    if (!source->hosts)
        source->hosts = g_ptr_array_new();
    g_ptr_array_add(source->hosts, host);
    return host;
}

static void add_tcp_host(DiskSource *source, const char *name, guint port)
{
    DiskHost *host = add_host(source);

    host->name = g_strdup(name);
    host->port = port;
}

static void add_socket_host(DiskSource *source, const char *path)
{
    DiskHost *host = add_host(source);

    host->transport = DISK_TRANSPORT_UNIX;
    host->socket = g_strdup(path);
}

static gboolean take_protocol(DiskSource *source, const char *text)
{
    int protocol = xml_enum_find(disk_protocols, DISK_PROTOCOL_LAST, text);

    if (protocol <= DISK_PROTOCOL_NONE)
        return FALSE;
    source->type = DISK_SOURCE_NETWORK;
    source->protocol = (DiskProtocol)protocol;
    return TRUE;
}

/* ---- locations ---- */

/* "scheme+transport": the part behind the plus is how the host is reached. */
static gboolean take_scheme(DiskSource *source, const char *scheme, DiskTransport *transport)
{
    g_auto(GStrv) parts = g_strsplit(scheme, "+", 2);
    int found = parts[1] ? xml_enum_find((const char *const[]){"tcp", "unix", "rdma"}, DISK_TRANSPORT_LAST, parts[1])
                         : DISK_TRANSPORT_TCP;

    *transport = (DiskTransport)found;
    return found >= 0 && take_protocol(source, parts[0]);
}

static gboolean take_location(DiskSource *source, const char *name)
{
    g_autoptr(GUri) uri = g_uri_parse(name, G_URI_FLAGS_NON_DNS | G_URI_FLAGS_ENCODED_QUERY, NULL);
    g_autoptr(GHashTable) query = NULL;
    DiskTransport transport;
    const char *path;

    if (!uri || !take_scheme(source, g_uri_get_scheme(uri), &transport))
        return FALSE;
    path = g_uri_get_path(uri);
    source->name = g_strdup(*path == '/' ? path + 1 : path);
    if (transport != DISK_TRANSPORT_UNIX) {
        add_tcp_host(source, g_uri_get_host(uri), (guint)MAX(g_uri_get_port(uri), 0));
        source->query = g_strdup(g_uri_get_query(uri));
        return TRUE;
    }
    if (g_uri_get_query(uri))
        query = g_uri_parse_params(g_uri_get_query(uri), -1, "&", G_URI_PARAMS_NONE, NULL);
    if (!query || !g_hash_table_lookup(query, "socket"))
        return FALSE;
    add_socket_host(source, g_hash_table_lookup(query, "socket"));
    return TRUE;
}

/* ---- "protocol:..." ---- */

/* "nbd:host:port:exportname=name", "nbd:unix:path:exportname=name". */
static gboolean take_old_nbd(DiskSource *source, const char *rest)
{
    g_auto(GStrv) parts = g_strsplit(rest, ":", 3);
    guint n = g_strv_length(parts);
    guint64 port;

    take_protocol(source, "nbd");
    if (n < 2)
        return FALSE;
    if (n == 3 && g_str_has_prefix(parts[2], EXPORT_NAME))
        source->name = g_strdup(parts[2] + strlen(EXPORT_NAME));
    if (g_str_equal(parts[0], "unix")) {
        add_socket_host(source, parts[1]);
        return TRUE;
    }
    if (!g_ascii_string_to_unsigned(parts[1], 10, 1, G_MAXUINT16, &port, NULL))
        return FALSE;
    add_tcp_host(source, parts[0], (guint)port);
    return TRUE;
}

/* "rbd:pool/image@snapshot:conf=file"; who asks, and of whom, is in the configuration of the host. */
static gboolean take_old_rbd(DiskSource *source, const char *rest)
{
    g_auto(GStrv) parts = g_strsplit(rest, ":", -1);
    char *snapshot;

    take_protocol(source, "rbd");
    if (!parts[0])
        return FALSE;
    snapshot = strchr(parts[0], '@');
    if (snapshot) {
        *snapshot++ = '\0';
        source->snapshot = g_strdup(snapshot);
    }
    source->name = g_strdup(parts[0]);
    for (guint i = 1; parts[i]; i++) {
        if (!g_str_has_prefix(parts[i], "conf="))
            return FALSE;
        g_free(source->config_file);
        source->config_file = g_strdup(parts[i] + strlen("conf="));
    }
    return TRUE;
}

/* ---- "json:{...}" ---- */

/* The member called name, where "a.b" is b inside of a as well: QEMU takes both, and any mixture. */
static json_object *find_member(json_object *object, const char *name)
{
    json_object *member;

    if (json_object_object_get_ex(object, name, &member))
        return member;
    for (const char *dot = strchr(name, '.'); dot; dot = strchr(dot + 1, '.')) {
        g_autofree char *head = g_strndup(name, (gsize)(dot - name));
        json_object *inner = json_get_object(object, head);

        member = inner ? find_member(inner, dot + 1) : NULL;
        if (member)
            return member;
    }
    return NULL;
}

/* Borrowed; NULL when it is not there, or an object. Numbers stand there as numbers or as texts. */
static const char *find_text(json_object *object, const char *prefix, const char *name)
{
    g_autofree char *whole = g_strconcat(prefix, name, NULL);
    json_object *member = find_member(object, whole);

    if (!member || json_object_is_type(member, json_type_object) || json_object_is_type(member, json_type_array))
        return NULL;
    return json_object_get_string(member);
}

static guint64 find_number(json_object *object, const char *prefix, const char *name)
{
    const char *text = find_text(object, prefix, name);
    guint64 number;

    return text && g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, &number, NULL) ? number : 0;
}

static gboolean take_json_file(DiskSource *source, json_object *object, const char *prefix, const char *beside)
{
    const char *name = find_text(object, prefix, "filename");

    if (name)
        take_path(source, name, beside);
    return name != NULL;
}

static gboolean take_json_nbd(DiskSource *source, json_object *object, const char *prefix, const char *beside)
{
    const char *path = find_text(object, prefix, "server.path");
    const char *host = find_text(object, prefix, "server.host");
    guint64 port = find_number(object, prefix, "server.port");

    /* Before it had a server, it had the members of one. */
    if (!path && !host) {
        path = find_text(object, prefix, "path");
        host = find_text(object, prefix, "host");
        port = find_number(object, prefix, "port");
    }
    if ((!path && !host) || port > G_MAXUINT16)
        return FALSE;
    take_protocol(source, "nbd");
    source->name = g_strdup(find_text(object, prefix, "export"));
    if (path)
        add_socket_host(source, path);
    else
        add_tcp_host(source, host, (guint)port);
    return TRUE;
}

static gboolean take_json_url(DiskSource *source, json_object *object, const char *prefix, const char *beside)
{
    const char *url = find_text(object, prefix, "url");

    return url && take_location(source, url);
}

static gboolean take_json_rbd(DiskSource *source, json_object *object, const char *prefix, const char *beside)
{
    const char *pool = find_text(object, prefix, "pool");
    const char *image = find_text(object, prefix, "image");

    if (!pool || !image || find_text(object, prefix, "user"))
        return FALSE;
    take_protocol(source, "rbd");
    source->name = g_strdup_printf("%s/%s", pool, image);
    source->snapshot = g_strdup(find_text(object, prefix, "snapshot"));
    source->config_file = g_strdup(find_text(object, prefix, "conf"));
    return TRUE;
}

/* Raw data in a file, of which it may be a part. */
static gboolean take_json_object(DiskSource *source, json_object *object, const char *prefix, const char *beside);

static gboolean take_json_raw(DiskSource *source, json_object *object, const char *prefix, const char *beside)
{
    g_autofree char *file = g_strconcat(prefix, "file.", NULL);

    if (*prefix || !take_json_object(source, object, file, beside))
        return FALSE;
    source->slice_offset = find_number(object, prefix, "offset");
    source->slice_size = find_number(object, prefix, "size");
    return source->slice_offset == 0 || source->slice_size > 0;
}

static const struct {
    const char *driver;
    gboolean (*take)(DiskSource *source, json_object *object, const char *prefix, const char *beside);
} json_drivers[] = {
    {"file", take_json_file}, {"host_device", take_json_file}, {"host_cdrom", take_json_file}, {"nbd", take_json_nbd},
    {"http", take_json_url},  {"https", take_json_url},        {"ftp", take_json_url},         {"ftps", take_json_url},
    {"rbd", take_json_rbd},   {"raw", take_json_raw},
};

/* prefix: "" for the object itself, else of the names of the members that count. */
static gboolean take_json_object(DiskSource *source, json_object *object, const char *prefix, const char *beside)
{
    const char *driver = find_text(object, prefix, "driver");

    /* A protocol alone may be one level further down. */
    if (!driver)
        return !*prefix && take_json_object(source, object, "file.", beside);
    for (gsize i = 0; i < G_N_ELEMENTS(json_drivers); i++)
        if (g_str_equal(driver, json_drivers[i].driver))
            return json_drivers[i].take(source, object, prefix, beside);
    return FALSE;
}

static gboolean take_json(DiskSource *source, const char *text, const char *beside)
{
    g_autoptr(json_object) object = json_parse(text, strlen(text), JSON_DEPTH_MAX, VIR_FROM_STORAGE, NULL);

    return json_object_is_type(object, json_type_object) && take_json_object(source, object, "", beside);
}

/* ---- all together ---- */

/* As QEMU tells a protocol from a path: there is a colon before the first slash. */
static const char *protocol_end(const char *name)
{
    const char *end = name + strcspn(name, ":/");

    return *end == ':' ? end : NULL;
}

static gboolean take_name(DiskSource *source, const char *name, const char *beside)
{
    if (g_str_has_prefix(name, JSON_PREFIX))
        return take_json(source, name + strlen(JSON_PREFIX), beside);
    if (!protocol_end(name)) {
        take_path(source, name, beside);
        return TRUE;
    }
    if (strstr(name, "://"))
        return take_location(source, name);
    if (g_str_has_prefix(name, "nbd:"))
        return take_old_nbd(source, name + strlen("nbd:"));
    if (g_str_has_prefix(name, "rbd:"))
        return take_old_rbd(source, name + strlen("rbd:"));
    return FALSE;
}

gboolean backing_name_parse(const char *name, const char *beside, DiskSource *source, GError **error)
{
    if (take_name(source, name, beside))
        return TRUE;
    return vir_error_fail(error, VIR_FROM_STORAGE, VIR_ERR_CONFIG_UNSUPPORTED, "image '%s' is an overlay of '%s'",
                          beside, name);
}
