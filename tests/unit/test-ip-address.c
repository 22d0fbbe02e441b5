/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/identifiers.h"
#include "common/ip_address.h"

static IpAddress ip(const char *text)
{
    IpAddress address = {0};

    g_assert_true(ip_address_parse(text, &address));
    return address;
}

static void assert_text(IpAddress address, const char *expected)
{
    g_autofree char *text = ip_address_format(&address);

    g_assert_cmpstr(text, ==, expected);
}

static void test_text(void)
{
    IpAddress address = {0};

    assert_text(ip("10.0.0.1"), "10.0.0.1");
    assert_text(ip("2001:DB8:0::1"), "2001:db8::1");
    g_assert_false(ip_address_parse("10.0.0.300", &address));
    g_assert_false(ip_address_parse("", &address));
    g_assert_cmpint(address.family, ==, 0);
    g_assert_null(ip_address_format(&address));
}

static const struct {
    const char *address;
    guint prefix;
    const char *network, *last, *reverse;
} networks[] = {
    {"192.168.122.77", 24, "192.168.122.0", "192.168.122.255", "122.168.192.in-addr.arpa"},
    {"10.1.2.3", 8, "10.0.0.0", "10.255.255.255", "10.in-addr.arpa"},
    {"10.1.2.3", 9, "10.0.0.0", "10.127.255.255", NULL},
    {"10.1.2.3", 32, "10.1.2.3", "10.1.2.3", "3.2.1.10.in-addr.arpa"},
    {"10.1.2.3", 0, "0.0.0.0", "255.255.255.255", NULL},
    {"2001:db8:1234::5", 36, "2001:db8:1000::", "2001:db8:1fff:ffff:ffff:ffff:ffff:ffff", "1.8.b.d.0.1.0.0.2.ip6.arpa"},
};

static void test_networks(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(networks); i++) {
        IpAddress address = ip(networks[i].address);
        g_autofree char *reverse = ip_address_reverse_zone(&address, networks[i].prefix);

        assert_text(ip_address_network(&address, networks[i].prefix), networks[i].network);
        assert_text(ip_address_broadcast(&address, networks[i].prefix), networks[i].last);
        g_assert_cmpstr(reverse, ==, networks[i].reverse);
    }
}

static void test_netmask(void)
{
    IpAddress holes = ip("255.0.255.0");

    for (guint prefix = 0; prefix <= 32; prefix++) {
        IpAddress mask = ip_address_netmask(ip("0.0.0.0").family, prefix);

        g_assert_cmpint(ip_address_netmask_prefix(&mask), ==, prefix);
    }
    g_assert_cmpint(ip_address_netmask_prefix(&holes), ==, -1);
}

static guint64 size(const char *start, const char *end)
{
    IpAddress a = ip(start), b = ip(end);

    return ip_address_range_size(&a, &b);
}

static void test_range(void)
{
    g_assert_cmpuint(size("10.0.0.2", "10.0.0.254"), ==, 253);
    g_assert_cmpuint(size("10.0.0.255", "10.0.1.0"), ==, 2);
    g_assert_cmpuint(size("0.0.0.0", "255.255.255.255"), ==, G_GUINT64_CONSTANT(1) << 32);
    g_assert_cmpuint(size("::", "ffff::"), ==, G_MAXUINT64);
    g_assert_cmpuint(size("2001:db8::10", "2001:db8::ff"), ==, 240);
}

static void test_same_network(void)
{
    IpAddress a = ip("10.0.0.1"), b = ip("10.0.0.200"), c = ip("10.0.1.1"), d = ip("::1");

    g_assert_true(ip_address_same_network(&a, &b, 24));
    g_assert_false(ip_address_same_network(&a, &c, 24));
    g_assert_true(ip_address_same_network(&a, &c, 23));
    g_assert_false(ip_address_same_network(&a, &d, 0));
}

static void test_uuid(void)
{
    guint8 uuid[UUID_LEN];
    char text[UUID_TEXT_LEN];

    g_assert_true(uuid_parse(" 0123456789AB-cdef-0011-223344556677\n", uuid));
    uuid_format(uuid, text);
    g_assert_cmpstr(text, ==, "01234567-89ab-cdef-0011-223344556677");
    g_assert_false(uuid_parse("0123", uuid));
    g_assert_false(uuid_parse("01234567-89ab-cdef-0011-22334455667700", uuid));
    g_assert_false(uuid_parse("g1234567-89ab-cdef-0011-223344556677", uuid));
    g_assert_true(uuid_parse("11111111-1111-1111-1111-111111111111", uuid));
    g_assert_false(uuid_is_valid(uuid));
    uuid_generate(uuid);
    g_assert_true(uuid_is_valid(uuid));
    g_assert_false(uuid_is_nil(uuid));
}

static void test_mac(void)
{
    guint8 mac[MAC_LEN];
    char text[MAC_TEXT_LEN];

    g_assert_true(mac_parse("52:54:0:A:bc:1", mac));
    mac_format(mac, text);
    g_assert_cmpstr(text, ==, "52:54:00:0a:bc:01");
    g_assert_false(mac_parse("52:54:00:0a:bc", mac));
    g_assert_false(mac_parse("52:54:00:0a:bc:012", mac));
    g_assert_false(mac_parse("zz:54:00:0a:bc:01", mac));
    g_assert_true(mac_parse("01:00:5e:00:00:01", mac));
    g_assert_true(mac_is_multicast(mac));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ip-address/text", test_text);
    g_test_add_func("/ip-address/networks", test_networks);
    g_test_add_func("/ip-address/netmask", test_netmask);
    g_test_add_func("/ip-address/range", test_range);
    g_test_add_func("/ip-address/same-network", test_same_network);
    g_test_add_func("/identifiers/uuid", test_uuid);
    g_test_add_func("/identifiers/mac", test_mac);
    return g_test_run();
}
