/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/qmp/batch.h"

struct QmpBatch {
    GPtrArray *commands; /* of QmpCommand */
};

static void command_free(gpointer data)
{
    QmpCommand *command = data;

    g_free(command->name);
    json_object_put(command->arguments);
    json_object_put(command->result);
    json_object_put(command->failure);
    g_clear_error(&command->error);
    g_free(command);
}

QmpBatch *qmp_batch_new(void)
{
    QmpBatch *batch = g_new0(QmpBatch, 1);

    batch->commands = g_ptr_array_new_with_free_func(command_free);
    return batch;
}

void qmp_batch_free(QmpBatch *batch)
{
    if (!batch)
        return;
    g_ptr_array_unref(batch->commands);
    g_free(batch);
}

static guint add(QmpBatch *batch, const char *name, json_object *arguments, int fd, gboolean may_fail)
{
    QmpCommand *command = g_new0(QmpCommand, 1);

    *command = (QmpCommand){.name = g_strdup(name), .arguments = arguments, .fd = fd, .may_fail = may_fail};
    g_ptr_array_add(batch->commands, command);
    return batch->commands->len - 1;
}

guint qmp_batch_add(QmpBatch *batch, const char *command, json_object *arguments)
{
    return add(batch, command, arguments, -1, FALSE);
}

guint qmp_batch_try(QmpBatch *batch, const char *command, json_object *arguments)
{
    return add(batch, command, arguments, -1, TRUE);
}

guint qmp_batch_add_fd(QmpBatch *batch, const char *name, int fd)
{
    json_object *arguments = json_object_new_object();

    json_add_string(arguments, "fdname", name);
    return add(batch, "getfd", arguments, fd, FALSE);
}

guint qmp_batch_size(const QmpBatch *batch)
{
    return batch->commands->len;
}

QmpCommand *qmp_batch_command(const QmpBatch *batch, guint index)
{
    return g_ptr_array_index(batch->commands, index);
}

json_object *qmp_batch_result(const QmpBatch *batch, guint index)
{
    return qmp_batch_command(batch, index)->result;
}

const GError *qmp_batch_error(const QmpBatch *batch, guint index)
{
    return qmp_batch_command(batch, index)->error;
}

char *qmp_batch_format_reply(const QmpBatch *batch, guint index)
{
    const QmpCommand *command = qmp_batch_command(batch, index);
    json_object *body = command->result ? command->result : command->failure;

    return g_strdup_printf("{\"%s\":%s}", command->result ? "return" : "error", body ? json_text(body) : "{}");
}
