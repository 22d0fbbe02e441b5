/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why does a guest have no connection? A table of looks at the host, each of which says what it found and, where that
 * is wrong, what cures it. docs/network-check.md has the list. Changes nothing.
 */
#pragma once

#include "conf/network/network_port.h"
#include "virtnetworkd/dhcp/dhcp.h"

typedef enum {
    CHECK_FINE,
    CHECK_DOUBT,  /* may be right or wrong: it says what to look at */
    CHECK_PROBLEM /* it cannot work like that */
} CheckState;

typedef struct {
    const char *check; /* static: the row of the table */
    CheckState state;
    char *says;
    char *cure; /* or NULL */
} CheckFinding;

/* What the checks are about: copies, for a worker. */
typedef struct {
    NetworkDef *def;
    gboolean is_active;
    GPtrArray *ports; /* NetworkPort, or NULL */
    char *guest;      /* its name or one of its MAC addresses; NULL: no guest in particular */
    DhcpDirs dirs;
} CheckSubject;

/* Goes through the table. Elements are CheckFinding; caller unrefs. For workers: asks the kernel, D-Bus and dnsmasq,
 * seconds at most. */
GArray *check_network(const CheckSubject *subject);

/* Only what rules of others do to the network's packets, for each of defs (NetworkDef, with a free function), which
 * have just been started: those with which nothing is wrong are removed. is_logged: what is wrong goes to the log. For
 * workers. */
void check_others_rules(GPtrArray *defs, gboolean is_logged);
