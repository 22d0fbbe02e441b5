/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What all packet filters of the kernel together do with a packet: ours, firewalld's, Docker's, the administrator's.
 * Read through libnftables, which shows the tables of iptables-nft too, and for iptables-legacy from the kernel itself.
 *
 * Rules are gone through as the kernel does. What a rule asks for and the question does not say (a port, a mark, an
 * extension of iptables) is taken as not fitting, and remembered where it would have let the packet pass.
 */
#pragma once

#include <glib.h>

#include "common/ip_address.h"

typedef struct Ruleset Ruleset;

typedef enum {
    RULESET_INPUT,          /* packets for the host */
    RULESET_FORWARD,        /* packets that it passes on */
    RULESET_BRIDGE_INPUT,   /* what of a bridge's ports is for the host */
    RULESET_BRIDGE_FORWARD, /* what goes from one port to another */
    RULESET_ARP_INPUT,      /* questions for the host's addresses */
    RULESET_INGRESS,        /* all that comes in by a link, before anybody else sees it */
    RULESET_EGRESS          /* all that leaves by it */
} RulesetHook;

/* Whose rules: those of our table, or all others. */
typedef enum { RULESET_OURS, RULESET_OTHERS } RulesetOwner;

/* A question. What is NULL or 0 is not said. */
typedef struct {
    int family;                            /* AF_INET, AF_INET6 */
    gboolean is_arp;                       /* it is no packet of that family, but a question for one's link address */
    const char *in, *out;                  /* links */
    const char *bridge;                    /* whose ports they are, where it is a bridge that passes the packet */
    gboolean is_reply;                     /* of a connection that was let pass; else the first packet of one */
    const char *protocol;                  /* "udp" */
    guint port;                            /* where it goes to */
    const IpAddress *source, *destination; /* an address of these networks */
    guint source_prefix, destination_prefix;
} RulesetPacket;

typedef enum {
    RULESET_PASSES,
    RULESET_PASSES_MAYBE, /* only if a rule fits that asks for more than the question says */
    RULESET_DROPPED
} RulesetVerdict;

/* What drops a packet: a rule of a chain, or (handle 0) the chain's policy. Borrowed from the ruleset. */
typedef struct {
    const char *family, *table, *chain;
    gint64 handle;
} RulesetCulprit;

/* Reads the kernel's rules, those of iptables-legacy too as far as it shows them. NULL: VIR_FROM_FIREWALL,
 * VIR_ERR_INTERNAL_ERROR, as without CAP_NET_ADMIN. For workers. */
Ruleset *ruleset_read(GError **error);

/* The same from what "nft -j list ruleset" writes. NULL: VIR_ERR_INTERNAL_ERROR. */
Ruleset *ruleset_parse(const char *json, GError **error);

void ruleset_free(Ruleset *ruleset);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ruleset, ruleset_free)

/* What becomes of the packet. *culprit, unless it passes, is what drops it. For INGRESS and EGRESS the link is the
 * packet's in or out; where nft does not say whose a chain is, what drops there is a maybe. */
RulesetVerdict ruleset_judge(const Ruleset *ruleset, RulesetOwner owner, RulesetHook hook, const RulesetPacket *packet,
                             RulesetCulprit *culprit);

gboolean ruleset_has_chain(const Ruleset *ruleset, const char *family, const char *table, const char *chain);
