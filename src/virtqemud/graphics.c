/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/graphics.h"

#include <string.h>

#include "common/error.h"
#include "virtqemud/driver.h"
#include "virtqemud/listen_client.h"

/* What one server listens on. */
typedef struct {
    GraphicsType type;
    GArray *fds; /* of int; NULL once they have been let go */
    int port;    /* reserved in this process until the host is freed */
} Taken;

struct GraphicsHost {
    GArray *taken; /* of Taken */
};

/* Ports that QEMUs of this process are about to bind. */
static GMutex reserved_lock;
static GHashTable *reserved; /* port as pointer */

static void reserve(int port)
{
    if (!reserved)
        reserved = g_hash_table_new(NULL, NULL);
    g_hash_table_add(reserved, GINT_TO_POINTER(port));
}

void graphics_host_free(GraphicsHost *host)
{
    if (!host)
        return;
    g_mutex_lock(&reserved_lock);
    for (guint i = 0; i < host->taken->len; i++) {
        Taken *taken = &g_array_index(host->taken, Taken, i);

        g_hash_table_remove(reserved, GINT_TO_POINTER(taken->port));
        g_clear_pointer(&taken->fds, g_array_unref);
    }
    g_mutex_unlock(&reserved_lock);
    g_array_unref(host->taken);
    g_free(host);
}

/* ---- addresses ---- */

static const char *default_address(const GraphicsDef *graphics)
{
    return graphics->type == GRAPHICS_SPICE ? driver.spice_listen : driver.vnc_listen;
}

static gboolean resolve_network(GraphicsListen *listen, GError **error)
{
    g_autoptr(GPtrArray) addresses = listen_client_query(listen->network, listen->family, error);

    if (addresses)
        graphics_listen_set_addresses(listen, addresses);
    return addresses != NULL;
}

static gboolean resolve_listen(const GraphicsDef *graphics, GraphicsListen *listen, const char *guest_dir,
                               GError **error)
{
    switch ((int)listen->type) {
    case GRAPHICS_LISTEN_ADDRESS:
        if (!listen->address) {
            listen->address = g_strdup(default_address(graphics));
            listen->is_from_config = TRUE;
        }
        return TRUE;
    case GRAPHICS_LISTEN_NETWORK:
        return resolve_network(listen, error);
    case GRAPHICS_LISTEN_SOCKET:
        if (!listen->socket) {
            listen->socket = g_strdup_printf("%s/%s.sock", guest_dir, graphics_types[graphics->type]);
            listen->is_auto_socket = TRUE;
        }
        return TRUE;
    default:
        return TRUE;
    }
}

static gboolean refuse(GError **error, const char *what)
{
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED, "%s", what);
    return FALSE;
}

/* Several addresses are several sockets; QEMU can be handed those for VNC alone. */
static gboolean check_combination(const GraphicsDef *graphics, GError **error)
{
    g_autoptr(GPtrArray) addresses = graphics_addresses(graphics);

    if (graphics->listens->len > 1 && graphics->type == GRAPHICS_SPICE)
        return refuse(error, "more than one <listen> of a SPICE server");
    if (addresses->len > 1 && graphics->type == GRAPHICS_SPICE)
        return refuse(error, "a SPICE server that listens on more than one address");
    for (guint i = 0; graphics->listens->len > 1 && i < graphics->listens->len; i++) {
        const GraphicsListen *listen = graphics->listens->pdata[i];

        if (listen->type == GRAPHICS_LISTEN_NONE || listen->type == GRAPHICS_LISTEN_SOCKET)
            return refuse(error, "a <listen> of type 'none' or 'socket' beside others");
    }
    return TRUE;
}

gboolean graphics_resolve(GraphicsDef *graphics, const char *guest_dir, GError **error)
{
    if (graphics->type != GRAPHICS_VNC && graphics->type != GRAPHICS_SPICE)
        return TRUE;
    for (guint i = 0; i < graphics->listens->len; i++)
        if (!resolve_listen(graphics, g_ptr_array_index(graphics->listens, i), guest_dir, error))
            return FALSE;
    return check_combination(graphics, error);
}

/* ---- ports ---- */

static GArray *open_port(const GraphicsDef *graphics, int *port, GError **error)
{
    g_autoptr(GPtrArray) addresses = graphics_addresses(graphics);
    const char *what = graphics->type == GRAPHICS_VNC ? "VNC" : "SPICE";

    if (graphics->is_autoport || graphics->port <= 0)
        return listen_sockets_open_any(addresses, driver.port_min, driver.port_max, reserved, what, port, error);
    *port = graphics->port;
    return listen_sockets_open_port(addresses, *port, NULL, what, error);
}

static gboolean take_port(GraphicsHost *host, GraphicsDef *graphics, GError **error)
{
    Taken taken = {.type = graphics->type};

    g_mutex_lock(&reserved_lock);
    taken.fds = open_port(graphics, &taken.port, error);
    if (taken.fds)
        reserve(taken.port);
    g_mutex_unlock(&reserved_lock);
    if (!taken.fds)
        return FALSE;
    g_array_append_val(host->taken, taken);
    graphics->port = taken.port;
    graphics->is_port_taken = TRUE;
    return TRUE;
}

static gboolean prepare_one(GraphicsHost *host, GraphicsDef *graphics, const char *guest_dir, GError **error)
{
    if (graphics->type != GRAPHICS_VNC && graphics->type != GRAPHICS_SPICE)
        return TRUE;
    return graphics_resolve(graphics, guest_dir, error) &&
           (!graphics_has_port(graphics) || take_port(host, graphics, error));
}

GraphicsHost *graphics_prepare(DomainDef *def, const char *guest_dir, GError **error)
{
    g_autoptr(GraphicsHost) host = g_new0(GraphicsHost, 1);

    host->taken = g_array_new(FALSE, FALSE, sizeof(Taken));
    for (guint i = 0; i < def->graphics->len; i++)
        if (!prepare_one(host, g_ptr_array_index(def->graphics, i), guest_dir, error))
            return NULL;
    return g_steal_pointer(&host);
}

GArray *graphics_open_elsewhere(GraphicsDef *graphics, const ListenOld *old, GError **error)
{
    g_autoptr(GPtrArray) addresses = graphics_addresses(graphics);
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&reserved_lock);
    g_autoptr(GError) problem = NULL;
    GArray *fds = listen_sockets_open_port(addresses, graphics->port, old, "VNC", &problem);

    if (!fds && graphics->is_autoport)
        return listen_sockets_open_any(addresses, driver.port_min, driver.port_max, reserved, "VNC", &graphics->port,
                                       error);
    if (!fds)
        g_propagate_error(error, g_steal_pointer(&problem));
    return fds;
}

GArray *graphics_host_take_sockets(GraphicsHost *host)
{
    for (guint i = 0; i < host->taken->len; i++) {
        Taken *taken = &g_array_index(host->taken, Taken, i);

        if (taken->type == GRAPHICS_VNC && taken->fds)
            return g_steal_pointer(&taken->fds);
    }
    return NULL;
}

void graphics_let_go(GraphicsHost *host)
{
    for (guint i = 0; i < host->taken->len; i++) {
        Taken *taken = &g_array_index(host->taken, Taken, i);

        if (taken->type == GRAPHICS_SPICE)
            g_clear_pointer(&taken->fds, g_array_unref);
    }
}

gboolean graphics_may_retry(const DomainDef *def, const char *output)
{
    if (!output || !strstr(output, "binding socket"))
        return FALSE;
    for (guint i = 0; i < def->graphics->len; i++) {
        const GraphicsDef *graphics = g_ptr_array_index(def->graphics, i);

        if (graphics->type == GRAPHICS_SPICE && graphics->is_autoport)
            return TRUE;
    }
    return FALSE;
}

/* ---- to QEMU ---- */

void graphics_hand_over_sockets(QmpBatch *batch, const GArray *fds)
{
    json_object *arguments = json_object_new_object();
    json_object *addresses = json_object_new_array();

    for (guint i = 0; i < fds->len; i++) {
        json_object *address = json_object_new_object();
        g_autofree char *name = g_strdup_printf("vnc-listen-%u", i);

        qmp_batch_add_fd(batch, name, g_array_index(fds, int, i));
        json_add_string(address, "type", "fd");
        json_add_string(address, "str", name);
        json_object_array_add(addresses, address);
    }
    json_add_string(arguments, "type", "vnc");
    json_add_object(arguments, "addresses", addresses);
    qmp_batch_add(batch, "display-update", arguments);
}

static void expire_password(const GraphicsDef *graphics, QmpBatch *batch)
{
    json_object *arguments = json_object_new_object();
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) until = g_date_time_new_from_iso8601(graphics->password_valid_to, utc);

    json_add_string(arguments, "protocol", graphics_types[graphics->type]);
    if (until)
        json_add_stringf(arguments, "time", "%" G_GINT64_FORMAT, g_date_time_to_unix(until));
    else
        json_add_string(arguments, "time", "now");
    qmp_batch_add(batch, "expire_password", arguments);
}

void graphics_set_password(QmpBatch *batch, const GraphicsDef *graphics)
{
    const char *protocol = graphics_types[graphics->type];
    json_object *arguments = json_object_new_object();

    json_add_string(arguments, "protocol", protocol);
    json_add_string(arguments, "password", graphics->password);
    if (graphics->connected != GRAPHICS_CONNECTED_DEFAULT) {
        static const char *const words[GRAPHICS_CONNECTED_LAST] = {[GRAPHICS_CONNECTED_FAIL] = "fail",
                                                                   [GRAPHICS_CONNECTED_DISCONNECT] = "disconnect",
                                                                   [GRAPHICS_CONNECTED_KEEP] = "keep"};

        json_add_string(arguments, "connected", words[graphics->connected]);
    }
    qmp_batch_add(batch, "set_password", arguments);
    if (graphics->password_valid_to)
        expire_password(graphics, batch);
}

void graphics_hand_over(GraphicsHost *host, const DomainDef *def, QmpBatch *batch)
{
    for (guint i = 0; i < host->taken->len; i++) {
        const Taken *taken = &g_array_index(host->taken, Taken, i);

        if (taken->type == GRAPHICS_VNC)
            graphics_hand_over_sockets(batch, taken->fds);
    }
    for (guint i = 0; i < def->graphics->len; i++) {
        const GraphicsDef *graphics = g_ptr_array_index(def->graphics, i);

        if (graphics->password && (graphics->type == GRAPHICS_VNC || graphics->type == GRAPHICS_SPICE))
            graphics_set_password(batch, graphics);
    }
}
