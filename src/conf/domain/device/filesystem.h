/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <filesystem>: directories of the host that a guest sees, by 9p or virtiofs. */
#pragma once

#include "conf/domain/device/disk.h"

typedef enum {
    FILESYSTEM_MOUNT,
    FILESYSTEM_BLOCK,
    FILESYSTEM_FILE,
    FILESYSTEM_TEMPLATE,
    FILESYSTEM_RAM,
    FILESYSTEM_BIND,
    FILESYSTEM_VOLUME,
    FILESYSTEM_LAST
} FilesystemType; /* all but MOUNT are refused by the check */
extern const char *const filesystem_types[FILESYSTEM_LAST];

typedef enum {
    FILESYSTEM_ACCESS_NONE,
    FILESYSTEM_ACCESS_PASSTHROUGH,
    FILESYSTEM_ACCESS_MAPPED,
    FILESYSTEM_ACCESS_SQUASH,
    FILESYSTEM_ACCESS_LAST
} FilesystemAccess;
extern const char *const filesystem_accesses[FILESYSTEM_ACCESS_LAST];

typedef enum {
    FILESYSTEM_DRIVER_NONE, /* 9p, as PATH */
    FILESYSTEM_DRIVER_PATH,
    FILESYSTEM_DRIVER_HANDLE,
    FILESYSTEM_DRIVER_LOOP,
    FILESYSTEM_DRIVER_NBD,
    FILESYSTEM_DRIVER_PLOOP,
    FILESYSTEM_DRIVER_VIRTIOFS,
    FILESYSTEM_DRIVER_LAST
} FilesystemDriver;
extern const char *const filesystem_drivers[FILESYSTEM_DRIVER_LAST];

typedef enum {
    FILESYSTEM_MULTIDEVS_DEFAULT,
    FILESYSTEM_MULTIDEVS_REMAP,
    FILESYSTEM_MULTIDEVS_FORBID,
    FILESYSTEM_MULTIDEVS_WARN,
    FILESYSTEM_MULTIDEVS_LAST
} FilesystemMultidevs;
extern const char *const filesystem_multidevs[FILESYSTEM_MULTIDEVS_LAST];

typedef enum {
    FILESYSTEM_CACHE_DEFAULT,
    FILESYSTEM_CACHE_NONE,
    FILESYSTEM_CACHE_ALWAYS,
    FILESYSTEM_CACHE_LAST
} FilesystemCache;
extern const char *const filesystem_caches[FILESYSTEM_CACHE_LAST];

typedef enum {
    FILESYSTEM_SANDBOX_DEFAULT,
    FILESYSTEM_SANDBOX_NAMESPACE,
    FILESYSTEM_SANDBOX_CHROOT,
    FILESYSTEM_SANDBOX_LAST
} FilesystemSandbox;
extern const char *const filesystem_sandboxes[FILESYSTEM_SANDBOX_LAST];

typedef struct {
    FilesystemType type;
    FilesystemAccess access;
    FilesystemDriver driver;
    char *dir;    /* of the host */
    char *target; /* the name by which the guest mounts it */
    gboolean is_readonly;
    VirtioModel model;
    VirtioOptions virtio;
    /* 9p */
    FilesystemMultidevs multidevs;
    guint file_mode, dir_mode; /* of what is made there; 0: unset */
    int write_policy;          /* 1: immediate */
    /* virtiofs */
    char *socket;                          /* of whoever serves it; NULL: a virtiofsd of the guest's own */
    guint queue_size;                      /* 0: unset */
    char *binary;                          /* NULL: the host's */
    char *program;                         /* live only: which that is */
    XmlBool xattr, lock_posix, lock_flock; /* on, off */
    FilesystemCache cache;
    FilesystemSandbox sandbox;
    guint thread_pool_size; /* 0: unset */
    DeviceInfo info;
} FilesystemDef;
extern const XmlElement filesystem_element;
