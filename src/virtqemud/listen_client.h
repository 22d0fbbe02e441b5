/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The listen query, asked: which address does a network have on this host? Our network daemon answers it; of a stock one
 * the network's XML is asked, and the answer is found there or on the network's device.
 */
#pragma once

#include <glib.h>

/*
 * The address to listen on, numeric (a link-local IPv6 one with its zone). Blocks; for jobs. NULL: the peer's error when
 * the network is missing or inactive; VIR_ERR_CONFIG_UNSUPPORTED when it is of a kind that has no address;
 * VIR_ERR_XML_ERROR when it or its device has none. Caller frees.
 */
char *listen_client_query(const char *network, GError **error);

/* The same from a network's XML: its own <ip>, else what device_address gives for its bridge or device. For stock peers. */
typedef char *(*DeviceAddress)(const char *device);
char *listen_from_xml(const char *network, const char *xml, DeviceAddress device_address, GError **error);
