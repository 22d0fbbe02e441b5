#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""virtqemud with real QEMUs, as the stock client library sees it."""

import glob
import os
import re
import signal
import socket
import subprocess
import xml.etree.ElementTree as ElementTree

import guests
import harness
from guests import Events, GuestHost, expect_error, guest_xml, libvirt, open_connection, vnc_xml, wait_until


def graphics(domain, flags=0):
    return ElementTree.fromstring(domain.XMLDesc(flags)).find("devices/graphics")


def test_define_start_destroy():
    guests.need_qemu()
    Events.start_loop()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        events = Events()
        events.listen(connection)
        domain = connection.defineXML(guest_xml("a"))
        assert not domain.isActive() and domain.isPersistent()
        assert "a.xml" in os.listdir(os.path.join(host.config_dir, "qemu"))
        domain.create()
        assert domain.state() == [libvirt.VIR_DOMAIN_RUNNING, libvirt.VIR_DOMAIN_RUNNING_BOOTED]
        assert connection.listDomainsID() == [domain.ID()]
        assert connection.lookupByID(domain.ID()).name() == "a"
        pid = guests.qemu_pid(host, "a")
        domain.suspend()
        assert domain.state() == [libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_USER]
        domain.resume()
        assert domain.state() == [libvirt.VIR_DOMAIN_RUNNING, libvirt.VIR_DOMAIN_RUNNING_UNPAUSED]
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "domain is already running", domain.create)
        domain.destroy()
        assert domain.state() == [libvirt.VIR_DOMAIN_SHUTOFF, libvirt.VIR_DOMAIN_SHUTOFF_DESTROYED]
        assert not guests.is_alive(pid)
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "domain is not running", domain.destroy)
        domain.undefine()
        expect_error(libvirt.VIR_ERR_NO_DOMAIN, "no domain with matching name 'a'", connection.lookupByName, "a")
        for event in (libvirt.VIR_DOMAIN_EVENT_DEFINED, libvirt.VIR_DOMAIN_EVENT_STARTED,
                      libvirt.VIR_DOMAIN_EVENT_SUSPENDED, libvirt.VIR_DOMAIN_EVENT_RESUMED,
                      libvirt.VIR_DOMAIN_EVENT_UNDEFINED):
            events.wait("a", event)
        events.wait("a", libvirt.VIR_DOMAIN_EVENT_STOPPED, libvirt.VIR_DOMAIN_EVENT_STOPPED_DESTROYED)


def test_vnc_on_a_network():
    guests.need_qemu()
    harness.need("ss")
    with GuestHost() as host:
        network = libvirt.open(host.start("virtnetworkd").uri()).networkDefineXML(guests.LOOPBACK_NETWORK)
        connection = open_connection(host.start("virtqemud"))
        domain = connection.defineXML(vnc_xml("a", "<listen type='network' network='example-net'/>"))
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "not active", domain.create)
        assert not os.path.exists(os.path.join(host.root, "cache/libvirt/qemu/log/a.log")), "QEMU ran"
        network.create()
        domain.create()
        live = graphics(domain)
        listen = live.find("listen")
        assert listen.attrib == {"type": "network", "network": "example-net", "address": "127.0.0.1"}
        with socket.create_connection(("127.0.0.1", int(live.get("port")))) as viewer:
            assert viewer.recv(12).startswith(b"RFB ")
        listeners = subprocess.run(["ss", "-Hltn", f"sport = :{live.get('port')}"], capture_output=True, text=True)
        assert [line.split()[3] for line in listeners.stdout.splitlines()] == [f"127.0.0.1:{live.get('port')}"]
        for flags in (libvirt.VIR_DOMAIN_XML_INACTIVE, libvirt.VIR_DOMAIN_XML_MIGRATABLE):
            assert "127.0.0.1" not in domain.XMLDesc(flags)
        domain.destroy()


def test_missing_network():
    guests.need_qemu()
    with GuestHost() as host:
        host.start("virtnetworkd")
        connection = open_connection(host.start("virtqemud"))
        domain = connection.defineXML(vnc_xml("a", "<listen type='network' network='nowhere'/>"))
        expect_error(libvirt.VIR_ERR_NO_NETWORK, "nowhere", domain.create)
        assert domain.state()[0] == libvirt.VIR_DOMAIN_SHUTOFF


def test_no_network_daemon():
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        domain = connection.defineXML(vnc_xml("a", "<listen type='network' network='example-net'/>"))
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "cannot reach the network daemon", domain.create)


def test_network_daemon_is_started():
    """In a session, by the first guest that needs it."""
    guests.need_qemu()
    with GuestHost() as host:
        networks = host.start("virtnetworkd")
        network = libvirt.open(networks.uri()).networkDefineXML(guests.LOOPBACK_NETWORK)
        network.create()
        networks.stop()
        host.env.update(LIBVIRT_AUTOSTART="1", VIRTNETWORKD_PATH=harness.find_binary("virtnetworkd"))
        connection = open_connection(host.start("virtqemud"))
        domain = connection.createXML(vnc_xml("a", "<listen type='network' network='example-net'/>"))
        try:
            assert graphics(domain).get("listen") == "127.0.0.1"
        finally:
            with open(os.path.join(host.run_dir, "virtnetworkd.pid"), encoding="ascii") as file:
                os.kill(int(file.read()), signal.SIGTERM)


def test_vnc_ports_and_password():
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        first = connection.createXML(vnc_xml("first"))
        taken = int(graphics(first).get("port"))
        fixed = connection.defineXML(vnc_xml("fixed", attributes=f"port='{taken}' autoport='no'"))
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "Address already in use", fixed.create)
        second = connection.createXML(vnc_xml("second", attributes="autoport='yes' passwd='secret'"))
        assert int(graphics(second).get("port")) > taken
        assert "secret" not in second.XMLDesc()
        assert graphics(second, libvirt.VIR_DOMAIN_XML_SECURE).get("passwd") == "secret"
        with open(f"/proc/{guests.qemu_pid(host, 'second')}/cmdline", encoding="utf-8") as file:
            assert "secret" not in file.read()
        with socket.create_connection(("127.0.0.1", int(graphics(second).get("port")))) as viewer:
            viewer.sendall(viewer.recv(12))
            assert viewer.recv(2) == b"\x01\x02", "the server asks for no password"


def test_transient_guest_is_gone_at_its_end():
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        domain = connection.createXML(guest_xml("t"), libvirt.VIR_DOMAIN_START_PAUSED)
        assert domain.state() == [libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_USER]
        assert not domain.isPersistent()
        domain.destroy()
        expect_error(libvirt.VIR_ERR_NO_DOMAIN, "no domain with matching", connection.lookupByName, "t")


def test_autodestroy():
    guests.need_qemu()
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        watcher = open_connection(daemon)
        owner = open_connection(daemon)
        owner.createXML(guest_xml("t"), libvirt.VIR_DOMAIN_START_AUTODESTROY)
        assert watcher.numOfDomains() == 1
        owner.close()
        guests.wait_until(lambda: watcher.numOfDomains() == 0, "the guest ends with its client")


def test_same_name_or_uuid():
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        domain = connection.defineXML(guest_xml("a"))
        expect_error(libvirt.VIR_ERR_OPERATION_FAILED, "domain 'a' already exists with uuid", connection.defineXML,
                     guest_xml("a"))
        uuid = f"<uuid>{domain.UUIDString()}</uuid>"
        expect_error(libvirt.VIR_ERR_OPERATION_FAILED, "domain 'a' is already defined with uuid", connection.defineXML,
                     guest_xml("b", extra=uuid))
        connection.defineXML(guest_xml("a", extra=uuid + "<title>new</title>"))
        assert "<title>new</title>" in domain.XMLDesc()


def test_refused_at_define():
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        for what, devices in (("TPM backend 'passthrough'",
                               "<tpm model='tpm-crb'><backend type='passthrough'><device path='/dev/tpm0'/></backend></tpm>"),
                              ("rdp", "<graphics type='rdp'/>")):
            expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, what, connection.defineXML, guest_xml("a", devices))
        assert connection.numOfDefinedDomains() == 0


def test_processor_of_the_host_without_kvm():
    """virt-xml changes a guest step by step, so it may be defined; it does not start."""
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        domain = connection.defineXML(guest_xml("a", extra="<cpu mode='host-passthrough'/>"))
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "host-passthrough", domain.create)
        assert not domain.isActive()


def test_missing_emulator():
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "Cannot check QEMU binary /nowhere/qemu", connection.defineXML,
                     guest_xml("a", emulator="/nowhere/qemu"))
        fake = os.path.join(host.root, "fake-qemu")
        with open(fake, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\necho this is no emulator >&2\nexit 1\n")
        os.chmod(fake, 0o755)
        expect_error(libvirt.VIR_ERR_OPERATION_FAILED, "this is no emulator", connection.defineXML,
                     guest_xml("a", emulator=fake))


def test_missing_and_bad_disks():
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        path = os.path.join(host.root, "disk.qcow2")
        disk = (f"<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{path}'/>"
                "<target dev='vda' bus='virtio'/></disk>")
        domain = connection.defineXML(guest_xml("a", disk))
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, f"Cannot access storage file '{path}'", domain.create)
        with open(path, "wb") as file:
            file.write(b"not a qcow2 image" * 100)
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "process exited while connecting to monitor", domain.create)
        assert domain.state()[0] == libvirt.VIR_DOMAIN_SHUTOFF
        assert [name for name in os.listdir(os.path.join(host.run_dir, "qemu/run")) if name.startswith("domain-")] == []
        harness.need("qemu-img")
        host.run("qemu-img", "create", "-q", "-f", "qcow2", path, "16M")
        domain.create()
        other = connection.defineXML(guest_xml("b", disk))
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "lock", other.create)
        assert domain.blockStats("vda")[0] >= 0
        domain.destroy()


def test_screenshot():
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        domain = connection.createXML(vnc_xml("a"))
        stream = connection.newStream()
        assert domain.screenshot(stream, 0) == "image/png"
        picture = b""
        while True:
            data = stream.recv(65536)
            if not data:
                break
            picture += data
        stream.finish()
        assert picture.startswith(b"\x89PNG") and picture.rstrip().endswith(b"IEND\xaeB`\x82")
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "no such screen", domain.screenshot, connection.newStream(), 7)
        assert not [name for _, _, files in os.walk(host.run_dir) for name in files if "screenshot" in name]


def test_console():
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        domain = connection.createXML(guest_xml("a", "<serial type='pty'/><console type='pty'/>",
                                                os_extra="<bios useserial='yes'/>"), libvirt.VIR_DOMAIN_START_PAUSED)
        first = connection.newStream()
        domain.openConsole(None, first)
        expect_error(libvirt.VIR_ERR_OPERATION_FAILED, "Active console session exists", domain.openConsole, None,
                     connection.newStream())
        second = connection.newStream()
        domain.openConsole("serial0", second, libvirt.VIR_DOMAIN_CONSOLE_FORCE)
        expect_error(libvirt.VIR_ERR_OPERATION_FAILED, "taken over", first.recv, 1)
        domain.resume()
        text = b""
        while b"SeaBIOS" not in text:
            text += second.recv(1024)
        domain.destroy()
        while second.recv(1024):
            pass
        second.finish()


def test_autostart_and_restart_of_the_daemon():
    guests.need_qemu()
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        connection = open_connection(daemon)
        domain = connection.defineXML(guest_xml("a"))
        domain.setAutostart(1)
        assert domain.autostart() == 1
        assert connection.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_AUTOSTART)[0].name() == "a"
        connection.close()
        daemon.stop()
        os.unlink(os.path.join(host.run_dir, "qemu/run/autostarted"))
        daemon.start()
        connection = open_connection(daemon)
        guests.wait_until(lambda: connection.numOfDomains() == 1, "the guest starts with the daemon")
        assert connection.lookupByName("a").autostart() == 1


def edit(path, pattern, text):
    with open(path, encoding="utf-8") as file:
        old = file.read()
    new = re.sub(pattern, text, old, flags=re.S)
    assert new != old, (pattern, old)
    with open(path, "w", encoding="utf-8") as file:
        file.write(new)


def test_definitions_on_disk():
    """What says next to nothing is started from its file as well; what an editor has broken is refused, and harms nobody."""
    guests.need_qemu()
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        connection = open_connection(daemon)
        for name in ("bare", "edited", "broken"):
            connection.defineXML(f"<domain type='qemu'><name>{name}</name><memory>32768</memory>"
                                 "<os><type arch='x86_64' machine='q35'>hvm</type></os></domain>")
        connection.close()
        daemon.stop()
        for name, pattern, text in (("edited", "machine='[^']*'", "machine='q35'"), ("edited", "<emulator>.*</emulator>", ""),
                                    ("broken", "<os>.*</os>", "")):
            edit(os.path.join(host.config_dir, f"qemu/{name}.xml"), pattern, text)
        daemon.start()
        connection = open_connection(daemon)
        assert "broken.xml: an os <type> must be specified" in daemon.log()
        connection.lookupByName("bare").create()
        connection.lookupByName("edited").create()
        assert "machine='pc-q35" in connection.lookupByName("edited").XMLDesc()
        assert {domain.name() for domain in connection.listAllDomains()} == {"bare", "edited"}


def test_list_filters():
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        connection.defineXML(guest_xml("off"))
        connection.defineXML(guest_xml("on")).create()
        connection.createXML(guest_xml("transient"), libvirt.VIR_DOMAIN_START_PAUSED)
        for flags, names in ((0, {"off", "on", "transient"}),
                             (libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE, {"on", "transient"}),
                             (libvirt.VIR_CONNECT_LIST_DOMAINS_INACTIVE, {"off"}),
                             (libvirt.VIR_CONNECT_LIST_DOMAINS_PERSISTENT, {"off", "on"}),
                             (libvirt.VIR_CONNECT_LIST_DOMAINS_TRANSIENT, {"transient"}),
                             (libvirt.VIR_CONNECT_LIST_DOMAINS_RUNNING, {"on"}),
                             (libvirt.VIR_CONNECT_LIST_DOMAINS_PAUSED, {"transient"}),
                             (libvirt.VIR_CONNECT_LIST_DOMAINS_SHUTOFF, {"off"}),
                             (libvirt.VIR_CONNECT_LIST_DOMAINS_RUNNING | libvirt.VIR_CONNECT_LIST_DOMAINS_SHUTOFF,
                              {"off", "on"}),
                             (libvirt.VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT, set())):
            assert {domain.name() for domain in connection.listAllDomains(flags)} == names, flags
        assert connection.listDefinedDomains() == ["off"]


def test_rename():
    guests.need_qemu()
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        connection = open_connection(daemon)
        domain = connection.defineXML(guest_xml("old"))
        connection.defineXML(guest_xml("other"))
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "already exists", domain.rename, "other")
        expect_error(libvirt.VIR_ERR_XML_ERROR, "cannot be the name", domain.rename, "a/b")
        domain.rename("new")
        assert sorted(connection.listDefinedDomains()) == ["new", "other"]
        daemon.kill()
        daemon.start()
        assert sorted(open_connection(daemon).listDefinedDomains()) == ["new", "other"]


def test_monitor_command():
    guests.need_qemu()
    try:
        import libvirt_qemu
    except ImportError:
        raise harness.Skip("python3-libvirt has no libvirt_qemu") from None
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        domain = connection.createXML(guest_xml("a"))
        answer = libvirt_qemu.qemuMonitorCommand(domain, '{"execute":"query-status"}', 0)
        assert '"running":true' in answer
        assert '"error"' in libvirt_qemu.qemuMonitorCommand(domain, '{"execute":"no-such"}', 0)
        human = libvirt_qemu.qemuMonitorCommand(domain, "info status",
                                                libvirt_qemu.VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP)
        assert "running" in human


def test_capabilities():
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        capabilities = ElementTree.fromstring(connection.getCapabilities())
        assert capabilities.find("guest/arch[@name='x86_64']/emulator").text == guests.QEMU
        # Those of 32 bits run on an emulator of their own where there is one.
        small = "/usr/bin/qemu-system-i386"
        arch = capabilities.find("guest/arch[@name='i686']")
        assert arch.find("emulator").text == (small if os.access(small, os.X_OK) else guests.QEMU)
        assert arch.find("wordsize").text == "32"
        machines = capabilities.findall("guest/arch[@name='x86_64']/machine")
        assert "q35" in [machine.text for machine in machines]
        assert machines[1].text == "pc" and machines[0].text == machines[1].get("canonical"), "the default comes first"
        domain = ElementTree.fromstring(connection.getDomainCapabilities(None, "x86_64", "q35", "qemu", 0))
        assert domain.find("machine").text.startswith("pc-q35-")
        assert capabilities.find("host/iommu").get("support") in ("yes", "no")
        assert connection.getInfo()[2] >= 1
        native = connection.domainXMLToNative("qemu-argv", guest_xml("n"), 0)
        assert native.startswith("LC_ALL=C ") and f" {guests.QEMU} " in native


def enum_values(capabilities, path):
    return [value.text for value in capabilities.findall(path + "/value")]


def test_what_is_offered_is_taken():
    """Programs ask domcapabilities before they put something into a guest."""
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        kinds = {machine: ElementTree.fromstring(connection.getDomainCapabilities(None, "x86_64", machine, "qemu"))
                 for machine in ("q35", "pc")}
        offered = kinds["q35"].find("devices")
        assert enum_values(kinds["q35"], "memoryBacking/enum[@name='sourceType']") == ["file", "anonymous", "memfd"]
        assert offered.find("hostdev").get("supported") == "no" and not offered.findall("hostdev/*")
        buses = "devices/disk/enum[@name='bus']"
        assert set(enum_values(kinds["pc"], buses)) - set(enum_values(kinds["q35"], buses)) == {"ide"}
        taken = []
        for name, path, device in (
                ("filesystem", "filesystem/enum[@name='driverType']",
                 "<filesystem type='mount' accessmode='passthrough'><driver type='{}'/><source dir='/srv'/>"
                 "<target dir='t'/></filesystem>"),
                ("channel", "channel/enum[@name='type']",
                 "<graphics type='spice'/><channel type='{}'><target type='virtio' name='org.example.0'/></channel>"),
                ("redirdev", "redirdev/enum[@name='bus']",
                 "<graphics type='spice'/><redirdev bus='{}' type='spicevmc'/>"),
                ("graphics", "graphics/enum[@name='type']", "<graphics type='{}'/>"),
                ("tpm", "tpm/enum[@name='backendModel']", "<tpm model='tpm-tis'><backend type='{}'/></tpm>"),
                ("lun", "disk/enum[@name='diskDevice']",
                 "<disk type='block' device='{}'><source dev='/dev/null'/><target dev='sda' bus='scsi'/></disk>")):
            for value in enum_values(offered, path):
                if value == "floppy":
                    continue  # has a bus of its own
                memory = "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking><os>"
                connection.defineXML(guest_xml("a", device.format(value)).replace("<os>", memory)).undefine()
                taken.append(value)
        assert {"path", "pty", "unix", "vnc", "sdl", "lun"} <= set(taken)


def test_displays_that_are_built_in():
    """Offered is what the emulator names as its displays: here one is struck from what the daemon remembers of it."""
    guests.need_qemu()
    path = "devices/graphics/enum[@name='type']"
    with GuestHost() as host:
        daemon = host.start("virtqemud")

        def offered():
            return enum_values(ElementTree.fromstring(
                open_connection(daemon).getDomainCapabilities(guests.QEMU, "x86_64", "q35", "qemu")), path)

        everything = offered()
        assert everything == ["sdl", "vnc", "spice", "egl-headless", "dbus"]
        for left_out in ("sdl", "egl-headless", "dbus"):
            daemon.stop()
            for folder, _, names in os.walk(os.path.join(host.root, "cache")):
                for file in (os.path.join(folder, name) for name in names if name.endswith(".json")):
                    with open(file, "r+", encoding="utf-8") as remembered:
                        text = remembered.read().replace(f'"{left_out}"', '"other"')
                        remembered.seek(0)
                        remembered.write(text)
                        remembered.truncate()
            daemon.start()
            everything.remove(left_out)
            assert offered() == everything


def test_metadata():
    guests.need_qemu()
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        connection = open_connection(daemon)
        domain = connection.defineXML(guest_xml("a"))
        kinds = (libvirt.VIR_DOMAIN_METADATA_TITLE, libvirt.VIR_DOMAIN_METADATA_DESCRIPTION)
        for kind in kinds:
            expect_error(libvirt.VIR_ERR_NO_DOMAIN_METADATA, "not present", domain.metadata, kind, None)
            domain.setMetadata(kind, f"text {kind}", None, None)
            assert domain.metadata(kind, None) == f"text {kind}"
        element, uri = libvirt.VIR_DOMAIN_METADATA_ELEMENT, "http://example.org/app"
        domain.setMetadata(element, "<app><x a='1'/></app>", "app", uri)
        domain.setMetadata(element, "<other/>", "o", "http://example.org/other")
        domain.setMetadata(element, "<app><x a='2'/></app>", "app", uri)
        read = ElementTree.fromstring(domain.metadata(element, uri))
        assert read.tag == "app" and read.find("x").get("a") == "2"
        expect_error(libvirt.VIR_ERR_XML_DETAIL, "", domain.setMetadata, element, "<app", "app", uri)
        daemon.kill()
        daemon.start()
        domain = open_connection(daemon).lookupByName("a")
        assert f'xmlns:app="{uri}"' in domain.XMLDesc()
        domain.setMetadata(element, None, "app", uri)
        expect_error(libvirt.VIR_ERR_NO_DOMAIN_METADATA, "not present", domain.metadata, element, uri)
        assert "example.org/other" in domain.XMLDesc()


def test_send_key():
    guests.need_qemu()
    with GuestHost() as host:
        domain = open_connection(host.start("virtqemud")).createXML(guest_xml("a"))
        keys = [29, 56, 111]
        domain.sendKey(libvirt.VIR_KEYCODE_SET_LINUX, 50, keys, len(keys), 0)
        domain.sendKey(libvirt.VIR_KEYCODE_SET_USB, 50, [0xe0, 0xe2, 0x4c], 3, 0)
        domain.sendKey(libvirt.VIR_KEYCODE_SET_WIN32, 50, [0xa2, 0xa4, 0x2e], 3, 0)
        domain.sendKey(libvirt.VIR_KEYCODE_SET_ATSET2, 50, [0x14, 0x11, 0xe071], 3, 0)
        domain.sendKey(libvirt.VIR_KEYCODE_SET_ATSET3, 50, [0x11, 0x19, 0x64], 3, 0)
        domain.sendKey(libvirt.VIR_KEYCODE_SET_OSX, 50, [0x3b, 0x3a, 0x75], 3, 0)
        domain.sendKey(libvirt.VIR_KEYCODE_SET_XT_KBD, 50, [0x1d, 0x38, 0x153], 3, 0)
        expect_error(libvirt.VIR_ERR_INVALID_ARG, "cannot translate keycode 700", domain.sendKey,
                     libvirt.VIR_KEYCODE_SET_LINUX, 50, [700], 1, 0)
        expect_error(libvirt.VIR_ERR_INVALID_ARG, "Unsupported codeset", domain.sendKey,
                     10, 50, keys, len(keys), 0)


def test_lifecycle_actions():
    """Changed while it runs, and held to: kernel.S powers off at a q and resets at an r."""
    guests.need_qemu()
    kernel = os.path.join(harness.BUILD, "tests", "integration", "kernel.elf")
    live, config = libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        connection = open_connection(daemon)
        domain = connection.defineXML(guest_xml("a", "<serial type='pty'/>", os_extra=f"<kernel>{kernel}</kernel>"))
        domain.create()

        def set_action(event, action, flags=0):
            return domain.setLifecycleAction(getattr(libvirt, f"VIR_DOMAIN_LIFECYCLE_{event}"),
                                             getattr(libvirt, f"VIR_DOMAIN_LIFECYCLE_ACTION_{action}"), flags)

        def say(letter):
            stream = connection.newStream()
            domain.openConsole(None, stream, libvirt.VIR_DOMAIN_CONSOLE_FORCE)
            heard = b""
            while b"x" not in heard:
                stream.send(b"x")
                heard += stream.recv(100)
            stream.send(letter)

        set_action("POWEROFF", "RESTART", live)
        assert "<on_poweroff>restart<" in domain.XMLDesc()
        assert "<on_poweroff>destroy<" in domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "onReboot", set_action, "REBOOT", "DESTROY")
        for event, action, text in (("REBOOT", "COREDUMP_DESTROY", "'reboot' doesn't support 'coredump-destroy'"),
                                    ("POWEROFF", "PRESERVE", "'preserve'"), ("CRASH", "RESTART_RENAME", "rename"),
                                    ("CRASH", "COREDUMP_RESTART", "coredump-restart")):
            expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, text, set_action, event, action)
        say(b"q")
        wait_until(lambda: domain.state() == [libvirt.VIR_DOMAIN_RUNNING, libvirt.VIR_DOMAIN_RUNNING_UNPAUSED],
                   "the guest to be started again")
        domain.destroy()
        domain.create()
        set_action("REBOOT", "DESTROY", live)
        # What could not be defined cannot be set either.
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "coredump-destroy", set_action, "CRASH", "COREDUMP_DESTROY", config)
        set_action("CRASH", "RESTART", config)
        connection.close()
        daemon.kill()
        daemon.start()
        connection = open_connection(daemon)
        domain = connection.lookupByName("a")
        assert "<on_reboot>destroy<" in domain.XMLDesc() and "<on_crash>destroy<" in domain.XMLDesc()
        inactive = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
        assert "<on_reboot>restart<" in inactive and "<on_crash>restart<" in inactive
        say(b"r")
        wait_until(lambda: not domain.isActive(), "the guest to end at its reset")


def test_statistics():
    guests.need_qemu()
    harness.need("qemu-img")
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        path = os.path.join(host.root, "disk.img")
        host.run("qemu-img", "create", "-q", "-f", "raw", path, "4M")
        domain = connection.createXML(guest_xml("a", f"<disk type='file'><source file='{path}'/><target dev='vda'/></disk>"))
        guests.wait_until(lambda: domain.blockStats("vda")[1] > 0, "the firmware reads the disk")
        assert domain.blockStatsFlags("vda")["rd_operations"] > 0
        expect_error(libvirt.VIR_ERR_INVALID_ARG, "vdz", domain.blockStats, "vdz")
        memory = domain.memoryStats()
        assert memory["actual"] == 32 * 1024 and memory["rss"] > 1000
        vcpus, maps = domain.vcpus()
        assert len(vcpus) == 1 and vcpus[0][2] > 0 and any(maps[0])
        assert domain.maxVcpus() == 1 and domain.vcpusFlags(libvirt.VIR_DOMAIN_VCPU_MAXIMUM) == 1


def test_firmware_is_chosen():
    guests.need_qemu()
    if not glob.glob("/usr/share/qemu/firmware/*.json"):
        raise harness.Skip("no firmware with a description is installed")
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        capabilities = ElementTree.fromstring(connection.getDomainCapabilities(None, "x86_64", "q35", "qemu"))
        assert "efi" in [value.text for value in capabilities.findall("os/enum[@name='firmware']/value")]
        domain = connection.defineXML(guest_xml("a").replace("<os>", "<os firmware='efi'>"))
        assert ElementTree.fromstring(domain.XMLDesc()).find("os/loader") is None
        domain.create()
        live = ElementTree.fromstring(domain.XMLDesc()).find("os")
        assert live.find("loader").text in [value.text for value in capabilities.findall("os/loader/value")]
        store = live.find("nvram").text
        assert os.path.getsize(store) == os.path.getsize(live.find("nvram").get("template"))
        assert ElementTree.fromstring(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)).find("os/nvram") is None
        domain.destroy()
        with open(store, "r+b") as file:
            file.write(b"mine")
        domain.create()
        with open(store, "rb") as file:
            assert file.read(4) == b"mine", "the store is kept"
        domain.destroy()
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "nvram", domain.undefine)
        domain.undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_NVRAM)
        assert not os.path.exists(store)
        no_such = guest_xml("b", os_extra="<firmware><feature enabled='yes' name='secure-boot'/></firmware>")
        domain = connection.defineXML(no_such.replace("<os>", "<os firmware='efi'>").replace("<acpi/>", "<acpi/><smm state='off'/>"))
        expect_error(libvirt.VIR_ERR_OPERATION_FAILED, "any firmware", domain.create)


def test_tpm():
    guests.need_qemu()
    harness.need("swtpm", "swtpm_setup")
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        connection = open_connection(daemon)
        device = "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>"
        domain = connection.defineXML(guest_xml("a", device))
        state = os.path.join(host.config_dir, "qemu", "swtpm", domain.UUIDString(), "tpm2")
        domain.create()
        chip, = guests.chips(state)
        assert os.listdir(state), "there is a state"
        connection.close()
        daemon.kill()
        assert guests.is_alive(chip), "it does not need the daemon"
        daemon.start()
        connection = open_connection(daemon)
        domain = connection.lookupByName("a")
        kept = os.stat(state).st_ino
        domain.destroy()
        guests.wait_until(lambda: not guests.is_alive(chip), "it ends with QEMU")
        domain.create()
        chip, = guests.chips(state)
        assert os.stat(state).st_ino == kept
        domain.destroy()
        guests.wait_until(lambda: not guests.chips(state), "it ends with QEMU, and is reaped")
        domain.undefine()
        assert not os.path.exists(os.path.dirname(state))


def banner(fd):
    with socket.socket(fileno=fd) as viewer:
        viewer.settimeout(10)
        return viewer.recv(12)


def test_display_by_descriptor():
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        domain = connection.createXML(vnc_xml("a", "<listen type='none'/>", ""))
        assert banner(domain.openGraphicsFD(0)).startswith(b"RFB ")
        ours, theirs = socket.socketpair()
        with theirs:
            domain.openGraphics(0, theirs.fileno())
        assert banner(ours.detach()).startswith(b"RFB ")
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "index 1", domain.openGraphicsFD, 1)
        with open("/dev/null", encoding="ascii") as no_socket:
            expect_error(libvirt.VIR_ERR_INVALID_ARG, "socket", domain.openGraphics, 0, no_socket.fileno())
        domain.destroy()
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "not running",
                     connection.defineXML(vnc_xml("b")).openGraphicsFD, 0)


def test_smbios():
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        text = ("<sysinfo type='smbios'><system><entry name='product'>Box, large</entry></system>"
                "<oemStrings><entry>io.systemd.credential:a=b,c</entry></oemStrings></sysinfo>")
        domain = connection.defineXML(guest_xml("a", extra=text, os_extra="<smbios mode='sysinfo'/>"))
        domain.create()
        with open(f"/proc/{guests.qemu_pid(host, 'a')}/cmdline", encoding="utf-8") as file:
            words = file.read().split("\0")
        assert "type=1,product=Box,, large" in words and "type=11,value=io.systemd.credential:a=b,,c" in words, words
        assert "<entry name='product'>Box, large</entry>" in domain.XMLDesc()
        domain.destroy()
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "without a <sysinfo>", connection.defineXML,
                     guest_xml("b", os_extra="<smbios mode='sysinfo'/>"))


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")])
