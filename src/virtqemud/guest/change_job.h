/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that change a guest: what runs, its definition, or both, by VIR_DOMAIN_AFFECT_*. One that needs QEMU asks it
 * first, then the definition is on disk, then both are published. Nothing is changed when a step fails.
 */
#pragma once

#include "virtqemud/guest/call_job.h"

typedef struct ChangeKind {
    const char *name; /* of the call, for those who wait: "metadata" */
    /* Changes one description; is_live tells which. On the loop; *error when that cannot be. */
    gboolean (*change)(DomainDef *def, CallJob *job, gboolean is_live, GError **error);
    /* On the loop, when the turn has come and what runs is to be changed: makes of it what ask needs; may be NULL. */
    gboolean (*prepare)(CallJob *job, GError **error);
    /* On the job's thread, when what runs is to be changed: asks job->qmp. NULL: QEMU need not know. */
    gboolean (*ask)(CallJob *job, GError **error);
    /* On the loop, after it was published; may be NULL. */
    void (*tell)(CallJob *job);
} ChangeKind;

/* A job for call; give it what change needs, then push it. flags VIR_DOMAIN_AFFECT_*. kind is borrowed. */
CallJob *change_job_new(RpcCall *call, Guest *guest, guint flags, const ChangeKind *kind);
void change_job_push(CallJob *job);
