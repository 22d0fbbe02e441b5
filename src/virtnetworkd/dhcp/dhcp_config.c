/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What dnsmasq reads for a network: its configuration, static leases and names, as text. */
#include <string.h>
#include <sys/socket.h>

#include "virtnetworkd/dhcp/dhcp.h"

static guint length(const GPtrArray *list)
{
    return list ? list->len : 0;
}

static void line(GString *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void line(GString *out, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_string_append_vprintf(out, format, args);
    va_end(args);
    g_string_append_c(out, '\n');
}

static gboolean serves_dns(const NetworkDef *def)
{
    return !def->dns || def->dns->enable != XML_BOOL_NO;
}

static gboolean serves_dhcp(const NetworkDef *def, int family)
{
    for (guint i = 0; i < length(def->ips); i++) {
        const NetworkIp *ip = def->ips->pdata[i];

        if (ip->address.family == family && (length(ip->ranges) || length(ip->hosts)))
            return TRUE;
    }
    return FALSE;
}

static gboolean has_v6(const NetworkDef *def)
{
    for (guint i = 0; i < length(def->ips); i++) {
        if (((const NetworkIp *)def->ips->pdata[i])->address.family == AF_INET6)
            return TRUE;
    }
    return FALSE;
}

/* ---- DNS ---- */

static void add_forwarders(GString *out, const NetworkDns *dns)
{
    gboolean any_address = FALSE;

    for (guint i = 0; i < length(dns->forwarders); i++) {
        const NetworkDnsForwarder *forwarder = dns->forwarders->pdata[i];
        g_autofree char *address = ip_address_format(&forwarder->address);

        if (forwarder->domain)
            line(out, "server=/%s/%s", forwarder->domain, address ? address : "#");
        else
            line(out, "server=%s", address);
        any_address |= address && !forwarder->domain;
    }
    if (any_address)
        line(out, "no-resolv");
}

static void add_local_domain(GString *out, const NetworkDef *def)
{
    if (def->domain) {
        if (def->domain_local_only == XML_BOOL_YES)
            line(out, "local=/%s/", def->domain);
        line(out, "domain=%s", def->domain);
        line(out, "expand-hosts");
    }
    if (def->dns && def->dns->forward_plain_names == XML_BOOL_NO) {
        line(out, "domain-needed");
        /* Names without a dot are looked for here only. */
        line(out, "local=//");
    }
    for (guint i = 0; i < length(def->ips); i++) {
        const NetworkIp *ip = def->ips->pdata[i];
        g_autofree char *zone = ip_address_reverse_zone(&ip->address, (guint)MAX(network_ip_prefix(ip), 0));

        if (ip->local_ptr == XML_BOOL_YES && zone)
            line(out, "local=/%s/", zone);
    }
}

static void add_srv(GString *out, const NetworkDnsSrv *srv)
{
    g_string_append_printf(out, "srv-host=_%s._%s", srv->service, srv->protocol);
    if (srv->domain)
        g_string_append_printf(out, ".%s", srv->domain);
    /* "." says that there is no such service; dnsmasq writes that as no target at all. */
    if (srv->target && strcmp(srv->target, ".") != 0) {
        g_string_append_printf(out, ",%s", srv->target);
        if (srv->port)
            g_string_append_printf(out, ",%u", srv->port);
        if (srv->port && (srv->priority || srv->weight))
            g_string_append_printf(out, ",%u", srv->priority);
        if (srv->port && srv->weight)
            g_string_append_printf(out, ",%u", srv->weight);
    }
    g_string_append_c(out, '\n');
}

static void add_records(GString *out, const NetworkDns *dns)
{
    for (guint i = 0; i < length(dns->txts); i++) {
        const NetworkDnsTxt *txt = dns->txts->pdata[i];
        line(out, "txt-record=%s,%s", txt->name, txt->value);
    }
    for (guint i = 0; i < length(dns->srvs); i++)
        add_srv(out, dns->srvs->pdata[i]);
}

static char *names_file(const NetworkDns *dns)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; dns && i < length(dns->hosts); i++) {
        const NetworkDnsHost *host = dns->hosts->pdata[i];
        g_autofree char *address = ip_address_format(&host->ip);

        g_string_append_printf(out, "%s\t", address);
        for (guint j = 0; j < host->names->len; j++)
            g_string_append_printf(out, "%s\t", (const char *)host->names->pdata[j]);
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}

/* ---- DHCP ---- */

/* ",1h" for a range, ",infinite" and so on; nothing when the lease names no time. */
static char *lease_time(const NetworkLease *lease)
{
    static const char units[] = {'m', 's', 'm', 'h'};

    if (!lease)
        return g_strdup("");
    return lease->expiry ? g_strdup_printf(",%u%c", lease->expiry, units[lease->unit]) : g_strdup(",infinite");
}

static void add_range(GString *out, const NetworkIp *ip, const NetworkDhcpRange *range)
{
    g_autofree char *start = ip_address_format(&range->start);
    g_autofree char *end = ip_address_format(&range->end);
    g_autofree char *lease = lease_time(range->lease);
    int prefix = network_ip_prefix(ip);

    if (ip->address.family == AF_INET6) {
        line(out, "dhcp-range=%s,%s,%d%s", start, end, prefix, lease);
    } else {
        IpAddress mask = ip_address_netmask(AF_INET, (guint)MAX(prefix, 0));
        g_autofree char *netmask = ip_address_format(&mask);

        line(out, "dhcp-range=%s,%s,%s%s", start, end, netmask, lease);
    }
}

/* Static leases alone need a range too, for dnsmasq to serve the network at all. */
static void add_static_range(GString *out, const NetworkIp *ip)
{
    int prefix = network_ip_prefix(ip);
    IpAddress network = ip_address_network(&ip->address, (guint)MAX(prefix, 0));
    g_autofree char *text = ip_address_format(ip->address.family == AF_INET6 ? &ip->address : &network);

    if (ip->address.family == AF_INET6)
        line(out, "dhcp-range=%s,static,%d", text, prefix);
    else
        line(out, "dhcp-range=%s,static", text);
}

static guint64 add_ip_dhcp(GString *out, const NetworkIp *ip)
{
    guint64 leases = length(ip->hosts) && !length(ip->ranges) ? length(ip->hosts) : 0;

    for (guint i = 0; i < length(ip->ranges); i++) {
        const NetworkDhcpRange *range = ip->ranges->pdata[i];

        add_range(out, ip, range);
        leases += ip_address_range_size(&range->start, &range->end);
    }
    if (!length(ip->ranges) && length(ip->hosts))
        add_static_range(out, ip);
    if (ip->address.family == AF_INET && length(ip->ranges)) {
        line(out, "dhcp-no-override");
        line(out, "dhcp-authoritative");
    }
    if (ip->bootp_file)
        line(out, ip->bootp_server ? "dhcp-boot=%s,,%s" : "dhcp-boot=%s", ip->bootp_file, ip->bootp_server);
    return leases;
}

static char *hosts_file(const NetworkDef *def)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < length(def->ips); i++) {
        const NetworkIp *ip = def->ips->pdata[i];

        for (guint j = 0; j < length(ip->hosts); j++) {
            const NetworkDhcpHost *host = ip->hosts->pdata[j];
            g_autofree char *address = ip_address_format(&host->ip);
            g_autofree char *lease = lease_time(host->lease);
            gboolean is_v6 = host->ip.family == AF_INET6;
            const char *key = host->mac ? host->mac : host->id;

            if (key)
                g_string_append_printf(out, "%s%s,", host->mac ? "" : "id:", key);
            else
                g_string_append_printf(out, "%s,", host->name);
            g_string_append_printf(out, is_v6 ? "[%s]" : "%s", address);
            if (key && host->name)
                g_string_append_printf(out, ",%s", host->name);
            line(out, "%s", lease);
        }
    }
    return g_string_free(out, FALSE);
}

/* ---- the configuration ---- */

static void add_listening(GString *out, const NetworkDef *def, const DhcpDirs *dirs)
{
    g_autofree char *pid_file = dhcp_path(def->name, dirs->run_dir, "pid");

    line(out, "pid-file=%s", pid_file);
    line(out, "except-interface=lo");
    line(out, "bind-dynamic");
    line(out, "interface=%s", def->bridge);
}

/* Guests of an isolated network are told of no router and no resolver beyond. */
static void add_isolation(GString *out, const NetworkDef *def)
{
    if (network_def_mode(def) != NETWORK_FORWARD_NONE)
        return;
    line(out, "dhcp-option=3");
    line(out, "no-resolv");
    line(out, "ra-param=*,0,0");
}

static void add_dhcp(GString *out, const NetworkDef *def, const DhcpDirs *dirs)
{
    g_autofree char *hosts = dhcp_path(def->name, dirs->files_dir, "hostsfile");
    g_autofree char *leases_file = dhcp_path(def->name, dirs->files_dir, "leases");
    guint64 leases = 0;

    for (guint i = 0; i < length(def->ips); i++) {
        const NetworkIp *ip = def->ips->pdata[i];

        if (ip->tftp_root) {
            line(out, "enable-tftp");
            line(out, "tftp-root=%s", ip->tftp_root);
        }
        leases += add_ip_dhcp(out, ip);
    }
    if (!serves_dhcp(def, AF_INET) && !serves_dhcp(def, AF_INET6))
        return;
    line(out, "dhcp-leasefile=%s", leases_file);
    line(out, "dhcp-lease-max=%" G_GUINT64_FORMAT, leases);
    line(out, "dhcp-hostsfile=%s", hosts);
}

/* IPv6 guests find their router by its announcements, with or without addresses from DHCP. */
static void add_router_announcements(GString *out, const NetworkDef *def)
{
    if (serves_dhcp(def, AF_INET6)) {
        line(out, "enable-ra");
        return;
    }
    for (guint i = 0; i < length(def->ips); i++) {
        const NetworkIp *ip = def->ips->pdata[i];
        g_autofree char *address = ip_address_format(&ip->address);

        if (ip->address.family == AF_INET6)
            line(out, "dhcp-range=%s,ra-only", address);
    }
}

static char *config_file(const NetworkDef *def, const DhcpDirs *dirs)
{
    g_autofree char *names = dhcp_path(def->name, dirs->files_dir, "addnhosts");
    GString *out = g_string_new("# Written by virtnetworkd, and again at the network's next start.\n"
                                "# Change the network with virsh net-edit or net-update instead.\n");

    line(out, "strict-order");
    if (dirs->user)
        line(out, "user=%s", dirs->user);
    if (serves_dns(def)) {
        if (def->dns)
            add_forwarders(out, def->dns);
        add_local_domain(out, def);
    } else {
        line(out, "port=0");
    }
    add_listening(out, def, dirs);
    add_isolation(out, def);
    if (def->dns && serves_dns(def))
        add_records(out, def->dns);
    add_dhcp(out, def, dirs);
    if (serves_dns(def))
        line(out, "addn-hosts=%s", names);
    if (def->mtu)
        line(out, "dhcp-option=option:mtu,%u", def->mtu);
    if (has_v6(def))
        add_router_announcements(out, def);
    for (guint i = 0; i < length(def->dnsmasq_options); i++)
        line(out, "%s", (const char *)def->dnsmasq_options->pdata[i]);
    return g_string_free(out, FALSE);
}

static gboolean is_needed(const NetworkDef *def)
{
    return network_def_owns_bridge(def) && length(def->ips) &&
           (serves_dns(def) || serves_dhcp(def, AF_INET) || serves_dhcp(def, AF_INET6) || has_v6(def));
}

DhcpFiles *dhcp_files(const NetworkDef *def, const DhcpDirs *dirs)
{
    DhcpFiles *files;

    if (!is_needed(def))
        return NULL;
    files = g_new0(DhcpFiles, 1);
    files->config = config_file(def, dirs);
    files->hosts = hosts_file(def);
    files->names = names_file(def->dns);
    return files;
}

void dhcp_files_free(DhcpFiles *files)
{
    if (!files)
        return;
    g_free(files->config);
    g_free(files->hosts);
    g_free(files->names);
    g_free(files);
}
