/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What becomes of a packet, by rules as libnftables writes them. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "common/error.h"
#include "virtnetworkd/check/ruleset.h"

/* One table "ip t" with the base chain "f" of the given policy and the regular chain "r". */
static Ruleset *rules_of(const char *policy, const char *rules)
{
    g_autofree char *json =
        g_strdup_printf("{\"nftables\":[{\"metainfo\":{}},{\"chain\":{\"family\":\"ip\",\"table\":\"t\",\"name\":\"f\","
                        "\"type\":\"filter\",\"hook\":\"forward\",\"prio\":0,\"policy\":\"%s\"}},"
                        "{\"chain\":{\"family\":\"ip\",\"table\":\"t\",\"name\":\"r\"}},"
                        "{\"set\":{\"family\":\"ip\",\"table\":\"t\",\"name\":\"s\",\"elem\":[\"br0\",\"br1\"]}},"
                        "{\"map\":{\"family\":\"ip\",\"table\":\"t\",\"name\":\"m\",\"elem\":[[\"br0\","
                        "{\"goto\":{\"target\":\"r\"}}]]}}%s]}",
                        policy, rules);
    g_autoptr(GError) error = NULL;
    Ruleset *ruleset = ruleset_parse(json, &error);

    g_assert_no_error(error);
    return ruleset;
}

#define RULE(chain, handle, expressions)                                                                               \
    ",{\"rule\":{\"family\":\"ip\",\"table\":\"t\",\"chain\":\"" chain "\",\"handle\":" #handle                        \
    ",\"expr\":[" expressions "]}}"
#define IN(op, right)  "{\"match\":{\"op\":\"" op "\",\"left\":{\"meta\":{\"key\":\"iifname\"}},\"right\":" right "}}"
#define OUT(op, right) "{\"match\":{\"op\":\"" op "\",\"left\":{\"meta\":{\"key\":\"oifname\"}},\"right\":" right "}}"
#define STATE(right)   "{\"match\":{\"op\":\"in\",\"left\":{\"ct\":{\"key\":\"state\"}},\"right\":" right "}}"
#define FIELD(p, f, right)                                                                                             \
    "{\"match\":{\"op\":\"==\",\"left\":{\"payload\":{\"protocol\":\"" p "\",\"field\":\"" f "\"}},\"right\":" right   \
    "}}"
#define NET(address, len) "{\"prefix\":{\"addr\":\"" address "\",\"len\":" #len "}}"
#define COUNTER           "{\"counter\":{\"packets\":0,\"bytes\":0}}"
#define ACCEPT            "{\"accept\":null}"
#define DROP              "{\"drop\":null}"
#define MARK              "{\"match\":{\"op\":\"==\",\"left\":{\"meta\":{\"key\":\"mark\"}},\"right\":7}}"
#define XT(type, name)    "{\"xt\":{\"type\":\"" type "\",\"name\":\"" name "\"}}"

/* A guest's first packet from br0 to eth0, of 10.1.2.0/24; udp to port 67. */
static const struct {
    const char *policy, *rules;
    RulesetVerdict verdict;
    const char *chain; /* of the culprit */
    gint64 handle;
} cases[] = {
    {"accept", "", RULESET_PASSES},
    {"drop", "", RULESET_DROPPED, "f", 0},
    {"drop", RULE("f", 1, IN("==", "\"br0\"") "," COUNTER "," ACCEPT), RULESET_PASSES},
    {"drop", RULE("f", 1, IN("==", "\"br*\"") "," ACCEPT), RULESET_PASSES},
    {"drop", RULE("f", 1, IN("!=", "\"br0\"") "," ACCEPT), RULESET_DROPPED, "f", 0},
    {"drop", RULE("f", 1, IN("==", "{\"set\":[\"lo\",\"br0\"]}") "," ACCEPT), RULESET_PASSES},
    {"drop", RULE("f", 1, IN("==", "\"@s\"") "," ACCEPT), RULESET_PASSES},
    {"drop", RULE("f", 1, OUT("==", "\"@s\"") "," ACCEPT), RULESET_DROPPED, "f", 0},
    {"accept", RULE("f", 4, IN("==", "\"br0\"") "," OUT("==", "\"eth0\"") "," DROP), RULESET_DROPPED, "f", 4},
    {"accept", RULE("f", 4, "{\"reject\":{\"type\":\"icmpx\"}}"), RULESET_DROPPED, "f", 4},
    {"accept", RULE("f", 4, COUNTER "," XT("target", "REJECT")), RULESET_DROPPED, "f", 4},
    {"accept", RULE("f", 4, COUNTER "," XT("target", "LOG")), RULESET_PASSES},
    /* A reply's rule is not for the first packet. */
    {"drop", RULE("f", 1, STATE("[\"established\",\"related\"]") "," ACCEPT), RULESET_DROPPED, "f", 0},
    {"drop", RULE("f", 1, STATE("\"new\"") "," ACCEPT), RULESET_PASSES},
    {"drop",
     RULE("f", 1, "{\"match\":{\"op\":\"in\",\"left\":{\"ct\":{\"key\":\"status\"}},\"right\":\"dnat\"}}," ACCEPT),
     RULESET_DROPPED, "f", 0},
    /* Networks: all of it, a part, none; the other family. */
    {"drop", RULE("f", 1, FIELD("ip", "saddr", NET("10.0.0.0", 8)) "," ACCEPT), RULESET_PASSES},
    {"drop", RULE("f", 1, FIELD("ip", "saddr", NET("10.1.2.128", 25)) "," ACCEPT), RULESET_PASSES_MAYBE, "f", 0},
    {"drop", RULE("f", 1, FIELD("ip", "saddr", "\"10.1.2.7\"") "," ACCEPT), RULESET_PASSES_MAYBE, "f", 0},
    {"drop", RULE("f", 1, FIELD("ip", "saddr", NET("10.1.3.0", 24)) "," ACCEPT), RULESET_DROPPED, "f", 0},
    {"drop", RULE("f", 1, FIELD("ip6", "saddr", NET("::", 0)) "," ACCEPT), RULESET_DROPPED, "f", 0},
    {"drop", RULE("f", 1, FIELD("ip", "daddr", NET("192.0.2.0", 24)) "," ACCEPT), RULESET_PASSES_MAYBE, "f", 0},
    {"drop", RULE("f", 1, FIELD("udp", "dport", "{\"set\":[53,67]}") "," ACCEPT), RULESET_PASSES},
    {"drop", RULE("f", 1, FIELD("udp", "dport", "{\"range\":[60,70]}") "," ACCEPT), RULESET_PASSES},
    {"drop", RULE("f", 1, FIELD("udp", "dport", "53") "," ACCEPT), RULESET_DROPPED, "f", 0},
    {"drop", RULE("f", 1, FIELD("tcp", "dport", "67") "," ACCEPT), RULESET_DROPPED, "f", 0},
    /* What the question does not say does not fit, and is a doubt where it would let the packet pass. */
    {"drop", RULE("f", 1, MARK "," ACCEPT), RULESET_PASSES_MAYBE, "f", 0},
    {"accept", RULE("f", 1, MARK "," DROP), RULESET_PASSES},
    {"drop", RULE("f", 1, XT("match", "conntrack") "," ACCEPT), RULESET_PASSES_MAYBE, "f", 0},
    {"drop", RULE("f", 1, MARK "," IN("==", "\"lo\"") "," ACCEPT), RULESET_DROPPED, "f", 0},
    {"drop", RULE("f", 1, MARK ",{\"jump\":{\"target\":\"r\"}}") RULE("r", 2, ACCEPT), RULESET_PASSES_MAYBE, "f", 0},
    /* Other chains: a jump comes back, goto does not; maps. */
    {"drop", RULE("f", 1, "{\"jump\":{\"target\":\"r\"}}") RULE("f", 2, ACCEPT) RULE("r", 3, "{\"return\":null}"),
     RULESET_PASSES},
    {"drop", RULE("f", 1, "{\"goto\":{\"target\":\"r\"}}") RULE("f", 2, ACCEPT) RULE("r", 3, COUNTER), RULESET_DROPPED,
     "f", 0},
    {"accept", RULE("f", 1, "{\"jump\":{\"target\":\"r\"}}") RULE("r", 3, DROP), RULESET_DROPPED, "r", 3},
    {"accept", RULE("f", 1, "{\"vmap\":{\"key\":{\"meta\":{\"key\":\"iifname\"}},\"data\":\"@m\"}}") RULE("r", 3, DROP),
     RULESET_DROPPED, "r", 3},
    {"accept", RULE("f", 1, "{\"vmap\":{\"key\":{\"meta\":{\"key\":\"oifname\"}},\"data\":\"@m\"}}") RULE("r", 3, DROP),
     RULESET_PASSES},
    {"drop",
     RULE("f", 1, "{\"vmap\":{\"key\":{\"ct\":{\"key\":\"state\"}},\"data\":{\"set\":[[\"new\"," ACCEPT "]]}}}"),
     RULESET_PASSES},
    {"drop", RULE("f", 1, "{\"vmap\":{\"key\":{\"meta\":{\"key\":\"mark\"}},\"data\":{\"set\":[[7," ACCEPT "]]}}}"),
     RULESET_PASSES_MAYBE, "f", 0},
    /* A chain that jumps to itself ends. */
    {"drop", RULE("f", 1, "{\"jump\":{\"target\":\"r\"}}") RULE("r", 3, "{\"jump\":{\"target\":\"r\"}}"),
     RULESET_DROPPED, "f", 0},
};

static void test_packets(void)
{
    IpAddress network;
    RulesetPacket packet = {.family = AF_INET,
                            .in = "br0",
                            .out = "eth0",
                            .protocol = "udp",
                            .port = 67,
                            .source = &network,
                            .source_prefix = 24};

    g_assert_true(ip_address_parse("10.1.2.1", &network));
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Ruleset) ruleset = rules_of(cases[i].policy, cases[i].rules);
        RulesetCulprit culprit = {0};

        g_test_message("policy %s%s", cases[i].policy, cases[i].rules);
        g_assert_cmpint(ruleset_judge(ruleset, RULESET_OTHERS, RULESET_FORWARD, &packet, &culprit), ==,
                        cases[i].verdict);
        g_assert_cmpstr(culprit.chain, ==, cases[i].chain);
        g_assert_cmpint(culprit.handle, ==, cases[i].handle);
    }
}

static void test_scope(void)
{
    g_autoptr(Ruleset) ruleset = rules_of("drop", "");
    RulesetPacket packet = {.family = AF_INET};
    RulesetPacket v6 = {.family = AF_INET6};
    RulesetCulprit culprit = {0};

    g_assert_cmpint(ruleset_judge(ruleset, RULESET_OURS, RULESET_FORWARD, &packet, &culprit), ==, RULESET_PASSES);
    g_assert_cmpint(ruleset_judge(ruleset, RULESET_OTHERS, RULESET_INPUT, &packet, &culprit), ==, RULESET_PASSES);
    g_assert_cmpint(ruleset_judge(ruleset, RULESET_OTHERS, RULESET_FORWARD, &v6, &culprit), ==, RULESET_PASSES);
    g_assert_true(ruleset_has_chain(ruleset, "ip", "t", "r"));
    g_assert_false(ruleset_has_chain(ruleset, "ip6", "t", "r"));
}

/* Chains of bridges, of ARP and of links, each of which drops all but what its rule is for. */
static const struct {
    RulesetHook hook;
    const char *chain, *rule;
    RulesetPacket packet;
    RulesetVerdict verdict;
} places[] = {
#define BRIDGE(hook) "\"family\":\"bridge\",\"hook\":\"" hook "\""
#define TYPE(right)  FIELD("ether", "type", right) "," ACCEPT
#define BY_NAME      "{\"match\":{\"op\":\"==\",\"left\":{\"meta\":{\"key\":\"ibrname\"}},\"right\":\"br0\"}}," ACCEPT
    {RULESET_BRIDGE_INPUT, BRIDGE("prerouting"), "", {.family = AF_INET, .bridge = "br0"}, RULESET_DROPPED},
    {RULESET_BRIDGE_INPUT, BRIDGE("input"), TYPE("\"arp\""), {.family = AF_INET, .is_arp = TRUE}, RULESET_PASSES},
    {RULESET_BRIDGE_INPUT, BRIDGE("input"), TYPE("\"arp\""), {.family = AF_INET}, RULESET_DROPPED},
    {RULESET_BRIDGE_INPUT, BRIDGE("forward"), "", {.family = AF_INET}, RULESET_PASSES},
    {RULESET_BRIDGE_FORWARD, BRIDGE("forward"), BY_NAME, {.family = AF_INET, .bridge = "br0"}, RULESET_PASSES},
    {RULESET_BRIDGE_FORWARD, BRIDGE("forward"), BY_NAME, {.family = AF_INET, .bridge = "br1"}, RULESET_DROPPED},
    {RULESET_BRIDGE_FORWARD,
     BRIDGE("forward"),
     FIELD("ip", "saddr", "\"10.1.2.3\"") "," ACCEPT,
     {.family = AF_INET, .is_arp = TRUE},
     RULESET_DROPPED},
    {RULESET_BRIDGE_FORWARD,
     BRIDGE("forward"),
     FIELD("ether", "saddr", "\"52:54:00:00:00:01\"") "," ACCEPT,
     {.family = AF_INET},
     RULESET_PASSES_MAYBE},
#define ARP "\"family\":\"arp\",\"hook\":\"input\""
    {RULESET_ARP_INPUT,
     ARP,
     FIELD("arp", "operation", "\"request\"") "," ACCEPT,
     {.family = AF_INET, .is_arp = TRUE},
     RULESET_PASSES},
    {RULESET_ARP_INPUT,
     ARP,
     FIELD("arp", "operation", "\"reply\"") "," ACCEPT,
     {.family = AF_INET, .is_arp = TRUE},
     RULESET_DROPPED},
#define LINK(dev) "\"family\":\"netdev\",\"hook\":\"ingress\"" dev
    {RULESET_INGRESS, LINK(",\"dev\":\"br0\""), "", {.family = AF_INET, .in = "br0"}, RULESET_DROPPED},
    {RULESET_INGRESS, LINK(",\"dev\":\"br1\""), "", {.family = AF_INET, .in = "br0"}, RULESET_PASSES},
    {RULESET_INGRESS, LINK(",\"dev\":[\"lo\",\"br0\"]"), "", {.family = AF_INET, .in = "br0"}, RULESET_DROPPED},
    {RULESET_INGRESS, LINK(""), "", {.family = AF_INET, .in = "br0"}, RULESET_PASSES_MAYBE},
    {RULESET_EGRESS, LINK(""), "", {.family = AF_INET, .out = "br0"}, RULESET_PASSES},
};

/* A list of nft's with one base chain that has at most one rule. */
static char *one_chain(const char *chain, const char *rule)
{
    char family[16] = "";

    g_assert_cmpint(sscanf(chain, "\"family\":\"%15[a-z]", family), ==, 1);
    return g_strdup_printf(
        "{\"nftables\":[{\"chain\":{%s,\"table\":\"t\",\"name\":\"f\",\"policy\":\"drop\"}},"
        "{\"rule\":{\"family\":\"%s\",\"table\":\"t\",\"chain\":\"f\",\"handle\":1,\"expr\":[%s]}}]}",
        chain, family, rule);
}

static void test_places(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *json = one_chain(places[i].chain, places[i].rule);
        g_autoptr(Ruleset) ruleset = ruleset_parse(json, NULL);
        RulesetCulprit culprit = {0};

        g_test_message("%s", json);
        g_assert_cmpint(ruleset_judge(ruleset, RULESET_OTHERS, places[i].hook, &places[i].packet, &culprit), ==,
                        places[i].verdict);
    }
}

/* What is no ruleset is refused or empty, and does no harm. */
static void test_strange(void)
{
    static const char *const texts[] = {"",
                                        "{",
                                        "[]",
                                        "{\"nftables\":3}",
                                        "{\"nftables\":[1,{},{\"rule\":{}}]}",
                                        "{\"nftables\":[{\"chain\":{}},{\"rule\":{\"expr\":[1]}},{\"set\":{}}]}"};
    RulesetPacket packet = {.family = AF_INET};
    RulesetCulprit culprit = {0};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Ruleset) ruleset = ruleset_parse(texts[i], &error);

        if (ruleset)
            g_assert_cmpint(ruleset_judge(ruleset, RULESET_OTHERS, RULESET_FORWARD, &packet, &culprit), ==,
                            RULESET_PASSES);
        else
            g_assert_true(vir_error_is(error, VIR_ERR_INTERNAL_ERROR));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ruleset/packets", test_packets);
    g_test_add_func("/ruleset/scope", test_scope);
    g_test_add_func("/ruleset/places", test_places);
    g_test_add_func("/ruleset/strange", test_strange);
    return g_test_run();
}
