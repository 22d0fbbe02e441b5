#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""virtproxyd between stock clients and daemons."""

import os
import random
import struct
import subprocess
import threading
import time

import harness
import rpcwire
from guests import libvirt
from namespace import wait_for


def need_libvirt():
    if libvirt is None:
        raise harness.Skip("python3-libvirt is not installed")
    os.environ["LIBVIRT_AUTOSTART"] = "0"
    libvirt.registerErrorHandler(lambda *_: None, None)


def virsh(host, *command, **options):
    harness.need("virsh")
    return host.run("virsh", "-c", f"test+unix:///session?socket={host.daemon('virtproxyd').socket}", *command, **options)


def test_calls_pass():
    with harness.Host() as host:
        host.start("virttestd")
        host.start("virtproxyd")
        assert "guest1" in virsh(host, "list", "--all").stdout
        virsh(host, "start", "guest1")
        assert virsh(host, "domstate", "guest1").stdout.strip() == "running"


def test_empty_uri_finds_the_hypervisor():
    with harness.Host() as host:
        host.start("virttestd")
        proxy = host.start("virtproxyd")
        with rpcwire.Connection(proxy.socket) as connection:
            connection.open("")
            assert connection.call(rpcwire.CONNECT_GET_URI) == rpcwire.string("test:///session")


def test_absent_hypervisor():
    with harness.Host() as host:
        host.start("virtproxyd")
        result = virsh(host, "list", check=False)
        assert "Failed to connect socket to" in result.stderr and "virttestd-sock" in result.stderr


def test_absent_secondary_daemon():
    with harness.Host() as host:
        host.start("virttestd")
        host.start("virtproxyd")
        result = virsh(host, "nodedev-list", check=False)
        assert "virtnodedevd is not there" in result.stderr, result.stderr
        assert "guest1" in virsh(host, "list", "--all").stdout


def test_read_only():
    with harness.Host() as host:
        host.start("virttestd")
        host.start("virtproxyd")
        result = virsh(host, "-r", "destroy", "guest1", check=False)
        assert "read only access prevents virDomainDestroy" in result.stderr, result.stderr


def test_events_pass():
    with harness.Host() as host:
        host.start("virttestd")
        host.start("virtproxyd")
        uri = f"test+unix:///session?socket={host.daemon('virtproxyd').socket}"
        watcher = subprocess.Popen(["virsh", "-c", uri, "event", "--event", "lifecycle", "--timeout", "20"],
                                   env=host.env, stdout=subprocess.PIPE, text=True)
        stop = threading.Event()

        def act():
            while not stop.is_set():
                virsh(host, "destroy", "guest2")
                time.sleep(0.1)

        actor = threading.Thread(target=act)
        actor.start()
        try:
            output = watcher.communicate(timeout=30)[0]
        finally:
            stop.set()
            actor.join()
        assert "event 'lifecycle' for domain 'guest2': Stopped" in output


def domain(number):
    return rpcwire.string(f"guest{number}") + b"\0" * 15 + bytes([number]) + struct.pack(">i", -1)


def reboot(daemon, number):
    """Has the daemon send one event."""
    with rpcwire.Connection(daemon.socket).open() as connection:
        assert connection.call(27, domain(number) + struct.pack(">I", 1)) == b""


def test_events_go_on_after_a_daemon_was_killed():
    with harness.Host() as host:
        daemon = host.start("virttestd")
        proxy = host.start("virtproxyd")
        with rpcwire.Connection(proxy.socket).open() as client:
            # Two callbacks, the first of which is gone again: the other keeps its number.
            for number in (0, 1):
                assert client.call(316, struct.pack(">II", 0, 0)) == struct.pack(">I", number)
            assert client.call(317, struct.pack(">i", 0)) == b""
            reboot(daemon, 1)
            assert client.receive().body[:4] == struct.pack(">I", 1)
            daemon.kill()
            daemon.start()
            time.sleep(1.5)
            reboot(daemon, 2)
            event = client.receive()
            assert event.body[:4] == struct.pack(">I", 1) and b"guest2" in event.body
            assert client.call(317, struct.pack(">i", 1)) == b""
            reboot(daemon, 2)
            assert isinstance(client.call(rpcwire.GET_HOSTNAME), bytes)


def test_callbacks_of_two_daemons_have_numbers_of_their_own():
    with harness.Host() as host:
        host.start("virttestd")
        host.start("virtnetworkd")
        proxy = host.start("virtproxyd")
        with rpcwire.Connection(proxy.socket).open() as client:
            assert client.call(316, struct.pack(">II", 0, 0)) == struct.pack(">I", 0)
            assert client.call(313, struct.pack(">II", 0, 0)) == struct.pack(">I", 1)
            assert client.call(314, struct.pack(">i", 0)).code == 1  # a guest's
            assert client.call(314, struct.pack(">i", 1)) == b""
            assert client.call(317, struct.pack(">i", 0)) == b""


def test_hypervisor_killed_and_back():
    with harness.Host() as host:
        daemon = host.start("virttestd")
        host.start("virtproxyd")
        virsh(host, "list")
        daemon.kill()
        assert virsh(host, "list", check=False).returncode == 1
        daemon.start()
        assert "guest1" in virsh(host, "list", "--all").stdout


# ---- killed at any moment ----

# How often, for each of the two that can be.
KILLS = int(os.environ.get("MODVIRT_TEST_KILLS", "12"))
CLEAN = {libvirt.VIR_ERR_RPC, libvirt.VIR_ERR_SYSTEM_ERROR, libvirt.VIR_ERR_INTERNAL_ERROR} if libvirt else set()


def descriptors(daemon):
    return len(os.listdir(f"/proc/{daemon.pid}/fd"))


def has_children(daemon):
    with open(f"/proc/{daemon.pid}/task/{daemon.pid}/children", encoding="ascii") as file:
        return file.read() != ""


class Client(threading.Thread):
    """Asks and asks, and opens another connection when one has broken."""

    def __init__(self, uri):
        super().__init__(daemon=True)
        self.uri, self.answers, self.errors, self.is_over, self.slowest = uri, 0, [], False, 0.0

    def run(self):
        while not self.is_over:
            try:
                connection = self.timed(lambda: libvirt.open(self.uri))
                while not self.is_over:
                    self.timed(lambda c=connection: c.lookupByName("guest1").state())
                    self.answers += 1
            except libvirt.libvirtError as error:
                self.errors.append((error.get_error_code(), str(error)))
                time.sleep(0.01)

    def timed(self, call):
        begin = time.monotonic()
        try:
            return call()
        finally:
            self.slowest = max(self.slowest, time.monotonic() - begin)


def kill_and_look(host, victim, survivor):
    """Kills victim again and again under clients at work, of which each goes on; then nothing of them is left in either."""
    uri = f"test+unix:///session?socket={host.daemon('virtproxyd').socket}"
    libvirt.open(uri).close()
    time.sleep(0.5)  # that client's descriptors go
    clients = [Client(uri) for _ in range(6)]
    before = descriptors(survivor)
    for client in clients:
        client.start()
    for _ in range(KILLS):
        time.sleep(random.uniform(0, 0.2))
        victim.kill()
        victim.start()
        seen = [client.answers for client in clients]
        wait_for("every client's next answer", lambda s=seen: all(client.answers > n + 1 for client, n in zip(clients, s)))
    for client in clients:
        client.is_over = True
        client.join(20)
        assert not client.is_alive(), "a client waits for an answer that does not come"
    errors = [error for client in clients for error in client.errors]
    assert errors and all(code in CLEAN for code, _ in errors), errors
    slowest = max(client.slowest for client in clients)
    wait_for("the clients' descriptors to be closed", lambda: descriptors(survivor) <= before + 1)
    assert not has_children(victim) and not has_children(survivor)
    print(f"# {victim.name} killed {KILLS} times: {sum(client.answers for client in clients)} answers, {len(errors)} errors, "
          f"the slowest answer or error after {slowest:.1f} s")


def test_killed_with_clients():
    """The proxy goes: clients hear it at once, come back, and the daemons behind it keep nothing of the dead one's."""
    need_libvirt()
    with harness.Host() as host:
        daemon = host.start("virttestd")
        kill_and_look(host, host.start("virtproxyd"), daemon)


def test_daemon_killed_with_clients():
    """A daemon behind it goes: the proxy tells its clients, and keeps no half of a connection."""
    need_libvirt()
    with harness.Host() as host:
        daemon = host.start("virttestd")
        kill_and_look(host, daemon, host.start("virtproxyd"))


if __name__ == "__main__":
    harness.main([value for name, value in sorted(globals().items()) if name.startswith("test_")])
