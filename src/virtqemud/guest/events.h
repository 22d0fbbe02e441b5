/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What clients are told of guests. For the loop; never blocks. */
#pragma once

#include "virtqemud/guest/guest.h"
#include "virtqemud/params.h"
#include "virtqemud/wire.h"

/* type VIR_DOMAIN_EVENT_*, detail of that type. */
void events_lifecycle(Guest *guest, int type, int detail);
void events_reboot(Guest *guest);
void events_rtc_change(Guest *guest, gint64 offset_s);
void events_watchdog(Guest *guest, int action);
/* action VIR_DOMAIN_EVENT_IO_ERROR_*; sends both the plain event and that with a reason. */
void events_io_error(Guest *guest, const char *path, const char *alias, int action, const char *reason);
/* The medium or image of a disk has become another; paths may be NULL. reason VIR_DOMAIN_EVENT_DISK_*. */
void events_disk_change(Guest *guest, const char *old_path, const char *new_path, const char *alias, int reason);
void events_tray_change(Guest *guest, const char *alias, int reason);
/* A device has come, has gone, or has not been let go by the guest. */
void events_device_added(Guest *guest, const char *alias);
void events_device_removed(Guest *guest, const char *alias);
void events_device_removal_failed(Guest *guest, const char *alias);
void events_pm_suspend(Guest *guest);
void events_pm_wakeup(Guest *guest);
/* The agent in the guest has opened or closed its channel. */
void events_agent_lifecycle(Guest *guest, int state, int reason);
void events_balloon_change(Guest *guest, guint64 actual_kib);
/* phase VIR_DOMAIN_EVENT_GRAPHICS_*; the strings are QEMU's words, NULL where it said nothing. */
typedef struct {
    const char *family, *node, *service;
} GraphicsPeer;
void events_graphics(Guest *guest, int phase, const GraphicsPeer *local, const GraphicsPeer *remote, const char *auth,
                     const char *x509_name, const char *sasl_name);
/* A limit or a place of what runs has changed: its VIR_DOMAIN_TUNABLE_* and new values. */
void events_tunable(Guest *guest, const Params *params);
/* type VIR_DOMAIN_METADATA_*; uri NULL but for elements. */
void events_metadata_change(Guest *guest, int type, const char *uri);
/* An event as the monitor sent it, or one of our own in the same form. name: "RTC_CHANGE". time_us since 1970. data may
 * be NULL; borrowed. */
void events_monitor(Guest *guest, const char *name, gint64 time_us, json_object *data);
