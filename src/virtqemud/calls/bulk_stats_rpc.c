/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Adapter: the numbers of many guests in one call. The questions to all QEMUs are on their way at the same time, so
 * that the answer takes as long as the slowest QEMU, which is not waited for longer than counters.h says; nor are the
 * disks of guests that do not run.
 */
#include "common/error.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/guest/guest_filter.h"
#include "virtqemud/guest/guest_list.h"
#include "virtqemud/stats/bulk_stats.h"
#include "virtqemud/stats/counters.h"
#include "virtqemud/wire.h"

#define FILTERS                                                                                                        \
    (VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE | VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE |                           \
     VIR_CONNECT_GET_ALL_DOMAINS_STATS_OTHER | VIR_CONNECT_GET_ALL_DOMAINS_STATS_PAUSED |                              \
     VIR_CONNECT_GET_ALL_DOMAINS_STATS_PERSISTENT | VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING |                        \
     VIR_CONNECT_GET_ALL_DOMAINS_STATS_SHUTOFF | VIR_CONNECT_GET_ALL_DOMAINS_STATS_TRANSIENT)

/* The filters are numbered as those of lists. */
G_STATIC_ASSERT((FILTERS & ~GUEST_FILTER_FLAGS) == 0);

typedef struct {
    RpcCall *call;
    guint groups;
    BulkStatsMore more;
    GPtrArray *guests; /* Guest, references */
    guint awaited;     /* answers, and one as long as questions are being asked */
} BulkStats;

static BulkStats *bulk_new(RpcCall *call)
{
    BulkStats *bulk = g_new0(BulkStats, 1);

    bulk->call = call;
    bulk->more.images = image_query_new();
    bulk->guests = g_ptr_array_new_with_free_func((GDestroyNotify)guest_unref);
    return bulk;
}

static void bulk_free(BulkStats *bulk)
{
    g_ptr_array_unref(bulk->guests);
    image_query_free(bulk->more.images);
    g_free(bulk);
}

/* ---- which guests ---- */

static void find_named(BulkStats *bulk, const remote_connect_get_all_domain_stats_args *args)
{
    for (guint i = 0; i < args->doms.doms_len; i++) {
        Guest *guest = wire_find_guest(&args->doms.doms_val[i], NULL);

        /* One that has gone meanwhile has no numbers. */
        if (guest && rpc_call_may_see(bulk->call, guest->name, guest->uuid))
            g_ptr_array_add(bulk->guests, guest_ref(guest));
    }
}

static void find_all(BulkStats *bulk)
{
    g_autoptr(GPtrArray) all = guest_list_all(driver.guests);

    for (guint i = 0; i < all->len; i++) {
        Guest *guest = g_ptr_array_index(all, i);

        if (guest_is_visible(guest) && rpc_call_may_see(bulk->call, guest->name, guest->uuid))
            g_ptr_array_add(bulk->guests, guest_ref(guest));
    }
}

static void filter(BulkStats *bulk, guint flags)
{
    for (guint i = bulk->guests->len; i-- > 0;)
        if (!guest_filter_matches(g_ptr_array_index(bulk->guests, i), flags & FILTERS))
            g_ptr_array_remove_index(bulk->guests, i);
}

/* ---- the answer ---- */

static void answer(BulkStats *bulk)
{
    remote_connect_get_all_domain_stats_ret *ret = rpc_call_ret(bulk->call);

    ret->retStats.retStats_val = g_new0(remote_domain_stats_record, bulk->guests->len);
    for (guint i = 0; i < bulk->guests->len; i++) {
        Guest *guest = g_ptr_array_index(bulk->guests, i);
        remote_domain_stats_record *record = &ret->retStats.retStats_val[ret->retStats.retStats_len];
        g_autoptr(Params) params = params_new();

        if (!guest_is_visible(guest))
            continue;
        wire_domain(guest, &record->dom);
        bulk_stats_add(params, guest, bulk->groups, &bulk->more);
        record->params.params_len = params_take(params, G_MAXUINT, &record->params.params_val);
        ret->retStats.retStats_len++;
    }
    rpc_call_reply(bulk->call);
    bulk_free(bulk);
}

static void on_answer(gpointer data)
{
    BulkStats *bulk = data;

    if (--bulk->awaited == 0)
        answer(bulk);
}

static void on_counted(Guest *guest, const GError *error, gpointer data)
{
    /* Without a fresh answer the last one stands. */
    on_answer(data);
}

/* No QEMU knows the sizes of images of guests that do not run. */
static void add_idle_images(BulkStats *bulk, const Guest *guest)
{
    for (guint i = 0; !guest_is_active(guest) && i < guest->def->disks->len; i++) {
        const DiskDef *disk = g_ptr_array_index(guest->def->disks, i);

        if (image_file_tells_capacity(disk))
            image_query_add(bulk->more.images, disk_source_local_path(&disk->source), disk->format);
    }
}

static void ask_files(BulkStats *bulk)
{
    for (guint i = 0; i < bulk->guests->len; i++)
        add_idle_images(bulk, g_ptr_array_index(bulk->guests, i));
    bulk->awaited++;
    image_query_run(bulk->more.images, COUNTERS_WAIT_MS, on_answer, bulk);
}

static void ask(BulkStats *bulk)
{
    guint counters = bulk_stats_counters(bulk->groups);

    bulk->awaited = 1;
    for (guint i = 0; counters && i < bulk->guests->len; i++) {
        Guest *guest = g_ptr_array_index(bulk->guests, i);

        if (!guest_is_active(guest))
            continue;
        bulk->awaited++;
        counters_ask(guest, counters, on_counted, bulk);
    }
    if (bulk->groups & VIR_DOMAIN_STATS_BLOCK)
        ask_files(bulk);
    on_answer(bulk);
}

static gboolean check_groups(guint stats, guint flags, guint *groups, GError **error)
{
    guint unknown = stats & ~bulk_stats_groups();

    *groups = stats ? stats & bulk_stats_groups() : bulk_stats_groups();
    if (!unknown || !(flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS))
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_ARGUMENT_UNSUPPORTED,
                  "Stats types bits 0x%x are not supported by this daemon", unknown);
    return FALSE;
}

static gboolean get_all(RpcCall *call, const remote_connect_get_all_domain_stats_args *args,
                        remote_connect_get_all_domain_stats_ret *ret, GError **error)
{
    BulkStats *bulk;
    guint groups;

    if (!check_flags(args->flags,
                     FILTERS | VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT | VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING |
                         VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS,
                     "virConnectGetAllDomainStats", error) ||
        !check_groups(args->stats, args->flags, &groups, error))
        return FALSE;
    bulk = bulk_new(call);
    bulk->groups = groups;
    bulk->more.with_backing = (args->flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING) != 0;
    if (args->doms.doms_len > 0)
        find_named(bulk, args);
    else
        find_all(bulk);
    filter(bulk, args->flags);
    if (bulk->guests->len > REMOTE_DOMAIN_LIST_MAX) {
        bulk_free(bulk);
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_RPC, "Too many domains for limit '%d'", REMOTE_DOMAIN_LIST_MAX);
        return FALSE;
    }
    rpc_call_defer(call);
    ask(bulk);
    return TRUE;
}

void bulk_stats_rpc_add(RemoteHandlers *handlers)
{
    handlers->connect_get_all_domain_stats = get_all;
}
