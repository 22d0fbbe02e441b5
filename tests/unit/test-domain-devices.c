/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices: each kind is completed and kept; faults of each are refused. */
#include "conf/domain/domain_status.h"
#include "domain-document.h"

static const struct {
    const char *in, *out;
} kept[] = {
    /* disks */
    {"<disk><source file='/d'/><target dev='vda'/></disk>",
     "    <disk type='file' device='disk'>\n      <driver name='qemu' type='raw'/>\n      <source file='/d'/>\n"
     "      <target dev='vda' bus='virtio'/>\n"},
    {"<disk type='block'><driver cache='none' io='native' discard='unmap'/><source dev='/dev/x'/><target "
     "dev='sdb'/></disk>",
     "<driver name='qemu' type='raw' cache='none' io='native' discard='unmap'/>\n      <source dev='/dev/x'/>"},
    {"<disk device='cdrom'><target dev='sda' bus='sata' tray='open'/></disk>",
     "<target dev='sda' bus='sata' tray='open'/>\n      <readonly/>"},
    {"<disk device='floppy'><target dev='fda'/></disk>", "<target dev='fda' bus='fdc'/>"},
    {"<disk><driver type='qcow2'/><source file='/t'/><backingStore type='file'><format type='raw'/><source file='/b'/>"
     "<backingStore/></backingStore><target dev='vda'/></disk>",
     "      <backingStore type='file'>\n        <format type='raw'/>\n        <source file='/b'/>\n        "
     "<backingStore/>\n"},
    {"<disk><source file='/d'/><target dev='sda' bus='scsi'/><serial>S1</serial><wwn>5000c50015ea71aa</wwn></disk>",
     "<serial>S1</serial>\n      <wwn>5000c50015ea71aa</wwn>"},
    {"<disk><source file='/d'/><target dev='vda'/><shareable/><transient shareBacking='yes'/></disk>",
     "<shareable/>\n      <transient shareBacking='yes'/>"},
    {"<disk><source file='/d'/><geometry cyls='4' heads='5' secs='6' trans='lba'/><blockio logical_block_size='512'/>"
     "<target dev='vda'/></disk>",
     "<geometry cyls='4' heads='5' secs='6' trans='lba'/>\n      <blockio logical_block_size='512'/>"},
    {"<disk><source file='/d'/><target dev='sda' bus='usb' removable='on'/></disk>",
     "bus='usb' removable='on'/>\n      <address type='usb'"},
    {"<disk><source file='/d'/><target dev='vda'/><alias name='ua-x'/></disk>", "<alias name='ua-x'/>"},
    {"<disk type='network'><source protocol='https' name='p' query='q' tls='no'><host name='h'/><ssl verify='no'/>"
     "<readahead size='5'/><timeout seconds='6'/></source>"
     "<target dev='vda'/></disk>",
     "      <source protocol='https' name='p' query='q' tls='no'>\n        <host name='h'/>\n"
     "        <ssl verify='no'/>\n"
     "        <readahead size='5'/>\n        <timeout seconds='6'/>\n      </source>\n"},
    {"<disk type='network'><source protocol='rbd' name='p/i'><host name='m' port='1'/><snapshot name='s'/>"
     "<config file='/c'/><auth username='u'><secret type='ceph' usage='x'/></auth></source><target dev='vda'/></disk>",
     "        <snapshot name='s'/>\n        <config file='/c'/>\n        <auth username='u'>\n"
     "          <secret type='ceph' usage='x'/>\n        </auth>\n"},
    {"<disk type='volume'><source pool='p' volume='v' mode='host'/><target dev='vda'/></disk>",
     "<source pool='p' volume='v' mode='host'/>"},
    {"<disk><source file='/d'/><target dev='vda'/><encryption format='luks'><secret type='passphrase' uuid='"
     "6f1c7f3e-0c0e-4c1c-9d38-0a5f0d1b2c3d'/></encryption></disk>",
     "      <encryption format='luks' engine='qemu'>\n        <secret type='passphrase' uuid='"},
    {"<disk type='block' device='lun' rawio='yes'><source dev='/dev/x'><reservations managed='no'><source type='unix' "
     "path='/r' mode='client'/></reservations></source><target dev='sda' bus='scsi'/></disk>",
     "        <reservations managed='no'>\n          <source type='unix' path='/r' mode='client'/>\n"},
    {"<disk><source file='/d'><slices><slice type='storage' offset='0' size='9'/></slices></source><target dev='vda'/>"
     "</disk>",
     "          <slice type='storage' offset='0' size='9'/>\n"},
    {"<disk><source file='/d'/><target dev='vda'/><iotune><read_iops_sec>5</read_iops_sec><group_name>g</group_name>"
     "</iotune></disk>",
     "      <iotune>\n        <read_iops_sec>5</read_iops_sec>\n        <group_name>g</group_name>\n"},
    {"<disk><driver type='qcow2'><metadata_cache><max_size unit='KiB'>2</max_size></metadata_cache></driver>"
     "<source file='/d'/><target dev='vda'/></disk>",
     "          <max_size unit='bytes'>2048</max_size>\n"},
    /* controllers */
    {"<controller type='scsi' model='virtio-scsi'><driver queues='2' iommu='on'/></controller>",
     "<controller type='scsi' index='0' model='virtio-scsi'>\n      <driver queues='2' iommu='on'/>"},
    {"<controller type='usb' model='qemu-xhci' ports='8'/>",
     "<controller type='usb' index='0' model='qemu-xhci' ports='8'>"},
    {"<controller type='virtio-serial' ports='4' vectors='0'/>", "ports='4' vectors='0'>"},
    {"<controller type='pci' model='pcie-root'><pcihole64 unit='MiB'>2</pcihole64></controller>",
     "<pcihole64 unit='KiB'>2048</pcihole64>"},
    /* interfaces */
    {"<interface type='network'><mac address='52:54:0:1:2:3'/><source network='n' portgroup='p'/><model "
     "type='virtio'/></interface>",
     "<mac address='52:54:00:01:02:03'/>\n      <source network='n' portgroup='p'/>\n      <model type='virtio'/>"},
    {"<interface type='bridge'><source bridge='b'/><target dev='tap7'/><link state='down'/><mtu "
     "size='1400'/></interface>",
     "<target dev='tap7'/>\n      <model type='rtl8139'/>\n      <link state='down'/>\n      <mtu size='1400'/>"},
    {"<interface type='direct'><source dev='e0' mode='bridge'/></interface>", "<source dev='e0' mode='bridge'/>"},
    {"<interface type='direct'><source dev='e0'/></interface>", "<source dev='e0' mode='vepa'/>"},
    {"<interface type='vhostuser'><source type='unix' path='/s' mode='client'><reconnect enabled='yes' "
     "timeout='10'/></source><model type='virtio'/></interface>",
     "<source type='unix' path='/s' mode='client'>|<reconnect enabled='yes' timeout='10'/>"},
    {"<interface type='udp'><source address='127.0.0.1' port='1'><local address='127.0.0.1' "
     "port='2'/></source></interface>",
     "<source address='127.0.0.1' port='1'>|<local address='127.0.0.1' port='2'/>"},
    {"<interface type='server'><source port='5'/></interface>", "<source port='5'/>"},
    {"<interface type='internal'><source name='i'/></interface>", "<source name='i'/>"},
    {"<interface type='vdpa'><source dev='/v'/></interface>", "<source dev='/v'/>"},
    {"<interface type='hostdev' managed='yes'><driver name='vfio'/><source><address type='pci' domain='0x0000' "
     "bus='0x00' slot='0x07' function='0x1'/></source><vlan><tag id='42'/></vlan></interface>",
     "<interface type='hostdev' managed='yes'>|<driver name='vfio'/>|<address type='pci' domain='0x0000' bus='0x00' "
     "slot='0x07' function='0x1'/>|<tag id='42'/>"},
    {"<interface type='bridge' trustGuestRxFilters='yes'><mac address='52:54:0:1:2:3' type='static' "
     "check='no'/><source "
     "bridge='b'/><port isolated='yes'/><guest dev='e7'/><backend tap='/t' vhost='/v'/><filterref "
     "filter='f'><parameter "
     "name='IP' value='1.2.3.4'/></filterref><tune><sndbuf>0</sndbuf></tune><coalesce><rx><frames "
     "max='7'/></rx></coalesce></interface>",
     "<interface type='bridge' trustGuestRxFilters='yes'>|<mac address='52:54:00:01:02:03' type='static' "
     "check='no'/>|<port isolated='yes'/>|<guest dev='e7'/>|<backend tap='/t' vhost='/v'/>|<filterref "
     "filter='f'>|<parameter name='IP' value='1.2.3.4'/>|<sndbuf>0</sndbuf>|<frames max='7'/>"},
    {"<interface type='user'><model type='virtio'/><driver rss='on' rss_hash_report='off'><host csum='off' "
     "mrg_rxbuf='on'/><guest ufo='off'/></driver><teaming type='persistent'/></interface>",
     "<driver rss='on' rss_hash_report='off'>|<host csum='off' mrg_rxbuf='on'/>|<guest ufo='off'/>|<teaming "
     "type='persistent'/>"},
    {"<interface type='ethernet'><source><ip address='192.0.2.1' family='ipv4' prefix='24' peer='192.0.2.9'/><route "
     "family='ipv4' address='198.51.100.0' prefix='24' gateway='192.0.2.9'/></source><downscript "
     "path='/d'/></interface>",
     "<ip address='192.0.2.1' family='ipv4' prefix='24' peer='192.0.2.9'/>|<route family='ipv4' "
     "address='198.51.100.0' prefix='24' gateway='192.0.2.9'/>|<downscript path='/d'/>"},
    {"<interface type='bridge'><source bridge='b'/><virtualport type='openvswitch'><parameters "
     "interfaceid='09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f'/></virtualport><bandwidth><inbound average='1' peak='2' "
     "burst='3'/></bandwidth></interface>",
     "<virtualport type='openvswitch'>|interfaceid='09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f'|<inbound average='1' "
     "peak='2' burst='3'/>"},
    {"<interface type='user'><ip address='192.0.2.1' prefix='24'/></interface>",
     "<ip address='192.0.2.1' family='ipv4' prefix='24'/>"},
    {"<interface type='ethernet'><script path='/s'/><target dev='t0' managed='no'/></interface>",
     "<script path='/s'/>\n      <target dev='t0' managed='no'/>"},
    {"<interface type='user'><model type='virtio'/><driver name='vhost' queues='2' rx_queue_size='256'/><rom "
     "bar='off'/></interface>",
     "<driver name='vhost' queues='2' rx_queue_size='256'/>\n      <rom bar='off'/>"},
    /* character devices */
    {"<serial type='pty'/>",
     "    <serial type='pty'>\n      <target type='isa-serial' port='0'>\n        <model name='isa-serial'/>\n"
     "      </target>\n    </serial>\n    <console type='pty'>\n      <target type='serial' port='0'/>\n    "
     "</console>\n"},
    {"<console type='file'><source path='/c' append='on'/></console>",
     "    <serial type='file'>\n      <source path='/c' append='on'/>\n"},
    {"<serial type='tcp'><source mode='bind' host='::1' service='7'/><protocol type='telnet'/><log file='/l' "
     "append='off'/></serial>",
     "<source mode='bind' host='::1' service='7'/>\n      <protocol type='telnet'/>\n      <log file='/l' "
     "append='off'/>"},
    {"<serial type='udp'><source mode='bind' service='1'/><source host='h' service='2'/></serial>",
     "<source mode='bind' service='1'/>\n      <source mode='connect' host='h' service='2'/>"},
    {"<serial type='unix'><source mode='connect' path='/u'><reconnect enabled='yes' timeout='3'/></source></serial>",
     "<reconnect enabled='yes' timeout='3'/>"},
    {"<parallel type='null'/>", "    <parallel type='null'>\n      <target port='0'/>\n"},
    {"<console type='pty'><target type='virtio'/></console>", "<target type='virtio' port='0'/>"},
    {"<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0' state='connected'/></channel>",
     "<target type='virtio' name='org.qemu.guest_agent.0'/>\n      <address type='virtio-serial' controller='0' "
     "bus='0' port='1'/>"},
    {"<channel type='pty'><target type='guestfwd' address='10.0.2.1' port='99'/></channel>",
     "<target type='guestfwd' address='10.0.2.1' port='99'/>"},
    {"<graphics type='spice'/><channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>",
     "<channel type='spicevmc'>"},
    {"<graphics type='spice'/><redirdev bus='usb' type='spicevmc'/>", "<redirdev bus='usb' type='spicevmc'>"},
    /* input, TPM, sound, video */
    {"<input type='tablet'/>", "<input type='tablet' bus='usb'>"},
    {"<input type='evdev'><source dev='/e' grab='all' repeat='on'/></input>",
     "<source dev='/e' grab='all' repeat='on'/>"},
    {"<input type='passthrough'><source evdev='/e'/></input>", "<input type='passthrough' bus='virtio'>"},
    {"<tpm model='tpm-crb'><backend type='emulator' "
     "persistent_state='yes'><active_pcr_banks><sha256/></active_pcr_banks></backend></tpm>",
     "<backend type='emulator' version='2.0' persistent_state='yes'>\n        <active_pcr_banks>\n          <sha256/>"},
    {"<tpm><backend type='passthrough'><device path='/t'/></backend></tpm>", "<tpm model='tpm-tis'>"},
    {"<sound model='ich6'><codec type='micro'/></sound>", "<codec type='micro'/>"},
    {"<audio id='2' type='oss' exclusive='yes' dspPolicy='3'><input dev='/i' tryPoll='no' voices='2'>"
     "<settings frequency='8' format='s16'/></input><output bufferCount='4'/></audio>",
     "<audio id='2' type='oss' exclusive='yes' dspPolicy='3'>\n      <input voices='2' dev='/i' tryPoll='no'>\n"
     "        <settings frequency='8' format='s16'/>\n      </input>\n      <output bufferCount='4'/>\n"},
    {"<audio id='1' type='jack'><output clientName='c' exactName='no'/></audio>",
     "<output clientName='c' exactName='no'/>"},
    {"<channel type='qemu-vdagent'><source><clipboard copypaste='yes'/><mouse mode='client'/></source>"
     "<target type='virtio' name='com.redhat.spice.0'/></channel>",
     "        <clipboard copypaste='yes'/>\n        <mouse mode='client'/>\n"},
    {"<serial type='dbus'><source channel='a.b'/></serial>", "<source channel='a.b'/>"},
    {"<filesystem accessmode='mapped' fmode='0640' multidevs='remap'><source dir='/x'/><target dir='t'/><readonly/>"
     "</filesystem>",
     "<filesystem type='mount' accessmode='mapped' multidevs='remap' fmode='0640'>\n      <source dir='/x'/>\n"
     "      <target dir='t'/>\n      <readonly/>\n"},
    {"<vsock/>", "<vsock model='virtio'>\n      <cid auto='yes'/>"},
    {"<vsock><cid address='9'/></vsock>", "<cid auto='no' address='9'/>"},
    {"<shmem name='x' role='peer'><model type='ivshmem-plain'/><size unit='KiB'>4096</size></shmem>",
     "<shmem name='x' role='peer'>\n      <model type='ivshmem-plain'/>\n      <size unit='M'>4</size>\n"},
    {"<shmem name='x'><model type='ivshmem-doorbell'/><server/><msi/></shmem>", "      <server/>\n      <msi/>\n"},
    {"<redirfilter><usbdev class='0x08' vendor='0x1' version='2.5' allow='yes'/><usbdev allow='no'/></redirfilter>",
     "<usbdev class='0x08' vendor='0x0001' version='2.50' allow='yes'/>\n      <usbdev allow='no'/>\n"},
    {"<graphics type='vnc'/>", "<audio id='1' type='none'/>"},
    {"<graphics type='spice'/>", "<audio id='1' type='spice'/>"},
    {"<graphics type='vnc'/>", "<model type='cirrus' vram='16384' heads='1' primary='yes'/>"},
    {"<video><model type='vga' vram='10000'/></video>", "<model type='vga' vram='16384' heads='1' primary='yes'/>"},
    {"<video><model type='qxl'/></video>", "ram='65536' vram='65536' vgamem='16384' heads='1'"},
    {"<video><model type='virtio'><acceleration accel3d='yes'/><resolution x='800' y='600'/></model></video>",
     "<acceleration accel3d='yes'/>\n        <resolution x='800' y='600'/>"},
    {"<video><model type='none'/></video>", "<model type='none'/>"},
    /* the rest */
    {"<watchdog model='i6300esb'/>", "<watchdog model='i6300esb' action='reset'>"},
    {"<memballoon model='virtio' autodeflate='on'><stats period='5'/></memballoon>", "<stats period='5'/>"},
    {"<memballoon model='none'/>", "<memballoon model='none'/>"},
    {"<rng model='virtio'><backend model='random'/></rng>", "<backend model='random'>/dev/random</backend>"},
    {"<rng model='virtio'><rate bytes='9' period='7'/><backend model='egd' type='unix'><source mode='connect' "
     "path='/r'/></backend></rng>",
     "<rate bytes='9' period='7'/>\n      <backend model='egd' type='unix'>\n        <source mode='connect' "
     "path='/r'/>"},
    {"<rng model='virtio'><backend model='builtin'/></rng>", "<backend model='builtin'/>"},
    {"<panic/>", "<panic model='isa'/>"},
    {"<panic model='isa'><address type='isa' iobase='0x506'/></panic>", "<address type='isa' iobase='0x506'/>"},
};

static void test_kept(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kept); i++) {
        g_autofree char *xml = g_strdup_printf(HEAD("q35") "<devices>%s</devices></domain>", kept[i].in);
        g_autofree char *text = document(xml, 0);
        g_auto(GStrv) parts = g_strsplit(kept[i].out, "|", -1);

        for (guint j = 0; parts[j]; j++)
            assert_has(text, parts[j]);
        /* Without a MAC each reading makes another. */
        if (!strstr(kept[i].in, "<interface") || strstr(kept[i].in, "<mac"))
            assert_kept(xml, parts[0]);
    }
}

static const struct {
    const char *devices;
    int code;
    const char *message;
} bad[] = {
    {"<disk type='cloud'/>", VIR_ERR_XML_ERROR, "Invalid value for attribute 'type' in element 'disk': 'cloud'."},
    {"<disk><target dev='vda'/></disk>", VIR_ERR_NO_SOURCE, "vda"},
    {"<disk><source file='/d'/></disk>", VIR_ERR_NO_TARGET, "/d"},
    {"<disk><source file='/d'/><target dev='foo'/></disk>", VIR_ERR_XML_ERROR, "Unknown disk name 'foo'"},
    {"<disk type='nvme'><source type='pci' namespace='1'/><target dev='vda'/></disk>", VIR_ERR_CONFIG_UNSUPPORTED,
     "disk type 'nvme'"},
    {"<disk type='network'><source protocol='gopher' name='x'/><target dev='vda'/></disk>", VIR_ERR_XML_ERROR,
     "Invalid value for attribute 'protocol' in element 'source': 'gopher'"},
    {"<disk type='network'><source name='x'/><target dev='vda'/></disk>", VIR_ERR_XML_ERROR,
     "Missing required attribute 'protocol'"},
    {"<disk type='network'><source protocol='rbd'/><target dev='vda'/></disk>", VIR_ERR_XML_ERROR,
     "missing name for disk source"},
    {"<disk type='network'><source protocol='nbd'><host port='1'/></source><target dev='vda'/></disk>",
     VIR_ERR_XML_ERROR, "missing name for host"},
    {"<disk type='network'><source protocol='nbd'><host transport='unix'/></source><target dev='vda'/></disk>",
     VIR_ERR_XML_ERROR, "missing socket for unix transport"},
    {"<disk type='network'><source protocol='nbd'><host name='h' socket='/s'/></source><target dev='vda'/></disk>",
     VIR_ERR_XML_ERROR, "transport 'tcp' does not support socket attribute"},
    {"<disk type='network'><source protocol='rbd' name='p/i'><auth username='x'/></source><target dev='vda'/></disk>",
     VIR_ERR_XML_ERROR, "Missing <secret> element in auth"},
    {"<disk><source file='/d'><encryption format='rot13'/></source><target dev='vda'/></disk>",
     VIR_ERR_CONFIG_UNSUPPORTED, "unknown volume encryption format type rot13"},
    {"<disk><source file='/d'><encryption format='qcow'/></source><target dev='vda'/></disk>",
     VIR_ERR_CONFIG_UNSUPPORTED, "old qcow/qcow2 encryption is not supported"},
    {"<disk><source file='/d'><encryption format='luks2'/></source><target dev='vda'/></disk>",
     VIR_ERR_CONFIG_UNSUPPORTED, "luks2 encryption needs the librbd"},
    {"<disk type='dir'><source dir='/d'/><target dev='vda'/></disk>", VIR_ERR_CONFIG_UNSUPPORTED,
     "storage type 'dir' requires use of storage format 'fat'"},
    {"<disk type='vhostuser'><source type='unix' path='/s'/><target dev='vda'/></disk>", VIR_ERR_CONFIG_UNSUPPORTED,
     "'vhostuser' requires shared memory"},
    {"<disk type='vhostuser'><source type='unix' path='/s'/><target dev='sda' bus='scsi'/></disk>",
     VIR_ERR_CONFIG_UNSUPPORTED, "a bus other than virtio is not supported with vhostuser disk"},
    {"<disk type='volume'><source pool='p'/><target dev='vda'/></disk>", VIR_ERR_XML_ERROR,
     "'pool' and 'volume' must be specified together"},
    {"<disk rawio='yes'><source file='/d'/><target dev='sda' bus='scsi'/></disk>", VIR_ERR_CONFIG_UNSUPPORTED,
     "rawio or sgio can be used only with device='lun'"},
    {"<disk><driver iothread='3'/><source file='/d'/><target dev='vda'/></disk>", VIR_ERR_CONFIG_UNSUPPORTED,
     "Disk iothread '3' not defined"},
    {"<disk><driver iothread='3'/><source file='/d'/><target dev='sda' bus='sata'/></disk>", VIR_ERR_CONFIG_UNSUPPORTED,
     "IOThreads not available for bus sata target sda"},
    {"<disk><source file='/d'/><target dev='vda'/><iotune><total_iops_sec>5</total_iops_sec><read_iops_sec>5"
     "</read_iops_sec></iotune></disk>",
     VIR_ERR_XML_ERROR, "total and read/write iops_sec cannot be set at the same time"},
    {"<disk><source file='/d'/><target dev='vda'/><iotune><total_iops_sec>-5</total_iops_sec></iotune></disk>",
     VIR_ERR_XML_ERROR, "disk iotune field 'total_iops_sec' must be an integer"},
    {"<disk><source file='/d'/><target dev='vda'/></disk><disk><source file='/e'/><target dev='vda'/></disk>",
     VIR_ERR_XML_ERROR, "target 'vda' duplicated for disk sources '/d' and '/e'"},
    {"<disk><source file='/d'/><target dev='sda' bus='sata'/><address type='drive' unit='1'/></disk>"
     "<disk><source file='/e'/><target dev='sdb' bus='sata'/></disk>",
     VIR_ERR_XML_ERROR, "Found duplicate drive address"},
    {"<disk><driver type='qcow9'/><source file='/d'/><target dev='vda'/></disk>", VIR_ERR_CONFIG_UNSUPPORTED,
     "unknown driver format value 'qcow9'"},
    {"<disk device='lun'><source file='/d'/><target dev='sda'/></disk>", VIR_ERR_CONFIG_UNSUPPORTED,
     "disk device='lun' is only valid"},
    {"<console type='pty'/><console type='pty'/>", VIR_ERR_CONFIG_UNSUPPORTED,
     "Only the first console can be a serial"},
    {"<video><model type='virtio' ram='65536'/></video>", VIR_ERR_CONFIG_UNSUPPORTED, "ram attribute only supported"},
    {"<video><model type='vga' vgamem='16384'/></video>", VIR_ERR_CONFIG_UNSUPPORTED,
     "vgamem attribute only supported"},
    {"<disk device='floppy'><source file='/d'/><target dev='vda'/></disk>", VIR_ERR_INTERNAL_ERROR,
     "Invalid floppy device name: vda"},
    {"<disk><source file='/d'/><target dev='fda' bus='virtio'/></disk>", VIR_ERR_INTERNAL_ERROR,
     "Invalid harddisk device name: fda"},
    {"<disk device='floppy'><target dev='fda' bus='virtio'/></disk>", VIR_ERR_INTERNAL_ERROR,
     "Invalid bus type 'virtio' for floppy disk"},
    {"<disk><source file='/d'/><target dev='vda'/><serial>a;b</serial></disk>", VIR_ERR_INTERNAL_ERROR,
     "driver serial 'a;b'"},
    {"<disk><source file='/d'/><target dev='sda' bus='scsi'/><wwn>zz</wwn></disk>", VIR_ERR_INTERNAL_ERROR,
     "Malformed wwn: zz"},
    {"<disk sgio='filtered'><source file='/d'/><target dev='vda'/></disk>", VIR_ERR_CONFIG_UNSUPPORTED,
     "attribute 'sgio' of element 'disk'"},
    {"<controller type='warp'/>", VIR_ERR_XML_ERROR,
     "Invalid value for attribute 'type' in element 'controller': 'warp'."},
    {"<controller type='usb' model='ich6'/>", VIR_ERR_CONFIG_UNSUPPORTED, "Unknown model type 'ich6'"},
    {"<controller type='scsi' index='0'/><controller type='scsi' index='0'/>", VIR_ERR_XML_ERROR,
     "Multiple 'scsi' controllers with index '0'"},
    {"<controller type='pci' index='0' model='pci-root'/>", VIR_ERR_XML_ERROR,
     "The PCI controller with index='0' must be model='pcie-root'"},
    {"<controller type='ide'/>", VIR_ERR_CONFIG_UNSUPPORTED, "IDE controllers are unsupported"},
    {"<interface type='pigeon'/>", VIR_ERR_XML_ERROR,
     "Invalid value for attribute 'type' in element 'interface': 'pigeon'."},
    {"<interface type='network'/>", VIR_ERR_XML_ERROR, "interface type='network' requires a 'source' element"},
    {"<interface type='bridge'/>", VIR_ERR_XML_ERROR, "interface type='bridge' requires a 'source' element"},
    {"<interface type='vhostuser'/>", VIR_ERR_XML_ERROR, "interface type='vhostuser' requires a 'source' element"},
    {"<interface type='vhostuser'><source type='unix' path='/s' mode='client'/><model type='e1000'/></interface>",
     VIR_ERR_INTERNAL_ERROR,
     "Wrong or no <model> 'type' attribute specified with <interface type='vhostuser'/>. vhostuser requires the "
     "virtio-net* frontend"},
    {"<interface type='vhostuser'><source type='unix' path='/s' mode='sideways'/></interface>", VIR_ERR_XML_ERROR,
     "Invalid value for attribute 'mode' in element 'source': 'sideways'."},
    {"<interface type='direct'><source mode='vepa'/></interface>", VIR_ERR_XML_ERROR,
     "Missing required attribute 'dev' in element 'source'"},
    {"<interface type='udp'><source address='127.0.0.1'/></interface>", VIR_ERR_XML_ERROR,
     "Missing required attribute 'port' in element 'source'"},
    {"<interface type='hostdev'><source><address type='usb'/></source></interface>", VIR_ERR_CONFIG_UNSUPPORTED,
     "an interface of type 'hostdev' that is not a PCI device"},
    {"<interface type='user'><mac address='5'/></interface>", VIR_ERR_XML_ERROR, "unable to parse mac address '5'"},
    {"<interface type='user'><mac address='01:00:5e:00:00:01'/></interface>", VIR_ERR_XML_ERROR,
     "expected unicast mac address"},
    {"<interface type='user'><mtu size='x'/></interface>", VIR_ERR_XML_ERROR, "malformed mtu size"},
    {"<interface type='user'><vlan/></interface>", VIR_ERR_XML_ERROR, "missing tag id - each <vlan>"},
    {"<interface type='bridge'><source bridge='b'/><virtualport type='warp'/></interface>", VIR_ERR_CONFIG_UNSUPPORTED,
     "unknown virtualport type warp"},
    {"<interface type='bridge'><source bridge='b'/><bandwidth><inbound peak='5'/></bandwidth></interface>",
     VIR_ERR_XML_DETAIL, "Missing mandatory average or floor attributes"},
    {"<interface type='bridge'><source bridge='b'/><bandwidth><inbound floor='5'/></bandwidth></interface>",
     VIR_ERR_CONFIG_UNSUPPORTED, "floor attribute is not supported"},
    {"<interface type='user'><mac address='52:54:00:00:00:01'/><port isolated='yes'/></interface>",
     VIR_ERR_CONFIG_UNSUPPORTED,
     "interface 52:54:00:00:00:01 - <port isolated='yes'/> is not supported for network interfaces with connection "
     "type 'user'"},
    {"<interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='b'/><virtualport "
     "type='openvswitch'/><port isolated='yes'/></interface>",
     VIR_ERR_CONFIG_UNSUPPORTED,
     "interface 52:54:00:00:00:01 - <port isolated='yes'/> is not supported for network interfaces with virtualport "
     "type='openvswitch'"},
    {"<interface type='ethernet'><virtualport type='openvswitch'/></interface>", VIR_ERR_CONFIG_UNSUPPORTED,
     "<virtualport> element unsupported for <interface type='ethernet'>"},
    {"<interface type='bridge'><source bridge='b'/><virtualport/></interface>", VIR_ERR_XML_ERROR,
     "missing required virtualport type"},
    {"<interface type='direct'><source dev='e'/><virtualport type='802.1Qbg'><parameters managerid='1' "
     "typeid='2'/></virtualport></interface>",
     VIR_ERR_XML_ERROR, "missing typeidversion in <virtualport type='802.1Qbg'>"},
    {"<interface type='direct'><source dev='e'/><virtualport type='802.1Qbh'/></interface>", VIR_ERR_XML_ERROR,
     "missing profileid"},
    {"<interface type='bridge'><source bridge='b'/><virtualport type='midonet'/></interface>", VIR_ERR_XML_ERROR,
     "missing interfaceid"},
    {"<interface type='user'><coalesce><rx><frames max='5'/></rx></coalesce></interface>", VIR_ERR_CONFIG_UNSUPPORTED,
     "coalesce settings on interface type user"},
    {"<interface type='user'><teaming type='transient' persistent='ua-x'/></interface>", VIR_ERR_CONFIG_UNSUPPORTED,
     "virtio-net teaming transient interface must be type='hostdev', not 'user'"},
    {"<interface type='user'><model type='e1000'/><teaming type='persistent'/></interface>", VIR_ERR_CONFIG_UNSUPPORTED,
     "virtio-net teaming persistent interface must be <model type='virtio'/>, not 'e1000'"},
    {"<interface type='user'><backend type='passt'/></interface>", VIR_ERR_XML_ERROR,
     "Invalid value for attribute 'type' in element 'backend': 'passt'."},
    {"<interface type='user'><route address='192.0.2.0' prefix='24' gateway='192.0.2.1'/></interface>",
     VIR_ERR_CONFIG_UNSUPPORTED, "Invalid attempt to set network interface guest-side IP route"},
    {"<interface type='user'><tune><sndbuf>x</sndbuf></tune></interface>", VIR_ERR_XML_ERROR,
     "sndbuf must be a positive integer"},
    {"<serial type='smoke'/>", VIR_ERR_CONFIG_UNSUPPORTED,
     "unknown type presented to host for character device: smoke"},
    {"<serial type='file'/>", VIR_ERR_INTERNAL_ERROR, "Missing source path attribute for char device"},
    {"<serial type='tcp'/>", VIR_ERR_INTERNAL_ERROR, "Missing source host attribute for char device"},
    {"<serial type='pty'><target type='warp'/></serial>", VIR_ERR_CONFIG_UNSUPPORTED, "unknown target type 'warp'"},
    {"<channel type='pty'/>", VIR_ERR_XML_ERROR, "target type must be specified for channel device"},
    {"<redirdev bus='usb' type='spicevmc'/>", VIR_ERR_CONFIG_UNSUPPORTED,
     "chardev 'spicevmc' not supported without spice graphics"},
    {"<input type='harp'/>", VIR_ERR_CONFIG_UNSUPPORTED, "unknown input device type 'harp'"},
    {"<input type='tablet' bus='ps2'/>", VIR_ERR_INTERNAL_ERROR, "ps2 bus does not support tablet input device"},
    {"<controller type='usb' model='none'/><input type='tablet'/>", VIR_ERR_CONFIG_UNSUPPORTED,
     "Can't add USB input device"},
    {"<tpm><backend type='external'/></tpm>", VIR_ERR_CONFIG_UNSUPPORTED, "TPM backend of type 'external'"},
    {"<sound model='ich9'><audio id='4'/></sound>", VIR_ERR_XML_ERROR, "no audio device with ID 4"},
    {"<audio id='1' type='spice'/>", VIR_ERR_CONFIG_UNSUPPORTED, "Spice audio is not supported without"},
    {"<video><model type='abacus'/></video>", VIR_ERR_CONFIG_UNSUPPORTED, "unknown video model 'abacus'"},
    {"<video><model type='vga'/></video><video><model type='none'/></video>", VIR_ERR_CONFIG_UNSUPPORTED,
     "a 'none' video type must be the only"},
    {"<watchdog/>", VIR_ERR_INTERNAL_ERROR, "watchdog must contain model name"},
    {"<memballoon model='none'/><memballoon model='none'/>", VIR_ERR_INTERNAL_ERROR, "only a single memory balloon"},
    {"<rng model='virtio'/>", VIR_ERR_XML_ERROR, "only one RNG backend is supported"},
    {"<panic model='mild'/>", VIR_ERR_CONFIG_UNSUPPORTED, "unknown panic model 'mild'"},
    {"<hostdev mode='subsystem' type='usb'/>", VIR_ERR_CONFIG_UNSUPPORTED, "element 'hostdev' in 'devices'"},
    {"<filesystem><source dir='/x'/></filesystem>", VIR_ERR_NO_TARGET, "/x (line 1)"},
    {"<filesystem type='ram'><source usage='1'/><target dir='t'/></filesystem>", VIR_ERR_CONFIG_UNSUPPORTED,
     "only supports mount filesystem type"},
    {"<filesystem><driver type='virtiofs'/><source dir='/x'/><target dir='t'/></filesystem>",
     VIR_ERR_CONFIG_UNSUPPORTED, "'virtiofs' requires shared memory"},
    {"<filesystem><driver type='loop'/><source dir='/x'/><target dir='t'/></filesystem>", VIR_ERR_CONFIG_UNSUPPORTED,
     "Filesystem driver type 'loop'"},
    {"<filesystem><binary><cache mode='none'/></binary><source dir='/x'/><target dir='t'/></filesystem>",
     VIR_ERR_CONFIG_UNSUPPORTED, "a queue, a binary and a socket are for virtiofs alone"},
    {"<filesystem fmode='9'><source dir='/x'/><target dir='t'/></filesystem>", VIR_ERR_XML_ERROR,
     "Invalid value for attribute 'fmode' in element 'filesystem': '9'"},
    {"<filesystem><source dir='/x'/><target dir='t'/><space_hard_limit>1</space_hard_limit></filesystem>",
     VIR_ERR_CONFIG_UNSUPPORTED, "element 'space_hard_limit'"},
    {"<vsock><cid address='2'/></vsock>", VIR_ERR_CONFIG_UNSUPPORTED, "guest CIDs must be >= 3"},
    {"<vsock/><vsock/>", VIR_ERR_INTERNAL_ERROR, "only a single vsock device is supported"},
    {"<shmem/>", VIR_ERR_XML_ERROR, "shmem element must contain 'name' attribute"},
    {"<shmem name='../x'><model type='ivshmem-plain'/></shmem>", VIR_ERR_XML_ERROR, "shmem name '../x'"},
    {"<shmem name='x'/>", VIR_ERR_CONFIG_UNSUPPORTED, "ivshmem device is not supported"},
    {"<shmem name='x'><model type='ivshmem-plain'/><server/></shmem>", VIR_ERR_CONFIG_UNSUPPORTED,
     "shmem model 'ivshmem-plain' is supported only with server option disabled"},
    {"<memory model='dimm'><target><size>1</size><node>0</node></target></memory>", VIR_ERR_CONFIG_UNSUPPORTED,
     "cannot use/hotplug a memory device when domain 'maxMemory' is not defined"},
    {"<memory model='virtio-mem'><target><size>1</size></target></memory>", VIR_ERR_CONFIG_UNSUPPORTED,
     "memory device 'virtio-mem'"},
    {"<redirfilter><usbdev/></redirfilter>", VIR_ERR_XML_ERROR, "Missing 'allow' attribute"},
    {"<redirfilter><usbdev vendor='x' allow='no'/></redirfilter>", VIR_ERR_XML_ERROR,
     "Invalid value for attribute 'vendor' in element 'usbdev': 'x'"},
    {"<serial type='nmdm'/>", VIR_ERR_CONFIG_UNSUPPORTED, "character device of type 'nmdm'"},
    {"<input type='tablet'><alias name='ua-a'/></input><hub type='usb'><alias name='ua-a'/></hub>",
     VIR_ERR_CONFIG_UNSUPPORTED, "non unique alias detected: ua-a"},
    {"<panic><address type='street'/></panic>", VIR_ERR_CONFIG_UNSUPPORTED, "unknown address type 'street'"},
};

static void test_bad(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *xml = g_strdup_printf(HEAD("q35") "<devices>%s</devices></domain>", bad[i].devices);

        assert_refused(xml, XML_MODE_INACTIVE, bad[i].code, bad[i].message);
    }
}

static void test_boot_orders(void)
{
    assert_refused(
        "<domain type='kvm'><name>g</name><memory>131072</memory><os><type>hvm</type><boot dev='hd'/></os><devices>"
        "<interface type='user'><boot order='1'/></interface></devices></domain>",
        0, VIR_ERR_CONFIG_UNSUPPORTED, "per-device boot elements cannot be used together with os/boot elements");
    assert_refused(
        Q35("<interface type='user'><boot order='1'/></interface><interface type='user'><boot order='1'/></interface>"),
        0, VIR_ERR_CONFIG_UNSUPPORTED, "boot order '1' used for more than one device");
}

static void test_disk_order(void)
{
    g_autoptr(DomainDef) def = define(Q35("<disk><source file='/1'/><target dev='vdb'/></disk>"
                                          "<disk><source file='/2'/><target dev='sda' bus='sata'/></disk>"
                                          "<disk><source file='/3'/><target dev='vda'/></disk>"));
    static const char *const targets[] = {"vda", "vdb", "sda"};

    for (guint i = 0; i < def->disks->len; i++)
        g_assert_cmpstr(((const DiskDef *)def->disks->pdata[i])->target, ==, targets[i]);
}

/* What is made at start is shown while the guest runs, and by no other document. */
static void test_live_only(void)
{
    g_autoptr(DomainDef) def = define(Q35("<serial type='pty'/><interface type='user'/>"));
    CharDef *serial = def->serials->pdata[0];
    InterfaceDef *interface = def->interfaces->pdata[0];
    g_autofree char *live = NULL, *inactive = NULL;

    def->id = 5;
    serial->source.path = g_strdup("/dev/pts/9");
    serial->info.alias = g_strdup("serial0");
    interface->target = g_strdup("vnet3");
    live = domain_def_format(def, XML_MODE_LIVE);
    assert_has(live, "<domain type='kvm' id='5'>");
    assert_has(live, "<source path='/dev/pts/9'/>");
    assert_has(live, "<alias name='serial0'/>");
    assert_has(live, "<console type='pty' tty='/dev/pts/9'>\n      <source path='/dev/pts/9'/>");
    assert_has(live, "<target dev='vnet3'/>");
    inactive = domain_def_format(def, XML_MODE_INACTIVE);
    assert_has_not(inactive, " id='5'");
    assert_has_not(inactive, "/dev/pts");
    assert_has_not(inactive, "<alias");
    assert_has_not(inactive, "vnet3");
}

#define PORT                                                                                                           \
    "<networkport><uuid>12345678-1234-4234-8234-123456789abc</uuid><owner><name>g</name>"                              \
    "<uuid>6f1c7f3e-0c0e-4c1c-9d38-0a5f0d1b2c3d</uuid></owner><mac address='52:54:00:01:02:03'/>"                      \
    "<bandwidth><inbound average='7'/></bandwidth><port isolated='yes'/>%s</networkport>"

/* What a network made of an interface: seen in what runs, kept in the state file, and in no other document. */
static void assert_port(const char *plug, const char *shown)
{
    g_autofree char *port = g_strdup_printf(PORT, plug);
    g_autoptr(GError) error = NULL;
    g_autoptr(DomainDef) def = define(Q35(
        "<interface type='network'><mac address='52:54:00:01:02:03'/><source network='n' portgroup='p'/></interface>"));
    g_autoptr(DomainDef) again = NULL;
    InterfaceDef *interface = def->interfaces->pdata[0];
    DomainStatus status = {.state = VIR_DOMAIN_RUNNING};
    g_autofree char *live = NULL, *migratable = NULL, *inactive = NULL, *state = NULL, *live_again = NULL;

    interface->port = network_port_parse(port, XML_MODE_LIVE, &error);
    g_assert_no_error(error);
    live = domain_def_format(def, XML_MODE_LIVE);
    assert_has(live, shown);
    assert_has(live, "<inbound average='7'/>");
    assert_has(live, "<port isolated='yes'/>");
    migratable = domain_def_format(def, XML_MODE_LIVE | XML_MODE_MIGRATABLE);
    inactive = domain_def_format(def, XML_MODE_INACTIVE);
    for (guint i = 0; i < 2; i++) {
        assert_has(i ? migratable : inactive, "<interface type='network'>");
        assert_has(i ? migratable : inactive, "<source network='n' portgroup='p'/>");
        assert_has_not(i ? migratable : inactive, "inbound");
        assert_has_not(i ? migratable : inactive, "isolated");
    }
    state = domain_status_format(&status, def, NULL, NULL);
    again = domain_status_parse(state, &status, NULL, NULL, NULL, &error);
    g_assert_no_error(error);
    live_again = domain_def_format(again, XML_MODE_LIVE);
    g_assert_cmpstr(live_again, ==, live);
}

static void test_port(void)
{
    assert_port("<plug type='network' bridge='virbr0'/>",
                "<interface type='network'>\n      <mac address='52:54:00:01:02:03'/>\n      <source network='n' "
                "portgroup='p' portid='12345678-1234-4234-8234-123456789abc' bridge='virbr0'/>");
    assert_port("<plug type='bridge' bridge='br0'/>", "<interface type='bridge'>");
    assert_port("<plug type='direct' dev='eth0' mode='vepa'/>",
                "portid='12345678-1234-4234-8234-123456789abc' dev='eth0' mode='vepa'/>");
    assert_port("<plug type='direct' dev='eth0' mode='vepa'/>", "<interface type='direct'>");
}

static void test_change(void)
{
    const struct {
        const char *more, *obstacle;
        gboolean moves;
    } changes[] = {
        {"<source network='n'/>", NULL, FALSE},
        {"<source network='n'/><link state='down'/><boot order='2'/>", NULL, FALSE},
        {"<source network='n'/><bandwidth><inbound average='7'/></bandwidth>", NULL, FALSE},
        {"<source network='m'/>", NULL, TRUE},
        {"<source network='n' portgroup='p'/>", NULL, TRUE},
        {"<source network='m'/><port isolated='yes'/>", NULL, TRUE},
        {"<source network='n'/><port isolated='yes'/>", "port", FALSE},
        {"<source network='m'/><mtu size='9000'/>", "mtu", TRUE},
        {"<source network='n'/><model type='e1000'/>", "model type", FALSE},
        {"<source network='n'/><driver queues='2'/>", "driver", FALSE},
        {"<source network='n'/><filterref filter='f'/>", "filterref", FALSE},
    };
    g_autoptr(DomainDef) def = define(Q35("<interface type='network'><mac address='52:54:00:01:02:03'/><source "
                                          "network='n'/><model type='virtio'/><link state='up'/></interface>"));

    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autofree char *xml = g_strdup_printf(
            "<interface type='network'><mac address='52:54:00:01:02:03'/>%s</interface>", changes[i].more);
        g_autoptr(InterfaceDef) change = interface_def_parse(xml, NULL);

        g_autofree char *obstacle = NULL;

        interface_def_fill(change, def->interfaces->pdata[0]);
        obstacle = interface_def_obstacle(change, def->interfaces->pdata[0]);
        g_assert_cmpstr(obstacle, ==, changes[i].obstacle);
        g_assert_cmpint(interface_def_moves(change, def->interfaces->pdata[0]), ==, changes[i].moves);
    }
}

static void test_migratable(void)
{
    g_autofree char *text = document(PC(""), XML_MODE_MIGRATABLE);

    assert_has_not(text, "type='usb'");
    assert_has_not(text, "pci-root");
    assert_has_not(text, "<audio");
    assert_has(text, "<input type='mouse' bus='ps2'/>");
    assert_has_not(text, "keyboard");
}

/* A host whose emulator lacks a device gets the next best. */
static void test_missing_device(void)
{
    DomainDefaults poor = host;
    g_autoptr(GError) error = NULL;
    g_autoptr(DomainDef) def = NULL;

    poor.data = (gpointer) "cirrus-vga";
    def = domain_def_parse(Q35("<graphics type='vnc'/>"), 0, &poor, &error);
    g_assert_no_error(error);
    g_assert_cmpint(((VideoDef *)def->videos->pdata[0])->model, ==, VIDEO_VGA);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/domain-devices/kept", test_kept);
    g_test_add_func("/domain-devices/bad", test_bad);
    g_test_add_func("/domain-devices/boot-orders", test_boot_orders);
    g_test_add_func("/domain-devices/disk-order", test_disk_order);
    g_test_add_func("/domain-devices/live-only", test_live_only);
    g_test_add_func("/domain-devices/port", test_port);
    g_test_add_func("/domain-devices/change", test_change);
    g_test_add_func("/domain-devices/migratable", test_migratable);
    g_test_add_func("/domain-devices/missing-device", test_missing_device);
    return g_test_run();
}
