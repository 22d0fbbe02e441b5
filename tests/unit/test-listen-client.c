/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a network of a stock daemon listens, by its XML. */
#include <string.h>

#include "common/error.h"
#include "virtqemud/display/listen_client.h"

/* The host of these tests. */
static GPtrArray *find_addresses(const char *device)
{
    GPtrArray *addresses = g_ptr_array_new_with_free_func(g_free);

    if (g_str_equal(device, "br0")) {
        g_ptr_array_add(addresses, g_strdup("10.0.0.1"));
        g_ptr_array_add(addresses, g_strdup("2001:db8::7"));
        g_ptr_array_add(addresses, g_strdup("10.0.1.1"));
    }
    if (g_str_equal(device, "eth0"))
        g_ptr_array_add(addresses, g_strdup("fe80::1%eth0"));
    return addresses;
}

static char *join(GPtrArray *addresses)
{
    g_autoptr(GPtrArray) all = addresses;

    if (!all)
        return NULL;
    g_ptr_array_add(all, NULL);
    return g_strjoinv(" ", (char **)all->pdata);
}

static const struct {
    const char *name, *inside;
    const char *address; /* or */
    int code;
    const char *message;
} cases[] = {
    {"own-address", "<forward mode='nat'/><bridge name='virbr0'/><ip address='192.168.5.1' netmask='255.255.255.0'/>",
     "192.168.5.1"},
    {"own-ipv6", "<bridge name='virbr0'/><ip family='ipv6' address='2001:db8::1' prefix='64'/>", "2001:db8::1"},
    {"both",
     "<bridge name='b'/><ip address='10.1.1.1' prefix='8'/><ip family='ipv6' address='2001:db8::1' prefix='64'/>",
     "10.1.1.1 2001:db8::1"},
    {"bridge", "<forward mode='bridge'/><bridge name='br0'/>", "10.0.0.1 2001:db8::7 10.0.1.1"},
    {"device", "<forward mode='bridge'><interface dev='eth0'/></forward>", "fe80::1%eth0"},
    {"bridge-without-address", "<forward mode='bridge'/><bridge name='br9'/>", NULL, VIR_ERR_XML_ERROR,
     "network 'n' has no address: there is none on device 'br9'"},
    {"isolated-without-address", "<bridge name='virbr7'/>", NULL, VIR_ERR_XML_ERROR,
     "network 'n' has no address: there is none on device 'virbr7'"},
    {"hostdev", "<forward mode='hostdev' managed='yes'><pf dev='eth3'/></forward>", NULL, VIR_ERR_CONFIG_UNSUPPORTED,
     "network 'n' has forward mode 'hostdev', which has no address on the host"},
};

static void test_case(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autofree char *xml = g_strdup_printf("<network><name>n</name>%s</network>", cases[i].inside);
    g_autoptr(GError) error = NULL;
    g_autofree char *address = join(listen_from_xml("n", xml, find_addresses, &error));

    g_assert_cmpstr(address, ==, cases[i].address);
    if (cases[i].address) {
        g_assert_no_error(error);
        return;
    }
    g_assert_cmpint(vir_error_code(error), ==, cases[i].code);
    g_assert_cmpstr(error->message, ==, cases[i].message);
}

static void test_choose(void)
{
    static const struct {
        const char *device;
        GraphicsFamily family;
        const char *chosen; /* NULL: none */
    } choices[] = {
        {"br0", GRAPHICS_FAMILY_DEFAULT, "10.0.0.1"},
        {"br0", GRAPHICS_FAMILY_IPV4, "10.0.0.1"},
        {"br0", GRAPHICS_FAMILY_IPV6, "2001:db8::7"},
        {"br0", GRAPHICS_FAMILY_ANY, "10.0.0.1 2001:db8::7 10.0.1.1"},
        {"eth0", GRAPHICS_FAMILY_DEFAULT, "fe80::1%eth0"},
        {"eth0", GRAPHICS_FAMILY_IPV4, NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(choices); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *chosen =
            join(listen_choose(find_addresses(choices[i].device), "n", choices[i].family, &error));

        g_assert_cmpstr(chosen, ==, choices[i].chosen);
        if (!chosen)
            g_assert_cmpstr(error->message, ==, "network 'n' has no IPv4 address");
    }
}

static void test_no_xml(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(listen_from_xml("n", "<network", find_addresses, &error));
    g_assert_nonnull(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/listen-client/%s", cases[i].name);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_case);
    }
    g_test_add_func("/listen-client/choose", test_choose);
    g_test_add_func("/listen-client/no-xml", test_no_xml);
    return g_test_run();
}
