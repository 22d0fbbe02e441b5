#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Our own libraries against our own daemons."""

import os
import sys

import harness

HERE = os.path.dirname(os.path.abspath(__file__))


def tour(host, script, uri, *steps):
    """Runs one of the tours in the host's environment; its failing lines are the error."""
    env = {**host.env, "MODVIRT_BUILD": os.path.abspath(harness.BUILD)}
    host.env = env
    result = host.run(sys.executable, os.path.join(HERE, script), uri, *steps, check=False, timeout=110)
    if "No module named 'libvirt'" in result.stderr:
        raise harness.Skip("python3-libvirt is not installed")
    assert result.returncode == 0 and "ok 1" in result.stdout, result.stdout + result.stderr


def test_network_daemon():
    with harness.Host() as host:
        daemon = host.start("virtnetworkd")
        tour(host, "client_tour.py", daemon.uri(), "connection", "read_only", "network", "threads", "keepalive")


def test_qemu_daemon():
    harness.need("qemu-system-x86_64")
    with harness.Host() as host:
        daemon = host.start("virtqemud")
        tour(host, "client_tour.py", daemon.uri())


def test_admin():
    with harness.Host() as host:
        daemon = host.start("virttestd")
        tour(host, "admin_tour.py", daemon.admin_uri())


def test_daemon_dies():
    """Whoever waits hears of it, and at once."""
    script = """
import libvirt, os, signal, sys, threading, time
libvirt.registerErrorHandler(lambda c, e: None, None)
libvirt.virEventRegisterDefaultImpl()
def loop():
    while True: libvirt.virEventRunDefaultImpl()
threading.Thread(target=loop, daemon=True).start()
conn = libvirt.open(sys.argv[1])
closed = threading.Event()
conn.registerCloseCallback(lambda c, reason, o: closed.set(), None)
os.kill(int(sys.argv[2]), signal.SIGKILL)
assert closed.wait(5), 'no close callback'
assert conn.isAlive() == 0
try:
    conn.getLibVersion()
except libvirt.libvirtError as error:
    assert error.get_error_message() == 'internal error: client socket is closed', error
print('heard')
"""
    with harness.Host() as host:
        daemon = host.start("virttestd")
        host.env["LD_LIBRARY_PATH"] = os.path.dirname(harness.OUR_LIBRARY)
        result = host.run(sys.executable, "-c", script, daemon.uri(), str(daemon.pid), check=False)
        if "No module named 'libvirt'" in result.stderr:
            raise harness.Skip("python3-libvirt is not installed")
        assert result.stdout.strip() == "heard", result.stdout + result.stderr
        daemon.kill()  # the script has done so already; nobody is to wonder at its status


def prepare():
    harness.need_plain(harness.OUR_LIBRARY)


if __name__ == "__main__":
    harness.main([test_network_daemon, test_qemu_daemon, test_admin, test_daemon_dies], prepare)
