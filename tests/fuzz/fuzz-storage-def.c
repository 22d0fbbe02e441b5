/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Documents of pools and volumes: what is taken can be written, reads back to the same text, and has copies that say
 * the same. The same bytes are looked at as a disk image's first ones. */
#include <stdint.h>

#include "conf/storage/image_header.h"
#include "conf/storage/pool_def.h"
#include "conf/storage/volume_def.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_pool(const char *xml)
{
    g_autoptr(PoolDef) def = pool_def_parse(xml, 0, NULL);
    g_autoptr(PoolDef) again = NULL;
    g_autoptr(PoolDef) copy = NULL;
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    g_autofree char *third = NULL;

    if (!def)
        return;
    first = pool_def_format(def);
    again = pool_def_parse(first, 0, NULL);
    g_assert_nonnull(again);
    second = pool_def_format(again);
    g_assert_cmpstr(first, ==, second);
    copy = pool_def_copy(def);
    g_clear_pointer(&def, pool_def_free);
    third = pool_def_format(copy);
    g_assert_cmpstr(first, ==, third);
}

static void check_volume(const char *xml)
{
    g_autoptr(VolumeDef) def = volume_def_parse(xml, TRUE, 0, NULL);
    g_autoptr(VolumeDef) again = NULL;
    g_autoptr(VolumeDef) copy = NULL;
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    g_autofree char *third = NULL;

    if (!def)
        return;
    first = volume_def_format(def);
    again = volume_def_parse(first, TRUE, 0, NULL);
    g_assert_nonnull(again);
    second = volume_def_format(again);
    g_assert_cmpstr(first, ==, second);
    copy = volume_def_copy(def);
    g_clear_pointer(&def, volume_def_free);
    third = volume_def_format(copy);
    g_assert_cmpstr(first, ==, third);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *xml = g_strndup((const char *)data, size);
    ImageHeader header;

    check_pool(xml);
    check_volume(xml);
    image_header_read(data, size, &header);
    g_assert_cmpint(header.format, <, IMAGE_FORMAT_LAST);
    image_header_clear(&header);
    return 0;
}
