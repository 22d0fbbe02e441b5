/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Networks that start with their host. They start side by side, but where one stands on a bridge that another one owns
 * (as its bridge, its device, or the device it forwards over): it waits until the other has started, or failed to. What
 * is asked of it meanwhile waits with it. For the loop.
 */
#pragma once

/* Starts all that are marked and do not run. */
void autostart_networks(void);
