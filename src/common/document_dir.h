/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A directory of definitions, as each of libvirt's drivers has one:
 *
 *   DIR/NAME.xml            a document
 *   DIR/autostart/NAME.xml  a link to it, when it starts with the host
 *
 * Functions that write wait for the disk. Any thread. Errors: VIR_ERR_SYSTEM_ERROR of the given domain.
 */
#pragma once

#include <glib.h>

/* DIR/NAME.xml. Caller frees. */
char *document_path(const char *dir, const char *name);

/* Replaces the document by text, with permissions 0600. */
gboolean document_write(const char *dir, const char *name, const char *text, int domain, GError **error);

/* Removes the document and its link. Neither need be there. */
gboolean document_remove(const char *dir, const char *name, int domain, GError **error);

gboolean document_set_autostart(const char *dir, const char *name, gboolean autostart, int domain, GError **error);

/* One that is there. Valid during the call. */
typedef struct {
    const char *name, *path;
    gboolean is_autostart;
} Document;

/* Removes what a killed daemon had not finished, then calls func with each document. */
void document_for_each(const char *dir, void (*func)(const Document *document, gpointer data), gpointer data);

/* Whether run_dir, which is emptied when the host starts, sees this call for the first time; from now on it has not. */
gboolean document_is_first_start(const char *run_dir);
