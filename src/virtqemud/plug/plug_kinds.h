/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of a guest can come and go, in its definition and while it runs; how callers are told what cannot. Pure. */
#pragma once

#include "conf/domain/domain_device.h"

/* FALSE: VIR_ERR_OPERATION_UNSUPPORTED. live: of a guest that runs, else of a definition. */
gboolean plug_can_attach(const DomainDevice *device, gboolean is_live, GError **error);

/* def is what the device is in. FALSE: as above, or VIR_ERR_OPERATION_FAILED, others are plugged into it. */
gboolean plug_can_detach(const DomainDef *def, const DomainDevice *device, gboolean is_live, GError **error);

/* Whether devices of that kind ever go; to be asked before a device is looked for. FALSE: as above. */
gboolean plug_knows_detach(const DomainDevice *like, gboolean is_live, GError **error);

/* Whether it is one that a running QEMU has under its alias, so that it can be asked whether it is still there. */
gboolean plug_has_qdev(const DomainDef *def, const DomainDevice *device);

/* Fills found, borrowed from def. FALSE: VIR_ERR_DEVICE_MISSING or what the peer says for that kind;
 * VIR_ERR_OPERATION_FAILED, several are meant. */
gboolean plug_find(const DomainDef *def, const DomainDevice *like, gboolean is_live, DomainDevice *found,
                   GError **error);
