/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/check/ruleset_match.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* What a packet has in one place, as far as the question says it. */
typedef struct {
    gboolean is_known;
    gboolean is_elsewhere; /* it is a packet without such a place: an IPv6 address of an IPv4 packet */
    const char *text;      /* a word; or a link's name, which may be asked for by its beginning */
    guint number;
    const IpAddress *address;
    guint prefix;
    const char *never; /* what an unknown word is not, in any case */
} Place;

static Place place_of_text(const char *text)
{
    return (Place){.is_known = text != NULL, .text = text};
}

/* No packet that is asked about comes or goes by the host's loopback. */
static Place place_of_link(const char *name)
{
    Place place = place_of_text(name);

    place.never = "lo";
    return place;
}

static Place place_of_network(const IpAddress *address, guint prefix)
{
    return (Place){.is_known = address != NULL, .address = address, .prefix = prefix};
}

static const char *ether_type(const RulesetPacket *packet)
{
    return packet->is_arp ? "arp" : packet->family == AF_INET6 ? "ip6" : "ip";
}

static Place place_of_meta(const char *key, const RulesetPacket *packet)
{
    gboolean is_v6 = packet->family == AF_INET6;

    if (g_strcmp0(key, "iifname") == 0 || g_strcmp0(key, "iif") == 0)
        return place_of_link(packet->in);
    if (g_strcmp0(key, "oifname") == 0 || g_strcmp0(key, "oif") == 0)
        return place_of_link(packet->out);
    if (g_strcmp0(key, "ibrname") == 0 || g_strcmp0(key, "obrname") == 0)
        return place_of_text(packet->bridge);
    if (g_strcmp0(key, "nfproto") == 0)
        return place_of_text(is_v6 ? "ipv6" : "ipv4");
    if (g_strcmp0(key, "protocol") == 0)
        return place_of_text(ether_type(packet));
    return place_of_text(g_strcmp0(key, "l4proto") == 0 ? packet->protocol : NULL);
}

static Place place_of_address(const char *field, const RulesetPacket *packet)
{
    if (g_strcmp0(field, "saddr") == 0)
        return place_of_network(packet->source, packet->source_prefix);
    if (g_strcmp0(field, "daddr") == 0)
        return place_of_network(packet->destination, packet->destination_prefix);
    return place_of_text(g_strcmp0(field, "protocol") == 0 || g_strcmp0(field, "nexthdr") == 0 ? packet->protocol
                                                                                               : NULL);
}

static Place place_of_question(const char *field, const RulesetPacket *packet)
{
    if (g_strcmp0(field, "saddr ip") == 0)
        return place_of_network(packet->source, packet->source_prefix);
    if (g_strcmp0(field, "daddr ip") == 0)
        return place_of_network(packet->destination, packet->destination_prefix);
    return place_of_text(g_strcmp0(field, "operation") == 0 ? "request" : NULL);
}

static Place place_of_payload(const char *protocol, const char *field, const RulesetPacket *packet)
{
    static const char *const networks[] = {"ip", "ip6", "arp", NULL};

    if (g_strcmp0(protocol, "ether") == 0)
        return place_of_text(g_strcmp0(field, "type") == 0 ? ether_type(packet) : NULL);
    if (protocol && g_strv_contains(networks, protocol)) {
        if (strcmp(protocol, ether_type(packet)) != 0)
            return (Place){.is_elsewhere = TRUE};
        return packet->is_arp ? place_of_question(field, packet) : place_of_address(field, packet);
    }
    if (packet->is_arp)
        return (Place){.is_elsewhere = TRUE};
    if (packet->protocol && g_strcmp0(protocol, "th") != 0 && g_strcmp0(protocol, packet->protocol) != 0)
        return (Place){.is_elsewhere = TRUE};
    if (packet->port && g_strcmp0(field, "dport") == 0)
        return (Place){.is_known = TRUE, .number = packet->port};
    return (Place){0};
}

/* What the left side of a condition, or a map's key, means. */
static Place place_of(json_object *left, const RulesetPacket *packet)
{
    json_object *meta = json_get_object(left, "meta");
    json_object *payload = json_get_object(left, "payload");
    json_object *ct = json_get_object(left, "ct");

    if (meta)
        return place_of_meta(json_get_string(meta, "key"), packet);
    if (payload)
        return place_of_payload(json_get_string(payload, "protocol"), json_get_string(payload, "field"), packet);
    if (g_strcmp0(json_get_string(ct, "key"), "state") == 0)
        return place_of_text(packet->is_reply ? "established" : "new");
    /* A connection that begins has no status yet, and nobody redirects it. */
    if (g_strcmp0(json_get_string(ct, "key"), "status") == 0 && !packet->is_reply)
        return place_of_text("");
    return (Place){0};
}

/* ---- values ---- */

static RulesetFit fit_if(gboolean fits)
{
    return fits ? RULESET_FITS : RULESET_FITS_NOT;
}

/* The packet has some address of its network: all of it, a part, or nothing of it is asked for. */
static RulesetFit fit_network(const Place *place, const char *text, guint prefix)
{
    IpAddress asked;

    if (!text || !ip_address_parse(text, &asked))
        return RULESET_FITS_MAYBE;
    prefix = MIN(prefix, ip_address_bits(&asked));
    if (!ip_address_same_network(&asked, place->address, MIN(prefix, place->prefix)))
        return RULESET_FITS_NOT;
    return prefix <= place->prefix ? RULESET_FITS : RULESET_FITS_MAYBE;
}

static RulesetFit fit_text(const Place *place, const char *asked)
{
    gsize length = strlen(asked);

    if (place->address)
        return fit_network(place, asked, G_MAXUINT);
    if (!place->text)
        return RULESET_FITS_MAYBE;
    if (length > 0 && asked[length - 1] == '*')
        return fit_if(strncmp(place->text, asked, length - 1) == 0);
    return fit_if(strcmp(place->text, asked) == 0);
}

static RulesetFit fit_any(const Place *place, json_object *list, const RulesetSets *sets);

static RulesetFit fit_range(const Place *place, json_object *range)
{
    if (!place->number || json_object_array_length(range) != 2)
        return RULESET_FITS_MAYBE;
    return fit_if((gint64)place->number >= json_object_get_int64(json_object_array_get_idx(range, 0)) &&
                  (gint64)place->number <= json_object_get_int64(json_object_array_get_idx(range, 1)));
}

static RulesetFit fit_object(const Place *place, json_object *asked, const RulesetSets *sets);

static RulesetFit fit_value(const Place *place, json_object *asked, const RulesetSets *sets)
{
    const char *text;

    switch (json_object_get_type(asked)) {
    case json_type_string:
        text = json_object_get_string(asked);
        return *text == '@' ? fit_any(place, sets->find(sets->rule, text + 1, sets->data), sets)
                            : fit_text(place, text);
    case json_type_int:
        return place->number ? fit_if(json_object_get_int64(asked) == (gint64)place->number) : RULESET_FITS_MAYBE;
    case json_type_array:
        return fit_any(place, asked, sets);
    case json_type_object:
        return fit_object(place, asked, sets);
    default:
        return RULESET_FITS_MAYBE;
    }
}

static RulesetFit fit_object(const Place *place, json_object *asked, const RulesetSets *sets)
{
    json_object *prefix = json_get_object(asked, "prefix");
    json_object *element = json_get_object(asked, "elem");
    json_object *range = json_get_array(asked, "range");
    json_object *set = json_get_array(asked, "set");
    json_object *value;

    if (prefix && place->address)
        return fit_network(place, json_get_string(prefix, "addr"), (guint)json_get_int(prefix, "len", 0));
    if (set)
        return fit_any(place, set, sets);
    if (range)
        return fit_range(place, range);
    if (element && json_object_object_get_ex(element, "val", &value))
        return fit_value(place, value, sets);
    return RULESET_FITS_MAYBE;
}

static RulesetFit fit_any(const Place *place, json_object *list, const RulesetSets *sets)
{
    RulesetFit best = RULESET_FITS_NOT;

    for (gsize i = 0; list && i < json_object_array_length(list); i++)
        best = MAX(best, fit_value(place, json_object_array_get_idx(list, i), sets));
    return best;
}

static RulesetFit fit_place(const Place *place, json_object *asked, const RulesetSets *sets)
{
    if (place->is_elsewhere)
        return RULESET_FITS_NOT;
    if (place->is_known)
        return fit_value(place, asked, sets);
    return place->never && json_object_is_type(asked, json_type_string) &&
                   g_str_equal(json_object_get_string(asked), place->never)
               ? RULESET_FITS_NOT
               : RULESET_FITS_MAYBE;
}

/* ---- expressions ---- */

/* A packet without the place fits neither what is asked for nor its contrary. */
static RulesetFit match_condition(json_object *match, const RulesetPacket *packet, const RulesetSets *sets)
{
    const char *operator= json_get_string(match, "op");
    json_object *left = NULL, *right = NULL;
    RulesetFit fit;
    Place place;

    json_object_object_get_ex(match, "left", &left);
    json_object_object_get_ex(match, "right", &right);
    place = place_of(left, packet);
    fit = fit_place(&place, right, sets);
    if (g_strcmp0(operator, "==") == 0 || g_strcmp0(operator, "in") == 0 || place.is_elsewhere)
        return fit;
    if (g_strcmp0(operator, "!=") == 0)
        return RULESET_FITS - fit;
    return RULESET_FITS_MAYBE;
}

RulesetFit ruleset_match(json_object *expression, const RulesetPacket *packet, const RulesetSets *sets)
{
    /* Each stops the rule for packets that the question cannot tell from others. */
    static const char *const conditions[] = {"limit", "xt", "quota", "ct count", "connlimit", "fib", "osf", "socket"};
    json_object *match = json_get_object(expression, "match");

    if (match)
        return match_condition(match, packet, sets);
    for (gsize i = 0; i < G_N_ELEMENTS(conditions); i++) {
        if (json_object_object_get_ex(expression, conditions[i], NULL))
            return RULESET_FITS_MAYBE;
    }
    return RULESET_FITS;
}

json_object *ruleset_match_map(json_object *vmap, const RulesetPacket *packet, const RulesetSets *sets, RulesetFit *fit)
{
    json_object *key = NULL, *data = NULL, *pairs;
    const char *name;
    Place place;

    json_object_object_get_ex(vmap, "key", &key);
    json_object_object_get_ex(vmap, "data", &data);
    place = place_of(key, packet);
    name = json_object_is_type(data, json_type_string) ? json_object_get_string(data) : NULL;
    pairs = name ? sets->find(sets->rule, name + (*name == '@'), sets->data) : json_get_array(data, "set");
    for (gsize i = 0; pairs && i < json_object_array_length(pairs); i++) {
        json_object *pair = json_object_array_get_idx(pairs, i);
        RulesetFit its = fit_place(&place, json_object_array_get_idx(pair, 0), sets);

        if (its == RULESET_FITS)
            return json_object_array_get_idx(pair, 1);
        if (its == RULESET_FITS_MAYBE) {
            *fit = MIN(*fit, RULESET_FITS_MAYBE);
            return NULL;
        }
    }
    *fit = RULESET_FITS_NOT;
    return NULL;
}
