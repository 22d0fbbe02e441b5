/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changing a text with the user's editor ($VISUAL, $EDITOR, or vi). */
#pragma once

#include "virsh/shell.h"

/* Takes the changed text over; FALSE: it was refused, reported. data is edit_document's. */
typedef gboolean (*EditDefine)(Shell *shell, const char *text, gpointer data);

/*
 * Lets the user change text and hands it to define, again after a refusal if the user wants. what is for the messages:
 * "Network default XML configuration". TRUE also when nothing was changed.
 */
gboolean edit_document(Shell *shell, const char *text, const char *what, EditDefine define, gpointer data);
