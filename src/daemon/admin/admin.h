/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The admin program: a daemon's servers, clients and logging, for virt-admin. Served on the admin socket alone. */
#pragma once

#include "daemon/daemon.h"
#include "rpc/admin_calls.h"

extern const AdminHandlers daemon_admin_handlers;
