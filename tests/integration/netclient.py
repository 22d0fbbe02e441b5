# SPDX-License-Identifier: LGPL-2.1-or-later
"""Machines beside the daemon's host: network namespaces with one device, which ask for leases and names and ping.

    with Machine("guest", bridge="virbr0", mac="52:54:00:00:00:01") as guest:
        address = guest.dhcp()
        guest.query("10.0.0.1", "name.test", "A")
        guest.ping("10.0.0.1")

For tests in a namespace of their own (namespace.enter), whose /run is private.
"""

import os
import socket
import struct
import subprocess
import sys
import tempfile

from namespace import ip

TYPES = {"A": 1, "PTR": 12, "TXT": 16, "AAAA": 28, "SRV": 33}

# What udhcpc calls when it has a lease.
DHCP_SCRIPT = """#!/bin/sh
[ "$1" = bound ] || [ "$1" = renew ] || exit 0
ip address replace "$ip/$mask" dev "$interface"
[ -z "$router" ] || ip route replace default via "$router"
echo "$ip $mask $router $dns $domain $hostname $lease $mtu" > "$RESULT"
"""


class Machine:
    """A namespace with the device eth0, whose other end is a port of bridge, or a device of the host with no bridge."""

    def __init__(self, name, bridge=None, mac=None):
        self.name = name
        self.namespace = f"{name}-{os.getpid()}"
        self.port = f"p-{name}"
        self.bridge = bridge
        self.mac = mac
        self.folder = None

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="modvirt-machine-")
        ip("netns", "add", self.namespace)
        ip("link", "add", self.port, "type", "veth", "peer", "name", "eth0", "netns", self.namespace)
        if self.mac:
            self.ip("link", "set", "eth0", "address", self.mac)
        self.ip("link", "set", "lo", "up")
        self.ip("link", "set", "eth0", "up")
        if self.bridge:
            self.plug(self.bridge)
        else:
            ip("link", "set", self.port, "up")
        return self

    def __exit__(self, kind, error, trace):
        subprocess.run(["ip", "link", "delete", self.port], capture_output=True, check=False)
        ip("netns", "delete", self.namespace)
        self.folder.cleanup()

    def plug(self, bridge):
        ip("link", "set", self.port, "master", bridge, "up")

    def run(self, *command, check=True, timeout=30, env=None):
        return subprocess.run(["ip", "netns", "exec", self.namespace, *command], capture_output=True, text=True,
                              timeout=timeout, check=check, env={**os.environ, **(env or {})})

    def ip(self, *arguments):
        self.run("ip", *arguments)

    def dhcp(self, hostname=None):
        """Asks for an IPv4 lease and takes it; returns what came with it, or None when nobody answered."""
        script, result = (os.path.join(self.folder.name, name) for name in ("script", "result"))
        if os.path.exists(result):
            os.unlink(result)
        with open(script, "w", encoding="utf-8") as file:
            file.write(DHCP_SCRIPT)
        os.chmod(script, 0o755)
        self.run("busybox", "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-t", "12", "-T", "1", "-s", script,
                 "-O", "mtu", *(["-x", f"hostname:{hostname}"] if hostname else []), check=False, env={"RESULT": result})
        if not os.path.exists(result):
            return None
        with open(result, encoding="utf-8") as file:
            fields = file.read().rstrip("\n").split(" ")
        return dict(zip(("address", "mask", "router", "dns", "domain", "hostname", "lease", "mtu"), fields))

    def ping(self, address, check=False):
        return self.run("ping", "-n", "-c", "1", "-W", "1", address, check=check).returncode == 0

    def query(self, server, name, kind):
        """The answers that server has to a DNS question, as text; None when it does not answer."""
        done = self.run(sys.executable, __file__, server, name, kind, check=False)
        return done.stdout.split("\n")[:-1] if done.returncode == 0 else None


# ---- DNS, inside the namespace ----

def encode_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def decode_name(message, at):
    labels = []
    while message[at]:
        if message[at] >= 0xc0:
            at = (message[at] & 0x3f) << 8 | message[at + 1]
            continue
        labels.append(message[at + 1:at + 1 + message[at]].decode())
        at += 1 + message[at]
    return ".".join(labels)


def skip_name(message, at):
    while message[at]:
        if message[at] >= 0xc0:
            return at + 2
        at += 1 + message[at]
    return at + 1


def decode_data(message, kind, at, size):
    data = message[at:at + size]
    if kind == TYPES["A"]:
        return socket.inet_ntop(socket.AF_INET, data)
    if kind == TYPES["AAAA"]:
        return socket.inet_ntop(socket.AF_INET6, data)
    if kind == TYPES["PTR"]:
        return decode_name(message, at)
    if kind == TYPES["TXT"]:
        return data[1:1 + data[0]].decode()
    priority, weight, port = struct.unpack(">HHH", data[:6])
    return f"{priority} {weight} {port} {decode_name(message, at + 6)}"


def resolve(server, name, kind):
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.settimeout(2)
        sock.sendto(struct.pack(">HHHHHH", 7, 0x100, 1, 0, 0, 0) + encode_name(name) + struct.pack(">HH", TYPES[kind], 1),
                    (server, 53))
        message = sock.recv(4096)
    answers = struct.unpack(">H", message[6:8])[0]
    at = skip_name(message, 12) + 4
    found = []
    for _ in range(answers):
        at = skip_name(message, at)
        got, _, _, size = struct.unpack(">HHIH", message[at:at + 10])
        at += 10
        if got == TYPES[kind]:
            found.append(decode_data(message, got, at, size))
        at += size
    return found


if __name__ == "__main__":
    try:
        for answer in resolve(*sys.argv[1:4]):
            print(answer)
    except OSError:
        sys.exit(1)
