# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts our daemons in a directory of their own, in session mode, and ends them by their process number.

    with harness.Host() as host:
        network = host.start("virtnetworkd")
        connection = libvirt.open(network.uri())
        network.kill()           # like kill -9
        network.start()          # once more, on the same files

The environment variable MODVIRT_BUILD names the build directory (meson sets it for tests).
"""

import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback

import supervise

BUILD = os.path.abspath(os.environ.get("MODVIRT_BUILD", os.path.join(os.path.dirname(__file__), "..", "..", "build")))
OUR_LIBRARY = os.path.join(BUILD, "src", "client", "libvirt.so.0")
START_TIMEOUT_S = 20
STOP_TIMEOUT_S = 20


class Skip(Exception):
    """Something a test needs is not there; names it."""


def need(*programs):
    """Skips the test unless these programs are installed."""
    for program in programs:
        if not shutil.which(program):
            raise Skip(f"{program} is not installed")


def need_plain(path):
    """Skips the test when this program or library has a sanitizer in it: that wants to be loaded before all else."""
    linked = subprocess.run(["ldd", path], capture_output=True, text=True, check=True).stdout
    if "libasan" in linked or "libtsan" in linked:
        raise Skip(f"a sanitizer in {os.path.basename(path)}, which wants to be loaded first")


def find_binary(name):
    for folder in (f"src/{name}", "src/virsh", "src/tools", "tests/integration"):
        path = os.path.abspath(os.path.join(BUILD, folder, name))
        if os.path.isfile(path):
            return path
    raise Skip(f"{name} has not been built")


class Daemon:
    """One daemon of a host. scheme is that of its URIs."""

    def __init__(self, host, name, scheme, arguments=(), program=None):
        self.host = host
        self.program = program or find_binary(name)
        self.name = name
        self.scheme = scheme
        self.options = ["--session", "--verbose"]
        self.arguments = list(arguments)
        self.process = None
        prefix = "libvirt" if name == "virtproxyd" else name
        self.socket = os.path.join(host.run_dir, f"{prefix}-sock")
        self.admin_socket = os.path.join(host.run_dir, f"{prefix}-admin-sock")
        self.log_path = os.path.join(host.root, f"{name}.log")

    def uri(self, path="/session"):
        return f"{self.scheme}+unix://{path}?socket={self.socket}"

    def admin_uri(self):
        return f"{self.name}:///session?socket={self.admin_socket}"

    @property
    def pid(self):
        return self.process.pid

    def start(self):
        """Starts it and waits until it answers, for which all that it does at its start is over."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, *self.options, *self.arguments],
                env=self.host.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.host.root,
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self.process.returncode}:\n{self.log()}")
            if answers(self.socket):
                return self
            time.sleep(0.01)
        raise RuntimeError(f"{self.name} did not answer within {START_TIMEOUT_S} s:\n{self.log()}")

    def stop(self):
        """Asks it to end, and returns its exit status."""
        return self._end(signal.SIGTERM)

    def kill(self):
        """Ends it without giving it a chance to tidy up."""
        status = self._end(signal.SIGKILL)
        # A child that was just about to run another program listened on its sockets, too.
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while can_connect(self.socket) and time.monotonic() < deadline:
            time.sleep(0.01)
        return status

    def _end(self, number):
        if not self.process:
            return None
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            status = self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise RuntimeError(f"{self.name} did not end within {STOP_TIMEOUT_S} s:\n{self.log()}") from None
        self.process = None
        return status

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()


SCHEMES = {"virtqemud": "qemu", "virtnetworkd": "network", "virtproxyd": "qemu", "virttestd": "test",
           "virtstoraged": "storage"}


class Host:
    """A directory with the XDG directories of a user's session, and the daemons that run on it."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="modvirt-")
        self.env = dict(os.environ)
        for variable, folder in (("XDG_RUNTIME_DIR", "run"), ("XDG_CONFIG_HOME", "config"),
                                 ("XDG_CACHE_HOME", "cache"), ("HOME", "home")):
            path = os.path.join(self.root, folder)
            os.mkdir(path, 0o700)
            self.env[variable] = path
        self.env["LIBVIRT_AUTOSTART"] = "0"
        for variable in ("LIBVIRT_DEFAULT_URI", "LIBVIRT_DEBUG", "LIBVIRT_LOG_OUTPUTS", "LIBVIRT_LOG_FILTERS"):
            self.env.pop(variable, None)
        self.run_dir = os.path.join(self.root, "run", "libvirt")
        self.config_dir = os.path.join(self.root, "config", "libvirt")
        self.daemons = {}

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        failed = kind is not None and not issubclass(kind, Skip)
        statuses = {daemon.name: daemon.kill() if failed else daemon.stop() for daemon in self.daemons.values()}
        for daemon in self.daemons.values():
            failed = failed or statuses[daemon.name] not in (None, 0)
            if failed and os.path.exists(daemon.log_path):
                print(f"--- log of {daemon.name}\n{daemon.log()}", file=sys.stderr)
        shutil.rmtree(self.root, ignore_errors=True)
        if failed and not kind:
            raise AssertionError(f"not every daemon ended well: {statuses}")

    def configure(self, name, text):
        """Writes NAME.conf."""
        os.makedirs(self.config_dir, exist_ok=True)
        with open(os.path.join(self.config_dir, f"{name}.conf"), "w", encoding="utf-8") as file:
            file.write(text)

    def daemon(self, name, *arguments):
        """A daemon that has not been started."""
        if name not in self.daemons:
            self.daemons[name] = Daemon(self, name, SCHEMES.get(name, name), arguments)
        return self.daemons[name]

    def start(self, name, *arguments):
        return self.daemon(name, *arguments).start()

    def start_as(self, name, program):
        """Starts a program that is another daemon when called by its name."""
        link = os.path.join(self.root, name)
        os.symlink(find_binary(program), link)
        self.daemons[name] = Daemon(self, name, SCHEMES.get(name, name), program=link)
        return self.daemons[name].start()

    def run(self, *command, check=True, timeout=60):
        """Runs a command in this host's environment; returns the finished process with its output as text."""
        result = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=timeout, cwd=self.root)
        if check and result.returncode != 0:
            raise AssertionError(f"{' '.join(command)} ended with {result.returncode}:\n{result.stdout}{result.stderr}")
        return result


# AUTH_LIST, which may be asked of any daemon: its length, program, version, procedure, type, serial, status.
ANYBODY_MAY_ASK = struct.pack(">7I", 28, 0x20008086, 1, 66, 0, 0, 0)


def answers(path):
    """Whether there is a daemon that answers."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)  # the socket may be one that nobody reads any more
        try:
            probe.connect(path)
            probe.sendall(ANYBODY_MAY_ASK)
            return probe.recv(4096) != b""
        except OSError:
            return False


def can_connect(path):
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except OSError:
            return False
    return True


# No test takes that long, but for those that kill daemons as often as they are asked to.
TEST_LIMIT_S = 240 + 2 * int(os.environ.get("MODVIRT_TEST_KILLS", "0"))


def main(tests, prepare=None, limit_s=TEST_LIMIT_S):
    """Runs test functions one by one and reports in TAP; meson reads it. Optional arguments: names of the tests wanted.
    prepare() comes first, and may skip them all. A test that takes longer than limit_s is ended, and has failed."""
    try:
        if prepare:
            prepare()
    except Skip as reason:
        print(f"1..1\nok 1 all # SKIP {reason}")
        return
    forgotten = [name for name, value in vars(sys.modules["__main__"]).items()
                 if name.startswith("test_") and callable(value) and value not in tests]
    if forgotten:
        sys.exit(f"nobody runs {', '.join(forgotten)}")
    wanted = [test for test in tests if not sys.argv[1:] or test.__name__ in sys.argv[1:]]
    print(f"1..{len(wanted)}", flush=True)
    failures = supervise.run(len(wanted), lambda number: run_one(number + 1, wanted[number]),
                             lambda number, why: report(f"not ok {number + 1} {wanted[number].__name__}: {why}"), limit_s)
    sys.exit(1 if failures else 0)


def report(line):
    print(line, flush=True)


def run_one(number, test):
    """Whether it passed."""
    try:
        test()
    except Skip as reason:
        report(f"ok {number} {test.__name__} # SKIP {reason}")
    except Exception as error:  # whatever it is, it is this test's failure
        traceback.print_exc()
        report(f"not ok {number} {test.__name__}: {type(error).__name__}: {str(error).splitlines()[:1]}")
        return False
    else:
        report(f"ok {number} {test.__name__}")
    return True
