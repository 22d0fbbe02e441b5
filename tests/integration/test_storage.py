# SPDX-License-Identifier: LGPL-2.1-or-later
"""virtstoraged with real directories and qemu-img, driven by stock clients."""

import os
import re
import stat
import subprocess
import threading

import harness
import namespace
from namespace import expect
from storage import MIB, StorageHost, backing_xml, image_info, names, pool_xml, volume_xml


def test_pool_life():
    import libvirt
    with StorageHost() as host:
        conn = host.connect()
        pool = conn.storagePoolDefineXML(pool_xml("life", host.path("life")))
        assert [p.name() for p in conn.listAllStoragePools(libvirt.VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE)] == ["life"]
        assert conn.listDefinedStoragePools() == ["life"] and conn.numOfStoragePools() == 0
        assert pool.info() == [libvirt.VIR_STORAGE_POOL_INACTIVE, 0, 0, 0]
        expect(libvirt.VIR_ERR_OPERATION_INVALID, pool.destroy, "is not active")
        expect(libvirt.VIR_ERR_OPERATION_INVALID, pool.listAllVolumes, "is not active")
        expect(libvirt.VIR_ERR_SYSTEM_ERROR, pool.create, "cannot open directory")
        pool.build()
        assert stat.S_IMODE(os.stat(host.path("life")).st_mode) == 0o711
        pool.create()
        assert conn.listStoragePools() == ["life"] and conn.numOfDefinedStoragePools() == 0
        state, capacity, allocation, available = pool.info()
        assert state == libvirt.VIR_STORAGE_POOL_RUNNING and capacity == allocation + available > 0
        assert f"<mode>0711</mode>\n      <owner>{os.getuid()}</owner>" in pool.XMLDesc()
        for call in (pool.create, pool.build):
            expect(libvirt.VIR_ERR_OPERATION_INVALID, call, "is already active")
        for call in (pool.undefine, pool.delete):
            expect(libvirt.VIR_ERR_OPERATION_INVALID, call, "is still active")
        pool.refresh()
        pool.destroy()
        pool.delete()
        assert not os.path.exists(host.path("life"))
        pool.undefine()
        expect(libvirt.VIR_ERR_NO_STORAGE_POOL, lambda: conn.storagePoolLookupByName("life"))
        assert conn.listAllStoragePools() == []


def test_pool_lookups():
    import libvirt
    with StorageHost() as host:
        conn = host.connect()
        pool = host.pool(conn)
        volume = pool.createXML(volume_xml("a"))
        path = host.path("images")
        for found in (conn.storagePoolLookupByName("images"), conn.storagePoolLookupByUUIDString(pool.UUIDString()),
                      conn.storagePoolLookupByTargetPath(path + "//"), volume.storagePoolLookupByVolume()):
            assert found.UUID() == pool.UUID()
        for found in (pool.storageVolLookupByName("a"), conn.storageVolLookupByPath(path + "//a"),
                      conn.storageVolLookupByKey(path + "/a")):
            assert (found.name(), found.key(), found.path()) == ("a", path + "/a", path + "/a")
        expect(libvirt.VIR_ERR_NO_STORAGE_POOL, lambda: conn.storagePoolLookupByTargetPath("/nowhere"))
        for call in (lambda: pool.storageVolLookupByName("b"), lambda: conn.storageVolLookupByPath(path + "/b"),
                     lambda: conn.storageVolLookupByKey("/b")):
            expect(libvirt.VIR_ERR_NO_STORAGE_VOL, call, "no storage vol with matching")


def test_lists():
    import libvirt
    with StorageHost() as host:
        conn = host.connect()
        host.pool(conn, "run").setAutostart(1)
        conn.storagePoolDefineXML(pool_xml("off", host.path("off")))
        conn.storagePoolCreateXML(pool_xml("brief", host.path("brief")), libvirt.VIR_STORAGE_POOL_CREATE_WITH_BUILD)
        wanted = {
            "ACTIVE": ["brief", "run"], "INACTIVE": ["off"], "PERSISTENT": ["off", "run"], "TRANSIENT": ["brief"],
            "AUTOSTART": ["run"], "NO_AUTOSTART": ["brief", "off"], "DIR": ["brief", "off", "run"], "LOGICAL": [],
        }
        for flag, pools in wanted.items():
            flag = getattr(libvirt, f"VIR_CONNECT_LIST_STORAGE_POOLS_{flag}")
            assert [p.name() for p in conn.listAllStoragePools(flag)] == pools, flag
        assert len(conn.listAllStoragePools(libvirt.VIR_CONNECT_LIST_STORAGE_POOLS_FS
                                            | libvirt.VIR_CONNECT_LIST_STORAGE_POOLS_DIR)) == 3
        expect(libvirt.VIR_ERR_INVALID_ARG, lambda: conn.listAllStoragePools(1 << 30))


def test_refused_documents():
    import libvirt
    with StorageHost() as host:
        conn = host.connect()
        pool = host.pool(conn, "one")
        define = conn.storagePoolDefineXML
        for kind in ("fs", "netfs", "logical", "disk", "iscsi", "iscsi-direct", "scsi", "mpath", "rbd", "sheepdog",
                     "gluster", "zfs", "vstorage"):
            xml = pool_xml("other", host.path("other")).replace("'dir'", f"'{kind}'")
            expect(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, lambda: define(xml), f"type '{kind}'")
        expect(libvirt.VIR_ERR_OPERATION_FAILED, lambda: define(pool_xml("two", host.path("one"))), "conflict with pool: 'one'")
        expect(libvirt.VIR_ERR_OPERATION_FAILED, lambda: define(pool_xml("one", host.path("x"))), "already exists with uuid")
        same = pool.XMLDesc().replace("<name>one", "<name>two").replace("/one<", "/two<")
        expect(libvirt.VIR_ERR_OPERATION_FAILED, lambda: define(same), "already defined with uuid")
        expect(libvirt.VIR_ERR_XML_ERROR, lambda: define("<pool type='dir'><name>x</name></pool>"), "target path")
        odd = pool_xml("odd", host.path("odd")).replace("<target>", "<warp/><target>")
        expect(libvirt.VIR_ERR_XML_INVALID_SCHEMA, lambda: define(odd, libvirt.VIR_STORAGE_POOL_DEFINE_VALIDATE))
        expect(libvirt.VIR_ERR_NO_SUPPORT, lambda: conn.findStoragePoolSources("netfs", None))
        expect(libvirt.VIR_ERR_INTERNAL_ERROR, lambda: conn.findStoragePoolSources("warp", None), "unknown storage pool type")
        assert [p.name() for p in conn.listAllStoragePools()] == ["one"]


def test_transient():
    import libvirt
    with StorageHost() as host:
        conn = host.connect()
        xml = pool_xml("brief", host.path("brief"))
        expect(libvirt.VIR_ERR_SYSTEM_ERROR, lambda: conn.storagePoolCreateXML(xml), "cannot open directory")
        expect(libvirt.VIR_ERR_INVALID_ARG, lambda: conn.storagePoolCreateXML(xml, 2 | 4), "exclude each other")
        assert conn.listAllStoragePools() == []
        pool = conn.storagePoolCreateXML(xml, libvirt.VIR_STORAGE_POOL_CREATE_WITH_BUILD)
        assert pool.isActive() and not pool.isPersistent()
        expect(libvirt.VIR_ERR_INTERNAL_ERROR, lambda: pool.setAutostart(1), "no config file")
        pool.destroy()
        assert conn.listAllStoragePools() == [] and os.path.isdir(host.path("brief"))


def test_definitions_on_disk():
    """libvirt's places; a definition that changes while the pool is active counts when it starts again."""
    import libvirt
    with StorageHost() as host:
        conn = host.connect()
        pool = host.pool(conn, "disk")
        pool.setAutostart(1)
        folder = os.path.join(host.config_dir, "storage")
        assert os.readlink(os.path.join(folder, "autostart", "disk.xml")) == os.path.join(folder, "disk.xml")
        assert os.path.isfile(os.path.join(host.run_dir, "storage", "run", "disk.xml"))
        moved = pool.XMLDesc(libvirt.VIR_STORAGE_XML_INACTIVE).replace("/disk<", "/moved<")
        conn.storagePoolDefineXML(moved)
        assert "/disk<" in pool.XMLDesc() and "/moved<" in pool.XMLDesc(libvirt.VIR_STORAGE_XML_INACTIVE)
        pool.destroy()
        assert "/moved<" in pool.XMLDesc()
        pool.create(libvirt.VIR_STORAGE_POOL_CREATE_WITH_BUILD)
        assert os.path.isdir(host.path("moved"))
        pool.destroy()
        pool.undefine()
        assert os.listdir(folder) == ["autostart"] and os.listdir(os.path.join(folder, "autostart")) == []


def test_volume_formats():
    with StorageHost() as host:
        conn = host.connect()
        pool = host.pool(conn)
        for kind in ("raw", "qcow", "qcow2", "qed", "vdi", "vmdk", "vpc"):
            volume = pool.createXML(volume_xml(f"v.{kind}", 8192, kind))
            info = image_info(volume.path())
            assert info["format"] == ("raw" if kind == "vpc" and info["format"] == "raw" else kind), info
            assert volume.info()[1] >= 8 * MIB and f"<format type='{kind}'/>" in volume.XMLDesc(), volume.XMLDesc()
            assert stat.S_IMODE(os.stat(volume.path()).st_mode) == 0o600
        pool.refresh()
        for volume in pool.listAllVolumes():
            assert f"<format type='{volume.name()[2:]}'/>" in volume.XMLDesc()
            volume.delete()
        assert os.listdir(host.path("images")) == [] and names(pool) == []


def test_volume_options():
    import libvirt
    with StorageHost() as host:
        conn = host.connect()
        pool = host.pool(conn)
        full = pool.createXML(volume_xml("full", 300, more=""))
        assert full.info() == [libvirt.VIR_STORAGE_VOL_FILE, 300 * 1024, os.stat(full.path()).st_blocks * 512]
        assert full.info()[2] >= 300 * 1024
        part = pool.createXML(volume_xml("part", 1024, more="<allocation unit='KiB'>64</allocation>"))
        assert 64 * 1024 <= part.info()[2] < MIB and part.infoFlags(1)[2] == MIB
        mode = pool.createXML(volume_xml("mode", target="<permissions><mode>0640</mode></permissions>"))
        assert stat.S_IMODE(os.stat(mode.path()).st_mode) == 0o640 and "<mode>0640</mode>" in mode.XMLDesc()
        rich = pool.createXML(volume_xml("rich", 8192, "qcow2", target="<compat>1.1</compat><nocow/><clusterSize unit='KiB'>32"
                                         "</clusterSize><features><lazy_refcounts/><extended_l2/></features>"))
        info = image_info(rich.path())
        data = info["format-specific"]["data"]
        assert info["cluster-size"] == 32 * 1024 and data["lazy-refcounts"] and data["extended-l2"], info
        ready = pool.createXML(volume_xml("ready", 8192, "qcow2"), libvirt.VIR_STORAGE_VOL_CREATE_PREALLOC_METADATA)
        assert os.stat(ready.path()).st_size > 8 * MIB
        folder = pool.createXML(volume_xml("folder", 0, "dir"))
        assert os.path.isdir(folder.path()) and folder.info()[0] == libvirt.VIR_STORAGE_VOL_DIR
        folder.delete()
        assert not os.path.exists(host.path("images", "folder"))


def test_volume_refused():
    import libvirt
    with StorageHost() as host:
        conn = host.connect()
        pool = host.pool(conn)
        pool.createXML(volume_xml("there"))
        with open(host.path("images", "unseen"), "w", encoding="ascii") as file:
            file.write("mine")
        refused = [
            (libvirt.VIR_ERR_STORAGE_VOL_EXIST, "'there'", volume_xml("there")),
            (libvirt.VIR_ERR_OPERATION_INVALID, "already exists", volume_xml("unseen")),
            (libvirt.VIR_ERR_OPERATION_INVALID, "already exists", volume_xml("..")),
            (libvirt.VIR_ERR_OPERATION_INVALID, "cannot contain '/'", volume_xml("a/b")),
            (libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "unknown volume format type warp", volume_xml("x", format="warp")),
            (libvirt.VIR_ERR_NO_SUPPORT, "not supported for raw",
             volume_xml("x", backing=backing_xml(host.path("images", "there"), "raw"))),
            (libvirt.VIR_ERR_SYSTEM_ERROR, "inaccessible backing store",
             volume_xml("x", format="qcow2", backing=backing_xml("/nowhere", "raw"))),
            (libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "encrypted",
             volume_xml("x", target="<encryption format='luks'/>")),
            (libvirt.VIR_ERR_XML_ERROR, "missing capacity", "<volume><name>x</name></volume>"),
            (libvirt.VIR_ERR_INTERNAL_ERROR, "/images/x: Cluster size must be",
             volume_xml("x", 8192, "qcow2", target="<clusterSize unit='KiB'>100</clusterSize>")),
        ]
        for code, text, xml in refused:
            expect(code, lambda: pool.createXML(xml), text)
        assert names(pool) == ["there"] and sorted(os.listdir(host.path("images"))) == ["there", "unseen"]
        assert open(host.path("images", "unseen"), encoding="ascii").read() == "mine"


def test_backing():
    with StorageHost() as host:
        conn = host.connect()
        pool = host.pool(conn)
        base = pool.createXML(volume_xml("base", 8192, "qcow2"))
        top = pool.createXML(volume_xml("top", 8192, "qcow2", backing=backing_xml(base.path(), "qcow2")))
        assert image_info(top.path())["backing-filename"] == base.path()
        near = pool.createXML(volume_xml("near", 8192, "qcow2", backing=backing_xml("base", "qcow2")))
        assert image_info(near.path())["full-backing-filename"] == base.path()
        # One without a size of its own has that of what lies under it.
        same = pool.createXML("<volume><name>same</name><target><format type='qcow2'/></target>"
                              + backing_xml(base.path(), "qcow2") + "</volume>")
        assert same.info()[1] == 8 * MIB
        subprocess.run(["qemu-img", "rebase", "-u", "-b", "base", "-F", "qcow2", top.path()], check=True)
        pool.refresh()
        xml = pool.storageVolLookupByName("top").XMLDesc()
        assert re.search(rf"<backingStore>\s*<path>{base.path()}</path>\s*<format type='qcow2'/>\s*<permissions>", xml), xml
        path = base.path()
        base.delete()
        pool.refresh()
        xml = pool.storageVolLookupByName("top").XMLDesc()
        assert re.search(rf"<path>{path}</path>\s*<format type='qcow2'/>\s*</backingStore>", xml), xml


def test_clone():
    import libvirt
    with StorageHost() as host:
        conn = host.connect()
        pool, other = host.pool(conn), host.pool(conn, "other")
        source = pool.createXML(volume_xml("source", 4096))
        content = os.urandom(5000)
        with open(source.path(), "r+b") as file:
            file.seek(2 * MIB)
            file.write(content)
        copy = other.createXMLFrom(volume_xml("copy", 0), source)
        assert copy.info()[1] == 4 * MIB and copy.info()[2] < MIB
        assert open(copy.path(), "rb").read() == open(source.path(), "rb").read()
        larger = other.createXMLFrom(volume_xml("larger", 8192, "qcow2"), source)
        assert larger.info()[1] == 8 * MIB
        subprocess.run(["qemu-img", "compare", "-q", larger.path(), source.path()], check=True)
        back = pool.createXMLFrom(volume_xml("back", 0), larger)
        assert open(back.path(), "rb").read(4 * MIB) == open(source.path(), "rb").read()
        expect(libvirt.VIR_ERR_INTERNAL_ERROR, lambda: pool.createXMLFrom(volume_xml("back"), source), "already in use")
        other.destroy()
        expect(libvirt.VIR_ERR_OPERATION_INVALID, lambda: other.createXMLFrom(volume_xml("no"), source), "not active")


def test_resize():
    import libvirt
    allocate, delta, shrink = 1, 2, 4
    with StorageHost() as host:
        conn = host.connect()
        pool = host.pool(conn)
        for kind in ("raw", "qcow2"):
            volume = pool.createXML(volume_xml(kind, 8192, kind))
            volume.resize(12 * MIB)
            assert volume.info()[1] == image_info(volume.path())["virtual-size"] == 12 * MIB
            volume.resize(4 * MIB, delta)
            assert volume.info()[1] == 16 * MIB
            expect(libvirt.VIR_ERR_INVALID_ARG, lambda: volume.resize(8 * MIB), "shrink")
            volume.resize(8 * MIB, delta | shrink)
            assert volume.info()[1] == image_info(volume.path())["virtual-size"] == 8 * MIB
            volume.resize(9 * MIB, allocate)
            assert volume.info()[1] == 9 * MIB and volume.info()[2] >= MIB
            expect(libvirt.VIR_ERR_OPERATION_FAILED, lambda: volume.resize(1 << 50, allocate), "Not enough space")
            volume.resize(1 << 42)  # more than there is room for, as long as nothing is in it
            assert volume.info()[1] == 1 << 42
            expect(libvirt.VIR_ERR_INVALID_ARG, lambda: volume.resize(MIB, 64), "unsupported flags")


def test_wipe():
    import libvirt
    with StorageHost() as host:
        conn = host.connect()
        pool = host.pool(conn)
        for name, more in (("sparse", "<allocation>0</allocation>"), ("full", "")):
            volume = pool.createXML(volume_xml(name, 2048, more=more))
            with open(volume.path(), "r+b") as file:
                file.write(b"secret" * 10000)
            inode = os.stat(volume.path()).st_ino
            volume.wipe()
            assert open(volume.path(), "rb").read() == bytes(2 * MIB) and os.stat(volume.path()).st_ino == inode
        expect(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, lambda: volume.wipePattern(libvirt.VIR_STORAGE_VOL_WIPE_ALG_DOD))
        expect(libvirt.VIR_ERR_INVALID_ARG, lambda: volume.wipePattern(99))
        image = pool.createXML(volume_xml("image", 8192, "qcow2"))
        image.wipe()
        assert "<format type='raw'/>" in image.XMLDesc()


def send(conn, volume, data, offset=0, length=0, flags=0):
    stream = conn.newStream()
    volume.upload(stream, offset, length, flags)
    position = 0
    while position < len(data):
        position += stream.send(data[position:position + 65536])
    stream.finish()


def receive(conn, volume, offset=0, length=0):
    stream, data = conn.newStream(), bytearray()
    volume.download(stream, offset, length)
    while piece := stream.recv(65536):
        data += piece
    stream.finish()
    return bytes(data)


def test_streams():
    import libvirt
    with StorageHost() as host:
        conn = host.connect()
        pool = host.pool(conn)
        volume = pool.createXML(volume_xml("a", 1024))
        content = os.urandom(700000)
        send(conn, volume, content)
        assert receive(conn, volume) == content + bytes(MIB - len(content))
        assert receive(conn, volume, 1000, 5000) == content[1000:6000]
        send(conn, volume, b"here", 100, 4)
        assert receive(conn, volume, 99, 6) == content[99:100] + b"here" + content[104:105]
        try:
            send(conn, volume, b"x" * 100, 0, 10)
        except libvirt.libvirtError:
            pass
        else:
            raise AssertionError("more was taken than was said")
        # A hole is none of what was there before.
        stream = conn.newStream()
        volume.upload(stream, 0, 0, libvirt.VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM)
        stream.sendHole(500000)
        stream.send(b"end")
        stream.finish()
        assert receive(conn, volume, 0, 500004) == bytes(500000) + b"end" + content[500003:500004]
        # What it holds is seen when it is all there.
        image = host.path("source.qcow2")
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", image, "64M"], check=True)
        send(conn, volume, open(image, "rb").read())
        namespace.wait_for("the new format", lambda: "<format type='qcow2'/>" in volume.XMLDesc())
        folder = pool.createXML(volume_xml("folder", 0, "dir"))
        expect(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, lambda: receive(conn, folder), "directory")


def test_what_is_found():
    """Odd things in a directory harm nobody; what they look like is what they are taken for."""
    with StorageHost() as host:
        conn = host.connect()
        pool = host.pool(conn)
        folder = host.path("images")
        os.mkfifo(os.path.join(folder, "pipe"))
        os.symlink("/nowhere", os.path.join(folder, "dangling"))
        os.symlink("loop", os.path.join(folder, "loop"))
        os.mkdir(os.path.join(folder, "folder"))
        files = {
            "cut.qcow2": b"QFI\xfb\0\0\0\3", "mad.qcow2": b"QFI\xfb\0\0\0\3" + b"\xff" * 500, "mad.vmdk": b"KDMV\1\0\0\0" + b"\xff" * 90,
            "cut.luks": b"LUKS\xba\xbe\0\1", "image.iso": bytes(32769) + b"CD001" + bytes(1000), ".hidden": b"hello", "empty": b"",
            "line\nend": b"x", "bad\udcff": b"x",
        }
        for name, content in files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        os.chmod(os.path.join(folder, "empty"), 0)
        pool.refresh()
        formats = {v.name(): re.search(r"<format type='(\w+)'", v.XMLDesc())[1] for v in pool.listAllVolumes()}
        assert formats == {"cut.qcow2": "qcow2", "mad.qcow2": "qcow2", "mad.vmdk": "vmdk", "cut.luks": "raw", "image.iso": "iso",
                           ".hidden": "raw", "empty": "raw", "folder": "dir"}, formats


def test_read_only():
    """Who may only look gets to see, and changes nothing."""
    import libvirt
    with StorageHost() as host:
        conn = host.connect()
        pool = host.pool(conn)
        pool.createXML(volume_xml("a"))
        reader = libvirt.openReadOnly(host.storage.uri())
        pool = reader.storagePoolLookupByName("images")
        volume = pool.storageVolLookupByName("a")
        assert volume.info()[1] == MIB and "<name>a</name>" in volume.XMLDesc() and pool.info()[0] == 2
        changes = [pool.destroy, pool.refresh, pool.undefine, pool.delete, lambda: pool.setAutostart(1),
                   lambda: pool.createXML(volume_xml("b")), lambda: pool.createXMLFrom(volume_xml("b"), volume),
                   volume.delete, volume.wipe, lambda: volume.resize(MIB * 2), lambda: receive(reader, volume),
                   lambda: send(reader, volume, b"x"), lambda: reader.storagePoolDefineXML(pool_xml("x", "/x")),
                   lambda: reader.storagePoolCreateXML(pool_xml("x", "/x"))]
        for change in changes:
            expect(libvirt.VIR_ERR_OPERATION_DENIED, change)
        assert names(pool) == ["a"] and pool.isActive()


def test_through_other_daemons():
    """A client of virtproxyd or of virtqemud reaches pools as it reaches networks."""
    import libvirt
    with StorageHost() as host:
        pool = host.pool(host.connect())
        pool.createXML(volume_xml("a"))
        for name in ("virtqemud", "virtproxyd"):
            conn = libvirt.open(host.start(name).uri())
            pool = conn.storagePoolLookupByName("images")
            volume = pool.storageVolLookupByName("a")
            send(conn, volume, b"through")
            assert receive(conn, volume, 0, 7) == b"through" and "supported='yes'" in conn.getStoragePoolCapabilities()


def test_events():
    import libvirt
    with StorageHost() as host:
        libvirt.virEventRegisterDefaultImpl()
        ended = threading.Event()

        def run():
            while not ended.is_set():
                libvirt.virEventRunDefaultImpl()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        conn = host.connect()
        seen = []
        conn.storagePoolEventRegisterAny(None, libvirt.VIR_STORAGE_POOL_EVENT_ID_LIFECYCLE,
                                         lambda c, p, event, detail, data: seen.append((p.name(), event)), None)
        conn.storagePoolEventRegisterAny(None, libvirt.VIR_STORAGE_POOL_EVENT_ID_REFRESH,
                                         lambda c, p, data: seen.append((p.name(), "refresh")), None)
        pool = host.pool(conn, "heard")
        pool.refresh()
        pool.destroy()
        pool.delete()
        pool.undefine()
        prefix = "VIR_STORAGE_POOL_EVENT_"
        wanted = [getattr(libvirt, prefix + name) for name in ("DEFINED", "CREATED", "STARTED")]
        wanted += ["refresh"] + [getattr(libvirt, prefix + name) for name in ("STOPPED", "DELETED", "UNDEFINED")]
        namespace.wait_for("all events", lambda: len(seen) >= len(wanted))
        assert seen == [("heard", event) for event in wanted], seen
        ended.set()
        conn.listAllStoragePools()
        thread.join(5)


def prepare():
    namespace.leave_root()
    harness.need("qemu-img")


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")], prepare)
