# SPDX-License-Identifier: LGPL-2.1-or-later
"""An lldpad of a test's own: it listens where its pid file says, writes down what it is asked for, and answers for a switch
that there is not."""

import os
import socket
import struct
import subprocess
import tempfile
import threading

PID_FILE = "/run/lldpad.pid"
ADDRESS = 70001
RTM_GETLINK, RTM_SETLINK = 18, 19
NLMSG_ERROR, NLMSG_DONE = 2, 3
IFLA_IFNAME, IFLA_VFINFO_LIST, IFLA_VF_PORTS = 3, 22, 24
VF_MAC, VF_VLAN = 1, 2
PORT_VSI, PORT_INSTANCE, PORT_VF, PORT_REQUEST, PORT_RESPONSE = 3, 4, 1, 6, 7
ASSOCIATE, DISASSOCIATE = 2, 3
SELF = 0xffffffff


def attributes(data):
    """Type to value, of the last one of each type."""
    found = {}
    while len(data) >= 4:
        size, kind = struct.unpack_from("=HH", data)
        found[kind & 0x3fff] = data[4:size]
        data = data[(size + 3) & ~3:]
    return found


def attribute(kind, value):
    return struct.pack("=HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)


class Lldpad:
    """requests: what it was asked for, as dictionaries. response: what the switch says, None for nothing. refusal: what it
    says itself to a request, a negative errno."""

    def __init__(self):
        self.requests, self.known = [], {}
        self.sender = None
        self.response = self.refusal = 0
        self.sock = None
        self.thread = None

    def __enter__(self):
        with tempfile.NamedTemporaryFile("w", suffix=".pid", delete=False) as file:
            file.write(f"{ADDRESS}\n")
        # In this test's own view of the file system.
        self.is_new = not os.path.exists(PID_FILE)
        open(PID_FILE, "a", encoding="utf-8").close()
        subprocess.run(["mount", "--bind", file.name, PID_FILE], check=True)
        os.unlink(file.name)
        self.start()
        return self

    def __exit__(self, *problem):
        self.stop()
        subprocess.run(["umount", PID_FILE], check=True)
        if self.is_new:
            os.unlink(PID_FILE)

    def start(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        self.sock.bind((ADDRESS, 0))
        self.sock.settimeout(0.1)
        self.thread = threading.Thread(target=self._serve, args=(self.sock,))
        self.thread.start()

    def stop(self):
        """It forgets all."""
        sock, self.sock = self.sock, None
        self.thread.join()
        sock.close()
        self.known.clear()

    def _serve(self, sock):
        while self.sock is sock:
            try:
                message, sender = sock.recvfrom(8192)
            except TimeoutError:
                continue
            kind = struct.unpack_from("=IHHII", message)[1]
            answer = self._set(message) if kind == RTM_SETLINK else self._get(message)
            sock.sendto(answer, sender)

    @staticmethod
    def _reply(message, kind, body):
        _, _, _, sequence, port = struct.unpack_from("=IHHII", message)
        return struct.pack("=IHHII", 16 + len(body), kind, 0, sequence, port) + body

    def _set(self, message):
        top = attributes(message[32:])
        info = attributes(attributes(top[IFLA_VFINFO_LIST])[1])
        port = attributes(attributes(top[IFLA_VF_PORTS])[1])
        manager, type0, type1, type2, version = struct.unpack_from("=BBBBB", port[PORT_VSI])
        vf, mac = struct.unpack_from("=I6s", info[VF_MAC])
        self.requests.append({
            "card": top[IFLA_IFNAME].rstrip(b"\0").decode(), "mac": mac.hex(":"), "vf": vf,
            "vlan": struct.unpack_from("=II", info[VF_VLAN])[1], "manager": manager, "version": version,
            "type": type0 | type1 << 8 | type2 << 16, "instance": port[PORT_INSTANCE].hex(),
            "request": port[PORT_REQUEST][0]})
        self.sender = struct.unpack_from("=IHHII", message)[4]
        if self.refusal:
            pass
        elif port[PORT_REQUEST][0] == ASSOCIATE:
            self.known[port[PORT_INSTANCE]] = True
        else:
            self.known.pop(port[PORT_INSTANCE], None)
        return self._reply(message, NLMSG_ERROR, struct.pack("=i", self.refusal) + message[:16])

    def _get(self, message):
        """All ports in one attribute, one behind the other."""
        ports = b""
        for instance in list(self.known):
            ports += attribute(PORT_INSTANCE, instance) + attribute(PORT_VF, struct.pack("=I", SELF))
            if self.response is not None:
                ports += attribute(PORT_RESPONSE, struct.pack("=H", self.response))
        body = message[16:32] + attribute(IFLA_VF_PORTS, attribute(1, ports))
        return self._reply(message, NLMSG_DONE, body)

    def take_away(self, instance, mac, sock=None, request=DISASSOCIATE):
        """The switch gives a port up, which whoever asked for the last one is told. instance: of hexadecimal digits."""
        self.known.pop(bytes.fromhex(instance), None)
        station = attribute(1, attribute(VF_MAC, struct.pack("=I6s26x", SELF, bytes.fromhex(mac.replace(":", "")))))
        port = attribute(1, attribute(PORT_INSTANCE, bytes.fromhex(instance)) + attribute(PORT_REQUEST, bytes([request])))
        body = struct.pack("=BxHiII", 0, 0, 0, 0, 0) + attribute(IFLA_VFINFO_LIST, station) + attribute(IFLA_VF_PORTS, port)
        head = struct.pack("=IHHII", 16 + len(body), RTM_SETLINK, 0, 0, ADDRESS)
        (sock or self.sock).sendto(head + body, (self.sender, 0))

    def asked(self):
        return [request["request"] for request in self.requests]
