/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of host CPUs as text: "0-3,^2,8". Thread-safe; nothing blocks. */
#pragma once

#include "conf/xml_table.h"

/* CPUs are numbered below. */
#define CPUSET_MAX 16384

/*
 * The set in its shortest form: members in order, runs joined, exclusions carried out. Caller frees. NULL with
 * VIR_ERR_INVALID_ARG when text is no set or an empty one.
 */
char *cpuset_normalize(const char *text, GError **error);

/* Such a set as a member of a struct: a char *, in its shortest form. */
extern const XmlCodec cpuset_codec;

/* Bits (from the lowest of the first byte) in size bytes, and back: the text's members that fit. Caller frees; NULL:
 * no bit is set. */
char *cpuset_from_bits(const guint8 *bits, gsize size);
void cpuset_to_bits(const char *set, guint8 *bits, gsize size);
