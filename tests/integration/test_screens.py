# SPDX-License-Identifier: LGPL-2.1-or-later
"""Screens that listen on networks: which addresses, and what becomes of them when the network's addresses change."""

import json
import os
import shutil
import signal
import socket
import time
import xml.etree.ElementTree as ElementTree

import guests
import harness
import namespace
from guests import Events, GuestHost, expect_error, guest_xml, libvirt, open_connection, vnc_xml
from namespace import ip

if libvirt:
    import libvirt_qemu

ON_LAN = "<listen type='network' network='lan'{}/>"


class Stage(GuestHost):
    """A bridge with addresses, a network 'lan' over it that runs, and both daemons."""

    def __init__(self, *addresses):
        super().__init__()
        self.addresses = addresses

    def __enter__(self):
        super().__enter__()
        ip("link", "add", "sbr0", "type", "bridge")
        ip("link", "set", "sbr0", "up")
        for address in self.addresses:
            self.add(address)
        self.network_daemon = self.start("virtnetworkd")
        self.networks = libvirt.open(self.network_daemon.uri())
        self.network = self.networks.networkDefineXML(
            "<network><name>lan</name><forward mode='bridge'/><bridge name='sbr0'/></network>")
        self.network.create()
        self.connection = open_connection(self.start("virtqemud"))
        return self

    def __exit__(self, *error):
        super().__exit__(*error)
        ip("link", "del", "sbr0")

    @staticmethod
    def add(address):
        ip("address", "add", address, "dev", "sbr0", *(["nodad"] if ":" in address else []))

    @staticmethod
    def remove(address):
        ip("address", "del", address, "dev", "sbr0")


def graphics(domain, flags=0):
    return ElementTree.fromstring(domain.XMLDesc(flags)).find("devices/graphics")


def shown_addresses(domain):
    """What the live document says: of each <listen> its address, and those beside it."""
    return [[listen.get("address"), *(more.text for more in listen.findall("address"))]
            for listen in graphics(domain).findall("listen")]


def reach(domain, address):
    """A viewer that has been greeted."""
    viewer = socket.create_connection((address, int(graphics(domain).get("port"))), timeout=10)
    assert viewer.recv(12).startswith(b"RFB "), address
    return viewer


def refuses(domain, address):
    try:
        reach(domain, address).close()
    except OSError:
        return True
    return False


def test_families():
    with Stage("10.90.0.1/24", "10.90.1.1/24", "fd00:90::1/64") as stage:
        for family, expected in (("", ["10.90.0.1"]), (" family='ipv4'", ["10.90.0.1"]),
                                 (" family='ipv6'", ["fd00:90::1"]),
                                 (" family='any'", ["10.90.0.1", "10.90.1.1", "fd00:90::1"])):
            domain = stage.connection.createXML(vnc_xml("a", ON_LAN.format(family)))
            shown = shown_addresses(domain)
            # The link-local address comes and goes with the bridge's carrier.
            assert [[a for a in shown[0] if not a.startswith("fe80")]] == [expected], (family, shown)
            for address in expected:
                reach(domain, address).close()
            for address in {"10.90.0.1", "10.90.1.1", "fd00:90::1", "127.0.0.1"} - set(expected):
                assert refuses(domain, address), (family, address)
            hidden = ElementTree.tostring(graphics(domain, libvirt.VIR_DOMAIN_XML_MIGRATABLE), encoding="unicode")
            assert "10.90" not in hidden and "fd00" not in hidden
            assert family.strip().replace("'", '"') in hidden
            domain.destroy()


def test_family_that_is_not_there():
    with Stage("10.90.0.1/24") as stage:
        ip("link", "set", "sbr0", "addrgenmode", "none")
        ip("-6", "address", "flush", "dev", "sbr0")
        domain = stage.connection.defineXML(vnc_xml("a", ON_LAN.format(" family='ipv6'")))
        expect_error(libvirt.VIR_ERR_XML_ERROR, "network 'lan' has no IPv6 address", domain.create)


def test_two_listens():
    with Stage("10.90.0.1/24") as stage:
        listens = ON_LAN.format("") + "<listen type='address' address='127.0.0.1'/>"
        domain = stage.connection.createXML(vnc_xml("a", listens))
        assert shown_addresses(domain) == [["10.90.0.1"], ["127.0.0.1"]]
        reach(domain, "10.90.0.1").close()
        reach(domain, "127.0.0.1").close()
        # The port is one for both, and is taken on both.
        other = stage.connection.createXML(vnc_xml("b", "<listen type='address' address='127.0.0.1'/>"))
        assert graphics(other).get("port") != graphics(domain).get("port")
        wanted = vnc_xml("c", listens + "<listen type='none'/>")
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "beside others", stage.connection.createXML, wanted)


def test_viewers_stay_when_the_address_changes():
    Events.start_loop()
    with Stage("10.90.0.1/24", "fd00:90::1/64") as stage:
        events = Events()
        events.listen(stage.connection)
        domain = stage.connection.createXML(vnc_xml("a", ON_LAN.format(" family='any'")))
        viewer = reach(domain, "fd00:90::1")
        port = graphics(domain).get("port")
        stage.add("10.91.0.1/24")
        stage.remove("10.90.0.1/24")
        guests.wait_until(lambda: "10.91.0.1" in shown_addresses(domain)[0], "the screen is at the new address")
        events.wait("a", libvirt.VIR_DOMAIN_EVENT_DEFINED, libvirt.VIR_DOMAIN_EVENT_DEFINED_UPDATED)
        # The address that stayed is listened on as before, with the same port, and whoever was connected still is.
        assert graphics(domain).get("port") == port
        viewer.sendall(b"RFB 003.008\n")
        assert viewer.recv(1)
        reach(domain, "10.91.0.1").close()
        reach(domain, "fd00:90::1").close()
        viewer.close()


def test_network_restarted_elsewhere():
    with Stage("10.90.0.1/24") as stage:
        domain = stage.connection.createXML(vnc_xml("a", ON_LAN.format("")))
        viewer = reach(domain, "10.90.0.1")
        stage.network.destroy()
        guests.wait_until(lambda: "stays where it was" in stage.daemons["virtqemud"].log(), "the log says why")
        stage.networks.networkDefineXML(
            "<network><name>lan</name>" f"<uuid>{stage.network.UUIDString()}</uuid>"
            "<forward mode='bridge'><interface dev='lo'/></forward></network>").create()
        guests.wait_until(lambda: shown_addresses(domain) == [["127.0.0.1"]], "the screen is where the network is")
        reach(domain, "127.0.0.1").close()
        viewer.sendall(b"RFB 003.008\n")
        assert viewer.recv(1)
        viewer.close()


def listening_socket(port):
    """The inode of the socket that listens at this port of an IPv4 address that stays."""
    with open("/proc/net/tcp", encoding="ascii") as file:
        rows = [line.split() for line in file.readlines()[1:]]
    found = [row[9] for row in rows if row[1] == f"01005A0A:{port:04X}" and row[3] == "0A"]
    assert len(found) == 1, found
    return found[0]


def test_viewers_come_during_moves():
    """Nobody is turned away who comes in the very moment of a move to the address that stays."""
    with Stage("10.90.0.1/24") as stage:
        ip("link", "set", "sbr0", "addrgenmode", "none")
        ip("-6", "address", "flush", "dev", "sbr0")
        domain = stage.connection.createXML(vnc_xml("a", ON_LAN.format(" family='any'"), "port='5977'"))
        pid = guests.qemu_pid(stage, "a")
        before = listening_socket(5977)
        for turn in range(16):
            change, wanted = (stage.remove, ["10.90.0.1"]) if turn % 2 else (stage.add, ["10.90.0.1", "10.91.0.1"])
            # QEMU, which lets two wait at its door, finds all of it at once: one from before the move, one from after.
            os.kill(pid, signal.SIGSTOP)
            viewers = [socket.create_connection(("10.90.0.1", 5977), timeout=10)]
            change("10.91.0.1/24")
            time.sleep(0.1)
            viewers.append(socket.create_connection(("10.90.0.1", 5977), timeout=10))
            os.kill(pid, signal.SIGCONT)
            for viewer in viewers:
                assert viewer.recv(12).startswith(b"RFB "), turn
                viewer.close()
            guests.wait_until(lambda w=wanted: shown_addresses(domain) == [w], "the move")
            assert listening_socket(5977) == before, turn
        # A daemon that has not made the socket takes the port over with one of its own, once.
        stage.daemons["virtqemud"].kill()
        stage.connection = open_connection(stage.start("virtqemud"))
        domain = stage.connection.lookupByName("a")
        for change, wanted in ((stage.add, ["10.90.0.1", "10.91.0.1"]), (stage.remove, ["10.90.0.1"])):
            before = listening_socket(5977)
            change("10.91.0.1/24")
            guests.wait_until(lambda w=wanted: shown_addresses(domain) == [w], "the move")
            assert (listening_socket(5977) == before) == (change == stage.remove)
        reach(domain, "10.90.0.1").close()
        # With its guest the socket is gone.
        domain.destroy()
        assert socket.socket().connect_ex(("10.90.0.1", 5977)) != 0


def test_new_address_is_taken():
    """With a port that must be kept, the old listener stays; an event and the log say why."""
    Events.start_loop()
    seen = []
    with Stage("10.90.0.1/24") as stage:
        libvirt_qemu.qemuMonitorEventRegister(stage.connection, None, "modvirt_graphics_.*", lambda *event: seen.append(
            (event[2], json.loads(event[5]))), None, libvirt_qemu.VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX |
            libvirt_qemu.VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_NOCASE)
        domain = stage.connection.createXML(vnc_xml("a", ON_LAN.format(""), "port='5977'"))
        stage.add("10.91.0.1/24")
        with socket.create_server(("10.91.0.1", 5977)):
            stage.remove("10.90.0.1/24")
            said = "VNC server cannot listen on address '10.91.0.1', port 5977"
            guests.wait_until(lambda: said in stage.daemons["virtqemud"].log(), "the log says why")
            assert shown_addresses(domain) == [["10.90.0.1"]]
            guests.wait_until(lambda: seen, "the event says why")
            assert seen[0][0] == "MODVIRT_GRAPHICS_STAYS" and said in seen[0][1]["reason"]
            stage.add("10.90.0.1/24")
            reach(domain, "10.90.0.1").close()
        stage.add("10.92.0.1/24")
        stage.remove("10.91.0.1/24")
        stage.remove("10.90.0.1/24")
        guests.wait_until(lambda: shown_addresses(domain) == [["10.92.0.1"]], "the screen is at the new address")
        moved = ("MODVIRT_GRAPHICS_MOVED", {"type": "vnc", "addresses": ["10.92.0.1"], "port": 5977})
        guests.wait_until(lambda: moved in seen, "the event says where to")


def spice_xml(listen):
    return guest_xml("a", f"<graphics type='spice' autoport='yes'>{listen}</graphics><video><model type='vga'/></video>")


def need_spice(connection):
    try:
        connection.createXML(spice_xml("<listen type='none'/>")).destroy()
    except libvirt.libvirtError as error:
        raise harness.Skip(f"a QEMU with SPICE: {error}") from None


def test_spice():
    """It listens where each kind says, and stays there, which the log tells."""
    with Stage("10.90.0.1/24", "10.91.0.1/24") as stage:
        need_spice(stage.connection)
        for listen, address in ((ON_LAN.format(""), "10.90.0.1"), ("<listen type='address' address='127.0.0.1'/>", "127.0.0.1")):
            domain = stage.connection.createXML(spice_xml(listen))
            assert shown_addresses(domain) == [[address]]
            port = int(graphics(domain).get("port"))
            socket.create_connection((address, port), timeout=10).close()
            for other in {"10.90.0.1", "10.91.0.1", "127.0.0.1"} - {address}:
                with socket.socket() as client:
                    assert client.connect_ex((other, port)) != 0, other
            domain.destroy()
        domain = stage.connection.createXML(spice_xml("<listen type='socket'/>"))
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(graphics(domain).find("listen").get("socket"))
        domain.destroy()
        for listens in (ON_LAN.format(" family='any'"), ON_LAN.format("") + "<listen type='address' address='127.0.0.1'/>"):
            expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "SPICE", stage.connection.createXML, spice_xml(listens))
        domain = stage.connection.createXML(spice_xml(ON_LAN.format("")))
        stage.remove("10.90.0.1/24")
        said = "stays where it was: a SPICE server cannot come to listen elsewhere"
        guests.wait_until(lambda: said in stage.daemons["virtqemud"].log(), "the log says so")
        assert shown_addresses(domain) == [["10.90.0.1"]]


def test_update_device_by_virsh():
    with Stage("10.90.0.1/24", "10.91.0.1/24") as stage:
        domain = stage.connection.defineXML(vnc_xml("a", "<listen type='address' address='10.90.0.1'/>"))
        domain.create()
        path = os.path.join(stage.root, "graphics.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("<graphics type='vnc'><listen type='address' address='10.91.0.1'/></graphics>")
        virsh = [harness.find_binary("virsh"), "-c", stage.daemons["virtqemud"].uri()]
        if shutil.which("virsh"):
            stage.run("virsh", *virsh[1:], "update-device", "a", path, "--live")
            assert shown_addresses(domain) == [["10.91.0.1"]]
        said = stage.run(*virsh, "update-device", "a", path, "--persistent").stdout
        assert said.strip() == "Device updated successfully"
        assert shown_addresses(domain) == [["10.91.0.1"]]
        assert graphics(domain, libvirt.VIR_DOMAIN_XML_INACTIVE).get("listen") == "10.91.0.1"


def test_update_device():
    with Stage("10.90.0.1/24", "10.91.0.1/24") as stage:
        domain = stage.connection.defineXML(vnc_xml("a", "<listen type='address' address='10.90.0.1'/>"))
        domain.create()
        viewer = reach(domain, "10.90.0.1")

        def update(listen, flags, attributes="autoport='yes'"):
            domain.updateDeviceFlags(f"<graphics type='vnc' {attributes}>{listen}</graphics>", flags)

        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "disk 'vda' not found", domain.updateDeviceFlags,
                     "<disk type='file'><target dev='vda'/></disk>", libvirt.VIR_DOMAIN_AFFECT_LIVE)
        update("<listen type='address' address='10.91.0.1'/>", libvirt.VIR_DOMAIN_AFFECT_LIVE)
        assert shown_addresses(domain) == [["10.91.0.1"]]
        assert graphics(domain, libvirt.VIR_DOMAIN_XML_INACTIVE).get("listen") == "10.90.0.1"
        reach(domain, "10.91.0.1").close()
        assert refuses(domain, "10.90.0.1")
        update(ON_LAN.format(" family='any'"), libvirt.VIR_DOMAIN_AFFECT_LIVE | libvirt.VIR_DOMAIN_AFFECT_CONFIG)
        assert shown_addresses(domain)[0][:2] == ["10.90.0.1", "10.91.0.1"]
        inactive = graphics(domain, libvirt.VIR_DOMAIN_XML_INACTIVE).find("listen")
        assert inactive.get("type") == "network" and inactive.get("address") is None
        viewer.sendall(b"RFB 003.008\n")
        assert viewer.recv(1)
        viewer.close()
        before = shown_addresses(domain)
        for listen, attributes, code, text in (
                ("<listen type='address' address='10.99.0.1'/>", "autoport='yes'", libvirt.VIR_ERR_SYSTEM_ERROR,
                 "cannot listen on address '10.99.0.1'"),
                ("<listen type='network' network='none'/>", "autoport='yes'", libvirt.VIR_ERR_NO_NETWORK, "none"),
                (ON_LAN.format(""), "port='5999'", libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "can be changed"),
                ("<listen type='bad'/>", "autoport='yes'", libvirt.VIR_ERR_XML_ERROR, "bad")):
            expect_error(code, text, update, listen, libvirt.VIR_DOMAIN_AFFECT_LIVE, attributes)
            assert shown_addresses(domain) == before
        expect_error(libvirt.VIR_ERR_DEVICE_MISSING, "spice", domain.updateDeviceFlags, "<graphics type='spice'/>", 0)


def prepare():
    guests.need_qemu()
    harness.need("ip", "unshare")
    namespace.enter()


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")], prepare)
