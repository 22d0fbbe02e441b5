/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/host/firewalld.h"

#include <gio/gio.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"

#define BUS_NAME     "org.fedoraproject.FirewallD1"
#define BUS_PATH     "/org/fedoraproject/FirewallD1"
#define ZONE_FACE    BUS_NAME ".zone"
#define DEFAULT_ZONE "libvirt"
#define ROUTED_ZONE  "libvirt-routed"
#define TIMEOUT_MS   5000

/* One that has just got its name answers when it has read all its zones and policies: many seconds on a slow machine.
 */
#define CHANGE_TIMEOUT_MS 30000
/* How many of them are asked one after the other. */
#define OWNERS_MAX 3

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

/* Whose the name is just now, to whom calls go: who takes the name over is asked anew. NULL: firewalld does not run.
 * Caller frees. */
static char *find_owner(GDBusConnection *connection)
{
    g_autoptr(GVariant) answer = NULL;
    char *owner = NULL;

    if (!connection)
        return NULL;
    answer = g_dbus_connection_call_sync(connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                         "org.freedesktop.DBus", "GetNameOwner", g_variant_new("(s)", BUS_NAME),
                                         G_VARIANT_TYPE("(s)"), G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, NULL, NULL);
    if (answer)
        g_variant_get(answer, "(s)", &owner);
    return owner;
}

static gboolean change_zone(GDBusConnection *connection, const char *owner, const char *zone, const char *bridge,
                            GError **error)
{
    g_autoptr(GVariant) answer = g_dbus_connection_call_sync(
        connection, owner, BUS_PATH, ZONE_FACE, "changeZoneOfInterface", g_variant_new("(ss)", zone, bridge), NULL,
        G_DBUS_CALL_FLAGS_NONE, CHANGE_TIMEOUT_MS, NULL, error);

    return answer != NULL;
}

static gboolean is_unknown_zone(const GError *error)
{
    return strstr(error->message, "INVALID_ZONE") != NULL;
}

/* What is routed is reached from outside too, for which firewalld of old had no word. */
static gboolean put(GDBusConnection *connection, const char *owner, const NetworkDef *def, GError **error)
{
    g_autoptr(GError) reason = NULL;

    if (def->zone || network_def_mode(def) != NETWORK_FORWARD_ROUTE)
        return change_zone(connection, owner, def->zone ? def->zone : DEFAULT_ZONE, def->bridge, error);
    if (change_zone(connection, owner, ROUTED_ZONE, def->bridge, &reason))
        return TRUE;
    if (is_unknown_zone(reason))
        return change_zone(connection, owner, DEFAULT_ZONE, def->bridge, error);
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
}

/* One that ends, or is started again, while it is asked has not said no: its successor is asked, and one that there is
 * not yet is waited for by whoever watches the name. FALSE with *reason NULL: nobody is there. */
static gboolean ask_whoever_is_there(GDBusConnection *connection, const NetworkDef *def, GError **reason)
{
    g_autofree char *owner = find_owner(connection);

    for (guint i = 0; owner && i < OWNERS_MAX; i++) {
        g_autofree char *now = NULL;

        g_clear_error(reason);
        if (put(connection, owner, def, reason))
            return TRUE;
        now = find_owner(connection);
        if (g_strcmp0(owner, now) == 0)
            return FALSE;
        g_free(owner);
        owner = g_steal_pointer(&now);
    }
    if (!owner)
        g_clear_error(reason);
    return FALSE;
}

gboolean firewalld_set_zone(const NetworkDef *def, GError **error)
{
    g_autoptr(GDBusConnection) connection = bus();
    g_autoptr(GError) reason = NULL;

    if (ask_whoever_is_there(connection, def, &reason))
        return TRUE;
    if (!def->zone && reason)
        log_warning("network '%s': firewalld does not take bridge %s into the zone " DEFAULT_ZONE
                    " and may drop its traffic: %s",
                    def->name, def->bridge, reason->message);
    if (!def->zone)
        return TRUE;
    if (reason)
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR,
                      "cannot put bridge %s of network %s into firewalld's zone %s: %s", def->bridge, def->name,
                      def->zone, reason->message);
    else
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR,
                      "zone %s requested for network %s but firewalld is not active", def->zone, def->name);
    return FALSE;
}

void firewalld_unset_zone(const NetworkDef *def)
{
    g_autoptr(GDBusConnection) connection = bus();
    g_autofree char *owner = find_owner(connection);
    g_autoptr(GVariant) answer = NULL;
    g_autoptr(GError) reason = NULL;

    if (!owner)
        return;
    /* No zone: the one that the link is in. */
    answer = g_dbus_connection_call_sync(connection, owner, BUS_PATH, ZONE_FACE, "removeInterface",
                                         g_variant_new("(ss)", "", def->bridge), NULL, G_DBUS_CALL_FLAGS_NONE,
                                         TIMEOUT_MS, NULL, &reason);
    if (!answer)
        log_debug("network '%s': firewalld keeps bridge %s in its zone: %s", def->name, def->bridge, reason->message);
}

static gboolean find_zone(const char *link, int timeout_ms, char **zone)
{
    g_autoptr(GDBusConnection) connection = bus();
    g_autofree char *owner = find_owner(connection);
    g_autoptr(GVariant) answer = NULL;
    const char *name;

    *zone = NULL;
    if (!owner)
        return FALSE;
    answer = g_dbus_connection_call_sync(connection, owner, BUS_PATH, ZONE_FACE, "getZoneOfInterface",
                                         g_variant_new("(s)", link), G_VARIANT_TYPE("(s)"), G_DBUS_CALL_FLAGS_NONE,
                                         timeout_ms, NULL, NULL);
    if (answer) {
        g_variant_get(answer, "(&s)", &name);
        *zone = *name ? g_strdup(name) : NULL;
    }
    return TRUE;
}

gboolean firewalld_find_zone(const char *link, char **zone)
{
    return find_zone(link, TIMEOUT_MS, zone);
}

void firewalld_settle(void)
{
    g_autofree char *zone = NULL;

    find_zone("lo", CHANGE_TIMEOUT_MS, &zone);
}

/* ---- reloads ---- */

/* How long a bus that went away gets to come back before it is asked for again. */
#define BUS_PAUSE_S 1

/* Who is told, and what is listened to; of the loop. */
static struct {
    void (*reloaded)(void);
    GDBusConnection *connection; /* NULL: there is no bus */
    guint signal, name;          /* subscriptions */
    gboolean was_away;           /* firewalld or its bus, so that it knows nothing of our bridges */
} watch;

static void find_bus(void);

static void on_reloaded(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                        const char *signal, GVariant *parameters, gpointer data)
{
    watch.reloaded();
}

static void on_appeared(GDBusConnection *connection, const char *name, const char *owner, gpointer data)
{
    if (watch.was_away)
        watch.reloaded();
    watch.was_away = FALSE;
}

static void on_vanished(GDBusConnection *connection, const char *name, gpointer data)
{
    watch.was_away = TRUE;
}

static gboolean on_pause_end(gpointer data)
{
    find_bus();
    return G_SOURCE_REMOVE;
}

/* The connection must go altogether: GLib hands out a closed one for as long as somebody holds it. */
static void on_closed(GDBusConnection *connection, gboolean is_remote, GError *error, gpointer data)
{
    g_bus_unwatch_name(watch.name);
    g_dbus_connection_signal_unsubscribe(connection, watch.signal);
    g_signal_handlers_disconnect_by_func(connection, on_closed, NULL);
    g_clear_object(&watch.connection);
    watch.was_away = TRUE;
    g_timeout_add_seconds(BUS_PAUSE_S, on_pause_end, NULL);
}

static void on_bus(GObject *source, GAsyncResult *result, gpointer data)
{
    watch.connection = unbound(g_bus_get_finish(result, NULL));
    /* One that a worker still holds. */
    if (watch.connection && g_dbus_connection_is_closed(watch.connection))
        g_clear_object(&watch.connection);
    if (!watch.connection) {
        /* One that was there comes back; containers never had one. */
        if (watch.was_away)
            g_timeout_add_seconds(BUS_PAUSE_S, on_pause_end, NULL);
        return;
    }
    g_signal_connect(watch.connection, "closed", G_CALLBACK(on_closed), NULL);
    watch.signal = g_dbus_connection_signal_subscribe(watch.connection, BUS_NAME, BUS_NAME, "Reloaded", BUS_PATH, NULL,
                                                      G_DBUS_SIGNAL_FLAGS_NONE, on_reloaded, NULL, NULL);
    watch.name = g_bus_watch_name_on_connection(watch.connection, BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared,
                                                on_vanished, NULL, NULL);
}

static void find_bus(void)
{
    g_bus_get(G_BUS_TYPE_SYSTEM, NULL, on_bus, NULL);
}

void firewalld_watch(void (*reloaded)(void))
{
    watch.reloaded = reloaded;
    find_bus();
}
