/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/call.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "client/report.h"
#include "client/stream.h"
#include "common/error.h"

gboolean call_begin(ClientCall *call, const HandleType *type, gconstpointer handle, const char *function)
{
    virResetLastError();
    *call = (ClientCall){.function = function, .domain = type->domain};
    if (!handle_is(handle, type)) {
        report(NULL, type->invalid_domain, type->invalid_code, "%s", function);
        return FALSE;
    }
    call->connection = ((const Handle *)handle)->connection;
    return TRUE;
}

gboolean call_need_handle(ClientCall *call, const HandleType *type, gconstpointer handle)
{
    if (!handle_is(handle, type)) {
        report(call->connection, type->invalid_domain, type->invalid_code, "%s", call->function);
        return FALSE;
    }
    if (((const Handle *)handle)->connection != call->connection) {
        report_invalid_arg(call->connection, call->domain, call->function, "object", "must match connection");
        return FALSE;
    }
    return TRUE;
}

gboolean call_need(ClientCall *call, gconstpointer arg, const char *name)
{
    if (!arg)
        report_invalid_arg(call->connection, call->domain, call->function, name, "must not be NULL");
    return arg != NULL;
}

gboolean call_need_null(ClientCall *call, gconstpointer arg, const char *name)
{
    if (arg)
        report_invalid_arg(call->connection, call->domain, call->function, name, "must be NULL");
    return arg == NULL;
}

gboolean call_need_positive(ClientCall *call, gint64 arg, const char *name)
{
    if (arg <= 0)
        report_invalid_arg(call->connection, call->domain, call->function, name, "must be greater than zero");
    return arg > 0;
}

gboolean call_need_not_negative(ClientCall *call, gint64 arg, const char *name)
{
    if (arg < 0)
        report_invalid_arg(call->connection, call->domain, call->function, name, "must be zero or greater");
    return arg >= 0;
}

gboolean call_need_at_most(ClientCall *call, gsize arg, gsize max, const char *name)
{
    g_autofree char *rule = arg > max ? g_strdup_printf("must be less than or equal to %zu", max) : NULL;

    if (rule)
        report_invalid_arg(call->connection, call->domain, call->function, name, rule);
    return rule == NULL;
}

gboolean call_need_array(ClientCall *call, gconstpointer array, gint64 n, const char *name)
{
    return call_need_not_negative(call, n, name) && (n == 0 || call_need(call, array, name));
}

gboolean call_fail(ClientCall *call, int domain, int code, const char *format, ...)
{
    g_autoptr(GError) error = NULL;
    va_list args;

    va_start(args, format);
    error = g_error_new_valist(vir_error_quark(domain), code, format, args);
    va_end(args);
    report_gerror(call->connection, error);
    return FALSE;
}

gboolean call_need_write(ClientCall *call)
{
    return !call->connection->is_read_only ||
           call_fail(call, call->domain, VIR_ERR_OPERATION_DENIED, "read only access prevents %s", call->function);
}

static gboolean rule_applies(const RpcAccessRule *rule, gconstpointer args)
{
    guint32 value = rule->condition == RPC_RULE_ALWAYS ? 0 : *(const guint32 *)((const char *)args + rule->offset);

    switch (rule->condition) {
    case RPC_RULE_FLAG:
        return (value & rule->value) != 0;
    case RPC_RULE_NO_FLAG:
        return (value & rule->value) == 0;
    case RPC_RULE_EQUALS:
        return value == rule->value;
    case RPC_RULE_ALWAYS:
        break;
    }
    return TRUE;
}

/* Whether a read-only connection may make the call. The daemon checks it too; this saves the way to it. */
static gboolean may_read_only(const RpcProcedure *row, gconstpointer args)
{
    if (row->flags & (RPC_PROC_READ_ONLY | RPC_PROC_READ_WRITE))
        return (row->flags & RPC_PROC_READ_ONLY) != 0;
    for (const RpcAccessRule *rule = row->rules; rule && rule->permission != ACCESS_NOTHING; rule++) {
        if (rule_applies(rule, args) && !access_permissions[rule->permission].is_monitor)
            return FALSE;
    }
    return TRUE;
}

gboolean call_run(ClientCall *call, const RpcProgram *program, gint32 procedure, gconstpointer args, gpointer ret)
{
    const RpcProcedure *row = rpc_program_find(program, procedure);
    virNetMessageError failure = {0};
    g_autoptr(GError) error = NULL;

    if (call->connection->is_read_only && !may_read_only(row, args))
        return call_need_write(call);
    call->rpc.program = program;
    call->rpc.procedure = procedure;
    call->rpc.args = args;
    call->rpc.ret = ret;
    call->rpc.failure = &failure;
    if (rpc_client_run(call->connection->client, &call->rpc, &error))
        return TRUE;
    connection_tell_closed(call->connection);
    if (failure.code)
        report_wire(call->connection, &failure);
    else
        report_gerror(call->connection, error);
    xdr_free((xdrproc_t)xdr_virNetMessageError, &failure);
    return FALSE;
}

void call_release(ClientCall *call, gpointer ret)
{
    xdr_free(rpc_program_find(call->rpc.program, call->rpc.procedure)->ret, ret);
}

gboolean call_set_stream(ClientCall *call, virStreamPtr st, gboolean is_sparse)
{
    if (!call_need_handle(call, &handle_type_stream, st))
        return FALSE;
    call->rpc.stream = stream_attach(st, is_sparse);
    return call->rpc.stream ||
           call_fail(call, VIR_FROM_STREAMS, VIR_ERR_OPERATION_INVALID, "%s", "stream is already in use");
}

void call_unset_stream(ClientCall *call, virStreamPtr st)
{
    if (call->rpc.stream)
        stream_detach(st);
}

unsigned int call_string_params_flag(ClientCall *call)
{
    gboolean has = connection_has_feature(connection_public(call->connection), FEATURE_TYPED_PARAM_STRING);

    return has ? VIR_TYPED_PARAM_STRING_OKAY : 0;
}

gboolean call_check_list(ClientCall *call, guint n, gint64 max)
{
    return n <= max ||
           call_fail(call, VIR_FROM_REMOTE, VIR_ERR_RPC,
                     "the daemon's answer has %u elements, more than the %lld asked for", n, (long long)max);
}

gboolean call_check_size(ClientCall *call, guint n, gsize size)
{
    return n == size || call_fail(call, VIR_FROM_REMOTE, VIR_ERR_RPC, "returned buffer is not same size as requested");
}

gboolean call_need_fd_passing(ClientCall *call)
{
    return connection_has_feature(connection_public(call->connection), FEATURE_FD_PASSING) ||
           call_fail(call, call->domain, VIR_ERR_ARGUMENT_UNSUPPORTED, "%s",
                     "fd passing is not supported by this connection");
}

int call_take_fd(ClientCall *call)
{
    int *fds = g_steal_pointer(&call->rpc.reply_fds);
    int fd = call->rpc.n_reply_fds == 1 ? fds[0] : -1;

    if (fd < 0) {
        for (guint i = 0; i < call->rpc.n_reply_fds; i++)
            close(fds[i]);
        call_fail(call, VIR_FROM_REMOTE, VIR_ERR_INTERNAL_ERROR, "no file descriptor received");
    }
    g_free(fds);
    return fd;
}

void call_copy_text(char *to, gsize to_size, const char *from, gsize from_size)
{
    gsize n = MIN(to_size, from_size);

    memcpy(to, from, n);
    to[MIN(n, to_size - 1)] = '\0';
}
