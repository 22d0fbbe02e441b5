/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* As whom QEMU runs: user and group of qemu.conf, when the daemon may choose. */
#pragma once

#include <glib.h>

#include "virtqemud/host/process.h"

/* The user that QEMU runs as when qemu.conf names none; where there is no such user, it runs as the daemon does. */
#define QEMU_USER  "libvirt-qemu"
#define QEMU_GROUP "libvirt-qemu"

/*
 * Finds out who user and group are: names, or numbers with or without "+". The groups are those that the user is in,
 * and that of /dev/kvm when only its members may use it. Returns who it is (caller frees with process_user_free()) or
 * NULL: VIR_ERR_CONF_SYNTAX, there is none of that name. May ask the name service, so it is for the start of the
 * daemon.
 */
ProcessUser *qemu_user_find(const char *user, const char *group, GError **error);

/* Whether there is a user of that name. */
gboolean qemu_user_exists(const char *name);
