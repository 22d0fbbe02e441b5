# SPDX-License-Identifier: LGPL-2.1-or-later
"""virtqemud on a disk without room: what cannot be saved is refused, what was there stays, and all goes on afterwards."""

import os
import subprocess

import guests
import harness
import namespace
from guests import GuestHost, expect_error, guest_xml, libvirt, open_connection


class Disk:
    """A small file system of its own over a directory, in this process's namespace."""

    def __init__(self, path):
        self.path = path
        os.makedirs(path, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", path], check=True)

    def fill(self):
        with open(os.path.join(self.path, "filler"), "wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:
                pass

    def make_room(self):
        os.unlink(os.path.join(self.path, "filler"))

    def names(self):
        return sorted(name for name in os.listdir(self.path) if name.endswith(".xml") or "new" in name)

    def close(self):
        subprocess.run(["umount", "--lazy", self.path], check=True)


def inactive(domain):
    return domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)


def test_definitions():
    with GuestHost() as host:
        disk = Disk(os.path.join(host.config_dir, "qemu"))
        try:
            daemon = host.start("virtqemud")
            connection = open_connection(daemon)
            kept = connection.defineXML(guest_xml("kept"))
            before = inactive(kept)
            disk.fill()
            full = "No space left on device"
            expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, full, connection.defineXML, guest_xml("new"))
            expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, full, connection.defineXML,
                         before.replace("<vcpu placement='static'>1", "<vcpu placement='static'>2"))
            expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, full, kept.setMetadata, libvirt.VIR_DOMAIN_METADATA_TITLE, "t" * 9000,
                         None, None, libvirt.VIR_DOMAIN_AFFECT_CONFIG)
            assert inactive(kept) == before
            assert [domain.name() for domain in connection.listAllDomains()] == ["kept"]
            assert disk.names() == ["kept.xml"]
            # What needs no room on that disk works.
            kept.create()
            kept.destroy()
            daemon.kill()
            daemon.start()
            connection = open_connection(daemon)
            assert inactive(connection.lookupByName("kept")) == before
            disk.make_room()
            connection.defineXML(guest_xml("new"))
            assert disk.names() == ["kept.xml", "new.xml"]
        finally:
            disk.close()


DRIVE = "<disk type='file' device='cdrom'>{source}<target dev='sda' bus='sata'/><readonly/></disk>"


def test_both_or_none():
    """What runs and its definition are changed together: neither when one of them cannot be."""
    with GuestHost() as host:
        disk = Disk(os.path.join(host.config_dir, "qemu"))
        both = libvirt.VIR_DOMAIN_AFFECT_LIVE | libvirt.VIR_DOMAIN_AFFECT_CONFIG
        image = os.path.join(host.root, "image")
        with open(image, "wb") as file:
            file.truncate(1024 * 1024)
        try:
            daemon = host.start("virtqemud")
            domain = open_connection(daemon).defineXML(guest_xml("a", DRIVE.format(source="")))
            domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
            before, running = inactive(domain), domain.XMLDesc()
            disk.fill()
            expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "No space left on device", domain.updateDeviceFlags,
                         DRIVE.format(source=f"<source file='{image}'/>"), both)
            assert (inactive(domain), domain.XMLDesc()) == (before, running)
            disk.make_room()
            expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "nowhere", domain.updateDeviceFlags,
                         DRIVE.format(source="<source file='/nowhere'/>"), both)
            daemon.kill()
            daemon.start()
            domain = open_connection(daemon).lookupByName("a")
            assert inactive(domain) == before and image not in domain.XMLDesc() and "nowhere" not in domain.XMLDesc()
            domain.updateDeviceFlags(DRIVE.format(source=f"<source file='{image}'/>"), both)
            assert image in inactive(domain) and image in domain.XMLDesc()
            domain.destroy()
        finally:
            disk.close()


def test_what_runs():
    """Without room for its state file a guest would be lost with its daemon, so it is not started."""
    with GuestHost() as host:
        disk = Disk(os.path.join(host.run_dir, "qemu/run"))
        try:
            connection = open_connection(host.start("virtqemud"))
            domain = connection.defineXML(guest_xml("a"))
            disk.fill()
            expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "No space left on device", domain.create)
            assert not domain.isActive()
            assert not [name for name in os.listdir(disk.path) if name.startswith("domain-")]
            disk.make_room()
            domain.create()
            assert domain.isActive()
            domain.destroy()
        finally:
            disk.close()


def prepare():
    guests.need_qemu()
    harness.need("mount", "umount")
    namespace.enter()


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")], prepare)
