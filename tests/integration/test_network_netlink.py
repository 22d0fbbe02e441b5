# SPDX-License-Identifier: LGPL-2.1-or-later
"""virtnetworkd when the kernel does not do what it is asked, or its answer gets lost: request by request, what failed says
so, nothing of it is left, and the next attempt works."""

import mmap
import os
import struct
import subprocess

import harness
import namespace
from namespace import connect, links, ruleset, wait_for

NET = """<network><name>faulty</name><forward mode='nat'><nat ipv6='yes'/></forward><bridge name='faulty0' stp='off'/>
<mtu size='1400'/>{more}<ip address='10.89.1.1' prefix='24'><dhcp><range start='10.89.1.10' end='10.89.1.19'/></dhcp></ip>
<ip family='ipv6' address='2001:db8:89:1::1' prefix='64'/>
<route address='10.88.0.0' prefix='16' gateway='10.89.1.7'/></network>"""
BANDWIDTH = "<bandwidth><inbound average='1000' peak='2000' burst='1000'/></bandwidth>"
WAYS = {"refused": 0, "answer lost": 1}


class Faults:
    """What the daemons of host, started afterwards, shall meet."""

    def __init__(self, host):
        path = os.path.join(host.root, "faults")
        with open(path, "wb") as file:
            file.write(bytes(12))
        host.env.update(LD_PRELOAD=os.path.join(harness.BUILD, "tests/integration/libnetlinkfaults.so"),
                        MODVIRT_NETLINK_FAULTS=path, ASAN_OPTIONS="verify_asan_link_order=0")
        with open(path, "r+b") as file:
            self.plan = mmap.mmap(file.fileno(), 12)

    def plan_for(self, number, way=0):
        """The request with this number, from now on, goes wrong; 0: none."""
        self.plan[:] = struct.pack("=III", 0, number, way)

    @property
    def seen(self):
        return struct.unpack("=III", self.plan[:])[0]


class Case:
    def __init__(self, host, more=""):
        import libvirt
        self.error = libvirt.libvirtError
        self.host, self.faults = host, Faults(host)
        self.conn = connect(host.start("virtnetworkd"))
        self.network = self.conn.networkDefineXML(NET.format(more=more))

    def left(self):
        """What is there of the network."""
        found = [name for name in ("faulty0",) if name in links()]
        found += ["rules"] if "modvirt" in ruleset() else []
        found += [name for folder in ("run/libvirt/network/lib", "config/libvirt/dnsmasq")
                  for name in os.listdir(f"{self.host.root}/{folder}") if name.startswith("faulty") and name != "faulty.leases"]
        done = subprocess.run(["pgrep", "-f", f"{self.host.root}/config/libvirt/dnsmasq/"], capture_output=True, check=False)
        return found + done.stdout.decode().split()

    def is_whole(self):
        return (set(links()["faulty0"]) >= {"10.89.1.1", "2001:db8:89:1::1"} and "10.89.1.0/24" in ruleset()
                and "10.88.0.0/16 via 10.89.1.7" in shell("ip route") and "mtu 1400" in shell("ip link show faulty0"))

    def count(self, change):
        self.faults.plan_for(0)
        change()
        return self.faults.seen

    def walk(self, change, total, check, may_do_without=False):
        """change() with each of its requests gone wrong, in each way; check(where) after each. may_do_without: it may
        succeed nevertheless."""
        assert total > 0
        print(f"# {total} requests, each of which is {' and '.join(WAYS)}", flush=True)
        for way, number in [(way, number) for way in WAYS for number in range(1, total + 1)]:
            self.faults.plan_for(number, WAYS[way])
            failed = ""
            try:
                change()
            except self.error as error:
                failed = str(error)
            reached = self.faults.seen >= number
            self.faults.plan_for(0)
            assert bool(failed) == reached or may_do_without, (way, number, failed)
            assert not failed or any(word in failed for word in ("faulty0", "firewall", "faulty")), (way, number, failed)
            check((way, number, failed))


def shell(command):
    return subprocess.run(command.split(), capture_output=True, text=True, check=True).stdout


def walk_start(case, may_do_without=False):
    def again(where):
        if not where[2]:
            assert case.is_whole(), where
            case.network.destroy()
        assert not case.left() and not case.network.isActive(), (where, case.left())
        case.network.create()
        assert case.is_whole(), where
        case.network.destroy()
        assert not case.left(), (where, case.left())

    total = case.count(case.network.create)
    case.network.destroy()
    case.walk(case.network.create, total, again, may_do_without)
    return total


def test_start():
    with harness.Host() as host:
        assert walk_start(Case(host)) >= 6


def test_start_with_limits():
    with harness.Host() as host:
        case = Case(host, BANDWIDTH)
        try:
            case.network.create()
        except case.error as error:
            raise harness.Skip(f"traffic control: {error}") from None
        case.network.destroy()
        # Emptying a queue that is not there, and a fairer queue of a class, are tried only.
        walk_start(case, may_do_without=True)


def test_stop():
    """A stop that fails is done by the next one; until then the network counts as running."""
    with harness.Host() as host:
        case = Case(host)

        def again(where):
            if where[2]:
                assert case.network.isActive(), where
                case.network.destroy()
            assert not case.left() and not case.network.isActive(), (where, case.left())
            case.network.create()
            assert case.is_whole(), where

        case.network.create()
        total = case.count(case.network.destroy)
        case.network.create()
        case.walk(case.network.destroy, total, again)
        case.network.destroy()


def test_update():
    """A change of what runs that fails changes nothing."""
    import libvirt
    with harness.Host() as host:
        case = Case(host)
        range_xml = "<range start='10.89.1.30' end='10.89.1.39'/>"

        def update(command):
            case.network.update(command, libvirt.VIR_NETWORK_SECTION_IP_DHCP_RANGE, 0, range_xml,
                                libvirt.VIR_NETWORK_UPDATE_AFFECT_LIVE)

        def add():
            update(libvirt.VIR_NETWORK_UPDATE_COMMAND_ADD_LAST)

        def again(where):
            assert ("10.89.1.30" in case.network.XMLDesc()) == (not where[2]), where
            with open(f"{host.root}/config/libvirt/dnsmasq/faulty.conf", encoding="utf-8") as file:
                assert ("10.89.1.30" in file.read()) == (not where[2]), where
            if where[2]:
                add()
            assert case.is_whole() and "10.89.1.30" in case.network.XMLDesc(), where
            update(libvirt.VIR_NETWORK_UPDATE_COMMAND_DELETE)

        case.network.create()
        total = case.count(add)
        update(libvirt.VIR_NETWORK_UPDATE_COMMAND_DELETE)
        case.walk(add, total, again)
        case.network.destroy()
        assert not case.left()


def test_adoption():
    """A daemon that cannot repair a network says why, and its guests keep what they have."""
    with harness.Host() as host:
        case = Case(host)
        daemon = host.daemons["virtnetworkd"]
        case.network.create()

        def restart():
            daemon.kill()
            daemon.start()
            case.conn = connect(daemon)
            case.network = case.conn.networkLookupByName("faulty")
            assert case.network.isActive()
            case.network.DHCPLeases()

        case.faults.plan_for(0)
        restart()
        wait_for("the repair", lambda: case.faults.seen > 3)
        for number in range(1, case.faults.seen + 1):
            case.faults.plan_for(number)
            restart()
            wait_for("the request", lambda n=number: case.faults.seen >= n)
            wait_for("a word about it", lambda: "network 'faulty': " in daemon.log())
            assert case.is_whole(), number
        case.faults.plan_for(0)
        restart()
        case.network.destroy()
        assert not case.left()


def prepare():
    namespace.enter()
    harness.need("ip", "nft", "dnsmasq", "pgrep")


if __name__ == "__main__":
    harness.main([function for name, function in list(globals().items()) if name.startswith("test_")], prepare)
