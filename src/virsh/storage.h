/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the commands for pools and volumes share. */
#pragma once

#include "virsh/command.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(virStoragePool, virStoragePoolFree)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(virStorageVol, virStorageVolFree)

/* The pool that text names, by name or uuid. NULL: reported. */
virStoragePoolPtr shell_pool(Shell *shell, const char *text);
/* The one that --pool names. */
virStoragePoolPtr argument_pool(Shell *shell, const Arguments *arguments);

/* The volume that --vol names, in the pool that the option called pool names or, without one, by key or path. NULL:
 * reported. */
virStorageVolPtr argument_volume(Shell *shell, const Arguments *arguments, const char *pool);

/* "512M", "1GiB", "1000": bytes. FALSE: reported. */
gboolean parse_bytes(Shell *shell, const char *text, unsigned long long *bytes);

/* 1.50 GiB. */
Value value_bytes(unsigned long long bytes);

/* Words for lists that several tables use. */
#define OPTION_POOL(which)                                                                                             \
    {                                                                                                                  \
        "pool", OPTION_STRING, TRUE, FALSE, which, "pool name or uuid"                                                 \
    }
#define OPTION_POOL_OF_VOLUME                                                                                          \
    {                                                                                                                  \
        "pool", OPTION_STRING, FALSE, TRUE, COMPLETE_POOL_ACTIVE, "name or uuid of the volume's pool"                  \
    }
#define OPTION_VOLUME                                                                                                  \
    {                                                                                                                  \
        "vol", OPTION_STRING, TRUE, FALSE, COMPLETE_FILE, "volume name, key or path"                                   \
    }
#define OPTION_PREALLOCATE FLAG("prealloc-metadata", "lay out an image's tables beforehand")
#define OPTION_REFLINK     FLAG("reflink", "share what is in it with the original, where the file system can")
