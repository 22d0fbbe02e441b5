/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pings between the two ends of a connection, below dispatch: they never count as calls. For the loop's thread. */
#pragma once

#include "daemon/connection/client.h"

/* A frame of the keepalive program has come. */
void keepalive_receive(DaemonClient *client, const RpcHeader *header);

/* Begins to ping the client when it is silent, as its server's limits say. */
void keepalive_start(DaemonClient *client);
