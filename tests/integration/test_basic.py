#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every daemon does, as the stock command line client sees it; the driver is virttestd's."""

import harness


def virsh(host, daemon, *command, **options):
    harness.need("virsh")
    return host.run("virsh", "-c", daemon.uri(), *command, **options)


def test_list_and_start():
    with harness.Host() as host:
        daemon = host.start("virttestd")
        assert "guest1" in virsh(host, daemon, "list", "--all").stdout
        virsh(host, daemon, "start", "guest1")
        assert virsh(host, daemon, "domstate", "guest1").stdout.strip() == "running"
        assert virsh(host, daemon, "list", "--name").stdout.split() == ["guest1"]


def test_unknown_guest():
    with harness.Host() as host:
        daemon = host.start("virttestd")
        result = virsh(host, daemon, "start", "nobody", check=False)
        assert result.returncode == 1
        assert "failed to get domain 'nobody'" in result.stderr


def test_unsupported_call():
    with harness.Host() as host:
        daemon = host.start("virttestd")
        result = virsh(host, daemon, "dumpxml", "guest1", check=False)
        assert "this function is not supported by the connection driver: virDomainGetXMLDesc" in result.stderr


def test_read_only():
    with harness.Host() as host:
        daemon = host.start("virttestd")
        result = virsh(host, daemon, "-r", "destroy", "guest1", check=False)
        assert "operation forbidden: read only access prevents virDomainDestroy" in result.stderr


def test_stop_removes_sockets():
    with harness.Host() as host:
        daemon = host.start("virttestd")
        assert daemon.stop() == 0
        assert not harness.can_connect(daemon.socket)


def test_second_daemon_is_refused():
    with harness.Host() as host:
        daemon = host.start("virttestd")
        second = host.run(harness.find_binary("virttestd"), "--session", check=False)
        assert second.returncode == 1 and f"another daemon (process {daemon.pid}) holds the PID file" in second.stderr
        assert "guest1" in virsh(host, daemon, "list", "--all").stdout


def test_killed_daemon_starts_again():
    with harness.Host() as host:
        daemon = host.start("virttestd")
        daemon.kill()
        daemon.start()
        assert "guest1" in virsh(host, daemon, "list", "--all").stdout


if __name__ == "__main__":
    harness.main([value for name, value in sorted(globals().items()) if name.startswith("test_")])
