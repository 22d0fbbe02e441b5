/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/admin/admin.h"

#include <grp.h>
#include <libvirt/libvirt-admin.h>
#include <pwd.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "daemon/admin/admin_params.h"
#include "daemon/connection/dispatch.h"

static Daemon *daemon_of(RpcCall *call)
{
    return call->client->daemon;
}

static gboolean check_flags(RpcCall *call, guint32 flags, GError **error)
{
    if (!flags)
        return TRUE;
    vir_error_set(error, VIR_FROM_ADMIN, VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in function %s", flags,
                  call->row->function);
    return FALSE;
}

static DaemonServer *find_server(RpcCall *call, const char *name, guint32 flags, GError **error)
{
    Daemon *daemon = daemon_of(call);

    if (!check_flags(call, flags, error))
        return NULL;
    if (strcmp(name, daemon->server->name) == 0)
        return daemon->server;
    if (strcmp(name, daemon->admin->name) == 0)
        return daemon->admin;
    vir_error_set(error, VIR_FROM_RPC, VIR_ERR_NO_SERVER, "No server named '%s'", name);
    return NULL;
}

static DaemonClient *find_client(RpcCall *call, const char *server_name, guint64 id, guint32 flags, GError **error)
{
    DaemonServer *server = find_server(call, server_name, flags, error);
    DaemonClient *client = server ? daemon_server_find_client(server, id) : NULL;

    if (server && !client)
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_NO_CLIENT, "No client with matching ID '%" G_GUINT64_FORMAT "'", id);
    return client;
}

static void fill_client(admin_nonnull_client *wire, const DaemonClient *client)
{
    wire->srv.name = strdup(client->server->name);
    wire->id = client->id;
    wire->timestamp = client->connected_at;
    wire->transport = client->transport;
}

static gboolean connect_open(RpcCall *call, const admin_connect_open_args *args, GError **error)
{
    if (!check_flags(call, args->flags, error))
        return FALSE;
    call->client->is_open = TRUE;
    return TRUE;
}

static gboolean connect_close(RpcCall *call, GError **error)
{
    call->client->is_leaving = TRUE;
    return TRUE;
}

static gboolean connect_get_lib_version(RpcCall *call, admin_connect_get_lib_version_ret *ret, GError **error)
{
    ret->libVer = LIBVIR_VERSION_NUMBER;
    return TRUE;
}

static gboolean connect_list_servers(RpcCall *call, const admin_connect_list_servers_args *args,
                                     admin_connect_list_servers_ret *ret, GError **error)
{
    const DaemonServer *servers[] = {daemon_of(call)->server, daemon_of(call)->admin};

    if (!check_flags(call, args->flags, error))
        return FALSE;
    ret->ret = G_N_ELEMENTS(servers);
    if (!args->need_results)
        return TRUE;
    ret->servers.servers_val = calloc(ret->ret, sizeof(*ret->servers.servers_val));
    ret->servers.servers_len = ret->ret;
    for (guint i = 0; i < ret->ret; i++)
        ret->servers.servers_val[i].name = strdup(servers[i]->name);
    return TRUE;
}

static gboolean connect_lookup_server(RpcCall *call, const admin_connect_lookup_server_args *args,
                                      admin_connect_lookup_server_ret *ret, GError **error)
{
    DaemonServer *server = find_server(call, args->name, args->flags, error);

    if (!server)
        return FALSE;
    ret->srv.name = strdup(server->name);
    return TRUE;
}

/* Calls do not wait for threads here; the pool is for what would wait for a disk, and both servers use it. */
static gboolean server_get_threadpool_parameters(RpcCall *call, const admin_server_get_threadpool_parameters_args *args,
                                                 admin_server_get_threadpool_parameters_ret *ret, GError **error)
{
    DaemonWorkState state = daemon_work_state(daemon_of(call));
    AdminParams params = ADMIN_PARAMS_INIT;

    if (!find_server(call, args->srv.name, args->flags, error))
        return FALSE;
    admin_params_add_uint(&params, VIR_THREADPOOL_WORKERS_MIN, 0);
    admin_params_add_uint(&params, VIR_THREADPOOL_WORKERS_MAX, state.max_threads);
    admin_params_add_uint(&params, VIR_THREADPOOL_WORKERS_CURRENT, state.threads);
    admin_params_add_uint(&params, VIR_THREADPOOL_WORKERS_FREE, state.threads - state.busy_threads);
    admin_params_add_uint(&params, VIR_THREADPOOL_WORKERS_PRIORITY, 0);
    admin_params_add_uint(&params, VIR_THREADPOOL_JOB_QUEUE_DEPTH, state.queued);
    admin_params_end(&params, &ret->params.params_val, &ret->params.params_len);
    return TRUE;
}

static gboolean server_set_threadpool_parameters(RpcCall *call, const admin_server_set_threadpool_parameters_args *args,
                                                 GError **error)
{
    static const char *const known[] = {VIR_THREADPOOL_WORKERS_MIN, VIR_THREADPOOL_WORKERS_MAX,
                                        VIR_THREADPOOL_WORKERS_PRIORITY, NULL};
    guint max = 0, other = 0;

    if (!find_server(call, args->srv.name, args->flags, error) ||
        !admin_params_check(args->params.params_val, args->params.params_len, known, error))
        return FALSE;
    if (admin_params_find(args->params.params_val, args->params.params_len, VIR_THREADPOOL_WORKERS_MIN, &other) ||
        admin_params_find(args->params.params_val, args->params.params_len, VIR_THREADPOOL_WORKERS_PRIORITY, &other)) {
        vir_error_set(error, VIR_FROM_ADMIN, VIR_ERR_OPERATION_UNSUPPORTED, "%s",
                      "calls do not wait for worker threads; only their maximum can be set");
        return FALSE;
    }
    if (!admin_params_find(args->params.params_val, args->params.params_len, VIR_THREADPOOL_WORKERS_MAX, &max))
        return TRUE;
    return daemon_work_set_max(daemon_of(call), max, error);
}

static gboolean server_list_clients(RpcCall *call, const admin_server_list_clients_args *args,
                                    admin_server_list_clients_ret *ret, GError **error)
{
    DaemonServer *server = find_server(call, args->srv.name, args->flags, error);

    if (!server)
        return FALSE;
    ret->ret = server->clients.length;
    if (!args->need_results)
        return TRUE;
    ret->ret = MIN(ret->ret, ADMIN_CLIENT_LIST_MAX);
    ret->clients.clients_val = calloc(ret->ret, sizeof(*ret->clients.clients_val));
    for (GList *link = server->clients.head; link && ret->clients.clients_len < ret->ret; link = link->next)
        fill_client(&ret->clients.clients_val[ret->clients.clients_len++], link->data);
    return TRUE;
}

static gboolean server_lookup_client(RpcCall *call, const admin_server_lookup_client_args *args,
                                     admin_server_lookup_client_ret *ret, GError **error)
{
    DaemonClient *client = find_client(call, args->srv.name, args->id, args->flags, error);

    if (!client)
        return FALSE;
    fill_client(&ret->clnt, client);
    return TRUE;
}

/* Names of users and groups may come from the network: a worker asks for them. */
typedef struct {
    RpcCall *call;
    DaemonIdentity *identity;
    char *user_name;
    char *group_name;
} InfoJob;

static void find_names(gpointer data)
{
    InfoJob *job = data;
    g_autofree char *buffer = g_malloc(65536);
    struct passwd user, *found_user = NULL;
    struct group group, *found_group = NULL;

    if (getpwuid_r(job->identity->uid, &user, buffer, 65536, &found_user) == 0 && found_user)
        job->user_name = g_strdup(user.pw_name);
    if (getgrgid_r(job->identity->gid, &group, buffer, 65536, &found_group) == 0 && found_group)
        job->group_name = g_strdup(group.gr_name);
}

static void answer_info(gpointer data)
{
    InfoJob *job = data;
    admin_client_get_info_ret *ret = rpc_call_ret(job->call);
    const admin_client_get_info_args *args = job->call->args;
    DaemonClient *client = find_client(job->call, args->clnt.srv.name, args->clnt.id, 0, NULL);
    const DaemonIdentity *identity = job->identity;
    AdminParams params = ADMIN_PARAMS_INIT;
    g_autofree char *address = client ? daemon_client_address(client) : NULL;

    if (client)
        admin_params_add_bool(&params, VIR_CLIENT_INFO_READONLY, client->is_read_only);
    if (address)
        admin_params_add_string(&params, VIR_CLIENT_INFO_SOCKET_ADDR, address);
    if (identity->has_process) {
        admin_params_add_int(&params, VIR_CLIENT_INFO_UNIX_USER_ID, (int)identity->uid);
        admin_params_add_string(&params, VIR_CLIENT_INFO_UNIX_USER_NAME, job->user_name ? job->user_name : "");
        admin_params_add_int(&params, VIR_CLIENT_INFO_UNIX_GROUP_ID, (int)identity->gid);
        admin_params_add_string(&params, VIR_CLIENT_INFO_UNIX_GROUP_NAME, job->group_name ? job->group_name : "");
        admin_params_add_int(&params, VIR_CLIENT_INFO_UNIX_PROCESS_ID, (int)identity->pid);
    }
    admin_params_add_string(&params, VIR_CLIENT_INFO_SASL_USER_NAME, identity->sasl_user_name);
    admin_params_add_string(&params, VIR_CLIENT_INFO_X509_DISTINGUISHED_NAME, identity->x509_name);
    admin_params_add_string(&params, VIR_CLIENT_INFO_SELINUX_CONTEXT, identity->selinux_context);
    admin_params_end(&params, &ret->params.params_val, &ret->params.params_len);
    rpc_call_reply(job->call);
    daemon_identity_unref(job->identity);
    g_free(job->user_name);
    g_free(job->group_name);
    g_free(job);
}

static gboolean client_get_info(RpcCall *call, const admin_client_get_info_args *args, admin_client_get_info_ret *ret,
                                GError **error)
{
    DaemonClient *client = find_client(call, args->clnt.srv.name, args->clnt.id, args->flags, error);
    InfoJob *job;

    if (!client)
        return FALSE;
    job = g_new0(InfoJob, 1);
    job->call = call;
    job->identity = daemon_identity_ref(client->identity);
    rpc_call_defer(call);
    daemon_run_worker(daemon_of(call), find_names, answer_info, job);
    return TRUE;
}

static gboolean client_close(RpcCall *call, const admin_client_close_args *args, GError **error)
{
    DaemonClient *client = find_client(call, args->clnt.srv.name, args->clnt.id, args->flags, error);

    if (!client)
        return FALSE;
    if (client == call->client)
        client->is_leaving = TRUE;
    else
        daemon_client_close(client);
    return TRUE;
}

static gboolean server_get_client_limits(RpcCall *call, const admin_server_get_client_limits_args *args,
                                         admin_server_get_client_limits_ret *ret, GError **error)
{
    DaemonServer *server = find_server(call, args->srv.name, args->flags, error);
    AdminParams params = ADMIN_PARAMS_INIT;

    if (!server)
        return FALSE;
    admin_params_add_uint(&params, VIR_SERVER_CLIENTS_MAX, server->limits.max_clients);
    admin_params_add_uint(&params, VIR_SERVER_CLIENTS_CURRENT, server->clients.length);
    admin_params_add_uint(&params, VIR_SERVER_CLIENTS_UNAUTH_MAX, server->limits.max_anonymous);
    admin_params_add_uint(&params, VIR_SERVER_CLIENTS_UNAUTH_CURRENT, server->n_anonymous);
    admin_params_end(&params, &ret->params.params_val, &ret->params.params_len);
    return TRUE;
}

static gboolean server_set_client_limits(RpcCall *call, const admin_server_set_client_limits_args *args, GError **error)
{
    static const char *const known[] = {VIR_SERVER_CLIENTS_MAX, VIR_SERVER_CLIENTS_UNAUTH_MAX, NULL};
    DaemonServer *server = find_server(call, args->srv.name, args->flags, error);
    guint max_clients, max_anonymous;

    if (!server || !admin_params_check(args->params.params_val, args->params.params_len, known, error))
        return FALSE;
    max_clients = server->limits.max_clients;
    max_anonymous = server->limits.max_anonymous;
    admin_params_find(args->params.params_val, args->params.params_len, VIR_SERVER_CLIENTS_MAX, &max_clients);
    admin_params_find(args->params.params_val, args->params.params_len, VIR_SERVER_CLIENTS_UNAUTH_MAX, &max_anonymous);
    if (max_clients < 1 || max_anonymous > max_clients) {
        vir_error_set(
            error, VIR_FROM_ADMIN, VIR_ERR_INVALID_ARG,
            "The overall maximum number of clients must be at least 1 and not less than the maximum number of "
            "clients waiting for authentication");
        return FALSE;
    }
    server->limits.max_clients = max_clients;
    server->limits.max_anonymous = max_anonymous;
    daemon_server_update(server);
    return TRUE;
}

static gboolean connect_get_logging_outputs(RpcCall *call, const admin_connect_get_logging_outputs_args *args,
                                            admin_connect_get_logging_outputs_ret *ret, GError **error)
{
    g_autofree char *outputs = NULL;

    if (!check_flags(call, args->flags, error))
        return FALSE;
    outputs = log_get_outputs(&ret->noutputs);
    ret->outputs = strdup(outputs);
    return TRUE;
}

static gboolean connect_get_logging_filters(RpcCall *call, const admin_connect_get_logging_filters_args *args,
                                            admin_connect_get_logging_filters_ret *ret, GError **error)
{
    g_autofree char *filters = NULL;

    if (!check_flags(call, args->flags, error))
        return FALSE;
    filters = log_get_filters(&ret->nfilters);
    if (ret->nfilters) {
        ret->filters = calloc(1, sizeof(*ret->filters));
        *ret->filters = strdup(filters);
    }
    return TRUE;
}

static gboolean connect_set_logging_outputs(RpcCall *call, const admin_connect_set_logging_outputs_args *args,
                                            GError **error)
{
    return check_flags(call, args->flags, error) && log_set_outputs(args->outputs ? *args->outputs : NULL, error);
}

static gboolean connect_set_logging_filters(RpcCall *call, const admin_connect_set_logging_filters_args *args,
                                            GError **error)
{
    return check_flags(call, args->flags, error) && log_set_filters(args->filters ? *args->filters : NULL, error);
}

static gboolean server_update_tls_files(RpcCall *call, const admin_server_update_tls_files_args *args, GError **error)
{
    DaemonServer *server = find_server(call, args->srv.name, args->flags, error);

    if (server)
        vir_error_set(error, VIR_FROM_ADMIN, VIR_ERR_OPERATION_UNSUPPORTED, "server '%s' does not use TLS",
                      server->name);
    return FALSE;
}

static gboolean connect_set_daemon_timeout(RpcCall *call, const admin_connect_set_daemon_timeout_args *args,
                                           GError **error)
{
    if (!check_flags(call, args->flags, error))
        return FALSE;
    daemon_set_idle_timeout(daemon_of(call), args->timeout);
    return TRUE;
}

const AdminHandlers daemon_admin_handlers = {
    .connect_open = connect_open,
    .connect_close = connect_close,
    .connect_get_lib_version = connect_get_lib_version,
    .connect_list_servers = connect_list_servers,
    .connect_lookup_server = connect_lookup_server,
    .server_get_threadpool_parameters = server_get_threadpool_parameters,
    .server_set_threadpool_parameters = server_set_threadpool_parameters,
    .server_list_clients = server_list_clients,
    .server_lookup_client = server_lookup_client,
    .client_get_info = client_get_info,
    .client_close = client_close,
    .server_get_client_limits = server_get_client_limits,
    .server_set_client_limits = server_set_client_limits,
    .connect_get_logging_outputs = connect_get_logging_outputs,
    .connect_get_logging_filters = connect_get_logging_filters,
    .connect_set_logging_outputs = connect_set_logging_outputs,
    .connect_set_logging_filters = connect_set_logging_filters,
    .server_update_tls_files = server_update_tls_files,
    .connect_set_daemon_timeout = connect_set_daemon_timeout,
};
