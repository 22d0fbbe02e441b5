/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What QEMU says of its character devices (query-chardev): the terminals it opened, the channels that are in use. */
#pragma once

#include "common/json.h"
#include "conf/domain/domain_def.h"

/* Takes it over into a live document. answer may be NULL. Pure. */
void chardevs_take(DomainDef *live, json_object *answer);
