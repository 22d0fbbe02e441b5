/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Guests as machines of systemd: "machinectl list" shows them, and each has a control group of its own to be divided by
 * us, in which it outlives our service. By D-Bus, the interface org.freedesktop.machine1. */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "common/identifiers.h"

/* A name as machines have it, of letters, digits, dots and hyphens: "qemu-5-guest". run: "domain-5-guest". Caller
 * frees. */
char *machine_host_name(const char *run);

/* Registers a process as a machine; it is in the machine's group then. slice: "machine.slice". FALSE: there is no
 * systemd-machined here, or it said no, which is logged. Blocks for some seconds at most; for jobs. */
gboolean machine_host_register(const char *name, const guint8 uuid[UUID_LEN], pid_t pid, const char *slice);
