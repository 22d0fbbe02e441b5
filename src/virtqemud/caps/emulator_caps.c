/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/caps/emulator_caps.h"

#include "common/error.h"
#include "virtqemud/caps/emulator_cpu.h"
#include "virtqemud/caps/emulator_hyperv.h"

/* Goes up when what is kept on disk changes, so that older files are made anew. */
#define CACHE_FORMAT 4

static void machine_free(gpointer data)
{
    EmulatorMachine *machine = data;

    g_free(machine->name);
    g_free(machine->alias);
    g_free(machine->default_cpu);
    g_free(machine->default_ram_id);
    g_free(machine);
}

static void model_free(gpointer data)
{
    EmulatorCpu *cpu = data;

    g_free(cpu->name);
    g_strfreev(cpu->missing);
    g_free(cpu);
}

EmulatorCaps *emulator_caps_new(const char *path)
{
    EmulatorCaps *caps = g_new0(EmulatorCaps, 1);

    caps->refs = 1;
    caps->path = g_strdup(path);
    caps->machines = g_ptr_array_new_with_free_func(machine_free);
    caps->cpus = g_ptr_array_new_with_free_func(model_free);
    caps->devices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    caps->displays = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return caps;
}

EmulatorCaps *emulator_caps_ref(EmulatorCaps *caps)
{
    g_atomic_int_inc(&caps->refs);
    return caps;
}

void emulator_caps_unref(EmulatorCaps *caps)
{
    if (!caps || !g_atomic_int_dec_and_test(&caps->refs))
        return;
    g_free(caps->path);
    g_free(caps->arch);
    g_ptr_array_unref(caps->machines);
    g_ptr_array_unref(caps->cpus);
    g_hash_table_unref(caps->devices);
    g_hash_table_unref(caps->displays);
    g_free(caps->host_cpu);
    g_free(caps);
}

const EmulatorMachine *emulator_caps_machine(const EmulatorCaps *caps, const char *name)
{
    for (guint i = 0; i < caps->machines->len; i++) {
        const EmulatorMachine *machine = g_ptr_array_index(caps->machines, i);

        if (name ? g_str_equal(machine->name, name) || g_strcmp0(machine->alias, name) == 0 : machine->is_default)
            return machine;
    }
    return NULL;
}

const EmulatorCpu *emulator_caps_cpu(const EmulatorCaps *caps, const char *name)
{
    for (guint i = 0; i < caps->cpus->len; i++) {
        const EmulatorCpu *cpu = g_ptr_array_index(caps->cpus, i);

        if (g_str_equal(cpu->name, name))
            return cpu;
    }
    return NULL;
}

gboolean emulator_caps_runs_arch(const EmulatorCaps *caps, const char *arch)
{
    return g_strcmp0(arch, caps->arch) == 0 || (g_strcmp0(arch, "i686") == 0 && g_str_equal(caps->arch, "x86_64"));
}

/* Names that QEMU takes for devices which it lists by others. */
static const char *const device_aliases[][2] = {
    {"ahci", "ich9-ahci"},
    {"lsi", "lsi53c895a"},
};

gboolean emulator_caps_has_device(const EmulatorCaps *caps, const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(device_aliases); i++)
        if (g_str_equal(name, device_aliases[i][0]))
            name = device_aliases[i][1];
    return g_hash_table_contains(caps->devices, name);
}

gboolean emulator_caps_has_display(const EmulatorCaps *caps, const char *name)
{
    return g_hash_table_contains(caps->displays, name);
}

static gboolean fail(const EmulatorCaps *caps, const char *what, GError **error)
{
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "'%s' gave no usable answer about its %s", caps->path,
                  what);
    return FALSE;
}

/* ---- QMP's answers ---- */

gboolean emulator_caps_take_version(EmulatorCaps *caps, json_object *reply, GError **error)
{
    json_object *qemu = json_get_object(reply, "qemu");
    gint64 major = json_get_int(qemu, "major", -1);
    gint64 minor = json_get_int(qemu, "minor", -1);
    gint64 micro = json_get_int(qemu, "micro", -1);

    if (major < 0 || major > 999 || minor < 0 || minor > 999 || micro < 0 || micro > 999)
        return fail(caps, "version", error);
    caps->version = (guint)(major * 1000000 + minor * 1000 + micro);
    return TRUE;
}

gboolean emulator_caps_take_target(EmulatorCaps *caps, json_object *reply, GError **error)
{
    const char *arch = json_get_string(reply, "arch");

    if (!arch)
        return fail(caps, "target", error);
    g_free(caps->arch);
    caps->arch = g_strdup(g_str_equal(arch, "i386") ? "i686" : arch);
    return TRUE;
}

/* "qemu64-x86_64-cpu" is the type of the model "qemu64". */
/* "MODEL-ARCH-cpu", in QEMU's words for architectures, which are not always libvirt's. */
static char *cpu_model_of_type(const char *type)
{
    g_autofree char *rest =
        type && g_str_has_suffix(type, "-cpu") ? g_strndup(type, strlen(type) - strlen("-cpu")) : NULL;
    const char *dash = rest ? strrchr(rest, '-') : NULL;

    return dash && dash > rest ? g_strndup(rest, (gsize)(dash - rest)) : NULL;
}

static EmulatorMachine *read_machine(const EmulatorCaps *caps, json_object *item)
{
    const char *name = json_get_string(item, "name");
    EmulatorMachine *machine;

    if (!name)
        return NULL;
    machine = g_new0(EmulatorMachine, 1);
    machine->name = g_strdup(name);
    machine->alias = g_strdup(json_get_string(item, "alias"));
    machine->max_vcpus = (guint)CLAMP(json_get_int(item, "cpu-max", 0), 0, 65536);
    machine->is_default = json_get_bool(item, "is-default");
    machine->is_deprecated = json_get_bool(item, "deprecated");
    machine->has_hotplug_cpus = json_get_bool(item, "hotpluggable-cpus");
    machine->default_cpu = cpu_model_of_type(json_get_string(item, "default-cpu-type"));
    machine->default_ram_id = g_strdup(json_get_string(item, "default-ram-id"));
    return machine;
}

gboolean emulator_caps_take_machines(EmulatorCaps *caps, json_object *reply, GError **error)
{
    if (!json_object_is_type(reply, json_type_array))
        return fail(caps, "machines", error);
    for (size_t i = 0; i < json_object_array_length(reply); i++) {
        EmulatorMachine *machine = read_machine(caps, json_object_array_get_idx(reply, i));

        if (machine && !g_str_equal(machine->name, "none"))
            g_ptr_array_add(caps->machines, machine);
        else if (machine)
            machine_free(machine);
    }
    return caps->machines->len > 0 || fail(caps, "machines", error);
}

static char **read_strings(json_object *array)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    size_t n = array ? json_object_array_length(array) : 0;

    for (size_t i = 0; i < n; i++)
        g_strv_builder_add(builder, json_object_get_string(json_object_array_get_idx(array, i)));
    return n > 0 ? g_strv_builder_end(builder) : NULL;
}

gboolean emulator_caps_take_cpus(EmulatorCaps *caps, json_object *reply, GError **error)
{
    if (!json_object_is_type(reply, json_type_array))
        return fail(caps, "processors", error);
    for (size_t i = 0; i < json_object_array_length(reply); i++) {
        json_object *item = json_object_array_get_idx(reply, i);
        json_object *missing = json_get_array(item, "unavailable-features");
        EmulatorCpu *cpu;

        if (!json_get_string(item, "name"))
            continue;
        cpu = g_new0(EmulatorCpu, 1);
        cpu->name = g_strdup(json_get_string(item, "name"));
        cpu->missing = read_strings(missing);
        cpu->is_usable = missing && !cpu->missing;
        cpu->is_deprecated = json_get_bool(item, "deprecated");
        g_ptr_array_add(caps->cpus, cpu);
    }
    return TRUE;
}

gboolean emulator_caps_take_devices(EmulatorCaps *caps, json_object *reply, GError **error)
{
    if (!json_object_is_type(reply, json_type_array))
        return fail(caps, "devices", error);
    for (size_t i = 0; i < json_object_array_length(reply); i++) {
        const char *name = json_get_string(json_object_array_get_idx(reply, i), "name");

        if (name)
            g_hash_table_add(caps->devices, g_strdup(name));
    }
    return TRUE;
}

/* The command whose answer has a variant for each kind of display. */
#define DISPLAY_QUESTION "query-display-options"

/* The part of a schema that has a name, or NULL. Borrowed. */
static json_object *find_in_schema(json_object *schema, const char *name)
{
    size_t n = name ? json_length(schema) : 0;

    for (size_t i = 0; i < n; i++) {
        json_object *part = json_object_array_get_idx(schema, i);

        if (g_strcmp0(json_get_string(part, "name"), name) == 0)
            return part;
    }
    return NULL;
}

gboolean emulator_caps_take_displays(EmulatorCaps *caps, json_object *reply, GError **error)
{
    json_object *question = find_in_schema(reply, DISPLAY_QUESTION);
    json_object *answer = question ? find_in_schema(reply, json_get_string(question, "ret-type")) : NULL;
    json_object *variants = answer ? json_get_array(answer, "variants") : NULL;

    if (!variants)
        return fail(caps, "displays", error);
    for (size_t i = 0; i < json_object_array_length(variants); i++) {
        const char *name = json_get_string(json_object_array_get_idx(variants, i), "case");

        if (name)
            g_hash_table_add(caps->displays, g_strdup(name));
    }
    return TRUE;
}

/* ---- the cache on disk: in the form of QMP's answers, so that there is one reader ---- */

static json_object *machine_to_json(const EmulatorCaps *caps, const EmulatorMachine *machine)
{
    json_object *item = json_object_new_object();

    json_add_string(item, "name", machine->name);
    json_add_string(item, "alias", machine->alias);
    json_add_int(item, "cpu-max", machine->max_vcpus);
    json_add_bool(item, "is-default", machine->is_default);
    json_add_bool(item, "deprecated", machine->is_deprecated);
    json_add_bool(item, "hotpluggable-cpus", machine->has_hotplug_cpus);
    if (machine->default_cpu)
        json_add_stringf(item, "default-cpu-type", "%s-%s-cpu", machine->default_cpu, caps->arch);
    json_add_string(item, "default-ram-id", machine->default_ram_id);
    return item;
}

static json_object *cpu_to_json(const EmulatorCpu *cpu)
{
    json_object *item = json_object_new_object();

    json_add_string(item, "name", cpu->name);
    json_add_bool(item, "deprecated", cpu->is_deprecated);
    if (cpu->is_usable || cpu->missing) {
        json_object *missing = json_object_new_array();

        for (guint i = 0; cpu->missing && cpu->missing[i]; i++)
            json_object_array_add(missing, json_object_new_string(cpu->missing[i]));
        json_add_object(item, "unavailable-features", missing);
    }
    return item;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

/* In alphabetical order, so that the same emulator is the same document. */
static json_object *set_to_json(GHashTable *set, const char *key)
{
    GList *names = g_list_sort(g_hash_table_get_keys(set), compare_names);
    json_object *items = json_object_new_array();

    for (GList *link = names; link; link = link->next) {
        json_object *item = json_object_new_object();

        json_add_string(item, key, link->data);
        json_object_array_add(items, item);
    }
    g_list_free(names);
    return items;
}

/* As much of a schema as tells of them. */
static json_object *displays_to_json(const EmulatorCaps *caps)
{
    json_object *schema = json_object_new_array();
    json_object *question = json_object_new_object();
    json_object *answer = json_object_new_object();

    json_add_string(question, "name", DISPLAY_QUESTION);
    json_add_string(question, "ret-type", "displays");
    json_add_string(answer, "name", "displays");
    json_add_object(answer, "variants", set_to_json(caps->displays, "case"));
    json_object_array_add(schema, question);
    json_object_array_add(schema, answer);
    return schema;
}

json_object *emulator_caps_to_json(const EmulatorCaps *caps)
{
    json_object *document = json_object_new_object();
    json_object *machines = json_object_new_array();
    json_object *cpus = json_object_new_array();
    json_object *version = json_object_new_object();
    json_object *qemu = json_object_new_object();

    json_add_int(document, "format", CACHE_FORMAT);
    json_add_string(document, "path", caps->path);
    json_add_string(document, "arch", caps->arch);
    json_add_bool(document, "kvm", caps->has_kvm);
    json_add_int(qemu, "major", caps->version / 1000000);
    json_add_int(qemu, "minor", caps->version / 1000 % 1000);
    json_add_int(qemu, "micro", caps->version % 1000);
    json_add_object(version, "qemu", qemu);
    json_add_object(document, "version", version);
    for (guint i = 0; i < caps->machines->len; i++)
        json_object_array_add(machines, machine_to_json(caps, g_ptr_array_index(caps->machines, i)));
    for (guint i = 0; i < caps->cpus->len; i++)
        json_object_array_add(cpus, cpu_to_json(g_ptr_array_index(caps->cpus, i)));
    json_add_object(document, "machines", machines);
    json_add_object(document, "cpus", cpus);
    json_add_object(document, "devices", set_to_json(caps->devices, "name"));
    json_add_object(document, "schema", displays_to_json(caps));
    emulator_cpu_to_json(caps, document);
    emulator_hyperv_to_json(caps, document);
    return document;
}

EmulatorCaps *emulator_caps_from_json(json_object *document)
{
    const char *path = json_get_string(document, "path");
    g_autoptr(EmulatorCaps) caps = NULL;

    if (!path || json_get_int(document, "format", 0) != CACHE_FORMAT)
        return NULL;
    caps = emulator_caps_new(path);
    caps->has_kvm = json_get_bool(document, "kvm");
    if (!emulator_caps_take_target(caps, document, NULL) ||
        !emulator_caps_take_version(caps, json_get_object(document, "version"), NULL) ||
        !emulator_caps_take_machines(caps, json_get_array(document, "machines"), NULL) ||
        !emulator_caps_take_cpus(caps, json_get_array(document, "cpus"), NULL) ||
        !emulator_caps_take_devices(caps, json_get_array(document, "devices"), NULL) ||
        !emulator_caps_take_displays(caps, json_get_array(document, "schema"), NULL) ||
        !emulator_cpu_take(caps, json_get_object(document, "cpu-all"), json_get_object(document, "cpu-migratable"),
                           NULL))
        return NULL;
    emulator_hyperv_take(caps, json_get_object(document, "cpu-hyperv"));
    return g_steal_pointer(&caps);
}
