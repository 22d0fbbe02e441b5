/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Codecs (conf/xml_table.h) for scalars that several documents have. The absent value of each writes nothing. */
#pragma once

#include "common/identifiers.h"
#include "common/ip_address.h"
#include "conf/xml_table.h"

/* guint8[UUID_LEN]; absent: nil. */
extern const XmlCodec xml_codec_uuid;

/* guint8[MAC_LEN]; absent: all zero. */
extern const XmlCodec xml_codec_mac;

/* IpAddress; absent: family 0. */
extern const XmlCodec xml_codec_ip;

/* guint, read in any base and written in hexadecimal: with at least one, two, four digits behind 0x. None is absent. */
extern const XmlCodec xml_codec_hex, xml_codec_hex2, xml_codec_hex4;
