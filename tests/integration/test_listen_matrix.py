# SPDX-License-Identifier: LGPL-2.1-or-later
"""Screens on every kind of network: four guests, one for each family, go with each kind through what can become of its
addresses, with viewers that stay connected."""

import socket
import subprocess

import guests
import harness
import namespace
from guests import GuestHost, expect_error, libvirt, open_connection, vnc_xml
from namespace import connect, ip, wait_for
from test_screens import reach, refuses, shown_addresses

FAMILIES = ("", "ipv4", "ipv6", "any")

# Where the network's addresses are: two links to go between, which are the network's own bridge or the host's.
OWN = "<bridge name='{link}' stp='off'/>"
KINDS = {
    "isolated": OWN,
    "open": "<forward mode='open'/>" + OWN,
    "bridge": "<forward mode='bridge'/><bridge name='{link}'/>",
    "device": "<forward mode='bridge'><interface dev='{link}'/></forward>",
    "private": "<forward mode='private'><interface dev='{link}'/></forward>",
    "nat": "<forward mode='nat'/>" + OWN,
    "route": "<forward mode='route'/>" + OWN,
}
IS_OWN = {"isolated", "open", "nat", "route"}
# These have to say an address; that of the others may be on their bridge alone.
HAS_IP = {"nat", "route"}
FIRST = ("10.85.1.1", "fd00:85:1::1")
SECOND = ("10.85.2.1", "fd00:85:2::1")
THIRD = ("10.85.3.1", "fd00:85:3::1")


def ips(pair):
    return f"<ip address='{pair[0]}' prefix='24'/><ip family='ipv6' address='{pair[1]}' prefix='64'/>"


def expected(family, *pairs):
    """Where a screen of that family listens when the link has these pairs of addresses."""
    v4, v6 = [pair[0] for pair in pairs if pair[0]], [pair[1] for pair in pairs if pair[1]]
    if family == "any":
        return v4 + v6
    return v6[:1] if family == "ipv6" else v4[:1]


class Matrix(GuestHost):
    """A host with both daemons and one kind of network, 'lan'."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        self.links = ("mat0", "mat1")
        self.domains = {}
        self.viewers = []

    def __enter__(self):
        super().__enter__()
        if self.kind not in IS_OWN:
            for link in self.links:
                make = ["type", "bridge"] if self.kind == "bridge" else ["type", "veth", "peer", "name", f"{link}-far"]
                ip("link", "add", link, *make)
                self.prepare_link(link)
        self.networks = connect(self.start("virtnetworkd"))
        self.connection = open_connection(self.start("virtqemud"))
        self.network = self.define(self.links[0], ips(FIRST) if self.kind in HAS_IP else "")
        return self

    def __exit__(self, *error):
        if self.network.isActive():
            self.network.destroy()
        super().__exit__(*error)
        for link in self.links:
            subprocess.run(["ip", "link", "del", link], capture_output=True, check=False)

    @staticmethod
    def prepare_link(link):
        """A link whose only addresses are those of the test."""
        with open(f"/proc/sys/net/ipv6/conf/{link}/disable_ipv6", "w", encoding="ascii") as file:
            file.write("0")
        ip("link", "set", link, "addrgenmode", "none", "up")
        ip("-6", "address", "flush", "dev", link)

    def define(self, link, ips=""):
        inside = KINDS[self.kind].format(link=link)
        return self.networks.networkDefineXML(f"<network><name>lan</name><uuid>6c0e1a2f-6d57-4ee5-9f0a-3a1c0b7f2d11</uuid>"
                                              f"{inside}{ips}</network>")

    def run_network(self):
        self.network.create()
        if self.kind in IS_OWN:
            self.prepare_link(self.links[0])

    def document(self, family):
        chosen = f" family='{family}'" if family else ""
        # With ports of their own, so that none is taken for another.
        return vnc_xml(f"guest-{family or 'default'}", f"<listen type='network' network='lan'{chosen}/>",
                       f"port='{5970 + FAMILIES.index(family)}'")

    def is_refused(self, family, code, text):
        expect_error(code, text, self.connection.createXML, self.document(family))
        assert not self.connection.listAllDomains() or family not in self.domains

    def begin(self, family):
        self.domains[family] = self.connection.createXML(self.document(family))

    def view(self, *pairs):
        """One more viewer of every guest, where it is to be found last."""
        for family, domain in self.domains.items():
            self.viewers.append(reach(domain, expected(family, *pairs)[-1]))

    def are_viewers_there(self):
        """Each gets an answer to what it asks; then they go."""
        assert self.viewers
        for viewer in self.viewers:
            viewer.sendall(b"RFB 003.008\n")
            assert viewer.recv(1)
            viewer.close()
        self.viewers.clear()

    def wait_at(self, *pairs):
        """Every screen comes to listen where its family has its addresses, and nowhere else."""
        for family, domain in self.domains.items():
            where = expected(family, *pairs)
            wait_for(f"{self.kind} {family or 'default'} at {where}, not {shown_addresses(domain)}",
                     lambda d=domain, w=where: [sorted(found) for found in shown_addresses(d)] == [sorted(w)])
            for address in where:
                reach(domain, address).close()
            for address in {address for pair in (FIRST, SECOND, THIRD) for address in pair} - set(where):
                assert refuses(domain, address), (self.kind, family, address)


def change(verb, link, address):
    ip("address", verb, f"{address}/{64 if ':' in address else 24}", "dev", link, *(["nodad"] if ":" in address and verb == "add" else []))


def give(link, pair, verb="add"):
    for address in pair:
        change(verb, link, address)


def come_and_go(matrix, link):
    """Addresses of the link come one after the other, change, and the guests go with them."""
    matrix.run_network()
    for family in FAMILIES:
        matrix.is_refused(family, libvirt.VIR_ERR_XML_ERROR, "network 'lan' has no address")
    change("add", link, FIRST[0])
    matrix.is_refused("ipv6", libvirt.VIR_ERR_XML_ERROR, "network 'lan' has no IPv6 address")
    matrix.begin("any")
    matrix.wait_at((FIRST[0], None))
    change("add", link, FIRST[1])
    for family in ("", "ipv4", "ipv6"):
        matrix.begin(family)
    matrix.wait_at(FIRST)
    matrix.view(FIRST)
    give(link, SECOND)
    matrix.wait_at(FIRST, SECOND)
    # A connection goes on for as long as the host has its address.
    matrix.are_viewers_there()
    give(link, FIRST, "del")
    matrix.wait_at(SECOND)
    matrix.view(SECOND)


def walk(kind):
    with Matrix(kind) as matrix:
        link, other = matrix.links
        for family in FAMILIES:
            matrix.is_refused(family, libvirt.VIR_ERR_OPERATION_INVALID, "network 'lan' is not active")
        before = FIRST if kind in HAS_IP else SECOND
        if kind in HAS_IP:
            matrix.network.create()
            for family in FAMILIES:
                matrix.begin(family)
            matrix.wait_at(FIRST)
        else:
            come_and_go(matrix, link)
        # Away, and back somewhere else.
        matrix.network.destroy()
        log = matrix.daemons["virtqemud"].log
        wait_for("the log to say why", lambda: log().count("stays where it was") >= len(FAMILIES))
        for family, domain in matrix.domains.items():
            assert sorted(shown_addresses(domain)[0]) == sorted(expected(family, before)), (kind, family)
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "network 'lan' is not active", matrix.connection.createXML,
                     vnc_xml("more", "<listen type='network' network='lan'/>"))
        if kind not in IS_OWN:
            give(other, THIRD)
        matrix.define(other, ips(THIRD) if kind in IS_OWN else "").create()
        matrix.wait_at(THIRD)
        if kind not in IS_OWN:
            matrix.are_viewers_there()
        for viewer in matrix.viewers:
            viewer.close()


def make_test(kind):
    def test():
        walk(kind)
    test.__name__ = test.__qualname__ = f"test_{kind}"
    return test


def test_kinds_without_address():
    """What has no address on the host is refused by what it is."""
    with GuestHost() as host:
        networks = connect(host.start("virtnetworkd"))
        connection = open_connection(host.start("virtqemud"))
        for forward, text in (("<forward mode='hostdev'/>", "network 'lan' has forward mode 'hostdev'"),
                              ("<forward mode='bridge'/>", "network 'lan' has neither a bridge nor a device"),
                              ("<forward mode='vepa'/>", "network 'lan' has neither a bridge nor a device"),
                              ("<forward mode='passthrough'><interface dev='nowhere0'/></forward>",
                               "there is no device 'nowhere0'")):
            network = networks.networkCreateXML(f"<network><name>lan</name>{forward}</network>")
            for family in FAMILIES:
                chosen = f" family='{family}'" if family else ""
                code = libvirt.VIR_ERR_XML_ERROR if "nowhere0" in text else libvirt.VIR_ERR_CONFIG_UNSUPPORTED
                expect_error(code, text, connection.createXML, vnc_xml("a", f"<listen type='network' network='lan'{chosen}/>"))
            network.destroy()


def prepare():
    guests.need_qemu()
    harness.need("ip", "nft", "unshare")
    namespace.enter()


if __name__ == "__main__":
    harness.main([make_test(kind) for kind in KINDS] + [test_kinds_without_address], prepare)
