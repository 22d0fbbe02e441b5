#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests as ports of switches outside the host: MidoNet by a program that takes its place, 802.1Qbg by an lldpad of the
test's, 802.1Qbh and VLANs of virtual functions as far as a kernel without such a card goes."""

import errno
import os
import shutil
import socket
import subprocess
import tempfile
import time

import guests
import harness
import lldpad
import namespace
from guests import expect_error, guest_xml, libvirt, wait_until
from lldpad import ASSOCIATE, DISASSOCIATE, Lldpad
from namespace import ip
from test_macvtap import macvtaps, pairs
from test_open_vswitch import kill_qemu
from test_ports import Hosts, card, interface, link, port_ids, taps

ID = "09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f"
MAC = "52:54:00:00:00:01"
BRIDGE_NIC = ("<interface type='bridge'><mac address='{mac}'/><source bridge='{bridge}'/><virtualport type='midonet'>"
              "<parameters interfaceid='" + ID + "'/></virtualport><model type='virtio'/>{more}</interface>")
NIC = ("<interface type='direct'><mac address='" + MAC + "'/><source dev='{dev}' mode='{mode}'/>{port}{more}"
       "<model type='virtio'/></interface>")
QBG = ("<virtualport type='802.1Qbg'><parameters managerid='11' typeid='1193046' typeidversion='2' instanceid='" + ID +
       "'/></virtualport>")
QBH = "<virtualport type='802.1Qbh'><parameters profileid='gold'/></virtualport>"
VLAN = "<vlan><tag id='5'/></vlan>"


# ---- MidoNet ----

class MmCtl:
    """In PATH: writes down what it is told, fails when it shall."""

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="modvirt-mm-ctl-")
        self.path = os.environ["PATH"]
        self.heard = 0
        os.environ["PATH"] = f"{self.directory}:{self.path}"
        self.write('echo "$@" >>"$0.log"')
        return self

    def __exit__(self, *problem):
        os.environ["PATH"] = self.path
        shutil.rmtree(self.directory)

    def write(self, script):
        with open(f"{self.directory}/mm-ctl", "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{script}\n")
        os.chmod(f"{self.directory}/mm-ctl", 0o755)

    def said(self):
        """What came since the last time. The log stays, as somebody may be about to write into it."""
        if not os.path.exists(f"{self.directory}/mm-ctl.log"):
            return []
        with open(f"{self.directory}/mm-ctl.log", encoding="utf-8") as file:
            lines = [line.strip() for line in file if line.endswith("\n")]
        new, self.heard = lines[self.heard:], len(lines)
        return new


def midonet(more=""):
    return BRIDGE_NIC.format(mac=MAC, bridge="any", more=more)


def test_midonet():
    with MmCtl() as mm_ctl, Hosts() as host:
        connection = host.guests()
        domain = connection.defineXML(guest_xml("a", midonet("<bandwidth><inbound average='1000'/></bandwidth>")))
        domain.create()
        tap = interface(domain).find("target").get("dev")
        assert mm_ctl.said() == [f"--bind-port {ID} {tap}"]
        assert link(tap).get("master") is None and "UP" in link(tap)["flags"]
        shape = subprocess.run(["tc", "class", "show", "dev", tap], capture_output=True, text=True, check=True).stdout
        assert "rate 8Mbit" in shape, shape
        # It stays bound while no daemon runs, and is given up when the guest has ended meanwhile.
        host.daemon.kill()
        host.daemon.start()
        assert host.guests().lookupByName("a").isActive() and mm_ctl.said() == []
        host.daemon.kill()
        kill_qemu(host, "a")
        host.daemon.start()
        unbound = []
        wait_until(lambda: unbound.extend(mm_ctl.said()) or unbound, "the port is given up")
        assert unbound == [f"--unbind-port {ID}"], unbound


def test_midonet_network():
    with MmCtl() as mm_ctl, Hosts() as host:
        network = host.networks().networkCreateXML(
            "<network><name>m</name><forward mode='bridge'/><bridge name='any'/>"
            f"<virtualport type='midonet'><parameters interfaceid='{ID}'/></virtualport></network>")
        domain = host.guests().createXML(guest_xml("a", card("m")))
        tap = interface(domain).find("target").get("dev")
        assert mm_ctl.said() == [f"--bind-port {ID} {tap}"] and len(port_ids(network)) == 1
        domain.destroy()
        wait_until(lambda: port_ids(network) == [] and taps() == [], "all is given up")
        assert mm_ctl.said() == [f"--unbind-port {ID}"]


def test_midonet_refuses():
    with Hosts() as host:
        domain = host.guests().defineXML(guest_xml("a", midonet()))
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "there is no mm-ctl", domain.create)
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "vlan tag not supported", host.guests().defineXML,
                     guest_xml("b", midonet(VLAN)))
    with MmCtl() as mm_ctl, Hosts() as host:
        mm_ctl.write("echo no such port >&2; exit 3")
        domain = host.guests().defineXML(guest_xml("a", midonet()))
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "no such port", domain.create)
        assert taps() == []
        # A card that comes later cannot be had.
        mm_ctl.write('echo "$1" >>"$0.log"')
        domain = host.guests().defineXML(guest_xml("b", midonet() + card("nowhere")))
        expect_error(libvirt.VIR_ERR_NO_NETWORK, "nowhere", domain.create)
        assert mm_ctl.said() == ["--bind-port", "--unbind-port"] and taps() == []


# ---- 802.1Qbg ----

def need_macvtap():
    pairs("mv0")
    if subprocess.run("ip link add link mv0 name probe0 type macvtap mode bridge".split(), capture_output=True,
                      check=False).returncode != 0:
        raise harness.Skip("the kernel has no macvtap")
    ip("link", "del", "probe0")


def station(dev="mv0", more=""):
    return NIC.format(dev=dev, mode="vepa", port=QBG, more=more)


def expected(request, card_name="mv0", vlan=0):
    return {"card": card_name, "mac": MAC, "vf": lldpad.SELF, "vlan": vlan, "manager": 11, "version": 2, "type": 0x123456,
            "instance": ID.replace("-", ""), "request": request}


def test_station():
    need_macvtap()
    with Lldpad() as daemon, Hosts() as host:
        domain = host.guests().createXML(guest_xml("a", station()))
        assert daemon.requests == [expected(ASSOCIATE)], daemon.requests
        # Whoever speaks with the switch may have been started again meanwhile.
        host.daemon.kill()
        daemon.stop()
        daemon.start()
        host.daemon.start()
        wait_until(lambda: daemon.asked() == [ASSOCIATE] * 2, "lldpad is told again")
        domain = host.guests().lookupByName("a")
        domain.destroy()
        wait_until(lambda: macvtaps() == [], "the device goes with its guest")
        assert daemon.requests[-1] == expected(DISASSOCIATE) and len(daemon.requests) == 3
        # QEMU ends by itself.
        host.guests().createXML(guest_xml("b", station()))
        kill_qemu(host, "b")
        wait_until(lambda: daemon.asked()[3:] == [ASSOCIATE, DISASSOCIATE], "the port goes with its guest")
        # The guest has ended while no daemon ran.
        host.guests().createXML(guest_xml("c", station()))
        host.daemon.kill()
        kill_qemu(host, "c")
        host.daemon.start()
        wait_until(lambda: daemon.asked()[5:] == [ASSOCIATE, DISASSOCIATE] and macvtaps() == [], "and then, too")


def test_station_in_vlan():
    need_macvtap()
    if subprocess.run("ip link add link mv0 name mv0.7 type vlan id 7".split(), capture_output=True,
                      check=False).returncode != 0:
        raise harness.Skip("the kernel has no VLAN devices")
    with Lldpad() as daemon, Hosts() as host:
        domain = host.guests().createXML(guest_xml("a", station("mv0.7")))
        assert daemon.requests == [expected(ASSOCIATE, vlan=7)], daemon.requests
        domain.destroy()
        wait_until(lambda: daemon.asked() == [ASSOCIATE, DISASSOCIATE], "the port is given back")


def test_station_on_network():
    need_macvtap()
    with Lldpad() as daemon, Hosts() as host:
        network = host.networks().networkDefineXML(
            f"<network><name>s</name><forward mode='vepa'><interface dev='mv0'/></forward>{QBG}</network>")
        network.create()
        domain = host.guests().createXML(guest_xml("a", card("s")))
        assert daemon.asked() == [ASSOCIATE] and daemon.requests[0]["type"] == 0x123456
        network.destroy()
        network.create()
        wait_until(lambda: daemon.asked() == [ASSOCIATE] * 2, "the port is claimed again")
        domain.destroy()
        wait_until(lambda: daemon.asked()[2:] == [DISASSOCIATE] and port_ids(network) == [], "all is given up")


def other_socket():
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    sock.bind((0, 0))
    return sock


def test_station_is_taken_away():
    """By the switch, while its guest runs."""
    need_macvtap()
    instance, other = ID.replace("-", ""), "ff" * 16
    with Lldpad() as daemon, Hosts() as host, other_socket() as stranger:
        domain = host.guests().createXML(guest_xml("a", station()))
        assert daemon.known
        # Neither another's port, nor what is no such news, nor what anybody says.
        daemon.take_away(other, MAC)
        daemon.take_away(instance, MAC, request=ASSOCIATE)
        daemon.take_away(instance, MAC, sock=stranger)
        time.sleep(1)
        assert daemon.asked() == [ASSOCIATE], daemon.asked()
        # Told of it many times, it asks once.
        daemon.known.clear()
        for _ in range(50):
            daemon.take_away(instance, MAC)
        wait_until(lambda: daemon.asked() == [ASSOCIATE] * 2, "the port is asked for again")
        assert daemon.requests[-1] == expected(ASSOCIATE) and list(daemon.known) == [bytes.fromhex(instance)]
        time.sleep(1)
        assert daemon.asked() == [ASSOCIATE] * 2
        # A daemon that comes after the one that asked is told, too.
        host.daemon.kill()
        host.daemon.start()
        wait_until(lambda: daemon.asked() == [ASSOCIATE] * 3, "lldpad learns where the new one listens")
        daemon.take_away(instance, MAC)
        wait_until(lambda: daemon.asked() == [ASSOCIATE] * 4, "and again")
        # lldpad does not take it: the guest stays, and the next news counts.
        daemon.refusal = -errno.EINVAL
        daemon.take_away(instance, MAC)
        wait_until(lambda: len(daemon.asked()) == 5, "asked in vain")
        daemon.refusal = 0
        time.sleep(0.5)
        daemon.take_away(instance, MAC)
        wait_until(lambda: len(daemon.asked()) == 6 and daemon.known, "and once more")
        domain = host.guests().lookupByName("a")
        assert domain.isActive()
        domain.destroy()
        wait_until(lambda: daemon.asked()[6:] == [DISASSOCIATE], "the port is given back")
        # The guest is gone: nobody wants the port.
        daemon.take_away(instance, MAC)
        time.sleep(1)
        assert daemon.asked()[6:] == [DISASSOCIATE]


def test_station_is_refused():
    need_macvtap()
    with Hosts() as host:
        domain = host.guests().defineXML(guest_xml("a", station()))
        if not os.path.exists(lldpad.PID_FILE):
            expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "needs lldpad", domain.create)
        with Lldpad() as daemon:
            daemon.response = 5
            expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "refuses a port", domain.create)
            assert daemon.asked() == [ASSOCIATE, DISASSOCIATE] and macvtaps() == []
            daemon.response = None
            expect_error(libvirt.VIR_ERR_OPERATION_TIMEOUT, "has not answered", domain.create)
            assert daemon.asked()[2:] == [ASSOCIATE, DISASSOCIATE] and macvtaps() == []
            daemon.response = 0
            daemon.stop()
            expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "lldpad does not pass", domain.create)
            daemon.start()
            # A card that comes later cannot be had.
            stray = host.guests().defineXML(guest_xml("b", station() + card("nowhere")))
            expect_error(libvirt.VIR_ERR_NO_NETWORK, "nowhere", stray.create)
            assert daemon.asked()[4:] == [ASSOCIATE, DISASSOCIATE] and macvtaps() == []


# ---- 802.1Qbh, VLANs of functions: up to the kernel's own word ----

def test_profile_of_a_card_that_has_none():
    need_macvtap()
    with Hosts() as host:
        domain = host.guests().defineXML(guest_xml("a", NIC.format(dev="mv0", mode="private", port=QBH, more="")))
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "knows no ports with profiles (802.1Qbh): network device mv0",
                     domain.create)
        assert macvtaps() == []


class Function:
    """A /sys in which the link is that function of the card."""

    def __init__(self, name, card_name, number):
        self.folder = os.path.realpath(f"/sys/class/net/{name}")
        self.card_name, self.number = card_name, number

    def __enter__(self):
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", self.folder], check=True)
        os.makedirs(f"{self.folder}/card/net/{self.card_name}")
        for number in range(self.number + 1):
            os.makedirs(f"{self.folder}/function{number}")
            os.symlink(f"../function{number}", f"{self.folder}/card/virtfn{number}")
        os.symlink("../card", f"{self.folder}/function{self.number}/physfn")
        os.symlink(f"function{self.number}", f"{self.folder}/device")

    def __exit__(self, *problem):
        subprocess.run(["umount", self.folder], check=True)


def test_vlan_of_a_function():
    need_macvtap()
    with Hosts() as host:
        pool = host.networks().networkCreateXML("<network><name>p</name><forward mode='passthrough'><interface dev='mv0'/>"
                                                f"</forward>{VLAN}</network>")
        connection = host.guests()
        own = link("mv0")["address"]
        for nic in (NIC.format(dev="mv0", mode="passthrough", port="", more=VLAN), card("p")):
            domain = connection.defineXML(guest_xml("a", nic))
            expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "vlan can only be set for SR-IOV VFs, but mv0 is not a VF",
                         domain.create)
            domain.undefine()
        shared = NIC.format(dev="mv0", mode="vepa", port="", more=VLAN)
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "vlan tag not supported", connection.defineXML,
                     guest_xml("b", shared))
        trunk = VLAN.replace("</vlan>", "<tag id='6'/></vlan>")
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "vlan trunking is not supported", connection.defineXML,
                     guest_xml("b", NIC.format(dev="mv0", mode="passthrough", port="", more=trunk)))
        with Function("mv0", "xmv0", 3):
            domain = connection.defineXML(guest_xml("a", card("p")))
            expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "xmv0 has no virtual function 3", domain.create)
        assert macvtaps() == [] and port_ids(pool) == [] and link("mv0")["address"] == own
        assert not [name for name in os.listdir(f"{host.run_dir}/qemu/run") if "_vf" in name]


def prepare():
    guests.need_qemu()
    harness.need("ip", "tc", "unshare")
    namespace.enter()


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_") and callable(value)], prepare)
