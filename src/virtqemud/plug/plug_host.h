/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one device of a guest that runs has on the host: images, owners of files, ports and links, secrets. The same as
 * at a start, for a definition that has the device alone. */
#pragma once

#include "virtqemud/command/build.h"

typedef struct {
    GHashTable *secrets;   /* secret_host.h */
    GPtrArray *interfaces; /* InterfaceHost */
    gboolean has_files;    /* some may have been given to QEMU's user */
} PlugHost;

/* Finds out what the device is here, before it is named: images and what is below them. view as of
 * domain_device_view_init(). Blocks; for jobs. FALSE: as storage_prepare() and the like. */
gboolean plug_host_look(DomainDef *view, GError **error);

/* Makes what it needs; run: "domain-5-guest". On failure too what was made is to be given up. Blocks; for jobs. */
gboolean plug_host_prepare(PlugHost *host, DomainDef *view, const char *run, GError **error);
void plug_host_clear(PlugHost *host);

/* Gives up what a device had, of which def has it alone, taking def. has_links: it got so far that it may have some.
 * Returns at once; for the loop. */
void plug_host_release(DomainDef *def, const char *run, gboolean has_links);
