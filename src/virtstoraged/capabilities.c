/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtstoraged/capabilities.h"

#include "conf/storage/pool_def.h"

static void write_volumes(XmlWriter *writer)
{
    xml_open(writer, "volOptions");
    xml_open(writer, "defaultFormat");
    xml_write_attribute(writer, "type", image_formats[IMAGE_FORMAT_RAW]);
    xml_close(writer);
    xml_open(writer, "enum");
    xml_write_attribute(writer, "name", "targetFormatType");
    for (int format = 0; format < IMAGE_FORMAT_LAST; format++)
        xml_write_element(writer, "value", image_formats[format]);
    xml_close(writer);
    xml_close(writer);
}

char *capabilities_format(void)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();

    xml_open(writer, "storagepoolCapabilities");
    for (int type = 0; type < POOL_LAST; type++) {
        xml_open(writer, "pool");
        xml_write_attribute(writer, "type", pool_types[type]);
        xml_write_attribute(writer, "supported", type == POOL_DIR ? "yes" : "no");
        if (type == POOL_DIR)
            write_volumes(writer);
        xml_close_long(writer);
    }
    xml_close(writer);
    return xml_writer_take(writer);
}
