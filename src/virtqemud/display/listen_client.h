/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The listen query, asked: which addresses does a network have on this host? Our network daemon answers it; of a stock
 * one the network's XML is asked, and the answer is found there or on the network's device.
 */
#pragma once

#include "conf/domain/device/graphics.h"
#include "rpc/protocol/listen.h"

/*
 * The addresses to listen on, of those that the network has (numeric; a link-local IPv6 one with its zone): an array of
 * char *, never empty, to be released. Blocks; for jobs. NULL: the peer's error when the network is missing or
 * inactive; VIR_ERR_CONFIG_UNSUPPORTED when it is of a kind that has no address; VIR_ERR_XML_ERROR when it or its
 * device has none, or none of the family.
 */
GPtrArray *listen_client_query(const char *network, GraphicsFamily family, GError **error);

/* Whether the peer has answered that it does not have the listen program. */
gboolean listen_client_is_unknown_program(const GError *error);

/* All addresses from a network's XML, best first: its own <ip>s, else what find gives for its bridge or device. For
 * stock peers. */
typedef GPtrArray *(*DeviceAddresses)(const char *device);
GPtrArray *listen_from_xml(const char *network, const char *xml, DeviceAddresses find, GError **error);

/* Of all addresses those of the family; the first, unless any are asked for. Takes them. NULL: VIR_ERR_XML_ERROR. */
GPtrArray *listen_choose(GPtrArray *addresses, const char *network, GraphicsFamily family, GError **error);
