/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A daemon's configuration file: whatever it says, it is either taken or refused with a message that tells where. */
#include <stdint.h>
#include <string.h>

#include "daemon/process/settings.h"

#define NAME "fuzz.conf"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const driver_keys[] = {"vnc_listen", "namespaces", NULL};
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(ConfigFile) file = config_file_parse(text, NAME, &error);
    DaemonSettings settings;

    if (!file) {
        g_assert_true(strstr(error->message, NAME ":") != NULL);
        return 0;
    }
    settings_init(&settings, TRUE);
    if (settings_read(&settings, file, TRUE, driver_keys, &error))
        g_assert_no_error(error);
    else
        g_assert_nonnull(error);
    settings_clear(&settings);
    return 0;
}
