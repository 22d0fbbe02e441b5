/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection's URI: what the daemon is told of one that is taken reads as one again, unless it is the user's own. */
#include <stdint.h>

#include "client/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(ConnectUri) uri = connect_uri_parse(text, &error);
    g_autoptr(ConnectUri) again = NULL;

    if (!uri) {
        g_assert_nonnull(error);
        return 0;
    }
    g_assert_no_error(error);
    g_assert_cmpstr(uri->text, ==, text);
    g_assert_nonnull(uri->for_daemon);
    if (!uri->driver || uri->has_name)
        return 0;
    again = connect_uri_parse(uri->for_daemon, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(again->driver, ==, uri->driver);
    g_assert_cmpint(connect_uri_is_session(again), ==, connect_uri_is_session(uri));
    return 0;
}
