/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that change a guest: what runs, its definition, or both, by VIR_DOMAIN_AFFECT_*. The definition is on disk
 * first, then what runs is changed, then both are published. When what runs cannot be changed, the definition on disk
 * becomes what it was. Nothing is changed when a step fails, but for what a kind says of itself.
 */
#pragma once

#include "virtqemud/guest/call_job.h"

typedef struct ChangeKind {
    const char *name; /* of the call, for those who wait: "metadata" */
    /* Changes one description; is_live tells which. On the loop; *error when that cannot be. With publish it is of
     * definitions alone. */
    gboolean (*change)(DomainDef *def, CallJob *job, gboolean is_live, GError **error);
    /* On the loop, when the turn has come and what runs is to be changed: makes of it what ask needs; may be NULL. */
    gboolean (*prepare)(CallJob *job, GError **error);
    /* On the job's thread, when what runs is to be changed, by job->qmp. NULL: nothing there need know. */
    gboolean (*ask)(CallJob *job, GError **error);
    /* On the loop, when the guest still runs: makes its description what ask has made of it. NULL: by change. */
    void (*publish)(CallJob *job);
    /* On the loop, after it was published; may be NULL. */
    void (*tell)(CallJob *job);
    gboolean is_of_devices;   /* the definition is completed and checked anew */
    gboolean without_monitor; /* ask needs no monitor, or prepare takes it */
} ChangeKind;

/* A job for call; give it what change needs, then push it. flags VIR_DOMAIN_AFFECT_*. kind is borrowed. */
CallJob *change_job_new(RpcCall *call, Guest *guest, guint flags, const ChangeKind *kind);
void change_job_push(CallJob *job);
