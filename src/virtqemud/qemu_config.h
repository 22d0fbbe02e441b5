/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu.conf: the keys that have an effect here, and the peer's others, which are taken without one. */
#pragma once

#include <glib.h>

/* Reads the file into the driver's settings. FALSE: VIR_ERR_CONF_SYNTAX with file, line and key. */
gboolean config_load(GError **error);
