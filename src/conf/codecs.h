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
