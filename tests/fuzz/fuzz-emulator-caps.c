/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an emulator says of itself: first byte 0 to 5, then the answer to one of the probe's questions; else the cache's
 * document, where what is taken must be written as it was read.
 */
#include <stdint.h>
#include <string.h>

#include "common/error.h"
#include "virtqemud/caps/emulator_caps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static gboolean (*const takers[])(EmulatorCaps *caps, json_object *reply, GError **error) = {
    emulator_caps_take_version, emulator_caps_take_target,  emulator_caps_take_machines,
    emulator_caps_take_cpus,    emulator_caps_take_devices, emulator_caps_take_displays,
};

static void fuzz_document(json_object *document)
{
    g_autoptr(EmulatorCaps) caps = emulator_caps_from_json(document);
    g_autoptr(EmulatorCaps) again = NULL;
    g_autoptr(json_object) first = NULL;
    g_autoptr(json_object) second = NULL;
    g_autofree char *text = NULL;

    if (!caps)
        return;
    first = emulator_caps_to_json(caps);
    again = emulator_caps_from_json(first);
    g_assert_nonnull(again);
    second = emulator_caps_to_json(again);
    text = g_strdup(json_text(first));
    g_assert_cmpstr(text, ==, json_text(second));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(json_object) document = NULL;
    g_autoptr(EmulatorCaps) caps = NULL;

    if (size < 1)
        return 0;
    document = json_parse((const char *)data + 1, size - 1, 32, VIR_FROM_QEMU, NULL);
    if (!document)
        return 0;
    if (data[0] - '0' >= (int)G_N_ELEMENTS(takers)) {
        fuzz_document(document);
        return 0;
    }
    caps = emulator_caps_new("/usr/bin/qemu");
    takers[(guint8)(data[0] - '0') % G_N_ELEMENTS(takers)](caps, document, NULL);
    return 0;
}
