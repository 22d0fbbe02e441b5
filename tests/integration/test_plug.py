#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices that come and go: in definitions, in guests that run, across restarts of the daemon, and when a step fails."""

import os
import random
import time
import xml.etree.ElementTree as ElementTree

import guests
import harness
from guests import expect_error, libvirt, wait_until
from plugstage import ADAPTER, CHANNEL, CONFIG, DIMM, LIVE, RNG, SERIAL, SHMEM, TABLET, USER, WATCHDOG, Stage

KILLS = int(os.environ.get("MODVIRT_TEST_KILLS", "12"))


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


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")], guests.need_qemu)
