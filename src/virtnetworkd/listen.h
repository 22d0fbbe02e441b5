/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The listen query: which addresses does a network have on this host, for a server that shall be reached there? It is
 * answered from the network's own <ip>s, the addresses of the existing bridge it uses, or those of its device, and
 * never by anything wider. docs/listen-protocol.md has the protocol. For the loop; never blocks.
 */
#pragma once

#include "virtnetworkd/network.h"

typedef struct {
    IpAddress address;
    guint prefix;
    guint scope;  /* the kernel's RT_SCOPE_* number */
    char *device; /* or NULL */
} ListenAddress;

/*
 * The addresses of the network called name, the one to prefer first: wider scope before narrower, within one scope the
 * order of the document or of the kernel. Never empty. Elements are ListenAddress; caller unrefs.
 *
 * NULL: VIR_ERR_NO_NETWORK, VIR_ERR_OPERATION_INVALID when it is not active, VIR_ERR_CONFIG_UNSUPPORTED when its kind
 * has no address, VIR_ERR_XML_ERROR when its bridge or device has none now.
 */
GArray *listen_query(const char *name, GError **error);

/* Tells client by LISTEN_PROC_CHANGED whenever the network's addresses change, until it unsubscribes or goes. Returns
 * the subscription's number. The network need not exist yet. 0: VIR_ERR_OPERATION_FAILED, too many. */
int listen_subscribe(DaemonClient *client, const char *name, GError **error);
gboolean listen_unsubscribe(DaemonClient *client, int subscription, GError **error);
void listen_client_closed(DaemonClient *client);

/* Looks at every subscribed network again; called when links or networks changed. */
void listen_refresh(void);

/* Fills the wire form; caller releases it with xdr_free(). */
typedef struct listen_address listen_address;
void listen_addresses_encode(const GArray *addresses, guint *n, listen_address **out);
