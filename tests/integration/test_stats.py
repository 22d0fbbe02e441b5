#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The numbers of guests: one by one, of many at once, and while a QEMU stands still."""

import os
import signal
import subprocess
import time

import guests
import harness
from guests import GuestHost, expect_error, guest_xml, libvirt, open_connection

SOON_S = 0.5


def disk_xml(host, name="disk.qcow2", size="64M"):
    path = os.path.join(host.root, name)
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", path, size], check=True)
    return (f"<disk type='file'><driver name='qemu' type='qcow2'/><source file='{path}'/><target dev='vda' bus='virtio'/></disk>"
            "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk><memballoon model='virtio'/>")


def stats_of(connection, name, groups=0, flags=0):
    return {domain.name(): numbers for domain, numbers in connection.getAllDomainStats(groups, flags)}[name]


def test_bulk_stats():
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        running = connection.createXML(guest_xml("running", disk_xml(host)))
        connection.defineXML(guest_xml("defined"))
        numbers = stats_of(connection, "running")
        assert numbers["state.state"] == libvirt.VIR_DOMAIN_RUNNING and numbers["cpu.time"] >= numbers["cpu.user"], numbers
        assert numbers["balloon.current"] == 32 * 1024 and numbers["balloon.rss"] > 1024, numbers
        assert numbers["vcpu.current"] == numbers["vcpu.maximum"] == 1 and numbers["vcpu.0.state"] == 1, numbers
        assert numbers["net.count"] == 0 and numbers["block.count"] == 2, numbers
        assert numbers["block.0.name"] == "vda" and numbers["block.0.path"].endswith("disk.qcow2"), numbers
        assert numbers["block.0.capacity"] == 64 << 20 and 0 < numbers["block.0.physical"] < 1 << 20, numbers
        assert "block.1.path" not in numbers and numbers["block.1.rd.reqs"] >= 0, numbers
        assert numbers["dirtyrate.calc_status"] == libvirt.VIR_DOMAIN_DIRTYRATE_UNSTARTED, numbers
        guests.wait_until(lambda: stats_of(connection, "running")["block.0.rd.bytes"] > 0, "the firmware reads the disk")
        idle = stats_of(connection, "defined")
        assert idle["state.state"] == libvirt.VIR_DOMAIN_SHUTOFF and idle["block.count"] == 0, idle
        assert stats_of(connection, "running", libvirt.VIR_DOMAIN_STATS_STATE).keys() == {"state.state", "state.reason"}
        active = libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE
        assert [domain.name() for domain, _ in connection.getAllDomainStats(0, active)] == ["running"]
        assert [domain.name() for domain, _ in connection.domainListGetStats([running])] == ["running"]
        expect_error(libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED, "0x40000000", connection.getAllDomainStats, 1 << 30,
                     libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS)
        running.destroy()


def test_backing_chain():
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        disk = disk_xml(host, "base.qcow2")
        top = os.path.join(host.root, "top.qcow2")
        base = os.path.join(host.root, "base.qcow2")
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-b", base, "-F", "qcow2", top], check=True)
        backing = f"<backingStore type='file'><format type='qcow2'/><source file='{base}'/><backingStore/></backingStore>"
        disk = disk.replace(f"<source file='{base}'/>", f"<source file='{top}'/>{backing}")
        connection.createXML(guest_xml("a", disk))
        flat = stats_of(connection, "a", libvirt.VIR_DOMAIN_STATS_BLOCK)
        whole = stats_of(connection, "a", libvirt.VIR_DOMAIN_STATS_BLOCK, libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING)
        assert flat["block.count"] == 2 and whole["block.count"] == 3, (flat, whole)
        assert [whole[f"block.{i}.name"] for i in range(3)] == ["vda", "vda", "sda"], whole
        assert whole["block.0.path"] == top and whole["block.1.path"] == base, whole


def timed(call, *arguments):
    began = time.monotonic()
    result = call(*arguments)
    took = time.monotonic() - began
    assert took < SOON_S, f"{call} took {took:.2f} s"
    return result


def test_stopped_qemu():
    """A QEMU that stands still costs nobody much; its guest's last numbers stand."""
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        stopped = connection.createXML(guest_xml("stopped", disk_xml(host)))
        other = connection.createXML(guest_xml("other", disk_xml(host, "other.qcow2")))
        guests.wait_until(lambda: stats_of(connection, "stopped")["block.0.rd.bytes"] > 0, "the firmware reads the disk")
        before = stats_of(connection, "stopped")
        os.kill(guests.qemu_pid(host, "stopped"), signal.SIGSTOP)
        for _ in range(3):
            after = timed(stats_of, connection, "stopped")
            assert after["block.0.rd.bytes"] >= before["block.0.rd.bytes"] and after["block.0.capacity"] == 64 << 20, after
            assert timed(stopped.blockStats, "vda")[1] >= before["block.0.rd.bytes"]
            assert timed(stopped.memoryStats)["actual"] == 32 * 1024
            assert timed(stopped.info)[0] == libvirt.VIR_DOMAIN_RUNNING
            assert "<name>stopped</name>" in timed(stopped.XMLDesc)
            assert len(timed(connection.listAllDomains)) == 2
            assert timed(other.blockStats, "vda")[1] >= 0
        began = time.monotonic()
        stopped.destroy()
        assert time.monotonic() - began < 2


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")])
