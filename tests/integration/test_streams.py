#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Streams, holes and descriptors, directly and through virtproxyd."""

import array
import os
import socket
import struct

import harness
import rpcwire
from rpcwire import CONTINUE, ERROR, OK, REMOTE, STREAM, STREAM_HOLE

OPEN_CONSOLE, SCREENSHOT, UPLOAD, DOWNLOAD, OPEN_GRAPHICS, OPEN_GRAPHICS_FD = 201, 211, 208, 209, 249, 343
PICTURE = bytes(i % 251 for i in range(1024 * 1024))
DOMAIN = rpcwire.string("guest1") + b"\0" * 15 + b"\1" + struct.pack(">i", -1)


def volume(key):
    return rpcwire.string("pool") + rpcwire.string("name") + rpcwire.string(key)


def transfer_args(key, length=0, flags=0):
    return volume(key) + struct.pack(">QQI", 0, length, flags)


class Client:
    """A connection with one stream on it."""

    def __init__(self, host, through_proxy=False):
        path = host.start("virttestd").socket
        if through_proxy:
            host.start_as("virtstoraged", "virttestd")
            path = host.start("virtproxyd").socket
        self.connection = rpcwire.Connection(path).open("test:///session")

    def open(self, procedure, body):
        self.procedure = procedure
        answer = self.connection.call(procedure, body)
        self.serial = self.connection.serial
        return answer

    def send(self, body=b"", status=CONTINUE, type=STREAM):
        self.connection.send(rpcwire.frame(REMOTE, self.procedure, body, type=type, serial=self.serial, status=status))

    def receive(self):
        frame = self.connection.receive()
        assert (frame.procedure, frame.serial) == (self.procedure, self.serial), frame
        return frame

    def read_all(self):
        """Data until the source's end, holes as (length,)."""
        parts = []
        while True:
            frame = self.receive()
            assert frame.status == CONTINUE, frame
            if frame.type == STREAM_HOLE:
                parts.append(struct.unpack(">q", frame.body[:8]))
            elif frame.body:
                assert len(frame.body) <= 262120
                parts.append(frame.body)
            else:
                return parts

    def finish(self):
        self.send(status=OK)
        frame = self.receive()
        assert (frame.type, frame.status, frame.body) == (STREAM, OK, b""), frame

    def is_usable(self):
        """The next answer is that to the next question; of the stream, which has ended, nothing more is said."""
        self.connection.serial += 1
        self.connection.send(rpcwire.frame(REMOTE, rpcwire.GET_HOSTNAME, serial=self.connection.serial))
        frame = self.connection.receive()
        return (frame.type, frame.status, frame.serial) == (rpcwire.REPLY, OK, self.connection.serial)


def both_ways(test):
    """Runs a test directly and through virtproxyd."""
    for through_proxy in (False, True):
        with harness.Host() as host:
            test(host, Client(host, through_proxy))


def test_read():
    def run(host, client):
        answer = client.open(SCREENSHOT, DOMAIN + struct.pack(">II", 0, 0))
        assert answer == struct.pack(">I", 1) + rpcwire.string("image/test"), answer
        assert b"".join(client.read_all()) == PICTURE
        client.finish()
        assert client.is_usable()
    both_ways(run)


def test_abort_while_reading():
    def run(host, client):
        client.open(SCREENSHOT, DOMAIN + struct.pack(">II", 0, 0))
        client.send(status=ERROR)
        while (frame := client.receive()).status == CONTINUE:
            pass
        assert frame.status == OK
        assert client.is_usable()
    both_ways(run)


def test_both_directions():
    def run(host, client):
        client.open(OPEN_CONSOLE, DOMAIN + struct.pack(">II", 0, 0))
        for text in (b"one\n", b"two\n"):
            client.send(text)
            assert client.receive().body == text
        client.finish()
        assert client.is_usable()
    both_ways(run)


def test_write():
    def run(host, client):
        path = os.path.join(host.root, "volume")
        client.open(UPLOAD, transfer_args(path))
        for at in range(0, len(PICTURE), 200000):
            client.send(PICTURE[at:at + 200000])
        client.finish()
        assert client.is_usable()
        with open(path, "rb") as file:
            assert file.read() == PICTURE
    both_ways(run)


def test_write_more_than_length():
    with harness.Host() as host:
        client = Client(host)
        client.open(UPLOAD, transfer_args(os.path.join(host.root, "volume"), length=10))
        client.send(b"x" * 11)
        frame = client.receive()
        assert frame.status == ERROR and "cannot write to stream" in rpcwire.decode_error(frame.body).message
        assert client.is_usable()


def test_holes():
    def run(host, client):
        path = os.path.join(host.root, "volume")
        client.open(UPLOAD, transfer_args(path, flags=1))
        client.send(b"begin")
        client.send(struct.pack(">qI", 1 << 20, 0), type=STREAM_HOLE)
        client.send(b"end")
        client.send(struct.pack(">qI", 1 << 20, 0), type=STREAM_HOLE)
        client.finish()
        assert os.stat(path).st_size == 8 + (2 << 20)
        with open(path, "rb") as file:
            written = file.read()
        client.open(DOWNLOAD, transfer_args(path, flags=1))
        parts = client.read_all()
        client.finish()
        assert any(isinstance(part, tuple) for part in parts)
        assert b"".join(b"\0" * part[0] if isinstance(part, tuple) else part for part in parts) == written
    both_ways(run)


def test_hole_where_none_may_be():
    with harness.Host() as host:
        client = Client(host)
        client.open(UPLOAD, transfer_args(os.path.join(host.root, "volume")))
        client.send(struct.pack(">qI", 1 << 20, 0), type=STREAM_HOLE)
        assert client.connection.is_closed()


def test_failed_call_opens_no_stream():
    def run(host, client):
        answer = client.open(DOWNLOAD, transfer_args(os.path.join(host.root, "nothing")))
        assert isinstance(answer, rpcwire.WireError)
        client.send(b"stray")
        assert client.is_usable()
    both_ways(run)


def test_client_goes_away():
    with harness.Host() as host:
        client = Client(host)
        client.open(OPEN_CONSOLE, DOMAIN + struct.pack(">II", 0, 0))
        client.connection.socket.close()
        with rpcwire.Connection(host.daemon("virttestd").socket) as other:
            other.open("test:///session")
            assert isinstance(other.call(rpcwire.GET_HOSTNAME), bytes)


def test_slow_reader_holds_the_source():
    """A client that does not read must not make the daemon read the whole file."""
    with harness.Host() as host:
        path = os.path.join(host.root, "volume")
        with open(path, "wb") as file:
            for _ in range(64):
                file.write(os.urandom(1 << 20))
        client = Client(host)
        client.open(DOWNLOAD, transfer_args(path))
        daemon = host.daemon("virttestd")
        before = resident_kib(daemon.pid)
        with rpcwire.Connection(daemon.socket) as other:
            other.open("test:///session")
            for _ in range(2000):
                other.call(rpcwire.GET_HOSTNAME)
        assert resident_kib(daemon.pid) < before + 8 * 1024
        assert sum(map(len, client.read_all())) == 64 << 20


def resident_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def test_descriptor_with_call():
    def run(host, client):
        reader, writer = os.pipe()
        connection = client.connection
        body = struct.pack(">I", 1) + DOMAIN + struct.pack(">II", 0, 0)
        connection.serial += 1
        connection.send(rpcwire.frame(REMOTE, OPEN_GRAPHICS, body, type=rpcwire.CALL_WITH_FDS, serial=connection.serial))
        connection.socket.sendmsg([b"\0"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [writer]))])
        os.close(writer)
        answer = connection.receive()
        assert answer.status == OK, rpcwire.decode_error(answer.body)
        assert os.read(reader, 16) == b"hello"
        assert os.read(reader, 16) == b""  # nobody kept it
        os.close(reader)
    both_ways(run)


def test_descriptor_with_reply():
    def run(host, client):
        connection = client.connection
        connection.send(rpcwire.frame(REMOTE, OPEN_GRAPHICS_FD, DOMAIN + struct.pack(">II", 0, 0), serial=77))
        answer = connection.receive()
        assert (answer.type, answer.status) == (rpcwire.REPLY_WITH_FDS, OK), answer
        assert answer.body == struct.pack(">I", 1)
        byte, ancillary, _, _ = connection.socket.recvmsg(1, 64)
        (fd,) = array.array("i", ancillary[0][2])
        assert byte == b"\0" and os.read(fd, 16) == b"hello"
        os.close(fd)
        assert client.is_usable()
    both_ways(run)


if __name__ == "__main__":
    harness.main([value for name, value in sorted(globals().items()) if name.startswith("test_")])
