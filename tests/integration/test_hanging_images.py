#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Images on disks that do not answer, of guests that do not run: fanotify holds whoever opens them."""

import ctypes
import os
import threading
import time

import guests
import harness
from guests import GuestHost, guest_xml, libvirt, open_connection

SOON_S = 0.5
READERS_MAX = 16
SIZE = 1 << 20

FAN_CLASS_CONTENT, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD = 4, 1, 0x10000, -100


class Hang:
    """Files that nobody can open as long as this lasts."""

    def __init__(self, paths):
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.fanotify_init(FAN_CLASS_CONTENT, os.O_RDONLY)
        if self.fd < 0:
            raise harness.Skip("fanotify cannot hold files here: " + os.strerror(ctypes.get_errno()))
        for path in paths:
            if libc.fanotify_mark(self.fd, FAN_MARK_ADD, ctypes.c_uint64(FAN_OPEN_PERM), AT_FDCWD, path.encode()) < 0:
                os.close(self.fd)
                raise harness.Skip("fanotify cannot hold files here: " + os.strerror(ctypes.get_errno()))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        os.close(self.fd)


def define(host, connection, count):
    paths = []
    for i in range(count):
        paths.append(os.path.join(host.root, f"{i}.raw"))
        with open(paths[i], "wb") as file:
            file.truncate(SIZE)
        connection.defineXML(guest_xml(f"g{i}", f"<disk type='file'><driver name='qemu' type='raw'/><source file='{paths[i]}'/>"
                                                "<target dev='vda' bus='virtio'/></disk>"))
    return paths


def with_sizes(connection):
    """The guests whose image's size is told."""
    began = time.monotonic()
    stats = connection.getAllDomainStats(libvirt.VIR_DOMAIN_STATS_BLOCK)
    took = time.monotonic() - began
    assert took < SOON_S, f"bulk stats took {took:.2f} s"
    return {domain.name() for domain, numbers in stats if numbers.get("block.0.capacity") == SIZE}


def threads(daemon):
    return len(os.listdir(f"/proc/{daemon.pid}/task"))


def names(indices):
    return {f"g{i}" for i in indices}


def test_some_hang():
    guests.need_qemu()
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        connection = open_connection(daemon)
        paths = define(host, connection, 30)
        assert with_sizes(connection) == names(range(30))
        idle = threads(daemon)
        with Hang(paths[3:6]):
            for _ in range(5):
                assert with_sizes(connection) == names(range(30)) - names(range(3, 6))
            assert threads(daemon) <= idle + 4, "a thread for each image that hangs, and one for the others"
        guests.wait_until(lambda: with_sizes(connection) == names(range(30)), "images that answer again have sizes again")


def test_more_hang_than_there_are_threads():
    guests.need_qemu()
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        connection = open_connection(daemon)
        paths = define(host, connection, 30)
        idle = threads(daemon)
        answers = []
        with Hang(paths[:25]):
            # On a connection of its own: libvirt 9.0's library may lose the waking when two threads share one.
            asking = threading.Thread(target=lambda: answers.append(open_connection(daemon).lookupByName("g0").blockInfo("vda")))
            asking.start()
            for _ in range(5):
                with_sizes(connection)
            assert threads(daemon) <= idle + READERS_MAX + 1, threads(daemon)
            began = time.monotonic()
            connection.defineXML(guest_xml("another"))
            assert len(open_connection(daemon).listAllDomains()) == 31
            assert time.monotonic() - began < SOON_S, "nobody else waits"
            assert not answers
        asking.join()
        assert answers == [[SIZE, 0, SIZE]], answers
        guests.wait_until(lambda: with_sizes(connection) == names(range(30)), "images that answer again have sizes again")


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")])
