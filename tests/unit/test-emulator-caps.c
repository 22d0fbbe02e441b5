/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QMP's answers about an emulator, good and bad, and the form they are kept in on disk. */
#include <string.h>

#include "common/error.h"
#include "virtqemud/caps/emulator_hyperv.h"

typedef gboolean (*Take)(EmulatorCaps *caps, json_object *reply, GError **error);

static gboolean take(EmulatorCaps *caps, Take func, const char *text, GError **error)
{
    g_autoptr(json_object) reply = json_parse(text, strlen(text), 16, VIR_FROM_QEMU, NULL);

    return func(caps, reply, error);
}

static gboolean take_hyperv(EmulatorCaps *caps, json_object *reply, GError **error)
{
    emulator_hyperv_take(caps, reply);
    return TRUE;
}

static EmulatorCaps *make(void)
{
    EmulatorCaps *caps = emulator_caps_new("/usr/bin/qemu");

    g_assert_true(take(caps, emulator_caps_take_target, "{\"arch\":\"x86_64\"}", NULL));
    g_assert_true(take(caps, emulator_caps_take_version, "{\"qemu\":{\"major\":7,\"minor\":2,\"micro\":22}}", NULL));
    g_assert_true(take(caps, emulator_caps_take_machines,
                       "[{\"name\":\"none\"},{\"name\":\"pc-q35-7.2\",\"alias\":\"q35\",\"cpu-max\":288,"
                       "\"default-cpu-type\":\"qemu64-x86_64-cpu\"},{\"name\":\"pc\",\"is-default\":true},{},7]",
                       NULL));
    g_assert_true(take(caps, emulator_caps_take_cpus,
                       "[{\"name\":\"qemu64\",\"unavailable-features\":[]},"
                       "{\"name\":\"big\",\"unavailable-features\":[\"avx\"]},{\"name\":\"host\"},{}]",
                       NULL));
    g_assert_true(take(caps, emulator_caps_take_devices, "[{\"name\":\"VGA\"},{\"name\":\"ich9-ahci\"},{}]", NULL));
    g_assert_true(take(caps, emulator_caps_take_displays,
                       "[{},{\"name\":\"sdl\",\"variants\":[{\"case\":\"sdl\"}]},"
                       "{\"name\":\"query-display-options\",\"ret-type\":\"137\"},"
                       "{\"name\":\"137\",\"variants\":[{\"case\":\"gtk\"},{},{\"case\":\"dbus\"}]}]",
                       NULL));
    g_assert_true(take(caps, take_hyperv,
                       "{\"model\":{\"name\":\"max\",\"props\":{\"hv-relaxed\":true,\"hv-vapic\":false,"
                       "\"hv-vendor-id\":\"\",\"hv-spinlocks\":4294967295,\"hv-time\":true}}}",
                       NULL));
    return caps;
}

static void check(const EmulatorCaps *caps)
{
    const EmulatorMachine *q35 = emulator_caps_machine(caps, "q35");

    g_assert_cmpuint(caps->version, ==, 7002022);
    g_assert_cmpuint(caps->machines->len, ==, 2);
    g_assert_cmpstr(q35->name, ==, "pc-q35-7.2");
    g_assert_cmpstr(q35->default_cpu, ==, "qemu64");
    g_assert_cmpuint(q35->max_vcpus, ==, 288);
    g_assert_cmpstr(emulator_caps_machine(caps, NULL)->name, ==, "pc");
    g_assert_null(emulator_caps_machine(caps, "none"));
    g_assert_true(emulator_caps_cpu(caps, "qemu64")->is_usable);
    g_assert_false(emulator_caps_cpu(caps, "big")->is_usable);
    g_assert_cmpstr(emulator_caps_cpu(caps, "big")->missing[0], ==, "avx");
    g_assert_false(emulator_caps_cpu(caps, "host")->is_usable);
    g_assert_true(emulator_caps_has_device(caps, "VGA"));
    g_assert_true(emulator_caps_has_device(caps, "ahci"));
    g_assert_false(emulator_caps_has_device(caps, "no-such"));
    g_assert_true(emulator_caps_has_display(caps, "dbus"));
    g_assert_false(emulator_caps_has_display(caps, "sdl"));
    g_assert_cmpuint(caps->hyperv, ==, 1u << HYPERV_RELAXED | 1u << HYPERV_SPINLOCKS | 1u << HYPERV_VENDOR_ID);
    g_assert_true(emulator_caps_runs_arch(caps, "i686"));
    g_assert_false(emulator_caps_runs_arch(caps, "aarch64"));
}

static void test_round_trip(void)
{
    g_autoptr(EmulatorCaps) caps = make();
    g_autoptr(json_object) document = emulator_caps_to_json(caps);
    g_autofree char *text = g_strdup(json_text(document));
    g_autoptr(json_object) again = json_parse(text, strlen(text), 16, VIR_FROM_QEMU, NULL);
    g_autoptr(EmulatorCaps) read = emulator_caps_from_json(again);

    check(caps);
    g_assert_nonnull(read);
    check(read);
}

static void test_bad_answers(void)
{
    static const struct {
        Take take;
        const char *text;
    } bad[] = {
        {emulator_caps_take_version, "{}"},
        {emulator_caps_take_version, "{\"qemu\":{\"major\":-1,\"minor\":2,\"micro\":3}}"},
        {emulator_caps_take_version, "[]"},
        {emulator_caps_take_target, "{\"arch\":7}"},
        {emulator_caps_take_machines, "{}"},
        {emulator_caps_take_machines, "[]"},
        {emulator_caps_take_cpus, "7"},
        {emulator_caps_take_devices, "{}"},
        {emulator_caps_take_displays, "[]"},
        {emulator_caps_take_displays, "[{\"name\":\"query-display-options\"}]"},
        {emulator_caps_take_displays,
         "[{\"name\":\"query-display-options\",\"ret-type\":\"1\"},{\"name\":\"1\",\"variants\":7}]"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(EmulatorCaps) caps = emulator_caps_new("/usr/bin/qemu");
        g_autoptr(GError) error = NULL;

        g_assert_false(take(caps, bad[i].take, bad[i].text, &error));
        g_assert_true(vir_error_is(error, VIR_ERR_INTERNAL_ERROR));
    }
}

static void test_other_format(void)
{
    g_autoptr(json_object) document = json_parse("{\"format\":0}", 12, 4, VIR_FROM_QEMU, NULL);

    g_assert_null(emulator_caps_from_json(document));
    g_assert_null(emulator_caps_from_json(NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/emulator-caps/round-trip", test_round_trip);
    g_test_add_func("/emulator-caps/bad-answers", test_bad_answers);
    g_test_add_func("/emulator-caps/other-format", test_other_format);
    return g_test_run();
}
