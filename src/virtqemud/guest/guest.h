/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest: its definition, its state, its QEMU. Everything here is the loop's; jobs work on copies and come back by
 * loop_call() and their done functions. What queries read is always what was last published, however busy the guest or
 * its QEMU is.
 *
 * The struct is open to the files of this folder that make up the driver; the rules are in guest.c.
 */
#pragma once

#include "virtqemud/driver.h"
#include "virtqemud/guest/job.h"
#include "virtqemud/guest/moves.h"
#include "virtqemud/host/process.h"
#include "virtqemud/qmp/qmp.h"

typedef struct Guest Guest;
typedef struct Counters Counters;
typedef struct Unplug Unplug;

/* What is out of the ordinary about a run (messages.c). */
typedef struct {
    guint taints;            /* bits, by Taint */
    GPtrArray *deprecations; /* char *; or NULL */
} GuestMessages;

/* Told when a guest that was told to end has ended; error when it would not. */
typedef void (*GuestStopped)(Guest *guest, const GError *error, gpointer data);

struct Guest {
    gint refs;
    char *name;
    guint8 uuid[UUID_LEN];
    JobQueue *jobs;

    DomainDef *def; /* for the next start; NULL: transient */
    gboolean is_persistent;
    gboolean is_autostart;

    GuestState state;
    int reason;        /* of the public state */
    gint64 changed_us; /* when state or reason last changed, since 1970 */

    /* While there is a QEMU, or a start job makes one. */
    int id; /* DOMAIN_ID_NONE */
    DomainDef *live;
    Process *process;
    Qmp *qmp;
    GArray *vcpu_threads;    /* see vcpu_stats_read(); or NULL */
    char *dir;               /* of this run: monitor.sock and the like */
    gboolean is_published;   /* clients have been told that it started */
    guint n_starts;          /* starts that are queued or at work */
    gboolean is_cancelled;   /* the start job shall give up */
    gboolean is_rebooting;   /* the next shutdown is turned into a reset */
    int pause_reason;        /* for the next stop of the processors, VIR_DOMAIN_PAUSED_* */
    int stop_reason;         /* for the end, VIR_DOMAIN_SHUTOFF_*; UNKNOWN: it ended by itself */
    guint monitor_timer;     /* connects, or tries again to */
    gboolean is_monitor_due; /* it is the first time */
    guint kill_timer, kill_step_ms;
    int kill_signal;
    gint64 kill_deadline_us; /* monotonic: for that signal */
    gboolean is_kill_forced; /* SIGKILL follows SIGTERM */
    GSList *stop_waiters;
    DaemonClient *autodestroy; /* ends with this client; compared, never used */
    Counters *counters;        /* what QEMU told last (counters.c) */
    GSList *consoles;          /* open console streams (console.c) */
    DomainDef *plugging;       /* borrowed: what will run, while a job plugs a device in; NULL (plug/attach.c) */
    GSList *unplugs;           /* of Unplug, borrowed: devices that a job waits for to go (plug/unplug.c) */
    GuestMessages messages;
    GArray *vnc_sockets; /* int, what its VNC server listens on; NULL: not known (graphics_move.c) */

    char *xml_cache[2]; /* inactive and live XML without secrets, until they change */
};

/* A guest without definition and QEMU; the list adds it under name and uuid. */
Guest *guest_new(const char *name, const guint8 uuid[UUID_LEN]);
Guest *guest_ref(Guest *guest);
void guest_unref(Guest *guest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Guest, guest_unref)

/* Whether clients can see it: it is defined, or it runs. */
gboolean guest_is_visible(const Guest *guest);
gboolean guest_is_active(const Guest *guest);

/* The description that runs, or that would. Borrowed. */
const DomainDef *guest_current_def(const Guest *guest);

/* The XML for VIR_DOMAIN_XML_* flags. Caller frees. */
char *guest_format_xml(Guest *guest, guint flags);
/* What was formatted does not hold any more. */
void guest_changed(Guest *guest);

/* Replaces the definition for the next start, which it takes. */
void guest_set_def(Guest *guest, DomainDef *def);

/* VIR_ERR_OPERATION_INVALID "domain is not running" unless it is active and not about to end. */
gboolean guest_check_active(const Guest *guest, GError **error);

/* Makes a move: state, reason (VIR_DOMAIN_* of the public state), state file. FALSE: VIR_ERR_OPERATION_INVALID, it is
 * not possible in the present state. */
gboolean guest_move(Guest *guest, GuestMove move, int reason, GError **error);

/* Takes the process that a start job has made or that was found again, and watches it. */
void guest_take_process(Guest *guest, Process *process);
/* Connects to the monitor in guest->dir. FALSE: VIR_ERR_SYSTEM_ERROR. */
gboolean guest_connect_monitor(Guest *guest, GError **error);
/* Connects to the monitor of a guest that was found again, in a moment or when somebody needs it, and asks for its
 * state. A host's QEMUs are not woken all at once: they would take the processors from the first answers of a daemon
 * that has just started. */
void guest_connect_soon(Guest *guest);
/* The monitor is gone while QEMU lives: drops it, and tries again from time to time. Its state is asked for then. */
void guest_reconnect_later(Guest *guest);
/* The monitor, if there is a connection; one that is due is made. Borrowed. */
Qmp *guest_find_monitor(Guest *guest);
/* The monitor, for a job: a reference. NULL: VIR_ERR_OPERATION_INVALID when the guest does not run,
 * VIR_ERR_OPERATION_FAILED when there is no connection. */
Qmp *guest_get_monitor(Guest *guest, GError **error);

/*
 * Tells QEMU to end. reason VIR_DOMAIN_SHUTOFF_*; it counts unless an earlier one was given. Without force it is asked
 * only (SIGTERM); with it, it is killed when it does not go soon. stopped (or NULL) is called when it has gone, or when
 * it would not.
 */
void guest_stop(Guest *guest, int reason, gboolean force, GuestStopped stopped, gpointer data);

/* The guest's name for messages of jobs: "guest 'x'". Caller frees. */
char *guest_subject(const Guest *guest);
