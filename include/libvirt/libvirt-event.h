/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The event loop. Events, keepalive and the end of a connection that nobody calls over are only noticed while one
 * runs. Register it, the library's own or the application's, before the first connection is opened.
 */
#ifndef LIBVIRT_EVENT_H
#define LIBVIRT_EVENT_H

#ifndef LIBVIRT_LIBVIRT_H
#error "include <libvirt/libvirt.h>"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- What is watched ---- */

/* What a handle is watched for, and what happened. ERROR and HANGUP are always watched for. */
typedef enum {
    VIR_EVENT_HANDLE_READABLE = 1,
    VIR_EVENT_HANDLE_WRITABLE = 2,
    VIR_EVENT_HANDLE_ERROR = 4,
    VIR_EVENT_HANDLE_HANGUP = 8,
} virEventHandleType;

/* A watched descriptor is ready; events are virEventHandleType bits. */
typedef void (*virEventHandleCallback)(int watch, int fd, int events, void *opaque);

/* A timer is due. */
typedef void (*virEventTimeoutCallback)(int timer, void *opaque);

/* ---- The library's own loop ---- */

/* Makes the library's own loop the process's. To be called once, before all else that needs a loop. 0 or -1. */
int virEventRegisterDefaultImpl(void);

/*
 * One turn of the library's own loop: waits until something is due and calls its callbacks. An application calls
 * it again and again, from one thread. 0 or -1.
 */
int virEventRunDefaultImpl(void);

/* ---- An application's own loop ---- */

/*
 * Watches fd for events. Returns a number that stands for the watch, or -1. ff (may be NULL) is to be called with
 * opaque after the watch has been removed, once, and not from inside cb.
 */
typedef int (*virEventAddHandleFunc)(int fd, int event, virEventHandleCallback cb, void *opaque, virFreeCallback ff);

/* Changes what a watch waits for; 0 for nothing. Called from any thread, and from callbacks. */
typedef void (*virEventUpdateHandleFunc)(int watch, int event);

/*
 * Removes a watch. 0, or -1 when there is none of this number. Called from any thread, and from the watch's own
 * callback.
 */
typedef int (*virEventRemoveHandleFunc)(int watch);

/* Calls cb each timeout milliseconds; 0 at every turn, -1 not until it is updated. Otherwise as for handles. */
typedef int (*virEventAddTimeoutFunc)(int timeout, virEventTimeoutCallback cb, void *opaque, virFreeCallback ff);

/* Changes a timer's interval, from now on. */
typedef void (*virEventUpdateTimeoutFunc)(int timer, int timeout);

/* Removes a timer. 0 or -1. */
typedef int (*virEventRemoveTimeoutFunc)(int timer);

/* Makes the application's functions the process's loop. The first registration counts; later ones are ignored. */
void virEventRegisterImpl(virEventAddHandleFunc addHandle, virEventUpdateHandleFunc updateHandle,
                          virEventRemoveHandleFunc removeHandle, virEventAddTimeoutFunc addTimeout,
                          virEventUpdateTimeoutFunc updateTimeout, virEventRemoveTimeoutFunc removeTimeout);

/* ---- Use of the registered loop ---- */

/*
 * Watches a descriptor in whichever loop is registered; see virEventAddHandleFunc. -1 also when none is
 * registered.
 */
int virEventAddHandle(int fd, int events, virEventHandleCallback cb, void *opaque, virFreeCallback ff);

/* Changes what a watch waits for. */
void virEventUpdateHandle(int watch, int events);

/* Removes a watch; its ff is called later. 0 or -1. */
int virEventRemoveHandle(int watch);

/* Sets up a timer, in milliseconds; -1 for one that is off. */
int virEventAddTimeout(int timeout, virEventTimeoutCallback cb, void *opaque, virFreeCallback ff);

/* Changes a timer's interval in milliseconds; -1 turns it off. */
void virEventUpdateTimeout(int timer, int timeout);

/* Removes a timer; its ff is called later. 0 or -1. */
int virEventRemoveTimeout(int timer);

#ifdef __cplusplus
}
#endif

#endif
