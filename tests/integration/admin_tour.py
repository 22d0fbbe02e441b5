#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A short tour of our libvirt-admin.so.0 against a daemon's admin socket, by ctypes. Speaks TAP.

usage: admin_tour.py ADMIN_URI            (needs MODVIRT_BUILD)
"""

import ctypes
import os
import sys

FOLDER = os.path.join(os.environ["MODVIRT_BUILD"], "src", "client")
BASE = ctypes.CDLL(os.path.join(FOLDER, "libvirt.so.0"), mode=ctypes.RTLD_GLOBAL)
ADMIN = ctypes.CDLL(os.path.join(FOLDER, "libvirt-admin.so.0"))
POINTER = ctypes.c_void_p


class TypedParameter(ctypes.Structure):
    _fields_ = [("field", ctypes.c_char * 80), ("type", ctypes.c_int), ("value", ctypes.c_ulonglong)]


def call(name, *arguments, result=POINTER):
    """Calls a function; a NULL or -1 is a failure."""
    function = getattr(ADMIN, name)
    function.restype = result
    value = function(*arguments)
    BASE.virGetLastErrorMessage.restype = ctypes.c_char_p
    assert value not in (None, -1), f"{name}: {BASE.virGetLastErrorMessage().decode()}"
    return value


def get_params(name, handle):
    params, n = ctypes.POINTER(TypedParameter)(), ctypes.c_int()
    call(name, handle, ctypes.byref(params), ctypes.byref(n), 0, result=ctypes.c_int)
    found = {params[i].field.decode(): params[i].value for i in range(n.value)}
    BASE.virTypedParamsFree(params, n)
    return found


def main():
    conn = POINTER(call("virAdmConnectOpen", sys.argv[1].encode(), 0))
    assert call("virAdmConnectIsAlive", conn, result=ctypes.c_int) == 1
    version = ctypes.c_ulonglong()
    call("virAdmConnectGetLibVersion", conn, ctypes.byref(version), result=ctypes.c_int)
    assert version.value >= 1000000
    print("1..4\nok 1 - connection")

    servers = ctypes.POINTER(POINTER)()
    n = call("virAdmConnectListServers", conn, ctypes.byref(servers), 0, result=ctypes.c_int)
    names = {call("virAdmServerGetName", POINTER(servers[i]), result=ctypes.c_char_p).decode() for i in range(n)}
    assert "admin" in names and n == 2, names
    server = POINTER(call("virAdmConnectLookupServer", conn, b"admin", 0))
    print("ok 2 - servers")

    assert get_params("virAdmServerGetThreadPoolParameters", server)["maxWorkers"] >= 1
    assert get_params("virAdmServerGetClientLimits", server)["nclients"] >= 1
    print("ok 3 - parameters")

    clients = ctypes.POINTER(POINTER)()
    n = call("virAdmServerListClients", server, ctypes.byref(clients), 0, result=ctypes.c_int)
    client = POINTER(clients[0])
    number = call("virAdmClientGetID", client, result=ctypes.c_ulonglong)
    again = POINTER(call("virAdmServerLookupClient", server, ctypes.c_ulonglong(number), 0))
    assert get_params("virAdmClientGetInfo", again)["readonly"] & 0xFF == 0
    for handle in [again] + [POINTER(clients[i]) for i in range(n)]:
        call("virAdmClientFree", handle, result=ctypes.c_int)
    print("ok 4 - clients")


if __name__ == "__main__":
    main()
