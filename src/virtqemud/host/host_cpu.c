/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host/host_cpu.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "common/log.h"
#include "cpu/document.h"
#include "cpu/identify.h"

#define EXTENDED_SIZES 0x80000008u

/* The first line "microcode : 0x..." of /proc/cpuinfo. */
static guint read_microcode(void)
{
    g_autofree char *text = NULL;
    const char *line;

    if (!g_file_get_contents("/proc/cpuinfo", &text, NULL, NULL))
        return 0;
    line = strstr(text, "\nmicrocode");
    line = line ? strchr(line, ':') : NULL;
    return line ? (guint)g_ascii_strtoull(line + 1, NULL, 16) : 0;
}

static guint read_physaddr_bits(void)
{
    guint32 answer[4];

    cpu_source_here.cpuid(EXTENDED_SIZES & 0x80000000u, 0, answer, NULL);
    if (answer[CPU_EAX] < EXTENDED_SIZES)
        return 0;
    cpu_source_here.cpuid(EXTENDED_SIZES, 0, answer, NULL);
    return answer[CPU_EAX] & 0xff;
}

static gboolean has_feature(const CpuFacts *facts, const char *name)
{
    int feature = cpu_feature_find(name);

    return feature >= 0 && cpu_set_has(&facts->features, (guint)feature);
}

/* KVM tells the counter's speed by that of a guest, so there has to be one for a moment. */
static void read_tsc(HostCpu *host)
{
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    int vm = kvm >= 0 ? ioctl(kvm, KVM_CREATE_VM, 0) : -1;
    int vcpu = vm >= 0 ? ioctl(vm, KVM_CREATE_VCPU, 0) : -1;
    int khz = vcpu >= 0 ? ioctl(vcpu, KVM_GET_TSC_KHZ, 0) : 0;

    if (khz > 0) {
        host->tsc_hz = (guint64)khz * 1000;
        host->has_tsc_scaling = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_TSC_CONTROL) > 0;
    }
    if (vcpu >= 0)
        close(vcpu);
    if (vm >= 0)
        close(vm);
    if (kvm >= 0)
        close(kvm);
}

static HostCpu *host_cpu_read(void)
{
    HostCpu *host = g_new0(HostCpu, 1);
    g_autoptr(DomainCpu) cpu = cpu_new();
    g_autoptr(GError) error = NULL;
    const CpuChoice choice = {.use = CPU_MODEL_HOST};

    cpu_facts_read(&host->facts, &cpu_source_here);
    if (cpu_choose_model(cpu, &host->facts, &choice, &error))
        host->cpu = g_steal_pointer(&cpu);
    else
        log_warning("the host's processor: %s", error->message);
    host->microcode = read_microcode();
    host->physaddr_bits = read_physaddr_bits();
    if (has_feature(&host->facts, "invtsc"))
        read_tsc(host);
    return host;
}

const HostCpu *host_cpu_get(void)
{
    static gsize made;

    if (g_once_init_enter(&made))
        g_once_init_leave(&made, (gsize)host_cpu_read());
    return (const HostCpu *)made;
}

static char *stamp_new(void)
{
    struct utsname system = {0};
    CpuFacts facts;

    uname(&system);
    cpu_facts_read(&facts, &cpu_source_here);
    return g_strdup_printf("%s %u:%u:%u %x %s", facts.vendor ? facts.vendor : "", facts.signature.family,
                           facts.signature.model, facts.signature.stepping, read_microcode(), system.release);
}

const char *host_cpu_stamp(void)
{
    static gsize made;

    if (g_once_init_enter(&made))
        g_once_init_leave(&made, (gsize)stamp_new());
    return (const char *)made;
}
