/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of objects, as adapters answer them. name is where in an object its name, a char *, is. For the loop. */
#pragma once

#include <glib.h>

/* By name. */
void list_sort(GPtrArray *objects, gsize name);

/* FALSE: VIR_ERR_RPC, there are more than the protocol has room for. what: "networks". */
gboolean list_fits(const GPtrArray *objects, guint limit, const char *what, GError **error);

/* The oldest form of a list: names, as many as the caller has room for, which is max. FALSE: VIR_ERR_RPC, when that is
 * more than limit, whose name is limit_name. */
gboolean list_names(const GPtrArray *objects, gsize name, int max, int limit, const char *limit_name, guint *n,
                    char ***names, GError **error);
