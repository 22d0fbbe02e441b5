/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/check/ruleset_legacy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "virtnetworkd/check/ruleset_legacy_match.h"

/* Between the question for its size and that for its entries a table may change. */
#define TRIES 5

/* Far more than anybody has. */
#define SIZE_MAX_BYTES (64u * 1024 * 1024)

/* What the kernel answers about a table; that of IPv6 has the same form. */
typedef struct {
    int family;
    const char *name; /* of the table */
    struct ipt_getinfo info;
    guint8 *bytes;      /* its entries, info.size bytes */
    GHashTable *chains; /* guint, where a chain begins -> its name */
    json_object *out;   /* borrowed */
} Table;

G_STATIC_ASSERT(sizeof(struct ipt_getinfo) == sizeof(struct ip6t_getinfo));
G_STATIC_ASSERT(sizeof(struct ipt_get_entries) == sizeof(struct ip6t_get_entries));

/* ---- asking the kernel ---- */

char **ruleset_legacy_tables(int family)
{
    static const char *const seen[] = {"filter", "mangle", "security", NULL};
    const char *path = family == AF_INET6 ? "/proc/net/ip6_tables_names" : "/proc/net/ip_tables_names";
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_autofree char *text = NULL;
    g_auto(GStrv) names = NULL;

    if (g_file_get_contents(path, &text, NULL, NULL))
        names = g_strsplit(text, "\n", -1);
    for (gsize i = 0; names && names[i]; i++) {
        if (g_strv_contains(seen, names[i]))
            g_strv_builder_add(builder, names[i]);
    }
    return g_strv_builder_end(builder);
}

static gboolean ask(int fd, int family, int question, void *answer, socklen_t size)
{
    return getsockopt(fd, family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP, question, answer, &size) == 0;
}

/* FALSE, with errno: the table cannot be had. */
static gboolean read_entries(int fd, Table *table)
{
    gsize size = sizeof(struct ipt_get_entries) + table->info.size;
    g_autofree struct ipt_get_entries *answer = g_malloc0(size);

    g_strlcpy(answer->name, table->name, sizeof(answer->name));
    answer->size = table->info.size;
    if (!ask(fd, table->family, IPT_SO_GET_ENTRIES, answer, (socklen_t)size))
        return FALSE;
    table->bytes = g_memdup2(answer->entrytable, table->info.size);
    return TRUE;
}

static gboolean table_read(int fd, Table *table)
{
    for (int i = 0; i < TRIES; i++) {
        memset(&table->info, 0, sizeof(table->info));
        g_strlcpy(table->info.name, table->name, sizeof(table->info.name));
        if (!ask(fd, table->family, IPT_SO_GET_INFO, &table->info, sizeof(table->info)) ||
            table->info.size > SIZE_MAX_BYTES)
            return FALSE;
        if (read_entries(fd, table))
            return TRUE;
        if (errno != EAGAIN)
            return FALSE;
    }
    return FALSE;
}

/* ---- entries ---- */

/* The entry at an offset; FALSE: there is none, or no whole one. */
static gboolean entry_at(const Table *table, guint offset, LegacyEntry *entry)
{
    return offset < table->info.size &&
           legacy_entry_read(table->family, table->bytes + offset, table->info.size - offset, entry);
}

static const char *const hook_names[NF_INET_NUMHOOKS] = {"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"};
static const char *const nft_hooks[NF_INET_NUMHOOKS] = {"prerouting", "input", "forward", "output", "postrouting"};

/* The hook whose chain begins (or whose policy stands) at offset, or -1. */
static int hook_at(const Table *table, const unsigned int *offsets, guint offset)
{
    for (int i = 0; i < NF_INET_NUMHOOKS; i++) {
        if ((table->info.valid_hooks & 1u << i) && offsets[i] == offset)
            return i;
    }
    return -1;
}

static const char *family_of(const Table *table)
{
    return table->family == AF_INET6 ? "ip6" : "ip";
}

static const char *policy_of(const Table *table, int hook)
{
    LegacyEntry entry;

    return entry_at(table, table->info.underflow[hook], &entry) && entry.verdict == -NF_DROP - 1 ? "drop" : "accept";
}

static void put_chain(const Table *table, const char *name, int hook)
{
    json_object *chain = ruleset_words_object(family_of(table), table->name);

    json_add_string(chain, "name", name);
    if (hook >= 0) {
        json_add_string(chain, "hook", nft_hooks[hook]);
        json_add_string(chain, "policy", policy_of(table, hook));
    }
    ruleset_words_put(table->out, "chain", chain);
}

/* A chain of a hook begins where that says; another one after the entry that has nothing but its name. */
static void find_chains(Table *table)
{
    LegacyEntry entry;

    for (guint at = 0; entry_at(table, at, &entry); at += entry.size) {
        int hook = hook_at(table, table->info.hook_entry, at);

        if (hook >= 0)
            g_hash_table_insert(table->chains, GUINT_TO_POINTER(at), g_strdup(hook_names[hook]));
        if (hook >= 0)
            put_chain(table, hook_names[hook], hook);
        if (!entry.chain_name || at + entry.size >= table->info.size)
            continue;
        g_hash_table_insert(table->chains, GUINT_TO_POINTER(at + entry.size), g_strdup(entry.chain_name));
        put_chain(table, entry.chain_name, -1);
    }
}

/* What the entry does with a packet that fits, as nft says it; NULL: it lets others see it. */
static json_object *verdict_of(const Table *table, const LegacyEntry *entry, guint next)
{
    const char *chain =
        entry->verdict >= 0 ? g_hash_table_lookup(table->chains, GUINT_TO_POINTER((guint)entry->verdict)) : NULL;

    if (!entry->is_standard)
        return ruleset_words_extension(entry->target);
    if (chain && (guint)entry->verdict != next)
        return ruleset_words_jump(entry->is_goto ? "goto" : "jump", chain);
    return entry->verdict < 0 ? ruleset_words_verdict(legacy_verdict_name(entry->verdict)) : json_object_new_object();
}

static void put_rules(const Table *table)
{
    const char *chain = NULL;
    LegacyEntry entry;
    gint64 number = 0;

    for (guint at = 0; entry_at(table, at, &entry); at += entry.size) {
        const char *begins = g_hash_table_lookup(table->chains, GUINT_TO_POINTER(at));
        json_object *rule, *expressions;

        number = begins ? 1 : number + 1;
        chain = begins ? begins : chain;
        /* Names are no rules, and policies are the chains'. */
        if (!chain || entry.chain_name || hook_at(table, table->info.underflow, at) >= 0)
            continue;
        expressions = legacy_conditions(table->family, &entry);
        json_object_array_add(expressions, verdict_of(table, &entry, at + entry.size));
        rule = ruleset_words_object(family_of(table), table->name);
        json_add_string(rule, "chain", chain);
        json_add_int(rule, "handle", number);
        json_add_object(rule, "expr", expressions);
        ruleset_words_put(table->out, "rule", rule);
    }
}

static void add_table(int fd, int family, const char *name, json_object *out)
{
    Table table = {.family = family, .name = name, .out = out};

    if (table_read(fd, &table)) {
        table.chains = g_hash_table_new_full(NULL, NULL, NULL, g_free);
        find_chains(&table);
        put_rules(&table);
        g_hash_table_unref(table.chains);
    }
    g_free(table.bytes);
}

void ruleset_legacy_add(json_object *entries)
{
    static const int families[] = {AF_INET, AF_INET6};

    for (gsize i = 0; i < G_N_ELEMENTS(families); i++) {
        g_auto(GStrv) names = ruleset_legacy_tables(families[i]);
        int fd = *names ? socket(families[i], SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW) : -1;

        for (gsize j = 0; fd >= 0 && names[j]; j++)
            add_table(fd, families[i], names[j], entries);
        if (fd >= 0)
            close(fd);
    }
}
