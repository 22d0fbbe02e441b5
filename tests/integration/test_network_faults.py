# SPDX-License-Identifier: LGPL-2.1-or-later
"""virtnetworkd when things go wrong around it: killed at any moment, bridges taken away, a full disk, a firewalld that
reloads, addresses that are somebody else's."""

import contextlib
import os
import random
import subprocess
import threading
import time

import harness
import namespace
from namespace import connect, expect, ip, links, ruleset, wait_for
from netclient import Machine
from systembus import SystemBus

NET = """<network><name>{name}</name><forward mode='nat'/><bridge name='{bridge}' stp='off'{more}/>
<ip address='10.9{n}.1.1' prefix='24'><dhcp><range start='10.9{n}.1.10' end='10.9{n}.1.19'/></dhcp></ip></network>"""

ACTIVE = 2  # VIR_CONNECT_LIST_NETWORKS_ACTIVE

# How often the daemon is killed at a random moment.
KILLS = int(os.environ.get("MODVIRT_TEST_KILLS", "12"))


def processes(needle):
    """Process numbers whose command line has needle."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                if entry.isdigit() and needle.encode() in file.read():
                    found.append(int(entry))
        except OSError:
            pass
    return found


def test_killed_at_any_moment():
    """Whenever the daemon is killed, the next one has all that was acknowledged, and nothing is left that it does not know."""
    with harness.Host() as host:
        daemon = host.start("virtnetworkd")
        conn = connect(daemon)
        keep = conn.networkDefineXML(NET.format(name="keep", bridge="keep0", n=1, more=""))
        keep.create()
        with Machine("one", "keep0", "52:54:00:91:00:01") as one:
            lease = one.dhcp()["address"]
        for turn in range(KILLS):
            go = subprocess.Popen(["/usr/bin/python3", "-c", LOOP, daemon.uri(), NET.format(name="comes", bridge="comes0", n=2, more="")],
                                  stdout=subprocess.PIPE, text=True)
            go.stdout.readline()
            time.sleep(random.uniform(0, 0.15))
            daemon.kill()
            # Not communicate(), which would pass over what came with the first line.
            acknowledged = ["undefined"] + go.stdout.read().split()
            go.wait(20)
            daemon.start()
            conn = connect(daemon)
            names = {network.name() for network in conn.listAllNetworks()}
            assert "keep" in names and conn.networkLookupByName("keep").isActive(), (turn, names)
            assert [found["ipaddr"] for found in conn.networkLookupByName("keep").DHCPLeases()] == [lease], turn
            # What came after the last word was under way, and may have happened or not.
            last = acknowledged[-1]
            assert last not in ("defined", "started") or conn.networkLookupByName("comes").isPersistent(), (turn, names)
            assert last not in ("stopped", "undefined") or not conn.listAllNetworks(ACTIVE)[1:], (turn, last, names)
            if "comes" in names:
                network = conn.networkLookupByName("comes")
                if network.isActive():
                    wait_for("the network to be whole", lambda: "comes0" in links() and "10.92.1.0/24" in ruleset()
                             and len(processes(f"{host.root}/config/libvirt/dnsmasq/comes.conf")) == 1)
                    network.destroy()
                if network.isPersistent():
                    network.undefine()
            assert "comes0" not in links() and "10.92.1.0/24" not in ruleset(), turn
            assert not processes(f"{host.root}/config/libvirt/dnsmasq/comes.conf"), turn
            left = [name for _, _, names in os.walk(host.root) for name in names
                    if ".new" in name or name.startswith("comes")]
            assert not left, (turn, left)
        assert len(processes(f"{host.root}/config/libvirt/dnsmasq/keep.conf")) == 1
        conn.networkLookupByName("keep").destroy()
        assert "modvirt" not in ruleset()


# Defines, starts and stops until the daemon goes away.
LOOP = """
import libvirt, sys
libvirt.registerErrorHandler(lambda *_: None, None)
conn = libvirt.open(sys.argv[1])
print("ready", flush=True)
try:
    while True:
        network = conn.networkDefineXML(sys.argv[2])
        print("defined", flush=True)
        network.create()
        print("started", flush=True)
        network.destroy()
        print("stopped", flush=True)
        network.undefine()
        print("undefined", flush=True)
except libvirt.libvirtError:
    pass
"""


def test_bridge_taken_away():
    with harness.Host() as host:
        network = connect(host.start("virtnetworkd")).networkCreateXML(NET.format(name="gone", bridge="gone0", n=1, more=""))
        for _ in range(max(3, KILLS // 4)):
            ip("link", "delete", "gone0")
            wait_for("the bridge", lambda: links().get("gone0") == ["10.91.1.1"])
        with Machine("one", "gone0") as one:
            assert one.dhcp()
        # One that goes with its network stays away.
        network.destroy()
        time.sleep(0.3)
        assert "gone0" not in links()


def dnsmasq_of(host, name):
    return processes(f"{host.root}/config/libvirt/dnsmasq/{name}.conf")


def test_dnsmasq_killed_in_a_loop():
    """At any moment, also while it starts. In the end there is one, leases are what they were, and nothing is left of the
    dead."""
    with harness.Host() as host:
        daemon = host.start("virtnetworkd")
        network = connect(daemon).networkCreateXML(NET.format(name="dies", bridge="dies0", n=1, more=""))
        with Machine("one", "dies0", "52:54:00:91:00:02") as one:
            lease = one.dhcp()["address"]
            descriptors = len(os.listdir(f"/proc/{daemon.pid}/fd"))
            killed = set()
            for _ in range(max(2, KILLS // 6)):
                wait_for("another dnsmasq", lambda: set(dnsmasq_of(host, "dies")) - killed, 90)
                time.sleep(random.choice((0, 0.01, 0.5)))
                for pid in dnsmasq_of(host, "dies"):
                    # One that begins leaves its place to its child.
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, 9)
                    killed.add(pid)
            wait_for("one dnsmasq", lambda: len(set(dnsmasq_of(host, "dies")) - killed) == 1, 90)
            wait_for("the lease", lambda: (one.dhcp() or {}).get("address") == lease)
            print(f"# {len(killed)} killed", flush=True)
            assert len(os.listdir(f"/proc/{daemon.pid}/fd")) <= descriptors
        network.destroy()
        assert not dnsmasq_of(host, "dies")


def test_ports_come_and_go():
    """A network that had guests starts and stops as often as one wants."""
    with harness.Host() as host:
        network = connect(host.start("virtnetworkd")).networkDefineXML(NET.format(name="again", bridge="again0", n=1, more=""))
        for _ in range(3):
            network.create()
            with Machine("one", "again0"), Machine("two", "again0"):
                pass
            network.destroy()


def test_conflicts():
    """Routes to the network's addresses, and to the host's own, are told by their link."""
    import libvirt
    with harness.Host() as host:
        network = connect(host.start("virtnetworkd")).networkDefineXML(NET.format(name="clash", bridge="clash0", n=1, more=""))
        ip("link", "add", "far", "type", "bridge")
        ip("address", "add", "203.0.113.1/24", "dev", "far")
        ip("link", "set", "far", "up")
        ip("route", "add", "10.91.1.0/24", "via", "203.0.113.9")
        expect(libvirt.VIR_ERR_INTERNAL_ERROR, network.create, "already in use by interface far")
        ip("link", "delete", "far")
        network.create()
        network.destroy()


def test_two_at_once():
    """Of networks with the same addresses that start at one time, one does."""
    import libvirt
    with harness.Host() as host:
        daemon = host.start("virtnetworkd")
        conns = [connect(daemon) for _ in range(4)]
        outcomes = []

        def create(n):
            try:
                conns[n].networkCreateXML(NET.format(name=f"twin{n}", bridge=f"twin{n}", n=1, more=""))
                outcomes.append(None)
            except libvirt.libvirtError as error:
                outcomes.append(str(error))

        for _ in range(5):
            outcomes.clear()
            threads = [threading.Thread(target=create, args=(n,)) for n in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert outcomes.count(None) == 1, outcomes
            assert all(text is None or "already in use by interface twin" in text for text in outcomes), outcomes
            network, = conns[0].listAllNetworks()
            network.destroy()


def test_full_disk():
    """What cannot be saved is refused, and nothing of it remains."""
    import libvirt
    with harness.Host() as host:
        folder = os.path.join(host.config_dir, "qemu", "networks")
        os.makedirs(folder)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], check=True)
        try:
            daemon = host.start("virtnetworkd")
            conn = connect(daemon)
            first = conn.networkDefineXML(NET.format(name="fits", bridge="fits0", n=1, more=""))
            filler = os.open(os.path.join(folder, "filler"), os.O_WRONLY | os.O_CREAT)
            try:
                while True:
                    os.write(filler, b"x" * 4096)
            except OSError:
                os.close(filler)
            before = sorted(os.listdir(folder))
            expect(libvirt.VIR_ERR_SYSTEM_ERROR,
                   lambda: conn.networkDefineXML(NET.format(name="not", bridge="not0", n=2, more="")), "No space left")
            expect(libvirt.VIR_ERR_SYSTEM_ERROR, lambda: first.update(
                libvirt.VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, libvirt.VIR_NETWORK_SECTION_DNS_TXT, -1,
                "<txt name='a' value='b'/>", 0), "No space left")
            assert sorted(os.listdir(folder)) == before and "txt" not in first.XMLDesc()
            daemon.kill()
            daemon.start()
            assert [network.name() for network in connect(daemon).listAllNetworks()] == ["fits"]
            daemon.stop()
        finally:
            subprocess.run(["umount", folder], check=True)


def test_firewalld():
    """Bridges go into the zone they ask for, or the default one, again after each reload; an unknown zone is told."""
    import libvirt
    with harness.Host() as host:
        bus = SystemBus(host)
        firewalld = None
        try:
            conn = connect(host.start("virtnetworkd"))
            work = conn.networkDefineXML(NET.format(name="work", bridge="work0", n=1, more=" zone='work'"))
            expect(libvirt.VIR_ERR_INTERNAL_ERROR, work.create, "firewalld is not active")
            firewalld = start_firewalld(host)
            work.create()
            assert firewalld.stdout.readline() == "work work0\n"
            plain = conn.networkCreateXML(NET.format(name="plain", bridge="plain0", n=2, more=""))
            assert firewalld.stdout.readline() == "libvirt plain0\n"
            bad = conn.networkDefineXML(NET.format(name="bad", bridge="bad0", n=3, more=" zone='nowhere'"))
            expect(libvirt.VIR_ERR_INTERNAL_ERROR, bad.create, "firewalld's zone nowhere")
            assert "bad0" not in links() and firewalld.stdout.readline() == "unknown bad0\n"
            firewalld.stdin.write("reload\n")
            firewalld.stdin.flush()
            assert {firewalld.stdout.readline() for _ in range(2)} == {"work work0\n", "libvirt plain0\n"}
            # One that is started again, or whose bus is, has forgotten all.
            for with_bus in (False, True):
                firewalld.kill()
                firewalld.wait()
                if with_bus:
                    bus.stop()
                    bus.start()
                firewalld = start_firewalld(host)
                assert {firewalld.stdout.readline() for _ in range(2)} == {"work work0\n", "libvirt plain0\n"}
            firewalld.stdin.write("reload\n")
            firewalld.stdin.flush()
            assert {firewalld.stdout.readline() for _ in range(2)} == {"work work0\n", "libvirt plain0\n"}
            for network, bridge in ((work, "work0"), (plain, "plain0")):
                network.destroy()
                assert firewalld.stdout.readline() == f"removed {bridge}\n"
        finally:
            if firewalld:
                firewalld.kill()
                firewalld.wait()
            bus.stop()


def test_slow_firewalld():
    """One that starts takes its time; a bridge is put where it belongs, and nowhere else meanwhile."""
    with harness.Host() as host:
        bus = SystemBus(host)
        firewalld = start_firewalld(host)
        try:
            network = connect(host.start("virtnetworkd")).networkCreateXML(
                NET.format(name="way", bridge="way0", n=1, more="").replace("mode='nat'", "mode='route'"))
            assert firewalld.stdout.readline() == "libvirt-routed way0\n"
            firewalld.kill()
            firewalld.wait()
            firewalld = start_firewalld(host, "7")
            assert firewalld.stdout.readline() == "asked for libvirt-routed way0\n"
            assert firewalld.stdout.readline() == "libvirt-routed way0\n"
            network.destroy()
        finally:
            firewalld.kill()
            firewalld.wait()
            bus.stop()


def test_firewalld_ends_while_it_is_asked():
    """As when it is started again just then: it has not said no, and its successor is told."""
    import libvirt
    with harness.Host() as host:
        bus = SystemBus(host)
        firewalld = start_firewalld(host, "end")
        try:
            daemon = host.start("virtnetworkd")
            conn = connect(daemon)
            network = conn.networkCreateXML(NET.format(name="plain", bridge="plain0", n=1, more=""))
            firewalld.wait()
            firewalld = start_firewalld(host)
            assert firewalld.stdout.readline() == "libvirt plain0\n"
            assert "firewalld does not take" not in daemon.log(), daemon.log()
            network.destroy()
            firewalld.kill()
            firewalld.wait()
            # A zone that was asked for is not there then.
            firewalld = start_firewalld(host, "end")
            work = conn.networkDefineXML(NET.format(name="work", bridge="work0", n=2, more=" zone='work'"))
            expect(libvirt.VIR_ERR_INTERNAL_ERROR, work.create, "firewalld is not active")
        finally:
            firewalld.kill()
            firewalld.wait()
            bus.stop()


def start_firewalld(host, *arguments):
    firewalld = subprocess.Popen([harness.find_binary("fakefirewalld"), *arguments], env=host.env, text=True,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert firewalld.stdout.readline() == "ready\n"
    return firewalld


def prepare():
    namespace.enter()
    harness.need("ip", "nft", "dnsmasq", "busybox")


if __name__ == "__main__":
    harness.main([function for name, function in list(globals().items()) if name.startswith("test_")], prepare)
