#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests beside a network card of the host: macvtap devices by document and by pools of networks.

Runs wherever the kernel has macvtap. With MODVIRT_TEST_LINUX_GUESTS set two guests with a Linux of their own talk with
each other, which takes minutes where processors are emulated."""

import socket
import subprocess
import time
import xml.etree.ElementTree as ElementTree

import guests
import harness
import linuxguest
import namespace
from guests import expect_error, guest_xml, libvirt, wait_until
from namespace import ip
from test_ports import Hosts, card, interface, link, port_ids

NIC = "<interface type='direct'><source dev='{dev}' mode='{mode}'/><model type='virtio'/>{more}</interface>"
POOL = "<network><name>{mode}</name><forward mode='{mode}'>{devices}</forward></network>"
BOOT = "<boot order='1'/>"
QUIET = "<rom enabled='no'/>"


def pairs(*names):
    """Cards of the host, each with a cable to an end that is called as it with an x before it. Nothing else of earlier
    tests stays."""
    # What is on a card goes with it.
    while left := macvtaps() + [name for name in namespace.links() if name.startswith("mv")]:
        ip("link", "del", left[-1])
    for name in names:
        ip("link", "add", name, "type", "veth", "peer", "name", f"x{name}")
        for end in (name, f"x{name}"):
            # Whoever listens shall hear guests, and no routers being looked for.
            ip("link", "set", end, "addrgenmode", "none")
            ip("link", "set", end, "up")


def mode_of(domain):
    details = link(interface(domain).find("target").get("dev"))
    return details["link"], details["linkinfo"]["info_data"]["mode"]


def macvtaps():
    return [name for name in namespace.links() if name.startswith("macvtap")]


def pool(host, mode, *devices):
    listed = "".join(f"<interface dev='{device}'/>" for device in devices)
    return host.networks().networkCreateXML(POOL.format(mode=mode, devices=listed))


def received(domain):
    return domain.interfaceStats(interface(domain).find("target").get("dev"))[1]


def calls_outside(name):
    """What comes out at the other end of the card."""
    calls = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    calls.bind((f"x{name}", 0))
    calls.settimeout(120)  # a firmware that is emulated on a busy host takes its time
    return calls


def wait_for_call(calls, mac):
    """Until somebody has called for everybody from that address."""
    wanted = b"\xff" * 6 + bytes.fromhex(mac.replace(":", ""))
    while calls.recv(2048)[:12] != wanted:
        pass


def test_document():
    pairs("mv0")
    with Hosts() as host:
        connection = host.guests()
        domain = connection.createXML(guest_xml("a", NIC.format(dev="mv0", mode="bridge", more="<mtu size='1400'/>")))
        assert mode_of(domain) == ("mv0", "bridge")
        tap, mac = interface(domain).find("target").get("dev"), interface(domain).find("mac").get("address")
        assert link(tap)["address"] == mac and link(tap)["mtu"] == 1400 and "UP" in link(tap)["flags"]
        assert interface(domain, libvirt.VIR_DOMAIN_XML_INACTIVE).find("target") is None
        host.daemon.kill()
        host.daemon.start()
        host.guests().lookupByName("a").destroy()
        wait_until(lambda: macvtaps() == [], "the device goes with its guest")
        missing = host.guests().defineXML(guest_xml("b", NIC.format(dev="nodev", mode="vepa", more="")))
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "nodev", missing.create)
        # A name that is another's is left alone.
        named = NIC.format(dev="mv0", mode="vepa", more="<target dev='xmv0'/>")
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "mv0", host.guests().defineXML(guest_xml("c", named)).create)
        assert "xmv0" in namespace.links() and macvtaps() == []


def test_card_that_comes_and_goes():
    """Plugged into a guest that runs, by document and by a pool, and out again, across a restart of the daemon."""
    pairs("mv0", "mv1")
    with Hosts() as host:
        network = pool(host, "passthrough", "mv1")
        slots = "<controller type='pci' index='0' model='pcie-root'/>" + "<controller type='pci' model='pcie-root-port'/>" * 12
        domain = host.guests().createXML(guest_xml("a", slots), libvirt.VIR_DOMAIN_START_PAUSED)
        own = NIC.format(dev="mv0", mode="private", more="<mac address='52:54:00:99:00:01'/>")
        pooled = card("passthrough", more="<mac address='52:54:00:99:00:02'/>")
        domain.attachDeviceFlags(own, libvirt.VIR_DOMAIN_AFFECT_LIVE)
        assert mode_of(domain) == ("mv0", "private") and link(macvtaps()[0])["address"] == "52:54:00:99:00:01"
        domain.attachDeviceFlags(pooled, libvirt.VIR_DOMAIN_AFFECT_LIVE)
        assert len(macvtaps()) == 2 and len(port_ids(network)) == 1
        # The pool has no more, and QEMU does not take this one: neither leaves anything.
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "passthrough", domain.attachDeviceFlags,
                     pooled.replace("00:02", "00:03"), libvirt.VIR_DOMAIN_AFFECT_LIVE)
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "romfile", domain.attachDeviceFlags,
                     own.replace("00:01", "00:04").replace("</interface>", "<rom file='/nonexistent'/></interface>"),
                     libvirt.VIR_DOMAIN_AFFECT_LIVE)
        wait_until(lambda: len(macvtaps()) == 2 and len(port_ids(network)) == 1, "what was made for it to go")
        host.daemon.kill()
        host.daemon.start()
        domain = host.guests().lookupByName("a")
        assert len(macvtaps()) == 2
        for xml in (own, pooled):
            domain.detachDeviceFlags(xml, libvirt.VIR_DOMAIN_AFFECT_LIVE)
        guests.ask_qemu(domain, "system_reset")
        wait_until(lambda: macvtaps() == [] and port_ids(network) == [] and interface(domain) is None, "all to go")
        domain.attachDeviceFlags(pooled, libvirt.VIR_DOMAIN_AFFECT_LIVE)
        domain.destroy()
        wait_until(lambda: macvtaps() == [] and port_ids(network) == [], "what came last to go with its guest")


def test_device_that_nobody_wrote_down():
    """A daemon that is killed between making a device and writing it down."""
    pairs("mv0")
    with Hosts() as host:
        domain = host.guests().createXML(guest_xml("a", NIC.format(dev="mv0", mode="bridge", more="")))
        ip("link", "add", "link", "mv0", "name", "macvtap77", "type", "macvtap", "mode", "bridge")
        host.daemon.kill()
        pid = guests.qemu_pid(host, "a")
        subprocess.run(["kill", "-9", str(pid)], check=True)
        wait_until(lambda: not guests.is_alive(pid), "QEMU is gone")
        subprocess.run(["rm", f"{host.run_dir}/qemu/run/a.xml"], check=True)
        assert len(macvtaps()) == 2, domain
        host.daemon.start()
        assert macvtaps() == ["macvtap77"], "the device that is ours is gone, no other"
        ip("link", "del", "macvtap77")


def test_who_hears_whom():
    """One guest's firmware asks for an address; the other one is silent and counts."""
    heard = {}
    for mode in ("bridge", "private", "vepa"):
        pairs("mv0")
        with Hosts() as host:
            pool(host, mode, "mv0")
            connection = host.guests()
            silent = connection.createXML(guest_xml("silent", card(mode, more=QUIET)))
            with calls_outside("mv0") as calls:
                asking = connection.createXML(guest_xml("asking", card(mode, more=BOOT)))
                assert mode_of(asking) == ("mv0", mode) == mode_of(silent)
                mac = interface(asking).find("mac").get("address")
                # What it calls for everybody the kernel hands on to its neighbours later than to the card, in order.
                # With the second call outside, the first one has come to them, or never will in a second.
                for _ in range(2):
                    wait_for_call(calls, mac)
            deadline = time.monotonic() + (60 if mode == "bridge" else 1)
            while received(silent) == 0 and time.monotonic() < deadline:
                time.sleep(0.05)
            heard[mode] = received(silent) > 0
    assert heard == {"bridge": True, "private": False, "vepa": False}, heard


def test_live_document():
    pairs("mv0")
    with Hosts() as host:
        network = pool(host, "bridge", "mv0")
        domain = host.guests().createXML(guest_xml("a", card("bridge")))
        live = interface(domain)
        assert live.get("type") == "direct"
        assert live.find("source").attrib == {"network": "bridge", "portid": port_ids(network)[0], "dev": "mv0",
                                              "mode": "bridge"}
        migratable = interface(domain, libvirt.VIR_DOMAIN_XML_MIGRATABLE)
        assert migratable.get("type") == "network" and migratable.find("source").attrib == {"network": "bridge"}
        host.daemon.kill()
        host.daemon.start()
        domain = host.guests().lookupByName("a")
        assert ElementTree.tostring(interface(domain)) == ElementTree.tostring(live)
        # The device stays plugged in while the network is away; the port is claimed again.
        network.destroy()
        network = pool(host, "bridge", "mv0")
        wait_until(lambda: port_ids(network) == [live.find("source").get("portid")], "the port is claimed again")
        domain.destroy()
        wait_until(lambda: port_ids(network) == [] and macvtaps() == [], "port and device are given up")


def test_pool_is_spread():
    pairs("mv0", "mv1")
    with Hosts() as host:
        pool(host, "private", "mv0", "mv1")
        used = [mode_of(host.guests().createXML(guest_xml(name, card("private")))) for name in ("a", "b", "c")]
        assert sorted(used[:2]) == [("mv0", "private"), ("mv1", "private")] and used[2][1] == "private"


def test_passthrough_is_exclusive():
    pairs("mv0")
    with Hosts() as host:
        network = pool(host, "passthrough", "mv0")
        own = link("mv0")["address"]
        connection = host.guests()
        first = connection.defineXML(guest_xml("a", card("passthrough")))
        second = connection.defineXML(guest_xml("b", card("passthrough")))
        first.create()
        assert mode_of(first) == ("mv0", "passthru")
        assert link("mv0")["address"] == interface(first).find("mac").get("address")
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "network 'passthrough' requires exclusive access", second.create)
        assert len(port_ids(network)) == 1
        # What the one gives up the other has at once.
        for _ in range(5):
            first.destroy()
            second.create()
            second.destroy()
            first.create()
        # Nobody is given it twice because a daemon has forgotten.
        for daemon in (host.network_daemon, host.daemon):
            daemon.kill()
            daemon.start()
            second = host.guests().lookupByName("b")
            expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "requires exclusive access", second.create)
        host.guests().lookupByName("a").destroy()
        wait_until(lambda: macvtaps() == [] and link("mv0")["address"] == own, "the card is as it was")


def test_hostdev_pool_is_refused():
    with Hosts() as host:
        connection = host.guests()
        direct = ("<interface type='hostdev'><source><address type='pci' domain='0' bus='0' slot='7' function='0'/>"
                  "</source></interface>")
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "interface of type 'hostdev'",
                     lambda: connection.defineXML(guest_xml("a", direct)))
        trusting = NIC.format(dev="mv0", mode="bridge", more="").replace("type=", "trustGuestRxFilters='yes' type=", 1)
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "trustGuestRxFilters",
                     lambda: connection.defineXML(guest_xml("b", trusting)))


# ---- guests with a Linux of their own ----

def test_two_guests_talk():
    kernel, modules = linuxguest.need()
    pairs("mv0")
    with Hosts() as host:
        initrd = f"{host.root}/initrd"
        linuxguest.initramfs(initrd, modules)
        pool(host, "bridge", "mv0")
        with linuxguest.Guest(host.root, "one") as one, linuxguest.Guest(host.root, "two") as two:
            for guest in (one, two):
                host.guests().createXML(guest.xml(kernel, initrd, card("bridge", more=QUIET)))
            for number, guest in enumerate((one, two), 1):
                guest.wait_ready()
                guest.run(f"ip link set eth0 up; ip address add 10.99.0.{number}/24 dev eth0")
            assert one.ping("10.99.0.2", 5) and two.ping("10.99.0.1", 5)


def prepare():
    guests.need_qemu()
    harness.need("ip", "unshare")
    namespace.enter()
    pairs("mv0")
    probe = subprocess.run("ip link add link mv0 name probe0 type macvtap mode bridge".split(), capture_output=True,
                           check=False)
    if probe.returncode != 0:
        raise harness.Skip("the kernel has no macvtap")
    ip("link", "del", "probe0")


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")], prepare)
