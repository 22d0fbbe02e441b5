/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a document to QEMU's arguments, one kind of device at a time; no emulator is needed. */
#include <string.h>

#include "common/error.h"
#include "virtqemud/caps/emulator_caps.h"
#include "virtqemud/command/build.h"

#define EMULATOR "/usr/bin/qemu-system-x86_64"

static HugeMount huge = {2048, (char *)"/huge"};
static gpointer huges[] = {&huge};
static GPtrArray huge_mounts = {huges, 1};
static const CommandSettings settings = {.spice_tls_dir = (char *)"/pki",
                                         .nbd_tls_dir = (char *)"/pki/nbd",
                                         .memory_dir = (char *)"/ram",
                                         .huge_mounts = &huge_mounts,
                                         .huge_default_kib = 2048};

/* ---- an emulator that has everything ---- */

static const char *const device_names[] = {
    "AC97",
    "ES1370",
    "VGA",
    "bochs-display",
    "cirrus-vga",
    "floppy",
    "hda-duplex",
    "hda-micro",
    "hda-output",
    "i6300esb",
    "ich9-ahci",
    "ich9-intel-hda",
    "ide-cd",
    "ide-hd",
    "intel-hda",
    "intel-iommu",
    "isa-debugcon",
    "nvdimm",
    "pc-dimm",
    "ivshmem-doorbell",
    "ivshmem-plain",
    "vhost-user-fs-pci",
    "vhost-vsock-pci",
    "virtio-9p-pci",
    "isa-fdc",
    "isa-parallel",
    "isa-serial",
    "lsi53c895a",
    "pci-bridge",
    "pci-serial",
    "pcie-pci-bridge",
    "pcie-root-port",
    "piix3-usb-uhci",
    "pvpanic",
    "qemu-xhci",
    "qxl",
    "qxl-vga",
    "ramfb",
    "scsi-block",
    "scsi-cd",
    "scsi-hd",
    "usb-audio",
    "usb-hub",
    "usb-kbd",
    "usb-mouse",
    "usb-redir",
    "usb-serial",
    "usb-storage",
    "usb-tablet",
    "vhost-user-blk-pci",
    "virtconsole",
    "virtio-balloon-pci",
    "virtio-blk-pci",
    "virtio-gpu-pci",
    "virtio-input-host-pci",
    "virtio-iommu-pci",
    "virtio-keyboard-pci",
    "virtio-net-pci",
    "virtio-rng-pci",
    "virtio-scsi-pci",
    "virtio-serial-pci",
    "virtio-tablet-pci",
    "virtio-vga",
    "virtserialport",
    "vmcoreinfo",
    "vmgenid",
    "e1000",
    "virtio-blk-pci-transitional",
};

static EmulatorCaps *make_caps(void)
{
    EmulatorCaps *caps = emulator_caps_new(EMULATOR);
    static const char machines[] =
        "[{'name':'pc-q35-7.2','alias':'q35','cpu-max':288,'default-cpu-type':'qemu64-x86_64-cpu','default-ram-id':'pc."
        "ram'},"
        "{'name':'pc-i440fx-7.2','alias':'pc','is-default':true,'cpu-max':255,'default-cpu-type':'qemu64-x86_64-cpu',"
        "'default-ram-id':'pc.ram'}]";
    g_autofree char *text = g_strdelimit(g_strdup(machines), "'", '"');
    g_autoptr(json_object) reply = json_parse(text, strlen(text), 8, VIR_FROM_QEMU, NULL);
    static const char cpus[] =
        "[{\"name\":\"qemu64\",\"unavailable-features\":[]},{\"name\":\"max\"},{\"name\":\"host\"},"
        "{\"name\":\"Nehalem\",\"unavailable-features\":[\"x\"]}]";
    g_autoptr(json_object) cpu_reply = json_parse(cpus, strlen(cpus), 8, VIR_FROM_QEMU, NULL);

    caps->arch = g_strdup("x86_64");
    caps->version = 7002000;
    caps->has_kvm = TRUE;
    g_assert_true(emulator_caps_take_machines(caps, reply, NULL));
    g_assert_true(emulator_caps_take_cpus(caps, cpu_reply, NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(device_names); i++)
        g_hash_table_add(caps->devices, g_strdup(device_names[i]));
    return caps;
}

static const char *emulator(gpointer data, VirtType virt_type, const char *os_type, const char *arch)
{
    return EMULATOR;
}

static gboolean find_machine(gpointer data, const char *path, VirtType virt_type, const char *arch, const char *name,
                             MachineFacts *facts)
{
    const EmulatorMachine *machine = emulator_caps_machine(data, name);

    if (!machine)
        return FALSE;
    *facts = (MachineFacts){machine->name, machine->max_vcpus, machine->default_cpu};
    return TRUE;
}

static gboolean has_device(gpointer data, const char *path, const char *name)
{
    return emulator_caps_has_device(data, name);
}

/* ---- the cases ---- */

typedef struct {
    const char *name;
    const char *machine; /* NULL: q35 */
    const char *outside; /* before <devices> */
    const char *devices;
    const char *expected[6]; /* each a part of the command line */
    const char *refused;     /* or a part of the error */
} Case;

#define QUOTED_DISK "\"file\":\"libvirt-1-storage\""

/* Modules have slots, and cells that they are near to. */
#define MODULES_OUTSIDE                                                                                                \
    "<maxMemory slots='4' unit='GiB'>1</maxMemory><cpu><numa><cell id='0' cpus='0' memory='32' "                       \
    "unit='MiB'/></numa></cpu>"

static const Case cases[] = {
    {"machine-q35",
     NULL,
     "",
     "",
     {"-machine pc-q35-7.2,usb=off,dump-guest-core=off,memory-backend=pc.ram", "-accel tcg", "-cpu qemu64", "-m 32",
      "-smp 1,sockets=1,cores=1,threads=1", "-sandbox on,obsolete=deny"}},
    {"fw-cfg",
     NULL,
     "<sysinfo type='fwcfg'><entry name='opt/a'>x,y</entry><entry name='opt/b' file='/f'/></sysinfo>",
     "",
     {"-fw_cfg name=opt/a,string=x,,y", "-fw_cfg name=opt/b,file=/f"}},
    {"machine-pc", "pc", "", "", {"-machine pc-i440fx-7.2,", "{\"driver\":\"piix3-usb-uhci\",\"id\":\"usb\""}},
    {"disk-virtio-qcow2",
     NULL,
     "",
     "<disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none' discard='unmap'/>"
     "<source file='/a.qcow2'/><target dev='vda' bus='virtio'/></disk>",
     {"{\"driver\":\"file\",\"filename\":\"/"
      "a.qcow2\",\"node-name\":\"libvirt-1-storage\",\"cache\":{\"direct\":true,\"no-flush\":false},"
      "\"auto-read-only\":true,\"discard\":\"unmap\"}",
      "\"driver\":\"qcow2\"," QUOTED_DISK,
      "\"drive\":\"libvirt-1-format\",\"id\":\"virtio-disk0\",\"bootindex\":1,\"write-cache\":\"on\""}},
    {"disk-sata-raw",
     NULL,
     "",
     "<disk type='file'><driver type='raw'/><source file='/a.img'/><target dev='sda' "
     "bus='sata'/><serial>S1</serial></disk>",
     {"{\"driver\":\"ide-hd\",\"bus\":\"ide.0\",\"drive\":\"libvirt-1-format\",\"id\":\"sata0-0-0\",\"bootindex\":1,"
      "\"serial\":\"S1\"}"}},
    {"disk-ide-on-pc",
     "pc",
     "",
     "<disk type='file'><source file='/a.img'/><target dev='hdb' bus='ide'/></disk>",
     {"{\"driver\":\"ide-hd\",\"bus\":\"ide.0\",\"unit\":1,"}},
    {"disk-block-device",
     NULL,
     "",
     "<disk type='block'><source dev='/dev/x'/><target dev='vda'/></disk>",
     {"{\"driver\":\"host_device\",\"filename\":\"/dev/x\""}},
    {"disk-usb",
     NULL,
     "",
     "<disk type='file'><source file='/a'/><target dev='sda' bus='usb'/></disk>",
     {"{\"driver\":\"usb-storage\",\"bus\":\"usb.0\",\"port\":\"1\",\"drive\":\"libvirt-1-format\",\"id\":\"usb-"
      "disk0\","}},
    {"disk-scsi",
     NULL,
     "",
     "<controller type='scsi' model='virtio-scsi'/><disk type='file'><source file='/a'/><target dev='sda' "
     "bus='scsi'/></disk>",
     {"{\"driver\":\"virtio-scsi-pci\",\"id\":\"scsi0\"",
      "{\"driver\":\"scsi-hd\",\"bus\":\"scsi0.0\",\"channel\":0,\"scsi-id\":0,\"lun\":0,\"device_id\":\"drive-scsi0-0-"
      "0-0\""}},
    {"disk-overlay-given",
     NULL,
     "",
     "<disk type='file'><driver type='qcow2'/><source file='/top'/><backingStore type='file'><format type='raw'/>"
     "<source file='/base'/><backingStore/></backingStore><target dev='vda'/></disk>",
     {"\"filename\":\"/base\",\"node-name\":\"libvirt-2-storage\"",
      "\"node-name\":\"libvirt-2-format\",\"read-only\":true,\"driver\":\"raw\",\"file\":\"libvirt-2-storage\"}",
      "\"file\":\"libvirt-1-storage\",\"backing\":\"libvirt-2-format\"}"}},
    {"disk-nbd",
     NULL,
     "",
     "<disk type='network'><source protocol='nbd' name='e' tls='yes' tlsHostname='t'><host name='h'/></source>"
     "<target dev='vda'/></disk>",
     {"{\"qom-type\":\"tls-creds-x509\",\"id\":\"objlibvirt-1-storage_tls0\",\"dir\":\"/pki/nbd\",",
      "{\"driver\":\"nbd\",\"server\":{\"type\":\"inet\",\"host\":\"h\",\"port\":\"10809\"},\"export\":\"e\","
      "\"tls-creds\":\"objlibvirt-1-storage_tls0\",\"tls-hostname\":\"t\",\"node-name\":\"libvirt-1-storage\""}},
    {"disk-rbd",
     NULL,
     "",
     "<disk type='network'><source protocol='rbd' name='p/n/i'><host name='m' port='1'/><auth username='u'>"
     "<secret type='ceph' usage='x'/></auth></source><target dev='vda'/></disk>",
     {"\"id\":\"libvirt-1-storage-auth-secret0\"",
      "{\"driver\":\"rbd\",\"pool\":\"p\",\"namespace\":\"n\",\"image\":\"i\",\"server\":[{\"host\":\"m\","
      "\"port\":\"1\"}],\"user\":\"u\",\"auth-client-required\":[\"cephx\",\"none\"],\"key-secret\":\"libvirt-1-"
      "storage-auth-secret0\""}},
    {"disk-iscsi",
     NULL,
     "",
     "<disk type='network'><source protocol='iscsi' name='iqn/3'><host name='::1'/><initiator><iqn name='me'/>"
     "</initiator></source><target dev='vda'/></disk>",
     {"{\"driver\":\"iscsi\",\"portal\":\"[::1]:3260\",\"target\":\"iqn\",\"lun\":3,\"transport\":\"tcp\","
      "\"initiator-name\":\"me\""}},
    {"disk-https",
     NULL,
     "",
     "<disk type='network' device='cdrom'><source protocol='https' name='a/b' query='c'><host name='h'/><cookies>"
     "<cookie name='k'>geheim</cookie></cookies></source><target dev='sda' bus='sata'/></disk>",
     {"{\"driver\":\"https\",\"url\":\"https://h:443/a/b?c\",\"cookie-secret\":\"libvirt-1-storage-httpcookie-"
      "secret0\""}},
    {"disk-gluster",
     NULL,
     "",
     "<disk type='network'><source protocol='gluster' name='v/p/q'><host name='h'/><host transport='unix' socket='/s'/>"
     "</source><target dev='vda'/></disk>",
     {"{\"driver\":\"gluster\",\"volume\":\"v\",\"path\":\"p/q\",\"server\":[{\"type\":\"inet\",\"host\":\"h\","
      "\"port\":\"24007\"},{\"type\":\"unix\",\"path\":\"/s\"}]"}},
    {"disk-ssh",
     NULL,
     "",
     "<disk type='network'><source protocol='ssh' name='/p'><host name='h'/></source><target dev='vda'/></disk>",
     {"{\"driver\":\"ssh\",\"path\":\"/p\",\"server\":{\"host\":\"h\",\"port\":\"22\"}"}},
    {"disk-nfs",
     NULL,
     "",
     "<disk type='network'><source protocol='nfs' name='/p'><host name='h'/><identity user='+5' group='+6'/></source>"
     "<target dev='vda'/></disk>",
     {"\"path\":\"/p\",\"user\":5,\"group\":6"}},
    {"disk-vxhs",
     NULL,
     "",
     "<disk type='network'><source protocol='vxhs' name='x'><host name='h'/></source><target dev='vda'/></disk>",
     {NULL},
     "VxHS protocol is not supported"},
    {"disk-luks",
     NULL,
     "",
     "<disk><source file='/a'><encryption format='luks'><secret type='passphrase' usage='x'/></encryption></source>"
     "<target dev='vda'/></disk>",
     {"\"driver\":\"luks\",\"key-secret\":\"libvirt-1-format-encryption-secret0\",\"file\":\"libvirt-1-storage\""}},
    {"disk-slice-of-qcow2",
     NULL,
     "",
     "<disk><driver type='qcow2'/><source file='/a'><slices><slice type='storage' offset='512' size='1024'/></slices>"
     "</source><target dev='vda'/></disk>",
     {"{\"driver\":\"raw\",\"node-name\":\"libvirt-1-slice-sto\",\"offset\":512,\"size\":1024,\"file\":\"libvirt-1-"
      "storage\"}",
      "\"driver\":\"qcow2\",\"file\":\"libvirt-1-slice-sto\""}},
    {"disk-lun",
     NULL,
     "",
     "<controller type='scsi' model='virtio-scsi'/><disk type='block' device='lun'><source dev='/dev/x'><reservations "
     "managed='yes'/></source><target dev='sda' bus='scsi'/></disk>",
     {"{\"qom-type\":\"pr-manager-helper\",\"id\":\"pr-helper0\",\"path\":\"/run/x/pr-helper0.sock\"}",
      "{\"driver\":\"host_device\",\"filename\":\"/dev/x\",\"pr-manager\":\"pr-helper0\",",
      "{\"driver\":\"scsi-block\",\"bus\":\"scsi0.0\","}},
    {"disk-vhost-user",
     NULL,
     "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>",
     "<disk type='vhostuser'><source type='unix' path='/s'><reconnect enabled='yes' timeout='9'/></source>"
     "<target dev='vda'/></disk>",
     {"-chardev socket,id=chr-vu-virtio-disk0,path=/s,reconnect=9",
      "{\"qom-type\":\"memory-backend-memfd\",\"id\":\"pc.ram\",\"share\":true,",
      "{\"driver\":\"vhost-user-blk-pci\",\"bus\":\"pci.2\",\"addr\":\"0x0\",\"chardev\":\"chr-vu-virtio-disk0\","
      "\"id\":\"virtio-disk0\""}},
    {"disk-on-xen-bus",
     NULL,
     "",
     "<disk><source file='/a'/><target dev='xvda' bus='xen'/></disk>",
     {NULL},
     "unsupported disk bus 'xen'"},
    {"iothreads",
     NULL,
     "<iothreads>2</iothreads><iothreadids><iothread id='7' thread_pool_min='1'/></iothreadids><defaultiothread "
     "thread_pool_max='4'/>",
     "<disk><driver iothread='7'/><source file='/a'/><target dev='vda'/></disk>",
     {"{\"qom-type\":\"iothread\",\"id\":\"iothread7\",\"thread-pool-min\":1}",
      "{\"qom-type\":\"iothread\",\"id\":\"iothread1\"}",
      "{\"qom-type\":\"main-loop\",\"id\":\"main-loop\",\"thread-pool-max\":4}", "\"iothread\":\"iothread7\""}},
    {"scsi-iothread",
     NULL,
     "<iothreads>1</iothreads>",
     "<controller type='scsi' index='0' model='virtio-scsi'><driver queues='2' iothread='1'/></controller>",
     {"{\"driver\":\"virtio-scsi-pci\",\"id\":\"scsi0\",\"num_queues\":2,\"iothread\":\"iothread1\""}},
    {"memory-file",
     NULL,
     "<memoryBacking><nosharepages/><locked/><source type='file'/><access mode='shared'/><discard/></memoryBacking>",
     "",
     {"mem-merge=off", "-overcommit mem-lock=on",
      "{\"qom-type\":\"memory-backend-file\",\"id\":\"pc.ram\",\"mem-path\":\"/ram/x/pc.ram\",\"discard-data\":true,"
      "\"share\":true,\"x-use-canonical-path-for-ramblock-id\":false,\"size\":33554432}"}},
    {"memory-large-pages",
     NULL,
     "<memoryBacking><hugepages><page size='2' unit='MiB'/></hugepages></memoryBacking>",
     "",
     {"\"mem-path\":\"/huge/libvirt/qemu/x\",\"prealloc\":true"}},
    {"memory-pages-that-are-not-there",
     NULL,
     "<memoryBacking><source type='memfd'/><hugepages><page size='1' unit='GiB'/></hugepages></memoryBacking>",
     "",
     {"\"hugetlb\":true,\"hugetlbsize\":1073741824,\"prealloc\":true"}},
    {"memory-cells",
     NULL,
     "<numatune><memory mode='strict' nodeset='0'/><memnode cellid='1' mode='preferred' nodeset='1-2'/></numatune>"
     "<cpu><numa><cell cpus='0' memory='16' unit='MiB'><distances><sibling id='1' value='21'/></distances></cell>"
     "<cell memory='16' unit='MiB'/></numa></cpu>",
     "",
     {"-machine pc-q35-7.2,usb=off,dump-guest-core=off -accel",
      "\"id\":\"ram-node0\",\"size\":16777216,\"host-nodes\":[0],\"policy\":\"bind\"}' -numa "
      "node,nodeid=0,cpus=0,memdev=ram-node0",
      "\"host-nodes\":[1,2],\"policy\":\"preferred\"}' -numa node,nodeid=1,memdev=ram-node1",
      "-numa dist,src=0,dst=1,val=21"}},
    {"iommu-intel",
     NULL,
     "",
     "<iommu model='intel'><driver caching_mode='on' iotlb='off' aw_bits='48'/></iommu>",
     {"{\"driver\":\"intel-iommu\",\"id\":\"iommu0\",\"caching-mode\":true,\"device-iotlb\":false,\"aw-bits\":48}"}},
    {"iommu-virtio",
     NULL,
     "",
     "<iommu model='virtio'/>",
     {"{\"driver\":\"virtio-iommu-pci\",\"id\":\"iommu0\",\"bus\":\"pcie.0\",\"addr\":\"0x2\"}"}},
    {"iommu-on-pc", "pc", "", "<iommu model='intel'/>", {NULL}, "only supported with Q35 machines"},
    {"iommu-remapping",
     NULL,
     "",
     "<iommu model='intel'><driver intremap='on'/></iommu>",
     {NULL},
     "requires split I/O APIC"},
    {"cdrom-empty",
     NULL,
     "",
     "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>",
     {"{\"driver\":\"ide-cd\",\"bus\":\"ide.0\",\"id\":\"sata0-0-0\"}"}},
    {"cdrom-and-boot-order",
     NULL,
     "",
     "<disk type='file' device='cdrom'><source file='/c.iso'/><target dev='sda' bus='sata'/></disk>"
     "<disk type='file'><source file='/a'/><target dev='vda'/></disk>",
     {"{\"node-name\":\"libvirt-2-format\",\"read-only\":true,", "\"id\":\"virtio-disk0\",\"bootindex\":1"}},
    {"floppy",
     "pc",
     "",
     "<disk type='file' device='floppy'><source file='/f'/><target dev='fda' bus='fdc'/></disk>",
     {"{\"driver\":\"floppy\",\"unit\":0,\"drive\":\"libvirt-1-format\",\"id\":\"fdc0-0-0\"}"}},
    {"interface-user",
     NULL,
     "",
     "<interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface>",
     {"{\"type\":\"user\",\"id\":\"hostnet0\"}", "{\"driver\":\"virtio-net-pci\",\"netdev\":\"hostnet0\",\"id\":"
                                                 "\"net0\",\"mac\":\"52:54:00:00:00:01\",\"bus\":\"pci.1\""}},
    {"interface-bridge",
     NULL,
     "",
     "<interface type='bridge'><source bridge='br0'/><model type='e1000'/></interface>",
     {"{\"type\":\"tap\",\"fd\":\"-1\",\"id\":\"hostnet0\"}", "{\"driver\":\"e1000\",\"netdev\":\"hostnet0\""}},
    {"interface-direct",
     NULL,
     "",
     "<interface type='direct'><source dev='eth0'/><model type='virtio'/><tune><sndbuf>1600</sndbuf></tune>"
     "<driver rss='on' rss_hash_report='on'><host gso='off' ufo='off'/><guest ufo='off'/></driver></interface>",
     {"{\"type\":\"tap\",\"fd\":\"-1\",\"sndbuf\":1600,\"id\":\"hostnet0\"}", "\"rss\":true,\"hash\":true",
      "\"gso\":false,\"host_ufo\":false,\"guest_ufo\":false"}},
    {"interface-sockets",
     NULL,
     "",
     "<interface type='server'><source port='5'/></interface>"
     "<interface type='client'><source address='127.0.0.1' port='6'/></interface>"
     "<interface type='mcast'><source address='230.0.0.1' port='7'/></interface>"
     "<interface type='udp'><source address='127.0.0.1' port='8'><local address='127.0.0.1' port='9'/></source>"
     "</interface>",
     {"{\"type\":\"socket\",\"listen\":\":5\",\"id\":\"hostnet0\"}",
      "{\"type\":\"socket\",\"connect\":\"127.0.0.1:6\",\"id\":\"hostnet1\"}",
      "{\"type\":\"socket\",\"mcast\":\"230.0.0.1:7\",\"id\":\"hostnet2\"}",
      "{\"type\":\"socket\",\"udp\":\"127.0.0.1:8\",\"localaddr\":\"127.0.0.1:9\",\"id\":\"hostnet3\"}"}},
    {"interface-vdpa",
     NULL,
     "",
     "<interface type='vdpa'><source dev='/dev/vhost-vdpa-0'/><model type='virtio'/></interface>",
     {"-add-fd set=0,fd=-1,opaque=/dev/vhost-vdpa-0",
      "{\"type\":\"vhost-vdpa\",\"vhostdev\":\"/dev/fdset/0\",\"id\":\"hostnet0\"}"}},
    {"serial-and-console",
     NULL,
     "",
     "<serial type='pty'/><console type='pty'/>",
     {"-chardev pty,id=charserial0",
      "{\"driver\":\"isa-serial\",\"chardev\":\"charserial0\",\"id\":\"serial0\",\"index\":0}"}},
    {"console-virtio",
     NULL,
     "",
     "<console type='pty'><target type='virtio' port='0'/></console>",
     {"{\"driver\":\"virtio-serial-pci\",\"id\":\"virtio-serial0\"", "{\"driver\":\"virtconsole\","}},
    {"serial-file-with-comma",
     NULL,
     "",
     "<serial type='file'><source path='/a,b' append='on'/></serial>",
     {"file,id=charserial0,path=/a,,b,append=on"}},
    {"serial-tcp",
     NULL,
     "",
     "<serial type='tcp'><source mode='bind' host='127.0.0.1' service='4555'/><protocol type='telnet'/></serial>",
     {"socket,id=charserial0,host=127.0.0.1,port=4555,telnet=on,server=on,wait=off"}},
    {"channel-agent",
     NULL,
     "",
     "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>",
     {"socket,id=charchannel0,path=/run/x/org.qemu.guest_agent.0,server=on,wait=off",
      "{\"driver\":\"virtserialport\",\"bus\":\"virtio-serial0.0\",\"nr\":1,\"chardev\":\"charchannel0\",\"id\":"
      "\"channel0\",\"name\":\"org.qemu.guest_agent.0\"}"}},
    {"input-usb",
     NULL,
     "",
     "<input type='tablet' bus='usb'/>",
     {"{\"driver\":\"usb-tablet\",\"id\":\"input0\",\"bus\":\"usb.0\",\"port\":\"1\"}"}},
    {"input-virtio",
     NULL,
     "",
     "<input type='keyboard' bus='virtio'/>",
     {"{\"driver\":\"virtio-keyboard-pci\",\"id\":\"input0\""}},
    {"input-behind-hub",
     NULL,
     "",
     "<hub type='usb'/><input type='tablet' bus='usb'/>",
     {"{\"driver\":\"usb-hub\",\"id\":\"hub0\""}},
    {"vnc-address", NULL, "", "<graphics type='vnc' port='5907' listen='::1'/>", {"-vnc '[::1]:7,audiodev=audio1'"}},
    {"vnc-password-not-in-argv", NULL, "", "<graphics type='vnc' autoport='yes' passwd='geheim'/>", {",password=on"}},
    {"vnc-socket",
     NULL,
     "",
     "<graphics type='vnc'><listen type='socket'/></graphics>",
     {"-vnc vnc=unix:/run/x/vnc.sock"}},
    {"vnc-none", NULL, "", "<graphics type='vnc'><listen type='none'/></graphics>", {"-vnc none"}},
    {"vnc-websocket",
     NULL,
     "",
     "<graphics type='vnc' port='5907' websocket='5707'/>",
     {"-vnc 127.0.0.1:7,websocket=5707,audiodev=audio1"}},
    {"vnc-socket-and-address",
     NULL,
     "",
     "<graphics type='vnc' port='5907'><listen type='address' address='127.0.0.1'/><listen type='socket' "
     "socket='/s'/></graphics>",
     {"-vnc 127.0.0.1:7,audiodev=audio1"}},
    {"vnc-twice",
     NULL,
     "",
     "<graphics type='vnc'/><graphics type='vnc'/>",
     {NULL},
     "only 1 graphics device of each type"},
    {"spice-channels",
     NULL,
     "",
     "<graphics type='spice' autoport='yes' defaultMode='insecure'><channel name='main' mode='secure'/><channel "
     "name='record' mode='insecure'/></graphics>",
     {"-spice port=5901,tls-port=5902,addr=127.0.0.1,disable-ticketing=on,x509-dir=/pki,plaintext-channel=default,tls-"
      "channel=main,plaintext-channel=record,seamless-migration=on"}},
    {"dbus-p2p",
     NULL,
     "",
     "<graphics type='dbus' p2p='yes'><gl enable='no'/></graphics>",
     {"-display dbus,p2p=on,gl=off"}},
    {"dbus-address",
     NULL,
     "",
     "<graphics type='dbus' address='unix:path=/bus'/>",
     {"-display dbus,addr=unix:path=/bus"}},
    {"egl-headless",
     NULL,
     "",
     "<graphics type='egl-headless'><gl rendernode='/dev/dri/r'/></graphics>",
     {"-display egl-headless,rendernode=/dev/dri/r"}},
    {"spice",
     NULL,
     "",
     "<graphics type='spice' port='5910' listen='127.0.0.1'><image compression='off'/></graphics>",
     {"-spice port=5910,addr=127.0.0.1,disable-ticketing=on,image-compression=off,seamless-migration=on"}},
    {"spice-password",
     NULL,
     "",
     "<graphics type='spice' port='5910' passwd='geheim'/>",
     {"-spice port=5910,addr=127.0.0.1,seamless-migration=on"}},
    {"graphics-sdl",
     NULL,
     "",
     "<graphics type='sdl' display=':1' xauth='/x' fullscreen='yes'><gl enable='yes'/></graphics>",
     {"XAUTHORITY=/x DISPLAY=:1", "-full-screen -display sdl,gl=on"}},
    {"video-vga",
     NULL,
     "",
     "<video><model type='vga'/></video>",
     {"{\"driver\":\"VGA\",\"id\":\"video0\",\"vgamem_mb\":16"}},
    {"video-qxl",
     NULL,
     "",
     "<video><model type='qxl'/></video>",
     {"{\"driver\":\"qxl-vga\",\"id\":\"video0\",\"max_outputs\":1,\"ram_size\":67108864,\"vram_size\":67108864,"
      "\"vram64_size_mb\":0,\"vgamem_mb\":16"}},
    {"video-two",
     NULL,
     "",
     "<video><model type='virtio' heads='2'/></video><video><model type='virtio'/></video>",
     {"{\"driver\":\"virtio-vga\",\"id\":\"video0\",\"max_outputs\":2",
      "{\"driver\":\"virtio-gpu-pci\",\"id\":\"video1\""}},
    {"sound-ich9",
     NULL,
     "",
     "<sound model='ich9'/>",
     {"{\"driver\":\"ich9-intel-hda\",\"id\":\"sound0\"",
      "{\"driver\":\"hda-duplex\",\"id\":\"sound0-codec0\",\"bus\":\"sound0.0\",\"cad\":0,\"audiodev\":\"audio1\"}"}},
    {"audio-sides",
     NULL,
     "",
     "<audio id='1' type='alsa' timerPeriod='50'><input dev='a'><settings channels='2'/></input></audio>",
     {"{\"id\":\"audio1\",\"driver\":\"alsa\",\"timer-period\":50,\"in\":{\"channels\":2,\"dev\":\"a\"}}"}},
    {"vdagent",
     NULL,
     "",
     "<channel type='qemu-vdagent'><source><clipboard copypaste='yes'/><mouse mode='server'/></source>"
     "<target type='virtio' name='com.redhat.spice.0'/></channel>",
     {"-chardev qemu-vdagent,id=charchannel0,name=vdagent,clipboard=on,mouse=off"}},
    {"filesystem-9p",
     NULL,
     "",
     "<filesystem accessmode='squash' dmode='0700'><source dir='/a,b'/><target dir='t'/><readonly/></filesystem>",
     {"-fsdev local,security_model=none,dmode=0700,id=fsdev-fs0,path=/a,,b,readonly=on",
      "{\"driver\":\"virtio-9p-pci\",\"id\":\"fs0\",\"fsdev\":\"fsdev-fs0\",\"mount_tag\":\"t\""}},
    {"filesystem-virtiofs",
     NULL,
     "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>",
     "<filesystem><driver type='virtiofs' queue='64'/><source dir='/a'/><target dir='t'/></filesystem>"
     "<filesystem><driver type='virtiofs'/><source socket='/s'/><target dir='u'/></filesystem>",
     {"-chardev socket,id=chr-vu-fs0,path=/run/x/fs0-fs.sock",
      "\"chardev\":\"chr-vu-fs0\",\"queue-size\":64,\"tag\":\"t\"", "-chardev socket,id=chr-vu-fs1,path=/s"}},
    {"vsock",
     NULL,
     "",
     "<vsock><cid address='5'/></vsock>",
     {"{\"driver\":\"vhost-vsock-pci\",\"id\":\"vsock0\",\"guest-cid\":5,\"vhostfd\":\"-1\""}},
    {"shmem",
     NULL,
     "",
     "<shmem name='x'><model type='ivshmem-plain'/></shmem>"
     "<shmem name='y'><model type='ivshmem-doorbell'/><server/><msi vectors='3'/></shmem>",
     {"\"id\":\"shmmem-shmem0\",\"mem-path\":\"/dev/shm/x\",\"size\":4194304,\"share\":true}",
      "{\"driver\":\"ivshmem-plain\",\"id\":\"shmem0\",\"memdev\":\"shmmem-shmem0\"",
      "-chardev socket,id=charshmem1,path=/var/lib/libvirt/shmem-y-sock",
      "{\"driver\":\"ivshmem-doorbell\",\"id\":\"shmem1\",\"chardev\":\"charshmem1\",\"vectors\":3"}},
    {"memory-modules",
     NULL,
     MODULES_OUTSIDE,
     "<memory model='dimm'><target><size unit='MiB'>16</size><node>0</node></target><address type='dimm' "
     "slot='1'/></memory>"
     "<memory model='dimm' access='private'><source><nodemask>0-1</nodemask></source><target><size unit='MiB'>8</size>"
     "<node>0</node></target></memory>"
     "<memory model='nvdimm'><source><path>/n</path><pmem/></source><target><size unit='MiB'>4</size><node>0</node>"
     "<label><size unit='KiB'>128</size></label></target></memory>",
     {",nvdimm=on", "-m size=32768k,slots=4,maxmem=1048576k",
      "{\"qom-type\":\"memory-backend-ram\",\"id\":\"memdimm1\",\"size\":16777216}",
      "{\"qom-type\":\"memory-backend-file\",\"id\":\"memdimm0\",\"mem-path\":\"/ram/x/dimm0\",\"share\":false,"
      "\"size\":8388608,\"host-nodes\":[0,1],\"policy\":\"bind\"}",
      "{\"driver\":\"pc-dimm\",\"node\":0,\"memdev\":\"memdimm0\",\"id\":\"dimm0\",\"slot\":0}",
      "{\"driver\":\"nvdimm\",\"node\":0,\"label-size\":131072,\"memdev\":\"memnvdimm2\",\"id\":\"nvdimm2\",\"slot\":"
      "2}"}},
    {"redirfilter",
     NULL,
     "",
     "<graphics type='spice'/><redirdev type='spicevmc'/>"
     "<redirfilter><usbdev class='0x08' product='0xBEEF' version='2.56' allow='yes'/><usbdev "
     "allow='no'/></redirfilter>",
     {"\"filter\":\"0x08:-1:0xBEEF:0x0256:1|-1:-1:-1:-1:0\""}},
    {"serial-with-blanks",
     NULL,
     "",
     "<disk><source file='/a'/><target dev='vda'/><serial>a b</serial></disk>",
     {"\"serial\":\"a\\\\ b\""}},
    {"rng",
     NULL,
     "",
     "<rng model='virtio'><rate bytes='100' period='2000'/><backend model='random'>/dev/urandom</backend></rng>",
     {"{\"qom-type\":\"rng-random\",\"id\":\"objrng0\",\"filename\":\"/dev/urandom\"}",
      "{\"driver\":\"virtio-rng-pci\",\"rng\":\"objrng0\",\"id\":\"rng0\",\"max-bytes\":100,\"period\":2000"}},
    {"balloon",
     NULL,
     "",
     "<memballoon model='virtio' autodeflate='on'/>",
     {"{\"driver\":\"virtio-balloon-pci\",\"id\":\"balloon0\",\"deflate-on-oom\":true"}},
    {"watchdog",
     NULL,
     "",
     "<watchdog model='i6300esb' action='poweroff'/>",
     {"{\"driver\":\"i6300esb\",\"id\":\"watchdog0\"", "-watchdog-action poweroff"}},
    {"panic", NULL, "", "<panic model='isa'/>", {"{\"driver\":\"pvpanic\"}"}},
    {"tpm", NULL, "", "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>", {NULL}, "tpm"},
    {"cpu-passthrough-without-kvm", NULL, "<cpu mode='host-passthrough'/>", "", {NULL}, "host-passthrough"},
    {"cpu-custom",
     NULL,
     "<cpu mode='custom' match='exact'><model>Nehalem</model><feature policy='disable' name='lahf_lm'/></cpu>",
     "",
     {"-cpu Nehalem,lahf-lm=off"}},
    {"cpu-unknown", NULL, "<cpu mode='custom' match='exact'><model>Abacus</model></cpu>", "", {NULL}, "Abacus"},
    {"cpu-topology",
     NULL,
     "<cpu><topology sockets='1' dies='1' cores='1' threads='1'/></cpu>",
     "",
     {"-smp 1,sockets=1,dies=1,cores=1,threads=1"}},
    {"clock-localtime",
     NULL,
     "<clock offset='localtime'><timer name='hpet' present='no'/></clock>",
     "",
     {"-rtc base=localtime", "-no-hpet"}},
    {"reboot-ends", NULL, "<on_reboot>destroy</on_reboot>", "", {"-no-reboot"}},
};

static char *document(const Case *test)
{
    return g_strdup_printf("<domain type='qemu'><name>t</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>"
                           "<os><type arch='x86_64' machine='%s'>hvm</type></os><features><acpi/></features>%s"
                           "<devices>%s</devices></domain>",
                           test->machine ? test->machine : "q35", test->outside, test->devices);
}

static DomainDef *parse(const Case *test, EmulatorCaps *caps, GError **error)
{
    g_autofree char *xml = document(test);
    DomainDefaults defaults = {.data = caps,
                               .default_arch = "x86_64",
                               .emulator = emulator,
                               .machine = find_machine,
                               .has_device = has_device};

    return domain_def_parse(xml, 0, &defaults, error);
}

/* A check takes all that can be built, and more that only a start refuses. It leaves nothing of a run in the
 * definition: no alias, node or path. */
static void check_leaves_nothing(DomainDef *def, const EmulatorCaps *caps, gboolean is_buildable)
{
    const guint mode = XML_MODE_LIVE | XML_MODE_SECURE;
    g_autofree char *before = domain_def_format(def, mode), *after = NULL;

    g_assert_true(command_check(def, caps, &settings, "/run/x", NULL) || !is_buildable);
    after = domain_def_format(def, mode);
    g_assert_cmpstr(before, ==, after);
}

static void test_case(gconstpointer data)
{
    const Case *test = data;
    g_autoptr(EmulatorCaps) caps = make_caps();
    g_autoptr(GError) error = NULL;
    g_autoptr(DomainDef) def = parse(test, caps, &error);
    g_autoptr(Command) command = def ? command_preview(def, caps, &settings, "/run/x", &error) : NULL;
    g_autofree char *line = command ? command_to_shell(command) : NULL;

    if (def)
        check_leaves_nothing(def, caps, command != NULL);
    if (test->refused) {
        g_assert_null(command);
        g_assert_true(vir_error_is(error, VIR_ERR_CONFIG_UNSUPPORTED));
        g_assert_nonnull(strstr(error->message, test->refused));
        return;
    }
    g_assert_no_error(error);
    g_assert_null(strstr(line, "geheim"));
    for (gsize i = 0; i < G_N_ELEMENTS(test->expected) && test->expected[i]; i++) {
        if (!strstr(line, test->expected[i]))
            g_test_message("missing: %s\nin: %s", test->expected[i], line);
        g_assert_nonnull(strstr(line, test->expected[i]));
    }
}

/* Of a user there is something left. */
static void test_check_leaves_nothing(void)
{
    static const char devices[] =
        "<disk type='file' device='disk'><source file='/img'/><target dev='vda' bus='virtio'/></disk>"
        "<disk type='file' device='disk'><source file='/img2'/><target dev='vdb' bus='virtio'/>"
        "<alias name='ua-second'/></disk>"
        "<serial type='pty'/><console type='pty'/>"
        "<channel type='unix'><source mode='connect'/><target type='virtio' name='org.example.agent'/></channel>"
        "<interface type='user'><mac address='52:54:00:01:02:03'/></interface>";
    const Case test = {"", NULL, "", devices};
    g_autoptr(EmulatorCaps) caps = make_caps();
    g_autoptr(GError) error = NULL;
    g_autoptr(DomainDef) def = parse(&test, caps, &error);
    g_autofree char *after = NULL;

    g_assert_no_error(error);
    check_leaves_nothing(def, caps, TRUE);
    after = domain_def_format(def, XML_MODE_LIVE);
    g_assert_nonnull(strstr(after, "ua-second"));
    g_assert_null(strstr(after, "virtio-disk0"));
}

static void test_missing_device(void)
{
    const Case test = {"", NULL, "", "<video><model type='vga'/></video>"};
    g_autoptr(EmulatorCaps) caps = make_caps();
    g_autoptr(GError) error = NULL;
    g_autoptr(DomainDef) def = parse(&test, caps, &error);

    g_assert_no_error(error);
    g_hash_table_remove(caps->devices, "VGA");
    g_assert_null(command_preview(def, caps, &settings, "/run/x", &error));
    g_assert_cmpstr(error->message, ==, "this QEMU does not support 'VGA' device");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/qemu-command/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/qemu-command/check-leaves-nothing", test_check_leaves_nothing);
    g_test_add_func("/qemu-command/missing-device", test_missing_device);
    return g_test_run();
}
