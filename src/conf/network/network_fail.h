/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Refusing a network's document: sets *error and returns FALSE, so that a check can end with it. */
#pragma once

#include "common/error.h"

/* domain: VIR_FROM_*; code: VIR_ERR_*. */
gboolean network_fail_of(GError **error, int domain, int code, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* The usual domain. */
#define network_fail(error, code, ...) network_fail_of(error, VIR_FROM_NETWORK, code, __VA_ARGS__)
