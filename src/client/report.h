/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Errors as the public API has them: each thread's last error, the connection's last error, and the functions that want
 * to hear of them. Every failing public function reports exactly once, through here. Thread-safe.
 */
#pragma once

#include <glib.h>

#include "client/handle.h"
#include "rpc/protocol/message.h"

/* Makes error this thread's last error and tells the handlers. connection is the one it concerns, or NULL. */
void report_gerror(Connection *connection, const GError *error);

/* The same for what a daemon sent, word for word. */
void report_wire(Connection *connection, const virNetMessageError *wire);

/* The same for an error made here. domain VIR_FROM_*, code VIR_ERR_*. */
void report(Connection *connection, int domain, int code, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* "conn in virDomainGetInfo must not be NULL" and the like: VIR_ERR_INVALID_ARG. */
void report_invalid_arg(Connection *connection, int domain, const char *function, const char *arg, const char *rule);

/* Keeps the thread's last error over what follows, for clean-up that makes calls of its own. */
typedef struct _virError ReportSaved;
ReportSaved *report_save(void);
void report_restore(ReportSaved *saved);
