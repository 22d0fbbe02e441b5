/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Work on many things at once, for a caller that has nothing better to do than to wait for all of it. */
#pragma once

#include <glib.h>

/* Calls work(item, NULL) for each of items, on as many threads as there are processors (up to eight), or here when no
 * thread can be made; returns when all are done. work must be thread-safe; the calls come in no order. Blocks. */
void parallel_each(GPtrArray *items, GFunc work);
