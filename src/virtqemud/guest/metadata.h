/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <metadata>: elements of applications, each in a namespace of its own. Pure. */
#pragma once

#include <glib.h>

/* The element of namespace uri among those of metadata (the inside of <metadata>, or NULL), without its prefix; NULL
 * when there is none. Caller frees. */
char *metadata_get(const char *metadata, const char *uri);

/*
 * metadata with the element of namespace uri replaced by element (or, NULL, without it); key is the prefix it gets.
 * Returns the new inside of <metadata>, NULL for none, by *result, which the caller frees. FALSE: VIR_ERR_XML_DETAIL,
 * element is not well-formed.
 */
gboolean metadata_set(const char *metadata, const char *uri, const char *key, const char *element, char **result,
                      GError **error);
