# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client of the wire protocol in a few lines, for what libvirt's own library does not speak."""

import socket
import struct

CALL, REPLY, MESSAGE = 0, 1, 2
REMOTE, LISTEN = 0x20008086, 0x6D766C6E


def string(text):
    data = text.encode()
    return struct.pack(">I", len(data)) + data + b"\0" * (-len(data) % 4)


def optional(text):
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

    def optional(self):
        return self.string() if self.word() else None


class RemoteError(Exception):
    """An error reply: its code, its domain, its message."""

    def __init__(self, body):
        reader = Reader(body)
        self.code, self.domain, self.message = reader.word(), reader.word(), reader.optional()
        super().__init__(f"{self.code}/{self.domain} {self.message}")


class Client:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.socket.connect(path)
        self.serial = 0
        self.messages = []

    def close(self):
        self.socket.close()

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise EOFError("the daemon closed the connection")
            data += part
        return data

    def receive(self):
        """The next frame: its six header words and its body."""
        size = struct.unpack(">I", self._exactly(4))[0]
        frame = self._exactly(size - 4)
        return struct.unpack(">6I", frame[:24]), frame[24:]

    def call(self, program, procedure, body=b""):
        """Makes a call and returns the body of its reply. Messages that come before it are kept."""
        self.serial += 1
        self.socket.sendall(struct.pack(">7I", 28 + len(body), program, 1, procedure, CALL, self.serial, 0) + body)
        while True:
            header, answer = self.receive()
            if header[3] == MESSAGE:
                self.messages.append((header, answer))
            elif header[4] == self.serial:
                if header[5]:
                    raise RemoteError(answer)
                return answer

    def message(self):
        """The next message of a daemon, waiting for it."""
        while not self.messages:
            header, body = self.receive()
            if header[3] == MESSAGE:
                self.messages.append((header, body))
        return self.messages.pop(0)
