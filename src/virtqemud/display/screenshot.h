/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A picture of a guest's screen. */
#pragma once

#include "virtqemud/guest/guest.h"

/* QEMU writes PNG by itself from this version on, and portable pixmaps always. */
#define SCREENSHOT_PNG_VERSION 7001000

/* Which of the guest's screens: the video card's alias and its head. FALSE: VIR_ERR_INVALID_ARG,
 * there is no such screen; VIR_ERR_OPERATION_INVALID, there is none at all. */
gboolean screenshot_find(const DomainDef *def, guint screen, const char **alias, guint *head, GError **error);

/*
 * Has QEMU write the screen into a file in dir, and opens it; nothing of it is left in dir. alias NULL: the only
 * screen. Returns the descriptor, or -1 with QEMU's error. Blocks; for jobs.
 */
int screenshot_take(Qmp *qmp, const char *dir, const char *alias, guint head, gboolean as_png, GError **error);
