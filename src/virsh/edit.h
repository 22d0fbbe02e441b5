/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changing a document with the user's editor ($VISUAL, $EDITOR, or vi). */
#pragma once

#include "virsh/shell.h"

/* Takes the changed document over; FALSE: it was refused, reported. data is edit_document's. */
typedef gboolean (*EditDefine)(Shell *shell, const char *xml, gpointer data);

/*
 * Lets the user change xml and hands it to define, again after a refusal if the user wants. what and name are for the
 * messages: "Network", "default". TRUE also when nothing was changed.
 */
gboolean edit_document(Shell *shell, const char *xml, const char *what, const char *name, EditDefine define,
                       gpointer data);
