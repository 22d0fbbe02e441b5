#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices that a guest shares with its host or with others, on a real QEMU; and what live documents say of a run."""

import os
import xml.etree.ElementTree as ElementTree

import guests
import harness
from guests import GuestHost, expect_error, guest_xml, libvirt, open_connection, wait_until


class Stage(GuestHost):
    """A host with a daemon and a connection."""

    def __enter__(self):
        super().__enter__()
        self.connection = open_connection(self.start("virtqemud"))
        return self

    def create(self, devices="", extra=""):
        return self.connection.createXML(guest_xml("a", devices, extra=extra))


def shown(domain, path, flags=0):
    return ElementTree.fromstring(domain.XMLDesc(flags)).find(path)


def test_shared_directory():
    with Stage() as stage:
        share = os.path.join(stage.root, "share")
        os.mkdir(share)
        domain = stage.create(f"<filesystem accessmode='mapped'><source dir='{share}'/><target dir='t'/></filesystem>")
        assert shown(domain, "devices/filesystem/alias").get("name") == "fs0"
        domain.destroy()
        # Nobody serves a file system of virtiofs without privileges.
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "session mode", stage.create,
                     f"<filesystem><driver type='virtiofs'/><source dir='{share}'/><target dir='t'/></filesystem>",
                     "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>")


def test_shared_memory():
    name = f"modvirt-test-{os.getpid()}"
    with Stage() as stage:
        try:
            domain = stage.create(f"<shmem name='{name}'><model type='ivshmem-plain'/><size unit='M'>1</size></shmem>")
            assert os.path.getsize(f"/dev/shm/{name}") == 1 << 20
            domain.destroy()
        finally:
            os.unlink(f"/dev/shm/{name}")


def test_memory_modules():
    with Stage() as stage:
        path = os.path.join(stage.root, "nvdimm")
        with open(path, "wb") as file:
            file.truncate(64 << 20)
        size = "<target><size unit='MiB'>64</size><node>0</node></target>"
        modules = (f"<memory model='dimm'>{size}</memory><memory model='nvdimm' access='shared'><source><path>{path}</path></source>"
                   f"{size}</memory>")
        extra = "<cpu><numa><cell id='0' cpus='0' memory='32' unit='MiB'/></numa></cpu>"
        slots = "<maxMemory slots='{}' unit='GiB'>1</maxMemory>"
        document = guest_xml("a", modules, extra=extra).replace("<memory unit", slots.format(2) + "<memory unit", 1)
        domain = stage.connection.createXML(document)
        assert shown(domain, "memory").text == str(160 << 10) and shown(domain, "currentMemory").text == str(96 << 10)
        bases = [int(address.get("base"), 16) for address in ElementTree.fromstring(domain.XMLDesc()).findall("devices/memory/address")]
        assert len(set(bases)) == 2 and min(bases) >= 32 << 20, bases
        domain.destroy()
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "failed to find an empty memory slot", stage.connection.createXML,
                     document.replace("slots='2'", "slots='1'"))
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "'maxMemory' is not defined", stage.create, modules, extra)


def test_vsock():
    with Stage() as stage:
        if not os.path.exists("/dev/vhost-vsock"):
            expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "unable to open vhost-vsock device", stage.create, "<vsock/>")
            return
        assert int(shown(stage.create("<vsock/>"), "devices/vsock/cid").get("address")) >= 3


def test_sound_and_clipboard():
    with Stage() as stage:
        sound = os.path.join(stage.root, "out.wav")
        domain = stage.create(f"<audio id='1' type='file' path='{sound}'><output mixingEngine='yes'/></audio>"
                              "<sound model='ich9'/><graphics type='vnc'/><channel type='qemu-vdagent'><source>"
                              "<clipboard copypaste='yes'/></source><target type='virtio' name='com.redhat.spice.0'/></channel>")
        assert shown(domain, "devices/audio/output").get("mixingEngine") == "yes"
        assert shown(domain, "devices/channel/target").get("state") == "disconnected"


def test_files_that_are_not_there():
    """They are named, at the start and when they are plugged in."""
    with Stage() as stage:
        nowhere = os.path.join(stage.root, "nowhere")
        for device in (f"<input type='evdev'><source dev='{nowhere}'/></input>",
                       f"<serial type='dev'><source path='{nowhere}'/></serial>",
                       f"<parallel type='pipe'><source path='{nowhere}'/></parallel>",
                       f"<graphics type='egl-headless'><gl rendernode='{nowhere}'/></graphics>",
                       f"<rng model='virtio'><backend model='random'>{nowhere}</backend></rng>",
                       f"<filesystem><source dir='{nowhere}'/><target dir='t'/></filesystem>"):
            expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, f"unable to stat: {nowhere}: No such file", stage.create, device)
        assert stage.connection.listAllDomains() == []
        # One pipe for each way.
        for way in ("in", "out"):
            os.mkfifo(f"{nowhere}.{way}")
        domain = stage.create(f"<serial type='pipe'><source path='{nowhere}'/></serial>"
                              "<controller type='virtio-serial'/>")
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "unable to stat", domain.attachDevice,
                     f"<channel type='dev'><source path='{nowhere}.else'/><target type='virtio' name='x'/></channel>")
        domain.destroy()


def test_live_values():
    with Stage() as stage:
        channel = "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"
        drive = "<disk type='file' device='cdrom'><target dev='sda' bus='sata' tray='open'/></disk>"
        stage.connection.createXML(guest_xml("a", channel + drive).replace("<vcpu>", "<currentMemory unit='MiB'>16</currentMemory><vcpu>"))
        for _ in range(2):
            domain = stage.connection.lookupByName("a")
            assert shown(domain, "devices/channel/target").get("state") == "disconnected"
            assert shown(domain, "devices/channel/source").get("path").endswith("/org.qemu.guest_agent.0")
            assert shown(domain, "devices/channel/source", libvirt.VIR_DOMAIN_XML_MIGRATABLE) is None
            assert shown(domain, "devices/disk/driver").get("type") is None
            assert shown(domain, "devices/disk/target").get("tray") is None
            # The guest has no driver yet that could give memory back.
            assert shown(domain, "currentMemory").text == str(32 << 10)
            stage.daemon("virtqemud").kill()
            stage.connection = open_connection(stage.daemon("virtqemud").start())
            wait_until(stage.connection.lookupByName("a").isActive, "the guest is found again")


if __name__ == "__main__":
    harness.main([test_shared_directory, test_shared_memory, test_memory_modules, test_vsock, test_sound_and_clipboard,
                  test_files_that_are_not_there, test_live_values],
                 guests.need_qemu)
