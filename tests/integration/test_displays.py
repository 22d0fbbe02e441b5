#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Displays of every kind on a real QEMU, seen by a client, and found again by the next daemon."""

import os
import shutil
import socket
import ssl
import subprocess
import xml.etree.ElementTree as ElementTree

import guests
import harness
from guests import GuestHost, expect_error, guest_xml, libvirt, open_connection, vnc_xml, wait_until

VGA = "<video><model type='vga'/></video>"


def display(domain, flags=0):
    return ElementTree.fromstring(domain.XMLDesc(flags)).find("devices/graphics")


def restart(host, name="a"):
    """The daemon ends without a word and comes back; the guest must be as it was."""
    before = display(open_connection(host.daemon("virtqemud")).lookupByName(name)).attrib
    host.daemon("virtqemud").kill()
    connection = open_connection(host.daemon("virtqemud").start())
    domain = connection.lookupByName(name)
    wait_until(domain.isActive, "the guest is found again")
    assert display(domain).attrib == before
    return domain


def websocket_answer(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                       b"Sec-WebSocket-Protocol: binary\r\n\r\n")
        return client.recv(200)


def rfb_greeting(path):
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(10)
        client.connect(path)
        return client.recv(12)


def test_websocket():
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        domain = connection.defineXML(vnc_xml("a", attributes="autoport='yes' websocket='-1'"))
        domain.create()
        port = int(display(domain).get("websocket"))
        assert port >= 5700 and websocket_answer(port).startswith(b"HTTP/1.1 101 ")
        # Another guest's is another one.
        other = connection.createXML(vnc_xml("b", attributes="autoport='yes' websocket='-1'"))
        assert int(display(other).get("websocket")) not in (port, 0)
        domain = restart(host)
        assert websocket_answer(port).startswith(b"HTTP/1.1 101 ")
        assert display(domain, libvirt.VIR_DOMAIN_XML_INACTIVE).get("websocket") == "-1"
        taken = vnc_xml("c", attributes=f"autoport='yes' websocket='{port}'")
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "VNC websocket server cannot listen",
                     domain.connect().createXML, taken)


def test_websocket_needs_an_address():
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        domain = connection.defineXML(vnc_xml("a", "<listen type='socket'/>", "websocket='5700'"))
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "needs an address", domain.create)


def test_socket_beside_an_address():
    with GuestHost() as host:
        path = os.path.join(host.root, "vnc-of-a")
        connection = open_connection(host.start("virtqemud"))
        domain = connection.createXML(vnc_xml("a", "<listen type='address' address='127.0.0.1'/>"
                                                   f"<listen type='socket' socket='{path}'/><listen type='socket'/>"))
        port = int(display(domain).get("port"))
        shown = display(domain).findall("listen")
        assert [listen.get("type") for listen in shown] == ["address", "socket", "socket"]
        for _ in range(2):
            assert rfb_greeting(path).startswith(b"RFB ")
            assert rfb_greeting(shown[2].get("socket")).startswith(b"RFB ")
            with socket.create_connection(("127.0.0.1", port), timeout=10) as viewer:
                assert viewer.recv(12).startswith(b"RFB ")
            restart(host)


def bus_names(address):
    return subprocess.run(["dbus-send", f"--bus={address}", "--print-reply", "--dest=org.freedesktop.DBus", "/",
                           "org.freedesktop.DBus.ListNames"], capture_output=True, text=True, timeout=20).stdout


def test_dbus():
    harness.need("dbus-daemon")
    harness.need("dbus-send")
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        domain = connection.defineXML(guest_xml("a", "<graphics type='dbus'/>" + VGA))
        domain.create()
        address = display(domain).get("address")
        assert '"org.qemu"' in bus_names(address), bus_names(address)
        domain = restart(host)
        assert '"org.qemu"' in bus_names(address)
        assert display(domain, libvirt.VIR_DOMAIN_XML_INACTIVE).get("address") is None
        domain.destroy()
        wait_until(lambda: not bus_names(address), "the bus ends with its guest")
        folder = os.path.dirname(address.split("=", 1)[1])
        assert os.listdir(folder) == []


def test_dbus_of_the_user():
    """A bus that is there already is used, and stays."""
    harness.need("dbus-daemon")
    with GuestHost() as host:
        path = os.path.join(host.root, "bus")
        bus = subprocess.Popen(["dbus-daemon", "--session", f"--address=unix:path={path}", "--nofork"], env=host.env)
        try:
            wait_until(lambda: harness.can_connect(path), "a bus")
            connection = open_connection(host.start("virtqemud"))
            domain = connection.createXML(guest_xml("a", f"<graphics type='dbus' address='unix:path={path}'/>" + VGA))
            assert '"org.qemu"' in bus_names(f"unix:path={path}")
            domain.destroy()
            assert "org.freedesktop.DBus" in bus_names(f"unix:path={path}")
        finally:
            bus.terminate()
            bus.wait(10)


def test_dbus_p2p():
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        connection.createXML(guest_xml("a", "<graphics type='dbus' p2p='yes'/>" + VGA))
        domain = restart(host)
        with socket.socket(fileno=domain.openGraphicsFD(0)) as client:
            client.settimeout(10)
            client.sendall(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
            assert client.recv(100).startswith(b"OK ")


def make_certificates(folder):
    os.mkdir(folder)
    key, cert = os.path.join(folder, "server-key.pem"), os.path.join(folder, "server-cert.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-keyout", key, "-out", cert], check=True, capture_output=True, timeout=60)
    shutil.copy(cert, os.path.join(folder, "ca-cert.pem"))
    for name in os.listdir(folder):
        os.chmod(os.path.join(folder, name), 0o644)


def test_spice_tls():
    harness.need("openssl")
    devices = ("<graphics type='spice' autoport='yes'><channel name='main' mode='secure'/>"
               "<channel name='display' mode='insecure'/></graphics>" + VGA)
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "spice TLS is disabled in qemu.conf", connection.createXML,
                     guest_xml("a", devices))
        host.daemon("virtqemud").stop()
        folder = os.path.join(host.root, "pki")
        make_certificates(folder)
        host.configure("qemu", f'spice_tls = 1\nspice_tls_x509_cert_dir = "{folder}"\n')
        connection = open_connection(host.daemon("virtqemud").start())
        connection.createXML(guest_xml("a", devices))
        shown = display(restart(host))
        assert 0 < int(shown.get("port")) != int(shown.get("tlsPort"))
        context = ssl.create_default_context(cafile=os.path.join(folder, "ca-cert.pem"))
        context.check_hostname = False
        with socket.create_connection(("127.0.0.1", int(shown.get("tlsPort"))), timeout=10) as plain:
            with context.wrap_socket(plain) as secure:
                assert secure.version()


def test_sdl():
    """On SDL's driver that shows nothing: this machine has no screen. With a display and no bus SDL would launch one,
    which QEMU's sandbox ends it for."""
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        if "sdl" not in host.run(guests.QEMU, "-display", "help").stdout:
            raise harness.Skip("this QEMU has no SDL")
        xml = guest_xml("a", "<graphics type='sdl' display=':7' fullscreen='yes'/><audio type='none' id='1'/>" + VGA)
        xml = xml.replace("<domain ", "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0' ").replace(
            "</domain>", "<qemu:commandline><qemu:env name='SDL_VIDEODRIVER' value='dummy'/>"
                         "<qemu:env name='DBUS_SESSION_BUS_ADDRESS' value='unix:path=/none'/></qemu:commandline>"
                         "</domain>")
        connection.createXML(xml)
        restart(host)
        with open(f"/proc/{guests.qemu_pid(host, 'a')}/environ", "rb") as file:
            assert b"DISPLAY=:7" in file.read().split(b"\0")


def test_render_node():
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        domain = connection.defineXML(guest_xml("a", "<graphics type='egl-headless'/>" + VGA))
        if not os.path.isdir("/dev/dri"):
            expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "cannot open directory '/dev/dri'", domain.create)
            return
        domain.create()
        assert display(restart(host)).find("gl").get("rendernode").startswith("/dev/dri/renderD")


def test_two_of_a_kind():
    """May be defined, as with libvirt, but not started."""
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        domain = connection.defineXML(guest_xml("a", "<graphics type='vnc'/><graphics type='vnc'/>" + VGA))
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "only 1 graphics device of each type", domain.create)


if __name__ == "__main__":
    harness.main([test_websocket, test_websocket_needs_an_address, test_socket_beside_an_address, test_dbus,
                  test_dbus_of_the_user, test_dbus_p2p, test_spice_tls, test_sdl, test_render_node, test_two_of_a_kind],
                 guests.need_qemu)
