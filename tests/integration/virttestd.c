/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A daemon with a driver as small as can be, to try out what all daemons share: guests that are nothing but a name and
 * a state. It answers at once, later, never, with streams, descriptors and events, as the calls below say.
 */
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "daemon/driver.h"
#include "daemon/stream.h"

#define GUESTS 3

typedef struct {
    char name[16];
    guint8 uuid[16];
    gboolean is_running;
} Guest;

static Guest guests[GUESTS];
static Daemon *test_daemon;

static Guest *find(const char *name, GError **error)
{
    for (int i = 0; i < GUESTS; i++)
        if (strcmp(guests[i].name, name) == 0)
            return &guests[i];
    vir_error_set(error, VIR_FROM_TEST, VIR_ERR_NO_DOMAIN, "no domain with matching name '%s'", name);
    return NULL;
}

static Guest *find_uuid(const char *uuid, GError **error)
{
    for (int i = 0; i < GUESTS; i++)
        if (memcmp(guests[i].uuid, uuid, 16) == 0)
            return &guests[i];
    vir_error_set(error, VIR_FROM_TEST, VIR_ERR_NO_DOMAIN, "%s", "no domain with matching uuid");
    return NULL;
}

static void fill(remote_nonnull_domain *wire, const Guest *guest)
{
    wire->name = strdup(guest->name);
    memcpy(wire->uuid, guest->uuid, 16);
    wire->id = guest->is_running ? (int)(guest - guests) + 1 : -1;
}

static void fill_lifecycle(gpointer wire, int callback_id, gconstpointer event)
{
    remote_domain_event_callback_lifecycle_msg *message = wire;
    const Guest *guest = event;

    message->callbackID = callback_id;
    fill(&message->msg.dom, guest);
    message->msg.event = guest->is_running ? VIR_DOMAIN_EVENT_STARTED : VIR_DOMAIN_EVENT_STOPPED;
}

static void fill_lifecycle_legacy(gpointer wire, int callback_id, gconstpointer event)
{
    remote_domain_event_lifecycle_msg *message = wire;
    const Guest *guest = event;

    fill(&message->dom, guest);
    message->event = guest->is_running ? VIR_DOMAIN_EVENT_STARTED : VIR_DOMAIN_EVENT_STOPPED;
}

static void emit(const Guest *guest)
{
    DaemonEvent event = {.kind = RPC_OBJECT_DOMAIN,
                         .id = VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                         .name = guest->name,
                         .uuid = guest->uuid,
                         .fill = fill_lifecycle,
                         .fill_legacy = fill_lifecycle_legacy,
                         .event = guest};

    daemon_emit(test_daemon, &event);
}

static gboolean lookup_by_name(RpcCall *call, const remote_domain_lookup_by_name_args *args,
                               remote_domain_lookup_by_name_ret *ret, GError **error)
{
    Guest *guest = find(args->name, error);

    if (!guest || !rpc_call_check_access(call, ACCESS_DOMAIN_GETATTR, guest->name, guest->uuid, error))
        return FALSE;
    fill(&ret->dom, guest);
    return TRUE;
}

static gboolean lookup_by_uuid(RpcCall *call, const remote_domain_lookup_by_uuid_args *args,
                               remote_domain_lookup_by_uuid_ret *ret, GError **error)
{
    Guest *guest = find_uuid(args->uuid, error);

    if (!guest || !rpc_call_check_access(call, ACCESS_DOMAIN_GETATTR, guest->name, guest->uuid, error))
        return FALSE;
    fill(&ret->dom, guest);
    return TRUE;
}

static gboolean list_all(RpcCall *call, const remote_connect_list_all_domains_args *args,
                         remote_connect_list_all_domains_ret *ret, GError **error)
{
    remote_nonnull_domain *list = calloc(GUESTS, sizeof(*list));
    guint32 states = args->flags & (VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_INACTIVE);

    for (int i = 0; i < GUESTS; i++)
        if ((!states ||
             states & (guests[i].is_running ? VIR_CONNECT_LIST_DOMAINS_ACTIVE : VIR_CONNECT_LIST_DOMAINS_INACTIVE)) &&
            rpc_call_may_see(call, guests[i].name, guests[i].uuid))
            fill(&list[ret->ret++], &guests[i]);
    ret->domains.domains_val = list;
    ret->domains.domains_len = ret->ret;
    return TRUE;
}

static gboolean get_state(RpcCall *call, const remote_domain_get_state_args *args, remote_domain_get_state_ret *ret,
                          GError **error)
{
    Guest *guest = find_uuid(args->dom.uuid, error);

    if (!guest)
        return FALSE;
    ret->state = guest->is_running ? VIR_DOMAIN_RUNNING : VIR_DOMAIN_SHUTOFF;
    return TRUE;
}

static void sleep_a_little(gpointer data)
{
    g_usleep(20 * 1000);
}

static void answer(gpointer data)
{
    rpc_call_reply(data);
}

/* Answers later, from a worker. */
static gboolean create(RpcCall *call, const remote_domain_create_args *args, GError **error)
{
    Guest *guest = find_uuid(args->dom.uuid, error);

    if (!guest)
        return FALSE;
    guest->is_running = TRUE;
    emit(guest);
    rpc_call_defer(call);
    daemon_run_worker(test_daemon, sleep_a_little, answer, call);
    return TRUE;
}

static gboolean destroy(RpcCall *call, const remote_domain_destroy_args *args, GError **error)
{
    Guest *guest = find_uuid(args->dom.uuid, error);

    if (!guest)
        return FALSE;
    guest->is_running = FALSE;
    emit(guest);
    return TRUE;
}

static const RemoteHandlers handlers = {
    .domain_lookup_by_name = lookup_by_name,
    .domain_lookup_by_uuid = lookup_by_uuid,
    .connect_list_all_domains = list_all,
    .domain_get_state = get_state,
    .domain_create = create,
    .domain_destroy = destroy,
};

static gboolean start(Daemon *daemon, GError **error)
{
    test_daemon = daemon;
    for (int i = 0; i < GUESTS; i++) {
        g_snprintf(guests[i].name, sizeof(guests[i].name), "guest%d", i + 1);
        guests[i].uuid[15] = i + 1;
    }
    return TRUE;
}

static const DaemonDriver driver = {
    .name = "virttestd",
    .type = "TEST",
    .uri_scheme = "test",
    .object_kinds = 1u << RPC_OBJECT_DOMAIN,
    .remote = &handlers,
    .start = start,
};

int main(int argc, char **argv)
{
    return daemon_main(&driver, argc, argv);
}
