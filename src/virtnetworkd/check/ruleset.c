/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/check/ruleset.h"

#include <string.h>
#include <sys/socket.h>

#include "common/error.h"
#include "common/json.h"
#include "virtnetworkd/check/ruleset_ebtables.h"
#include "virtnetworkd/check/ruleset_legacy.h"
#include "virtnetworkd/check/ruleset_match.h"
#include "virtnetworkd/host/nft.h"

#define OUR_FAMILY "inet"
#define OUR_TABLE  "modvirt"

/* The kernel's own limit for jumps. */
#define DEPTH_MAX 16

typedef struct {
    json_object *about; /* borrowed from the ruleset */
    GPtrArray *rules;   /* json_object, borrowed */
} Chain;

struct Ruleset {
    json_object *root;
    GHashTable *chains; /* "inet modvirt forward" -> Chain */
    GHashTable *sets;   /* the same, sets and maps -> json_object, borrowed */
};

/* ---- reading ---- */

static char *key_of(json_object *object, const char *name)
{
    return g_strdup_printf("%s %s %s", json_get_string(object, "family"), json_get_string(object, "table"), name);
}

static void chain_free(gpointer data)
{
    Chain *chain = data;

    g_ptr_array_unref(chain->rules);
    g_free(chain);
}

static void add_chain(Ruleset *ruleset, json_object *about)
{
    Chain *chain = g_new0(Chain, 1);

    chain->about = about;
    chain->rules = g_ptr_array_new();
    g_hash_table_insert(ruleset->chains, key_of(about, json_get_string(about, "name")), chain);
}

static void add_rule(Ruleset *ruleset, json_object *rule)
{
    g_autofree char *key = key_of(rule, json_get_string(rule, "chain"));
    Chain *chain = g_hash_table_lookup(ruleset->chains, key);

    if (chain)
        g_ptr_array_add(chain->rules, rule);
}

static void add_entry(Ruleset *ruleset, json_object *entry)
{
    json_object *chain = json_get_object(entry, "chain");
    json_object *rule = json_get_object(entry, "rule");
    json_object *set = json_get_object(entry, "set");

    if (!set)
        set = json_get_object(entry, "map");
    if (chain)
        add_chain(ruleset, chain);
    else if (rule)
        add_rule(ruleset, rule);
    else if (set)
        g_hash_table_insert(ruleset->sets, key_of(set, json_get_string(set, "name")), set);
}

/* Takes root. */
static Ruleset *ruleset_new(json_object *root)
{
    Ruleset *ruleset = g_new0(Ruleset, 1);
    json_object *entries = json_get_array(root, "nftables");

    ruleset->root = root;
    ruleset->chains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, chain_free);
    ruleset->sets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (gsize i = 0; entries && i < json_object_array_length(entries); i++)
        add_entry(ruleset, json_object_array_get_idx(entries, i));
    return ruleset;
}

static json_object *parse(const char *json, GError **error)
{
    return json_parse(json, strlen(json), 64, VIR_FROM_FIREWALL, error);
}

Ruleset *ruleset_parse(const char *json, GError **error)
{
    json_object *root = parse(json, error);

    return root ? ruleset_new(root) : NULL;
}

Ruleset *ruleset_read(GError **error)
{
    g_autofree char *json = nft_list(error);
    json_object *root = json ? parse(json, error) : NULL;
    json_object *entries = json_get_array(root, "nftables");

    if (!root)
        return NULL;
    if (entries) {
        ruleset_legacy_add(entries);
        ruleset_ebtables_add(entries);
    }
    return ruleset_new(root);
}

void ruleset_free(Ruleset *ruleset)
{
    if (!ruleset)
        return;
    g_hash_table_unref(ruleset->chains);
    g_hash_table_unref(ruleset->sets);
    json_object_put(ruleset->root);
    g_free(ruleset);
}

/* ---- a packet's way ---- */

/* How a chain, or a rule, ends. */
typedef enum { GO_ON, LEAVE, ACCEPT, DROP } Step;

typedef struct {
    const Ruleset *ruleset;
    const RulesetPacket *packet;
    guint depth;
    gboolean may_pass; /* a rule that could fit lets it pass */
    RulesetCulprit culprit;
} Walk;

static Step walk_chain(Walk *walk, const Chain *chain);

static json_object *find_set(json_object *rule, const char *name, gpointer data)
{
    const Ruleset *ruleset = data;
    g_autofree char *key = key_of(rule, name);

    return json_get_array(g_hash_table_lookup(ruleset->sets, key), "elem");
}

static Step walk_into(Walk *walk, json_object *rule, json_object *verdict)
{
    g_autofree char *key = key_of(rule, json_get_string(verdict, "target"));
    const Chain *chain = g_hash_table_lookup(walk->ruleset->chains, key);
    Step step = GO_ON;

    if (chain && walk->depth < DEPTH_MAX) {
        walk->depth++;
        step = walk_chain(walk, chain);
        walk->depth--;
    }
    return step;
}

static Step drop(Walk *walk, json_object *rule)
{
    walk->culprit = (RulesetCulprit){json_get_string(rule, "family"), json_get_string(rule, "table"),
                                     json_get_string(rule, "chain"), json_get_int(rule, "handle", 0)};
    return DROP;
}

/* What follows from a verdict; GO_ON for what is none. */
static Step walk_verdict(Walk *walk, json_object *rule, json_object *verdict)
{
    json_object *target;

    if (json_object_object_get_ex(verdict, "accept", NULL))
        return ACCEPT;
    if (json_object_object_get_ex(verdict, "drop", NULL) || json_object_object_get_ex(verdict, "reject", NULL))
        return drop(walk, rule);
    if (json_object_object_get_ex(verdict, "return", NULL))
        return LEAVE;
    if (json_object_object_get_ex(verdict, "jump", &target)) {
        Step step = walk_into(walk, rule, target);
        return step == LEAVE ? GO_ON : step;
    }
    if (json_object_object_get_ex(verdict, "goto", &target)) {
        Step step = walk_into(walk, rule, target);
        return step == GO_ON ? LEAVE : step;
    }
    return GO_ON;
}

/* iptables' targets that nft has no word for. */
static Step walk_extension(Walk *walk, json_object *rule, json_object *extension)
{
    const char *name = json_get_string(extension, "name");

    return g_strcmp0(name, "REJECT") == 0 || g_strcmp0(name, "DROP") == 0 ? drop(walk, rule) : GO_ON;
}

/* What the rule would do, were it to fit, is done aside: only that it could let the packet pass counts. */
static void note_if_passes(Walk *walk, json_object *rule, json_object *expression)
{
    Walk aside = {.ruleset = walk->ruleset, .packet = walk->packet, .depth = walk->depth};

    if (walk_verdict(&aside, rule, expression) == ACCEPT || aside.may_pass ||
        json_object_object_get_ex(expression, "queue", NULL))
        walk->may_pass = TRUE;
}

/* One expression of a rule that fits so far. *fit gets less when it is a condition. */
static Step walk_expression(Walk *walk, json_object *rule, json_object *expression, RulesetFit *fit)
{
    json_object *extension = json_get_object(expression, "xt");
    json_object *vmap = json_get_object(expression, "vmap");
    const RulesetSets sets = {find_set, rule, (gpointer)walk->ruleset};

    if (vmap) {
        json_object *verdict = ruleset_match_map(vmap, walk->packet, &sets, fit);

        expression = verdict ? verdict : vmap;
        if (*fit == RULESET_FITS_MAYBE && !verdict)
            walk->may_pass = TRUE;
    } else if (extension && g_strcmp0(json_get_string(extension, "type"), "target") == 0) {
        return *fit == RULESET_FITS ? walk_extension(walk, rule, extension) : GO_ON;
    } else {
        *fit = MIN(*fit, ruleset_match(expression, walk->packet, &sets));
    }
    if (*fit == RULESET_FITS)
        return walk_verdict(walk, rule, expression);
    if (*fit == RULESET_FITS_MAYBE)
        note_if_passes(walk, rule, expression);
    return GO_ON;
}

static Step walk_rule(Walk *walk, json_object *rule)
{
    json_object *expressions = json_get_array(rule, "expr");
    RulesetFit fit = RULESET_FITS;
    Step step = GO_ON;

    for (gsize i = 0; expressions && i < json_object_array_length(expressions); i++) {
        step = walk_expression(walk, rule, json_object_array_get_idx(expressions, i), &fit);
        if (step != GO_ON || fit == RULESET_FITS_NOT)
            break;
    }
    return step;
}

static Step walk_chain(Walk *walk, const Chain *chain)
{
    for (guint i = 0; i < chain->rules->len; i++) {
        Step step = walk_rule(walk, chain->rules->pdata[i]);

        if (step != GO_ON)
            return step;
    }
    return GO_ON;
}

static Step walk_base(Walk *walk, const Chain *chain)
{
    Step step = walk_chain(walk, chain);

    if ((step != GO_ON && step != LEAVE) || g_strcmp0(json_get_string(chain->about, "policy"), "drop") != 0)
        return step;
    walk->culprit = (RulesetCulprit){json_get_string(chain->about, "family"), json_get_string(chain->about, "table"),
                                     json_get_string(chain->about, "name"), 0};
    return DROP;
}

/* ---- judging ---- */

static gboolean is_ours(const Chain *chain)
{
    return g_strcmp0(json_get_string(chain->about, "family"), OUR_FAMILY) == 0 &&
           g_strcmp0(json_get_string(chain->about, "table"), OUR_TABLE) == 0;
}

/* Where chains stand that see a packet on its way. */
static const struct {
    const char *families[3]; /* "": the packet's own */
    const char *hooks[4];
} places[] = {
    [RULESET_INPUT] = {{"inet", ""}, {"input"}},
    [RULESET_FORWARD] = {{"inet", ""}, {"forward"}},
    [RULESET_BRIDGE_INPUT] = {{"bridge"}, {"prerouting", "input"}},
    [RULESET_BRIDGE_FORWARD] = {{"bridge"}, {"prerouting", "forward", "postrouting"}},
    [RULESET_ARP_INPUT] = {{"arp"}, {"input"}},
    [RULESET_INGRESS] = {{"netdev", "inet"}, {"ingress"}},
    [RULESET_EGRESS] = {{"netdev"}, {"egress"}},
};

static gboolean is_of_family(const char *its, RulesetHook hook, int family)
{
    for (gsize i = 0; i < G_N_ELEMENTS(places[hook].families) && places[hook].families[i]; i++) {
        const char *wanted = places[hook].families[i];

        if (g_strcmp0(its, *wanted ? wanted : family == AF_INET6 ? "ip6" : "ip") == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean is_asked(const Chain *chain, RulesetOwner owner, RulesetHook hook, int family)
{
    const char *its = json_get_string(chain->about, "hook");

    return is_ours(chain) == (owner == RULESET_OURS) && its && g_strv_contains(places[hook].hooks, its) &&
           is_of_family(json_get_string(chain->about, "family"), hook, family);
}

/* ---- chains of links ---- */

/* The link whose chain is asked for; NULL: chains are nobody's. */
static const char *link_of(RulesetHook hook, const RulesetPacket *packet)
{
    return hook == RULESET_INGRESS ? packet->in : hook == RULESET_EGRESS ? packet->out : NULL;
}

/* Older nft does not say whose a chain is: *is_known gets FALSE. */
static gboolean is_chain_of(const Chain *chain, const char *link, gboolean *is_known)
{
    json_object *its = NULL;

    *is_known = !link || json_object_object_get_ex(chain->about, "dev", &its);
    if (!its)
        return TRUE;
    if (!json_object_is_type(its, json_type_array))
        return g_strcmp0(json_object_get_string(its), link) == 0;
    for (gsize i = 0; i < json_object_array_length(its); i++) {
        if (g_strcmp0(json_object_get_string(json_object_array_get_idx(its, i)), link) == 0)
            return TRUE;
    }
    return FALSE;
}

RulesetVerdict ruleset_judge(const Ruleset *ruleset, RulesetOwner owner, RulesetHook hook, const RulesetPacket *packet,
                             RulesetCulprit *culprit)
{
    RulesetVerdict worst = RULESET_PASSES;
    GHashTableIter iter;
    gpointer chain;

    g_hash_table_iter_init(&iter, ruleset->chains);
    while (g_hash_table_iter_next(&iter, NULL, &chain)) {
        Walk walk = {.ruleset = ruleset, .packet = packet};
        RulesetVerdict verdict;
        gboolean is_link_known;

        if (!is_asked(chain, owner, hook, packet->family) ||
            !is_chain_of(chain, link_of(hook, packet), &is_link_known) || walk_base(&walk, chain) != DROP)
            continue;
        verdict = walk.may_pass || !is_link_known ? RULESET_PASSES_MAYBE : RULESET_DROPPED;
        if (verdict > worst) {
            worst = verdict;
            *culprit = walk.culprit;
        }
    }
    return worst;
}

gboolean ruleset_has_chain(const Ruleset *ruleset, const char *family, const char *table, const char *chain)
{
    g_autofree char *key = g_strdup_printf("%s %s %s", family, table, chain);

    return g_hash_table_contains(ruleset->chains, key);
}
