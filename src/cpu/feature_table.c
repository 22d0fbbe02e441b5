/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Features of x86 processors: libvirt's name and where the processor says so. A new feature is a line behind those of
 * the same register; the order is that of lists which clients are given.
 *
 * Numbers: Intel's Software Developer's Manual, volume 2 (CPUID) and 4 (model-specific registers); AMD's Architecture
 * Programmer's Manual, volume 3, appendix E.
 */
#include "cpu/feature.h"

/* clang-format off */
#define CPUID(number, sub, into) .leaf = number, .subleaf = sub, .reg = CPU_##into, .bit
#define MSR(number)              .is_msr = TRUE, .leaf = number, .bit

const CpuFeatureRow cpu_feature_table[] = {
    /* leaf 0x1, EDX */
    {"fpu", CPUID(0x1, 0, EDX) = 0},
    {"vme", CPUID(0x1, 0, EDX) = 1},
    {"de", CPUID(0x1, 0, EDX) = 2},
    {"pse", CPUID(0x1, 0, EDX) = 3},
    {"tsc", CPUID(0x1, 0, EDX) = 4},
    {"msr", CPUID(0x1, 0, EDX) = 5},
    {"pae", CPUID(0x1, 0, EDX) = 6},
    {"mce", CPUID(0x1, 0, EDX) = 7},
    {"cx8", CPUID(0x1, 0, EDX) = 8},
    {"apic", CPUID(0x1, 0, EDX) = 9},
    {"sep", CPUID(0x1, 0, EDX) = 11},
    {"mtrr", CPUID(0x1, 0, EDX) = 12},
    {"pge", CPUID(0x1, 0, EDX) = 13},
    {"mca", CPUID(0x1, 0, EDX) = 14},
    {"cmov", CPUID(0x1, 0, EDX) = 15},
    {"pat", CPUID(0x1, 0, EDX) = 16},
    {"pse36", CPUID(0x1, 0, EDX) = 17},
    {"pn", CPUID(0x1, 0, EDX) = 18},
    {"clflush", CPUID(0x1, 0, EDX) = 19},
    {"ds", CPUID(0x1, 0, EDX) = 21},
    {"acpi", CPUID(0x1, 0, EDX) = 22},
    {"mmx", CPUID(0x1, 0, EDX) = 23},
    {"fxsr", CPUID(0x1, 0, EDX) = 24},
    {"sse", CPUID(0x1, 0, EDX) = 25},
    {"sse2", CPUID(0x1, 0, EDX) = 26},
    {"ss", CPUID(0x1, 0, EDX) = 27},
    {"ht", CPUID(0x1, 0, EDX) = 28},
    {"tm", CPUID(0x1, 0, EDX) = 29},
    {"ia64", CPUID(0x1, 0, EDX) = 30},
    {"pbe", CPUID(0x1, 0, EDX) = 31},

    /* leaf 0x1, ECX */
    {"pni", CPUID(0x1, 0, ECX) = 0},
    {"pclmuldq", CPUID(0x1, 0, ECX) = 1},
    {"dtes64", CPUID(0x1, 0, ECX) = 2},
    {"monitor", CPUID(0x1, 0, ECX) = 3},
    {"ds_cpl", CPUID(0x1, 0, ECX) = 4},
    {"vmx", CPUID(0x1, 0, ECX) = 5},
    {"smx", CPUID(0x1, 0, ECX) = 6},
    {"est", CPUID(0x1, 0, ECX) = 7},
    {"tm2", CPUID(0x1, 0, ECX) = 8},
    {"ssse3", CPUID(0x1, 0, ECX) = 9},
    {"cid", CPUID(0x1, 0, ECX) = 10},
    {"fma", CPUID(0x1, 0, ECX) = 12},
    {"cx16", CPUID(0x1, 0, ECX) = 13},
    {"xtpr", CPUID(0x1, 0, ECX) = 14},
    {"pdcm", CPUID(0x1, 0, ECX) = 15},
    {"pcid", CPUID(0x1, 0, ECX) = 17},
    {"dca", CPUID(0x1, 0, ECX) = 18},
    {"sse4.1", CPUID(0x1, 0, ECX) = 19},
    {"sse4.2", CPUID(0x1, 0, ECX) = 20},
    {"x2apic", CPUID(0x1, 0, ECX) = 21},
    {"movbe", CPUID(0x1, 0, ECX) = 22},
    {"popcnt", CPUID(0x1, 0, ECX) = 23},
    {"tsc-deadline", CPUID(0x1, 0, ECX) = 24},
    {"aes", CPUID(0x1, 0, ECX) = 25},
    {"xsave", CPUID(0x1, 0, ECX) = 26},
    {"osxsave", CPUID(0x1, 0, ECX) = 27},
    {"avx", CPUID(0x1, 0, ECX) = 28},
    {"f16c", CPUID(0x1, 0, ECX) = 29},
    {"rdrand", CPUID(0x1, 0, ECX) = 30},
    {"hypervisor", CPUID(0x1, 0, ECX) = 31},

    /* leaf 0x6, EAX */
    {"arat", CPUID(0x6, 0, EAX) = 2},

    /* leaf 0x7, subleaf 0, EBX */
    {"fsgsbase", CPUID(0x7, 0, EBX) = 0},
    {"tsc_adjust", CPUID(0x7, 0, EBX) = 1},
    {"sgx", CPUID(0x7, 0, EBX) = 2},
    {"bmi1", CPUID(0x7, 0, EBX) = 3},
    {"hle", CPUID(0x7, 0, EBX) = 4},
    {"avx2", CPUID(0x7, 0, EBX) = 5},
    {"smep", CPUID(0x7, 0, EBX) = 7},
    {"bmi2", CPUID(0x7, 0, EBX) = 8},
    {"erms", CPUID(0x7, 0, EBX) = 9},
    {"invpcid", CPUID(0x7, 0, EBX) = 10},
    {"rtm", CPUID(0x7, 0, EBX) = 11},
    {"cmt", CPUID(0x7, 0, EBX) = 12},
    {"mpx", CPUID(0x7, 0, EBX) = 14},
    {"avx512f", CPUID(0x7, 0, EBX) = 16},
    {"avx512dq", CPUID(0x7, 0, EBX) = 17},
    {"rdseed", CPUID(0x7, 0, EBX) = 18},
    {"adx", CPUID(0x7, 0, EBX) = 19},
    {"smap", CPUID(0x7, 0, EBX) = 20},
    {"avx512ifma", CPUID(0x7, 0, EBX) = 21},
    {"pcommit", CPUID(0x7, 0, EBX) = 22},
    {"clflushopt", CPUID(0x7, 0, EBX) = 23},
    {"clwb", CPUID(0x7, 0, EBX) = 24},
    {"intel-pt", CPUID(0x7, 0, EBX) = 25},
    {"avx512pf", CPUID(0x7, 0, EBX) = 26},
    {"avx512er", CPUID(0x7, 0, EBX) = 27},
    {"avx512cd", CPUID(0x7, 0, EBX) = 28},
    {"sha-ni", CPUID(0x7, 0, EBX) = 29},
    {"avx512bw", CPUID(0x7, 0, EBX) = 30},
    {"avx512vl", CPUID(0x7, 0, EBX) = 31},

    /* leaf 0x7, subleaf 0, ECX */
    {"avx512vbmi", CPUID(0x7, 0, ECX) = 1},
    {"umip", CPUID(0x7, 0, ECX) = 2},
    {"pku", CPUID(0x7, 0, ECX) = 3},
    {"ospke", CPUID(0x7, 0, ECX) = 4},
    {"waitpkg", CPUID(0x7, 0, ECX) = 5},
    {"avx512vbmi2", CPUID(0x7, 0, ECX) = 6},
    {"gfni", CPUID(0x7, 0, ECX) = 8},
    {"vaes", CPUID(0x7, 0, ECX) = 9},
    {"vpclmulqdq", CPUID(0x7, 0, ECX) = 10},
    {"avx512vnni", CPUID(0x7, 0, ECX) = 11},
    {"avx512bitalg", CPUID(0x7, 0, ECX) = 12},
    {"avx512-vpopcntdq", CPUID(0x7, 0, ECX) = 14},
    {"la57", CPUID(0x7, 0, ECX) = 16},
    {"rdpid", CPUID(0x7, 0, ECX) = 22},
    {"bus-lock-detect", CPUID(0x7, 0, ECX) = 24},
    {"cldemote", CPUID(0x7, 0, ECX) = 25},
    {"movdiri", CPUID(0x7, 0, ECX) = 27},
    {"movdir64b", CPUID(0x7, 0, ECX) = 28},
    {"sgxlc", CPUID(0x7, 0, ECX) = 30},
    {"pks", CPUID(0x7, 0, ECX) = 31},

    /* leaf 0x7, subleaf 0, EDX */
    {"avx512-4vnniw", CPUID(0x7, 0, EDX) = 2},
    {"avx512-4fmaps", CPUID(0x7, 0, EDX) = 3},
    {"fsrm", CPUID(0x7, 0, EDX) = 4},
    {"avx512-vp2intersect", CPUID(0x7, 0, EDX) = 8},
    {"md-clear", CPUID(0x7, 0, EDX) = 10},
    {"serialize", CPUID(0x7, 0, EDX) = 14},
    {"tsx-ldtrk", CPUID(0x7, 0, EDX) = 16},
    {"pconfig", CPUID(0x7, 0, EDX) = 18},
    {"arch-lbr", CPUID(0x7, 0, EDX) = 19},
    {"amx-bf16", CPUID(0x7, 0, EDX) = 22},
    {"avx512-fp16", CPUID(0x7, 0, EDX) = 23},
    {"amx-tile", CPUID(0x7, 0, EDX) = 24},
    {"amx-int8", CPUID(0x7, 0, EDX) = 25},
    {"spec-ctrl", CPUID(0x7, 0, EDX) = 26},
    {"stibp", CPUID(0x7, 0, EDX) = 27},
    {"arch-capabilities", CPUID(0x7, 0, EDX) = 29},
    {"core-capability", CPUID(0x7, 0, EDX) = 30},
    {"ssbd", CPUID(0x7, 0, EDX) = 31},

    /* leaf 0x7, subleaf 1, EAX */
    {"avx-vnni", CPUID(0x7, 1, EAX) = 4},
    {"avx512-bf16", CPUID(0x7, 1, EAX) = 5},

    /* leaf 0xd, subleaf 1, EAX */
    {"xsaveopt", CPUID(0xd, 1, EAX) = 0},
    {"xsavec", CPUID(0xd, 1, EAX) = 1},
    {"xgetbv1", CPUID(0xd, 1, EAX) = 2},
    {"xsaves", CPUID(0xd, 1, EAX) = 3, .is_local = TRUE},
    {"xfd", CPUID(0xd, 1, EAX) = 4},

    /* leaf 0xf, subleaf 1, EDX */
    {"mbm_total", CPUID(0xf, 1, EDX) = 1},
    {"mbm_local", CPUID(0xf, 1, EDX) = 2},

    /* leaf 0x12, subleaf 0, EAX */
    {"sgx1", CPUID(0x12, 0, EAX) = 0},
    {"sgx2", CPUID(0x12, 0, EAX) = 1},

    /* leaf 0x12, subleaf 0, EBX */
    {"sgx-exinfo", CPUID(0x12, 0, EBX) = 0},

    /* leaf 0x12, subleaf 1, EAX */
    {"sgx-debug", CPUID(0x12, 1, EAX) = 1},
    {"sgx-mode64", CPUID(0x12, 1, EAX) = 2},
    {"sgx-provisionkey", CPUID(0x12, 1, EAX) = 4},
    {"sgx-tokenkey", CPUID(0x12, 1, EAX) = 5},
    {"sgx-kss", CPUID(0x12, 1, EAX) = 7},

    /* leaf 0x14, subleaf 0, ECX */
    {"intel-pt-lip", CPUID(0x14, 0, ECX) = 31},

    /* leaf 0x80000001, EDX */
    {"syscall", CPUID(0x80000001, 0, EDX) = 11},
    {"nx", CPUID(0x80000001, 0, EDX) = 20},
    {"mmxext", CPUID(0x80000001, 0, EDX) = 22},
    {"fxsr_opt", CPUID(0x80000001, 0, EDX) = 25},
    {"pdpe1gb", CPUID(0x80000001, 0, EDX) = 26},
    {"rdtscp", CPUID(0x80000001, 0, EDX) = 27},
    {"lm", CPUID(0x80000001, 0, EDX) = 29},
    {"3dnowext", CPUID(0x80000001, 0, EDX) = 30},
    {"3dnow", CPUID(0x80000001, 0, EDX) = 31},

    /* leaf 0x80000001, ECX */
    {"lahf_lm", CPUID(0x80000001, 0, ECX) = 0},
    {"cmp_legacy", CPUID(0x80000001, 0, ECX) = 1},
    {"svm", CPUID(0x80000001, 0, ECX) = 2},
    {"extapic", CPUID(0x80000001, 0, ECX) = 3},
    {"cr8legacy", CPUID(0x80000001, 0, ECX) = 4},
    {"abm", CPUID(0x80000001, 0, ECX) = 5},
    {"sse4a", CPUID(0x80000001, 0, ECX) = 6},
    {"misalignsse", CPUID(0x80000001, 0, ECX) = 7},
    {"3dnowprefetch", CPUID(0x80000001, 0, ECX) = 8},
    {"osvw", CPUID(0x80000001, 0, ECX) = 9},
    {"ibs", CPUID(0x80000001, 0, ECX) = 10},
    {"xop", CPUID(0x80000001, 0, ECX) = 11},
    {"skinit", CPUID(0x80000001, 0, ECX) = 12},
    {"wdt", CPUID(0x80000001, 0, ECX) = 13},
    {"lwp", CPUID(0x80000001, 0, ECX) = 15},
    {"fma4", CPUID(0x80000001, 0, ECX) = 16},
    {"tce", CPUID(0x80000001, 0, ECX) = 17},
    {"cvt16", CPUID(0x80000001, 0, ECX) = 18},
    {"nodeid_msr", CPUID(0x80000001, 0, ECX) = 19},
    {"tbm", CPUID(0x80000001, 0, ECX) = 21},
    {"topoext", CPUID(0x80000001, 0, ECX) = 22},
    {"perfctr_core", CPUID(0x80000001, 0, ECX) = 23},
    {"perfctr_nb", CPUID(0x80000001, 0, ECX) = 24},

    /* leaf 0x80000007, EDX */
    {"invtsc", CPUID(0x80000007, 0, EDX) = 8, .is_local = TRUE},

    /* leaf 0x80000008, EBX */
    {"clzero", CPUID(0x80000008, 0, EBX) = 0},
    {"xsaveerptr", CPUID(0x80000008, 0, EBX) = 2},
    {"wbnoinvd", CPUID(0x80000008, 0, EBX) = 9},
    {"ibpb", CPUID(0x80000008, 0, EBX) = 12},
    {"ibrs", CPUID(0x80000008, 0, EBX) = 14},
    {"amd-stibp", CPUID(0x80000008, 0, EBX) = 15},
    {"amd-ssbd", CPUID(0x80000008, 0, EBX) = 24},
    {"virt-ssbd", CPUID(0x80000008, 0, EBX) = 25},
    {"amd-no-ssb", CPUID(0x80000008, 0, EBX) = 26},

    /* leaf 0x8000000a, EDX */
    {"npt", CPUID(0x8000000a, 0, EDX) = 0},
    {"lbrv", CPUID(0x8000000a, 0, EDX) = 1},
    {"svm-lock", CPUID(0x8000000a, 0, EDX) = 2},
    {"nrip-save", CPUID(0x8000000a, 0, EDX) = 3},
    {"tsc-scale", CPUID(0x8000000a, 0, EDX) = 4},
    {"vmcb-clean", CPUID(0x8000000a, 0, EDX) = 5},
    {"flushbyasid", CPUID(0x8000000a, 0, EDX) = 6},
    {"decodeassists", CPUID(0x8000000a, 0, EDX) = 7},
    {"pause-filter", CPUID(0x8000000a, 0, EDX) = 10},
    {"pfthreshold", CPUID(0x8000000a, 0, EDX) = 12},
    {"avic", CPUID(0x8000000a, 0, EDX) = 13},
    {"v-vmsave-vmload", CPUID(0x8000000a, 0, EDX) = 15},
    {"vgif", CPUID(0x8000000a, 0, EDX) = 16},
    {"svme-addr-chk", CPUID(0x8000000a, 0, EDX) = 28},

    /* MSR 0x10a */
    {"rdctl-no", MSR(0x10a) = 0},
    {"ibrs-all", MSR(0x10a) = 1},
    {"rsba", MSR(0x10a) = 2},
    {"skip-l1dfl-vmentry", MSR(0x10a) = 3},
    {"ssb-no", MSR(0x10a) = 4},
    {"mds-no", MSR(0x10a) = 5},
    {"pschange-mc-no", MSR(0x10a) = 6},
    {"tsx-ctrl", MSR(0x10a) = 7},
    {"taa-no", MSR(0x10a) = 8},

    /* MSR 0xcf */
    {"split-lock-detect", MSR(0xcf) = 5},
};
/* clang-format on */

const guint cpu_feature_count = G_N_ELEMENTS(cpu_feature_table);
