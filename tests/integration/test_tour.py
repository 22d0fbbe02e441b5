# SPDX-License-Identifier: LGPL-2.1-or-later
"""A tour of libvirt's own virsh: what an admin types, well and badly, with what comes back."""

import os
import re

import guests
import harness
import namespace

GUEST = """<domain type='qemu'><name>{name}</name><uuid>8cbd8a91-7a3a-4c1e-9f0e-1b2d3c4e5f60</uuid><memory unit='MiB'>32</memory>
<vcpu current='1'>2</vcpu><iothreads>1</iothreads><os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{image}'/><target dev='vda' bus='virtio'/></disk>
<disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>
<interface type='user'><mac address='52:54:00:01:02:03'/><model type='virtio'/></interface><serial type='pty'/>
<graphics type='vnc' autoport='yes' passwd='secret'><listen type='address' address='127.0.0.1'/></graphics>
<video><model type='vga'/></video></devices></domain>"""
NETWORK = "<network><name>net</name><forward mode='bridge'/><bridge name='lo'/></network>"
MAC = "52:54:00:01:02:03"

# What is typed and what its output, or what it says against it, matches. "!" before that: the command fails.
HOST = """
version                                             | Running hypervisor: QEMU
uri                                                 | qemu:///session
hostname                                            | \\S
nodeinfo                                            | CPU model: +x86_64
nodecpumap --pretty                                 | CPU map: +0
nodecpustats                                        | user: +\\d+
nodememstats                                        | total
nodememstats --cell 9                               | ! cell
freecell --all                                      | Total: +\\d+ KiB
freepages --all                                     | 4KiB: \\d+
maxvcpus --type qemu                                | \\d+
capabilities                                        | <guest>
domcapabilities --virttype qemu --machine q35       | <iothreads supported='yes'/>
domcapabilities --virttype xen                      | ! the accelerator 'xen' is not supported
domcapabilities --virttype bogus                    | ! unknown virttype: bogus
domcapabilities --emulatorbin /nowhere              | ! Cannot check QEMU binary /nowhere
cpu-models x86_64                                   | qemu64
cpu-models riscv64                                  | ! not supported
capabilities                                        | <signature family='\\d+'
domcapabilities --virttype qemu                     | <mode name='host-model' supported='yes'>
cpu-compare {cpu}                                   | superset of CPU described
cpu-compare {big}                                   | ! Unknown CPU model no-such
hypervisor-cpu-compare {cpu} --virttype qemu        | superset of CPU described
cpu-baseline {cpu}                                  | <model fallback='forbid'>kvm32</model>
cpu-baseline {cpu} --features                       | <feature policy='require' name='mmx'/>
hypervisor-cpu-baseline {cpu} --virttype qemu       | <model fallback='forbid'>kvm32</model>
cpu-baseline {broken}                               | ! broken.xml
domxml-to-native qemu-argv --xml {guest}            | qemu-system-x86_64
domxml-to-native bogus --xml {guest}                | ! unsupported config type bogus
list --all                                          | Id +Name +State
"""

DEFINED = """
define {broken}                                     | ! \\S
define {guest}                                      | Domain 'a' defined
list --all --inactive --without-snapshot            | a +shut off
list --all --name --state-running                   | ^\\s*$
dominfo a                                           | Persistent: +yes
domstate a --reason                                 | shut off \\(unknown\\)
domid a                                             | -
domid nobody                                        | ! failed to get domain 'nobody'
dumpxml a                                           | <name>a</name>
dumpxml a --security-info --xpath //graphics/@passwd | secret
dumpxml a --xpath //graphics/@passwd                | ^\\s*$
domjobinfo a                                        | ! domain is not running
domjobinfo a --completed                            | None
domblklist a --details                              | file +disk +vda
domblkinfo a vda                                    | Capacity: +4194304
domblkstat a vda                                    | ! domain is not running
domiflist a                                         | user
domif-setlink a {mac} down --config                 | Device updated
domif-getlink a {mac} --config                      | down
domif-getlink a nothing --config                    | ! Interface \\(dev: nothing\\) not found
vcpucount a                                         | maximum +config +2
vcpupin a --config                                  | (?m)^ 1 +\\S
vcpupin a 1 0 --config                              | ^\\s*$
vcpupin a 7 0 --config                              | ! 7
emulatorpin a 0 --config                            | ^\\s*$
iothreadadd a 5 --config                            | ^\\s*$
iothreadadd a 5 --config                            | ! already using iothread_id '5'
iothreadpin a 6 0 --config                          | ! iothreadid 6 not found
iothreadinfo a                                      | (?m)^ 5
iothreaddel a 5 --config                            | ^\\s*$
setmem a 20480 --config                             | ^\\s*$
setmem a 20480                                      | ! domain is not running
blkdeviotune a vda --config                         | (?m)^group_name +: *$
blkdeviotune a vda --group-name g --config          | ^\\s*$
blkdeviotune a vda --total-bytes-sec 9999999999999999 --config | ! no more than 1000000000000000
blkdeviotune a vda --total-bytes-sec 5 --read-bytes-sec 5 --config | ! total and read/write
desc a words --config                               | Domain description updated
desc a                                              | words
desc a --config --new-desc=                         | updated
dumpxml a --xpath //description                     | ^\\s*$
desc a --title --config name                        | updated
list --all --title                                  | a +shut off +name
metadata a http://x/ --key x --set <a/> --config    | Metadata modified
metadata a http://x/ --config                       | <a/>
metadata a http://x/ --remove --config              | Metadata removed
metadata a http://x/ --config                       | ! Requested metadata element is not present
autostart a                                         | marked as autostarted
list --all --autostart --name                       | a
autostart a --disable                               | unmarked
domrename a a                                       | ! rename domain to itself
domrename a b                                       | successfully renamed
domrename b a                                       | successfully renamed
managedsave-remove a                                | Removed managedsave|no manage save
snapshot-list a                                     | Name +Creation Time
snapshot-current a                                  | ! no current snapshot
snapshot-info a x                                   | ! no domain snapshot with matching name 'x'
snapshot-parent a x                                 | ! no domain snapshot with matching name 'x'
checkpoint-info a x                                 | ! no domain checkpoint with matching name 'x'
"""

RUNNING = """
start a --paused                                    | Domain 'a' started
dumpxml a --xpath //cpu/@check                      | full
dumpxml a --migratable --xpath //cpu/@check         | none
dumpxml a --migratable --xpath //disk/backingStore  | <backingStore/>
dumpxml a --migratable --xpath //disk[2]/driver/@type | raw
start a                                             | ! Domain is already active
create {guest}                                      | ! domain 'a' is already active
domstate a --reason                                 | paused \\(user\\)
shutdown a                                          | ! domain is not running
resume a                                            | resumed
list --state-running                                | a +running
domcontrol a                                        | ok
domjobinfo a                                        | Job type: +None
domstats a --iothread --enforce                     | iothread.1.poll-max-ns=\\d+
domstats a --vcpu                                   | vcpu.maximum=2
domblkinfo a --all                                  | vda
dommemstat a                                        | actual 32768
domdisplay a                                        | vnc://:secret@127.0.0.1:0|vnc://127.0.0.1:\\d+
vncdisplay a                                        | 127.0.0.1:\\d+
ttyconsole a                                        | /dev/pts/\\d+
screenshot a shot                                   | image/
screenshot a shot --screen 9                        | ! no such screen
send-key a KEY_A                                    | ^\\s*$
send-key a KEY_BOGUS                                | ! invalid keycode
inject-nmi a                                        | ^\\s*$
qemu-monitor-command a --hmp info status            | running
qemu-monitor-command a query-status --return-value  | "running":true
vcpuinfo a                                          | State: +running
vcpupin a --live                                    | (?m)^ 1 +\\S
vcpupin a 1 0 --live                                | ^\\s*$
emulatorpin a 0 --live                              | ^\\s*$
iothreadadd a 5 --live                              | ^\\s*$
iothreadinfo a                                      | (?m)^ 5 +{all_cpus}$
iothreaddel a 5 --live                              | ^\\s*$
blkdeviotune a vda --group-name g --total-bytes-sec 100000 --live | ^\\s*$
blkdeviotune a vda --live                           | (?m)^group_name +: g$
setmaxmem a 900000 --live                           | ! .
setvcpus a 1                                        | ^\\s*$
setvcpus a 2 --live                                 | ^\\s*$
setvcpus a 3 --live                                 | ! greater than max
setvcpus a 3 --live --maximum --config              | ! maximum vcpu count of a live domain
iothreadpin a 9 0 --live                            | ! iothread 9 not found
domblkstat a nope                                   | ! invalid path: nope
memtune a --min-guarantee 1 --config                | ! argument unsupported: .*min_guarantee
lxc-enter-namespace a /bin/true                     | ! not supported by the connection driver
domif-setlink a {mac} down                          | Device updated
domrename a b                                       | ! cannot rename active domain
suspend a                                           | suspended
domstate a --reason                                 | paused \\(user\\)
resume a                                            | resumed
reset a                                             | was reset
undefine a                                          | has been undefined
domrename a b                                       | ! cannot rename active domain
destroy a                                           | destroyed
dominfo a                                           | ! failed to get domain 'a'
"""

NETWORKS = """
net-define {network}                                | Network net defined
net-start net                                       | Network net started
net-start net                                       | ! network is already active
net-info net                                        | Active: +yes
net-autostart net                                   | marked as autostarted
net-list --all                                      | net +active +yes +yes
net-dumpxml net --inactive                          | <forward mode='bridge'/>
net-port-list net                                   | UUID
net-uuid net                                        | -
net-dhcp-leases net                                 | Expiry Time
net-destroy net                                     | destroyed
net-undefine net                                    | has been undefined
net-info net                                        | ! failed to get network 'net'
"""

POOLS = """
pool-define-as p dir --target {pool}                | Pool p defined
pool-build p                                        | Pool p built
pool-start p                                        | Pool p started
pool-list --details                                 | p +running +no +yes
vol-create-as p v 10M --format qcow2                | Vol v created
vol-create-as p v 10M                               | ! exists already
vol-list p --details                                | v +\\S+ +file +10.00 MiB
vol-info v p                                        | Capacity: +10.00 MiB
vol-resize v 20M p                                  | Size of volume 'v' successfully changed to 20M
vol-clone v w p                                     | Vol w cloned from v
vol-delete w p                                      | Vol w deleted
vol-pool {pool}/v                                   | p
pool-refresh p                                      | Pool p refreshed
pool-destroy p                                      | Pool p destroyed
pool-undefine p                                     | Pool p has been undefined
"""


class Stage(guests.GuestHost):
    """A session with all daemons, as virsh finds it without being told a socket."""

    def __enter__(self):
        for name in ("virtnetworkd", "virtstoraged", "virtqemud", "virtproxyd"):
            self.start(name)
        self.run("qemu-img", "create", "-q", "-f", "qcow2", "a.qcow2", "4M")
        text = GUEST.format(name="a", image=os.path.join(self.root, "a.qcow2"))
        cpu = "<cpu><arch>x86_64</arch><model>{}</model></cpu>"
        self.places = {"cpu": self.write("cpu.xml", cpu.format("kvm32")),
                       "big": self.write("big.xml", cpu.format("no-such")),
                       "guest": self.write("guest.xml", text), "broken": self.write("broken.xml", "<domain><a"),
                       "network": self.write("network.xml", NETWORK), "pool": os.path.join(self.root, "pool"), "mac": MAC,
                       "all_cpus": f"0-{os.cpu_count() - 1}" if os.cpu_count() > 1 else "0"}
        return self

    def write(self, name, text):
        path = os.path.join(self.root, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def fill_in(self, text):
        for name, value in self.places.items():
            text = text.replace("{" + name + "}", value)
        return text.strip()

    def tour(self, table):
        odd = []
        for line in table.strip().split("\n"):
            typed, _, wanted = (part.strip() for part in self.fill_in(line).partition(" | "))
            fails = wanted.startswith("!")
            result = self.run("virsh", "-c", "qemu:///session", *typed.split(), check=False)
            said = result.stderr if fails else result.stdout
            if (result.returncode != 0) != fails or not re.search(wanted.removeprefix("!").strip(), said.strip()):
                odd.append((typed, wanted, result.returncode, said))
        assert not odd, "\n".join(map(str, odd))


def test_host():
    with Stage() as stage:
        stage.tour(HOST)


def test_guest():
    with Stage() as stage:
        stage.tour(DEFINED)
        stage.tour(RUNNING)


def test_networks():
    with Stage() as stage:
        stage.tour(NETWORKS)


def test_pools():
    with Stage() as stage:
        stage.tour(POOLS)


def test_tunable_events():
    """What is changed of what runs is told, with its new values; what is changed of a definition is not."""
    guests.need_qemu()
    import libvirt
    guests.Events.start_loop()
    with Stage() as stage:
        connection = guests.open_connection(stage.daemons["virtqemud"])
        seen = []
        connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_TUNABLE,
                                          lambda conn, domain, params, opaque: seen.append(params), None)
        with open(stage.places["guest"], encoding="utf-8") as file:
            domain = connection.defineXML(file.read())
        domain.create()
        domain.setBlockIoTune("vda", {"read_iops_sec": 7}, libvirt.VIR_DOMAIN_AFFECT_CONFIG)
        domain.setBlockIoTune("vda", {"total_bytes_sec": 100000, "group_name": "g"}, libvirt.VIR_DOMAIN_AFFECT_LIVE)
        first = (True,) + (False,) * (os.cpu_count() - 1)
        domain.pinVcpu(0, first)
        domain.pinEmulator(first, libvirt.VIR_DOMAIN_AFFECT_LIVE)
        domain.pinIOThread(1, first, libvirt.VIR_DOMAIN_AFFECT_LIVE)
        wanted = [{"blkdeviotune.disk": "vda", "blkdeviotune.total_bytes_sec": 100000, "blkdeviotune.group_name": "g"},
                  {"cputune.vcpupin0": "0"}, {"cputune.emulatorpin": "0"}, {"cputune.iothreadpin1": "0"}]
        guests.wait_until(lambda: len(seen) == len(wanted), "the events")
        assert seen == wanted, seen
        connection.close()


def prepare():
    namespace.leave_root()
    harness.need("virsh", "qemu-system-x86_64", "qemu-img")


if __name__ == "__main__":
    harness.main([test_host, test_guest, test_networks, test_pools, test_tunable_events], prepare)
