/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Guests as a whole: what is added, kept, hidden and refused. */
#include "conf/domain/domain_status.h"
#include "domain-document.h"

static const char smallest[] =
    "<domain type='kvm'><name>g</name><memory>131072</memory><os><type>hvm</type></os></domain>";

static void test_smallest(void)
{
    g_autoptr(DomainDef) def = define(smallest);

    g_assert_true(def->has_uuid);
    g_assert_true(uuid_is_valid(def->uuid));
    g_assert_cmpstr(def->os->arch, ==, "x86_64");
    g_assert_cmpstr(def->os->machine, ==, "pc-i440fx-9.9");
    g_assert_cmpstr(def->emulator, ==, "/opt/emulator");
    g_assert_cmpuint(def->current_memory_kib, ==, 131072);
    g_assert_cmpuint(def->vcpus, ==, 1);
    g_assert_cmpuint(def->os->n_boot, ==, 1);
    g_assert_cmpint(def->os->boot[0], ==, BOOT_HD);
    g_assert_cmpstr(def->cpu->model, ==, "qemu64");
    g_assert_cmpint(def->on_reboot, ==, LIFECYCLE_RESTART);
    g_assert_cmpuint(def->inputs->len, ==, 2);
    g_assert_cmpuint(def->balloons->len, ==, 1);
    g_assert_cmpuint(def->graphics->len, ==, 0);
    g_assert_nonnull(domain_find_controller(def, CONTROLLER_PCI, 0));
    g_assert_nonnull(domain_find_controller(def, CONTROLLER_USB, 0));
}

/* Parts of a guest that are no devices, each as it is written again. */
static const struct {
    const char *in, *out;
} parts[] = {
    {"<title>A title</title>", "  <title>A title</title>\n"},
    {"<description>a &amp; b</description>", "  <description>a &amp; b</description>\n"},
    {"<metadata><m:a xmlns:m='urn:m'><m:b c='1'/></m:a></metadata>", "<m:b c=\"1\"/>"},
    {"<genid>0d5b02f4-7d7e-4d0b-9f0a-1b2c3d4e5f60</genid>", "<genid>0d5b02f4-7d7e-4d0b-9f0a-1b2c3d4e5f60</genid>"},
    {"<genid/>", "<genid>"},
    {"<currentMemory unit='MiB'>64</currentMemory>", "<currentMemory unit='KiB'>65536</currentMemory>"},
    {"<vcpu current='2' cpuset='3,1,0,^3'>4</vcpu>", "<vcpu placement='static' cpuset='0-1' current='2'>4</vcpu>"},
    {"<resource><partition>/p</partition></resource>", "<partition>/p</partition>"},
    {"<features><acpi/><apic eoi='on'/><pae/></features>", "    <acpi/>\n    <apic eoi='on'/>\n    <pae/>\n"},
    {"<features><hyperv><relaxed state='on'/><spinlocks state='on' retries='8191'/></hyperv></features>",
     "<hyperv mode='custom'>\n      <relaxed state='on'/>\n      <spinlocks state='on' retries='8191'/>\n"},
    {"<features><hyperv mode='passthrough'/></features>", "<hyperv mode='passthrough'>"},
    {"<features><hyperv><vendor_id state='on' value='abc'/><stimer state='on'><direct "
     "state='on'/></stimer></hyperv></features>",
     "<vendor_id state='on' value='abc'/>"},
    {"<features><kvm><hidden state='on'/><dirty-ring state='on' size='2048'/></kvm></features>",
     "<hidden state='on'/>\n      <dirty-ring state='on' size='2048'/>"},
    {"<features><pmu/><vmport state='off'/><vmcoreinfo/><pvspinlock state='off'/></features>", "<pmu state='on'/>"},
    {"<features><smm><tseg unit='MiB'>48</tseg></smm></features>", "<tseg unit='MiB'>48</tseg>"},
    {"<features><ioapic driver='qemu'/><msrs unknown='fault'/></features>", "<msrs unknown='fault'/>"},
    {"<cpu><topology sockets='1' cores='2' threads='1'/></cpu><vcpu>2</vcpu>",
     "<topology sockets='1' dies='1' cores='2' threads='1'/>"},
    {"<cpu mode='host-passthrough'><cache mode='passthrough'/></cpu>",
     "<cpu mode='host-passthrough' check='none' migratable='on'>\n    <cache mode='passthrough'/>"},
    {"<cpu mode='host-model'/>", "<cpu mode='host-model' check='partial'/>"},
    {"<cpu><model>A</model><feature name='x'/><feature name='y' policy='disable'/></cpu>",
     "<cpu mode='custom' match='exact' check='partial'>\n    <model fallback='allow'>A</model>\n"
     "    <feature policy='require' name='x'/>\n    <feature policy='disable' name='y'/>"},
    {"<clock offset='timezone' timezone='Europe/Rome'/>", "<clock offset='timezone' timezone='Europe/Rome'/>"},
    {"<clock offset='variable' adjustment='-5'/>", "<clock offset='variable' adjustment='-5' basis='utc'/>"},
    {"<clock offset='utc' adjustment='reset'/>", "<clock offset='utc' adjustment='reset'/>"},
    {"<clock offset='absolute' start='9'/>", "<clock offset='absolute' start='9'/>"},
    {"<clock offset='utc'><timer name='rtc' tickpolicy='catchup'><catchup slew='3'/></timer></clock>",
     "<catchup slew='3'/>"},
    {"<on_poweroff>restart</on_poweroff><on_crash>preserve</on_crash>", "<on_crash>preserve</on_crash>"},
    {"<pm><suspend-to-mem enabled='no'/></pm>", "<suspend-to-mem enabled='no'/>"},
    {"<sysinfo type='smbios'><bios><entry name='date'>11/26/2009</entry><entry name='vendor'>V</entry>"
     "<entry name='colour'>red</entry></bios><oemStrings><entry>a</entry><entry>b</entry></oemStrings></sysinfo>",
     "<sysinfo type='smbios'>\n    <bios>\n      <entry name='vendor'>V</entry>\n      <entry "
     "name='date'>11/26/2009</entry>\n"
     "    </bios>\n    <oemStrings>\n      <entry>a</entry>\n      <entry>b</entry>\n    </oemStrings>\n  </sysinfo>"},
    {"<sysinfo type='smbios'><baseBoard><entry name='asset'>1</entry></baseBoard><baseBoard>"
     "<entry name='asset'>2</entry></baseBoard></sysinfo>",
     "<baseBoard>\n      <entry name='asset'>1</entry>\n    </baseBoard>\n    <baseBoard>\n      <entry "
     "name='asset'>2</entry>"},
    {"<sysinfo type='fwcfg'><entry name='opt/a'>x</entry><entry name='opt/b' file='/f'/></sysinfo>",
     "<entry name='opt/a'>x</entry>\n    <entry name='opt/b' file='/f'/>"},
    {"<seclabel type='none'/>", "<seclabel type='none' model='none'/>"},
    {"<seclabel type='dynamic' model='dac'><label>secret</label></seclabel>",
     "<seclabel type='dynamic' model='dac' relabel='yes'/>"},
};

static void test_parts(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *xml = g_strdup_printf(HEAD("q35") "%s</domain>", parts[i].in);

        assert_kept(xml, parts[i].out);
    }
}

static const struct {
    const char *in, *out;
} boots[] = {
    {"<loader readonly='yes' type='pflash'>/fw</loader>", "<nvram>/stores/g_VARS.fd</nvram>"},
    {"<loader readonly='yes' type='pflash' stateless='yes'>/fw</loader>", "stateless='yes'>/fw</loader>\n    <boot"},
    {"<loader>/rom</loader>", "<loader type='rom'>/rom</loader>"},
    {"<loader readonly='yes' type='pflash'>/fw</loader><nvram type='network'><source protocol='nbd' name='v'>"
     "<host name='h' port='5'/></source></nvram>",
     "    <nvram type='network'>\n      <source protocol='nbd' name='v'>\n        <host name='h' port='5'/>\n"},
    {"<acpi><table type='slic'>/t</table></acpi>", "    <acpi>\n      <table type='slic'>/t</table>\n    </acpi>\n"},
    {"<kernel>/k</kernel><initrd>/i</initrd><cmdline>a \"b\"</cmdline>", "<cmdline>a &quot;b&quot;</cmdline>"},
    {"<boot dev='network'/><boot dev='hd'/>", "<boot dev='network'/>\n    <boot dev='hd'/>"},
    {"<bootmenu enable='yes' timeout='10'/>", "<bootmenu enable='yes' timeout='10'/>"},
    {"<bios useserial='yes' rebootTimeout='-1'/>", "<bios useserial='yes' rebootTimeout='-1'/>"},
    {"<smbios mode='host'/>", "<smbios mode='host'/>"},
};

static void test_boot(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(boots); i++) {
        g_autofree char *xml =
            g_strdup_printf("<domain type='kvm'><name>g</name><memory>131072</memory><os>"
                            "<type machine='q35'>hvm</type>%s</os><features><acpi/></features></domain>",
                            boots[i].in);

        assert_has(xml, "<os>");
        g_autofree char *text = document(xml, 0);
        assert_has(text, boots[i].out);
    }
}

static void test_firmware(void)
{
    assert_kept(
        "<domain type='kvm'><name>g</name><uuid>6f1c7f3e-0c0e-4c1c-9d38-0a5f0d1b2c3d</uuid><memory>131072</memory>"
        "<os firmware='efi'><type machine='q35'>hvm</type><firmware><feature name='secure-boot' enabled='no'/>"
        "</firmware></os><features><acpi/></features></domain>",
        "<os firmware='efi'>\n    <type arch='x86_64' machine='pc-q35-9.9'>hvm</type>\n    <firmware>\n"
        "      <feature enabled='no' name='secure-boot'/>");
}

static void test_metadata(void)
{
    g_autofree char *text =
        document(HEAD("q35") "<metadata>\n<a:x xmlns:a='urn:a'>\n\n<a:y/> </a:x><plain/>"
                             "<b:x xmlns:b='urn:b'> t <b:y/></b:x><c:z xmlns:c='urn:a'/></metadata></domain>",
                 0);

    /* One element of each namespace, laid out like the rest; text among elements is the application's. */
    assert_has(text, "  <metadata>\n    <a:x xmlns:a=\"urn:a\">\n      <a:y/>\n    </a:x>\n"
                     "    <b:x xmlns:b=\"urn:b\"> t <b:y/></b:x>\n  </metadata>\n");
}

static void test_qemu_namespace(void)
{
    /* The prefix is the author's choice, and where it is declared. */
    static const char *const documents[] = {
        "<domain type='kvm' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><name>g</name><memory>131072</memory>"
        "<os><type>hvm</type></os><q:commandline><q:arg value='-x'/><q:env name='E'/></q:commandline></domain>",
        HEAD("q35") "<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:arg value='-x'/>"
                    "<q:env name='E'/></q:commandline></domain>",
        HEAD("q35") "<commandline xmlns='http://libvirt.org/schemas/domain/qemu/1.0'><arg value='-x'/>"
                    "<env name='E'/></commandline></domain>",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(documents); i++) {
        g_autofree char *text = document(documents[i], 0);

        assert_has(text, "xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'");
        assert_has(text, "<qemu:arg value='-x'/>\n    <qemu:env name='E'/>");
    }
}

static void test_no_balloon(void)
{
    g_autofree char *text =
        document(HEAD("q35") "<devices><memballoon model='none'><address type='pci' bus='0' slot='9'/></memballoon>"
                             "</devices></domain>",
                 0);

    assert_has(text, "    <memballoon model='none'/>\n");
}

typedef struct {
    const char *xml;
    int code;
    const char *message;
} BadCase;

/* Faults of whole guests: code and the beginning of the message. */
static const BadCase bad[] = {
    {"<domain><name>g</name></domain>", VIR_ERR_INTERNAL_ERROR, "missing domain type attribute"},
    {"<domain type='hull'/>", VIR_ERR_CONFIG_UNSUPPORTED, "invalid domain type hull"},
    {"<domain type='kvm'><memory>1</memory><os><type>hvm</type></os></domain>", VIR_ERR_NO_NAME, ""},
    {"<domain type='kvm'><name/></domain>", VIR_ERR_NO_NAME, ""},
    {"<domain type='kvm'><name>a/b</name></domain>", VIR_ERR_XML_ERROR, "name a/b cannot contain '/'"},
    {"<domain type='kvm'><name>..</name></domain>", VIR_ERR_XML_ERROR, "name '..' cannot be used"},
    {"<domain type='kvm'><name>a\nb</name></domain>", VIR_ERR_XML_DETAIL, "invalid char in name: \n"},
    {"<domain type='kvm'><name>g</name><uuid>12</uuid></domain>", VIR_ERR_INTERNAL_ERROR, "malformed uuid element"},
    {"<domain type='kvm'><name>g</name><memory>1</memory></domain>", VIR_ERR_XML_ERROR,
     "an os <type> must be specified"},
    {"<domain type='kvm'><name>g</name><os><type>hvm</type></os></domain>", VIR_ERR_XML_ERROR,
     "Memory size must be specified"},
    {"<domain type='kvm'><name>g</name><memory unit='ell'>1</memory></domain>", VIR_ERR_INVALID_ARG,
     "unknown suffix 'ell'"},
    {"<domain type='kvm'><name>g</name><memory unit='EiB'>9</memory></domain>", VIR_ERR_OVERFLOW,
     "value too large: 9EiB"},
    {"<domain type='kvm'><name>g</name><memory>-1</memory></domain>", VIR_ERR_XML_ERROR,
     "Invalid value '-1' for element or attribute './memory[1]'"},
    {"<domain type='kvm'><name>g</name><vcpu>x</vcpu></domain>", VIR_ERR_XML_ERROR,
     "maximum vcpus count must be an integer"},
    {HEAD("q35") "<vcpu current='3'>2</vcpu></domain>", VIR_ERR_CONFIG_UNSUPPORTED,
     "maximum vCPU count must not be less than current vCPU count"},
    {"<domain type='kvm'><name>g</name><vcpu cpuset='1-'>2</vcpu></domain>", VIR_ERR_INVALID_ARG,
     "Failed to parse bitmap '1-'"},
    {"<domain type='kvm'><name>g</name><memory>131072</memory><os><type arch='pdp11'>hvm</type></os></domain>",
     VIR_ERR_CONFIG_UNSUPPORTED, "Unknown architecture pdp11"},
    {"<domain type='kvm'><name>g</name><memory>131072</memory><os><type>ham</type></os></domain>",
     VIR_ERR_CONFIG_UNSUPPORTED, "unknown OS type 'ham'"},
    {HEAD("q35") "<vcpu>129</vcpu></domain>", VIR_ERR_CONFIG_UNSUPPORTED,
     "Maximum CPUs greater than specified machine type limit 128"},
    {HEAD("q35") "<vcpu>3</vcpu><cpu><topology sockets='1' cores='2' threads='1'/></cpu></domain>",
     VIR_ERR_CONFIG_UNSUPPORTED, "CPU topology doesn't match maximum vcpu count"},
    {HEAD("q35") "<on_crash>sing</on_crash></domain>", VIR_ERR_CONFIG_UNSUPPORTED, "unknown on_crash action: sing"},
    {HEAD("q35") "<on_reboot>preserve</on_reboot></domain>", VIR_ERR_CONFIG_UNSUPPORTED,
     "qemu driver doesn't support the 'preserve' action"},
    {HEAD("q35") "<features><sails/></features></domain>", VIR_ERR_CONFIG_UNSUPPORTED, "unexpected feature 'sails'"},
    {HEAD("q35") "<features><hyperv><warp state='on'/></hyperv></features></domain>", VIR_ERR_CONFIG_UNSUPPORTED,
     "unsupported HyperV Enlightenment feature: warp"},
    {HEAD("q35") "<features><hyperv><spinlocks state='on' retries='5'/></hyperv></features></domain>",
     VIR_ERR_XML_ERROR, "HyperV spinlock retry count must be at least 4095"},
    {HEAD("q35") "<cpu><model>A</model><feature name='x'/><feature name='x'/></cpu></domain>", VIR_ERR_XML_ERROR,
     "CPU feature 'x' specified more than once"},
    {HEAD("q35") "<clock offset='lunar'/></domain>", VIR_ERR_CONFIG_UNSUPPORTED, "unknown clock offset 'lunar'"},
    {HEAD("q35") "<seclabel type='static'/></domain>", VIR_ERR_XML_ERROR, "security label is missing"},
    {HEAD("q35") "<perf/></domain>", VIR_ERR_CONFIG_UNSUPPORTED, "element 'perf' in 'domain'"},
    {HEAD("q35") "<devices><rng model='dice'><backend model='random'/></rng></devices></domain>",
     VIR_ERR_CONFIG_UNSUPPORTED, "unknown RNG model 'dice'"},
    {HEAD("q35") "<cputune><vcpusched/></cputune></domain>", VIR_ERR_CONFIG_UNSUPPORTED, "element 'vcpusched'"},
    {HEAD("q35") "<memtune><min_guarantee>5</min_guarantee></memtune></domain>", VIR_ERR_CONFIG_UNSUPPORTED,
     "Parameter 'min_guarantee' not supported by QEMU. (line 1)"},
    {HEAD("q35") "<cputune><quota>999</quota></cputune></domain>", VIR_ERR_CONFIG_UNSUPPORTED,
     "Value of cputune 'quota' must be in range [1000, 18446744073709551]"},
    {HEAD("q35") "<blkiotune><device><path>/dev/a</path></device><device><path>/dev/a</path></device></blkiotune></"
                 "domain>",
     VIR_ERR_XML_ERROR, "duplicate blkio device path '/dev/a'"},
    {HEAD("q35") "<numatune><memory placement='auto'/></numatune></domain>", VIR_ERR_CONFIG_UNSUPPORTED,
     "numatune memory placement 'auto'"},
    {HEAD("q35") "<numatune><memnode cellid='0' nodeset='0'/></numatune></domain>", VIR_ERR_XML_ERROR,
     "Element 'memnode' is invalid without any guest NUMA cells"},
    {HEAD("q35") "<cpu><numa><cell id='1' cpus='0' memory='8'/></numa></cpu></domain>", VIR_ERR_XML_ERROR,
     "Exactly one 'cell' element per guest NUMA cell"},
    {HEAD("q35") "<cpu><numa><cell cpus='0-3' memory='8'/></numa></cpu></domain>", VIR_ERR_INTERNAL_ERROR,
     "Number of CPUs in <numa> exceeds"},
    {HEAD(
         "q35") "<vcpu>2</vcpu><cpu><numa><cell cpus='0' memory='8'/><cell cpus='0' memory='8'/></numa></cpu></domain>",
     VIR_ERR_CONFIG_UNSUPPORTED, "NUMA cells 1 and 0 have overlapping vCPU ids"},
    {HEAD("q35") "<cpu><numa><cell memory='8'><distances><sibling id='0' value='9'/></distances></cell></numa></cpu>"
                 "</domain>",
     VIR_ERR_XML_ERROR, "'value 9' is invalid for 'sibling id 0'"},
    {HEAD("q35") "<iothreadids><iothread id='0'/></iothreadids></domain>", VIR_ERR_XML_ERROR,
     "Invalid value for attribute 'id' in element 'iothread': Zero is not permitted"},
    {HEAD("q35") "<iothreadids><iothread id='3'/><iothread id='3'/></iothreadids></domain>", VIR_ERR_XML_ERROR,
     "duplicate iothread id '3'"},
    {HEAD("q35") "<cputune><vcpupin vcpu='0' cpuset='1'/><vcpupin vcpu='0' cpuset='1'/></cputune></domain>",
     VIR_ERR_INTERNAL_ERROR, "duplicate vcpupin for vcpu '0'"},
    {HEAD("q35") "<cputune><iothreadpin iothread='1' cpuset='1'/></cputune></domain>", VIR_ERR_XML_ERROR,
     "Cannot find 'iothread' : 1"},
    {Q35("<controller type='scsi' model='virtio-scsi'><driver iothread='2'/></controller>"), VIR_ERR_CONFIG_UNSUPPORTED,
     "controller iothread '2' not defined in iothreadid"},
    {Q35("<controller type='scsi' model='lsilogic'><driver queues='4'/></controller>"), VIR_ERR_CONFIG_UNSUPPORTED,
     "'queues' is only supported by virtio-scsi controller"},
    {Q35("<controller type='virtio-serial'><driver ioeventfd='on'/></controller>"), VIR_ERR_CONFIG_UNSUPPORTED,
     "'ioeventfd' is only supported by virtio-scsi controller"},
    {Q35("<serial type='null'><target port='1'/></serial><serial type='null'><target port='1'/></serial>"),
     VIR_ERR_INTERNAL_ERROR, "target port '1' already allocated"},
    {HEAD("q35") "<cputune><emulatorpin cpuset='x'/></cputune></domain>", VIR_ERR_INVALID_ARG,
     "Failed to parse bitmap 'x'"},
    {HEAD("q35") "<maxMemory slots='2' unit='MiB'>512</maxMemory></domain>", VIR_ERR_CONFIG_UNSUPPORTED,
     "At least one numa node has to be configured"},
    {"<domain type='kvm'><name>g</domain>", VIR_ERR_XML_DETAIL, "(domain_definition):1: "},
    {"<network/>", VIR_ERR_XML_ERROR, "expecting root element of 'domain', not 'network'"},
};

static void test_bad(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_refused(bad[i].xml, XML_MODE_INACTIVE, bad[i].code, bad[i].message);
}

/* A guest may have fewer processors than when its threads were pinned. */
static void test_pin_of_no_processor(void)
{
    g_autofree char *text = document(HEAD("q35") "<vcpu>2</vcpu><cputune><vcpupin vcpu='1' cpuset='0'/><vcpupin "
                                                 "vcpu='2' cpuset='0'/></cputune></domain>",
                                     XML_MODE_INACTIVE);

    assert_has(text, "<vcpupin vcpu='1' cpuset='0'/>");
    assert_has_not(text, "<vcpupin vcpu='2'");
}

static void test_unknown(void)
{
    g_autoptr(DomainDef) def = define(HEAD("q35") "<gadget/></domain>");

    g_assert_nonnull(def);
    assert_refused(
        HEAD("q35") "<sysinfo type='smbios'><bios><entry name='date'>2009-11-26</entry></bios></sysinfo></domain>", 0,
        VIR_ERR_XML_DETAIL, "Invalid BIOS 'date' format");
    assert_refused(HEAD("q35") "<sysinfo type='smbios'><system><entry name='uuid'>aaaaaaaa-1111-2222-3333-444444444444"
                               "</entry></system></sysinfo></domain>",
                   0, VIR_ERR_XML_DETAIL, "UUID mismatch between <uuid> and <sysinfo>");
    assert_refused(HEAD("q35") "<gadget/></domain>", XML_MODE_VALIDATE, VIR_ERR_XML_INVALID_SCHEMA,
                   "unknown element 'gadget'");
    assert_refused(HEAD("q35") "<clock offset='utc' tick='1'/></domain>", XML_MODE_VALIDATE, VIR_ERR_XML_INVALID_SCHEMA,
                   "unknown attribute 'tick' in element 'clock'");
    assert_refused(HEAD("q35") "<clock offset='lunar'/></domain>", XML_MODE_VALIDATE, VIR_ERR_XML_INVALID_SCHEMA,
                   "unknown clock offset 'lunar'");
}

/* What is wrong, but not by the schema, has the same code with and without a check against it. */
static const BadCase beyond_schema[] = {
    {HEAD("q35") "<clock offset='timezone'/></domain>", VIR_ERR_INTERNAL_ERROR, "missing 'timezone' attribute"},
    {HEAD("q35") "<memtune><min_guarantee>1</min_guarantee></memtune></domain>", VIR_ERR_CONFIG_UNSUPPORTED,
     "Parameter 'min_guarantee' not supported"},
    {HEAD("q35") "<memtune><hard_limit unit='EiB'>99999999</hard_limit></memtune></domain>", VIR_ERR_OVERFLOW,
     "value too large"},
    {HEAD("q35") "<sysinfo type='smbios'><bios><entry name='date'>2009-11-26</entry></bios></sysinfo></domain>",
     VIR_ERR_XML_DETAIL, "Invalid BIOS 'date' format"},
    {HEAD("q35") "<cpu mode='custom'><model>qemu64</model><feature name='aes'/><feature name='aes'/></cpu></domain>",
     VIR_ERR_XML_ERROR, "CPU feature 'aes' specified more than once"},
    {HEAD("q35") "<vcpu current='3'>2</vcpu></domain>", VIR_ERR_CONFIG_UNSUPPORTED,
     "maximum vCPU count must not be less"},
    {HEAD("q35") "<features><hyperv><spinlocks state='on' retries='7'/></hyperv></features></domain>",
     VIR_ERR_XML_ERROR, "HyperV spinlock retry count must be at least 4095"},
    {HEAD("q35") "<features><kvm><dirty-ring state='on' size='7'/></kvm></features></domain>", VIR_ERR_XML_ERROR,
     "dirty ring must be power of 2"},
    {"<domain type='kvm'><name>a/b</name><memory>1</memory><os><type>hvm</type></os></domain>", VIR_ERR_XML_ERROR,
     "name a/b cannot contain '/'"},
};

static void test_beyond_schema(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(beyond_schema); i++) {
        const BadCase *bad_case = &beyond_schema[i];

        assert_refused(bad_case->xml, XML_MODE_INACTIVE, bad_case->code, bad_case->message);
        assert_refused(bad_case->xml, XML_MODE_VALIDATE, bad_case->code, bad_case->message);
    }
}

static void test_limits(void)
{
    g_autoptr(GString) many = g_string_new(HEAD("q35") "<devices>");
    g_autoptr(GString) deep = g_string_new(HEAD("q35") "<metadata>");
    g_autofree char *name = g_strnfill(DOMAIN_NAME_MAX + 1, 'n');
    g_autofree char *long_name = g_strdup_printf("<domain type='kvm'><name>%s</name></domain>", name);

    for (int i = 0; i <= DOMAIN_DEVICES_MAX; i++)
        g_string_append(many, "<hub type='usb'/>");
    g_string_append(many, "</devices></domain>");
    assert_refused(many->str, 0, VIR_ERR_CONFIG_UNSUPPORTED, "1025 devices are more than the limit of 1024");
    for (int i = 0; i < 400; i++)
        g_string_append(deep, "<a>");
    assert_refused(deep->str, 0, VIR_ERR_XML_DETAIL, "(domain_definition):1: ");
    assert_refused(long_name, 0, VIR_ERR_XML_ERROR, "name 'nnn");
    assert_refused(Q35("<disk><source file='/d'/><target dev='sda' bus='scsi'/>"
                       "<address type='drive' controller='4000000000' unit='0'/></disk>"),
                   0, VIR_ERR_CONFIG_UNSUPPORTED, "scsi controller 4000000000 is beyond the limit");
    assert_refused(Q35("<controller type='pci' index='300' model='pcie-root-port'/>"), 0, VIR_ERR_XML_ERROR,
                   "Invalid PCI controller index 300");
}

static void test_copy(void)
{
    g_autoptr(DomainDef) def =
        define(Q35("<disk><source file='/d'/><target dev='vda'/></disk><graphics type='vnc' passwd='p'/>"
                   "<channel type='unix'><target type='virtio' name='c'/></channel>"));
    g_autofree char *before = domain_def_format(def, XML_MODE_SECURE);
    DomainDef *copy = domain_def_copy(def);
    g_autofree char *after = domain_def_format(copy, XML_MODE_SECURE);

    g_assert_cmpstr(before, ==, after);
    g_assert_true(((DiskDef *)copy->disks->pdata[0])->source.path != ((DiskDef *)def->disks->pdata[0])->source.path);
    domain_def_free(copy);
    g_free(after);
    after = domain_def_format(def, XML_MODE_SECURE);
    g_assert_cmpstr(before, ==, after);
}

/* ---- status ---- */

static void write_private(XmlWriter *writer, const DomainDef *def, gpointer data)
{
    xml_open(writer, "monitor");
    xml_write_attribute(writer, "path", data);
    xml_close(writer);
}

static gboolean read_private(xmlNode *node, DomainDef *def, gpointer data, GError **error)
{
    xmlNode *monitor = xml_child(node, "monitor");

    if (!monitor) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "no monitor path");
        return FALSE;
    }
    *(char **)data = xml_attribute(monitor, "path");
    return TRUE;
}

static void test_status(void)
{
    static const DomainStatusHooks writing = {.write = write_private}, reading = {.read = read_private};
    g_autoptr(GError) error = NULL;
    g_autoptr(DomainDef) def =
        define(HEAD("q35") "<iothreads>2</iothreads><devices><graphics type='vnc' passwd='p'><listen type='network' "
                           "network='n'/></graphics></devices></domain>");
    g_autoptr(DomainDef) again = NULL;
    g_autofree char *text = NULL, *path = NULL, *same = NULL;
    DomainStatus status = {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_STARTING_UP, 42}, found = {0};
    GraphicsDef *graphics = def->graphics->pdata[0];

    def->id = 3;
    graphics->port = 5907;
    graphics_first_listen(graphics)->address = g_strdup("192.0.2.7");
    text = domain_status_format(&status, def, &writing, "/m.sock");
    g_assert_true(
        g_str_has_prefix(text, "<domstatus state='paused' reason='starting up' pid='42'>\n  <monitor path='/m.sock'/>\n"
                               "  <domain type='kvm' id='3'>"));
    again = domain_status_parse(text, &found, NULL, &reading, &path, &error);
    g_assert_no_error(error);
    g_assert_cmpint(found.state, ==, VIR_DOMAIN_PAUSED);
    g_assert_cmpint(found.reason, ==, VIR_DOMAIN_PAUSED_STARTING_UP);
    g_assert_cmpint(found.pid, ==, 42);
    g_assert_cmpstr(path, ==, "/m.sock");
    g_assert_cmpint(again->id, ==, 3);
    g_assert_cmpuint(again->iothreads->len, ==, 2);
    graphics = again->graphics->pdata[0];
    g_assert_cmpint(graphics->port, ==, 5907);
    g_assert_cmpstr(graphics->password, ==, "p");
    g_assert_cmpstr(graphics_first_listen(graphics)->address, ==, "192.0.2.7");
    same = domain_status_format(&found, again, &writing, path);
    g_assert_cmpstr(text, ==, same);
}

static const char *const bad_status[] = {
    "<domstatus state='asleep' reason='unknown' pid='1'><domain type='kvm'/></domstatus>",
    "<domstatus state='running' reason='bored' pid='1'><domain type='kvm'/></domstatus>",
    "<domstatus state='running' reason='booted' pid='x'><domain type='kvm'/></domstatus>",
    "<domstatus state='running' reason='booted' pid='1'/>",
};

static void test_bad_status(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad_status); i++) {
        g_autoptr(GError) error = NULL;
        DomainStatus status;

        g_assert_null(domain_status_parse(bad_status[i], &status, NULL, NULL, NULL, &error));
        g_assert_true(vir_error_is(error, VIR_ERR_XML_ERROR));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/domain-def/smallest", test_smallest);
    g_test_add_func("/domain-def/parts", test_parts);
    g_test_add_func("/domain-def/boot", test_boot);
    g_test_add_func("/domain-def/firmware", test_firmware);
    g_test_add_func("/domain-def/metadata", test_metadata);
    g_test_add_func("/domain-def/qemu-namespace", test_qemu_namespace);
    g_test_add_func("/domain-def/no-balloon", test_no_balloon);
    g_test_add_func("/domain-def/bad", test_bad);
    g_test_add_func("/domain-def/pin-of-no-processor", test_pin_of_no_processor);
    g_test_add_func("/domain-def/unknown", test_unknown);
    g_test_add_func("/domain-def/beyond-schema", test_beyond_schema);
    g_test_add_func("/domain-def/limits", test_limits);
    g_test_add_func("/domain-def/copy", test_copy);
    g_test_add_func("/domain-def/status", test_status);
    g_test_add_func("/domain-def/bad-status", test_bad_status);
    return g_test_run();
}
