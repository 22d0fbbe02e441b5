/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A <cpu> document: what is taken can be compared and made a baseline of, and its answer can be read. */
#include <stdint.h>

#include "cpu/compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const CpuChoice choice = {.use = CPU_MODEL_GUEST};
    g_autofree char *xml = g_strndup((const char *)data, size);
    g_autoptr(CpuDocument) document = cpu_document_parse(xml, CPU_DOCUMENT_ANY, FALSE, NULL);
    g_autoptr(GPtrArray) cpus = g_ptr_array_new();
    g_autoptr(DomainCpu) cpu = NULL;
    g_autoptr(CpuDocument) again = NULL;
    g_autofree char *text = NULL;

    if (!document)
        return 0;
    cpu_compare(document->cpu, document, FALSE, NULL);
    g_ptr_array_add(cpus, document);
    cpu = cpu_baseline(cpus, &choice, NULL, NULL);
    if (!cpu)
        return 0;
    g_assert_true(cpu_expand(cpu, NULL));
    text = cpu_document_format(cpu);
    again = cpu_document_parse(text, CPU_DOCUMENT_ANY, TRUE, NULL);
    g_assert_nonnull(again);
    return 0;
}
