/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What people and applications note in a document: its title, its description, and <metadata>, elements of applications
 * which each have a namespace of their own. Pure.
 *
 * type is that of virDomainMetadataType; a network's have the same numbers.
 */
#pragma once

#include <glib.h>

/* Where a document keeps them. */
typedef struct {
    char **title, **description;
    char **metadata; /* the inside of <metadata>, or NULL */
    int domain;      /* VIR_FROM_*, of errors */
} MetadataTexts;

/* One of them; of type ELEMENT the element of namespace uri, without its prefix. NULL: it is not there. Caller frees.
 */
char *metadata_get(const MetadataTexts *texts, int type, const char *uri);

/* What shall be set, and as what. */
typedef struct {
    int type;
    const char *text; /* or the element; NULL or, of texts, "": what is there is removed */
    const char *key;  /* of an element: the prefix that it gets */
    const char *uri;  /* of an element: its namespace */
} MetadataChange;

/* FALSE: VIR_ERR_INVALID_ARG of that error domain; the type is unknown, a title has more than one line, or an element
 * has no namespace. */
gboolean metadata_check_type(int type, int domain, GError **error);
gboolean metadata_check(const MetadataChange *change, int domain, GError **error);

/* Makes a change that was checked. FALSE: VIR_ERR_XML_DETAIL, the element is not well-formed; nothing is changed. */
gboolean metadata_set(const MetadataTexts *texts, const MetadataChange *change, GError **error);
