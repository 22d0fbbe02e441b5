/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The administrator's programs that hear of networks: CONFIG/hooks/network, then those in CONFIG/hooks/network.d in the
 * order of their names. Each gets
 *
 *   argv    NETWORK OPERATION SUB-OPERATION -
 *   stdin   <hookData> with the <network> and, where there is one, the <networkport>
 *
 * For workers. A program that takes longer than a minute is killed.
 */
#pragma once

#include "conf/network/network_port.h"

typedef enum {
    HOOK_START,        /* "start" "begin": about to start; a program that fails forbids it */
    HOOK_STARTED,      /* "started" "begin": the same */
    HOOK_STOPPED,      /* "stopped" "end" */
    HOOK_PORT_CREATED, /* "port-created" "begin": a program that fails forbids it */
    HOOK_PORT_DELETED, /* "port-deleted" "begin" */
    HOOK_UPDATED,      /* "updated" "begin" */
} HookOperation;

/* dir: the directory of the hooks. port may be NULL. TRUE when there are no programs. FALSE: VIR_FROM_HOOK,
 * VIR_ERR_HOOK_SCRIPT_FAILED with the program's words; for operations that nothing can forbid it is in the log too. */
gboolean hook_run(const char *dir, HookOperation operation, const NetworkDef *network, const NetworkPort *port,
                  GError **error);
