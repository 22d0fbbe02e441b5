/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of the table in check.c: what answers a guest, and what one guest has. */
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/error.h"
#include "virtnetworkd/check/check_run.h"
#include "virtnetworkd/dhcp/leases.h"

/* ---- dnsmasq ---- */

#define DNS_TIMEOUT_MS 2000

static socklen_t dns_address(const IpAddress *address, struct sockaddr_storage *out)
{
    if (address->family == AF_INET) {
        struct sockaddr_in *v4 = (struct sockaddr_in *)out;

        v4->sin_family = AF_INET;
        v4->sin_port = htons(53);
        memcpy(&v4->sin_addr, address->bytes, sizeof(v4->sin_addr));
        return sizeof(*v4);
    } else {
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(53);
        memcpy(&v6->sin6_addr, address->bytes, sizeof(v6->sin6_addr));
        return sizeof(*v6);
    }
}

/* Whether anything comes back to a question that dnsmasq answers itself: its version (TXT, class CHAOS). */
static gboolean answers(const IpAddress *address)
{
    static const guint8 question[] = "\x4d\x76\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
                                     "\x07version\x04"
                                     "bind\x00\x00\x10\x00\x03";
    struct sockaddr_storage to = {0};
    socklen_t size = dns_address(address, &to);
    int fd = socket(address->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct pollfd answer = {.fd = fd, .events = POLLIN};
    guint8 head[12];
    gboolean ok = fd >= 0 && connect(fd, (struct sockaddr *)&to, size) == 0 &&
                  send(fd, question, sizeof(question) - 1, 0) == sizeof(question) - 1 &&
                  poll(&answer, 1, DNS_TIMEOUT_MS) > 0 && recv(fd, head, sizeof(head), 0) == sizeof(head);

    if (fd >= 0)
        close(fd);
    return ok;
}

static void ask_dns(CheckRun *run)
{
    for (guint i = 0; run->def->ips && i < run->def->ips->len; i++) {
        const NetworkIp *ip = run->def->ips->pdata[i];
        g_autofree char *text = ip_address_format(&ip->address);

        if (answers(&ip->address))
            check_say(run, CHECK_FINE, NULL, "dnsmasq answers at %s", text);
        else
            check_say(run, CHECK_PROBLEM, "look at the log of dnsmasq", "dnsmasq runs, but does not answer at %s",
                      text);
    }
}

void check_dnsmasq(CheckRun *run)
{
    g_autoptr(DhcpFiles) files = dhcp_files(run->def, &run->subject->dirs);
    pid_t pid = files ? dhcp_find(run->def, &run->subject->dirs) : 0;

    if (!files)
        check_say(run, CHECK_FINE, NULL, "the network has neither DHCP nor DNS");
    else if (!pid)
        check_say(run, CHECK_PROBLEM, "look at the log of virtnetworkd, which starts it again when it ends",
                  "dnsmasq does not run: there is no DHCP and no DNS");
    else if (run->def->dns && run->def->dns->enable == XML_BOOL_NO)
        check_say(run, CHECK_FINE, NULL, "dnsmasq runs as process %d, for DHCP only", (int)pid);
    else
        ask_dns(run);
}

/* ---- one guest ---- */

/* A hypervisor gives its end of a guest's cable the guest's MAC, but for the first byte. */
static gboolean is_cable_of(const NetlinkLink *link, const guint8 *mac)
{
    return memcmp(link->mac + 1, mac + 1, MAC_LEN - 1) == 0;
}

static gboolean is_in(const CheckRun *run, const NetlinkLink *link, const char *bridge)
{
    const NetlinkLink *master = check_link(run, bridge);

    if (check_is_on_ovs(run->def))
        return check_is_in_ovs(link->name, bridge);
    return master && link->bridge_index == master->index;
}

/* bridge NULL: wherever it is. */
static const NetlinkLink *find_cable(const CheckRun *run, const char *bridge, const guint8 *mac)
{
    for (guint i = 0; i < run->links->len; i++) {
        const NetlinkLink *link = &g_array_index(run->links, NetlinkLink, i);

        if (is_cable_of(link, mac) && (!bridge || is_in(run, link, bridge)))
            return link;
    }
    return NULL;
}

static void check_cable(CheckRun *run, const guint8 *mac)
{
    const char *bridge = check_bridge(run->def);
    const char *place = bridge ? bridge : "the network's devices";
    const NetlinkLink *link = find_cable(run, bridge, mac);
    const NetlinkLink *elsewhere = bridge && !link ? find_cable(run, NULL, mac) : NULL;
    char text[MAC_TEXT_LEN];

    mac_format(mac, text);
    if (elsewhere) {
        g_autofree char *cure = check_is_on_ovs(run->def)
                                    ? g_strdup_printf("ovs-vsctl add-port %s %s", bridge, elsewhere->name)
                                    : g_strdup_printf("ip link set %s master %s", elsewhere->name, bridge);
        check_say(run, CHECK_PROBLEM, cure, "%s of the guest with MAC %s is not in %s", elsewhere->name, text, bridge);
    } else if (!link) {
        check_say(run, CHECK_PROBLEM, "see whether the guest runs and has an interface on this network",
                  "no guest with MAC %s is on %s", text, place);
    } else if (!link->is_up || !link->has_carrier) {
        check_say(run, CHECK_PROBLEM, "virsh domif-setlink GUEST MAC up", "%s of the guest with MAC %s is down",
                  link->name, text);
    } else {
        check_say(run, CHECK_FINE, NULL, "the guest with MAC %s is on %s by %s", text, place, link->name);
    }
}

/* Calls func for each MAC that the guest has on the network, and returns how many those were. */
static guint for_each_mac(CheckRun *run, void (*func)(CheckRun *run, const guint8 *mac))
{
    const GPtrArray *ports = run->subject->ports;
    guint8 mac[MAC_LEN];
    guint n = 0;

    if (mac_parse(run->subject->guest, mac)) {
        func(run, mac);
        return 1;
    }
    for (guint i = 0; ports && i < ports->len; i++) {
        const NetworkPort *port = ports->pdata[i];

        if (g_strcmp0(port->owner_name, run->subject->guest) != 0)
            continue;
        func(run, port->mac);
        n++;
    }
    return n;
}

void check_guest(CheckRun *run)
{
    if (for_each_mac(run, check_cable) == 0)
        check_say(run, CHECK_PROBLEM, "see whether it runs and has an interface on this network",
                  "no guest called '%s' has a port of the network", run->subject->guest);
}

static gboolean has_dhcp(const NetworkDef *def)
{
    for (guint i = 0; def->ips && i < def->ips->len; i++) {
        if (((const NetworkIp *)def->ips->pdata[i])->has_dhcp)
            return TRUE;
    }
    return FALSE;
}

static void check_lease_of(CheckRun *run, const guint8 *mac)
{
    g_autofree char *path = dhcp_path(run->def->name, run->subject->dirs.files_dir, "leases");
    g_autoptr(GArray) leases = NULL;
    char text[MAC_TEXT_LEN];

    mac_format(mac, text);
    leases = leases_read(path, run->def, text, NULL);
    if (!leases || leases->len == 0)
        check_say(run, CHECK_DOUBT, "see in the guest whether it asks for one, or has an address of its own",
                  "the guest with MAC %s has no lease", text);
    for (guint i = 0; leases && i < leases->len; i++) {
        g_autofree char *address = ip_address_format(&g_array_index(leases, Lease, i).address);
        check_say(run, CHECK_FINE, NULL, "the guest with MAC %s has leased %s", text, address);
    }
}

void check_lease(CheckRun *run)
{
    if (network_def_owns_bridge(run->def) && has_dhcp(run->def))
        for_each_mac(run, check_lease_of);
}
