/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/check/ruleset_ebtables.h"

/* In this order: the second takes what the first has left out. */
#include <netinet/in.h>

#include <errno.h>
#include <linux/netfilter_bridge/ebtables.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Between the question for its size and that for its entries a table may change. */
#define TRIES 5

/* Far more than anybody has. */
#define SIZE_MAX_BYTES (64u * 1024 * 1024)

/* ebtables marks a name of which only the beginning counts with this. */
#define WILDCARD '\1'

typedef struct {
    const char *name;
    guint hooks;
    const guint8 *bytes;
    gsize size;
    json_object *out;
} Table;

/* ---- entries ---- */

/* A chain's head has nothing in its first four bytes, a rule has. */
static gboolean is_head(const Table *table, gsize at)
{
    return ((const struct ebt_entries *)(const void *)(table->bytes + at))->distinguisher == 0;
}

static const struct ebt_entries *head_at(const Table *table, gsize at)
{
    gboolean is_whole = at % sizeof(guint32) == 0 && at < table->size &&
                        table->size - at >= sizeof(struct ebt_entries) && is_head(table, at);

    return is_whole ? (const void *)(table->bytes + at) : NULL;
}

static const struct ebt_entry *rule_at(const Table *table, gsize at)
{
    const struct ebt_entry *rule = (const void *)(table->bytes + at);
    gboolean is_whole =
        at % sizeof(guint32) == 0 && at < table->size && table->size - at >= sizeof(*rule) && !is_head(table, at);

    return is_whole && rule->target_offset >= sizeof(*rule) && rule->next_offset <= table->size - at &&
                   rule->target_offset + sizeof(struct ebt_entry_target) <= rule->next_offset
               ? rule
               : NULL;
}

static char *chain_name(const struct ebt_entries *head)
{
    return g_strndup(head->name, sizeof(head->name));
}

/* ---- what a rule asks for ---- */

static void add_link(json_object *list, const char *key, const char *name, gboolean is_inverse)
{
    gsize length = strnlen(name, IFNAMSIZ);
    const char *wildcard = memchr(name, WILDCARD, length);
    g_autofree char *text = wildcard ? g_strdup_printf("%.*s*", (int)(wildcard - name), name) : g_strndup(name, length);

    if (length > 0)
        ruleset_words_match(list, ruleset_words_place("meta", "key", key, NULL), json_object_new_string(text),
                            is_inverse);
}

static void add_protocol(json_object *list, const struct ebt_entry *rule)
{
    guint number = ntohs(rule->ethproto);
    g_autofree char *text = g_strdup_printf("0x%04x", number);
    const char *name = number == 0x0800 ? "ip" : number == 0x0806 ? "arp" : number == 0x86dd ? "ip6" : text;

    if (rule->bitmask & EBT_802_3)
        name = "802.3";
    if (!(rule->bitmask & EBT_NOPROTO))
        ruleset_words_match(list, ruleset_words_place("meta", "key", "protocol", NULL), json_object_new_string(name),
                            (rule->invflags & EBT_IPROTO) != 0);
}

static json_object *conditions_of(const struct ebt_entry *rule)
{
    json_object *list = json_object_new_array();

    add_link(list, "iifname", rule->in, (rule->invflags & EBT_IIN) != 0);
    add_link(list, "oifname", rule->out, (rule->invflags & EBT_IOUT) != 0);
    add_link(list, "ibrname", rule->logical_in, (rule->invflags & EBT_ILOGICALIN) != 0);
    add_link(list, "obrname", rule->logical_out, (rule->invflags & EBT_ILOGICALOUT) != 0);
    add_protocol(list, rule);
    if (rule->bitmask & (EBT_SOURCEMAC | EBT_DESTMAC))
        ruleset_words_unknown(list, "addresses of links");
    /* What stands between the rule's head and its watchers are extensions. */
    if (rule->watchers_offset > sizeof(*rule))
        ruleset_words_unknown(list, "extensions");
    return list;
}

/* ---- what it does ---- */

static json_object *verdict_of(const Table *table, const struct ebt_entry *rule)
{
    const struct ebt_entry_target *target = (const void *)((const guint8 *)rule + rule->target_offset);
    const struct ebt_standard_target *standard = (const void *)target;
    const struct ebt_entries *chain;
    g_autofree char *name = g_strndup(target->u.name, sizeof(target->u.name));

    if (strcmp(name, EBT_STANDARD_TARGET) != 0 || rule->target_offset + sizeof(*standard) > rule->next_offset)
        return ruleset_words_extension(name);
    switch (standard->verdict) {
    case EBT_ACCEPT:
        return ruleset_words_verdict("accept");
    case EBT_DROP:
        return ruleset_words_verdict("drop");
    case EBT_RETURN:
        return ruleset_words_verdict("return");
    case EBT_CONTINUE:
        return json_object_new_object();
    default:
        chain = standard->verdict >= 0 ? head_at(table, (gsize)standard->verdict) : NULL;
        g_free(name);
        name = chain ? chain_name(chain) : NULL;
        return chain ? ruleset_words_jump("jump", name) : json_object_new_object();
    }
}

/* ---- chains ---- */

/* The chains of hooks come first, in the hooks' order. */
static const char *hook_of(const Table *table, guint number)
{
    static const char *const names[] = {"prerouting", "input", "forward", "output", "postrouting"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if ((table->hooks >> i & 1) && number-- == 0)
            return names[i];
    return NULL;
}

static void put_chain(const Table *table, const struct ebt_entries *head, const char *name, const char *hook)
{
    json_object *chain = ruleset_words_object("bridge", table->name);

    json_add_string(chain, "name", name);
    if (hook) {
        json_add_string(chain, "hook", hook);
        json_add_string(chain, "policy", head->policy == EBT_DROP ? "drop" : "accept");
    }
    ruleset_words_put(table->out, "chain", chain);
}

static void put_rule(const Table *table, const struct ebt_entry *entry, const char *chain, gint64 number)
{
    json_object *rule = ruleset_words_object("bridge", table->name), *expressions = conditions_of(entry);

    json_object_array_add(expressions, verdict_of(table, entry));
    json_add_string(rule, "chain", chain);
    json_add_int(rule, "handle", number);
    json_add_object(rule, "expr", expressions);
    ruleset_words_put(table->out, "rule", rule);
}

void ruleset_ebtables_parse(const char *name, guint hooks, const guint8 *bytes, gsize size, json_object *entries)
{
    const Table table = {.name = name, .hooks = hooks, .bytes = bytes, .size = size, .out = entries};
    g_autofree char *chain = NULL;
    const struct ebt_entries *head;
    const struct ebt_entry *rule;
    guint n_chains = 0;
    gint64 number = 0;

    for (gsize at = 0; at < size;) {
        if ((head = head_at(&table, at))) {
            g_free(chain);
            chain = chain_name(head);
            put_chain(&table, head, chain, hook_of(&table, n_chains++));
            number = 0;
            at += sizeof(*head);
        } else if (chain && (rule = rule_at(&table, at))) {
            put_rule(&table, rule, chain, ++number);
            at += rule->next_offset;
        } else {
            break;
        }
    }
}

/* ---- asking the kernel ---- */

static gboolean ask(int fd, int question, struct ebt_replace *answer, gsize size)
{
    socklen_t length = (socklen_t)size;

    return getsockopt(fd, IPPROTO_IP, question, answer, &length) == 0;
}

/* The entries, to be freed; NULL: the table cannot be had. *info: their size, the hooks. */
static guint8 *read_table(int fd, const char *name, struct ebt_replace *info)
{
    for (int i = 0; i < TRIES; i++) {
        g_autofree guint8 *bytes = NULL;

        memset(info, 0, sizeof(*info));
        g_strlcpy(info->name, name, sizeof(info->name));
        if (!ask(fd, EBT_SO_GET_INFO, info, sizeof(*info)) || info->entries_size > SIZE_MAX_BYTES)
            return NULL;
        bytes = g_malloc0(info->entries_size);
        info->entries = (void *)bytes;
        info->num_counters = 0;
        if (ask(fd, EBT_SO_GET_ENTRIES, info, sizeof(*info) + info->entries_size))
            return g_steal_pointer(&bytes);
        if (errno != EINVAL) /* it has become another size */
            return NULL;
    }
    return NULL;
}

static gboolean is_loaded(const char *name)
{
    g_autofree char *path = g_strconcat("/sys/module/ebtable_", name, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

void ruleset_ebtables_add(json_object *entries)
{
    static const char *const names[] = {"filter", "nat"};
    int fd = -1;

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        struct ebt_replace info;
        g_autofree guint8 *bytes = NULL;

        if (!is_loaded(names[i]))
            continue;
        if (fd < 0)
            fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
        bytes = fd >= 0 ? read_table(fd, names[i], &info) : NULL;
        if (bytes)
            ruleset_ebtables_parse(names[i], info.valid_hooks, bytes, info.entries_size, entries);
    }
    if (fd >= 0)
        close(fd);
}
