#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""VLANs of guests on the kernel's bridges: who is in which, who hears whom, and DHCP from within."""

import json
import subprocess

import guests
import harness
import namespace
from guests import expect_error, guest_xml, libvirt, wait_until
from namespace import ip
from test_open_vswitch import ASKING, MAC, check_who_hears_whom, findings, tap_of
from test_ports import Hosts, card, interface, link, master

OWN = """<network><name>own</name><bridge name='own0' stp='off' {bridge}/>
<ip address='10.97.1.1' prefix='24'><dhcp><range start='10.97.1.10' end='10.97.1.19'/></dhcp></ip>{more}</network>"""
NIC = "<interface type='bridge'><mac address='{mac}'/><source bridge='vt0'/><model type='virtio'/>{more}</interface>"
TAG = "<vlan><tag id='{}'/></vlan>"
GROUPS = """<portgroup name='four'><vlan><tag id='4'/></vlan></portgroup>
<portgroup name='five'><vlan><tag id='5'/></vlan></portgroup>"""


def nic(more="", mac=MAC):
    return NIC.format(more=more, mac=mac)


def vlans(name):
    """Id -> flags of a link's VLANs, as bridge(8) shows them."""
    out = subprocess.run(["bridge", "-json", "vlan", "show", "dev", name], capture_output=True, text=True, check=True)
    found = {}
    for entry in (json.loads(out.stdout or "[]") or [{"vlans": []}])[0]["vlans"]:
        for number in range(entry["vlan"], entry.get("vlanEnd", entry["vlan"]) + 1):
            found[number] = set(entry.get("flags", []))
    return found


ACCESS = {"PVID", "Egress Untagged"}


def filters(bridge):
    return link(bridge)["linkinfo"]["info_data"]["vlan_filtering"] == 1


def add_bridge(*options):
    subprocess.run(["ip", "link", "del", "vt0"], capture_output=True, check=False)
    ip("link", "add", "vt0", "type", "bridge", *options)
    ip("link", "set", "vt0", "up")


def add_end(name, bridge, *wanted):
    """A port of the bridge in these VLANs (with flags), whose other end is the link xNAME."""
    ip("link", "add", name, "type", "veth", "peer", "name", f"x{name}")
    ip("link", "set", name, "master", bridge)
    for end in (name, f"x{name}"):
        ip("link", "set", end, "up")
    for vlan in (("del", "1"), *(("add", *words) for words in wanted)):
        subprocess.run(["bridge", "vlan", vlan[0], "dev", name, "vid", *vlan[1:]], check=True)


def test_documents():
    cases = (
        ("", {1: ACCESS}),
        (TAG.format(42), {42: ACCESS}),
        ("<vlan trunk='yes'><tag id='42'/></vlan>", {42: set()}),
        ("<vlan><tag id='42'/><tag id='43'/><tag id='47'/><tag id='4094'/></vlan>",
         {42: set(), 43: set(), 47: set(), 4094: set()}),
        ("<vlan><tag id='42'/><tag id='123' nativeMode='tagged'/></vlan>", {42: set(), 123: {"PVID"}}),
        ("<vlan><tag id='42'/><tag id='123' nativeMode='untagged'/></vlan>", {42: set(), 123: ACCESS}),
        ("<vlan>" + "".join(f"<tag id='{number}'/>" for number in range(2, 4094, 2)) + "</vlan>",
         {number: set() for number in range(2, 4094, 2)}),
    )
    add_bridge("vlan_filtering", "1")
    with Hosts() as host:
        for more, expected in cases:
            domain = host.guests().createXML(guest_xml("a", nic(more)))
            assert vlans(tap_of(domain)) == expected, (more[:80], vlans(tap_of(domain)))
            domain.destroy()
        # A bridge that takes no part: refused by name, and the bridge stays as it is.
        for number in (0, 4095):
            domain = host.guests().defineXML(guest_xml(f"b{number}", nic(TAG.format(number))))
            expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, f"VLAN {number} of vnet", domain.create)
        add_bridge()
        domain = host.guests().defineXML(guest_xml("c", nic(TAG.format(4))))
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "bridge 'vt0', which does not tell VLANs apart", domain.create)
        assert not filters("vt0")


def test_who_hears_whom():
    add_bridge("vlan_filtering", "1", "mcast_snooping", "0")
    with Hosts() as host:
        add_end("end10", "vt0", ("10", "pvid", "untagged"))
        add_end("end20", "vt0", ("20", "pvid", "untagged"))
        add_end("endall", "vt0", ("10",), ("20",))
        check_who_hears_whom(host.guests(), nic)
        for name in ("end10", "end20", "endall"):
            ip("link", "del", name)


def test_live_change():
    add_bridge("vlan_filtering", "1")
    with Hosts() as host:
        domain = host.guests().createXML(guest_xml("a", nic(TAG.format(7))))
        tap = tap_of(domain)
        for more, expected in ((TAG.format(8), {8: ACCESS}), ("", {1: ACCESS}), (TAG.format(9), {9: ACCESS})):
            domain.updateDeviceFlags(nic(more), libvirt.VIR_DOMAIN_AFFECT_LIVE)
            assert vlans(tap) == expected and master(tap) == "vt0", (more, vlans(tap))
            assert (interface(domain).find("vlan") is not None) == (more != "")


def has_lease(network, mac):
    return any(lease["mac"] == mac for lease in network.DHCPLeases())


def test_network_with_vlans():
    """The host is in VLAN 1, with its DHCP, as are guests that ask for nothing else; port groups choose others."""
    with Hosts() as host:
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "type doesn't support vlan", host.networks().networkDefineXML,
                     OWN.format(bridge="", more=TAG.format(4)))
        network = host.networks().networkCreateXML(OWN.format(bridge="", more=GROUPS))
        assert filters("own0") and vlans("own0") == {1: ACCESS}
        connection = host.guests()
        inside = connection.createXML(guest_xml("a", card(more=f"<mac address='{MAC}'/>" + ASKING)))
        other = "52:54:00:00:00:05"
        outside = connection.createXML(guest_xml("b", card(source="portgroup='five'",
                                                          more=f"<mac address='{other}'/>" + ASKING)))
        assert vlans(tap_of(inside)) == {1: ACCESS} and vlans(tap_of(outside)) == {5: ACCESS}
        wait_until(lambda: has_lease(network, MAC), "a guest in the host's VLAN gets an address", timeout=120)
        wait_until(lambda: outside.interfaceStats(tap_of(outside))[5] > 3, "the other one asks", timeout=120)
        assert not has_lease(network, other)
        # Somebody takes the bridge away; all are in their VLANs again.
        ip("link", "del", "own0")
        wait_until(lambda: master(tap_of(inside)) == "own0" == master(tap_of(outside)), "the guests are back")
        wait_until(lambda: vlans(tap_of(inside)) == {1: ACCESS} and vlans(tap_of(outside)) == {5: ACCESS}, "in VLANs")
        assert vlans("own0") == {1: ACCESS}
        host.network_daemon.kill()
        host.network_daemon.start()
        assert filters("own0") and vlans("own0") == {1: ACCESS}


def test_vlans_come_later():
    """A network that runs gets a port group with a VLAN; its bridge begins to tell them apart, and nobody is cut off."""
    with Hosts() as host:
        network = host.networks().networkCreateXML(OWN.format(bridge="", more=""))
        connection = host.guests()
        domain = connection.createXML(guest_xml("a", card()))
        assert not filters("own0")
        own = connection.defineXML(guest_xml("b", card(more=TAG.format(7))))
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "bridge 'own0', which does not tell VLANs apart", own.create)
        network.update(libvirt.VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, libvirt.VIR_NETWORK_SECTION_PORTGROUP, -1,
                       "<portgroup name='late'><vlan><tag id='6'/></vlan></portgroup>", 0)
        assert filters("own0") and vlans("own0") == {1: ACCESS} == vlans(tap_of(domain))
        late = connection.createXML(guest_xml("c", card(source="portgroup='late'")))
        assert vlans(tap_of(late)) == {6: ACCESS}
        own.create()
        assert vlans(tap_of(own)) == {7: ACCESS}


def test_network_check():
    add_bridge()
    with Hosts() as host:
        host.networks().networkCreateXML("<network><name>sw</name><forward mode='bridge'/><bridge name='vt0'/>"
                                         f"{GROUPS}</network>")
        state, says = findings(host, "a")["vlans"]
        assert state == "problem" and "bridge vt0 does not tell VLANs apart" in says, says
        add_bridge("vlan_filtering", "1")
        assert findings(host, "a")["vlans"] == ("fine", "bridge vt0 tells VLANs apart")


def test_addresses_in_vlans():
    """What the bridge is told of a guest's address, instead of learning it, holds in the guest's VLAN."""
    with Hosts() as host:
        host.networks().networkCreateXML(OWN.format(bridge="macTableManager='libvirt'", more=GROUPS))
        domain = host.guests().createXML(guest_xml("a", card(source="portgroup='four'", more=f"<mac address='{MAC}'/>")))
        table = subprocess.run(["bridge", "-json", "fdb", "show", "dev", tap_of(domain)], capture_output=True, text=True,
                               check=True).stdout
        assert [entry["vlan"] for entry in json.loads(table) if entry["mac"] == MAC and "vlan" in entry] == [4], table


def prepare():
    guests.need_qemu()
    harness.need("ip", "bridge", "dnsmasq", "unshare")
    namespace.enter()
    if subprocess.run("ip link add vt0 type bridge vlan_filtering 1".split(), capture_output=True,
                      check=False).returncode != 0:
        raise harness.Skip("the kernel knows no VLAN filtering")
    # So that all is silent until somebody is asked to speak.
    with open("/proc/sys/net/ipv6/conf/default/disable_ipv6", "w", encoding="utf-8") as file:
        file.write("1")


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")], prepare)
