/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <vsock>: sockets between guest and host; <shmem>: memory that guests share with each other or with the host. */
#pragma once

#include "conf/domain/device/disk.h"

#define VSOCK_CID_MIN 3 /* those below are the hypervisor's and the host's */

typedef struct {
    VirtioModel model;
    XmlBool is_auto; /* yes, no: the number is chosen at the start */
    guint cid;       /* 0: none yet */
    VirtioOptions virtio;
    DeviceInfo info;
} VsockDef;
extern const XmlElement vsock_element;

typedef enum { SHMEM_IVSHMEM, SHMEM_PLAIN, SHMEM_DOORBELL, SHMEM_LAST } ShmemModel;
extern const char *const shmem_models[SHMEM_LAST];
typedef enum { SHMEM_ROLE_DEFAULT, SHMEM_ROLE_MASTER, SHMEM_ROLE_PEER, SHMEM_ROLE_LAST } ShmemRole;

typedef struct {
    char *name;
    ShmemRole role;
    ShmemModel model;
    guint64 size_bytes; /* 0: unset */
    gboolean has_server;
    char *server_path; /* doorbell; NULL: by the name */
    gboolean has_msi;
    guint msi_vectors;     /* 0: unset */
    XmlBool msi_ioeventfd; /* on, off */
    DeviceInfo info;
} ShmemDef;
extern const XmlElement shmem_element;
