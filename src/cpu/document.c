/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cpu/document.h"

#include "common/error.h"
#include "conf/domain/domain_def.h"
#include "conf/xml_table.h"

gboolean cpu_arch_is_x86(const char *arch)
{
    return g_str_equal(arch, "x86_64") || g_str_equal(arch, "i686");
}

DomainCpu *cpu_new(void)
{
    return xml_struct_new(&cpu_element);
}

DomainCpu *cpu_copy(const DomainCpu *cpu)
{
    return xml_struct_copy(&cpu_element, cpu);
}

void cpu_free(DomainCpu *cpu)
{
    xml_struct_free(&cpu_element, cpu);
}

void cpu_document_free(CpuDocument *document)
{
    if (!document)
        return;
    g_free(document->arch);
    cpu_free(document->cpu);
    g_free(document);
}

static gboolean fault(GError **error, const char *text)
{
    return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_XML_ERROR, "%s", text);
}

/* What belongs to hosts only, or to guests only. */
static gboolean check_host(xmlNode *node, const CpuDocument *document, CpuDocumentKind kind, GError **error)
{
    if (kind == CPU_DOCUMENT_ANY && xmlHasProp(node, (const xmlChar *)"match"))
        return fault(error, "'arch' element cannot be used inside 'cpu' element with 'match' attribute'");
    if (xmlHasProp(node, (const xmlChar *)"mode"))
        return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_CONFIG_UNSUPPORTED,
                              "Attribute mode is only allowed for guest CPU");
    if (!document->arch || !*document->arch)
        return fault(error, "Missing CPU architecture");
    if (!domain_arch_is_known(document->arch))
        return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_CONFIG_UNSUPPORTED, "Unknown architecture %s",
                              document->arch);
    if (!document->cpu->model)
        return fault(error, "Missing CPU model name");
    return TRUE;
}

CpuDocument *cpu_document_parse(const char *xml, CpuDocumentKind kind, gboolean validate, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, "cpu", "(CPU_definition)", VIR_FROM_CPU, error);
    xmlNode *node = doc ? xmlDocGetRootElement(doc) : NULL;
    xmlNode *arch = node ? xml_child(node, "arch") : NULL;
    g_autoptr(CpuDocument) document = g_new0(CpuDocument, 1);

    if (!node)
        return NULL;
    document->is_host = arch || kind == CPU_DOCUMENT_HOST;
    document->arch = arch ? xml_text(arch) : NULL;
    /* A host's document has more than a guest's rows name. */
    document->cpu = xml_struct_parse(&cpu_element, node,
                                     validate && !document->is_host ? XML_MODE_VALIDATE : XML_MODE_INACTIVE, error);
    if (!document->cpu || (document->is_host && !check_host(node, document, kind, error)))
        return NULL;
    for (guint i = 0; document->is_host && document->cpu->features && i < document->cpu->features->len; i++)
        ((CpuFeature *)g_ptr_array_index(document->cpu->features, i))->policy = CPU_FEATURE_REQUIRE;
    return g_steal_pointer(&document);
}

char *cpu_document_format(const DomainCpu *cpu)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();

    xml_struct_write(&cpu_element, writer, "cpu", cpu, XML_MODE_INACTIVE);
    return xml_writer_take(writer);
}
