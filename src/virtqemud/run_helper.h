/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Programs that serve one run of a guest: they outlive this daemon as the guest does, and end with it. Which process
 * one is stands in a record, a file; so the next daemon can end it too.
 */
#pragma once

#include "virtqemud/process.h"

/*
 * Starts command, whose output goes to the log of the guest called name. Its record is on disk before it runs, so that
 * there is none that cannot be ended. user NULL: the daemon's own. Blocks until the program accepts connections at
 * socket, if that is not NULL, since it was given one that listens; for jobs. FALSE: VIR_ERR_SYSTEM_ERROR,
 * VIR_ERR_INTERNAL_ERROR when it does not come up.
 */
gboolean run_helper_start(Command *command, const char *name, const ProcessUser *user, const char *record,
                          const char *socket, GError **error);

/* Whether something accepts connections there. */
gboolean run_helper_answers(const char *socket);

/* Ends the process of a record, which goes too. FALSE: there is no such record. */
gboolean run_helper_end(const char *record);
