/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files in /proc and /sys, which the kernel makes at once: reading them does not wait. */
#pragma once

#include <glib.h>

#define CPU_DIR  "/sys/devices/system/cpu"
#define NODE_DIR "/sys/devices/system/node"

/* What a file says, without blanks around it; NULL: there is none. Caller frees. */
char *host_read_text(const char *path);

/* The number that a file begins with; 0 without. */
guint64 host_read_number(const char *path);

/* Calls each for the numbers of a list as the kernel writes it: "0-3,8". list may be NULL. */
void host_each_number(const char *list, void (*each)(guint number, gpointer data), gpointer data);
