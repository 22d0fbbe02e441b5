/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is out of the ordinary about a guest's run: settings and deeds that whoever looks for the cause of a problem
 * wants to know of ("taints"), and settings that QEMU is going to drop. The guest's log tells each when it comes;
 * clients ask by virDomainGetMessages(). Kept in the state file, in the peer's elements. For the loop.
 */
#pragma once

#include "common/xml.h"
#include "virtqemud/caps/emulator_caps.h"
#include "virtqemud/guest/guest.h"

typedef enum {
    TAINT_CUSTOM_ARGV,
    TAINT_CUSTOM_MONITOR,
    TAINT_HIGH_PRIVILEGES,
    TAINT_SHELL_SCRIPTS,
    TAINT_HOST_CPU,
    TAINT_CDROM_PASSTHROUGH,
    TAINT_DEPRECATED_CONFIG,
    TAINT_LAST
} Taint;

/* Marks the run. FALSE: it was marked already. Saves nothing. */
gboolean messages_taint(Guest *guest, Taint taint);

/* Looks at what begins to run, with this emulator. */
void messages_look(Guest *guest, const EmulatorCaps *caps);

/* Forgets everything, when the run has ended. */
void messages_clear(GuestMessages *messages);

/* Of VIR_DOMAIN_MESSAGE_* kinds, 0 for all: texts for people, NULL-terminated. Caller frees (g_strfreev). */
char **messages_list(const GuestMessages *messages, guint kinds);

/* <taint> and <deprecation> elements of a state file. What is not known to read is left out. */
void messages_write(XmlWriter *writer, const GuestMessages *messages);
void messages_read(xmlNode *status, GuestMessages *messages);
