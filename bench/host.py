# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the benches of whole daemons share: a daemon on a host of its own, and the table of what was measured."""

import os
import shlex
import statistics
import subprocess
import time

import libvirt


class Subject:
    """A daemon on a host of its own."""

    def __init__(self, name, execute, program):
        self.name, self.execute, self.program = name, shlex.split(execute), program
        daemon = os.path.basename(program)
        self.pid_file = f"/run/{daemon}.pid"
        self.socket_name = "libvirt-sock" if daemon == "libvirtd" else f"{daemon}-sock"
        self.uri = "network:///system" if daemon == "virtnetworkd" else "qemu:///system"
        # A process of that host, whose view of the files is the way to the daemon's socket.
        self.anchor = subprocess.Popen([*self.execute, "sh", "-c", "echo $$; exec sleep infinity"], stdout=subprocess.PIPE)
        self.anchor.stdout.readline()
        self.root = f"/proc/{self.find_anchor()}/root"
        self.conn = None

    def find_anchor(self):
        """The sleeping process itself, below what EXEC may have put around it."""
        pid = self.anchor.pid
        while True:
            with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
                children = file.read().split()
            if not children:
                return pid
            pid = int(children[0])

    def run(self, *command):
        return subprocess.run([*self.execute, *command], check=True, capture_output=True, text=True).stdout

    @property
    def socket(self):
        return f"{self.root}/run/libvirt/{self.socket_name}"

    def connect(self):
        self.conn = libvirt.open(f"{self.uri}?socket={self.socket}")
        return self.conn

    def is_running(self):
        return subprocess.run([*self.execute, "sh", "-c", f"kill -0 $(cat {self.pid_file})"], capture_output=True,
                              check=False).returncode == 0

    def kill(self):
        self.conn = None
        self.run("sh", "-c", f"kill -9 $(cat {self.pid_file}); while kill -0 $(cat {self.pid_file}) 2>/dev/null; do sleep 0.01; done; rm -f /run/libvirt/{self.socket_name}")

    def start(self):
        """Starts the daemon; the time until it has answered a question about its objects, in ms."""
        begin = time.monotonic()
        process = subprocess.Popen([*self.execute, self.program, "-d"])
        while True:
            try:
                conn = self.connect()
                (conn.numOfNetworks if self.uri.startswith("network") else conn.numOfDomains)()
                took = (time.monotonic() - begin) * 1000
                process.wait()
                return took
            except libvirt.libvirtError:
                time.sleep(0.0005)

    def daemon_pid(self):
        """Its number as we see it; the pid file has the one of its own host."""
        wanted = self.run("cat", self.pid_file).strip()
        here = os.readlink(f"/proc/{self.find_anchor()}/ns/pid")
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{entry}/status", encoding="utf-8") as file:
                    inner = next(line for line in file if line.startswith("NSpid:")).split()[-1]
                if inner == wanted and os.readlink(f"/proc/{entry}/ns/pid") == here:
                    return int(entry)
            except OSError:
                continue
        raise RuntimeError(f"no process {wanted} on the host of {self.name}")


def timed(call):
    begin = time.monotonic()
    call()
    return (time.monotonic() - begin) * 1000



def daemon_cpu_us(pid):
    with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[0]) / 1000


class Results:
    """Samples in ms; and in units of their own, which the name of the measure tells."""

    def __init__(self):
        self.samples = {}

    def add(self, measure, subject, value):
        self.samples.setdefault(measure, {}).setdefault(subject, []).append(value)

    def show(self):
        print(f"{'ms':48}{'ours':>12}{'peer':>12}{'limit':>12}{'peer/ours':>12}{'ours/limit':>12}")
        for measure, by_subject in self.samples.items():
            median = {name: statistics.median(values) for name, values in by_subject.items()}
            cells = [f"{median[name]:12.3f}" if name in median else f"{'-':>12}" for name in ("ours", "peer", "limit")]
            for over, under in (("peer", "ours"), ("ours", "limit")):
                is_known = over in median and under in median and median[under] > 0
                cells.append(f"{median[over] / median[under]:12.2f}" if is_known else f"{'-':>12}")
            print(f"{measure:48}" + "".join(cells))
