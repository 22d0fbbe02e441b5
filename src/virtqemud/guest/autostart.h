/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Guests that start with the daemon, and guests that end with a client. For the loop. */
#pragma once

#include "virtqemud/guest/guest.h"

/* Starts all that are marked so and do not run; failures are logged. */
void autostart_all(void);

/* The client is gone: ends the guests that were to end with it. */
void autostart_end_with_client(DaemonClient *client);
