/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of the table in check.c: what packet filters do to the network's packets. */
#include <string.h>
#include <sys/socket.h>

#include "common/error.h"
#include "virtnetworkd/check/check_run.h"
#include "virtnetworkd/check/ruleset_legacy.h"
#include "virtnetworkd/host/firewall.h"
#include "virtnetworkd/host/firewalld.h"

gboolean check_has_rules(CheckRun *run)
{
    if (!run->rules)
        check_say(run, CHECK_DOUBT, NULL, "the rules cannot be looked at: %s", run->no_rules->message);
    return run->rules != NULL;
}

static const char *family_name(int family)
{
    return family == AF_INET6 ? "IPv6" : "IPv4";
}

static char *culprit_text(const RulesetCulprit *culprit)
{
    g_autofree char *what = culprit->handle ? g_strdup_printf("the rule with handle %" G_GINT64_FORMAT, culprit->handle)
                                            : g_strdup("the policy");

    return g_strdup_printf("%s of chain %s in table %s %s", what, culprit->chain, culprit->family, culprit->table);
}

/* ---- cures ---- */

static gboolean is_legacy(const RulesetCulprit *culprit)
{
    return g_str_has_suffix(culprit->table, RULESET_LEGACY);
}

static gboolean is_of_iptables(const RulesetCulprit *culprit)
{
    return (strcmp(culprit->family, "inet") != 0 && strcmp(culprit->table, "filter") == 0) || is_legacy(culprit);
}

/* "ip6tables-legacy -t mangle" */
static char *iptables_of(const RulesetCulprit *culprit)
{
    const char *program = strcmp(culprit->family, "ip6") == 0 ? "ip6tables" : "iptables";
    gsize length = strlen(culprit->table);

    if (!is_legacy(culprit))
        return g_strdup(program);
    length -= strlen(RULESET_LEGACY);
    return strncmp(culprit->table, "filter", length) == 0
               ? g_strdup_printf("%s-legacy", program)
               : g_strdup_printf("%s-legacy -t %.*s", program, (int)length, culprit->table);
}

/* "iptables -I DOCKER-USER", "nft insert rule inet fw forward": what begins a rule before the culprit. */
static char *insertion(const Ruleset *rules, const RulesetCulprit *culprit, gboolean is_forward)
{
    const char *chain = culprit->chain;
    g_autofree char *iptables = NULL;

    if (!is_of_iptables(culprit))
        return g_strdup_printf("nft insert rule %s %s %s", culprit->family, culprit->table, chain);
    /* Docker writes all its chains anew but this one. */
    if (is_forward && ruleset_has_chain(rules, culprit->family, culprit->table, "DOCKER-USER"))
        chain = "DOCKER-USER";
    iptables = iptables_of(culprit);
    return g_strdup_printf("%s -I %s", iptables, chain);
}

static char *forward_cure(const Ruleset *rules, const RulesetCulprit *culprit, const char *bridge)
{
    g_autofree char *insert = insertion(rules, culprit, TRUE);

    return is_of_iptables(culprit)
               ? g_strdup_printf("%s -i %s -j ACCEPT; %s -o %s -j ACCEPT", insert, bridge, insert, bridge)
               : g_strdup_printf("%s iifname %s accept; %s oifname %s accept", insert, bridge, insert, bridge);
}

static char *input_cure(const Ruleset *rules, const RulesetCulprit *culprit, const char *bridge, guint port)
{
    g_autofree char *insert = insertion(rules, culprit, FALSE);

    return is_of_iptables(culprit) ? g_strdup_printf("%s -i %s -p udp --dport %u -j ACCEPT", insert, bridge, port)
                                   : g_strdup_printf("%s iifname %s udp dport %u accept", insert, bridge, port);
}

/* ---- our rules ---- */

static RulesetPacket packet_out(const NetworkDef *def, const NetworkIp *ip, const char *uplink)
{
    return (RulesetPacket){.family = ip->address.family,
                           .protocol = "tcp",
                           .in = def->bridge,
                           .out = uplink,
                           .source = &ip->address,
                           .source_prefix = (guint)MAX(network_ip_prefix(ip), 0)};
}

static RulesetPacket packet_back(const NetworkDef *def, const NetworkIp *ip, const char *uplink)
{
    return (RulesetPacket){.family = ip->address.family,
                           .protocol = "tcp",
                           .in = uplink,
                           .out = def->bridge,
                           .is_reply = TRUE,
                           .destination = &ip->address,
                           .destination_prefix = (guint)MAX(network_ip_prefix(ip), 0)};
}

char *check_uplink(const NetworkDef *def, int family)
{
    const char *device = network_def_device(def);

    return device ? g_strdup(device) : netlink_route_find_default(family);
}

/* The network's chains, each with a word for what they do. */
static gboolean are_chains_there(const CheckRun *run)
{
    FirewallChains chains = firewall_chains(run->def);

    return ruleset_has_chain(run->rules, "inet", "modvirt", chains.to) &&
           ruleset_has_chain(run->rules, "inet", "modvirt", chains.from) &&
           (!network_def_is_translated(run->def) || ruleset_has_chain(run->rules, "inet", "modvirt", chains.nat));
}

static gboolean do_they_pass(const CheckRun *run, const NetworkIp *ip)
{
    g_autofree char *uplink = check_uplink(run->def, ip->address.family);
    RulesetPacket packets[] = {packet_out(run->def, ip, uplink), packet_back(run->def, ip, uplink)};
    RulesetCulprit culprit;

    for (gsize i = 0; i < G_N_ELEMENTS(packets); i++) {
        if (ruleset_judge(run->rules, RULESET_OURS, RULESET_FORWARD, &packets[i], &culprit) == RULESET_DROPPED)
            return FALSE;
    }
    return TRUE;
}

void check_own_rules(CheckRun *run)
{
    const GPtrArray *ips = run->def->ips;
    gboolean ok;

    if (!firewall_is_needed(run->def) || !check_has_rules(run))
        return;
    ok = are_chains_there(run);
    for (guint i = 0; ok && check_forwards(run->def) && ips && i < ips->len; i++)
        ok = do_they_pass(run, ips->pdata[i]);
    if (ok)
        check_say(run, CHECK_FINE, NULL, "the network's rules are in place");
    else
        check_say(run, CHECK_PROBLEM, "restart virtnetworkd, which puts them back, and see who flushes the ruleset",
                  "rules of the network are missing in table inet modvirt");
}

/* ---- others' rules ---- */

gboolean check_say_verdict(CheckRun *run, RulesetVerdict verdict, const RulesetCulprit *culprit, const char *cure,
                           const char *kind, const char *what)
{
    g_autofree char *text = verdict == RULESET_PASSES ? NULL : culprit_text(culprit);

    if (verdict == RULESET_DROPPED)
        check_say(run, CHECK_PROBLEM, cure, "%s drops the guests' %s %s", text, kind, what);
    else if (verdict == RULESET_PASSES_MAYBE)
        check_say(run, CHECK_DOUBT, cure, "%s drops the guests' %s %s, unless a rule before it lets them pass", text,
                  kind, what);
    return verdict != RULESET_PASSES;
}

static gboolean judge_forward(CheckRun *run, const RulesetPacket *packet, const char *what)
{
    RulesetCulprit culprit;
    RulesetVerdict verdict = ruleset_judge(run->rules, RULESET_OTHERS, RULESET_FORWARD, packet, &culprit);
    g_autofree char *cure = NULL;

    /* Nearly everybody lets replies pass, by conditions that the question does not answer. */
    if (packet->is_reply && verdict == RULESET_PASSES_MAYBE)
        verdict = RULESET_PASSES;
    if (verdict != RULESET_PASSES)
        cure = forward_cure(run->rules, &culprit, check_bridge(run->def));
    return check_say_verdict(run, verdict, &culprit, cure, family_name(packet->family), what);
}

static gboolean judge_ip(CheckRun *run, const NetworkIp *ip)
{
    g_autofree char *uplink = check_uplink(run->def, ip->address.family);
    RulesetPacket out = packet_out(run->def, ip, uplink), back = packet_back(run->def, ip, uplink);

    return judge_forward(run, &out, "packets to the outside") || judge_forward(run, &back, "replies from the outside");
}

/* Where the kernel shows bridged packets to the filters of routed ones, as Docker makes it. */
static gboolean judge_bridged(CheckRun *run, int family, const char *sysctl)
{
    const char *bridge = check_bridge(run->def);
    RulesetPacket packet = {.family = family, .protocol = "tcp", .in = bridge, .out = bridge};
    g_autofree char *path = g_build_filename("/proc/sys/net/bridge", sysctl, NULL);
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL) || *text != '1')
        return FALSE;
    return judge_forward(run, &packet, "packets to each other");
}

/* The first trouble of a family is told: its cure is that of the others. */
static gboolean judge_family(CheckRun *run, int family, const char *sysctl)
{
    const GPtrArray *ips = run->def->ips;

    for (guint i = 0; check_forwards(run->def) && ips && i < ips->len; i++) {
        const NetworkIp *ip = ips->pdata[i];

        if (ip->address.family == family && judge_ip(run, ip))
            return TRUE;
    }
    return judge_bridged(run, family, sysctl);
}

void check_other_rules(CheckRun *run)
{
    gboolean is_told;

    if (!check_has_rules(run))
        return;
    is_told = judge_family(run, AF_INET, "bridge-nf-call-iptables");
    is_told = judge_family(run, AF_INET6, "bridge-nf-call-ip6tables") || is_told;
    if (!is_told)
        check_say(run, CHECK_FINE, NULL, "no other table drops what is forwarded for the network");
}

/* ---- to the host ---- */

static gboolean judge_input(CheckRun *run, int family, guint port, const char *what)
{
    RulesetPacket packet = {.family = family, .in = run->def->bridge, .protocol = "udp", .port = port};
    RulesetCulprit culprit;
    RulesetVerdict verdict = ruleset_judge(run->rules, RULESET_OTHERS, RULESET_INPUT, &packet, &culprit);
    g_autofree char *cure = verdict == RULESET_PASSES ? NULL : input_cure(run->rules, &culprit, run->def->bridge, port);

    return check_say_verdict(run, verdict, &culprit, cure, family_name(family), what);
}

void check_host_rules(CheckRun *run)
{
    gboolean is_told = FALSE, has_dns = !run->def->dns || run->def->dns->enable != XML_BOOL_NO;

    if (!check_has_rules(run))
        return;
    for (guint i = 0; run->def->ips && i < run->def->ips->len; i++) {
        const NetworkIp *ip = run->def->ips->pdata[i];
        int family = ip->address.family;

        if (ip->has_dhcp)
            is_told = judge_input(run, family, family == AF_INET6 ? 547 : 67, "requests for DHCP") || is_told;
        if (has_dns)
            is_told = judge_input(run, family, 53, "requests for DNS") || is_told;
    }
    if (!is_told)
        check_say(run, CHECK_FINE, NULL, "the host takes the guests' requests for DHCP and DNS");
}

/* Tables that the kernel has and does not show. */
static gboolean say_unseen(CheckRun *run, int family)
{
    const char *its = family == AF_INET6 ? "ip6" : "ip";
    g_autofree char *cure = g_strdup_printf("look whether \"%stables-legacy -S\" drops the guests' packets", its);
    g_auto(GStrv) names = ruleset_legacy_tables(family);

    for (gsize i = 0; names[i]; i++) {
        g_autofree char *table = g_strconcat(names[i], RULESET_LEGACY, NULL);

        if (run->rules && ruleset_has_chain(run->rules, its, table, "FORWARD"))
            continue;
        check_say(run, CHECK_DOUBT, cure, "there is a table %s of %stables-legacy, which cannot be seen from here",
                  names[i], its);
        return TRUE;
    }
    return FALSE;
}

void check_legacy_rules(CheckRun *run)
{
    g_autofree char *arp = NULL;
    gboolean is_told = say_unseen(run, AF_INET);

    is_told = say_unseen(run, AF_INET6) || is_told;
    if (g_file_get_contents("/proc/net/arp_tables_names", &arp, NULL, NULL) && *arp) {
        check_say(run, CHECK_DOUBT, "look whether \"arptables-legacy -S\" drops the guests' questions",
                  "there are rules of arptables-legacy, which are not looked at");
        is_told = TRUE;
    }
    if (!is_told)
        check_say(run, CHECK_FINE, NULL, "no rules but those that were looked at");
}

void check_firewalld(CheckRun *run)
{
    g_autofree char *zone = NULL;
    g_autofree char *cure = g_strdup_printf("firewall-cmd --zone=%s --change-interface=%s",
                                            run->def->zone ? run->def->zone : "libvirt", run->def->bridge);

    if (!firewalld_find_zone(run->def->bridge, &zone)) {
        if (run->def->zone)
            check_say(run, CHECK_PROBLEM, "systemctl start firewalld",
                      "zone %s is asked for, but firewalld does not run", run->def->zone);
        else
            check_say(run, CHECK_FINE, NULL, "firewalld does not run");
    } else if (!zone) {
        check_say(run, CHECK_PROBLEM, cure, "bridge %s is in no zone of firewalld: that of unknown links is for it",
                  run->def->bridge);
    } else if (run->def->zone && strcmp(zone, run->def->zone) != 0) {
        check_say(run, CHECK_PROBLEM, cure, "bridge %s is in firewalld's zone %s, not %s", run->def->bridge, zone,
                  run->def->zone);
    } else {
        check_say(run, CHECK_FINE, NULL, "bridge %s is in firewalld's zone %s", run->def->bridge, zone);
    }
}
