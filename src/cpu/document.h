/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <cpu> documents by themselves, as calls take them: a host's, which has an <arch>, or what a guest asks for.
 * Thread-safe; never blocks. */
#pragma once

#include "conf/domain/machine/machine.h"

typedef struct {
    gboolean is_host;
    char *arch; /* NULL: not said */
    DomainCpu *cpu;
} CpuDocument;

typedef enum {
    CPU_DOCUMENT_ANY,  /* a host's when it has an <arch> */
    CPU_DOCUMENT_HOST, /* a host's, whatever it has */
} CpuDocumentKind;

/* validate: what is not known is refused. NULL: VIR_ERR_XML_* for a document that is none, VIR_ERR_CONFIG_UNSUPPORTED
 * for one that is of both kinds. Free with cpu_document_free(). */
CpuDocument *cpu_document_parse(const char *xml, CpuDocumentKind kind, gboolean validate, GError **error);
void cpu_document_free(CpuDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CpuDocument, cpu_document_free)

/* The document of what a guest is given. Caller frees. */
char *cpu_document_format(const DomainCpu *cpu);

gboolean cpu_arch_is_x86(const char *arch);

DomainCpu *cpu_new(void);
DomainCpu *cpu_copy(const DomainCpu *cpu);
void cpu_free(DomainCpu *cpu);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DomainCpu, cpu_free)
