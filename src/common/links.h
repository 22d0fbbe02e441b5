/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the host's links and their addresses are, kept up to date by the kernel's own messages (libnl3's cache manager),
 * so that asking costs no dump. For one thread, the loop's; never blocks. Works without any privilege.
 */
#pragma once

#include <glib.h>

#include "common/ip_address.h"

typedef struct LinkTable LinkTable;

typedef struct {
    IpAddress address;
    guint prefix;
    guint scope; /* the kernel's RT_SCOPE_* number */
} LinkAddress;

/* Reads the present state. Free with link_table_free. NULL: VIR_ERR_SYSTEM_ERROR. */
LinkTable *link_table_new(GError **error);
void link_table_free(LinkTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LinkTable, link_table_free)

/* Readable when a link or an address came, went or changed; link_table_refresh() is what to do then. The table's. */
int link_table_fd(const LinkTable *table);

/* Takes in what the kernel has sent meanwhile, so that an answer is not older than the question. */
void link_table_refresh(LinkTable *table);

/* Whether a link of this name is there. */
gboolean link_table_has(LinkTable *table, const char *name);

/* The usable addresses of a link (no tentative, duplicate or deprecated ones), in the kernel's order, wider scopes
 * first. Empty when there is no such link or it has none. Elements are LinkAddress; caller unrefs. */
GArray *link_table_addresses(LinkTable *table, const char *name);

/* The first link whose own network (other than name's) overlaps the given one, or NULL. Caller frees. */
char *link_table_find_overlap(LinkTable *table, const IpAddress *address, guint prefix, const char *except);
