/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Programs that serve one run of a guest: they outlive this daemon as the guest does, and end with it. Which process
 * one is stands in a record, so the next daemon can end it too. Records are files in a directory of the daemon's own:
 * whoever could write one could have any process ended.
 */
#pragma once

#include "virtqemud/host/process.h"

/*
 * Starts command, whose output goes to the log of the guest called name. run: "domain-5-guest"; what: which of the
 * run's helpers it is. Its record is on disk before it runs, so that there is none that cannot be ended. user NULL: the
 * daemon's own. Blocks until the program accepts connections at socket, if that is not NULL, since it was given one
 * that listens; for jobs. FALSE: VIR_ERR_SYSTEM_ERROR, VIR_ERR_INTERNAL_ERROR when it does not come up.
 */
gboolean run_helper_start(Command *command, const char *name, const ProcessUser *user, const char *run,
                          const char *what, const char *socket, GError **error);

/* Whether something accepts connections there. */
gboolean run_helper_answers(const char *socket);

/* Ends all helpers of a run; their records go too. */
void run_helper_end_all(const char *run);
