/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Errors: GError with libvirt's numbers. The quark is the domain (VIR_FROM_*), the code a VIR_ERR_*, the message the
 * detail only ("no network with matching name 'x'"); the text of the code goes before it where the error is shown or
 * sent.
 */
#pragma once

#include <glib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

/* The quark of a VIR_FROM_* domain. Thread-safe. */
GQuark vir_error_quark(int domain);

/* The VIR_FROM_* number of an error's quark; VIR_FROM_NONE for a quark that is not one of ours (GIO's, say). */
int vir_error_domain(const GError *error);

/* The VIR_ERR_* number; VIR_ERR_INTERNAL_ERROR for errors of foreign quarks. */
int vir_error_code(const GError *error);

/* Sets *error, if error is not NULL. domain VIR_FROM_*, code VIR_ERR_*. */
void vir_error_set(GError **error, int domain, int code, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* The same, and FALSE: for functions that end with it. */
gboolean vir_error_fail(GError **error, int domain, int code, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* As vir_error_set(), with ": " and the text of errnum behind it; the code is VIR_ERR_SYSTEM_ERROR. */
void vir_error_set_errno(GError **error, int domain, int errnum, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* True when error is one of ours with this code. NULL is no error. */
gboolean vir_error_is(const GError *error, int code);

/* The printf format that goes with a code: with one %s for the detail, or without when has_detail is FALSE. Static. */
const char *vir_error_code_format(int code, gboolean has_detail);

/* "Network Driver" for VIR_FROM_NETWORK, "" for VIR_FROM_NONE and unknown numbers. Static. */
const char *vir_error_domain_name(int domain);

/* The text that users see: the code's text and the detail. Caller frees. */
char *vir_error_message(const GError *error);
