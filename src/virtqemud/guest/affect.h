/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VIR_DOMAIN_AFFECT_*: whether a call is about what runs, about the definition, or about what there is. For the loop.
 */
#pragma once

#include "virtqemud/guest/guest.h"

#define AFFECT_FLAGS (VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG)
/* Of questions that are answered with typed parameters, where clients say that they take texts. */
#define AFFECT_PARAM_FLAGS (AFFECT_FLAGS | VIR_TYPED_PARAM_STRING_OKAY)

/* For changes. FALSE: VIR_ERR_OPERATION_INVALID, there is no such side. */
gboolean affect_which(Guest *guest, guint flags, gboolean *is_live, gboolean *is_config, GError **error);

/* For questions: the one definition that is meant. Borrowed. NULL: as above, or VIR_ERR_INVALID_ARG, both are asked
 * for. */
const DomainDef *affect_one(Guest *guest, guint flags, GError **error);
