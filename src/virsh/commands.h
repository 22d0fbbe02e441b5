/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command tables, one per subject's file. */
#pragma once

#include "virsh/command.h"

extern const Command shell_commands[];        /* cmd_shell.c */
extern const Command host_commands[];         /* cmd_host.c */
extern const Command domain_commands[];       /* cmd_domain.c: what changes domains */
extern const Command change_commands[];       /* cmd_change.c */
extern const Command device_commands[];       /* cmd_device.c: devices from files */
extern const Command attach_commands[];       /* cmd_attach.c: disks and network cards from options */
extern const Command detach_commands[];       /* cmd_detach.c: those that a domain has */
extern const Command interface_commands[];    /* cmd_interface.c: network cards */
extern const Command monitor_commands[];      /* cmd_monitor.c: what asks about them */
extern const Command stats_commands[];        /* cmd_stats.c */
extern const Command domstats_commands[];     /* cmd_domstats.c */
extern const Command cpu_commands[];          /* cmd_cpu.c */
extern const Command tuning_commands[];       /* cmd_tuning.c */
extern const Command job_commands[];          /* cmd_job.c */
extern const Command input_commands[];        /* cmd_input.c */
extern const Command metadata_commands[];     /* cmd_metadata.c: of domains */
extern const Command cpu_model_commands[];    /* cmd_cpu_model.c */
extern const Command node_commands[];         /* cmd_node.c */
extern const Command view_commands[];         /* cmd_view.c: console, screenshot, events */
extern const Command network_commands[];      /* cmd_network.c */
extern const Command net_metadata_commands[]; /* cmd_metadata.c: of networks */
extern const Command network_port_commands[]; /* cmd_network_port.c */
extern const Command pool_commands[];         /* cmd_pool.c: what changes storage pools */
extern const Command pool_view_commands[];    /* cmd_pool_view.c: what asks about them */
extern const Command vol_commands[];          /* cmd_vol.c: what makes and changes volumes */
extern const Command vol_view_commands[];     /* cmd_vol_view.c: what asks about them */

/* The event command, which has a file of its own: cmd_event.c. */
extern const Option event_options[];
gboolean event_run(Shell *shell, const Arguments *arguments);

/* The same for events of QEMU's monitors: cmd_monitor_event.c. */
extern const Option monitor_event_options[];
gboolean monitor_event_run(Shell *shell, const Arguments *arguments);

/* The same for networks: cmd_network_event.c. */
extern const Option network_event_options[];
gboolean network_event_run(Shell *shell, const Arguments *arguments);

/* The same for storage pools: cmd_pool_event.c. */
extern const Option pool_event_options[];
gboolean pool_event_run(Shell *shell, const Arguments *arguments);

/* For commands that attach to a console once a domain runs. FALSE: reported. */
gboolean console_run(Shell *shell, virDomainPtr domain, const char *device, unsigned int flags);
