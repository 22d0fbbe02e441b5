# SPDX-License-Identifier: LGPL-2.1-or-later
"""The story the project is for: a guest's display listens on the address of its host's network of some name.

Real QEMU, real bridges, dnsmasq and nftables, in a network namespace of its own; the clients are libvirt's own.
"""

import os
import socket
import subprocess
import time
import xml.etree.ElementTree as ElementTree

import harness
import namespace
from namespace import connect, expect, ip, listeners, wait_for

NAT = """<network><name>example-net</name><forward mode='nat'/><bridge name='ex0'/>
<ip address='10.92.1.1' prefix='24'><dhcp><range start='10.92.1.2' end='10.92.1.99'/></dhcp></ip></network>"""
GUEST = """<domain type='qemu'><name>{name}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='{machine}'>hvm</type></os><features><acpi/></features>
<devices><graphics type='vnc' autoport='yes'>{listen}</graphics>{more}</devices></domain>"""
LISTEN = "<listen type='network' network='example-net'/>"


class Stage:
    """virtnetworkd and virtqemud in one host, with a connection to each, and virtproxyd before them when asked."""

    def __init__(self, proxy=False):
        self.host = harness.Host()
        self.network = self.host.start("virtnetworkd")
        self.qemu = self.host.start("virtqemud")
        self.proxy = self.host.start("virtproxyd") if proxy else None
        self.networks = connect(self.network)
        self.guests = connect(self.proxy or self.qemu)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        try:
            for domain in self.guests.listAllDomains(1):
                domain.destroy()
            for network in self.networks.listAllNetworks(2):
                network.destroy()
        finally:
            self.host.__exit__(*error)

    def guest(self, listen=LISTEN, machine="q35", more="", name="guest"):
        return self.guests.defineXML(GUEST.format(name=name, machine=machine, listen=listen, more=more))


def graphics(domain, flags=0):
    return ElementTree.fromstring(domain.XMLDesc(flags)).find("devices/graphics")


def banner(address, port):
    with socket.create_connection((address, port), 10) as client:
        return client.recv(12)


def assert_listens_on(domain, address):
    """There, and nowhere else."""
    live = graphics(domain)
    port = int(live.get("port"))
    assert live.get("listen") == address and live.find("listen").get("address") == address, ElementTree.tostring(live)
    assert live.find("listen").get("network") == "example-net"
    assert banner(address, port).startswith(b"RFB ")
    assert {where for where, number in listeners() if number == port} == {address}, listeners()


def assert_address_is_secret(domain, address):
    import libvirt
    for flags in (libvirt.VIR_DOMAIN_XML_INACTIVE, libvirt.VIR_DOMAIN_XML_MIGRATABLE,
                  libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_MIGRATABLE):
        assert address not in domain.XMLDesc(flags), domain.XMLDesc(flags)


def run_on(stage, network_xml, address, **guest):
    network = stage.networks.networkDefineXML(network_xml)
    network.create()
    domain = stage.guest(**guest)
    domain.create()
    assert_listens_on(domain, address)
    assert_address_is_secret(domain, address)
    domain.destroy()
    domain.undefine()
    network.destroy()
    network.undefine()


def test_nat_network():
    with Stage() as stage:
        run_on(stage, NAT, "10.92.1.1")
        run_on(stage, NAT, "10.92.1.1", machine="pc")


def test_guest_on_the_network_too():
    with Stage() as stage:
        run_on(stage, NAT, "10.92.1.1",
               more="<interface type='network'><source network='example-net'/><model type='virtio'/></interface>")


def test_bridge_network():
    with Stage() as stage:
        ip("link", "add", "brx", "type", "bridge")
        ip("address", "add", "198.51.100.8/24", "dev", "brx")
        ip("link", "set", "brx", "up")
        bridge = "<network><name>example-net</name><forward mode='bridge'/><bridge name='brx'/></network>"
        run_on(stage, bridge, "198.51.100.8")
        device = "<network><name>example-net</name><forward mode='bridge' dev='brx'/></network>"
        run_on(stage, device, "198.51.100.8")
        ip("link", "delete", "brx")


def test_ipv6_network():
    with Stage() as stage:
        run_on(stage, "<network><name>example-net</name><bridge name='ex6'/>"
                      "<ip family='ipv6' address='2001:db8:92::1' prefix='64'/></network>", "2001:db8:92::1")


def test_through_the_proxy():
    with Stage(proxy=True) as stage:
        run_on(stage, NAT, "10.92.1.1")


def test_refusals():
    """Defining works; the start says why not; QEMU never runs."""
    import libvirt
    with Stage() as stage:
        domain = stage.guest()

        def refused(code, text):
            expect(code, domain.create, text)
            assert not domain.isActive()
            log = os.path.join(stage.host.root, "cache", "libvirt", "qemu", "log", "guest.log")
            assert not os.path.exists(log) or "qemu-system" not in open(log, encoding="utf-8").read()

        refused(libvirt.VIR_ERR_NO_NETWORK, "example-net")
        network = stage.networks.networkDefineXML(NAT)
        refused(libvirt.VIR_ERR_OPERATION_INVALID, "not active")
        network.undefine()
        for xml, code, text in (
                ("<forward mode='hostdev'/>",
                 libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "hostdev"),
                ("<forward mode='bridge' dev='nodev'/>", libvirt.VIR_ERR_XML_ERROR, "there is no device 'nodev'"),
                ("<bridge name='bare0'/>", libvirt.VIR_ERR_XML_ERROR, "there is none on device 'bare0'")):
            network = stage.networks.networkCreateXML(f"<network><name>example-net</name>{xml}</network>")
            refused(code, text)
            network.destroy()
        domain.undefine()


def test_daemons_killed():
    """Guest, console and events go on when daemons are killed and come back."""
    import libvirt
    kernel = os.path.join(harness.BUILD, "tests", "integration", "kernel.elf")
    with Stage() as stage:
        network = stage.networks.networkDefineXML(NAT)
        network.create()
        log = os.path.join(stage.host.root, "serial.log")
        xml = GUEST.format(name="guest", machine="q35", listen=LISTEN, more=SERIAL.format(log=log)).replace(
            "hvm</type>", f"hvm</type><kernel>{kernel}</kernel>")
        domain = stage.guests.defineXML(xml)
        domain.create()
        assert_listens_on(domain, "10.92.1.1")
        before = domain.XMLDesc()
        stage.network.kill()
        stage.qemu.kill()
        assert banner("10.92.1.1", int(graphics_of(before).get("port"))).startswith(b"RFB ")
        stage.qemu.start()  # without virtnetworkd, first
        stage.guests = connect(stage.qemu)
        domain = stage.guests.lookupByName("guest")
        assert domain.state()[0] == libvirt.VIR_DOMAIN_RUNNING
        stage.network.start()
        stage.networks = connect(stage.network)
        assert stage.networks.networkLookupByName("example-net").isActive()
        assert domain.XMLDesc() == before
        wait_for_kernel(log)
        assert_echoes(stage.guests, domain, b"1234567")
        assert_listens_on(domain, "10.92.1.1")
        domain.suspend()
        assert domain.state()[0] == libvirt.VIR_DOMAIN_PAUSED
        domain.resume()
        domain.destroy()
        domain.undefine()


def graphics_of(xml):
    return ElementTree.fromstring(xml).find("devices/graphics")


SERIAL = "<serial type='pty'><log file='{log}'/></serial>"


def wait_for_kernel(log):
    """The guest has greeted: what is sent earlier is lost in its firmware."""
    wait_for("the guest's kernel", lambda: os.path.exists(log) and b"test guest" in open(log, "rb").read(), 60)


def assert_echoes(connection, domain, data):
    """The guest's console gives back what it is sent."""
    import libvirt
    stream = connection.newStream()
    domain.openConsole(None, stream, libvirt.VIR_DOMAIN_CONSOLE_FORCE)
    stream.send(data)
    received = b""
    while data not in received:
        part = stream.recv(1024)
        assert part, received
        received += part
    stream.abort()


def test_console_and_shutdown():
    kernel = os.path.join(harness.BUILD, "tests", "integration", "kernel.elf")
    with Stage() as stage:
        log = os.path.join(stage.host.root, "serial.log")
        xml = GUEST.format(name="guest", machine="q35", listen="<listen type='address' address='127.0.0.1'/>",
                           more=SERIAL.format(log=log)).replace("hvm</type>", f"hvm</type><kernel>{kernel}</kernel>")
        domain = stage.guests.createXML(xml)
        wait_for_kernel(log)
        assert_echoes(stage.guests, domain, b"abcdefg")
        stream = stage.guests.newStream()
        domain.openConsole(None, stream, 0)
        stream.send(b"q")  # it powers itself off
        wait_for("the guest's end", lambda: not stage.guests.listAllDomains())


def test_no_leaks():
    """Neither descriptors nor children pile up in the daemons."""
    with Stage() as stage:
        network = stage.networks.networkDefineXML(NAT)
        network.create()
        domain = stage.guest()

        def state():
            fds = [len(os.listdir(f"/proc/{daemon.pid}/fd")) for daemon in (stage.qemu, stage.network)]
            children = subprocess.run(["ps", "--ppid", str(stage.qemu.pid), "-o", "pid="], capture_output=True, text=True)
            return fds, len(children.stdout.split())

        domain.create()
        domain.destroy()
        # The network's daemon looks once more at what may cut a new network off when firewalld has had its time.
        time.sleep(4)
        before = state()
        for _ in range(5):
            domain.create()
            domain.destroy()
        time.sleep(0.3)
        assert state() == before, (before, state())
        domain.undefine()


def prepare():
    namespace.enter()
    harness.need("ip", "nft", "dnsmasq", "qemu-system-x86_64", "ss")


if __name__ == "__main__":
    harness.main([function for name, function in list(globals().items()) if name.startswith("test_")], prepare)
