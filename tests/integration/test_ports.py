#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests' interfaces and the ports of their networks: both daemons, real QEMUs and bridges, in a namespace."""

import json
import subprocess
import xml.etree.ElementTree as ElementTree

import guests
import harness
import namespace
from guests import GuestHost, expect_error, guest_xml, libvirt, open_connection, wait_until
from namespace import ip

OWN = """<network><name>own</name><bridge name='own0' {bridge}/><ip address='10.97.1.1' prefix='24'/>{more}</network>"""
CARD = "<interface type='network'><source network='{network}' {source}/><model type='virtio'/>{more}</interface>"


def link(name):
    out = subprocess.run(["ip", "-json", "-details", "link", "show", name], capture_output=True, text=True, check=True)
    return json.loads(out.stdout)[0]


def master(tap):
    return link(tap).get("master")


def card(network="own", source="", more=""):
    return CARD.format(network=network, source=source, more=more)


def interface(domain, flags=0):
    return ElementTree.fromstring(domain.XMLDesc(flags)).find("devices/interface")


def port_ids(network):
    return sorted(port.UUIDString() for port in network.listAllPorts())


def port_of(network, domain):
    return network.portLookupByUUIDString(interface(domain).find("source").get("portid"))


def can_police():
    """Whether the kernel knows limits of what enters a link."""
    ip("link", "add", "police0", "type", "bridge")
    ip("link", "set", "police0", "up")
    subprocess.run(["tc", "qdisc", "add", "dev", "police0", "ingress"], capture_output=True, check=False)
    limit = "tc filter add dev police0 parent ffff: protocol all u32 match u32 0 0 police rate 1mbit burst 64k drop"
    known = subprocess.run(limit.split(), capture_output=True, check=False).returncode == 0
    ip("link", "del", "police0")
    return known


def taps():
    return [name for name in namespace.links() if name.startswith("vnet")]


class Hosts(GuestHost):
    """Both daemons, and a connection to each."""

    def __enter__(self):
        super().__enter__()
        self.network_daemon = self.start("virtnetworkd")
        self.daemon = self.start("virtqemud")
        return self

    def __exit__(self, *problem):
        for network in self.networks().listAllNetworks(libvirt.VIR_CONNECT_LIST_NETWORKS_ACTIVE):
            network.destroy()
        super().__exit__(*problem)

    def networks(self):
        return libvirt.open(self.network_daemon.uri())

    def guests(self):
        return open_connection(self.daemon)

    def own(self, bridge="", more=""):
        return self.networks().networkCreateXML(OWN.format(bridge=bridge, more=more))


def test_port_of_a_guest():
    with Hosts() as host:
        network = host.own(more="<portgroup name='slow'><bandwidth><inbound average='1000'/></bandwidth></portgroup>"
                                "<port isolated='yes'/>")
        domain = host.guests().defineXML(guest_xml("a", card(source="portgroup='slow'")))
        domain.create()
        live = interface(domain)
        source, tap = live.find("source"), live.find("target").get("dev")
        assert live.get("type") == "network" and source.get("bridge") == "own0"
        assert [source.get("portid")] == port_ids(network)
        port = ElementTree.fromstring(port_of(network, domain).XMLDesc())
        assert port.find("owner/name").text == "a" and port.find("group").text == "slow"
        assert port.find("owner/uuid").text == domain.UUIDString()
        assert port.find("mac").get("address") == live.find("mac").get("address")
        # What the network says shows in what runs, and only there; and it holds.
        assert live.find("bandwidth/inbound").get("average") == "1000"
        assert live.find("port").get("isolated") == "yes"
        assert link(tap)["linkinfo"]["info_slave_data"]["isolated"] is True
        shape = subprocess.run(["tc", "class", "show", "dev", tap], capture_output=True, text=True, check=True).stdout
        assert "rate 8Mbit" in shape, shape
        inactive = interface(domain, libvirt.VIR_DOMAIN_XML_INACTIVE)
        migratable = interface(domain, libvirt.VIR_DOMAIN_XML_MIGRATABLE)
        for document in (inactive, migratable):
            assert document.find("bandwidth") is None and document.find("port") is None
            assert document.find("source").attrib == {"network": "own", "portgroup": "slow"}
        domain.destroy()
        wait_until(lambda: port_ids(network) == [] and taps() == [], "port and tap are given up")


def test_refusals_name_the_network():
    with Hosts() as host:
        connection, networks = host.guests(), host.networks()
        domain = connection.defineXML(guest_xml("a", card("nowhere")))
        expect_error(libvirt.VIR_ERR_NO_NETWORK, "nowhere", domain.create)
        networks.networkDefineXML(OWN.format(bridge="", more=""))
        domain = connection.defineXML(guest_xml("b", card()))
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "network 'own' is not active", domain.create)
        networks.networkLookupByName("own").create()
        domain = connection.defineXML(guest_xml("c", card(source="portgroup='none'")))
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "network 'own' has no portgroup 'none'", domain.create)
        # The second card cannot be had: the first one's port does not stay.
        domain = connection.defineXML(guest_xml("d", card() + card("nowhere")))
        expect_error(libvirt.VIR_ERR_NO_NETWORK, "nowhere", domain.create)
        domain = connection.defineXML(guest_xml("e", card(more="<vlan><tag id='4'/></vlan>")))
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "does not tell VLANs apart", domain.create)
        filtered = guest_xml("f", card(more="<filterref filter='clean'/>"))
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "network filter 'clean'", lambda: connection.defineXML(filtered))
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "network filter 'clean'", lambda: domain.updateDeviceFlags(
            card(more="<filterref filter='clean'/>").replace("<interface type='network'>", "<interface type='network'>" +
                                                             ElementTree.tostring(interface(domain).find("mac")).decode()),
            libvirt.VIR_DOMAIN_AFFECT_CONFIG))
        # QEMU itself fails.
        domain = connection.defineXML(guest_xml("g", card() + card(more="<alias name='ua-x'/>") +
                                                "<interface type='server'><source address='192.0.2.9' port='5'/>"
                                                "<model type='virtio'/></interface>"))
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "process exited", domain.create)
        wait_until(lambda: port_ids(networks.networkLookupByName("own")) == [], "no port is left")
        wait_until(lambda: taps() == [], "no tap is left")
        host.network_daemon.stop()
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "own", connection.lookupByName("b").create)
        host.network_daemon.start()


def test_mac_table_of_ours():
    if subprocess.run("ip link add filter0 type bridge vlan_filtering 1".split(), capture_output=True,
                      check=False).returncode != 0:
        raise harness.Skip("the kernel knows no VLAN filtering")
    ip("link", "del", "filter0")
    with Hosts() as host:
        host.own(bridge="macTableManager='libvirt'")
        domain = host.guests().createXML(guest_xml("a", card(more="<mac address='52:54:00:01:02:03'/>")))
        tap = interface(domain).find("target").get("dev")
        data = link(tap)["linkinfo"]["info_slave_data"]
        assert data["learning"] is False and data["flood"] is False
        table = subprocess.run(["bridge", "fdb", "show", "dev", tap], capture_output=True, text=True, check=True).stdout
        assert "52:54:00:01:02:03" in table, table


def is_isolated(tap):
    return link(tap)["linkinfo"]["info_slave_data"]["isolated"]


def test_network_starts_again():
    with Hosts() as host:
        network = host.networks().networkDefineXML(OWN.format(bridge="", more="<port isolated='yes'/>"))
        network.create()
        domain = host.guests().createXML(guest_xml("a", card()))
        tap = interface(domain).find("target").get("dev")
        assert master(tap) == "own0"
        before = port_ids(network)
        network.destroy()
        assert master(tap) is None
        network.create()
        wait_until(lambda: master(tap) == "own0", "the guest is back on its network")
        # It is isolated as soon as it is a port of the bridge.
        wait_until(lambda: is_isolated(tap), "it is isolated again")
        assert port_ids(network) == before
        # Somebody takes the bridge away, and virtnetworkd makes it again.
        ip("link", "delete", "own0")
        wait_until(lambda: master(tap) == "own0", "the guest is on the bridge that was made again")
        wait_until(lambda: is_isolated(tap), "it is isolated there")
        # Its bridge has another name now.
        network.destroy()
        network = host.networks().networkDefineXML(OWN.format(bridge="", more="").replace("own0", "own1").replace(
            "</name>", f"</name><uuid>{network.UUIDString()}</uuid>"))
        network.create()
        wait_until(lambda: master(tap) == "own1", "the guest is on the new bridge")
        wait_until(lambda: interface(domain).find("source").get("bridge") == "own1", "the document shows it")
        assert port_ids(network) == [interface(domain).find("source").get("portid")]
        domain.destroy()
        wait_until(lambda: port_ids(network) == [], "the port is given up")


def test_daemons_are_killed():
    with Hosts() as host:
        network = host.own()
        domain = host.guests().createXML(guest_xml("a", card()))
        ids = port_ids(network)
        tap = interface(domain).find("target").get("dev")
        # The networks' daemon finds its ports by itself.
        host.network_daemon.kill()
        host.network_daemon.start()
        network = host.networks().networkLookupByName("own")
        assert port_ids(network) == ids
        # A port that it has lost is told of again, whichever daemon comes back.
        network.listAllPorts()[0].delete()
        host.network_daemon.kill()
        host.network_daemon.start()
        network = host.networks().networkLookupByName("own")
        wait_until(lambda: port_ids(network) == ids, "the port is claimed again")
        network.listAllPorts()[0].delete()
        host.daemon.kill()
        host.daemon.start()
        wait_until(lambda: port_ids(network) == ids, "the port is claimed again")
        assert interface(host.guests().lookupByName("a")).find("source").get("portid") == ids[0]
        # A network that was started again while nobody looked.
        host.daemon.kill()
        network.destroy()
        network = host.own()
        assert master(tap) is None
        host.daemon.start()
        wait_until(lambda: master(tap) == "own0", "the guest is back on its network")
        assert port_ids(network) == ids
        # A guest that ended meanwhile.
        pid = guests.qemu_pid(host, "a")
        host.daemon.kill()
        subprocess.run(["kill", "-9", str(pid)], check=True)
        wait_until(lambda: not guests.is_alive(pid), "QEMU is gone")
        host.daemon.start()
        wait_until(lambda: port_ids(network) == [], "its port is given up")


def test_ports_that_nobody_wrote_down():
    """A daemon that is killed between asking for a port and writing it down."""
    with Hosts() as host:
        network = host.own()
        domain = host.guests().createXML(guest_xml("a", card()))
        document = port_of(network, domain).XMLDesc()
        host.daemon.kill()
        pid = guests.qemu_pid(host, "a")
        subprocess.run(["kill", "-9", str(pid)], check=True)
        subprocess.run(["rm", f"{host.run_dir}/qemu/run/a.xml"], check=True)
        foreign = network.portCreateXML(document.replace(port_ids(network)[0], "12345678-1234-4234-8234-123456789abc"))
        host.daemon.start()
        other = host.guests().createXML(guest_xml("b", card()))
        expected = sorted([foreign.UUIDString(), interface(other).find("source").get("portid")])
        wait_until(lambda: port_ids(network) == expected, "the port of the guest that is gone is given up, no other")


def test_bandwidth_without_a_network():
    ip("link", "add", "ptbr0", "type", "bridge")
    ip("link", "set", "ptbr0", "up", "mtu", "1400")
    outbound = "<outbound average='500'/>" if can_police() else ""
    with Hosts() as host:
        domain = host.guests().createXML(guest_xml(
            "a", "<interface type='bridge'><source bridge='ptbr0'/><model type='virtio'/><bandwidth>"
                 f"<inbound average='2000' peak='4000' burst='64'/>{outbound}</bandwidth>"
                 "<coalesce><rx><frames max='7'/></rx></coalesce></interface>"))
        tap = interface(domain).find("target").get("dev")
        shape = subprocess.run(["tc", "class", "show", "dev", tap], capture_output=True, text=True, check=True).stdout
        assert "rate 16Mbit ceil 32Mbit burst 64Kb cburst 1600b" in shape, shape
        police = subprocess.run(["tc", "filter", "show", "dev", tap, "ingress"], capture_output=True, text=True,
                                check=True).stdout
        assert not outbound or "rate 4Mbit" in police, police
        assert link(tap)["mtu"] == 1400 == link("ptbr0")["mtu"]


def test_ethernet():
    with Hosts() as host:
        script = f"{host.run_dir}/up"
        with open(script, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\nbasename $0 >> {host.run_dir}/called\necho $1 >> {host.run_dir}/called\n")
        subprocess.run(["chmod", "+x", script], check=True)
        subprocess.run(["ln", "-s", script, f"{host.run_dir}/down"], check=True)
        connection = host.guests()
        domain = connection.createXML(guest_xml(
            "a", "<interface type='ethernet'><source><ip address='192.0.2.1' family='ipv4' prefix='24' "
                 "peer='192.0.2.10'/><route family='ipv4' address='198.51.100.0' prefix='24' gateway='192.0.2.10'/>"
                 f"</source><script path='{script}'/><downscript path='{host.run_dir}/down'/><model type='virtio'/>"
                 "</interface>"))
        tap = interface(domain).find("target").get("dev")
        assert namespace.links()[tap][0] == "192.0.2.1"
        routes = subprocess.run(["ip", "route", "show", "dev", tap], capture_output=True, text=True, check=True).stdout
        assert "198.51.100.0/24 via 192.0.2.10" in routes, routes
        domain.destroy()

        def called():
            with open(f"{host.run_dir}/called", encoding="utf-8") as file:
                return file.read().split()

        wait_until(lambda: called() == ["up", tap, "down", tap], "the scripts are run")
        unmanaged = "<interface type='ethernet'><target dev='ptap0' managed='no'/><model type='virtio'/></interface>"
        domain = connection.defineXML(guest_xml("b", unmanaged))
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "target managed='no' but specified dev doesn't exist", domain.create)
        ip("tuntap", "add", "dev", "ptap0", "mode", "tap", "vnet_hdr")
        domain.create()
        assert "LOWER_UP" not in link("ptap0")["flags"] or link("ptap0")["operstate"] != "UP"
        domain.destroy()
        assert "ptap0" in namespace.links()


def test_queues():
    with Hosts() as host:
        host.own()
        domain = host.guests().createXML(guest_xml("a", card(more="<driver name='qemu' queues='3'/>")))
        assert len(taps()) == 1
        assert interface(domain).find("driver").get("queues") == "3"


def prepare():
    guests.need_qemu()
    harness.need("ip", "tc", "bridge", "unshare")
    namespace.enter()


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")], prepare)
