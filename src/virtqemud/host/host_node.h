/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's memory nodes (NUMA cells), from /sys. Reads files that the kernel makes at once. */
#pragma once

#include <glib.h>

/* The numbers of the host's memory nodes, in order; a host without nodes has node 0. GArray of guint; caller unrefs. */
GArray *host_nodes(void);

/* Free memory of a node in KiB. FALSE: there is no such node. */
gboolean host_node_free_kib(guint node, guint64 *free_kib);

/* All of its memory. */
gboolean host_node_total_kib(guint node, guint64 *total_kib);

/* Free pages of page_kib each on a node; ordinary pages are all of its free memory. FALSE: there is no such node, or no
 * pages of that size. */
gboolean host_node_free_pages(guint node, guint page_kib, guint64 *count);

/* The sizes of pages that it can have in KiB, the ordinary one first. GArray of guint; caller unrefs. */
GArray *host_node_page_sizes(guint node);

/* How many pages of a size there are, used or not. */
guint64 host_node_total_pages(guint node, guint page_kib);

/* Its processors, "0-3,8"; NULL without. Caller frees. */
char *host_node_cpus(guint node);

/* How far it is to each node that is online, in order. GArray of guint, empty when nobody knows; caller unrefs. */
GArray *host_node_distances(guint node);
