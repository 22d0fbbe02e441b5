/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/codecs.h"

#include <errno.h>
#include <string.h>

static gboolean parse_uuid(const char *text, gpointer member, GError **error)
{
    return uuid_parse(text, member);
}

static char *format_uuid(gconstpointer member)
{
    char text[UUID_TEXT_LEN];

    if (uuid_is_nil(member))
        return NULL;
    uuid_format(member, text);
    return g_strdup(text);
}

const XmlCodec xml_codec_uuid = {parse_uuid, format_uuid, NULL};

static gboolean parse_mac(const char *text, gpointer member, GError **error)
{
    return mac_parse(text, member);
}

static char *format_mac(gconstpointer member)
{
    static const guint8 none[MAC_LEN];
    char text[MAC_TEXT_LEN];

    if (memcmp(member, none, MAC_LEN) == 0)
        return NULL;
    mac_format(member, text);
    return g_strdup(text);
}

const XmlCodec xml_codec_mac = {parse_mac, format_mac, NULL};

static gboolean parse_ip(const char *text, gpointer member, GError **error)
{
    return ip_address_parse(text, member);
}

static char *format_ip(gconstpointer member)
{
    return ip_address_format(member);
}

const XmlCodec xml_codec_ip = {parse_ip, format_ip, NULL};

static gboolean parse_hex(const char *text, gpointer member, GError **error)
{
    char *end;
    guint64 value;

    errno = 0;
    value = g_ascii_strtoull(text, &end, 0);
    if (errno == ERANGE || end == text || *end || *text == '-' || value > G_MAXUINT)
        return FALSE;
    *(guint *)member = (guint)value;
    return TRUE;
}

/* Addresses are most of what a document of a guest has by number: without printf() it is written in half the time. */
static char *hex(guint value, guint min_digits)
{
    char text[] = "0x00000000";
    guint n_digits = MAX(min_digits, (g_bit_storage(value) + 3) / 4);

    for (guint i = n_digits; i > 0; i--, value >>= 4)
        text[1 + i] = "0123456789abcdef"[value & 0xf];
    return g_strndup(text, 2 + n_digits);
}

static char *format_hex(gconstpointer member)
{
    return hex(*(const guint *)member, 1);
}

static char *format_hex2(gconstpointer member)
{
    return hex(*(const guint *)member, 2);
}

static char *format_hex4(gconstpointer member)
{
    return hex(*(const guint *)member, 4);
}

const XmlCodec xml_codec_hex = {.parse = parse_hex, .format = format_hex};
const XmlCodec xml_codec_hex2 = {.parse = parse_hex, .format = format_hex2};
const XmlCodec xml_codec_hex4 = {.parse = parse_hex, .format = format_hex4};
