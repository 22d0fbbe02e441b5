/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Key codes. */
#pragma once

#include <glib.h>

/* QEMU's number of a key given in one of libvirt's code sets (VIR_KEYCODE_SET_*); -1 when it has none. FALSE: a set
 * that is not supported. */
gboolean keys_to_qemu(guint codeset, guint key, int *number);
