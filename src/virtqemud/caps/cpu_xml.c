/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/caps/cpu_xml.h"

#include "virtqemud/caps/emulator_cpu.h"
#include "virtqemud/host/host_cpu.h"
#include "virtqemud/host/host_node.h"

/* ---- this host's ---- */

static void write_identity(XmlWriter *xml, const HostCpu *host)
{
    if (host->microcode > 0) {
        xml_open(xml, "microcode");
        xml_write_attributef(xml, "version", "%u", host->microcode);
        xml_close(xml);
    }
    if (host->facts.signature.family > 0) {
        xml_open(xml, "signature");
        xml_write_attributef(xml, "family", "%u", host->facts.signature.family);
        xml_write_attributef(xml, "model", "%u", host->facts.signature.model);
        xml_write_attributef(xml, "stepping", "%u", host->facts.signature.stepping);
        xml_close(xml);
    }
    if (host->tsc_hz > 0) {
        xml_open(xml, "counter");
        xml_write_attribute(xml, "name", "tsc");
        xml_write_attributef(xml, "frequency", "%" G_GUINT64_FORMAT, host->tsc_hz);
        xml_write_attribute(xml, "scaling", host->has_tsc_scaling ? "yes" : "no");
        xml_close(xml);
    }
}

static void write_topology(XmlWriter *xml, const HostInfo *info)
{
    xml_open(xml, "topology");
    xml_write_attributef(xml, "sockets", "%u", info->sockets * info->nodes);
    xml_write_attribute(xml, "dies", "1");
    xml_write_attributef(xml, "cores", "%u", info->cores);
    xml_write_attributef(xml, "threads", "%u", info->threads);
    xml_close(xml);
}

static void write_pages(XmlWriter *xml)
{
    g_autoptr(GArray) sizes = host_node_page_sizes(0);

    for (guint i = 0; i < sizes->len; i++) {
        xml_open(xml, "pages");
        xml_write_attribute(xml, "unit", "KiB");
        xml_write_attributef(xml, "size", "%u", g_array_index(sizes, guint, i));
        xml_close(xml);
    }
}

void cpu_xml_write_host(XmlWriter *xml, const HostInfo *info)
{
    const HostCpu *host = host_cpu_get();
    const DomainCpu *cpu = host->cpu;

    xml_open(xml, "cpu");
    xml_write_element(xml, "arch", info->arch);
    xml_write_element(xml, "model", cpu ? cpu->model : NULL);
    xml_write_element(xml, "vendor", cpu ? cpu->vendor : info->vendor);
    write_identity(xml, host);
    write_topology(xml, info);
    if (host->physaddr_bits > 0) {
        xml_open(xml, "maxphysaddr");
        xml_write_attribute(xml, "mode", "emulate");
        xml_write_attributef(xml, "bits", "%u", host->physaddr_bits);
        xml_close(xml);
    }
    for (guint i = 0; cpu && cpu->features && i < cpu->features->len; i++) {
        xml_open(xml, "feature");
        xml_write_attribute(xml, "name", ((const CpuFeature *)g_ptr_array_index(cpu->features, i))->name);
        xml_close(xml);
    }
    write_pages(xml);
    xml_close(xml);
}

/* ---- what guests can be given ---- */

static void open_mode(XmlWriter *xml, const char *name, gboolean is_supported)
{
    xml_open(xml, "mode");
    xml_write_attribute(xml, "name", name);
    xml_write_attribute(xml, "supported", is_supported ? "yes" : "no");
}

static void write_open_mode(XmlWriter *xml, const char *name, const char *enumeration, gboolean is_supported)
{
    open_mode(xml, name, is_supported);
    if (is_supported) {
        xml_open(xml, "enum");
        xml_write_attribute(xml, "name", enumeration);
        xml_write_element(xml, "value", "on");
        xml_write_element(xml, "value", "off");
        xml_close(xml);
    }
    xml_close(xml);
}

static void write_host_model(XmlWriter *xml, const EmulatorCaps *caps)
{
    g_autoptr(DomainCpu) cpu = emulator_cpu_host_model(caps, EMULATOR_CPU_REPORTED);

    open_mode(xml, "host-model", cpu != NULL);
    if (cpu) {
        xml_open(xml, "model");
        xml_write_attribute(xml, "fallback", "forbid");
        xml_write_text(xml, cpu->model);
        xml_close(xml);
        xml_write_element(xml, "vendor", cpu->vendor);
    }
    for (guint i = 0; cpu && cpu->features && i < cpu->features->len; i++) {
        const CpuFeature *feature = g_ptr_array_index(cpu->features, i);

        xml_open(xml, "feature");
        xml_write_attribute(xml, "policy", cpu_feature_policies[feature->policy]);
        xml_write_attribute(xml, "name", feature->name);
        xml_close(xml);
    }
    xml_close(xml);
}

static void write_models(XmlWriter *xml, const EmulatorCaps *caps)
{
    open_mode(xml, "custom", TRUE);
    for (guint i = 0; i < caps->cpus->len; i++) {
        const EmulatorCpu *cpu = g_ptr_array_index(caps->cpus, i);
        const CpuModel *model = cpu_model_find(cpu->name);

        if (!model)
            continue;
        xml_open(xml, "model");
        xml_write_attribute(xml, "usable", cpu->is_usable ? "yes" : cpu->missing ? "no" : "unknown");
        if (cpu->is_deprecated)
            xml_write_attribute(xml, "deprecated", "yes");
        xml_write_attribute(xml, "vendor", model->vendor ? model->vendor : "unknown");
        xml_write_text(xml, cpu->name);
        xml_close(xml);
    }
    xml_close(xml);
}

void cpu_xml_write_modes(XmlWriter *xml, const EmulatorCaps *caps, gboolean is_kvm)
{
    xml_open(xml, "cpu");
    write_open_mode(xml, "host-passthrough", "hostPassthroughMigratable", is_kvm);
    write_open_mode(xml, "maximum", "maximumMigratable", TRUE);
    write_host_model(xml, caps);
    write_models(xml, caps);
    xml_close(xml);
}
