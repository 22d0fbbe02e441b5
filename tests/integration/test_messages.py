#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is out of the ordinary about a guest's run: asked for, in its log, kept over a restart, gone with the run."""

import os

import guests
import harness
from guests import GuestHost, expect_error, guest_xml, libvirt, open_connection

try:
    import libvirt_qemu
except ImportError:
    libvirt_qemu = None

ROOT = ["tainted: running with undesirable elevated privileges"] if os.geteuid() == 0 else []
NAMESPACE = "xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'"
ARGUMENTS = "<qemu:commandline><qemu:arg value='-name'/><qemu:arg value='x'/></qemu:commandline>"


def test_messages():
    guests.need_qemu()
    with GuestHost() as host:
        daemon = host.start("virtqemud")
        connection = open_connection(daemon)
        odd = guest_xml("odd").replace("<domain ", f"<domain {NAMESPACE} ").replace("</domain>", ARGUMENTS + "</domain>")
        odd = odd.replace("machine='q35'", "machine='pc-i440fx-1.7'")
        plain, domain = connection.defineXML(guest_xml("plain")), connection.defineXML(odd)
        assert plain.messages() == domain.messages() == []
        plain.create()
        domain.create()
        assert plain.messages() == ROOT, plain.messages()
        deprecated = "deprecated configuration: machine type 'pc-i440fx-1.7'"
        expected = {deprecated, "tainted: custom configuration parameters specified",
                    "tainted: use of deprecated configuration settings", *ROOT}
        assert set(domain.messages()) == expected, domain.messages()
        assert domain.messages(libvirt.VIR_DOMAIN_MESSAGE_DEPRECATION) == [deprecated]
        assert deprecated not in domain.messages(libvirt.VIR_DOMAIN_MESSAGE_TAINTING)
        expect_error(libvirt.VIR_ERR_INVALID_ARG, "flags", plain.messages, 1 << 20)
        state, saved = os.path.join(host.run_dir, "qemu/run/plain.xml"), set()
        for _ in range(2):
            libvirt_qemu.qemuMonitorCommand(plain, "info status", libvirt_qemu.VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP)
            saved.add(os.stat(state).st_ino)
        guests.ask_qemu(plain, "query-status")
        saved.add(os.stat(state).st_ino)
        assert len(saved) == 1, "one mark is one writing of the state file, however many commands follow"
        custom = {"tainted: custom monitor control commands issued", *ROOT}
        assert set(plain.messages()) == custom, plain.messages()
        with open(os.path.join(host.root, "cache/libvirt/qemu/log/plain.log"), encoding="utf-8") as log:
            assert log.read().count(f"Domain id={plain.ID()} is tainted: custom-monitor") == 1
        with open(os.path.join(host.root, "cache/libvirt/qemu/log/odd.log"), encoding="utf-8") as log:
            text = log.read()
        assert text.count(deprecated) == text.count("tainted: deprecated-config") == 1, text
        connection.close()
        daemon.kill()
        daemon.start()
        connection = open_connection(daemon)
        plain = connection.lookupByName("plain")
        assert set(plain.messages()) == custom and set(connection.lookupByName("odd").messages()) == expected
        plain.destroy()
        assert plain.messages() == []
        plain.create()
        assert plain.messages() == ROOT


if __name__ == "__main__":
    harness.main([test_messages])
