#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Bad input costs its sender an error or its connection, and nobody else anything."""

import os
import resource
import socket
import struct
import threading
import time

import harness
import rpcwire
from rpcwire import CALL, GET_HOSTNAME, REMOTE, WireError

SHUTDOWN, RESUME, REBOOT, CALLBACK_REGISTER = 33, 28, 27, 316
DOMAIN = rpcwire.string("guest1") + b"\0" * 15 + b"\1" + struct.pack(">i", -1)
URI = "test:///session"


def connect(daemon):
    return rpcwire.Connection(daemon.socket).open(URI)


def is_fine(daemon):
    with connect(daemon) as other:
        return isinstance(other.call(GET_HOSTNAME), bytes)


def resident_kib(daemon):
    with open(f"/proc/{daemon.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def every_daemon(test):
    """Runs a test against a daemon with a driver, and against virtproxyd in front of it."""
    with harness.Host() as host:
        daemons = [host.start("virttestd"), host.start("virtproxyd")]
        for daemon in daemons:
            test(daemon)
            assert is_fine(daemon)


def test_lengths_that_no_frame_has():
    def run(daemon):
        for length in (0, 3, 27, 33554437, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
            with connect(daemon) as connection:
                connection.send(struct.pack(">I", length))
                assert connection.is_closed(), length
    every_daemon(run)


def test_frame_that_never_ends():
    def run(daemon):
        with connect(daemon) as connection:
            before = resident_kib(daemon)
            connection.send(struct.pack(">I", 33554436) + b"\0" * 100)
            assert is_fine(daemon)
            assert resident_kib(daemon) < before + 4096  # nothing is set aside for what has not come
    every_daemon(run)


def test_errors_of_the_wire():
    """Answers that stock clients know; the connection goes on."""
    cases = [
        (dict(procedure=9999), "unknown procedure: 9999"),
        (dict(procedure=0), "unknown procedure: 0"),
        (dict(procedure=-1), "unknown procedure: -1"),
        (dict(procedure=107), "unknown procedure: 107"),  # an event
        (dict(procedure=GET_HOSTNAME, program=0x12345678), "Cannot find program 305419896 version 1"),
        (dict(procedure=GET_HOSTNAME, version=2), "Cannot find program 536903814 version 2"),
        (dict(procedure=GET_HOSTNAME, status=1), "Unexpected message status 1"),
        (dict(procedure=GET_HOSTNAME, status=77), "Unexpected message status 77"),
        (dict(procedure=23, body=b"\0\0"), "Unable to decode message payload"),
        (dict(procedure=23, body=struct.pack(">I", 0x7FFFFFFF)), "Unable to decode message payload"),
        (dict(procedure=23, body=struct.pack(">I", 0xFFFFFFFF)), "Unable to decode message payload"),
    ]

    def run(daemon):
        with connect(daemon) as connection:
            for header, message in cases:
                answer = connection.call(**header)
                assert answer == WireError(39, 7, message), (header, answer)
            assert isinstance(connection.call(GET_HOSTNAME), bytes)
    every_daemon(run)


def test_types_that_a_client_does_not_send():
    def run(daemon):
        with connect(daemon) as connection:
            for type in (rpcwire.REPLY, rpcwire.MESSAGE, rpcwire.REPLY_WITH_FDS, 7, 0xFFFFFFFF):
                body = struct.pack(">I", 0)
                connection.send(rpcwire.frame(REMOTE, GET_HOSTNAME, body, type=type, serial=1))
            connection.send(rpcwire.frame(REMOTE, 201, b"stray", type=rpcwire.STREAM, serial=5, status=2))
            assert isinstance(connection.call(GET_HOSTNAME), bytes)
    every_daemon(run)


def test_descriptors_that_do_not_come():
    def run(daemon):
        for count in (33, 0xFFFFFFFF):
            with connect(daemon) as connection:
                connection.send(rpcwire.frame(REMOTE, 249, struct.pack(">I", count), type=rpcwire.CALL_WITH_FDS))
                assert connection.is_closed()
        with connect(daemon) as connection:
            connection.send(rpcwire.frame(REMOTE, 249, struct.pack(">I", 1), type=rpcwire.CALL_WITH_FDS) + b"\0")
            assert connection.is_closed()
    every_daemon(run)


def test_garbage():
    def run(daemon):
        for _ in range(200):
            with connect(daemon) as connection:
                body = os.urandom(ord(os.urandom(1)))
                procedure = int.from_bytes(os.urandom(1), "big")
                if procedure in (rpcwire.CONNECT_CLOSE, SHUTDOWN):
                    continue
                assert connection.call(procedure, body) is not None
    every_daemon(run)


def test_before_open():
    with harness.Host() as host:
        daemon = host.start("virttestd")
        with rpcwire.Connection(daemon.socket) as connection:
            assert connection.call(GET_HOSTNAME) == WireError(1, 7, "internal error: hypervisor connection not open")
            connection.open(URI)
            again = connection.call(rpcwire.CONNECT_OPEN, rpcwire.optional_string(URI) + struct.pack(">I", 0))
            assert again == WireError(1, 7, "internal error: connection already open")


def test_ten_thousand_pending_calls():
    """Calls that nobody answers fill their client's share and no more; keepalive behind the first of them is answered."""
    with harness.Host() as host:
        daemon = host.start("virttestd")
        before = resident_kib(daemon)
        with connect(daemon) as connection:
            for serial in range(20):
                connection.send(rpcwire.frame(REMOTE, SHUTDOWN, DOMAIN, serial=serial))
            connection.send(rpcwire.frame(rpcwire.KEEPALIVE, 1, type=rpcwire.MESSAGE))
            pong = connection.receive()
            assert (pong.program, pong.procedure) == (rpcwire.KEEPALIVE, 2)
            connection.socket.settimeout(0.5)
            sent = 20
            try:
                while sent < 10000:
                    connection.send(rpcwire.frame(REMOTE, SHUTDOWN, DOMAIN, serial=sent))
                    sent += 1
            except TimeoutError:
                pass  # its socket is full: the daemon does not read on
            assert is_fine(daemon)
            assert resident_kib(daemon) < before + 4096
        # The client is gone, with calls under way.
        with connect(daemon) as other:
            other.call(RESUME, DOMAIN)
        assert is_fine(daemon)


def test_pending_calls_are_all_answered():
    with harness.Host() as host:
        daemon = host.start("virttestd")
        with connect(daemon) as connection, connect(daemon) as other:
            for serial in range(100, 130):
                connection.send(rpcwire.frame(REMOTE, SHUTDOWN, DOMAIN, serial=serial))
            answered = set()
            while len(answered) < 30:
                other.call(RESUME, DOMAIN)
                connection.socket.settimeout(0.2)
                try:
                    while True:
                        answered.add(connection.receive().serial)
                except TimeoutError:
                    continue
            assert answered == set(range(100, 130))


def test_slow_reader_of_events():
    """Who does not read its events loses its connection; who reads gets all of them."""
    with harness.Host() as host:
        daemon = host.start("virttestd")
        with connect(daemon) as slow, connect(daemon) as good, connect(daemon) as actor:
            for client in (slow, good):
                assert isinstance(client.call(CALLBACK_REGISTER, struct.pack(">II", 0, 0)), bytes)
            received = 0
            for _ in range(200):
                actor.call(REBOOT, DOMAIN + struct.pack(">I", 1000))
                for _ in range(1000):
                    frame = good.receive()
                    assert (frame.type, frame.procedure) == (rpcwire.MESSAGE, 318)
                    received += 1
            assert received == 200000
            assert slow.is_closed()
        assert is_fine(daemon)


def test_slow_reader_of_answers():
    """Who does not take its answers gets no more of its calls read, and all answers when it reads on."""
    calls = 60000

    def run(daemon):
        with connect(daemon) as slow:
            before = resident_kib(daemon)
            data = b"".join(rpcwire.frame(REMOTE, GET_HOSTNAME, serial=serial) for serial in range(calls))
            slow.socket.settimeout(0.5)
            sent = 0
            try:
                while sent < len(data):
                    sent += slow.socket.send(data[sent:])
            except TimeoutError:
                pass
            assert sent < len(data), "the daemon has read all calls"
            assert is_fine(daemon)
            assert resident_kib(daemon) < before + 16384
            slow.socket.settimeout(10)
            writer = threading.Thread(target=slow.socket.sendall, args=(data[sent:],))
            writer.start()
            assert [slow.receive().serial for _ in range(calls)] == list(range(calls))
            writer.join()
    every_daemon(run)


def test_half_frames():
    """A frame in two halves is one call, however many others come between; a half that stays one costs nobody anything."""
    def run(daemon):
        whole = rpcwire.frame(REMOTE, GET_HOSTNAME, serial=7)
        halves = [connect(daemon) for _ in range(50)]
        for cut, connection in enumerate(halves):
            connection.send(whole[:cut % len(whole)])
        assert is_fine(daemon)
        for connection in halves[:25]:
            connection.socket.close()
        assert is_fine(daemon)
        for cut, connection in list(enumerate(halves))[25:]:
            connection.send(whole[cut % len(whole):])
            answer = connection.receive()
            assert (answer.serial, answer.status) == (7, 0)
            connection.socket.close()
    every_daemon(run)


def test_idle_connections():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 6000:
        raise harness.Skip("a limit of 6000 open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with harness.Host() as host:
        host.configure("virttestd", "max_clients = 10000\n")
        daemon = host.start("virttestd")
        idle = [connect(daemon) for _ in range(5000)]
        started = time.monotonic()
        assert is_fine(daemon)
        assert time.monotonic() - started < 1
        for connection in idle:
            connection.socket.close()
        assert is_fine(daemon)


def test_too_many_clients_wait():
    with harness.Host() as host:
        host.configure("virttestd", "max_clients = 3\n")
        daemon = host.start("virttestd")
        clients = [connect(daemon) for _ in range(3)]
        with socket.socket(socket.AF_UNIX) as waiting:
            waiting.connect(daemon.socket)
            waiting.settimeout(0.3)
            waiting.send(rpcwire.frame(REMOTE, rpcwire.AUTH_LIST))
            try:
                waiting.recv(1)
                raise AssertionError("a fourth client was served")
            except TimeoutError:
                pass
            clients.pop().socket.close()
            waiting.settimeout(10)
            assert waiting.recv(1)


def test_keepalive():
    """The daemon pings who asked for it, and drops who does not answer."""
    with harness.Host() as host:
        host.configure("virttestd", "keepalive_interval = 1\nkeepalive_count = 2\n")
        daemon = host.start("virttestd")
        with connect(daemon) as connection, connect(daemon) as other:
            assert connection.call(rpcwire.SUPPORTS_FEATURE, struct.pack(">i", 10)) == struct.pack(">i", 1)
            pings = 0
            started = time.monotonic()
            try:
                while True:
                    frame = connection.receive()
                    assert (frame.program, frame.procedure, frame.type) == (rpcwire.KEEPALIVE, 1, rpcwire.MESSAGE)
                    pings += 1
            except EOFError:
                pass
            assert pings == 2 and 2 < time.monotonic() - started < 8, pings
            assert isinstance(other.call(GET_HOSTNAME), bytes)  # it never asked


if __name__ == "__main__":
    harness.main([value for name, value in sorted(globals().items()) if name.startswith("test_")])
