#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The stock virt-admin against a daemon of ours."""

import os
import struct
import time

import harness
import rpcwire


def admin(host, *command, **options):
    harness.need("virt-admin")
    return host.run("virt-admin", "-c", host.daemon("virttestd").admin_uri(), *command, **options)


def values(output):
    """The "name : value" lines of virt-admin's answers."""
    return dict(map(str.strip, line.split(":", 1)) for line in output.splitlines() if ":" in line)


def started(host):
    daemon = host.start("virttestd")
    client = rpcwire.Connection(daemon.socket).open()
    return daemon, client


def test_servers():
    with harness.Host() as host:
        started(host)
        assert [line.split()[1:] for line in admin(host, "srv-list").stdout.splitlines()[2:4]] == [["virttestd"], ["admin"]]
        result = admin(host, "srv-clients-list", "nothing", check=False)
        assert "No server named 'nothing'" in result.stderr, result.stderr


def test_clients():
    with harness.Host() as host:
        _, client = started(host)
        listed = admin(host, "srv-clients-list", "virttestd").stdout.splitlines()[2].split()
        number = listed[0]
        assert listed[1] == "unix"
        info = values(admin(host, "client-info", "virttestd", number).stdout)
        assert info["readonly"] == "no" and info["unix_process_id"] == str(os.getpid())
        assert info["unix_user_id"] == str(os.geteuid())
        admin(host, "client-disconnect", "virttestd", number)
        assert client.is_closed()
        result = admin(host, "client-info", "virttestd", number, check=False)
        assert f"No client with matching ID '{number}'" in result.stderr


def test_limits():
    with harness.Host() as host:
        daemon, _ = started(host)
        admin(host, "srv-clients-set", "virttestd", "--max-clients", "2", "--max-unauth-clients", "1")
        limits = values(admin(host, "srv-clients-info", "virttestd").stdout)
        assert (limits["nclients_max"], limits["nclients"], limits["nclients_unauth_max"]) == ("2", "1", "1")
        with rpcwire.Connection(daemon.socket).open(), rpcwire.Connection(daemon.socket, timeout=0.3) as third:
            third.send(rpcwire.frame(rpcwire.REMOTE, rpcwire.AUTH_LIST))
            try:
                raise AssertionError(third.receive())
            except TimeoutError:
                pass
            admin(host, "srv-clients-set", "virttestd", "--max-clients", "10")
            third.socket.settimeout(10)
            assert third.receive().status == rpcwire.OK
        result = admin(host, "srv-clients-set", "virttestd", "--max-unauth-clients", "11", check=False)
        assert result.returncode == 1


def test_threadpool():
    with harness.Host() as host:
        started(host)
        admin(host, "srv-threadpool-set", "virttestd", "--max-workers", "11")
        pool = values(admin(host, "srv-threadpool-info", "virttestd").stdout)
        assert pool["maxWorkers"] == "11" and pool["prioWorkers"] == "0"
        result = admin(host, "srv-threadpool-set", "virttestd", "--priority-workers", "3", check=False)
        assert "calls do not wait for worker threads" in result.stderr


def test_logging():
    with harness.Host() as host:
        started(host)
        path = os.path.join(host.root, "out")
        admin(host, "daemon-log-filters", "1:daemon 4:rpc")
        assert "1:daemon 4:rpc" in admin(host, "daemon-log-filters").stdout
        admin(host, "daemon-log-outputs", f"1:file:{path}")
        assert f"1:file:{path}" in admin(host, "daemon-log-outputs").stdout
        assert os.path.exists(path)
        result = admin(host, "daemon-log-outputs", "1:nowhere", check=False)
        assert result.returncode == 1
        assert f"1:file:{path}" in admin(host, "daemon-log-outputs").stdout


def test_no_tls():
    with harness.Host() as host:
        started(host)
        result = admin(host, "server-update-tls", "virttestd", check=False)
        assert "does not use TLS" in result.stderr


def test_timeout():
    """The idle exit comes when the last client has gone, and not before."""
    with harness.Host() as host:
        daemon, client = started(host)
        admin(host, "daemon-timeout", "--timeout", "1")
        time.sleep(2)
        assert isinstance(client.call(rpcwire.GET_HOSTNAME), bytes)
        client.socket.close()
        assert daemon.process.wait(10) == 0


def test_admin_socket_serves_no_other_program():
    with harness.Host() as host:
        daemon, client = started(host)
        with rpcwire.Connection(daemon.admin_socket) as connection:
            answer = connection.call(rpcwire.GET_HOSTNAME)
            assert answer == rpcwire.WireError(39, 7, "Cannot find program 536903814 version 1"), answer
        answer = client.call(3, program=rpcwire.ADMIN)
        assert answer == rpcwire.WireError(39, 7, "Cannot find program 110102160 version 1"), answer


def test_every_call_with_the_smallest_arguments():
    with harness.Host() as host:
        daemon, _ = started(host)
        program = rpcwire.Program("admin")
        for call in program.calls:
            with rpcwire.Connection(daemon.admin_socket) as connection:
                assert connection.call(1, struct.pack(">I", 0), program=rpcwire.ADMIN) == b""
                answer = connection.call(call.number, program.body(call), program=rpcwire.ADMIN)
                assert not isinstance(answer, rpcwire.WireError) or answer.code != 39, (call.name, answer)


if __name__ == "__main__":
    harness.main([value for name, value in sorted(globals().items()) if name.startswith("test_")])
