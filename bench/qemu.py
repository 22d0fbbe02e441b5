#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What guests cost: our virtqemud, a peer, and the bare minimum, in turns of one run.

usage: bench/qemu.py --ours EXEC DAEMON --peer EXEC DAEMON [--build DIR] [--rounds N] [--guests N] [--defined N]

EXEC    a command that runs what follows it on a host of the daemon's own ("" for this one)
DAEMON  the daemon's program; it is started with -d, found by its pid file and ended by its number
DIR     where bench-roundtrip was built, which times small calls; without it build

The minimum ("limit") is the same bytes echoed over a socket, and the command line of our guest run by hand. Both hosts
must be idle ones: guests called bench-* are made and removed there, small ones, run by software emulation. As root.
"""

import argparse
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import libvirt

from host import Results, Subject, timed

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "integration"))
import rpcwire  # noqa: E402

PAUSED = libvirt.VIR_DOMAIN_START_PAUSED
LISTED = 3  # rounds of what takes long
BULK_CALLS = 5  # of a round
STARTS = 4  # of a round


def guest_xml(name):
    return (f"<domain type='qemu'><name>{name}</name><memory unit='MiB'>16</memory><vcpu>1</vcpu>"
            "<os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features>"
            "<devices><graphics type='vnc' autoport='yes'/><memballoon model='virtio'/></devices></domain>")


def clear(subject):
    for domain in subject.conn.listAllDomains():
        if domain.name().startswith("bench-"):
            is_defined = domain.isPersistent()
            if domain.isActive():
                domain.destroy()
            if is_defined:
                domain.undefine()


# ---- small calls, by a client that does nothing else ----

def call(subject, build, calls, *options):
    """calls: procedure, count, body. Of each answer: the place of its call, "daemon" or "limit", microseconds."""
    numbers = {call.name: call.number for call in rpcwire.Program("remote").calls}
    lines = "".join(f"{i} {rpcwire.REMOTE} {numbers[procedure]} {count} {body.hex() or '-'}\n"
                    for i, (procedure, count, body) in enumerate(calls))
    # Meanwhile nobody looks after this connection: it answers here whether it is still alive.
    subject.conn.getLibVersion()
    out = subprocess.run([os.path.join(build, "bench", "bench-roundtrip"), subject.socket, subject.uri, *options],
                         input=lines, capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        index, which, us = line.split()
        yield int(index), which, float(us)


def round_trips(subject, build, calls, results, with_limit):
    """calls: name, procedure, count, body. The limit is that of our answers."""
    for index, which, us in call(subject, build, [parts[1:] for parts in calls], "--one-cpu"):
        if which == "daemon" or with_limit:
            results.add(calls[index][0], subject.name if which == "daemon" else "limit", us / 1000)


def measure_calls(subjects, build, results):
    for subject in subjects:
        domain = subject.conn.lookupByName("bench-run-0")
        handle = rpcwire.string(domain.name()) + domain.UUID() + domain.ID().to_bytes(4, "big")
        calls = [("lookup of a running guest", "DOMAIN_LOOKUP_BY_NAME", 300, rpcwire.string(domain.name())),
                 ("info", "DOMAIN_GET_INFO", 300, handle), ("state", "DOMAIN_GET_STATE", 300, handle + bytes(4)),
                 ("XML", "DOMAIN_GET_XML_DESC", 300, handle + bytes(4))]
        round_trips(subject, build, calls, results, subject.name == "ours")


# ---- starts and ends ----

class Limit:
    """The command line of our guest, run by hand: until its monitor has greeted, and until it has ended."""

    QUESTIONS = b"".join(b'{"execute":"%s"}' % words for words in (
        b"query-blockstats", b'query-named-block-nodes","arguments":{"flat":true},"id":"2', b"query-dirty-rate",
        b'qom-get","arguments":{"path":"/machine/peripheral/balloon0","property":"guest-stats"},"id":"4'))

    def __init__(self, ours, number=0):
        words = shlex.split(ours.conn.domainXMLToNative("qemu-argv", guest_xml("bench-limit"), 0))
        argv = words[next(i for i, word in enumerate(words) if word.startswith("/")):]
        self.path = os.path.join(tempfile.mkdtemp(prefix="bench-qemu-"), "monitor")
        chardev, vnc = argv.index("-chardev") + 1, argv.index("-vnc") + 1
        argv[chardev] = f"socket,id=charmonitor,path={self.path},server=on,wait=off"
        argv[vnc] = argv[vnc].replace(":0", f":{99 + number}")
        self.argv = argv

    def start(self):
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.process = subprocess.Popen(self.argv)
        self.monitor = socket.socket(socket.AF_UNIX)
        while self.monitor.connect_ex(self.path):
            time.sleep(0.0005)
        self.monitor.recv(4096)
        self.monitor.sendall(b'{"execute":"qmp_capabilities"}')
        self.monitor.recv(4096)

    def ask(self):
        self.monitor.sendall(self.QUESTIONS)

    def listen(self):
        """Until all four answers are there."""
        text = b""
        while text.count(b'"return"') + text.count(b'"error"') < 4:
            text += self.monitor.recv(65536)

    def stop(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        self.process.wait()
        self.monitor.close()


def measure_start(subjects, limit, results):
    for subject in subjects:
        domain = subject.conn.defineXML(guest_xml("bench-start"))
        results.add("start of a paused q35 guest", subject.name, timed(lambda: domain.createWithFlags(PAUSED)))
        results.add("destroy", subject.name, timed(domain.destroy))
        domain.undefine()
    # Destroying lets QEMU close its images, as the peer does.
    for what, how in (("destroy", signal.SIGTERM), ("QEMU killed, until the event", signal.SIGKILL)):
        results.add("start of a paused q35 guest", "limit", timed(limit.start))
        results.add(what, "limit", timed(lambda how=how: limit.stop(how)))


def qemu_pid(subject, name):
    """Of the guest, as we see it."""
    here = os.readlink(f"/proc/{subject.find_anchor()}/ns/pid")
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/cmdline", encoding="utf-8") as file:
                if f"guest={name}," in file.read() and os.readlink(f"/proc/{entry}/ns/pid") == here:
                    return int(entry)
        except OSError:
            continue
    raise RuntimeError(f"no QEMU of {name} on the host of {subject.name}")


def measure_death(subjects, results):
    """QEMU killed, until the client has the event."""
    for subject in subjects:
        ended = []
        domain = subject.conn.createXML(guest_xml("bench-death"), PAUSED)
        callback = subject.conn.domainEventRegisterAny(domain, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                                       lambda *_: ended.append(True), None)
        pid = qemu_pid(subject, "bench-death")

        def killed():
            os.kill(pid, signal.SIGKILL)
            while not ended:
                libvirt.virEventRunDefaultImpl()
        results.add("QEMU killed, until the event", subject.name, timed(killed))
        subject.conn.domainEventDeregisterAny(callback)


def measure_together(subjects, n_guests, results):
    """Many starts asked for at once, by a thread of the client for each."""
    for subject in subjects:
        domains = [subject.conn.defineXML(guest_xml(f"bench-run-{i}")) for i in range(n_guests)]
        with ThreadPoolExecutor(n_guests) as pool:
            results.add(f"{n_guests} starts at once", subject.name,
                        timed(lambda: list(pool.map(lambda domain: domain.createWithFlags(PAUSED), domains))))


# ---- many ----

def ask_all(limits):
    for limit in limits:
        limit.ask()
    for limit in limits:
        limit.listen()


def measure_bulk(subjects, limits, build, n_guests, results):
    running = libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING | libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_PAUSED
    asked = [("CONNECT_GET_ALL_DOMAIN_STATS", 0, bytes(8) + running.to_bytes(4, "big"))] * BULK_CALLS
    for subject in subjects:
        before = cpu_ms(subject.daemon_pid())
        for _, _, us in call(subject, build, asked):
            results.add(f"bulk stats of {n_guests} guests", subject.name, us / 1000)
        results.add("  CPU of the daemon for it", subject.name, (cpu_ms(subject.daemon_pid()) - before) / BULK_CALLS)
    for _ in range(BULK_CALLS):
        results.add(f"bulk stats of {n_guests} guests", "limit", timed(lambda: ask_all(limits)))


def measure_define(subject, build, n_defined, results, name, *options):
    defines = [("DOMAIN_DEFINE_XML", 0, rpcwire.string(guest_xml(f"bench-{i}"))) for i in range(n_defined)]
    results.add(name, subject.name, sum(us for _, _, us in call(subject, build, defines, *options)) / 1000)


def undefine_idle(subject):
    for domain in subject.conn.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_INACTIVE):
        if domain.name().startswith("bench-"):
            domain.undefine()


def measure_many(subjects, build, n_defined, results, is_first):
    for subject in subjects:
        undefine_idle(subject)
        if is_first:
            restart(subject)
            subject.conn.defineXML(guest_xml("bench-first"))  # it reads what is known of the emulator
        empty = memory_kb(subject)
        measure_define(subject, build, n_defined, results, f"define of {n_defined}, on any CPU")
        # Of a daemon that has just started: what guests that are gone have left is used again.
        if is_first:
            results.add("memory of a defined guest: kB", subject.name, (memory_kb(subject) - empty) / n_defined)
        undefine_idle(subject)
        measure_define(subject, build, n_defined, results, f"define of {n_defined}", "--one-cpu")
        lists = [(f"list of {n_defined}", "CONNECT_LIST_ALL_DOMAINS", 50, (1).to_bytes(4, "big") + bytes(4))]
        round_trips(subject, build, lists, results, subject.name == "ours")


# ---- the daemon ----

def cpu_ms(pid):
    """Of all its threads, those that have ended as well."""
    clock = (~pid << 3) | 2  # what clock_getcpuclockid() makes of it
    return time.clock_gettime_ns(clock) / 1e6


def memory_kb(subject):
    with open(f"/proc/{subject.daemon_pid()}/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Private_Dirty"))


def threads(subject):
    return len(os.listdir(f"/proc/{subject.daemon_pid()}/task"))


def restart(subject):
    subject.kill()
    return subject.start()


def measure_restart(subjects, what, results):
    for _ in range(LISTED):
        for subject in subjects:
            results.add(f"daemon start, {what}: first answer", subject.name, restart(subject))


def measure_idle(subjects, results):
    for subject in subjects:
        restart(subject)
        time.sleep(1)
        results.add("memory of an idle daemon: kB", subject.name, memory_kb(subject))


def measure_running(subjects, n_guests, results):
    """What the guests that run by now have made of an idle daemon. Threads that jobs have left behind go away."""
    for subject in subjects:
        time.sleep(12)
        before = subject.idle_kb
        results.add("memory of a running guest: kB", subject.name, (memory_kb(subject) - before) / n_guests)
        results.add("threads of a running guest", subject.name, (threads(subject) - subject.idle_threads) / n_guests)


def measure_capabilities(subjects, results):
    """Asked of a daemon that knows nothing of its emulators; the limit is one bare probe for each."""
    for subject in subjects:
        for _ in range(LISTED):
            subject.run("sh", "-c", "rm -rf /var/cache/libvirt/qemu/*capabilities")
            restart(subject)
            results.add("capabilities, cold", subject.name, timed(subject.conn.getCapabilities))
    text = subjects[0].conn.getCapabilities()
    emulators = sorted({part.split("</emulator>")[0] for part in text.split("<emulator>")[1:]})
    for _ in range(LISTED):
        results.add("capabilities, cold", "limit", timed(lambda: [bare_probe(emulator) for emulator in emulators]))


def bare_probe(emulator):
    script = '{"execute":"qmp_capabilities"}{"execute":"query-machines"}{"execute":"query-cpu-definitions"}{"execute":"quit"}'
    subprocess.run([emulator, "-machine", "none", "-nodefaults", "-display", "none", "-qmp", "stdio"], input=script,
                   text=True, stdout=subprocess.DEVNULL, check=True)


def run(subjects, options, results):
    measure_capabilities(subjects, results)
    measure_restart(subjects, "empty", results)
    measure_idle(subjects, results)
    for subject in subjects:
        # What the first start of all leaves, the emulator's abilities say, is no guest's.
        subject.conn.createXML(guest_xml("bench-first"), PAUSED).destroy()
        time.sleep(5)  # and memory that has been used is given back after a while
        subject.idle_kb, subject.idle_threads = memory_kb(subject), threads(subject)
    measure_together(subjects, options.guests, results)
    measure_running(subjects, options.guests, results)
    for subject in subjects:
        subject.connect()  # nobody has looked after the connection for long
    limits = [Limit(subjects[0], i + 1) for i in range(options.guests)]
    for each in limits:
        each.start()
    for _ in range(options.rounds):
        measure_bulk(subjects, limits, options.build, options.guests, results)
    for each in limits:
        each.stop()
    limit = Limit(subjects[0])
    for _ in range(options.rounds):
        measure_calls(subjects, options.build, results)
        for _ in range(STARTS):
            measure_start(subjects, limit, results)
            measure_death(subjects, results)
    for i in range(options.rounds):
        measure_many(subjects, options.build, options.defined, results, i == 0)
    measure_restart(subjects, f"{options.defined} defined + {options.guests} running", results)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ours", nargs=2, required=True)
    parser.add_argument("--peer", nargs=2, required=True)
    parser.add_argument("--build", default="build")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--guests", type=int, default=20)
    parser.add_argument("--defined", type=int, default=1000)
    options = parser.parse_args()
    libvirt.registerErrorHandler(lambda *_: None, None)
    libvirt.virEventRegisterDefaultImpl()
    subjects = [Subject("ours", *options.ours), Subject("peer", *options.peer)]
    results = Results()
    try:
        for subject in subjects:
            if not subject.is_running():
                subject.start()
            subject.connect()
            clear(subject)
        run(subjects, options, results)
    finally:
        for subject in subjects:
            if subject.conn:
                clear(subject)
            os.kill(subject.find_anchor(), signal.SIGTERM)
            subject.anchor.wait()
    results.show()


if __name__ == "__main__":
    main()
