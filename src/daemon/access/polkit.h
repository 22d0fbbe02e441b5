/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions to polkit, over D-Bus. For the loop's thread; never blocks. */
#pragma once

#include "daemon/connection/identity.h"

/* The answer, on the loop. When not allowed, error says why (VIR_ERR_AUTH_CANCELLED when the user gave up,
 * VIR_ERR_AUTH_UNAVAILABLE when nobody could be asked, VIR_ERR_AUTH_FAILED) and becomes the callee's; else it is NULL.
 */
typedef void (*PolkitAnswer)(gboolean is_allowed, GError *error, gpointer data);

/* Asks whether the process of identity may do action. details: name and value in turn, NULL-terminated, or NULL.
 * is_interactive: polkit may ask the user. answer is called later, once. */
void polkit_check(const DaemonIdentity *identity, const char *action, const char *const *details,
                  gboolean is_interactive, PolkitAnswer answer, gpointer data);
