/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Going to the background, and telling who waits that the daemon is ready. */
#pragma once

/* Returns in a child process with a session of its own. The parent waits until background_ready() and exits with 0, or
 * with 1 when the child ends before. Call it before there are threads. */
void background_enter(void);

/* The daemon takes calls: lets the waiting parent go. Nothing without background_enter(). */
void background_ready(void);
