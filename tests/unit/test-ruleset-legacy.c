/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What entries of iptables-legacy and ebtables-legacy ask for, as nft says it; and entries that are none. */
#include <arpa/inet.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter_bridge/ebtables.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <string.h>
#include <sys/socket.h>

#include "virtnetworkd/check/ruleset.h"
#include "virtnetworkd/check/ruleset_ebtables.h"
#include "virtnetworkd/check/ruleset_legacy_match.h"

/* An entry under construction. */
typedef union {
    struct ipt_entry v4;
    struct ip6t_entry v6;
    guint8 bytes[1024];
} Blob;

static void set_link(char *name, unsigned char *mask, const char *text, gsize covered)
{
    strcpy(name, text);
    memset(mask, 0xff, covered);
}

static void *add_match(Blob *blob, const char *name, guint revision, gsize size)
{
    struct xt_entry_match *match = (void *)(blob->bytes + blob->v4.target_offset);

    match->u.match_size = (guint16)XT_ALIGN(sizeof(*match) + size);
    match->u.user.revision = (guint8)revision;
    strcpy(match->u.user.name, name);
    blob->v4.target_offset = (guint16)(blob->v4.target_offset + match->u.match_size);
    return match->data;
}

static void end_with_verdict(Blob *blob, int verdict)
{
    struct xt_standard_target *target = (void *)(blob->bytes + blob->v4.target_offset);

    target->target.u.target_size = sizeof(*target);
    target->verdict = verdict;
    blob->v4.next_offset = (guint16)(blob->v4.target_offset + sizeof(*target));
}

static Blob plain(void)
{
    Blob blob = {0};

    blob.v4.target_offset = sizeof(struct ipt_entry);
    return blob;
}

static char *conditions_of(int family, const Blob *blob, LegacyEntry *entry)
{
    json_object *list;
    char *text;

    g_assert_true(legacy_entry_read(family, blob->bytes, sizeof(blob->bytes), entry));
    list = legacy_conditions(family, entry);
    text = g_strdup(json_object_to_json_string_ext(list, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(list);
    return text;
}

#define MATCH(op, left, right) "{\"match\":{\"op\":\"" op "\",\"left\":{" left "},\"right\":" right "}}"
#define META(key)              "\"meta\":{\"key\":\"" key "\"}"
#define PAYLOAD(p, f)          "\"payload\":{\"protocol\":\"" p "\",\"field\":\"" f "\"}"

static void test_head(void)
{
    g_autofree char *text = NULL;
    Blob blob = plain();
    LegacyEntry entry;

    set_link(blob.v4.ip.iniface, blob.v4.ip.iniface_mask, "virbr+", 5);
    set_link(blob.v4.ip.outiface, blob.v4.ip.outiface_mask, "eth0", 5);
    blob.v4.ip.invflags = IPT_INV_VIA_OUT;
    inet_pton(AF_INET, "10.1.2.0", &blob.v4.ip.src);
    inet_pton(AF_INET, "255.255.255.0", &blob.v4.ip.smsk);
    blob.v4.ip.proto = IPPROTO_UDP;
    end_with_verdict(&blob, -NF_DROP - 1);
    text = conditions_of(AF_INET, &blob, &entry);
    g_assert_cmpstr(
        text, ==,
        "[" MATCH("==", META("iifname"), "\"virbr*\"") "," MATCH("!=", META("oifname"), "\"eth0\"") "," MATCH(
            "==", PAYLOAD("ip", "saddr"),
            "{\"prefix\":{\"addr\":\"10.1.2.0\",\"len\":24}}") "," MATCH("==", META("l4proto"), "\"udp\"") "]");
    g_assert_true(entry.is_standard && !entry.is_goto && !entry.chain_name);
    g_assert_cmpstr(legacy_verdict_name(entry.verdict), ==, "drop");
}

static void test_extensions(void)
{
    struct xt_conntrack_mtinfo3 *track;
    g_autofree char *text = NULL;
    struct xt_udp *udp;
    Blob blob = plain();
    LegacyEntry entry;

    add_match(&blob, "comment", 0, 256);
    udp = add_match(&blob, "udp", 0, sizeof(*udp));
    udp->spts[1] = 65535;
    udp->dpts[0] = udp->dpts[1] = 67;
    track = add_match(&blob, "conntrack", 3, sizeof(*track));
    track->match_flags = XT_CONNTRACK_STATE;
    track->state_mask = XT_CONNTRACK_STATE_BIT(IP_CT_ESTABLISHED) | XT_CONNTRACK_STATE_BIT(IP_CT_RELATED);
    add_match(&blob, "limit", 0, 40);
    end_with_verdict(&blob, -NF_ACCEPT - 1);
    text = conditions_of(AF_INET, &blob, &entry);
    g_assert_cmpstr(text, ==,
                    "[" MATCH("==", PAYLOAD("udp", "dport"), "{\"range\":[67,67]}") "," MATCH(
                        "==", "\"ct\":{\"key\":\"state\"}",
                        "[\"established\",\"related\"]") ","
                                                         "{\"xt\":{\"type\":\"match\",\"name\":\"limit\"}}]");
    g_assert_cmpstr(legacy_verdict_name(entry.verdict), ==, "accept");
}

static void test_v6(void)
{
    struct xt_standard_target *target;
    g_autofree char *text = NULL;
    Blob blob = {0};
    LegacyEntry entry;

    inet_pton(AF_INET6, "2001:db8::", &blob.v6.ipv6.dst);
    inet_pton(AF_INET6, "ffff:ffff::", &blob.v6.ipv6.dmsk);
    /* A mask with a hole is for nobody here to tell. */
    inet_pton(AF_INET6, "::1", &blob.v6.ipv6.smsk);
    blob.v6.ipv6.flags = IP6T_F_GOTO;
    blob.v6.target_offset = sizeof(struct ip6t_entry);
    blob.v6.next_offset = sizeof(struct ip6t_entry) + sizeof(*target);
    target = (void *)(blob.bytes + blob.v6.target_offset);
    target->target.u.target_size = sizeof(*target);
    target->verdict = 4096;
    text = conditions_of(AF_INET6, &blob, &entry);
    g_assert_cmpstr(text, ==,
                    "[{\"xt\":{\"type\":\"match\",\"name\":\"saddr\"}}," MATCH(
                        "==", PAYLOAD("ip6", "daddr"), "{\"prefix\":{\"addr\":\"2001:db8::\",\"len\":32}}") "]");
    g_assert_true(entry.is_goto);
    g_assert_cmpint(entry.verdict, ==, 4096);
}

/* Sizes that reach beyond what is there, or fall short. */
static void test_broken(void)
{
    Blob good = plain(), blob;
    LegacyEntry entry;

    end_with_verdict(&good, XT_RETURN);
    g_assert_true(legacy_entry_read(AF_INET, good.bytes, good.v4.next_offset, &entry));
    for (gsize size = 0; size < good.v4.next_offset; size++)
        g_assert_false(legacy_entry_read(AF_INET, good.bytes, size, &entry));
    for (guint at = 0; at < good.v4.target_offset; at++) {
        blob = good;
        blob.v4.target_offset = (guint16)at;
        g_assert_false(legacy_entry_read(AF_INET, blob.bytes, blob.v4.next_offset, &entry));
    }
    blob = good;
    blob.v4.next_offset = blob.v4.target_offset;
    g_assert_false(legacy_entry_read(AF_INET, blob.bytes, sizeof(blob.bytes), &entry));
    blob = good;
    ((struct xt_entry_target *)(void *)(blob.bytes + blob.v4.target_offset))->u.target_size = 999;
    g_assert_false(legacy_entry_read(AF_INET, blob.bytes, blob.v4.next_offset, &entry));
}

/* ---- ebtables-legacy ---- */

/* A table of ebtables-legacy's as the kernel gives it, under construction. */
typedef struct {
    guint8 bytes[4096];
    gsize size;
} EbTable;

static gsize eb_chain(EbTable *table, const char *name, int policy)
{
    struct ebt_entries *head = (void *)(table->bytes + table->size);
    gsize at = table->size;

    strcpy(head->name, name);
    head->policy = policy;
    table->size += sizeof(*head);
    return at;
}

static struct ebt_entry *eb_rule(EbTable *table, int verdict)
{
    struct ebt_entry *rule = (void *)(table->bytes + table->size);
    struct ebt_standard_target *target = (void *)rule->elems;

    rule->bitmask = EBT_ENTRY_OR_ENTRIES | EBT_NOPROTO;
    rule->watchers_offset = rule->target_offset = sizeof(*rule);
    rule->next_offset = sizeof(*rule) + sizeof(*target);
    strcpy(target->target.u.name, EBT_STANDARD_TARGET);
    target->target.target_size = sizeof(*target) - sizeof(target->target);
    target->verdict = verdict;
    table->size += rule->next_offset;
    return rule;
}

static Ruleset *eb_ruleset(const EbTable *table, gsize size)
{
    json_object *root = json_object_new_object(), *entries = json_object_new_array();
    g_autoptr(GError) error = NULL;
    Ruleset *ruleset;

    ruleset_ebtables_parse("filter", 1 << 1 | 1 << 2, table->bytes, size, entries);
    json_add_object(root, "nftables", entries);
    ruleset = ruleset_parse(json_object_to_json_string(root), &error);
    g_assert_no_error(error);
    json_object_put(root);
    return ruleset;
}

static RulesetVerdict eb_judge(const Ruleset *ruleset, RulesetHook hook, const RulesetPacket *packet, const char *chain,
                               gint64 handle)
{
    RulesetCulprit culprit = {0};
    RulesetVerdict verdict = ruleset_judge(ruleset, RULESET_OTHERS, hook, packet, &culprit);

    if (verdict != RULESET_PASSES) {
        g_assert_cmpstr(culprit.family, ==, "bridge");
        g_assert_cmpstr(culprit.table, ==, "filter (legacy)");
        g_assert_cmpstr(culprit.chain, ==, chain);
        g_assert_cmpint(culprit.handle, ==, handle);
    }
    return verdict;
}

/* INPUT lets one bridge pass; FORWARD goes to a chain that drops ARP of bridges that begin with "virbr". */
static void test_ebtables(void)
{
    const RulesetPacket arp = {.is_arp = TRUE, .bridge = "virbr7"}, other = {.is_arp = TRUE, .bridge = "br0"};
    const RulesetPacket v4 = {.family = AF_INET, .bridge = "virbr7"};
    g_autoptr(Ruleset) ruleset = NULL;
    struct ebt_standard_target *jump;
    struct ebt_entry *rule;
    EbTable table = {0};

    eb_chain(&table, "INPUT", EBT_DROP);
    strcpy(eb_rule(&table, EBT_ACCEPT)->logical_in, "br0");
    eb_chain(&table, "FORWARD", EBT_ACCEPT);
    rule = eb_rule(&table, 0);
    /* Which link a guest's packets come in by is not asked; it is not this one. */
    strcpy(rule->in, "lo");
    rule->invflags = EBT_IIN;
    jump = (void *)rule->elems;
    jump->verdict = (int)eb_chain(&table, "more", EBT_RETURN);
    eb_rule(&table, EBT_CONTINUE);
    rule = eb_rule(&table, EBT_DROP);
    strcpy(rule->logical_in, "virbr\1");
    rule->bitmask &= (unsigned int)~EBT_NOPROTO;
    rule->ethproto = htons(0x0806);
    ruleset = eb_ruleset(&table, table.size);
    g_assert_true(ruleset_has_chain(ruleset, "bridge", "filter (legacy)", "more"));
    g_assert_cmpint(eb_judge(ruleset, RULESET_BRIDGE_INPUT, &arp, "INPUT", 0), ==, RULESET_DROPPED);
    g_assert_cmpint(eb_judge(ruleset, RULESET_BRIDGE_INPUT, &other, "", 0), ==, RULESET_PASSES);
    g_assert_cmpint(eb_judge(ruleset, RULESET_BRIDGE_FORWARD, &arp, "more", 2), ==, RULESET_DROPPED);
    g_assert_cmpint(eb_judge(ruleset, RULESET_BRIDGE_FORWARD, &other, "", 0), ==, RULESET_PASSES);
    g_assert_cmpint(eb_judge(ruleset, RULESET_BRIDGE_FORWARD, &v4, "", 0), ==, RULESET_PASSES);
}

/* What nobody can tell makes no verdict, and what is not whole is not read. */
static void test_ebtables_odd(void)
{
    const RulesetPacket v4 = {.family = AF_INET, .bridge = "br0"};
    EbTable table = {0};
    struct ebt_entry *rule;
    gsize first;

    eb_chain(&table, "INPUT", EBT_DROP);
    first = table.size;
    rule = eb_rule(&table, EBT_ACCEPT);
    rule->bitmask |= EBT_SOURCEMAC;
    for (gsize size = 0; size <= table.size; size++) {
        g_autoptr(Ruleset) ruleset = eb_ruleset(&table, size);
        RulesetVerdict expected = size < first        ? RULESET_PASSES
                                  : size < table.size ? RULESET_DROPPED
                                                      : RULESET_PASSES_MAYBE;

        g_assert_cmpint(eb_judge(ruleset, RULESET_BRIDGE_INPUT, &v4, "INPUT", 0), ==, expected);
    }
    rule->next_offset = G_MAXUINT32;
    ruleset_free(eb_ruleset(&table, table.size));
    rule->next_offset = 0;
    ruleset_free(eb_ruleset(&table, table.size));
    rule->target_offset = G_MAXUINT32 - 8;
    ruleset_free(eb_ruleset(&table, table.size));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ruleset-legacy/head", test_head);
    g_test_add_func("/ruleset-legacy/extensions", test_extensions);
    g_test_add_func("/ruleset-legacy/v6", test_v6);
    g_test_add_func("/ruleset-legacy/broken", test_broken);
    g_test_add_func("/ruleset-legacy/ebtables", test_ebtables);
    g_test_add_func("/ruleset-legacy/ebtables-odd", test_ebtables_odd);
    return g_test_run();
}
