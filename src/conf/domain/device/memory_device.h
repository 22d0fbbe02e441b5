/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <memory> among the devices: modules that are plugged in beside what the guest's cells have. */
#pragma once

#include "conf/domain/machine/machine.h"
#include "conf/domain/machine/tuning.h"

typedef enum {
    MEMORY_DEVICE_DIMM,
    MEMORY_DEVICE_NVDIMM,
    MEMORY_DEVICE_VIRTIO_PMEM,
    MEMORY_DEVICE_VIRTIO_MEM,
    MEMORY_DEVICE_SGX_EPC,
    MEMORY_DEVICE_LAST
} MemoryDeviceModel; /* all behind NVDIMM are refused by the check */
extern const char *const memory_device_models[MEMORY_DEVICE_LAST];

#define MEMORY_NODE_UNSET (-1)

typedef struct {
    MemoryDeviceModel model;
    MemoryAccess access;
    XmlBool discard; /* yes, no */
    unsigned long long size_kib;
    int node; /* of the guest's cells */
    /* dimm: of which pages, and of which of the host's nodes */
    unsigned long long page_kib; /* 0: unset */
    char *nodemask;              /* "0-1"; NULL: any */
    /* nvdimm: a file or device of the host's */
    char *path;
    unsigned long long align_kib; /* 0: unset */
    gboolean is_pmem, is_readonly;
    unsigned long long label_kib; /* 0: none */
    DeviceInfo info;
} MemoryDeviceDef;
extern const XmlElement memory_device_element;
