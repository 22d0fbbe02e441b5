/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/check/check.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "common/log.h"
#include "virtnetworkd/check/check_run.h"

/* ---- what the rows share ---- */

static void finding_clear(gpointer data)
{
    CheckFinding *finding = data;

    g_free(finding->says);
    g_free(finding->cure);
}

void check_say(CheckRun *run, CheckState state, const char *cure, const char *format, ...)
{
    CheckFinding finding = {run->check, state, NULL, g_strdup(cure)};
    va_list args;

    va_start(args, format);
    finding.says = g_strdup_vprintf(format, args);
    va_end(args);
    g_array_append_val(run->findings, finding);
}

const NetlinkLink *check_link(const CheckRun *run, const char *name)
{
    for (guint i = 0; i < run->links->len; i++) {
        const NetlinkLink *link = &g_array_index(run->links, NetlinkLink, i);

        if (strcmp(link->name, name) == 0)
            return link;
    }
    return NULL;
}

gboolean check_link_works(CheckRun *run, const char *what, const char *name)
{
    const NetlinkLink *link = check_link(run, name);
    g_autofree char *cure = g_strdup_printf("ip link set %s up", name);

    if (!link)
        check_say(run, CHECK_PROBLEM, NULL, "there is no %s %s", what, name);
    else if (!link->is_up)
        check_say(run, CHECK_PROBLEM, cure, "%s %s is down", what, name);
    return link && link->is_up;
}

gboolean check_forwards(const NetworkDef *def)
{
    NetworkForwardMode mode = network_def_mode(def);

    return mode == NETWORK_FORWARD_NAT || mode == NETWORK_FORWARD_ROUTE || mode == NETWORK_FORWARD_OPEN;
}

const char *check_bridge(const NetworkDef *def)
{
    return network_def_owns_bridge(def) || network_def_mode(def) == NETWORK_FORWARD_BRIDGE ? def->bridge : NULL;
}

/* ---- the host ---- */

static void check_active(CheckRun *run)
{
    g_autofree char *cure = g_strdup_printf("virsh net-start %s", run->def->name);

    if (run->subject->is_active)
        check_say(run, CHECK_FINE, NULL, "the network runs (%s)",
                  network_forward_mode_name(network_def_mode(run->def)));
    else
        check_say(run, CHECK_PROBLEM, cure, "the network does not run");
}

static void check_links(CheckRun *run)
{
    const NetworkForward *forward = run->def->forward;
    const char *bridge = check_bridge(run->def);

    /* That of Open vSwitch is a link of the host's own, which need not take part. */
    if (bridge && !check_is_on_ovs(run->def) && check_link_works(run, "bridge", bridge))
        check_say(run, CHECK_FINE, NULL, "bridge %s is up", bridge);
    for (guint i = 0; forward && forward->interfaces && i < forward->interfaces->len; i++) {
        const char *device = ((const NetworkForwardInterface *)forward->interfaces->pdata[i])->dev;

        if (!check_link_works(run, "device", device))
            continue;
        if (check_link(run, device)->has_carrier)
            check_say(run, CHECK_FINE, NULL, "device %s is up", device);
        else
            check_say(run, CHECK_PROBLEM, NULL, "device %s has no carrier: nothing is plugged in", device);
    }
}

static gboolean is_address_of(const struct ifaddrs *entry, const char *link, const IpAddress *address)
{
    const struct sockaddr *found = entry->ifa_addr;
    IpAddress its;

    if (!found || found->sa_family != address->family || strcmp(entry->ifa_name, link) != 0)
        return FALSE;
    its = ip_address_from_bytes(found->sa_family, found->sa_family == AF_INET6
                                                      ? (const void *)&((const struct sockaddr_in6 *)found)->sin6_addr
                                                      : &((const struct sockaddr_in *)found)->sin_addr);
    return ip_address_compare(&its, address) == 0;
}

static gboolean has_address(const char *link, const IpAddress *address)
{
    struct ifaddrs *all = NULL;
    gboolean is_there = FALSE;

    if (getifaddrs(&all) < 0)
        return FALSE;
    for (const struct ifaddrs *entry = all; entry && !is_there; entry = entry->ifa_next)
        is_there = is_address_of(entry, link, address);
    freeifaddrs(all);
    return is_there;
}

static void check_address(CheckRun *run, const NetworkIp *ip)
{
    int prefix = network_ip_prefix(ip);
    IpAddress network = ip_address_network(&ip->address, (guint)MAX(prefix, 0));
    g_autofree char *text = ip_address_format(&ip->address);
    g_autofree char *other = netlink_route_find_part(&network, (guint)MAX(prefix, 0), run->def->bridge);

    if (other)
        check_say(run, CHECK_PROBLEM, "give the network addresses that nobody else has (virsh net-edit)",
                  "addresses of %s/%d are also behind %s, which takes the packets for them", text, prefix, other);
    else if (!has_address(run->def->bridge, &ip->address))
        check_say(run, CHECK_PROBLEM, "restart virtnetworkd, which puts it back",
                  "bridge %s has lost its address %s/%d", run->def->bridge, text, prefix);
    else
        check_say(run, CHECK_FINE, NULL, "%s/%d is on %s alone", text, prefix, run->def->bridge);
}

static void check_addresses(CheckRun *run)
{
    for (guint i = 0; run->def->ips && i < run->def->ips->len; i++)
        check_address(run, run->def->ips->pdata[i]);
}

static gboolean has_family(const NetworkDef *def, int family)
{
    for (guint i = 0; def->ips && i < def->ips->len; i++) {
        if (((const NetworkIp *)def->ips->pdata[i])->address.family == family)
            return TRUE;
    }
    return FALSE;
}

static void check_sysctl(CheckRun *run, const char *key)
{
    g_autofree char *path = g_strdelimit(g_strconcat("/proc/sys/", key, NULL), ".", '/');
    g_autofree char *cure = g_strdup_printf("sysctl -w %s=1, and see who turns it off", key);
    g_autofree char *text = NULL;

    if (g_file_get_contents(path, &text, NULL, NULL) && *text != '0')
        check_say(run, CHECK_FINE, NULL, "%s is on", key);
    else
        check_say(run, CHECK_PROBLEM, cure, "%s is off: the host passes no packets on", key);
}

static void check_forwarding(CheckRun *run)
{
    if (has_family(run->def, AF_INET))
        check_sysctl(run, "net.ipv4.ip_forward");
    if (has_family(run->def, AF_INET6))
        check_sysctl(run, "net.ipv6.conf.all.forwarding");
}

static void check_way_out(CheckRun *run)
{
    static const struct {
        int family;
        const char *name;
    } families[] = {{AF_INET, "IPv4"}, {AF_INET6, "IPv6"}};

    for (gsize i = 0; i < G_N_ELEMENTS(families); i++) {
        g_autofree char *link = netlink_route_find_default(families[i].family);

        if (!has_family(run->def, families[i].family))
            continue;
        if (link)
            check_say(run, CHECK_FINE, NULL, "the host's %s default route goes over %s", families[i].name, link);
        else
            check_say(run, CHECK_DOUBT, NULL, "the host has no %s default route: guests reach what it has routes to",
                      families[i].name);
    }
}

/* ---- the table ---- */

/* Networks that a row is about. */
static gboolean has_own_bridge(const CheckRun *run)
{
    return network_def_owns_bridge(run->def);
}

static gboolean is_forwarding(const CheckRun *run)
{
    return check_forwards(run->def);
}

static gboolean has_bridge(const CheckRun *run)
{
    return check_bridge(run->def) != NULL;
}

static gboolean is_on_ovs(const CheckRun *run)
{
    return check_is_on_ovs(run->def);
}

static gboolean has_vlans(const CheckRun *run)
{
    return has_bridge(run) && !is_on_ovs(run) && network_def_has_vlans(run->def);
}

static gboolean has_guest(const CheckRun *run)
{
    return run->subject->guest != NULL;
}

/* In the order in which one would look. */
static const struct {
    const char *name;
    gboolean (*is_for)(const CheckRun *run); /* NULL: for all that run */
    void (*look)(CheckRun *run);
} table[] = {
    {"link", NULL, check_links},
    {"switch", is_on_ovs, check_switch},
    {"vlans", has_vlans, check_vlans},
    {"address", has_own_bridge, check_addresses},
    {"dnsmasq", has_own_bridge, check_dnsmasq},
    {"forwarding", is_forwarding, check_forwarding},
    {"own-rules", has_own_bridge, check_own_rules},
    {"other-rules", has_bridge, check_other_rules},
    {"host-rules", has_own_bridge, check_host_rules},
    {"bridge-rules", has_bridge, check_bridge_rules},
    {"link-rules", has_own_bridge, check_link_rules},
    {"legacy-rules", has_bridge, check_legacy_rules},
    {"firewalld", has_own_bridge, check_firewalld},
    {"way-out", is_forwarding, check_way_out},
    {"guest", has_guest, check_guest},
    {"lease", has_guest, check_lease},
};

static CheckRun *run_new(const CheckSubject *subject)
{
    CheckRun *run = g_new0(CheckRun, 1);

    run->subject = subject;
    run->def = subject->def;
    run->findings = g_array_new(FALSE, FALSE, sizeof(CheckFinding));
    g_array_set_clear_func(run->findings, finding_clear);
    return run;
}

/* Returns the findings. */
static GArray *run_end(CheckRun *run)
{
    GArray *findings = run->findings;

    g_clear_pointer(&run->links, g_array_unref);
    g_free(run);
    return findings;
}

static void go_through_table(CheckRun *run)
{
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        run->check = table[i].name;
        if (!table[i].is_for || table[i].is_for(run))
            table[i].look(run);
    }
}

GArray *check_network(const CheckSubject *subject)
{
    CheckRun *run = run_new(subject);

    run->check = "network";
    check_active(run);
    if (!subject->is_active)
        return run_end(run);
    run->links = netlink_links();
    run->rules = ruleset_read(&run->no_rules);
    go_through_table(run);
    ruleset_free(run->rules);
    g_clear_error(&run->no_rules);
    return run_end(run);
}

/* Whether there is trouble. */
static gboolean judge(NetworkDef *def, Ruleset *rules, gboolean is_logged)
{
    const CheckSubject subject = {.def = def, .is_active = TRUE};
    CheckRun *run = run_new(&subject);
    g_autoptr(GArray) findings = NULL;
    gboolean is_bad = FALSE;

    run->rules = rules;
    if (check_bridge(def))
        check_other_rules(run);
    findings = run_end(run);
    for (guint i = 0; i < findings->len; i++) {
        const CheckFinding *finding = &g_array_index(findings, CheckFinding, i);

        if (finding->state == CHECK_FINE)
            continue;
        is_bad = TRUE;
        if (is_logged)
            log_warning("network '%s': %s. To cure it: %s", def->name, finding->says,
                        finding->cure ? finding->cure : "look there");
    }
    return is_bad;
}

void check_others_rules(GPtrArray *defs, gboolean is_logged)
{
    g_autoptr(Ruleset) rules = ruleset_read(NULL);

    for (guint i = defs->len; i-- > 0;)
        if (!rules || !judge(defs->pdata[i], rules, is_logged))
            g_ptr_array_remove_index(defs, i);
}
