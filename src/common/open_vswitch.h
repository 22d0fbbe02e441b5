/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ports of Open vSwitch's bridges, by ovs-vsctl: the one interface to its database that is kept across its versions,
 * and that knows how to wait for the switch. It finds the database where OVS_RUNDIR says, or in its usual place.
 *
 * Calls run a program and wait for the switch, ovs_set_timeout() at most: for workers and jobs. Errors: VIR_FROM_NONE,
 * VIR_ERR_CONFIG_UNSUPPORTED without Open vSwitch, else VIR_ERR_INTERNAL_ERROR with the switch's own words.
 */
#pragma once

#include "common/port_vlans.h"

#define OVS_TIMEOUT_S 5

/* How long to wait for the switch, from the next call on; OVS_TIMEOUT_S until then. */
void ovs_set_timeout(int seconds);

typedef struct {
    const char *name; /* of the link, which is there */
    const char *bridge;
    const PortVlans *vlans; /* NULL: takes part in all, with tags */
    char **ids;             /* external_ids of the interface: key, value, key, ..., NULL */
} OvsPort;

/* Makes the link a port of the bridge. What the database has under the name from earlier is replaced. When it fails
 * there is no port. */
gboolean ovs_port_add(const OvsPort *port, GError **error);

/* The same for a port that carries packets just now: it stays one where it is in that bridge already. */
gboolean ovs_port_restore(const OvsPort *port, GError **error);

gboolean ovs_port_set_vlans(const char *name, const PortVlans *vlans, GError **error);

/* Removes the port and its limits, without waiting for the switch. One that is not there is no error. */
gboolean ovs_port_delete(const char *name, GError **error);

/* What the port lets through, in bits a second and bits; 0: no limit. */
typedef struct {
    guint64 min_rate, max_rate, burst; /* out of the switch */
    guint64 police_rate, police_burst; /* into it */
} OvsLimits;

/* Replaces the port's limits. ids: external_ids of what the database keeps for that, as above. */
gboolean ovs_port_limit(const char *name, const OvsLimits *limits, char **ids, GError **error);

/* The names of the ports that have the external id key with that value, also of those of which there are limits only;
 * one may be there twice. None where Open vSwitch does not run. Caller frees with g_strfreev. NULL: it does not answer.
 */
char **ovs_ports_with(const char *key, const char *value, GError **error);

/* The bridge that a port is in; caller frees. NULL: in none, or the error. */
char *ovs_bridge_of(const char *port, GError **error);

/* Whether Open vSwitch has a bridge of that name; FALSE with what is wrong. */
gboolean ovs_has_bridge(const char *bridge, GError **error);

/* Whether there is somebody who carries packets, and not the database alone. */
gboolean ovs_switch_runs(void);
