/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Persistent reservations of SCSI devices that libvirt is to manage: a qemu-pr-helper per run, as root, whose socket is
 * in the guest's directory. */
#pragma once

#include "conf/domain/domain_def.h"

/* Starts it if a disk of def needs it. dir: of the run, with which it ends. Blocks; for jobs. FALSE:
 * VIR_ERR_CONFIG_UNSUPPORTED without the program, or as run_helper_start(). */
gboolean pr_host_start(const DomainDef *def, const char *dir, GError **error);
