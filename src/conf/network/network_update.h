/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changing one entry of a <network>: virNetworkUpdate's sections and commands.
 *
 * Beside libvirt's documents of one entry, the DHCP hosts' section takes a <dhcp> with several <host>s: all of them are
 * changed, or none.
 */
#pragma once

#include "conf/network/network_def.h"

typedef struct {
    int command;      /* VIR_NETWORK_UPDATE_COMMAND_* */
    int section;      /* VIR_NETWORK_SECTION_* */
    int parent_index; /* which <ip>, counted from 0; -1: the one that fits */
    const char *xml;
} NetworkUpdate;

/*
 * Changes def, which afterwards says what a document with that entry would. On failure def may have changed in part:
 * work on a copy. VIR_ERR_OPERATION_UNSUPPORTED for sections and entries that cannot be changed,
 * VIR_ERR_OPERATION_INVALID for entries that are there already or are not, VIR_ERR_INVALID_ARG for numbers that stand
 * for nothing, and the errors of a document.
 */
gboolean network_def_update(NetworkDef *def, const NetworkUpdate *update, GError **error);
