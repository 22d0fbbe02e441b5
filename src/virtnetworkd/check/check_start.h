/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A network whose guests somebody else's rules will cut off says so in the log when it starts. For the loop. */
#pragma once

#include "conf/network/network_def.h"

/* Has the rules looked at soon, once for all networks that start meanwhile, and again some seconds later where
 * something is wrong: what has gone by then was no trouble. */
void check_started(const NetworkDef *def);
