/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/codecs.h"

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
