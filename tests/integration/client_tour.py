#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A tour of our libvirt.so.0, by way of python3-libvirt, against whatever daemon a URI names: ours or the peer's. Speaks TAP.

What the daemon's driver does not have is skipped by name; all else must work. Objects that it makes are called
"modvirt-tour-..." and are removed again.

usage: client_tour.py URI [STEP...]       (needs MODVIRT_BUILD unless the library is found by itself)
"""

import contextlib
import os
import sys
import tempfile
import threading
import time
import uuid

LIBRARY = os.path.join(os.environ.get("MODVIRT_BUILD", ""), "src", "client")
if "MODVIRT_BUILD" in os.environ and LIBRARY not in os.environ.get("LD_LIBRARY_PATH", ""):
    os.environ["LD_LIBRARY_PATH"] = LIBRARY
    os.execv(sys.executable, [sys.executable, *sys.argv])

import libvirt  # noqa: E402

NAME = "modvirt-tour-" + uuid.uuid4().hex[:8]
DOMAIN = f"""<domain type='qemu'><name>{NAME}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='q35'>hvm</type></os><devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
<graphics type='vnc' autoport='yes'><listen type='address' address='127.0.0.1'/></graphics><video><model type='vga'/></video>
<serial type='pty'/><console type='pty'/><memballoon model='none'/></devices></domain>"""
NETWORK = f"<network><name>{NAME}</name><forward mode='bridge'/><bridge name='lo'/></network>"
MIB = 1 << 20


class Loop:
    """The library's event loop on a thread of its own, from the tour's begin to its end."""

    def __init__(self):
        libvirt.virEventRegisterDefaultImpl()
        threading.Thread(target=self.run, daemon=True).start()

    @staticmethod
    def run():
        while True:
            libvirt.virEventRunDefaultImpl()


def wait_for(condition, what, timeout_s=20):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"no {what} within {timeout_s} s"
        time.sleep(0.02)


def expect_error(code, function, *args):
    try:
        function(*args)
    except libvirt.libvirtError as error:
        assert error.get_error_code() == code, f"{error} has code {error.get_error_code()}, not {code}"
        return error
    raise AssertionError(f"{function.__name__} did not fail")


@contextlib.contextmanager
def guest(conn, start=True):
    domain = conn.defineXML(DOMAIN)
    try:
        if start:
            domain.create()
        yield domain
    finally:
        if domain.isActive():
            domain.destroy()
        domain.undefine()


# ---- the steps ----


def step_connection(conn, uri):
    assert conn.isAlive() == 1 and conn.getType() and conn.getHostname()
    assert conn.getURI() == uri
    assert conn.getLibVersion() >= 1000000 and libvirt.getVersion() == 9000000
    assert conn.isSecure() == 1


def step_read_only(conn, uri):
    ro = libvirt.openReadOnly(uri)
    try:
        listing = ro.listAllDomains if conn.getType() == "QEMU" else ro.listAllNetworks
        listing()
        error = expect_error(libvirt.VIR_ERR_OPERATION_DENIED, ro.createXML, DOMAIN)
        assert "read only access prevents virDomainCreateXML" in str(error)
    finally:
        ro.close()


def step_node(conn, uri):
    assert conn.getInfo()[2] >= 1 and conn.getCapabilities().startswith("<capabilities>")
    assert conn.getCPUMap()[0] >= 1 and conn.getFreeMemory() > 0
    assert "total" in conn.getMemoryStats(libvirt.VIR_NODE_MEMORY_STATS_ALL_CELLS)


def step_errors(conn, uri):
    error = expect_error(libvirt.VIR_ERR_NO_DOMAIN, conn.lookupByName, NAME)
    assert error.get_error_message() == f"Domain not found: no domain with matching name '{NAME}'"
    assert error.get_str2() == f"no domain with matching name '{NAME}'"
    expect_error(libvirt.VIR_ERR_NO_DOMAIN, conn.lookupByUUIDString, str(uuid.uuid4()))
    expect_error(libvirt.VIR_ERR_INVALID_ARG, conn.lookupByUUIDString, "no-uuid")
    expect_error(libvirt.VIR_ERR_XML_DETAIL, conn.defineXML, "<domain")
    assert not [d for d in conn.listAllDomains() if d.name() == NAME]


def step_domain(conn, uri):
    with guest(conn, start=False) as domain:
        assert domain.name() == NAME and domain.ID() == -1 and not domain.isActive() and domain.isPersistent()
        assert conn.lookupByUUIDString(domain.UUIDString()).name() == NAME
        assert domain.info()[:2] == [libvirt.VIR_DOMAIN_SHUTOFF, 32 * 1024]
        assert NAME in domain.XMLDesc() and NAME in [d.name() for d in conn.listAllDomains()]
        assert NAME in conn.listDefinedDomains() and conn.numOfDefinedDomains() >= 1
        domain.create()
        assert domain.ID() > 0 and domain.ID() in conn.listDomainsID()
        assert conn.lookupByID(domain.ID()).UUID() == domain.UUID()
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, domain.create)
        domain.suspend()
        assert domain.state()[0] == libvirt.VIR_DOMAIN_PAUSED
        domain.resume()
        assert domain.state() == [libvirt.VIR_DOMAIN_RUNNING, libvirt.VIR_DOMAIN_RUNNING_UNPAUSED]
        assert domain.vcpus()[0][0][0] == 0
        domain.destroy()
        assert domain.state()[0] == libvirt.VIR_DOMAIN_SHUTOFF
    expect_error(libvirt.VIR_ERR_NO_DOMAIN, conn.lookupByName, NAME)


def step_statistics(conn, uri):
    with guest(conn) as domain:
        stats = domain.memoryStats()
        assert all(isinstance(value, int) for value in stats.values())
        records = [r for r in conn.getAllDomainStats() if r[0].name() == NAME]
        assert records[0][1]["state.state"] == libvirt.VIR_DOMAIN_RUNNING
        assert conn.domainListGetStats([domain], libvirt.VIR_DOMAIN_STATS_VCPU)[0][1]["vcpu.current"] == 1


def step_typed_parameters(conn, uri):
    with guest(conn) as domain:
        jobs = domain.jobStats()
        assert jobs["type"] == libvirt.VIR_DOMAIN_JOB_NONE
        flags = libvirt.VIR_DOMAIN_AFFECT_CONFIG
        domain.setBlkioParameters({"weight": 500}, flags)
        assert domain.blkioParameters(flags)["weight"] == 500


def step_events(conn, uri):
    seen, again = [], []

    def remember(c, d, event, detail, into):
        into.append((d.name(), event))

    number = conn.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, remember, seen)
    conn.domainEventRegister(remember, again)  # the same events once more, by the older function
    with guest(conn) as domain:
        mine = []
        own = conn.domainEventRegisterAny(domain, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                          lambda c, d, event, detail, o: mine.append((event, detail)), None)
        domain.suspend()
        domain.resume()
        wait_for(lambda: len(mine) >= 2, "events of one guest")
        conn.domainEventDeregisterAny(own)
    wait_for(lambda: (NAME, libvirt.VIR_DOMAIN_EVENT_UNDEFINED) in seen, "event of the undefining")
    events = [event for name, event in seen if name == NAME]
    assert events[0] == libvirt.VIR_DOMAIN_EVENT_DEFINED and libvirt.VIR_DOMAIN_EVENT_STARTED in events
    wait_for(lambda: again == seen, "second callback's share")
    conn.domainEventDeregister(remember)
    conn.domainEventDeregisterAny(number)
    expect_error(libvirt.VIR_ERR_INVALID_ARG, conn.domainEventDeregisterAny, number)


def step_screenshot(conn, uri):
    with guest(conn) as domain:
        stream = conn.newStream()
        mime = domain.screenshot(stream, 0)
        picture = bytearray()
        stream.recvAll(lambda s, data, opaque: picture.extend(data), None)
        stream.finish()
        assert mime.startswith("image/") and len(picture) > 100
        assert picture[:4] in (b"\x89PNG", b"P6\n7") or picture[:2] == b"P6", bytes(picture[:8])


def step_console(conn, uri):
    with guest(conn) as domain:
        stream = conn.newStream(libvirt.VIR_STREAM_NONBLOCK)
        domain.openConsole(None, stream, 0)
        state = {"writable": 0, "read": b""}

        def on_event(s, events, opaque):
            if events & libvirt.VIR_STREAM_EVENT_WRITABLE:
                state["writable"] += 1
                s.eventUpdateCallback(libvirt.VIR_STREAM_EVENT_READABLE)
            if events & libvirt.VIR_STREAM_EVENT_READABLE:
                data = s.recv(1024)
                state["read"] += data if isinstance(data, bytes) else b""

        stream.eventAddCallback(libvirt.VIR_STREAM_EVENT_READABLE | libvirt.VIR_STREAM_EVENT_WRITABLE, on_event, None)
        wait_for(lambda: state["writable"], "writable console")
        assert stream.send(b"hello") == 5
        stream.eventRemoveCallback()
        stream.abort()


def step_network(conn, uri):
    seen = []
    number = conn.networkEventRegisterAny(None, libvirt.VIR_NETWORK_EVENT_ID_LIFECYCLE,
                                          lambda c, n, event, detail, o: seen.append((n.name(), event)), None)
    network = conn.networkDefineXML(NETWORK)
    try:
        assert network.isPersistent() and not network.isActive()
        assert conn.networkLookupByUUID(network.UUID()).name() == NAME
        assert NAME in [n.name() for n in conn.listAllNetworks()] and NAME in conn.listDefinedNetworks()
        network.setAutostart(True)
        assert network.autostart() == 1
        network.create()
        assert network.isActive() and NAME in conn.listNetworks() and NAME in network.XMLDesc()
        network.destroy()
    finally:
        network.undefine()
    expect_error(libvirt.VIR_ERR_NO_NETWORK, conn.networkLookupByName, NAME)
    wait_for(lambda: (NAME, libvirt.VIR_NETWORK_EVENT_UNDEFINED) in seen, "event of the undefining")
    conn.networkEventDeregisterAny(number)


def sparse_file(path):
    """Data, a hole, data, a hole at the end."""
    with open(path, "wb") as out:
        out.write(b"begin" * 1000)
        out.seek(2 * MIB)
        out.write(os.urandom(MIB))
        out.truncate(5 * MIB)


def send_sparse(stream, fd):
    def in_data(s, fd_):
        here = os.lseek(fd_, 0, os.SEEK_CUR)
        end = os.fstat(fd_).st_size
        try:
            data = os.lseek(fd_, here, os.SEEK_DATA)
        except OSError:  # only a hole is left, or nothing
            os.lseek(fd_, here, os.SEEK_SET)
            return [False, end - here]
        if data > here:
            os.lseek(fd_, here, os.SEEK_SET)
            return [False, data - here]
        hole = os.lseek(fd_, here, os.SEEK_HOLE)
        os.lseek(fd_, here, os.SEEK_SET)
        return [True, hole - here]

    stream.sparseSendAll(lambda s, n, fd_: os.read(fd_, n), in_data,
                         lambda s, length, fd_: os.lseek(fd_, length, os.SEEK_CUR), fd)


def step_volume(conn, uri):
    with tempfile.TemporaryDirectory() as folder:
        pool = conn.storagePoolCreateXML(f"<pool type='dir'><name>{NAME}</name><target><path>{folder}</path></target></pool>")
        try:
            volume = pool.createXML(f"<volume><name>v</name><capacity>{5 * MIB}</capacity></volume>")
            assert volume.info()[1] == 5 * MIB and conn.storageVolLookupByPath(volume.path()).key() == volume.key()
            original, copy = os.path.join(folder, "original"), os.path.join(folder, "copy")
            sparse_file(original)
            fd = os.open(original, os.O_RDONLY)
            stream = conn.newStream()
            volume.upload(stream, 0, 0, libvirt.VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM)
            send_sparse(stream, fd)
            stream.finish()
            os.close(fd)

            holes = []
            stream = conn.newStream()
            volume.download(stream, 0, 0, libvirt.VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM)
            with open(copy, "wb") as out:
                stream.sparseRecvAll(lambda s, data, o: out.write(data),
                                     lambda s, length, o: (holes.append(length), out.seek(length, os.SEEK_CUR)), None)
                out.truncate()
            stream.finish()
            with open(original, "rb") as a, open(copy, "rb") as b:
                assert a.read() == b.read(), "the volume came back different"
            assert holes, "no hole was received"
            dense = conn.newStream()
            volume.download(dense, 4 * MIB, 4096)
            assert dense.recv(8192) == b"\0" * 4096
            dense.abort()
            volume.delete()
        finally:
            pool.destroy()


def step_secret(conn, uri):
    secret = conn.secretDefineXML(f"<secret ephemeral='yes' private='no'><usage type='volume'><volume>/{NAME}</volume></usage></secret>")
    try:
        secret.setValue(b"\0binary\xff")
        assert secret.value() == b"\0binary\xff" and secret.usageID() == "/" + NAME
        assert conn.secretLookupByUsage(libvirt.VIR_SECRET_USAGE_TYPE_VOLUME, "/" + NAME).UUID() == secret.UUID()
    finally:
        secret.undefine()


def step_threads(conn, uri):
    failures = []

    def work():
        try:
            for _ in range(100):
                assert conn.getLibVersion() >= 1000000 and conn.getHostname()
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]


def step_keepalive(conn, uri):
    other = libvirt.open(uri)
    assert other.setKeepAlive(1, 3) == 0
    time.sleep(2.5)
    assert other.isAlive() == 1 and other.getLibVersion()
    other.close()


STEPS = [value for name, value in list(globals().items()) if name.startswith("step_")]


def run(step, conn, uri):
    try:
        step(conn, uri)
    except libvirt.libvirtError as error:
        if error.get_error_code() != libvirt.VIR_ERR_NO_SUPPORT and "in session mode" not in error.get_error_message():
            raise
        return f" # SKIP {error.get_error_message()}"
    return ""


def loaded_library():
    with open("/proc/self/maps", encoding="utf-8") as maps:
        return next(line.split()[-1] for line in maps if "/libvirt.so.0" in line)


def main():
    uri, wanted = sys.argv[1], sys.argv[2:]
    print(f"# with {loaded_library()}")
    libvirt.registerErrorHandler(lambda context, error: None, None)
    Loop()
    conn = libvirt.open(uri)
    steps = [step for step in STEPS if not wanted or step.__name__.removeprefix("step_") in wanted]
    print(f"1..{len(steps)}", flush=True)
    failures = 0
    for number, step in enumerate(steps, 1):
        name = step.__name__.removeprefix("step_")
        try:
            print(f"ok {number} - {name}{run(step, conn, uri)}", flush=True)
        except (AssertionError, OSError, libvirt.libvirtError) as error:
            failures += 1
            print(f"not ok {number} - {name}\n# {type(error).__name__}: {error}", flush=True)
    conn.close()
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
