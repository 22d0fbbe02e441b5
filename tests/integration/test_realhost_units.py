# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daemons as systemd's units: started by who connects, ended when idle, confined, and outlived by what they run."""

import os
import re
import subprocess
import time

import harness
import realhost
from guests import guest_xml, libvirt
from namespace import links, wait_for
from netclient import Machine

NET = """<network><name>units</name><forward mode='nat'/><bridge name='units0' stp='off' delay='0'/>
<ip address='10.92.1.1' prefix='24'><dhcp><range start='10.92.1.10' end='10.92.1.19'/></dhcp></ip></network>"""
CARD = "<interface type='network'><source network='units'/><model type='virtio'/></interface>"
DAEMONS = {"virtnetworkd": "network:///system", "virtqemud": "qemu:///system", "virtstoraged": "storage:///system"}

# What systemd-analyze security may give at most: 0 is sealed off, 10 is wide open.
EXPOSURE = {"virtnetworkd": 3.0, "virtproxyd": 1.2, "virtstoraged": 2.8, "virtqemud": 6.0}


def systemctl(*words, check=True):
    return subprocess.run(["systemctl", *words], capture_output=True, text=True, check=check).stdout.strip()


def show(unit, key):
    return systemctl("show", "--value", "-p", key, unit)


def is_active(unit):
    return systemctl("is-active", unit, check=False) == "active"


def test_started_by_who_connects():
    for daemon, uri in DAEMONS.items():
        systemctl("start", f"{daemon}.socket")
        systemctl("stop", daemon)
        systemctl("start", f"{daemon}.socket")
        assert not is_active(daemon)
        connection = libvirt.open(uri)
        assert connection.getURI() == uri and is_active(daemon), daemon
        assert "ready" not in show(daemon, "StatusText") or show(daemon, "NotifyAccess") == "main"
        connection.close()
        assert "error" not in subprocess.run(["journalctl", "-u", daemon, "-p", "err", "-o", "cat"], capture_output=True,
                                             text=True, check=True).stdout.lower(), daemon


def test_proxy():
    """libvirt's old socket, through which each daemon is started."""
    for daemon in DAEMONS:
        systemctl("stop", daemon, check=False)
        systemctl("start", f"{daemon}.socket")
    systemctl("start", "virtproxyd.socket")
    connection = libvirt.open("qemu+unix:///system?socket=/run/libvirt/libvirt-sock")
    assert connection.listAllDomains() == [] and connection.listAllNetworks() == [] and connection.listAllStoragePools() == []
    assert all(is_active(daemon) for daemon in [*DAEMONS, "virtproxyd"])


def test_ended_when_idle():
    """A daemon without clients ends by itself, and what it runs goes on; the next client starts it again."""
    os.makedirs("/etc/default", exist_ok=True)
    with open("/etc/default/virtnetworkd", "w", encoding="ascii") as file:
        file.write('VIRTNETWORKD_ARGS="--timeout 2"\n')
    try:
        systemctl("restart", "virtnetworkd")
        connection = libvirt.open(DAEMONS["virtnetworkd"])
        connection.networkDefineXML(NET)
        connection.close()
        wait_for("the idle daemon's end", lambda: not is_active("virtnetworkd"), 30)
        assert show("virtnetworkd", "Result") == "success" and is_active("virtnetworkd.socket")
        libvirt.open(DAEMONS["virtnetworkd"]).networkLookupByName("units").undefine()
    finally:
        os.unlink("/etc/default/virtnetworkd")
        systemctl("restart", "virtnetworkd")


def test_what_runs_goes_on():
    """Killed, restarted, stopped: a network's bridge and dnsmasq and a guest's QEMU stay, and the next daemon has them."""
    systemctl("start", "virtnetworkd.socket", "virtqemud.socket")
    libvirt.open(DAEMONS["virtnetworkd"]).networkCreateXML(NET)
    domain = libvirt.open(DAEMONS["virtqemud"]).createXML(guest_xml("g", CARD))
    guest = domain.UUIDString()
    with Machine("one", "units0") as one:
        address = one.dhcp()["address"]
        for change in ("kill", "restart", "stop"):
            for daemon in ("virtnetworkd", "virtqemud"):
                before = show(daemon, "MainPID")
                systemctl(change, daemon, *(["--signal=KILL", "--kill-whom=main"] if change == "kill" else []))
                wait_for(f"another {daemon}", lambda d=daemon, b=before: show(d, "MainPID") != b, 30)
            assert one.ping("10.92.1.1") and one.dhcp()["address"] == address, change
            network = libvirt.open(DAEMONS["virtnetworkd"]).networkLookupByName("units")
            domain = libvirt.open(DAEMONS["virtqemud"]).lookupByUUIDString(guest)
            assert network.isActive() and domain.isActive(), change
            assert [port.UUIDString() for port in network.listAllPorts()] == re.findall("portid='([^']+)", domain.XMLDesc()), change
    domain.destroy()
    network.destroy()
    assert "units0" not in links()


def test_exposure():
    """What systemd finds left open, in its own measure."""
    found = {}
    for daemon in EXPOSURE:
        out = subprocess.run(["systemd-analyze", "security", "--no-pager", f"{daemon}.service"], capture_output=True, text=True,
                             check=False).stdout
        found[daemon] = float(re.search(r"exposure level for \S+: ([\d.]+)", out)[1])
    print("# exposure: " + ", ".join(f"{daemon} {value}" for daemon, value in found.items()))
    assert all(found[daemon] <= most for daemon, most in EXPOSURE.items()), found


def test_capabilities():
    """virtnetworkd may do five things, virtproxyd none."""
    for daemon, n in (("virtnetworkd", 5), ("virtproxyd", 0)):
        systemctl("start", daemon)
        with open(f"/proc/{show(daemon, 'MainPID')}/status", encoding="ascii") as file:
            status = file.read()
        sets = {name: bin(int(value, 16)).count("1") for name, value in re.findall(r"Cap(Eff|Prm|Bnd):\s*(\w+)", status)}
        assert set(sets.values()) == {n}, (daemon, sets)
        assert "NoNewPrivs:\t1" in status and "Seccomp:\t2" in status, daemon


def test_stop_all():
    for unit in [*DAEMONS, "virtproxyd"]:
        systemctl("stop", *(f"{unit}{kind}" for kind in (".socket", "-ro.socket", "-admin.socket", ".service")))
    time.sleep(0.5)
    assert systemctl("list-units", "--state=failed", "--plain", "--no-legend", "virt*") == ""


def prepare():
    realhost.enter(installed=True)
    harness.need("systemctl", "systemd-analyze", "dnsmasq", "busybox")
    # Others' rules are test_realhost_firewall's.
    systemctl("stop", "firewalld", "docker.socket", "docker", check=False)
    subprocess.run(["nft", "flush", "ruleset"], check=True)
    libvirt.registerErrorHandler(lambda *_: None, None)


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")], prepare)
