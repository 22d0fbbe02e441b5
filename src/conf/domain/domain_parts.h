/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows' functions for the parts of <domain> that are no plain scalars; for its table alone. */
#pragma once

#include "conf/domain/domain_def.h"

void domain_namespace_format(XmlWriter *writer, gconstpointer self, guint mode);

gboolean domain_name_parse(xmlNode *node, gpointer self, guint mode, GError **error);
void domain_name_format(XmlWriter *writer, gconstpointer self, guint mode);
void domain_name_clear(gpointer self);
void domain_name_own(gpointer self);

gboolean domain_uuid_parse(xmlNode *node, gpointer self, guint mode, GError **error);
void domain_uuid_format(XmlWriter *writer, gconstpointer self, guint mode);
gboolean domain_genid_parse(xmlNode *node, gpointer self, guint mode, GError **error);
void domain_genid_format(XmlWriter *writer, gconstpointer self, guint mode);

gboolean domain_metadata_parse(xmlNode *node, gpointer self, guint mode, GError **error);
void domain_metadata_format(XmlWriter *writer, gconstpointer self, guint mode);
void domain_metadata_clear(gpointer self);
void domain_metadata_own(gpointer self);

gboolean domain_max_memory_parse(xmlNode *node, gpointer self, guint mode, GError **error);
void domain_max_memory_format(XmlWriter *writer, gconstpointer self, guint mode);
gboolean domain_memory_parse(xmlNode *node, gpointer self, guint mode, GError **error);
void domain_memory_format(XmlWriter *writer, gconstpointer self, guint mode);

gboolean domain_vcpu_parse(xmlNode *node, gpointer self, guint mode, GError **error);
void domain_vcpu_format(XmlWriter *writer, gconstpointer self, guint mode);
void domain_vcpu_clear(gpointer self);
void domain_vcpu_own(gpointer self);

void domain_consoles_format(XmlWriter *writer, gconstpointer self, guint mode);
