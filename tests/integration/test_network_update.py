# SPDX-License-Identifier: LGPL-2.1-or-later
"""Running networks that change: entries by net-update with a real dnsmasq and its clients, leases, ports, hooks."""

import os
import subprocess
import time

import harness
import namespace
from namespace import connect, expect, ip, wait_for
from netclient import Machine

NET = """<network><name>{name}</name><forward mode='nat'/><bridge name='{bridge}' stp='off'/>
<domain name='lab.test' localOnly='yes'/><dns><host ip='10.92.{n}.77'><hostname>static.lab.test</hostname></host></dns>
<ip address='10.92.{n}.1' prefix='24'><dhcp><range start='10.92.{n}.10' end='10.92.{n}.19'/></dhcp></ip></network>"""
PORT = """<networkport><uuid>{uuid}</uuid><owner><name>vm</name><uuid>d54df46f-1ab5-4a22-8618-4560ef5fac2c</uuid></owner>
<mac address='52:54:00:92:00:0{n}'/>{more}</networkport>"""
UUID = "5d744f21-ba4a-4d6e-bdb2-30a35ff3207{}"


def pid_of(host, name):
    with open(os.path.join(host.run_dir, "network", "lib", f"{name}.pid"), encoding="utf-8") as file:
        return int(file.read())


def update(network, command, section, xml, flags=0, index=-1):
    import libvirt
    network.update(getattr(libvirt, f"VIR_NETWORK_UPDATE_COMMAND_{command}"),
                   getattr(libvirt, f"VIR_NETWORK_SECTION_{section}"), index, xml, flags)


def test_hosts_by_signal_ranges_by_restart():
    """A static host and a name come without dnsmasq's restart, a range with one; no lease is lost by either."""
    with harness.Host() as host:
        network = connect(host.start("virtnetworkd")).networkCreateXML(NET.format(name="up", bridge="up0", n=1))
        with Machine("one", "up0", "52:54:00:92:00:01") as one, Machine("two", "up0", "52:54:00:92:00:02") as two:
            first = one.dhcp("hugo")
            assert first["address"].startswith("10.92.1.1") and first["router"] == "10.92.1.1", first
            pid = pid_of(host, "up")
            update(network, "ADD_LAST", "IP_DHCP_HOST", "<host mac='52:54:00:92:00:02' name='zwei' ip='10.92.1.200'/>")
            update(network, "ADD_LAST", "DNS_HOST", "<host ip='10.92.1.78'><hostname>later.lab.test</hostname></host>")
            assert pid_of(host, "up") == pid
            assert two.dhcp()["address"] == "10.92.1.200"
            assert two.query("10.92.1.1", "later.lab.test", "A") == ["10.92.1.78"]
            assert two.query("10.92.1.1", "zwei.lab.test", "A") == ["10.92.1.200"]
            update(network, "ADD_LAST", "IP_DHCP_RANGE", "<range start='10.92.1.30' end='10.92.1.39'/>")
            assert pid_of(host, "up") != pid
            leases = {lease["hostname"]: lease for lease in network.DHCPLeases()}
            assert leases["hugo"]["ipaddr"] == first["address"] and leases["zwei"]["ipaddr"] == "10.92.1.200", leases
            assert one.dhcp("hugo")["address"] == first["address"]
            assert two.query("10.92.1.1", "hugo.lab.test", "A") == [first["address"]]
        network.destroy()


def test_records():
    """TXT, SRV and host records of the document and of updates are served."""
    with harness.Host() as host:
        network = connect(host.start("virtnetworkd")).networkCreateXML(NET.format(name="rec", bridge="rec0", n=2))
        with Machine("ask", "rec0") as ask:
            ask.ip("address", "add", "10.92.2.50/24", "dev", "eth0")
            assert ask.query("10.92.2.1", "static.lab.test", "A") == ["10.92.2.77"]
            assert ask.query("10.92.2.1", "77.2.92.10.in-addr.arpa", "PTR") == ["static.lab.test"]
            update(network, "ADD_LAST", "DNS_TXT", "<txt name='text.lab.test' value='hello'/>")
            update(network, "ADD_LAST", "DNS_SRV", "<srv service='ldap' protocol='tcp' domain='lab.test' "
                   "target='dc.lab.test' port='389' priority='1' weight='2'/>")
            assert ask.query("10.92.2.1", "text.lab.test", "TXT") == ["hello"]
            assert ask.query("10.92.2.1", "_ldap._tcp.lab.test", "SRV") == ["1 2 389 dc.lab.test"]
            update(network, "DELETE", "DNS_TXT", "<txt name='text.lab.test'/>")
            assert ask.query("10.92.2.1", "text.lab.test", "TXT") == []
            update(network, "DELETE", "DNS_HOST", "<host ip='10.92.2.77'/>")
            assert ask.query("10.92.2.1", "static.lab.test", "A") == []
        network.destroy()


def test_flags():
    """live, config, both and neither; what they refuse."""
    import libvirt
    live, config = libvirt.VIR_NETWORK_UPDATE_AFFECT_LIVE, libvirt.VIR_NETWORK_UPDATE_AFFECT_CONFIG
    with harness.Host() as host:
        daemon = host.start("virtnetworkd")
        conn = connect(daemon)
        network = conn.networkDefineXML(NET.format(name="fl", bridge="fl0", n=3))
        entry = "<host mac='52:54:00:92:00:0{0}' ip='10.92.3.10{0}'/>".format

        def seen():
            flags = [0, libvirt.VIR_NETWORK_XML_INACTIVE]
            return ["".join(n for n in "1234" if f"10.92.3.10{n}" in network.XMLDesc(flag)) for flag in flags]

        expect(libvirt.VIR_ERR_OPERATION_INVALID, lambda: update(network, "ADD_LAST", "IP_DHCP_HOST", entry(1), live),
               "is not running")
        update(network, "ADD_LAST", "IP_DHCP_HOST", entry(1))
        network.create()
        assert seen() == ["1", "1"]
        update(network, "ADD_LAST", "IP_DHCP_HOST", entry(2))
        update(network, "ADD_LAST", "IP_DHCP_HOST", entry(3), config)
        update(network, "ADD_LAST", "IP_DHCP_HOST", entry(4), live | config)
        assert seen() == ["124", "134"]
        # One of both refuses it: neither is changed.
        expect(libvirt.VIR_ERR_OPERATION_INVALID,
               lambda: update(network, "ADD_LAST", "IP_DHCP_HOST", entry(2), live | config), "existing dhcp host")
        assert seen() == ["124", "134"]
        expect(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, lambda: update(network, "MODIFY", "BRIDGE", "<bridge/>"))
        daemon.kill()
        daemon.start()
        network = connect(daemon).networkLookupByName("fl")
        assert seen() == ["124", "134"]
        network.destroy()
        assert seen() == ["134", "134"]
        network.create()
        network.undefine()
        expect(libvirt.VIR_ERR_OPERATION_INVALID,
               lambda: update(network, "ADD_LAST", "IP_DHCP_HOST", entry(2), config), "transient network")
        network.destroy()


def test_many_hosts_in_one_call():
    with harness.Host() as host:
        network = connect(host.start("virtnetworkd")).networkCreateXML(
            "<network><name>many</name><bridge name='many0' stp='off'/><ip address='10.93.0.1' prefix='16'>"
            "<dhcp><range start='10.93.255.1' end='10.93.255.9'/></dhcp></ip></network>")
        hosts = "".join(f"<host mac='52:54:00:93:{i // 256:02x}:{i % 256:02x}' name='h{i}' ip='10.93.{1 + i // 250}.{1 + i % 250}'/>"
                        for i in range(1000))
        pid = pid_of(host, "many")
        update(network, "ADD_LAST", "IP_DHCP_HOST", f"<dhcp>{hosts}</dhcp>")
        assert network.XMLDesc().count("<host ") == 1000 and pid_of(host, "many") == pid
        with Machine("last", "many0", "52:54:00:93:03:e7") as last:
            assert last.dhcp()["address"] == "10.93.4.250"
        update(network, "DELETE", "IP_DHCP_HOST", f"<dhcp>{hosts}</dhcp>")
        assert "<host " not in network.XMLDesc()
        network.destroy()


def test_leases():
    import libvirt
    with harness.Host() as host:
        conn = connect(host.start("virtnetworkd"))
        network = conn.networkDefineXML(NET.format(name="le", bridge="le0", n=4).replace(
            "end='10.92.4.19'/>", "end='10.92.4.19'><lease expiry='2' unit='hours'/></range>"))
        assert network.DHCPLeases() == []
        network.create()
        with Machine("one", "le0", "52:54:00:92:00:01") as one, Machine("two", "le0", "52:54:00:92:00:02") as two:
            address = one.dhcp("eins")["address"]
            two.dhcp()
            now = time.time()
            assert len(network.DHCPLeases()) == 2
            lease, = network.DHCPLeases("52:54:00:92:00:01")
            assert now + 7000 < lease["expirytime"] < now + 7300
            assert (lease["iface"], lease["ipaddr"], lease["prefix"], lease["hostname"], lease["mac"], lease["type"]) == (
                "le0", address, 24, "eins", "52:54:00:92:00:01", libvirt.VIR_IP_ADDR_TYPE_IPV4)
            assert network.DHCPLeases("52:54:00:92:00:09") == []
        # The network's next run knows them still; a network that is defined anew does not.
        network.destroy()
        network.create()
        assert len(network.DHCPLeases()) == 2
        # Nor does one forget whose definition goes while it runs; when it ends they end.
        network.undefine()
        assert len(network.DHCPLeases()) == 2
        network.destroy()
        network = conn.networkDefineXML(NET.format(name="le", bridge="le0", n=4))
        assert network.DHCPLeases() == []


def test_ports():
    import libvirt
    with harness.Host() as host:
        daemon = host.start("virtnetworkd")
        network = connect(daemon).networkDefineXML(
            NET.format(name="po", bridge="po0", n=5).replace(
                "<ip ", "<port isolated='yes'/><ip ").replace(
                "</network>", "<portgroup name='g'><bandwidth><inbound average='100'/></bandwidth></portgroup></network>"))
        one = PORT.format(uuid=UUID.format(1), n=1, more="<group>g</group>")
        expect(libvirt.VIR_ERR_OPERATION_INVALID, lambda: network.portCreateXML(one), "is not active")
        network.create()
        port = network.portCreateXML(one)
        xml = port.XMLDesc()
        assert "<plug type='network' bridge='po0'/>" in xml and "isolated='yes'" in xml and "average='100'" in xml, xml
        assert "connections='1'" in network.XMLDesc()
        expect(libvirt.VIR_ERR_NETWORK_PORT_EXIST, lambda: network.portCreateXML(one), UUID.format(1))
        expect(libvirt.VIR_ERR_INTERNAL_ERROR, lambda: network.portCreateXML(
            PORT.format(uuid=UUID.format(2), n=2, more="<group>none</group>")), "no portgroup 'none'")
        port.setParameters({"inbound.average": 200, "outbound.average": 50, "outbound.peak": 80}, 0)
        got = port.parameters()
        assert (got["inbound.average"], got["outbound.peak"], got["inbound.floor"]) == (200, 80, 0), got
        expect(libvirt.VIR_ERR_XML_DETAIL, lambda: port.setParameters({"outbound.average": 0}, 0), "Missing mandatory")
        daemon.kill()
        daemon.start()
        network = connect(daemon).networkLookupByName("po")
        again, = network.listAllPorts()
        assert again.UUIDString() == UUID.format(1) and "average='200'" in again.XMLDesc()
        assert "connections='1'" in network.XMLDesc()
        again.delete()
        expect(libvirt.VIR_ERR_NO_NETWORK_PORT, lambda: network.portLookupByUUIDString(UUID.format(1)))
        assert "connections" not in network.XMLDesc()
        network.portCreateXML(one)
        network.destroy()
        network.create()
        assert network.listAllPorts() == []
        network.destroy()


def test_pool_is_not_used_twice():
    import libvirt
    with harness.Host() as host:
        network = connect(host.start("virtnetworkd")).networkCreateXML(
            "<network><name>pool</name><forward mode='passthrough'><interface dev='a0'/><interface dev='a1'/></forward></network>")
        ports = [network.portCreateXML(PORT.format(uuid=UUID.format(n), n=n, more="")) for n in (1, 2)]
        assert sorted(part for port in ports for part in port.XMLDesc().split("'") if part in ("a0", "a1")) == ["a0", "a1"]
        third = PORT.format(uuid=UUID.format(3), n=3, more="")
        expect(libvirt.VIR_ERR_INTERNAL_ERROR, lambda: network.portCreateXML(third), "none are available")
        reclaimed = PORT.format(uuid=UUID.format(3), n=3, more="<plug type='direct' dev='a0' mode='passthrough'/>")
        expect(libvirt.VIR_ERR_INTERNAL_ERROR, lambda: network.portCreateXML(reclaimed, libvirt.VIR_NETWORK_PORT_CREATE_RECLAIM),
               "already in use by a different guest")
        expect(libvirt.VIR_ERR_OPERATION_INVALID,
               lambda: update(network, "DELETE", "FORWARD_INTERFACE", "<interface dev='a1'/>"), "being used by 1 domains")
        ports[1].delete()
        freed = network.portCreateXML(third).XMLDesc()
        assert "mode='passthrough'" in freed
        update(network, "ADD_LAST", "FORWARD_INTERFACE", "<interface dev='a2'/>")
        fourth = network.portCreateXML(PORT.format(uuid=UUID.format(4), n=4, more=""))
        assert "dev='a2'" in fourth.XMLDesc()
        network.destroy()


def classes(bridge):
    out = subprocess.run(["tc", "class", "show", "dev", bridge], capture_output=True, text=True, check=True).stdout
    return {line.split()[2]: line for line in out.splitlines()}


def test_bandwidth():
    import libvirt
    harness.need("tc")
    with harness.Host() as host:
        daemon = host.start("virtnetworkd")
        network = connect(daemon).networkCreateXML(NET.format(name="bw", bridge="bw0", n=6).replace(
            "<ip ", "<bandwidth><inbound average='1000' peak='2000' burst='256'/></bandwidth><ip "))
        assert "rate 8Mbit ceil 16Mbit burst 1600b cburst 1600b" in classes("bw0")["1:1"], classes("bw0")
        # No burst is faster than the peak.
        assert "rate 8Mbit ceil 16Mbit burst 256Kb cburst 1600b" in classes("bw0")["1:2"], classes("bw0")
        floor = "<bandwidth><inbound average='500' floor='{}'/></bandwidth>".format
        port = network.portCreateXML(PORT.format(uuid=UUID.format(1), n=1, more=floor(300)))
        assert "classID='3'" in port.XMLDesc()
        assert "rate 2400Kbit ceil 16Mbit" in classes("bw0")["1:3"] and "rate 5600Kbit" in classes("bw0")["1:2"]
        shown = subprocess.run(["tc", "filter", "show", "dev", "bw0"], capture_output=True, text=True, check=True).stdout
        assert "flowid 1:3" in shown or "*flowid 1:3" in shown, shown
        expect(libvirt.VIR_ERR_OPERATION_INVALID, lambda: network.portCreateXML(
            PORT.format(uuid=UUID.format(2), n=2, more=floor(1800))), "floor")
        daemon.kill()
        subprocess.run(["tc", "qdisc", "delete", "dev", "bw0", "root"], check=True)
        daemon.start()
        wait_for("the limits", lambda: "1:3" in classes("bw0"))
        network = connect(daemon).networkLookupByName("bw")
        port, = network.listAllPorts()
        port.setParameters({"inbound.floor": 400}, 0)
        assert "rate 3200Kbit" in classes("bw0")["1:3"]
        port.delete()
        assert "1:3" not in classes("bw0") and "rate 8Mbit" in classes("bw0")["1:2"]
        network.destroy()


HOOK = """#!/bin/sh
echo "$*" >> {log}
cat >> {log}.xml
[ "$1 $2" != "forbidden start" ] || {{ echo "not this one" >&2; exit 1; }}
"""


def test_hooks():
    import libvirt
    with harness.Host() as host:
        folder, log = os.path.join(host.config_dir, "hooks"), os.path.join(host.root, "hook.log")
        os.makedirs(folder)
        path = os.path.join(folder, "network")
        with open(path, "w", encoding="utf-8") as file:
            file.write(HOOK.format(log=log))
        os.chmod(path, 0o755)
        conn = connect(host.start("virtnetworkd"))
        network = conn.networkCreateXML(NET.format(name="hk", bridge="hk0", n=7))
        port = network.portCreateXML(PORT.format(uuid=UUID.format(1), n=1, more=""))
        update(network, "ADD_LAST", "DNS_TXT", "<txt name='a' value='b'/>")
        port.delete()
        network.destroy()
        with open(log, encoding="utf-8") as file:
            assert file.read().splitlines() == [
                "hk start begin -", "hk started begin -", "hk port-created begin -", "hk updated begin -",
                "hk port-deleted begin -", "hk stopped end -"]
        with open(log + ".xml", encoding="utf-8") as file:
            text = file.read()
        assert text.count("<hookData>") == 6 and text.count("<networkport>") == 2 and "<name>hk</name>" in text
        forbidden = conn.networkDefineXML(NET.format(name="forbidden", bridge="no0", n=8))
        expect(libvirt.VIR_ERR_HOOK_SCRIPT_FAILED, forbidden.create, "not this one")
        assert not forbidden.isActive() and "no0" not in namespace.links()


def prepare():
    namespace.enter()
    harness.need("ip", "nft", "dnsmasq", "busybox")


if __name__ == "__main__":
    harness.main([function for name, function in list(globals().items()) if name.startswith("test_")], prepare)
