/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Virtual functions (SR-IOV): devices of which the card they belong to says in which VLAN they are. Errors as in
 * netlink.h; any thread, the kernel answers at once.
 */
#pragma once

#include <glib.h>

#include "common/identifiers.h"

typedef struct {
    char *card;   /* the link of the physical function */
    guint number; /* below the card's number of functions */
} VirtualFunction;

void virtual_function_free(VirtualFunction *function);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VirtualFunction, virtual_function_free)

/* Which function of which card the link of that name is, as /sys says. NULL: none of any. */
VirtualFunction *virtual_function_find(const char *link);

/* Another place for /sys; for tests. */
void virtual_function_set_sysfs(const char *path);

/* What the card keeps for a function. */
typedef struct {
    guint8 mac[MAC_LEN]; /* all zero: the function's own choice */
    guint vlan, qos;     /* vlan 0: none */
} FunctionSettings;

/* FALSE also when the card has no such function. */
gboolean netlink_function_get(const VirtualFunction *function, FunctionSettings *settings, GError **error);

/* Puts the function into a VLAN, 0: into none. Its driver may restart it. */
gboolean netlink_function_set_vlan(const VirtualFunction *function, guint vlan, guint qos, GError **error);

gboolean netlink_function_set_mac(const VirtualFunction *function, const guint8 mac[MAC_LEN], GError **error);
