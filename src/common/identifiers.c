/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/identifiers.h"

#include <stdio.h>
#include <string.h>

gboolean uuid_parse(const char *text, guint8 uuid[UUID_LEN])
{
    guint8 parsed[UUID_LEN];

    while (g_ascii_isspace(*text))
        text++;
    for (int i = 0; i < UUID_LEN; i++) {
        if (*text == '-')
            text++;
        if (!g_ascii_isxdigit(text[0]) || !g_ascii_isxdigit(text[1]))
            return FALSE;
        parsed[i] = (guint8)(g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1]));
        text += 2;
    }
    while (g_ascii_isspace(*text))
        text++;
    if (*text)
        return FALSE;
    memcpy(uuid, parsed, UUID_LEN);
    return TRUE;
}

void uuid_format(const guint8 uuid[UUID_LEN], char text[UUID_TEXT_LEN])
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 0; i < UUID_LEN; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *text++ = '-';
        *text++ = digits[uuid[i] >> 4];
        *text++ = digits[uuid[i] & 0xf];
    }
    *text = '\0';
}

void uuid_generate(guint8 uuid[UUID_LEN])
{
    g_autofree char *text = g_uuid_string_random();

    uuid_parse(text, uuid);
}

gboolean uuid_is_nil(const guint8 uuid[UUID_LEN])
{
    static const guint8 nil[UUID_LEN];

    return memcmp(uuid, nil, UUID_LEN) == 0;
}

gboolean uuid_is_valid(const guint8 uuid[UUID_LEN])
{
    return memcmp(uuid, uuid + 1, UUID_LEN - 1) != 0;
}

guint uuid_hash(gconstpointer uuid)
{
    guint32 word;

    /* Random bits are as good as any hash of them. */
    memcpy(&word, uuid, sizeof(word));
    return word;
}

gboolean uuid_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, UUID_LEN) == 0;
}

gboolean mac_parse(const char *text, guint8 mac[MAC_LEN])
{
    guint8 parsed[MAC_LEN];

    for (int i = 0; i < MAC_LEN; i++) {
        int high = g_ascii_xdigit_value(*text);
        int low;

        if (high < 0)
            return FALSE;
        low = g_ascii_xdigit_value(*++text);
        parsed[i] = (guint8)(low < 0 ? high : high << 4 | low);
        text += low < 0 ? 0 : 1;
        if (i < MAC_LEN - 1 && *text++ != ':')
            return FALSE;
    }
    if (*text)
        return FALSE;
    memcpy(mac, parsed, MAC_LEN);
    return TRUE;
}

void mac_format(const guint8 mac[MAC_LEN], char text[MAC_TEXT_LEN])
{
    snprintf(text, MAC_TEXT_LEN, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

void mac_generate(guint8 mac[MAC_LEN])
{
    guint32 random = g_random_int();

    mac[0] = 0x52;
    mac[1] = 0x54;
    mac[2] = 0x00;
    memcpy(mac + 3, &random, 3);
}

gboolean mac_is_multicast(const guint8 mac[MAC_LEN])
{
    return mac[0] & 1;
}
