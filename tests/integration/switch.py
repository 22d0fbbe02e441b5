# SPDX-License-Identifier: LGPL-2.1-or-later
"""An Open vSwitch of a test's own, in a directory of its own. Where the kernel has no part of it, packets go through
ovs-vswitchd itself."""

import json
import os
import shutil
import subprocess
import tempfile

import harness
import namespace
from namespace import ip

IN_KERNEL = os.path.exists("/sys/module/openvswitch")
SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"


def need():
    harness.need("ovs-vsctl", "ovs-appctl", "ovsdb-server", "ovs-vswitchd", "ovsdb-tool")
    if not os.path.exists(SCHEMA):
        raise harness.Skip(f"there is no {SCHEMA}")


class Switch:
    """The database and the switch, which the daemons that are started later find by OVS_RUNDIR."""

    def __init__(self, bridge="ovsbr0"):
        self.directory = tempfile.mkdtemp(prefix="modvirt-ovs-")
        self.bridge = bridge
        self.programs = {}

    def __enter__(self):
        os.environ["OVS_RUNDIR"] = self.directory
        # So that all is silent until somebody is asked to speak.
        with open("/proc/sys/net/ipv6/conf/default/disable_ipv6", "w", encoding="utf-8") as file:
            file.write("1")
        database = os.path.join(self.directory, "conf.db")
        subprocess.run(["ovsdb-tool", "create", database, SCHEMA], check=True)
        self.start("ovsdb-server", database, f"--remote=punix:{self.directory}/db.sock")
        namespace.wait_for("the database", lambda: os.path.exists(f"{self.directory}/db.sock"))
        self.vsctl("--no-wait", "init")
        self.start_switch()
        self.vsctl("add-br", self.bridge, "--", "set", "Bridge", self.bridge,
                   f"datapath_type={'system' if IN_KERNEL else 'netdev'}")
        ip("link", "set", self.bridge, "up")
        return self

    def __exit__(self, *problem):
        if "ovs-vswitchd" in self.programs:
            subprocess.run(["ovs-vsctl", "--timeout=5", "del-br", self.bridge], capture_output=True, check=False)
        for name in list(self.programs):
            self.end(name)
        del os.environ["OVS_RUNDIR"]
        shutil.rmtree(self.directory, ignore_errors=True)
        for link in namespace.links():
            if link.startswith("ovs"):
                subprocess.run(["ip", "link", "del", link], capture_output=True, check=False)

    def start(self, name, *arguments):
        with open(os.path.join(self.directory, f"{name}.out"), "ab") as log:
            self.programs[name] = subprocess.Popen([name, *arguments, "--pidfile"], stdout=log, stderr=log)

    def start_switch(self):
        self.start("ovs-vswitchd", *([] if IN_KERNEL else ["--disable-system"]))

    def end(self, name):
        program = self.programs.pop(name)
        program.terminate()
        program.wait(20)

    def vsctl(self, *arguments):
        out = subprocess.run(["ovs-vsctl", "--timeout=10", *arguments], check=True, capture_output=True, text=True)
        return out.stdout

    def table(self, name):
        """The records of a table, as dictionaries of Python values."""
        document = json.loads(self.vsctl("--format=json", "list", name))
        return [dict(zip(document["headings"], map(plain, row))) for row in document["data"]]

    def record(self, table, name):
        found = [record for record in self.table(table) if record["name"] == name]
        return found[0] if found else None

    def ports(self):
        return [port for port in self.vsctl("list-ports", self.bridge).split() if not port.startswith("ovs")]

    def add_end(self, name, *settings):
        """A port with these settings, whose other end is the link xNAME."""
        ip("link", "add", name, "type", "veth", "peer", "name", f"x{name}")
        for link in (name, f"x{name}"):
            ip("link", "set", link, "up")
        self.vsctl("add-port", self.bridge, name, *settings)


def plain(value):
    """A value of OVSDB's JSON, as Python has it."""
    if isinstance(value, list) and len(value) == 2 and value[0] == "set":
        return [plain(item) for item in value[1]]
    if isinstance(value, list) and len(value) == 2 and value[0] == "map":
        return {plain(key): plain(item) for key, item in value[1]}
    if isinstance(value, list) and len(value) == 2 and value[0] == "uuid":
        return value[1]
    return value
