# SPDX-License-Identifier: LGPL-2.1-or-later
"""Frames by hand: what no well-behaved client sends, and every procedure there is.

Bodies are made from the project's own .x files and call tables with the smallest values that decode.
"""

import os
import socket
import struct
import sys
from dataclasses import dataclass

RPC = os.path.join(os.path.dirname(__file__), "..", "..", "src", "rpc")
sys.path.insert(0, os.path.join(RPC, "gen"))

import callsfile  # noqa: E402
import xfile  # noqa: E402

CALL, REPLY, MESSAGE, STREAM, CALL_WITH_FDS, REPLY_WITH_FDS, STREAM_HOLE = range(7)
OK, ERROR, CONTINUE = range(3)

REMOTE, QEMU, LXC, ADMIN, KEEPALIVE = 0x20008086, 0x20008087, 0x00068000, 0x06900690, 0x6B656570
LISTEN, NETCHECK = 0x6D766C6E, 0x6D766E63
CONNECT_OPEN, CONNECT_CLOSE, GET_HOSTNAME, SUPPORTS_FEATURE, AUTH_LIST, AUTH_POLKIT, CONNECT_GET_URI = 1, 2, 59, 60, 66, 70, 110

PRIMITIVES = {"int": 4, "unsigned int": 4, "hyper": 8, "unsigned hyper": 8, "char": 4, "unsigned char": 4,
              "short": 4, "unsigned short": 4, "double": 8, "opaque": 1, "bool": 4}


def string(text):
    data = text.encode()
    return struct.pack(">I", len(data)) + data + b"\0" * (-len(data) % 4)


def optional_string(text):
    return struct.pack(">I", 0) if text is None else struct.pack(">I", 1) + string(text)


class Reader:
    """Takes a body apart, from front to back."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def word(self):
        self.at += 4
        return struct.unpack_from(">i", self.data, self.at - 4)[0]

    def string(self):
        size = self.word()
        text = self.data[self.at:self.at + size].decode()
        self.at += size + -size % 4
        return text

    def optional_string(self):
        return self.string() if self.word() else None


class Program:
    """A program's rows, and the smallest body of each call."""

    NUMBERS = {"remote": REMOTE, "qemu": QEMU, "lxc": LXC, "admin": ADMIN, "listen": LISTEN, "netcheck": NETCHECK}

    def __init__(self, name):
        self.number = self.NUMBERS.get(name)
        self.protocol = xfile.parse(os.path.join(RPC, "protocol", f"{name}.x"), name)
        if name == "qemu" or name == "lxc":  # they use the remote program's types
            remote = xfile.parse(os.path.join(RPC, "protocol", "remote.x"), "remote")
            self.protocol.structs = {**remote.structs, **self.protocol.structs}
            self.protocol.typedefs = {**remote.typedefs, **self.protocol.typedefs}
        self.calls = callsfile.parse(os.path.join(RPC, "calls", f"{name}.calls"), self.protocol)
        self.constants = self._constants(name)

    @staticmethod
    def _constants(name):
        constants = {}
        for file in {name, "remote", "message"}:
            for line in open(os.path.join(RPC, "protocol", f"{file}.x"), encoding="utf-8"):
                words = line.replace("=", " ").replace(";", " ").split()
                if words[:1] == ["const"] and words[2].isdigit():
                    constants[words[1]] = int(words[2])
        return constants

    def body(self, call):
        return self.smallest(call.args) if call.args else b""

    def smallest(self, name):
        return b"".join(self._field(field) for field in self.protocol.structs[name])

    def _field(self, field):
        if field.array in ("optional", "variable"):
            return struct.pack(">I", 0)
        if field.type == "string":
            return struct.pack(">I", 0)
        count = 1
        if field.array == "fixed":
            count = int(field.max) if field.max.isdigit() else self.constants[field.max]
        if field.type in PRIMITIVES:
            size = PRIMITIVES[field.type] * count
            return b"\0" * (size + -size % 4)
        if field.type in self.protocol.typedefs:
            return self._field(self.protocol.typedefs[field.type]) * count
        if field.type in self.protocol.structs:
            return self.smallest(field.type) * count
        return b"\0\0\0\0" * count  # an enum


@dataclass
class Frame:
    program: int
    version: int
    procedure: int
    type: int
    serial: int
    status: int
    body: bytes


@dataclass
class WireError:
    code: int
    domain: int
    message: str


def decode_error(body):
    code, domain, has_message = struct.unpack_from(">iiI", body)
    message = ""
    if has_message:
        (length,) = struct.unpack_from(">I", body, 12)
        message = body[16:16 + length].decode(errors="replace")
    return WireError(code, domain, message)


def frame(program, procedure, body=b"", type=CALL, serial=0, status=OK, version=1):
    return struct.pack(">IIIiIII", 28 + len(body), program, version, procedure, type, serial, status) + body


class Connection:
    """A socket that speaks frames. address: path of a unix socket, or (host, port)."""

    def __init__(self, address, timeout=20):
        self.socket = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
        self.socket.settimeout(timeout)
        self.socket.connect(address)
        self.serial = 0
        self.messages = []  # events that came before an answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def receive_exactly(self, size):
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise EOFError("the daemon has closed the connection")
            data += part
        return data

    def receive(self):
        (length,) = struct.unpack(">I", self.receive_exactly(4))
        data = self.receive_exactly(length - 4)
        return Frame(*struct.unpack_from(">IIiIII", data), data[24:])

    def is_closed(self):
        """Whether the daemon closes the connection within the timeout; what it sends before is skipped."""
        try:
            while True:
                if not self.socket.recv(65536):
                    return True
        except ConnectionError:
            return True
        except TimeoutError:
            return False

    def call(self, procedure, body=b"", program=REMOTE, **header):
        """Calls and returns the body of the answer, or a WireError. Events that come first are kept."""
        self.serial += 1
        self.send(frame(program, procedure, body, serial=self.serial, **header))
        while True:
            answer = self.receive()
            if answer.type in (REPLY, REPLY_WITH_FDS) and answer.serial == self.serial:
                return decode_error(answer.body) if answer.status == ERROR else answer.body
            if answer.type == MESSAGE and answer.program != KEEPALIVE:
                self.messages.append(answer)

    def message(self):
        """The next event, waiting for it."""
        while not self.messages:
            answer = self.receive()
            if answer.type == MESSAGE and answer.program != KEEPALIVE:
                self.messages.append(answer)
        return self.messages.pop(0)

    def open(self, uri="", flags=0):
        """AUTH_LIST and CONNECT_OPEN."""
        self.call(AUTH_LIST)
        answer = self.call(CONNECT_OPEN, optional_string(uri) + struct.pack(">I", flags))
        if isinstance(answer, WireError):
            raise RuntimeError(answer.message)
        return self
