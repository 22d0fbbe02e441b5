/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/caps/emulator_hyperv.h"

#include "virtqemud/caps/emulator_cpu.h"

G_STATIC_ASSERT(HYPERV_LAST <= 32);

char *hyperv_property(HypervFeature feature)
{
    return g_strdelimit(g_strconcat("hv-", hyperv_features[feature], NULL), "_", '-');
}

void emulator_hyperv_take(EmulatorCaps *caps, json_object *reply)
{
    json_object *props = emulator_cpu_props(reply);

    caps->hyperv = 0;
    for (guint i = 0; props && i < HYPERV_LAST; i++) {
        g_autofree char *property = hyperv_property(i);
        json_object *value;

        /* Those with a value of their own need nothing of the host. */
        if (json_object_object_get_ex(props, property, &value) &&
            (!json_object_is_type(value, json_type_boolean) || json_object_get_boolean(value)))
            caps->hyperv |= 1u << i;
    }
}

void emulator_hyperv_to_json(const EmulatorCaps *caps, json_object *document)
{
    json_object *props = emulator_cpu_add_props(document, "cpu-hyperv");

    for (guint i = 0; i < HYPERV_LAST; i++) {
        g_autofree char *property = hyperv_property(i);

        if (emulator_hyperv_has(caps, i))
            json_add_bool(props, property, TRUE);
    }
}

gboolean emulator_hyperv_has(const EmulatorCaps *caps, HypervFeature feature)
{
    return (caps->hyperv & 1u << feature) != 0;
}
