/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads a <network> from standard input and prints it as virtnetworkd keeps it, or the error as "code/domain message".
 */
#include <stdio.h>

#include "common/error.h"
#include "conf/network/network_def.h"

int main(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(NetworkDef) def = NULL;
    g_autofree char *xml = NULL;
    char buffer[4096];
    gsize n;

    while ((n = fread(buffer, 1, sizeof(buffer), stdin)) > 0)
        g_string_append_len(text, buffer, (gssize)n);
    def = network_def_parse(text->str, XML_MODE_INACTIVE, &error);
    if (!def) {
        g_autofree char *message = vir_error_message(error);

        printf("%d/%d %s\n", vir_error_code(error), vir_error_domain(error), message);
        return 1;
    }
    xml = network_def_format(def, XML_MODE_INACTIVE);
    fputs(xml, stdout);
    return 0;
}
