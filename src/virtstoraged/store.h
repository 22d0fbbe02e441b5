/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pools on disk, in libvirt's places and formats:
 *
 *   CONFIG/NAME.xml            the definition
 *   CONFIG/autostart/NAME.xml  a link to it
 *   RUN/NAME.xml               <poolstate>: it is active
 *   RUN/autostarted            there since the pools marked so were started once after boot
 *
 * Volumes are found where they are. Functions that write wait for the disk: for jobs. Errors: VIR_FROM_STORAGE,
 * VIR_ERR_SYSTEM_ERROR.
 */
#pragma once

#include "virtstoraged/pool.h"

gboolean store_save_def(const PoolDef *def, GError **error);
/* The definition and its autostart link. */
gboolean store_remove_def(const char *name, GError **error);
gboolean store_set_autostart(const char *name, gboolean autostart, GError **error);

gboolean store_save_state(const PoolDef *live, GError **error);
gboolean store_remove_state(const char *name, GError **error);

/* Reads all definitions, and which pools were active, into the driver. Files that cannot be read are named in the log
 * and passed over; those that a killed daemon had not finished are removed. */
void store_load(void);

/* Whether this is the first start since boot, and marks that it was. */
gboolean store_is_first_start(void);
