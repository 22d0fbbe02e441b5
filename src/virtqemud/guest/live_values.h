/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the live document of a guest that starts says otherwise than its definition, and QEMU need not be asked. */
#pragma once

#include "conf/domain/domain_def.h"
#include "virtqemud/qmp/batch.h"

/* Adds the command that makes the guest's memory what its definition wants at first; for a def that is not settled. */
void live_values_ask_balloon(const DomainDef *def, QmpBatch *batch);

/* Where QEMU has put memory modules (query-memory-devices). answer may be NULL. */
void live_values_take_modules(DomainDef *def, json_object *answer);

/*
 * Memory in whole MiB and all of it there, until the balloon says otherwise; a variable clock against UTC; drives
 * closed, and without a format when they are without data; no TLS where none is asked for. Once per run.
 */
void live_values_settle(DomainDef *def);
