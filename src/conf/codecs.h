/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Scalars with a text of their own, for the tables: rows name them by XML_CODEC. What each binds to is said beside it.
 */
#pragma once

#include "common/mac.h"
#include "common/uuid.h"
#include "conf/xml_table.h"

extern const XmlCodec xml_codec_uuid; /* Uuid; all zero is absent */
extern const XmlCodec xml_codec_mac;  /* Mac; all zero is absent */
extern const XmlCodec
    xml_codec_hex; /* guint, read in any base; written as 0x and at least one digit; zero is written */
extern const XmlCodec xml_codec_hex2; /* the same with two digits */
extern const XmlCodec xml_codec_hex4; /* the same with four */

/*
 * A size with a unit, as in <memory unit='MiB'>64</memory>, in bytes. unit NULL means default_unit bytes. Knows b,
 * bytes, KB, MB ... EB (powers of 1000) and k, KiB, M, MiB ... E, EiB (powers of 1024), in any case. Errors:
 * VIR_ERR_INVALID_ARG for an unknown unit, VIR_ERR_OVERFLOW when it does not fit.
 */
gboolean size_in_bytes(guint64 value, const char *unit, guint64 default_unit, guint64 *bytes, GError **error);
