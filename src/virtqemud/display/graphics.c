/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/display/graphics.h"

#include <errno.h>
#include <string.h>

#include "common/error.h"
#include "virtqemud/display/listen_client.h"
#include "virtqemud/driver.h"

/* A port that one server listens at. */
typedef struct {
    const GraphicsDef *graphics;
    gboolean is_for_qemu; /* QEMU binds it by itself, and is let do so */
    GArray *fds;          /* of int; NULL once they have been let go */
    int port;             /* reserved in this process until the host is freed */
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

/* ---- the host's graphics card ---- */

#define RENDER_NODES_DIR "/dev/dri"

static gboolean needs_render_node(const GraphicsDef *graphics)
{
    return graphics->type == GRAPHICS_EGL_HEADLESS ||
           ((graphics->type == GRAPHICS_SPICE || graphics->type == GRAPHICS_DBUS) && graphics->gl == XML_BOOL_YES);
}

/* The first one there is, for who named none. */
static gboolean render_node_resolve(GraphicsDef *graphics, GError **error)
{
    g_autoptr(GDir) entries = NULL;
    const char *name;

    if (!needs_render_node(graphics) || graphics->rendernode)
        return TRUE;
    entries = g_dir_open(RENDER_NODES_DIR, 0, NULL);
    if (!entries) {
        vir_error_set_errno(error, VIR_FROM_NONE, errno, "cannot open directory '" RENDER_NODES_DIR "'");
        return FALSE;
    }
    while (!graphics->rendernode && (name = g_dir_read_name(entries)))
        if (g_str_has_prefix(name, "renderD"))
            graphics->rendernode = g_build_filename(RENDER_NODES_DIR, name, NULL);
    return graphics->rendernode || vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                                                  "the host has no render node for OpenGL in '" RENDER_NODES_DIR "'");
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

static gboolean is_other_than_none(const GraphicsListen *listen)
{
    return listen->type != GRAPHICS_LISTEN_NONE;
}

/* Several listens are several sockets; QEMU can be handed those for VNC alone. */
static gboolean check_combination(const GraphicsDef *graphics, GError **error)
{
    g_autoptr(GPtrArray) addresses = graphics_addresses(graphics);

    if (graphics->listens->len > 1 && graphics->type == GRAPHICS_SPICE)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                              "more than one <listen> of a SPICE server");
    if (addresses->len > 1 && graphics->type == GRAPHICS_SPICE)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                              "a SPICE server that listens on more than one address");
    for (guint i = 0; graphics->listens->len > 1 && i < graphics->listens->len; i++)
        if (!is_other_than_none(graphics->listens->pdata[i]))
            return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                                  "a <listen> of type 'none' beside others");
    if (graphics->websocket != 0 && addresses->len == 0)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                              "a VNC websocket needs an address to listen on");
    return TRUE;
}

gboolean graphics_resolve(GraphicsDef *graphics, const char *guest_dir, GError **error)
{
    if (!render_node_resolve(graphics, error))
        return FALSE;
    if (graphics->type != GRAPHICS_VNC && graphics->type != GRAPHICS_SPICE)
        return TRUE;
    for (guint i = 0; i < graphics->listens->len; i++)
        if (!resolve_listen(graphics, g_ptr_array_index(graphics->listens, i), guest_dir, error))
            return FALSE;
    return check_combination(graphics, error);
}

/* ---- ports ---- */

/* One of a server's ports, and how it is to be had. */
typedef struct {
    const char *what;
    gboolean is_for_qemu;
    gboolean is_auto;
    int min, max; /* when it is */
} PortKind;

/* Takes a port: *port, or any that is free, which *port then is. */
static gboolean take_port(GraphicsHost *host, GraphicsDef *graphics, const PortKind *kind, int *port, GError **error)
{
    g_autoptr(GPtrArray) addresses = graphics_addresses(graphics);
    Taken taken = {.graphics = graphics, .is_for_qemu = kind->is_for_qemu, .port = *port};

    g_mutex_lock(&reserved_lock);
    if (kind->is_auto || *port <= 0)
        taken.fds = listen_sockets_open_any(addresses, kind->min, kind->max, reserved, kind->what, &taken.port, error);
    else
        taken.fds = listen_sockets_open_port(addresses, taken.port, NULL, kind->what, error);
    if (taken.fds)
        reserve(taken.port);
    g_mutex_unlock(&reserved_lock);
    if (!taken.fds)
        return FALSE;
    g_array_append_val(host->taken, taken);
    *port = taken.port;
    graphics->is_port_taken = TRUE;
    return TRUE;
}

static gboolean take_vnc_ports(GraphicsHost *host, GraphicsDef *graphics, GError **error)
{
    const PortKind plain = {"VNC", FALSE, graphics->is_autoport, driver.port_min, driver.port_max};
    const PortKind websocket = {"VNC websocket", TRUE, graphics->is_websocket_auto, driver.websocket_min,
                                driver.websocket_max};

    return take_port(host, graphics, &plain, &graphics->port, error) &&
           (graphics->websocket == 0 || take_port(host, graphics, &websocket, &graphics->websocket, error));
}

static gboolean take_spice_ports(GraphicsHost *host, GraphicsDef *graphics, GError **error)
{
    const PortKind plain = {"SPICE", TRUE, graphics->is_autoport, driver.port_min, driver.port_max};
    const PortKind secure = {"SPICE TLS", TRUE, graphics->is_autoport, driver.port_min, driver.port_max};
    SpicePorts ports = graphics_spice_ports(graphics, driver.settings.has_spice_tls);

    if (ports.needs_tls && graphics->tls_port <= 0 && !driver.settings.has_spice_tls)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                              "Auto allocation of spice TLS port requested but spice TLS is disabled in qemu.conf");
    return (!ports.needs_plain || take_port(host, graphics, &plain, &graphics->port, error)) &&
           (!ports.needs_tls || take_port(host, graphics, &secure, &graphics->tls_port, error));
}

static gboolean prepare_one(GraphicsHost *host, GraphicsDef *graphics, const char *guest_dir, GError **error)
{
    if (!graphics_resolve(graphics, guest_dir, error))
        return FALSE;
    if (!graphics_has_port(graphics))
        return TRUE;
    return graphics->type == GRAPHICS_VNC ? take_vnc_ports(host, graphics, error)
                                          : take_spice_ports(host, graphics, error);
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

        if (taken->graphics->type == GRAPHICS_VNC && !taken->is_for_qemu && taken->fds)
            return g_steal_pointer(&taken->fds);
    }
    return NULL;
}

void graphics_let_go(GraphicsHost *host)
{
    for (guint i = 0; i < host->taken->len; i++) {
        Taken *taken = &g_array_index(host->taken, Taken, i);

        if (taken->is_for_qemu)
            g_clear_pointer(&taken->fds, g_array_unref);
    }
}

gboolean graphics_may_retry(const DomainDef *def, const char *output)
{
    if (!output || (!strstr(output, "binding socket") && !strstr(output, "Address already in use")))
        return FALSE;
    for (guint i = 0; i < def->graphics->len; i++) {
        const GraphicsDef *graphics = g_ptr_array_index(def->graphics, i);

        if ((graphics->type == GRAPHICS_SPICE && graphics->is_autoport) || graphics->is_websocket_auto)
            return TRUE;
    }
    return FALSE;
}

/* ---- to QEMU ---- */

static void add_socket_address(json_object *addresses, const char *type, const char *key, const char *value)
{
    json_object *address = json_object_new_object();

    json_add_string(address, "type", type);
    json_add_string(address, key, value);
    json_object_array_add(addresses, address);
}

void graphics_hand_over_sockets(QmpBatch *batch, const GraphicsDef *graphics, const GArray *fds)
{
    json_object *arguments = json_object_new_object();
    json_object *addresses = json_object_new_array();

    for (guint i = 0; i < fds->len; i++) {
        g_autofree char *name = g_strdup_printf("vnc-listen-%u", i);

        qmp_batch_add_fd(batch, name, g_array_index(fds, int, i));
        add_socket_address(addresses, "fd", "str", name);
    }
    /* QEMU makes these itself, as its own user. */
    for (guint i = 0; i < graphics->listens->len; i++) {
        const GraphicsListen *listen = graphics->listens->pdata[i];

        if (listen->type == GRAPHICS_LISTEN_SOCKET)
            add_socket_address(addresses, "unix", "path", listen->socket);
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

        if (!taken->is_for_qemu)
            graphics_hand_over_sockets(batch, taken->graphics, taken->fds);
    }
    for (guint i = 0; i < def->graphics->len; i++) {
        const GraphicsDef *graphics = g_ptr_array_index(def->graphics, i);

        if (graphics->password && (graphics->type == GRAPHICS_VNC || graphics->type == GRAPHICS_SPICE))
            graphics_set_password(batch, graphics);
    }
}
