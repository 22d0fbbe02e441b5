/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The states of a guest and the moves between them, as one table. What the table does not list is refused. Pure: no
 * object, no side effect.
 */
#pragma once

#include <glib.h>

typedef enum {
    GUEST_SHUTOFF,
    GUEST_STARTING, /* a start job is at work; not to be seen yet */
    GUEST_PAUSED,   /* QEMU is there, its processors stand still */
    GUEST_RUNNING,
    GUEST_SLEEPING, /* the guest has put itself to sleep (S3) */
    GUEST_CRASHED,  /* the guest has crashed and is kept */
    GUEST_SHUTDOWN, /* the guest has shut down, QEMU is about to end */
    GUEST_STOPPING, /* QEMU has been told to end */
    GUEST_STATE_LAST,
} GuestState;

typedef enum {
    /* from jobs */
    MOVE_START,   /* a start job begins */
    MOVE_UP,      /* QEMU answers; the guest stands still */
    MOVE_DESTROY, /* QEMU is told to end */
    /* from QEMU */
    MOVE_STOP,
    MOVE_RESUME,
    MOVE_SLEEP,
    MOVE_WAKE,
    MOVE_PANIC,
    MOVE_SHUTDOWN,
    MOVE_EXIT, /* the process is gone */
    MOVE_LAST,
} GuestMove;

/* The state after a move. FALSE when it is not possible in this state. */
gboolean guest_move_find(GuestState from, GuestMove move, GuestState *to);

/* "running", for messages and logs; "stop" for a move. Static. */
const char *guest_state_name(GuestState state);
const char *guest_move_name(GuestMove move);

/* What clients see: VIR_DOMAIN_*. A state that is not to be seen shows as the one before it. */
int guest_state_public(GuestState state);

/* Whether there is a guest to work with: started, and not on its way out. */
gboolean guest_state_is_active(GuestState state);
