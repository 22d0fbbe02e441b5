/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Aliases: the names of a running guest's devices in its live XML and in QEMU. */
#pragma once

#include "conf/domain/domain_def.h"

/* Gives every device of def without one an alias, and the disks their node numbers. */
void alias_assign(DomainDef *def);

/* The same for what was added to the document of a guest that runs: aliases and numbers that nobody has. */
void alias_assign_added(DomainDef *def);

/* The alias that a disk of def's gets when its user gave it none. Caller frees. */
char *alias_of_disk(const DomainDef *def, const DiskDef *disk);

/* Numbers the images of a disk of def's that are about to take the place of those of before. A drive that is emptied
 * has a number, too: by it clients see that it had a medium. */
void alias_number_images(const DomainDef *def, const DiskDef *before, DiskDef *disk);

/* The node-name of a disk's top format node. Caller frees. */
char *disk_format_node(const DiskDef *disk);

/* Gives sockets that the user left to us their paths in guest_dir. */
void alias_assign_paths(DomainDef *def, const char *guest_dir);

/* The same for a definition that is to stay as it is, with paths in guest_dir, until alias_take_back(), which is given
 * what this returned. def must not change in between; its devices have no aliases but those of users. */
GArray *alias_lend(DomainDef *def, const char *guest_dir);
void alias_take_back(DomainDef *def, GArray *lent);
