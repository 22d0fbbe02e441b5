# SPDX-License-Identifier: LGPL-2.1-or-later
"""The sweep of test_access.py over the daemons themselves, with every program that each has: what the call table says of a
call is what each of them does with it."""

import os

import harness
import rpcwire
from rpcwire import WireError
from test_access import (ACCESS_DENIED, NOBODY, OPERATION_DENIED, RPC_ERROR, Polkit, as_nobody, call_with, code_of,
                         is_checked_before_handler, may_read_only, open_up, speak_for, unauthenticated_calls)

import gen_programs  # noqa: E402, beside the .x files that rpcwire reads

NO_SUPPORT = 3
PROGRAMS = {"virtqemud": ("remote", "qemu"), "virtnetworkd": ("remote", "listen", "netcheck")}
TABLES = {name: rpcwire.Program(name) for name in ("remote", "qemu", "listen", "netcheck")}
# What ends the connection or answers when somebody else calls, and what would put the host to sleep.
SKIPPED = ("CONNECT_CLOSE", "CONNECT_OPEN", "DOMAIN_SHUTDOWN", "NODE_SUSPEND_FOR_DURATION", "CONNECT_SET_IDENTITY")


def sweep(daemon_name, skipped=SKIPPED):
    """The program and row of every call to the daemon."""
    for program in (TABLES[name] for name in PROGRAMS[daemon_name]):
        for call in program.calls:
            if not call.is_event and call.name not in skipped:
                yield program, call


def is_of_another_daemon(daemon, call):
    return gen_programs.owner_of(call) not in ("NONE", "DOMAIN" if daemon.name == "virtqemud" else "NETWORK")


def each_daemon(check, config="", **environment):
    for name in PROGRAMS:
        with harness.Host() as host:
            host.configure(name, config)
            host.env.update(environment)
            check(host.start(name))


def test_read_write():
    """Nothing is forbidden to who may do anything, and each call is known."""
    def check(daemon):
        for program, call in sweep(daemon.name):
            with rpcwire.Connection(daemon.socket, timeout=60).open() as connection:
                code = code_of(call_with(connection, call, program))
                assert code not in (OPERATION_DENIED, ACCESS_DENIED, RPC_ERROR), (daemon.name, call.name, code)
    each_daemon(check)


def test_read_only():
    def check(daemon):
        for program, call in sweep(daemon.name):
            with rpcwire.Connection(daemon.socket, timeout=60).open(flags=1) as connection:
                answer = call_with(connection, call, program)
                # A daemon that is not here would have to say.
                if code_of(answer) != NO_SUPPORT:
                    assert (code_of(answer) == OPERATION_DENIED) != may_read_only(call), (daemon.name, call.name, answer)
    each_daemon(check)


def test_denied():
    def check(daemon):
        with rpcwire.Connection(daemon.socket, timeout=60).open() as connection:
            speak_for(connection, NOBODY)
            for program, call in sweep(daemon.name):
                answer = call_with(connection, call, program)
                if code_of(answer) != ACCESS_DENIED and is_checked_before_handler(call, program):
                    # The daemon of the object is not here; it, too, is asked as the client that it is.
                    assert is_of_another_daemon(daemon, call) and isinstance(answer, WireError), (daemon.name, call.name, answer)
                elif call.rules:
                    assert isinstance(answer, WireError), (daemon.name, call.name)
    each_daemon(check, 'access_drivers = [ "polkit" ]\n', DBUS_SYSTEM_BUS_ADDRESS="unix:path=/nowhere")


API = "org.libvirt.api."
# What is asked about a document is asked once its name is known. Neither has a UUID: each reading would make another.
DOCUMENTS = {
    "virtqemud": ("DOMAIN_DEFINE_XML", "domain", "<domain type='qemu'><name>%s</name><memory>16384</memory>"
                  "<os><type arch='x86_64'>hvm</type></os>%s</domain>"),
    "virtnetworkd": ("NETWORK_DEFINE_XML", "network", "<network><name>%s</name>%s</network>")}


def test_polkit_is_asked_about_documents():
    """The document's name decides; and a long one, which a worker reads, is no other."""
    for name, (procedure, kind, document) in DOCUMENTS.items():
        number = next(call.number for call in TABLES["remote"].calls if call.name == procedure)
        with harness.Host() as host, Polkit(host) as polkit:
            host.configure(name, 'access_drivers = [ "polkit" ]\n')
            daemon = host.start(name)
            for mine, filler in (("short", ""), ("long", "<!--" + " " * 40000 + "-->")):
                with rpcwire.Connection(daemon.socket, timeout=60).open() as connection:
                    speak_for(connection, NOBODY)
                    call = (number, rpcwire.string(document % (mine, filler)))
                    polkit.allow(f"{API}{kind}.write", f"{API}{kind}.save {kind}_name=other")
                    assert code_of(connection.call(*call)) == ACCESS_DENIED
                    polkit.allow(f"{API}{kind}.write {kind}_name={mine}", f"{API}{kind}.save {kind}_name={mine}")
                    answer = connection.call(*call)
                    assert isinstance(answer, bytes) and mine.encode() in answer, (name, answer)
                    assert polkit.asked().count(f"{API}{kind}.save") <= 4, polkit.asked()


def unauthenticated(path):
    return unauthenticated_calls(path, list(sweep(os.path.basename(path).removesuffix("-sock"), skipped=())))


def test_unauthenticated():
    if os.geteuid() != 0:
        raise harness.Skip("root, to become another user")

    def check(daemon):
        open_up(daemon.host)
        assert as_nobody(unauthenticated, daemon.socket) == "[]"
    each_daemon(check, 'auth_unix_rw = "polkit"\nunix_sock_rw_perms = "0777"\n')


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_") and callable(value)])
