/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One device by itself: which of a guest's it is about, what stands in its way, how it differs from another. */
#include "conf/domain/domain_device.h"
#include "domain-document.h"

#define GUEST                                                                                                          \
    Q35("<disk><source file='/d'/><target dev='vda'/></disk>"                                                          \
        "<disk device='cdrom'><source file='/c'/><target dev='sda' bus='sata'/></disk>"                                \
        "<interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface>"                  \
        "<interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface>"                  \
        "<interface type='user'><mac address='52:54:00:00:00:02'/><alias name='ua-x'/></interface>"                    \
        "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"                                     \
        "<serial type='file'><source path='/s'/></serial><watchdog model='i6300esb'/>"                                 \
        "<parallel type='pty'/><parallel type='pty'/>"                                                                 \
        "<controller type='scsi' index='1' model='virtio-scsi'/>")

static const struct {
    const char *xml;
    DomainDeviceMatch match;
} matches[] = {
    {"<disk><target dev='vda'/></disk>", DEVICE_FOUND},
    {"<disk><source file='/other'/><target dev='vda'/></disk>", DEVICE_FOUND},
    {"<disk><target dev='vdb'/></disk>", DEVICE_MISSING},
    {"<interface type='user'><mac address='52:54:00:00:00:01'/></interface>", DEVICE_AMBIGUOUS},
    {"<interface type='user'><mac address='52:54:00:00:00:02'/></interface>", DEVICE_FOUND},
    {"<interface type='user'><mac address='52:54:00:00:00:02'/><alias name='ua-y'/></interface>", DEVICE_MISSING},
    {"<interface type='user'><mac address='52:54:00:00:00:03'/></interface>", DEVICE_MISSING},
    {"<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>", DEVICE_FOUND},
    {"<rng model='virtio'><backend model='random'>/dev/random</backend></rng>", DEVICE_MISSING},
    {"<controller type='scsi' index='1'/>", DEVICE_FOUND},
    {"<controller type='scsi' index='2'/>", DEVICE_MISSING},
    {"<serial type='file'><source path='/s'/></serial>", DEVICE_FOUND},
    {"<serial type='file'><source path='/t'/></serial>", DEVICE_MISSING},
    {"<parallel type='pty'/>", DEVICE_AMBIGUOUS},
    {"<parallel type='pty'><target port='1'/></parallel>", DEVICE_FOUND},
};

static DomainDevice parse(const char *xml)
{
    g_autoptr(GError) error = NULL;
    DomainDevice device = {0};

    domain_device_parse(xml, &device, &error);
    g_assert_no_error(error);
    return device;
}

static void test_find(void)
{
    g_autoptr(DomainDef) def = define(GUEST);

    for (gsize i = 0; i < G_N_ELEMENTS(matches); i++) {
        g_auto(DomainDevice) like = parse(matches[i].xml);
        DomainDevice found = {0};

        g_test_message("%s", matches[i].xml);
        g_assert_cmpint(domain_device_find(def, &like, &found), ==, matches[i].match);
        g_assert_true((matches[i].match == DEVICE_FOUND) == (found.def != NULL));
    }
}

static const struct {
    const char *xml;
    gboolean is_live;
    int code; /* 0: it may come */
} newcomers[] = {
    {"<disk><target dev='vda'/></disk>", FALSE, VIR_ERR_OPERATION_INVALID},
    {"<disk><target dev='vda'/></disk>", TRUE, VIR_ERR_XML_ERROR},
    {"<disk><target dev='vdb'/></disk>", FALSE, 0},
    {"<controller type='scsi' index='1'/>", TRUE, VIR_ERR_OPERATION_FAILED},
    {"<watchdog model='ib700'/>", FALSE, VIR_ERR_OPERATION_INVALID},
    {"<interface type='user'><mac address='52:54:00:00:00:01'/></interface>", FALSE, 0},
};

static void test_newcomers(void)
{
    g_autoptr(DomainDef) def = define(GUEST);

    for (gsize i = 0; i < G_N_ELEMENTS(newcomers); i++) {
        g_auto(DomainDevice) device = parse(newcomers[i].xml);
        g_autoptr(GError) error = NULL;

        g_assert_true(domain_device_check_new(def, &device, newcomers[i].is_live, &error) == !newcomers[i].code);
        if (newcomers[i].code)
            g_assert_true(vir_error_is(error, newcomers[i].code));
    }
}

static void test_refused(void)
{
    static const char *const documents[] = {"<thing/>", "<hostdev/>", "<redirfilter/>"};

    for (gsize i = 0; i < G_N_ELEMENTS(documents); i++) {
        g_autoptr(GError) error = NULL;
        DomainDevice device = {0};

        g_assert_false(domain_device_parse(documents[i], &device, &error));
        g_assert_true(vir_error_is(error, VIR_ERR_CONFIG_UNSUPPORTED));
        g_assert_null(device.def);
    }
}

static void test_split(void)
{
    g_autoptr(DomainDef) def = define(GUEST);
    g_autoptr(DomainDef) alone = NULL;
    g_auto(DomainDevice) like = parse("<disk><target dev='vda'/></disk>");
    DomainDevice found;

    g_assert_cmpint(domain_device_find(def, &like, &found), ==, DEVICE_FOUND);
    alone = domain_device_split(def, &found);
    g_assert_cmpuint(def->disks->len, ==, 1);
    g_assert_cmpuint(alone->disks->len, ==, 1);
    g_assert_cmpuint(alone->interfaces->len, ==, 0);
    g_assert_null(domain_find_disk(def, "vda"));
    g_assert_cmpstr(domain_find_disk(alone, "vda")->source.path, ==, "/d");
}

/* A serial port takes the console that stands for it along. */
static void test_take_serial(void)
{
    g_autoptr(DomainDef) def = define(GUEST);
    g_auto(DomainDevice) serial = {domain_device_kind("serial"), g_ptr_array_index(def->serials, 0)};

    g_assert_cmpuint(def->consoles->len, ==, 1);
    domain_device_take(def, &serial);
    g_assert_cmpuint(def->consoles->len + def->serials->len, ==, 0);
}

static const struct {
    const char *xml, *obstacle;
    gboolean is_same_source;
} changes[] = {
    {"<disk device='cdrom'><source file='/c'/><target dev='sda' bus='sata'/></disk>", NULL, TRUE},
    {"<disk device='cdrom'><source file='/e'/><target dev='sda' bus='sata'/></disk>", NULL, FALSE},
    {"<disk device='cdrom'><target dev='sda' bus='sata'/></disk>", NULL, FALSE},
    {"<disk device='cdrom'><source file='/c'/><target dev='sda' bus='sata'/><boot order='1'/></disk>", NULL, TRUE},
    {"<disk device='cdrom'><source file='/c'/><target dev='sda' bus='sata'/><serial>x</serial></disk>", "serial", TRUE},
    {"<disk device='cdrom'><source file='/c'/><target dev='sda' bus='scsi'/></disk>", "target bus", TRUE},
};

static void test_disk_changes(void)
{
    g_autoptr(DomainDef) def = define(GUEST);
    const DiskDef *present = domain_find_disk(def, "sda");

    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_auto(DomainDevice) change = parse(changes[i].xml);
        g_autofree char *obstacle = NULL;

        disk_change_fill(change.def, present);
        obstacle = disk_change_obstacle(change.def, present);
        g_assert_cmpstr(obstacle, ==, changes[i].obstacle);
        g_assert_true(disk_change_is_same_source(change.def, present) == changes[i].is_same_source);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/domain-device/find", test_find);
    g_test_add_func("/domain-device/newcomers", test_newcomers);
    g_test_add_func("/domain-device/refused", test_refused);
    g_test_add_func("/domain-device/split", test_split);
    g_test_add_func("/domain-device/take-serial", test_take_serial);
    g_test_add_func("/domain-device/disk-changes", test_disk_changes);
    return g_test_run();
}
