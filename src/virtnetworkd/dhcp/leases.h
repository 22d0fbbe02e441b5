/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who has which address: dnsmasq's lease file, read as it stands. Text only but for leases_read, which waits for the
 * disk.
 */
#pragma once

#include "conf/network/network_def.h"

/* Beyond that a file is nobody's lease file. */
#define LEASES_FILE_MAX (16 * 1024 * 1024)

typedef struct {
    gint64 expiry; /* seconds since 1970; 0: never */
    IpAddress address;
    guint prefix;
    char *mac;       /* or NULL: an IPv6 client whose id does not tell */
    char *iaid;      /* IPv6, or NULL */
    char *hostname;  /* or NULL */
    char *client_id; /* DUID of an IPv6 client; or NULL */
} Lease;

/*
 * The leases of def's addresses that text tells and that have not expired at now. mac limits them to one client's; NULL
 * for all. Lines that are none are passed over. Elements are Lease; caller unrefs.
 */
GArray *leases_parse(const char *text, const NetworkDef *def, const char *mac, gint64 now);

/* The same from the file at path. One that is not there has no leases. NULL: VIR_ERR_SYSTEM_ERROR. */
GArray *leases_read(const char *path, const NetworkDef *def, const char *mac, GError **error);
