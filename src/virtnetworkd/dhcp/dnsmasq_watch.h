/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A dnsmasq that ends while its network runs is started again. For the loop. */
#pragma once

#include "virtnetworkd/network.h"

/* Follows the process pid in place of the one before; 0 follows none. */
void dnsmasq_watch(Network *network, pid_t pid);
