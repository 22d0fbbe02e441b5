#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Our libvirt.so.0 changes the title and metadata of network 'net' and hears of it, by ctypes. Exits with 0 when all is well.

usage: network_metadata_tour.py URI       (needs MODVIRT_BUILD)
"""

import ctypes
import sys

import harness

LIBRARY = ctypes.CDLL(harness.OUR_LIBRARY)
POINTER = ctypes.c_void_p
CALLBACK = ctypes.CFUNCTYPE(None, POINTER, POINTER, ctypes.c_int, ctypes.c_char_p, POINTER)
TITLE, ELEMENT = 1, 2
METADATA_CHANGE, NO_NETWORK_METADATA = 1, 111
URI = b"http://example.org/tour"


def function(name, result=ctypes.c_int):
    found = getattr(LIBRARY, name)
    found.restype = result
    return found


def main():
    heard = []
    get, change = function("virNetworkGetMetadata", ctypes.c_char_p), function("virNetworkSetMetadata")
    on_change = CALLBACK(lambda conn, net, kind, uri, opaque: heard.append((kind, uri)))
    assert function("virEventRegisterDefaultImpl")() == 0
    conn = POINTER(function("virConnectOpen", POINTER)(sys.argv[1].encode()))
    net = POINTER(function("virNetworkLookupByName", POINTER)(conn, b"net"))
    assert conn and net
    assert function("virConnectNetworkEventRegisterAny")(conn, net, METADATA_CHANGE, on_change, None, None) >= 0

    assert change(net, TITLE, b"Tour", None, None, 0) == 0 and get(net, TITLE, None, 0) == b"Tour"
    assert change(net, ELEMENT, b"<a/>", b"t", URI, 0) == 0 and get(net, ELEMENT, URI, 0) == b"<a/>"
    assert change(net, ELEMENT, None, None, URI, 0) == 0 and get(net, ELEMENT, URI, 0) is None
    assert function("virGetLastErrorCode")() == NO_NETWORK_METADATA
    while len(heard) < 3:
        assert function("virEventRunDefaultImpl")() == 0
    assert heard == [(TITLE, None), (ELEMENT, URI), (ELEMENT, URI)], heard


if __name__ == "__main__":
    main()
