/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's side of character devices: where the bytes go. */
#include "conf/domain/device/chardev.h"

#include <string.h>

/* clang-format off */
const char *const char_source_types[CHAR_SOURCE_LAST] = {
    "null", "vc", "pty", "dev", "file", "pipe", "stdio", "udp", "tcp", "unix", "spicevmc", "spiceport", "nmdm",
    "qemu-vdagent", "dbus",
};
static const char *const modes[CHAR_MODE_LAST] = {"connect", "bind"};
static const char *const protocols[CHAR_PROTOCOL_LAST] = {"raw", "telnet", "telnets", "tls"};

#define FILE      XML_WHEN(CHAR_SOURCE_FILE)
#define PTY       XML_WHEN(CHAR_SOURCE_PTY)
#define PATHS     (XML_WHEN(CHAR_SOURCE_DEV) | FILE | XML_WHEN(CHAR_SOURCE_PIPE) | XML_WHEN(CHAR_SOURCE_UNIX))
#define TCP       XML_WHEN(CHAR_SOURCE_TCP)
#define UNIX      XML_WHEN(CHAR_SOURCE_UNIX)
#define SOCKETS   (TCP | UNIX)
#define UDP       XML_WHEN(CHAR_SOURCE_UDP)
#define CHANNELS  (XML_WHEN(CHAR_SOURCE_SPICEPORT) | XML_WHEN(CHAR_SOURCE_DBUS))
#define VDAGENT   XML_WHEN(CHAR_SOURCE_QEMU_VDAGENT)

static const char *const mice[CHAR_MOUSE_LAST] = {NULL, "server", "client"};

static const XmlField reconnect_fields[] = {
    XML_YESNO(CharSource, reconnect, "@enabled"),
    XML_UINT(CharSource, reconnect_timeout_s, "@timeout"),
    XML_END,
};
static const XmlElement reconnect_element = {.fields = reconnect_fields};

static const XmlField source_fields[] = {
    XML_ENUM(CharSource, mode, "@mode", modes, .when = SOCKETS, .always = TRUE),
    XML_STRING(CharSource, path, "@path", .when = PATHS),
    XML_STRING(CharSource, path, "@path", .when = PTY, .only = XML_MODE_LIVE),
    XML_YESNO(CharSource, is_made, "@made", .when = UNIX, .only = XML_MODE_STATUS),
    XML_ONOFF(CharSource, append, "@append", .when = FILE),
    XML_STRING(CharSource, host, "@host", .when = TCP),
    XML_STRING(CharSource, service, "@service", .when = TCP),
    XML_YESNO(CharSource, tls, "@tls", .when = TCP),
    XML_STRING(CharSource, channel, "@channel", .when = CHANNELS),
    XML_YESNO(CharSource, clipboard, "clipboard/@copypaste", .when = VDAGENT),
    XML_ENUM(CharSource, mouse, "mouse/@mode", mice, .when = VDAGENT),
    XML_INSIDE("reconnect", &reconnect_element, .when = SOCKETS),
    XML_REFUSE("seclabel"),
    /* Of other types, where they have no effect, or of types that the check refuses. */
    XML_TAKEN("@master"), XML_TAKEN("@slave"), XML_TAKEN("@tlsFromConfig"), XML_TAKEN("clipboard"),
    XML_TAKEN("mouse"),
    XML_END,
};
static const XmlElement source_element = {.fields = source_fields, .variant = offsetof(CharSource, type)};
/* clang-format on */

/* A datagram source has two elements, told apart by their mode. */
static gboolean udp_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    CharSource *source = self;
    g_autofree char *text = xml_attribute(node, "mode");
    int found = text ? xml_enum_find(modes, CHAR_MODE_LAST, text) : CHAR_MODE_CONNECT;
    char **host = found == CHAR_MODE_BIND ? &source->bind_host : &source->host;
    char **service = found == CHAR_MODE_BIND ? &source->bind_service : &source->service;

    if (found < 0) {
        xml_set_invalid(error, node, "@mode", text, NULL);
        return FALSE;
    }
    g_free(*host);
    g_free(*service);
    *host = xml_attribute(node, "host");
    *service = xml_attribute(node, "service");
    return TRUE;
}

static void udp_write_end(XmlWriter *writer, CharSocketMode mode, const char *host, const char *service)
{
    if (!host && !service)
        return;
    xml_open(writer, "source");
    xml_write_attribute(writer, "mode", modes[mode]);
    xml_write_attribute(writer, "host", host);
    xml_write_attribute(writer, "service", service);
    xml_close(writer);
}

static void udp_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const CharSource *source = self;

    udp_write_end(writer, CHAR_MODE_BIND, source->bind_host, source->bind_service);
    udp_write_end(writer, CHAR_MODE_CONNECT, source->host, source->service);
}

static void udp_clear(gpointer self)
{
    CharSource *source = self;

    g_clear_pointer(&source->bind_host, g_free);
    g_clear_pointer(&source->bind_service, g_free);
}

static void udp_own(gpointer self)
{
    CharSource *source = self;

    source->bind_host = g_strdup(source->bind_host);
    source->bind_service = g_strdup(source->bind_service);
}

/* A socket whose path is chosen at start has nothing to show before, and nothing elsewhere. */
static gboolean has_no_path(gconstpointer self, guint mode)
{
    const CharSource *source = self;

    return source->type == CHAR_SOURCE_UNIX &&
           (!source->path || (source->is_made && !(mode & (XML_MODE_LIVE | XML_MODE_STATUS))));
}

/* clang-format off */
static const XmlField char_source_fields[] = {
    XML_INSIDE("source", &source_element, .when = ~UDP, .skip = has_no_path),
    XML_CUSTOM("source", .when = UDP, .parse = udp_parse, .format = udp_format, .clear = udp_clear, .own = udp_own),
    XML_ENUM(CharSource, protocol, "protocol/@type", protocols, .when = TCP, .always = TRUE),
    XML_TAKEN("protocol"),
    XML_STRING(CharSource, log_file, "log/@file"),
    XML_ONOFF(CharSource, log_append, "log/@append"),
    XML_END,
};
/* clang-format on */

const XmlElement char_source_element = {
    .size = sizeof(CharSource),
    .fields = char_source_fields,
    .variant = offsetof(CharSource, type),
};

void char_source_copy(CharSource *to, const CharSource *from)
{
    CharSource copy = *from;

    xml_struct_own(&char_source_element, &copy);
    xml_struct_clear(&char_source_element, to);
    *to = copy;
}
