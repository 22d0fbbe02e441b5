# SPDX-License-Identifier: LGPL-2.1-or-later
"""virtstoraged when something goes wrong: killed at any moment, a disk that is full, jobs that take long."""

import glob
import os
import random
import signal
import subprocess
import threading
import time

import harness
import namespace
from namespace import expect, wait_for
from storage import MIB, StorageHost, image_info, names, pool_xml, volume_xml

ROUNDS = 12

# Says where it is and waits to be let go on; the rest is qemu-img's.
SLOW = """#!/bin/sh
echo $$ > {root}/slow.pid
while [ ! -e {root}/go ]; do sleep 0.02; done
exec {program} "$@"
"""


class SlowHost(StorageHost):
    """A host whose qemu-img takes its time."""

    def __enter__(self):
        folder = os.path.join(self.root, "bin")
        os.mkdir(folder)
        program = subprocess.run(["which", "qemu-img"], capture_output=True, text=True, check=True).stdout.strip()
        with open(os.path.join(folder, "qemu-img"), "w", encoding="ascii") as file:
            file.write(SLOW.format(root=self.root, program=program))
        os.chmod(file.name, 0o755)
        self.env["PATH"] = f"{folder}:{os.environ['PATH']}"
        return super().__enter__()

    def begin(self, conn, call):
        """Makes the call on a thread; returns when qemu-img has been started."""
        result = []

        def run():
            import libvirt
            try:
                result.append(call(conn.storagePoolLookupByName("images")))
            except libvirt.libvirtError as error:
                result.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        wait_for("qemu-img", lambda: self.slow_pid() > 0)
        return thread, result

    def slow_pid(self):
        try:
            with open(os.path.join(self.root, "slow.pid"), encoding="ascii") as file:
                return int(file.read() or 0)
        except FileNotFoundError:
            return 0

    def let_go(self):
        with open(os.path.join(self.root, "go"), "w", encoding="ascii"):
            pass


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_long_job_blocks_nobody():
    import libvirt
    with SlowHost() as host:
        conn = host.connect()
        pool = host.pool(conn)
        other = host.pool(conn, "other")
        ready = pool.createXML(volume_xml("ready"))
        thread, result = host.begin(host.connect(), lambda p: p.createXML(volume_xml("slow", 8192, "qcow2")))
        # It has a name, a size, and no file of that name.
        slow = pool.storageVolLookupByName("slow")
        assert slow.info()[1] == 8 * MIB and "<name>slow</name>" in slow.XMLDesc()
        assert not os.path.exists(host.path("images", "slow")) and len(host.left()) == 1
        for call in (slow.delete, slow.wipe, lambda: slow.resize(9 * MIB), lambda: pool.createXMLFrom(volume_xml("x"), slow),
                     lambda: slow.download(conn.newStream(), 0, 0)):
            expect(libvirt.VIR_ERR_OPERATION_INVALID, call, "still ")
        expect(libvirt.VIR_ERR_STORAGE_VOL_EXIST, lambda: pool.createXML(volume_xml("slow")))
        for call in (pool.refresh, pool.destroy):
            expect(libvirt.VIR_ERR_INTERNAL_ERROR, call, "has asynchronous jobs running")
        # All else goes on, in the same pool too.
        began = time.monotonic()
        pool.createXML(volume_xml("quick"))
        ready.resize(2 * MIB)
        ready.delete()
        other.refresh()
        host.pool(conn, "third")
        assert names(pool) == ["quick", "slow"] and time.monotonic() - began < 5
        host.let_go()
        thread.join(20)
        assert slow.info()[1] == 8 * MIB and image_info(slow.path())["format"] == "qcow2" and host.left() == []
        pool.refresh()
        assert names(pool) == ["quick", "slow"]


def test_source_is_lent():
    import libvirt
    with SlowHost() as host:
        conn = host.connect()
        other = host.pool(conn, "other")
        host.pool(conn)
        source = other.createXML(volume_xml("source", 8192))
        thread, result = host.begin(host.connect(), lambda p: p.createXMLFrom(volume_xml("copy", 0, "qcow2"), source))
        expect(libvirt.VIR_ERR_OPERATION_INVALID, source.delete, "still in use")
        expect(libvirt.VIR_ERR_INTERNAL_ERROR, other.destroy, "asynchronous jobs")
        host.let_go()
        thread.join(20)
        assert not isinstance(result[0], libvirt.libvirtError), result
        source.delete()
        other.destroy()


def test_failed_job_leaves_nothing():
    import libvirt
    with SlowHost() as host:
        pool = host.pool(host.connect())
        thread, result = host.begin(host.connect(), lambda p: p.createXML(volume_xml("slow", 8192, "qcow2")))
        os.kill(host.slow_pid(), signal.SIGKILL)
        thread.join(20)
        assert isinstance(result[0], libvirt.libvirtError) and "fatal signal 9" in str(result[0]), result
        assert names(pool) == [] and os.listdir(host.path("images")) == []


def test_killed_in_a_long_job():
    """What was being made is gone with the daemon, and with it who made it."""
    with SlowHost() as host:
        pool = host.pool(host.connect())
        thread, _ = host.begin(host.connect(), lambda p: p.createXML(volume_xml("slow", 8192, "qcow2")))
        assert len(host.left()) == 1
        host.storage.kill()
        thread.join(20)
        wait_for("the end of qemu-img", lambda: not is_alive(host.slow_pid()))
        host.storage.start()
        pool = host.connect().storagePoolLookupByName("images")
        assert pool.isActive() and names(pool) == [] and os.listdir(host.path("images")) == []


def test_writers_of_other_daemons():
    """A file that another daemon is still writing is not taken for one that was left."""
    import fcntl
    with StorageHost() as host:
        pool = host.pool(host.connect())
        for name in ("dead", "alive"):
            with open(host.path("images", f".virtstoraged-new-{name}"), "w", encoding="ascii"):
                pass
        with open(host.path("images", ".virtstoraged-new-alive"), encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            pool.refresh()
            assert host.left() == [".virtstoraged-new-alive"] and names(pool) == []
        pool.refresh()
        assert host.left() == []


def test_hanging_disk():
    """Its own pool waits; other pools, and the daemon's start, do not."""
    import libvirt
    with StorageHost() as host:
        host.storage.kill()
        host.env["LD_PRELOAD"] = os.path.abspath(os.path.join(harness.BUILD, "tests", "integration", "hangingdisk.so"))
        harness.need_plain(host.storage.program)
        host.storage.start()
        conn = host.connect()
        fine = host.pool(conn, "fine")
        stuck = host.pool(conn, "stuck", "deep/stuck")
        stuck.createXML(volume_xml("a"))
        mark = host.path("deep", "hang")
        open(mark, "w", encoding="ascii").close()
        # Connections of their own: threads that share one may miss each other's answers in libvirt 9's client.
        others = [host.connect().storagePoolLookupByName("stuck") for _ in range(2)]
        waiting = [threading.Thread(target=call) for call in (others[0].refresh, others[1].storageVolLookupByName("a").info)]
        for thread in waiting:
            thread.start()
        time.sleep(0.2)
        began = time.monotonic()
        fine.createXML(volume_xml("b"))
        fine.refresh()
        assert names(stuck) == ["a"] and stuck.info()[0] == libvirt.VIR_STORAGE_POOL_RUNNING
        assert time.monotonic() - began < 2 and waiting[0].is_alive()
        os.unlink(mark)
        for thread in waiting:
            thread.join(20)
        open(mark, "w", encoding="ascii").close()
        host.storage.kill()
        began = time.monotonic()
        host.storage.start()
        assert time.monotonic() - began < 6
        conn = host.connect()
        stuck = conn.storagePoolLookupByName("stuck")
        assert names(conn.storagePoolLookupByName("fine")) == ["b"] and stuck.info()[0] == libvirt.VIR_STORAGE_POOL_BUILDING
        for call in (stuck.listAllVolumes, stuck.refresh, stuck.destroy, lambda: stuck.createXML(volume_xml("c"))):
            expect(libvirt.VIR_ERR_OPERATION_INVALID, call, "is starting up")
        # It is asked to end, and ends.
        host.storage.stop()
        os.unlink(mark)
        host.storage.start()
        assert names(host.connect().storagePoolLookupByName("stuck")) == ["a"]


def test_restart():
    with StorageHost() as host:
        conn = host.connect()
        host.pool(conn).createXML(volume_xml("a"))
        conn.storagePoolCreateXML(pool_xml("brief", host.path("brief")), 1)
        host.pool(conn, "gone")
        host.storage.kill()
        os.rmdir(host.path("gone"))
        host.storage.start()
        conn = host.connect()
        assert {p.name(): (p.isActive(), p.isPersistent()) for p in conn.listAllStoragePools()} == {
            "images": (1, 1), "brief": (1, 0), "gone": (0, 1)}
        assert names(conn.storagePoolLookupByName("images")) == ["a"]
        assert "cannot open directory" in host.storage.log()


def test_autostart_is_once():
    """Pools start with the host, not with each daemon."""
    with StorageHost() as host:
        pool = host.pool(host.connect())
        pool.setAutostart(1)
        pool.destroy()
        host.storage.kill()
        host.storage.start()
        pool = host.connect().storagePoolLookupByName("images")
        assert pool.autostart() and not pool.isActive()
        host.storage.stop()
        os.unlink(os.path.join(host.run_dir, "storage", "run", "autostarted"))
        host.storage.start()
        assert host.connect().storagePoolLookupByName("images").isActive()


def test_broken_files():
    with StorageHost() as host:
        host.pool(host.connect())
        host.storage.kill()
        for path, text in (("config/libvirt/storage/bad.xml", "<pool"), ("config/libvirt/storage/other.xml", pool_xml("x", "/x")),
                           ("run/libvirt/storage/run/bad.xml", "<poolstate/>"), ("config/libvirt/storage/a.xml.new-aB3", "")):
            with open(os.path.join(host.root, path), "w", encoding="ascii") as file:
                file.write(text)
        host.storage.start()
        assert [p.name() for p in host.connect().listAllStoragePools()] == ["images"]
        assert "bad.xml" in host.storage.log() and "other.xml" in host.storage.log()
        assert not os.path.exists(os.path.join(host.root, "config/libvirt/storage/a.xml.new-aB3"))


class Client(threading.Thread):
    """Defines, makes and deletes until the daemon is gone; remembers what was acknowledged, and what was not."""

    def __init__(self, host, number):
        super().__init__()
        self.conn = host.connect()
        self.host = host
        self.number = number
        self.there, self.gone, self.unsure = set(), set(), set()

    def note(self, kind, name, call, is_there):
        self.unsure.add((kind, name))
        call()
        self.unsure.discard((kind, name))
        (self.there if is_there else self.gone).add((kind, name))
        (self.gone if is_there else self.there).discard((kind, name))

    def run(self):
        import libvirt
        try:
            pool = self.conn.storagePoolLookupByName("images")
            for i in range(10000):
                name = f"{self.number}-{i}"
                path = self.host.path(name)
                self.note("pool", name, lambda: self.conn.storagePoolDefineXML(pool_xml(name, path)), True)
                kind = random.choice(("raw", "qcow2"))
                self.note(kind, name, lambda: pool.createXML(volume_xml(name, 512, kind, more="")), True)
                if random.random() < 0.5:
                    self.note(kind, name, lambda: pool.storageVolLookupByName(name).delete(), False)
                if random.random() < 0.5:
                    self.note("pool", name, lambda: self.conn.storagePoolLookupByName(name).undefine(), False)
        except libvirt.libvirtError as error:
            assert error.get_error_domain() == libvirt.VIR_FROM_RPC or "closed" in str(error), error


def check_after_kill(host, client):
    conn = host.connect()
    pool = conn.storagePoolLookupByName("images")
    pools = {p.name() for p in conn.listAllStoragePools()}
    volumes = {v.name(): v for v in pool.listAllVolumes()}
    for kind, name in client.there - client.unsure:
        if kind == "pool":
            assert name in pools, name
        else:
            info = image_info(volumes[name].path())
            assert info["format"] == kind and info["virtual-size"] == 512 * 1024, info
    for kind, name in client.gone - client.unsure:
        assert name not in (pools if kind == "pool" else volumes), (kind, name)
    # What was on its way is whole or not there.
    for kind, name in client.unsure:
        if kind != "pool" and name in volumes:
            assert image_info(volumes[name].path())["virtual-size"] == 512 * 1024
    # What was left is removed by the first look, or if its writer was still on its way out, by the next one.
    wait_for("nothing to be left", lambda: pool.refresh() == 0 and host.left() == [])
    assert set(os.listdir(host.path("images"))) == set(volumes)
    left = [p for p in glob.glob(os.path.join(host.root, "*", "libvirt", "storage", "**"), recursive=True) if ".new-" in p]
    assert left == [] and host.left() == [], (left, host.left())


def test_kill_loop():
    with StorageHost() as host:
        host.pool(host.connect())
        made = 0
        for number in range(ROUNDS):
            clients = [Client(host, f"{number}{letter}") for letter in "ab"]
            for client in clients:
                client.start()
            time.sleep(random.uniform(0.05, 0.5))
            host.storage.kill()
            for client in clients:
                client.join(20)
                made += len(client.there)
            host.storage.start()
            for client in clients:
                check_after_kill(host, client)
        assert made > ROUNDS, made


def test_disk_full():
    import libvirt
    with StorageHost() as host:
        os.makedirs(host.path("small"))
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", host.path("small")], check=True)
        try:
            conn = host.connect()
            pool = host.pool(conn, "small")
            kept = pool.createXML(volume_xml("kept", 256, more=""))
            full = "No space left on device"
            expect(libvirt.VIR_ERR_SYSTEM_ERROR, lambda: pool.createXML(volume_xml("big", 2048, more="")), full)
            expect(libvirt.VIR_ERR_INTERNAL_ERROR,
                   lambda: pool.createXML(volume_xml("big", 2048, "qcow2", more=""), 1), full)
            expect(libvirt.VIR_ERR_OPERATION_FAILED, lambda: kept.resize(2 * MIB, 1), "Not enough space")
            assert names(pool) == ["kept"] and os.listdir(host.path("small")) == ["kept"]
            assert kept.info()[1] == 256 * 1024
            copy = pool.createXMLFrom(volume_xml("copy", 0), kept)
            assert copy.info()[1] == 256 * 1024
        finally:
            subprocess.run(["umount", "--lazy", host.path("small")], check=True)


def test_definition_without_room():
    import libvirt
    with StorageHost() as host:
        conn = host.connect()
        folder = os.path.join(host.config_dir, "storage")
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", folder], check=True)
        try:
            with open(os.path.join(folder, "filler"), "wb", buffering=0) as file:
                try:
                    while file.write(b"x" * 4096):
                        pass
                except OSError:
                    pass
            expect(libvirt.VIR_ERR_SYSTEM_ERROR, lambda: conn.storagePoolDefineXML(pool_xml("x", host.path("x"))), "No space")
            assert conn.listAllStoragePools() == [] and os.listdir(folder) == ["filler"]
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def prepare():
    harness.need("qemu-img", "mount", "umount")
    namespace.enter()


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")], prepare)
