/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML documents as commands show them: whole, or what an XPath expression finds in them. */
#pragma once

#include <libxml/tree.h>

#include "virsh/command.h"

/* For the option lists of commands that show one. */
#define OPTION_XPATH                                                                                                   \
    {                                                                                                                  \
        "xpath", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "show only what this XPath expression finds"            \
    }
#define OPTION_WRAP FLAG("wrap", "put what was found into one document")

/* Prints the document as the command's --xpath, --wrap and --output say. FALSE: reported, the expression is none. */
gboolean document_print(Shell *shell, const Arguments *arguments, const char *xml);

/* A part of a document by itself, ending its last line. Caller frees. */
char *document_node_text(xmlDoc *doc, xmlNode *node);

/* The document of what the domain runs, or of what is defined. NULL: reported. Free with xmlFreeDoc. */
xmlDoc *document_of_domain(Shell *shell, virDomainPtr domain, gboolean is_config);

/* Whether the node's child element has this value for the attribute; letters of both cases are alike. */
gboolean document_has(xmlNode *node, const char *child, const char *attribute, const char *wanted);

/* The first device of a domain's document, and the next one: elements called kind. NULL: no more. */
xmlNode *document_first_device(xmlDoc *doc, const char *kind);
xmlNode *document_next_device(xmlNode *device);
