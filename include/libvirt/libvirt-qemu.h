/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What only QEMU guests have: their monitor and agent as they are. Nothing that is done this way is supported: it
 * can surprise the daemon.
 */
#ifndef LIBVIRT_QEMU_H
#define LIBVIRT_QEMU_H

#include <libvirt/libvirt.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Monitor ---- */

typedef enum {
    VIR_DOMAIN_QEMU_MONITOR_COMMAND_DEFAULT = 0,
    VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP = 1, /* cmd is of the human monitor, not JSON */
} virDomainQemuMonitorCommandFlags;

/*
 * Sends a command to the guest's QEMU monitor; *result becomes the answer, free() it. flags:
 * virDomainQemuMonitorCommandFlags. 0 or -1.
 */
int virDomainQemuMonitorCommand(virDomainPtr domain, const char *cmd, char **result, unsigned int flags);

/*
 * The same with ninfiles descriptors passed along (they stay the caller's), and those that QEMU answered with in
 * *outfiles, an array of *noutfiles to free() and close; outfiles and noutfiles may both be NULL. 0 or -1.
 */
int virDomainQemuMonitorCommandWithFiles(virDomainPtr domain, const char *cmd, unsigned int ninfiles, int *infiles,
                                         unsigned int *noutfiles, int **outfiles, char **result, unsigned int flags);

/* Takes over a QEMU process that was started by hand, by its process ID. flags 0. */
virDomainPtr virDomainQemuAttach(virConnectPtr conn, unsigned int pid_value, unsigned int flags);

/* ---- Agent ---- */

/* How long to wait for the agent, beside a positive number of seconds. */
typedef enum {
    VIR_DOMAIN_QEMU_AGENT_COMMAND_BLOCK = -2, /* as long as it takes */
    VIR_DOMAIN_QEMU_AGENT_COMMAND_MIN = -2,
    VIR_DOMAIN_QEMU_AGENT_COMMAND_DEFAULT = -1,  /* what the daemon thinks right */
    VIR_DOMAIN_QEMU_AGENT_COMMAND_NOWAIT = 0,    /* do not wait */
    VIR_DOMAIN_QEMU_AGENT_COMMAND_SHUTDOWN = 60, /* seconds to allow for a shutdown */
} virDomainQemuAgentCommandTimeoutValues;

/*
 * Sends a JSON command to the guest's agent and returns its answer. timeout: seconds, or
 * virDomainQemuAgentCommandTimeoutValues. flags 0.
 */
char *virDomainQemuAgentCommand(virDomainPtr domain, const char *cmd, int timeout, unsigned int flags);

/* ---- Events of the monitor ---- */

/* How the event's name is compared. */
typedef enum {
    VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX = 1,  /* it is a regular expression */
    VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_NOCASE = 2, /* letter case does not count */
} virConnectDomainQemuMonitorEventRegisterFlags;

/* QEMU reported event at seconds and micros since 1970; details are JSON, or NULL. All is borrowed for the call. */
typedef void (*virConnectDomainQemuMonitorEventCallback)(virConnectPtr conn, virDomainPtr dom, const char *event,
                                                         long long seconds, unsigned int micros, const char *details,
                                                         void *opaque);

/*
 * Calls cb for events of QEMU's monitor: of one domain or (NULL) all, called event or (NULL) any. Needs an event
 * loop. Returns a number for deregistering, or -1.
 */
int virConnectDomainQemuMonitorEventRegister(virConnectPtr conn, virDomainPtr dom, const char *event,
                                             virConnectDomainQemuMonitorEventCallback cb, void *opaque,
                                             virFreeCallback freecb, unsigned int flags);

/* Ends a registration. 0 or -1. */
int virConnectDomainQemuMonitorEventDeregister(virConnectPtr conn, int callbackID);

#ifdef __cplusplus
}
#endif

#endif
