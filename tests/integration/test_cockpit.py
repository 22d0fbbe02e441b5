# SPDX-License-Identifier: LGPL-2.1-or-later
"""libvirt-dbus, unmodified, on our daemons: the calls that cockpit's page of virtual machines makes."""

import os
import re
import subprocess

import harness
import namespace
from namespace import wait_for
from test_clients import Stage

CONNECTION = "/org/libvirt/QEMU"
SECURE, INACTIVE = 1, 2
LIVE, CONFIG = 1, 2
PAUSED, SHUT_OFF = 3, 5
BALLOON, VCPU, BLOCK, STATE = 4, 8, 32, 1
UNDEFINE = 1 | 2 | 4  # with saved state, what is known of snapshots, and NVRAM
GUEST = """<domain type='qemu'><name>guest</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{image}'/><target dev='vda' bus='virtio'/></disk>
<disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>
<interface type='user'><mac address='52:54:00:01:02:03'/></interface><serial type='pty'/>
<graphics type='vnc' autoport='yes' passwd='secret'/></devices></domain>"""
NETWORK = "<network><name>net</name><forward mode='bridge'/><bridge name='{bridge}'/></network>"
POOL = "<pool type='dir'><name>pool</name><target><path>{path}</path></target></pool>"
VOLUME = "<volume><name>volume</name><capacity unit='MiB'>1</capacity></volume>"


class Bus(Stage):
    """All daemons and libvirt-dbus, on a bus of its own; answers are text as gdbus prints it."""

    def __enter__(self):
        super().__enter__()
        address = f"unix:path={self.root}/bus"
        self.env["DBUS_SESSION_BUS_ADDRESS"] = address
        self.bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", f"--address={address}"], env=self.env)
        # The bus starts libvirt-dbus with the first call, which ends with it.
        wait_for("libvirt-dbus", lambda: self.gdbus(CONNECTION, "org.libvirt.Connect.ListDomains", 0).returncode == 0)
        return self

    def __exit__(self, *error):
        self.bus.terminate()
        self.bus.wait(10)
        super().__exit__(*error)

    def gdbus(self, path, method, *arguments):
        return self.run("gdbus", "call", "--session", "--dest", "org.libvirt", "--object-path", path, "--method", method, "--",
                        *(str(argument) for argument in arguments), check=False)

    def call(self, path, method, *arguments):
        result = self.gdbus(path, f"org.libvirt.{method}", *arguments)
        assert result.returncode == 0, (method, arguments, result.stderr)
        return result.stdout

    def refuses(self, path, method, *arguments):
        result = self.gdbus(path, f"org.libvirt.{method}", *arguments)
        assert result.returncode != 0, (method, arguments, result.stdout)
        return result.stderr

    def properties(self, path, interface):
        return self.gdbus(path, "org.freedesktop.DBus.Properties.GetAll", f"org.libvirt.{interface}").stdout

    def state(self, guest):
        return int(re.search(r"\d+", self.call(guest, "Domain.GetState", 0))[0])

    def set_autostart(self, path, interface):
        result = self.gdbus(path, "org.freedesktop.DBus.Properties.Set", f"org.libvirt.{interface}", "Autostart", "<true>")
        assert result.returncode == 0, result.stderr

    def define(self, method, document, *more):
        return object_in(self.call(CONNECTION, f"Connect.{method}", document, *more))

    def define_guest(self):
        image = os.path.join(self.root, "disk.qcow2")
        self.run("qemu-img", "create", "-q", "-f", "qcow2", image, "4M")
        return self.define("DomainDefineXML", GUEST.format(image=image))


def object_in(text):
    return re.search(r"'(/org/libvirt/QEMU/[a-z]+/[^']+)'", text)[1]


def test_page():
    """What is asked before the page is there; who has no such daemon says so, which cockpit shows above it."""
    with Bus() as bus:
        guest = bus.define_guest()
        version = bus.gdbus(CONNECTION, "org.freedesktop.DBus.Properties.Get", "org.libvirt.Connect", "LibVersion").stdout
        assert "9000000" in version, version
        assert guest in bus.call(CONNECTION, "Connect.ListDomains", 0)
        assert "/network/" in bus.call(CONNECTION, "Connect.ListNetworks", 0)
        assert bus.call(CONNECTION, "Connect.ListStoragePools", 0) == "(@ao [],)\n"
        assert "'total': " in bus.call(CONNECTION, "Connect.NodeGetMemoryStats", -1, 0)
        assert "not supported by the connection driver" in bus.refuses(CONNECTION, "Connect.ListInterfaces", 3)
        assert "not supported by the connection driver" in bus.refuses(CONNECTION, "Connect.ListNodeDevices", 0)
        assert "secret" in bus.call(guest, "Domain.GetXMLDesc", SECURE)
        assert "secret" not in bus.call(guest, "Domain.GetXMLDesc", 0)
        assert "secret" in bus.call(guest, "Domain.GetXMLDesc", SECURE | INACTIVE)
        assert bus.state(guest) == SHUT_OFF
        assert "'Name': <<'guest'>>" in bus.properties(guest, "Domain")
        assert "domainCapabilities" in bus.call(CONNECTION, "Connect.GetDomainCapabilities", "", "x86_64", "q35", "", 0)
        assert bus.call(guest, "Domain.ListDomainSnapshots", 0) == "(@ao [],)\n"


def test_guest():
    with Bus() as bus:
        guest = bus.define_guest()
        idle = bus.call(guest, "Domain.GetStats", BALLOON | VCPU | BLOCK | STATE, 0)
        assert "'block.0.capacity': <<uint64 4194304>>" in idle and "'block.0.allocation'" in idle and "vcpu.maximum" in idle, idle
        assert "Domain not found" in bus.refuses(CONNECTION, "Connect.DomainLookupByName", "nobody")
        bus.set_autostart(guest, "Domain")
        assert "'Autostart': <<true>>" in bus.properties(guest, "Domain")
        bus.call(guest, "Domain.Rename", "other", 0)
        guest = object_in(bus.call(CONNECTION, "Connect.DomainLookupByName", "other"))
        bus.call(guest, "Domain.SetMemory", 30000, CONFIG)
        bus.call(guest, "Domain.Create", 0)
        assert "already running" in bus.refuses(guest, "Domain.Create", 0)
        running = bus.call(guest, "Domain.GetStats", BALLOON | VCPU | BLOCK | STATE, 0)
        for name in ("balloon.rss", "vcpu.0.time", "vcpu.current", "block.0.capacity", "block.0.physical", "block.0.allocation"):
            assert f"'{name}'" in running, (name, running)
        for source in (0, 2):
            assert bus.call(guest, "Domain.InterfaceAddresses", source, 0).startswith("(@a(ssa(isu)) [],)")
        assert "agent" in bus.refuses(guest, "Domain.InterfaceAddresses", 1, 0)
        bus.call(guest, "Domain.SendKey", 0, 0, "[29, 56, 111]", 0)
        bus.call(guest, "Domain.InjectNMI", 0)
        bus.call(guest, "Domain.Suspend")
        assert bus.state(guest) == PAUSED
        bus.call(guest, "Domain.Resume")
        bus.call(guest, "Domain.Reboot", 0)
        bus.call(guest, "Domain.Reset", 0)
        down = "<interface type='user'><mac address='52:54:00:01:02:03'/><link state='down'/></interface>"
        bus.call(guest, "Domain.UpdateDevice", down, LIVE | CONFIG)
        assert "link state" in bus.call(guest, "Domain.GetXMLDesc", INACTIVE)
        cdrom = "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>"
        bus.call(guest, "Domain.UpdateDevice", cdrom, CONFIG)
        assert "target sda already exists" in bus.refuses(guest, "Domain.AttachDevice", cdrom, CONFIG)
        bus.call(guest, "Domain.Shutdown", 0)
        bus.call(guest, "Domain.Destroy", 0)
        bus.call(guest, "Domain.Undefine", UNDEFINE)
        assert "Domain not found" in bus.refuses(guest, "Domain.GetXMLDesc", 0)


def test_network():
    with Bus() as bus:
        network = bus.define("NetworkDefineXML", NETWORK.format(bridge="lo"))
        bus.call(network, "Network.Create")
        bus.set_autostart(network, "Network")
        listed = bus.properties(network, "Network")
        assert "'Active': <<true>>" in listed and "'Autostart': <<true>>" in listed and "'Name': <<'net'>>" in listed, listed
        assert "forward mode" in bus.call(network, "Network.GetXMLDesc", 0)
        assert object_in(bus.call(CONNECTION, "Connect.NetworkLookupByName", "net")) == network
        bus.call(network, "Network.Destroy")
        bus.call(network, "Network.Undefine")
        assert "Network not found" in bus.refuses(CONNECTION, "Connect.NetworkLookupByName", "net")


def test_storage():
    with Bus() as bus:
        folder = os.path.join(bus.root, "pool")
        os.mkdir(folder)
        pool = bus.define("StoragePoolDefineXML", POOL.format(path=folder), 0)
        bus.set_autostart(pool, "StoragePool")
        bus.call(pool, "StoragePool.Create", 0)
        bus.call(pool, "StoragePool.Refresh", 0)
        assert "'Active': <<true>>" in bus.properties(pool, "StoragePool")
        assert folder in bus.call(pool, "StoragePool.GetXMLDesc", 0)
        volume = object_in(bus.call(pool, "StoragePool.StorageVolCreateXML", VOLUME, 0))
        assert volume in bus.call(pool, "StoragePool.ListStorageVolumes", 0)
        assert volume in bus.call(pool, "StoragePool.StorageVolLookupByName", "volume")
        assert volume in bus.call(CONNECTION, "Connect.StorageVolLookupByPath", os.path.join(folder, "volume"))
        assert "1048576" in bus.call(volume, "StorageVol.GetXMLDesc", 0)
        # The page removes a guest's file itself when it hears this.
        assert "no storage vol with matching" in bus.refuses(CONNECTION, "Connect.StorageVolLookupByPath", "/nowhere")
        bus.call(volume, "StorageVol.Delete", 0)
        assert os.listdir(folder) == []
        bus.call(pool, "StoragePool.Destroy")
        bus.call(pool, "StoragePool.Undefine")
        assert bus.call(CONNECTION, "Connect.ListStoragePools", 0) == "(@ao [],)\n"


def prepare():
    namespace.leave_root()
    harness.need("qemu-system-x86_64", "qemu-img", "virsh", "dbus-daemon", "gdbus")
    if not os.path.exists("/usr/share/dbus-1/services/org.libvirt.service"):
        raise harness.Skip("libvirt-dbus is not installed")


if __name__ == "__main__":
    harness.main([function for name, function in list(globals().items()) if name.startswith("test_")], prepare)
