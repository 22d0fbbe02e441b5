#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Disks of every kind on a real QEMU, their limits and threads, and memory of every kind; found again by the next
daemon."""

import contextlib
import difflib
import json
import os
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree

import guests
import harness
from guests import GuestHost, expect_error, guest_xml, libvirt, open_connection, qemu_pid, wait_until

MIB = 1 << 20
NOBODY = 65534
BACKING_FORMAT_TAG = bytes.fromhex("e2792aca")  # in the header of a qcow2 image
SECRET = "5b0c1f6e-9a9b-4d4e-8f1c-0d9c35b5a011"


class Stage(GuestHost):
    """A host with a daemon, a connection and images."""

    def __enter__(self):
        super().__enter__()
        self.helpers = []
        self.connection = open_connection(self.start("virtqemud"))
        return self

    def __exit__(self, *error):
        super().__exit__(*error)
        for helper in self.helpers:
            helper.terminate()
            helper.wait(10)

    def path(self, name):
        return os.path.join(self.root, name)

    def image(self, name, form="raw", *options):
        self.run("qemu-img", "create", "-q", "-f", form, *options, self.path(name), "8M")
        return self.path(name)

    def serve(self, socket, *command):
        """A program that serves data at a socket."""
        self.helpers.append(subprocess.Popen(command, env=self.env))
        wait_until(lambda: os.path.exists(socket), f"{command[0]} at {socket}")

    def restart(self, name="a"):
        """The daemon ends without a word and comes back; the guest must be as it was."""
        # Reading a document sorts its controllers.
        before = sorted(self.connection.lookupByName(name).XMLDesc().split("\n"))
        self.daemon("virtqemud").kill()
        self.connection = open_connection(self.daemon("virtqemud").start())
        domain = self.connection.lookupByName(name)
        wait_until(domain.isActive, "the guest is found again")
        after = sorted(domain.XMLDesc().split("\n"))
        assert after == before, "\n".join(difflib.unified_diff(before, after, n=0))
        return domain

    def starts(self, disk, extra=""):
        """A guest with the disk, after a restart of its daemon."""
        self.connection.createXML(guest_xml("a", disk, extra=extra))
        return self.restart()


def disk(source, driver="type='raw'", more="", kind="file", target="<target dev='vda' bus='virtio'/>", device="disk"):
    return (f"<disk type='{kind}' device='{device}'><driver name='qemu' {driver}/>{source}{target}{more}</disk>")


def shown_disk(domain, flags=0):
    return ElementTree.fromstring(domain.XMLDesc(flags)).find("devices/disk")


def arguments(host, name="a"):
    with open(f"/proc/{qemu_pid(host, name)}/cmdline", encoding="utf-8") as file:
        return file.read().split("\0")


def test_nbd():
    harness.need("qemu-nbd")
    with Stage() as stage:
        socket = stage.path("nbd")
        stage.serve(socket, "qemu-nbd", "-t", "-k", socket, "-x", "export", "-f", "raw", stage.image("a.img"))
        domain = stage.starts(disk(f"<source protocol='nbd' name='export'><host transport='unix' socket='{socket}'/>"
                                   "</source>", kind="network"))
        assert domain.blockInfo("vda")[0] == 8 * MIB
        assert domain.blockStats("vda")
        domain.destroy()
        # Nobody serves it: QEMU's own words.
        wrong = disk("<source protocol='nbd'><host name='127.0.0.1' port='1'/></source>", kind="network")
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "Connection refused", stage.connection.createXML,
                     guest_xml("b", wrong))
        two = disk("<source protocol='nbd'><host name='h'/><host name='i'/></source>", kind="network")
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "accepts only one host", stage.connection.defineXML,
                     guest_xml("c", two))


def test_backing_store_over_the_network():
    harness.need("qemu-nbd")
    with Stage() as stage:
        socket = stage.path("nbd")
        stage.serve(socket, "qemu-nbd", "-t", "-r", "-k", socket, "-f", "raw", stage.image("base.img"))
        top = stage.image("top.qcow2", "qcow2")
        chain = ("<backingStore type='network'><format type='raw'/><source protocol='nbd'>"
                 f"<host transport='unix' socket='{socket}'/></source><backingStore/></backingStore>")
        domain = stage.starts(disk(f"<source file='{top}'/>", "type='qcow2'", chain))
        assert shown_disk(domain).find("backingStore/source").get("protocol") == "nbd"


def test_chains_that_images_name():
    with Stage() as stage:
        stage.image("base.qcow2", "qcow2")
        stage.image("mid.qcow2", "qcow2", "-b", "base.qcow2", "-F", "qcow2")
        top = stage.image("top.qcow2", "qcow2", "-b", stage.path("mid.qcow2"), "-F", "qcow2")
        domain = stage.starts(disk(f"<source file='{top}'/>", "type='qcow2'"))
        mid = shown_disk(domain).find("backingStore")
        assert mid.get("index") == "2" and mid.find("source").attrib == {"file": stage.path("mid.qcow2")}
        base = mid.find("backingStore")
        assert base.get("index") == "3" and base.find("source").attrib == {"file": stage.path("base.qcow2")}
        assert base.find("format").get("type") == "qcow2" and base.find("backingStore").attrib == {}
        assert shown_disk(domain, libvirt.VIR_DOMAIN_XML_INACTIVE).find("backingStore") is None
        assert sum("libvirt-3-format" in word for word in arguments(stage)) == 2
        domain.destroy()

        for name, backing, code, words in (
                ("lost.qcow2", "missing.img", libvirt.VIR_ERR_SYSTEM_ERROR, "Cannot access backing file"),
                ("odd.qcow2", "json:{\"driver\":\"blkdebug\"}", libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "an overlay of"),
                ("ring.qcow2", "ring.qcow2", libvirt.VIR_ERR_INTERNAL_ERROR, "self-referential")):
            image = stage.image(name, "qcow2", "-u", "-b", backing, "-F", "qcow2")
            expect_error(code, words, stage.connection.createXML,
                         guest_xml("a", disk(f"<source file='{image}'/>", "type='qcow2'")))


def test_formats_that_overlays_do_not_tell():
    """The format of a backing file is guessed, but never so that it names a further file."""
    with Stage() as stage:
        stage.image("base.qcow2", "qcow2")
        stage.image("overlay.qcow2", "qcow2", "-b", "base.qcow2", "-F", "qcow2")
        for below, found in (("base.qcow2", "qcow2"), ("overlay.qcow2", None)):
            top = stage.image("top.qcow2", "qcow2", "-b", below, "-F", "qcow2")
            with open(top, "r+b") as file:
                header = file.read(4096)
                assert BACKING_FORMAT_TAG in header
                file.seek(0)
                file.write(header.replace(BACKING_FORMAT_TAG, b"None", 1))
            document = guest_xml("a", disk(f"<source file='{top}'/>", "type='qcow2'"))
            if not found:
                expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "was not specified", stage.connection.createXML, document)
                continue
            domain = stage.connection.createXML(document)
            assert shown_disk(domain).find("backingStore/format").get("type") == found
            domain.destroy()


def test_parts_of_files():
    with Stage() as stage:
        path = stage.image("a.img")
        part = f"<source file='{path}'><slices><slice type='storage' offset='{MIB}' size='{2 * MIB}'/></slices></source>"
        domain = stage.starts(disk(part))
        assert domain.blockInfo("vda")[0] == 2 * MIB
        domain.destroy()
        # A format in a part of a file.
        inner = stage.image("inner.qcow2", "qcow2")
        size = os.path.getsize(inner) // 65536 * 65536 + 65536
        with open(inner, "rb") as small, open(path, "r+b") as large:
            large.seek(MIB)
            large.write(small.read())
        part = f"<source file='{path}'><slices><slice type='storage' offset='{MIB}' size='{size + MIB}'/></slices></source>"
        stage.starts(disk(part, "type='qcow2' cache='none'", more=""))
        assert any('"libvirt-1-slice-sto"' in word for word in arguments(stage))


def test_cache_of_metadata():
    with Stage() as stage:
        path = stage.image("a.qcow2", "qcow2")
        xml = disk(f"<source file='{path}'/>", "type='qcow2'").replace(
            "'qcow2'/>", "'qcow2'><metadata_cache><max_size unit='MiB'>1</max_size></metadata_cache></driver>")
        domain = stage.starts(xml)
        assert shown_disk(domain).findtext("driver/metadata_cache/max_size") == str(MIB)
        assert any('"cache-size":1048576' in word for word in arguments(stage))


def test_directory():
    with Stage() as stage:
        os.mkdir(stage.path("folder"))
        with open(stage.path("folder/file"), "w", encoding="ascii") as file:
            file.write("inside")
        source = f"<source dir='{stage.path('folder')}'/>"
        stage.starts(disk(source, "type='fat'", "<readonly/>", "dir", "<target dev='fda' bus='fdc'/>", "floppy"))
        writable = disk(source, "type='fat'", "", "dir", "<target dev='fda' bus='fdc'/>", "floppy")
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "virtual FAT disks", stage.connection.defineXML,
                     guest_xml("b", writable))


def test_transient():
    """What the guest writes ends with it, and what is below is left alone and can be shared."""
    with Stage() as stage:
        path = stage.image("a.qcow2", "qcow2")
        before = os.stat(path).st_mtime_ns
        xml = disk(f"<source file='{path}'/>", "type='qcow2'", "<transient shareBacking='yes'/>")
        domain = stage.connection.defineXML(guest_xml("a", xml))
        domain.create()
        stage.connection.createXML(guest_xml("b", xml))
        domain = stage.restart()
        overlay = path + ".TRANSIENT-a"
        assert os.path.exists(overlay) and os.path.exists(path + ".TRANSIENT-b")
        shown = shown_disk(domain)
        assert shown.find("source").get("file") == overlay
        assert shown.find("backingStore/source").get("file") == path
        assert shown_disk(domain, libvirt.VIR_DOMAIN_XML_INACTIVE).find("source").get("file") == path
        domain.destroy()
        wait_until(lambda: not os.path.exists(overlay), "the overlay goes with the guest")
        assert os.stat(path).st_mtime_ns == before
        # One that a crash of the host has left is replaced.
        with open(overlay, "w", encoding="ascii") as file:
            file.write("stale")
        domain.create()
        domain.destroy()
        # So is one of a start that comes to nothing.
        twice = guest_xml("c", xml + "<graphics type='vnc'/><graphics type='vnc'/>")
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "only 1 graphics", stage.connection.createXML, twice)
        wait_until(lambda: not os.path.exists(path + ".TRANSIENT-c"), "an overlay that nobody uses goes")
        network = disk("<source protocol='nbd'><host name='h'/></source>", more="<transient/>", kind="network")
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "not a plain file", stage.connection.createXML,
                     guest_xml("c", network))


def test_vhost_user():
    harness.need("qemu-storage-daemon")
    with Stage() as stage:
        socket = stage.path("vhost")
        stage.serve(socket, "qemu-storage-daemon", "--blockdev", f"file,node-name=f,filename={stage.image('a.img')}",
                    "--export", f"vhost-user-blk,id=e,node-name=f,writable=on,addr.type=unix,addr.path={socket}")
        xml = disk(f"<source type='unix' path='{socket}'/>", kind="vhostuser")
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "requires shared memory", stage.connection.defineXML,
                     guest_xml("a", xml))
        shared = "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>"
        domain = stage.starts(xml, shared)
        assert shown_disk(domain).get("snapshot") == "no"
        expect_error(libvirt.VIR_ERR_INVALID_ARG, "no data that could be limited", domain.setBlockIoTune, "vda",
                     {"total_iops_sec": 5})


# ---- what another daemon knows ----

@contextlib.contextmanager
def stock_daemon(stage):
    """The distribution's daemon, for its secrets and pools."""
    harness.need("libvirtd")
    folder = tempfile.mkdtemp(prefix="modvirt-stock-")
    env = dict(stage.env, **{name: folder for name in ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "HOME")})
    command = ["libvirtd"]
    # As root it would be the machine's.
    if os.getuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
    process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
    socket = os.path.join(folder, "libvirt/libvirt-sock")
    try:
        wait_until(lambda: harness.can_connect(socket), "libvirtd", 30)
        os.symlink(socket, os.path.join(stage.run_dir, "libvirt-sock"))
        yield folder, socket
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def define_secret(socket):
    secrets = libvirt.open(f"secret+unix:///session?socket={socket}")
    secret = secrets.secretDefineXML(f"<secret ephemeral='no' private='no'><uuid>{SECRET}</uuid>"
                                     "<usage type='volume'><volume>/l</volume></usage></secret>")
    secret.setValue(b"open sesame")
    return secrets, secret


def make_luks(stage, name, form="luks"):
    options = {"luks": ["-o", "key-secret=s"],
               "qcow2": ["-o", "encrypt.format=luks,encrypt.key-secret=s"]}[form]
    # How dear a guess at the key shall be is measured first, which now and then fails on a busy machine.
    for _ in range(20):
        made = stage.run("qemu-img", "create", "-q", "-f", form, "--object", "secret,id=s,data=open sesame", *options,
                         stage.path(name), "8M", check=False)
        if "CPU usage" not in made.stderr:
            break
    assert made.returncode == 0, made.stderr
    return stage.path(name)


def test_encrypted():
    with Stage() as stage:
        key = f"<encryption format='luks'><secret type='passphrase' uuid='{SECRET}'/></encryption>"
        plain = disk(f"<source file='{make_luks(stage, 'l.img')}'>{key}</source>")
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "cannot reach the secret daemon", stage.connection.createXML,
                     guest_xml("a", plain))
        with stock_daemon(stage) as (_, socket):
            secrets, secret = define_secret(socket)
            domain = stage.starts(plain)
            assert domain.blockInfo("vda")[0] == 8 * MIB
            assert "open sesame" not in " ".join(arguments(stage))
            with open(os.path.join(stage.root, "cache/libvirt/qemu/log/a.log"), encoding="utf-8") as log:
                assert "open sesame" not in log.read()
            domain.destroy()
            # By its usage, beside the source as documents once had it, in another format.
            key = "<encryption format='luks'><secret type='passphrase' usage='/l'/></encryption>"
            stage.starts(disk(f"<source file='{make_luks(stage, 'l.qcow2', 'qcow2')}'/>", "type='qcow2'", key))
            secret.undefine()
            expect_error(libvirt.VIR_ERR_NO_SECRET, "", stage.connection.createXML,
                         guest_xml("b", plain))
            secrets.close()


def test_volume():
    with Stage() as stage, stock_daemon(stage) as (folder, socket):
        folder = os.path.join(folder, "pool")
        pools = libvirt.open(f"storage+unix:///session?socket={socket}")
        pool = pools.storagePoolDefineXML(f"<pool type='dir'><name>p</name><target><path>{folder}</path></target></pool>")
        pool.build()
        pool.create()
        pool.createXML("<volume><name>v</name><capacity unit='MiB'>8</capacity><target><format type='qcow2'/></target>"
                       "</volume>")
        source = "<source pool='p' volume='v'/>"
        domain = stage.starts(disk(source, "type='qcow2'", kind="volume"))
        assert shown_disk(domain).find("source").attrib == {"pool": "p", "volume": "v", "index": "1"}
        assert domain.blockInfo("vda")[0] == 8 * MIB
        assert f"{folder}/v" in stage.connection.domainXMLToNative("qemu-argv", domain.XMLDesc(
            libvirt.VIR_DOMAIN_XML_INACTIVE))
        domain.destroy()
        pool.destroy()
        xml = guest_xml("b", disk(source, "type='qcow2'", kind="volume"))
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "is not active", stage.connection.createXML, xml)
        expect_error(libvirt.VIR_ERR_NO_STORAGE_POOL, "", stage.connection.createXML, xml.replace("'p'", "'q'"))
        pools.close()


# ---- limits ----

def expect_any_error(text, call, *arguments):
    try:
        call(*arguments)
    except libvirt.libvirtError as error:
        assert text in str(error), str(error)
        return
    raise AssertionError(f"no error, but {text!r} was expected")


def limits(domain, flags=0, target="vda"):
    return {name: value for name, value in domain.blockIoTune(target, flags).items() if value}


def test_limits():
    with Stage() as stage:
        tune = ("<iotune><read_bytes_sec>1000000</read_bytes_sec><total_iops_sec>100</total_iops_sec>"
                "<total_iops_sec_max>200</total_iops_sec_max><total_iops_sec_max_length>3</total_iops_sec_max_length>"
                "<group_name>g</group_name></iotune>")
        domain = stage.connection.defineXML(guest_xml("a", disk(f"<source file='{stage.image('a.img')}'/>", more=tune)))
        domain.create()
        domain = stage.restart()
        expected = {"read_bytes_sec": 1000000, "total_iops_sec": 100, "total_iops_sec_max": 200, "group_name": "g",
                    "total_iops_sec_max_length": 3}
        live = limits(domain)
        # QEMU says how long a burst is also where nothing was said of it.
        assert expected.items() <= live.items(), live
        assert limits(domain, libvirt.VIR_DOMAIN_AFFECT_CONFIG) == expected
        for flags in (libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG):
            domain.setBlockIoTune("vda", {"total_bytes_sec": 5000000, "read_bytes_sec": 0}, flags)
        domain = stage.restart()
        for flags in (libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG):
            now = limits(domain, flags)
            assert now["total_bytes_sec"] == 5000000 and "read_bytes_sec" not in now and now["total_iops_sec"] == 100
            assert ElementTree.fromstring(domain.XMLDesc(
                libvirt.VIR_DOMAIN_XML_INACTIVE if flags == libvirt.VIR_DOMAIN_AFFECT_CONFIG else 0)).findtext(
                    "devices/disk/iotune/total_bytes_sec") == "5000000"
        before = limits(domain)
        for wrong, text in (({"total_bytes_sec": 1, "read_bytes_sec": 1}, "cannot be set at the same time"),
                            ({"write_iops_sec_max": 9, "total_iops_sec_max": 0}, "cannot be set if"),
                            ({"total_bytes_sec_max": 1}, "cannot be smaller than")):
            expect_any_error(text, domain.setBlockIoTune, "vda", wrong)
            assert limits(domain) == before, wrong
        expect_error(libvirt.VIR_ERR_INVALID_ARG, "not found", domain.setBlockIoTune, "vdz", {"total_iops_sec": 1})


def put_medium(domain, image):
    """Into the drive as the document has it, or out of it."""
    drive = ElementTree.fromstring(domain.XMLDesc()).find("devices/disk")
    for source in drive.findall("source"):
        drive.remove(source)
    if image:
        ElementTree.SubElement(drive, "source", file=image)
    domain.updateDeviceFlags(ElementTree.tostring(drive, encoding="unicode"))


def told_limits(domain):
    """What QEMU itself says (query-block) of the drive with a medium."""
    inserted, = [drive["inserted"] for drive in guests.ask_qemu(domain, "query-block") if drive.get("qdev") == "scsi0-0-0"]
    return {name: inserted[name] for name in ("iops", "bps") if inserted[name]}, inserted.get("group")


def test_limits_of_an_empty_drive():
    """They are in the document, and QEMU has them, or has none, when the drive gets a medium."""
    live, config = libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG
    with Stage() as stage:
        image = stage.image("a.img")
        domain = stage.connection.defineXML(guest_xml(
            "a", "<disk type='file' device='cdrom'><target dev='sda' bus='scsi'/><readonly/></disk>"))
        domain.create()
        for flags in (live, config):
            domain.setBlockIoTune("sda", {"total_iops_sec": 10}, flags)
            assert limits(domain, flags, "sda") == {"total_iops_sec": 10}
        domain = stage.restart()
        put_medium(domain, image)
        assert limits(domain, live, "sda")["total_iops_sec"] == 10
        for change, told in (({"total_iops_sec": 0, "total_bytes_sec": 5000000}, ({"bps": 5000000}, "scsi0-0-0")),
                             ({"total_bytes_sec": 0}, ({}, None)),
                             ({"total_bytes_sec": 7000, "group_name": "together"}, ({"bps": 7000}, "together"))):
            put_medium(domain, None)
            domain.setBlockIoTune("sda", change, live)
            put_medium(domain, image)
            assert told_limits(domain) == told, (told_limits(domain), change)
        # It starts empty, and with limits.
        domain.destroy()
        domain.create()
        put_medium(domain, image)
        assert told_limits(domain) == ({"iops": 10}, "scsi0-0-0")
        # A medium that cannot be put in leaves the one that is there, with its limits.
        expect_any_error("nowhere", put_medium, domain, "/nowhere")
        assert told_limits(domain) == ({"iops": 10}, "scsi0-0-0")


# ---- threads ----

def thread_cpus(host, name):
    """The CPUs of the threads whose name begins so."""
    found = []
    folder = f"/proc/{qemu_pid(host, 'a')}/task"
    for task in os.listdir(folder):
        with open(f"{folder}/{task}/comm", encoding="utf-8") as comm:
            if comm.read().startswith(name):
                found.append(os.sched_getaffinity(int(task)))
    return found


def test_threads():
    all_cpus = sorted(os.sched_getaffinity(0))
    if len(all_cpus) < 2:
        raise harness.Skip("one CPU only")
    first, second = all_cpus[:2]
    tune = (f"<iothreads>2</iothreads><iothreadids><iothread id='4' thread_pool_max='8'/></iothreadids><cputune>"
            f"<vcpupin vcpu='0' cpuset='{first}'/><emulatorpin cpuset='{first}'/>"
            f"<iothreadpin iothread='4' cpuset='{second}'/></cputune>")
    with Stage() as stage:
        xml = disk(f"<source file='{stage.image('a.img')}'/>", "type='raw' iothread='4'")
        domain = stage.connection.defineXML(guest_xml("a", xml, extra=tune))
        assert [info[0] for info in domain.ioThreadInfo()] == [4, 1]
        domain.create()
        domain = stage.restart()
        assert thread_cpus(stage, "IO iothread4") == [{second}]
        assert thread_cpus(stage, "CPU 0/") == [{first}]
        assert all(cpus == {first} for cpus in thread_cpus(stage, "qemu-system"))
        live = domain.ioThreadInfo(libvirt.VIR_DOMAIN_AFFECT_LIVE)
        assert [info[0] for info in live] == [4, 1]
        assert [cpu for cpu, is_on in enumerate(live[0][1]) if is_on] == [second]
        chosen = tuple(cpu == second for cpu in range(second + 1))
        both = libvirt.VIR_DOMAIN_AFFECT_LIVE | libvirt.VIR_DOMAIN_AFFECT_CONFIG
        domain.pinVcpuFlags(0, chosen, both)
        domain.pinEmulator(chosen, both)
        domain.pinIOThread(1, chosen, both)
        domain = stage.restart()
        assert thread_cpus(stage, "CPU 0/") == thread_cpus(stage, "IO iothread1") == [{second}]
        for flags in (libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG):
            assert domain.vcpuPinInfo(flags)[0][:second + 1] == chosen
            assert domain.emulatorPinInfo(flags)[:second + 1] == chosen
        expect_error(libvirt.VIR_ERR_INVALID_ARG, "out of range", domain.pinVcpu, 7, chosen)


def test_optional_disk():
    guests.Events.start_loop()
    with Stage() as stage:
        image = stage.path("optional.img")
        disc = f"<disk device='cdrom'><source file='{stage.path('x.iso')}' startupPolicy='optional'/><target dev='sdc' bus='sata'/></disk>"
        domain = stage.connection.defineXML(
            guest_xml("a", disk(f"<source file='{image}' startupPolicy='optional'/>") + disc))
        told = []
        stage.connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_DISK_CHANGE,
                                                lambda _connection, _domain, *event: told.append(event[:4]), None)
        domain.create()
        guests.wait_until(lambda: len(told) == 2, "both to be told of")
        assert set(told) == {
            (stage.path("x.iso"), None, "sata0-0-2", libvirt.VIR_DOMAIN_EVENT_DISK_CHANGE_MISSING_ON_START),
            (image, None, "virtio-disk0", libvirt.VIR_DOMAIN_EVENT_DISK_DROP_MISSING_ON_START)}, told
        assert stage.path("x.iso") not in domain.XMLDesc() and shown_disk(domain).get("device") == "cdrom"
        assert shown_disk(domain, libvirt.VIR_DOMAIN_XML_INACTIVE).find("source").get("file") == image
        # Nobody attaches what is not there.
        late = disk(f"<source file='{stage.path('late.img')}' startupPolicy='optional'/>").replace("vda", "vdb")
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "late.img", domain.attachDeviceFlags, late, libvirt.VIR_DOMAIN_AFFECT_LIVE)
        domain.destroy()
        with open(image, "wb") as file:
            file.truncate(MIB)
        domain.create()
        assert shown_disk(domain).find("source").get("file") == image


def test_iothreads_come_and_go():
    with Stage() as stage:
        xml = disk(f"<source file='{stage.image('a.img')}'/>", "type='raw' iothread='1'")
        domain = stage.connection.defineXML(guest_xml("a", xml, extra="<iothreads>1</iothreads>"))
        domain.create()
        both = libvirt.VIR_DOMAIN_AFFECT_LIVE | libvirt.VIR_DOMAIN_AFFECT_CONFIG
        domain.addIOThread(7, both)
        domain = stage.restart()
        assert len(thread_cpus(stage, "IO iothread7")) == 1
        for flags in (libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG):
            assert [info[0] for info in domain.ioThreadInfo(flags)] == [1, 7]
        expect_error(libvirt.VIR_ERR_INVALID_ARG, "already using", domain.addIOThread, 7, both)
        expect_error(libvirt.VIR_ERR_INVALID_ARG, "being used by disk 'vda'", domain.delIOThread, 1, both)
        domain.delIOThread(7, both)
        assert [info[0] for info in domain.ioThreadInfo()] == [1] and not thread_cpus(stage, "IO iothread7")


def test_iothread_of_a_scsi_controller():
    with Stage() as stage:
        xml = ("<controller type='scsi' model='virtio-scsi'><driver iothread='1'/></controller>"
               + disk(f"<source file='{stage.image('a.img')}'/>", target="<target dev='sda' bus='scsi'/>"))
        domain = stage.connection.defineXML(guest_xml("a", xml, extra="<iothreads>1</iothreads>"))
        domain.create()
        domain = stage.restart()
        assert "<driver iothread='1'/>" in domain.XMLDesc()
        assert any('"virtio-scsi-pci"' in word and '"iothread":"iothread1"' in word for word in arguments(stage))
        for flag in (libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG):
            expect_error(libvirt.VIR_ERR_INVALID_ARG, "being used by controller 'scsi0'", domain.delIOThread, 1, flag)


# ---- memory ----

def test_memory():
    for backing, found in (("<source type='memfd'/><access mode='shared'/>", "memory-backend-memfd"),
                           ("<source type='file'/><access mode='shared'/><discard/>", "memory-backend-file"),
                           ("<nosharepages/><allocation mode='immediate' threads='2'/>", '"prealloc":true')):
        with Stage() as stage:
            extra = f"<memoryBacking>{backing}</memoryBacking>"
            domain = stage.starts("", extra)
            words = arguments(stage)
            assert any(found in word for word in words), backing
            files = [json.loads(word)["mem-path"] for word in words if "mem-path" in word]
            assert all(map(os.path.exists, files)) and len(files) == ("file" in found)
            domain.destroy()
            for file in files:
                wait_until(lambda: not os.path.exists(os.path.dirname(file)), "the guest's memory goes with it")


def test_locked_memory():
    with Stage() as stage:
        domain = stage.connection.defineXML(guest_xml("a", extra="<memoryBacking><locked/></memoryBacking>"))
        try:
            domain.create()
        except libvirt.libvirtError as error:
            # Not everybody may lift the limit.
            assert "cannot limit locked memory" in str(error)
            return
        stage.restart()
        assert "mem-lock=on" in arguments(stage)


def test_large_pages():
    with Stage() as stage:
        mounts = [line.split() for line in open("/proc/mounts", encoding="utf-8")]
        xml = guest_xml("a", extra="<memoryBacking><hugepages/></memoryBacking>")
        if any(mount[2] == "hugetlbfs" for mount in mounts):
            raise harness.Skip("whether there are enough large pages is the machine's business")
        domain = stage.connection.defineXML(xml)
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "hugetlbfs filesystem is not mounted", domain.create)


def test_cells():
    cells = ("<numatune><memory mode='preferred' nodeset='0'/></numatune><cpu><numa>"
             "<cell id='0' cpus='0' memory='16' unit='MiB'><distances><sibling id='1' value='21'/></distances></cell>"
             "<cell id='1' memory='16' unit='MiB' memAccess='shared'/></numa></cpu>")
    with Stage() as stage:
        domain = stage.starts("", cells)
        words = arguments(stage)
        assert words.count("-numa") == 3 and "dist,src=0,dst=1,val=21" in words
        assert domain.maxMemory() == 32 * 1024


def test_memory_of_a_node_that_is_not_there():
    with Stage() as stage:
        tune = "<numatune><memory mode='strict' nodeset='0,63'/></numatune>"
        domain = stage.connection.defineXML(guest_xml("a", extra=tune))
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "NUMA node 63 is unavailable", domain.create)


def test_iommu():
    with Stage() as stage:
        for model in ("intel", "virtio"):
            domain = stage.starts(f"<iommu model='{model}'/>")
            assert any(f'{model}-iommu' in word for word in arguments(stage))
            domain.destroy()


if __name__ == "__main__":
    harness.main([test_nbd, test_backing_store_over_the_network,
                  test_chains_that_images_name, test_formats_that_overlays_do_not_tell, test_parts_of_files, test_cache_of_metadata,
                  test_directory, test_transient, test_vhost_user, test_encrypted, test_volume, test_optional_disk, test_limits,
                  test_limits_of_an_empty_drive,
                  test_threads, test_iothreads_come_and_go, test_iothread_of_a_scsi_controller, test_memory, test_locked_memory, test_large_pages,
                  test_cells, test_memory_of_a_node_that_is_not_there, test_iommu], guests.need_qemu)
