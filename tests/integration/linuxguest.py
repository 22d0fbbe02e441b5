# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests with a Linux of their own: this machine's kernel, busybox, and a console that takes commands.

    linuxguest.initramfs(path)
    with linuxguest.Guest(folder, "one") as guest:
        connection.createXML(guest.xml(kernel, path, cards))
        guest.wait_ready()
        guest.run("ip address")      # what it wrote; AssertionError when it failed
        guest.ping("10.0.0.1")

Processors are emulated, so a boot takes a minute where others build; tests that use this are asked for by an environment
variable (need()).
"""

import glob
import gzip
import os
import re
import shutil
import socket
import subprocess
import time

import harness
from guests import guest_xml

# In the order in which they need each other.
MODULES = ["failover", "net_failover", "virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev",
           "virtio_pci", "virtio_net"]
BOOT_TIMEOUT_S = 600
COMMAND_TIMEOUT_S = 120

# A line is a command; after what that writes comes its status.
INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for m in {modules}; do insmod /$m.ko; done
ip link set lo up
stty -echo -onlcr
echo; echo "@ ready"
while read -r line; do (eval "$line") 2>&1; echo "@ $?"; done
"""


def need():
    """Skips the test unless it was asked for. Returns (kernel, modules by name)."""
    if not os.environ.get("MODVIRT_TEST_LINUX_GUESTS"):
        raise harness.Skip("it takes minutes; MODVIRT_TEST_LINUX_GUESTS=1 runs it")
    harness.need("busybox", "cpio", "ldd")
    for kernel in sorted(glob.glob("/boot/vmlinuz-*")):
        folder = f"/lib/modules/{kernel.split('vmlinuz-')[1]}/kernel"
        found = {os.path.basename(path).split(".")[0].replace("-", "_"): path
                 for path in glob.glob(f"{folder}/**/*.ko", recursive=True)}
        if "virtio_net" in found:
            return kernel, found
    raise harness.Skip("there is no Linux kernel with modules to start as a guest")


def install(root, program):
    """A program with the libraries that it needs."""
    shutil.copy(program, f"{root}/bin/")
    needed = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    for library in re.findall(r"(/\S+) \(0x", needed):
        os.makedirs(root + os.path.dirname(library), exist_ok=True)
        shutil.copy(library, root + library)


def initramfs(path, modules, programs=(), files=None):
    """The archive that guests start from, in the kernel's own format. files: name -> text of further programs in /bin."""
    root = f"{path}.d"
    names = [name for name in MODULES if name in modules]
    for folder in ("bin", "proc", "sys", "dev"):
        os.makedirs(f"{root}/{folder}")
    for program in (shutil.which("busybox"), *programs):
        install(root, program)
    subprocess.run(["mknod", f"{root}/dev/console", "c", "5", "1"], check=True)
    for name in names:
        shutil.copy(modules[name], f"{root}/{name}.ko")
    for name, text in {"../init": INIT.format(modules=" ".join(names)), **(files or {})}.items():
        with open(f"{root}/bin/{name}", "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(f"{root}/bin/{name}", 0o755)
    archive = subprocess.run(f"cd {root} && find . | cpio -o -H newc", shell=True, capture_output=True, check=True).stdout
    with open(path, "wb") as file:
        file.write(gzip.compress(archive, 1))


class Guest:
    """The host's end of a guest's console."""

    def __init__(self, folder, name):
        self.name = name
        self.path = os.path.join(folder, f"{name}.console")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(1)
        self.console, self.heard = None, b""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        for end in (self.console, self.listener):
            if end:
                end.close()
        os.unlink(self.path)

    def xml(self, kernel, initrd, devices):
        boot = f"<kernel>{kernel}</kernel><initrd>{initrd}</initrd><cmdline>console=ttyS0 quiet panic=-1</cmdline>"
        console = f"<serial type='unix'><source mode='connect' path='{self.path}'/></serial>"
        cpu = "<cpu mode='maximum'><feature policy='disable' name='la57'/></cpu>"
        return guest_xml(self.name, devices + console, os_extra=boot, extra=cpu).replace("'MiB'>32", "'MiB'>192")

    def _read_to_mark(self, timeout):
        """What came before the next line that begins with @, and that line's word."""
        deadline = time.monotonic() + timeout
        while not (found := re.search(rb"(?:^|\n)@ (\w+)\r?\n", self.heard)):
            left = deadline - time.monotonic()
            assert left > 0, f"guest {self.name} has not answered within {timeout} s; it wrote {self.heard[-400:]}"
            self.console.settimeout(left)
            try:
                data = self.console.recv(65536)
            except TimeoutError:
                continue
            assert data, f"guest {self.name} has hung up; it wrote {self.heard[-400:]}"
            self.heard += data
        text, self.heard = self.heard[:found.start()], self.heard[found.end():]
        return text.decode(errors="replace"), found[1].decode()

    def wait_ready(self):
        self.listener.settimeout(60)
        self.console = self.listener.accept()[0]
        assert self._read_to_mark(BOOT_TIMEOUT_S)[1] == "ready"

    def try_run(self, command, timeout=COMMAND_TIMEOUT_S):
        """(its status, what it wrote)"""
        self.console.sendall(command.encode() + b"\n")
        text, status = self._read_to_mark(timeout)
        return int(status), text

    def run(self, command):
        status, text = self.try_run(command)
        assert status == 0, f"guest {self.name}: {command} ended with {status}: {text}"
        return text

    def ping(self, address, tries=1):
        program = "ping6" if ":" in address else "ping"
        return self.try_run(f"{program} -c {tries} -W 1 {address}")[0] == 0
