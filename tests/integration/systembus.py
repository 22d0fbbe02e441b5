# SPDX-License-Identifier: LGPL-2.1-or-later
"""A system bus of a test's own, which the daemons of a harness.Host take for the machine's."""

import os
import subprocess

import harness
from namespace import wait_for


class SystemBus:
    """Started at once; daemons that are started afterwards find it."""

    def __init__(self, host):
        harness.need("dbus-daemon")
        address = f"unix:path={host.root}/bus"
        self.socket = f"{host.root}/bus"
        self.config = os.path.join(host.root, "bus.conf")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(f"<busconfig><type>system</type><listen>{address}</listen><auth>EXTERNAL</auth>"
                       '<policy context="default"><allow send_destination="*"/><allow own="*"/>'
                       '<allow eavesdrop="false"/><allow user="*"/></policy></busconfig>')
        host.env["DBUS_SYSTEM_BUS_ADDRESS"] = address
        self.start()

    def start(self):
        self.process = subprocess.Popen(["dbus-daemon", f"--config-file={self.config}", "--nofork", "--nopidfile"])
        wait_for("the bus", lambda: harness.can_connect(self.socket))

    def stop(self):
        self.process.kill()
        self.process.wait()
