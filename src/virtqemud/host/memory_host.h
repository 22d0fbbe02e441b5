/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory of guests that is a file: directories of their own, which are QEMU's user's and go with the run, in the
 * configured place and on the host's file systems of large pages.
 */
#pragma once

#include "conf/domain/domain_def.h"

/* Fills driver.settings with the mounts of large pages: those named, or (NULL) all that the host has. At start. */
void memory_host_load(char *const *mounts);

/* Whether this host has all memory nodes that the guest's memory is to come from. FALSE: VIR_ERR_CONFIG_UNSUPPORTED,
 * naming the first that it has not. */
gboolean memory_host_check_nodes(const DomainDef *def, GError **error);

/* Makes the directories that the guest's memory needs. run: "domain-5-guest". Blocks; for jobs. FALSE:
 * VIR_ERR_SYSTEM_ERROR. */
gboolean memory_host_prepare(const DomainDef *def, const char *run, GError **error);

/* Removes what there is of a run, by a worker. For the loop. */
void memory_host_end(const char *run);

/* The name of a run in the names of its directories: "5-guest". Borrowed. */
const char *memory_host_run_name(const char *run);
