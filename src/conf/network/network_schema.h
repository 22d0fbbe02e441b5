/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the schema says of a <network>'s values beyond what its rows take: attributes that must be there, that exclude
 * each other, that have a form of their own. Looked at only when a document is validated; unknown elements and
 * attributes are the rows' business.
 */
#pragma once

#include <glib.h>
#include <libxml/tree.h>

/* FALSE: VIR_FROM_XML, VIR_ERR_XML_INVALID_SCHEMA, naming element, attribute and line. */
gboolean network_schema_check(xmlNode *network, GError **error);
