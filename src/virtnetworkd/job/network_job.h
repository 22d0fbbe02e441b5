/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes to networks. A network's jobs run one after the other; those of different networks run side by side. A job
 * checks on the loop, works on a worker with copies of what it needs (disk, kernel, dnsmasq), and publishes on the
 * loop: nothing is answered before it is on disk, and nobody waits for it but its caller.
 *
 * Each function takes over call, which is answered when the job has ended; NULL for a job of the daemon's own. For the
 * loop.
 */
#pragma once

#include "virtnetworkd/job/job.h"

/* def becomes the job's. */
void network_job_define(NetworkDef *def, RpcCall *call, NetworkAnswer answer);
void network_job_create(NetworkDef *def, RpcCall *call, NetworkAnswer answer);

void network_job_undefine(Network *network, RpcCall *call);
void network_job_start(Network *network, RpcCall *call);

/* A start with the host, once those of the networks in after have ended, which were asked for before. after becomes the
 * job's. */
void network_job_autostart(Network *network, GPtrArray *after);

void network_job_stop(Network *network, RpcCall *call);
void network_job_set_autostart(Network *network, gboolean autostart, RpcCall *call);

/* Changes one entry of the document (conf/network/network_update.h); flags: virNetworkUpdateFlags. update->xml lives as
 * long as call. */
void network_job_update(Network *network, const NetworkUpdate *update, guint flags, RpcCall *call);

/* After the daemon's start: puts back what a running network lacks on the host, dnsmasq included. */
void network_job_repair(Network *network);

/* Learns which links the host has now, and makes bridges again that somebody took away while their network runs. Those
 * of networks with a change under way wait for its end, which looks again. */
void network_job_look(void);
