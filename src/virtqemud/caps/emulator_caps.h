/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one emulator can do on this host, as it said itself. Immutable once made, shared by reference. Never blocks. */
#pragma once

#include <glib.h>

#include "common/json.h"

typedef struct {
    char *name;  /* "pc-q35-7.2" */
    char *alias; /* "q35", or NULL */
    guint max_vcpus;
    gboolean is_default, is_deprecated, has_hotplug_cpus;
    char *default_cpu;    /* "qemu64", or NULL */
    char *default_ram_id; /* "pc.ram", or NULL */
} EmulatorMachine;

typedef struct {
    char *name;
    gboolean is_usable; /* this host's KVM can run it whole */
    gboolean is_deprecated;
    char **missing; /* features that it lacks here; NULL-terminated, may be NULL */
} EmulatorCpu;

typedef struct EmulatorHostCpu EmulatorHostCpu; /* emulator_cpu.h */

typedef struct {
    gint refs;
    char *path;
    char *arch;    /* libvirt's name: "x86_64" */
    guint version; /* 7002022 for 7.2.22 */
    gboolean has_kvm;
    GPtrArray *machines;       /* EmulatorMachine */
    GPtrArray *cpus;           /* EmulatorCpu */
    GHashTable *devices;       /* set of device models */
    GHashTable *displays;      /* set of what -display takes */
    EmulatorHostCpu *host_cpu; /* NULL: not said */
    guint32 hyperv;            /* a bit for each HypervFeature (emulator_hyperv.h) */
} EmulatorCaps;

EmulatorCaps *emulator_caps_new(const char *path);
EmulatorCaps *emulator_caps_ref(EmulatorCaps *caps);
void emulator_caps_unref(EmulatorCaps *caps);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EmulatorCaps, emulator_caps_unref)

/* The machine by its name or alias; name NULL: the default one. NULL when there is none. Borrowed. */
const EmulatorMachine *emulator_caps_machine(const EmulatorCaps *caps, const char *name);
/* NULL when the emulator does not know it. Borrowed. */
const EmulatorCpu *emulator_caps_cpu(const EmulatorCaps *caps, const char *name);
/* Whether it runs guests of an architecture; that for 64 bits runs those for 32, too. */
gboolean emulator_caps_runs_arch(const EmulatorCaps *caps, const char *arch);
gboolean emulator_caps_has_device(const EmulatorCaps *caps, const char *name);
/* Whether it was built with a kind of display: "sdl". */
gboolean emulator_caps_has_display(const EmulatorCaps *caps, const char *name);

/* The answers to QMP's questions, put into caps. FALSE: VIR_ERR_INTERNAL_ERROR, an answer makes no sense. */
gboolean emulator_caps_take_version(EmulatorCaps *caps, json_object *reply, GError **error);
gboolean emulator_caps_take_target(EmulatorCaps *caps, json_object *reply, GError **error);
gboolean emulator_caps_take_machines(EmulatorCaps *caps, json_object *reply, GError **error);
gboolean emulator_caps_take_cpus(EmulatorCaps *caps, json_object *reply, GError **error);
gboolean emulator_caps_take_devices(EmulatorCaps *caps, json_object *reply, GError **error);
/* reply: QEMU's description of its monitor (query-qmp-schema). */
gboolean emulator_caps_take_displays(EmulatorCaps *caps, json_object *reply, GError **error);

/* For the cache on disk: the document, and caps from it (NULL when it is not one of this version). */
json_object *emulator_caps_to_json(const EmulatorCaps *caps);
EmulatorCaps *emulator_caps_from_json(json_object *document);
