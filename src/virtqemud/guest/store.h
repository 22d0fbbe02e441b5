/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The guests' definitions on disk: NAME.xml, and a link in autostart/ for those that start with the daemon. What is
 * written is synced before the functions return; they wait for the disk and are for jobs.
 */
#pragma once

#include "virtqemud/guest/guest.h"

gboolean store_write(const DomainDef *def, GError **error);
gboolean store_remove(const char *name, GError **error);
gboolean store_set_autostart(const char *name, gboolean autostart, GError **error);
/* Writes def, whose name is the new one, and removes what stands under old_name. */
gboolean store_rename(const DomainDef *def, const char *old_name, gboolean is_autostart, GError **error);

/* Loads all definitions into the driver's list. A file that cannot be used is logged and left alone. For the start of
 * the daemon, on the loop. */
void store_load(void);

/* Whether guests that start with the daemon have not been started yet since the machine's start; from the second call
 * on they have. */
gboolean store_is_first_start(void);
