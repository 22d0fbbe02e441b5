# SPDX-License-Identifier: LGPL-2.1-or-later
"""Titles, descriptions and applications' elements of networks, as clients of libvirt 9.7 and later ask for them: by frames
of our own, since the clients here are older."""

import os
import struct
import subprocess
import sys

import harness
import namespace
import rpcwire
from namespace import connect
from rpcwire import optional_string, string

DESCRIPTION, TITLE, ELEMENT = range(3)
LIVE, CONFIG = 1, 2
METADATA_CHANGE = 1
NO_NETWORK_METADATA, INVALID_ARG, OPERATION_INVALID, XML_DETAIL = 111, 8, 55, 35
URI = "http://example.org/app"
NUMBERS = {call.name: call.number for call in rpcwire.Program("remote").calls}
DOCUMENT = """<network><name>net</name><title>Office</title><description>All of it &amp; more</description>
<metadata><app:seen xmlns:app='http://example.org/app'>1</app:seen></metadata><bridge name='meta0' stp='off'/></network>"""


class Client(rpcwire.Connection):
    def __init__(self, daemon, network):
        super().__init__(daemon.socket)
        self.open("network:///session")
        self.network = string(network.name()) + network.UUID()

    def listen(self):
        return self.call(NUMBERS["CONNECT_NETWORK_EVENT_REGISTER_ANY"], struct.pack(">iI", METADATA_CHANGE, 0))

    def set(self, kind, text, key=None, uri=None, flags=0):
        texts = optional_string(text) + optional_string(key) + optional_string(uri)
        answer = self.call(NUMBERS["NETWORK_SET_METADATA"], self.network + struct.pack(">i", kind) + texts + struct.pack(">I", flags))
        return answer.code if isinstance(answer, rpcwire.WireError) else None

    def get(self, kind, uri=None, flags=0):
        answer = self.call(NUMBERS["NETWORK_GET_METADATA"],
                           self.network + struct.pack(">i", kind) + optional_string(uri) + struct.pack(">I", flags))
        return answer.code if isinstance(answer, rpcwire.WireError) else rpcwire.Reader(answer).string()

    def event(self):
        message = self.message()
        assert message.procedure == NUMBERS["NETWORK_EVENT_CALLBACK_METADATA_CHANGE"]
        reader = rpcwire.Reader(message.body)
        reader.word()
        name = reader.string()
        reader.at += 16
        return name, reader.word(), reader.optional_string()


def test_definition():
    """Of a network that does not run; all of it is on disk when the answer comes."""
    with harness.Host() as host:
        daemon = host.start("virtnetworkd")
        network = connect(daemon).networkDefineXML(DOCUMENT)
        with Client(daemon, network) as client:
            client.listen()
            assert (client.get(TITLE), client.get(DESCRIPTION)) == ("Office", "All of it & more")
            assert client.get(ELEMENT, URI) == "<seen>1</seen>"
            assert client.get(ELEMENT, "http://example.org/other") == NO_NETWORK_METADATA
            assert client.set(TITLE, "Lab") is None and client.event() == ("net", TITLE, None)
            assert client.set(DESCRIPTION, "") is None and client.event() == ("net", DESCRIPTION, None)
            assert client.set(ELEMENT, "<seen>2</seen>", "app", URI) is None and client.event() == ("net", ELEMENT, URI)
            assert client.set(ELEMENT, "<more/>", "m", "http://example.org/more", CONFIG) is None
        daemon.kill()
        daemon.start()
        network = connect(daemon).networkLookupByName("net")
        xml = network.XMLDesc()
        assert "<title>Lab</title>" in xml and "<description>" not in xml and "example.org/more" in xml, xml
        with Client(daemon, network) as client:
            assert client.get(ELEMENT, URI) == "<seen>2</seen>"
            assert client.set(ELEMENT, None, None, URI) is None
            assert client.get(ELEMENT, URI) == NO_NETWORK_METADATA


def test_running():
    """What runs and its definition each have their own; that of what runs survives the daemon."""
    with harness.Host() as host:
        daemon = host.start("virtnetworkd")
        network = connect(daemon).networkDefineXML(DOCUMENT)
        network.create()
        with Client(daemon, network) as client:
            assert client.set(TITLE, "live") is None
            assert (client.get(TITLE), client.get(TITLE, flags=CONFIG)) == ("live", "Office")
            assert client.set(TITLE, "both", flags=LIVE | CONFIG) is None
            assert (client.get(TITLE, flags=LIVE), client.get(TITLE, flags=CONFIG)) == ("both", "both")
            assert client.set(DESCRIPTION, "live", flags=LIVE) is None
        daemon.kill()
        daemon.start()
        network = connect(daemon).networkLookupByName("net")
        with Client(daemon, network) as client:
            assert (client.get(DESCRIPTION), client.get(DESCRIPTION, flags=CONFIG)) == ("live", "All of it & more")
        network.destroy()


def test_refused():
    with harness.Host() as host:
        daemon = host.start("virtnetworkd")
        network = connect(daemon).networkDefineXML(DOCUMENT)
        before = network.XMLDesc()
        with Client(daemon, network) as client:
            assert client.set(TITLE, "two\nlines") == INVALID_ARG
            assert client.set(ELEMENT, "<seen/>", "app") == INVALID_ARG
            assert client.set(ELEMENT, "<seen/>", None, URI) == INVALID_ARG
            assert client.set(ELEMENT, "<seen", "app", URI) == XML_DETAIL
            assert client.set(7, "x") == INVALID_ARG == client.get(7)
            assert client.set(TITLE, "x", flags=LIVE) == OPERATION_INVALID == client.get(TITLE, flags=LIVE)
            assert client.set(TITLE, "x", flags=4) == INVALID_ARG
        assert network.XMLDesc() == before


def test_library():
    """By functions and the callback of our own library, of a definition and of what runs."""
    harness.need_plain(harness.OUR_LIBRARY)
    with harness.Host() as host:
        daemon = host.start("virtnetworkd")
        network = connect(daemon).networkDefineXML(DOCUMENT)
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "network_metadata_tour.py")
        for start in (lambda: None, network.create):
            start()
            subprocess.run([sys.executable, script, daemon.uri()], check=True, timeout=30,
                           env={**os.environ, "MODVIRT_BUILD": str(harness.BUILD)})
        assert "<title>Tour</title>" in network.XMLDesc()
        network.destroy()
        assert "<title>Tour</title>" in network.XMLDesc()


def prepare():
    namespace.enter()
    harness.need("ip", "nft", "dnsmasq")


if __name__ == "__main__":
    harness.main([test_definition, test_running, test_refused, test_library], prepare)
