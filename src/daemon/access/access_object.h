/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a polkit rule may look at: the object's attributes, as name and value in turn. Thread-safe, never blocks. */
#pragma once

#include "daemon/connection/dispatch.h"

/* Of the object that the call's arguments name first, or of the connection alone. Free with g_strfreev(). */
char **access_object_from_call(const RpcCall *call, AccessPermission permission);

/* Of an object known by name and UUID; either may be NULL. Free with g_strfreev(). */
char **access_object_from_name(const Daemon *daemon, AccessPermission permission, const char *name, const guint8 *uuid);
