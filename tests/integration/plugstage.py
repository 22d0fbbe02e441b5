# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of devices that come and go share: the stage, and what is plugged in.

The guests here stay in their firmware: USB and SCSI devices go at once, PCI devices when the guest is reset."""

import os
import signal
import threading
import xml.etree.ElementTree as ElementTree

import guests
from guests import GuestHost, libvirt, open_connection

LIVE, CONFIG = 1, 2
GUEST = """<domain type='qemu'><name>a</name><maxMemory slots='4' unit='MiB'>512</maxMemory><memory unit='MiB'>32</memory>
<vcpu>1</vcpu><os><type arch='x86_64' machine='{machine}'>hvm</type></os><features><acpi/></features>
<cpu><numa><cell id='0' cpus='0' memory='32' unit='MiB'/></numa></cpu><devices>{devices}
<controller type='scsi' index='0' model='virtio-scsi'/><controller type='usb' index='0' model='qemu-xhci'/>
<controller type='virtio-serial' index='0'/></devices></domain>"""
RNG = "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"
USER = "<interface type='user'><mac address='52:54:00:99:00:{n:02x}'/><model type='virtio'/>{more}</interface>"
CHANNEL = "<channel type='unix'><target type='virtio' name='{name}'/></channel>"
DIMM = "<memory model='dimm'><target><size unit='MiB'>128</size><node>0</node></target></memory>"
SHMEM = "<shmem name='modvirt-test-plug'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>"
WATCHDOG = "<watchdog model='i6300esb' action='reset'/>"
TABLET = "<input type='tablet' bus='usb'/>"
SERIAL = "<serial type='pty'><target type='pci-serial'/></serial>"
ADAPTER = "<controller type='scsi' index='1' model='virtio-scsi'/>"


class Stage(GuestHost):
    """A host with a daemon, a connection, its events, and a guest that stands still in its firmware."""

    def __init__(self, machine="pc", devices=""):
        super().__init__()
        self.xml = GUEST.format(machine=machine, devices=devices)
        self.heard = []

    def __enter__(self):
        super().__enter__()
        self.daemon = self.start("virtqemud")
        self.connect()
        self.domain = self.connection.defineXML(self.xml)
        return self

    def connect(self):
        self.connection = open_connection(self.daemon)
        guests.Events.start_loop()
        for number, name in ((libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, "added"),
                             (libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, "removed"),
                             (libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED, "failed"),
                             (libvirt.VIR_DOMAIN_EVENT_ID_TRAY_CHANGE, "tray")):
            self.connection.domainEventRegisterAny(
                None, number, lambda _c, _d, *what, kind=name: self.heard.append((kind, *what[:-1])), None)

    def run_guest(self):
        self.domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)

    def kill_after(self, pause):
        """Kills the daemon at some moment from now; to be joined."""
        killer = threading.Timer(pause, os.kill, (self.daemon.pid, signal.SIGKILL))
        killer.start()
        return killer

    def restart(self):
        self.daemon.kill()
        self.daemon.start()
        self.connect()
        self.domain = self.connection.lookupByName("a")

    def image(self, name):
        path = os.path.join(self.root, f"{name}.img")
        if not os.path.exists(path):
            with open(path, "wb") as file:
                file.truncate(1 << 20)
        return path

    def disk(self, name, target, bus="virtio", device="disk", more=""):
        source = f"<source file='{self.image(name)}'/>" if name else ""
        return (f"<disk type='file' device='{device}'><driver name='qemu' type='raw'/>{source}"
                f"<target dev='{target}' bus='{bus}'/>{more}</disk>")

    def devices(self, kind, flags=0):
        return ElementTree.fromstring(self.domain.XMLDesc(flags)).findall(f"devices/{kind}")

    def aliases(self):
        root = ElementTree.fromstring(self.domain.XMLDesc(0))
        return {alias.get("name") for alias in root.findall("devices/*/alias")}

    def ask(self, command, **arguments):
        return guests.ask_qemu(self.domain, command, **arguments)

    def qdevs(self):
        return {entry["name"] for entry in self.ask("qom-list", path="/machine/peripheral") if entry["name"] != "type"}

    def state(self):
        """All that QEMU has of what can be plugged in."""
        nodes = {node["node-name"] for node in self.ask("query-named-block-nodes")}
        chardevs = {chardev["label"] for chardev in self.ask("query-chardev")}
        objects = {entry["name"] for entry in self.ask("qom-list", path="/objects")}
        return nodes, chardevs, objects, self.qdevs()

    def agree(self):
        """Whether the live document has what QEMU has of what can come and go."""
        shown = self.aliases()
        known = {name for name in self.qdevs() if not name.startswith(("pci.", "usb", "video", "balloon"))}
        return known <= shown and {name for name in shown if name.startswith(("virtio-disk", "net", "rng", "ua-"))} <= known
