# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who reaches whom, per forward mode and family: two guests, their host, and a machine outside."""

import contextlib
import subprocess

import harness
import namespace
from namespace import connect, ip, wait_for
from netclient import Machine

FORWARDS = {
    "isolated": "",
    "nat": "<forward mode='nat'/>",
    "nat6": "<forward mode='nat'><nat ipv6='yes'/></forward>",
    "route": "<forward mode='route'/>",
    "open": "<forward mode='open'/>",
}
NET = """<network><name>reach</name>{forward}<bridge name='reach0' stp='off'/>
<ip address='10.96.1.1' prefix='24'><dhcp><range start='10.96.1.10' end='10.96.1.19'/></dhcp></ip>
<ip family='ipv6' address='2001:db8:96:1::1' prefix='64'/></network>"""

# guest to guest, guest to host, guest to the outside, outside to guest
EXPECTED = {
    ("isolated", 4): (True, True, False, False), ("isolated", 6): (True, True, False, False),
    ("nat", 4): (True, True, True, False), ("nat", 6): (True, True, True, True),
    ("nat6", 4): (True, True, True, False), ("nat6", 6): (True, True, True, False),
    ("route", 4): (True, True, True, True), ("route", 6): (True, True, True, True),
    ("open", 4): (True, True, True, True), ("open", 6): (True, True, True, True),
    ("bridge", 4): (True, True, True, True), ("bridge", 6): (True, True, True, True),
}
ADDRESSES = {
    4: {"one": "10.96.1.31", "two": "10.96.1.32", "host": "10.96.1.1", "near": "10.96.1.33",
        "out": "203.0.113.2", "door": "203.0.113.1", "net": "10.96.1.0/24", "prefix": 24},
    6: {"one": "2001:db8:96:1::31", "two": "2001:db8:96:1::32", "host": "2001:db8:96:1::1", "near": "2001:db8:96:1::33",
        "out": "2001:db8:ff::2", "door": "2001:db8:ff::1", "net": "2001:db8:96:1::/64", "prefix": 64},
}


def configure(machine, name, address, gateway):
    flags = ["nodad"] if ":" in address else []
    machine.ip("address", "add", f"{address}/{ADDRESSES[6 if flags else 4]['prefix']}", "dev", "eth0", *flags)
    machine.ip("route", "replace", "default", "via", gateway)


@contextlib.contextmanager
def machines(bridge):
    with Machine("out") as out, Machine("one", bridge) as one, Machine("two", bridge) as two:
        for family in (4, 6):
            addresses = ADDRESSES[family]
            flags = ["nodad"] if family == 6 else []
            ip("address", "add", f"{addresses['door']}/{addresses['prefix']}", "dev", out.port, *flags)
            configure(out, "out", addresses["out"], addresses["door"])
            for machine in (one, two):
                configure(machine, machine.name, addresses[machine.name], addresses["host"])
        # Neighbours are not asked for from addresses that are not certain yet.
        wait_for("certain addresses", lambda: not is_tentative(out.port) and not is_tentative("reach0"))
        yield one, two, out


def is_tentative(link):
    return subprocess.run(["ip", "-6", "address", "show", "dev", link, "tentative"], capture_output=True, text=True,
                          check=True).stdout.strip()


def reach(one, out, family, outside="out"):
    addresses = ADDRESSES[family]
    return (one.ping(addresses["two"]), one.ping(addresses["host"]), one.ping(addresses[outside]),
            out.ping(addresses["one"]))


@contextlib.contextmanager
def own_bridge():
    """A bridge of the host's own with an address of each family, and an outside that is on the same network."""
    ip("link", "add", "reach0", "type", "bridge")
    ip("link", "set", "reach0", "up")
    with Machine("out", "reach0") as out, Machine("one", "reach0") as one, Machine("two", "reach0") as two:
        for family in (4, 6):
            addresses = ADDRESSES[family]
            flags = ["nodad"] if family == 6 else []
            ip("address", "add", f"{addresses['host']}/{addresses['prefix']}", "dev", "reach0", *flags)
            for machine in (one, two):
                configure(machine, machine.name, addresses[machine.name], addresses["host"])
            out.ip("address", "add", f"{addresses['near']}/{addresses['prefix']}", "dev", "eth0", *flags)
        wait_for("certain addresses", lambda: not is_tentative("reach0"))
        yield one, two, out
    ip("link", "delete", "reach0")


def bridge_matrix(conn):
    """The same where guests are plugged into a bridge of the host's."""
    with own_bridge() as (one, _, out):
        network = conn.networkCreateXML("<network><name>reach</name><forward mode='bridge'/><bridge name='reach0'/></network>")
        found = {("bridge", family): reach(one, out, family, "near") for family in (4, 6)}
        network.destroy()
        # Nothing of it is ours.
        assert one.ping(ADDRESSES[4]["near"])
    return found


def matrix(conn):
    """(forward, family) -> who reached whom."""
    found = bridge_matrix(conn)
    for name, forward in FORWARDS.items():
        network = conn.networkCreateXML(NET.format(forward=forward))
        with machines("reach0") as (one, _, out):
            for family in (4, 6):
                found[name, family] = reach(one, out, family)
        network.destroy()
    return found


def test_matrix():
    with harness.Host() as host:
        found = matrix(connect(host.start("virtnetworkd")))
        assert found == EXPECTED, {key: value for key, value in found.items() if value != EXPECTED[key]}


def test_two_networks():
    """NAT guests of one network do not reach into another; routed ones do."""
    with harness.Host() as host:
        conn = connect(host.start("virtnetworkd"))
        other = NET.replace("reach", "other").replace("96", "97").replace("2001:db8:96", "2001:db8:97")
        for forward, reached in (("nat", False), ("route", True)):
            networks = [conn.networkCreateXML(text.format(forward=FORWARDS[forward])) for text in (NET, other)]
            with Machine("one", "reach0") as one, Machine("two", "other0") as two:
                configure(one, "one", "10.96.1.31", "10.96.1.1")
                configure(two, "two", "10.97.1.31", "10.97.1.1")
                assert one.ping("10.97.1.31") == reached, forward
            for network in networks:
                network.destroy()


def test_translation():
    """What comes out is the host's address, or one of the range that the network names."""
    with harness.Host() as host:
        conn = connect(host.start("virtnetworkd"))
        ranged = "<forward mode='nat'><nat><address start='203.0.113.77' end='203.0.113.78'/><port start='5000' end='5100'/></nat></forward>"
        for forward, senders in ((FORWARDS["nat"], {"203.0.113.1"}), (ranged, {"203.0.113.77", "203.0.113.78"})):
            network = conn.networkCreateXML(NET.format(forward=forward))
            with machines("reach0") as (one, _, out):
                out.ip("route", "add", "203.0.113.76/30", "via", "203.0.113.1")
                listen = subprocess.Popen(["ip", "netns", "exec", out.namespace, "/usr/bin/python3", "-c", LISTEN],
                                          stdout=subprocess.PIPE, text=True)
                listen.stdout.readline()
                one.run("/usr/bin/python3", "-c", SEND)
                sender, port = listen.communicate(timeout=20)[0].split()
                assert sender in senders, sender
                if "5000" in forward:
                    assert 5000 <= int(port) <= 5100, port
            network.destroy()


LISTEN = """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(10); s.bind(("203.0.113.2", 7777))
print("ready", flush=True); data, (host, port) = s.recvfrom(9); print(host, port)
"""
SEND = """
import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", ("203.0.113.2", 7777))
"""


def test_static_route():
    """What lies behind a guest is reached through it."""
    with harness.Host() as host:
        network = connect(host.start("virtnetworkd")).networkCreateXML(NET.format(forward=FORWARDS["route"]).replace(
            "</network>", "<route address='10.98.0.0' prefix='24' gateway='10.96.1.31'/></network>"))
        with Machine("one", "reach0") as one:
            configure(one, "one", "10.96.1.31", "10.96.1.1")
            one.ip("address", "add", "10.98.0.1/24", "dev", "lo")
            assert subprocess.run(["ping", "-n", "-c", "1", "-W", "2", "10.98.0.1"], capture_output=True, check=False).returncode == 0
        network.destroy()


def test_router_announcements():
    """A guest that listens to routers gets an address and a way out by itself; what is isolated offers no way out."""
    with harness.Host() as host:
        conn = connect(host.start("virtnetworkd"))
        for forward, has_route in (("route", True), ("isolated", False)):
            network = conn.networkCreateXML(NET.format(forward=FORWARDS[forward]))
            with Machine("one", "reach0") as one:
                wait_for("an address by announcement", lambda: "2001:db8:96:1:" in one.run("ip", "-6", "address").stdout)
                assert ("default" in one.run("ip", "-6", "route").stdout) == has_route, forward
            network.destroy()


def test_mtu():
    """The bridge has it, and DHCP tells it to guests."""
    with harness.Host() as host:
        network = connect(host.start("virtnetworkd")).networkCreateXML(
            NET.format(forward="").replace("<ip address", "<mtu size='1400'/><ip address", 1))
        with Machine("one", "reach0") as one:
            assert one.dhcp()["mtu"] == "1400"
            assert "mtu 1400" in subprocess.run(["ip", "link", "show", "reach0"], capture_output=True, text=True, check=True).stdout
        network.destroy()


def prepare():
    namespace.enter()
    harness.need("ip", "nft", "dnsmasq", "busybox", "ping")


if __name__ == "__main__":
    harness.main([function for name, function in list(globals().items()) if name.startswith("test_")], prepare)
