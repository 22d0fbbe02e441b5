# SPDX-License-Identifier: LGPL-2.1-or-later
"""The same tour in all four pairings: our library and the stock one, each against our daemons and against the stock one."""

import os
import sys

import harness
import namespace
from peer import Peer

HERE = os.path.dirname(os.path.abspath(__file__))


def our_daemons(host):
    for name in ("virtnetworkd", "virtstoraged", "virtqemud", "virtproxyd"):
        host.start(name)
    return host.daemons["virtproxyd"]


def stock_daemon(host):
    host.daemons["libvirtd"] = Peer(host)
    return host.daemons["libvirtd"].start()


def pairing(library, start_daemons):
    if library == "ours":
        harness.need_plain(harness.OUR_LIBRARY)
    with harness.Host() as host:
        daemon = start_daemons(host)
        host.env.pop("MODVIRT_BUILD", None)  # it would make the tour take our library
        if library == "ours":
            host.env["LD_LIBRARY_PATH"] = os.path.dirname(harness.OUR_LIBRARY)
        result = host.run(sys.executable, os.path.join(HERE, "client_tour.py"), daemon.uri(), check=False, timeout=110)
        if "No module named 'libvirt'" in result.stderr:
            raise harness.Skip("python3-libvirt is not installed")
        assert result.returncode == 0 and "ok 1" in result.stdout, result.stdout + result.stderr
        assert (os.path.dirname(harness.OUR_LIBRARY) in result.stdout.splitlines()[0]) == (library == "ours"), result.stdout


def test_ours_with_ours():
    pairing("ours", our_daemons)


def test_ours_with_stock_daemon():
    pairing("ours", stock_daemon)


def test_stock_library_with_ours():
    pairing("stock", our_daemons)


def test_stock_with_stock():
    """Shows that the tour asks for nothing that libvirt does not have."""
    pairing("stock", stock_daemon)


def prepare():
    namespace.leave_root()
    harness.need("qemu-system-x86_64")


if __name__ == "__main__":
    harness.main([function for name, function in list(globals().items()) if name.startswith("test_")], prepare)
