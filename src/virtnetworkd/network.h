/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Networks: what is defined, what runs, and the rules between them. A network's states are
 *
 *             define            start
 *   (nothing) ------> defined  <-----> defined and active      create: (nothing) -> active, not defined (transient)
 *             <------           stop
 *             undefine
 *
 * Changes are jobs (network_job.h); all here is for the loop and in memory.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "common/links.h"
#include "conf/network/network_def.h"
#include "daemon/driver.h"
#include "daemon/poll.h"
#include "virtnetworkd/dhcp/dhcp.h"

typedef struct NetworkDriver NetworkDriver;

typedef struct {
    NetworkDriver *driver; /* borrowed */
    guint ref_count;
    char *name;
    guint8 uuid[UUID_LEN];
    NetworkDef *def;          /* the persistent definition; NULL: transient */
    NetworkDef *live;         /* what runs; NULL: inactive */
    const NetworkDef *coming; /* of the start that is under way, borrowed; or NULL */
    GHashTable *ports;        /* uuid -> NetworkPort, of what runs; NULL: none yet. See ports.h */
    gboolean autostart;
    gboolean is_autostarting; /* its start with the host has not ended */
    GQueue jobs;              /* NetworkJob; the first one runs, or waits for another network's start */
    pid_t dnsmasq;            /* 0: none */
    int dnsmasq_fd;           /* its pidfd, or -1 */
    PollItem *dnsmasq_item;
    gint64 dnsmasq_started; /* monotonic, microseconds */

    /* A repair that failed is tried again: */
    gboolean is_retrying; /* after a pause, which has begun */
    guint retry_s;        /* the last pause; 0: the last one did not fail */
} Network;

struct NetworkDriver {
    Daemon *daemon;
    LinkTable *links;
    GHashTable *by_name; /* name -> Network, owned */
    char *config_dir;    /* definitions */
    char *autostart_dir; /* links to them */
    char *run_dir;       /* status and pid files */
    char *files_dir;     /* dnsmasq's */
    char *hooks_dir;     /* the administrator's programs */
};

/* The one driver of this process. */
extern NetworkDriver network_driver;

/* A network that is defined or active. Borrowed. NULL: VIR_ERR_NO_NETWORK. */
Network *network_find(const char *name, GError **error);
Network *network_find_uuid(const guint8 *uuid, GError **error);

/* The network of that name, made as an empty place when there is none: where a job that defines or creates runs.
 * Borrowed; network_settle() takes it away again when it stayed empty. */
Network *network_claim(const NetworkDef *def);

/* Forgets a network that is neither defined nor active and has no job. */
void network_settle(Network *network);

Network *network_ref(Network *network);
void network_unref(Network *network);

static inline gboolean network_is_active(const Network *network)
{
    return network->live != NULL;
}

static inline gboolean network_is_known(const Network *network)
{
    return network->def || network->live;
}

/* What an answer about the network is made from: the live document, or the definition when is_inactive is asked for or
 * nothing runs. Borrowed. */
const NetworkDef *network_def_for(const Network *network, gboolean is_inactive);

/* Whether a document may take its name and uuid. FALSE: VIR_ERR_OPERATION_FAILED naming the other network. */
gboolean network_check_identity(const NetworkDef *def, GError **error);

/* Gives def a bridge name that neither a network nor a link has, or checks the one it has. FALSE:
 * VIR_ERR_INTERNAL_ERROR. */
gboolean network_choose_bridge(NetworkDef *def, GError **error);

/* Whether def could start now: no link of the host and no network that is on its way has its addresses already. FALSE:
 * VIR_ERR_INTERNAL_ERROR. */
gboolean network_check_conflicts(const NetworkDef *def, GError **error);

DhcpDirs network_dhcp_dirs(void);

/* Sends VIR_NETWORK_EVENT_ID_LIFECYCLE. event: VIR_NETWORK_EVENT_*. */
void network_emit_lifecycle(const Network *network, int event);

/* Sends VIR_NETWORK_EVENT_ID_METADATA_CHANGE. type: as of virDomainMetadataType; uri: of an element, else NULL. */
void network_emit_metadata(const Network *network, int type, const char *uri);
