/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The network document: what is read is written, what is left out is filled in, what makes no sense is refused. */
#include <string.h>

#include "common/error.h"
#include "conf/network/network_def.h"

#define HEAD "<network>\n  <name>lab</name>\n  <uuid>6c0e1a2f-6d57-4ee5-9f0a-3a1c0b7f2d11</uuid>\n"

/* Documents that come out as they went in. */
static const char *const same[] = {
    HEAD "  <forward mode='nat'>\n"
         "    <nat ipv6='yes'>\n"
         "      <address start='198.51.100.1' end='198.51.100.9'/>\n"
         "      <port start='2000' end='3000'/>\n"
         "    </nat>\n"
         "  </forward>\n"
         "  <bridge name='lab0' zone='work' stp='off' delay='3' macTableManager='kernel'/>\n"
         "  <mtu size='1400'/>\n"
         "  <mac address='52:54:00:01:02:03'/>\n"
         "  <domain name='lab.test' localOnly='yes' register='no'/>\n"
         "  <dns forwardPlainNames='no'>\n"
         "    <forwarder domain='up.test' addr='192.0.2.7'/>\n"
         "    <forwarder addr='192.0.2.8'/>\n"
         "    <txt name='hello' value='a &lt;b&gt;'/>\n"
         "    <srv service='ldap' protocol='tcp' domain='lab.test' target='dc.lab.test' port='389' priority='1' "
         "weight='2'/>\n"
         "    <host ip='192.0.2.9'>\n"
         "      <hostname>one</hostname>\n"
         "      <hostname>two</hostname>\n"
         "    </host>\n"
         "  </dns>\n"
         "  <ip address='192.0.2.1' netmask='255.255.255.0' localPtr='yes'>\n"
         "    <tftp root='/srv/tftp'/>\n"
         "    <dhcp>\n"
         "      <range start='192.0.2.10' end='192.0.2.20'>\n"
         "        <lease expiry='3' unit='hours'/>\n"
         "      </range>\n"
         "      <host mac='52:54:00:aa:bb:cc' name='guest' ip='192.0.2.30'>\n"
         "        <lease expiry='0'/>\n"
         "      </host>\n"
         "      <bootp file='pxe' server='192.0.2.2'/>\n"
         "    </dhcp>\n"
         "  </ip>\n"
         "  <ip family='ipv6' address='2001:db8::1' prefix='64'>\n"
         "    <dhcp>\n"
         "      <host id='00:01' ip='2001:db8::2'/>\n"
         "    </dhcp>\n"
         "  </ip>\n"
         "  <route address='198.51.100.0' prefix='24' gateway='192.0.2.2' metric='5'/>\n"
         "  <portgroup name='a' default='yes'/>\n"
         "</network>\n",
    HEAD "  <forward mode='bridge'/>\n"
         "  <bridge name='ovs0'/>\n"
         "  <vlan trunk='yes'>\n"
         "    <tag id='42' nativeMode='untagged'/>\n"
         "    <tag id='0'/>\n"
         "  </vlan>\n"
         "  <port isolated='yes'/>\n"
         "  <virtualport type='openvswitch'>\n"
         "    <parameters interfaceid='09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f' profileid='p'/>\n"
         "  </virtualport>\n"
         "  <portgroup name='a' trustGuestRxFilters='yes'>\n"
         "    <vlan>\n"
         "      <tag id='7'/>\n"
         "    </vlan>\n"
         "    <virtualport type='openvswitch'/>\n"
         "    <bandwidth>\n"
         "      <inbound average='1000' peak='5000' burst='5120'/>\n"
         "      <outbound average='128'/>\n"
         "    </bandwidth>\n"
         "  </portgroup>\n"
         "</network>\n",
    HEAD "  <forward dev='eth10' mode='vepa'>\n"
         "    <interface dev='eth10'/>\n"
         "  </forward>\n"
         "  <virtualport type='802.1Qbg'>\n"
         "    <parameters managerid='0' typeid='1193047' typeidversion='2' "
         "instanceid='09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f'/>\n"
         "  </virtualport>\n"
         "</network>\n",
    HEAD "  <forward dev='eth1' mode='bridge'>\n"
         "    <interface dev='eth1'/>\n"
         "    <interface dev='eth2'/>\n"
         "  </forward>\n"
         "</network>\n",
    HEAD "  <forward mode='bridge'/>\n"
         "  <bridge name='br0'/>\n"
         "</network>\n",
    HEAD "  <forward mode='hostdev' managed='yes'>\n"
         "    <driver name='vfio'/>\n"
         "    <address type='pci' domain='0x0000' bus='0x04' slot='0x10' function='0x1'/>\n"
         "  </forward>\n"
         "</network>\n",
};

static void test_round_trip(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(NetworkDef) def = network_def_parse(same[i], XML_MODE_VALIDATE, &error);
        g_autofree char *xml = NULL;

        g_assert_no_error(error);
        xml = network_def_format(def, XML_MODE_INACTIVE);
        g_assert_cmpstr(xml, ==, same[i]);
    }
}

static void test_defaults(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(NetworkDef) def = network_def_parse("<network><name>n</name><forward/><bridge name='b'/>"
                                                  "<ip address='192.0.2.1'/></network>",
                                                  0, &error);

    g_assert_no_error(error);
    g_assert_cmpint(network_def_mode(def), ==, NETWORK_FORWARD_NAT);
    g_assert_true(uuid_is_valid(def->uuid));
    g_assert_cmpint(def->stp, ==, XML_BOOL_YES);
    g_assert_cmpstr(def->delay, ==, "0");
    g_assert_cmpint(def->mac[0], ==, 0x52);
    g_assert_cmpint(network_ip_prefix(def->ips->pdata[0]), ==, 24); /* by its class */
    g_assert_true(network_def_owns_bridge(def));
}

static void test_copy(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autoptr(NetworkDef) def = network_def_parse(same[i], 0, NULL);
        g_autoptr(NetworkDef) copy = network_def_copy(def);
        g_autofree char *a = network_def_format(def, XML_MODE_LIVE);
        g_autofree char *b = NULL;

        g_clear_pointer(&def, network_def_free);
        b = network_def_format(copy, XML_MODE_LIVE);
        g_assert_cmpstr(a, ==, b);
    }
}

#define NAT      "<network><name>n</name><forward mode='nat'/><bridge name='b'/>"
#define DHCP     NAT "<ip address='192.0.2.1' prefix='24'><dhcp>"
#define DHCP_END "</dhcp></ip></network>"
#define HOSTDEV  "<network><name>n</name><forward mode='hostdev'><pf dev='a'/></forward>"
#define IP       "<ip address='192.0.2.1' prefix='24'/>"

static const struct {
    const char *xml;
    int code;
    const char *message; /* a part of it */
} bad[] = {
    {"<network><ip address='192.0.2.1'/></network>", VIR_ERR_NO_NAME, ""},
    {"<network><name>a/b</name></network>", VIR_ERR_XML_DETAIL, "invalid char in name: /"},
    {"<network><name>..</name></network>", VIR_ERR_XML_DETAIL, "invalid name"},
    {"<network><name>n</name><uuid>00000000-0000-0000-0000-000000000001x</uuid></network>", VIR_ERR_INTERNAL_ERROR,
     "malformed uuid"},
    {"<network><name>n</name><forward mode='warp'/></network>", VIR_ERR_CONFIG_UNSUPPORTED,
     "unknown forwarding type 'warp'"},
    {NAT "</network>", VIR_ERR_XML_ERROR, "nat forwarding requested, but no IP address provided"},
    {"<network><name>n</name><forward mode='bridge'/><bridge name='b'/>" IP "</network>", VIR_ERR_CONFIG_UNSUPPORTED,
     "Unsupported <ip> element in network n with forward mode='bridge'"},
    {"<network><name>n</name><forward mode='bridge' dev='eth0'/><bridge name='b'/></network>", VIR_ERR_XML_ERROR,
     "but not both"},
    {"<network><name>n</name><forward mode='hostdev'/><bridge name='b'/></network>", VIR_ERR_XML_ERROR,
     "bridge name not allowed in hostdev mode"},
    {"<network><name>n</name><forward mode='route'><nat ipv6='yes'/></forward>" IP "</network>", VIR_ERR_XML_ERROR,
     "can only be used when <forward> 'mode' is 'nat'"},
    {"<network><name>n</name><forward><nat><port start='0' end='9'/></nat></forward>" IP "</network>",
     VIR_ERR_XML_DETAIL, "invalid 'start' attribute in <port>"},
    {NAT "<ip address='192.0.2.1' prefix='33'/></network>", VIR_ERR_CONFIG_UNSUPPORTED, "Invalid IPv4 prefix '33'"},
    {NAT "<ip address='192.0.2.1' prefix='24' netmask='255.255.255.0'/></network>", VIR_ERR_CONFIG_UNSUPPORTED,
     "both a prefix and a netmask"},
    {NAT "<ip family='ipv4' address='2001:db8::1'/></network>", VIR_ERR_CONFIG_UNSUPPORTED, "ipv4 family specified"},
    {NAT "<ip address='2001:db8::1'/></network>", VIR_ERR_CONFIG_UNSUPPORTED, "no family specified"},
    {NAT "<ip address='192.0.2.300'/></network>", VIR_ERR_XML_ERROR, "Invalid address '192.0.2.300'"},
    {DHCP "<range start='192.0.2.20' end='192.0.2.10'/>" DHCP_END, VIR_ERR_INTERNAL_ERROR, "is reversed"},
    {DHCP "<range start='192.0.3.2' end='192.0.3.3'/>" DHCP_END, VIR_ERR_INTERNAL_ERROR, "not entirely within network"},
    {DHCP "<range start='192.0.2.2' end='192.0.2.255'/>" DHCP_END, VIR_ERR_INTERNAL_ERROR, "broadcast address"},
    {DHCP "<range start='192.0.2.0' end='192.0.2.9'/>" DHCP_END, VIR_ERR_INTERNAL_ERROR, "network address"},
    {DHCP "<range start='192.0.2.2' end='192.0.2.9'><lease expiry='1' unit='minutes'/></range>" DHCP_END,
     VIR_ERR_CONFIG_UNSUPPORTED, "minimum lease time"},
    {DHCP "<host mac='01:00:5e:00:00:01' ip='192.0.2.5'/>" DHCP_END, VIR_ERR_XML_ERROR, "expected unicast mac"},
    {DHCP "<host name='a'/>" DHCP_END, VIR_ERR_XML_ERROR, "Missing IP address"},
    {DHCP "<host ip='192.0.2.5'/>" DHCP_END, VIR_ERR_XML_ERROR, "must have mac or name"},
    {DHCP "<host name='a,b' ip='192.0.2.5'/>" DHCP_END, VIR_ERR_XML_ERROR, "Cannot use host name"},
    {NAT IP "<domain name='a&#10;port=53'/></network>", VIR_ERR_XML_ERROR, "line break in the domain"},
    {NAT IP "<dns><txt name='a b' value='v'/></dns></network>", VIR_ERR_XML_DETAIL, "prohibited character"},
    {NAT IP "<dns><srv service='s' protocol='tcp' port='70000'/></dns></network>", VIR_ERR_XML_DETAIL, "70000"},
    {NAT IP "<route address='198.51.100.5' prefix='24' gateway='192.0.2.2'/></network>", VIR_ERR_XML_ERROR,
     "is not a network address"},
    {NAT IP "<route address='198.51.100.0' prefix='24' gateway='203.0.113.1'/></network>", VIR_ERR_CONFIG_UNSUPPORTED,
     "unreachable static route gateway"},
    {NAT IP "<portgroup name='a'/><portgroup name='a'/></network>", VIR_ERR_CONFIG_UNSUPPORTED, "same name"},
    {NAT IP "<bandwidth><inbound peak='5'/></bandwidth></network>", VIR_ERR_XML_DETAIL,
     "Missing mandatory average or floor"},
    {NAT IP "<bandwidth><inbound average='5' floor='5'/></bandwidth></network>", VIR_ERR_CONFIG_UNSUPPORTED,
     "floor attribute is not supported"},
    {NAT IP "<bandwidth><inbound average='x'/></bandwidth></network>", VIR_ERR_CONFIG_UNSUPPORTED,
     "could not convert bandwidth average value 'x'"},
    {"<network><name>n</name><forward mode='vepa' dev='e'/><vlan><tag id='4'/></vlan></network>",
     VIR_ERR_CONFIG_UNSUPPORTED, "doesn't support vlan"},
    {NAT IP "<vlan><tag id='4'/></vlan></network>", VIR_ERR_CONFIG_UNSUPPORTED,
     "<vlan> element specified for network n, whose type doesn't support vlan configuration"},
    {"<network><name>n</name><vlan><tag id='4'/></vlan></network>", VIR_ERR_CONFIG_UNSUPPORTED, "doesn't support vlan"},
    {HOSTDEV "<vlan><tag id='4096'/></vlan></network>", VIR_ERR_XML_ERROR, "too large (maximum 4095)"},
    {HOSTDEV "<vlan trunk='no'><tag id='4'/><tag id='5'/></vlan></network>", VIR_ERR_XML_ERROR,
     "trunk='yes' is required"},
    {HOSTDEV "<vlan/></network>", VIR_ERR_XML_ERROR, "missing tag id"},
    {HOSTDEV "<virtualport type='802.1Qbh'><parameters managerid='4'/></virtualport></network>", VIR_ERR_XML_ERROR,
     "extra managerid unsupported in <virtualport type='802.1Qbh'>"},
    {HOSTDEV "<virtualport type='802.1Qbg'><parameters managerid='256'/></virtualport></network>", VIR_ERR_XML_ERROR,
     "value of managerid out of range"},
    {"<network><name>n</name><forward mode='hostdev'><pf dev='a'/><pf dev='b'/></forward></network>", VIR_ERR_XML_ERROR,
     "Only one <pf> element"},
    {NAT IP "<mac address='01:00:5e:00:00:01'/></network>", VIR_ERR_XML_ERROR, "Invalid multicast bridge mac"},
    {"<network><name>a&#10;b</name></network>", VIR_ERR_XML_ERROR, "line break in the name"},
    {"<network><name>n</name><bridge name='a&quot; accept'/></network>", VIR_ERR_XML_ERROR, "invalid device name"},
    {"<network><name>n</name><forward mode='nat' dev='a&quot;b'/><bridge name='b'/>" IP "</network>", VIR_ERR_XML_ERROR,
     "invalid device name 'a\"b'"},
    {NAT IP "<dns><forwarder domain='a&#10;b'/></dns></network>", VIR_ERR_XML_ERROR, "line break in a DNS forwarder"},
    {NAT IP "<dns><host ip='bad'><hostname>a</hostname></host></dns></network>", VIR_ERR_XML_DETAIL,
     "Invalid IP address 'bad' in DNS HOST record"},
    {NAT IP "<dns><host ip='192.0.2.9'><hostname>a b</hostname></host></dns></network>", VIR_ERR_XML_ERROR,
     "invalid host name 'a b'"},
    {"<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'><name>n</name>"
     "<dnsmasq:options><dnsmasq:option value='a&#10;b'/></dnsmasq:options></network>",
     VIR_ERR_XML_ERROR, "line break in a dnsmasq option"},
};

static void test_bad(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(NetworkDef) def = network_def_parse(bad[i].xml, 0, &error);

        if (def)
            g_error("taken: %s", bad[i].xml);
        if (!strstr(error->message, bad[i].message) || error->code != bad[i].code)
            g_error("%s\n%d %s", bad[i].xml, error->code, error->message);
    }
}

/* What only a document that is validated may not say. */
static const char *const invalid[] = {
    NAT IP "<dns><srv service='s' protocol='sctp'/></dns></network>",
    "<network><name>n</name><domain localOnly='yes'/></network>",
    "<network><name>n</name><forward mode='none'/></network>",
    "<network><name>n</name><bridge stp='maybe'/></network>",
    "<network><name>n</name><bridge name='virbr%d'/></network>",
};

static void test_validate(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(invalid); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(NetworkDef) plain = network_def_parse(invalid[i], 0, &error);
        g_autoptr(NetworkDef) validated = NULL;

        g_assert_no_error(error);
        validated = network_def_parse(invalid[i], XML_MODE_VALIDATE, &error);
        g_assert_null(validated);
        g_assert_true(vir_error_is(error, VIR_ERR_XML_INVALID_SCHEMA));
    }
}

/* Elements of a namespace that is not dnsmasq's, or of none, are unknown like any others. */
static void test_foreign_options(void)
{
    static const char *const documents[] = {
        "<network><name>n</name><dnsmasq:options><dnsmasq:option value='a'/></dnsmasq:options></network>",
        "<network xmlns:dnsmasq='urn:other'><name>n</name><dnsmasq:options><dnsmasq:option "
        "value='a'/></dnsmasq:options>"
        "</network>",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(documents); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(NetworkDef) def = network_def_parse(documents[i], 0, &error);

        g_assert_no_error(error);
        g_assert_null(def->dnsmasq_options);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/network-def/round-trip", test_round_trip);
    g_test_add_func("/network-def/defaults", test_defaults);
    g_test_add_func("/network-def/copy", test_copy);
    g_test_add_func("/network-def/bad", test_bad);
    g_test_add_func("/network-def/validate", test_validate);
    g_test_add_func("/network-def/foreign-options", test_foreign_options);
    return g_test_run();
}
