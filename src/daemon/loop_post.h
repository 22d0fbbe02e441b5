/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From any thread to the loop. */
#pragma once

#include <glib.h>

typedef void (*LoopFunc)(gpointer data);

/* Once, on the loop's thread, before there are others. */
void loop_post_init(void);

/* Runs func on the loop's thread, at its next turn, in the order of posting. Never blocks. */
void loop_post(LoopFunc func, gpointer data);

/* Runs func on the loop's thread and waits until it has returned. Not for the loop itself. */
void loop_call(LoopFunc func, gpointer data);
