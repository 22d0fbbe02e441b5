# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests' packets on a host with firewalld, and on one with Docker: they get out, or the check says what to do."""

import contextlib
import subprocess

import harness
import realhost
from guests import libvirt
from namespace import ip, ruleset, wait_for
from netclient import Machine

NET = """<network><name>{name}</name><forward mode='{mode}'/><bridge name='{name}0' stp='off' delay='0'/>
<ip address='10.94.{n}.1' prefix='24'><dhcp><range start='10.94.{n}.10' end='10.94.{n}.19'/></dhcp></ip></network>"""
OUTSIDE = "203.0.113.2"


def shell(script, check=True):
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done
    return done


@contextlib.contextmanager
def networks():
    """A NAT network and a routed one, a guest in each, and a machine outside."""
    shell("systemctl start virtnetworkd.socket")
    connection = libvirt.open("network:///system")
    active = [connection.networkCreateXML(NET.format(name=mode, mode=mode, n=n)) for n, mode in enumerate(("nat", "route"), 1)]
    try:
        with Machine("inner", "nat0") as inner, Machine("plain", "route0") as plain, Machine("out") as out:
            ip("address", "add", "203.0.113.1/24", "dev", out.port)
            ip("route", "add", "default", "via", OUTSIDE)
            out.ip("address", "add", f"{OUTSIDE}/24", "dev", "eth0")
            out.ip("route", "add", "10.94.2.0/24", "via", "203.0.113.1")
            yield inner, plain, out
    finally:
        for network in active:
            network.destroy()


def zone(bridge):
    return shell(f"firewall-cmd --get-zone-of-interface={bridge}", check=False).stdout.strip()


def are_reached(inner, plain, out, address):
    return inner.ping(OUTSIDE) and plain.ping(OUTSIDE) and out.ping(address)


def check(network):
    return subprocess.run(["virt-network-check", network, "--quiet"], capture_output=True, text=True, check=False)


def test_firewalld():
    """Leases and ways out through two reloads and a restart of firewalld, which each forget what zones bridges were in."""
    harness.need("firewall-cmd")
    shell("systemctl stop docker.socket docker 2>/dev/null; nft flush ruleset; systemctl restart firewalld")
    with networks() as (inner, plain, out):
        assert zone("nat0") == "libvirt" and zone("route0") == "libvirt-routed", shell("firewall-cmd --get-active-zones")
        assert inner.dhcp()["address"].startswith("10.94.1.") and inner.query("10.94.1.1", "localhost", "A")
        address = plain.dhcp()["address"]
        assert are_reached(inner, plain, out, address)
        for command in ("firewall-cmd --reload", "firewall-cmd --reload", "systemctl restart firewalld"):
            shell(command)
            wait_for(f"zones after {command}", lambda: (zone("nat0"), zone("route0")) == ("libvirt", "libvirt-routed"), 60)
            assert "10.94.1.0/24" in ruleset() and "10.94.2.0/24" in ruleset(), command
            wait_for(f"ways out after {command}", lambda: are_reached(inner, plain, out, address), 30)
            assert inner.dhcp() and plain.dhcp(), command
            for network in ("nat", "route"):
                assert check(network).returncode == 0, (command, check(network).stdout)
    left = [line for line in ruleset().splitlines() if "10.94." in line]
    assert zone("nat0") != "libvirt" and not left, left


def test_docker():
    """Docker drops what is forwarded. The check says so, once for a network, and what it tells cures it, also after Docker has
    been restarted."""
    harness.need("dockerd")
    # Docker closes the host that it makes forward; one that does so already it leaves open.
    shell("systemctl stop firewalld docker.socket docker virtnetworkd; nft flush ruleset; sysctl -w net.ipv4.ip_forward=0; "
          "systemctl start docker")
    wait_for("Docker's rules", lambda: "DOCKER-USER" in ruleset(), 60)
    with networks() as (inner, plain, out):
        assert inner.dhcp()
        address = plain.dhcp()["address"]
        assert not inner.ping(OUTSIDE) and not plain.ping(OUTSIDE) and not out.ping(address)
        for network in ("nat", "route"):
            said = check(network)
            problems = [line for line in said.stdout.splitlines() if line.startswith("problem")]
            assert said.returncode == 1 and len(problems) == 1, said.stdout
            assert "policy of chain FORWARD in table ip filter" in problems[0], problems
            cure = said.stdout.split("cure: ")[1].splitlines()[0]
            assert "DOCKER-USER" in cure, cure
            shell(cure)
            assert check(network).returncode == 0, check(network).stdout
        assert are_reached(inner, plain, out, address)
        shell("systemctl restart docker")
        assert are_reached(inner, plain, out, address), ruleset()
        shell("iptables -F DOCKER-USER; iptables -A DOCKER-USER -j RETURN")


# Rules of ebtables-legacy: the chain that the check names, or none where it finds nothing.
EBTABLES = (
    ("-P FORWARD DROP", "FORWARD"),
    ("-A INPUT --logical-in nat0 -p ARP -j DROP", "INPUT"),
    ("-N more; ebtables-legacy -A FORWARD -i ! lo -j more; ebtables-legacy -A more --logical-in nat+ -j DROP", "more"),
    ("-A INPUT --logical-in other0 -j DROP", None),
    ("-A INPUT -p 0x9000 -j DROP", None),
    ("-t nat -A PREROUTING --logical-in nat0 -j DROP", "PREROUTING"),
)


def test_ebtables_legacy():
    """What nft does not show, and the kernel is asked for."""
    harness.need("ebtables-legacy")
    shell("systemctl stop firewalld docker.socket docker 2>/dev/null; nft flush ruleset; sysctl -w net.ipv4.ip_forward=1; "
          "systemctl restart virtnetworkd")
    if shell("ebtables-legacy -L", check=False).returncode != 0:
        raise harness.Skip("the kernel has no ebtables-legacy")
    shell("ebtables-legacy -t nat -L")
    with networks() as (inner, _, _):
        assert inner.dhcp()
        for rules, chain in EBTABLES:
            shell(f"ebtables-legacy {rules}")
            try:
                said = check("nat").stdout
                assert "(legacy)" in said and f"chain {chain} in table bridge" in said if chain else not said, (rules, said)
                cures = [line.split("cure: ")[1] for line in said.splitlines() if "cure: " in line]
                for cure in cures:
                    shell(cure)
                assert check("nat").returncode == 0, (rules, cures, check("nat").stdout)
                assert inner.dhcp(), rules
            finally:
                shell("for t in filter nat; do ebtables-legacy -t $t -F; ebtables-legacy -t $t -X; "
                      "ebtables-legacy -t $t -P FORWARD ACCEPT; done 2>/dev/null; true")


def prepare():
    realhost.enter(installed=True)
    harness.need("systemctl", "nft", "busybox")
    libvirt.registerErrorHandler(lambda *_: None, None)


if __name__ == "__main__":
    harness.main([test_firewalld, test_docker, test_ebtables_legacy], prepare)
