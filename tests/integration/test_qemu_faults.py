#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""virtqemud when something dies or hangs: the daemon, a QEMU, both in turn."""

import contextlib
import os
import random
import shutil
import signal
import socket
import threading
import time
import xml.etree.ElementTree as ElementTree

import guests
import harness
from guests import Events, GuestHost, expect_error, guest_xml, libvirt, open_connection, vnc_xml


def test_daemon_killed_guest_goes_on():
    guests.need_qemu()
    Events.start_loop()
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        connection = open_connection(daemon)
        running = connection.defineXML(vnc_xml("running"))
        running.create()
        paused = connection.createXML(guest_xml("paused", "<serial type='pty'/>"), libvirt.VIR_DOMAIN_START_PAUSED)
        pids = {name: guests.qemu_pid(host, name) for name in ("running", "paused")}
        before = {name: connection.lookupByName(name).XMLDesc(libvirt.VIR_DOMAIN_XML_SECURE) for name in pids}
        ids = {name: connection.lookupByName(name).ID() for name in pids}
        daemon.kill()
        assert all(guests.is_alive(pid) for pid in pids.values())
        daemon.start()
        connection = open_connection(daemon)
        events = Events()
        events.listen(connection)
        for name in pids:
            domain = connection.lookupByName(name)
            assert domain.ID() == ids[name]
            assert domain.XMLDesc(libvirt.VIR_DOMAIN_XML_SECURE) == before[name]
        running, paused = connection.lookupByName("running"), connection.lookupByName("paused")
        assert running.state()[0] == libvirt.VIR_DOMAIN_RUNNING and running.isPersistent()
        assert paused.state() == [libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_USER]
        assert not paused.isPersistent()
        port = int(ElementTree.fromstring(running.XMLDesc()).find("devices/graphics").get("port"))
        with socket.create_connection(("127.0.0.1", port)) as viewer:
            assert viewer.recv(12).startswith(b"RFB ")
        stream = connection.newStream()
        paused.openConsole(None, stream)
        stream.abort()
        paused.resume()
        events.wait("paused", libvirt.VIR_DOMAIN_EVENT_RESUMED)
        running.suspend()
        events.wait("running", libvirt.VIR_DOMAIN_EVENT_SUSPENDED)
        running.destroy()
        events.wait("running", libvirt.VIR_DOMAIN_EVENT_STOPPED, libvirt.VIR_DOMAIN_EVENT_STOPPED_DESTROYED)
        # A new guest gets an id that none has had.
        assert connection.createXML(guest_xml("later")).ID() > max(ids.values())


# An emulator that does not heed the first request to end.
HARD_OF_HEARING = """#!/usr/bin/python3
import ctypes, signal, subprocess, sys
requests = 0
def on_request(*_):
    global requests
    requests += 1
    if requests > 1:
        with open(sys.argv[0] + ".heard", "w") as file:
            file.write(str(requests))
        qemu.terminate()
signal.signal(signal.SIGTERM, on_request)
qemu = subprocess.Popen(["{qemu}"] + sys.argv[1:], close_fds=False,
                        preexec_fn=lambda: ctypes.CDLL(None).prctl(1, signal.SIGKILL))
sys.exit(qemu.wait())
"""


def test_request_to_end_is_repeated():
    """QEMU 7.2 loses one in some dozens on its way out; it is not to be killed for that."""
    guests.need_qemu()
    with GuestHost() as host:
        emulator = os.path.join(host.root, "deaf-qemu")
        with open(emulator, "w", encoding="ascii") as file:
            file.write(HARD_OF_HEARING.format(qemu=guests.QEMU))
        os.chmod(emulator, 0o755)
        connection = open_connection(host.start("virtqemud"))
        for flags in (0, libvirt.VIR_DOMAIN_DESTROY_GRACEFUL):
            domain = connection.createXML(guest_xml("a", emulator=emulator), libvirt.VIR_DOMAIN_START_PAUSED)
            domain.destroyFlags(flags)
            assert os.path.exists(emulator + ".heard")
            os.unlink(emulator + ".heard")
            assert connection.numOfDomains() == 0


def test_no_directories_left():
    """Of runs: after a start that fails, after a start that was cut short, and not of a guest that runs."""
    guests.need_qemu()
    with GuestHost() as host:
        run = os.path.join(host.run_dir, "qemu/run")

        def directories():
            return {name for name in os.listdir(run) if name.startswith("domain-")}

        daemon = host.start("virtqemud")
        connection = open_connection(daemon)
        running = connection.createXML(guest_xml("running"))
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "network",
                     connection.createXML, vnc_xml("failing", "<listen type='network' network='none'/>"))
        assert directories() == {f"domain-{running.ID()}-running"}
        daemon.kill()
        os.mkdir(os.path.join(run, "domain-9-cut"))
        with open(os.path.join(run, "domain-9-cut/monitor.sock"), "w", encoding="ascii"):
            pass
        daemon.start()
        assert open_connection(daemon).lookupByName("running").isActive()
        assert directories() == {f"domain-{running.ID()}-running"}


def test_guest_dies_while_the_daemon_is_away():
    guests.need_qemu()
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        connection = open_connection(daemon)
        connection.defineXML(guest_xml("a")).create()
        connection.createXML(guest_xml("transient"))
        pids = [guests.qemu_pid(host, name) for name in ("a", "transient")]
        daemon.kill()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            guests.wait_until(lambda: not guests.is_alive(pid), "the QEMU is gone")
        daemon.start()
        connection = open_connection(daemon)
        domain = connection.lookupByName("a")
        assert domain.state() == [libvirt.VIR_DOMAIN_SHUTOFF, libvirt.VIR_DOMAIN_SHUTOFF_CRASHED]
        expect_error(libvirt.VIR_ERR_NO_DOMAIN, "transient", connection.lookupByName, "transient")
        domain.create()
        assert domain.isActive()


def test_qemu_killed():
    guests.need_qemu()
    Events.start_loop()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        events = Events()
        events.listen(connection)
        domain = connection.defineXML(guest_xml("a"))
        domain.create()
        killed = time.monotonic()
        os.kill(guests.qemu_pid(host, "a"), signal.SIGKILL)
        heard = events.wait("a", libvirt.VIR_DOMAIN_EVENT_STOPPED, libvirt.VIR_DOMAIN_EVENT_STOPPED_FAILED)
        assert heard - killed < 0.5, f"the event took {heard - killed:.3f} s"
        assert domain.state() == [libvirt.VIR_DOMAIN_SHUTOFF, libvirt.VIR_DOMAIN_SHUTOFF_CRASHED]
        assert not os.path.exists(os.path.join(host.run_dir, "qemu/run/a.xml"))


def test_qemu_stopped():
    guests.need_qemu()
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        connection = open_connection(daemon)
        connection.createXML(guest_xml("other"))
        domain = connection.createXML(vnc_xml("stuck"))
        pid = guests.qemu_pid(host, "stuck")
        os.kill(pid, signal.SIGSTOP)
        hanging = open_connection(daemon)
        stream = hanging.newStream()
        caller = threading.Thread(target=lambda: try_screenshot(hanging.lookupByName("stuck"), stream))
        caller.start()
        time.sleep(0.1)
        begun = time.monotonic()
        assert len(connection.listAllDomains()) == 2
        assert domain.state()[0] == libvirt.VIR_DOMAIN_RUNNING
        assert domain.info()[0] == libvirt.VIR_DOMAIN_RUNNING
        assert "stuck" in domain.XMLDesc()
        connection.lookupByName("other").suspend()
        assert time.monotonic() - begun < 0.5, "a stopped QEMU held up others"
        begun = time.monotonic()
        domain.destroy()
        assert time.monotonic() - begun < 2, "a stopped QEMU held up its own end"
        assert not guests.is_alive(pid)
        caller.join(5)
        assert not caller.is_alive(), "the caller still waits for a QEMU that is gone"


def test_qemu_missing():
    """It went after the guest was defined: nothing is started, nothing is left, and it starts when QEMU is back."""
    guests.need_qemu()
    with GuestHost() as host:
        connection = open_connection(host.start("virtqemud"))
        emulator = os.path.join(host.root, "qemu")
        os.symlink(guests.QEMU, emulator)
        domain = connection.defineXML(guest_xml("a", emulator=emulator))
        domain.create()
        domain.destroy()
        os.unlink(emulator)
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, f"Cannot check QEMU binary {emulator}: No such file", domain.create)
        left = [name for name in os.listdir(os.path.join(host.run_dir, "qemu/run")) if name == "a.xml" or name.endswith("-a")]
        assert not domain.isActive() and not left, left
        # It is no program.
        with open(emulator, "w", encoding="ascii") as file:
            file.write("#!/nowhere\n")
        os.chmod(emulator, 0o755)
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, f"cannot execute binary {emulator}", domain.create)
        assert not domain.isActive() and not qemus_of(host)
        os.unlink(emulator)
        os.symlink(guests.QEMU, emulator)
        domain.create()
        assert domain.isActive()


def try_screenshot(domain, stream):
    try:
        domain.screenshot(stream, 0)
    except libvirt.libvirtError:
        pass


def test_daemon_starts_beside_a_stopped_qemu():
    guests.need_qemu()
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        open_connection(daemon).createXML(guest_xml("stuck"))
        pid = guests.qemu_pid(host, "stuck")
        os.kill(pid, signal.SIGSTOP)
        for _ in range(3):
            daemon.kill()
            begun = time.monotonic()
            daemon.start()
            assert time.monotonic() - begun < 1
        domain = open_connection(daemon).lookupByName("stuck")
        assert domain.state()[0] == libvirt.VIR_DOMAIN_RUNNING
        os.kill(pid, signal.SIGCONT)
        guests.wait_until(lambda: can_suspend(domain), "the monitor works again")


def can_suspend(domain):
    try:
        domain.suspend()
        return True
    except libvirt.libvirtError:
        return False


def test_daemon_killed_while_starting_guests():
    """Whatever the moment, a QEMU that runs afterwards is one that the next daemon knows."""
    guests.need_qemu()
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        open_connection(daemon).defineXML(guest_xml("a"))
        for delay_ms in (1, 5, 10, 15, 20, 30, 45, 60):
            connection = open_connection(daemon)
            domain = connection.lookupByName("a")
            if domain.isActive():
                domain.destroy()
            starter = threading.Thread(target=lambda: try_create(domain))
            starter.start()
            time.sleep(delay_ms / 1000)
            daemon.kill()
            starter.join()
            daemon.start()
            known = known_qemus(host, daemon)
            guests.wait_until(lambda: set(qemus_of(host)) == set(known) or
                              open_connection(daemon).numOfDomains() == 0 and not qemus_of(host),
                              f"no QEMU without a guest, killed after {delay_ms} ms: {qemus_of(host)} {known}")


def known_qemus(host, daemon):
    """The guest's QEMU, if it was found again. One whose start nobody has heard of is on its way out, and so is its file."""
    try:
        return [guests.qemu_pid(host, "a")] if open_connection(daemon).lookupByName("a").isActive() else []
    except FileNotFoundError:
        return []


def try_create(domain):
    try:
        domain.create()
    except libvirt.libvirtError:
        pass


def qemus_of(host):
    """All processes whose command line names a directory of this host, but for the daemons."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/cmdline", encoding="utf-8", errors="replace") as file:
                words = file.read().split("\0")
        except OSError:
            continue
        if words[0] == guests.QEMU and guests.is_alive(int(name)) and guest_of(name) == host.root:
            found.append(int(name))
    return found


def guest_of(pid):
    try:
        with open(f"/proc/{pid}/environ", encoding="utf-8", errors="replace") as file:
            for entry in file.read().split("\0"):
                if entry.startswith("HOME="):
                    return entry[len("HOME="):].split("/run/libvirt/")[0]
    except OSError:
        pass
    return None


def test_daemon_killed_while_probing():
    """The QEMU that is asked what it can do ends with whoever asks."""
    guests.need_qemu()
    with GuestHost() as host:
        daemon = host.daemon("virtqemud")
        for delay_ms in (5, 20, 40, 80, 120):
            shutil.rmtree(os.path.join(host.root, "cache/libvirt"), ignore_errors=True)
            daemon.start()
            asker = threading.Thread(target=lambda: ask_capabilities(daemon))
            asker.start()
            time.sleep(delay_ms / 1000)
            children = children_of(daemon.pid)
            daemon.kill()
            asker.join()
            guests.wait_until(lambda: not any(map(guests.is_alive, children)), f"no child of a daemon killed after {delay_ms} ms")
        daemon.start()
        assert "<guest>" in open_connection(daemon).getCapabilities()


# An emulator whose answers are read late, as by a daemon that has other things to do: they do not fit into its socket.
LONG_WINDED = """#!/usr/bin/python3
import ctypes, os, re, signal, socket, subprocess, sys, threading, time
number = int(re.search("socket,id=m,fd=([0-9]+)", " ".join(sys.argv)).group(1))
daemon, (ours, theirs) = socket.socket(fileno=os.dup(number)), socket.socketpair()
os.dup2(theirs.fileno(), number)
theirs.close()
qemu = subprocess.Popen(["{qemu}"] + sys.argv[1:], pass_fds=[number],
                        preexec_fn=lambda: ctypes.CDLL(None).prctl(1, signal.SIGKILL))
os.close(number)
def questions():
    while data := daemon.recv(65536):
        ours.sendall(data)
threading.Thread(target=questions, daemon=True).start()
is_late = True
while data := ours.recv(4096):
    daemon.sendall(data)
    if is_late and b"return" in data:
        time.sleep(1)
        is_late = False
"""


def test_answers_that_take_their_time():
    """An emulator that is asked what it can do is not told to go before it has said so."""
    guests.need_qemu()
    with GuestHost() as host:
        emulator = os.path.join(host.root, "long-winded-qemu")
        with open(emulator, "w", encoding="ascii") as file:
            file.write(LONG_WINDED.format(qemu=guests.QEMU))
        os.chmod(emulator, 0o755)
        connection = open_connection(host.start("virtqemud"))
        assert "<path>" in connection.getDomainCapabilities(emulator, "x86_64", "q35", "qemu")


def ask_capabilities(daemon):
    with contextlib.suppress(libvirt.libvirtError):
        open_connection(daemon).getCapabilities()


def children_of(pid):
    found = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(FileNotFoundError):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:
                found += map(int, file.read().split())
    return found


def test_acknowledged_definitions_survive():
    guests.need_qemu()
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        defined = []
        for round_number in range(5):
            connection = open_connection(daemon)
            for number in range(4):
                name = f"g{round_number}-{number}"
                connection.defineXML(guest_xml(name))
                defined.append(name)
            daemon.kill()
            daemon.start()
            assert sorted(open_connection(daemon).listDefinedDomains()) == sorted(defined)


class Client(threading.Thread):
    """Does to a few guests whatever comes to its mind, and remembers what it was told is done."""

    NAMES = ("k0", "k1", "k2")

    def __init__(self, daemon, known):
        super().__init__(daemon=True)
        self.connection = open_connection(daemon)
        self.known = known  # name -> whether it is defined; None: nobody has said

    def run(self):
        with contextlib.suppress(libvirt.libvirtError):
            while True:
                self.step(random.choice(self.NAMES))

    def step(self, name):
        if self.known.get(name) is False or (self.known.get(name) is None and self.is_missing(name)):
            self.known[name] = None
            self.connection.defineXML(guest_xml(name))
            self.known[name] = True
            return
        domain = self.connection.lookupByName(name)
        what = random.choice((self.define_again, domain.create, domain.destroy, self.undefine))
        if what == self.undefine:
            self.undefine(name)
        elif what == self.define_again:
            self.define_again(domain)
        elif domain.isActive() == (what == domain.destroy):
            what()

    def is_missing(self, name):
        return name not in {domain.name() for domain in self.connection.listAllDomains()}

    def define_again(self, domain):
        self.connection.defineXML(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))

    def undefine(self, name):
        domain = self.connection.lookupByName(name)
        if domain.isActive():
            domain.destroy()
        self.known[name] = None
        domain.undefine()
        self.known[name] = False


def files_of(host):
    """Names of what is left in the directories of definitions and of what runs."""
    return {name for folder in ("qemu", "qemu/autostart") for name in os.listdir(os.path.join(host.config_dir, folder))
            } | set(os.listdir(os.path.join(host.run_dir, "qemu/run")))


def check_after_kill(host, daemon, known):
    connection = open_connection(daemon)
    domains = {domain.name(): domain for domain in connection.listAllDomains()}
    for name, is_defined in known.items():
        assert is_defined is None or is_defined == (name in domains and bool(domains[name].isPersistent())), (name, known)

    def running():
        return {domain.name(): domain.ID() for domain in connection.listAllDomains() if domain.isActive()}

    def is_settled():
        try:
            return sorted(qemus_of(host)) == sorted(guests.qemu_pid(host, name) for name in running())
        except FileNotFoundError:  # it is ending
            return False

    guests.wait_until(is_settled, "each QEMU is a known guest's")
    allowed = {"qemu", "autostart", "autostarted", "driver.pid", "networks"} | {f"{name}.xml" for name in domains}
    allowed |= {f"domain-{number}-{name}" for name, number in running().items()}
    assert files_of(host) <= allowed, files_of(host) - allowed


def test_killed_at_any_moment():
    """Nothing acknowledged is lost, no half file is read or left, no QEMU is without its guest. MODVIRT_TEST_KILLS: how
    often the daemon is killed."""
    guests.need_qemu()
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        known = {}
        for _ in range(int(os.environ.get("MODVIRT_TEST_KILLS", "12"))):
            client = Client(daemon, known)
            client.start()
            time.sleep(random.uniform(0.001, 0.3))
            daemon.kill()
            client.join(20)
            assert not client.is_alive()
            daemon.start()
            check_after_kill(host, daemon, known)
        for half_read in ("cannot load the definition", "cannot use the state file", "cannot read the state file"):
            assert half_read not in daemon.log(), daemon.log()


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")])
