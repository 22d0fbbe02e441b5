/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The TPM of a guest is a process beside QEMU, swtpm. QEMU and swtpm share a pair of sockets and nothing else, so that
 * it ends with QEMU, whatever happens to the daemon. What the TPM knows is kept from run to run.
 */
#pragma once

#include "conf/domain/domain_def.h"

/* Whether swtpm is installed here. */
gboolean tpm_host_is_there(void);

/*
 * Makes the state of def's TPM when there is none yet, and starts swtpm. *fd is QEMU's end, the caller's to close; -1
 * when def has no TPM. FALSE: VIR_ERR_CONFIG_UNSUPPORTED, swtpm is not installed; VIR_ERR_INTERNAL_ERROR with what it
 * said; VIR_ERR_SYSTEM_ERROR. Blocks; for jobs.
 */
gboolean tpm_host_start(const DomainDef *def, int *fd, GError **error);

/* Where the state of def's TPM is kept. NULL: it has no such TPM. Caller frees. */
char *tpm_host_state_dir(const DomainDef *def);

/* Removes a state for good. FALSE: VIR_ERR_SYSTEM_ERROR. Blocks. */
gboolean tpm_host_remove_state(const char *dir, GError **error);
