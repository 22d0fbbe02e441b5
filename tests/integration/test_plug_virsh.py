#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices that come and go as virsh has it: the same lines typed to ours and to the distribution's."""

import os
import re

import guests
import harness
from guests import GuestHost, libvirt, wait_until
from plugstage import RNG, Stage

# What is typed, to both virshes; each word of it counts for what comes next.
TYPED = """
attach-device a {rng}
attach-device a {rng} --config
attach-device a {rng} --live --current
detach-device a {rng} --config
detach-device a {rng} --config
attach-device a {absent}
attach-disk a {one} sda --targetbus scsi --persistent
attach-disk a {one} sda --targetbus scsi --config
attach-disk a {two} sdb --targetbus scsi --type cdrom --mode readonly --live
attach-disk a {four} sdc --targetbus usb --serial no.1 --alias ua-stick
attach-disk a {two} sdc --targetbus usb --print-xml --address usb:0.3 --driver qemu --subdriver raw --cache none --io native
attach-disk a {two} vdc --print-xml --rawio --iothread 1 --wwn 5000c50015ea71ad --address pci:0000.01.02.3 --multifunction
attach-disk a name vdc --print-xml --source-protocol nbd --source-host-name host:10809 --source-host-transport tcp
attach-disk a name vdc --print-xml --source-protocol nbd --source-host-socket /s --source-host-transport unix --type lun
attach-disk a name vdc --source-protocol nbd --source-host-socket /s
attach-disk a name vdc --source-host-name host
attach-disk a name vdc --sourcetype network
attach-disk a name vdc --sourcetype thing
attach-disk a name vdc --mode sometimes
attach-disk a name vdc --wwn 12
attach-disk a name vdc --address scsi:0.0.1
attach-disk a name sdc --address pci:0000.01.02.3
attach-disk a name hda --address usb:0.3
attach-disk a name fda --address thing
attach-disk a name vdc --persistent --current
attach-disk a name vdc --config --current
attach-disk a name
change-media a sdb
change-media a sdb {three} --insert
change-media a sdb {three} --update --live
change-media a sdb --eject --insert
change-media a sdb --eject --block
change-media a sdb --eject --print-xml
change-media a sdb {three} --print-xml --block
change-media a sdb --eject --force
change-media a sdb --eject
change-media a sdb {two} --insert --config
change-media a sdb {two} --insert
change-media a sdb --update
change-media a sda {two}
update-device a {cdrom} --live
update-device a {cdrom} --config
update-device a {absent} --force
detach-disk a sdz
detach-disk a sda --print-xml
detach-disk a sda --config
detach-disk a {one}
detach-disk a sda
detach-disk a sdc --live --current
detach-device-alias a ua-stick --live
detach-device-alias a ua-stick
detach-device-alias a ua-stick --live --current
attach-interface a network net --config --mac 52:54:00:99:00:01 --model virtio --inbound 100,200,300 --outbound 50 --target t0
attach-interface a network net --config --mac 52:54:00:99:00:02 --alias ua-card
attach-interface a network net --config --mac 52:54:00:99:00:02
attach-interface a bridge br0 --config --mac 52:54:00:99:00:03 --script /bin/true --print-xml
attach-interface a hostdev 0000:01:02.3 --managed --print-xml
attach-interface a hostdev eth0
attach-interface a vhostuser /s --source-mode client --print-xml
attach-interface a vhostuser /s
attach-interface a direct eth0 --source-mode vepa
attach-interface a user x
attach-interface a network net --inbound x
attach-interface a network net --inbound 1,2,3,4,5
attach-interface a network net --inbound ,2
attach-interface a network net --outbound ,2
attach-interface a network net --outbound 1,2,3,4
attach-interface a network absent --mac 52:54:00:99:00:04
detach-interface a network
detach-interface a network --config
detach-interface a network --config --print-xml
detach-interface a bridge --config
detach-interface a network --mac 52:54:00:99:00:07 --config
detach-interface a network --mac 52:54:00:99:00:01 --config --print-xml
detach-interface a network --mac 52:54:00:99:00:01 --config
detach-interface a network --mac 52:54:00:99:00:02 --config
detach-interface a network --mac 52:54:00:99:00:02 --config --current
"""


def type_all(program):
    """What a virsh says of each line, and the guest's documents behind it; of two runs, only numbers of their own differ."""
    told = []
    with Stage(devices="<serial type='null'/>") as stage:
        stage.run_guest()
        places = {name: stage.image(name) for name in ("one", "two", "three", "four")}
        for name, text in (("rng", RNG), ("cdrom", stage.disk("two", "sdb", "scsi", "cdrom", "<readonly/>"))):
            places[name] = os.path.join(stage.root, f"{name}.xml")
            with open(places[name], "w", encoding="utf-8") as file:
                file.write(text)
        for line in TYPED.strip().split("\n"):
            words = line.format(absent="/nowhere.xml", **places).split()
            result = stage.run(program, "-c", stage.daemon.uri(), *words, check=False)
            # A failure of the stock virsh ends with a blank line, too.
            told.append((line, result.returncode, result.stdout.strip("\n"), result.stderr))
            if words[0] == "detach-device-alias" and result.returncode == 0:
                wait_until(lambda: words[2] not in stage.domain.XMLDesc(), "what was told to go to be gone")
        told += [("live", stage.domain.XMLDesc(0)), ("config", stage.domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))]
        uuid = stage.domain.UUIDString()
        return [tuple(str(part).replace(stage.root, "ROOT").replace(uuid, "UUID") for part in parts) for parts in told]


def test_both_virshes():
    """Ours and the distribution's: the same words, documents and exit codes, and the same comes of them."""
    harness.need("/usr/bin/virsh")
    ours, stock = type_all(harness.find_binary("virsh")), type_all("/usr/bin/virsh")
    different = [pair for pair in zip(ours, stock) if pair[0] != pair[1]]
    assert not different, "\n".join(f"{a}\n{b}" for a, b in different)
    worked = {line[0].split()[0] for line in ours if line[1] == "0" and "--print-xml" not in line[0]}
    assert worked == {line.split()[0] for line in TYPED.strip().split("\n")}, worked


def test_manual_page():
    """virsh(1) tells of all commands and their options."""
    with open(os.path.join(harness.BUILD, "src", "virsh", "virsh.1"), encoding="utf-8") as file:
        page = file.read().replace("\\-", "-")
    with GuestHost() as host:
        told = host.run(harness.find_binary("virsh"), "-q", "help").stdout
        commands = re.findall(r"^    (\S+) ", told, re.M)
        assert len(commands) > 100 and set(TYPED.split()) & set(commands) == {line.split()[0] for line in TYPED.strip().split("\n")}
        for command in commands:
            entry = re.search(rf"^\.B {command}( .*)?$(.|\n)*?(?=^\.TP\n\.B [a-z]|^\.SH)", page, re.M)
            assert entry, command
            for option in re.findall(r"--[\w-]+", host.run(harness.find_binary("virsh"), "help", command).stdout):
                assert option in entry[0], (command, option, entry[0])


def test_tools():
    """The distribution's virsh and virt-xml."""
    harness.need("/usr/bin/virsh", "/usr/bin/virt-xml")
    with Stage("q35", "".join(["<controller type='pci' index='0' model='pcie-root'/>",
                               *(f"<controller type='pci' index='{n}' model='pcie-root-port'/>" for n in range(1, 10)),
                               "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>"])) as stage:
        def virsh(*words):
            return stage.run("/usr/bin/virsh", "-c", stage.daemon.uri(), *words).stdout

        def virt_xml(*words):
            return stage.run("/usr/bin/virt-xml", "--connect", stage.daemon.uri(), "a", *words).stdout

        stage.run_guest()
        virsh("attach-disk", "a", stage.image("one"), "vda", "--persistent", "--targetbus", "virtio")
        assert len(stage.devices("disk")) == len(stage.devices("disk", libvirt.VIR_DOMAIN_XML_INACTIVE)) == 2
        virsh("change-media", "a", "sda", stage.image("two"), "--insert", "--live")
        virsh("change-media", "a", "sda", stage.image("three"), "--update", "--live")
        virsh("change-media", "a", "sda", "--eject", "--live", "--force")
        virsh("detach-disk", "a", "vda", "--config")
        assert len(stage.devices("disk", libvirt.VIR_DOMAIN_XML_INACTIVE)) == 1
        assert "Device hotplug successful" in virt_xml("--add-device", "--rng", "/dev/urandom", "--update")
        assert stage.devices("rng") and stage.devices("rng", libvirt.VIR_DOMAIN_XML_INACTIVE)
        assert "Device update successful" in virt_xml("--edit", "target=sda", "--disk", f"path={stage.image('two')}", "--update")
        assert "Device hotunplug successful" in virt_xml("--remove-device", "--rng", "1", "--update")
        assert not stage.devices("rng", libvirt.VIR_DOMAIN_XML_INACTIVE)


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")], guests.need_qemu)
