/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of the table in check.c: filters that see packets before, or instead of, those of routed ones: the bridge's,
 * ARP's, and those of single links. */
#include <string.h>
#include <sys/socket.h>

#include "virtnetworkd/check/check_run.h"
#include "virtnetworkd/check/ruleset_words.h"

static const char *kind_of(const RulesetPacket *packet)
{
    return packet->is_arp ? "ARP" : packet->family == AF_INET6 ? "IPv6" : "IPv4";
}

/* ---- bridge and arp ---- */

/* What lets the packet pass before the culprit drops it. */
static char *cure_of(const RulesetCulprit *culprit, const char *bridge)
{
    const char *which = strcmp(culprit->family, "arp") == 0 ? "iifname" : "meta ibrname";

    if (g_str_has_suffix(culprit->table, RULESET_LEGACY))
        return g_strdup_printf("ebtables-legacy -t %.*s -I %s --logical-in %s -j ACCEPT",
                               (int)(strlen(culprit->table) - strlen(RULESET_LEGACY)), culprit->table, culprit->chain,
                               bridge);
    return g_strdup_printf("nft insert rule %s %s %s %s %s accept", culprit->family, culprit->table, culprit->chain,
                           which, bridge);
}

static gboolean judge(CheckRun *run, RulesetHook hook, const RulesetPacket *packet, const char *what)
{
    g_autofree char *cure = NULL;
    RulesetCulprit culprit;
    RulesetVerdict verdict = ruleset_judge(run->rules, RULESET_OTHERS, hook, packet, &culprit);

    if (verdict != RULESET_PASSES)
        cure = cure_of(&culprit, check_bridge(run->def));
    return check_say_verdict(run, verdict, &culprit, cure, kind_of(packet), what);
}

/* Of each kind of packet the first trouble is told: without ARP, or to the host, there is no more. */
void check_bridge_rules(CheckRun *run)
{
    static const struct {
        int family;
        gboolean is_arp;
    } kinds[] = {{AF_INET, TRUE}, {AF_INET, FALSE}, {AF_INET6, FALSE}};
    const char *bridge = check_bridge(run->def);
    gboolean is_told = FALSE;

    if (!check_has_rules(run))
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        RulesetPacket between = {.family = kinds[i].family, .is_arp = kinds[i].is_arp, .bridge = bridge};
        RulesetPacket host = {.family = kinds[i].family, .is_arp = kinds[i].is_arp, .in = bridge};

        is_told = judge(run, RULESET_BRIDGE_INPUT, &between, "packets to the host") ||
                  judge(run, RULESET_BRIDGE_FORWARD, &between, "packets to each other") ||
                  (kinds[i].is_arp && judge(run, RULESET_ARP_INPUT, &host, "questions to the host")) || is_told;
    }
    if (!is_told)
        check_say(run, CHECK_FINE, NULL, "no table of the families bridge and arp drops the guests' packets");
}

/* ---- links ---- */

/* TRUE: it was told. Which of a link's packets are the guests' is said as far as addresses are theirs there. */
static gboolean judge_link(CheckRun *run, RulesetHook hook, const char *link, RulesetPacket packet)
{
    const char *way = hook == RULESET_INGRESS ? "come in by" : "leave by";
    g_autofree char *cure = NULL;
    RulesetCulprit culprit;
    RulesetVerdict verdict;

    packet.in = hook == RULESET_INGRESS ? link : NULL;
    packet.out = hook == RULESET_EGRESS ? link : NULL;
    verdict = ruleset_judge(run->rules, RULESET_OTHERS, hook, &packet, &culprit);
    if (verdict == RULESET_PASSES)
        return FALSE;
    cure =
        g_strdup_printf("look which links \"nft list chain %s %s %s\" is for, and let the guests' packets pass there",
                        culprit.family, culprit.table, culprit.chain);
    check_say(run, verdict == RULESET_DROPPED ? CHECK_PROBLEM : CHECK_DOUBT, cure,
              "chain %s in table %s %s %s %s packets that %s %s", culprit.chain, culprit.family, culprit.table,
              verdict == RULESET_DROPPED ? "drops" : "may drop", kind_of(&packet), way, link);
    return TRUE;
}

static gboolean judge_ip(CheckRun *run, const NetworkIp *ip)
{
    g_autofree char *uplink = check_forwards(run->def) ? check_uplink(run->def, ip->address.family) : NULL;
    guint prefix = (guint)MAX(network_ip_prefix(ip), 0);
    RulesetPacket from = {.family = ip->address.family, .source = &ip->address, .source_prefix = prefix};
    RulesetPacket to = {.family = ip->address.family, .destination = &ip->address, .destination_prefix = prefix};
    /* On the way out they may have been given another address. */
    RulesetPacket outside = {.family = ip->address.family};

    return judge_link(run, RULESET_INGRESS, run->def->bridge, from) ||
           judge_link(run, RULESET_EGRESS, run->def->bridge, to) ||
           (uplink && judge_link(run, RULESET_INGRESS, uplink, outside)) ||
           (uplink && judge_link(run, RULESET_EGRESS, uplink, outside));
}

void check_link_rules(CheckRun *run)
{
    gboolean is_told = FALSE;

    if (!check_has_rules(run))
        return;
    for (guint i = 0; run->def->ips && i < run->def->ips->len && !is_told; i++)
        is_told = judge_ip(run, run->def->ips->pdata[i]);
    if (!is_told)
        check_say(run, CHECK_FINE, NULL, "no chain of a single link drops the guests' packets");
}
