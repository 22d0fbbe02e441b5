/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What makes a device part of a QEMU that runs, and what takes it away again: the same objects, nodes and device that
 * the command line of a start would have, each as a command of the monitor and its opposite. Steps belong to one thread
 * at a time.
 */
#pragma once

#include "conf/domain/domain_device.h"
#include "virtqemud/command/build.h"
#include "virtqemud/qmp/qmp.h"

typedef struct PlugSteps PlugSteps;

/*
 * The steps for one device of build->def, which has aliases and addresses. build->purpose is BUILD_PLUG; build->command
 * is set and used. Descriptors stay the caller's and must be open until the steps are done. NULL: as build_device(),
 * VIR_ERR_OPERATION_UNSUPPORTED for what QEMU takes on its command line only.
 */
PlugSteps *plug_steps_new(CommandBuild *build, const DomainDevice *device, GError **error);
/* Of a disk what is behind its drive: the images' nodes. *drive as build_disk_nodes(). */
PlugSteps *plug_steps_new_nodes(CommandBuild *build, const DiskDef *disk, char **drive, GError **error);
void plug_steps_free(PlugSteps *steps);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlugSteps, plug_steps_free)

/* Does them in order, each when the one before is done. FALSE: QEMU's error; what was done is undone again. Blocks. */
gboolean plug_steps_do(PlugSteps *steps, Qmp *qmp, GError **error);

/* Undoes all that were done, or may have been, last first; what is not there is passed over. Blocks. */
void plug_steps_undo(const PlugSteps *steps, Qmp *qmp);
