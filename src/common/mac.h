/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ethernet addresses. Thread-safe; nothing blocks. */
#pragma once

#include <glib.h>

#define MAC_BYTES     6
#define MAC_TEXT_SIZE 18 /* with the zero behind it */

typedef struct {
    guint8 bytes[MAC_BYTES];
} Mac;

/* Six groups of one or two hexadecimal digits with colons between. FALSE otherwise; *mac is then unchanged. */
gboolean mac_parse(const char *text, Mac *mac);

/* Writes it in lower case into text and returns it. */
char *mac_format(const Mac *mac, char text[MAC_TEXT_SIZE]);

/* A random one that begins with prefix, which is three bytes. */
void mac_generate(const guint8 prefix[3], Mac *mac);

gboolean mac_equal(const Mac *a, const Mac *b);
gboolean mac_is_set(const Mac *mac);
gboolean mac_is_multicast(const Mac *mac);
