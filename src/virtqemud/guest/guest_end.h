/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of a guest's QEMU, whatever the cause, and what is tidied up then. For the loop. */
#pragma once

#include "virtqemud/guest/guest.h"

typedef struct {
    GuestStopped stopped;
    gpointer data;
} GuestWaiter;

/* The process is gone. While a start job is at work that is all; the job does the rest. Otherwise publishes that, tells
 * clients and waiters, releases what the run had. status as from wait(2), or -1. The guest is gone from the list
 * afterwards if it was transient. */
void guest_ended(Guest *guest, int status);

/* A start has failed and its QEMU, if there was one, is gone: tidies up. */
void guest_abandon_start(Guest *guest);

/* Drops a guest from the list when nobody can see it and nobody starts it. Jobs that wait fail; they hold it by
 * themselves. */
void guest_drop_if_unseen(Guest *guest);

/* Ends the timers of guest_stop() and tells those who wait (guest.c). */
void guest_tell_stopped(Guest *guest);
