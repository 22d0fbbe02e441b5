/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a QEMU, or whoever took its place, says on its monitor: whoever asked gets one answer, and the loop goes on. */
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "daemon/loop_post.h"
#include "virtqemud/qmp/qmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    guint answers, ends;
} Heard;

static void on_event(const char *name, json_object *data, gint64 time_us, gpointer owner)
{
    g_assert_nonnull(name);
}

static void on_closed(const GError *reason, gpointer owner)
{
    ((Heard *)owner)->ends++;
    g_assert_nonnull(reason);
}

static void on_done(QmpBatch *batch, const GError *error, gpointer data)
{
    ((Heard *)data)->answers++;
    for (guint i = 0; i < qmp_batch_size(batch); i++) {
        g_autofree char *reply = qmp_batch_format_reply(batch, i);
    }
}

static void turn(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

static void ask(Qmp *qmp, Heard *heard)
{
    QmpBatch *batch = qmp_batch_new();

    qmp_batch_add(batch, "query-status", NULL);
    qmp_batch_try(batch, "query-blockstats", NULL);
    qmp_ask(qmp, batch, QMP_TIMEOUT_MS, on_done, heard);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const QmpListener listener = {on_event, on_closed};
    static PollSet *polls;
    g_autoptr(GError) reason = g_error_new_literal(vir_error_quark(VIR_FROM_QEMU), VIR_ERR_OPERATION_FAILED, "end");
    Heard heard = {0};
    guint8 sink[4096];
    Qmp *qmp;
    int pair[2];

    if (!polls) {
        log_set_level(LOG_LEVEL_ERROR, NULL);
        polls = poll_set_get();
        loop_post_init();
    }
    if (size > 65536 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
        return 0;
    qmp = qmp_new(polls, pair[0], "QEMU of guest 'x'", &listener, &heard);
    ask(qmp, &heard);
    if (send(pair[1], data, size, MSG_NOSIGNAL) < 0)
        g_assert_cmpuint(size, ==, 0);
    turn();
    while (read(pair[1], sink, sizeof(sink)) > 0)
        turn();
    close(pair[1]);
    turn();
    g_assert_cmpuint(heard.ends, ==, 1);
    g_assert_cmpuint(heard.answers, ==, 1);
    qmp_close(qmp, reason);
    qmp_unref(qmp);
    return 0;
}
