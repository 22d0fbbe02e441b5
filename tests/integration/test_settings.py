#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Options, configuration files, activation, reload, and what is installed beside the programs."""

import fcntl
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import time

import harness
import rpcwire


def data_file(name):
    return os.path.join(harness.BUILD, "data", name)


def run_daemon(host, *arguments, **options):
    return host.run(harness.find_binary("virttestd"), "--session", *arguments, check=False, **options)


def test_options():
    with harness.Host() as host:
        program = harness.find_binary("virttestd")
        assert host.run(program, "--version").stdout.startswith("virttestd (libvirt) 9.0.0\n")
        assert "--timeout SECS" in host.run(program, "--help").stdout
        for wrong in (["--timeout", "x"], ["--timeout", "0"], ["--nothing"], ["stray"]):
            assert run_daemon(host, *wrong).returncode == 1, wrong


def test_man_pages():
    """Each shows every option that there is, and is sound."""
    harness.need("man")
    with harness.Host() as host:
        options = set(re.findall(r"--[a-z-]+", run_daemon(host, "--help").stdout))
        for name in ("virtqemud", "virtnetworkd", "virtproxyd", "virtstoraged"):
            page = host.run("man", "--warnings", "-l", data_file(f"{name}.8"))
            assert not page.stderr, page.stderr
            shown = set(re.findall(r"--[a-z-]+", re.sub(r"\u2010\n\s*", "", page.stdout)))
            assert options <= shown and "@" not in page.stdout, (name, options - shown)


def test_wrong_configuration():
    cases = {
        "max_clients = 0\n": ":1: max_clients: expecting a number from 1",
        'max_clients = "5"\n': ":1: max_clients: expecting a number, not a string",
        "\nfoo = 1\n": ":2: foo: there is no such key",
        'unix_sock_rw_perms = "0999"\n': ":1: unix_sock_rw_perms: expecting an octal mode",
        'auth_unix_rw = "password"\n': ":1: auth_unix_rw: expecting",
        'auth_unix_rw = "sasl"\n': 'unsupported configuration: auth_unix_rw = "sasl" is not available',
        "listen_tls = 1\n": "unsupported configuration: listen_tls = 1 is not available",
        "listen_tcp = 1\n": 'unsupported configuration: auth_tcp = "sasl" (the default) is not available',
        'access_drivers = [ "selinux" ]\n': ":1: access_drivers: expecting",
        'log_outputs = "1:nowhere"\n': "log output '1:nowhere'",
        'unix_sock_group = "no such group"\n': "there is no group 'no such group'",
        "log_level = \n": ":1: log_level: expecting a value",
    }
    for text, message in cases.items():
        with harness.Host() as host:
            host.configure("virttestd", text)
            result = run_daemon(host)
            assert result.returncode == 1 and message in result.stderr, (text, result.stderr)
            assert not harness.can_connect(host.daemon("virttestd").socket)


def test_named_file_must_exist():
    with harness.Host() as host:
        result = run_daemon(host, "--config", os.path.join(host.root, "nothing.conf"))
        assert result.returncode == 1 and "nothing.conf" in result.stderr


def test_shipped_files_say_what_holds():
    """Every key that a shipped file shows is one, with a value of its type."""
    for name in ("virtqemud", "virtnetworkd", "virtproxyd", "virtstoraged"):
        with harness.Host() as host:
            with open(data_file(f"{name}.conf"), encoding="utf-8") as file:
                text = re.sub(r"^#([a-z_]+ = )", r"\1", file.read(), flags=re.M)
            assert text.count("\nmax_clients = 5000") == 1
            text = re.sub(r'^unix_sock_dir = .*$', f'unix_sock_dir = "{host.run_dir}"', text, flags=re.M)
            host.configure("virttestd", text)
            daemon = host.start("virttestd")
            assert "no effect" not in daemon.log(), daemon.log()


def test_reload():
    with harness.Host() as host:
        host.configure("virttestd", "max_clients = 1\n")
        daemon = host.start("virttestd")
        first = rpcwire.Connection(daemon.socket).open()
        with rpcwire.Connection(daemon.socket) as second:
            second.send(rpcwire.frame(rpcwire.REMOTE, rpcwire.AUTH_LIST))
            host.configure("virttestd", "max_clients = nonsense\n")
            daemon.process.send_signal(signal.SIGHUP)
            wait_for(lambda: "the configuration stays as it was" in daemon.log())
            host.configure("virttestd", "max_clients = 2\n")
            daemon.process.send_signal(signal.SIGHUP)
            assert second.receive().status == rpcwire.OK
        assert isinstance(first.call(rpcwire.GET_HOSTNAME), bytes)


def wait_for(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_background():
    """The parent goes when the daemon takes calls, and not before."""
    with harness.Host() as host:
        pid_file = os.path.join(host.root, "pid")
        result = run_daemon(host, "--daemon", "--pid-file", pid_file)
        assert result.returncode == 0
        with open(pid_file, encoding="ascii") as file:
            pid = int(file.read())
        try:
            assert harness.can_connect(host.daemon("virttestd").socket)
        finally:
            os.kill(pid, signal.SIGTERM)
        wait_for(lambda: not os.path.exists(pid_file))
        host.configure("virttestd", "foo = 1\n")
        assert run_daemon(host, "--daemon").returncode == 1


def test_second_daemon():
    """Of two daemons on the same sockets or state the second one refuses, and takes nothing from the first."""
    with harness.Host() as host:
        for name in ("virtnetworkd", "virtqemud", "virtproxyd"):
            first = host.start(name)
            for more, words in (((), f"(process {first.pid}) holds the PID file"),
                                (("--pid-file", f"{host.root}/other"), f"another daemon listens on '{first.socket}'")):
                second = host.run(first.program, *first.options, *more, check=False)
                assert second.returncode == 1 and words in second.stderr, second
                assert harness.can_connect(first.socket) and harness.can_connect(first.admin_socket)
        # libvirt's own daemons lock the state of a driver this way.
        for name, place in (("virtnetworkd", "network/lib"), ("virtqemud", "qemu/run")):
            daemon = host.daemons[name]
            path = os.path.join(host.run_dir, place, "driver.pid")
            with open(path, encoding="ascii") as file:
                assert int(file.read()) == daemon.pid
            daemon.stop()
            assert not os.path.exists(path)
            with open(path, "w", encoding="ascii") as file:
                fcntl.lockf(file, fcntl.LOCK_EX, 1)
                second = host.run(daemon.program, *daemon.options, check=False)
                assert second.returncode == 1 and f"(process {os.getpid()}) holds the PID file '{path}'" in second.stderr, second
            daemon.start()


def test_socket_of_the_dead():
    """A socket that a child of a killed daemon still holds keeps nobody out."""
    with harness.Host() as host:
        daemon = host.daemon("virtproxyd")
        os.makedirs(host.run_dir)
        reader, writer = os.pipe()
        begins = os.fork()
        if begins == 0:
            left = socket.socket(socket.AF_UNIX)
            left.bind(daemon.socket)
            left.listen(16)
            if os.fork() == 0:
                os.close(writer)
                os.read(reader, 1)
            os._exit(0)
        os.waitpid(begins, 0)
        assert harness.can_connect(daemon.socket)
        daemon.start()
        wait_for(lambda: harness.can_connect(daemon.admin_socket))
        os.close(writer)
        os.close(reader)
        assert daemon.stop() == 0


def test_idle_exit():
    with harness.Host() as host:
        daemon = host.start("virttestd", "--timeout", "1")
        assert daemon.process.wait(10) == 0


def listener(path):
    made = socket.socket(socket.AF_UNIX)
    made.bind(path)
    made.listen()
    return made


def activated(host, names, sockets):
    """Starts virttestd with listening sockets, as systemd would."""
    script = "import os, sys; os.environ['LISTEN_PID'] = str(os.getpid()); os.execv(sys.argv[1], sys.argv[1:])"

    def pass_on():
        high = [fcntl.fcntl(made.fileno(), fcntl.F_DUPFD, 100) for made in sockets]
        for number, fd in enumerate(high):
            os.dup2(fd, 3 + number, inheritable=True)
            os.close(fd)

    env = dict(host.env, LISTEN_FDS=str(len(sockets)), LISTEN_FDNAMES=":".join(names))
    return subprocess.Popen([shutil.which("python3"), "-c", script, harness.find_binary("virttestd"), "--session"],
                            env=env, preexec_fn=pass_on, close_fds=False, stderr=subprocess.PIPE, text=True)


def test_activation():
    for by_name in (True, False):
        with harness.Host() as host:
            os.makedirs(host.run_dir, exist_ok=True)
            if by_name:
                names = ["virttestd-ro.socket", "virttestd.socket", "virttestd-admin.socket"]
                paths = [os.path.join(host.root, name) for name in ("a", "b", "c")]
            else:
                names = ["x", "y", "z"]
                paths = [os.path.join(host.run_dir, "virttestd-" + name) for name in ("sock-ro", "sock", "admin-sock")]
            process = activated(host, names, [listener(path) for path in paths])
            try:
                with rpcwire.Connection(paths[0]).open() as reader, rpcwire.Connection(paths[1]).open() as writer:
                    domain = rpcwire.string("guest1") + b"\0" * 15 + b"\1" + struct.pack(">i", -1)
                    assert reader.call(12, domain).code == 29
                    assert writer.call(12, domain) == b""
                with rpcwire.Connection(paths[2]) as admin:
                    assert admin.call(1, struct.pack(">I", 0), program=rpcwire.ADMIN) == b""
            finally:
                process.terminate()
                assert process.wait(10) == 0
            assert all(map(os.path.exists, paths))  # they are systemd's


def test_activation_by_tcp():
    """The unit alone opens the host to nobody: the file has to say that no password is needed."""
    with harness.Host() as host, socket.create_server(("127.0.0.1", 0)) as made:
        process = activated(host, ["virttestd-tcp.socket"], [made])
        assert 'auth_tcp = "sasl" (the default) is not available' in process.communicate(timeout=10)[1]
        assert process.returncode == 1
        host.configure("virttestd", 'auth_tcp = "none"\n')
        process = activated(host, ["virttestd-tcp.socket"], [made])
        try:
            with rpcwire.Connection(made.getsockname()).open() as connection:
                assert isinstance(connection.call(rpcwire.GET_HOSTNAME), bytes)
        finally:
            process.terminate()
            assert process.wait(10) == 0


def test_notification():
    with harness.Host() as host:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(os.path.join(host.root, "notify"))
            manager.settimeout(10)
            host.env["NOTIFY_SOCKET"] = os.path.join(host.root, "notify")
            daemon = host.start("virttestd")
            assert manager.recv(1000).startswith(b"READY=1\n")
            daemon.process.send_signal(signal.SIGHUP)
            assert manager.recv(1000).startswith(b"RELOADING=1\n")
            assert manager.recv(1000).startswith(b"READY=1\n")
            daemon.process.terminate()
            assert manager.recv(1000).startswith(b"STOPPING=1\n")
            daemon.process.wait(10)


def test_autostart():
    """In a session virtproxyd starts the daemon that it needs."""
    with harness.Host() as host:
        host.env["LIBVIRT_AUTOSTART"] = "1"
        host.env["VIRTQEMUD_PATH"] = "/nowhere"
        host.env["VIRTTESTD_PATH"] = harness.find_binary("virttestd")
        proxy = host.start("virtproxyd")
        pid_file = os.path.join(host.run_dir, "virttestd.pid")
        try:
            with rpcwire.Connection(proxy.socket).open("test:///session") as connection:
                assert isinstance(connection.call(rpcwire.GET_HOSTNAME), bytes)
        finally:
            with open(pid_file, encoding="ascii") as file:
                os.kill(int(file.read()), signal.SIGTERM)


def test_exposure():
    """How much of a host is open to a daemon that somebody has taken over, by systemd's measure."""
    harness.need("systemd-analyze")
    for name, limit in (("virtproxyd", 2.5), ("virtnetworkd", 5), ("virtqemud", 6), ("virtstoraged", 4)):
        with harness.Host() as host:
            with open(data_file(f"{name}.service"), encoding="utf-8") as file:
                unit = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", file.read(), flags=re.M)
            path = os.path.join(host.root, f"{name}.service")
            with open(path, "w", encoding="utf-8") as file:
                file.write(unit)
            result = host.run("systemd-analyze", "security", "--offline=true", path, check=False)
            score = re.search(r"Overall exposure level for \S+: ([\d.]+)", result.stdout)
            if not score:
                raise harness.Skip("a systemd-analyze that rates unit files")
            assert float(score[1]) <= limit, (name, score[1])


if __name__ == "__main__":
    harness.main([value for name, value in sorted(globals().items()) if name.startswith("test_")])
