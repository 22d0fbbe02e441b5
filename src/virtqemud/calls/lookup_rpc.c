/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: finding and listing guests. */
#include "common/error.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/guest/guest_filter.h"
#include "virtqemud/guest/guest_list.h"
#include "virtqemud/wire.h"

static gboolean lookup_by_id(RpcCall *call, const remote_domain_lookup_by_id_args *args,
                             remote_domain_lookup_by_id_ret *ret, GError **error)
{
    Guest *guest = guest_list_by_id(driver.guests, args->id);

    if (!guest || !guest_is_active(guest)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_NO_DOMAIN, "no domain with matching id %d", args->id);
        return FALSE;
    }
    if (!rpc_call_check_access(call, ACCESS_DOMAIN_GETATTR, guest->name, guest->uuid, error))
        return FALSE;
    wire_domain(guest, &ret->dom);
    return TRUE;
}

static gboolean lookup_by_name(RpcCall *call, const remote_domain_lookup_by_name_args *args,
                               remote_domain_lookup_by_name_ret *ret, GError **error)
{
    Guest *guest = guest_list_by_name(driver.guests, args->name);

    if (!guest || !guest_is_visible(guest)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_NO_DOMAIN, "no domain with matching name '%s'", args->name);
        return FALSE;
    }
    if (!rpc_call_check_access(call, ACCESS_DOMAIN_GETATTR, guest->name, guest->uuid, error))
        return FALSE;
    wire_domain(guest, &ret->dom);
    return TRUE;
}

static gboolean lookup_by_uuid(RpcCall *call, const remote_domain_lookup_by_uuid_args *args,
                               remote_domain_lookup_by_uuid_ret *ret, GError **error)
{
    Guest *guest = guest_list_by_uuid(driver.guests, (const guint8 *)args->uuid);
    char text[UUID_TEXT_LEN];

    if (!guest || !guest_is_visible(guest)) {
        uuid_format((const guint8 *)args->uuid, text);
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_NO_DOMAIN, "no domain with matching uuid '%s'", text);
        return FALSE;
    }
    if (!rpc_call_check_access(call, ACCESS_DOMAIN_GETATTR, guest->name, guest->uuid, error))
        return FALSE;
    wire_domain(guest, &ret->dom);
    return TRUE;
}

/* ---- lists ---- */

/* The guests that the caller may see and asks for. */
typedef struct {
    RpcCall *call;
    guint flags;
    GPtrArray *found; /* Guest, borrowed */
} Search;

static void search_one(Guest *guest, gpointer data)
{
    Search *search = data;

    if (guest_is_visible(guest) && guest_filter_matches(guest, search->flags) &&
        rpc_call_may_see(search->call, guest->name, guest->uuid))
        g_ptr_array_add(search->found, guest);
}

static GPtrArray *search_guests(RpcCall *call, guint flags)
{
    Search search = {call, flags, g_ptr_array_sized_new(guest_list_size(driver.guests))};

    guest_list_each(driver.guests, search_one, &search);
    return search.found;
}

static gboolean check_list_max(const GPtrArray *found, GError **error)
{
    if (found->len <= REMOTE_DOMAIN_LIST_MAX)
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_RPC, "Too many domains '%u' for limit '%d'", found->len,
                  REMOTE_DOMAIN_LIST_MAX);
    return FALSE;
}

static gboolean list_all(RpcCall *call, const remote_connect_list_all_domains_args *args,
                         remote_connect_list_all_domains_ret *ret, GError **error)
{
    g_autoptr(GPtrArray) found = NULL;

    if (!check_flags(args->flags, GUEST_FILTER_FLAGS, "virConnectListAllDomains", error))
        return FALSE;
    found = search_guests(call, args->flags);
    if (!check_list_max(found, error))
        return FALSE;
    ret->ret = found->len;
    if (!args->need_results)
        return TRUE;
    ret->domains.domains_val = g_new0(remote_nonnull_domain, found->len);
    ret->domains.domains_len = found->len;
    for (guint i = 0; i < found->len; i++)
        ret->domains.domains_val[i] = wire_lent_domain(g_ptr_array_index(found, i));
    rpc_call_lend_ret(call, ret->domains.domains_val);
    return TRUE;
}

static gboolean num_of_domains(RpcCall *call, remote_connect_num_of_domains_ret *ret, GError **error)
{
    g_autoptr(GPtrArray) found = search_guests(call, VIR_CONNECT_LIST_DOMAINS_ACTIVE);

    ret->num = (int)found->len;
    return TRUE;
}

static gboolean num_of_defined(RpcCall *call, remote_connect_num_of_defined_domains_ret *ret, GError **error)
{
    g_autoptr(GPtrArray) found = search_guests(call, VIR_CONNECT_LIST_DOMAINS_INACTIVE);

    ret->num = (int)found->len;
    return TRUE;
}

static gboolean check_max(int max, GError **error)
{
    if (max >= 0 && max <= REMOTE_DOMAIN_LIST_MAX)
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "the list cannot have %d entries", max);
    return FALSE;
}

static gboolean list_domains(RpcCall *call, const remote_connect_list_domains_args *args,
                             remote_connect_list_domains_ret *ret, GError **error)
{
    g_autoptr(GPtrArray) found = NULL;
    guint n;

    if (!check_max(args->maxids, error))
        return FALSE;
    found = search_guests(call, VIR_CONNECT_LIST_DOMAINS_ACTIVE);
    n = MIN(found->len, (guint)args->maxids);
    ret->ids.ids_val = g_new0(int, n);
    ret->ids.ids_len = n;
    for (guint i = 0; i < n; i++)
        ret->ids.ids_val[i] = ((Guest *)g_ptr_array_index(found, i))->id;
    return TRUE;
}

static gboolean list_defined(RpcCall *call, const remote_connect_list_defined_domains_args *args,
                             remote_connect_list_defined_domains_ret *ret, GError **error)
{
    g_autoptr(GPtrArray) found = NULL;
    guint n;

    if (!check_max(args->maxnames, error))
        return FALSE;
    found = search_guests(call, VIR_CONNECT_LIST_DOMAINS_INACTIVE);
    n = MIN(found->len, (guint)args->maxnames);
    ret->names.names_val = g_new0(char *, n);
    ret->names.names_len = n;
    for (guint i = 0; i < n; i++)
        ret->names.names_val[i] = g_strdup(((Guest *)g_ptr_array_index(found, i))->name);
    return TRUE;
}

void lookup_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_lookup_by_id = lookup_by_id;
    handlers->domain_lookup_by_name = lookup_by_name;
    handlers->domain_lookup_by_uuid = lookup_by_uuid;
    handlers->connect_list_all_domains = list_all;
    handlers->connect_num_of_domains = num_of_domains;
    handlers->connect_num_of_defined_domains = num_of_defined;
    handlers->connect_list_domains = list_domains;
    handlers->connect_list_defined_domains = list_defined;
}
