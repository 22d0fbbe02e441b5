/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/report.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/connection.h"
#include "common/error.h"

static void last_error_free(gpointer data)
{
    virFreeError(data);
}

static GPrivate last_error = G_PRIVATE_INIT(last_error_free);

static GMutex handler_lock;
static virErrorFunc handler;
static void *handler_data;

/* The thread's error, made when there is none yet. */
static virErrorPtr thread_error(void)
{
    virErrorPtr error = g_private_get(&last_error);

    if (!error) {
        error = g_new0(virError, 1);
        g_private_set(&last_error, error);
    }
    return error;
}

static void error_copy(virErrorPtr to, const virError *from)
{
    *to = *from;
    to->message = g_strdup(from->message);
    to->str1 = g_strdup(from->str1);
    to->str2 = g_strdup(from->str2);
    to->str3 = g_strdup(from->str3);
    to->conn = NULL; /* objects of an error were never counted, so they are not handed on */
    to->dom = NULL;
    to->net = NULL;
}

/* The connection remembers the error; its own handler is preferred to the one for all. */
static void tell(Connection *connection, virErrorPtr error)
{
    virErrorFunc function = NULL;
    void *data = NULL;

    if (connection) {
        g_mutex_lock(&connection->lock);
        virResetError(&connection->last_error);
        error_copy(&connection->last_error, error);
        function = connection->error_func;
        data = connection->error_data;
        g_mutex_unlock(&connection->lock);
    }
    if (!function) {
        g_mutex_lock(&handler_lock);
        function = handler;
        data = handler_data;
        g_mutex_unlock(&handler_lock);
    }
    if (function)
        function(data, error);
    else
        virDefaultErrorFunc(error);
}

/* error's strings are taken. */
static void report_error(Connection *connection, virError *error)
{
    virErrorPtr last = thread_error();

    virResetError(last);
    *last = *error;
    tell(connection, last);
}

void report_gerror(Connection *connection, const GError *cause)
{
    int code = vir_error_code(cause);
    virError error = {.code = code, .domain = vir_error_domain(cause), .level = VIR_ERR_ERROR, .int1 = -1, .int2 = -1};

    error.message = vir_error_message(cause);
    error.str1 = g_strdup(vir_error_code_format(code, TRUE));
    error.str2 = g_strdup(cause->message);
    report_error(connection, &error);
}

void report_wire(Connection *connection, const virNetMessageError *wire)
{
    virError error = {
        .code = wire->code, .domain = wire->domain, .level = wire->level, .int1 = wire->int1, .int2 = wire->int2};

    error.message = g_strdup(wire->message ? *wire->message : "unknown error");
    error.str1 = wire->str1 ? g_strdup(*wire->str1) : NULL;
    error.str2 = wire->str2 ? g_strdup(*wire->str2) : NULL;
    error.str3 = wire->str3 ? g_strdup(*wire->str3) : NULL;
    report_error(connection, &error);
}

void report(Connection *connection, int domain, int code, const char *format, ...)
{
    g_autoptr(GError) error = NULL;
    va_list args;

    va_start(args, format);
    error = g_error_new_valist(vir_error_quark(domain), code, format, args);
    va_end(args);
    report_gerror(connection, error);
}

void report_invalid_arg(Connection *connection, int domain, const char *function, const char *arg, const char *rule)
{
    report(connection, domain, VIR_ERR_INVALID_ARG, "%s in %s %s", arg, function, rule);
}

ReportSaved *report_save(void)
{
    return virSaveLastError();
}

void report_restore(ReportSaved *saved)
{
    virErrorPtr last = thread_error();

    virResetError(last);
    if (!saved)
        return;
    *last = *saved;
    g_free(saved);
}

/* ---- the public functions ---- */

virErrorPtr virGetLastError(void)
{
    virErrorPtr error = g_private_get(&last_error);

    return error && error->code != VIR_ERR_OK ? error : NULL;
}

int virGetLastErrorCode(void)
{
    virErrorPtr error = virGetLastError();

    return error ? error->code : VIR_ERR_OK;
}

int virGetLastErrorDomain(void)
{
    virErrorPtr error = virGetLastError();

    return error ? error->domain : VIR_FROM_NONE;
}

const char *virGetLastErrorMessage(void)
{
    virErrorPtr error = virGetLastError();

    if (!error)
        return "no error";
    return error->message ? error->message : "unknown error";
}

int virCopyLastError(virErrorPtr to)
{
    virErrorPtr error = virGetLastError();

    if (!to)
        return -1;
    if (error)
        error_copy(to, error);
    else
        virResetError(to);
    return to->code;
}

virErrorPtr virSaveLastError(void)
{
    virErrorPtr saved = g_new0(virError, 1);

    virCopyLastError(saved);
    return saved;
}

void virResetError(virErrorPtr error)
{
    if (!error)
        return;
    g_free(error->message);
    g_free(error->str1);
    g_free(error->str2);
    g_free(error->str3);
    memset(error, 0, sizeof(*error));
}

void virFreeError(virErrorPtr error)
{
    virResetError(error);
    g_free(error);
}

void virResetLastError(void)
{
    virErrorPtr error = g_private_get(&last_error);

    if (error && error->code != VIR_ERR_OK)
        virResetError(error);
}

void virSetErrorFunc(void *userData, virErrorFunc function)
{
    g_mutex_lock(&handler_lock);
    handler = function;
    handler_data = userData;
    g_mutex_unlock(&handler_lock);
}

void virDefaultErrorFunc(virErrorPtr error)
{
    if (!error || error->code == VIR_ERR_OK)
        return;
    fprintf(stderr, "libvirt: %s %s : %s\n", vir_error_domain_name(error->domain),
            error->level == VIR_ERR_WARNING ? "warning" : "error", error->message ? error->message : "");
}

virErrorPtr virConnGetLastError(virConnectPtr conn)
{
    return conn && conn->connection.last_error.code != VIR_ERR_OK ? &conn->connection.last_error : NULL;
}

int virConnCopyLastError(virConnectPtr conn, virErrorPtr to)
{
    if (!conn || !to)
        return -1;
    g_mutex_lock(&conn->connection.lock);
    error_copy(to, &conn->connection.last_error);
    g_mutex_unlock(&conn->connection.lock);
    return to->code;
}

void virConnResetLastError(virConnectPtr conn)
{
    if (!conn)
        return;
    g_mutex_lock(&conn->connection.lock);
    virResetError(&conn->connection.last_error);
    g_mutex_unlock(&conn->connection.lock);
}

void virConnSetErrorFunc(virConnectPtr conn, void *userData, virErrorFunc function)
{
    if (!conn)
        return;
    g_mutex_lock(&conn->connection.lock);
    conn->connection.error_func = function;
    conn->connection.error_data = userData;
    g_mutex_unlock(&conn->connection.lock);
}
