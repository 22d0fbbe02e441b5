/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What no guest may be, although each part of its document is well-formed: libvirt's refusals, with its codes. */
#pragma once

#include "conf/domain/domain_def.h"

/* FALSE with *error set at the first thing that is wrong. */
gboolean domain_def_check(const DomainDef *def, const DomainDefaults *defaults, GError **error);

/* What must hold before devices can be placed: that the machine has the buses that the document claims. */
gboolean domain_check_machine(const DomainDef *def, GError **error);

/* The device part of it (device_check.c). */
gboolean domain_check_devices(const DomainDef *def, const DomainDefaults *defaults, GError **error);

/* NUMA cells, I/O threads, pins, and disks that need them (tuning_check.c). */
gboolean domain_check_tuning(const DomainDef *def, GError **error);

/* Memory that is plugged in (memory_device.c). */
gboolean domain_check_memory_devices(const DomainDef *def, GError **error);

/* What happens when it powers off, resets or crashes. VIR_ERR_CONFIG_UNSUPPORTED. */
gboolean domain_check_lifecycle(const DomainDef *def, GError **error);

/* One device of a guest, alone. VIR_ERR_CONFIG_UNSUPPORTED, or what is said there. */
gboolean filesystem_check(const DomainDef *def, const FilesystemDef *filesystem, GError **error); /* filesystem.c */
gboolean vsock_check(const VsockDef *vsock, GError **error);                                      /* shared_devices.c */
gboolean shmem_check(const ShmemDef *shmem, GError **error);                                      /* shared_devices.c */

/* Sets VIR_ERR_CONFIG_UNSUPPORTED of domain (VIR_FROM_*) and returns FALSE. */
#define domain_refuse(error, domain, ...) vir_error_fail(error, domain, VIR_ERR_CONFIG_UNSUPPORTED, __VA_ARGS__)
