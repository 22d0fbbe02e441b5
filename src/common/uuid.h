/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 128-bit identifiers of guests, networks, ... Thread-safe; nothing blocks. */
#pragma once

#include <glib.h>

#define UUID_BYTES     16
#define UUID_TEXT_SIZE 37 /* with the zero behind it */

typedef struct {
    guint8 bytes[UUID_BYTES];
} Uuid;

/* Makes a random one (version 4). */
void uuid_generate(Uuid *uuid);

/* Takes 32 hexadecimal digits; hyphens and blanks may stand anywhere between them. FALSE when text is anything else;
 * *uuid is then unchanged. */
gboolean uuid_parse(const char *text, Uuid *uuid);

/* Writes the usual form, lower case with four hyphens, into text and returns it. */
char *uuid_format(const Uuid *uuid, char text[UUID_TEXT_SIZE]);

gboolean uuid_equal(const Uuid *a, const Uuid *b);

/* Not all zero. */
gboolean uuid_is_set(const Uuid *uuid);

/* Neither all zero nor all bytes alike, as some firmware reports it. */
gboolean uuid_is_valid(const Uuid *uuid);
