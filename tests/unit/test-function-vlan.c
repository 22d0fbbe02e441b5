/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VLANs of virtual functions: set for a guest, and given back whatever happens to the daemon. */
#include "netlink-peer.h"

#include "common/error.h"
#include "common/netlink_function.h"
#include "conf/domain/device/interface.h"
#include "virtqemud/driver.h"
#include "virtqemud/interface/function_vlan.h"

static const Script card = {.has_functions = TRUE}, refusing = {.has_functions = TRUE, .refusal = -EBUSY};

typedef struct {
    Peer peer;
    char *sysfs, *file;
    InterfaceDef *interface;
} Bench;

static InterfaceDef *parse(const char *device)
{
    g_autofree char *xml = g_strdup_printf("<interface type='direct'><source dev='%s' mode='passthrough'/>"
                                           "<vlan><tag id='9'/></vlan></interface>",
                                           device);
    g_autoptr(GError) error = NULL;
    InterfaceDef *interface = interface_def_parse(xml, &error);

    g_assert_no_error(error);
    return interface;
}

static void set_up(Bench *bench, gconstpointer script)
{
    begin(&bench->peer, script);
    netlink_set_stand_in(ADDRESS);
    bench->sysfs = make_sysfs();
    virtual_function_set_sysfs(bench->sysfs);
    driver.state_dir = g_dir_make_tmp("modvirt-state-XXXXXX", NULL);
    bench->file = g_build_filename(driver.state_dir, "lo_vf1", NULL);
    bench->interface = parse("vf1");
}

static void tear_down(Bench *bench, gconstpointer script)
{
    netlink_set_stand_in(NETLINK_KERNEL);
    virtual_function_set_sysfs("/sys");
    end(&bench->peer);
    remove_sysfs(bench->sysfs);
    g_assert_cmpint(rmdir(driver.state_dir), ==, 0); /* nothing is left in it */
    g_clear_pointer(&driver.state_dir, g_free);
    g_free(bench->file);
    interface_def_free(bench->interface);
}

static guint vlan_now(Bench *bench)
{
    g_autoptr(GMutexLocker) held = g_mutex_locker_new(&bench->peer.lock);

    return bench->peer.vlans[1].vlan;
}

static void set_vlan(Bench *bench)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(function_vlan_set(bench->interface, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(vlan_now(bench), ==, 9);
}

/* The driver has taken the guest's address for the function's. */
static void change_mac(Bench *bench)
{
    g_autoptr(GMutexLocker) held = g_mutex_locker_new(&bench->peer.lock);

    bench->peer.macs[1].mac[5] = 99;
}

static void check_as_before(Bench *bench)
{
    g_autoptr(GMutexLocker) held = g_mutex_locker_new(&bench->peer.lock);

    g_assert_cmpuint(bench->peer.vlans[1].vlan, ==, 41);
    g_assert_cmpuint(bench->peer.vlans[1].qos, ==, 1);
    g_assert_cmpuint(bench->peer.vlans[0].vlan, ==, 40);
    g_assert_cmpuint(bench->peer.macs[1].mac[5], ==, 2);
    g_assert_false(g_file_test(bench->file, G_FILE_TEST_EXISTS));
}

static void test_given_back(Bench *bench, gconstpointer script)
{
    g_autofree char *text = NULL;

    set_vlan(bench);
    g_assert_true(g_file_get_contents(bench->file, &text, NULL, NULL));
    g_assert_nonnull(strstr(text, "\"adminMac\""));
    g_assert_nonnull(strstr(text, "\"41\""));
    change_mac(bench);
    function_vlan_restore(bench->interface);
    check_as_before(bench);
    /* Once is enough. */
    function_vlan_restore(bench->interface);
    check_as_before(bench);
}

static void test_killed(Bench *bench, gconstpointer script)
{
    g_autoptr(GHashTable) kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    set_vlan(bench);
    g_hash_table_add(kept, g_strdup("vf1"));
    function_vlan_sweep(kept);
    g_assert_cmpuint(vlan_now(bench), ==, 9);
    /* A start after an end that failed does not take the guest's VLAN for what was there before. */
    set_vlan(bench);
    g_hash_table_remove_all(kept);
    function_vlan_sweep(kept);
    check_as_before(bench);
}

static void test_unreadable(Bench *bench, gconstpointer script)
{
    set_vlan(bench);
    g_assert_true(g_file_set_contents(bench->file, "{\"vlan\": \"5000\"}", -1, NULL));
    function_vlan_restore(bench->interface);
    g_assert_false(g_file_test(bench->file, G_FILE_TEST_EXISTS));
    g_assert_cmpuint(vlan_now(bench), ==, 9);
}

static void test_refused(Bench *bench, gconstpointer script)
{
    g_autoptr(InterfaceDef) plain = parse("plain");
    g_autoptr(GError) error = NULL;

    g_assert_false(function_vlan_set(bench->interface, &error));
    g_assert_cmpint(error->code, ==, VIR_ERR_SYSTEM_ERROR);
    check_as_before(bench);
    g_clear_error(&error);
    g_assert_false(function_vlan_set(plain, &error));
    g_assert_cmpint(error->code, ==, VIR_ERR_CONFIG_UNSUPPORTED);
    g_assert_nonnull(strstr(error->message, "plain is not a VF"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (!enter_network())
        return 0;
    g_test_add("/function-vlan/given-back", Bench, &card, set_up, test_given_back, tear_down);
    g_test_add("/function-vlan/killed", Bench, &card, set_up, test_killed, tear_down);
    g_test_add("/function-vlan/unreadable", Bench, &card, set_up, test_unreadable, tear_down);
    g_test_add("/function-vlan/refused", Bench, &refusing, set_up, test_refused, tear_down);
    return g_test_run();
}
