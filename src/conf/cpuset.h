/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of host CPUs as text: "0-3,^2,8". Thread-safe; nothing blocks. */
#pragma once

#include <glib.h>

/* CPUs are numbered below. */
#define CPUSET_MAX 16384

/*
 * The set in its shortest form: members in order, runs joined, exclusions carried out. Caller frees. NULL with
 * VIR_ERR_INVALID_ARG when text is no set or an empty one.
 */
char *cpuset_normalize(const char *text, GError **error);
