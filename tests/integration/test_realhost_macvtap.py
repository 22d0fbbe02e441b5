# SPDX-License-Identifier: LGPL-2.1-or-later
"""On a host whose kernel has macvtap: all that test_macvtap.py asks for, and screens that listen on such networks."""

import subprocess
import sys

import harness
import realhost
import test_macvtap
import test_virtual_ports
from guests import expect_error, guest_xml, libvirt, wait_until
from namespace import ip, wait_for
from netclient import Machine
from test_macvtap import pairs, pool
from test_ports import Hosts, card
from test_screens import shown_addresses

LISTEN = ("<graphics type='vnc' port='5999'><listen type='network' network='{mode}'/></graphics>"
          "<video><model type='vga'/></video>")


ASK = "import socket; print(socket.create_connection(('{address}', 5999), 2).recv(12))"


def greeting(viewer, address):
    """What a viewer hears at the screen of address; without a machine it is one on the host."""
    command = [sys.executable, "-c", ASK.format(address=address)]
    if viewer:
        return viewer.run(*command, check=False).stdout
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def follow(host, mode, viewer):
    """A screen on the device's address, also after that has changed; with none the guest does not start."""
    document = guest_xml("a", card(mode) + LISTEN.format(mode=mode))
    expect_error(libvirt.VIR_ERR_XML_ERROR, f"network '{mode}' has no address", host.guests().createXML, document)
    ip("address", "add", "10.93.1.1/24", "dev", "mv0")
    domain = host.guests().createXML(document)
    assert shown_addresses(domain) == [["10.93.1.1"]], shown_addresses(domain)
    assert "RFB" in greeting(viewer, "10.93.1.1"), mode
    ip("address", "add", "10.93.1.2/25", "dev", "mv0")  # of another prefix: it does not go with the first
    ip("address", "del", "10.93.1.1/24", "dev", "mv0")
    wait_for("the screen at another address", lambda: shown_addresses(domain) not in ([["10.93.1.1"]], [[None]]))
    address = shown_addresses(domain)[0][0]
    assert "RFB" in greeting(viewer, address), (mode, address)
    domain.destroy()
    wait_until(lambda: test_macvtap.macvtaps() == [], "the device is given up")


def test_screens():
    """Beside a guest's card on the device, seen from the other end of the wire."""
    for mode in ("bridge", "private", "vepa", "passthrough"):
        pairs("mv0")
        with Hosts() as host, Machine("viewer") as viewer:
            ip("link", "set", "xmv0", "netns", viewer.namespace)
            viewer.ip("address", "add", "10.93.1.9/24", "dev", "xmv0")
            viewer.ip("link", "set", "xmv0", "up")
            # No addresses but the test's.
            ip("link", "set", "mv0", "addrgenmode", "none")
            ip("-6", "address", "flush", "dev", "mv0")
            pool(host, mode, "mv0")
            # What comes in by a device that is passed through is all the guest's: only the host itself sees the screen.
            follow(host, mode, viewer if mode != "passthrough" else None)


def prepare():
    realhost.enter()
    test_macvtap.prepare()


if __name__ == "__main__":
    tests = [value for module in (test_macvtap, test_virtual_ports) for name, value in list(vars(module).items())
             if name.startswith("test_") and callable(value)]
    harness.main(tests + [test_screens], prepare)
