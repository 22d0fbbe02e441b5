/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How clients authenticate: handlers of the AUTH_* calls of the remote program. For the loop's thread; never blocks. */
#pragma once

#include "daemon/call.h"
#include "rpc/remote_calls.h"

gboolean auth_list(RpcCall *call, remote_auth_list_ret *ret, GError **error);
gboolean auth_polkit(RpcCall *call, remote_auth_polkit_ret *ret, GError **error);
gboolean auth_sasl_init(RpcCall *call, remote_auth_sasl_init_ret *ret, GError **error);
gboolean auth_sasl_start(RpcCall *call, const remote_auth_sasl_start_args *args, remote_auth_sasl_start_ret *ret,
                         GError **error);
gboolean auth_sasl_step(RpcCall *call, const remote_auth_sasl_step_args *args, remote_auth_sasl_step_ret *ret,
                        GError **error);
