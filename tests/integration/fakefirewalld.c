/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A firewalld that only remembers, on the bus that DBUS_SYSTEM_BUS_ADDRESS names: it knows the zones "libvirt",
 * "libvirt-routed" and "work", prints "ZONE LINK" or "removed LINK" for each change, and says that it has reloaded, and
 * forgets all, whenever a line comes in.
 *
 * usage: fakefirewalld [SECONDS]     which it takes for each change, as a real one does while it starts; then it prints
 *                                    "asked for ZONE LINK" before
 *        fakefirewalld end           it ends when it is asked for a change
 */
#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME "org.fedoraproject.FirewallD1"
#define PATH "/org/fedoraproject/FirewallD1"

static const char introspection[] =
    "<node><interface name='" NAME ".zone'>"
    "<method name='changeZoneOfInterface'><arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='out'/></method>"
    "<method name='removeInterface'><arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='out'/></method>"
    "<method name='getZoneOfInterface'><arg type='s' direction='in'/><arg type='s' direction='out'/></method>"
    "</interface></node>";

static GDBusConnection *connection;
static GHashTable *zones; /* link -> zone */
static guint pause_s;
static gboolean shall_end;

static gboolean change(gpointer data)
{
    GDBusMethodInvocation *invocation = data;
    const char *zone, *link;

    g_variant_get(g_dbus_method_invocation_get_parameters(invocation), "(&s&s)", &zone, &link);
    g_hash_table_insert(zones, g_strdup(link), g_strdup(zone));
    printf("%s %s\n", zone, link);
    fflush(stdout);
    g_dbus_method_invocation_return_value(invocation, g_variant_new("(s)", zone));
    return G_SOURCE_REMOVE;
}

static void on_call(GDBusConnection *bus, const char *sender, const char *object, const char *interface,
                    const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
    static const char *const known[] = {"libvirt", "libvirt-routed", "work", NULL};
    const char *zone, *link;

    if (strcmp(method, "getZoneOfInterface") == 0) {
        g_variant_get(parameters, "(&s)", &link);
        zone = g_hash_table_lookup(zones, link);
        g_dbus_method_invocation_return_value(invocation, g_variant_new("(s)", zone ? zone : ""));
        return;
    }
    g_variant_get(parameters, "(&s&s)", &zone, &link);
    if (strcmp(method, "removeInterface") == 0) {
        printf("%s %s\n", g_hash_table_remove(zones, link) ? "removed" : "unknown", link);
        fflush(stdout);
        g_dbus_method_invocation_return_value(invocation, g_variant_new("(s)", zone));
        return;
    }
    if (!g_strv_contains(known, zone)) {
        g_dbus_method_invocation_return_dbus_error(invocation, NAME ".Exception", "INVALID_ZONE");
    } else if (shall_end) {
        exit(0);
    } else if (pause_s) {
        printf("asked for %s %s\n", zone, link);
        fflush(stdout);
        g_timeout_add_seconds(pause_s, change, invocation);
    } else {
        change(invocation);
    }
}

static void on_bus(GDBusConnection *bus, const char *name, gpointer data)
{
    static const GDBusInterfaceVTable vtable = {.method_call = on_call};
    GDBusNodeInfo *node = g_dbus_node_info_new_for_xml(introspection, NULL);

    connection = bus;
    if (!g_dbus_connection_register_object(bus, PATH, node->interfaces[0], &vtable, NULL, NULL, NULL))
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

static gboolean on_line(GIOChannel *channel, GIOCondition condition, gpointer loop)
{
    g_autofree char *line = NULL;

    if (g_io_channel_read_line(channel, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
        g_main_loop_quit(loop);
        return G_SOURCE_REMOVE;
    }
    g_hash_table_remove_all(zones);
    g_dbus_connection_emit_signal(connection, NULL, PATH, NAME, "Reloaded", NULL, NULL);
    return G_SOURCE_CONTINUE;
}

int main(int argc, char **argv)
{
    GMainLoop *loop = g_main_loop_new(NULL, FALSE);

    shall_end = argc > 1 && strcmp(argv[1], "end") == 0;
    pause_s = argc > 1 ? (guint)atoi(argv[1]) : 0;
    zones = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_bus_own_name(G_BUS_TYPE_SYSTEM, NAME, G_BUS_NAME_OWNER_FLAGS_NONE, on_bus, on_name, on_lost, NULL, NULL);
    g_io_add_watch(g_io_channel_unix_new(0), G_IO_IN | G_IO_HUP, on_line, loop);
    g_main_loop_run(loop);
    return 0;
}
