/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What virtnetworkd hands to dnsmasq and nft, as text. */
#include <string.h>

#include "common/error.h"
#include "virtnetworkd/dhcp/dhcp.h"
#include "virtnetworkd/host/firewall.h"

static const DhcpDirs dirs = {.files_dir = "/files", .run_dir = "/run/net"};

static NetworkDef *def_of(const char *inside)
{
    g_autofree char *xml = g_strdup_printf("<network><name>lab</name><uuid>6c0e1a2f-6d57-4ee5-9f0a-3a1c0b7f2d11</uuid>"
                                           "<bridge name='lab-0'/>%s</network>",
                                           inside);
    g_autoptr(GError) error = NULL;
    NetworkDef *def = network_def_parse(xml, 0, &error);

    g_assert_no_error(error);
    return def;
}

static void assert_lines(const char *text, const char *const *lines)
{
    for (; *lines; lines++) {
        g_autofree char *line = g_strdup_printf("\n%s\n", *lines);

        if (!strstr(text, line))
            g_error("no line '%s' in:\n%s", *lines, text);
    }
}

static void test_dhcp(void)
{
    g_autoptr(NetworkDef) def =
        def_of("<forward mode='nat'/><domain name='lab.test' localOnly='yes'/><mtu size='1400'/>"
               "<dns><forwarder addr='192.0.2.8'/><forwarder domain='up.test'/><txt name='t' value='v'/>"
               "<srv service='s' protocol='tcp' target='h' port='5' weight='2'/>"
               "<host ip='192.0.2.9'><hostname>one</hostname></host></dns>"
               "<ip address='192.0.2.1' prefix='24' localPtr='yes'><dhcp>"
               "<range start='192.0.2.10' end='192.0.2.19'><lease expiry='2' unit='hours'/></range>"
               "<host mac='52:54:00:aa:bb:cc' name='g' ip='192.0.2.30'/><host name='n' ip='192.0.2.31'/>"
               "<bootp file='pxe'/></dhcp></ip>"
               "<ip family='ipv6' address='2001:db8::1' prefix='64'/>");
    g_autoptr(DhcpFiles) files = dhcp_files(def, &dirs);
    static const char *const lines[] = {"server=192.0.2.8",
                                        "server=/up.test/#",
                                        "no-resolv",
                                        "local=/lab.test/",
                                        "domain=lab.test",
                                        "local=/2.0.192.in-addr.arpa/",
                                        "pid-file=/run/net/lab.pid",
                                        "except-interface=lo",
                                        "bind-dynamic",
                                        "interface=lab-0",
                                        "txt-record=t,v",
                                        "srv-host=_s._tcp,h,5,0,2",
                                        "dhcp-range=192.0.2.10,192.0.2.19,255.255.255.0,2h",
                                        "dhcp-boot=pxe",
                                        "dhcp-lease-max=10",
                                        "dhcp-hostsfile=/files/lab.hostsfile",
                                        "addn-hosts=/files/lab.addnhosts",
                                        "dhcp-option=option:mtu,1400",
                                        "dhcp-range=2001:db8::1,ra-only",
                                        NULL};

    assert_lines(files->config, lines);
    g_assert_null(strstr(files->config, "dhcp-option=3"));
    g_assert_cmpstr(files->hosts, ==, "52:54:00:aa:bb:cc,192.0.2.30,g\nn,192.0.2.31\n");
    g_assert_cmpstr(files->names, ==, "192.0.2.9\tone\t\n");
}

static void test_dhcp_isolated(void)
{
    g_autoptr(NetworkDef) def = def_of("<dns enable='no'/><ip address='192.0.2.1' prefix='24'><dhcp>"
                                       "<range start='192.0.2.10' end='192.0.2.19'/></dhcp></ip>");
    g_autoptr(DhcpFiles) files = dhcp_files(def, &dirs);
    static const char *const lines[] = {"port=0", "dhcp-option=3", "no-resolv", NULL};

    assert_lines(files->config, lines);
}

static void test_dhcp_not_needed(void)
{
    g_autoptr(NetworkDef) no_ip = def_of("");
    g_autoptr(NetworkDef) no_service = def_of("<dns enable='no'/><ip address='192.0.2.1' prefix='24'/>");
    g_autoptr(NetworkDef) bridge = def_of("<forward mode='bridge'/>");

    g_assert_null(dhcp_files(no_ip, &dirs));
    g_assert_null(dhcp_files(no_service, &dirs));
    g_assert_null(dhcp_files(bridge, &dirs));
}

static const struct {
    const char *inside;
    const char *has[4], *lacks;
} firewalls[] = {
    {"<forward mode='nat'/><ip address='192.0.2.1' prefix='24'/>",
     {"ip daddr 192.0.2.0/24 ct state established,related accept", "ip saddr 192.0.2.0/24 masquerade",
      "masquerade to :1024-65535"},
     NULL},
    {"<forward mode='nat' dev='eth0'><nat><address start='198.51.100.1' end='198.51.100.2'/><port start='5' end='6'/>"
     "</nat></forward><ip address='192.0.2.1' prefix='24'/>",
     {"oifname \"eth0\" ip saddr 192.0.2.0/24 meta l4proto udp snat ip to 198.51.100.1-198.51.100.2:5-6",
      "iifname \"eth0\" ip daddr 192.0.2.0/24 ct state"},
     "masquerade"},
    {"<forward mode='nat'/><ip address='192.0.2.1' prefix='24'/><ip family='ipv6' address='2001:db8::1' prefix='64'/>",
     {"ip6 daddr 2001:db8::/64 accept"},
     "ip6 saddr 2001:db8::/64 masquerade"},
    {"<forward mode='nat'><nat ipv6='yes'/></forward><ip family='ipv6' address='2001:db8::1' prefix='64'/>",
     {"ip6 saddr 2001:db8::/64 masquerade"},
     NULL},
    {"<forward mode='route'/><ip address='192.0.2.1' prefix='24'/>", {"ip daddr 192.0.2.0/24 accept"}, "masquerade"},
    {"<ip address='192.0.2.1' prefix='24'/>", {"iifname \"lab-0\" accept", "reject with icmpx"}, "192.0.2.0/24 accept"},
};

static void test_firewall(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(firewalls); i++) {
        g_autoptr(NetworkDef) def = def_of(firewalls[i].inside);
        g_autofree char *script = firewall_script(def);

        for (int j = 0; j < 4 && firewalls[i].has[j]; j++) {
            if (!strstr(script, firewalls[i].has[j]))
                g_error("no '%s' in:\n%s", firewalls[i].has[j], script);
        }
        if (firewalls[i].lacks && strstr(script, firewalls[i].lacks))
            g_error("'%s' in:\n%s", firewalls[i].lacks, script);
    }
}

static void test_firewall_not_needed(void)
{
    g_autoptr(NetworkDef) open = def_of("<forward mode='open'/><ip address='192.0.2.1' prefix='24'/>");
    g_autoptr(NetworkDef) bridge = def_of("<forward mode='bridge'/>");

    g_assert_null(firewall_script(open));
    g_assert_null(firewall_script(bridge));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dhcp/full", test_dhcp);
    g_test_add_func("/dhcp/isolated", test_dhcp_isolated);
    g_test_add_func("/dhcp/not-needed", test_dhcp_not_needed);
    g_test_add_func("/firewall/modes", test_firewall);
    g_test_add_func("/firewall/not-needed", test_firewall_not_needed);
    return g_test_run();
}
