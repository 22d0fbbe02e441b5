/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/access/polkit.h"

#include <gio/gio.h>

#include "common/error.h"

#define POLKIT_ALLOW_INTERACTION 1u
/* Long enough for somebody to type a password; polkit gives up before. */
#define POLKIT_TIMEOUT_MS (10 * 60 * 1000)

typedef struct {
    DaemonIdentity *identity;
    char *action;
    GVariant *details;
    gboolean is_interactive;
    PolkitAnswer answer;
    gpointer data;
} PolkitQuestion;

static void finish(PolkitQuestion *question, gboolean is_allowed, GError *error)
{
    question->answer(is_allowed, error, question->data);
    daemon_identity_unref(question->identity);
    g_variant_unref(question->details);
    g_free(question->action);
    g_free(question);
}

static void refuse(PolkitQuestion *question, int code, const char *why)
{
    GError *error = NULL;

    vir_error_set(&error, VIR_FROM_POLKIT, code, "%s", why);
    finish(question, FALSE, error);
}

static void on_reply(GObject *source, GAsyncResult *result, gpointer data)
{
    PolkitQuestion *question = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    g_autoptr(GVariant) details = NULL;
    g_autofree char *why = NULL;
    gboolean is_allowed, is_challenge;

    if (!reply) {
        refuse(question, VIR_ERR_AUTH_UNAVAILABLE, error->message);
        return;
    }
    g_variant_get(reply, "((bb@a{ss}))", &is_allowed, &is_challenge, &details);
    if (is_allowed) {
        finish(question, TRUE, NULL);
        return;
    }
    if (g_variant_lookup(details, "polkit.dismissed", "&s", NULL)) {
        refuse(question, VIR_ERR_AUTH_CANCELLED, "user cancelled authentication process");
        return;
    }
    if (is_challenge) {
        why = g_strdup_printf("no polkit agent available to authenticate action '%s'", question->action);
        refuse(question, VIR_ERR_AUTH_UNAVAILABLE, why);
        return;
    }
    why = g_strdup_printf("access denied by policy to action '%s'", question->action);
    refuse(question, VIR_ERR_AUTH_FAILED, why);
}

/* The process as polkit names it. Its start time keeps a later process of the same number from passing for it. */
static GVariant *subject(const DaemonIdentity *identity)
{
    GVariantBuilder fields;

    g_variant_builder_init(&fields, G_VARIANT_TYPE("a{sv}"));
    g_variant_builder_add(&fields, "{sv}", "pid", g_variant_new_uint32(identity->pid));
    g_variant_builder_add(&fields, "{sv}", "start-time", g_variant_new_uint64(identity->start_time));
    g_variant_builder_add(&fields, "{sv}", "uid", g_variant_new_int32(identity->uid));
    return g_variant_new("(s@a{sv})", "unix-process", g_variant_builder_end(&fields));
}

static void on_bus(GObject *source, GAsyncResult *result, gpointer data)
{
    PolkitQuestion *question = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) bus = g_bus_get_finish(result, &error);

    if (!bus) {
        refuse(question, VIR_ERR_AUTH_UNAVAILABLE, error->message);
        return;
    }
    g_dbus_connection_set_exit_on_close(bus, FALSE);
    g_dbus_connection_call(
        bus, "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",
        "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization",
        g_variant_new("(@(sa{sv})s@a{ss}us)", subject(question->identity), question->action, question->details,
                      question->is_interactive ? POLKIT_ALLOW_INTERACTION : 0, ""),
        G_VARIANT_TYPE("((bba{ss}))"), G_DBUS_CALL_FLAGS_NONE, POLKIT_TIMEOUT_MS, NULL, on_reply, question);
}

void polkit_check(const DaemonIdentity *identity, const char *action, const char *const *details,
                  gboolean is_interactive, PolkitAnswer answer, gpointer data)
{
    PolkitQuestion *question = g_new0(PolkitQuestion, 1);
    GVariantBuilder pairs;

    g_variant_builder_init(&pairs, G_VARIANT_TYPE("a{ss}"));
    for (; details && details[0]; details += 2)
        g_variant_builder_add(&pairs, "{ss}", details[0], details[1]);
    question->identity = daemon_identity_ref(identity);
    question->action = g_strdup(action);
    question->details = g_variant_ref_sink(g_variant_builder_end(&pairs));
    question->is_interactive = is_interactive;
    question->answer = answer;
    question->data = data;
    g_bus_get(G_BUS_TYPE_SYSTEM, NULL, on_bus, question);
}
