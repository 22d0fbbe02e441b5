/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Updates of a network: the first line is command, section and parent index, the rest the entry. A network that took
 * one is still a document that reads back. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "conf/network/network_update.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char network_xml[] =
    "<network><name>n</name><forward mode='nat'/><bridge name='b'/>"
    "<dns><txt name='t' value='v'/><srv service='s' protocol='tcp'/><host "
    "ip='192.0.2.1'><hostname>a</hostname></host></dns>"
    "<ip address='192.0.2.1' prefix='24'><dhcp><range start='192.0.2.10' end='192.0.2.20'/>"
    "<host mac='52:54:00:00:00:01' name='one' ip='192.0.2.101'/></dhcp></ip>"
    "<ip family='ipv6' address='2001:db8::1' prefix='64'/><portgroup name='g' default='yes'/></network>";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    char *xml = strchr(text, '\n');
    g_autoptr(NetworkDef) def = NULL;
    g_autoptr(NetworkDef) again = NULL;
    g_autofree char *written = NULL;
    NetworkUpdate update = {0};

    if (!xml)
        return 0;
    *xml = '\0';
    update.xml = xml + 1;
    if (sscanf(text, "%d %d %d", &update.command, &update.section, &update.parent_index) != 3)
        return 0;
    def = network_def_parse(network_xml, XML_MODE_INACTIVE, NULL);
    if (!network_def_update(def, &update, NULL))
        return 0;
    written = network_def_format(def, XML_MODE_INACTIVE);
    again = network_def_parse(written, XML_MODE_INACTIVE, NULL);
    g_assert_nonnull(again);
    return 0;
}
