# SPDX-License-Identifier: LGPL-2.1-or-later
"""virtnetworkd with real bridges, dnsmasq and nftables, in a network namespace of its own, driven by stock clients."""

import os
import shutil
import subprocess
import threading
import time

import harness
import namespace
import rpcwire
from namespace import connect, expect, ip, links, ruleset, wait_for

NAT = """<network><name>{name}</name><forward mode='nat'/><bridge name='{bridge}'/>
<ip address='10.91.{n}.1' prefix='24'><dhcp><range start='10.91.{n}.10' end='10.91.{n}.99'/>
<host mac='52:54:00:91:00:01' name='fixed' ip='10.91.{n}.200'/></dhcp></ip></network>"""


def dnsmasq_pid(host, name):
    path = os.path.join(host.run_dir, "network", "lib", f"{name}.pid")
    try:
        return int(open(path, encoding="utf-8").read())
    except (FileNotFoundError, ValueError):
        return 0


def test_life():
    import libvirt
    with harness.Host() as host:
        conn = connect(host.start("virtnetworkd"))
        network = conn.networkDefineXML(NAT.format(name="life", bridge="life0", n=1))
        assert [n.name() for n in conn.listAllNetworks(libvirt.VIR_CONNECT_LIST_NETWORKS_INACTIVE)] == ["life"]
        expect(libvirt.VIR_ERR_OPERATION_INVALID, network.destroy, "is not active")
        network.create()
        assert links()["life0"] == ["10.91.1.1"]
        assert network.bridgeName() == "life0"
        assert "10.91.1.0/24" in ruleset()
        assert "start='1024'" in network.XMLDesc()
        assert "start='1024'" not in network.XMLDesc(libvirt.VIR_NETWORK_XML_INACTIVE)
        expect(libvirt.VIR_ERR_OPERATION_INVALID, network.create, "already active")
        expect(libvirt.VIR_ERR_OPERATION_INVALID, lambda: conn.networkCreateXML(network.XMLDesc()), "active as 'life'")
        network.undefine()
        assert network.isActive() and not network.isPersistent()
        network.destroy()
        expect(libvirt.VIR_ERR_NO_NETWORK, lambda: conn.networkLookupByName("life"))
        assert "life0" not in links() and "modvirt" not in ruleset()
        assert dnsmasq_pid(host, "life") == 0


def test_transient():
    import libvirt
    with harness.Host() as host:
        conn = connect(host.start("virtnetworkd"))
        network = conn.networkCreateXML(NAT.format(name="brief", bridge="brief0", n=2))
        expect(libvirt.VIR_ERR_OPERATION_INVALID, lambda: network.setAutostart(1), "transient")
        expect(libvirt.VIR_ERR_OPERATION_INVALID, network.undefine, "transient")
        network.destroy()
        assert conn.listAllNetworks() == []


def test_identity():
    import libvirt
    with harness.Host() as host:
        conn = connect(host.start("virtnetworkd"))
        first = conn.networkDefineXML("<network><name>a</name></network>")
        expect(libvirt.VIR_ERR_OPERATION_FAILED, lambda: conn.networkDefineXML("<network><name>a</name></network>"))
        expect(libvirt.VIR_ERR_OPERATION_FAILED,
               lambda: conn.networkDefineXML(f"<network><name>b</name><uuid>{first.UUIDString()}</uuid></network>"))
        again = conn.networkDefineXML(first.XMLDesc())
        assert again.UUIDString() == first.UUIDString() and len(conn.listAllNetworks()) == 1
        assert first.bridgeName() == "virbr0"
        expect(libvirt.VIR_ERR_INTERNAL_ERROR,
               lambda: conn.networkDefineXML("<network><name>c</name><bridge name='virbr0'/></network>"), "already in use")
        first.undefine()


def test_conflict():
    import libvirt
    with harness.Host() as host:
        conn = connect(host.start("virtnetworkd"))
        ip("link", "add", "there", "type", "bridge")
        ip("address", "add", "10.91.3.7/24", "dev", "there")
        network = conn.networkDefineXML(NAT.format(name="clash", bridge="clash0", n=3))
        expect(libvirt.VIR_ERR_INTERNAL_ERROR, network.create, "already in use by interface there")
        ip("link", "delete", "there")
        network.create()
        network.destroy()
        network.undefine()


def test_failed_start_leaves_nothing():
    import libvirt
    with harness.Host() as host:
        conn = connect(host.start("virtnetworkd"))
        bad = NAT.format(name="bad", bridge="bad0", n=4).replace(
            "<network>", "<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'>").replace(
            "</network>", "<dnsmasq:options><dnsmasq:option value='no-such-option'/></dnsmasq:options></network>")
        network = conn.networkDefineXML(bad)
        expect(libvirt.VIR_ERR_INTERNAL_ERROR, network.create, "bad option")
        assert "bad0" not in links() and "modvirt" not in ruleset() and not network.isActive()


def test_events():
    import libvirt
    libvirt.virEventRegisterDefaultImpl()
    threading.Thread(target=lambda: [libvirt.virEventRunDefaultImpl() for _ in iter(int, 1)], daemon=True).start()
    with harness.Host() as host:
        conn = connect(host.start("virtnetworkd"))
        seen = []
        number = conn.networkEventRegisterAny(None, libvirt.VIR_NETWORK_EVENT_ID_LIFECYCLE,
                                              lambda c, net, event, detail, data: seen.append((net.name(), event)), None)
        network = conn.networkDefineXML("<network><name>ev</name></network>")
        network.create()
        network.destroy()
        network.undefine()
        wait_for("four events", lambda: len(seen) == 4)
        assert seen == [("ev", libvirt.VIR_NETWORK_EVENT_DEFINED), ("ev", libvirt.VIR_NETWORK_EVENT_STARTED),
                        ("ev", libvirt.VIR_NETWORK_EVENT_STOPPED), ("ev", libvirt.VIR_NETWORK_EVENT_UNDEFINED)]
        conn.networkEventDeregisterAny(number)
        conn.close()


def test_dhcp_client():
    harness.need("busybox")
    with harness.Host() as host:
        conn = connect(host.start("virtnetworkd"))
        network = conn.networkCreateXML(NAT.format(name="lease", bridge="lease0", n=5))
        ip("link", "add", "guest", "type", "veth", "peer", "name", "port")
        ip("link", "set", "port", "master", "lease0", "up")
        ip("link", "set", "guest", "address", "52:54:00:91:00:01", "up")
        # STP keeps a new port silent for two forward delays of two seconds.
        client = subprocess.run(["busybox", "udhcpc", "-i", "guest", "-n", "-q", "-f", "-t", "10", "-T", "1",
                                 "-s", "/bin/true"], capture_output=True, text=True, timeout=40)
        ip("link", "delete", "guest")
        network.destroy()
        assert "lease of 10.91.5.200 obtained" in client.stdout + client.stderr, client


def test_kill_and_find_again():
    with harness.Host() as host:
        daemon = host.start("virtnetworkd")
        conn = connect(daemon)
        network = conn.networkDefineXML(NAT.format(name="keep", bridge="keep0", n=6))
        network.setAutostart(1)
        network.create()
        pid, rules = dnsmasq_pid(host, "keep"), ruleset()
        live = network.XMLDesc()
        daemon.kill()
        assert "keep0" in links() and os.path.exists(f"/proc/{pid}")
        daemon.start()
        network = connect(daemon).networkLookupByName("keep")
        assert network.isActive() and network.autostart() and network.XMLDesc() == live
        time.sleep(0.3)
        assert dnsmasq_pid(host, "keep") == pid and ruleset() == rules
        # What went missing while nobody looked is put back.
        daemon.kill()
        ip("link", "delete", "keep0")
        subprocess.run(["nft", "flush", "ruleset"], check=True)
        daemon.start()
        wait_for("the bridge", lambda: links().get("keep0") == ["10.91.6.1"])
        wait_for("the rules", lambda: "10.91.6.0/24" in ruleset())
        connect(daemon).networkLookupByName("keep").destroy()
        assert "keep0" not in links()


ORDER_HOOK = """#!/bin/sh
[ "$1 $2" = "z-below start" ] && sleep 1
[ "$1 $2" = "broken start" ] && exit 1
echo "$1 $2" >>{log}
"""
PORT = """<networkport><uuid>5d744f21-ba4a-4d6e-bdb2-30a35ff32071</uuid><owner><name>vm</name>
<uuid>d54df46f-1ab5-4a22-8618-4560ef5fac2c</uuid></owner><mac address='52:54:00:91:00:09'/></networkport>"""


def write_order_hook(host):
    """Returns what it will write to."""
    folder, log = os.path.join(host.config_dir, "hooks"), os.path.join(host.root, "hook.log")
    os.makedirs(folder)
    with open(os.path.join(folder, "network"), "w", encoding="utf-8") as file:
        file.write(ORDER_HOOK.format(log=log))
    os.chmod(os.path.join(folder, "network"), 0o755)
    return log


def start_as_after_boot(host, daemon):
    daemon.stop()
    shutil.rmtree(host.run_dir)
    daemon.start()


def test_autostart_order():
    """Whoever stands on another network's bridge comes after it, and so does what is asked of it meanwhile."""
    with harness.Host() as host:
        log, daemon = write_order_hook(host), host.start("virtnetworkd")
        conn = connect(daemon)
        bridged = "<network><name>{}</name><forward mode='bridge'/><bridge name='{}'/></network>"
        over = "<forward mode='nat' dev='{}'/>"
        for xml in (NAT.format(name="z-below", bridge="low0", n=10), bridged.format("a-above", "low0"),
                    "<network><name>b-pool</name><forward mode='private'><interface dev='low0'/></forward></network>",
                    NAT.format(name="c-over", bridge="over0", n=11).replace("<forward mode='nat'/>", over.format("low0")),
                    bridged.format("d-on-top", "over0"),
                    NAT.format(name="e-circle", bridge="ring0", n=12).replace("<forward mode='nat'/>", over.format("ring1")),
                    NAT.format(name="f-circle", bridge="ring1", n=13).replace("<forward mode='nat'/>", over.format("ring0")),
                    NAT.format(name="broken", bridge="broken0", n=14), bridged.format("g-on-broken", "broken0")):
            conn.networkDefineXML(xml).setAutostart(1)
        start_as_after_boot(host, daemon)
        conn = connect(daemon)
        port = conn.networkLookupByName("d-on-top").portCreateXML(PORT)
        assert "over0" in port.XMLDesc() and "over0" in links()
        wait_for("all", lambda: sorted(network.name() for network in conn.listAllNetworks(2)) == [
            "a-above", "b-pool", "c-over", "d-on-top", "e-circle", "f-circle", "g-on-broken", "z-below"])
        with open(log, encoding="utf-8") as file:
            said = file.read().splitlines()
        for above, below in (("a-above", "z-below"), ("b-pool", "z-below"), ("c-over", "z-below"), ("d-on-top", "c-over")):
            assert said.index(f"{above} start") > said.index(f"{below} started"), said
        # Nobody waits who has nothing to do with it.
        assert said.index("e-circle start") < said.index("z-below start"), said
        for network in conn.listAllNetworks(2):
            network.destroy()


def test_dnsmasq_is_started_again():
    with harness.Host() as host:
        conn = connect(host.start("virtnetworkd"))
        network = conn.networkCreateXML(NAT.format(name="dns", bridge="dns0", n=7))
        time.sleep(5.1)  # one that ends right after its start has to wait
        first = dnsmasq_pid(host, "dns")
        os.kill(first, 9)
        wait_for("another dnsmasq", lambda: dnsmasq_pid(host, "dns") not in (0, first))
        network.destroy()


# ---- the listen query ----

QUERY, SUBSCRIBE, UNSUBSCRIBE, CHANGED = 1, 2, 3, 4


def addresses(reader):
    found = []
    for _ in range(reader.word()):
        family, _scope, prefix, address, device = (reader.word(), reader.word(), reader.word(), reader.string(),
                                                   reader.optional_string())
        found.append((family, address, prefix, device))
    return found


def name_and_flags(name):
    return rpcwire.string(name) + b"\0\0\0\0"


def listen_client(daemon):
    return rpcwire.Connection(daemon.socket).open("network:///session")


def ask(client, name):
    """The network's addresses, or the error's code and message."""
    answer = client.call(QUERY, name_and_flags(name), program=rpcwire.LISTEN)
    if isinstance(answer, rpcwire.WireError):
        return answer.code, answer.message
    return addresses(rpcwire.Reader(answer))


def test_listen_query():
    import libvirt
    with harness.Host() as host:
        daemon = host.start("virtnetworkd")
        conn, client = connect(daemon), listen_client(daemon)
        ip("link", "add", "brx", "type", "bridge")
        ip("address", "add", "198.51.100.7/24", "dev", "brx")
        ip("address", "add", "2001:db8:9::7/64", "dev", "brx", "nodad")
        ip("link", "set", "brx", "up")
        ip("link", "add", "bare", "type", "bridge")

        def net(inside, start=True):
            network = conn.networkDefineXML(f"<network><name>q</name>{inside}</network>")
            if start:
                network.create()
            answer = ask(client, "q")
            if start:
                network.destroy()
            network.undefine()
            return answer

        own = "<bridge name='q0'/><ip address='10.91.8.1' prefix='24'/>"
        both = own + "<ip family='ipv6' address='2001:db8:8::1' prefix='64'/>"
        expected = [(4, "10.91.8.1", 24, "q0")]
        assert net(own) == expected
        assert net("<forward mode='nat'/>" + own) == expected
        assert net("<forward mode='route'/>" + own) == expected
        assert net("<forward mode='open'/>" + own) == expected
        assert net("<forward mode='nat'/>" + both) == expected + [(6, "2001:db8:8::1", 64, "q0")]
        assert net("<forward mode='bridge'/><bridge name='brx'/>")[:2] == [
            (4, "198.51.100.7", 24, "brx"), (6, "2001:db8:9::7", 64, "brx")]
        assert net("<forward mode='bridge'><interface dev='lo'/></forward>")[0] == (4, "127.0.0.1", 8, "lo")
        for kind in ("private", "vepa", "passthrough"):
            assert net(f"<forward mode='{kind}' dev='brx'/>")[0] == (4, "198.51.100.7", 24, "brx")

        refused = [
            (own, False, libvirt.VIR_ERR_OPERATION_INVALID, "network 'q' is not active"),
            ("<forward mode='hostdev'/>", True,
             libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "has forward mode 'hostdev', which has no address"),
            ("<forward mode='bridge'/>", True, libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "neither a bridge nor a device"),
            ("<forward mode='bridge' dev='nodev'/>", True, libvirt.VIR_ERR_XML_ERROR, "there is no device 'nodev'"),
            ("<forward mode='bridge' dev='bare'/>", True, libvirt.VIR_ERR_XML_ERROR, "there is none on device 'bare'"),
            ("<bridge name='q0'/>", True, libvirt.VIR_ERR_XML_ERROR, "there is none on device 'q0'"),
        ]
        for inside, start, code, text in refused:
            got = net(inside, start)
            assert got[0] == code and text in got[1], (inside, got)
        assert ask(client, "nowhere")[0] == libvirt.VIR_ERR_NO_NETWORK
        ip("link", "delete", "brx")
        ip("link", "delete", "bare")


def changed(client):
    message = client.message()
    assert message.program == rpcwire.LISTEN and message.procedure == CHANGED
    reader = rpcwire.Reader(message.body)
    reader.word()
    assert reader.string() == "s"
    found = addresses(reader)
    return found if found else reader.optional_string()


def test_listen_subscription():
    with harness.Host() as host:
        daemon = host.start("virtnetworkd")
        conn, client = connect(daemon), listen_client(daemon)
        answer = client.call(SUBSCRIBE, name_and_flags("s"), program=rpcwire.LISTEN)
        ip("link", "add", "brs", "type", "bridge")
        ip("link", "set", "brs", "addrgenmode", "none")
        network = conn.networkDefineXML("<network><name>s</name><forward mode='bridge'/><bridge name='brs'/></network>")
        assert "is not active" in changed(client)
        network.create()
        assert "there is none on device 'brs'" in changed(client)
        ip("address", "add", "198.51.100.9/24", "dev", "brs")
        assert changed(client) == [(4, "198.51.100.9", 24, "brs")]
        ip("address", "replace", "198.51.100.10/24", "dev", "brs")
        assert len(changed(client)) == 2
        ip("link", "delete", "brs")
        last = changed(client)
        while isinstance(last, list):
            last = changed(client)
        assert "there is no" in last
        client.call(UNSUBSCRIBE, answer, program=rpcwire.LISTEN)
        client.messages.clear()
        network.destroy()
        assert ask(client, "s")[0] != 0 and not client.messages


def prepare():
    namespace.enter()
    harness.need("ip", "nft", "dnsmasq")


if __name__ == "__main__":
    harness.main([function for name, function in list(globals().items()) if name.startswith("test_")], prepare)
