/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the rows of the table in check.c share: what they look at, and how they say what they found. */
#pragma once

#include "common/netlink_look.h"
#include "virtnetworkd/check/check.h"
#include "virtnetworkd/check/ruleset.h"

typedef struct {
    const CheckSubject *subject;
    const NetworkDef *def; /* the subject's */
    GArray *links;         /* NetlinkLink */
    Ruleset *rules;        /* or NULL: */
    GError *no_rules;      /* why not */
    const char *check;     /* the row that runs */
    GArray *findings;
} CheckRun;

/* Adds a finding of the row that runs. cure: caller's, or NULL. */
void check_say(CheckRun *run, CheckState state, const char *cure, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* The link called name, or NULL. Borrowed. */
const NetlinkLink *check_link(const CheckRun *run, const char *name);

/* Says what is wrong with a link that has to be there and up. TRUE: nothing. what: "bridge", "device". */
gboolean check_link_works(CheckRun *run, const char *what, const char *name);

gboolean check_forwards(const NetworkDef *def);

/* The bridge that guests are plugged into, the network's own or one that is there; NULL: none. Borrowed. */
const char *check_bridge(const NetworkDef *def);

/* ---- packet filters (check_filter.c) ---- */

/* FALSE: the rules could not be read, which has been said. */
gboolean check_has_rules(CheckRun *run);

/* Where packets of the network leave the host, as far as one can tell; or NULL. Caller frees. */
char *check_uplink(const NetworkDef *def, int family);

/* Says what a verdict on packets means, unless they pass; TRUE when it was said. kind: "IPv4"; what: "packets to the
 * outside". */
gboolean check_say_verdict(CheckRun *run, RulesetVerdict verdict, const RulesetCulprit *culprit, const char *cure,
                           const char *kind, const char *what);

/* ---- the rows ---- */

/* check_filter.c */
void check_own_rules(CheckRun *run);
void check_other_rules(CheckRun *run);
void check_host_rules(CheckRun *run);
void check_legacy_rules(CheckRun *run);
void check_firewalld(CheckRun *run);

/* check_link_filter.c */
void check_bridge_rules(CheckRun *run);
void check_link_rules(CheckRun *run);

/* check_guest.c */
void check_dnsmasq(CheckRun *run);
void check_guest(CheckRun *run);
void check_lease(CheckRun *run);

/* check_switch.c */
gboolean check_is_on_ovs(const NetworkDef *def); /* whether its bridge is Open vSwitch's */
gboolean check_is_in_ovs(const char *link, const char *bridge);
void check_switch(CheckRun *run);
void check_vlans(CheckRun *run);
