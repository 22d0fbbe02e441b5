/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Handles: what the public pointers (virDomainPtr, ...) point to. Every handle begins with a Handle, holds a reference
 * on its connection and is counted. A pointer from outside is checked by its type before anything else is done with it.
 *
 * Thread-safe: what a handle says of its object does not change, but for a domain's id and name (handle_domain_update).
 */
#pragma once

#include <glib.h>

typedef struct Connection Connection;

typedef struct {
    gsize size;                     /* bytes of the whole handle */
    int invalid_code;               /* VIR_ERR_INVALID_DOMAIN, ...: for a pointer that is none of this type */
    int invalid_domain;             /* VIR_FROM_* that goes with it */
    int domain;                     /* VIR_FROM_* of errors about this object's arguments */
    void (*clear)(gpointer handle); /* releases what the handle owns beside its connection; may be NULL */
} HandleType;

typedef struct {
    const HandleType *type;
    int refs;               /* atomic */
    Connection *connection; /* a reference; a connection's is itself, without one */
} Handle;

/* A zeroed handle of this type with one reference. connection is referenced; NULL for a connection itself. */
gpointer handle_new(const HandleType *type, Connection *connection);

gpointer handle_ref(gpointer handle);

/* Drops a reference; TRUE when it was the last. */
gboolean handle_unref(gpointer handle);

/* Whether pointer, which may be NULL, is a handle of this type. */
static inline gboolean handle_is(gconstpointer pointer, const HandleType *type)
{
    return pointer && ((const Handle *)pointer)->type == type;
}
