/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* State files of running guests: what is taken is written as it reads. */
#include <stdint.h>

#include "conf/domain/domain_status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    DomainStatus status = {0}, same = {0};
    g_autoptr(DomainDef) def = domain_status_parse(text, &status, NULL, NULL, NULL, NULL);
    g_autoptr(DomainDef) again = NULL;
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;

    if (!def)
        return 0;
    first = domain_status_format(&status, def, NULL, NULL);
    again = domain_status_parse(first, &same, NULL, NULL, NULL, NULL);
    g_assert_nonnull(again);
    g_assert_cmpint(status.pid, ==, same.pid);
    second = domain_status_format(&same, again, NULL, NULL);
    g_assert_cmpstr(first, ==, second);
    return 0;
}
