/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Models of x86 processors that clients know by name. A new model is a line at the end of its vendor's.
 *
 *   name, the model it is told from (or NULL), vendor (NULL: of any), signatures, use, features
 *
 * Signatures are "family:model" or "family:model:steppings", of the processors that were sold as this. Features are a
 * difference: +more, -less than the other model, and ~those that the model once had here and has no more: a guest's
 * document that was written then means them, and QEMU's model of that name may have them.
 * Later models are preferred where two say the same.
 */
#include "cpu/model.h"

#define BOTH  CPU_MODEL_HOST | CPU_MODEL_GUEST /* describes hosts and guests */
#define HOST  CPU_MODEL_HOST                   /* guests get another, for the same features */
#define NEVER 0                                /* only where it is named */

/* clang-format off */
const CpuModelRow cpu_model_table[] = {
    {"486", NULL, NULL, NULL, BOTH, "+fpu +vme +pse"},
    {"pentium", "486", NULL, NULL, BOTH, "+de +tsc +msr +mce +cx8 +mmx"},
    {"pentium2", "pentium", NULL, NULL, BOTH, "+pae +sep +mtrr +pge +mca +cmov +pat +pse36 +fxsr"},
    {"pentium3", "pentium2", NULL, NULL, BOTH, "+sse"},
    {"pentiumpro", "pentium3", NULL, NULL, BOTH, "+apic +sse2 -vme -mtrr -mca -pse36"},
    {"coreduo", "pentiumpro", "Intel", NULL, BOTH, "+vme +mtrr +mca +clflush +pni +monitor +nx"},
    {"n270", "coreduo", "Intel", NULL, BOTH, "+ssse3"},
    {"core2duo", "n270", "Intel", NULL, BOTH, "+pse36 +syscall +lm"},
    {"qemu32", "pentiumpro", NULL, NULL, BOTH, "+pni"},
    {"kvm32", "qemu32", NULL, NULL, BOTH, "+mtrr +mca +pse36 +clflush"},
    {"cpu64-rhel5", "kvm32", NULL, NULL, NEVER, "+syscall +nx +lm"},
    {"cpu64-rhel6", "cpu64-rhel5", NULL, NULL, NEVER, "+cx16 +lahf_lm"},
    {"qemu64", "cpu64-rhel6", NULL, NULL, BOTH, "+svm -lahf_lm"},
    {"kvm64", "qemu64", NULL, NULL, BOTH, "-svm"},
    {"Conroe", "kvm64", "Intel", "6:15 6:22", BOTH, "+ssse3 +lahf_lm -cx16"},
    {"Penryn", "Conroe", "Intel", "6:23 6:29", BOTH, "+cx16 +sse4.1"},
    {"Nehalem", "Penryn", "Intel", "6:26 6:30 6:31 6:46", BOTH, "+sse4.2 +popcnt"},
    {"Nehalem-IBRS", "Nehalem", "Intel", "6:26 6:30 6:31 6:46", BOTH, "+spec-ctrl"},
    {"Westmere", "Nehalem", "Intel", "6:44 6:47 6:37", BOTH, "+aes"},
    {"Westmere-IBRS", "Westmere", "Intel", "6:44", BOTH, "+spec-ctrl"},
    {"SandyBridge", "Westmere", "Intel", "6:42 6:45", BOTH, "+pclmuldq +x2apic +tsc-deadline +xsave +avx +rdtscp"},
    {"SandyBridge-IBRS", "SandyBridge", "Intel", "6:42 6:45", BOTH, "+spec-ctrl"},
    {"IvyBridge", "SandyBridge", "Intel", "6:58 6:62", BOTH, "+vme +f16c +rdrand +fsgsbase +smep +erms"},
    {"IvyBridge-IBRS", "IvyBridge", "Intel", "6:58 6:62", BOTH, "+spec-ctrl"},
    {"Haswell-noTSX", "IvyBridge", "Intel", "6:60 6:63 6:69 6:70", BOTH,
     "+fma +pcid +movbe +bmi1 +avx2 +bmi2 +invpcid -vme -f16c -rdrand"},
    {"Haswell-noTSX-IBRS", "Haswell-noTSX", "Intel", "6:60 6:63 6:69 6:70", BOTH, "+spec-ctrl"},
    {"Haswell", "Haswell-noTSX", "Intel", "6:60 6:63 6:69 6:70", BOTH, "+hle +rtm"},
    {"Haswell-IBRS", "Haswell", "Intel", "6:60 6:63 6:69 6:70", BOTH, "+spec-ctrl"},
    {"Broadwell-noTSX", "Haswell-noTSX", "Intel", "6:61 6:71 6:79 6:86", BOTH, "+rdseed +adx +smap +3dnowprefetch"},
    {"Broadwell-noTSX-IBRS", "Broadwell-noTSX", "Intel", "6:61 6:71 6:79 6:86", BOTH, "+spec-ctrl"},
    {"Broadwell", "Broadwell-noTSX", "Intel", "6:61 6:71 6:79 6:86", BOTH, "+hle +rtm"},
    {"Broadwell-IBRS", "Broadwell", "Intel", "6:61 6:71 6:79 6:86", BOTH, "+spec-ctrl"},
    {"Skylake-Client", "Broadwell", "Intel", "6:94 6:78 6:142 6:158", BOTH,
     "+vme +f16c +rdrand +arat +mpx +xsaveopt +xsavec +xgetbv1 +abm"},
    {"Skylake-Client-IBRS", "Skylake-Client", "Intel", "6:94 6:78 6:142 6:158", BOTH, "+spec-ctrl"},
    {"Skylake-Client-noTSX-IBRS", "Skylake-Client-IBRS", "Intel", "6:94 6:78 6:142 6:158", HOST, "-hle -rtm"},
    {"Skylake-Server", "Skylake-Client", "Intel", "6:85:0-4", BOTH,
     "+avx512f +avx512dq +clwb +avx512cd +avx512bw +avx512vl +pdpe1gb"},
    {"Skylake-Server-IBRS", "Skylake-Server", "Intel", "6:85:0-4", BOTH, "+spec-ctrl"},
    {"Skylake-Server-noTSX-IBRS", "Skylake-Server-IBRS", "Intel", "6:85:0-4", HOST, "-hle -rtm"},
    {"Cascadelake-Server", "Skylake-Server-IBRS", "Intel", "6:85:5-7", BOTH, "+clflushopt +avx512vnni +ssbd"},
    {"Cascadelake-Server-noTSX", "Cascadelake-Server", "Intel", "6:85:5-7", HOST, "-hle -rtm"},
    {"Icelake-Client", "Skylake-Client-IBRS", "Intel", "6:126", BOTH,
     "+avx512vbmi +umip +pku +avx512vbmi2 +gfni +vaes +vpclmulqdq +avx512vnni +avx512bitalg +avx512-vpopcntdq "
     "+ssbd +wbnoinvd ~intel-pt"},
    {"Icelake-Client-noTSX", "Icelake-Client", "Intel", "6:126", HOST, "-hle -rtm ~intel-pt"},
    {"Icelake-Server", "Icelake-Client", "Intel", "6:106", BOTH,
     "+avx512f +avx512dq +clflushopt +clwb +avx512cd +avx512bw +avx512vl +la57 +pdpe1gb ~intel-pt"},
    {"Icelake-Server-noTSX", "Icelake-Server", "Intel", "6:106", HOST, "-hle -rtm ~intel-pt"},
    {"Cooperlake", "Cascadelake-Server", "Intel", "6:85:10-11", BOTH,
     "+pku +stibp +arch-capabilities +avx512-bf16 +rdctl-no +ibrs-all +skip-l1dfl-vmentry +mds-no +pschange-mc-no "
     "+taa-no -mpx"},
    {"Snowridge", "IvyBridge-IBRS", "Intel", "6:134", BOTH,
     "+movbe +arat +rdseed +smap +clflushopt +clwb +sha-ni +umip +gfni +cldemote +movdiri +movdir64b "
     "+arch-capabilities +core-capability +ssbd +xsaveopt +xsavec +xgetbv1 +pdpe1gb +3dnowprefetch "
     "+split-lock-detect -avx -f16c"},
    {"athlon", "pentiumpro", "AMD", NULL, BOTH, "+vme +mtrr +pse36 +mmxext +3dnowext +3dnow"},
    {"phenom", "qemu64", "AMD", NULL, BOTH, "+monitor +mmxext +fxsr_opt +3dnowext +3dnow -cx16"},
    {"Opteron_G1", "kvm64", "AMD", "15:6", BOTH, "-cx16"},
    {"Opteron_G2", "qemu64", "AMD", "15:6", BOTH, "+rdtscp +lahf_lm"},
    {"Opteron_G3", "Opteron_G2", "AMD", "15:6", BOTH, "+popcnt +abm +sse4a +misalignsse ~monitor"},
    {"Opteron_G4", "Opteron_G3", "AMD", "21:1", BOTH,
     "+pclmuldq +ssse3 +sse4.1 +sse4.2 +aes +xsave +avx +pdpe1gb +3dnowprefetch +xop +fma4"},
    {"Opteron_G5", "Opteron_G4", "AMD", "21:2", BOTH, "+fma +f16c +tbm"},
    {"EPYC", "Opteron_G5", "AMD", "23:1", BOTH,
     "+vme +movbe +rdrand +arat +fsgsbase +bmi1 +avx2 +smep +bmi2 +rdseed +adx +smap +clflushopt +sha-ni +xsaveopt "
     "+xsavec +xgetbv1 +mmxext +fxsr_opt +cr8legacy +osvw -xop -fma4 -tbm ~monitor"},
    {"EPYC-IBPB", "EPYC", "AMD", "23:1", BOTH, "+ibpb ~monitor"},
    {"EPYC-Rome", "EPYC-IBPB", "AMD", "23:49", BOTH,
     "+clwb +umip +rdpid +perfctr_core +clzero +xsaveerptr +wbnoinvd +amd-stibp +npt +nrip-save"},
    {"EPYC-Milan", "EPYC-Rome", "AMD", "25:1", BOTH,
     "+pcid +erms +invpcid +pku +fsrm +xsaves +ibrs +amd-ssbd +svme-addr-chk"},
    {"Dhyana", "EPYC-IBPB", "Hygon", "24:0", BOTH, "-pclmuldq -aes -sha-ni ~monitor"},
};
/* clang-format on */

const guint cpu_model_rows = G_N_ELEMENTS(cpu_model_table);
