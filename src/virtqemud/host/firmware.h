/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Firmware images, as described by the files that come with them (QEMU's docs/interop/firmware.json). Descriptions are
 * read when they are needed, from disks that may be slow: for threads that may block.
 */
#pragma once

#include "conf/domain/domain_def.h"

/* One description of an image in flash. */
typedef struct {
    Firmware kind;
    char *code, *vars;  /* the image, and the template of its variable store; vars NULL: it has none */
    gboolean is_flash;  /* else it is read into memory */
    GPtrArray *targets; /* "x86_64 pc-q35-*" */
    gboolean has_secure_boot, has_enrolled_keys, requires_smm;
} FirmwareImage;

/*
 * All usable images that the folders (NULL-terminated, later ones go before earlier ones) describe, in the order in
 * which they are to be preferred: by the names of the files. A file of the same name in a later folder takes the place
 * of an earlier one; an empty one hides it. Descriptions that cannot be used are passed over. Caller unrefs.
 */
GPtrArray *firmware_load(const char *const *folders);

/* The same from the folders of this host: of the distribution, the administrator, and (in a session) the user. */
GPtrArray *firmware_load_here(gboolean is_privileged);

/* Whether the image is for this kind of guest. */
gboolean firmware_is_for(const FirmwareImage *image, const char *arch, const char *machine);

/*
 * Completes def for a start: <os firmware='efi'> gets the best image that does what is asked, with SMM where that needs
 * it, and every image in flash without one gets the template of its variable store. nvram_dir is where stores go.
 * FALSE: VIR_ERR_OPERATION_FAILED, there is no such image.
 */
gboolean firmware_choose(DomainDef *def, const GPtrArray *images, const char *nvram_dir, GError **error);

/* The variable store that a definition has, or will have when it starts; NULL: none. Caller frees. */
char *firmware_nvram(const DomainDef *def, const char *nvram_dir);
