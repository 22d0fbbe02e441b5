/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UUIDs and MAC addresses: text to bytes and back, and new ones. Thread-safe. */
#pragma once

#include <glib.h>

#define UUID_LEN      16
#define UUID_TEXT_LEN 37 /* with the terminating NUL */
#define MAC_LEN       6
#define MAC_TEXT_LEN  18 /* with the terminating NUL */

/* Reads 32 hexadecimal digits; hyphens may stand between any two bytes and white space around all, as libvirt takes it.
 */
gboolean uuid_parse(const char *text, guint8 uuid[UUID_LEN]);

/* Writes the usual form, in lower case, into text. */
void uuid_format(const guint8 uuid[UUID_LEN], char text[UUID_TEXT_LEN]);

/* A random one (version 4). */
void uuid_generate(guint8 uuid[UUID_LEN]);

/* All zero, which stands for "none". */
gboolean uuid_is_nil(const guint8 uuid[UUID_LEN]);

/* FALSE for UUIDs whose bytes are all the same: no identity, as libvirt sees it. */
gboolean uuid_is_valid(const guint8 uuid[UUID_LEN]);

/* Hash and comparison of the 16 bytes, for GHashTable. */
guint uuid_hash(gconstpointer uuid);
gboolean uuid_equal(gconstpointer a, gconstpointer b);

/* Reads six numbers of one or two hexadecimal digits with colons between them. */
gboolean mac_parse(const char *text, guint8 mac[MAC_LEN]);

void mac_format(const guint8 mac[MAC_LEN], char text[MAC_TEXT_LEN]);

/* 52:54:00 and three random bytes. */
void mac_generate(guint8 mac[MAC_LEN]);

gboolean mac_is_multicast(const guint8 mac[MAC_LEN]);
