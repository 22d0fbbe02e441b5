#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests' network cards and listen addresses on real bridges, in a network namespace of their own."""

import json
import socket
import subprocess
import xml.etree.ElementTree as ElementTree

import guests
import harness
import namespace
from guests import GuestHost, expect_error, guest_xml, libvirt, open_connection, vnc_xml

def ip(*arguments):
    return subprocess.run(["ip", "-json", *arguments], check=True, capture_output=True, text=True).stdout


def ports(bridge):
    return [link["ifname"] for link in json.loads(ip("link", "show", "master", bridge) or "[]")]


def bridge_network(name, bridge):
    return f"<network><name>{name}</name><forward mode='bridge'/><bridge name='{bridge}'/></network>"


def test_card_on_a_bridge():
    ip("link", "add", "tbr0", "type", "bridge")
    ip("link", "set", "tbr0", "up")
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        domain = connection.createXML(guest_xml("a", "<interface type='bridge'><source bridge='tbr0'/>"
                                                     "<mac address='52:54:00:11:22:33'/><model type='virtio'/></interface>"))
        card = ElementTree.fromstring(domain.XMLDesc()).find("devices/interface")
        tap = card.find("target").get("dev")
        assert tap.startswith("vnet") and ports("tbr0") == [tap]
        link = json.loads(ip("link", "show", tap))[0]
        assert link["address"] == "fe:54:00:11:22:33" and "UP" in link["flags"]
        assert domain.interfaceStats(tap)[0] >= 0
        assert "vnet" not in domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
        domain.destroy()
        guests.wait_until(lambda: ports("tbr0") == [], "the tap is gone")
        missing = connection.defineXML(guest_xml("b", "<interface type='bridge'><source bridge='nobr'/></interface>"))
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "nobr", missing.create)
        assert not [link for link in json.loads(ip("link", "show")) if link["ifname"].startswith("vnet")]


def test_card_on_a_network():
    ip("link", "add", "tbr1", "type", "bridge")
    ip("link", "set", "tbr1", "up")
    with GuestHost() as host:
        networks = libvirt.open(host.start("virtnetworkd").uri())
        network = networks.networkDefineXML(bridge_network("lan", "tbr1"))
        connection = open_connection(host.start("virtqemud"))
        card = "<interface type='network'><source network='lan'/><model type='virtio'/></interface>"
        domain = connection.defineXML(guest_xml("a", card))
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "not active", domain.create)
        network.create()
        domain.create()
        source = ElementTree.fromstring(domain.XMLDesc()).find("devices/interface/source")
        assert source.get("bridge") == "tbr1" and source.get("network") == "lan"
        assert len(ports("tbr1")) == 1
        assert "tbr1" not in domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)


def test_listen_on_a_bridge_network():
    ip("link", "add", "tbr2", "type", "bridge")
    ip("link", "set", "tbr2", "up")
    with GuestHost() as host:
        networks = libvirt.open(host.start("virtnetworkd").uri())
        networks.networkDefineXML(bridge_network("lan", "tbr2")).create()
        networks.networkDefineXML("<network><name>pool</name><forward mode='hostdev'><pf dev='eth7'/></forward>"
                                  "</network>")
        connection = open_connection(host.start("virtqemud"))
        domain = connection.defineXML(vnc_xml("a", "<listen type='network' network='lan'/>"))
        expect_error(libvirt.VIR_ERR_XML_ERROR, "network 'lan' has no address", domain.create)
        pool = connection.defineXML(vnc_xml("p", "<listen type='network' network='pool'/>"))
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "pool", pool.create)
        ip("address", "add", "10.77.0.1/24", "dev", "tbr2")
        domain.create()
        graphics = ElementTree.fromstring(domain.XMLDesc()).find("devices/graphics")
        assert graphics.find("listen").get("address") == "10.77.0.1" == graphics.get("listen")
        port = int(graphics.get("port"))
        with socket.create_connection(("10.77.0.1", port)) as viewer:
            assert viewer.recv(12).startswith(b"RFB ")
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            pass
        else:
            raise AssertionError("the server listens beyond the network's address")
        # The same port on another address is free.
        other = connection.createXML(vnc_xml("b"))
        assert int(ElementTree.fromstring(other.XMLDesc()).find("devices/graphics").get("port")) == port


def test_screen_follows_the_network():
    ip("link", "add", "tbr4", "type", "bridge")
    ip("link", "set", "tbr4", "up")
    ip("address", "add", "10.78.0.1/24", "dev", "tbr4")
    with GuestHost() as host:
        network_daemon = host.start("virtnetworkd")
        libvirt.open(network_daemon.uri()).networkDefineXML(bridge_network("lan", "tbr4")).create()
        daemon = host.start("virtqemud")
        connection = open_connection(daemon)
        connection.createXML(vnc_xml("a", "<listen type='network' network='lan'/>"))

        def move(old, new):
            ip("address", "add", f"{new}/24", "dev", "tbr4")
            ip("address", "del", f"{old}/24", "dev", "tbr4")
            domain = open_connection(daemon).lookupByName("a")
            guests.wait_until(lambda: f"listen='{new}'" in domain.XMLDesc(), f"the screen moves to {new}")
            port = int(ElementTree.fromstring(domain.XMLDesc()).find("devices/graphics").get("port"))
            with socket.create_connection((new, port)) as viewer:
                assert viewer.recv(12).startswith(b"RFB ")

        move("10.78.0.1", "10.79.0.1")
        daemon.kill()
        daemon.start()
        move("10.79.0.1", "10.80.0.1")
        network_daemon.kill()
        network_daemon.start()
        move("10.80.0.1", "10.81.0.1")

        def restart_network():
            network = libvirt.open(network_daemon.uri()).networkLookupByName("lan")
            network.destroy()
            network.create()

        restart_network()
        lost = "guest 'a': its screen stays where it was: "
        guests.wait_until(lambda: lost in daemon.log(), "the log says whom it concerns")
        open_connection(daemon).lookupByName("a").destroy()
        told = daemon.log().count(lost)
        restart_network()
        restart_network()
        open_connection(daemon).createXML(vnc_xml("b", "<listen type='network' network='lan'/>"))
        ip("address", "add", "10.82.0.1/24", "dev", "tbr4")
        ip("address", "del", "10.81.0.1/24", "dev", "tbr4")
        domain = open_connection(daemon).lookupByName("b")
        guests.wait_until(lambda: "listen='10.82.0.1'" in domain.XMLDesc(), "the next guest's screen is watched over again")
        assert daemon.log().count(lost) == told


def test_link_local_address():
    ip("link", "add", "tbr3", "type", "bridge")
    ip("link", "set", "tbr3", "up")
    ip("-6", "address", "add", "fe80::77/64", "dev", "tbr3", "nodad")
    with GuestHost() as host:
        networks = libvirt.open(host.start("virtnetworkd").uri())
        networks.networkDefineXML(bridge_network("lan", "tbr3")).create()
        connection = open_connection(host.start("virtqemud"))
        domain = connection.createXML(vnc_xml("a", "<listen type='network' network='lan'/>"))
        graphics = ElementTree.fromstring(domain.XMLDesc()).find("devices/graphics")
        assert "%tbr3" in graphics.get("listen")
        with socket.create_connection((graphics.get("listen"), int(graphics.get("port")))) as viewer:
            assert viewer.recv(12).startswith(b"RFB ")


def prepare():
    guests.need_qemu()
    harness.need("ip", "unshare")
    namespace.enter()


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")], prepare)
