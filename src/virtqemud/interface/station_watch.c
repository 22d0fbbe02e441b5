/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/interface/station_watch.h"

#include <string.h>

#include "common/lldpad.h"
#include "common/log.h"
#include "daemon/poll.h"
#include "virtqemud/driver.h"
#include "virtqemud/guest/guest.h"
#include "virtqemud/guest/guest_list.h"
#include "virtqemud/interface/interface_host.h"
#include "virtqemud/interface/interface_plug.h"

/* A switch that takes the port away as often as it is asked for is not asked all the time. */
#define ASK_AGAIN_MS 250

/* A port that was taken away, until it has been asked for again. */
typedef struct {
    guint8 instance_id[UUID_LEN];
    Guest *guest;
    DomainDef *def;     /* the job's */
    gboolean is_asking; /* the job is on its way */
    gboolean is_again;  /* it was taken away meanwhile */
} LostPort;

static GPtrArray *lost_ports;

static void lost_port_free(gpointer data)
{
    LostPort *lost = data;

    guest_unref(lost->guest);
    g_free(lost);
}

static LostPort *find_lost(const guint8 *instance_id)
{
    for (guint i = 0; i < lost_ports->len; i++) {
        LostPort *lost = lost_ports->pdata[i];

        if (uuid_equal(lost->instance_id, instance_id))
            return lost;
    }
    return NULL;
}

static const InterfaceDef *find_interface(const DomainDef *def, const guint8 *instance_id)
{
    for (guint i = 0; def && i < def->interfaces->len; i++) {
        const InterfaceDef *interface = def->interfaces->pdata[i];
        const VirtualPort *port = interface_virtual_port(interface);

        if (interface->target && port && port->type == VIRTUAL_PORT_8021QBG &&
            uuid_equal(port->instance_id, instance_id))
            return interface;
    }
    return NULL;
}

/* ---- asking again: a job of the guest's ---- */

static gboolean begin_asking(gpointer data, GError **error)
{
    LostPort *lost = data;

    lost->is_again = FALSE;
    if (!guest_check_active(lost->guest, error))
        return FALSE;
    lost->def = domain_def_copy(lost->guest->live);
    return TRUE;
}

static gboolean run_asking(gpointer data, GError **error)
{
    LostPort *lost = data;
    const InterfaceDef *interface = find_interface(lost->def, lost->instance_id);
    g_autoptr(GError) problem = NULL;

    if (interface && !interface_plug_again(lost->def->uuid, interface, &problem))
        log_warning("guest '%s': its interface %s is not connected: %s", lost->def->name, interface->target,
                    problem->message);
    return TRUE;
}

static void ask_later(LostPort *lost);

static void asked(gpointer data, const GError *error)
{
    LostPort *lost = data;

    g_clear_pointer(&lost->def, domain_def_free);
    lost->is_asking = FALSE;
    if (!error && lost->is_again)
        ask_later(lost);
    else
        g_ptr_array_remove_fast(lost_ports, lost);
}

static const JobKind asking_kind = {"ask for a port again", begin_asking, run_asking, asked};

static gboolean ask_now(gpointer data)
{
    LostPort *lost = data;

    lost->is_asking = TRUE;
    job_queue_push(lost->guest->jobs, &asking_kind, lost);
    return G_SOURCE_REMOVE;
}

static void ask_later(LostPort *lost)
{
    g_timeout_add(ASK_AGAIN_MS, ask_now, lost);
}

/* ---- what lldpad says ---- */

typedef struct {
    const guint8 *instance_id;
    Guest *guest;
} Search;

static void look_at(Guest *guest, gpointer data)
{
    Search *search = data;

    if (!search->guest && guest_is_active(guest) && find_interface(guest->live, search->instance_id))
        search->guest = guest;
}

static void take_notice(const guint8 *instance_id)
{
    LostPort *lost = find_lost(instance_id);
    Search search = {.instance_id = instance_id};

    if (lost) {
        lost->is_again = lost->is_asking;
        return;
    }
    guest_list_each(driver.guests, look_at, &search);
    if (!search.guest)
        return; /* it has ended, or given the card up */
    log_warning("guest '%s': the switch has taken the port of its interface %s away; it is asked for again",
                search.guest->live->name, find_interface(search.guest->live, instance_id)->target);
    lost = g_new0(LostPort, 1);
    memcpy(lost->instance_id, instance_id, UUID_LEN);
    lost->guest = guest_ref(search.guest);
    g_ptr_array_add(lost_ports, lost);
    ask_later(lost);
}

static void on_readable(guint32 events, gpointer data)
{
    guint8 instance_id[UUID_LEN];

    while (lldpad_read(GPOINTER_TO_INT(data), instance_id))
        take_notice(instance_id);
}

void station_watch_init(void)
{
    g_autoptr(GError) error = NULL;
    int fd;

    if (!interface_host_can_plug())
        return; /* no such port was ever asked for */
    fd = lldpad_listen(&error);
    if (fd < 0) {
        log_warning("ports that a switch takes away are not asked for again: %s", error->message);
        return;
    }
    lost_ports = g_ptr_array_new_with_free_func(lost_port_free);
    poll_add(poll_set_get(), fd, EPOLLIN, on_readable, GINT_TO_POINTER(fd));
}
