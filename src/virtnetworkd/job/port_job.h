/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes to a network's ports, in the queue of the network's jobs. As in network_job.h: each takes over call. */
#pragma once

#include "virtnetworkd/job/job.h"

/* port becomes the job's. flags: virNetworkPortCreateFlags. The answer is REMOTE_PROC_NETWORK_PORT_CREATE_XML's. */
void port_job_create(Network *network, NetworkPort *port, guint flags, RpcCall *call);

/* Replaces the limits of the port by those of port, of the same uuid, which becomes the job's. */
void port_job_set_bandwidth(Network *network, NetworkPort *port, RpcCall *call);

void port_job_delete(Network *network, const guint8 *uuid, RpcCall *call);
