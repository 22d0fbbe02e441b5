/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/access/access.h"

#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "daemon/access/access_object.h"
#include "daemon/access/polkit.h"
#include "daemon/remote/event_registry.h"

/* Events of one client that may wait for answers. */
#define HELD_EVENTS_MAX 1024

typedef enum { ANSWER_NONE, ANSWER_PENDING, ANSWER_ALLOWED, ANSWER_DENIED } Answer;

int access_error_domain(const RpcProcedure *row)
{
    static const int domains[] = {
        [RPC_OBJECT_NONE] = VIR_FROM_DOMAIN,
        [RPC_OBJECT_DOMAIN] = VIR_FROM_DOMAIN,
        [RPC_OBJECT_NETWORK] = VIR_FROM_NETWORK,
        [RPC_OBJECT_NETWORK_PORT] = VIR_FROM_NETWORK,
        [RPC_OBJECT_INTERFACE] = VIR_FROM_INTERFACE,
        [RPC_OBJECT_STORAGE_POOL] = VIR_FROM_STORAGE,
        [RPC_OBJECT_STORAGE_VOL] = VIR_FROM_STORAGE,
        [RPC_OBJECT_NODE_DEVICE] = VIR_FROM_NODEDEV,
        [RPC_OBJECT_SECRET] = VIR_FROM_SECRET,
        [RPC_OBJECT_NWFILTER] = VIR_FROM_NWFILTER,
        [RPC_OBJECT_NWFILTER_BINDING] = VIR_FROM_NWFILTER,
    };

    return domains[row->owner];
}

static gboolean rule_applies(const RpcAccessRule *rule, const void *args)
{
    guint32 value;

    if (rule->condition == RPC_RULE_ALWAYS)
        return TRUE;
    memcpy(&value, (const char *)args + rule->offset, sizeof(value));
    switch (rule->condition) {
    case RPC_RULE_FLAG:
        return (value & rule->value) != 0;
    case RPC_RULE_NO_FLAG:
        return (value & rule->value) == 0;
    default:
        return value == rule->value;
    }
}

static gboolean deny_read_only(const RpcProcedure *row, gboolean is_about_secrets, GError **error)
{
    const char *function = row->function ? row->function : row->name;

    vir_error_set(error, access_error_domain(row), VIR_ERR_OPERATION_DENIED,
                  is_about_secrets ? "%s with secure flag" : "read only access prevents %s", function);
    return FALSE;
}

/* A read-only connection holds the permissions that anybody has. */
static gboolean check_read_only(RpcCall *call, GError **error)
{
    const RpcProcedure *row = call->row;

    if (!call->client->is_read_only || row->flags & RPC_PROC_READ_ONLY)
        return TRUE;
    if (row->flags & RPC_PROC_READ_WRITE)
        return deny_read_only(row, FALSE, error);
    for (const RpcAccessRule *rule = row->rules; rule && rule->permission != ACCESS_NOTHING; rule++)
        if (!access_permissions[rule->permission].is_monitor && rule_applies(rule, call->args))
            return deny_read_only(row, strcmp(access_permissions[rule->permission].permission, "read-secure") == 0,
                                  error);
    return TRUE;
}

static char *action_of(AccessPermission permission)
{
    return g_strdup_printf("org.libvirt.api.%s.%s", access_permissions[permission].object,
                           access_permissions[permission].permission);
}

gboolean access_may_wait(const Daemon *daemon)
{
    return daemon->settings.uses_polkit_access;
}

/* Whether there is anything to ask at all: root may do what it likes, and nobody can be asked about an unknown process.
 */
static Answer answer_without_asking(DaemonClient *client)
{
    const DaemonIdentity *identity = client->identity;

    if (!access_may_wait(client->daemon) || client->server != client->daemon->server)
        return ANSWER_ALLOWED;
    if (!identity->has_process)
        return ANSWER_DENIED;
    return identity->uid == 0 ? ANSWER_ALLOWED : ANSWER_NONE;
}

typedef struct {
    RpcCall *call;
    char *key;
} CallQuestion;

static void on_call_answer(gboolean is_allowed, GError *error, gpointer data)
{
    CallQuestion *question = data;
    RpcCall *call = question->call;

    if (!is_allowed) {
        log_info("client %" G_GUINT64_FORMAT ": %s: %s", call->client->id, call->row->name, error->message);
        g_error_free(error);
    }
    g_hash_table_insert(call->answers, question->key, GINT_TO_POINTER(is_allowed ? ANSWER_ALLOWED : ANSWER_DENIED));
    g_free(question);
    if (--call->n_questions == 0)
        dispatch_again(call);
}

/* Takes details. */
static Answer ask_for_call(RpcCall *call, AccessPermission permission, char **details)
{
    g_autofree char *action = action_of(permission);
    g_autofree char *object = g_strjoinv("\n", details);
    g_autofree char *key = g_strconcat(action, "\n", object, NULL);
    CallQuestion *question;
    Answer answer;

    if (!call->answers)
        call->answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    answer = GPOINTER_TO_INT(g_hash_table_lookup(call->answers, key));
    if (answer == ANSWER_NONE) {
        answer = ANSWER_PENDING;
        g_hash_table_insert(call->answers, g_strdup(key), GINT_TO_POINTER(answer));
        call->n_questions++;
        question = g_new0(CallQuestion, 1);
        *question = (CallQuestion){call, g_steal_pointer(&key)};
        polkit_check(call->client->identity, action, (const char *const *)details, FALSE, on_call_answer, question);
    }
    g_strfreev(details);
    return answer;
}

static gboolean judge(Answer answer, GError **error)
{
    if (answer == ANSWER_ALLOWED)
        return TRUE;
    vir_error_set(error, VIR_FROM_ACCESS, VIR_ERR_ACCESS_DENIED, "%s", "'polkit' denied access");
    return FALSE;
}

gboolean access_check_call(RpcCall *call, GError **error)
{
    Answer answer = answer_without_asking(call->client);

    if (!check_read_only(call, error))
        return FALSE;
    if (answer != ANSWER_NONE)
        return !call->row->rules || call->row->rules->permission == ACCESS_NOTHING || judge(answer, error);
    for (const RpcAccessRule *rule = call->row->rules; rule && rule->permission != ACCESS_NOTHING; rule++) {
        /* A permission on an object that the arguments do not name is checked by the handler, which finds it. */
        gboolean is_about_connection = strcmp(access_permissions[rule->permission].object, "connect") == 0;

        if (!rule_applies(rule, call->args) || (!is_about_connection && call->row->object == RPC_OBJECT_NONE))
            continue;
        answer = ask_for_call(call, rule->permission, access_object_from_call(call, rule->permission));
        if (!judge(answer, error))
            return FALSE;
    }
    return TRUE;
}

gboolean access_check_object(RpcCall *call, AccessPermission permission, const char *name, const guint8 *uuid,
                             GError **error)
{
    Answer answer = answer_without_asking(call->client);

    if (answer == ANSWER_NONE)
        answer = ask_for_call(call, permission, access_object_from_name(call->client->daemon, permission, name, uuid));
    return judge(answer, error);
}

gboolean access_is_asking(const RpcCall *call)
{
    return call->n_questions > 0;
}

void access_clear_call(RpcCall *call)
{
    g_clear_pointer(&call->answers, g_hash_table_unref);
}

/* --- events
 * ----------------------------------------------------------------------------------------------------------- */

typedef struct {
    DaemonClient *client; /* a reference */
    RpcFrame *frame;
    Answer answer;
} HeldEvent;

static void held_free(HeldEvent *held)
{
    rpc_frame_free(held->frame);
    daemon_client_unref(held->client);
    g_free(held);
}

/* Sends what has been answered, as far as nothing before it is still open. */
static void release_events(DaemonClient *client)
{
    HeldEvent *held;

    while ((held = g_queue_peek_head(&client->held_events)) && held->answer != ANSWER_PENDING) {
        g_queue_pop_head(&client->held_events);
        if (held->answer == ANSWER_ALLOWED)
            event_registry_send(client, g_steal_pointer(&held->frame));
        held_free(held);
    }
}

static void on_event_answer(gboolean is_allowed, GError *error, gpointer data)
{
    HeldEvent *held = data;
    DaemonClient *client = daemon_client_ref(held->client);

    g_clear_error(&error);
    held->answer = is_allowed ? ANSWER_ALLOWED : ANSWER_DENIED;
    if (client->is_closed)
        held_free(held); /* the queue has let go of it */
    else
        release_events(client);
    daemon_client_unref(client);
}

void access_send_event(DaemonClient *client, AccessPermission permission, const DaemonEvent *event, RpcFrame *frame)
{
    Answer answer = permission == ACCESS_NOTHING ? ANSWER_ALLOWED : answer_without_asking(client);
    g_autofree char *action = NULL;
    g_auto(GStrv) details = NULL;
    HeldEvent *held;

    if (answer == ANSWER_DENIED) {
        rpc_frame_free(frame);
        return;
    }
    if (answer == ANSWER_ALLOWED && g_queue_is_empty(&client->held_events)) {
        event_registry_send(client, frame);
        return;
    }
    if (client->held_events.length >= HELD_EVENTS_MAX) {
        log_warning("client %" G_GUINT64_FORMAT ": too many events wait for polkit", client->id);
        rpc_frame_free(frame);
        daemon_client_close(client);
        return;
    }
    held = g_new0(HeldEvent, 1);
    *held = (HeldEvent){daemon_client_ref(client), frame, answer == ANSWER_NONE ? ANSWER_PENDING : answer};
    g_queue_push_tail(&client->held_events, held);
    if (held->answer == ANSWER_PENDING) {
        action = action_of(permission);
        details = access_object_from_name(client->daemon, permission, event->name, event->uuid);
        polkit_check(client->identity, action, (const char *const *)details, FALSE, on_event_answer, held);
    }
}

void access_clear_client(DaemonClient *client)
{
    HeldEvent *held;

    while ((held = g_queue_pop_head(&client->held_events)))
        if (held->answer != ANSWER_PENDING) /* else its answer frees it */
            held_free(held);
}
