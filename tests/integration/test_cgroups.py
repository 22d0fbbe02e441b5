#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Control groups of the system's guests, of either version, on the kernel's own; and hosts that have none."""

import os
import re
import shutil
import subprocess

import guests
import harness
import namespace
from guests import guest_xml, libvirt, wait_until
from namespace import expect as expect_error
from test_owner import System

LIVE, CONFIG = 1, 2
# The guest's own group, not the daemon's: the daemon makes it, or systemd has made that of a machine around it.
OURS = re.compile(r"\.libvirt-qemu$|\.scope/libvirt$")
TUNED = ("<memtune><hard_limit unit='MiB'>300</hard_limit></memtune><cputune><shares>512</shares><period>100000</period>"
         "<quota>50000</quota><global_period>100000</global_period><global_quota>150000</global_quota>"
         "<emulator_period>50000</emulator_period><emulator_quota>20000</emulator_quota></cputune>")


class Group:
    """What the kernel says of a guest's group: its directory by controller."""

    def __init__(self, pid):
        self.dirs = {}
        with open(f"/proc/{pid}/cgroup", encoding="ascii") as file:
            for line in file:
                _, controllers, path = line.rstrip("\n").split(":", 2)
                path = path.removesuffix("/emulator")
                for name in controllers.split(",") if controllers else ("cpu", "memory", "blkio", "v2"):
                    mount = mounts().get(name)
                    if mount and (controllers or name not in self.dirs):
                        self.dirs[name] = mount + path

    def read(self, controller, *files):
        """The first of the files that there is: it depends on the version."""
        for file in files:
            path = os.path.join(self.dirs[controller], file)
            if os.path.exists(path):
                with open(path, encoding="ascii") as text:
                    return text.read().strip()
        raise AssertionError(f"none of {files} in {self.dirs[controller]}")

    def is_gone(self):
        return not any(os.path.exists(path) for path in self.dirs.values() if OURS.search(path))


def mounts():
    found = {}
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        for line in file:
            fields, kind = line.split(" - ")
            mount, (kind, _, options) = fields.split()[4], kind.split()
            for name in options.split(",") if kind == "cgroup" else ():
                if name in ("cpu", "cpuacct", "memory", "blkio"):
                    found[name] = mount
            if kind == "cgroup2":
                with open(os.path.join(mount, "cgroup.controllers"), encoding="ascii") as text:
                    names = text.read().split()
                for name in ("cpu", "memory", "blkio"):
                    if ("io" if name == "blkio" else name) in names:
                        found.setdefault(name, mount)
    return found


def need(*controllers):
    missing = [name for name in controllers if name not in mounts()]
    if missing:
        raise harness.Skip(f"no control groups of {', '.join(missing)}")
    for name in controllers:
        path = os.path.join(mounts()[name], f"modvirt-test-{os.getpid()}")
        try:
            os.mkdir(path)
            os.rmdir(path)
        except OSError as error:
            raise harness.Skip(f"no control groups can be made: {error}") from error


def start(connection, name, extra=TUNED):
    domain = connection.defineXML(guest_xml(name, extra=extra))
    domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
    return domain


def quota(group, where=""):
    text = group.read("cpu", where + "cpu.max", where + "cpu.cfs_quota_us")
    return text.split()[0]


def test_start():
    need("cpu", "memory")
    with System() as host:
        connection = host.open()
        domain = start(connection, "cgroup-start")
        group = Group(host.pid("cgroup-start"))
        assert group.read("cpu", "cpu.shares", "cpu.weight") == "512"
        assert (quota(group), quota(group, "vcpu0/"), quota(group, "emulator/")) == ("150000", "50000", "20000")
        assert group.read("memory", "memory.limit_in_bytes", "memory.max") == str(300 << 20)
        threads = group.read("cpu", "vcpu0/tasks", "vcpu0/cgroup.threads").split()
        assert len(threads) == 1 and open(f"/proc/{threads[0]}/comm", encoding="ascii").read().startswith("CPU 0/")
        assert "<partition>/machine</partition>" in domain.XMLDesc()
        assert "<resource>" not in domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
        domain.destroy()
        wait_until(group.is_gone, "the group goes with the guest")
        assert group.dirs and domain.schedulerParameters()["global_quota"] == 150000


def test_changes():
    need("cpu", "memory")
    with System() as host:
        guests.Events.start_loop()
        connection = host.open()
        told = []
        connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_TUNABLE,
                                          lambda _conn, _domain, params, _data: told.append(params), None)
        domain = start(connection, "cgroup-change")
        group = Group(host.pid("cgroup-change"))
        assert domain.schedulerType() [0] == "posix"
        assert domain.schedulerParameters()["cpu_shares"] == 512
        for flag in (LIVE, CONFIG):
            domain.setSchedulerParametersFlags({"vcpu_quota": 30000, "cpu_shares": 700}, flag)
        assert group.read("cpu", "cpu.shares", "cpu.weight") == "700" and quota(group, "vcpu0/") == "30000"
        wait_until(lambda: told, "the change is told")
        assert told == [{"cputune.vcpu_quota": 30000, "cputune.cpu_shares": 700}], told
        domain.setSchedulerParametersFlags({"vcpu_quota": -1}, LIVE)
        assert quota(group, "vcpu0/") in ("-1", "max")
        assert domain.schedulerParametersFlags(LIVE)["vcpu_quota"] == -1
        assert domain.schedulerParametersFlags(CONFIG)["vcpu_quota"] == 30000
        domain.setMemoryParameters({"hard_limit": 400 << 10, "soft_limit": 200 << 10}, LIVE)
        assert group.read("memory", "memory.limit_in_bytes", "memory.max") == str(400 << 20)
        assert domain.memoryParameters(LIVE)["soft_limit"] == 200 << 10
        unlimited = (1 << 53) - 1
        domain.setMemoryParameters({"hard_limit": unlimited}, LIVE)
        assert domain.memoryParameters(LIVE)["hard_limit"] == unlimited
        assert domain.memoryParameters(CONFIG)["hard_limit"] == 300 << 10
        assert "<shares>700</shares>" in domain.XMLDesc() and "<quota>-1</quota>" in domain.XMLDesc()
        assert domain.getCPUStats(True)[0]["cpu_time"] > 0
        domain.destroy()


def machines():
    out = subprocess.run(["machinectl", "list", "--no-legend", "--no-pager"], capture_output=True, text=True, check=True)
    return [line.split()[0] for line in out.stdout.splitlines() if line.strip()]


def test_machine():
    """Where systemd has machines, guests are such, in a group inside the machine's scope."""
    need("cpu", "memory")
    if not shutil.which("machinectl") or not os.path.isdir("/run/systemd/system"):
        raise harness.Skip("there is no systemd with machines")
    if "cgroup.controllers" not in os.listdir(mounts()["cpu"]):
        raise harness.Skip("control groups are of version 1")
    with System() as host:
        connection = host.open()
        domain = start(connection, "cgroup-machine")
        group, name = Group(host.pid("cgroup-machine")), f"qemu-{domain.ID()}-cgroup-machine"
        assert name in machines(), machines()
        assert re.search(r"/machine\.slice/machine-[^/]+\.scope/libvirt$", group.dirs["cpu"]), group.dirs
        domain.destroy()
        wait_until(group.is_gone, "the group goes with the guest")
        wait_until(lambda: name not in machines(), "the machine goes with the guest")


def test_wrong_values():
    with System() as host:
        connection = host.open()
        domain = connection.defineXML(guest_xml("cgroup-wrong", extra=TUNED))
        for call in (lambda: domain.setSchedulerParametersFlags({"vcpu_quota": 0}, CONFIG),
                     lambda: domain.setSchedulerParametersFlags({"global_period": 5}, CONFIG),
                     lambda: domain.setMemoryParameters({"hard_limit": 0}, CONFIG),
                     lambda: domain.setMemoryParameters({"hard_limit": 300 << 10, "swap_hard_limit": 200 << 10}, CONFIG),
                     lambda: domain.setBlkioParameters({"device_weight": "/dev/x"}, CONFIG),
                     lambda: domain.setBlkioParameters({"device_read_bytes_sec": "/dev/x,lots"}, CONFIG)):
            expect_error(libvirt.VIR_ERR_INVALID_ARG, call)
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, lambda: domain.setMemoryParameters({"hard_limit": 9}, LIVE))
        assert domain.schedulerParameters()["vcpu_quota"] == 50000
        domain.setBlkioParameters({"device_weight": "/dev/x,200,/dev/y,300", "weight": 500}, CONFIG)
        domain.setBlkioParameters({"device_weight": "/dev/x,0", "device_read_iops_sec": "/dev/y,7"}, CONFIG)
        shown = domain.blkioParameters(CONFIG)
        assert (shown["weight"], shown["device_weight"], shown["device_read_iops_sec"]) == (500, "/dev/y,300", "/dev/y,7")
        for text, code in (("<memtune><min_guarantee>5</min_guarantee></memtune>", libvirt.VIR_ERR_CONFIG_UNSUPPORTED),
                           ("<cputune><period>1</period></cputune>", libvirt.VIR_ERR_CONFIG_UNSUPPORTED),
                           ("<blkiotune><device><weight>5</weight></device></blkiotune>", libvirt.VIR_ERR_XML_ERROR)):
            expect_error(code, lambda text=text: connection.defineXML(guest_xml("cgroup-bad", extra=text)))


def test_start_fails():
    """What was made for a start that came to nothing goes."""
    need("blkio")
    with System() as host:
        connection = host.open()
        tuned = ("<blkiotune><device><path>/dev/null</path><read_bytes_sec>1000</read_bytes_sec></device></blkiotune>"
                 "<resource><partition>/modvirt-test</partition></resource>")
        domain = connection.defineXML(guest_xml("cgroup-fails", extra=tuned))
        expect_error(libvirt.VIR_ERR_INVALID_ARG, domain.create, "must be a block device")
        place = os.path.join(mounts()["blkio"], "modvirt-test.partition")
        assert os.path.isdir(place)
        assert not [name for name in os.listdir(place) if name.endswith(".libvirt-qemu")]
        for mount in set(mounts().values()):
            os.rmdir(os.path.join(mount, "modvirt-test.partition"))


def test_daemon_killed():
    """The next daemon knows the groups again, and removes those of guests that have ended meanwhile."""
    need("cpu", "memory")
    with System() as host:
        connection = host.open()
        stays = start(connection, "cgroup-stays")
        start(connection, "cgroup-ends")
        group, ended, pid = (Group(host.pid("cgroup-stays")), Group(host.pid("cgroup-ends")), host.pid("cgroup-ends"))
        host.daemons["virtqemud"].kill()
        os.kill(pid, 9)
        connection = host.open()
        wait_until(ended.is_gone, "the group of a guest that ended goes")
        stays = connection.lookupByName("cgroup-stays")
        stays.setSchedulerParametersFlags({"cpu_shares": 300}, LIVE)
        assert group.read("cpu", "cpu.shares", "cpu.weight") == "300"
        stays.destroy()
        wait_until(group.is_gone, "the group goes with the guest")


def test_without():
    """Where there are none, guests run all the same; quotas alone are refused."""
    with System('user = "root"\ngroup = "root"\ncgroup_controllers = []\n') as host:
        connection = host.open()
        domain = start(connection, "cgroup-none", "<memtune><hard_limit unit='MiB'>300</hard_limit></memtune>"
                                                  "<cputune><shares>5</shares></cputune>")
        with open(f"/proc/{host.pid('cgroup-none')}/cgroup", encoding="ascii") as file, \
                open("/proc/self/cgroup", encoding="ascii") as ours:
            assert file.read() == ours.read()
        assert "<memtune> has no effect" in host.daemons["virtqemud"].log()
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID, lambda: domain.memoryParameters(LIVE))
        expect_error(libvirt.VIR_ERR_OPERATION_INVALID,
                     lambda: domain.setSchedulerParametersFlags({"cpu_shares": 5}, LIVE))
        domain.destroy()
        held = connection.defineXML(guest_xml("cgroup-quota", extra="<cputune><quota>50000</quota></cputune>"))
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, held.create)
        assert not held.isActive()


def prepare():
    guests.need_qemu()
    namespace.enter_system("/run/dbus", "/run/systemd")
    libvirt.registerErrorHandler(lambda *_: None, None)


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")], prepare)
