/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changing one entry of a network's document, and ports completed by what their network says. */
#include <string.h>

#include "common/error.h"
#include "conf/network/network_port.h"
#include "conf/network/network_update.h"

static const char base[] = "<network><name>n</name><forward mode='nat'/><bridge name='b'/>"
                           "<dns><txt name='t' value='v'/><srv service='s' protocol='tcp'/><host "
                           "ip='192.0.2.1'><hostname>a</hostname></host></dns>"
                           "<ip address='192.0.2.1' prefix='24'><dhcp><range start='192.0.2.10' end='192.0.2.20'/>"
                           "<host mac='52:54:00:00:00:01' name='one' ip='192.0.2.101'/></dhcp></ip>"
                           "<ip address='198.51.100.1' prefix='24'/>"
                           "<ip family='ipv6' address='2001:db8::1' prefix='64'/>"
                           "<portgroup name='g' default='yes'/></network>";

#define ADD    VIR_NETWORK_UPDATE_COMMAND_ADD_LAST
#define FIRST  VIR_NETWORK_UPDATE_COMMAND_ADD_FIRST
#define MODIFY VIR_NETWORK_UPDATE_COMMAND_MODIFY
#define DELETE VIR_NETWORK_UPDATE_COMMAND_DELETE
#define HOST   VIR_NETWORK_SECTION_IP_DHCP_HOST
#define RANGE  VIR_NETWORK_SECTION_IP_DHCP_RANGE

/* What the document then has (or, with a '!' before it, has not). */
static const struct {
    NetworkUpdate update;
    const char *text;
} good[] = {
    {{ADD, HOST, -1, "<host mac='52:54:00:00:00:02' ip='192.0.2.102'/>"}, "ip='192.0.2.102'"},
    {{FIRST, HOST, -1, "<host mac='52:54:00:00:00:02' ip='192.0.2.102'/>"},
     "<host mac='52:54:00:00:00:02' ip='192.0.2.102'/>\n      <host mac='52:54:00:00:00:01'"},
    {{MODIFY, HOST, 0, "<host mac='52:54:00:00:00:01' name='uno' ip='192.0.2.103'/>"}, "name='uno' ip='192.0.2.103'"},
    {{MODIFY, HOST, -1, "<host mac='52:54:00:00:00:09' ip='192.0.2.101'/>"},
     "<host mac='52:54:00:00:00:09' ip='192.0.2.101'/>\n    </dhcp>"},
    {{DELETE, HOST, -1, "<host ip='192.0.2.101'/>"}, "!192.0.2.101"},
    {{DELETE, HOST, -1, "<host mac='52:54:0:0:0:1'/>"}, "!192.0.2.101"},
    {{ADD, HOST, -1, "<host id='00:01' ip='2001:db8::9'/>"}, "<host id='00:01' ip='2001:db8::9'/>"},
    {{ADD, HOST, -1, "<dhcp><host name='x' ip='192.0.2.104'/><host name='y' ip='192.0.2.105'/></dhcp>"}, "name='y'"},
    {{ADD, RANGE, -1, "<range start='192.0.2.30' end='192.0.2.40'/>"}, "<range start='192.0.2.30' end='192.0.2.40'/>"},
    {{DELETE, RANGE, -1, "<range start='192.0.2.10' end='192.0.2.20'/>"}, "!<range"},
    {{ADD, VIR_NETWORK_SECTION_DNS_TXT, -1, "<txt name='u' value='w'/>"}, "<txt name='u' value='w'/>"},
    {{DELETE, VIR_NETWORK_SECTION_DNS_TXT, -1, "<txt name='t'/>"}, "!<txt"},
    {{ADD, VIR_NETWORK_SECTION_DNS_SRV, -1, "<srv service='r' protocol='udp'/>"}, "service='r'"},
    {{DELETE, VIR_NETWORK_SECTION_DNS_SRV, -1, "<srv service='s'/>"}, "!<srv"},
    {{ADD, VIR_NETWORK_SECTION_DNS_HOST, -1, "<host ip='192.0.2.7'><hostname>z</hostname></host>"}, "<hostname>z<"},
    {{DELETE, VIR_NETWORK_SECTION_DNS_HOST, -1, "<host ip='192.0.2.1'/>"}, "!<hostname>"},
    {{ADD, VIR_NETWORK_SECTION_PORTGROUP, -1, "<portgroup name='h'/>"}, "<portgroup name='h'/>"},
    {{MODIFY, VIR_NETWORK_SECTION_PORTGROUP, -1, "<portgroup name='g'/>"}, "!default='yes'"},
    {{DELETE, VIR_NETWORK_SECTION_PORTGROUP, -1, "<portgroup name='g'/>"}, "!<portgroup"},
    {{ADD, VIR_NETWORK_SECTION_FORWARD_INTERFACE, -1, "<interface dev='eth0'/>"}, "<forward dev='eth0' mode='nat'>"},
};

static void test_good(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(NetworkDef) def = network_def_parse(base, 0, NULL);
        g_autofree char *xml = NULL;
        gboolean is_there = *good[i].text != '!';

        network_def_update(def, &good[i].update, &error);
        g_assert_no_error(error);
        xml = network_def_format(def, 0);
        if ((strstr(xml, good[i].text + !is_there) != NULL) != is_there)
            g_error("%s\n%s", good[i].update.xml, xml);
    }
}

static const struct {
    NetworkUpdate update;
    int code;
    const char *message;
} bad[] = {
    {{ADD, HOST, -1, "<host name='one' ip='192.0.2.109'/>"}, VIR_ERR_OPERATION_INVALID, "existing dhcp host entry"},
    {{ADD, HOST, -1, "<host name='two' ip='192.0.2.101'/>"}, VIR_ERR_OPERATION_INVALID, "existing dhcp host entry"},
    {{ADD, HOST, 7, "<host name='two' ip='192.0.2.109'/>"}, VIR_ERR_OPERATION_INVALID, "at index 7"},
    {{ADD, HOST, -1, "<dhcp><host name='x' ip='192.0.2.9'/><range/></dhcp>"}, VIR_ERR_XML_ERROR, "element <range>"},
    {{MODIFY, HOST, -1, "<host name='two' ip='192.0.2.109'/>"}, VIR_ERR_OPERATION_INVALID, "couldn't locate"},
    {{DELETE, HOST, -1, "<host name='two'/>"}, VIR_ERR_OPERATION_INVALID, "couldn't locate a matching dhcp host"},
    {{ADD, HOST, 1, "<host name='two' ip='198.51.100.4'/>"}, VIR_ERR_CONFIG_UNSUPPORTED, "Multiple IPv4 dhcp"},
    {{ADD, RANGE, -1, "<range start='192.0.2.40' end='192.0.2.30'/>"}, VIR_ERR_INTERNAL_ERROR, "reversed"},
    {{MODIFY, RANGE, -1, "<range start='192.0.2.10' end='192.0.2.20'/>"},
     VIR_ERR_OPERATION_UNSUPPORTED,
     "cannot be modified"},
    {{ADD, VIR_NETWORK_SECTION_DNS_HOST, -1, "<host ip='192.0.2.8'><hostname>a</hostname></host>"},
     VIR_ERR_OPERATION_INVALID,
     "existing DNS HOST"},
    {{ADD, VIR_NETWORK_SECTION_DNS_TXT, -1, "<srv service='s' protocol='tcp'/>"}, VIR_ERR_XML_ERROR, "expecting <txt>"},
    {{ADD, VIR_NETWORK_SECTION_BRIDGE, -1, "<bridge/>"},
     VIR_ERR_OPERATION_UNSUPPORTED,
     "can't update 'bridge' section"},
    {{ADD, 99, -1, "<bridge/>"}, VIR_ERR_NO_SUPPORT, "unrecognized section"},
    {{99, HOST, -1, "<host/>"}, VIR_ERR_NO_SUPPORT, "unrecognized network update command"},
    {{ADD, HOST, -1, "<host"}, VIR_ERR_XML_DETAIL, ""},
};

static void test_bad(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(NetworkDef) def = network_def_parse(base, 0, NULL);

        if (network_def_update(def, &bad[i].update, &error))
            g_error("taken: %s", bad[i].update.xml);
        if (!strstr(error->message, bad[i].message) || error->code != bad[i].code)
            g_error("%s\n%d %s", bad[i].update.xml, error->code, error->message);
    }
}

/* Step by step: what one update allows may clash with what another has made. */
static void test_one_after_another(void)
{
    static const NetworkUpdate steps[] = {
        {ADD, HOST, -1, "<host mac='52:54:00:00:00:02' ip='192.0.2.102'/>"},
        {DELETE, VIR_NETWORK_SECTION_DNS_TXT, -1, "<txt name='t'/>"},
        {DELETE, VIR_NETWORK_SECTION_DNS_SRV, -1, "<srv service='s'/>"},
        {DELETE, VIR_NETWORK_SECTION_DNS_HOST, -1, "<host ip='192.0.2.1'/>"},
    };
    static const NetworkUpdate clash = {MODIFY, HOST, -1, "<host mac='52:54:00:00:00:02' ip='192.0.2.101'/>"};
    g_autoptr(GError) error = NULL;
    g_autoptr(NetworkDef) def = network_def_parse(base, 0, NULL);
    g_autofree char *xml = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++)
        g_assert_true(network_def_update(def, &steps[i], NULL));
    xml = network_def_format(def, 0);
    g_assert_null(strstr(xml, "<dns"));
    g_assert_false(network_def_update(def, &clash, &error));
    g_assert_error(error, vir_error_quark(VIR_FROM_NETWORK), VIR_ERR_OPERATION_INVALID);
}

static void test_interface_in_use(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(NetworkDef) def =
        network_def_parse("<network><name>n</name><forward mode='bridge'><interface dev='eth0' connections='2'/>"
                          "<interface dev='eth1'/></forward></network>",
                          XML_MODE_LIVE, NULL);
    NetworkUpdate update = {DELETE, VIR_NETWORK_SECTION_FORWARD_INTERFACE, -1, "<interface dev='eth0'/>"};

    g_assert_false(network_def_update(def, &update, &error));
    g_assert_nonnull(strstr(error->message, "being used by 2 domains"));
    update.xml = "<interface dev='eth1'/>";
    g_assert_true(network_def_update(def, &update, NULL));
}

/* ---- ports ---- */

#define PORT                                                                                                           \
    "<networkport>\n"                                                                                                  \
    "  <uuid>5d744f21-ba4a-4d6e-bdb2-30a35ff3207d</uuid>\n"                                                            \
    "  <owner>\n"                                                                                                      \
    "    <name>vm</name>\n"                                                                                            \
    "    <uuid>d54df46f-1ab5-4a22-8618-4560ef5fac2c</uuid>\n"                                                          \
    "  </owner>\n"
#define MAC "  <mac address='52:54:00:7b:35:93'/>\n"

static const char *const ports[] = {
    PORT "  <group>web</group>\n" MAC "  <virtualport type='802.1Qbg'>\n"
         "    <parameters managerid='11' typeid='1193047' typeidversion='2'/>\n"
         "  </virtualport>\n"
         "  <bandwidth>\n"
         "    <inbound average='1000' peak='5000' floor='200' burst='1024'/>\n"
         "    <outbound average='128'/>\n"
         "  </bandwidth>\n"
         "  <vlan trunk='yes'>\n"
         "    <tag id='42' nativeMode='untagged'/>\n"
         "    <tag id='47'/>\n"
         "  </vlan>\n"
         "  <port isolated='yes'/>\n"
         "  <rxfilters trustGuest='yes'/>\n"
         "  <plug type='direct' dev='eth0' mode='vepa'/>\n"
         "</networkport>\n",
    PORT MAC "  <plug type='network' bridge='virbr0' macTableManager='libvirt'/>\n"
             "</networkport>\n",
    PORT MAC "  <plug type='hostdev-pci' managed='no'>\n"
             "    <driver name='vfio'/>\n"
             "    <address domain='0x0001' bus='0x02' slot='0x03' function='0x4'/>\n"
             "  </plug>\n"
             "</networkport>\n",
};

static void test_port_round_trip(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ports); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(NetworkPort) port = network_port_parse(ports[i], XML_MODE_VALIDATE, &error);
        g_autoptr(NetworkPort) copy = NULL;
        g_autofree char *xml = NULL;

        g_assert_no_error(error);
        copy = network_port_copy(port);
        xml = network_port_format(copy);
        g_assert_cmpstr(xml, ==, ports[i]);
    }
}

/* What a port is asked for with, its network, and a part of what it becomes or (with code) of the error. */
static const struct {
    const char *port, *network, *text;
    int code;
} completions[] = {
    {"", "<bridge name='b'/>", "<plug type='network' bridge='b'/>", 0},
    {"", "<bridge name='b' macTableManager='libvirt'/><port isolated='yes'/>", "macTableManager='libvirt'", 0},
    {"", "<bridge name='b'/><port isolated='yes'/>", "<port isolated='yes'/>", 0},
    {"", "<forward mode='bridge'/><bridge name='b'/>", "<plug type='bridge' bridge='b'/>", 0},
    {"", "<forward mode='vepa' dev='e'/><virtualport type='802.1Qbg'><parameters managerid='1'/></virtualport>",
     "missing typeid in <virtualport type='802.1Qbg'>", VIR_ERR_XML_ERROR},
    {"<virtualport><parameters typeid='2' typeidversion='3'/></virtualport>",
     "<forward mode='vepa' dev='e'/><virtualport type='802.1Qbg'><parameters managerid='1'/></virtualport>",
     "managerid='1' typeid='2' typeidversion='3' instanceid='", 0},
    {"", "<forward mode='bridge'/><bridge name='b'/><virtualport type='openvswitch'/>", "<parameters interfaceid='", 0},
    {"<virtualport><parameters profileid=''/></virtualport>",
     "<forward mode='bridge'/><bridge name='b'/><virtualport type='openvswitch'><parameters "
     "profileid='q'/></virtualport>",
     "profileid='q'", 0},
    {"<virtualport><parameters profileid='p'/></virtualport>", "<forward mode='bridge'/><bridge name='b'/>",
     "<virtualport type='none'> not supported", VIR_ERR_CONFIG_UNSUPPORTED},
    {"<group>g</group>", "<bridge name='b'/><portgroup name='g'><vlan><tag id='4'/></vlan></portgroup>",
     "<tag id='4'/>", 0},
    {"<group>g</group>",
     "<bridge name='b'/><portgroup name='g' trustGuestRxFilters='yes'><bandwidth><inbound "
     "average='7'/></bandwidth></portgroup>",
     "<inbound average='7'/>", 0},
    {"", "<bridge name='b'/><portgroup name='g' default='yes' trustGuestRxFilters='yes'/>",
     "<rxfilters trustGuest='yes'/>", 0},
    {"<group>h</group>", "<bridge name='b'/>", "has no portgroup 'h'", VIR_ERR_INTERNAL_ERROR},
    {"<virtualport type='openvswitch'/>", "<bridge name='b'/>", "uses IP forwarding", VIR_ERR_CONFIG_UNSUPPORTED},
    {"<virtualport type='openvswitch'/>", "<forward mode='bridge' dev='e'/><virtualport type='802.1Qbh'/>",
     "attempt to merge", VIR_ERR_CONFIG_UNSUPPORTED},
    {"<virtualport><parameters managerid='1'/></virtualport>",
     "<forward mode='bridge'/><bridge name='b'/><virtualport type='openvswitch'/>", "extra managerid unsupported",
     VIR_ERR_XML_ERROR},
};

static void test_port_completion(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(completions); i++) {
        g_autofree char *port_xml = g_strdup_printf(PORT MAC "%s</networkport>", completions[i].port);
        g_autofree char *network_xml = g_strdup_printf("<network><name>n</name>%s</network>", completions[i].network);
        g_autoptr(GError) error = NULL;
        g_autoptr(NetworkDef) network = network_def_parse(network_xml, 0, &error);
        g_autoptr(NetworkPort) port = network_port_parse(port_xml, 0, &error);
        g_autofree char *text = NULL;

        g_assert_no_error(error);
        if (network_port_complete(port, network, &error) == (completions[i].code != 0))
            g_error("%s %s", network_xml, error ? error->message : "was completed");
        text = error ? g_strdup(error->message) : network_port_format(port);
        if (!strstr(text, completions[i].text) || (error && error->code != completions[i].code))
            g_error("%s\n%s", network_xml, text);
    }
}

/* As a switch has it: the native VLAN (of packets without a tag), "t" when it leaves with one, those of the trunk. */
static const struct {
    const char *vlan, *port;
} vlans[] = {
    {"<vlan><tag id='0'/></vlan>", "0"},
    {"<vlan><tag id='42'/></vlan>", "42"},
    {"<vlan trunk='yes'><tag id='42'/></vlan>", "- 42"},
    {"<vlan><tag id='4095'/><tag id='1'/></vlan>", "- 1 4095"},
    {"<vlan><tag id='42'/><tag id='123' nativeMode='tagged'/></vlan>", "123t 42 123"},
    {"<vlan><tag id='42' nativeMode='untagged'/></vlan>", "42 42"},
};

static char *describe_vlans(const PortVlans *port)
{
    GString *text = g_string_new(NULL);

    if (port->native == PORT_VLAN_NONE)
        g_string_append_c(text, '-');
    else
        g_string_append_printf(text, "%d%s", port->native, port->is_native_tagged ? "t" : "");
    for (guint id = 0; port->is_trunk && id < PORT_VLANS; id++)
        if ((port->trunk[id / 8] >> (id % 8)) & 1)
            g_string_append_printf(text, " %u", id);
    return g_string_free(text, FALSE);
}

static void test_port_vlans(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(vlans); i++) {
        g_autofree char *xml = g_strdup_printf(PORT MAC "%s</networkport>", vlans[i].vlan);
        g_autoptr(NetworkPort) port = network_port_parse(xml, 0, NULL);
        g_autofree char *text = NULL;
        PortVlans got;

        g_assert_nonnull(port);
        vlan_to_port(port->vlan, &got);
        text = describe_vlans(&got);
        g_assert_cmpstr(text, ==, vlans[i].port);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/network-update/good", test_good);
    g_test_add_func("/network-update/bad", test_bad);
    g_test_add_func("/network-update/one-after-another", test_one_after_another);
    g_test_add_func("/network-update/interface-in-use", test_interface_in_use);
    g_test_add_func("/network-port/round-trip", test_port_round_trip);
    g_test_add_func("/network-port/completion", test_port_completion);
    g_test_add_func("/network-port/vlans", test_port_vlans);
    return g_test_run();
}
