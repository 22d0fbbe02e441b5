#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What networks cost: our virtnetworkd, a peer, and the bare minimum, in turns of one run.

usage: bench/network.py --ours EXEC DAEMON --peer EXEC DAEMON [--rounds N] [--networks N] [--boots N]

EXEC    a command that runs what follows it on a host of the daemon's own ("" for this one)
DAEMON  the daemon's program; it is started with -d, found by its pid file and ended by its number

The minimum ("limit") is `ip -batch`, `nft -f` and dnsmasq with what our daemon makes of the same network. Numbers are
medians in milliseconds. Both hosts must be idle ones: networks called bench* are made and removed there. As root.
"""

import argparse
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time

import libvirt

from host import Results, Subject, daemon_cpu_us, timed

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "integration"))
import rpcwire  # noqa: E402

NET = """<network><name>bench{i}</name><forward mode='nat'/><bridge name='bench{i}'/>
<ip address='10.{a}.{b}.1' prefix='24'><dhcp><range start='10.{a}.{b}.10' end='10.{a}.{b}.99'/></dhcp></ip></network>"""
HOSTS = 1000
PEER_HOSTS = 20  # of the peer, which takes a third of a second for each


def network_xml(i):
    return NET.format(i=i, a=130 + i // 250, b=i % 250)


def remove_networks(conn):
    for network in conn.listAllNetworks():
        if network.name().startswith("bench"):
            if network.isActive():
                network.destroy()
            if network.isPersistent():
                network.undefine()


# ---- the limit ----

class Limit:
    """The same network by hand, in a namespace of its own, by what our daemon leaves on its host."""

    def __init__(self, ours):
        self.name = "limit"
        network = ours.conn.networkDefineXML(network_xml(0))
        network.create()
        self.folder = tempfile.mkdtemp(prefix="bench-network-")
        config = ours.run("cat", "/var/lib/libvirt/dnsmasq/bench0.conf")
        rules = ours.run("nft", "list", "table", "inet", "modvirt")
        remove_networks(ours.conn)
        config = config.replace("/run/libvirt/network", self.folder).replace("/var/lib/libvirt/dnsmasq", self.folder)
        self.write("dnsmasq.conf", config)
        self.write("bench0.hostsfile", "")
        self.write("bench0.addnhosts", "")
        self.write("up.nft", rules)
        self.write("down.nft", "delete table inet modvirt\n")
        self.write("up.ip", "link add bench0 type bridge stp_state 1 forward_delay 200\nlink set bench0 up\n"
                            "address add 10.130.0.1/24 dev bench0\n")
        self.write("down.ip", "link delete bench0\n")
        # The host is one process, so that what is timed is the work and not the way there.
        self.host = subprocess.Popen(["unshare", "--net", "sh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.do("ip link set lo up")

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def do(self, command):
        self.host.stdin.write(command.replace("@", self.folder + "/") + "; echo done $?\n")
        self.host.stdin.flush()
        answer = self.host.stdout.readline()
        assert answer == "done 0\n", (command, answer)

    def start(self):
        self.do("ip -batch @up.ip && nft -f @up.nft && dnsmasq --conf-file=@dnsmasq.conf")

    def stop(self):
        self.do("kill $(cat @bench0.pid) && nft -f @down.nft && ip -batch @down.ip")

    def close(self):
        self.host.stdin.close()
        self.host.wait()


# ---- the measures ----

def measure_start_stop(subjects, limit, rounds, results):
    networks = {subject.name: subject.conn.networkDefineXML(network_xml(0)) for subject in subjects}
    for _ in range(rounds):
        for subject in subjects:
            network = networks[subject.name]
            results.add("start of a NAT network", subject.name, timed(network.create))
            results.add("stop of it", subject.name, timed(network.destroy))
        results.add("start of a NAT network", "limit", timed(limit.start))
        results.add("stop of it", "limit", timed(limit.stop))
    for network in networks.values():
        network.undefine()


def host_entry(i):
    return f"<host mac='52:54:00:be:{i // 256:02x}:{i % 256:02x}' name='h{i}' ip='10.140.{1 + i // 250}.{1 + i % 250}'/>"


def measure_hosts(subjects, results):
    """Ours takes all in one call; the peer one by one, of which a few are measured."""
    add, delete = libvirt.VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, libvirt.VIR_NETWORK_UPDATE_COMMAND_DELETE
    section, live = libvirt.VIR_NETWORK_SECTION_IP_DHCP_HOST, libvirt.VIR_NETWORK_UPDATE_AFFECT_LIVE
    entries = [host_entry(i) for i in range(HOSTS)]
    for subject in subjects:
        network = subject.conn.networkCreateXML(
            "<network><name>benchhosts</name><bridge name='benchhosts'/><ip address='10.140.0.1' prefix='16'>"
            "<dhcp><range start='10.140.255.1' end='10.140.255.9'/></dhcp></ip></network>")
        if subject.name == "ours":
            for _ in range(5):
                bunch = "<dhcp>" + "".join(entries) + "</dhcp>"
                results.add(f"{HOSTS} DHCP hosts, live", subject.name, timed(lambda: network.update(add, section, -1, bunch, live)))
                network.update(delete, section, -1, bunch, live)
        else:
            results.add(f"{HOSTS} DHCP hosts, live", subject.name, HOSTS / PEER_HOSTS * timed(
                lambda: [network.update(add, section, -1, entry, live) for entry in entries[:PEER_HOSTS]]))
        network.destroy()


def boot(subject, n, results):
    """The host has nothing of the networks, as after a reboot, and they are to be started."""
    for network in subject.conn.listAllNetworks(libvirt.VIR_CONNECT_LIST_NETWORKS_ACTIVE):
        if network.name().startswith("bench"):
            network.destroy()
    subject.kill()
    subject.run("sh", "-c", "rm -f /run/libvirt/network/autostarted /run/libvirt/autostarted")
    begin = time.monotonic()
    results.add(f"boot with {n} networks: first answer", subject.name, subject.start())
    while sum(network.name().startswith("bench") for network in subject.conn.listAllNetworks(
            libvirt.VIR_CONNECT_LIST_NETWORKS_ACTIVE)) < n:
        time.sleep(0.002)
    results.add(f"boot with {n} networks: all active", subject.name, (time.monotonic() - begin) * 1000)


def measure_many(subjects, n, boots, results):
    """Started at boot; and found again by a daemon that was killed. One subject after the other: each network's dnsmasq takes
    one of the few inotify instances that the kernel gives a user, on all hosts together."""
    for subject in subjects:
        for i in range(n):
            subject.conn.networkDefineXML(network_xml(i)).setAutostart(1)
        for _ in range(boots):
            boot(subject, n, results)
        for _ in range(3):
            subject.kill()
            results.add(f"restart with {n} active networks: first answer", subject.name, subject.start())
        remove_networks(subject.conn)


def measure_listen(ours, results, calls=5000):
    """Daemon's CPU per call, as it is alone on the loop: a trivial call, and the address of a network."""
    network = ours.conn.networkCreateXML(network_xml(0))
    pid = ours.daemon_pid()
    client = rpcwire.Connection(ours.socket).open("network:///system")
    name = rpcwire.string("bench0") + struct.pack(">I", 0)
    for _ in range(3):
        for label, call in (("trivial call: daemon's CPU", lambda: client.call(LIB_VERSION, b"")),
                            ("listen query: daemon's CPU", lambda: client.call(1, name, program=rpcwire.LISTEN))):
            before = daemon_cpu_us(pid)
            for _ in range(calls):
                call()
            results.add(label, ours.name, (daemon_cpu_us(pid) - before) / calls / 1000)
    network.destroy()


LIB_VERSION = 157  # CONNECT_GET_LIB_VERSION


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ours", nargs=2, required=True)
    parser.add_argument("--peer", nargs=2, required=True)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--networks", type=int, default=100)
    parser.add_argument("--boots", type=int, default=3)
    options = parser.parse_args()
    libvirt.registerErrorHandler(lambda *_: None, None)
    subjects = [Subject("ours", *options.ours), Subject("peer", *options.peer)]
    results = Results()
    try:
        for subject in subjects:
            if not subject.is_running():
                subject.start()
            subject.connect()
            remove_networks(subject.conn)
        limit = Limit(subjects[0])
        measure_start_stop(subjects, limit, options.rounds, results)
        limit.close()
        measure_hosts(subjects, results)
        measure_listen(subjects[0], results)
        measure_many(subjects, options.networks, options.boots, results)
    finally:
        for subject in subjects:
            os.kill(subject.find_anchor(), signal.SIGTERM)
            subject.anchor.wait()
    results.show()


if __name__ == "__main__":
    main()
