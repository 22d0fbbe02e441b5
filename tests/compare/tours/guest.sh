# SPDX-License-Identifier: LGPL-2.1-or-later
# guest.sh NAME: the document of a guest that the tours use. Everything in it is at a fixed place.
name=$1
number=$(printf %02x "$(printf %s "$name" | cksum | awk '{print $1 % 250}')")
cat <<XML
<domain type='qemu'><name>$name</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e10$number</uuid>
<title>the guest $name</title><description>for a tour</description>
<memory unit='MiB'>64</memory><currentMemory unit='MiB'>48</currentMemory><vcpu current='1'>3</vcpu>
<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><boot dev='hd'/></os>
<features><acpi/><apic/></features><clock offset='utc'/>
<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/var/lib/libvirt/images/$name.qcow2'/><target dev='vda' bus='virtio'/></disk>
<disk type='file' device='cdrom'><source file='/var/lib/libvirt/images/disc.iso'/><target dev='sda' bus='sata'/><readonly/></disk>
<controller type='pci' model='pcie-root'/>
$(for i in $(seq 20); do echo "<controller type='pci' model='pcie-root-port'/>"; done)
<controller type='scsi' model='virtio-scsi'/>
<interface type='network'><mac address='52:54:00:70:00:$number'/><source network='tour'/><model type='virtio'/></interface>
<serial type='pty'/><console type='pty'/>
<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
<input type='tablet' bus='usb'/>
<graphics type='vnc' autoport='yes' listen='127.0.0.1'/><video><model type='vga'/></video>
<memballoon model='virtio'/><rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
</devices></domain>
XML
