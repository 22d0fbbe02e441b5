/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dnsmasq's lease file: whatever is in it, what comes out are addresses of the network. */
#include <stdint.h>

#include "virtnetworkd/dhcp/leases.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(NetworkDef) def =
        network_def_parse("<network><name>n</name><bridge name='b'/><ip address='192.0.2.1' prefix='24'/>"
                          "<ip family='ipv6' address='2001:db8::1' prefix='64'/></network>",
                          XML_MODE_INACTIVE, NULL);
    g_autoptr(GArray) leases = leases_parse(text, def, NULL, 1700000000);

    for (guint i = 0; i < leases->len; i++) {
        const Lease *lease = &g_array_index(leases, Lease, i);

        g_assert_true(lease->expiry == 0 || lease->expiry >= 1700000000);
        g_assert_true(lease->prefix == 24 || lease->prefix == 64);
    }
    return 0;
}
