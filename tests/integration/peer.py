# SPDX-License-Identifier: LGPL-2.1-or-later
"""The distribution's libvirtd, to compare with."""

import shutil

import harness


class Peer(harness.Daemon):
    """As a session's daemon: it takes its directories from the environment."""

    def __init__(self, host):
        program = shutil.which("libvirtd", path="/usr/sbin:/usr/bin")
        if not program:
            raise harness.Skip("libvirtd is not installed")
        super().__init__(host, "virtproxyd", "qemu", program=program)
        self.options = []


class SystemPeer(Peer):
    """As the system's, for tests whose /etc/libvirt, /run and /var/lib/libvirt are their own (namespace.enter_host)."""

    def __init__(self, host):
        super().__init__(host)
        self.socket = "/run/libvirt/libvirt-sock"
        self.configure("libvirtd", 'auth_unix_rw = "none"\n')
        self.configure("qemu", 'user = "root"\ngroup = "root"\nsecurity_driver = "none"\nremember_owner = 0\n'
                               'cgroup_controllers = []\nstdio_handler = "file"\n')

    @staticmethod
    def configure(name, text):
        with open(f"/etc/libvirt/{name}.conf", "w", encoding="utf-8") as file:
            file.write(text)
