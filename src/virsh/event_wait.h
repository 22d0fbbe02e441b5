/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Waiting for events and printing them, for the commands that register for some: one, or with --loop all that come, for
 * as long and in the form that the command's options say. Callbacks come from the thread of the event loop.
 */
#pragma once

#include <json.h>

#include "virsh/command.h"

typedef struct {
    const Arguments *arguments;
    const char *kind;   /* of the object, in JSON: "domain" */
    const char *format; /* what the text calls it: "domain '%s'" */
    GMutex lock;
    GCond came;
    int count;
} EventWait;

/* What every command that waits takes. */
#define EVENT_WAIT_OPTIONS                                                                                             \
    FLAG("loop", "go on until interrupted"),                                                                           \
        {"timeout", OPTION_INT, FALSE, TRUE, COMPLETE_NOTHING, "seconds to wait at most"},                             \
        FLAG("list", "list the events there are"), FLAG("timestamp", "with the time of each event"),                   \
    {                                                                                                                  \
        "output", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "text or json"                                         \
    }

/*
 * Which of the events that names lists (up to NULL) the options ask for. TRUE with *kind -1: --list, which it has
 * printed. FALSE: none that there is, reported.
 */
gboolean event_wait_choose(Shell *shell, const Arguments *arguments, const char *const *names, int *kind);

/* kind: what JSON calls the objects; format: how the text names one. */
void event_wait_init(EventWait *wait, const Arguments *arguments, const char *kind, const char *format);
void event_wait_clear(EventWait *wait);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EventWait, event_wait_clear)

/* Prints "event 'EVENT' for OBJECTMORE", or one JSON object with detail, which it takes. Any thread. */
void event_wait_report(EventWait *wait, const char *event, const char *name, const char *more, json_object *detail);

/* A JSON object with one string. */
json_object *event_wait_detail(const char *key, const char *value);

/* Waits as the options say, then deregisters the callbacks' numbers (ids, of int). FALSE: no event came in time,
 * reported.
 */
gboolean event_wait_run(Shell *shell, EventWait *wait, const GArray *ids, int (*deregister)(virConnectPtr, int));
