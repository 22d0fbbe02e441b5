/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small things of the wire that all adapters need. */
#pragma once

#include "daemon/call.h"
#include "rpc/protocol/remote.h"
#include "virtqemud/guest/guest.h"

/* The guest's name, UUID and id; the name remains the guest's. */
remote_nonnull_domain wire_lent_domain(const Guest *guest);
/* The same with a name of its own. */
void wire_domain(const Guest *guest, remote_nonnull_domain *wire);

/* An optional string on the wire: NULL for NULL. */
char **wire_string(const char *text);

/* The guest that the arguments name, by UUID, if the client may know of it. NULL: VIR_ERR_NO_DOMAIN. Borrowed. */
Guest *wire_find_guest(const remote_nonnull_domain *wire, GError **error);
/* The same for calls that need it to run: VIR_ERR_OPERATION_INVALID. */
Guest *wire_find_active_guest(const remote_nonnull_domain *wire, GError **error);

/* For calls about which a guest's agent would be asked: always FALSE. VIR_ERR_OPERATION_INVALID, it does not run;
 * VIR_ERR_ARGUMENT_UNSUPPORTED, it has no agent; VIR_ERR_NO_SUPPORT, agents are not asked yet. call: the API's name. */
gboolean wire_refuse_agent(Guest *guest, const char *call, GError **error);

/* FALSE when flags has bits beyond supported: VIR_ERR_INVALID_ARG. */
gboolean check_flags(guint flags, guint supported, const char *function, GError **error);
#define CHECK_FLAGS(flags, supported, error) check_flags(flags, supported, __func__, error)
