/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/auth_sasl.h"

#include <libvirt/virterror.h>
#include <sasl/sasl.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rpc/remote_calls.h"

#define SERVICE "libvirt"
/* What encrypts by itself asks SASL for nothing more; what does not, for at least this many bits. */
#define MIN_SSF 56

typedef struct {
    sasl_conn_t *conn;
    const ConnectUri *uri;
    virConnectAuthPtr auth;
    GPtrArray *answers; /* strings that SASL points to until it has done */
} SaslAuth;

static gboolean fail(SaslAuth *sasl, int code, const char *what, int result, GError **error)
{
    vir_error_set(error, VIR_FROM_AUTH, code, "%s: %d (%s)", what, result, sasl_errdetail(sasl->conn));
    return FALSE;
}

/* ---- credentials ---- */

static const struct {
    unsigned long id; /* of SASL */
    int type;         /* virConnectCredentialType */
    const char *key;  /* in auth.conf, or NULL */
} credentials[] = {
    {SASL_CB_USER, VIR_CRED_USERNAME, "username"},   {SASL_CB_AUTHNAME, VIR_CRED_AUTHNAME, "authname"},
    {SASL_CB_PASS, VIR_CRED_PASSPHRASE, "password"}, {SASL_CB_GETREALM, VIR_CRED_REALM, "realm"},
    {SASL_CB_LANGUAGE, VIR_CRED_LANGUAGE, NULL},     {SASL_CB_CNONCE, VIR_CRED_CNONCE, NULL},
    {SASL_CB_ECHOPROMPT, VIR_CRED_ECHOPROMPT, NULL}, {SASL_CB_NOECHOPROMPT, VIR_CRED_NOECHOPROMPT, NULL},
};

static const char *file_key(int type)
{
    for (gsize i = 0; i < G_N_ELEMENTS(credentials); i++) {
        if (credentials[i].type == type)
            return credentials[i].key;
    }
    return NULL;
}

static int credential_type(unsigned long id)
{
    for (gsize i = 0; i < G_N_ELEMENTS(credentials); i++) {
        if (credentials[i].id == id)
            return credentials[i].type;
    }
    return -1;
}

/* The callbacks tell SASL what it may ask for: what the application can answer, or the file. */
static sasl_callback_t *make_callbacks(virConnectAuthPtr auth)
{
    sasl_callback_t *callbacks = g_new0(sasl_callback_t, G_N_ELEMENTS(credentials) + 1);
    gsize n = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(credentials); i++) {
        gboolean known = credentials[i].key != NULL;
        for (unsigned int j = 0; auth && j < auth->ncredtype; j++)
            known = known || auth->credtype[j] == credentials[i].type;
        if (known)
            callbacks[n++].id = credentials[i].id;
    }
    callbacks[n].id = SASL_CB_LIST_END;
    return callbacks;
}

static void answer(SaslAuth *sasl, sasl_interact_t *question, char *text)
{
    g_ptr_array_add(sasl->answers, text);
    question->result = text;
    question->len = strlen(text);
}

/* Answers what auth.conf knows. */
static gboolean answer_from_file(SaslAuth *sasl, sasl_interact_t *questions, GError **error)
{
    for (; questions->id != SASL_CB_LIST_END; questions++) {
        const char *key = file_key(credential_type(questions->id));
        gboolean failed = FALSE;
        char *value = key ? auth_file_lookup(sasl->uri->authfile, SERVICE, sasl->uri->host, key, &failed, error) : NULL;

        if (failed)
            return FALSE;
        if (value)
            answer(sasl, questions, value);
    }
    return TRUE;
}

/* Asks the application for all that is left, in one go. */
static gboolean answer_from_application(SaslAuth *sasl, sasl_interact_t *questions, GError **error)
{
    g_autoptr(GArray) asked = g_array_new(FALSE, TRUE, sizeof(virConnectCredential));
    guint n = 0;

    for (sasl_interact_t *q = questions; q->id != SASL_CB_LIST_END; q++) {
        virConnectCredential credential = {
            .type = credential_type(q->id), .prompt = q->prompt, .challenge = q->challenge, .defresult = q->defresult};
        if (!q->result)
            g_array_append_val(asked, credential);
    }
    if (asked->len == 0)
        return TRUE;
    if (!sasl->auth || !sasl->auth->cb) {
        vir_error_set(error, VIR_FROM_AUTH, VIR_ERR_AUTH_FAILED, "%s", "No authentication callback available");
        return FALSE;
    }
    if (sasl->auth->cb((virConnectCredentialPtr)asked->data, asked->len, sasl->auth->cbdata) < 0) {
        vir_error_set(error, VIR_FROM_AUTH, VIR_ERR_AUTH_CANCELLED, "%s", "Failed to collect auth credentials");
        return FALSE;
    }
    for (sasl_interact_t *q = questions; q->id != SASL_CB_LIST_END; q++) {
        if (!q->result)
            answer(sasl, q,
                   g_strdup(g_array_index(asked, virConnectCredential, n).result
                                ? g_array_index(asked, virConnectCredential, n).result
                                : ""));
        else
            continue;
        free(g_array_index(asked, virConnectCredential, n++).result);
    }
    return TRUE;
}

static gboolean answer_all(SaslAuth *sasl, sasl_interact_t *questions, GError **error)
{
    for (sasl_interact_t *q = questions; q->id != SASL_CB_LIST_END; q++)
        q->result = NULL;
    return answer_from_file(sasl, questions, error) && answer_from_application(sasl, questions, error);
}

/* ---- the exchange ---- */

/* A token of the mechanism: absent, or bytes that may be none. */
typedef struct {
    const char *data;
    guint size;
} Token;

static gboolean client_start(SaslAuth *sasl, const char *mechanisms, const char **mechanism, Token *out, GError **error)
{
    sasl_interact_t *questions = NULL;
    int result;

    while ((result = sasl_client_start(sasl->conn, mechanisms, &questions, &out->data, &out->size, mechanism)) ==
           SASL_INTERACT) {
        if (!answer_all(sasl, questions, error))
            return FALSE;
    }
    return result == SASL_OK || result == SASL_CONTINUE ||
           fail(sasl, VIR_ERR_AUTH_FAILED, "Failed to start SASL negotiation", result, error);
}

static gboolean client_step(SaslAuth *sasl, const Token *in, Token *out, gboolean *is_done, GError **error)
{
    sasl_interact_t *questions = NULL;
    int result;

    while ((result = sasl_client_step(sasl->conn, in->data, in->size, &questions, &out->data, &out->size)) ==
           SASL_INTERACT) {
        if (!answer_all(sasl, questions, error))
            return FALSE;
    }
    *is_done = result == SASL_OK;
    return result == SASL_OK || result == SASL_CONTINUE ||
           fail(sasl, VIR_ERR_AUTH_FAILED, "Failed SASL step", result, error);
}

static gboolean daemon_start(RpcClient *client, const char *mechanism, const Token *out,
                             remote_auth_sasl_start_ret *ret, GError **error)
{
    remote_auth_sasl_start_args args = {.mech = (char *)mechanism, .nil = out->data == NULL};

    args.data.data_val = (char *)out->data;
    args.data.data_len = out->data ? out->size : 0;
    return rpc_client_call(client, &rpc_program_remote, REMOTE_PROC_AUTH_SASL_START, &args, ret, 0, error);
}

static gboolean daemon_step(RpcClient *client, const Token *out, remote_auth_sasl_start_ret *ret, GError **error)
{
    remote_auth_sasl_step_args args = {.nil = out->data == NULL};
    remote_auth_sasl_step_ret step = {0};

    args.data.data_val = (char *)out->data;
    args.data.data_len = out->data ? out->size : 0;
    xdr_free((xdrproc_t)xdr_remote_auth_sasl_start_ret, ret);
    memset(ret, 0, sizeof(*ret));
    if (!rpc_client_call(client, &rpc_program_remote, REMOTE_PROC_AUTH_SASL_STEP, &args, &step, 0, error))
        return FALSE;
    ret->complete = step.complete; /* the two replies are alike */
    ret->nil = step.nil;
    ret->data.data_len = step.data.data_len;
    ret->data.data_val = step.data.data_val;
    return TRUE;
}

static gboolean exchange(SaslAuth *sasl, RpcClient *client, const char *mechanisms, GError **error)
{
    remote_auth_sasl_start_ret ret = {0};
    const char *mechanism = NULL;
    gboolean is_done = FALSE;
    gboolean ok;
    Token out = {0};

    ok = client_start(sasl, mechanisms, &mechanism, &out, error) && daemon_start(client, mechanism, &out, &ret, error);
    while (ok) {
        Token in = {ret.nil ? NULL : ret.data.data_val, ret.data.data_len};
        if (!is_done)
            ok = client_step(sasl, &in, &out, &is_done, error);
        if (!ok || (is_done && ret.complete))
            break;
        ok = daemon_step(client, &out, &ret, error);
    }
    xdr_free((xdrproc_t)xdr_remote_auth_sasl_start_ret, &ret);
    return ok;
}

static gboolean set_up(SaslAuth *sasl, const RpcTransport *transport, sasl_callback_t *callbacks, GError **error)
{
    gboolean is_secure = rpc_transport_is_secure(transport);
    sasl_ssf_t bits = rpc_transport_key_bits(transport);
    sasl_security_properties_t wanted = {.maxbufsize = 65536,
                                         .min_ssf = is_secure ? 0 : MIN_SSF,
                                         .max_ssf = is_secure ? 0 : 100000,
                                         .security_flags = is_secure ? 0 : SASL_SEC_NOANONYMOUS | SASL_SEC_NOPLAINTEXT};
    int result = sasl_client_new(SERVICE, sasl->uri->host ? sasl->uri->host : "localhost", NULL, NULL, callbacks,
                                 SASL_SUCCESS_DATA, &sasl->conn);

    if (result != SASL_OK) {
        vir_error_set(error, VIR_FROM_AUTH, VIR_ERR_AUTH_FAILED, "Failed to create SASL client context: %s",
                      sasl_errstring(result, NULL, NULL));
        return FALSE;
    }
    if (bits && (result = sasl_setprop(sasl->conn, SASL_SSF_EXTERNAL, &bits)) != SASL_OK)
        return fail(sasl, VIR_ERR_AUTH_FAILED, "cannot set external SSF", result, error);
    result = sasl_setprop(sasl->conn, SASL_SEC_PROPS, &wanted);
    return result == SASL_OK || fail(sasl, VIR_ERR_AUTH_FAILED, "cannot set security props", result, error);
}

/* Over a transport that can be read along, what was agreed on must be strong enough, and is used from here on. */
static gboolean use_layer(SaslAuth *sasl, RpcClient *client, GError **error)
{
    const int *ssf = NULL;
    int result;

    if (rpc_transport_is_secure(rpc_client_transport(client)))
        return TRUE;
    result = sasl_getprop(sasl->conn, SASL_SSF, (const void **)&ssf);
    if (result != SASL_OK)
        return fail(sasl, VIR_ERR_AUTH_FAILED, "cannot query SASL ssf on connection", result, error);
    if (*ssf < MIN_SSF) {
        vir_error_set(error, VIR_FROM_AUTH, VIR_ERR_AUTH_FAILED, "negotiated SSF %d was not strong enough", *ssf);
        return FALSE;
    }
    rpc_client_wrap_transport(client, rpc_transport_wrap_sasl, g_steal_pointer(&sasl->conn));
    return TRUE;
}

static void wipe(gpointer text)
{
    explicit_bzero(text, strlen(text));
    g_free(text);
}

gboolean auth_sasl(RpcClient *client, const ConnectUri *uri, virConnectAuthPtr auth, GError **error)
{
    static gsize initialized;
    SaslAuth sasl = {.uri = uri, .auth = auth, .answers = g_ptr_array_new_with_free_func(wipe)};
    g_autofree sasl_callback_t *callbacks = make_callbacks(auth);
    remote_auth_sasl_init_ret ret = {0};
    gboolean ok;

    if (g_once_init_enter(&initialized))
        g_once_init_leave(&initialized, sasl_client_init(NULL) == SASL_OK ? 1 : 2);
    ok = set_up(&sasl, rpc_client_transport(client), callbacks, error) &&
         rpc_client_call(client, &rpc_program_remote, REMOTE_PROC_AUTH_SASL_INIT, NULL, &ret, 0, error) &&
         exchange(&sasl, client, ret.mechlist, error) && use_layer(&sasl, client, error);
    xdr_free((xdrproc_t)xdr_remote_auth_sasl_init_ret, &ret);
    if (sasl.conn)
        sasl_dispose(&sasl.conn);
    g_ptr_array_unref(sasl.answers);
    return ok;
}
