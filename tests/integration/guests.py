# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of virtqemud share: documents of small guests, a connection, an ear for events."""

import json
import os
import signal
import threading
import time

import harness

try:
    import libvirt
except ImportError:
    libvirt = None

QEMU = "/usr/bin/qemu-system-x86_64"


def need_qemu():
    if libvirt is None:
        raise harness.Skip("python3-libvirt is not installed")
    harness.need("qemu-system-x86_64")


def need_kvm():
    need_qemu()
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        raise harness.Skip("there is no KVM")


def guest_xml(name, devices="", emulator=None, extra="", os_extra=""):
    """A guest that boots into its firmware, by software emulation, so that it runs everywhere."""
    emulator = f"<emulator>{emulator}</emulator>" if emulator else ""
    return (f"<domain type='qemu'><name>{name}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>"
            f"<os><type arch='x86_64' machine='q35'>hvm</type>{os_extra}</os><features><acpi/></features>{extra}"
            f"<devices>{emulator}{devices}</devices></domain>")


def vnc_xml(name, listen="<listen type='address'/>", attributes="autoport='yes'"):
    return guest_xml(name, f"<graphics type='vnc' {attributes}>{listen}</graphics>"
                           "<video><model type='vga'/></video>")


LOOPBACK_NETWORK = "<network><name>example-net</name><forward mode='bridge'><interface dev='lo'/></forward></network>"


class Events:
    """Lifecycle events of a connection, in order, with the time of their arrival."""

    _loop = None

    def __init__(self):
        self.seen = []
        self.arrived = threading.Condition()

    @classmethod
    def start_loop(cls):
        """Once per process, before the first connection."""
        if not cls._loop:
            libvirt.virEventRegisterDefaultImpl()
            cls._loop = threading.Thread(target=cls._run, daemon=True)
            cls._loop.start()

    @staticmethod
    def _run():
        while True:
            libvirt.virEventRunDefaultImpl()

    def listen(self, connection):
        connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, self._hear, None)

    def _hear(self, connection, domain, event, detail, opaque):
        with self.arrived:
            self.seen.append((domain.name(), event, detail, time.monotonic()))
            self.arrived.notify_all()

    def wait(self, name, event, detail=None, timeout=10):
        """The time at which the event came; AssertionError when it does not come."""
        deadline = time.monotonic() + timeout
        with self.arrived:
            while True:
                for seen in self.seen:
                    if seen[:2] == (name, event) and detail in (None, seen[2]):
                        return seen[3]
                left = deadline - time.monotonic()
                assert left > 0, f"no event {event}/{detail} of {name}; seen: {self.seen}"
                self.arrived.wait(left)


def open_connection(daemon):
    return libvirt.open(daemon.uri())


def qemu_pid(host, name):
    """The process of a running guest, from its state file."""
    path = os.path.join(host.run_dir, "qemu", "run", f"{name}.xml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    return int(text.split("pid='")[1].split("'")[0])


def ask_qemu(domain, command, **arguments):
    """QEMU's answer to a command of its monitor's."""
    import libvirt_qemu
    answer = libvirt_qemu.qemuMonitorCommand(domain, json.dumps({"execute": command, "arguments": arguments}), 0)
    return json.loads(answer)["return"]


def chips(state):
    """The processes that are the TPMs of running guests, with this in the name of their state. Those with which a state is made
    are called the same, and may be about to end."""
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().decode(errors="replace").split("\0")
        except OSError:
            continue
        if words[0].endswith("swtpm") and "--terminate" in words and any(word.startswith("dir=") and state in word for word in words):
            found.add(int(pid))
    return found


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A child that nobody has waited for yet is still listed; its threads may end after it.
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            is_zombie = file.read().rsplit(")", 1)[1].split()[0] == "Z"
        return not is_zombie or len(os.listdir(f"/proc/{pid}/task")) > 1
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(condition, what, timeout=10):
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"not within {timeout} s: {what}"
        time.sleep(0.005)


def expect_error(code, text, call, *arguments):
    """The call must fail with libvirt's code, and its message contain text."""
    try:
        call(*arguments)
    except libvirt.libvirtError as error:
        assert error.get_error_code() == code, (error.get_error_code(), str(error))
        assert text in str(error), str(error)
        return
    raise AssertionError(f"no error, but {text!r} was expected")


def end_guests(host):
    """Kills what QEMUs a test has left, by the numbers in their state files."""
    folder = os.path.join(host.run_dir, "qemu", "run")
    for file in os.listdir(folder) if os.path.isdir(folder) else []:
        if file.endswith(".xml"):
            try:
                os.kill(qemu_pid(host, file[:-4]), signal.SIGKILL)
            except (OSError, ValueError, IndexError):
                pass


class GuestHost(harness.Host):
    """A host whose guests end with the test."""

    def __exit__(self, kind, error, trace):
        # Stopped meanwhile, so that they do not restart what is being ended.
        running = [daemon for daemon in self.daemons.values() if daemon.process]
        for daemon in running:
            os.kill(daemon.pid, signal.SIGSTOP)
        end_guests(self)
        for daemon in running:
            os.kill(daemon.pid, signal.SIGCONT)
        return super().__exit__(kind, error, trace)
