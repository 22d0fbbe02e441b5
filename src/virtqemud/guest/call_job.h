/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Jobs that a call waits for, in their usual form: a question to QEMU or a piece of work on a disk, then the answer.
 * The adapters are made of these.
 */
#pragma once

#include "virtqemud/guest/guest.h"
#include "virtqemud/wire.h"

typedef struct CallJob CallJob;
struct ChangeKind;

struct CallJob {
    RpcCall *call;
    Guest *guest;           /* a reference; the loop's */
    gboolean needs_monitor; /* the guest must run when the job's turn comes */
    Qmp *qmp;               /* then a reference, for run */
    guint flags;
    DomainDef *def;      /* input, owned */
    char *text;          /* input, owned */
    json_object *input;  /* input, owned */
    json_object *output; /* of run, owned */
    char *path;          /* of run, owned */
    guint number;
    guint64 size; /* input */
    /* of changes (change_job.h) */
    const struct ChangeKind *change;
    gboolean is_live;   /* what runs is to be changed */
    DomainDef *old_def; /* as it was, while def is on disk already; owned */
    /* of metadata */
    int type;
    char *key, *uri; /* owned */
    /* of screenshots */
    guint head;
    gboolean is_png;
    int fd; /* owned; -1 */
    /* of kinds that need more: theirs, released with data_free */
    gpointer data;
    GDestroyNotify data_free;
    /* On the loop, when the turn has come; may be NULL. */
    gboolean (*begin)(CallJob *job, GError **error);
    /* On the thread; may be NULL. */
    gboolean (*run)(CallJob *job, GError **error);
    /* On the loop, after run succeeded: publishes, fills rpc_call_ret(call). FALSE: the call fails. NULL: nothing to
     * do. */
    gboolean (*finish)(CallJob *job, GError **error);
};

/* A job for call on guest. needs_monitor: it is to ask QEMU. */
CallJob *call_job_new(RpcCall *call, Guest *guest, gboolean needs_monitor);

/* Defers the call and queues the job, which it takes. */
void call_job_push(CallJob *job, const char *name);
