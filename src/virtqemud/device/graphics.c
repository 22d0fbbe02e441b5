/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a guest's screen is served: VNC, SPICE, off-screen OpenGL.
 *
 * A VNC server that listens on an address is begun without a listener: the daemon hands the bound socket over by QMP
 * before the guest runs (virtqemud/graphics.h). SPICE can only be told the address. Passwords are never in argv.
 */
#include "virtqemud/command/build.h"

#define VNC_PORT_BASE 5900

static gboolean is_ipv6(const char *address)
{
    return strchr(address, ':') != NULL;
}

/* The first part of -vnc's value. */
static char *vnc_server(CommandBuild *build, const GraphicsDef *graphics, const GraphicsListen *listen)
{
    const char *address = listen && listen->address ? listen->address : "127.0.0.1";
    int number = graphics->port > VNC_PORT_BASE ? graphics->port - VNC_PORT_BASE : 0;

    if (listen && listen->type == GRAPHICS_LISTEN_SOCKET) {
        GString *options = g_string_new("vnc=unix:");

        /* An option's value: commas are doubled. */
        for (const char *c = listen->socket ? listen->socket : ""; *c; c++)
            g_string_append_printf(options, *c == ',' ? "%c," : "%c", *c);
        if (!listen->socket)
            g_string_append_printf(options, "%s/vnc.sock", build->guest_dir);
        return g_string_free(options, FALSE);
    }
    if (!build->is_preview || !listen || listen->type == GRAPHICS_LISTEN_NONE)
        return g_strdup("none");
    return g_strdup_printf(is_ipv6(address) ? "[%s]:%d" : "%s:%d", address, number);
}

static gboolean add_vnc(CommandBuild *build, const GraphicsDef *graphics, GError **error)
{
    const GraphicsListen *listen = graphics_first_listen(graphics);
    g_autofree char *server = vnc_server(build, graphics, listen);
    g_autoptr(GString) options = g_string_new(server);
    g_autofree char *audio = NULL;

    if (graphics->websocket != 0)
        return unsupported(error, "vnc websocket");
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

static void add_spice_listen(GString *options, const GraphicsDef *graphics, const GraphicsListen *listen,
                             const char *guest_dir)
{
    switch (listen ? (int)listen->type : GRAPHICS_LISTEN_NONE) {
    case GRAPHICS_LISTEN_SOCKET:
        g_string_append(options, "unix=on");
        if (listen->socket)
            option_append(options, "addr", listen->socket);
        else
            option_appendf(options, "addr", "%s/spice.sock", guest_dir);
        break;
    case GRAPHICS_LISTEN_NONE:
        g_string_append(options, "port=0");
        break;
    default:
        g_string_append_printf(options, "port=%d", graphics->port > 0 ? graphics->port : VNC_PORT_BASE);
        option_append(options, "addr", listen->address ? listen->address : "127.0.0.1");
        break;
    }
}

static gboolean has_secure_channel(const GraphicsDef *graphics)
{
    for (guint i = 0; i < SPICE_CHANNEL_LAST; i++)
        if (graphics->channel_modes[i] == SPICE_MODE_SECURE)
            return TRUE;
    return graphics->default_mode == SPICE_MODE_SECURE;
}

static void add_spice_options(GString *options, const GraphicsDef *graphics)
{
    /* The texts of "server" and "client" are QEMU's "off" and "on". */
    if (graphics->mouse_mode > 0)
        g_string_append(options, graphics->mouse_mode == 1 ? ",agent-mouse=off" : ",agent-mouse=on");
    if (!graphics->password)
        g_string_append(options, ",disable-ticketing=on");
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

    if (graphics->tls_port > 0 || has_secure_channel(graphics))
        return unsupported(error, "spice TLS port or secure channels set in XML configuration, but TLS is disabled");
    add_spice_listen(options, graphics, graphics_first_listen(graphics), build->guest_dir);
    add_spice_options(options, graphics);
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

typedef gboolean (*GraphicsAdder)(CommandBuild *build, const GraphicsDef *graphics, GError **error);

static const GraphicsAdder adders[GRAPHICS_LAST] = {
    [GRAPHICS_VNC] = add_vnc, [GRAPHICS_SPICE] = add_spice, [GRAPHICS_EGL_HEADLESS] = add_egl_headless};

gboolean build_graphics(CommandBuild *build, GError **error)
{
    guint count[GRAPHICS_LAST] = {0};

    for (guint i = 0; i < build->def->graphics->len; i++) {
        const GraphicsDef *graphics = g_ptr_array_index(build->def->graphics, i);

        if (!adders[graphics->type])
            return unsupported(error, "graphics of type '%s'", graphics_types[graphics->type]);
        if (++count[graphics->type] > 1)
            return unsupported(error, "only 1 graphics device of each type (%s) is supported",
                               graphics_types[graphics->type]);
        if (!adders[graphics->type](build, graphics, error))
            return FALSE;
    }
    return TRUE;
}
