#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The numbers of guests: one by one, of many at once, and while a QEMU stands still."""

import os
import signal
import subprocess
import time
import xml.etree.ElementTree as ElementTree

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


def test_what_kvm_counts():
    guests.need_kvm()
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        connection = open_connection(daemon)
        connection.createXML(guest_xml("counted").replace("type='qemu'", "type='kvm'").replace("<vcpu>1", "<vcpu>2"))
        connection.createXML(guest_xml("emulated"))
        vm = libvirt.VIR_DOMAIN_STATS_VM
        numbers = stats_of(connection, "counted", vm)
        kinds = {name.split(".")[-1] for name in numbers}
        assert "vm.remote_tlb_flush.sum" in numbers and kinds == {"sum", "cur", "max"}, numbers
        assert all(name.startswith("vm.") and isinstance(value, int) for name, value in numbers.items()), numbers
        assert stats_of(connection, "emulated", vm, libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS) == {}
        numbers = stats_of(connection, "counted")
        assert numbers["vcpu.0.exits.sum"] > 0 and "vcpu.1.exits.sum" in numbers, numbers
        assert numbers["vcpu.1.guest_mode.cur"] is False, numbers
        assert "vcpu.2.exits.sum" not in numbers
        assert not any(name.startswith("vm.") or name.endswith(".sum") for name in stats_of(connection, "emulated"))
        # A daemon that comes to a guest that runs learns them, too.
        connection.close()
        daemon.kill()
        daemon.start()
        connection = open_connection(daemon)
        assert stats_of(connection, "counted", libvirt.VIR_DOMAIN_STATS_VCPU)["vcpu.0.exits.sum"] > 0
        for domain in connection.listAllDomains():
            domain.destroy()


def test_dirty_rate_measured_by_others():
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        guest = connection.createXML(guest_xml("measured"))

        def rate():
            return stats_of(connection, "measured", libvirt.VIR_DOMAIN_STATS_DIRTYRATE)
        # What stands is not asked for again; a command that is passed through may have changed it.
        for _ in range(2):
            assert rate()["dirtyrate.calc_status"] == libvirt.VIR_DOMAIN_DIRTYRATE_UNSTARTED
        guests.ask_qemu(guest, "calc-dirty-rate", **{"calc-time": 1})
        # A QEMU that is slow to answer leaves what it said before.
        guests.wait_until(lambda: rate()["dirtyrate.calc_status"] != libvirt.VIR_DOMAIN_DIRTYRATE_UNSTARTED, "a rate is measured")
        guests.wait_until(lambda: rate()["dirtyrate.calc_status"] == libvirt.VIR_DOMAIN_DIRTYRATE_MEASURED, "the rate is measured")
        assert rate()["dirtyrate.calc_period"] == 1 and "dirtyrate.megabytes_per_second" in rate(), rate()
        guest.destroy()


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


def test_idle_images():
    """No QEMU has them open; one that cannot be read has no sizes."""
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        connection.defineXML(guest_xml("idle", disk_xml(host)))
        path = os.path.join(host.root, "disk.qcow2")
        info = os.stat(path)
        numbers = stats_of(connection, "idle", libvirt.VIR_DOMAIN_STATS_BLOCK)
        sizes = [numbers[f"block.0.{name}"] for name in ("capacity", "physical", "allocation")]
        assert sizes == [64 << 20, info.st_size, info.st_blocks * 512] and "block.0.rd.reqs" not in numbers, numbers
        assert "block.1.capacity" not in numbers, numbers
        os.unlink(path)
        numbers = stats_of(connection, "idle", libvirt.VIR_DOMAIN_STATS_BLOCK)
        assert numbers["block.count"] == 2 and "block.0.capacity" not in numbers, numbers


def test_block_info():
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        domain = connection.defineXML(guest_xml("a", disk_xml(host)))
        path = os.path.join(host.root, "disk.qcow2")
        for running in (False, True):
            if running:
                domain.create()
            info = os.stat(path)
            for name in ("vda", path):
                capacity, allocation, physical = domain.blockInfo(name)
                assert (capacity, physical) == (64 << 20, info.st_size) and allocation == info.st_blocks * 512
        expect_error(libvirt.VIR_ERR_INVALID_ARG, "source assigned", domain.blockInfo, "sda")
        expect_error(libvirt.VIR_ERR_INVALID_ARG, "vdz", domain.blockInfo, "vdz")
        assert domain.diskErrors() == {}
        domain.destroy()
        with open(path, "r+b") as file:
            file.write(b"????")
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "no qcow2 header", domain.blockInfo, "vda")
        os.unlink(path)
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "cannot open", domain.blockInfo, "vda")


def test_memory_and_processors_are_changed():
    guests.need_qemu()
    live, config = libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        connection = open_connection(daemon)
        domain = connection.defineXML(guest_xml("a", "<memballoon model='virtio'><stats period='7'/></memballoon>"))
        domain.setMemoryFlags(16 * 1024, config)
        domain.setMaxMemory(64 * 1024)
        domain.setVcpusFlags(4, config | libvirt.VIR_DOMAIN_VCPU_MAXIMUM)
        domain.setVcpusFlags(2, config)
        assert domain.info()[1:4] == [64 * 1024, 16 * 1024, 2]
        expect_error(libvirt.VIR_ERR_INVALID_ARG, "higher than max", domain.setMemoryFlags, 65 * 1024, config)
        expect_error(libvirt.VIR_ERR_INVALID_ARG, "5 > 4", domain.setVcpusFlags, 5, config)
        connection.close()
        daemon.kill()
        daemon.start()
        connection = open_connection(daemon)
        domain = connection.lookupByName("a")
        assert domain.info()[1:4] == [64 * 1024, 16 * 1024, 2], "it is on disk"
        domain.create()
        assert domain.info()[1:3] == [64 * 1024, 64 * 1024], "nobody in the guest has given anything back yet"
        assert domain.memoryStats()["actual"] == 64 * 1024
        alias = ElementTree.fromstring(domain.XMLDesc()).find("devices/memballoon/alias").get("name")

        def period():
            return guests.ask_qemu(domain, "qom-get", path=f"/machine/peripheral/{alias}",
                                   property="guest-stats-polling-interval")

        assert period() == 7
        domain.setMemoryStatsPeriod(3, live)
        assert period() == 3
        assert "<stats period='3'/>" in domain.XMLDesc()
        assert "<stats period='7'/>" in domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
        domain.setMemory(20 * 1024)
        expect_error(libvirt.VIR_ERR_INVALID_ARG, "higher than max", domain.setMemory, 65 * 1024)
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "maximum memory on an active", domain.setMemoryFlags, 1024,
                     live | libvirt.VIR_DOMAIN_MEM_MAXIMUM)
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "hotpluggable vcpus", domain.setVcpus, 1)


def test_small_questions():
    """What programs ask of every guest and host, answered from what there is."""
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        domain = connection.createXML(guest_xml("a"))
        cpus = os.sched_getaffinity(0)
        expect_error(libvirt.VIR_ERR_INVALID_ARG, "cpuNum", connection.getCPUStats, 4000)
        expect_error(libvirt.VIR_ERR_INVALID_ARG, "cell 4000", connection.getMemoryStats, 4000)
        assert domain.jobInfo()[0] == libvirt.VIR_DOMAIN_JOB_NONE
        assert domain.jobStats()["type"] == libvirt.VIR_DOMAIN_JOB_NONE
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "no job", domain.abortJob)
        assert {i for i, on in enumerate(domain.vcpuPinInfo()[0]) if on} == cpus
        assert {i for i, on in enumerate(domain.emulatorPinInfo()) if on} == cpus
        assert domain.ioThreadInfo() == []
        assert connection.getSecurityModel() == ["none", "0"]
        assert domain.securityLabel() == ["", False]
        page_kib = os.sysconf("SC_PAGESIZE") // 1024
        assert connection.getFreePages([page_kib], 0, 1)[0][page_kib] > 0
        assert connection.getCellsFreeMemory(0, 1)[0] > 0
        expect_error(libvirt.VIR_ERR_OPERATION_FAILED, "page size 5", connection.getFreePages, [5], 0, 1)
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "out of range", connection.getCellsFreeMemory, 4000, 1)
        assert "qemu64" in connection.getCPUModelNames("x86_64")


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")])
