/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the documents of pools and of volumes share: permissions, sizes in bytes, paths, formats of images. */
#pragma once

#include "conf/xml_table.h"

/* <permissions>: what a file or directory shall have, or has. */
typedef struct {
    int mode;            /* -1: not said */
    gint64 owner, group; /* -1: not said */
    char *label;         /* of SELinux; or NULL */
} StoragePermissions;

extern const XmlElement storage_permissions_element;

/* FALSE: VIR_ERR_XML_ERROR, the mode has more than the nine bits of rwx. */
gboolean storage_permissions_check(const StoragePermissions *permissions, GError **error);

/* The path with one slash where there are several, and none at its end. NULL for NULL. Caller frees. */
char *storage_clean_path(const char *path);

/* What may be in a file, by libvirt's names. */
typedef enum {
    IMAGE_FORMAT_NONE,
    IMAGE_FORMAT_RAW,
    IMAGE_FORMAT_DIR,
    IMAGE_FORMAT_BOCHS,
    IMAGE_FORMAT_CLOOP,
    IMAGE_FORMAT_DMG,
    IMAGE_FORMAT_ISO,
    IMAGE_FORMAT_VPC,
    IMAGE_FORMAT_VDI,
    IMAGE_FORMAT_FAT,
    IMAGE_FORMAT_VHD,
    IMAGE_FORMAT_PLOOP,
    IMAGE_FORMAT_COW,
    IMAGE_FORMAT_QCOW,
    IMAGE_FORMAT_QCOW2,
    IMAGE_FORMAT_QED,
    IMAGE_FORMAT_VMDK,
    IMAGE_FORMAT_LAST
} ImageFormat;

extern const char *const image_formats[IMAGE_FORMAT_LAST];

/* How what is in it is encrypted. */
typedef enum {
    IMAGE_ENCRYPTION_NONE,
    IMAGE_ENCRYPTION_QCOW,
    IMAGE_ENCRYPTION_LUKS,
    IMAGE_ENCRYPTION_LUKS2,
    IMAGE_ENCRYPTION_LAST
} ImageEncryption;

extern const char *const image_encryptions[IMAGE_ENCRYPTION_LAST];
