/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's packet filter by libnftables. A transaction takes the kernel milliseconds of waiting, whatever is in it,
 * and no two are made at once. So changes that are asked for meanwhile go together into the next one. Thread-safe.
 */
#pragma once

#include <glib.h>

typedef struct NftChange NftChange;

/* Queues a script (nft(8)), which becomes the change's. Changes are made in the order of these calls. is_alone: it
 * must have a transaction of its own, as the library does not see what scripts of one transaction delete. Does not
 * wait. */
NftChange *nft_change_new(char *script, gboolean is_alone);

/* Waits until the change has been made, and frees it. A script that fails, fails alone, and changes nothing:
 * VIR_FROM_FIREWALL, VIR_ERR_INTERNAL_ERROR with nft's words. To be called once for each change, without a lock that
 * another caller needs. */
gboolean nft_change_make(NftChange *change, GError **error);

/* All rules of the kernel, everybody's, as JSON (libnftables-json). NULL: VIR_ERR_INTERNAL_ERROR. Caller frees. */
char *nft_list(GError **error);
