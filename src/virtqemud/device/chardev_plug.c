/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's side of character devices in the words of QEMU's monitor (qapi/char.json), which has other names for what
 * chardev.c says on the command line. */
#include "virtqemud/device/chardev_plug.h"

static json_object *new_inet(const char *host, const char *service)
{
    json_object *address = json_object_new_object();
    json_object *data = json_object_new_object();

    json_add_string(data, "host", host ? host : "");
    json_add_string(data, "port", service ? service : "0");
    json_add_string(address, "type", "inet");
    json_add_object(address, "data", data);
    return address;
}

static void add_socket_mode(json_object *data, const CharSource *source)
{
    json_add_bool(data, "server", source->mode == CHAR_MODE_BIND);
    if (source->mode == CHAR_MODE_BIND)
        json_add_bool(data, "wait", FALSE);
    else if (source->reconnect == XML_BOOL_YES && source->reconnect_timeout_s > 0)
        json_add_int(data, "reconnect", source->reconnect_timeout_s);
}

static void add_nothing(json_object *data, const CharSource *source)
{
}

static void add_device(json_object *data, const CharSource *source)
{
    json_add_string(data, "device", source->path);
}

static void add_file(json_object *data, const CharSource *source)
{
    json_add_string(data, "out", source->path);
    if (source->append)
        json_add_bool(data, "append", source->append == XML_BOOL_YES);
}

static void add_unix(json_object *data, const CharSource *source)
{
    json_object *address = json_object_new_object();
    json_object *path = json_object_new_object();

    json_add_string(path, "path", source->path);
    json_add_string(address, "type", "unix");
    json_add_object(address, "data", path);
    json_add_object(data, "addr", address);
    add_socket_mode(data, source);
}

static void add_tcp(json_object *data, const CharSource *source)
{
    json_add_object(data, "addr", new_inet(source->host, source->service));
    if (source->protocol == CHAR_PROTOCOL_TELNET)
        json_add_bool(data, "telnet", TRUE);
    add_socket_mode(data, source);
}

static void add_udp(json_object *data, const CharSource *source)
{
    json_add_object(data, "remote", new_inet(source->host, source->service));
    if (source->bind_host || source->bind_service)
        json_add_object(data, "local", new_inet(source->bind_host, source->bind_service));
}

/* A redirected USB device, or the clipboard of the guest's desktop. */
static void add_spice(json_object *data, const CharSource *source)
{
    json_add_string(data, "type", "vdagent");
}

static void add_fqdn(json_object *data, const CharSource *source)
{
    json_add_string(data, "fqdn", source->channel);
}

static void add_name(json_object *data, const CharSource *source)
{
    json_add_string(data, "name", source->channel);
}

static void add_vdagent(json_object *data, const CharSource *source)
{
    if (source->clipboard)
        json_add_bool(data, "clipboard", source->clipboard == XML_BOOL_YES);
    if (source->mouse)
        json_add_bool(data, "mouse", source->mouse == CHAR_MOUSE_CLIENT);
}

static const struct {
    const char *backend;
    void (*add)(json_object *data, const CharSource *source);
} sources[CHAR_SOURCE_LAST] = {
    [CHAR_SOURCE_NULL] = {"null", add_nothing},       [CHAR_SOURCE_VC] = {"vc", add_nothing},
    [CHAR_SOURCE_PTY] = {"pty", add_nothing},         [CHAR_SOURCE_DEV] = {"serial", add_device},
    [CHAR_SOURCE_FILE] = {"file", add_file},          [CHAR_SOURCE_PIPE] = {"pipe", add_device},
    [CHAR_SOURCE_STDIO] = {"stdio", add_nothing},     [CHAR_SOURCE_UDP] = {"udp", add_udp},
    [CHAR_SOURCE_TCP] = {"socket", add_tcp},          [CHAR_SOURCE_UNIX] = {"socket", add_unix},
    [CHAR_SOURCE_SPICEVMC] = {"spicevmc", add_spice}, [CHAR_SOURCE_SPICEPORT] = {"spiceport", add_fqdn},
    [CHAR_SOURCE_DBUS] = {"dbus", add_name},          [CHAR_SOURCE_QEMU_VDAGENT] = {"qemu-vdagent", add_vdagent},
};

json_object *char_source_to_monitor(const char *alias, const CharSource *source)
{
    json_object *arguments = json_object_new_object();
    json_object *backend = json_object_new_object();
    json_object *data = json_object_new_object();

    sources[source->type].add(data, source);
    if (source->type == CHAR_SOURCE_SPICEVMC && g_str_has_prefix(alias, "redir"))
        json_add_string(data, "type", "usbredir");
    json_add_string(data, "logfile", source->log_file);
    if (source->log_file && source->log_append)
        json_add_bool(data, "logappend", source->log_append == XML_BOOL_YES);
    json_add_string(backend, "type", sources[source->type].backend);
    json_add_object(backend, "data", data);
    json_add_stringf(arguments, "id", "char%s", alias);
    json_add_object(arguments, "backend", backend);
    return arguments;
}
