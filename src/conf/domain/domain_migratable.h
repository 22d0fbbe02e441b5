/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of a definition another host need not be told. */
#pragma once

#include "conf/domain/domain_def.h"

/*
 * Leaves out what every peer adds by itself, old ones among them that would not take it: the machine's own USB and PCI
 * controllers, the PS/2 keyboard, the default audio; names the format of drives that are empty; and puts controllers
 * into the order of a fresh document.
 */
void domain_def_trim(DomainDef *def);
