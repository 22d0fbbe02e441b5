#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may call what: every procedure as a read-write, read-only, denied and unauthenticated caller; and polkit."""

import os
import struct
import subprocess
import time

import harness
import rpcwire
from rpcwire import WireError
from systembus import SystemBus

import gen_programs  # noqa: E402, beside the .x files that rpcwire reads

OPERATION_DENIED, ACCESS_DENIED, RPC_ERROR = 29, 88, 39
NOBODY = 65534
SET_IDENTITY, LIST_ALL_DOMAINS, LOOKUP_BY_NAME, CALLBACK_REGISTER, REBOOT = 419, 273, 23, 316, 27

# Procedures that the stock daemon lets a read-only connection call although they need more than the permissions of one,
# or forbids although they do not. Noted from its answers, call by call; the table has them as "ro" and "rw".
STOCK_ALLOWS = """
    CONNECT_SET_IDENTITY DOMAIN_MIGRATE_GET_COMPRESSION_CACHE DOMAIN_MIGRATE_GET_MAX_DOWNTIME NETWORK_LIST_ALL_PORTS
    NODE_DEVICE_GET_PARENT NODE_DEVICE_GET_XML_DESC NODE_DEVICE_IS_ACTIVE NODE_DEVICE_IS_PERSISTENT NODE_DEVICE_LIST_CAPS
    NODE_DEVICE_NUM_OF_CAPS STORAGE_POOL_LIST_ALL_VOLUMES STORAGE_POOL_LIST_VOLUMES STORAGE_POOL_NUM_OF_VOLUMES
""".split()
STOCK_FORBIDS = "DOMAIN_SET_SCHEDULER_PARAMETERS NODE_GET_SEV_INFO DOMAIN_GET_LAUNCH_SECURITY_INFO".split()


def monitor_permissions():
    path = os.path.join(rpcwire.RPC, "calls", "permissions")
    rows = (line.split() for line in open(path, encoding="utf-8") if line.strip() and not line.startswith("#"))
    return {(row[0], row[1]) for row in rows if row[2] == "monitor"}


PROGRAM = rpcwire.Program("remote")
MONITOR = monitor_permissions()
# What ends the connection, or answers when somebody else calls, is tried elsewhere; secondary drivers are other daemons'.
SKIPPED = ("CONNECT_CLOSE", "CONNECT_OPEN", "DOMAIN_SHUTDOWN")


def procedures():
    return [call for call in PROGRAM.calls if not call.is_event and call.name not in SKIPPED]


def applies(rule):
    """Whether the rule counts when all arguments are zero."""
    return rule.when in ("ALWAYS", "NO_FLAG") or (rule.when == "EQUALS" and rule.value == "0")


def is_secondary(call):
    """Whether it goes to the daemon of a secondary driver."""
    return gen_programs.owner_of(call) not in ("NONE", "DOMAIN")


def may_read_only(call):
    if call.name in STOCK_ALLOWS:
        return True
    if call.name in STOCK_FORBIDS:
        return False
    return all((rule.object, rule.permission) in MONITOR for rule in call.rules if applies(rule))


def call_with(connection, call, program=PROGRAM):
    body = program.body(call)
    if call.options.get("fds") in ("call", "both"):
        return connection.call(call.number, struct.pack(">I", 0) + body, program.number, type=rpcwire.CALL_WITH_FDS)
    return connection.call(call.number, body, program.number)


def code_of(answer):
    return answer.code if isinstance(answer, WireError) else 0


def test_read_write():
    """Nothing is forbidden to who may do anything."""
    with harness.Host() as host:
        daemon = host.start("virttestd")
        for call in procedures():
            with rpcwire.Connection(daemon.socket).open() as connection:
                code = code_of(call_with(connection, call))
                assert code not in (OPERATION_DENIED, ACCESS_DENIED, RPC_ERROR), (call.name, code)


def check_read_only(path):
    for call in procedures():
        with rpcwire.Connection(path).open(flags=1) as connection:
            answer = call_with(connection, call)
            denied = code_of(answer) == OPERATION_DENIED
            absent = code_of(answer) == 3 and is_secondary(call)  # its daemon is not here, and would have to say
            assert absent or denied != may_read_only(call), (call.name, answer)
            if denied:
                expected = f"operation forbidden: read only access prevents {call.function or call.name}"
                assert answer.message == expected, answer


def test_read_only():
    with harness.Host() as host:
        check_read_only(host.start("virttestd").socket)


def test_read_only_through_proxy():
    with harness.Host() as host:
        host.start("virttestd")
        check_read_only(host.start("virtproxyd").socket)


def test_secret_flags_are_not_for_readers():
    domain = rpcwire.string("guest1") + b"\0" * 15 + b"\1" + struct.pack(">i", -1)
    with harness.Host() as host:
        daemon = host.start("virttestd")
        with rpcwire.Connection(daemon.socket).open(flags=1) as connection:
            for flags in (1, 8):  # SECURE, MIGRATABLE
                answer = connection.call(14, domain + struct.pack(">I", flags))
                assert answer.code == OPERATION_DENIED, answer
                assert answer.message == "operation forbidden: virDomainGetXMLDesc with secure flag"


def is_checked_before_handler(call, program=PROGRAM):
    """Whether the table alone says on what the permission is needed: on the connection, or on an object in the arguments."""
    names_object = gen_programs.object_of(program.protocol, call)[0] != "NONE"
    return any(applies(rule) and (rule.object == "connect" or names_object) for rule in call.rules)


def test_denied():
    """A caller that the access driver denies gets nothing that needs a permission, and no handler sees its arguments."""
    with harness.Host() as host:
        host.configure("virttestd", 'access_drivers = [ "polkit" ]\n')
        host.env["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=/nowhere"  # who cannot be asked does not allow
        daemon = host.start("virttestd")
        with rpcwire.Connection(daemon.socket).open() as connection:
            speak_for(connection, NOBODY)
            for call in procedures():
                if call.name == "CONNECT_SET_IDENTITY":
                    continue  # it would change who is denied
                answer = call_with(connection, call)
                if is_secondary(call) and not call.name.startswith("STORAGE_VOL_"):
                    assert isinstance(answer, WireError), (call.name, answer)  # its daemon is not here
                elif is_checked_before_handler(call):
                    assert answer == WireError(ACCESS_DENIED, 55, "access denied: 'polkit' denied access"), answer
                elif call.rules:
                    assert isinstance(answer, WireError), call.name


def test_denied_without_process():
    """Nobody can be asked about a client that came over TCP."""
    with harness.Host() as host:
        host.configure("virttestd", 'access_drivers = [ "polkit" ]\nlisten_tcp = 1\nauth_tcp = "none"\n'
                                    'listen_addr = "127.0.0.1"\ntcp_port = "0"\n')
        daemon = host.start("virttestd")
        with rpcwire.Connection(("127.0.0.1", tcp_port(daemon.pid))) as connection:
            connection.call(rpcwire.AUTH_LIST)
            answer = connection.call(rpcwire.CONNECT_OPEN, rpcwire.optional_string("") + struct.pack(">I", 0))
            assert code_of(answer) == ACCESS_DENIED, answer


def test_tcp_without_access_driver():
    with harness.Host() as host:
        host.configure("virttestd", 'listen_tcp = 1\nauth_tcp = "none"\nlisten_addr = "127.0.0.1"\ntcp_port = "0"\n')
        daemon = host.start("virttestd")
        with rpcwire.Connection(("127.0.0.1", tcp_port(daemon.pid))).open() as connection:
            assert isinstance(connection.call(rpcwire.GET_HOSTNAME), bytes)


def tcp_port(pid):
    """The port that a process listens on, or soon will."""
    ports = []
    wait_for(lambda: ports.extend(listening_ports(pid)) or ports)
    return ports[0]


def listening_ports(pid):
    inodes = set()
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(f"/proc/{pid}/fd/{fd}")
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    with open(f"/proc/{pid}/net/tcp", encoding="ascii") as table:
        for line in list(table)[1:]:
            words = line.split()
            if words[3] == "0A" and words[9] in inodes:
                yield int(words[1].split(":")[1], 16)


class Polkit:
    """A bus with a polkit of our own on it, which allows what allow() says."""

    def __init__(self, host):
        self.path = os.path.join(host.root, "allowed")
        self.allow()
        self.bus = SystemBus(host)
        self.questions = os.path.join(host.root, "questions")
        with open(self.questions, "w", encoding="utf-8") as out:
            self.authority = subprocess.Popen([harness.find_binary("fakepolkit"), self.path], env=host.env, stdout=out)
        wait_for(lambda: self.asked().startswith("ready"))

    def allow(self, *lines):
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in lines))
        os.rename(self.path + ".new", self.path)

    def asked(self):
        with open(self.questions, encoding="utf-8") as file:
            return file.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.authority.kill()
        self.authority.wait()
        self.bus.stop()


def wait_for(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def speak_for(connection, uid):
    """Says that the connection is for a process of another user; a daemon takes that from root and its own user."""
    def param(name, value):
        return rpcwire.string(name) + struct.pack(">IQ", 4, value)

    answer = connection.call(SET_IDENTITY, struct.pack(">I", 3) + param("process-id", os.getpid()) +
                             param("process-time", 1) + param("unix-user-id", uid) + struct.pack(">I", 0))
    assert answer == b"", answer


def names(answer):
    """Names in the answer of LIST_ALL_DOMAINS."""
    (count,) = struct.unpack_from(">I", answer)
    at, found = 4, []
    for _ in range(count):
        (length,) = struct.unpack_from(">I", answer, at)
        found.append(answer[at + 4:at + 4 + length].decode())
        at += 4 + length + -length % 4 + 20
    return found


def polkit_scenario(host, daemon_socket, polkit):
    lists = struct.pack(">iI", 1, 0)
    api = "org.libvirt.api."
    with rpcwire.Connection(daemon_socket).open() as connection:
        speak_for(connection, NOBODY)
        answer = connection.call(LIST_ALL_DOMAINS, lists)
        assert code_of(answer) == ACCESS_DENIED and answer.message == "access denied: 'polkit' denied access", answer
        polkit.allow(api + "connect.search-domains", api + "domain.getattr domain_name=guest2")
        assert names(connection.call(LIST_ALL_DOMAINS, lists)) == ["guest2"]
        assert isinstance(connection.call(LOOKUP_BY_NAME, rpcwire.string("guest2")), bytes)
        assert code_of(connection.call(LOOKUP_BY_NAME, rpcwire.string("guest1"))) == ACCESS_DENIED
        assert "'connect_driver': 'TEST'" in polkit.asked()
        # Events of a guest that may be seen come, in their order; others do not.
        assert isinstance(connection.call(CALLBACK_REGISTER, struct.pack(">II", 0, 0)), bytes)
        with rpcwire.Connection(daemon_socket).open() as actor:
            for number in (1, 2, 1, 2):
                domain = rpcwire.string(f"guest{number}") + b"\0" * 15 + bytes([number]) + struct.pack(">i", -1)
                assert actor.call(REBOOT, domain + struct.pack(">I", 3)) == b""
        for _ in range(6):
            assert b"guest2" in connection.receive().body
        connection.socket.settimeout(0.3)
        try:
            raise AssertionError(f"an event too many: {connection.receive()}")
        except TimeoutError:
            pass


def test_polkit_access_driver():
    with harness.Host() as host, Polkit(host) as polkit:
        host.configure("virttestd", 'access_drivers = [ "polkit" ]\n')
        daemon = host.start("virttestd")
        polkit_scenario(host, daemon.socket, polkit)


def test_polkit_access_driver_behind_proxy():
    """The daemon behind virtproxyd asks about the client, not about virtproxyd."""
    with harness.Host() as host, Polkit(host) as polkit:
        host.configure("virttestd", 'access_drivers = [ "polkit" ]\n')
        host.start("virttestd")
        polkit_scenario(host, host.start("virtproxyd").socket, polkit)


def as_nobody(function, *arguments):
    """Runs a function in a process of another user, and returns its result as text."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            result = function(*arguments)
        except BaseException as error:  # the parent reports it
            result = repr(error)
        os.write(writer, str(result).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        result = pipe.read()
    os.waitpid(pid, 0)
    return result


def unauthenticated_calls(path, calls=None):
    """What is wrong with the answers to a caller that has not authenticated: nothing. calls: (program, call) of each."""
    wrong = []
    for program, call in calls or [(PROGRAM, call) for call in procedures()]:
        with rpcwire.Connection(path) as connection:
            answer = call_with(connection, call, program)
            refused = answer == WireError(RPC_ERROR, 7, "authentication required")
            if refused == call.name.startswith("AUTH_"):
                wrong.append((call.name, answer))
    return wrong


def polkit_login(path):
    with rpcwire.Connection(path) as connection:
        types = connection.call(rpcwire.AUTH_LIST)
        answer = connection.call(rpcwire.AUTH_POLKIT)
        after = connection.call(rpcwire.CONNECT_OPEN, rpcwire.optional_string("") + struct.pack(">I", 0))
        return types == struct.pack(">II", 1, 2), code_of(answer), code_of(after)


def open_up(host):
    """Lets other users reach the sockets of this host's session."""
    for folder in (host.root, os.path.join(host.root, "run"), host.run_dir):
        os.chmod(folder, 0o755)


def test_unauthenticated():
    if os.geteuid() != 0:
        raise harness.Skip("root, to become another user")
    with harness.Host() as host, Polkit(host) as polkit:
        host.configure("virttestd", 'auth_unix_rw = "polkit"\nunix_sock_rw_perms = "0777"\n')
        daemon = host.start("virttestd")
        open_up(host)
        os.chmod(os.path.join(host.root, "bus"), 0o777)
        assert as_nobody(unauthenticated_calls, daemon.socket) == "[]"
        assert as_nobody(polkit_login, daemon.socket) == "(True, 45, 39)"
        polkit.allow("org.libvirt.unix.manage")
        assert as_nobody(polkit_login, daemon.socket) == "(True, 0, 0)"
        with rpcwire.Connection(daemon.socket) as root:
            assert root.call(rpcwire.AUTH_LIST) == struct.pack(">II", 1, 0)


def claim_identity(path):
    with rpcwire.Connection(path).open() as connection:
        return code_of(connection.call(SET_IDENTITY, struct.pack(">II", 0, 0)))


def test_identity_from_others_is_refused():
    if os.geteuid() != 0:
        raise harness.Skip("root, to become another user")
    with harness.Host() as host:
        host.configure("virttestd", 'unix_sock_rw_perms = "0777"\n')
        daemon = host.start("virttestd")
        open_up(host)
        assert as_nobody(claim_identity, daemon.socket) == str(ACCESS_DENIED)


if __name__ == "__main__":
    harness.main([value for name, value in sorted(globals().items()) if name.startswith("test_")])
