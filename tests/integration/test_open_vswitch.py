#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests on bridges of a real Open vSwitch: what it is told, and which packets come through."""

import json
import os
import signal
import socket
import struct
import subprocess
import time

import guests
import harness
import namespace
import switch
from guests import expect_error, guest_xml, libvirt, wait_until
from switch import Switch
from test_ports import Hosts, card, interface, port_ids

NIC = ("<interface type='bridge'><mac address='{mac}'/><source bridge='{bridge}'/><virtualport type='openvswitch'>"
       "{parameters}</virtualport><model type='virtio'/>{more}</interface>")
ID = "09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f"
MAC = "52:54:00:00:00:01"
QUIET, ASKING = "<rom enabled='no'/>", "<boot order='1'/>"
NETWORK = """<network><name>sw</name><forward mode='bridge'/><bridge name='ovsbr0'/>
<virtualport type='openvswitch'><parameters profileid='np'/></virtualport>
<portgroup name='a' default='yes'><vlan><tag id='10'/></vlan></portgroup>
<portgroup name='b'><vlan trunk='yes'><tag id='10'/><tag id='20' nativeMode='untagged'/></vlan>
<bandwidth><inbound average='1000'/></bandwidth></portgroup></network>"""


def nic(more="", parameters="", bridge="ovsbr0", mac=MAC):
    return NIC.format(more=more, parameters=parameters, bridge=bridge, mac=mac)


def tap_of(domain):
    return interface(domain).find("target").get("dev")


def vlan_of(ovs, name):
    port = ovs.record("Port", name)
    return port["tag"], port["trunks"], port["vlan_mode"]


def kill_qemu(host, name):
    pid = guests.qemu_pid(host, name)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not guests.is_alive(pid), "QEMU is gone")


def limits(ovs):
    return len(ovs.table("QoS")) + len(ovs.table("Queue"))


def test_what_the_switch_is_told():
    """The same as libvirt 9.0 tells it, document by document."""
    tag = "<tag id='{}'/>".format
    vlans = (
        ("", ([], [], [])),
        (f"<vlan>{tag(42)}</vlan>", (42, [], [])),
        (f"<vlan trunk='yes'>{tag(42)}</vlan>", ([], 42, [])),
        (f"<vlan trunk='yes'>{tag(42)}{tag(47)}</vlan>", ([], [42, 47], [])),
        (f"<vlan>{tag(42)}<tag id='123' nativeMode='tagged'/></vlan>", (123, [42, 123], "native-tagged")),
        (f"<vlan>{tag(42)}<tag id='123' nativeMode='untagged'/></vlan>", (123, [42, 123], "native-untagged")),
    )
    with Switch() as ovs, Hosts() as host:
        connection = host.guests()
        for more, expected in vlans:
            domain = connection.createXML(guest_xml("a", nic(more)))
            assert vlan_of(ovs, tap_of(domain)) == expected, (more, vlan_of(ovs, tap_of(domain)))
            domain.destroy()
            wait_until(lambda: ovs.ports() == [], "the port goes with its guest")
        domain = connection.defineXML(guest_xml("b", nic()))
        made_up = interface(domain).find("virtualport/parameters").get("interfaceid")
        domain.create()
        assert interface(domain).find("virtualport/parameters").get("interfaceid") == made_up
        ids = ovs.record("Interface", tap_of(domain))["external_ids"]
        assert ids.pop("modvirt") == f"{host.run_dir}/qemu/run"
        assert ids == {"attached-mac": MAC, "iface-id": made_up, "iface-status": "active", "vm-id": domain.UUIDString()}
        domain.destroy()
        odd = "<parameters interfaceid='%s' profileid='a &quot;b\\c, d=e'/>" % ID
        domain = connection.createXML(guest_xml("c", nic("<target dev='odd0'/>", odd)))
        ids = ovs.record("Interface", "odd0")["external_ids"]
        assert ids["iface-id"] == ID and ids["port-profile"] == 'a "b\\c, d=e' and ids["ifname"] == "odd0", ids
        domain.destroy()
        wait_until(lambda: ovs.ports() == [], "the port goes with its guest")


def test_limits():
    bandwidth = ("<bandwidth><inbound average='1000' peak='5000' burst='1024'/>"
                 "<outbound average='128' peak='256' burst='256'/></bandwidth>")
    with Switch() as ovs, Hosts() as host:
        domain = host.guests().createXML(guest_xml("a", nic(bandwidth)))
        tap = tap_of(domain)
        rates = {"min-rate": "8000000", "max-rate": "40000000", "burst": "8388608"}
        [qos], [queue] = ovs.table("QoS"), ovs.table("Queue")
        assert qos["type"] == "linux-htb" and qos["other_config"] == rates == queue["other_config"], qos
        ids = {"ifname": tap, "vm-id": domain.UUIDString(), "modvirt": f"{host.run_dir}/qemu/run"}
        assert qos["external_ids"] == ids == queue["external_ids"]
        assert ovs.record("Port", tap)["qos"] == qos["_uuid"] and qos["queues"] == {0: queue["_uuid"]}
        link = ovs.record("Interface", tap)
        assert (link["ingress_policing_rate"], link["ingress_policing_burst"]) == (1024, 2048), link
        # Changed while the guest runs: an average alone is what the guest gets.
        domain.setInterfaceParameters(tap, {"inbound.average": 2000, "inbound.peak": 0, "inbound.burst": 0})
        [qos] = ovs.table("QoS")
        assert qos["other_config"] == {"min-rate": "16000000", "max-rate": "16000000"} and limits(ovs) == 2, qos
        assert ovs.record("Interface", tap)["ingress_policing_rate"] == 1024
        domain.destroy()
        wait_until(lambda: ovs.ports() == [] and limits(ovs) == 0, "nothing is left of the limits")


def listen(link):
    """A socket that hears all that comes out of the link, and shows VLAN tags."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    sock.bind((link, 0))
    sock.setsockopt(263, 8, 1)  # SOL_PACKET, PACKET_AUXDATA
    sock.settimeout(0.2)
    return sock


def hear(sock, mac, seconds):
    """The VLAN tags (None: none) of packets that came from mac, as soon as there is one."""
    source, tags = bytes.fromhex(mac.replace(":", "")), set()
    deadline = time.monotonic() + seconds  # whatever else is heard meanwhile
    while time.monotonic() < deadline:
        try:
            packet, extra, _, _ = sock.recvmsg(2048, 256)
        except TimeoutError:
            continue
        if packet[6:12] != source:
            continue
        inside = struct.unpack("!H", packet[14:16])[0] & 0xfff if packet[12:14] == b"\x81\x00" else None
        beside = [struct.unpack("=IIIHHHH", data[:20]) for level, kind, data in extra if (level, kind) == (263, 8)]
        beside = [entry[5] & 0xfff for entry in beside if entry[0] & 0x10]  # TP_STATUS_VLAN_VALID
        tags.add(beside[0] if beside else inside)
        if tags:
            return tags
    return tags


def received(domain):
    return domain.interfaceStats(tap_of(domain))[1]


def check_who_hears_whom(connection, nic):
    """One guest's firmware asks for an address; others are silent and count. nic makes a card on a bridge that has the
    ports end10, in VLAN 10, end20, in VLAN 20, and endall, in both with tags."""
    ends = {name: listen(f"x{name}") for name in ("end10", "end20", "endall")}
    vlan = "<vlan><tag id='{}'/></vlan>".format
    same = connection.createXML(guest_xml("same", nic(vlan(10) + QUIET, "52:54:00:00:00:02")))
    other = connection.createXML(guest_xml("other", nic(vlan(20) + QUIET, "52:54:00:00:00:03")))
    connection.createXML(guest_xml("asking", nic(vlan(10) + ASKING)))
    assert hear(ends["endall"], MAC, 120) == {10}
    assert hear(ends["end10"], MAC, 60) == {None}
    wait_until(lambda: received(same) > 0, "a guest in the same VLAN hears it", timeout=60)
    assert hear(ends["end20"], MAC, 2) == set()
    assert received(other) == 0
    # In the other VLAN they hear what is sent there.
    ends["end20"].send(b"\xff" * 6 + bytes.fromhex("525400000009") + b"\x88\xb5" + bytes(50))
    wait_until(lambda: received(other) > 0, "a guest in VLAN 20 hears its neighbour")
    for sock in ends.values():
        sock.close()


def test_who_hears_whom():
    with Switch() as ovs, Hosts() as host:
        ovs.add_end("end10", "tag=10")
        ovs.add_end("end20", "tag=20")
        ovs.add_end("endall")
        check_who_hears_whom(host.guests(), lambda more, mac=MAC: nic(more, mac=mac))


def test_network():
    with Switch() as ovs, Hosts() as host:
        network = host.networks().networkDefineXML(NETWORK)
        network.create()
        connection = host.guests()
        domain = connection.createXML(guest_xml("a", card("sw")))
        live = interface(domain)
        assert live.get("type") == "bridge" and live.find("source").get("bridge") == "ovsbr0"
        assert live.find("virtualport/parameters").get("profileid") == "np"
        assert vlan_of(ovs, tap_of(domain)) == (10, [], [])
        ids = ovs.record("Interface", tap_of(domain))["external_ids"]
        assert ids["port-profile"] == "np"
        assert ids["iface-id"] == live.find("virtualport/parameters").get("interfaceid")
        port = network.listAllPorts()[0].XMLDesc()
        assert ids["iface-id"] in port and "<tag id='10'/>" in port and "bridge='ovsbr0'" in port, port
        domain.destroy()
        # Own parameters join the network's, and the id is the guest's for good.
        domain = connection.defineXML(guest_xml("b", card("sw", "portgroup='b'", "<virtualport type='openvswitch'/>")))
        ident = interface(domain).find("virtualport/parameters").get("interfaceid")
        domain.create()
        assert vlan_of(ovs, tap_of(domain)) == (20, [10, 20], "native-untagged")
        assert ovs.record("Interface", tap_of(domain))["external_ids"]["iface-id"] == ident and limits(ovs) == 2
        # Without its group it would be in all VLANs.
        stray = connection.defineXML(guest_xml("c", card("sw", "portgroup='none'")))
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "network 'sw' has no portgroup 'none'", stray.create)
        # The port carries packets while its network is started again.
        before = ovs.record("Interface", tap_of(domain))["_uuid"]
        ports = port_ids(network)
        network.destroy()
        assert ovs.ports() == [tap_of(domain)]
        network.create()
        wait_until(lambda: port_ids(network) == ports, "the port is claimed again")
        assert ovs.record("Interface", tap_of(domain))["_uuid"] == before
        # What somebody took away comes back with the next start.
        ovs.vsctl("del-port", tap_of(domain))
        network.destroy()
        network.create()
        wait_until(lambda: ovs.ports() == [tap_of(domain)], "the guest is back on its bridge")
        assert vlan_of(ovs, tap_of(domain)) == (20, [10, 20], "native-untagged")
        wait_until(lambda: ovs.record("Port", tap_of(domain))["qos"] != [], "with its limits")
        assert limits(ovs) == 2
        domain.destroy()
        wait_until(lambda: ovs.ports() == [] and port_ids(network) == [] and limits(ovs) == 0, "all is given up")


def test_network_starts_while_its_guest_ends():
    """One hand makes a port again while the other gives it up: nothing stays, whoever is faster."""
    with Switch() as ovs, Hosts() as host:
        network = host.networks().networkDefineXML(NETWORK)
        network.create()
        domain = host.guests().defineXML(guest_xml("a", card("sw", "portgroup='b'")))
        for round_ in range(8):
            domain.create()
            network.destroy()
            network.create()
            time.sleep(0.012 * round_)
            domain.destroy()
            wait_until(lambda: ovs.ports() == [] and port_ids(network) == [] and limits(ovs) == 0, "all is given up")


def test_live_changes():
    with Switch() as ovs, Hosts() as host:
        parameters = f"<parameters interfaceid='{ID}'/>"
        domain = host.guests().createXML(guest_xml("a", nic("<vlan><tag id='42'/></vlan>", parameters)))
        live, tap = libvirt.VIR_DOMAIN_AFFECT_LIVE, tap_of(domain)
        domain.updateDeviceFlags(nic("<vlan><tag id='42'/></vlan><link state='down'/>", parameters), live)
        assert interface(domain).find("link").get("state") == "down" and vlan_of(ovs, tap) == (42, [], [])
        # Ids that are not given are those that it has.
        for vlan, expected in (("<vlan><tag id='43'/></vlan>", (43, [], [])), ("", ([], [], [])),
                               ("<vlan><tag id='1'/><tag id='2' nativeMode='untagged'/></vlan>",
                                (2, [1, 2], "native-untagged"))):
            domain.updateDeviceFlags(nic(vlan), live)
            assert vlan_of(ovs, tap) == expected, vlan_of(ovs, tap)
            assert (interface(domain).find("vlan") is not None) == (vlan != "")
            assert ovs.record("Interface", tap)["external_ids"]["iface-id"] == ID
        host.daemon.kill()
        host.daemon.start()
        domain = host.guests().lookupByName("a")
        assert len(interface(domain).findall("vlan/tag")) == 2
        other = parameters.replace("a4f", "a40")
        expect_error(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "", domain.updateDeviceFlags,
                     nic("<vlan><tag id='42'/></vlan>", other), live)


def test_daemons_are_killed():
    with Switch() as ovs, Hosts() as host:
        ovs.add_end("foreign0")
        running = host.guests().createXML(guest_xml("a", nic("<vlan><tag id='5'/></vlan>")))
        host.guests().createXML(guest_xml("b", nic("<bandwidth><inbound average='1000'/></bandwidth>")))
        tap, record = tap_of(running), ovs.record("Interface", tap_of(running))["_uuid"]
        assert len(ovs.ports()) == 3
        host.daemon.kill()
        kill_qemu(host, "b")
        assert len(ovs.ports()) == 3
        host.daemon.start()
        wait_until(lambda: sorted(ovs.ports()) == ["foreign0", tap] and limits(ovs) == 0, "the dead guest's port is gone")
        assert ovs.record("Interface", tap)["_uuid"] == record
        # One that nobody wrote down, as when the host itself went down.
        host.daemon.kill()
        kill_qemu(host, "a")
        os.remove(f"{host.run_dir}/qemu/run/a.xml")
        host.daemon.start()
        wait_until(lambda: ovs.ports() == ["foreign0"], "a port that nobody has is gone, no other")
        # The same when only its limits are left.
        limited = host.guests().createXML(guest_xml("l", nic("<bandwidth><inbound average='1000'/></bandwidth>")))
        tap = tap_of(limited)
        host.daemon.kill()
        ovs.vsctl("del-port", tap)
        kill_qemu(host, "l")
        os.remove(f"{host.run_dir}/qemu/run/l.xml")
        assert limits(ovs) == 2
        host.daemon.start()
        wait_until(lambda: limits(ovs) == 0, "limits that nobody has are gone")
        # QEMU ends by itself.
        host.guests().createXML(guest_xml("c", nic()))
        kill_qemu(host, "c")
        wait_until(lambda: ovs.ports() == ["foreign0"], "the port goes with its guest")
        # And what is left under a name does not matter to who gets it next.
        ovs.vsctl("add-port", "ovsbr0", "vnet0", "tag=9", "trunks=7", "--", "set", "Interface", "vnet0", "type=dummy")
        domain = host.guests().createXML(guest_xml("d", nic("<target dev='again0'/>")))
        assert vlan_of(ovs, tap_of(domain)) == ([], [], [])


def test_refusals():
    with Switch() as ovs, Hosts() as host:
        connection = host.guests()
        isolated = guest_xml("a", nic("<port isolated='yes'/>"))
        text = "<port isolated='yes'/> is not supported for network interfaces with virtualport type='openvswitch'"
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, text, connection.defineXML, isolated)
        host.networks().networkCreateXML("<network><name>sw</name><forward mode='bridge'/><bridge name='ovsbr0'/>"
                                         "<virtualport type='openvswitch'/><port isolated='yes'/></network>")
        domain = connection.defineXML(guest_xml("a", card("sw")))
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, text, domain.create)
        domain = connection.defineXML(guest_xml("b", nic(bridge="nobr")))
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "Open vSwitch bridge 'nobr': no bridge named nobr", domain.create)
        namespace.ip("link", "add", "linux0", "type", "bridge")
        domain = connection.defineXML(guest_xml("c", nic(bridge="linux0")))
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "Open vSwitch bridge 'linux0'", domain.create)
        # Later cards cannot be had: the port of the first does not stay.
        domain = connection.defineXML(guest_xml("d", nic() + card("nowhere")))
        expect_error(libvirt.VIR_ERR_NO_NETWORK, "nowhere", domain.create)
        assert ovs.ports() == []
        parameters = {"802.1Qbg": f"managerid='1' typeid='2' typeidversion='3' instanceid='{ID}'",
                      "802.1Qbh": "profileid='x'"}
        for kind, values in parameters.items():
            document = guest_xml("e", nic(parameters=f"<parameters {values}/>").replace("openvswitch", kind))
            expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, f"virtualport type '{kind}'", connection.defineXML, document)
            expect_error(libvirt.VIR_ERR_XML_ERROR, f"in <virtualport type='{kind}'>", connection.defineXML,
                         guest_xml("f", nic().replace("openvswitch", kind)))
        namespace.ip("link", "del", "linux0")


def test_switch_does_not_answer():
    with Switch() as ovs, Hosts() as host:
        host.daemon.stop()
        host.configure("virtqemud", "ovs_timeout = 1\n")
        host.daemon.start()
        connection = host.guests()
        domain = connection.defineXML(guest_xml("a", nic()))
        ovs.end("ovs-vswitchd")
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "within 1 s; does ovs-vswitchd run?", domain.create)
        assert ovs.ports() == []
        ovs.start_switch()
        wait_until(lambda: ovs.vsctl("--timeout=10", "show") is not None, "the switch is back")
        domain.create()
        tap = tap_of(domain)
        # A guest ends, with a switch or without.
        ovs.end("ovs-vswitchd")
        domain.destroy()
        wait_until(lambda: tap not in ovs.ports(), "the port is forgotten")
        ovs.end("ovsdb-server")
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "database connection failed", domain.create)
        # No program at all.
        host.daemon.stop()
        tools = os.path.join(host.root, "tools")
        os.mkdir(tools)
        for program in ("qemu-system-x86_64", "qemu-img"):
            os.symlink(subprocess.run(["which", program], capture_output=True, text=True, check=True).stdout.strip(),
                       os.path.join(tools, program))
        host.env["PATH"] = tools
        host.daemon.start()
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "Open vSwitch is not installed: there is no ovs-vsctl",
                     host.guests().lookupByName("a").create)


def findings(host, guest):
    """Check -> state and words, of what virt-network-check finds on network sw."""
    program, uri = harness.find_binary("virt-network-check"), host.network_daemon.uri()
    out = host.run(program, "--connect", uri, "sw", "--guest", guest, "--output", "json", check=False)
    return {entry["check"]: (entry["state"], entry["says"]) for entry in json.loads(out.stdout)}


def test_network_check():
    with Switch() as ovs, Hosts() as host:
        host.networks().networkCreateXML(NETWORK)
        domain = host.guests().createXML(guest_xml("a", card("sw")))
        found = findings(host, "a")
        assert found["switch"] == ("fine", "Open vSwitch has bridge ovsbr0") and found["guest"][0] == "fine", found
        assert "vlans" not in found and "link" not in found, found
        ovs.vsctl("del-port", tap_of(domain))
        found = findings(host, "a")
        assert found["guest"][0] == "problem" and "is not in ovsbr0" in found["guest"][1], found
        ovs.end("ovs-vswitchd")
        found = findings(host, "a")
        assert found["switch"][0] == "problem" and "ovs-vswitchd does not run" in found["switch"][1], found
        ovs.vsctl("--no-wait", "del-br", "ovsbr0")
        found = findings(host, "a")
        assert found["switch"][0] == "problem" and "no row" in found["switch"][1], found


def prepare():
    guests.need_qemu()
    harness.need("ip", "unshare")
    switch.need()
    namespace.enter()


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")], prepare)
