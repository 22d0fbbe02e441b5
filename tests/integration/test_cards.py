#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A running guest's network cards, changed and asked about: cable, limits, addresses."""

import subprocess

import guests
import harness
import namespace
from guests import expect_error, guest_xml, libvirt, wait_until
from namespace import ip
from test_network_virsh import Virsh
from test_ports import Hosts, card, interface, link

NET = """<network><name>own</name><bridge name='own0'/>{bandwidth}<ip address='10.98.1.1' prefix='24'>
<dhcp><range start='10.98.1.10' end='10.98.1.19'/></dhcp></ip></network>"""
MAC = "52:54:00:98:00:01"
MAC_XML = f"<mac address='{MAC}'/>"
UPDATE = "<interface type='network'><mac address='{mac}'/><source network='own'/><model type='virtio'/>{more}</interface>"
LIMITS = ["inbound.average", "inbound.peak", "inbound.floor", "inbound.burst", "outbound.average", "outbound.peak",
          "outbound.burst"]


def shape(tap):
    return subprocess.run(["tc", "class", "show", "dev", tap], capture_output=True, text=True, check=True).stdout


def start(host, bandwidth="", more=""):
    host.networks().networkCreateXML(NET.format(bandwidth=bandwidth))
    domain = host.guests().defineXML(guest_xml("a", card(more=MAC_XML + more)))
    domain.create()
    return domain, interface(domain).find("target").get("dev")


def test_cable():
    with Hosts() as host:
        domain, tap = start(host, more="<link state='down'/>")
        virsh = Virsh(host, host.daemon)
        assert virsh("domif-getlink", "a", tap).split() == [tap, "down"]
        assert virsh.json("domif-getlink", "a", MAC) == {"state": "down"}
        assert "Device updated successfully" in virsh("domif-setlink", "a", tap, "up")
        assert virsh.json("domif-getlink", "a", tap) == {"state": "up"}
        assert interface(domain).find("link").get("state") == "up"
        assert interface(domain, libvirt.VIR_DOMAIN_XML_INACTIVE).find("link").get("state") == "down"
        virsh("domif-setlink", "a", MAC, "up", "--config")
        assert interface(domain, libvirt.VIR_DOMAIN_XML_INACTIVE).find("link").get("state") == "up"
        virsh.fails("invalid link state", "domif-setlink", "a", tap, "sideways")
        virsh.fails("not found", "domif-setlink", "a", "vnet99", "up")
        # It is the guest that sees it; the host's end stays.
        virsh("domif-setlink", "a", tap, "down")
        assert "UP" in link(tap)["flags"]
        host.daemon.kill()
        host.daemon.start()
        assert virsh.json("domif-getlink", "a", tap) == {"state": "down"}


def test_cable_seen_by_the_guest():
    """Two firmwares look for a network; one has no cable."""
    with Hosts() as host:
        start(host, more="<boot order='1'/>")
        cut = host.guests().createXML(guest_xml("cut", card(more="<boot order='1'/><link state='down'/>")))
        tap = interface(cut).find("target").get("dev")
        network = host.networks().networkLookupByName("own")
        wait_until(network.DHCPLeases, "the one with a cable has a lease", timeout=60)
        sent_packets = cut.interfaceStats(tap)[5]
        assert sent_packets == 0, sent_packets
        Virsh(host, host.daemon)("domif-setlink", "cut", tap, "up")
        cut.reset()
        wait_until(lambda: len(network.DHCPLeases()) == 2, "the other has one too", timeout=60)


def test_update_of_an_interface():
    with Hosts() as host:
        domain, _ = start(host)
        live, config = libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG
        update = domain.updateDeviceFlags
        expect_error(libvirt.VIR_ERR_DEVICE_MISSING, "52:54:00:00:00:09", update,
                     UPDATE.format(mac="52:54:00:00:00:09", more=""), live)
        expect_error(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "cannot modify network device mtu", update,
                     UPDATE.format(mac=MAC, more="<mtu size='1400'/>"), live)
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "power of two", update,
                     UPDATE.format(mac=MAC, more="<driver rx_queue_size='1000'/>"), config)
        update(UPDATE.format(mac=MAC, more="<mtu size='1400'/>"), config)
        inactive = interface(domain, libvirt.VIR_DOMAIN_XML_INACTIVE)
        assert inactive.find("mtu").get("size") == "1400" and inactive.find("address") is not None
        assert interface(domain).find("mtu") is None


def test_limits():
    network_limit = "<bandwidth><inbound average='10000'/></bandwidth>"
    with Hosts() as host:
        domain, tap = start(host, network_limit)
        virsh = Virsh(host, host.daemon)
        assert virsh.json("domiftune", "a", tap) == {name.replace(".", "_"): 0 for name in LIMITS}
        virsh("domiftune", "a", tap, "--inbound", "2000,4000,64", "--live")
        assert domain.interfaceParameters(MAC)["inbound.peak"] == 4000
        assert "rate 16Mbit" in shape(tap) and "ceil 32Mbit" in shape(tap)
        assert link(tap)["qdisc"] == "htb"
        assert domain.interfaceParameters(MAC, libvirt.VIR_DOMAIN_AFFECT_CONFIG)["inbound.average"] == 0
        port = host.networks().networkLookupByName("own").listAllPorts()[0]
        assert "average='2000'" in port.XMLDesc()
        # A floor is the network's to promise.
        domain.setInterfaceParameters(tap, {"inbound.average": 2000, "inbound.floor": 300}, libvirt.VIR_DOMAIN_AFFECT_LIVE)
        assert "rate 2400Kbit" in shape("own0"), shape("own0")
        assert "floor='300'" in port.XMLDesc() and "peak" not in port.XMLDesc()
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "network 'own'", domain.setInterfaceParameters, tap,
                     {"inbound.average": 1, "inbound.floor": 20000}, libvirt.VIR_DOMAIN_AFFECT_LIVE)
        assert domain.interfaceParameters(tap)["inbound.floor"] == 300
        domain.setInterfaceParameters(tap, {"inbound.average": 0}, libvirt.VIR_DOMAIN_AFFECT_LIVE)
        assert shape(tap) == "" and interface(domain).find("bandwidth") is None
        assert link(tap)["qdisc"] == "noqueue"
        virsh("domiftune", "a", MAC, "--inbound", "500", "--config")
        inactive = interface(domain, libvirt.VIR_DOMAIN_XML_INACTIVE)
        assert inactive.find("bandwidth/inbound").attrib == {"average": "500"}
        assert interface(domain).find("bandwidth") is None
        virsh.fails("inbound format is incorrect", "domiftune", "a", tap, "--inbound", "x")
        virsh.fails("Can't find device", "domiftune", "a", "vnet99")


def test_packets_do_not_queue():
    """The bridge hands packets on at once; what the kernel gives a tap of two queues by itself are 256 queues."""
    with Hosts() as host:
        _, tap = start(host, more="<driver queues='2'/>")
        assert link(tap)["qdisc"] == "noqueue"


def test_addresses():
    """The firmware's network boot asks for an address."""
    with Hosts() as host:
        domain, tap = start(host, more="<boot order='1'/>")
        virsh = Virsh(host, host.daemon)
        assert domain.interfaceAddresses(libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP) == {}
        expect_error(libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED, "guest agent is not configured", domain.interfaceAddresses,
                     libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT)
        wait_until(lambda: virsh.json("domifaddr", "a"), "the guest has a lease", timeout=60)
        lease = domain.interfaceAddresses(libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE)
        address = lease[tap]["addrs"][0]
        assert lease[tap]["hwaddr"] == MAC and address["addr"].startswith("10.98.1.1") and address["prefix"] == 24
        row = {"name": tap, "mac": MAC, "protocol": "ipv4", "address": f"{address['addr']}/24"}
        assert virsh.json("domifaddr", "a", "--source", "lease") == [row]
        assert virsh.json("domifaddr", "a", "--interface", "vnet99") == []
        ip("neighbour", "replace", "10.98.1.200", "lladdr", MAC, "dev", "own0")
        known = domain.interfaceAddresses(libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP)[tap]["addrs"]
        assert "10.98.1.200" in [entry["addr"] for entry in known]
        virsh.fails("Unknown data source", "domifaddr", "a", "--source", "guess")


def test_connection_comes_back():
    """After its network was started again the guest gets an address again, without having been started again."""
    with Hosts() as host:
        network = host.networks().networkDefineXML(NET.format(bandwidth=""))
        network.create()
        domain = host.guests().createXML(guest_xml("a", card(more=MAC_XML + "<boot order='1'/>")))
        wait_until(network.DHCPLeases, "the guest has a lease", timeout=60)
        network.destroy()
        subprocess.run(["sh", "-c", f"rm -f {host.root}/config/libvirt/dnsmasq/own.leases"], check=True)
        network.create()
        tap = interface(domain).find("target").get("dev")
        wait_until(lambda: link(tap).get("master") == "own0", "the guest is back on its network")
        assert network.DHCPLeases() == []
        domain.reset()
        wait_until(network.DHCPLeases, "the guest has a lease again", timeout=60)
        domain.destroy()
        network.undefine()


def prepare():
    guests.need_qemu()
    harness.need("ip", "tc", "dnsmasq", "unshare")
    namespace.enter()


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")], prepare)
