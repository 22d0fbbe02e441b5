/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the host's firmware says of the host, as a <sysinfo> document. Reads /sys, which does not wait. */
#pragma once

#include <glib.h>

/* The document, from the files of dir ("/sys/class/dmi/id"). Caller frees. NULL: VIR_ERR_CONFIG_UNSUPPORTED, the
 * firmware says nothing. */
char *sysinfo_format(const char *dir, GError **error);
