# SPDX-License-Identifier: LGPL-2.1-or-later
"""A whole Debian of a test's own, with systemd, firewalld, Docker and a kernel that has macvtap: the program runs again there.

MODVIRT_REALHOST is a command that makes such hosts, for instance virtual machines (CONTRIBUTING.md says what it must know):

    COMMAND up NAME          COMMAND exec NAME PROGRAM [ARG...]          COMMAND down NAME

MODVIRT_REALHOST_UP has more words for "up". What has been built is unpacked there before: all that tests run from the build
directory, and where asked for the installed programs and units.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile

import harness

INSIDE = "MODVIRT_TEST_REALHOST"
PLACE = "/opt/modvirt"
HERE = os.path.dirname(os.path.abspath(__file__))
BUILT = re.compile(r"src/\w+/(virt\w*d|virsh|virt-network-check|lib[\w.-]+\.so[\d.]*)$|"
                   r"tests/integration/([a-z0-9]+|lib\w+\.so|kernel\.elf)$|config\.h$|data/\w+\.(service|socket)$")


def built_files():
    """What tests need of the build directory, by its path there."""
    for folder, _, names in os.walk(harness.BUILD):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), harness.BUILD)
            if BUILT.match(path):
                yield path


class Host:
    def __init__(self):
        self.command = shlex.split(os.environ["MODVIRT_REALHOST"])
        self.name = f"modvirt{os.getpid() % 100000}"

    def __enter__(self):
        more = shlex.split(os.environ.get("MODVIRT_REALHOST_UP", ""))
        subprocess.run([*self.command, "up", self.name, *more], check=True, stdout=subprocess.DEVNULL)
        return self

    def __exit__(self, kind, error, trace):
        subprocess.run([*self.command, "down", self.name], check=True, stdout=subprocess.DEVNULL)

    def run(self, *command, **options):
        return subprocess.run([*self.command, "exec", self.name, *command], check=False, **options).returncode

    def unpack(self, folder, place, *paths):
        """Copies paths in folder to place on the host."""
        tar = subprocess.Popen(["tar", "-C", folder, "-c", *paths], stdout=subprocess.PIPE)
        script = f"mkdir -p {place} && tar -xm --no-same-owner --no-overwrite-dir -C {place}"
        status = self.run("sh", "-c", script, stdin=tar.stdout)
        tar.stdout.close()
        assert tar.wait() == 0 and status == 0, f"{folder} could not be copied"


def need_system_build():
    with open(os.path.join(harness.BUILD, "config.h"), encoding="utf-8") as file:
        if '#define SYSCONFDIR "/etc"' not in file.read():
            raise harness.Skip("the build is not for the system's directories (meson setup --prefix=/usr)")


def enter(installed=False):
    """Runs the program again on a new host. installed: with the programs and units where they belong on a system; the build
    must have been set up for that."""
    if os.environ.get(INSIDE):
        return
    if not os.environ.get("MODVIRT_REALHOST"):
        raise harness.Skip("MODVIRT_REALHOST names no program that makes hosts")
    if installed:
        need_system_build()
    with Host() as host:
        host.unpack(harness.BUILD, f"{PLACE}/build", *built_files())
        host.unpack(HERE, f"{PLACE}/tests", ".")
        if installed:
            with tempfile.TemporaryDirectory(prefix="modvirt-") as root:
                subprocess.run(["meson", "install", "-C", harness.BUILD, "--no-rebuild", "--quiet"], check=True,
                               env={**os.environ, "DESTDIR": root}, stdout=subprocess.DEVNULL)
                host.unpack(root, "/", ".")
            host.run("systemctl", "daemon-reload")
        status = host.run("env", f"{INSIDE}=1", f"MODVIRT_BUILD={PLACE}/build", "/usr/bin/python3",
                          f"{PLACE}/tests/{os.path.basename(sys.argv[0])}", *sys.argv[1:])
    sys.exit(status)
