/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Guests that listen on a network's address follow it: the network daemon is asked to tell when the address changes,
 * and the guest's VNC server is then moved to the new one. SPICE cannot be moved; a network that lost its address keeps
 * its guests where they are, which nobody can reach, rather than anywhere wider. For the loop.
 */
#pragma once

#include "virtqemud/guest/guest.h"

/* Before the first guest starts. */
void listen_watch_init(void);

/* The guest runs: watches the networks that it listens on. */
void listen_watch_guest(Guest *guest);
