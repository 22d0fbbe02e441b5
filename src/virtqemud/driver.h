/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The QEMU driver: what there is one of in this process. Set by main.c before anything else runs; the members are the
 * loop's unless they say otherwise. */
#pragma once

#include "conf/domain/domain_def.h"
#include "daemon/driver.h"
#include "virtqemud/caps/caps_cache.h"
#include "virtqemud/command/build.h"
#include "virtqemud/host/process.h"

typedef struct GuestList GuestList;

typedef struct {
    Daemon *daemon;
    GuestList *guests;
    CapsCache *caps; /* any thread */
    /* Constant after start; any thread. */
    gboolean is_privileged;
    char *config_dir;                 /* definitions: /etc/libvirt/qemu */
    char *autostart_dir;              /* links to those that start with the daemon */
    char *state_dir;                  /* of what runs: /run/libvirt/qemu */
    char *lib_dir;                    /* /var/lib/libvirt/qemu: a directory per running guest, nvram, channels */
    char *nvram_dir;                  /* /var/lib/libvirt/qemu/nvram */
    char *tpm_dir;                    /* /var/lib/libvirt/swtpm: a directory per guest that has a TPM */
    char *log_dir;                    /* /var/log/libvirt/qemu */
    char *run_dir;                    /* /run/libvirt, where the other daemons' sockets are */
    char *vnc_listen, *spice_listen;  /* where graphics without an address listen */
    ProcessUser *qemu_user;           /* whom QEMU runs as; NULL: as the daemon */
    gboolean dynamic_ownership;       /* files of guests are given to that user */
    int port_min, port_max;           /* for graphics with autoport */
    int websocket_min, websocket_max; /* for VNC's websockets */
    CommandSettings settings;
    int last_id;
} QemuDriver;

extern QemuDriver driver;

/* The completion of documents by what the emulators can do. Its callbacks ask emulators, so it is for threads that may
 * block, or is told to be hurried. One per parse: release what the callbacks hold with driver_defaults_clear(). */
typedef struct {
    DomainDefaults defaults;
    EmulatorCaps *caps;  /* of the last emulator asked about */
    gboolean is_hurried; /* what is not known already is not asked for */
    gboolean has_missed; /* something was not to be had; when hurried, what came of the parse says nothing */
} DriverDefaults;
void driver_defaults_init(DriverDefaults *defaults);
/* Those of the emulator, which are the defaults' own; NULL as from caps_cache_get(), or when hurried and not known. */
const EmulatorCaps *driver_defaults_caps(DriverDefaults *defaults, const char *emulator, GError **error);
void driver_defaults_clear(DriverDefaults *defaults);

/* Completes and checks a document that is there already, after a change or an editor's; asks emulators as above. FALSE:
 * what is wrong with it. */
gboolean driver_settle(DomainDef *def, GError **error);
/* The same for the document of a guest that runs, after a device was put into it. */
gboolean driver_settle_live(DomainDef *def, GError **error);
