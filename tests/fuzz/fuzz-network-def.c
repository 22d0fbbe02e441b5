/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network documents: what is taken can be written, reads back to the same text, and has copies that say the same. */
#include <stdint.h>

#include "conf/network/network_def.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *xml = g_strndup((const char *)data, size);
    g_autoptr(NetworkDef) def = network_def_parse(xml, XML_MODE_INACTIVE, NULL);
    g_autoptr(NetworkDef) again = NULL;
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    g_autofree char *third = NULL;

    if (!def)
        return 0;
    first = network_def_format(def, XML_MODE_INACTIVE);
    again = network_def_parse(first, XML_MODE_INACTIVE, NULL);
    g_assert_nonnull(again);
    second = network_def_format(again, XML_MODE_INACTIVE);
    g_assert_cmpstr(first, ==, second);
    network_def_free(again);
    again = network_def_copy(def);
    g_clear_pointer(&def, network_def_free);
    third = network_def_format(again, XML_MODE_INACTIVE);
    g_assert_cmpstr(first, ==, third);
    return 0;
}
