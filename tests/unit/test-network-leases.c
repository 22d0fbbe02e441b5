/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dnsmasq's lease file as it is written, and as it is not; pools of a card's functions from a /sys of our own. */
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "virtnetworkd/dhcp/leases.h"
#include "virtnetworkd/host/pool.h"

#define NOW 1700000000

static NetworkDef *network(void)
{
    return network_def_parse("<network><name>n</name><bridge name='b'/><ip address='192.0.2.1' prefix='24'/>"
                             "<ip family='ipv6' address='2001:db8::1' prefix='64'/></network>",
                             0, NULL);
}

static const char file[] = "1700003600 52:54:00:00:00:01 192.0.2.10 guest 01:52:54:00:00:00:01\n"
                           "1600000000 52:54:00:00:00:02 192.0.2.11 late *\n"
                           "0 52:54:00:00:00:03 192.0.2.12 * *\n"
                           "1700003600 52:54:00:00:00:04 198.51.100.4 elsewhere *\n"
                           "duid 00:01:00:01:2c:00:00:00:52:54:00:aa:bb:cc\n"
                           "1700003600 5505024 2001:db8::55 six 00:03:00:01:52:54:00:00:00:05\n"
                           "1700003600 T5505025 2001:db8::56 * 00:04:11:22:33\n"
                           "nonsense\n"
                           "x 52:54:00:00:00:06 192.0.2.13 a b\n"
                           "1700003600 52:54:00:00:00:07 no-address a b\n";

static void test_leases(void)
{
    g_autoptr(NetworkDef) def = network();
    g_autoptr(GArray) leases = leases_parse(file, def, NULL, NOW);
    const Lease *lease;

    g_assert_cmpuint(leases->len, ==, 4);
    lease = &g_array_index(leases, Lease, 0);
    g_assert_cmpint(lease->expiry, ==, 1700003600);
    g_assert_cmpstr(lease->mac, ==, "52:54:00:00:00:01");
    g_assert_cmpstr(lease->hostname, ==, "guest");
    g_assert_cmpstr(lease->client_id, ==, "01:52:54:00:00:00:01");
    g_assert_null(lease->iaid);
    g_assert_cmpuint(lease->prefix, ==, 24);
    lease = &g_array_index(leases, Lease, 1);
    g_assert_cmpint(lease->expiry, ==, 0);
    g_assert_null(lease->hostname);
    lease = &g_array_index(leases, Lease, 2);
    g_assert_cmpstr(lease->iaid, ==, "5505024");
    g_assert_cmpstr(lease->mac, ==, "52:54:00:00:00:05");
    g_assert_cmpuint(lease->prefix, ==, 64);
    lease = &g_array_index(leases, Lease, 3);
    g_assert_cmpstr(lease->iaid, ==, "5505025");
    g_assert_null(lease->mac);
}

static void test_one_client(void)
{
    g_autoptr(NetworkDef) def = network();
    g_autoptr(GArray) four = leases_parse(file, def, "52:54:0:0:0:1", NOW);
    g_autoptr(GArray) six = leases_parse(file, def, "52:54:00:00:00:05", NOW);
    g_autoptr(GArray) none = leases_parse(file, def, "52:54:00:00:00:02", NOW);

    g_assert_cmpuint(four->len, ==, 1);
    g_assert_cmpuint(six->len, ==, 1);
    g_assert_cmpuint(none->len, ==, 0);
}

static void test_no_file(void)
{
    g_autoptr(NetworkDef) def = network();
    g_autoptr(GArray) leases = leases_read("/nonexistent/leases", def, NULL, NULL);

    g_assert_cmpuint(leases->len, ==, 0);
}

/* ---- pools ---- */

static void make(const char *root, const char *path, const char *link)
{
    g_autofree char *full = g_build_filename(root, path, NULL);
    g_autofree char *folder = link ? g_path_get_dirname(full) : g_strdup(full);

    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    if (link)
        g_assert_cmpint(symlink(link, full), ==, 0);
}

/* Two functions, one of them without a device because a guest has it. */
static char *make_sysfs(void)
{
    char *root = g_dir_make_tmp("modvirt-sysfs-XXXXXX", NULL);

    make(root, "bus/pci/devices/0000:04:00.1", NULL);
    make(root, "bus/pci/devices/0000:04:00.1/physfn", "x");
    make(root, "x", NULL);
    make(root, "bus/pci/devices/0000:04:00.1/x", NULL);
    make(root, "bus/pci/devices/0000:04:00.2", NULL);
    make(root, "bus/pci/devices/0000:04:00.2/net/eth7", NULL);
    make(root, "class/net/eth0/device/virtfn0", "../../../../bus/pci/devices/0000:04:00.1");
    make(root, "class/net/eth0/device/virtfn1", "../../../../bus/pci/devices/0000:04:00.2");
    pool_set_sysfs(root);
    return root;
}

static void remove_sysfs(char *root)
{
    const char *argv[] = {"rm", "-r", root, NULL};

    pool_set_sysfs("/sys");
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
    g_free(root);
}

#define FORWARD(inside) "<network><name>n</name>" inside "</network>"

static void test_pool(void)
{
    char *root = make_sysfs();
    g_autoptr(GError) error = NULL;
    g_autoptr(NetworkDef) functions =
        network_def_parse(FORWARD("<forward mode='hostdev'><pf dev='eth0'/></forward>"), 0, NULL);
    g_autoptr(NetworkDef) devices =
        network_def_parse(FORWARD("<forward mode='vepa'><pf dev='eth0'/></forward>"), 0, NULL);
    g_autoptr(NetworkDef) none = network_def_parse(FORWARD("<forward mode='vepa'><pf dev='eth1'/></forward>"), 0, NULL);
    g_autofree char *inactive = NULL;

    g_assert_true(pool_expand(functions, &error));
    g_assert_cmpuint(functions->forward->addresses->len, ==, 2);
    g_assert_cmpuint(((NetworkPciAddress *)functions->forward->addresses->pdata[1])->function, ==, 2);
    inactive = network_def_format(functions, XML_MODE_INACTIVE);
    g_assert_null(strstr(inactive, "<address"));
    g_assert_true(pool_expand(devices, &error));
    g_assert_cmpuint(devices->forward->interfaces->len, ==, 1);
    g_assert_cmpstr(network_def_device(devices), ==, "eth7");
    g_assert_false(pool_expand(none, &error));
    g_assert_nonnull(strstr(error->message, "No usable Vf's present on SRIOV PF eth1"));
    remove_sysfs(root);
}

static void test_pool_check(void)
{
    char *root = make_sysfs();
    g_autoptr(GError) error = NULL;
    g_autoptr(NetworkDef) good =
        network_def_parse(FORWARD("<forward mode='hostdev'><address type='pci' domain='0' bus='4' slot='0' "
                                  "function='1'/></forward>"),
                          0, NULL);
    g_autoptr(NetworkDef) bad =
        network_def_parse(FORWARD("<forward mode='hostdev'><address type='pci' domain='0' bus='4' slot='0' "
                                  "function='2'/></forward>"),
                          0, NULL);

    g_assert_true(pool_check(good, NULL));
    g_assert_false(pool_check(bad, &error));
    g_assert_true(vir_error_is(error, VIR_ERR_CONFIG_UNSUPPORTED));
    remove_sysfs(root);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/leases/all", test_leases);
    g_test_add_func("/leases/one-client", test_one_client);
    g_test_add_func("/leases/no-file", test_no_file);
    g_test_add_func("/pool/expand", test_pool);
    g_test_add_func("/pool/check", test_pool_check);
    return g_test_run();
}
