/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A call about what emulators can do: they are asked by a worker, and the call is answered on the loop. */
#pragma once

#include "virtqemud/driver.h"

typedef struct CapsTask CapsTask;

struct CapsTask {
    RpcCall *call;
    char *path, *arch, *machine, *virt_type, *xml; /* what is asked about; NULL: not said */
    GPtrArray *documents;                          /* char *; or NULL */
    guint flags;
    char *text;      /* the answer */
    guint64 version; /* or this */
    int number;      /* or this */
    GError *error;   /* or this */
    void (*work)(CapsTask *task);
    void (*answer)(CapsTask *task);
};

/* For a handler: defers the call. work runs on a worker and answer on the loop, unless work has set error. What the
 * task then holds is released. */
CapsTask *caps_task_new(RpcCall *call, void (*work)(CapsTask *), void (*answer)(CapsTask *));
void caps_task_push(CapsTask *task);

/* An optional string of the wire, or NULL. Caller frees. */
char *caps_task_copy(char *const *text);

/* On the worker: the emulator that the task asks about, to be released; NULL with task->error. Blocks. */
EmulatorCaps *caps_task_find_emulator(CapsTask *task);

/* The same for its guests of the machine and kind asked about, which is set to what it is when it was not said. */
EmulatorCaps *caps_task_find_kind(CapsTask *task, const EmulatorMachine **machine);
