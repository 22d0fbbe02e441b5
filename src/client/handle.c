/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/handle.h"

gpointer handle_new(const HandleType *type, Connection *connection)
{
    Handle *handle = g_malloc0(type->size);

    handle->type = type;
    handle->refs = 1;
    handle->connection = connection ? handle_ref(connection) : (Connection *)handle;
    return handle;
}

gpointer handle_ref(gpointer pointer)
{
    Handle *handle = pointer;

    g_atomic_int_inc(&handle->refs);
    return handle;
}

gboolean handle_unref(gpointer pointer)
{
    Handle *handle = pointer;
    Connection *connection;

    if (!g_atomic_int_dec_and_test(&handle->refs))
        return FALSE;
    connection = handle->connection;
    if (handle->type->clear)
        handle->type->clear(handle);
    handle->type = NULL; /* a use after this is told apart while the memory is not given to anyone else */
    g_free(handle);
    if ((gpointer)connection != pointer)
        handle_unref(connection);
    return TRUE;
}
