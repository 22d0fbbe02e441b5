/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Guests stay on their networks. When a network was started again its bridge is a new one and its ports are forgotten:
 * the guests' ports are claimed again and their taps put into the bridge. When the networks' daemon was started again,
 * or this one, all ports are looked for; those that a guest has lost are claimed again, those of guests that are gone
 * are given up. For the loop.
 */
#pragma once

#include "virtqemud/guest/guest.h"

/* Before the first guest starts. */
void network_watch_init(void);

/* The guest runs: sees to it that there is a connection to the networks' daemon while it does. */
void network_watch_guest(Guest *guest);

/* The same for a guest that a daemon before this one started; what was told to programs that forget is told again. */
void network_watch_adopt(Guest *guest);
