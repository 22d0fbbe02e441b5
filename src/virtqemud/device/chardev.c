/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Serial and parallel ports, consoles, channels: the host's side (-chardev) and the guest's. */
#include "virtqemud/command/build.h"
#include "virtqemud/device/chardev_plug.h"

static void add_socket_mode(GString *options, const CharSource *source)
{
    if (source->mode == CHAR_MODE_BIND)
        g_string_append(options, ",server=on,wait=off");
    else if (source->reconnect == XML_BOOL_YES && source->reconnect_timeout_s > 0)
        g_string_append_printf(options, ",reconnect=%u", source->reconnect_timeout_s);
}

static void add_file(GString *options, const CharSource *source)
{
    option_append(options, "path", source->path);
    option_append_switch(options, "append", source->append);
}

static void add_path(GString *options, const CharSource *source)
{
    option_append(options, "path", source->path);
}

static void add_nothing(GString *options, const CharSource *source)
{
}

static void add_unix(GString *options, const CharSource *source)
{
    option_append(options, "path", source->path);
    add_socket_mode(options, source);
}

static void add_tcp(GString *options, const CharSource *source)
{
    option_append(options, "host", source->host);
    option_append(options, "port", source->service);
    if (source->protocol == CHAR_PROTOCOL_TELNET)
        g_string_append(options, ",telnet=on");
    add_socket_mode(options, source);
}

static void add_udp(GString *options, const CharSource *source)
{
    option_append(options, "host", source->host ? source->host : "");
    option_append(options, "port", source->service);
    if (source->bind_host || source->bind_service) {
        option_append(options, "localaddr", source->bind_host ? source->bind_host : "");
        option_append(options, "localport", source->bind_service ? source->bind_service : "0");
    }
}

/* Copies and pastes between the guest and those who look at it by VNC. */
static void add_vdagent(GString *options, const CharSource *source)
{
    g_string_append(options, ",name=vdagent");
    option_append_switch(options, "clipboard", source->clipboard);
    if (source->mouse)
        option_append(options, "mouse", source->mouse == CHAR_MOUSE_CLIENT ? "on" : "off");
}

static void add_channel_name(GString *options, const CharSource *source)
{
    option_append(options, "name", source->channel);
}

/* QEMU's backend for each kind, and its options. Kinds without one are not supported here. */
static const struct {
    const char *backend;
    void (*add)(GString *options, const CharSource *source);
} sources[CHAR_SOURCE_LAST] = {
    [CHAR_SOURCE_NULL] = {"null", add_nothing},
    [CHAR_SOURCE_VC] = {"vc", add_nothing},
    [CHAR_SOURCE_PTY] = {"pty", add_nothing},
    [CHAR_SOURCE_DEV] = {"serial", add_path},
    [CHAR_SOURCE_FILE] = {"file", add_file},
    [CHAR_SOURCE_PIPE] = {"pipe", add_path},
    [CHAR_SOURCE_STDIO] = {"stdio", add_nothing},
    [CHAR_SOURCE_UDP] = {"udp", add_udp},
    [CHAR_SOURCE_TCP] = {"socket", add_tcp},
    [CHAR_SOURCE_UNIX] = {"socket", add_unix},
    [CHAR_SOURCE_SPICEPORT] = {"spiceport", add_channel_name},
    [CHAR_SOURCE_DBUS] = {"dbus", add_channel_name},
    [CHAR_SOURCE_QEMU_VDAGENT] = {"qemu-vdagent", add_vdagent},
};

gboolean build_char_source(CommandBuild *build, const char *alias, const CharSource *source, GError **error)
{
    g_autoptr(GString) options = NULL;

    if (source->type != CHAR_SOURCE_SPICEVMC && !sources[source->type].backend)
        return unsupported(error, "character device of type '%s'", char_source_types[source->type]);
    if (source->type == CHAR_SOURCE_TCP && (source->tls == XML_BOOL_YES || source->protocol > CHAR_PROTOCOL_TELNET))
        return unsupported(error, "character device with TLS");
    if (build->purpose == BUILD_PLUG) {
        command_add_json(build->command, "-chardev", char_source_to_monitor(alias, source));
        return TRUE;
    }
    options = g_string_new(NULL);
    if (source->type == CHAR_SOURCE_SPICEVMC) {
        g_string_printf(options, "spicevmc,id=char%s,name=%s", alias,
                        g_str_has_prefix(alias, "redir") ? "usbredir" : "vdagent");
    } else {
        g_string_printf(options, "%s,id=char%s", sources[source->type].backend, alias);
        sources[source->type].add(options, source);
    }
    if (source->log_file) {
        option_append(options, "logfile", source->log_file);
        option_append_switch(options, "logappend", source->log_append);
    }
    command_add(build->command, "-chardev", options->str);
    return TRUE;
}

static json_object *new_char_device(const char *driver, const CharDef *def)
{
    json_object *object = device_new(driver);

    json_add_stringf(object, "chardev", "char%s", def->info.alias);
    json_add_string(object, "id", def->info.alias);
    return object;
}

static gboolean add_serial(CommandBuild *build, const CharDef *def, GError **error)
{
    json_object *object;

    switch ((int)def->model) {
    case CHAR_MODEL_ISA_SERIAL:
    case CHAR_MODEL_ISA_DEBUGCON:
    case CHAR_MODEL_USB_SERIAL:
    case CHAR_MODEL_PCI_SERIAL:
        break;
    default:
        return unsupported(error, "serial port of model '%s'", def->model ? char_target_models[def->model] : "default");
    }
    object = new_char_device(char_target_models[def->model], def);
    if (def->model == CHAR_MODEL_ISA_SERIAL)
        json_add_int(object, "index", def->port);
    device_add_address(build, object, &def->info);
    return device_add(build, object, error);
}

static gboolean add_parallel(CommandBuild *build, const CharDef *def, GError **error)
{
    return device_add(build, new_char_device("isa-parallel", def), error);
}

static void add_virtio_serial_bus(CommandBuild *build, json_object *object, const DeviceInfo *info)
{
    if (info->address_type != DEVICE_ADDRESS_VIRTIO_SERIAL)
        return;
    json_add_stringf(object, "bus", "%s.%u",
                     device_controller_alias(build, CONTROLLER_VIRTIO_SERIAL, info->virtio_serial.controller),
                     info->virtio_serial.bus);
    json_add_int(object, "nr", info->virtio_serial.port);
}

static gboolean add_console(CommandBuild *build, const CharDef *def, GError **error)
{
    json_object *object;

    if (def->target != CHAR_TARGET_VIRTIO)
        return unsupported(error, "console of type '%s'", char_target_types[def->target]);
    object = device_new("virtconsole");
    add_virtio_serial_bus(build, object, &def->info);
    json_add_stringf(object, "chardev", "char%s", def->info.alias);
    json_add_string(object, "id", def->info.alias);
    return device_add(build, object, error);
}

static gboolean add_channel(CommandBuild *build, const CharDef *def, GError **error)
{
    json_object *object;

    if (def->target != CHAR_TARGET_VIRTIO)
        return unsupported(error, "channel of type '%s'", char_target_types[def->target]);
    object = device_new("virtserialport");
    add_virtio_serial_bus(build, object, &def->info);
    json_add_stringf(object, "chardev", "char%s", def->info.alias);
    json_add_string(object, "id", def->info.alias);
    json_add_string(object, "name", def->name);
    return device_add(build, object, error);
}

typedef gboolean (*CharAdder)(CommandBuild *build, const CharDef *def, GError **error);

/* Both sides; of a console that stands for a serial port that has been seen to. */
static gboolean build_char(CommandBuild *build, const CharDef *def, CharAdder add, GError **error)
{
    if (def->kind == CHAR_CONSOLE && def->target == CHAR_TARGET_SERIAL)
        return TRUE;
    return build_char_source(build, def->info.alias, &def->source, error) && add(build, def, error);
}

gboolean build_serial(CommandBuild *build, gconstpointer device, GError **error)
{
    return build_char(build, device, add_serial, error);
}

gboolean build_channel(CommandBuild *build, gconstpointer device, GError **error)
{
    return build_char(build, device, add_channel, error);
}

gboolean build_console(CommandBuild *build, gconstpointer device, GError **error)
{
    return build_char(build, device, add_console, error);
}

gboolean build_parallel(CommandBuild *build, gconstpointer device, GError **error)
{
    return build_char(build, device, add_parallel, error);
}

static gboolean build_all(CommandBuild *build, const GPtrArray *defs, DeviceBuilder add, GError **error)
{
    for (guint i = 0; i < defs->len; i++)
        if (!add(build, g_ptr_array_index(defs, i), error))
            return FALSE;
    return TRUE;
}

gboolean build_chardevs(CommandBuild *build, GError **error)
{
    const DomainDef *def = build->def;

    return build_all(build, def->serials, build_serial, error) &&
           build_all(build, def->parallels, build_parallel, error) &&
           build_all(build, def->channels, build_channel, error) &&
           build_all(build, def->consoles, build_console, error);
}
