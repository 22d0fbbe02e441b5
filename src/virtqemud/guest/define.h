/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a document that a client sent to a guest in the list. For the loop. */
#pragma once

#include "virtqemud/guest/guest.h"

typedef enum { DEFINE_PERSISTENT, DEFINE_TRANSIENT } DefineKind;

/* What comes after the document was understood: guest is in the list, def what the document says, to be taken. Defers
 * the call. */
typedef void (*Defined)(RpcCall *call, Guest *guest, DomainDef *def, guint flags);

/*
 * What a handler does and returns. Reads, completes and checks the document, then checks that the caller may do this
 * and that name and UUID are free or one guest's, and calls next. A long document, or one about an emulator whose
 * capabilities are to be asked for, is read by a worker meanwhile. mode: XML_MODE_VALIDATE or 0. FALSE: as
 * define_parse(), VIR_ERR_ACCESS_DENIED, VIR_ERR_OPERATION_FAILED for another guest's name or UUID,
 * VIR_ERR_OPERATION_INVALID for a transient guest that runs.
 */
gboolean define_from_xml(RpcCall *call, const char *xml, guint mode, DefineKind kind, guint flags, Defined next,
                         GError **error);

/* A definition that was changed: completes and checks it, and whether it can be run. Blocks; for jobs. FALSE: as
 * define_parse(). */
gboolean define_settle(DomainDef *def, GError **error);

/* What is done on a worker, by itself: for calls that only need the definition. NULL as from domain_def_parse(), or
 * VIR_ERR_CONFIG_UNSUPPORTED for what cannot be run. caps (or NULL) is set to the emulator's, to be released. Blocks.
 */
DomainDef *define_parse(const char *xml, guint mode, EmulatorCaps **caps, GError **error);
