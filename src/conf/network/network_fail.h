/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Refusing a network's document: sets *error and returns FALSE, so that a check can end with it. */
#pragma once

#include "common/error.h"

/* code: VIR_ERR_*. */
#define network_fail(error, code, ...) vir_error_fail(error, VIR_FROM_NETWORK, code, __VA_ARGS__)
