/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directories shared by virtiofs: a virtiofsd for each and run, as root, which gets its listening socket from here. */
#pragma once

#include "conf/domain/domain_def.h"

/*
 * Starts those that def (with aliases) needs, at sockets in dir, the run's, with which they end; def then says which
 * program that is. Blocks; for jobs. FALSE: VIR_ERR_CONFIG_UNSUPPORTED without privileges or the program;
 * VIR_ERR_OPERATION_FAILED, the directory is not there; VIR_ERR_SYSTEM_ERROR.
 */
gboolean virtiofs_host_start(DomainDef *def, const char *dir, GError **error);
