/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams to a guest's serial ports and consoles. For the loop; never blocks. */
#pragma once

#include "daemon/stream.h"
#include "virtqemud/guest/guest.h"

/*
 * Connects stream with a character device of the running guest: the one with this alias, or (NULL) its first console,
 * serial or parallel port. flags VIR_DOMAIN_CONSOLE_*: FORCE ends the session that is there. FALSE:
 * VIR_ERR_INVALID_ARG, no such device; VIR_ERR_OPERATION_FAILED, somebody else has it, or it is of a kind without a
 * console.
 */
gboolean console_open(Guest *guest, const char *alias, guint flags, DaemonStream *stream, GError **error);

/* Ends all streams of the guest. */
void console_end_all(Guest *guest);
