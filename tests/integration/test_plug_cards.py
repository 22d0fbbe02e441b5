#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Network cards that come and go, and that move from network to network while their guest runs."""

import os
import random
import re
import signal
import threading
import xml.etree.ElementTree as ElementTree

import guests
import harness
import namespace
from guests import expect_error, libvirt, wait_until
from plugstage import CONFIG, GUEST, LIVE
from test_ports import OWN, Hosts, link, port_ids, taps

KILLS = int(os.environ.get("MODVIRT_TEST_KILLS", "12"))


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


if __name__ == "__main__":
    namespace.enter()
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")], guests.need_qemu)
