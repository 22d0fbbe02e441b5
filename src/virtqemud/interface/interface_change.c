/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/interface/interface_change.h"

#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "virtqemud/guest/change_job.h"
#include "virtqemud/interface/interface_host.h"
#include "virtqemud/interface/interface_plug.h"
#include "virtqemud/interface/network_watch.h"
#include "virtqemud/interface/port_client.h"
#include "virtqemud/plug/plug_live.h"

typedef struct {
    InterfaceDef *document; /* what is wanted, or NULL: */
    Bandwidth *limits;
    InterfaceDef *before, *live; /* of what runs: as it was when the turn came, and as it shall be */
    DomainDef *def;              /* the guest that has it, as it ran then */
    gboolean moves;              /* it shall be plugged in elsewhere */
} Change;

static void change_free(gpointer data)
{
    Change *change = data;

    interface_def_free(change->document);
    xml_struct_free(&bandwidth_element, change->limits);
    interface_def_free(change->before);
    interface_def_free(change->live);
    domain_def_free(change->def);
    g_free(change);
}

/* ---- what it shall be ---- */

static InterfaceDef *find(const DomainDef *def, CallJob *job, GError **error)
{
    const Change *change = job->data;
    InterfaceDef *found = domain_find_interface(def, job->text);

    if (!found && change->document)
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_DEVICE_MISSING, "no device matching MAC address %s found",
                      job->text);
    else if (!found)
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "Can't find device %s", job->text);
    return found;
}

static void replace_rate(BandwidthRate **rate, const BandwidthRate *with)
{
    if (!with)
        return;
    g_free(*rate);
    *rate = g_memdup2(with, sizeof(*with));
}

/* Of base where limits leaves a side alone. NULL when nothing is limited any more. */
static Bandwidth *merge(const Bandwidth *base, const Bandwidth *limits)
{
    Bandwidth *merged = base ? xml_struct_copy(&bandwidth_element, base) : g_new0(Bandwidth, 1);

    replace_rate(&merged->inbound, limits->inbound);
    replace_rate(&merged->outbound, limits->outbound);
    bandwidth_drop_zero(merged);
    if (!merged->inbound && !merged->outbound) {
        xml_struct_free(&bandwidth_element, merged);
        return NULL;
    }
    return merged;
}

static void set_bandwidth(InterfaceDef *interface, Bandwidth *bandwidth)
{
    xml_struct_free(&bandwidth_element, interface->bandwidth);
    interface->bandwidth = bandwidth;
}

static gboolean check_limitable(const InterfaceDef *interface, GError **error)
{
    return interface_is_on_host(interface) ||
           vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                          "an interface of type '%s' has no link on the host whose traffic could be limited",
                          interface_types[interface->type]);
}

static InterfaceDef *shape(const Change *change, const InterfaceDef *base, GError **error)
{
    g_autoptr(InterfaceDef) shaped = interface_def_copy(change->document ? change->document : base);

    if (!change->document && !check_limitable(base, error))
        return NULL;
    if (change->document)
        interface_def_fill(shaped, base);
    else
        set_bandwidth(shaped, merge(interface_bandwidth(base), change->limits));
    return interface_check(shaped, error) && interface_can_run(shaped, error) ? g_steal_pointer(&shaped) : NULL;
}

/* Everything else stays as it runs, and so does the order of booting where nothing is said of it. */
static void shape_from(Change *change, InterfaceDef *wanted)
{
    change->live->link = wanted->link;
    if (wanted->info.boot_order)
        change->live->info.boot_order = wanted->info.boot_order;
    set_bandwidth(change->live, g_steal_pointer(&wanted->bandwidth));
    if (interface_def_moves(wanted, change->before)) {
        change->moves = TRUE;
        interface_def_take_place(change->live, wanted);
    } else if (interface_def_may_change_vlan(change->before)) {
        xml_struct_free(&vlan_element, change->live->vlan);
        change->live->vlan = g_steal_pointer(&wanted->vlan);
    }
}

static gboolean needs_monitor(const Change *change)
{
    return change->live->link != change->before->link ||
           change->live->info.boot_order != change->before->info.boot_order;
}

static gboolean prepare(CallJob *job, GError **error)
{
    Change *change = job->data;
    const InterfaceDef *base = find(job->guest->live, job, error);
    g_autoptr(InterfaceDef) wanted = base ? shape(change, base, error) : NULL;
    g_autofree char *obstacle = wanted ? interface_def_obstacle(wanted, base) : NULL;

    if (!wanted)
        return FALSE;
    if (obstacle)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_UNSUPPORTED, "cannot modify network device %s",
                              obstacle);
    change->def = domain_def_copy(job->guest->live);
    change->before = interface_def_copy(base);
    change->live = interface_def_copy(base);
    shape_from(change, wanted);
    return !needs_monitor(change) || (job->qmp = guest_get_monitor(job->guest, error));
}

static gboolean change_config(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    InterfaceDef *present = find(def, job, error);
    InterfaceDef *shaped = present ? shape(job->data, present, error) : NULL;
    guint index;

    if (!shaped)
        return FALSE;
    g_ptr_array_find(def->interfaces, present, &index);
    interface_def_free(present);
    def->interfaces->pdata[index] = shaped;
    return TRUE;
}

/* ---- making it so ---- */

/*
 * A step makes to of from, where they differ in what it is about. Of the two one is what the guest has, the other what
 * it shall have; when a later step fails it is done the other way round.
 */
typedef gboolean (*Step)(const CallJob *job, InterfaceDef *from, InterfaceDef *to, GError **error);

static gboolean set_boot_order(const CallJob *job, InterfaceDef *from, InterfaceDef *to, GError **error)
{
    const Change *change = job->data;

    return plug_set_boot_order(job->qmp, change->def, &to->info, from->info.boot_order, error);
}

static gboolean set_link(const CallJob *job, InterfaceDef *from, InterfaceDef *to, GError **error)
{
    g_autoptr(QmpBatch) batch = qmp_batch_new();

    if (to->link == from->link)
        return TRUE;
    interface_link_set(batch, to, to->link != LINK_STATE_DOWN);
    return qmp_run(job->qmp, batch, QMP_TIMEOUT_MS, error);
}

static gboolean is_same_rate(const BandwidthRate *a, const BandwidthRate *b)
{
    return a && b ? memcmp(a, b, sizeof(*a)) == 0 : a == b;
}

static gboolean is_limited_alike(const Bandwidth *a, const Bandwidth *b)
{
    static const Bandwidth none;

    a = a ? a : &none;
    b = b ? b : &none;
    return is_same_rate(a->inbound, b->inbound) && is_same_rate(a->outbound, b->outbound);
}

/* What is wanted stands in the document until the network has promised it. */
static const Bandwidth *limits_of(const CallJob *job, const InterfaceDef *interface)
{
    const Change *change = job->data;

    return interface == change->live ? interface->bandwidth : interface_bandwidth(interface);
}

/* The network's daemon, which may promise less than is asked for, comes before the link. */
static gboolean set_promise(const CallJob *job, InterfaceDef *from, InterfaceDef *to, GError **error)
{
    const Change *change = job->data;
    const Bandwidth *wanted = limits_of(job, to);

    if (change->moves || is_limited_alike(wanted, limits_of(job, from)))
        return TRUE;
    return check_limitable(to, error) && (!to->port || port_client_limit(to, wanted, error));
}

static gboolean set_limits(const CallJob *job, InterfaceDef *from, InterfaceDef *to, GError **error)
{
    const Change *change = job->data;
    const Bandwidth *wanted = limits_of(job, to);

    return change->moves || is_limited_alike(wanted, limits_of(job, from)) ||
           interface_plug_limit(job->guest->uuid, to, wanted, error);
}

static gboolean is_same_vlan(const Vlan *a, const Vlan *b)
{
    PortVlans port_a = {0}, port_b = {0};

    if (!a || !b)
        return a == b;
    vlan_to_port(a, &port_a);
    vlan_to_port(b, &port_b);
    return memcmp(&port_a, &port_b, sizeof(port_a)) == 0;
}

static gboolean set_vlans(const CallJob *job, InterfaceDef *from, InterfaceDef *to, GError **error)
{
    const Change *change = job->data;

    return change->moves || is_same_vlan(from->vlan, to->vlan) || interface_plug_vlans(to, error);
}

/* Takes back by itself what it has done. */
static gboolean move(const CallJob *job, InterfaceDef *from, InterfaceDef *to, GError **error)
{
    const Change *change = job->data;

    return !change->moves || interface_host_move(change->def, from, to, error);
}

static const Step steps[] = {set_boot_order, set_link, set_vlans, set_promise, set_limits, move};

static void take_back(const CallJob *job, gsize n_done)
{
    const Change *change = job->data;

    for (gsize i = n_done; i > 0; i--) {
        g_autoptr(GError) error = NULL;

        if (!steps[i - 1](job, change->live, change->before, &error))
            log_error("guest '%s': what was changed of interface %s is not as it was: %s", job->guest->name, job->text,
                      error->message);
    }
}

static gboolean ask(CallJob *job, GError **error)
{
    const Change *change = job->data;

    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        if (steps[i](job, change->before, change->live, error))
            continue;
        take_back(job, i);
        return FALSE;
    }
    return TRUE;
}

/* change->live changes places with what the guest had. */
static void publish(CallJob *job)
{
    Change *change = job->data;
    GPtrArray *cards = job->guest->live->interfaces;
    InterfaceDef *present = domain_find_interface(job->guest->live, job->text);
    guint index;

    if (!present)
        return;
    g_ptr_array_find(cards, present, &index);
    cards->pdata[index] = change->live;
    change->live = present;
}

/* What is left in change->live is not plugged in any more, or came too late. */
static void tell(CallJob *job)
{
    Change *change = job->data;

    if (change->moves)
        interface_host_release_port(g_steal_pointer(&change->live));
    if (job->is_live && guest_is_active(job->guest))
        network_watch_guest(job->guest);
}

static const ChangeKind interface_change = {.name = "change interface",
                                            .change = change_config,
                                            .prepare = prepare,
                                            .ask = ask,
                                            .publish = publish,
                                            .tell = tell,
                                            .is_of_devices = TRUE,
                                            .without_monitor = TRUE};

/* ---- calls ---- */

static void push(RpcCall *call, Guest *guest, char *device, guint flags, Change *change)
{
    CallJob *job = change_job_new(call, guest, flags, &interface_change);

    job->text = device;
    job->data = change;
    job->data_free = change_free;
    change_job_push(job);
}

void interface_change_update(RpcCall *call, Guest *guest, InterfaceDef *document, guint flags)
{
    Change *change = g_new0(Change, 1);
    char mac[MAC_TEXT_LEN];

    mac_format(document->mac, mac);
    change->document = document;
    push(call, guest, g_strdup(mac), flags, change);
}

void interface_change_limits(RpcCall *call, Guest *guest, const char *device, Bandwidth *limits, guint flags)
{
    Change *change = g_new0(Change, 1);

    change->limits = limits;
    push(call, guest, g_strdup(device), flags, change);
}
