/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of <graphics> that says where to listen; for its table alone. */
#pragma once

#include "conf/domain/device/graphics.h"

/* Functions of the row for <listen>; parse is called once per element. */
gboolean graphics_listen_parse(xmlNode *node, gpointer self, guint mode, GError **error);
void graphics_listens_format(XmlWriter *writer, gconstpointer self, guint mode);
void graphics_listens_clear(gpointer self);
void graphics_listens_own(gpointer self);

/* Write the attributes of <graphics> that repeat the first <listen>. */
void graphics_listen_attribute_format(XmlWriter *writer, gconstpointer self, guint mode);
void graphics_socket_attribute_format(XmlWriter *writer, gconstpointer self, guint mode);

/* Brings the attributes "listen" and "socket" of node and the elements together; there is a listen afterwards.
 * VIR_ERR_CONFIG_UNSUPPORTED when they contradict each other. */
gboolean graphics_listens_settle(xmlNode *node, GraphicsDef *graphics, GError **error);
