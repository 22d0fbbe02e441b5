/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processors of x86: from recorded CPUID answers to features and models, and what documents ask against them. */
#include <string.h>

#include "common/error.h"
#include "cpu/identify.h"
#include "cpu/update.h"

/* What a processor answers; leaves that are not listed say nothing. */
typedef struct {
    guint32 leaf, subleaf, eax, ebx, ecx, edx;
} Leaf;

/* An EPYC of the fourth kind as a virtual machine sees it, measured; features that its hypervisor hides are not there.
 */
static const Leaf epyc[] = {
    {0x0, 0, 0x0000001c, 0x68747541, 0x444d4163, 0x69746e65},
    {0x1, 0, 0x00a10f11, 0x01020800, 0xfffa3203, 0x178bfbff},
    {0x6, 0, 0x00000004, 0x00000000, 0x00000000, 0x00000000},
    {0x7, 0, 0x00000001, 0xf1bf07ab, 0x00405fc6, 0x00000010},
    {0x7, 1, 0x00000020, 0x00000000, 0x00000000, 0x00000000},
    {0xd, 1, 0x0000000f, 0x000009a8, 0x00001800, 0x00000000},
    {0x80000000, 0, 0x80000021, 0x68747541, 0x444d4163, 0x69746e65},
    {0x80000001, 0, 0x00a10f11, 0x40000000, 0x004003f3, 0x2fd3fbff},
    {0x80000007, 0, 0x00000000, 0x00000000, 0x00000000, 0x00000100},
    {0x80000008, 0, 0x00303030, 0x50020005, 0x00007001, 0x00000000},
    {0x8000000a, 0, 0x00000000, 0x00000000, 0x00000000, 0x00000000},
    {0},
};

/* A Nehalem, made of the bits that Intel documents for it. */
static const Leaf nehalem[] = {
    {0x0, 0, 0xb, 0x756e6547, 0x6c65746e, 0x49656e69},
    {0x1, 0, 0x000106a5, 0, 0x00982201, 0x078bfbff},
    {0x80000000, 0, 0x80000008, 0, 0, 0},
    {0x80000001, 0, 0, 0, 0x1, 0x20100800},
    {0},
};

static void answer_of(guint32 leaf, guint32 subleaf, guint32 answer[4], gpointer data)
{
    memset(answer, 0, 4 * sizeof(*answer));
    for (const Leaf *line = data; line->leaf || line->eax; line++)
        if (line->leaf == leaf && line->subleaf == subleaf)
            memcpy(answer, &line->eax, 4 * sizeof(*answer));
}

static void read_facts(CpuFacts *facts, const Leaf *leaves)
{
    const CpuSource source = {.cpuid = answer_of, .data = (gpointer)leaves};

    cpu_facts_read(facts, &source);
}

static gboolean has(const CpuFacts *facts, const char *name)
{
    return cpu_set_has(&facts->features, (guint)cpu_feature_find(name));
}

static void test_tables(void)
{
    const CpuModel *models = cpu_models();

    for (guint i = 0; i < cpu_feature_count; i++) {
        g_autofree char *qemu_name = cpu_feature_qemu_name(cpu_feature_table[i].name);

        g_assert_cmpint(cpu_feature_find(cpu_feature_table[i].name), ==, (int)i);
        g_assert_cmpint(cpu_feature_find_qemu(qemu_name), ==, (int)i);
        for (guint j = 0; j < i; j++) {
            const CpuFeatureRow *a = &cpu_feature_table[i], *b = &cpu_feature_table[j];

            g_assert_false(a->is_msr == b->is_msr && a->leaf == b->leaf && a->subleaf == b->subleaf &&
                           a->reg == b->reg && a->bit == b->bit);
        }
    }
    for (guint i = 0; i < cpu_model_rows; i++) {
        g_assert_true(cpu_model_find(models[i].name) == &models[i]);
        g_assert_true(!models[i].vendor || cpu_vendor_id(models[i].vendor));
    }
    g_assert_cmpint(cpu_feature_find("pclmuldq"), ==, cpu_feature_find_qemu("pclmulqdq"));
    g_assert_cmpint(cpu_feature_find("no-such"), ==, -1);
    g_assert_null(cpu_model_find("no-such"));
}

static void test_identify(void)
{
    CpuFacts facts;

    read_facts(&facts, epyc);
    g_assert_cmpstr(facts.vendor, ==, "AMD");
    g_assert_cmpuint(facts.signature.family, ==, 25);
    g_assert_cmpuint(facts.signature.model, ==, 17);
    g_assert_cmpuint(facts.signature.stepping, ==, 1);
    g_assert_true(has(&facts, "lm") && has(&facts, "avx512f") && has(&facts, "clzero") && !has(&facts, "svm"));
    read_facts(&facts, nehalem);
    g_assert_cmpstr(facts.vendor, ==, "Intel");
    g_assert_cmpuint(facts.signature.family, ==, 6);
    g_assert_cmpuint(facts.signature.model, ==, 26);
    g_assert_true(has(&facts, "sse4.2") && !has(&facts, "aes"));
}

static void test_choose(void)
{
    const CpuChoice host = {.use = CPU_MODEL_HOST}, guest = {.use = CPU_MODEL_GUEST};
    g_autoptr(DomainCpu) cpu = cpu_new();
    g_autoptr(GError) error = NULL;
    CpuFacts facts;

    /* Without SVM it is none of the EPYC models. */
    read_facts(&facts, epyc);
    g_assert_true(cpu_choose_model(cpu, &facts, &host, &error));
    g_assert_cmpstr(cpu->model, ==, "kvm64");
    g_assert_nonnull(cpu_find_feature(cpu, "avx512-vpopcntdq"));
    read_facts(&facts, nehalem);
    g_assert_true(cpu_choose_model(cpu, &facts, &host, &error));
    g_assert_cmpstr(cpu->model, ==, "Nehalem");
    g_assert_cmpstr(cpu->vendor, ==, "Intel");
    g_assert_nonnull(cpu_find_feature(cpu, "vme"));
    /* A host is never described by a model of which it lacks something; a guest may be. */
    cpu_set_remove(&facts.features, (guint)cpu_feature_find("sse4.2"));
    g_assert_true(cpu_choose_model(cpu, &facts, &guest, &error));
    g_assert_cmpstr(cpu->model, ==, "Nehalem");
    g_assert_cmpint(cpu_find_feature(cpu, "sse4.2")->policy, ==, CPU_FEATURE_DISABLE);
    g_assert_true(cpu_choose_model(cpu, &facts, &host, &error));
    g_assert_cmpstr(cpu->model, ==, "Penryn");
}

static virCPUCompareResult compare(const char *xml, char **message)
{
    static const char host_xml[] = "<cpu><arch>x86_64</arch><model>Nehalem</model><vendor>Intel</vendor></cpu>";
    g_autoptr(CpuDocument) host = cpu_document_parse(host_xml, CPU_DOCUMENT_HOST, FALSE, NULL);
    g_autoptr(CpuDocument) cpu = cpu_document_parse(xml, CPU_DOCUMENT_ANY, FALSE, NULL);
    g_autoptr(GError) error = NULL;
    virCPUCompareResult result = cpu_compare(host->cpu, cpu, message != NULL, &error);

    if (message)
        *message = g_strdup(error ? error->message : "");
    return result;
}

static void test_compare(void)
{
    g_autofree char *message = NULL;

    g_assert_cmpint(compare("<cpu><model>Nehalem</model></cpu>", NULL), ==, VIR_CPU_COMPARE_IDENTICAL);
    g_assert_cmpint(compare("<cpu><model>Penryn</model></cpu>", NULL), ==, VIR_CPU_COMPARE_SUPERSET);
    g_assert_cmpint(compare("<cpu><model>Westmere</model></cpu>", NULL), ==, VIR_CPU_COMPARE_INCOMPATIBLE);
    g_assert_cmpint(compare("<cpu match='strict'><model>Penryn</model></cpu>", NULL), ==, VIR_CPU_COMPARE_INCOMPATIBLE);
    g_assert_cmpint(compare("<cpu><arch>ppc64</arch><model>x</model></cpu>", NULL), ==, VIR_CPU_COMPARE_INCOMPATIBLE);
    g_assert_cmpint(compare("<cpu><model>no-such</model></cpu>", NULL), ==, VIR_CPU_COMPARE_ERROR);
    g_assert_cmpint(compare("<cpu><model>Westmere</model></cpu>", &message), ==, VIR_CPU_COMPARE_ERROR);
    g_assert_cmpstr(message, ==, "Host CPU does not provide required features: aes");
}

static void free_document(gpointer document)
{
    cpu_document_free(document);
}

static DomainCpu *baseline(const char *const *models, GError **error)
{
    const CpuChoice choice = {.use = CPU_MODEL_GUEST};
    g_autoptr(GPtrArray) cpus = g_ptr_array_new_with_free_func(free_document);

    for (; *models; models++) {
        g_autofree char *xml = g_strdup_printf("<cpu><arch>x86_64</arch><model>%s</model></cpu>", *models);

        g_ptr_array_add(cpus, cpu_document_parse(xml, CPU_DOCUMENT_HOST, FALSE, NULL));
    }
    return cpu_baseline(cpus, &choice, NULL, error);
}

/* The second of each pair of answers is that to take nothing away is better than a short list. */
static void test_baseline(void)
{
    static const struct {
        const char *models[3], *answer;
    } cases[] = {
        {{"Nehalem"}, "Nehalem"},
        {{"Haswell", "SandyBridge"}, "SandyBridge"},
        {{"SandyBridge", "Opteron_G2"}, "kvm64"},
        {{"coreduo", "kvm32"}, "kvm32"},
        {{"athlon", "EPYC"}, "athlon"},
        {{"Skylake-Server", "Opteron_G4"}, "Opteron_G4"},
        {{"Skylake-Client", "EPYC"}, "kvm64"},
    };
    const char *const nobody[] = {NULL}, *const vendors[] = {"486", "Nehalem", "EPYC", NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(DomainCpu) expanded = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(DomainCpu) cpu = baseline(cases[i].models, NULL);

        g_assert_nonnull(cpu);
        g_assert_cmpstr(cpu->model, ==, cases[i].answer);
    }
    g_assert_null(baseline(nobody, &error));
    g_assert_true(vir_error_is(error, VIR_ERR_INVALID_ARG));
    g_clear_error(&error);
    g_assert_null(baseline(vendors, &error));
    g_assert_true(vir_error_is(error, VIR_ERR_OPERATION_FAILED));
    expanded = baseline(cases[0].models, NULL);
    g_assert_true(cpu_expand(expanded, NULL));
    g_assert_cmpstr(((CpuFeature *)g_ptr_array_index(expanded->features, 0))->name, ==, "apic");
}

static void test_update(void)
{
    g_autoptr(CpuDocument) host = cpu_document_parse(
        "<cpu><model>Nehalem</model><feature policy='require' name='vme'/></cpu>", CPU_DOCUMENT_ANY, FALSE, NULL);
    g_autoptr(CpuDocument) guest = cpu_document_parse(
        "<cpu mode='host-model'><feature policy='optional' name='aes'/></cpu>", CPU_DOCUMENT_ANY, FALSE, NULL);
    g_autoptr(CpuDocument) more =
        cpu_document_parse("<cpu check='partial'><model>Westmere</model></cpu>", CPU_DOCUMENT_ANY, FALSE, NULL);
    const CpuTarget target = {.host_model = host->cpu, .host = host->cpu};
    g_autoptr(GError) error = NULL;
    CpuSet has, lacks = {{0}};

    g_assert_true(cpu_settle(guest->cpu, &target, &error));
    g_assert_cmpstr(guest->cpu->model, ==, "Nehalem");
    g_assert_cmpint(guest->cpu->mode, ==, CPU_MODE_CUSTOM);
    g_assert_cmpint(cpu_find_feature(guest->cpu, "aes")->policy, ==, CPU_FEATURE_DISABLE);
    g_assert_false(cpu_settle(more->cpu, &target, &error));
    g_assert_true(vir_error_is(error, VIR_ERR_CPU_INCOMPATIBLE));
    g_clear_error(&error);

    g_assert_true(cpu_features_of(&has, guest->cpu, CPU_PICK_ALL, NULL));
    cpu_set_add(&has, (guint)cpu_feature_find("hypervisor"));
    cpu_set_remove(&has, (guint)cpu_feature_find("vme"));
    g_assert_true(cpu_take_live(guest->cpu, &has, &lacks, &error));
    g_assert_cmpint(guest->cpu->check, ==, CPU_CHECK_FULL);
    g_assert_cmpint(cpu_find_feature(guest->cpu, "hypervisor")->policy, ==, CPU_FEATURE_REQUIRE);
    g_assert_cmpint(cpu_find_feature(guest->cpu, "vme")->policy, ==, CPU_FEATURE_DISABLE);
    /* What was checked in full may not change. */
    cpu_set_add(&has, (guint)cpu_feature_find("vme"));
    g_assert_false(cpu_take_live(guest->cpu, &has, &lacks, &error));
    g_assert_cmpstr(error->message, ==, "guest CPU doesn't match specification: extra features: vme");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cpu/tables", test_tables);
    g_test_add_func("/cpu/identify", test_identify);
    g_test_add_func("/cpu/choose", test_choose);
    g_test_add_func("/cpu/compare", test_compare);
    g_test_add_func("/cpu/baseline", test_baseline);
    g_test_add_func("/cpu/update", test_update);
    return g_test_run();
}
