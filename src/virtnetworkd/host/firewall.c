/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/host/firewall.h"

#include <string.h>
#include <sys/socket.h>

#include "virtnetworkd/host/nft.h"

#define TABLE "inet modvirt"

/* All of it may be there already: "add" is content with that, and the base chain is written anew. */
static const char base[] = "add table " TABLE "\n"
                           "add map " TABLE " to_guests { type ifname : verdict; }\n"
                           "add map " TABLE " from_guests { type ifname : verdict; }\n"
                           "add chain " TABLE " forward { type filter hook forward priority filter; policy accept; }\n"
                           "flush chain " TABLE " forward\n"
                           "add rule " TABLE " forward oifname vmap @to_guests\n"
                           "add rule " TABLE " forward iifname vmap @from_guests\n";

/* Bridge names have characters that nft's identifiers lack, UUIDs do not. */
FirewallChains firewall_chains(const NetworkDef *def)
{
    char uuid[UUID_TEXT_LEN];
    FirewallChains chains;

    uuid_format(def->uuid, uuid);
    for (char *c = uuid; *c; c++) {
        if (*c == '-')
            *c = '_';
    }
    g_snprintf(chains.to, sizeof(chains.to), "to_%s", uuid);
    g_snprintf(chains.from, sizeof(chains.from), "from_%s", uuid);
    g_snprintf(chains.nat, sizeof(chains.nat), "nat_%s", uuid);
    return chains;
}

static void rule(GString *script, const char *chain, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void rule(GString *script, const char *chain, const char *format, ...)
{
    va_list args;

    g_string_append_printf(script, "add rule " TABLE " %s ", chain);
    va_start(args, format);
    g_string_append_vprintf(script, format, args);
    va_end(args);
    g_string_append_c(script, '\n');
}

static char *network_of(const NetworkIp *ip)
{
    int prefix = network_ip_prefix(ip);
    IpAddress network = ip_address_network(&ip->address, prefix < 0 ? 0 : (guint)prefix);
    g_autofree char *text = ip_address_format(&network);

    return g_strdup_printf("%s/%d", text, MAX(prefix, 0));
}

/* ---- filter ---- */

static void add_filter_rules(GString *script, const NetworkDef *def, const NetworkIp *ip, const FirewallChains *chains)
{
    g_autofree char *network = network_of(ip);
    const char *ip_word = ip->address.family == AF_INET ? "ip" : "ip6";
    const char *device = network_def_device(def);
    g_autofree char *in = device ? g_strdup_printf("iifname \"%s\" ", device) : g_strdup("");
    g_autofree char *out = device ? g_strdup_printf("oifname \"%s\" ", device) : g_strdup("");

    if (network_ip_is_translated(def, ip))
        rule(script, chains->to, "%s%s daddr %s ct state established,related accept", in, ip_word, network);
    else
        rule(script, chains->to, "%s%s daddr %s accept", in, ip_word, network);
    rule(script, chains->from, "%s%s saddr %s accept", out, ip_word, network);
}

static void add_filter(GString *script, const NetworkDef *def, const FirewallChains *chains)
{
    gboolean forwards = network_def_mode(def) != NETWORK_FORWARD_NONE;

    /* Guests of one network always reach each other, also where bridged packets pass this way. */
    rule(script, chains->to, "iifname \"%s\" accept", def->bridge);
    for (guint i = 0; forwards && def->ips && i < def->ips->len; i++)
        add_filter_rules(script, def, def->ips->pdata[i], chains);
    rule(script, chains->to, "reject with icmpx port-unreachable");
    rule(script, chains->from, "reject with icmpx port-unreachable");
    g_string_append_printf(script, "add element " TABLE " to_guests { \"%s\" : jump %s }\n", def->bridge, chains->to);
    g_string_append_printf(script, "add element " TABLE " from_guests { \"%s\" : jump %s }\n", def->bridge,
                           chains->from);
}

/* ---- translation ---- */

/* "masquerade to :1024-65535", "snat ip to A-B:1024-65535", ...; ports only for protocols that have them. */
static char *translation(const NetworkForward *forward, int family, gboolean with_ports)
{
    g_autofree char *start = ip_address_format(&forward->nat_address_start);
    g_autofree char *end = ip_address_format(&forward->nat_address_end);
    guint first = forward->nat_port_start ? forward->nat_port_start : 1024;
    guint last = forward->nat_port_start ? forward->nat_port_end : 65535;
    g_autofree char *ports = with_ports ? g_strdup_printf(":%u-%u", first, last) : g_strdup("");

    if (start && family == AF_INET)
        return g_strdup_printf("snat ip to %s-%s%s", start, end, ports);
    return with_ports ? g_strdup_printf("masquerade to %s", ports) : g_strdup("masquerade");
}

/* Only a connection's first packet passes the translations, so a base chain for each network costs next to nothing.
 * Neither do more rules; while sets without a name, one for each network, would be read anew before every change. */
static void add_nat_rules(GString *script, const NetworkDef *def, const NetworkIp *ip, const FirewallChains *chains)
{
    static const char *const on_link[][3] = {{"224.0.0.0/24", "255.255.255.255", NULL}, {"ff02::/16", NULL}};
    gboolean is_v4 = ip->address.family == AF_INET;
    g_autofree char *network = network_of(ip);
    g_autofree char *with_ports = translation(def->forward, ip->address.family, TRUE);
    g_autofree char *without = translation(def->forward, ip->address.family, FALSE);
    const char *device = network_def_device(def);
    g_autofree char *out = device ? g_strdup_printf("oifname \"%s\" ", device) : g_strdup("");
    const char *ip_word = is_v4 ? "ip" : "ip6";

    /* What stays on the link keeps its sender. */
    rule(script, chains->nat, "%s saddr %s %s daddr %s return", ip_word, network, ip_word, network);
    for (const char *const *to = on_link[is_v4 ? 0 : 1]; *to; to++)
        rule(script, chains->nat, "%s saddr %s %s daddr %s return", ip_word, network, ip_word, *to);
    rule(script, chains->nat, "%s%s saddr %s meta l4proto tcp %s", out, ip_word, network, with_ports);
    rule(script, chains->nat, "%s%s saddr %s meta l4proto udp %s", out, ip_word, network, with_ports);
    rule(script, chains->nat, "%s%s saddr %s %s", out, ip_word, network, without);
}

/* ---- scripts ---- */

/* Makes sure that there is something to take out, and takes it out: correct whatever was there before. */
static void add_removal(GString *script, const NetworkDef *def, const FirewallChains *chains)
{
    g_string_append_printf(script,
                           "add chain " TABLE " %s\nadd chain " TABLE " %s\n"
                           "add chain " TABLE " %s { type nat hook postrouting priority srcnat; policy accept; }\n"
                           "flush chain " TABLE " %s\nflush chain " TABLE " %s\nflush chain " TABLE " %s\n",
                           chains->to, chains->from, chains->nat, chains->to, chains->from, chains->nat);
    g_string_append_printf(script,
                           "add element " TABLE " to_guests { \"%s\" : jump %s }\n"
                           "add element " TABLE " from_guests { \"%s\" : jump %s }\n"
                           "delete element " TABLE " to_guests { \"%s\" }\n"
                           "delete element " TABLE " from_guests { \"%s\" }\n",
                           def->bridge, chains->to, def->bridge, chains->from, def->bridge, def->bridge);
}

gboolean firewall_is_needed(const NetworkDef *def)
{
    return network_def_owns_bridge(def) && network_def_mode(def) != NETWORK_FORWARD_OPEN;
}

char *firewall_script(const NetworkDef *def)
{
    FirewallChains chains = firewall_chains(def);
    GString *script;

    if (!firewall_is_needed(def))
        return NULL;
    script = g_string_new(base);
    add_removal(script, def, &chains);
    add_filter(script, def, &chains);
    for (guint i = 0; def->ips && i < def->ips->len; i++) {
        if (network_ip_is_translated(def, def->ips->pdata[i]))
            add_nat_rules(script, def, def->ips->pdata[i], &chains);
    }
    return g_string_free(script, FALSE);
}

/* ---- running them ---- */

static GMutex lock;           /* guards what follows; changes are queued under it, in the order of what it says */
static GHashTable *installed; /* chain names of the networks that have rules */

static void set_installed(const char *chain, gboolean is_installed)
{
    if (!installed)
        installed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (is_installed)
        g_hash_table_add(installed, g_strdup(chain));
    else
        g_hash_table_remove(installed, chain);
}

static NftChange *begin_install(const char *chain, char *script)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&lock);

    set_installed(chain, TRUE);
    return nft_change_new(script, FALSE);
}

gboolean firewall_install(const NetworkDef *def, GError **error)
{
    char *script = firewall_script(def);
    FirewallChains chains = firewall_chains(def);

    return !script || nft_change_make(begin_install(chains.to, script), error);
}

static char *removal_script(const NetworkDef *def, const FirewallChains *chains)
{
    GString *script = g_string_new(base);

    add_removal(script, def, chains);
    g_string_append_printf(script, "delete chain " TABLE " %s\ndelete chain " TABLE " %s\ndelete chain " TABLE " %s\n",
                           chains->to, chains->from, chains->nat);
    return g_string_free(script, FALSE);
}

static NftChange *begin_removal(const NetworkDef *def)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&lock);
    FirewallChains chains = firewall_chains(def);

    set_installed(chains.to, FALSE);
    if (g_hash_table_size(installed) == 0)
        return nft_change_new(g_strdup("add table " TABLE "\ndelete table " TABLE "\n"), TRUE);
    return nft_change_new(removal_script(def, &chains), FALSE);
}

gboolean firewall_remove(const NetworkDef *def, GError **error)
{
    return !firewall_is_needed(def) || nft_change_make(begin_removal(def), error);
}
