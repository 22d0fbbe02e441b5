#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices that come and go: in definitions, in guests that run, across restarts of the daemon, and when a step fails.

The guests here stay in their firmware: USB and SCSI devices go at once, PCI devices when the guest is reset."""

import os
import random
import re
import signal
import threading
import time
import xml.etree.ElementTree as ElementTree

import guests
import harness
import namespace
from guests import GuestHost, expect_error, libvirt, open_connection, wait_until
from test_ports import OWN, Hosts, link, port_ids, taps

LIVE, CONFIG = 1, 2
KILLS = int(os.environ.get("MODVIRT_TEST_KILLS", "12"))
GUEST = """<domain type='qemu'><name>a</name><maxMemory slots='4' unit='MiB'>512</maxMemory><memory unit='MiB'>32</memory>
<vcpu>1</vcpu><os><type arch='x86_64' machine='{machine}'>hvm</type></os><features><acpi/></features>
<cpu><numa><cell id='0' cpus='0' memory='32' unit='MiB'/></numa></cpu><devices>{devices}
<controller type='scsi' index='0' model='virtio-scsi'/><controller type='usb' index='0' model='qemu-xhci'/>
<controller type='virtio-serial' index='0'/></devices></domain>"""
RNG = "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"
USER = "<interface type='user'><mac address='52:54:00:99:00:{n:02x}'/><model type='virtio'/>{more}</interface>"
CHANNEL = "<channel type='unix'><target type='virtio' name='{name}'/></channel>"
DIMM = "<memory model='dimm'><target><size unit='MiB'>128</size><node>0</node></target></memory>"
SHMEM = "<shmem name='modvirt-test-plug'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>"
WATCHDOG = "<watchdog model='i6300esb' action='reset'/>"
TABLET = "<input type='tablet' bus='usb'/>"
SERIAL = "<serial type='pty'><target type='pci-serial'/></serial>"
ADAPTER = "<controller type='scsi' index='1' model='virtio-scsi'/>"


class Stage(GuestHost):
    """A host with a daemon, a connection, its events, and a guest that stands still in its firmware."""

    def __init__(self, machine="pc", devices=""):
        super().__init__()
        self.xml = GUEST.format(machine=machine, devices=devices)
        self.heard = []

    def __enter__(self):
        super().__enter__()
        self.daemon = self.start("virtqemud")
        self.connect()
        self.domain = self.connection.defineXML(self.xml)
        return self

    def connect(self):
        self.connection = open_connection(self.daemon)
        guests.Events.start_loop()
        for number, name in ((libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, "added"),
                             (libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, "removed"),
                             (libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED, "failed"),
                             (libvirt.VIR_DOMAIN_EVENT_ID_TRAY_CHANGE, "tray")):
            self.connection.domainEventRegisterAny(
                None, number, lambda _c, _d, *what, kind=name: self.heard.append((kind, *what[:-1])), None)

    def run_guest(self):
        self.domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)

    def kill_after(self, pause):
        """Kills the daemon at some moment from now; to be joined."""
        killer = threading.Timer(pause, os.kill, (self.daemon.pid, signal.SIGKILL))
        killer.start()
        return killer

    def restart(self):
        self.daemon.kill()
        self.daemon.start()
        self.connect()
        self.domain = self.connection.lookupByName("a")

    def image(self, name):
        path = os.path.join(self.root, f"{name}.img")
        if not os.path.exists(path):
            with open(path, "wb") as file:
                file.truncate(1 << 20)
        return path

    def disk(self, name, target, bus="virtio", device="disk", more=""):
        source = f"<source file='{self.image(name)}'/>" if name else ""
        return (f"<disk type='file' device='{device}'><driver name='qemu' type='raw'/>{source}"
                f"<target dev='{target}' bus='{bus}'/>{more}</disk>")

    def devices(self, kind, flags=0):
        return ElementTree.fromstring(self.domain.XMLDesc(flags)).findall(f"devices/{kind}")

    def aliases(self):
        root = ElementTree.fromstring(self.domain.XMLDesc(0))
        return {alias.get("name") for alias in root.findall("devices/*/alias")}

    def ask(self, command, **arguments):
        return guests.ask_qemu(self.domain, command, **arguments)

    def qdevs(self):
        return {entry["name"] for entry in self.ask("qom-list", path="/machine/peripheral") if entry["name"] != "type"}

    def state(self):
        """All that QEMU has of what can be plugged in."""
        nodes = {node["node-name"] for node in self.ask("query-named-block-nodes")}
        chardevs = {chardev["label"] for chardev in self.ask("query-chardev")}
        objects = {entry["name"] for entry in self.ask("qom-list", path="/objects")}
        return nodes, chardevs, objects, self.qdevs()

    def agree(self):
        """Whether the live document has what QEMU has of what can come and go."""
        shown = self.aliases()
        known = {name for name in self.qdevs() if not name.startswith(("pci.", "usb", "video", "balloon"))}
        return known <= shown and {name for name in shown if name.startswith(("virtio-disk", "net", "rng", "ua-"))} <= known


def test_definition():
    with Stage() as stage:
        domain = stage.domain
        domain.attachDeviceFlags(stage.disk("one", "vda"), CONFIG)
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "target vda already exists", domain.attachDeviceFlags,
                     stage.disk("two", "vda"), CONFIG)
        for xml in (USER.format(n=1, more=""), RNG, TABLET, WATCHDOG, SHMEM, DIMM, CHANNEL.format(name="org.a"), SERIAL,
                    ADAPTER, "<sound model='ich6'/>"):
            domain.attachDeviceFlags(xml, CONFIG)
        for xml in (WATCHDOG, SHMEM, CHANNEL.format(name="org.a"), ADAPTER):
            expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "already", domain.attachDeviceFlags, xml, CONFIG)
        expect_error(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "persistent attach of device 'hub'", domain.attachDeviceFlags,
                     "<hub type='usb'/>", CONFIG)
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "unknown device type 'thing'", domain.attachDeviceFlags, "<thing/>", CONFIG)
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "not running", domain.attachDevice, RNG)
        # It is on disk, placed, and can be started as it stands.
        assert stage.devices("disk")[0].find("address").get("type") == "pci"
        before = domain.XMLDesc(0)
        stage.restart()
        assert stage.domain.XMLDesc(0) == before
        domain = stage.domain
        stage.run_guest()
        domain.destroy()
        # A document says which device it is about by its name, or by all that it says.
        domain.detachDeviceFlags("<disk type='file' device='disk'><target dev='vda'/></disk>", CONFIG)
        expect_error(libvirt.VIR_ERR_DEVICE_MISSING, "vda", domain.detachDeviceFlags, stage.disk("one", "vda"), CONFIG)
        expect_error(libvirt.VIR_ERR_DEVICE_MISSING, "52:54:00:99:00:02", domain.detachDeviceFlags, USER.format(n=2, more=""), CONFIG)
        other = RNG.replace("urandom", "random")
        expect_error(libvirt.VIR_ERR_DEVICE_MISSING, "rng", domain.detachDeviceFlags, other, CONFIG)
        for xml in (USER.format(n=1, more=""), RNG, TABLET, WATCHDOG, SHMEM, DIMM, CHANNEL.format(name="org.a"), SERIAL,
                    ADAPTER, "<sound model='ich6'/>"):
            domain.detachDeviceFlags(xml, CONFIG)
        for kind in ("disk", "interface", "rng", "watchdog", "shmem", "memory", "channel", "sound"):
            assert not stage.devices(kind), kind


def test_same_mac_twice():
    with Stage() as stage:
        for _ in range(2):
            stage.domain.attachDeviceFlags(USER.format(n=1, more=""), CONFIG)
        expect_error(libvirt.VIR_ERR_OPERATION_FAILED, "multiple devices matching", stage.domain.detachDeviceFlags,
                     USER.format(n=1, more=""), CONFIG)
        second = ElementTree.tostring(stage.devices("interface")[1]).decode()
        address = stage.devices("interface")[0].find("address").attrib
        stage.domain.detachDeviceFlags(second, CONFIG)
        assert [card.find("address").attrib for card in stage.devices("interface")] == [address]


def plugged(stage):
    """Documents of all kinds that can come to the guest, with the alias that they get."""
    return [(stage.disk("one", "vda"), "virtio-disk0"), (stage.disk("two", "sda", "scsi"), "scsi0-0-0-0"),
            (stage.disk("three", "sdb", "usb"), "usb-disk1"), (USER.format(n=1, more=""), "net0"),
            (USER.format(n=2, more="<alias name='ua-own'/>"), "ua-own"), (RNG, "rng0"), (TABLET, "input2"), (DIMM, "dimm0"),
            (WATCHDOG, "watchdog0"), (SHMEM, "shmem0"), (CHANNEL.format(name="org.a"), "channel0"), (SERIAL, "serial0"),
            (ADAPTER, "scsi1"),
            (f"<redirdev bus='usb' type='unix'><source mode='bind' path='{stage.root}/redir'/></redirdev>", "redir0")]


def test_all_kinds_come_and_go():
    with Stage() as stage:
        stage.run_guest()
        empty, persistent = stage.state(), stage.domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
        for xml, alias in plugged(stage):
            stage.domain.attachDeviceFlags(xml, LIVE)
            wait_until(lambda alias=alias: ("added", alias) in stage.heard, f"the event of {alias}; {stage.heard}")
            assert alias in stage.aliases() and alias in stage.qdevs(), (alias, stage.qdevs())
        assert stage.domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE) == persistent
        assert stage.devices("memory")[0].find("address").get("base"), "where the module came to be"
        assert stage.devices("serial")[0].find("source").get("path").startswith("/dev/pts/")
        assert os.path.exists(stage.devices("channel")[0].find("source").get("path"))
        # Nothing of it is lost with the daemon, and what is behind a device goes with it.
        shown = stage.aliases()
        stage.restart()
        assert stage.aliases() == shown
        for _, alias in plugged(stage):
            stage.domain.detachDeviceAlias(alias, LIVE)
        stage.ask("system_reset")
        wait_until(lambda: stage.aliases() == shown - {alias for _, alias in plugged(stage)} | {"dimm0"} & stage.aliases(),
                   f"the devices to go; there are {stage.aliases()}", 20)
        wait_until(lambda: {alias for kind, alias in stage.heard if kind == "removed"} >= {"net0", "virtio-disk0", "rng0"},
                   f"the events of their end; {stage.heard}")
        nodes, chardevs, objects, _ = stage.state()
        assert (nodes, chardevs) == empty[:2] and objects - empty[2] <= {"memdimm0"}, (stage.state(), empty)


def test_a_guest_that_takes_its_time():
    with Stage() as stage:
        stage.run_guest()
        empty = stage.state()
        stage.domain.attachDeviceFlags(stage.disk("one", "vda"), LIVE | CONFIG)
        begun = time.monotonic()
        stage.domain.detachDeviceFlags(stage.disk("one", "vda"), LIVE | CONFIG)
        assert 4.5 < time.monotonic() - begun < 15
        # It is gone from what will be, and still there in what is.
        assert not stage.devices("disk", libvirt.VIR_DOMAIN_XML_INACTIVE) and stage.devices("disk")
        assert ("removed", "virtio-disk0") not in stage.heard
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "already in the process of unplug", stage.domain.detachDeviceFlags,
                     stage.disk("one", "vda"), LIVE)
        stage.ask("system_reset")
        wait_until(lambda: ("removed", "virtio-disk0") in stage.heard, "the event")
        assert not stage.devices("disk") and stage.state() == empty, (stage.state(), empty)
        # The place is free again.
        stage.domain.attachDeviceFlags(stage.disk("one", "vda"), LIVE)


def test_a_daemon_that_was_not_there():
    """The guest lets go while no daemon listens."""
    with Stage() as stage:
        stage.run_guest()
        empty = stage.state()
        for n in range(1, 4):
            stage.domain.attachDeviceFlags(USER.format(n=n, more=""), LIVE)
            stage.domain.detachDeviceAlias(f"net{n - 1}", LIVE)
        stage.domain.attachDeviceFlags(RNG, LIVE)
        stage.ask("system_reset")
        stage.restart()
        wait_until(lambda: not stage.devices("interface"), "what has gone to leave the document", 20)
        assert stage.aliases() >= {"rng0"} and stage.state()[:2] == empty[:2]


def test_killed_at_any_moment():
    """Whatever a daemon was at when it was killed, the next one's document has what QEMU has, and nothing is left over."""
    with Stage() as stage:
        stage.run_guest()
        empty = stage.state()
        for turn in range(KILLS):
            documents = [stage.disk("one", "sda", "scsi"), USER.format(n=1, more=""), CHANNEL.format(name="org.a")]
            pause, xml = random.uniform(0, 0.05), documents[turn % 3]
            killer = stage.kill_after(pause)
            for call in (stage.domain.attachDeviceFlags, stage.domain.detachDeviceFlags):
                try:
                    call(xml, LIVE)
                except libvirt.libvirtError:
                    pass
            killer.join()
            stage.restart()
            wait_until(stage.agree, f"document and QEMU to agree (turn {turn}, after {pause} s): {stage.aliases()} and "
                                    f"{stage.qdevs()}")
            for device in ("scsi0-0-0-0", "net0", "channel0"):
                if device in stage.aliases():
                    try:
                        stage.domain.detachDeviceAlias(device, LIVE)
                    except libvirt.libvirtError as error:
                        assert "in the process of unplug" in str(error), error
            stage.ask("system_reset")
            wait_until(lambda: not {"scsi0-0-0-0", "net0", "channel0"} & stage.aliases(), "the device to go", 20)
            assert stage.state() == empty, (turn, pause, stage.state(), empty)


def test_failures_leave_nothing():
    with Stage("q35", "<controller type='pci' index='0' model='pcie-root'/>") as stage:
        stage.run_guest()
        stage.domain.attachDeviceFlags(stage.disk("held", "sda", "scsi"), LIVE)
        for n in range(16, 32):
            try:
                stage.domain.attachDeviceFlags(USER.format(n=n, more=""), LIVE)
            except libvirt.libvirtError as error:
                assert "No more available PCI slots" in str(error), error
                break
        empty, shown = stage.state(), stage.domain.XMLDesc(0)

        def fails(code, text, xml):
            expect_error(code, text, stage.domain.attachDeviceFlags, xml, LIVE)
            assert stage.state() == empty and stage.domain.XMLDesc(0) == shown, xml

        absent = stage.disk("absent", "sdb", "scsi")
        os.unlink(stage.image("absent"))
        fails(libvirt.VIR_ERR_SYSTEM_ERROR, "absent.img", absent)
        # The image is another's, which QEMU says when the drive is made; a bus that takes nothing while it runs.
        fails(libvirt.VIR_ERR_INTERNAL_ERROR, "lock", stage.disk("held", "sdb", "scsi"))
        fails(libvirt.VIR_ERR_INTERNAL_ERROR, "does not support hotplugging", stage.disk("one", "sdc", "sata"))
        fails(libvirt.VIR_ERR_INTERNAL_ERROR, "No more available PCI slots", USER.format(n=1, more=""))
        fails(libvirt.VIR_ERR_INTERNAL_ERROR, "chardev-add",
              "<redirdev bus='usb' type='tcp'><source mode='connect' host='127.0.0.1' service='1'/></redirdev>")
        fails(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "'usb' controller cannot be hot plugged",
              "<controller type='usb' index='1' model='qemu-xhci'/>")
        fails(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "live attach of device 'sound'", "<sound model='ich6'/>")
        fails(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "'ps2'", "<input type='mouse' bus='ps2'/>")
        fails(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "hostdev", "<hostdev mode='subsystem' type='pci'/>")
        for text, xml in (("'pci' controller cannot be hot unplugged", "<controller type='pci' index='1' model='pcie-root-port'/>"),
                          ("device is busy", "<controller type='scsi' index='0'/>")):
            code = libvirt.VIR_ERR_OPERATION_FAILED if "busy" in text else libvirt.VIR_ERR_OPERATION_UNSUPPORTED
            expect_error(code, text, stage.domain.detachDeviceFlags, xml, LIVE)


def test_media():
    drives = "<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/><readonly/></disk><disk type='file' device='floppy'><target dev='fda' bus='fdc'/></disk>"
    with Stage(devices=drives) as stage:
        stage.run_guest()
        empty = stage.state()

        def source(target):
            for disk in stage.devices("disk"):
                if disk.find("target").get("dev") == target:
                    return disk.find("source").get("file") if disk.find("source") is not None else None
            raise AssertionError(target)

        def change(name, flags=LIVE, target="hdc", bus="ide", device="cdrom"):
            stage.domain.updateDeviceFlags(stage.disk(name, target, bus, device), flags)
            assert source(target) == (stage.image(name) if name else None)

        change("one")
        wait_until(lambda: stage.heard == [("tray", "ide0-1-0", 0), ("tray", "ide0-1-0", 1)], f"the tray; {stage.heard}")
        change("two")
        change("two")
        change("three", target="fda", bus="fdc", device="floppy")
        # What cannot be had leaves what there is: an image that is not there, one that another has.
        stage.domain.attachDeviceFlags(stage.disk("held", "sda", "scsi"), LIVE)
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "lock", change, "held")
        os.unlink(stage.image("gone"))
        gone = stage.disk("gone", "hdc", "ide", "cdrom").replace("gone.img", "nothing.img")
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "nothing.img", stage.domain.updateDeviceFlags, gone, LIVE)
        assert source("hdc") == stage.image("two")
        inserted = {drive["qdev"]: drive["inserted"]["file"] for drive in stage.ask("query-block") if "inserted" in drive}
        assert inserted["ide0-1-0"] == stage.image("two"), inserted
        stage.restart()
        assert source("hdc") == stage.image("two") and source("fda") == stage.image("three")
        change(None, LIVE | CONFIG)
        # By the number alone clients see that there was a medium, and may eject once more, also after a restart.
        assert "<source index='" in stage.domain.XMLDesc()
        stage.restart()
        assert "<source index='" in stage.domain.XMLDesc()
        assert "<source index" not in stage.domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
        change(None, LIVE | libvirt.VIR_DOMAIN_DEVICE_MODIFY_FORCE)
        change(None, target="fda", bus="fdc", device="floppy")
        stage.domain.detachDeviceAlias("scsi0-0-0-0", LIVE)
        wait_until(lambda: stage.state() == empty, f"nothing to be left: {stage.state()} and {empty}")
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "removable drives", lambda: (
            stage.domain.attachDeviceFlags(stage.disk("one", "vda"), LIVE),
            stage.domain.updateDeviceFlags(stage.disk("two", "vda"), LIVE)))
        expect_error(libvirt.VIR_ERR_XML_ERROR, f"'vda' duplicated for disk sources '{stage.image('one')}'",
                     stage.domain.attachDeviceFlags, stage.disk("two", "vda"), LIVE)
        expect_error(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "serial", stage.domain.updateDeviceFlags,
                     stage.disk("one", "vda", more="<serial>x</serial>"), LIVE)
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "vdz", stage.domain.updateDeviceFlags, stage.disk("one", "vdz"), LIVE)
        expect_error(libvirt.VIR_ERR_INVALID_ARG, "vdz", stage.domain.updateDeviceFlags, stage.disk("one", "vdz"), CONFIG)
        # A daemon that is killed in the middle finds out what is in the drive.
        for turn in range(KILLS):
            killer = stage.kill_after(random.uniform(0, 0.03))
            try:
                stage.domain.updateDeviceFlags(stage.disk(["one", "two", None][turn % 3], "hdc", "ide", "cdrom"), LIVE)
            except libvirt.libvirtError:
                pass
            killer.join()
            stage.restart()

            def is_told():
                drive = [entry for entry in stage.ask("query-block") if entry["qdev"] == "ide0-1-0"][0]
                return source("hdc") == drive.get("inserted", {}).get("file")

            wait_until(is_told, f"the document to say what is in the drive (turn {turn})")
        stage.domain.updateDeviceFlags(stage.disk(None, "hdc", "ide", "cdrom"), LIVE)
        wait_until(lambda: not any("libvirt-" in node["node-name"] and "one.img" not in node["file"]
                                   for node in stage.ask("query-named-block-nodes")), "no node to be left over")


def test_order_of_booting_without_the_medium():
    """It is changed before the medium, and is as it was when that cannot be had."""
    drive = "<disk type='file' device='cdrom'>{source}<target dev='hdc' bus='ide'/><readonly/><boot order='{order}'/></disk>"
    with Stage(devices=drive.format(source="", order=1)) as stage:
        stage.run_guest()

        def order():
            return stage.ask("qom-get", path="/machine/peripheral/ide0-1-0", property="bootindex")

        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "nothing.img", stage.domain.updateDeviceFlags,
                     drive.format(source="<source file='/nothing.img'/>", order=3), LIVE)
        assert order() == 1 and stage.devices("disk")[0].find("boot").get("order") == "1"
        stage.domain.updateDeviceFlags(drive.format(source=f"<source file='{stage.image('one')}'/>", order=3), LIVE)
        assert order() == 3 and stage.devices("disk")[0].find("boot").get("order") == "3"


def test_cards():
    with Hosts() as host:
        network = host.networks().networkCreateXML(OWN.format(bridge="", more=""))
        namespace.ip("link", "add", "plain0", "type", "bridge")
        domain = host.guests().defineXML(GUEST.format(machine="pc", devices=""))
        domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
        own = "<interface type='network'><mac address='52:54:00:99:00:01'/><source network='own'/><model type='virtio'/></interface>"
        plain = "<interface type='bridge'><mac address='52:54:00:99:00:02'/><source bridge='plain0'/><model type='virtio'/><link state='down'/></interface>"

        def cards():
            return ElementTree.fromstring(domain.XMLDesc(0)).findall("devices/interface")

        domain.attachDeviceFlags(own, LIVE)
        domain.attachDeviceFlags(plain, LIVE)
        assert [link(card.find("target").get("dev"))["master"] for card in cards()] == ["own0", "plain0"]
        assert len(port_ids(network)) == 1 and len(taps()) == 2
        # A card that QEMU does not take leaves no port and no tap.
        bad = own.replace("00:01", "00:03").replace("</interface>", "<rom file='/nonexistent'/></interface>")
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "device_add", domain.attachDeviceFlags, bad, LIVE)
        wait_until(lambda: len(port_ids(network)) == 1 and len(taps()) == 2, "what was made for it to go")
        for xml in (own, plain):
            domain.detachDeviceFlags(xml, LIVE)
        guests.ask_qemu(domain, "system_reset")
        wait_until(lambda: not cards() and not taps() and not port_ids(network), f"all to go; {taps()}, {port_ids(network)}")


SECOND = """<network><name>second</name><bridge name='second0'/><ip address='10.97.2.1' prefix='24'/>
<portgroup name='slow'><bandwidth><inbound average='1000'/></bandwidth></portgroup><port isolated='yes'/></network>"""
MOVING = ("<interface type='{kind}'><mac address='52:54:00:99:00:01'/><source {source}/><model type='virtio'/>{more}"
          "</interface>")


def beside_networks(host, bridge):
    """Two networks, a bridge of the host's, and a guest on the first of the networks."""
    namespace.ip("link", "add", bridge, "type", "bridge")
    first, second = (host.networks().networkCreateXML(xml) for xml in (OWN.format(bridge="", more=""), SECOND))
    card = MOVING.format(kind="network", source="network='own'", more="<boot order='1'/>")
    domain = host.guests().defineXML(GUEST.format(machine="pc", devices=card))
    domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
    return first, second, domain


def test_a_card_moves():
    """From network to network and to a bridge of the host's: the port first, then the tap, and back when that fails."""
    with Hosts() as host:
        first, second, domain = beside_networks(host, "other0")
        tap = taps()[0]

        def card(flags=0):
            return ElementTree.fromstring(domain.XMLDesc(flags)).find("devices/interface")

        def move(kind, source, more="", flags=LIVE):
            domain.updateDeviceFlags(MOVING.format(kind=kind, source=source, more=more), flags)

        def is_at(bridge, on_first, on_second):
            assert link(tap)["master"] == bridge and taps() == [tap]
            wait_until(lambda: (len(port_ids(first)), len(port_ids(second))) == (on_first, on_second), "the other port to go")
            assert [card().find("source").get("portid") or ""] == (port_ids(first) + port_ids(second) or [""])
            assert card().find("source").get("bridge") == bridge and card().find("target").get("dev") == tap
            states = [os.path.join(folder, name) for folder, _, names in os.walk(host.root) for name in names
                      if name.endswith(".xml") and "52:54:00:99:00:01" in read(os.path.join(folder, name))]
            assert any(f"bridge='{bridge}'" in read(state) for state in states), states

        is_at("own0", 1, 0)
        move("network", "network='second' portgroup='slow'")
        is_at("second0", 0, 1)
        # What the network says of its ports holds, and no more when it is another's.
        shape = host.run("tc", "class", "show", "dev", tap).stdout
        assert "rate 8Mbit" in shape and link(tap)["linkinfo"]["info_slave_data"]["isolated"] is True, shape
        assert card(libvirt.VIR_DOMAIN_XML_INACTIVE).find("source").get("network") == "own"
        move("bridge", "bridge='other0'")
        is_at("other0", 0, 0)
        assert not host.run("tc", "class", "show", "dev", tap).stdout
        assert link(tap)["linkinfo"]["info_slave_data"]["isolated"] is False
        move("network", "network='second'", flags=LIVE | CONFIG)
        is_at("second0", 0, 1)
        assert card(libvirt.VIR_DOMAIN_XML_INACTIVE).find("source").get("network") == "second"
        # Where it cannot go it stays, with its port.
        before, ports = domain.XMLDesc(0), port_ids(second)
        for code, text, kind, source, more in (
                (libvirt.VIR_ERR_NO_NETWORK, "nowhere", "network", "network='nowhere'", ""),
                (libvirt.VIR_ERR_SYSTEM_ERROR, "nowhere0", "bridge", "bridge='nowhere0'", ""),
                (libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "vlan", "bridge", "bridge='other0'", "<vlan><tag id='5'/></vlan>"),
                (libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "network filter 'clean-traffic'", "network", "network='own'",
                 "<filterref filter='clean-traffic'/>"),
                (libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "network device mtu", "network", "network='own'", "<mtu size='1400'/>"),
                (libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "network device driver", "network", "network='own'",
                 "<driver queues='2'/>"),
                (libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "network device address", "network", "network='own'",
                 "<address type='pci' domain='0' bus='0' slot='0x1e' function='0'/>")):
            expect_error(code, text, move, kind, source, more)
            assert domain.XMLDesc(0) == before and port_ids(second) == ports and not port_ids(first), (source, more)
            assert link(tap)["master"] == "second0" and link(tap)["linkinfo"]["info_slave_data"]["isolated"] is True
        assert card(libvirt.VIR_DOMAIN_XML_INACTIVE).find("boot") is None
        # The order of booting, of which a document that is silent changes nothing while the guest runs.
        for more, order in (("<boot order='3'/>", 3), ("", 3)):
            move("network", "network='second'", more)
            told = guests.ask_qemu(domain, "qom-get", path="/machine/peripheral/net0", property="bootindex")
            assert told == order and card().find("boot").get("order") == str(order), told
        domain.destroy()
        wait_until(lambda: not taps() and not port_ids(first) and not port_ids(second), "all to go")


def has_cable(domain):
    """What the guest would read in its card, an old virtio one: behind 20 bytes of registers and the MAC is the link's state."""
    places = re.findall(r"1af4:1000.*?I/O at (0x[0-9a-f]+)", ask_human(domain, "info pci"), re.DOTALL)
    if not places or int(places[0], 16) > 0xffff:
        return None  # the firmware has not come to it yet
    said = ask_human(domain, f"i /xh {int(places[0], 16) + 26:#x}")
    return int(said.split("=")[1], 16) & 1 == 1


def ask_human(domain, line):
    return guests.ask_qemu(domain, "human-monitor-command", **{"command-line": line})


def test_a_card_that_cannot_move_is_as_it_was():
    """Cable and order of booting are changed before, and so taken back."""
    with Hosts() as host:
        _, _, domain = beside_networks(host, "fourth0")
        domain.resume()
        wait_until(lambda: has_cable(domain) is not None, "the firmware to place the card")

        def state():
            return (has_cable(domain), domain.XMLDesc(0), domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE),
                    guests.ask_qemu(domain, "qom-get", path="/machine/peripheral/net0", property="bootindex"))

        before = state()
        assert before[0] is True and before[3] == 1
        for code, text, source, more in (
                (libvirt.VIR_ERR_NO_NETWORK, "nowhere", "network='nowhere'", ""),
                (libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "floor", "network='own'",
                 "<bandwidth><inbound average='1' floor='20000'/></bandwidth>")):
            for flags in (LIVE, LIVE | CONFIG):
                expect_error(code, text, domain.updateDeviceFlags, MOVING.format(
                    kind="network", source=source, more="<link state='down'/><boot order='7'/>" + more), flags)
                assert state() == before, source
        domain.updateDeviceFlags(MOVING.format(kind="network", source="network='own'", more="<link state='down'/>"), LIVE)
        assert has_cable(domain) is False


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def test_killed_while_a_card_moves():
    """Document, bridge and port agree, whenever it was."""
    with Hosts() as host:
        first, second, domain = beside_networks(host, "third0")
        places = [("network", "network='second'"), ("bridge", "bridge='third0'"), ("network", "network='own'")]
        # It was killed when the tap had moved and nothing was written down yet.
        for kind, source in (("bridge", "bridge='third0'"), ("network", "network='own'")):
            domain.updateDeviceFlags(MOVING.format(kind=kind, source=source, more=""), LIVE)
            bridge = link(taps()[0])["master"]
            host.daemon.kill()
            namespace.ip("link", "set", taps()[0], "master", "second0")
            host.daemon.start()
            wait_until(lambda bridge=bridge: link(taps()[0])["master"] == bridge, f"the tap to be in {bridge} again")
            domain = host.guests().lookupByName("a")
        for turn in range(KILLS):
            kind, source = places[turn % 3]
            killer = threading.Timer(random.uniform(0, 0.03), os.kill, (host.daemon.pid, signal.SIGKILL))
            killer.start()
            try:
                domain.updateDeviceFlags(MOVING.format(kind=kind, source=source, more=""), LIVE)
            except libvirt.libvirtError:
                pass
            killer.join()
            host.daemon.kill()
            host.daemon.start()
            domain = host.guests().lookupByName("a")

            def agrees():
                source = ElementTree.fromstring(domain.XMLDesc(0)).find("devices/interface/source")
                ports = port_ids(first) + port_ids(second)
                return link(taps()[0]).get("master") == source.get("bridge") and ports == [
                    port for port in [source.get("portid")] if port]

            wait_until(agrees, f"document, bridge and port to agree (turn {turn}, to {source})", 20)


# What is typed, to both virshes; each word of it counts for what comes next.
TYPED = """
attach-device a {rng}
attach-device a {rng} --config
attach-device a {rng} --live --current
detach-device a {rng} --config
detach-device a {rng} --config
attach-device a {absent}
attach-disk a {one} sda --targetbus scsi --persistent
attach-disk a {one} sda --targetbus scsi --config
attach-disk a {two} sdb --targetbus scsi --type cdrom --mode readonly --live
attach-disk a {four} sdc --targetbus usb --serial no.1 --alias ua-stick
attach-disk a {two} sdc --targetbus usb --print-xml --address usb:0.3 --driver qemu --subdriver raw --cache none --io native
attach-disk a {two} vdc --print-xml --rawio --iothread 1 --wwn 5000c50015ea71ad --address pci:0000.01.02.3 --multifunction
attach-disk a name vdc --print-xml --source-protocol nbd --source-host-name host:10809 --source-host-transport tcp
attach-disk a name vdc --print-xml --source-protocol nbd --source-host-socket /s --source-host-transport unix --type lun
attach-disk a name vdc --source-protocol nbd --source-host-socket /s
attach-disk a name vdc --source-host-name host
attach-disk a name vdc --sourcetype network
attach-disk a name vdc --sourcetype thing
attach-disk a name vdc --mode sometimes
attach-disk a name vdc --wwn 12
attach-disk a name vdc --address scsi:0.0.1
attach-disk a name sdc --address pci:0000.01.02.3
attach-disk a name hda --address usb:0.3
attach-disk a name fda --address thing
attach-disk a name vdc --persistent --current
attach-disk a name vdc --config --current
attach-disk a name
change-media a sdb
change-media a sdb {three} --insert
change-media a sdb {three} --update --live
change-media a sdb --eject --insert
change-media a sdb --eject --block
change-media a sdb --eject --print-xml
change-media a sdb {three} --print-xml --block
change-media a sdb --eject --force
change-media a sdb --eject
change-media a sdb {two} --insert --config
change-media a sdb {two} --insert
change-media a sdb --update
change-media a sda {two}
update-device a {cdrom} --live
update-device a {cdrom} --config
update-device a {absent} --force
detach-disk a sdz
detach-disk a sda --print-xml
detach-disk a sda --config
detach-disk a {one}
detach-disk a sda
detach-disk a sdc --live --current
detach-device-alias a ua-stick --live
detach-device-alias a ua-stick
detach-device-alias a ua-stick --live --current
attach-interface a network net --config --mac 52:54:00:99:00:01 --model virtio --inbound 100,200,300 --outbound 50 --target t0
attach-interface a network net --config --mac 52:54:00:99:00:02 --alias ua-card
attach-interface a network net --config --mac 52:54:00:99:00:02
attach-interface a bridge br0 --config --mac 52:54:00:99:00:03 --script /bin/true --print-xml
attach-interface a hostdev 0000:01:02.3 --managed --print-xml
attach-interface a hostdev eth0
attach-interface a vhostuser /s --source-mode client --print-xml
attach-interface a vhostuser /s
attach-interface a direct eth0 --source-mode vepa
attach-interface a user x
attach-interface a network net --inbound x
attach-interface a network net --inbound 1,2,3,4,5
attach-interface a network net --inbound ,2
attach-interface a network net --outbound ,2
attach-interface a network net --outbound 1,2,3,4
attach-interface a network absent --mac 52:54:00:99:00:04
detach-interface a network
detach-interface a network --config
detach-interface a network --config --print-xml
detach-interface a bridge --config
detach-interface a network --mac 52:54:00:99:00:07 --config
detach-interface a network --mac 52:54:00:99:00:01 --config --print-xml
detach-interface a network --mac 52:54:00:99:00:01 --config
detach-interface a network --mac 52:54:00:99:00:02 --config
detach-interface a network --mac 52:54:00:99:00:02 --config --current
"""


def type_all(program):
    """What a virsh says of each line, and the guest's documents behind it; of two runs, only numbers of their own differ."""
    told = []
    with Stage(devices="<serial type='null'/>") as stage:
        stage.run_guest()
        places = {name: stage.image(name) for name in ("one", "two", "three", "four")}
        for name, text in (("rng", RNG), ("cdrom", stage.disk("two", "sdb", "scsi", "cdrom", "<readonly/>"))):
            places[name] = os.path.join(stage.root, f"{name}.xml")
            with open(places[name], "w", encoding="utf-8") as file:
                file.write(text)
        for line in TYPED.strip().split("\n"):
            words = line.format(absent="/nowhere.xml", **places).split()
            result = stage.run(program, "-c", stage.daemon.uri(), *words, check=False)
            # A failure of the stock virsh ends with a blank line, too.
            told.append((line, result.returncode, result.stdout.strip("\n"), result.stderr))
            if words[0] == "detach-device-alias" and result.returncode == 0:
                wait_until(lambda: words[2] not in stage.domain.XMLDesc(), "what was told to go to be gone")
        told += [("live", stage.domain.XMLDesc(0)), ("config", stage.domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))]
        uuid = stage.domain.UUIDString()
        return [tuple(str(part).replace(stage.root, "ROOT").replace(uuid, "UUID") for part in parts) for parts in told]


def test_both_virshes():
    """Ours and the distribution's: the same words, documents and exit codes, and the same comes of them."""
    harness.need("/usr/bin/virsh")
    ours, stock = type_all(harness.find_binary("virsh")), type_all("/usr/bin/virsh")
    different = [pair for pair in zip(ours, stock) if pair[0] != pair[1]]
    assert not different, "\n".join(f"{a}\n{b}" for a, b in different)
    worked = {line[0].split()[0] for line in ours if line[1] == "0" and "--print-xml" not in line[0]}
    assert worked == {line.split()[0] for line in TYPED.strip().split("\n")}, worked


def test_manual_page():
    """virsh(1) tells of all commands and their options."""
    with open(os.path.join(harness.BUILD, "src", "virsh", "virsh.1"), encoding="utf-8") as file:
        page = file.read().replace("\\-", "-")
    with GuestHost() as host:
        told = host.run(harness.find_binary("virsh"), "-q", "help").stdout
        commands = re.findall(r"^    (\S+) ", told, re.M)
        assert len(commands) > 100 and set(TYPED.split()) & set(commands) == {line.split()[0] for line in TYPED.strip().split("\n")}
        for command in commands:
            entry = re.search(rf"^\.B {command}( .*)?$(.|\n)*?(?=^\.TP\n\.B [a-z]|^\.SH)", page, re.M)
            assert entry, command
            for option in re.findall(r"--[\w-]+", host.run(harness.find_binary("virsh"), "help", command).stdout):
                assert option in entry[0], (command, option, entry[0])


def test_tools():
    """The distribution's virsh and virt-xml."""
    harness.need("/usr/bin/virsh", "/usr/bin/virt-xml")
    with Stage("q35", "".join(["<controller type='pci' index='0' model='pcie-root'/>",
                               *(f"<controller type='pci' index='{n}' model='pcie-root-port'/>" for n in range(1, 10)),
                               "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>"])) as stage:
        def virsh(*words):
            return stage.run("/usr/bin/virsh", "-c", stage.daemon.uri(), *words).stdout

        def virt_xml(*words):
            return stage.run("/usr/bin/virt-xml", "--connect", stage.daemon.uri(), "a", *words).stdout

        stage.run_guest()
        virsh("attach-disk", "a", stage.image("one"), "vda", "--persistent", "--targetbus", "virtio")
        assert len(stage.devices("disk")) == len(stage.devices("disk", libvirt.VIR_DOMAIN_XML_INACTIVE)) == 2
        virsh("change-media", "a", "sda", stage.image("two"), "--insert", "--live")
        virsh("change-media", "a", "sda", stage.image("three"), "--update", "--live")
        virsh("change-media", "a", "sda", "--eject", "--live", "--force")
        virsh("detach-disk", "a", "vda", "--config")
        assert len(stage.devices("disk", libvirt.VIR_DOMAIN_XML_INACTIVE)) == 1
        assert "Device hotplug successful" in virt_xml("--add-device", "--rng", "/dev/urandom", "--update")
        assert stage.devices("rng") and stage.devices("rng", libvirt.VIR_DOMAIN_XML_INACTIVE)
        assert "Device update successful" in virt_xml("--edit", "target=sda", "--disk", f"path={stage.image('two')}", "--update")
        assert "Device hotunplug successful" in virt_xml("--remove-device", "--rng", "1", "--update")
        assert not stage.devices("rng", libvirt.VIR_DOMAIN_XML_INACTIVE)


TESTS = [test_definition, test_same_mac_twice, test_all_kinds_come_and_go, test_a_guest_that_takes_its_time,
         test_a_daemon_that_was_not_there, test_killed_at_any_moment, test_failures_leave_nothing, test_media,
         test_order_of_booting_without_the_medium, test_cards,
         test_a_card_moves, test_a_card_that_cannot_move_is_as_it_was, test_killed_while_a_card_moves,
         test_both_virshes, test_manual_page, test_tools]

if __name__ == "__main__":
    namespace.enter()
    harness.main(TESTS, guests.need_qemu)
