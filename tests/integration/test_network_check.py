# SPDX-License-Identifier: LGPL-2.1-or-later
"""virt-network-check: what keeps a guest from its network is named, with a cure that works."""

import contextlib
import json
import os
import subprocess
import time

import harness
import namespace
from namespace import connect, ip, wait_for
from netclient import Machine
from systembus import SystemBus

NET = """<network><name>check</name>{forward}<bridge name='check0' stp='off'/>
<ip address='10.95.1.1' prefix='24'><dhcp><range start='10.95.1.10' end='10.95.1.19'/></dhcp></ip>
<ip family='ipv6' address='2001:db8:95:1::1' prefix='64'/></network>"""
MAC = "52:54:00:95:00:01"
OUTSIDE = "203.0.113.2"
FIREWALLD = "org.fedoraproject.FirewallD1"


def shell(script, check=True):
    return subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=check)


def sysctl(key, value):
    with open("/proc/sys/" + key.replace(".", "/"), "w", encoding="ascii") as file:
        file.write(value)


class Checker:
    def __init__(self, host, daemon):
        self.host, self.command = host, [harness.find_binary("virt-network-check"), "-c", daemon.uri()]

    def __call__(self, *words, status=0):
        done = self.host.run(*self.command, *words, check=False)
        assert done.returncode == status, done
        return done

    def found(self, *words):
        """What is not fine: check -> (state, says, cure) of its first such finding."""
        done = self.host.run(*self.command, "check", *words, "--output", "json", check=False)
        findings = json.loads(done.stdout)
        problems = [finding for finding in findings if finding["state"] == "problem"]
        assert done.returncode == (1 if problems else 0), done
        return {finding["check"]: (finding["state"], finding["says"], finding.get("cure"))
                for finding in reversed(findings) if finding["state"] != "fine"}


@contextlib.contextmanager
def outside():
    """A machine outside, over which the host's ways out lead."""
    with Machine("out") as out:
        ip("address", "add", "203.0.113.1/24", "dev", out.port)
        ip("address", "add", "2001:db8:ff::1/64", "dev", out.port, "nodad")
        ip("route", "add", "default", "via", OUTSIDE)
        ip("route", "add", "default", "via", "2001:db8:ff::2")
        out.ip("address", "add", f"{OUTSIDE}/24", "dev", "eth0")
        out.ip("address", "add", "2001:db8:ff::2/64", "dev", "eth0", "nodad")
        out.ip("route", "add", "default", "via", "203.0.113.1")
        out.ip("route", "add", "default", "via", "2001:db8:ff::1")
        yield out


@contextlib.contextmanager
def running(forward="<forward mode='nat'/>"):
    """A network with its way out: (host, network, checker)."""
    with harness.Host() as host, outside():
        daemon = host.start("virtnetworkd")
        network = connect(daemon).networkDefineXML(NET.format(forward=forward))
        network.create()
        try:
            yield host, network, Checker(host, daemon)
        finally:
            connect(daemon).networkLookupByName("check").destroy()


def test_fine():
    for forward in ("<forward mode='nat'/>", "<forward mode='route'/>", "<forward mode='open'/>", ""):
        with running(forward) as (_, _, check):
            assert check.found() == {}, (forward, check.found())
            out = check("check").stdout
            assert "fine     network" in out and "dnsmasq answers at 10.95.1.1" in out, out
            assert check("check", "--quiet").stdout == ""


def test_guest():
    with running() as (_, _, check):
        state, says, _ = check.found("--guest", MAC)["guest"]
        assert state == "problem" and MAC in says
        with Machine("one", "check0", MAC) as one:
            # As a hypervisor names its end of the cable.
            ip("link", "set", one.port, "address", "fe" + MAC[2:])
            assert check.found("--guest", MAC)["lease"][0] == "doubt"
            lease = one.dhcp()
            assert check.found("--guest", MAC) == {}
            assert lease["address"] in check("check", "--guest", MAC).stdout
            ip("link", "set", one.port, "down")
            assert "is down" in check.found("--guest", MAC)["guest"][1]
            ip("link", "set", one.port, "nomaster", "up")
            _, says, cure = check.found("--guest", MAC)["guest"]
            assert "not in check0" in says and cure == f"ip link set {one.port} master check0", (says, cure)
            shell(cure)
            assert check.found("--guest", MAC) == {}


def test_guest_by_name():
    with running() as (_, network, check):
        assert "no guest called 'vm'" in check.found("--guest", "vm")["guest"][1]
        network.portCreateXML(f"""<networkport><owner><name>vm</name><uuid>d54df46f-1ab5-4a22-8618-4560ef5fac2c</uuid></owner>
            <mac address='{MAC}'/></networkport>""")
        with Machine("one", "check0", MAC) as one:
            ip("link", "set", one.port, "address", "fe" + MAC[2:])
            one.dhcp()
            assert check.found("--guest", "vm") == {}


def test_host():
    """What the host itself can do wrong, one by one, and that each cure ends it."""
    with running() as (host, network, check):
        sysctl("net.ipv4.ip_forward", "0")
        state, says, cure = check.found().pop("forwarding")
        assert state == "problem" and cure.startswith("sysctl -w net.ipv4.ip_forward=1"), (says, cure)
        sysctl("net.ipv4.ip_forward", "1")
        sysctl("net.ipv6.conf.all.forwarding", "0")
        assert list(check.found()) == ["forwarding"]
        sysctl("net.ipv6.conf.all.forwarding", "1")

        shell("nft delete table inet modvirt")
        assert list(check.found()) == ["own-rules"]
        daemon = host.daemons["virtnetworkd"]
        daemon.kill()
        daemon.start()
        wait_for("the rules", lambda: check.found() == {})

        ip("link", "set", "check0", "down")
        assert "check0 is down" in check.found()["link"][1]
        ip("link", "set", "check0", "up")
        # The kernel has taken the IPv6 address meanwhile.
        assert "lost its address 2001:db8:95:1::1/64" in check.found()["address"][1]
        ip("address", "delete", "10.95.1.1/24", "dev", "check0")
        assert "lost its address 10.95.1.1/24" in check.found()["address"][1]
        daemon.kill()
        daemon.start()
        wait_for("the addresses", lambda: check.found() == {})

        ip("link", "add", "vpn", "type", "bridge")
        ip("link", "set", "vpn", "up")
        ip("route", "add", "10.95.1.128/25", "dev", "vpn")
        assert "also behind vpn" in check.found()["address"][1]
        ip("link", "delete", "vpn")

        ip("route", "delete", "default")
        assert check.found()["way-out"][0] == "doubt"
        ip("route", "add", "default", "via", OUTSIDE)
        assert check.found() == {}


def test_no_dnsmasq():
    with running() as (host, network, check):
        with open(f"{host.root}/run/libvirt/network/lib/check.pid", encoding="ascii") as file:
            pid = int(file.read())
        os.kill(pid, 19)
        assert "does not answer" in check.found()["dnsmasq"][1]
        os.kill(pid, 18)
        host.daemons["virtnetworkd"].process.send_signal(19)
        os.kill(pid, 9)
        host.daemons["virtnetworkd"].process.send_signal(18)
        wait_for("dnsmasq again", lambda: check.found() == {})
        network.destroy()
        state, says, cure = check.found()["network"]
        assert (state, cure) == ("problem", "virsh net-start check") and "does not run" in says
        network.create()


# As Docker leaves a host: what is forwarded is dropped unless it is Docker's, and DOCKER-USER is the administrator's.
DOCKER = """
iptables-nft -N DOCKER-USER
iptables-nft -N DOCKER-ISOLATION-STAGE-1
iptables-nft -P FORWARD DROP
iptables-nft -A FORWARD -j DOCKER-USER
iptables-nft -A FORWARD -j DOCKER-ISOLATION-STAGE-1
iptables-nft -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables-nft -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
iptables-nft -A FORWARD -i docker0 -o docker0 -j ACCEPT
iptables-nft -A DOCKER-USER -j RETURN
iptables-nft -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j RETURN
iptables-nft -A DOCKER-ISOLATION-STAGE-1 -j RETURN
"""
DOCKER_GONE = "iptables-nft -P FORWARD ACCEPT; iptables-nft -F; iptables-nft -X; nft delete table ip filter"


def test_docker():
    """Docker's policy is named, by the check and at the network's start, and the cure that is told lets guests out."""
    harness.need("iptables-nft")
    with running() as (host, network, check):
        with Machine("one", "check0", MAC) as one:
            assert one.dhcp() and one.ping(OUTSIDE)
            shell(DOCKER)
            try:
                assert not one.ping(OUTSIDE)
                found = check.found()
                state, says, cure = found.pop("other-rules")
                assert state == "problem" and "policy of chain FORWARD in table ip filter" in says and not found, (says, found)
                assert "DOCKER-USER" in cure, cure
                network.destroy()
                network.create()
                log = host.daemons["virtnetworkd"].log
                wait_for("the warning", lambda: "drops the guests' IPv4 packets to the outside" in log() and cure in log())
                assert log().count("drops the guests'") == 1, log()
                one.plug("check0")
                shell(cure.replace("iptables", "iptables-nft"))
                assert check.found() == {}
                wait_for("the outside", lambda: one.ping(OUTSIDE))
            finally:
                shell(DOCKER_GONE)
            wait_for("the outside", lambda: one.ping(OUTSIDE))


def test_rules_of_a_moment():
    """firewalld drops all that is forwarded for as long as it makes its rules: no trouble when it has."""
    with running() as (host, network, _):
        network.destroy()
        shell("nft add table inet theirs; "
              "nft 'add chain inet theirs way { type filter hook forward priority 10; policy drop; }'")
        network.create()
        time.sleep(1.5)  # it has been looked at once
        shell("nft delete table inet theirs")
        time.sleep(4)
        assert "drops the guests'" not in host.daemons["virtnetworkd"].log()


# script, the row that names it, words of the finding; each table is called "theirs".
RULES = [
    ("add table inet theirs; add chain inet theirs way { type filter hook forward priority 10; policy drop; }",
     "other-rules", "policy of chain way in table inet theirs"),
    ("add table ip theirs; add chain ip theirs way { type filter hook forward priority 0; }; add chain ip theirs more; "
     "add rule ip theirs way iifname \"check*\" jump more; add rule ip theirs more ip saddr 10.0.0.0/8 ct state new drop",
     "other-rules", "chain more in table ip theirs"),
    ("add table ip6 theirs; add chain ip6 theirs way { type filter hook forward priority 0; }; "
     "add rule ip6 theirs way reject", "other-rules", "drops the guests' IPv6"),
    ("add table inet theirs; add chain inet theirs door { type filter hook input priority 0; policy drop; }; "
     "add rule inet theirs door ct state established,related accept; add rule inet theirs door iifname lo accept; "
     "add rule inet theirs door udp dport { 53, 547 } accept; add rule inet theirs door ip6 saddr ::/0 accept",
     "host-rules", "requests for DHCP"),
]


def test_rules_of_others():
    with running() as (_, _, check), Machine("one", "check0", MAC):
        for script, row, words in RULES:
            shell(f"nft '{script}'")
            family = script.split()[2]
            try:
                found = check.found()
                state, says, cure = found.pop(row)
                assert state == "problem" and words in says, (script, says, found)
                for line in cure.split("; "):
                    subprocess.run(line.split(), check=True)
                assert row not in check.found() or words not in check.found()[row][1], (cure, check.found())
            finally:
                shell(f"nft delete table {family} theirs")
        # What cannot be told is a doubt.
        shell("nft 'add table inet theirs; add chain inet theirs way { type filter hook forward priority 0; policy drop; };"
              "add rule inet theirs way meta mark 7 accept'")
        assert check.found()["other-rules"][0] == "doubt"
        shell("nft delete table inet theirs")
        assert check.found() == {}


# script, the row that names it, words of the finding, whether guests get through; the table is called "theirs".
RULES_OF_LINKS = [
    ("add table bridge theirs; add chain bridge theirs way { type filter hook input priority 0; policy drop; }",
     "bridge-rules", "policy of chain way in table bridge theirs drops the guests' ARP packets to the host", False),
    ("add table bridge theirs; add chain bridge theirs way { type filter hook prerouting priority 0; policy drop; }; "
     "add rule bridge theirs way ether type { arp, ip6 } accept", "bridge-rules", "drops the guests' IPv4 packets to the host",
     False),
    ("add table bridge theirs; add chain bridge theirs way { type filter hook forward priority 0; }; "
     "add rule bridge theirs way ip saddr 10.95.0.0/16 drop", "bridge-rules", None, True),  # some addresses' only
    ("add table bridge theirs; add chain bridge theirs way { type filter hook forward priority 0; }; "
     "add rule bridge theirs way meta protocol ip6 drop", "bridge-rules", "drops the guests' IPv6 packets to each other", True),
    ("add table arp theirs; add chain arp theirs way { type filter hook input priority 0; policy drop; }; "
     "add rule arp theirs way arp operation reply accept", "bridge-rules", "drops the guests' ARP questions to the host", False),
    ("add table netdev theirs; add chain netdev theirs way { type filter hook ingress device check0 priority 0; policy drop; }",
     "link-rules", "chain way in table netdev theirs", False),
    ("add table netdev theirs; add chain netdev theirs way { type filter hook ingress device check0 priority 0; }; "
     "add rule netdev theirs way tcp dport 25 drop", "link-rules", None, True),
]


def cure_bridge(check, row):
    for _ in range(4):
        finding = check.found().get(row)
        if not finding:
            return
        done = shell(finding[2], check=False)
        # A kernel may be without names of bridges; without the table it is well, too.
        if "ibrname" in finding[2] and "not supported" in done.stderr:
            shell("nft delete table bridge theirs; nft add table bridge theirs")
        else:
            assert done.returncode == 0, (finding, done)
    raise AssertionError(f"the cure is none: {finding}")


def test_rules_of_links():
    """Filters of bridges, of ARP and of single links; a cure that is a command ends it."""
    with running() as (_, _, check), Machine("one", "check0", MAC) as one:
        assert one.dhcp() and one.ping("10.95.1.1")
        for script, row, words, reaches in RULES_OF_LINKS:
            shell(f"nft '{script}'")
            try:
                one.ip("neighbor", "flush", "dev", "eth0")
                ip("neighbor", "flush", "dev", "check0")
                assert one.ping("10.95.1.1") == reaches, script
                finding = check.found().get(row)
                assert (words in finding[1]) if words else not finding, (script, finding)
                if finding and finding[2].startswith("nft "):
                    cure_bridge(check, row)
                    one.ip("neighbor", "flush", "dev", "eth0")
                    assert one.ping("10.95.1.1"), script
            finally:
                shell(f"nft delete table {script.split()[2]} theirs")
        assert check.found() == {}


# Rules of iptables-legacy: what they do to the guests' packets, the row that names it, words of the finding or none.
LEGACY = [
    ("-P FORWARD DROP", "other-rules", "policy of chain FORWARD in table ip filter (legacy)", False),
    ("-A FORWARD -i check+ -o p-out -s 10.95.0.0/16 -p tcp -m conntrack --ctstate NEW -j DROP", "other-rules",
     "rule with handle 1 of chain FORWARD in table ip filter (legacy)", False),
    ("-P FORWARD DROP; iptables-legacy -A FORWARD -i check0 -j ACCEPT; iptables-legacy -A FORWARD -o check0 "
     "-m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment back -j ACCEPT", "other-rules", None, True),
    ("-N more; iptables-legacy -A FORWARD ! -i lo -g more; iptables-legacy -A FORWARD -j ACCEPT; "
     "iptables-legacy -A more -s 10.96.0.0/16 -j RETURN; iptables-legacy -A more -j REJECT", "other-rules",
     "rule with handle 2 of chain more", False),
    ("-A FORWARD -i docker0 -j DROP", "other-rules", None, True),
    ("-t mangle -A FORWARD -i check0 -j DROP", "other-rules", "table ip mangle (legacy)", False),
    ("-A INPUT -i check0 -p udp --dport 67 -j DROP", "host-rules", "requests for DHCP", True),
    ("-A INPUT -p udp --dport 0:66 -j ACCEPT; iptables-legacy -P INPUT DROP", "host-rules", "requests for DHCP", True),
]


def is_dropping(check, row):
    return row in check.found() and check.found()[row][0] == "problem"


def test_iptables_legacy():
    """Its rules are judged as the others are, though nft does not show them; the cure is one of its commands."""
    harness.need("iptables-legacy")
    if shell("iptables-legacy -S", check=False).returncode != 0:
        raise harness.Skip("the kernel has no tables of iptables-legacy")
    with running() as (_, _, check), Machine("one", "check0", MAC) as one:
        assert one.dhcp() and one.ping(OUTSIDE)
        for rules, row, words, reaches in LEGACY:
            shell(f"iptables-legacy {rules}")
            try:
                if "tcp" not in rules:
                    assert one.ping(OUTSIDE) == reaches, rules
                finding = check.found().get(row)
                assert (finding[0] == "problem" and words in finding[1]) if words else not finding, (rules, finding)
                for _ in range(4):
                    if is_dropping(check, row):
                        shell(check.found()[row][2])
                assert not words or not is_dropping(check, row), (rules, check.found())
                assert one.ping(OUTSIDE), rules
            finally:
                shell("for t in filter mangle; do iptables-legacy -t $t -F; iptables-legacy -t $t -X; "
                      "iptables-legacy -t $t -P FORWARD ACCEPT; iptables-legacy -t $t -P INPUT ACCEPT; done")
        assert check.found() == {}
        shell("ip6tables-legacy -A FORWARD -i check0 -s 2001:db8:95::/48 -j REJECT")
        assert "table ip6 filter (legacy) drops the guests' IPv6 packets to the outside" in check.found()["other-rules"][1]
        shell(check.found()["other-rules"][2])
        assert check.found() == {}
        shell("ip6tables-legacy -F")


def test_firewalld():
    """Whether the bridge is where firewalld lets it pass."""
    with harness.Host() as host, outside():
        program = harness.find_binary("fakefirewalld")
        bus = SystemBus(host)
        firewalld = subprocess.Popen([program], env=host.env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            assert firewalld.stdout.readline() == "ready\n"
            daemon = host.start("virtnetworkd")
            check = Checker(host, daemon)
            network = connect(daemon).networkCreateXML(
                NET.format(forward="<forward mode='nat'/>").replace("stp='off'", "stp='off' zone='work'"))
            assert check.found() == {} and "firewalld's zone work" in check("check").stdout
            host.run("gdbus", "call", "--address", host.env["DBUS_SYSTEM_BUS_ADDRESS"], "--dest", FIREWALLD,
                     "--object-path", "/org/fedoraproject/FirewallD1", "--method", f"{FIREWALLD}.zone.changeZoneOfInterface",
                     "libvirt", "check0")
            state, says, cure = check.found()["firewalld"]
            assert state == "problem" and "zone libvirt, not work" in says, says
            assert cure == "firewall-cmd --zone=work --change-interface=check0", cure
            firewalld.kill()
            firewalld.wait()
            assert "firewalld does not run" in check.found()["firewalld"][1]
            network.destroy()
        finally:
            firewalld.kill()
            firewalld.wait()
            bus.stop()


def test_refusals():
    with harness.Host() as host:
        daemon = host.start("virtnetworkd")
        check = Checker(host, daemon)
        assert "no network with matching name 'nothing'" in check("nothing", status=2).stderr
        assert "one network is needed" in check(status=2).stderr
        assert "output format" in check("check", "--output", "xml", status=2).stderr
        read_only = host.run(*check.command[:2], daemon.uri().replace("-sock", "-sock-ro"), "check", check=False)
        assert read_only.returncode == 2 and read_only.stderr, read_only


def prepare():
    namespace.enter()
    harness.need("ip", "nft", "dnsmasq", "busybox", "ping")


if __name__ == "__main__":
    harness.main([function for name, function in list(globals().items()) if name.startswith("test_")], prepare)
