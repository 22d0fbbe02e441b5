/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * QMP commands that are sent in one go, and what came back. A batch is filled, run once (qmp/qmp.h) and then read; it
 * belongs to one thread at a time.
 */
#pragma once

#include <glib.h>

#include "common/json.h"

typedef struct QmpBatch QmpBatch;

QmpBatch *qmp_batch_new(void);
void qmp_batch_free(QmpBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QmpBatch, qmp_batch_free)

/* Adds a command; arguments (or NULL) becomes the batch's. Its failure fails the run. Returns its index. */
guint qmp_batch_add(QmpBatch *batch, const char *command, json_object *arguments);

/* Adds a command that may fail: the run goes on, its result is NULL then. */
guint qmp_batch_try(QmpBatch *batch, const char *command, json_object *arguments);

/* Adds "getfd": QEMU gets a duplicate of fd under name. fd stays the caller's and must be open during the run. */
guint qmp_batch_add_fd(QmpBatch *batch, const char *name, int fd);

/* After a run: the command's "return", or NULL when it failed. Borrowed. */
json_object *qmp_batch_result(const QmpBatch *batch, guint index);

/* After a run: why the command failed, or NULL. Borrowed. */
const GError *qmp_batch_error(const QmpBatch *batch, guint index);

/* After a run: the reply as QEMU sends it, {"return":...} or {"error":{...}}. Caller frees. */
char *qmp_batch_format_reply(const QmpBatch *batch, guint index);

/* For qmp.c: one command of a batch. */
typedef struct {
    char *name;
    json_object *arguments;
    int fd; /* sent along, or -1; borrowed */
    gboolean may_fail;
    json_object *result;
    json_object *failure; /* QMP's "error" */
    GError *error;
} QmpCommand;

guint qmp_batch_size(const QmpBatch *batch);
QmpCommand *qmp_batch_command(const QmpBatch *batch, guint index);
