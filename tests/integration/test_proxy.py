#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""virtproxyd between stock clients and daemons."""

import struct
import subprocess
import threading
import time

import harness
import rpcwire


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


if __name__ == "__main__":
    harness.main([value for name, value in sorted(globals().items()) if name.startswith("test_")])
