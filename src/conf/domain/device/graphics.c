/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/device/graphics.h"

#include <string.h>

#include "conf/domain/device/graphics_listen.h"

/* clang-format off */
const char *const graphics_types[GRAPHICS_LAST] = {
    "sdl", "vnc", "rdp", "desktop", "spice", "egl-headless", "dbus",
};
static const char *const connecteds[GRAPHICS_CONNECTED_LAST] = {NULL, "fail", "disconnect", "keep"};
const char *const vnc_share_policies[VNC_SHARE_LAST] = {NULL, "allow-exclusive", "force-shared", "ignore"};
const char *const spice_channels[SPICE_CHANNEL_LAST] = {
    "main", "display", "inputs", "cursor", "playback", "record", "smartcard", "usbredir",
};
const char *const spice_channel_modes[SPICE_MODE_LAST] = {"any", "secure", "insecure"};
const char *const spice_image_compressions[7] = {NULL, "auto_glz", "auto_lz", "quic", "glz", "lz", "off"};
const char *const spice_compressions[4] = {NULL, "auto", "never", "always"};
const char *const spice_streaming_modes[4] = {NULL, "filter", "all", "off"};
const char *const spice_mouse_modes[3] = {NULL, "server", "client"};

#define SDL     XML_WHEN(GRAPHICS_SDL)
#define VNC     XML_WHEN(GRAPHICS_VNC)
#define RDP     XML_WHEN(GRAPHICS_RDP)
#define DESKTOP XML_WHEN(GRAPHICS_DESKTOP)
#define SPICE   XML_WHEN(GRAPHICS_SPICE)
#define EGL     XML_WHEN(GRAPHICS_EGL_HEADLESS)
#define DBUS    XML_WHEN(GRAPHICS_DBUS)
/* clang-format on */

/* ---- ports ---- */

static gboolean port_read(xmlNode *node, const char *attribute, const char *what, int *port, GError **error)
{
    g_autofree char *text = xml_attribute(node, attribute);
    gint64 value;

    if (!text)
        return TRUE;
    if (!g_ascii_string_to_signed(text, 10, GRAPHICS_PORT_AUTO, 65535, &value, NULL)) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "cannot parse %s %s (line %ld)", what, text,
                      xmlGetLineNo(node));
        return FALSE;
    }
    *port = (int)value;
    return TRUE;
}

/* What -1 and no port mean differs: for VNC both ask for any, SPICE must be asked by "autoport" or a -1. */
static void settle_autoport(GraphicsDef *graphics, XmlBool autoport, guint mode)
{
    if (graphics->type == GRAPHICS_SPICE)
        graphics->is_autoport = autoport == XML_BOOL_YES ||
                                (graphics->port == GRAPHICS_PORT_AUTO && graphics->tls_port == GRAPHICS_PORT_AUTO);
    else
        graphics->is_autoport = autoport == XML_BOOL_YES || graphics->port == GRAPHICS_PORT_AUTO || !graphics->port;
    if (graphics->port == GRAPHICS_PORT_AUTO || (graphics->is_autoport && !(mode & XML_MODE_LIVE)))
        graphics->port = 0;
    if (graphics->is_autoport && !(mode & XML_MODE_LIVE))
        graphics->tls_port = 0;
}

static gboolean ports_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    GraphicsDef *graphics = self;
    g_autofree char *text = xml_attribute(node, "autoport");
    int autoport = text ? xml_enum_find(xml_yes_no, XML_BOOL_LAST, text) : XML_BOOL_ABSENT;

    if (autoport < 0) {
        xml_set_invalid(error, node, "@autoport", text, NULL);
        return FALSE;
    }
    if (!port_read(node, "port", graphics->type == GRAPHICS_SPICE ? "spice port" : "vnc port", &graphics->port, error))
        return FALSE;
    if (graphics->type == GRAPHICS_SPICE && !port_read(node, "tlsPort", "spice tlsPort", &graphics->tls_port, error))
        return FALSE;
    if (graphics->type == GRAPHICS_VNC &&
        !port_read(node, "websocket", "vnc WebSocket port", &graphics->websocket, error))
        return FALSE;
    if (graphics->websocket == GRAPHICS_PORT_AUTO)
        graphics->is_websocket_auto = TRUE;
    settle_autoport(graphics, (XmlBool)autoport, mode);
    return TRUE;
}

static void vnc_ports_format(XmlWriter *writer, const GraphicsDef *graphics, guint mode)
{
    gboolean is_hidden = graphics->is_autoport && !(mode & XML_MODE_LIVE);

    if (graphics->port && !is_hidden)
        xml_write_attributef(writer, "port", "%d", graphics->port);
    else if (graphics->is_autoport)
        xml_write_attributef(writer, "port", "%d", GRAPHICS_PORT_AUTO);
    xml_write_attribute(writer, "autoport", graphics->is_autoport ? "yes" : "no");
    if (graphics->websocket)
        xml_write_attributef(writer, "websocket", "%d",
                             graphics->is_websocket_auto && !(mode & XML_MODE_LIVE) ? GRAPHICS_PORT_AUTO
                                                                                    : graphics->websocket);
}

static void spice_ports_format(XmlWriter *writer, const GraphicsDef *graphics, guint mode)
{
    gboolean is_hidden = graphics->is_autoport && !(mode & XML_MODE_LIVE);

    if (graphics->port && !is_hidden)
        xml_write_attributef(writer, "port", "%d", graphics->port);
    if (graphics->tls_port && !is_hidden)
        xml_write_attributef(writer, "tlsPort", "%d", graphics->tls_port);
    xml_write_attribute(writer, "autoport", graphics->is_autoport ? "yes" : "no");
}

static void ports_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const GraphicsDef *graphics = self;
    const GraphicsListen *listen = graphics_first_listen(graphics);

    if (listen && !graphics_has_port(graphics)) {
        /* Older peers know no listen of type none and would open a port. */
        if (graphics->type == GRAPHICS_SPICE && listen->type == GRAPHICS_LISTEN_NONE && (mode & XML_MODE_MIGRATABLE))
            xml_write_attribute(writer, "autoport", "no");
        return;
    }
    if (graphics->type == GRAPHICS_SPICE)
        spice_ports_format(writer, graphics, mode);
    else
        vnc_ports_format(writer, graphics, mode);
}

/* ---- passwords ---- */

static gboolean valid_to_parse(const char *text, gpointer member, GError **error)
{
    g_autofree char *with_zone = g_strconcat(text, "Z", NULL);
    g_autoptr(GDateTime) when =
        strlen(text) == strlen("YYYY-MM-DDTHH:MM:SS") ? g_date_time_new_from_iso8601(with_zone, NULL) : NULL;

    if (!when)
        return FALSE;
    *(char **)member = g_strdup(text);
    return TRUE;
}

static char *valid_to_format(gconstpointer member)
{
    return g_strdup(*(char *const *)member);
}

static void valid_to_clear(gpointer member)
{
    g_clear_pointer((char **)member, g_free);
}

static void valid_to_own(gpointer member)
{
    *(char **)member = g_strdup(*(char **)member);
}

static const XmlCodec valid_to_codec = {
    .parse = valid_to_parse, .format = valid_to_format, .clear = valid_to_clear, .own = valid_to_own};

/* ---- SPICE channels ---- */

static gboolean enum_read(xmlNode *node, const char *name, const char *const *names, guint n_names, int *value,
                          GError **error)
{
    g_autofree char *text = xml_attribute(node, name);
    g_autofree char *place = g_strconcat("@", name, NULL);

    if (!text) {
        xml_set_missing(error, node, place);
        return FALSE;
    }
    *value = xml_enum_find(names, n_names, text);
    if (*value < 0)
        xml_set_invalid(error, node, place, text, NULL);
    return *value >= 0;
}

static gboolean channel_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    GraphicsDef *graphics = self;
    int channel, channel_mode;

    if (!enum_read(node, "name", spice_channels, SPICE_CHANNEL_LAST, &channel, error) ||
        !enum_read(node, "mode", spice_channel_modes, SPICE_MODE_LAST, &channel_mode, error))
        return FALSE;
    graphics->channel_modes[channel] = (SpiceChannelMode)channel_mode;
    return TRUE;
}

static void channels_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const GraphicsDef *graphics = self;

    for (int i = 0; i < SPICE_CHANNEL_LAST; i++) {
        if (graphics->channel_modes[i] == SPICE_MODE_ANY)
            continue;
        xml_open(writer, "channel");
        xml_write_attribute(writer, "name", spice_channels[i]);
        xml_write_attribute(writer, "mode", spice_channel_modes[graphics->channel_modes[i]]);
        xml_close(writer);
    }
}

gboolean graphics_has_secure_channel(const GraphicsDef *graphics)
{
    for (guint i = 0; i < SPICE_CHANNEL_LAST; i++)
        if (graphics->channel_modes[i] == SPICE_MODE_SECURE)
            return TRUE;
    return graphics->default_mode == SPICE_MODE_SECURE;
}

SpicePorts graphics_spice_ports(const GraphicsDef *graphics, gboolean has_tls)
{
    SpicePorts ports = {.needs_plain = graphics->port != 0, .needs_tls = graphics->tls_port != 0};

    if (!graphics->is_autoport) {
        ports.needs_plain |= !ports.needs_tls;
        return ports;
    }
    ports.needs_plain |= graphics->default_mode != SPICE_MODE_SECURE;
    ports.needs_tls |= graphics_has_secure_channel(graphics) || (has_tls && graphics->default_mode == SPICE_MODE_ANY);
    for (guint i = 0; i < SPICE_CHANNEL_LAST; i++)
        ports.needs_plain |= graphics->channel_modes[i] == SPICE_MODE_INSECURE;
    return ports;
}

/* ---- <graphics> ---- */

static gboolean generated_parse(const char *text, gpointer member, GError **error)
{
    *(gboolean *)member = g_str_equal(text, "yes");
    return TRUE;
}

static char *generated_format(gconstpointer member)
{
    return *(const gboolean *)member ? g_strdup("yes") : NULL;
}

static const XmlCodec generated_codec = {.parse = generated_parse, .format = generated_format};

static gboolean is_dbus_address_hidden(gconstpointer self, guint mode)
{
    const GraphicsDef *graphics = self;

    return graphics->is_dbus_address_auto && !(mode & XML_MODE_LIVE);
}

/* clang-format off */
static const XmlField graphics_fields[] = {
    XML_ENUM(GraphicsDef, type, "@type", graphics_types, .required = TRUE, .always = TRUE),
    XML_CUSTOM("@port", .when = VNC | SPICE | RDP, .parse = ports_parse, .format = ports_format),
    XML_TAKEN("@autoport"), XML_TAKEN("@tlsPort"), XML_TAKEN("@websocket"),
    XML_CODEC(GraphicsDef, is_websocket_auto, "@websocketGenerated", &generated_codec, .when = VNC,
              .only = XML_MODE_STATUS),
    XML_CUSTOM("@listen", .when = VNC | SPICE | RDP, .format = graphics_listen_attribute_format),
    XML_CUSTOM("@socket", .when = VNC, .format = graphics_socket_attribute_format),
    XML_STRING(GraphicsDef, keymap, "@keymap", .when = VNC | SPICE),
    XML_ENUM(GraphicsDef, default_mode, "@defaultMode", spice_channel_modes, .when = SPICE),
    XML_ENUM(GraphicsDef, share_policy, "@sharePolicy", vnc_share_policies, .when = VNC),
    XML_YESNO(GraphicsDef, power_control, "@powerControl", .when = VNC),
    XML_STRING(GraphicsDef, password, "@passwd", .when = VNC | SPICE, .write_only = XML_MODE_SECURE),
    XML_CODEC(GraphicsDef, password_valid_to, "@passwdValidTo", &valid_to_codec, .when = VNC | SPICE,
              .invalid = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR,
                                       "cannot parse password validity time '%s', expect YYYY-MM-DDTHH:MM:SS")),
    XML_ENUM(GraphicsDef, connected, "@connected", connecteds, .when = VNC | SPICE),
    XML_STRING(GraphicsDef, display, "@display", .when = SDL | DESKTOP),
    XML_STRING(GraphicsDef, xauth, "@xauth", .when = SDL),
    XML_YESNO(GraphicsDef, is_fullscreen, "@fullscreen", .when = SDL | DESKTOP),
    XML_YESNO(GraphicsDef, is_p2p, "@p2p", .when = DBUS),
    XML_STRING(GraphicsDef, dbus_address, "@address", .when = DBUS, .skip = is_dbus_address_hidden),
    XML_CODEC(GraphicsDef, is_dbus_address_auto, "@fromConfig", &generated_codec, .when = DBUS,
              .only = XML_MODE_STATUS),
    XML_YESNO(GraphicsDef, replace_user, "@replaceUser", .when = RDP),
    XML_YESNO(GraphicsDef, multi_user, "@multiUser", .when = RDP),
    XML_CUSTOM("listen", .when = VNC | SPICE | RDP, .parse = graphics_listen_parse, .format = graphics_listens_format,
               .clear = graphics_listens_clear, .own = graphics_listens_own),
    XML_CUSTOM("channel", .when = SPICE, .parse = channel_parse, .format = channels_format),
    XML_ENUM(GraphicsDef, image_compression, "image/@compression", spice_image_compressions, .when = SPICE),
    XML_ENUM(GraphicsDef, jpeg_compression, "jpeg/@compression", spice_compressions, .when = SPICE),
    XML_ENUM(GraphicsDef, zlib_compression, "zlib/@compression", spice_compressions, .when = SPICE),
    XML_ONOFF(GraphicsDef, playback_compression, "playback/@compression", .when = SPICE),
    XML_ENUM(GraphicsDef, streaming_mode, "streaming/@mode", spice_streaming_modes, .when = SPICE),
    XML_ENUM(GraphicsDef, mouse_mode, "mouse/@mode", spice_mouse_modes, .when = SPICE),
    XML_YESNO(GraphicsDef, clipboard_copypaste, "clipboard/@copypaste", .when = SPICE),
    XML_YESNO(GraphicsDef, filetransfer, "filetransfer/@enable", .when = SPICE),
    XML_YESNO(GraphicsDef, gl, "gl/@enable", .when = SPICE | SDL | DBUS),
    XML_STRING(GraphicsDef, rendernode, "gl/@rendernode", .when = SPICE | EGL | DBUS),
    XML_UINT(GraphicsDef, audio_id, "audio/@id", .when = VNC | DBUS, .nonzero = TRUE),
    XML_END,
};
/* clang-format on */

/* After the rows: what the attributes and the <listen> elements say together. */
static gboolean graphics_parsed(xmlNode *node, gpointer self, GError **error)
{
    GraphicsDef *graphics = self;

    if (graphics->type != GRAPHICS_VNC && graphics->type != GRAPHICS_SPICE && graphics->type != GRAPHICS_RDP)
        return TRUE;
    return graphics_listens_settle(node, graphics, error);
}

const XmlElement graphics_element = {
    .size = sizeof(GraphicsDef),
    .fields = graphics_fields,
    .parsed = graphics_parsed,
    .variant = offsetof(GraphicsDef, type),
    .beyond_schema = TRUE,
};

GraphicsDef *graphics_def_copy(const GraphicsDef *graphics)
{
    return xml_struct_copy(&graphics_element, graphics);
}

GraphicsDef *graphics_def_parse(const char *xml, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, "graphics", "(device_definition)", VIR_FROM_DOMAIN, error);

    return doc ? xml_struct_parse(&graphics_element, xmlDocGetRootElement(doc), XML_MODE_INACTIVE, error) : NULL;
}

static void set_password(GraphicsDef *graphics, const GraphicsDef *from)
{
    g_free(graphics->password);
    g_free(graphics->password_valid_to);
    graphics->password = g_strdup(from->password);
    graphics->password_valid_to = g_strdup(from->password_valid_to);
    graphics->connected = from->connected;
}

static char *text_of(const GraphicsDef *graphics)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();

    xml_struct_write(&graphics_element, writer, "graphics", graphics, XML_MODE_INACTIVE | XML_MODE_SECURE);
    return xml_writer_take(writer);
}

GraphicsDef *graphics_def_change_listens(const GraphicsDef *base, const GraphicsDef *change, GError **error)
{
    g_autoptr(GraphicsDef) copy = graphics_def_copy(base);
    g_autoptr(GraphicsDef) compared = graphics_def_copy(change);
    g_autofree char *expected = NULL;
    g_autofree char *given = NULL;

    graphics_listens_clear(copy);
    copy->listens = change->listens;
    graphics_listens_own(copy);
    if (change->password)
        set_password(copy, change);
    set_password(compared, copy);
    expected = text_of(copy);
    given = text_of(compared);
    if (g_str_equal(expected, given))
        return g_steal_pointer(&copy);
    vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_OPERATION_UNSUPPORTED,
                  "of a graphics device only its <listen> elements and its password can be changed");
    return NULL;
}

void graphics_def_free(GraphicsDef *graphics)
{
    xml_struct_free(&graphics_element, graphics);
}
