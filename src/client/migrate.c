/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Migration. The daemon at the source does it alone (peer to peer), or the client leads both daemons through the steps:
 *
 *   source: begin    what the guest is; a cookie for the destination
 *   dest:   prepare  a place for it, and the URI to send it to
 *   source: perform  send it
 *   dest:   finish   run it, or clean up
 *   source: confirm  forget it, or run on
 *
 * Each step's cookie goes to the next step at the other side. Only the form with typed parameters is spoken: every
 * daemon since 1.1.0 has it. The older forms' arguments become parameters.
 */
#include <string.h>

#include "client/call.h"
#include "client/params.h"
#include "client/report.h"
#include "client/uri.h"
#include "rpc/remote_calls.h"

enum { FEATURE_MIGRATION_P2P = 4, FEATURE_MIGRATE_CHANGE_PROTECTION = 7 };

/* Bytes that one side gives the other. */
typedef struct {
    char *data;
    guint size;
} Cookie;

typedef struct {
    virDomainPtr domain;
    virConnectPtr dest; /* NULL: peer to peer */
    unsigned int flags;
    virTypedParameterPtr params; /* owned copies */
    int n_params, max_params;
    Cookie cookie; /* for the next step */
    ClientCall source_call, dest_call;
} Migration;

/* ---- parameters ---- */

static void set_string(Migration *migration, const char *name, const char *value)
{
    virTypedParameterPtr param = virTypedParamsGet(migration->params, migration->n_params, name);

    if (param && param->type == VIR_TYPED_PARAM_STRING) {
        g_free(param->value.s);
        param->value.s = g_strdup(value);
    } else if (value) {
        virTypedParamsAddString(&migration->params, &migration->n_params, &migration->max_params, name, value);
    }
}

static void set_bandwidth(Migration *migration, unsigned long bandwidth)
{
    if (bandwidth)
        virTypedParamsAddULLong(&migration->params, &migration->n_params, &migration->max_params,
                                VIR_MIGRATE_PARAM_BANDWIDTH, bandwidth);
}

static void copy_params(Migration *migration, virTypedParameterPtr params, unsigned int n)
{
    migration->params = g_memdup2(params, n * sizeof(*params));
    migration->n_params = migration->max_params = (int)n;
    for (unsigned int i = 0; i < n; i++) {
        if (params[i].type == VIR_TYPED_PARAM_STRING)
            migration->params[i].value.s = g_strdup(params[i].value.s);
    }
}

static const char *get_string(Migration *migration, const char *name)
{
    virTypedParameterPtr param = virTypedParamsGet(migration->params, migration->n_params, name);

    return param && param->type == VIR_TYPED_PARAM_STRING ? param->value.s : NULL;
}

static void migration_clear(Migration *migration)
{
    virTypedParamsFree(migration->params, migration->n_params);
    g_free(migration->cookie.data);
}

/* ---- the steps ---- */

static void take_cookie(Migration *migration, char **data, u_int size)
{
    g_free(migration->cookie.data);
    migration->cookie.data = g_steal_pointer(data);
    migration->cookie.size = size;
}

/* The parts that all steps' arguments share. */
#define STEP(args)                                                                                                     \
    (args).params.params_val = wire, (args).params.params_len = wire_len,                                              \
    (args).cookie_in.cookie_in_val = migration->cookie.data, (args).cookie_in.cookie_in_len = migration->cookie.size

static gboolean encode(Migration *migration, ClientCall *call, remote_typed_param **wire, u_int *wire_len)
{
    return params_encode(call, migration->params, migration->n_params, "params", wire, wire_len);
}

static gboolean step_begin(Migration *migration)
{
    ClientCall *call = &migration->source_call;
    g_autofree remote_typed_param *wire = NULL;
    remote_domain_migrate_begin3_params_args args = {.flags = migration->flags};
    remote_domain_migrate_begin3_params_ret ret = {0};

    if (!encode(migration, call, &wire, &args.params.params_len))
        return FALSE;
    args.params.params_val = wire;
    handle_domain_encode(migration->domain, &args.dom);
    if (!call_run(call, &rpc_program_remote, REMOTE_PROC_DOMAIN_MIGRATE_BEGIN3_PARAMS, &args, &ret))
        return FALSE;
    take_cookie(migration, &ret.cookie_out.cookie_out_val, ret.cookie_out.cookie_out_len);
    set_string(migration, VIR_MIGRATE_PARAM_DEST_XML, ret.xml);
    call_release(call, &ret);
    return TRUE;
}

static gboolean step_prepare(Migration *migration, unsigned int flags)
{
    ClientCall *call = &migration->dest_call;
    g_autofree remote_typed_param *wire = NULL;
    remote_domain_migrate_prepare3_params_args args = {.flags = flags};
    remote_domain_migrate_prepare3_params_ret ret = {0};
    u_int wire_len;

    if (!encode(migration, call, &wire, &wire_len))
        return FALSE;
    STEP(args);
    if (!call_run(call, &rpc_program_remote, REMOTE_PROC_DOMAIN_MIGRATE_PREPARE3_PARAMS, &args, &ret))
        return FALSE;
    take_cookie(migration, &ret.cookie_out.cookie_out_val, ret.cookie_out.cookie_out_len);
    if (ret.uri_out)
        set_string(migration, VIR_MIGRATE_PARAM_URI, *ret.uri_out);
    call_release(call, &ret);
    if (!get_string(migration, VIR_MIGRATE_PARAM_URI) && !(flags & VIR_MIGRATE_OFFLINE))
        return call_fail(call, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "%s", "domainMigratePrepare3 did not set uri");
    return TRUE;
}

/* dconnuri: the other daemon's URI when the source leads. */
static gboolean step_perform(Migration *migration, const char *dconnuri)
{
    ClientCall *call = &migration->source_call;
    g_autofree remote_typed_param *wire = NULL;
    remote_domain_migrate_perform3_params_args args = {.flags = migration->flags};
    remote_domain_migrate_perform3_params_ret ret = {0};
    u_int wire_len;

    if (!encode(migration, call, &wire, &wire_len))
        return FALSE;
    STEP(args);
    handle_domain_encode(migration->domain, &args.dom);
    args.dconnuri = dconnuri ? (char **)&dconnuri : NULL;
    if (!call_run(call, &rpc_program_remote, REMOTE_PROC_DOMAIN_MIGRATE_PERFORM3_PARAMS, &args, &ret))
        return FALSE;
    take_cookie(migration, &ret.cookie_out.cookie_out_val, ret.cookie_out.cookie_out_len);
    call_release(call, &ret);
    return TRUE;
}

/* The guest at the destination; NULL when it does not run there. */
static virDomainPtr step_finish(Migration *migration, unsigned int flags, gboolean is_cancelled)
{
    ClientCall *call = &migration->dest_call;
    g_autofree remote_typed_param *wire = NULL;
    remote_domain_migrate_finish3_params_args args = {.flags = flags, .cancelled = is_cancelled};
    remote_domain_migrate_finish3_params_ret ret = {0};
    virDomainPtr domain = NULL;
    u_int wire_len;

    if (!get_string(migration, VIR_MIGRATE_PARAM_DEST_NAME))
        set_string(migration, VIR_MIGRATE_PARAM_DEST_NAME, g_atomic_pointer_get(&migration->domain->name));
    if (!encode(migration, call, &wire, &wire_len))
        return NULL;
    STEP(args);
    if (!call_run(call, &rpc_program_remote, REMOTE_PROC_DOMAIN_MIGRATE_FINISH3_PARAMS, &args, &ret))
        return NULL;
    take_cookie(migration, &ret.cookie_out.cookie_out_val, ret.cookie_out.cookie_out_len);
    if (!is_cancelled)
        domain = handle_domain_new(call->connection, &ret.dom);
    call_release(call, &ret);
    return domain;
}

static gboolean step_confirm(Migration *migration, gboolean is_cancelled)
{
    ClientCall *call = &migration->source_call;
    g_autofree remote_typed_param *wire = NULL;
    remote_domain_migrate_confirm3_params_args args = {.flags = migration->flags, .cancelled = is_cancelled};
    u_int wire_len;

    if (!encode(migration, call, &wire, &wire_len))
        return FALSE;
    STEP(args);
    handle_domain_encode(migration->domain, &args.dom);
    return call_run(call, &rpc_program_remote, REMOTE_PROC_DOMAIN_MIGRATE_CONFIRM3_PARAMS, &args, NULL);
}

/* A failed step's error is what the caller shall see, whatever the clean-up after it says. */
static void keep_error(ReportSaved **saved)
{
    if (!*saved)
        *saved = report_save();
}

static virDomainPtr lead(Migration *migration)
{
    unsigned int dest_flags =
        migration->flags & ~(unsigned int)(VIR_MIGRATE_ABORT_ON_ERROR | VIR_MIGRATE_AUTO_CONVERGE);
    int state = VIR_DOMAIN_NOSTATE;
    ReportSaved *saved = NULL;
    virDomainPtr domain = NULL;
    gboolean is_prepared, is_cancelled;

    if (!step_begin(migration))
        return NULL;
    if (virDomainGetState(migration->domain, &state, NULL, 0) == 0 && state == VIR_DOMAIN_PAUSED)
        dest_flags |= VIR_MIGRATE_PAUSED;
    is_prepared = step_prepare(migration, dest_flags);
    is_cancelled = !is_prepared || (!(migration->flags & VIR_MIGRATE_OFFLINE) && !step_perform(migration, NULL));
    if (is_cancelled)
        keep_error(&saved);
    if (is_prepared)
        domain = step_finish(migration, dest_flags, is_cancelled);
    if (!domain)
        keep_error(&saved);
    if (!step_confirm(migration, domain == NULL) && !domain)
        keep_error(&saved);
    if (saved)
        report_restore(saved);
    return domain;
}

/* ---- what is asked for ---- */

static gboolean has_feature(ClientCall *call, int feature, const char *what)
{
    return connection_has_feature(connection_public(call->connection), feature) ||
           call_fail(call, call->domain, VIR_ERR_ARGUMENT_UNSUPPORTED, "%s", what);
}

static gboolean check_flags(ClientCall *call, unsigned int flags)
{
    if ((flags & VIR_MIGRATE_NON_SHARED_DISK) && (flags & VIR_MIGRATE_NON_SHARED_INC))
        return call_fail(call, call->domain, VIR_ERR_INVALID_ARG,
                         "flags 'shared disk' and 'shared incremental' in %s are mutually exclusive", call->function);
    if ((flags & VIR_MIGRATE_TUNNELLED) && !(flags & VIR_MIGRATE_PEER2PEER))
        return call_fail(call, call->domain, VIR_ERR_OPERATION_INVALID, "%s",
                         "cannot perform tunnelled migration without using peer2peer flag");
    return has_feature(call, FEATURE_MIGRATION_PARAMS, "Migration APIs with extensible parameters are not supported") &&
           (!(flags & VIR_MIGRATE_OFFLINE) ||
            has_feature(call, FEATURE_MIGRATION_OFFLINE, "offline migration is not supported by the source host")) &&
           (!(flags & VIR_MIGRATE_CHANGE_PROTECTION) ||
            has_feature(call, FEATURE_MIGRATE_CHANGE_PROTECTION, "cannot enforce change protection"));
}

static gboolean begin_source(Migration *migration, virDomainPtr domain, unsigned long flags, const char *function)
{
    ClientCall *call = &migration->source_call;

    migration->domain = domain;
    migration->flags = (unsigned int)flags;
    if (!call_begin(call, &handle_type_domain, domain, function) || !call_need_write(call) ||
        !check_flags(call, migration->flags))
        return FALSE;
    /* The source refuses changes to a guest that is on its way, if it can. */
    if (!(flags & VIR_MIGRATE_PEER2PEER) &&
        connection_has_feature(connection_public(call->connection), FEATURE_MIGRATE_CHANGE_PROTECTION))
        migration->flags |= VIR_MIGRATE_CHANGE_PROTECTION;
    return TRUE;
}

/* The destination's side of the check; call_begin() would forget an error, and there is none yet. */
static gboolean begin_dest(Migration *migration, virConnectPtr dconn, const char *function)
{
    ClientCall *call = &migration->dest_call;

    migration->dest = dconn;
    return call_begin(call, &handle_type_connect, dconn, function) && call_need_write(call) &&
           has_feature(call, FEATURE_MIGRATION_PARAMS, "Migration APIs with extensible parameters are not supported");
}

/* The source leads: it is told how to reach the other daemon. */
static gboolean perform_peer_to_peer(Migration *migration, const char *dconnuri)
{
    ClientCall *call = &migration->source_call;
    g_autoptr(ConnectUri) uri = NULL;
    g_autoptr(GError) error = NULL;

    if (!has_feature(call, FEATURE_MIGRATION_P2P, "the source host does not support peer-to-peer migration") ||
        !call_need(call, dconnuri, "dconnuri"))
        return FALSE;
    uri = connect_uri_parse(dconnuri, &error);
    if (!uri) {
        report_gerror(call->connection, error);
        return FALSE;
    }
    if (!uri->host && !(uri->transport == TRANSPORT_UNIX && uri->socket))
        return call_fail(call, call->domain, VIR_ERR_INVALID_ARG, "unable to parse server from dconnuri in %s",
                         call->function);
    return step_perform(migration, dconnuri);
}

static virDomainPtr migrate(Migration *migration)
{
    g_autofree char *dconnuri = NULL;
    const char *name;

    if (!(migration->flags & VIR_MIGRATE_PEER2PEER))
        return lead(migration);
    dconnuri = virConnectGetURI(migration->dest);
    if (!dconnuri || !perform_peer_to_peer(migration, dconnuri))
        return NULL;
    name = get_string(migration, VIR_MIGRATE_PARAM_DEST_NAME);
    return virDomainLookupByName(migration->dest, name ? name : g_atomic_pointer_get(&migration->domain->name));
}

static int migrate_to_uri(Migration *migration, const char *dconnuri)
{
    ClientCall *call = &migration->source_call;

    if (!(migration->flags & VIR_MIGRATE_PEER2PEER)) {
        /* The hypervisor would have to do it without a daemon at the other end, which none that we know can. */
        call_fail(call, call->domain, VIR_ERR_ARGUMENT_UNSUPPORTED, "%s",
                  "direct migration is not supported by the source host");
        return -1;
    }
    return perform_peer_to_peer(migration, dconnuri) ? 0 : -1;
}

/* ---- the public functions ---- */

static virDomainPtr migrate_with(virDomainPtr domain, virConnectPtr dconn, const char *dxml, unsigned long flags,
                                 const char *dname, const char *uri, unsigned long bandwidth, const char *function)
{
    Migration migration = {0};
    virDomainPtr result = NULL;

    if (begin_source(&migration, domain, flags, function) && begin_dest(&migration, dconn, function)) {
        set_string(&migration, VIR_MIGRATE_PARAM_DEST_XML, dxml);
        set_string(&migration, VIR_MIGRATE_PARAM_DEST_NAME, dname);
        set_string(&migration, VIR_MIGRATE_PARAM_URI, uri);
        set_bandwidth(&migration, bandwidth);
        result = migrate(&migration);
    }
    migration_clear(&migration);
    return result;
}

virDomainPtr virDomainMigrate(virDomainPtr domain, virConnectPtr dconn, unsigned long flags, const char *dname,
                              const char *uri, unsigned long bandwidth)
{
    return migrate_with(domain, dconn, NULL, flags, dname, uri, bandwidth, __func__);
}

virDomainPtr virDomainMigrate2(virDomainPtr domain, virConnectPtr dconn, const char *dxml, unsigned long flags,
                               const char *dname, const char *uri, unsigned long bandwidth)
{
    return migrate_with(domain, dconn, dxml, flags, dname, uri, bandwidth, __func__);
}

virDomainPtr virDomainMigrate3(virDomainPtr domain, virConnectPtr dconn, virTypedParameterPtr params,
                               unsigned int nparams, unsigned int flags)
{
    Migration migration = {0};
    virDomainPtr result = NULL;

    if (begin_source(&migration, domain, flags, __func__) && begin_dest(&migration, dconn, __func__) &&
        call_need_array(&migration.source_call, params, nparams, "params")) {
        copy_params(&migration, params, nparams);
        result = migrate(&migration);
    }
    migration_clear(&migration);
    return result;
}

static int migrate_to_uri_with(virDomainPtr domain, const char *dconnuri, const char *miguri, const char *dxml,
                               unsigned long flags, const char *dname, unsigned long bandwidth, const char *function)
{
    Migration migration = {0};
    int result = -1;

    if (begin_source(&migration, domain, flags, function)) {
        set_string(&migration, VIR_MIGRATE_PARAM_DEST_XML, dxml);
        set_string(&migration, VIR_MIGRATE_PARAM_DEST_NAME, dname);
        set_string(&migration, VIR_MIGRATE_PARAM_URI, miguri);
        set_bandwidth(&migration, bandwidth);
        result = migrate_to_uri(&migration, dconnuri);
    }
    migration_clear(&migration);
    return result;
}

int virDomainMigrateToURI(virDomainPtr domain, const char *duri, unsigned long flags, const char *dname,
                          unsigned long bandwidth)
{
    return migrate_to_uri_with(domain, duri, NULL, NULL, flags, dname, bandwidth, __func__);
}

int virDomainMigrateToURI2(virDomainPtr domain, const char *dconnuri, const char *miguri, const char *dxml,
                           unsigned long flags, const char *dname, unsigned long bandwidth)
{
    return migrate_to_uri_with(domain, dconnuri, miguri, dxml, flags, dname, bandwidth, __func__);
}

int virDomainMigrateToURI3(virDomainPtr domain, const char *dconnuri, virTypedParameterPtr params, unsigned int nparams,
                           unsigned int flags)
{
    Migration migration = {0};
    int result = -1;

    if (begin_source(&migration, domain, flags, __func__) &&
        call_need_array(&migration.source_call, params, nparams, "params")) {
        copy_params(&migration, params, nparams);
        result = migrate_to_uri(&migration, dconnuri);
    }
    migration_clear(&migration);
    return result;
}
