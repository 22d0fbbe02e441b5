/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/interface/network_watch.h"

#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "common/netlink.h"
#include "virtqemud/guest/guest_list.h"
#include "virtqemud/guest/state_dir.h"
#include "virtqemud/interface/interface_host.h"
#include "virtqemud/interface/interface_plug.h"
#include "virtqemud/interface/network_peer.h"
#include "virtqemud/interface/port_client.h"

/* How long what may belong to a job is left alone. */
#define SWEEP_AGAIN_MS 2000

static gboolean is_opening;
static guint sweep_timer;

static gboolean is_on(const InterfaceDef *interface, const char *network)
{
    return interface->port && (!network || g_str_equal(interface->network, network));
}

static gboolean has_port(const Guest *guest, const char *network)
{
    for (guint i = 0; guest->live && i < guest->live->interfaces->len; i++)
        if (is_on(guest->live->interfaces->pdata[i], network))
            return TRUE;
    return FALSE;
}

/* ---- plugging a running guest in again: a job of the guest's ---- */

typedef struct {
    Guest *guest;
    gboolean is_own; /* what no network has a part in, else: */
    char *network;   /* NULL: all of them */
    DomainDef *def;
} Replug;

static gboolean is_forgotten(const InterfaceDef *interface)
{
    return !interface->port && interface->target && interface_plug_is_forgotten(interface) && interface_host_can_plug();
}

static gboolean is_meant(const Replug *replug, const InterfaceDef *interface)
{
    return replug->is_own ? is_forgotten(interface) : is_on(interface, replug->network);
}

static gboolean begin_replug(gpointer data, GError **error)
{
    Replug *replug = data;

    if (!guest_check_active(replug->guest, error))
        return FALSE;
    replug->def = domain_def_copy(replug->guest->live);
    return TRUE;
}

/* A link cannot become another kind of link, nor leave its device. */
static gboolean is_same_kind(const NetworkPort *old, const NetworkPort *new)
{
    gboolean was_bridge = old->plug.bridge != NULL, is_bridge = new->plug.bridge != NULL;

    return was_bridge == is_bridge && g_strcmp0(old->plug.device, new->plug.device) == 0;
}

static gboolean replug_interface(const DomainDef *def, InterfaceDef *interface, GError **error)
{
    g_autoptr(NetworkPort) old = interface->port ? network_port_copy(interface->port) : NULL;

    if (old && !port_client_restore(def, interface, error))
        return FALSE;
    if (!old || is_same_kind(old, interface->port))
        return interface_plug_again(def->uuid, interface, error);
    port_client_delete(interface->network, interface->port->uuid);
    network_port_free(interface->port);
    interface->port = g_steal_pointer(&old);
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_UNSUPPORTED,
                  "network '%s' is of another kind now, and the guest has to be started again to follow it",
                  interface->network);
    return FALSE;
}

static gboolean run_replug(gpointer data, GError **error)
{
    Replug *replug = data;

    for (guint i = 0; i < replug->def->interfaces->len; i++) {
        InterfaceDef *interface = replug->def->interfaces->pdata[i];
        g_autoptr(GError) problem = NULL;

        if (is_meant(replug, interface) && !replug_interface(replug->def, interface, &problem))
            log_warning("guest '%s': its interface %s is not connected: %s", replug->def->name, interface->target,
                        problem->message);
    }
    return TRUE;
}

static void publish_ports(Guest *guest, DomainDef *def)
{
    gboolean is_changed = FALSE;

    for (guint i = 0; i < def->interfaces->len && i < guest->live->interfaces->len; i++) {
        InterfaceDef *from = def->interfaces->pdata[i], *to = guest->live->interfaces->pdata[i];

        if (!from->port || !to->port || memcmp(from->mac, to->mac, MAC_LEN) != 0)
            continue;
        is_changed = is_changed || memcmp(from->port->uuid, to->port->uuid, UUID_LEN) != 0;
        network_port_free(to->port);
        to->port = g_steal_pointer(&from->port);
    }
    if (!is_changed)
        return;
    guest_changed(guest);
    state_dir_save(guest);
}

/* The guest has ended meanwhile, and what was claimed for it is not needed any more. Its links went with it, and their
 * names may be others' by now. */
static void give_up_ports(DomainDef *def)
{
    for (guint i = 0; i < def->interfaces->len; i++)
        g_clear_pointer(&((InterfaceDef *)def->interfaces->pdata[i])->target, g_free);
    interface_host_release(def);
}

static void replugged(gpointer data, const GError *error)
{
    Replug *replug = data;

    if (replug->def && guest_is_active(replug->guest) && replug->guest->live)
        publish_ports(replug->guest, replug->def);
    else if (replug->def)
        give_up_ports(g_steal_pointer(&replug->def));
    domain_def_free(replug->def);
    guest_unref(replug->guest);
    g_free(replug->network);
    g_free(replug);
}

static const JobKind replug_kind = {"connect to networks", begin_replug, run_replug, replugged};

static void push_replug(Guest *guest, gboolean is_own, const char *network)
{
    Replug *replug = g_new0(Replug, 1);

    *replug = (Replug){.guest = guest_ref(guest), .is_own = is_own, .network = g_strdup(network)};
    job_queue_push(guest->jobs, &replug_kind, replug);
}

static void replug_guest(Guest *guest, gpointer data)
{
    if (guest_is_active(guest) && has_port(guest, data))
        push_replug(guest, FALSE, data);
}

/* ---- ports of guests that are gone ---- */

typedef struct {
    GPtrArray *found; /* FoundPort */
    GError *error;
} Sweep;

static void list_ports(gpointer data)
{
    Sweep *sweep = data;

    sweep->found = port_client_list(&sweep->error);
}

typedef enum { PORT_GONE, PORT_CLAIMED, PORT_UNSURE } PortClaim;

/* What a job is asking for just now, or about to give up, is not in any document. */
static PortClaim claim_of(const FoundPort *found)
{
    const Guest *guest = guest_list_by_uuid(driver.guests, found->port->owner_uuid);

    for (guint i = 0; guest && guest->live && i < guest->live->interfaces->len; i++) {
        const InterfaceDef *interface = guest->live->interfaces->pdata[i];

        if (interface->port && uuid_equal(interface->port->uuid, found->port->uuid))
            return PORT_CLAIMED;
    }
    return guest && (guest->n_starts > 0 || !job_queue_is_idle(guest->jobs)) ? PORT_UNSURE : PORT_GONE;
}

static void delete_ports(gpointer data)
{
    const Sweep *sweep = data;

    for (guint i = 0; i < sweep->found->len; i++) {
        const FoundPort *found = sweep->found->pdata[i];

        log_info("guest '%s' is gone, its port on network '%s' is given up", found->port->owner_name, found->network);
        port_client_delete(found->network, found->port->uuid);
    }
    port_client_end_release();
}

static void swept(gpointer data)
{
    Sweep *sweep = data;

    g_ptr_array_unref(sweep->found);
    g_free(sweep);
}

static void on_listed(gpointer data);

static void sweep_now(void)
{
    daemon_run_worker(driver.daemon, list_ports, on_listed, g_new0(Sweep, 1));
}

static gboolean sweep_again(gpointer data)
{
    sweep_timer = 0;
    sweep_now();
    return G_SOURCE_REMOVE;
}

/* When jobs are over. */
static void sweep_later(void)
{
    if (!sweep_timer)
        sweep_timer = g_timeout_add(SWEEP_AGAIN_MS, sweep_again, NULL);
}

static void on_listed(gpointer data)
{
    Sweep *sweep = data;

    if (!sweep->found) {
        log_debug("cannot list ports: %s", sweep->error->message);
        g_error_free(sweep->error);
        g_free(sweep);
        return;
    }
    for (guint i = sweep->found->len; i-- > 0;) {
        PortClaim claim = claim_of(sweep->found->pdata[i]);

        if (claim == PORT_UNSURE)
            sweep_later();
        if (claim != PORT_GONE)
            g_ptr_array_remove_index(sweep->found, i);
    }
    port_client_begin_release();
    daemon_run_worker(driver.daemon, delete_ports, swept, sweep);
}

/* ---- the peer ---- */

static void on_lifecycle(const char *network, int event)
{
    if (event == VIR_NETWORK_EVENT_STARTED)
        guest_list_each(driver.guests, replug_guest, (gpointer)network);
}

static void on_opened(void)
{
    guest_list_each(driver.guests, replug_guest, NULL);
    sweep_now();
}

static void open_peer(gpointer data)
{
    *(gboolean *)data = network_peer_open(NULL);
}

static void on_tried(gpointer data)
{
    is_opening = FALSE;
    if (!*(gboolean *)data)
        network_peer_retry_later();
    g_free(data);
}

/* Makes the connection if there is none, from which on_opened() goes on. */
static void connect_later(void)
{
    if (is_opening)
        return;
    is_opening = TRUE;
    daemon_run_worker(driver.daemon, open_peer, on_tried, g_new0(gboolean, 1));
}

void network_watch_guest(Guest *guest)
{
    if (has_port(guest, NULL))
        connect_later();
}

static gboolean has_forgotten(const Guest *guest)
{
    for (guint i = 0; guest->live && i < guest->live->interfaces->len; i++)
        if (is_forgotten(guest->live->interfaces->pdata[i]))
            return TRUE;
    return FALSE;
}

void network_watch_adopt(Guest *guest)
{
    network_watch_guest(guest);
    if (!has_forgotten(guest))
        return;
    push_replug(guest, TRUE, NULL);
    /* It may have been on a network before, and the daemon been killed before it gave that port up. */
    connect_later();
}

static void watch_if_active(Guest *guest, gpointer data)
{
    if (guest_is_active(guest))
        network_watch_guest(guest);
}

static void look_again(void)
{
    guest_list_each(driver.guests, watch_if_active, NULL);
}

void network_watch_init(void)
{
    static const NetworkPeerListener listener = {.lifecycle = on_lifecycle, .opened = on_opened, .retry = look_again};

    network_peer_add_listener(&listener);
}
