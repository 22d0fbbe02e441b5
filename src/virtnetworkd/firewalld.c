/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/firewalld.h"

#include <gio/gio.h>

#include "common/error.h"
#include "common/log.h"

#define BUS_NAME     "org.fedoraproject.FirewallD1"
#define BUS_PATH     "/org/fedoraproject/FirewallD1"
#define ZONE_FACE    BUS_NAME ".zone"
#define DEFAULT_ZONE "libvirt"
#define TIMEOUT_MS   5000

/* A bus that goes away takes nobody along. */
static GDBusConnection *unbound(GDBusConnection *connection)
{
    if (connection)
        g_dbus_connection_set_exit_on_close(connection, FALSE);
    return connection;
}

/* The bus, or NULL: containers have none. */
static GDBusConnection *bus(void)
{
    return unbound(g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, NULL));
}

static gboolean is_running(GDBusConnection *connection)
{
    g_autoptr(GVariant) answer = NULL;
    gboolean has_owner = FALSE;

    if (!connection)
        return FALSE;
    answer = g_dbus_connection_call_sync(connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                         "org.freedesktop.DBus", "NameHasOwner", g_variant_new("(s)", BUS_NAME),
                                         G_VARIANT_TYPE("(b)"), G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, NULL, NULL);
    if (answer)
        g_variant_get(answer, "(b)", &has_owner);
    return has_owner;
}

static gboolean change_zone(GDBusConnection *connection, const char *zone, const char *bridge, GError **error)
{
    g_autoptr(GVariant) answer = g_dbus_connection_call_sync(
        connection, BUS_NAME, BUS_PATH, ZONE_FACE, "changeZoneOfInterface", g_variant_new("(ss)", zone, bridge), NULL,
        G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, NULL, error);

    return answer != NULL;
}

gboolean firewalld_set_zone(const NetworkDef *def, GError **error)
{
    g_autoptr(GDBusConnection) connection = bus();
    g_autoptr(GError) reason = NULL;

    if (!is_running(connection)) {
        if (!def->zone)
            return TRUE;
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR,
                      "zone %s requested for network %s but firewalld is not active", def->zone, def->name);
        return FALSE;
    }
    if (change_zone(connection, def->zone ? def->zone : DEFAULT_ZONE, def->bridge, &reason))
        return TRUE;
    if (def->zone) {
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR,
                      "cannot put bridge %s of network %s into firewalld's zone %s: %s", def->bridge, def->name,
                      def->zone, reason->message);
        return FALSE;
    }
    log_warning("network '%s': firewalld does not take bridge %s into the zone " DEFAULT_ZONE
                " and may drop its traffic: %s",
                def->name, def->bridge, reason->message);
    return TRUE;
}

/* ---- reloads ---- */

static void on_reloaded(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                        const char *signal, GVariant *parameters, gpointer data)
{
    void (*reloaded)(void) = data;

    reloaded();
}

static void on_bus(GObject *source, GAsyncResult *result, gpointer data)
{
    GDBusConnection *connection = unbound(g_bus_get_finish(result, NULL));

    /* Kept for as long as the process lives. */
    if (connection)
        g_dbus_connection_signal_subscribe(connection, BUS_NAME, BUS_NAME, "Reloaded", BUS_PATH, NULL,
                                           G_DBUS_SIGNAL_FLAGS_NONE, on_reloaded, data, NULL);
}

void firewalld_watch(void (*reloaded)(void))
{
    g_bus_get(G_BUS_TYPE_SYSTEM, NULL, on_bus, reloaded);
}
