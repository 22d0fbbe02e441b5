# SPDX-License-Identifier: LGPL-2.1-or-later
"""The sweep of test_access.py over the daemons themselves, with every program that each has: what the call table says of a
call is what each of them does with it."""

import os

import harness
import rpcwire
import test_access
from rpcwire import WireError
from test_access import (ACCESS_DENIED, NOBODY, OPERATION_DENIED, RPC_ERROR, applies, as_nobody, code_of, open_up,
                         speak_for)

import gen_programs  # noqa: E402, beside the .x files that rpcwire reads

NO_SUPPORT = 3
NUMBERS = {"remote": rpcwire.REMOTE, "qemu": rpcwire.QEMU, "listen": rpcwire.LISTEN}
PROGRAMS = {"virtqemud": ("remote", "qemu"), "virtnetworkd": ("remote", "listen")}
TABLES = {name: rpcwire.Program(name) for name in NUMBERS}
# What ends the connection or answers when somebody else calls, and what would put the host to sleep.
SKIPPED = ("CONNECT_CLOSE", "CONNECT_OPEN", "DOMAIN_SHUTDOWN", "NODE_SUSPEND_FOR_DURATION", "CONNECT_SET_IDENTITY")


def sweep(daemon):
    """The program and row of every call to the daemon."""
    for name in PROGRAMS[daemon.name]:
        for call in TABLES[name].calls:
            if not call.is_event and call.name not in SKIPPED:
                yield name, call


def call_with(connection, name, call):
    body = TABLES[name].body(call)
    if call.options.get("fds") in ("call", "both"):
        return connection.call(call.number, b"\0\0\0\0" + body, program=NUMBERS[name], type=rpcwire.CALL_WITH_FDS)
    return connection.call(call.number, body, program=NUMBERS[name])


def is_of_another_daemon(daemon, call):
    return gen_programs.owner_of(call) not in ("NONE", "DOMAIN" if daemon.name == "virtqemud" else "NETWORK")


def may_read_only(call):
    if call.name in test_access.STOCK_ALLOWS + test_access.STOCK_FORBIDS:
        return call.name in test_access.STOCK_ALLOWS
    return all((rule.object, rule.permission) in test_access.MONITOR for rule in call.rules if applies(rule))


def is_checked_before_handler(name, call):
    names_object = gen_programs.object_of(TABLES[name].protocol, call)[0] != "NONE"
    return any(applies(rule) and (rule.object == "connect" or names_object) for rule in call.rules)


def each_daemon(check, config="", **environment):
    for name in PROGRAMS:
        with harness.Host() as host:
            host.configure(name, config)
            host.env.update(environment)
            check(host.start(name))


def test_read_write():
    """Nothing is forbidden to who may do anything, and each call is known."""
    def check(daemon):
        for name, call in sweep(daemon):
            with rpcwire.Connection(daemon.socket, timeout=60).open() as connection:
                code = code_of(call_with(connection, name, call))
                assert code not in (OPERATION_DENIED, ACCESS_DENIED, RPC_ERROR), (daemon.name, call.name, code)
    each_daemon(check)


def test_read_only():
    def check(daemon):
        for name, call in sweep(daemon):
            with rpcwire.Connection(daemon.socket, timeout=60).open(flags=1) as connection:
                answer = call_with(connection, name, call)
                # A daemon that is not here would have to say.
                if code_of(answer) != NO_SUPPORT:
                    assert (code_of(answer) == OPERATION_DENIED) != may_read_only(call), (daemon.name, call.name, answer)
    each_daemon(check)


def test_denied():
    def check(daemon):
        with rpcwire.Connection(daemon.socket, timeout=60).open() as connection:
            speak_for(connection, NOBODY)
            for name, call in sweep(daemon):
                answer = call_with(connection, name, call)
                if code_of(answer) != ACCESS_DENIED and is_checked_before_handler(name, call):
                    # The daemon of the object is not here; it, too, is asked as the client that it is.
                    assert is_of_another_daemon(daemon, call) and isinstance(answer, WireError), (daemon.name, call.name, answer)
                elif call.rules:
                    assert isinstance(answer, WireError), (daemon.name, call.name)
    each_daemon(check, 'access_drivers = [ "polkit" ]\n', DBUS_SYSTEM_BUS_ADDRESS="unix:path=/nowhere")


def unauthenticated_calls(path):
    """What is wrong with the answers to a caller that has not authenticated: nothing."""
    wrong = []
    for program in PROGRAMS[os.path.basename(path).removesuffix("-sock")]:
        for call in TABLES[program].calls:
            if call.is_event or call.name.startswith("AUTH_"):
                continue
            with rpcwire.Connection(path) as connection:
                answer = call_with(connection, program, call)
                if answer != WireError(RPC_ERROR, 7, "authentication required"):
                    wrong.append((call.name, answer))
    return wrong


def test_unauthenticated():
    if os.geteuid() != 0:
        raise harness.Skip("root, to become another user")

    def check(daemon):
        open_up(daemon.host)
        assert as_nobody(unauthenticated_calls, daemon.socket) == "[]"
    each_daemon(check, 'auth_unix_rw = "polkit"\nunix_sock_rw_perms = "0777"\n')


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_") and callable(value)])
