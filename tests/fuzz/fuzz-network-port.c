/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network ports: what is taken can be written and reads back to the same text, also once a network has completed it. */
#include <stdint.h>

#include "conf/network/network_port.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char network_xml[] =
    "<network><name>n</name><forward mode='bridge'/><bridge name='b'/><vlan><tag id='4'/></vlan>"
    "<virtualport type='openvswitch'><parameters interfaceid='09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f'/></virtualport>"
    "<portgroup name='g' default='yes'><bandwidth><inbound average='7'/></bandwidth></portgroup></network>";

static void check(const NetworkPort *port)
{
    g_autofree char *first = network_port_format(port);
    g_autoptr(NetworkPort) again = network_port_parse(first, XML_MODE_LIVE, NULL);
    g_autofree char *second = NULL;

    g_assert_nonnull(again);
    second = network_port_format(again);
    g_assert_cmpstr(first, ==, second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *xml = g_strndup((const char *)data, size);
    g_autoptr(NetworkPort) port = network_port_parse(xml, XML_MODE_LIVE, NULL);
    g_autoptr(NetworkDef) network = port ? network_def_parse(network_xml, XML_MODE_INACTIVE, NULL) : NULL;

    if (!port)
        return 0;
    check(port);
    if (network_port_complete(port, network, NULL))
        check(port);
    return 0;
}
