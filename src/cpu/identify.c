/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cpu/identify.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#define EXTENDED 0x80000000u

/* ---- the processor here ---- */

static void ask_here(guint32 leaf, guint32 subleaf, guint32 answer[4], gpointer data)
{
    memset(answer, 0, 4 * sizeof(*answer));
#if defined(__x86_64__) || defined(__i386__)
    __cpuid_count(leaf, subleaf, answer[CPU_EAX], answer[CPU_EBX], answer[CPU_ECX], answer[CPU_EDX]);
#endif
}

static gboolean read_msr_of_cpu(guint32 number, guint64 *value)
{
    int fd = open("/dev/cpu/0/msr", O_RDONLY | O_CLOEXEC);
    gssize n;

    if (fd < 0)
        return FALSE;
    n = pread(fd, value, sizeof(*value), number);
    close(fd);
    return n == (gssize)sizeof(*value);
}

static gboolean read_msr_of_kvm(guint32 number, guint64 *value)
{
    struct {
        struct kvm_msrs header;
        struct kvm_msr_entry entry;
    } list = {.header = {.nmsrs = 1}, .entry = {.index = number}};
    int fd = open("/dev/kvm", O_RDONLY | O_CLOEXEC);
    int n;

    if (fd < 0)
        return FALSE;
    n = ioctl(fd, KVM_GET_MSRS, &list);
    close(fd);
    if (n != 1)
        return FALSE;
    *value = list.entry.data;
    return TRUE;
}

static gboolean ask_msr_here(guint32 number, guint64 *value, gpointer data)
{
    return read_msr_of_cpu(number, value) || read_msr_of_kvm(number, value);
}

const CpuSource cpu_source_here = {.cpuid = ask_here, .msr = ask_msr_here};

/* ---- what it says ---- */

/* Whether a leaf says something: what lies behind a processor's last one is noise. */
static gboolean has_leaf(const CpuSource *source, guint32 leaf, guint32 subleaf)
{
    guint32 answer[4];

    source->cpuid(leaf & EXTENDED, 0, answer, source->data);
    if (leaf > answer[CPU_EAX])
        return FALSE;
    if (leaf == 0x7 && subleaf > 0) {
        source->cpuid(0x7, 0, answer, source->data);
        return subleaf <= answer[CPU_EAX];
    }
    if (leaf == 0xf && subleaf > 0) {
        source->cpuid(0xf, 0, answer, source->data);
        return (answer[CPU_EDX] >> subleaf & 1) != 0;
    }
    if (leaf == 0x12) { /* SGX */
        source->cpuid(0x7, 0, answer, source->data);
        return (answer[CPU_EBX] >> 2 & 1) != 0;
    }
    return TRUE;
}

static void read_identity(CpuFacts *facts, const CpuSource *source)
{
    char id[3 * sizeof(guint32) + 1] = "";
    guint32 answer[4], family, eax;

    source->cpuid(0, 0, answer, source->data);
    memcpy(id, &answer[CPU_EBX], 4);
    memcpy(id + 4, &answer[CPU_EDX], 4);
    memcpy(id + 8, &answer[CPU_ECX], 4);
    facts->vendor = cpu_vendor_of_id(id);
    source->cpuid(1, 0, answer, source->data);
    eax = answer[CPU_EAX];
    family = eax >> 8 & 0xf;
    facts->signature = (CpuSignature){.family = family, .model = eax >> 4 & 0xf, .stepping = eax & 0xf};
    if (family == 6 || family == 15)
        facts->signature.model += (eax >> 16 & 0xf) << 4;
    if (family == 15)
        facts->signature.family += eax >> 20 & 0xff;
}

/* A register is there when its feature says so. */
static gboolean may_read_msr(const CpuFacts *facts, guint32 number)
{
    return cpu_set_has(&facts->features,
                       (guint)cpu_feature_find(number == 0x10a ? "arch-capabilities" : "core-capability"));
}

void cpu_facts_read(CpuFacts *facts, const CpuSource *source)
{
    const CpuFeatureRow *last = NULL;
    guint32 answer[4] = {0};
    guint64 value = 0;

    *facts = (CpuFacts){.vendor = NULL};
    read_identity(facts, source);
    for (guint i = 0; i < cpu_feature_count; i++) {
        const CpuFeatureRow *row = &cpu_feature_table[i];
        gboolean is_new = !last || row->leaf != last->leaf || row->subleaf != last->subleaf;

        if (is_new && row->is_msr) {
            if (!source->msr || !may_read_msr(facts, row->leaf) || !source->msr(row->leaf, &value, source->data))
                value = 0;
        } else if (is_new) {
            memset(answer, 0, sizeof(answer));
            if (has_leaf(source, row->leaf, row->subleaf))
                source->cpuid(row->leaf, row->subleaf, answer, source->data);
        }
        last = row;
        if ((row->is_msr ? value : answer[row->reg]) >> row->bit & 1)
            cpu_set_add(&facts->features, i);
    }
}
