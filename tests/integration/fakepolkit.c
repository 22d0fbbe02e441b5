/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A polkit that goes by a file, on the bus that DBUS_SYSTEM_BUS_ADDRESS names. Each line of the file is an action that
 * is allowed, with what a detail has to be if it matters: "org.libvirt.api.domain.getattr domain_name=guest1". All else
 * is refused. The file is read for each question. Each question is printed, and before them
 * "ready" once it can be asked.
 */
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

static const char introspection[] =
    "<node><interface name='org.freedesktop.PolicyKit1.Authority'><method name='CheckAuthorization'>"
    "<arg type='(sa{sv})' direction='in'/><arg type='s' direction='in'/><arg type='a{ss}' direction='in'/>"
    "<arg type='u' direction='in'/><arg type='s' direction='in'/><arg type='(bba{ss})' direction='out'/>"
    "</method></interface></node>";

static const char *path;

static gboolean line_allows(const char *line, const char *action, GVariant *details)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 2);
    g_auto(GStrv) pair = words[0] && words[1] ? g_strsplit(words[1], "=", 2) : NULL;
    const char *value;

    if (g_strcmp0(words[0], action) != 0)
        return FALSE;
    return !pair || (g_variant_lookup(details, pair[0], "&s", &value) && strcmp(value, pair[1]) == 0);
}

static gboolean is_allowed(const char *action, GVariant *details)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return FALSE;
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        if (line_allows(*line, action, details))
            return TRUE;
    return FALSE;
}

static void on_call(GDBusConnection *bus, const char *sender, const char *object, const char *interface,
                    const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
    g_autoptr(GVariant) subject = NULL, details = NULL;
    g_autofree char *printed = NULL;
    const char *action, *cancellation;
    guint flags;
    GVariantBuilder none;

    g_variant_get(parameters, "(@(sa{sv})&s@a{ss}u&s)", &subject, &action, &details, &flags, &cancellation);
    printed = g_variant_print(details, FALSE);
    printf("%s %s\n", action, printed);
    fflush(stdout);
    g_variant_builder_init(&none, G_VARIANT_TYPE("a{ss}"));
    g_dbus_method_invocation_return_value(invocation,
                                          g_variant_new("((bba{ss}))", is_allowed(action, details), FALSE, &none));
}

static void on_bus(GDBusConnection *bus, const char *name, gpointer data)
{
    static const GDBusInterfaceVTable vtable = {.method_call = on_call};
    GDBusNodeInfo *node = g_dbus_node_info_new_for_xml(introspection, NULL);

    if (!g_dbus_connection_register_object(bus, "/org/freedesktop/PolicyKit1/Authority", node->interfaces[0], &vtable,
                                           NULL, NULL, NULL))
        g_error("cannot register the object");
}

static void on_name(GDBusConnection *bus, const char *name, gpointer data)
{
    puts("ready");
    fflush(stdout);
}

static void on_lost(GDBusConnection *bus, const char *name, gpointer data)
{
    g_error("no bus, or the name is taken");
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: fakepolkit FILE\n");
        return 1;
    }
    path = argv[1];
    g_bus_own_name(G_BUS_TYPE_SYSTEM, "org.freedesktop.PolicyKit1", G_BUS_NAME_OWNER_FLAGS_NONE, on_bus, on_name,
                   on_lost, NULL, NULL);
    g_main_loop_run(g_main_loop_new(NULL, FALSE));
    return 0;
}
