/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Networks on disk, in libvirt's places and formats:
 *
 *   CONFIG/NAME.xml            the definition
 *   CONFIG/autostart/NAME.xml  a link to it
 *   RUN/NAME.xml               <networkstatus>: what runs
 *   RUN/NAME/ports/UUID.xml    <networkport>: who is plugged in
 *   RUN/autostarted            there since the networks marked so were started once after boot
 *
 * Functions that write wait for the disk: for workers. Errors: VIR_FROM_NETWORK, VIR_ERR_SYSTEM_ERROR.
 */
#pragma once

#include "conf/network/network_port.h"
#include "virtnetworkd/network.h"

gboolean store_save_def(const NetworkDef *def, GError **error);
/* The definition and its autostart link. */
gboolean store_remove_def(const char *name, GError **error);
gboolean store_set_autostart(const char *name, gboolean autostart, GError **error);

gboolean store_save_status(const NetworkDef *live, GError **error);
/* The ports' files go too. */
gboolean store_remove_status(const char *name, GError **error);

gboolean store_save_port(const char *network, const NetworkPort *port, GError **error);
gboolean store_remove_port(const char *network, const guint8 *uuid, GError **error);

/* Reads all definitions and what ran into the driver. Files that cannot be read are named in the log and passed over;
 * those that a killed daemon had not finished are removed. */
void store_load(void);

/* Whether this is the first start since boot, and marks that it was. */
gboolean store_is_first_start(void);
