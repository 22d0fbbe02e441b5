/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Numbers of libvirt's API that came after 9.0.0, the level of our library and its headers. Daemons answer clients of
 * later levels, too.
 */
#pragma once

/* 9.7.0; the types of a network's metadata have the numbers of virDomainMetadataType. */
#define VIR_ERR_NO_NETWORK_METADATA          111
#define VIR_NETWORK_EVENT_ID_METADATA_CHANGE 1
