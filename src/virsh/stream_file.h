/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams of a connection from and to files. */
#pragma once

#include "virsh/shell.h"

/* Receives the stream, to its end, into a new file beside path, which it then replaces: a failure leaves what was
 * there. what: "the picture", for the error. FALSE: reported. */
gboolean stream_receive(Shell *shell, virStreamPtr stream, const char *path, gboolean is_sparse, const char *what);

/* Sends what is in the file at path. FALSE: reported. */
gboolean stream_send(Shell *shell, virStreamPtr stream, const char *path, gboolean is_sparse, const char *what);
