/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ports of switches that stand outside the host (802.1Qbg, 802.1Qbh): whoever answers for the card asks the switch for
 * a port with a profile. Messages are rtnetlink's, to the kernel, whose driver of the card does it, or to lldpad, which
 * speaks with the switch itself.
 *
 * Calls wait: for jobs and workers. Errors as in netlink.h;
 * VIR_ERR_OPERATION_TIMEOUT, VIR_ERR_INTERNAL_ERROR with the switch's answer.
 */
#pragma once

#include <glib.h>

#include "common/identifiers.h"

#define VPORT_SELF G_MAXUINT32 /* the card itself, no function of it */

/* What 802.1Qbg calls a virtual station: by which manager's profile it is treated. */
typedef struct {
    guint8 manager, version;
    guint32 type; /* 24 bits */
} VportStation;

typedef struct {
    const char *card;
    guint32 peer;     /* netlink address of who answers for the card: 0, the kernel, or that of lldpad */
    guint32 function; /* or VPORT_SELF */
    const guint8 *mac;
    int vlan;                    /* -1: nothing is said of it */
    const VportStation *station; /* each of these may be NULL */
    const char *profile;
    const guint8 *instance_id, *host_id; /* of UUID_LEN bytes */
} Vport;

/* Asks for the port and waits until the switch has given it, for timeout_ms at most. On failure there is no telling
 * what the switch will do: the caller disassociates. */
gboolean netlink_vport_associate(const Vport *port, int timeout_ms, GError **error);

/* Asks again for a port that there should be, in case it has been forgotten, and does not wait for the switch. */
gboolean netlink_vport_remind(const Vport *port, GError **error);

/* Gives the port back, and does not wait for the switch. */
gboolean netlink_vport_disassociate(const Vport *port, GError **error);

/* The card below a link, through VLANs and macvlans, and the VLAN on the way (0: none). NULL: VIR_ERR_SYSTEM_ERROR.
 * Caller frees. */
char *netlink_vport_card(const char *link, int *vlan, GError **error);
