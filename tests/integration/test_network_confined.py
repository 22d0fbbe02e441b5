# SPDX-License-Identifier: LGPL-2.1-or-later
"""virtnetworkd with no more than it needs: alone in a container with five capabilities, and without any."""

import os
import re
import shutil
import subprocess
import time

import harness
import linuxguest
import namespace
from namespace import connect, expect, ip, links, ruleset, wait_for
from netclient import Machine

CAPABILITIES = {"net_admin", "net_raw", "net_bind_service", "setuid", "setgid"}
NET = """<network><name>alone</name><forward mode='nat'/><bridge name='alone0' stp='off'/>
<ip address='10.87.1.1' prefix='24'><dhcp><range start='10.87.1.10' end='10.87.1.19'/></dhcp></ip></network>"""
HOST = "<host mac='52:54:00:87:00:01' name='one' ip='10.87.1.77'/>"


def confined(host, name, *options):
    """A daemon of the system that starts with these capabilities (setpriv's options)."""
    daemon = host.daemon(name)
    program = os.path.join(host.root, "start")
    with open(program, "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\nexec setpriv --no-new-privs {" ".join(options)} {daemon.program} "$@"\n')
    os.chmod(program, 0o755)
    daemon.program, daemon.options = program, ["--verbose"]
    daemon.socket = f"/run/libvirt/{name}-sock"
    return daemon


def capabilities_of(pid):
    """The bounding set of a process, as a number."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"CapBnd:\s*(\S+)", file.read())[1], 16)


def open_system(daemon):
    import libvirt
    libvirt.registerErrorHandler(lambda *_: None, None)
    return libvirt.open(daemon.uri("/system"))


def dnsmasq_pid():
    with open("/run/libvirt/network/alone.pid", encoding="ascii") as file:
        return int(file.read())


def is_alive(pid):
    """One that nobody has waited for yet has no command line any more."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read() != b""
    except OSError:
        return False


def test_container():
    """A NAT network with leases, changed, restarted and ended, by a daemon that may do nothing else."""
    import libvirt
    with harness.Host() as host:
        try:
            with open("/usr/modvirt-test", "wb"):
                raise AssertionError("the root is writable")
        except OSError:
            pass
        daemon = confined(host, "virtnetworkd", "--bounding-set=-all," + ",".join(f"+{name}" for name in CAPABILITIES))
        daemon.start()
        assert bin(capabilities_of(daemon.pid)).count("1") == len(CAPABILITIES)
        network = open_system(daemon).networkDefineXML(NET)
        network.create()
        with Machine("one", "alone0", "52:54:00:87:00:01") as one, Machine("out") as out:
            ip("address", "add", "203.0.113.1/24", "dev", out.port)
            out.ip("address", "add", "203.0.113.2/24", "dev", "eth0")
            lease = one.dhcp(hostname="guest")
            assert lease["address"].startswith("10.87.1.1") and one.ping("203.0.113.2")
            assert one.query("10.87.1.1", "guest", "A") == [lease["address"]]
            # dnsmasq has become a user of its own, whom the daemon may signal nevertheless.
            pid = dnsmasq_pid()
            assert os.stat(f"/proc/{pid}").st_uid != 0
            network.update(libvirt.VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, libvirt.VIR_NETWORK_SECTION_IP_DHCP_HOST, 0, HOST,
                           libvirt.VIR_NETWORK_UPDATE_AFFECT_LIVE)
            wait_for("the new lease", lambda: one.dhcp()["address"] == "10.87.1.77")
            network.update(libvirt.VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, libvirt.VIR_NETWORK_SECTION_DNS_TXT, -1,
                           "<txt name='t' value='v'/>", libvirt.VIR_NETWORK_UPDATE_AFFECT_LIVE)
            assert one.query("10.87.1.1", "t", "TXT") == ["v"]
            first, pid = pid, dnsmasq_pid()
            daemon.kill()
            daemon.start()
            network = open_system(daemon).networkLookupByName("alone")
            assert network.isActive() and one.dhcp()["address"] == "10.87.1.77"
        network.destroy()
        assert "alone0" not in links() and "modvirt" not in ruleset() and not is_alive(pid) and not is_alive(first)
        assert not [name for name in os.listdir("/var/lib/libvirt/dnsmasq") if name != "alone.leases"]
        network.undefine()
        for line in daemon.log().splitlines():
            assert " error :" not in line and (" warning :" not in line or "disable_ipv6 is read-only" in line), daemon.log()


class Root:
    """A root with nothing in it but programs, the libraries they need, and who dnsmasq runs as; the first process there is
    the daemon, and it is the only one."""

    def __init__(self, host):
        self.path = os.path.join(host.root, "root")
        for folder in ("bin", "proc", "sys", "dev", "run", "tmp", "etc/libvirt", "var/lib/libvirt/dnsmasq"):
            os.makedirs(os.path.join(self.path, folder))
        for name in (harness.find_binary("virtnetworkd"), *map(shutil.which, ("dnsmasq", "setpriv"))):
            linuxguest.install(self.path, name)
        for name, text in (("passwd", "root:x:0:0::/:/\nnobody:x:65534:65534::/:/\n"), ("group", "root:x:0:\nnogroup:x:65534:\n"),
                           ("resolv.conf", "")):
            with open(os.path.join(self.path, "etc", name), "w", encoding="ascii") as file:
                file.write(text)
        self.socket = os.path.join(self.path, "run/libvirt/virtnetworkd-sock")
        self.log = os.path.join(host.root, "container.log")
        self.process = None

    def start(self):
        script = ("mount -t sysfs sysfs sys && touch dev/null dev/urandom && mount --bind /dev/null dev/null && "
                  'mount --bind /dev/urandom dev/urandom && exec "$@"')
        privileges = "--bounding-set=-all," + ",".join(f"+{name}" for name in CAPABILITIES)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                ["unshare", "--mount", "sh", "-c", script, "sh", "unshare", "--pid", "--mount", "--ipc", "--uts", "--fork",
                 "--kill-child", "--mount-proc", f"--root={self.path}", "--wd=/", "/bin/setpriv", "--no-new-privs", privileges,
                 "/bin/virtnetworkd", "--verbose"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.path, env={"PATH": f"{os.environ['PATH']}:/bin"})
        wait_for("the daemon in its container", lambda: harness.answers(self.socket))
        return self

    def inside(self):
        """Processes of the container, from without: their numbers there -> their status."""
        found = {}
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{entry}/status", encoding="utf-8") as file:
                    status = dict(line.rstrip().split(":", 1) for line in file)
                if os.readlink(f"/proc/{entry}/root") == self.path and len(status["NSpid"].split()) > 1:
                    found[int(status["NSpid"].split()[-1])] = {**status, "here": int(entry)}
            except OSError:
                continue
        return found

    def stop(self):
        os.kill(self.inside()[1]["here"], 15)
        return self.process.wait(20)


def test_alone_in_a_container():
    """The daemon is the first process of a container with nothing else in it: it waits for whom it inherits, restarts what
    dies, and ends when told so."""
    import libvirt
    with harness.Host() as host:
        root = Root(host).start()
        libvirt.registerErrorHandler(lambda *_: None, None)
        connection = libvirt.open(f"network+unix:///system?socket={root.socket}")
        network = connection.networkCreateXML(NET)
        with Machine("one", "alone0", "52:54:00:87:00:01") as one:
            lease = one.dhcp(hostname="guest")["address"]
            assert one.query("10.87.1.1", "guest", "A") == [lease]
            processes = root.inside()
            assert processes[1]["Name"].strip() == "virtnetworkd" and len(processes) > 1, processes
            time.sleep(5.1)  # one that ends right after its start has to wait
            for number, status in processes.items():
                if number != 1:
                    os.kill(status["here"], 9)
            wait_for("another dnsmasq", lambda: (one.dhcp() or {}).get("address") == lease)
            assert not set(processes) & set(root.inside()) - {1}, "the dead are waited for"
            assert not [status for status in root.inside().values() if "Z" in status["State"]], root.inside()
        network.destroy()
        wait_for("the daemon alone", lambda: set(root.inside()) == {1})
        assert "alone0" not in links() and "modvirt" not in ruleset()
        connection.close()
        assert root.stop() == 0


def test_unit():
    """The unit gives just these."""
    with open(os.path.join(harness.BUILD, "data/virtnetworkd.service"), encoding="utf-8") as file:
        given = re.search(r"^CapabilityBoundingSet=(.*)", file.read(), re.M)[1].lower().split()
    assert set(given) == {f"cap_{name}" for name in CAPABILITIES}, given


def test_without_any():
    """What is there can be named and listened to; what has to be made is refused by the capability it needs."""
    import libvirt
    with harness.Host() as host:
        ip("link", "add", "br-there", "type", "bridge")
        ip("link", "set", "br-there", "up")
        ip("address", "add", "10.86.1.1/24", "dev", "br-there")
        daemon = confined(host, "virtnetworkd", "--bounding-set=-all")
        daemon.options = ["--session", "--verbose"]
        daemon.socket = os.path.join(host.run_dir, "virtnetworkd-sock")
        daemon.start()
        conn = connect(daemon)
        conn.networkCreateXML("<network><name>there</name><forward mode='bridge'/><bridge name='br-there'/></network>")
        check = [harness.find_binary("virt-network-check"), "-c", daemon.uri(), "there"]
        result = host.run(*check, check=False)
        assert "bridge br-there is up" in result.stdout and "cannot be looked at" in result.stdout, result
        made = conn.networkDefineXML(NET)
        expect(libvirt.VIR_ERR_SYSTEM_ERROR, made.create, "CAP_NET_ADMIN")
        assert "alone0" not in links() and not made.isActive()
        ip("link", "delete", "br-there")


def prepare():
    harness.need("setpriv", "unshare", "ip", "nft", "dnsmasq", "busybox", "ping")
    namespace.enter_container()


if __name__ == "__main__":
    harness.main([function for name, function in list(globals().items()) if name.startswith("test_")], prepare)
