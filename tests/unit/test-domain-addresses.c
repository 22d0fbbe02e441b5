/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where devices are plugged in. */
#include "domain-document.h"

/* The places of all devices in the order of domain_each_device, as "name=place". Caller frees. */
static gboolean note_place(const char *what, gpointer device, DeviceInfo *info, gpointer data)
{
    GString *places = data;
    g_autofree char *pci = pci_address_format(&info->pci);
    g_autofree char *usb = usb_port_format(&info->usb);

    switch (info->address_type) {
    case DEVICE_ADDRESS_PCI:
        g_string_append_printf(places, "%s=%s%s ", what, pci + strlen("0000:"),
                               info->pci.multifunction == XML_BOOL_YES ? "+" : "");
        break;
    case DEVICE_ADDRESS_DRIVE:
        g_string_append_printf(places, "%s=%u:%u:%u ", what, info->drive.controller, info->drive.bus, info->drive.unit);
        break;
    case DEVICE_ADDRESS_USB:
        g_string_append_printf(places, "%s=u%u:%s ", what, info->usb.bus, usb);
        break;
    case DEVICE_ADDRESS_VIRTIO_SERIAL:
        g_string_append_printf(places, "%s=s%u:%u ", what, info->virtio_serial.controller, info->virtio_serial.port);
        break;
    default:
        break;
    }
    return TRUE;
}

static char *places_of(const char *xml)
{
    g_autoptr(DomainDef) def = define(xml);
    GString *places = g_string_new(NULL);

    domain_each_device(def, note_place, places);
    return g_string_free(places, FALSE);
}

#define VDISK(name) "<disk><source file='/" name "'/><target dev='" name "'/></disk>"
#define NIC         "<interface type='user'><model type='virtio'/></interface>"

static const struct {
    const char *xml, *places;
} cases[] = {
    /* i440fx: the chipset in slot 1, the screen in slot 2, the others behind; a screen's slot is not kept free */
    {PC(""), "controller=00:01.2 memballoon=00:02.0 "},
    {PC("<graphics type='vnc'/>" NIC VDISK("vda")),
     "disk=00:04.0 interface=00:03.0 controller=00:01.2 memballoon=00:05.0 video=00:02.0 "},
    {PC("<disk><source file='/d'/><target dev='hdc'/></disk>"),
     "disk=0:1:0 controller=00:01.2 controller=00:01.1 memballoon=00:02.0 "},
    {PC("<interface type='user'><model type='virtio'/><address type='pci' slot='3'/></interface>" NIC),
     "interface=00:03.0 interface=00:02.0 controller=00:01.2 memballoon=00:04.0 "},
    /* q35: root ports in one slot, one port more than needed */
    {Q35(""), "controller=01:00.0 controller=00:1f.2 controller=00:01.0+ controller=00:01.1 controller=00:01.2 "
              "memballoon=02:00.0 "},
    {Q35("<graphics type='vnc'/>"), "controller=01:00.0 controller=00:1f.2 controller=00:02.0+ controller=00:02.1 "
                                    "controller=00:02.2 memballoon=02:00.0 video=00:01.0 "},
    {Q35(NIC VDISK("vda")),
     "disk=03:00.0 interface=01:00.0 controller=02:00.0 controller=00:1f.2 controller=00:01.0+ controller=00:01.1 "
     "controller=00:01.2 controller=00:01.3 controller=00:01.4 memballoon=04:00.0 "},
    /* an old device goes behind a bridge in a port of its own */
    {Q35("<watchdog model='i6300esb'/>"), "controller=02:00.0 controller=00:1f.2 controller=00:01.0+ "
                                          "controller=00:01.1 controller=00:01.2 controller=01:00.0 "
                                          "controller=00:01.3 watchdog=04:01.0 memballoon=03:00.0 "},
    /* which is a new port also where one is free */
    {Q35("<controller type='pci' index='1' model='pcie-root-port'/><controller type='pci' index='2' "
         "model='pcie-root-port'/><controller type='usb' model='none'/><memballoon model='none'/>"
         "<watchdog model='i6300esb'/>"),
     "controller=00:01.0+ controller=00:01.1 controller=00:1f.2 controller=00:01.2 controller=01:00.0 "
     "watchdog=04:01.0 "},
    {Q35("<sound model='ich9'/>"),
     "sound=00:1b.0 controller=01:00.0 controller=00:1f.2 controller=00:01.0+ controller=00:01.1 "
     "controller=00:01.2 memballoon=02:00.0 "},
    /* functions of one slot that the user chose */
    {PC("<interface type='user'><model type='virtio'/><address type='pci' slot='9' function='1'/></interface>"
        "<interface type='user'><model type='virtio'/><address type='pci' slot='9'/></interface>"),
     "interface=00:09.1 interface=00:09.0+ controller=00:01.2 memballoon=00:02.0 "},
    /* drives by their names */
    {Q35("<disk><source file='/a'/><target dev='sdi' bus='scsi'/></disk><disk><source file='/b'/><target dev='sdg' "
         "bus='sata'/></disk>"
         "<memballoon model='none'/><controller type='usb' model='none'/>"),
     "disk=1:0:1 disk=1:0:0 controller=00:1f.2 controller=02:01.0 controller=02:02.0 controller=02:03.0 "
     "controller=00:01.0+ controller=01:00.0 controller=00:01.1 "},
    /* USB: ports in order; a hub when there are more devices than ports */
    {PC("<memballoon model='none'/><input type='tablet'/><input type='keyboard' bus='usb'/>"),
     "controller=00:01.2 input=u0:1 input=u0:2 "},
    {PC("<memballoon model='none'/><input type='tablet'/><input type='keyboard' bus='usb'/><input type='mouse' "
        "bus='usb'/>"),
     "controller=00:01.2 input=u0:2 input=u0:1.1 input=u0:1.2 hub=u0:1 "},
    {PC("<memballoon model='none'/><input type='tablet'><address type='usb' bus='0' port='2'/></input><hub "
        "type='usb'/>"),
     "controller=00:01.2 input=u0:2 hub=u0:1 "},
    /* virtio-serial */
    {PC("<memballoon model='none'/><channel type='null'><target type='virtio' name='a'/></channel>"
        "<channel type='null'><target type='virtio' name='b'/><address type='virtio-serial' controller='0' "
        "port='1'/></channel>"),
     "controller=00:01.2 controller=00:02.0 channel=s0:2 channel=s0:1 "},
};

static void test_places(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *places = places_of(cases[i].xml);

        if (!g_str_equal(places, cases[i].places))
            g_error("%s\nis    %s\nnot   %s", cases[i].xml, places, cases[i].places);
    }
}

static void test_root_ports(void)
{
    g_autofree char *text = document(Q35(""), 0);

    assert_has(text, "<controller type='pci' index='0' model='pcie-root'/>");
    assert_has(text,
               "    <controller type='pci' index='1' model='pcie-root-port'>\n      <model name='pcie-root-port'/>\n"
               "      <target chassis='1' port='0x8'/>\n"
               "      <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x0' multifunction='on'/>");
    assert_has(text, "<target chassis='3' port='0xa'/>");
}

/* A definition that is read again keeps its places and gets no further spare port. */
static void test_stable(void)
{
    static const char *const guests[] = {
        Q35("<graphics type='spice'/>" VDISK("vda") "<input type='tablet'/><watchdog model='i6300esb'/>"),
        PC("<graphics type='spice'/>" VDISK("vda") "<input type='tablet'/><watchdog model='i6300esb'/>"),
    };

    for (gsize i = 0; i < G_N_ELEMENTS(guests); i++) {
        g_autofree char *once = document(guests[i], 0);
        g_autofree char *before = places_of(guests[i]), *after = places_of(once);

        g_assert_cmpuint(strlen(before), ==, strlen(after));
        assert_kept(guests[i], "<watchdog");
    }
}

/* More devices than one conventional bus has slots get a bridge. */
static void test_bridge(void)
{
    g_autoptr(GString) xml = g_string_new(HEAD("pc") "<devices>");
    g_autoptr(DomainDef) def = NULL;
    const DiskDef *last;

    for (int i = 0; i < 32; i++)
        g_string_append_printf(xml, "<disk><source file='/d%d'/><target dev='vd%c%c'/></disk>", i, 'a' + i / 26,
                               'a' + i % 26);
    g_string_append(xml, "</devices></domain>");
    def = define(xml->str);
    last = def->disks->pdata[31];
    g_assert_cmpuint(last->info.pci.bus, ==, 1);
    g_assert_cmpint(domain_find_controller(def, CONTROLLER_PCI, 1)->model, ==, CONTROLLER_MODEL_PCI_BRIDGE);
    g_assert_cmpint(domain_find_controller(def, CONTROLLER_PCI, 1)->chassis_nr, ==, 1);
}

static void test_usb_companions(void)
{
    g_autofree char *text =
        document(Q35("<controller type='usb' index='0' model='ich9-ehci1'/>"
                     "<controller type='usb' index='0' model='ich9-uhci1'><master startport='0'/></controller>"
                     "<controller type='usb' index='0' model='ich9-uhci2'><master startport='2'/></controller>"),
                 0);

    assert_has(
        text, "model='ich9-ehci1'>\n      <address type='pci' domain='0x0000' bus='0x00' slot='0x1d' function='0x7'/>");
    assert_has(text, "<master startport='0'/>\n      <address type='pci' domain='0x0000' bus='0x00' slot='0x1d' "
                     "function='0x0' multifunction='on'/>");
    assert_has(
        text,
        "<master startport='2'/>\n      <address type='pci' domain='0x0000' bus='0x00' slot='0x1d' function='0x1'/>");
}

#define AT(address) "<interface type='user'><model type='virtio'/><address type='pci' " address "/></interface>"

static const struct {
    const char *xml;
    int code;
    const char *message;
} bad[] = {
    {PC(AT("slot='9'") AT("slot='9'")), VIR_ERR_XML_ERROR, "Attempted double use of PCI Address 0000:00:09.0"},
    {PC(AT("slot='1'")), VIR_ERR_XML_ERROR, "Attempted double use of PCI Address 0000:00:01.0"},
    {PC(AT("domain='1' slot='9'")), VIR_ERR_XML_ERROR,
     "Invalid PCI address 0001:00:09.0. Only PCI domain 0 is available"},
    {PC(AT("slot='0x20'")), VIR_ERR_XML_ERROR, "Invalid PCI address slot='0x20', must be <= 0x1F"},
    {PC(AT("bus='0' slot='0' function='1'")), VIR_ERR_XML_ERROR, "Invalid PCI address 0000:00:00.1. slot must be >= 1"},
    {Q35(AT("bus='1' slot='1'")), VIR_ERR_XML_ERROR, "Invalid PCI address 0000:01:01.0. slot must be <= 0"},
    {HEAD("bare") "</domain>", VIR_ERR_XML_ERROR, "No PCI buses available"},
    {PC("<memballoon model='xen'/>"), VIR_ERR_INTERNAL_ERROR,
     "Cannot automatically add a new PCI bus for a device with connect flags 00"},
    {PC("<input type='tablet'><address type='usb' bus='4' port='1'/></input>"), VIR_ERR_XML_ERROR, "Missing USB bus 4"},
    {PC("<input type='tablet'><address type='usb' bus='0' port='9'/></input>"), VIR_ERR_XML_ERROR,
     "requested USB port 9 not present on USB bus 0"},
    {PC("<channel type='null'><target type='virtio'/><address type='virtio-serial' port='3'/></channel>"
        "<channel type='null'><target type='virtio'/><address type='virtio-serial' port='3'/></channel>"),
     VIR_ERR_XML_ERROR, "virtio serial port 3 on controller 0 is already occupied"},
};

static void test_bad(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_refused(bad[i].xml, XML_MODE_INACTIVE, bad[i].code, bad[i].message);
}

static void test_names(void)
{
    g_assert_cmpint(disk_target_index("sda"), ==, 0);
    g_assert_cmpint(disk_target_index("vdz"), ==, 25);
    g_assert_cmpint(disk_target_index("vdaa"), ==, 26);
    g_assert_cmpint(disk_target_index("xvdb1"), ==, 1);
    g_assert_cmpint(disk_target_index("sd"), ==, -1);
    g_assert_cmpint(disk_target_index("foo"), ==, -1);
    g_assert_cmpint(disk_target_index("sdA"), ==, -1);
    g_assert_cmpint(disk_target_index("sdzzzzzzzzzzzzzzz"), ==, -1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/domain-addresses/places", test_places);
    g_test_add_func("/domain-addresses/root-ports", test_root_ports);
    g_test_add_func("/domain-addresses/stable", test_stable);
    g_test_add_func("/domain-addresses/bridge", test_bridge);
    g_test_add_func("/domain-addresses/usb-companions", test_usb_companions);
    g_test_add_func("/domain-addresses/bad", test_bad);
    g_test_add_func("/domain-addresses/names", test_names);
    return g_test_run();
}
