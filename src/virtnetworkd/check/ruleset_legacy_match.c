/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/check/ruleset_legacy_match.h"

#include <arpa/inet.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_state.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "virtnetworkd/check/ruleset_words.h"

/* What both families ask for. Flags of both have the same values, but for goto. */
typedef struct {
    int family;
    const char *in, *out;
    const guint8 *in_mask, *out_mask;
    const void *source, *source_mask, *destination, *destination_mask;
    guint protocol, inverse;
    gboolean has_more; /* fragments, types of service */
} Head;

static Head head_v4(const struct ipt_ip *ip)
{
    return (Head){AF_INET,           ip->iniface, ip->outiface, ip->iniface_mask,
                  ip->outiface_mask, &ip->src,    &ip->smsk,    &ip->dst,
                  &ip->dmsk,         ip->proto,   ip->invflags, (ip->flags & IPT_F_FRAG) != 0};
}

static Head head_v6(const struct ip6t_ip6 *ip)
{
    return (Head){AF_INET6,          ip->iniface,
                  ip->outiface,      ip->iniface_mask,
                  ip->outiface_mask, &ip->src,
                  &ip->smsk,         &ip->dst,
                  &ip->dmsk,         ip->flags & IP6T_F_PROTO ? ip->proto : 0,
                  ip->invflags,      (ip->flags & IP6T_F_TOS) != 0};
}

static gsize head_size(int family)
{
    return family == AF_INET6 ? sizeof(struct ip6t_entry) : sizeof(struct ipt_entry);
}

/* ---- reading ---- */

static gboolean read_target(LegacyEntry *entry)
{
    const struct xt_entry_target *target = (const void *)(entry->bytes + entry->target_at);
    gsize size = entry->size - entry->target_at;

    if (size < sizeof(*target) || target->u.target_size > size)
        return FALSE;
    entry->target = target->u.user.name;
    entry->is_standard = *entry->target == '\0';
    if (entry->is_standard && target->u.target_size < sizeof(struct xt_standard_target))
        return FALSE;
    if (entry->is_standard)
        entry->verdict = ((const struct xt_standard_target *)target)->verdict;
    if (strcmp(entry->target, XT_ERROR_TARGET) == 0 && target->u.target_size >= sizeof(struct xt_error_target))
        entry->chain_name = ((const struct xt_error_target *)target)->errorname;
    return TRUE;
}

gboolean legacy_entry_read(int family, const guint8 *bytes, gsize size, LegacyEntry *entry)
{
    const struct ipt_entry *v4 = (const void *)bytes;
    const struct ip6t_entry *v6 = (const void *)bytes;
    gboolean is_v6 = family == AF_INET6;

    *entry = (LegacyEntry){.bytes = bytes, .matches = head_size(family)};
    if (size < entry->matches)
        return FALSE;
    entry->size = is_v6 ? v6->next_offset : v4->next_offset;
    entry->target_at = is_v6 ? v6->target_offset : v4->target_offset;
    entry->is_goto = is_v6 ? (v6->ipv6.flags & IP6T_F_GOTO) != 0 : (v4->ip.flags & IPT_F_GOTO) != 0;
    return entry->size <= size && entry->target_at >= entry->matches && entry->target_at < entry->size &&
           read_target(entry);
}

const char *legacy_verdict_name(int verdict)
{
    switch (verdict) {
    case -NF_ACCEPT - 1:
        return "accept";
    case -NF_DROP - 1:
        return "drop";
    case XT_RETURN:
        return "return";
    default:
        return "queue";
    }
}

/* ---- conditions ---- */

/* A mask that does not cover the name's end stands for all names that begin with what it covers. */
static void add_link(json_object *list, const char *key, const char *name, const guint8 *mask, gboolean is_inverse)
{
    gsize length = strnlen((const char *)mask, IFNAMSIZ);
    gboolean is_whole = memchr(name, '\0', length) != NULL;
    g_autofree char *text = g_strdup_printf("%.*s%s", (int)length, name, is_whole ? "" : "*");

    if (length > 0)
        ruleset_words_match(list, ruleset_words_place("meta", "key", key, NULL), json_object_new_string(text),
                            is_inverse);
}

/* The length of a mask that is one of ones; -1: it is not. */
static int prefix_of(const guint8 *mask, gsize size)
{
    guint bits = 0;

    while (bits < size * 8 && (mask[bits / 8] & 0x80 >> bits % 8))
        bits++;
    for (guint i = bits; i < size * 8; i++) {
        if (mask[i / 8] & 0x80 >> i % 8)
            return -1;
    }
    return (int)bits;
}

static void add_network(json_object *list, const Head *head, const char *field, const void *address, const void *mask,
                        gboolean is_inverse)
{
    int prefix = prefix_of(mask, head->family == AF_INET6 ? 16 : 4);
    json_object *network, *right;
    char text[INET6_ADDRSTRLEN];

    if (prefix < 0)
        ruleset_words_unknown(list, field);
    if (prefix <= 0)
        return;
    network = json_object_new_object();
    right = json_object_new_object();
    json_add_string(network, "addr", inet_ntop(head->family, address, text, sizeof(text)));
    json_add_int(network, "len", prefix);
    json_add_object(right, "prefix", network);
    ruleset_words_match(list, ruleset_words_place("payload", "field", field, head->family == AF_INET6 ? "ip6" : "ip"),
                        right, is_inverse);
}

static void add_protocol(json_object *list, const Head *head)
{
    static const struct {
        guint number;
        const char *name;
    } names[] = {{IPPROTO_TCP, "tcp"}, {IPPROTO_UDP, "udp"}, {IPPROTO_ICMP, "icmp"}, {IPPROTO_ICMPV6, "ipv6-icmp"}};
    g_autofree char *text = g_strdup_printf("%u", head->protocol);
    const char *name = text;

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (names[i].number == head->protocol)
            name = names[i].name;
    }
    if (head->protocol)
        ruleset_words_match(list, ruleset_words_place("meta", "key", "l4proto", NULL), json_object_new_string(name),
                            (head->inverse & XT_INV_PROTO) != 0);
}

static void add_head(json_object *list, const Head *head)
{
    add_link(list, "iifname", head->in, head->in_mask, (head->inverse & IPT_INV_VIA_IN) != 0);
    add_link(list, "oifname", head->out, head->out_mask, (head->inverse & IPT_INV_VIA_OUT) != 0);
    add_network(list, head, "saddr", head->source, head->source_mask, (head->inverse & IPT_INV_SRCIP) != 0);
    add_network(list, head, "daddr", head->destination, head->destination_mask, (head->inverse & IPT_INV_DSTIP) != 0);
    add_protocol(list, head);
    if (head->has_more)
        ruleset_words_unknown(list, "fragments or types of service");
}

/* ---- extensions ---- */

static void add_states(json_object *list, guint mask, gboolean is_inverse)
{
    static const struct {
        guint bit;
        const char *name;
    } states[] = {{XT_CONNTRACK_STATE_BIT(IP_CT_ESTABLISHED), "established"},
                  {XT_CONNTRACK_STATE_BIT(IP_CT_RELATED), "related"},
                  {XT_CONNTRACK_STATE_BIT(IP_CT_NEW), "new"},
                  {XT_CONNTRACK_STATE_INVALID, "invalid"}};
    json_object *right = json_object_new_array();

    for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
        if (mask & states[i].bit)
            json_object_array_add(right, json_object_new_string(states[i].name));
    }
    ruleset_words_match(list, ruleset_words_place("ct", "key", "state", NULL), right, is_inverse);
}

static gboolean is_any(const guint16 *ports)
{
    return ports[0] == 0 && ports[1] == G_MAXUINT16;
}

static void add_ports(json_object *list, const char *protocol, const guint16 *to, gboolean is_inverse)
{
    json_object *range = json_object_new_array(), *right = json_object_new_object();

    json_object_array_add(range, json_object_new_int(to[0]));
    json_object_array_add(range, json_object_new_int(to[1]));
    json_add_object(right, "range", range);
    ruleset_words_match(list, ruleset_words_place("payload", "field", "dport", protocol), right, is_inverse);
}

/* Conditions of the extensions that most rules have; FALSE: another one, or more than can be told. */
static gboolean add_known(json_object *list, const char *name, guint revision, const void *data, gsize size)
{
    const struct xt_conntrack_mtinfo3 *track = data;
    const struct xt_udp *udp = data;
    const struct xt_tcp *tcp = data;

    if (strcmp(name, "comment") == 0)
        return TRUE;
    if (strcmp(name, "state") == 0 && size >= sizeof(struct xt_state_info)) {
        add_states(list, ((const struct xt_state_info *)data)->statemask, FALSE);
    } else if (strcmp(name, "conntrack") == 0 && revision == 3 && size >= sizeof(*track) &&
               (track->match_flags & ~XT_CONNTRACK_STATE_ALIAS) == XT_CONNTRACK_STATE) {
        add_states(list, track->state_mask, (track->invert_flags & XT_CONNTRACK_STATE) != 0);
    } else if (strcmp(name, "udp") == 0 && size >= sizeof(*udp) && is_any(udp->spts)) {
        add_ports(list, name, udp->dpts, (udp->invflags & XT_UDP_INV_DSTPT) != 0);
    } else if (strcmp(name, "tcp") == 0 && size >= sizeof(*tcp) && is_any(tcp->spts) && !tcp->option &&
               !tcp->flg_mask) {
        add_ports(list, name, tcp->dpts, (tcp->invflags & XT_TCP_INV_DSTPT) != 0);
    } else {
        return FALSE;
    }
    return TRUE;
}

static void add_extensions(json_object *list, const LegacyEntry *entry)
{
    gsize at = entry->matches;

    while (at + sizeof(struct xt_entry_match) <= entry->target_at) {
        const struct xt_entry_match *match = (const void *)(entry->bytes + at);
        gsize size = match->u.match_size;

        if (size < sizeof(*match) || size > entry->target_at - at)
            break;
        if (!add_known(list, match->u.user.name, match->u.user.revision, match->data, size - sizeof(*match)))
            ruleset_words_unknown(list, match->u.user.name);
        at += size;
    }
}

json_object *legacy_conditions(int family, const LegacyEntry *entry)
{
    json_object *list = json_object_new_array();
    Head head = family == AF_INET6 ? head_v6(&((const struct ip6t_entry *)(const void *)entry->bytes)->ipv6)
                                   : head_v4(&((const struct ipt_entry *)(const void *)entry->bytes)->ip);

    add_head(list, &head);
    add_extensions(list, entry);
    return list;
}
