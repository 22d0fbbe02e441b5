/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages for systemd's journal, by its native protocol: one datagram of FIELD=value lines. Thread-safe, never blocks.
 */
#pragma once

#include <glib.h>

/* Whether a journal listens on this host. */
gboolean journal_is_present(void);

/* Sends one message; priority is syslog's. Dropped when the journal does not take it. */
void journal_send(int priority, const char *source, const char *file, int line, const char *function, const char *text);
