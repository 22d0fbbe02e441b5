/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a guest's screen is served: VNC, SPICE, off-screen OpenGL.
 *
 * A VNC server that listens on an address is begun without a listener: the daemon hands the bound socket over by QMP
 * before the guest runs (virtqemud/display/graphics.h). SPICE can only be told the address. Passwords are never in
 * argv.
 */
#include "virtqemud/command/build.h"

#define VNC_PORT_BASE 5900

static gboolean is_ipv6(const char *address)
{
    return strchr(address, ':') != NULL;
}

/* An option's value: commas are doubled. */
static char *vnc_socket(const char *path)
{
    GString *options = g_string_new("vnc=unix:");

    for (const char *c = path; *c; c++)
        g_string_append_printf(options, *c == ',' ? "%c," : "%c", *c);
    return g_string_free(options, FALSE);
}

/* The first part of -vnc's value. */
static char *vnc_server(CommandBuild *build, const GraphicsDef *graphics, const GraphicsListen *listen)
{
    const char *address = listen && listen->address ? listen->address : "127.0.0.1";
    int number = graphics->port > VNC_PORT_BASE ? graphics->port - VNC_PORT_BASE : 0;
    g_autofree char *unset = g_strdup_printf("%s/vnc.sock", build->guest_dir);

    if (listen && listen->type == GRAPHICS_LISTEN_SOCKET && !graphics_has_port(graphics))
        return vnc_socket(listen->socket ? listen->socket : unset);
    if (build->purpose == BUILD_RUN || !listen || listen->type == GRAPHICS_LISTEN_NONE)
        return graphics->websocket != 0 ? vnc_socket(unset) : g_strdup("none");
    return g_strdup_printf(is_ipv6(address) ? "[%s]:%d" : "%s:%d", address, number);
}

/* QEMU binds websockets itself, and only next to a server that it has from the beginning: so that one waits at a socket
 * in the guest's directory, which is given up when it gets its own. */
static void add_websockets(CommandBuild *build, GString *options, const GraphicsDef *graphics)
{
    g_autoptr(GPtrArray) addresses = graphics_addresses(graphics);

    if (graphics->websocket == 0)
        return;
    if (build->purpose != BUILD_RUN)
        option_appendf(options, "websocket", "%d", graphics->websocket);
    for (guint i = 0; build->purpose == BUILD_RUN && i < addresses->len; i++)
        option_appendf(options, "websocket", is_ipv6(addresses->pdata[i]) ? "[%s]:%d" : "%s:%d",
                       (const char *)addresses->pdata[i], graphics->websocket);
}

static gboolean add_vnc(CommandBuild *build, const GraphicsDef *graphics, GError **error)
{
    const GraphicsListen *listen = graphics_first_listen(graphics);
    g_autofree char *server = vnc_server(build, graphics, listen);
    g_autoptr(GString) options = g_string_new(server);
    g_autofree char *audio = NULL;

    add_websockets(build, options, graphics);
    if (graphics->password)
        g_string_append(options, ",password=on");
    if (graphics->share_policy != VNC_SHARE_DEFAULT)
        option_append(options, "share", vnc_share_policies[graphics->share_policy]);
    option_append_switch(options, "power-control", graphics->power_control);
    audio = device_audio_id(build, graphics->audio_id);
    option_append(options, "audiodev", audio);
    command_add(build->command, "-vnc", options->str);
    if (graphics->keymap)
        command_add(build->command, "-k", graphics->keymap);
    return TRUE;
}

/* A preview shows the ports that would be tried first. */
static void add_spice_ports(CommandBuild *build, GString *options, const GraphicsDef *graphics)
{
    SpicePorts ports = graphics_spice_ports(graphics, build->settings->has_spice_tls);
    int next = VNC_PORT_BASE + 1;

    if (ports.needs_plain)
        option_appendf(options, "port", "%d", graphics->port > 0 ? graphics->port : next++);
    if (ports.needs_tls)
        option_appendf(options, "tls-port", "%d", graphics->tls_port > 0 ? graphics->tls_port : next);
    g_string_erase(options, 0, 1);
}

static void add_spice_listen(CommandBuild *build, GString *options, const GraphicsDef *graphics,
                             const GraphicsListen *listen)
{
    switch (listen ? (int)listen->type : GRAPHICS_LISTEN_NONE) {
    case GRAPHICS_LISTEN_SOCKET:
        g_string_append(options, "unix=on");
        if (listen->socket)
            option_append(options, "addr", listen->socket);
        else
            option_appendf(options, "addr", "%s/spice.sock", build->guest_dir);
        break;
    case GRAPHICS_LISTEN_NONE:
        g_string_append(options, "port=0");
        break;
    default:
        add_spice_ports(build, options, graphics);
        option_append(options, "addr", listen->address ? listen->address : "127.0.0.1");
        break;
    }
}

static void add_channel_mode(GString *options, SpiceChannelMode mode, const char *channel)
{
    if (mode != SPICE_MODE_ANY)
        option_append(options, mode == SPICE_MODE_SECURE ? "tls-channel" : "plaintext-channel", channel);
}

static void add_spice_channels(CommandBuild *build, GString *options, const GraphicsDef *graphics)
{
    if (build->settings->has_spice_tls || graphics->tls_port > 0 || graphics_has_secure_channel(graphics))
        option_append(options, "x509-dir", build->settings->spice_tls_dir);
    add_channel_mode(options, graphics->default_mode, "default");
    for (guint i = 0; i < SPICE_CHANNEL_LAST; i++)
        add_channel_mode(options, graphics->channel_modes[i], spice_channels[i]);
}

static void add_spice_options(CommandBuild *build, GString *options, const GraphicsDef *graphics)
{
    /* The texts of "server" and "client" are QEMU's "off" and "on". */
    if (graphics->mouse_mode > 0)
        g_string_append(options, graphics->mouse_mode == 1 ? ",agent-mouse=off" : ",agent-mouse=on");
    if (!graphics->password)
        g_string_append(options, ",disable-ticketing=on");
    add_spice_channels(build, options, graphics);
    option_append(options, "image-compression", spice_image_compressions[graphics->image_compression]);
    option_append(options, "jpeg-wan-compression", spice_compressions[graphics->jpeg_compression]);
    option_append(options, "zlib-glz-wan-compression", spice_compressions[graphics->zlib_compression]);
    option_append_switch(options, "playback-compression", graphics->playback_compression);
    option_append(options, "streaming-video", spice_streaming_modes[graphics->streaming_mode]);
    if (graphics->clipboard_copypaste == XML_BOOL_NO)
        g_string_append(options, ",disable-copy-paste=on");
    if (graphics->filetransfer == XML_BOOL_NO)
        g_string_append(options, ",disable-agent-file-xfer=on");
    if (graphics->gl == XML_BOOL_YES) {
        g_string_append(options, ",gl=on");
        option_append(options, "rendernode", graphics->rendernode);
    }
    g_string_append(options, ",seamless-migration=on");
}

static gboolean add_spice(CommandBuild *build, const GraphicsDef *graphics, GError **error)
{
    g_autoptr(GString) options = g_string_new(NULL);

    if (graphics_has_secure_channel(graphics) && !build->settings->has_spice_tls && build->purpose == BUILD_RUN)
        return unsupported(error, "spice secure channels set in XML configuration, but TLS is disabled in qemu.conf");
    add_spice_listen(build, options, graphics, graphics_first_listen(graphics));
    add_spice_options(build, options, graphics);
    command_add(build->command, "-spice", options->str);
    if (graphics->keymap)
        command_add(build->command, "-k", graphics->keymap);
    return TRUE;
}

static gboolean add_egl_headless(CommandBuild *build, const GraphicsDef *graphics, GError **error)
{
    g_autoptr(GString) options = g_string_new("egl-headless");

    option_append(options, "rendernode", graphics->rendernode);
    command_add(build->command, "-display", options->str);
    return TRUE;
}

/* The display and its authority are the environment's business. */
static gboolean add_sdl(CommandBuild *build, const GraphicsDef *graphics, GError **error)
{
    g_autoptr(GString) options = g_string_new("sdl");

    if (graphics->xauth)
        command_add_env(build->command, "XAUTHORITY", graphics->xauth);
    if (graphics->display)
        command_add_env(build->command, "DISPLAY", graphics->display);
    if (graphics->is_fullscreen == XML_BOOL_YES)
        command_add(build->command, "-full-screen", NULL);
    option_append_switch(options, "gl", graphics->gl);
    command_add(build->command, "-display", options->str);
    return TRUE;
}

static gboolean add_dbus(CommandBuild *build, const GraphicsDef *graphics, GError **error)
{
    g_autoptr(GString) options = g_string_new("dbus");
    g_autofree char *audio = NULL;

    if (graphics->is_p2p == XML_BOOL_YES)
        g_string_append(options, ",p2p=on");
    else
        option_append(options, "addr", graphics->dbus_address);
    option_append_switch(options, "gl", graphics->gl);
    option_append(options, "rendernode", graphics->rendernode);
    audio = graphics->audio_id > 0 ? device_audio_id(build, graphics->audio_id) : NULL;
    option_append(options, "audiodev", audio);
    command_add(build->command, "-display", options->str);
    return TRUE;
}

typedef gboolean (*GraphicsAdder)(CommandBuild *build, const GraphicsDef *graphics, GError **error);

static const GraphicsAdder adders[GRAPHICS_LAST] = {
    [GRAPHICS_SDL] = add_sdl,     [GRAPHICS_VNC] = add_vnc,
    [GRAPHICS_SPICE] = add_spice, [GRAPHICS_EGL_HEADLESS] = add_egl_headless,
    [GRAPHICS_DBUS] = add_dbus,
};

gboolean build_graphics(CommandBuild *build, GError **error)
{
    guint count[GRAPHICS_LAST] = {0};

    for (guint i = 0; i < build->def->graphics->len; i++) {
        const GraphicsDef *graphics = g_ptr_array_index(build->def->graphics, i);

        if (!adders[graphics->type])
            return unsupported(error, "graphics of type '%s'", graphics_types[graphics->type]);
        /* Libvirt lets them be defined, and programs keep such definitions to choose from. */
        if (++count[graphics->type] > 1 && build->purpose != BUILD_CHECK)
            return unsupported(error, "only 1 graphics device of each type (sdl, vnc, spice, headless, dbus) is "
                                      "supported");
        if (!adders[graphics->type](build, graphics, error))
            return FALSE;
    }
    return TRUE;
}
