/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/cgroup/machine_host.h"

#include <gio/gio.h>
#include <string.h>

#include "common/log.h"

#define BUS_NAME   "org.freedesktop.machine1"
#define BUS_PATH   "/org/freedesktop/machine1"
#define FACE       BUS_NAME ".Manager"
#define TIMEOUT_MS 5000

/* The directory that is there when systemd is what the host was started with. */
#define SYSTEMD_RUNS "/run/systemd/system"

/* That of host names. */
#define NAME_MAX_LEN 64

char *machine_host_name(const char *run)
{
    const char *c = g_str_has_prefix(run, "domain-") ? run + strlen("domain-") : run;
    GString *name = g_string_new("qemu-");

    for (; *c && name->len < NAME_MAX_LEN; c++) {
        char last = name->str[name->len - 1];

        if (g_ascii_isalnum(*c) || ((*c == '-' || *c == '.') && last != '-' && last != '.'))
            g_string_append_c(name, *c);
    }
    while (name->len && (name->str[name->len - 1] == '-' || name->str[name->len - 1] == '.'))
        g_string_truncate(name, name->len - 1);
    return g_string_free(name, FALSE);
}

static GVariant *arguments(const char *name, const guint8 uuid[UUID_LEN], pid_t pid, const char *slice)
{
    GVariantBuilder properties;

    g_variant_builder_init(&properties, G_VARIANT_TYPE("a(sv)"));
    g_variant_builder_add(&properties, "(sv)", "Slice", g_variant_new_string(slice));
    g_variant_builder_add(&properties, "(sv)", "Delegate", g_variant_new_boolean(TRUE));
    return g_variant_new("(s@ayssus@a(sv))", name,
                         g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, uuid, UUID_LEN, sizeof(guint8)), "libvirt-qemu",
                         "vm", (guint32)pid, "", g_variant_builder_end(&properties));
}

gboolean machine_host_register(const char *name, const guint8 uuid[UUID_LEN], pid_t pid, const char *slice)
{
    g_autoptr(GDBusConnection) bus = NULL;
    g_autoptr(GVariant) answer = NULL;
    g_autoptr(GError) error = NULL;

    if (!g_file_test(SYSTEMD_RUNS, G_FILE_TEST_IS_DIR))
        return FALSE;
    bus = g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, NULL);
    if (!bus)
        return FALSE;
    /* A bus that goes away takes nobody along. */
    g_dbus_connection_set_exit_on_close(bus, FALSE);
    answer =
        g_dbus_connection_call_sync(bus, BUS_NAME, BUS_PATH, FACE, "CreateMachine", arguments(name, uuid, pid, slice),
                                    G_VARIANT_TYPE("(o)"), G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, NULL, &error);
    if (!answer && !g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN))
        log_warning("cannot make '%s' a machine of systemd: %s", name, error->message);
    return answer != NULL;
}
