#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The system's virtqemud: whom QEMU runs as, and whose its files are meanwhile."""

import os
import re
import shutil
import signal
import subprocess

import guests
import harness
import namespace
from guests import expect_error, guest_xml, libvirt

UID, GID = 54321, 54322


class System(harness.Host):
    """A host with the system's virtqemud. Its directories are those of the namespace."""

    def __init__(self, conf=f'user = "+{UID}"\ngroup = "+{GID}"\n'):
        super().__init__()
        os.chmod(self.root, 0o711)
        self.run_dir = os.path.join(os.environ["MODVIRT_TEST_RUNSTATEDIR"], "libvirt")
        self.config_dir = os.path.join(os.environ["MODVIRT_TEST_SYSCONFDIR"], "libvirt")
        # What an earlier test has left.
        for folder in (self.run_dir, self.config_dir):
            shutil.rmtree(folder, ignore_errors=True)
        self.configure("qemu", conf)

    def open(self):
        daemon = self.daemon("virtqemud")
        daemon.options = ["--verbose"]
        daemon.start()
        return libvirt.open(daemon.uri("/system"))

    def __exit__(self, kind, error, trace):
        folder = os.path.join(self.run_dir, "qemu")
        for name in os.listdir(folder) if os.path.isdir(folder) else []:
            if name.endswith(".xml"):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    os.kill(int(file.read().split("pid='")[1].split("'")[0]), signal.SIGKILL)
        return super().__exit__(kind, error, trace)

    def pid(self, name):
        with open(os.path.join(self.run_dir, "qemu", f"{name}.xml"), encoding="utf-8") as file:
            return int(file.read().split("pid='")[1].split("'")[0])

    def image(self, name, mode=0o600):
        path = os.path.join(self.root, name)
        subprocess.run(["qemu-img", "create", "-q", "-f", "raw", path, "1M"], check=True)
        os.chmod(path, mode)
        return path


def disk(path, target="vda", inside=""):
    return (f"<disk type='file'><driver name='qemu' type='raw'/><source file='{path}'/>"
            f"<target dev='{target}' bus='virtio'/>{inside}</disk>")


def owner(path):
    info = os.stat(path)
    return info.st_uid, info.st_gid


def status(pid, key):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return next(line.split()[1:] for line in file if line.startswith(key + ":"))


def returned(path, to=(0, 0)):
    guests.wait_until(lambda: owner(path) == to, f"{path} goes back")


def test_disk_that_comes_and_goes():
    """What is given to QEMU's user while the guest runs goes back with its device, or when it was not taken."""
    guests.need_qemu()
    with System() as host:
        connection = host.open()
        image, other, medium = (host.image(name) for name in ("disk.img", "other.img", "medium.img"))
        domain = connection.createXML(guest_xml("a", "<controller type='scsi' model='virtio-scsi'/>"
                                                "<disk type='file' device='cdrom'><target dev='sdz' bus='scsi'/></disk>"))
        plugged = disk(image, "sda").replace("virtio", "scsi")
        drive = ("<disk type='file' device='cdrom'><driver name='qemu' type='raw'/>{source}<target dev='sdz' bus='scsi'/>"
                 "<readonly/></disk>")
        domain.attachDeviceFlags(plugged, libvirt.VIR_DOMAIN_AFFECT_LIVE)
        assert owner(image) == (UID, GID) and owner(other) == (0, 0)
        # The next daemon gives it back.
        host.daemons["virtqemud"].kill()
        domain = host.open().lookupByName("a")
        domain.detachDeviceFlags(plugged, libvirt.VIR_DOMAIN_AFFECT_LIVE)
        returned(image)
        # A medium that is only read is QEMU's user's, too, as long as it is in the drive.
        domain.updateDeviceFlags(drive.format(source=f"<source file='{medium}'/>"), libvirt.VIR_DOMAIN_AFFECT_LIVE)
        inside = owner(medium)
        domain.updateDeviceFlags(drive.format(source=f"<source file='{other}'/>"), libvirt.VIR_DOMAIN_AFFECT_LIVE)
        returned(medium)
        assert owner(other) == inside == (UID, GID), (owner(other), inside)
        domain.updateDeviceFlags(drive.format(source=""), libvirt.VIR_DOMAIN_AFFECT_LIVE)
        returned(other)
        # QEMU does not take it: it is another format.
        refused = plugged.replace("type='raw'", "type='qcow2'")
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "qcow2", domain.attachDeviceFlags, refused,
                     libvirt.VIR_DOMAIN_AFFECT_LIVE)
        returned(image)
        domain.attachDeviceFlags(plugged, libvirt.VIR_DOMAIN_AFFECT_LIVE)
        assert owner(image) == (UID, GID)
        domain.destroy()
        returned(image)


def test_user_of_qemu():
    guests.need_qemu()
    with System() as host:
        connection = host.open()
        image = host.image("disk.img")
        os.chown(image, 7, 8)
        log, pipe = (os.path.join(host.root, name) for name in ("serial.log", "pipe"))
        for way in ("in", "out"):
            os.mkfifo(f"{pipe}.{way}", 0o600)
        domain = connection.defineXML(guest_xml("a", disk(image) + "<video><model type='vga'/></video>"
                                                f"<serial type='file'><source path='{log}'/></serial>"
                                                f"<serial type='pipe'><source path='{pipe}'/></serial>"))
        domain.create()
        pid = host.pid("a")
        assert set(status(pid, "Uid")) == {str(UID)} and set(status(pid, "Gid")) == {str(GID)}
        assert int(status(pid, "CapEff")[0], 16) == int(status(pid, "CapPrm")[0], 16) == 0
        assert "0" not in status(pid, "Groups"), "root's groups are none of QEMU's"
        assert owner(image) == (UID, GID) and owner(log) == (UID, GID)
        assert owner(f"{pipe}.in") == owner(f"{pipe}.out") == (UID, GID)
        stream = connection.newStream()
        assert domain.screenshot(stream, 0).startswith("image/")
        stream.abort()
        domain.destroy()
        returned(image, (7, 8))
        returned(log)
        assert not [name for name in os.listdir(os.path.join(host.run_dir, "qemu")) if "owners" in name]


def test_records_of_helpers():
    """QEMU owns its run's directory. What it leaves there ends no process but what is the run's own."""
    guests.need_qemu()
    with System() as host:
        connection = host.open()
        victim = subprocess.Popen(["sleep", "100"])
        with open(f"/proc/{victim.pid}/stat", encoding="ascii") as file:
            start = file.read().rsplit(")", 1)[1].split()[19]
        domain = connection.createXML(guest_xml("a"))
        with open(os.path.join(host.run_dir, "qemu", "a.xml"), encoding="utf-8") as file:
            folder = re.search(r"'([^']*)/monitor.sock'", file.read()).group(1)
        assert owner(folder) == (UID, GID)
        for name in ("pr-helper0.pid", "fs0-fs.pid", "x-fs.pid"):
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.write(f"{victim.pid} {start}\n")
        domain.destroy()
        guests.wait_until(lambda: not os.path.exists(folder), "the run's directory goes")
        try:
            victim.wait(0.5)
            raise AssertionError("a file of the guest's ended a process")
        except subprocess.TimeoutExpired:
            victim.kill()
            victim.wait()


def test_images_below():
    """QEMU must be able to read what an overlay alone names."""
    guests.need_qemu()
    with System() as host:
        connection = host.open()
        base, top = host.image("base.img"), os.path.join(host.root, "top.qcow2")
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-b", base, "-F", "raw", top], check=True)
        os.chown(base, 7, 8)
        os.chmod(base, 0o600)
        domain = connection.createXML(guest_xml("a", disk(top).replace("type='raw'", "type='qcow2'")))
        assert owner(base) == (UID, GID)
        domain.destroy()
        returned(base, (7, 8))


def test_virtiofs():
    """A virtiofsd for each directory and run, which is over with it."""
    guests.need_qemu()
    harness.need("/usr/lib/qemu/virtiofsd")
    with System() as host:
        connection = host.open()
        share = os.path.join(host.root, "share")
        os.mkdir(share)
        backing = "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>"
        shared = (f"<filesystem><driver type='virtiofs'/><binary><sandbox mode='chroot'/></binary><source dir='{share}'/>"
                  "<target dir='t'/></filesystem>")
        domain = connection.createXML(guest_xml("a", shared, extra=backing))
        assert "<binary path='" in domain.XMLDesc() and "<binary path" not in domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
        served = subprocess.run(["pgrep", "-f", f"virtiofsd --fd.*source={share}"], capture_output=True, text=True, check=True)
        domain.destroy()
        guests.wait_until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in served.stdout.split()),
                          "virtiofsd has ended")
        guests.expect_error(libvirt.VIR_ERR_OPERATION_FAILED, "does not exist", connection.createXML,
                            guest_xml("a", shared.replace(share, share + "-missing"), extra=backing))


def test_label():
    """The live document says as whom QEMU runs; what asks for another user does not start."""
    guests.need_qemu()
    with System() as host:
        connection = host.open()
        domain = connection.createXML(guest_xml("a"))
        label = f"<label>+{UID}:+{GID}</label>"
        assert label in domain.XMLDesc() and "seclabel" not in domain.XMLDesc(libvirt.VIR_DOMAIN_XML_MIGRATABLE)
        assert domain.securityLabelList()[1][0] == f"+{UID}:+{GID}"
        domain.destroy()
        for document, code, words in (
                ("<seclabel type='static' model='dac' relabel='no'><label>+1:+1</label></seclabel>",
                 libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "guests run as"),
                ("<seclabel type='dynamic' model='selinux'/>", libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "is not available")):
            guests.expect_error(code, words, connection.createXML,
                                guest_xml("a").replace("</domain>", document + "</domain>"))
        image = host.image("kept.img", 0o666)
        own = f"<seclabel type='static' model='dac' relabel='no'><label>+{UID}:+{GID}</label></seclabel>"
        domain = connection.createXML(guest_xml("a", disk(image)).replace("</domain>", own + "</domain>"))
        assert owner(image) == (0, 0)
        domain.destroy()


def test_tpm():
    guests.need_qemu()
    harness.need("swtpm", "swtpm_setup")
    with System() as host:
        connection = host.open()
        domain = connection.createXML(guest_xml("a", "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>"))
        chip, = guests.chips(domain.UUIDString())
        assert set(status(chip, "Uid")) == {str(UID)}
        domain.destroy()


def is_locked(path):
    """Whether somebody holds one of the locks that QEMU takes of an image: bytes of it from 100 on."""
    with open("/proc/locks", encoding="ascii") as file:
        return any(f":{os.stat(path).st_ino} " in line for line in file)


def test_start_that_fails():
    guests.need_qemu()
    with System() as host:
        connection = host.open()
        image, locked = host.image("disk.img"), host.image("locked.img")
        with subprocess.Popen(["qemu-io", "-f", "raw", "-c", "sleep 20000", locked], stdout=subprocess.DEVNULL) as holder:
            domain = connection.defineXML(guest_xml("a", disk(image) + disk(locked, "vdb")))
            guests.wait_until(lambda: is_locked(locked), "the image is held", timeout=30)
            expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "lock", domain.create)
            holder.kill()
        returned(image)
        returned(locked)


def test_shared_by_two():
    guests.need_qemu()
    with System() as host:
        connection = host.open()
        image = host.image("shared.img")
        first, second = (connection.createXML(guest_xml(name, disk(image, inside="<readonly/>"))) for name in "ab")
        first.destroy()
        second.reset()
        assert owner(image) == (UID, GID), "the other guest still has it"
        second.destroy()
        returned(image)


def test_daemon_killed():
    """What was whose is known to the next daemon."""
    guests.need_qemu()
    with System() as host:
        connection = host.open()
        image, other = host.image("disk.img"), host.image("other.img")
        os.chown(image, 7, 8)
        connection.createXML(guest_xml("a", disk(image)))
        connection.createXML(guest_xml("b", disk(other)))
        connection.close()
        host.daemons["virtqemud"].kill()
        os.kill(host.pid("b"), signal.SIGKILL)
        connection = host.open()
        returned(other)
        assert owner(image) == (UID, GID)
        connection.lookupByName("a").destroy()
        returned(image, (7, 8))


def test_settings():
    guests.need_qemu()
    with System(f'user = "+{UID}"\ngroup = "+{GID}"\ndynamic_ownership = 0\n') as host:
        connection = host.open()
        image = host.image("disk.img", 0o666)
        domain = connection.createXML(guest_xml("a", disk(image)))
        assert owner(image) == (0, 0) and set(status(host.pid("a"), "Uid")) == {str(UID)}
        domain.destroy()
    with System('user = "root"\ngroup = "root"\n') as host:
        connection = host.open()
        image = host.image("disk.img")
        domain = connection.createXML(guest_xml("a", disk(image)))
        assert owner(image) == (0, 0) and set(status(host.pid("a"), "Uid")) == {"0"}
        domain.destroy()
    with System('user = "nobody-of-that-name"\n') as host:
        try:
            host.open()
            raise AssertionError("the daemon began")
        except (RuntimeError, libvirt.libvirtError):  # who is quick gets as far as a socket
            assert "there is no user 'nobody-of-that-name'" in host.daemons["virtqemud"].log()
        host.daemons.clear()


def prepare():
    namespace.enter_system()
    libvirt.registerErrorHandler(lambda *_: None, None)


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")], prepare)
