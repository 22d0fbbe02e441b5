# SPDX-License-Identifier: LGPL-2.1-or-later
"""What two guests with a Linux of their own get from networks of every kind: whom they reach, by IPv4 and IPv6, what DHCP and
router announcements tell them, what DNS answers; the same from our daemons and from the distribution's libvirtd.

Asked for with MODVIRT_TEST_LINUX_GUESTS, as two boots of two guests take minutes where processors are emulated."""

import contextlib

import guests
import harness
import linuxguest
import namespace
from guests import GuestHost, libvirt
from namespace import ip
from netclient import Machine
from peer import SystemPeer
from test_network_reach import EXPECTED, FORWARDS

# In the order of their numbers: 10.96.NUMBER.0/24, 2001:db8:96:NUMBER::/64.
NETWORKS = {name: number for number, name in enumerate([*FORWARDS, "bridge"], 1)}
LEASED6 = ("nat6", "route")  # those whose IPv6 addresses come by DHCP; the others' guests make their own
NET = """<network><name>{name}</name>{forward}<bridge name='{name}0' stp='off' delay='0'/>
<domain name='{name}.test' localOnly='yes'/>
<dns><txt name='note' value='a text'/><srv service='svc' protocol='tcp' target='named.{name}.test' port='99'/>
<host ip='10.96.{n}.200'><hostname>named</hostname></host><host ip='2001:db8:96:{n}::200'><hostname>named</hostname></host></dns>
<ip address='10.96.{n}.1' prefix='24'><dhcp><range start='10.96.{n}.10' end='10.96.{n}.19'/>
<host mac='{mac}' name='fixed' ip='10.96.{n}.40'/></dhcp></ip>
<ip family='ipv6' address='2001:db8:96:{n}::1' prefix='64'>{dhcp6}</ip></network>"""
DHCP6 = "<dhcp><range start='2001:db8:96:{n}::100' end='2001:db8:96:{n}::1ff'/></dhcp>"
BRIDGE = "<network><name>bridge</name><forward mode='bridge'/><bridge name='bridge0'/></network>"
CARD = ("<interface type='network'><mac address='{mac}'/><source network='{network}'/><model type='virtio'/>"
        "<rom enabled='no'/></interface>")
OUTSIDE = {4: "203.0.113.2", 6: "2001:db8:ff::2"}
QUESTIONS = [("a", "named"), ("aaaa", "named"), ("a", "fixed"), ("a", "two"), ("a", "two.{name}.test"), ("ptr", "40.{n}.96.10.in-addr.arpa"),
             ("txt", "note"), ("srv", "_svc._tcp.{name}.test"), ("a", "nobody.{name}.test")]

PROGRAMS = {
    # card MAC: its link's name
    "card": '#!/bin/sh\nfor link in /sys/class/net/*; do [ "$(cat $link/address)" != $1 ] || echo ${link##*/}; done\n',
    # What udhcpc calls with its lease.
    "leased": """#!/bin/sh
[ "$1" = bound ] || exit 0
ip address replace "$ip/$mask" dev "$interface"
[ -z "$router" ] || ip route replace default via "$router" dev "$interface"
for name in ip mask broadcast router dns domain hostname lease mtu serverid; do eval "echo $name \\$$name"; done > /lease
""",
    # within SECONDS COMMAND: whether it succeeded within that time
    "within": '#!/bin/sh\nfor turn in $(seq $(($1 * 5))); do sh -c "$2" && exit 0; usleep 200000; done; exit 1\n',
}


def mac(number, guest):
    return f"52:54:00:96:{number:02x}:{guest:02x}"


def address(number, last, family):
    return f"10.96.{number}.{last}" if family == 4 else f"2001:db8:96:{number}::{last}"


def network_xml(number, name):
    if name == "bridge":
        return BRIDGE
    dhcp6 = DHCP6.format(n=number) if name in LEASED6 else ""
    return NET.format(name=name, n=number, forward=FORWARDS[name], dhcp6=dhcp6, mac=mac(number, 1))


# ---- one daemon's host ----

def start_ours(host):
    return libvirt.open(host.start("virtnetworkd").uri()), libvirt.open(host.start("virtqemud").uri())


def start_peer(host):
    host.daemons["libvirtd"] = SystemPeer(host)
    connection = libvirt.open(host.daemons["libvirtd"].start().uri("/system"))
    return connection, connection


@contextlib.contextmanager
def outside():
    """A machine to which the host is the way to the guests, and one in the bridge that is the host's own."""
    number = NETWORKS["bridge"]
    ip("link", "add", "bridge0", "type", "bridge")
    ip("link", "set", "bridge0", "up")
    with Machine("out") as out, Machine("near", "bridge0") as near:
        for family, prefix, door in ((4, 24, "203.0.113.1"), (6, 64, "2001:db8:ff::1")):
            flags = ["nodad"] if family == 6 else []
            ip("address", "add", f"{door}/{prefix}", "dev", out.port, *flags)
            ip("address", "add", f"{address(number, 1, family)}/{prefix}", "dev", "bridge0", *flags)
            out.ip("address", "add", f"{OUTSIDE[family]}/{prefix}", "dev", "eth0", *flags)
            out.ip("route", "add", "default", "via", door)
            near.ip("address", "add", f"{address(number, 33, family)}/{prefix}", "dev", "eth0", *flags)
        try:
            yield out, near
        finally:
            ip("link", "delete", "bridge0")


@contextlib.contextmanager
def running(start):
    """Two guests with a card in each network: (one, two, out, near)."""
    kernel, modules = linuxguest.need()
    with GuestHost() as host, outside() as (out, near):
        networks, hypervisor = start(host)
        initrd = f"{host.root}/initrd"
        linuxguest.initramfs(initrd, modules, [harness.find_binary("dhcp6ask")], PROGRAMS)
        active = [networks.networkCreateXML(network_xml(number, name)) for name, number in NETWORKS.items()]
        with linuxguest.Guest(host.root, "one") as one, linuxguest.Guest(host.root, "two") as two:
            domains = []
            for place, guest in enumerate((one, two), 1):
                cards = "".join(CARD.format(mac=mac(number, place), network=name) for name, number in NETWORKS.items())
                domains.append(hypervisor.createXML(guest.xml(kernel, initrd, cards)))
            for guest in (one, two):
                guest.wait_ready()
            try:
                yield one, two, out, near
            finally:
                for thing in domains + active:
                    thing.destroy()


# ---- what guests see ----

def ask_dhcp(guest, link, number, name):
    """What came with the leases, address of either family first."""
    guest.run(f"udhcpc -i {link} -n -q -f -t 12 -T 1 -s /bin/leased -x hostname:{guest.name} -O mtu >/dev/null")
    told = dict(line.partition(" ")[::2] for line in guest.run("cat /lease").splitlines())
    prefix = address(number, "", 6)
    # The announcement: who is on the link, and with that a way out and perhaps an address of one's own.
    guest.run(f"within 20 'ip -6 route show dev {link} | grep -q ^{prefix}/64'")
    if name in LEASED6:
        told["dhcp6"] = guest.run(f"dhcp6ask {link}").splitlines()
        guest.run(f"ip address add {told['dhcp6'][0].split()[1]}/128 dev {link}")
    own = guest.run(f"within 20 'ip -6 address show dev {link} scope global | grep -q inet6' && ip -6 address show dev {link} scope global")
    told["ip6"] = own.split("inet6 ")[1].split("/")[0]
    told["way out"] = [bool(guest.run(f"ip {family} route show dev {link} default").strip()) for family in ("-4", "-6")]
    return told


def settle(guest, place, number, name):
    """Plugs the guest's card of this network in; what it was told, with "ip" and "ip6"."""
    link = guest.run(f"card {mac(number, place)}").strip()
    guest.run(f"ip link set {link} up")
    if name != "bridge":
        told = ask_dhcp(guest, link, number, name)
    else:
        told = {}
        for family, key, prefix in ((4, "ip", 24), (6, "ip6", 64)):
            told[key] = address(number, 30 + place, family)
            guest.run(f"ip address add {told[key]}/{prefix} dev {link}")
    guest.run(f"within 20 '! ip address show dev {link} | grep -q tentative'")
    return link, told


def answers(guest, number, name):
    """(question, family of the server's address) -> the answer's lines."""
    found = {}
    for family in (4, 6):
        server = address(number, 1, family)
        for kind, question in QUESTIONS:
            question = question.format(n=number, name=name)
            text = guest.try_run(f"nslookup -type={kind} {question} {server}")[1]
            found[f"{kind} {question} over IPv{family}"] = sorted(line for line in text.split("\n")[2:] if line.strip())
    return found


def reach(one, told, out, number, family, outside_address):
    key = "ip" if family == 4 else "ip6"
    return (one.ping(told["two"][key], 2), one.ping(address(number, 1, family), 2), one.ping(outside_address, 2),
            out.ping(told["one"][key]) or out.ping(told["one"][key]))


def measure(start):
    """Everything that can be seen from two guests and from outside."""
    seen = {"reach": {}, "told": {}, "dns": {}}
    with running(start) as (one, two, out, near):
        for name, number in NETWORKS.items():
            links, told = {}, {}
            for place, guest in enumerate((one, two), 1):
                links[guest], told[guest.name] = settle(guest, place, number, name)
            seen["told"][name] = told
            for family in (4, 6):
                if name == "bridge":
                    far, beyond = near, address(number, 33, family)
                else:
                    far, beyond = out, OUTSIDE[family]
                seen["reach"][name, family] = reach(one, told, far, number, family, beyond)
            if name != "bridge":
                seen["dns"][name] = answers(one, number, name)
            for guest, link in links.items():
                guest.run(f"ip address flush dev {link}; ip link set {link} down")
    show(start.__name__.removeprefix("start_"), seen["reach"])
    return seen


def show(whose, matrix):
    """A table in the test's log."""
    print(f"# {whose}: guest-guest, guest-host, guest-outside, outside-guest")
    for (name, family), found in matrix.items():
        print(f"#   {name:9} IPv{family}  {' '.join('yes' if reached else 'no ' for reached in found)}", flush=True)


# ---- the tests ----

OURS = {}


def differences(ours, theirs):
    return {(part, key): (ours[part].get(key), theirs[part].get(key)) for part in ours for key in {**ours[part], **theirs[part]}
            if ours[part].get(key) != theirs[part].get(key)}


def test_ours():
    OURS.update(measure(start_ours))
    assert OURS["reach"] == EXPECTED, {key: found for key, found in OURS["reach"].items() if found != EXPECTED[key]}
    for name in FORWARDS:
        number = NETWORKS[name]
        one, dns = OURS["told"][name]["one"], OURS["dns"][name]
        assert one["ip"] == address(number, 40, 4) and one["dns"] == address(number, 1, 4), one
        assert one["way out"] == [name != "isolated"] * 2, (name, one)
        for family in (4, 6):
            assert f"Address: {address(number, 200, 4)}" in dns[f"a named over IPv{family}"], dns
            assert f"name = fixed.{name}.test" in dns[f"ptr 40.{number}.96.10.in-addr.arpa over IPv{family}"][0], dns
            assert "NXDOMAIN" in dns[f"a nobody.{name}.test over IPv{family}"][0], dns


def test_same_as_peer():
    theirs = measure(start_peer)
    assert theirs["reach"] == EXPECTED, "what is expected is not what the peer gives"
    assert not OURS or not differences(OURS, theirs), differences(OURS, theirs)


def prepare():
    guests.need_qemu()
    linuxguest.need()
    harness.need("ip", "nft", "dnsmasq", "ping", "iptables")
    namespace.enter_host()
    libvirt.registerErrorHandler(lambda *_: None, None)


if __name__ == "__main__":
    harness.main([test_ours, test_same_as_peer], prepare)
