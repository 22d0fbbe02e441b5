# SPDX-License-Identifier: LGPL-2.1-or-later
"""Processors that come to a guest that runs, and go."""

import os
import threading
import time

import guests
import harness
from guests import GuestHost, expect_error, guest_xml, libvirt, open_connection, qemu_pid

KERNEL = os.path.join(harness.BUILD, "tests", "integration", "kernel.elf")
LIVE, CONFIG = libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG


def vcpus_xml(machine="q35", virt="qemu", extra=""):
    xml = guest_xml("a", "<serial type='pty'/>", os_extra=f"<kernel>{KERNEL}</kernel>", extra=extra)
    return xml.replace("<vcpu>1</vcpu>", "<vcpu current='2'>4</vcpu>").replace("q35", machine).replace("type='qemu'", f"type='{virt}'")


def counts(domain):
    return domain.vcpusFlags(LIVE), domain.vcpusFlags(CONFIG)


def threads(host):
    """The CPUs that each processor's thread may run on, by its number."""
    found = {}
    folder = f"/proc/{qemu_pid(host, 'a')}/task"
    for task in os.listdir(folder):
        try:
            with open(f"{folder}/{task}/comm", encoding="utf-8") as comm:
                words = comm.read().replace("/", " ").split()
            if words[0] == "CPU":
                found[int(words[1])] = os.sched_getaffinity(int(task))
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
    return found


class System:
    """What runs in the guest: kernel.S, by its serial port."""

    def __init__(self, connection, domain):
        self.stream = connection.newStream()
        domain.openConsole("serial0", self.stream)

    def knows_cpus(self):
        heard = b""
        while b"C" not in heard:
            self.stream.send(b"C")
            heard = self.stream.recv(64)

    def lets_go(self):
        self.stream.send(b"E")


def start(host, **more):
    daemon = host.start("virtqemud")
    connection = open_connection(daemon)
    domain = connection.defineXML(vcpus_xml(**more))
    domain.create()
    return daemon, connection, domain


def test_plug():
    guests.need_qemu()
    some = min(os.sched_getaffinity(0))
    with GuestHost() as host:
        daemon, connection, domain = start(
            host, extra=f"<cputune><vcpupin vcpu='2' cpuset='{some}'/></cputune>")
        domain.setVcpus(3)
        assert counts(domain) == (3, 2)
        assert "<vcpu placement='static' current='3'>4</vcpu>" in domain.XMLDesc()
        assert domain.info()[3] == 3 and len(domain.vcpus()[0]) == 3
        assert connection.getAllDomainStats(libvirt.VIR_DOMAIN_STATS_VCPU)[0][1]["vcpu.current"] == 3
        assert set(threads(host)) == {0, 1, 2} and threads(host)[2] == {some}
        connection.close()
        daemon.kill()
        daemon.start()
        connection = open_connection(daemon)
        domain = connection.lookupByName("a")
        assert counts(domain) == (3, 2)
        domain.setVcpusFlags(4, LIVE | CONFIG)
        assert counts(domain) == (4, 4) and set(threads(host)) == {0, 1, 2, 3}
        domain.setVcpusFlags(4, LIVE | libvirt.VIR_DOMAIN_VCPU_HOTPLUGGABLE)


def test_refusals():
    guests.need_qemu()
    with GuestHost() as host:
        _, _, domain = start(host)
        for number in (5, 5000):
            expect_error(libvirt.VIR_ERR_INVALID_ARG, f"live domain: {number} > 4", domain.setVcpus, number)
            expect_error(libvirt.VIR_ERR_INVALID_ARG, f"persistent domain: {number} > 4", domain.setVcpusFlags, number,
                         CONFIG)
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "hotpluggable vcpus", domain.setVcpus, 1)
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "which vcpus are hotpluggable", domain.setVcpusFlags, 3,
                     CONFIG | libvirt.VIR_DOMAIN_VCPU_HOTPLUGGABLE)
        expect_error(libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED, "agent", domain.setVcpusFlags, 2,
                     libvirt.VIR_DOMAIN_VCPU_GUEST)
        expect_error(libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED, "agent", domain.vcpusFlags, libvirt.VIR_DOMAIN_VCPU_GUEST)
        assert counts(domain) == (2, 2)
        # A system that does not know how: QEMU says so, and neither what runs nor the definition is another.
        domain.setVcpus(3)
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "device_del", domain.setVcpusFlags, 2, LIVE | CONFIG)
        assert counts(domain) == (3, 2)
        domain.destroy()
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "not running", domain.setVcpus, 2)
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, "not running", domain.setVcpusFlags, 2,
                     libvirt.VIR_DOMAIN_VCPU_GUEST)


def need_kvm():
    """QEMU 7.2 hangs when an emulated processor goes."""
    guests.need_kvm()


def wait_for(host, domain, numbers):
    """A thread ends some time after QEMU says that its processor is gone."""
    deadline = time.monotonic() + 10
    while (counts(domain)[0], set(threads(host))) != (len(numbers), numbers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert counts(domain)[0] == len(numbers) and set(threads(host)) == numbers, (counts(domain), threads(host))


def leaves(machine):
    need_kvm()
    with GuestHost() as host:
        daemon, connection, domain = start(host, machine=machine, virt="kvm")
        system = System(connection, domain)
        system.knows_cpus()
        domain.setVcpus(4)
        # A guest that takes its time: the call fails, and what it lets go later is gone.
        expect_error(libvirt.VIR_ERR_OPERATION_TIMEOUT, "timed out", domain.setVcpus, 3)
        assert counts(domain)[0] == 4
        system.lets_go()
        wait_for(host, domain, {0, 1, 2})
        # One that lets go at once.
        ended = threading.Event()

        def let_go():
            while not ended.wait(0.1):
                system.lets_go()

        helper = threading.Thread(target=let_go)
        helper.start()
        try:
            domain.setVcpus(2)
        finally:
            ended.set()
            helper.join()
        assert counts(domain)[0] == 2
        wait_for(host, domain, {0, 1})
        domain.setVcpus(4)
        connection.close()
        daemon.kill()
        daemon.start()
        assert counts(open_connection(daemon).lookupByName("a"))[0] == 4


def start_and_lose_one(host):
    """A processor that was told to go stays until the guest lets it; more have come then."""
    need_kvm()
    daemon, connection, domain = start(host, virt="kvm")
    system = System(connection, domain)
    system.knows_cpus()
    domain.setVcpus(3)
    expect_error(libvirt.VIR_ERR_OPERATION_TIMEOUT, "timed out", domain.setVcpus, 2)
    domain.setVcpus(4)
    system.lets_go()
    wait_for(host, domain, {0, 1, 3})
    return daemon, connection, domain, system


def test_one_that_goes_after_another_came():
    with GuestHost() as host:
        _, _, domain, system = start_and_lose_one(host)
        # The place in between is filled first, and the last one goes first.
        domain.setVcpus(4)
        wait_for(host, domain, {0, 1, 2, 3})
        expect_error(libvirt.VIR_ERR_OPERATION_TIMEOUT, "timed out", domain.setVcpus, 3)
        system.lets_go()
        wait_for(host, domain, {0, 1, 2})


def test_one_that_goes_from_the_middle():
    with GuestHost() as host:
        daemon, connection, _, _ = start_and_lose_one(host)
        connection.close()
        daemon.kill()
        daemon.start()
        connection = open_connection(daemon)
        domain = connection.lookupByName("a")
        system = System(connection, domain)
        assert counts(domain)[0] == 3
        expect_error(libvirt.VIR_ERR_OPERATION_TIMEOUT, "timed out", domain.setVcpus, 2)
        system.lets_go()
        wait_for(host, domain, {0, 1})


def test_guest_ends_meanwhile():
    """Whoever waits for its processor to go waits no longer, and is not told that it may go yet."""
    need_kvm()
    with GuestHost() as host:
        daemon, connection, domain = start(host, virt="kvm")
        System(connection, domain).knows_cpus()
        domain.setVcpus(3)
        end = threading.Timer(0.3, lambda: open_connection(daemon).lookupByName("a").destroy())
        end.start()
        begun = time.monotonic()
        expect_error(libvirt.VIR_ERR_OPERATION_FAILED, "no longer running", domain.setVcpus, 2)
        assert time.monotonic() - begun < 2
        end.join()
        assert not domain.isActive() and domain.vcpusFlags(CONFIG) == 2


def test_unplug_on_q35():
    leaves("q35")


def test_unplug_on_pc():
    leaves("pc")


if __name__ == "__main__":
    harness.main([test_plug, test_refusals, test_unplug_on_q35, test_unplug_on_pc, test_one_that_goes_after_another_came,
                  test_one_that_goes_from_the_middle, test_guest_ends_meanwhile])
