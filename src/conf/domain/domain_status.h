/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The state file of a running guest: <domstatus state= reason= pid=>, the driver's own elements, then the live
 * <domain>. On libvirt's path and in its form, so that either may find the other's guests.
 */
#pragma once

#include "conf/domain/domain_def.h"

typedef struct {
    int state;  /* VIR_DOMAIN_* */
    int reason; /* of that state */
    int pid;
} DomainStatus;

/* The driver's own part. private_data is what the caller passed. write puts elements into the open <domstatus>; read
 * gets the <domstatus> node and returns FALSE with *error set when it will not do. */
typedef struct {
    void (*write)(XmlWriter *writer, const DomainDef *def, gpointer private_data);
    gboolean (*read)(xmlNode *node, DomainDef *def, gpointer private_data, GError **error);
} DomainStatusHooks;

/* The text of a state and of its reason, as in the file and in events: "running", "booted". NULL when unknown. */
const char *domain_state_name(int state);
const char *domain_state_reason_name(int state, int reason);

/* The document, with secrets. Caller frees. */
char *domain_status_format(const DomainStatus *status, const DomainDef *def, const DomainStatusHooks *hooks,
                           gpointer private_data);

/* Reads one. *status is set on success. Free the result with domain_def_free; NULL with VIR_ERR_XML_ERROR (state, pid
 * or domain missing or unknown) or what domain_def_parse says. */
DomainDef *domain_status_parse(const char *xml, DomainStatus *status, const DomainDefaults *defaults,
                               const DomainStatusHooks *hooks, gpointer private_data, GError **error);
