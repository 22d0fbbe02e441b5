/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/storage/image_header.h"

#include <string.h>

#define SECTOR 512

/* ---- numbers ---- */

typedef struct {
    const guint8 *data;
    gsize size;
} Bytes;

static gboolean has(const Bytes *bytes, guint64 offset, guint64 size)
{
    return offset <= bytes->size && size <= bytes->size - offset;
}

/* The number of width bytes there; 0 behind the end. */
static guint64 big(const Bytes *bytes, guint64 offset, guint width)
{
    guint64 value = 0;

    for (guint i = 0; has(bytes, offset, width) && i < width; i++)
        value = value << 8 | bytes->data[offset + i];
    return value;
}

static guint64 little(const Bytes *bytes, guint64 offset, guint width)
{
    guint64 value = 0;

    for (guint i = width; has(bytes, offset, width) && i > 0; i--)
        value = value << 8 | bytes->data[offset + i - 1];
    return value;
}

/* The text there, up to a NUL; NULL when it is empty, or not all there. Caller frees. */
static char *text(const Bytes *bytes, guint64 offset, guint64 size)
{
    if (!offset || !size || !has(bytes, offset, size) || !bytes->data[offset])
        return NULL;
    return g_strndup((const char *)bytes->data + offset, size);
}

/* ---- qcow and qcow2 ---- */

#define QCOW_BACKING_OFFSET  8
#define QCOW_BACKING_SIZE    16
#define QCOW_BACKING_MAX     1023
#define QCOW1_ENCRYPTION     36
#define QCOW2_CLUSTER_BITS   20
#define QCOW2_ENCRYPTION     32
#define QCOW2_V2_LENGTH      72
#define QCOW2_INCOMPATIBLE   72
#define QCOW2_COMPATIBLE     80
#define QCOW2_HEADER_LENGTH  100
#define QCOW2_EXTENSION_ENDS 0
#define QCOW2_BACKING_FORMAT 0xe2792aca
#define QCOW2_EXTENDED_L2    (1u << 4)
#define QCOW2_LAZY_REFCOUNTS (1u << 0)
#define QCOW2_BITS_MIN       9
#define QCOW2_BITS_MAX       21

static void read_qcow_backing(const Bytes *bytes, ImageHeader *header)
{
    guint64 size = big(bytes, QCOW_BACKING_SIZE, 4);

    if (size <= QCOW_BACKING_MAX)
        header->backing = text(bytes, big(bytes, QCOW_BACKING_OFFSET, 8), size);
}

static void read_qcow(const Bytes *bytes, ImageHeader *header)
{
    read_qcow_backing(bytes, header);
    header->encryption = big(bytes, QCOW1_ENCRYPTION, 4) ? IMAGE_ENCRYPTION_QCOW : IMAGE_ENCRYPTION_NONE;
    header->backing_format = IMAGE_FORMAT_RAW; /* it has no place to say so */
}

/* Each is a number, a length and as much data, filled up to eight bytes. */
static void read_qcow2_extensions(const Bytes *bytes, guint64 offset, ImageHeader *header)
{
    while (has(bytes, offset, 8)) {
        guint64 kind = big(bytes, offset, 4);
        guint64 size = big(bytes, offset + 4, 4);

        offset += 8;
        if (kind == QCOW2_EXTENSION_ENDS || !has(bytes, offset, size))
            return;
        if (kind == QCOW2_BACKING_FORMAT) {
            g_autofree char *name = g_strndup((const char *)bytes->data + offset, size);

            header->backing_format = xml_enum_find(image_formats, IMAGE_FORMAT_LAST, name);
        }
        offset += (size + 7) / 8 * 8;
    }
}

static void read_qcow2(const Bytes *bytes, ImageHeader *header)
{
    static const ImageEncryption encryptions[] = {IMAGE_ENCRYPTION_NONE, IMAGE_ENCRYPTION_QCOW, IMAGE_ENCRYPTION_LUKS};
    guint64 encryption = big(bytes, QCOW2_ENCRYPTION, 4);
    guint64 bits = big(bytes, QCOW2_CLUSTER_BITS, 4);

    read_qcow_backing(bytes, header);
    header->encryption = encryption < G_N_ELEMENTS(encryptions) ? encryptions[encryption] : IMAGE_ENCRYPTION_NONE;
    header->cluster_size = bits >= QCOW2_BITS_MIN && bits <= QCOW2_BITS_MAX ? 1ull << bits : 0;
    header->is_extensible = big(bytes, 4, 4) >= 3;
    if (header->is_extensible) {
        header->lazy_refcounts = (big(bytes, QCOW2_COMPATIBLE, 8) & QCOW2_LAZY_REFCOUNTS) != 0;
        header->extended_l2 = (big(bytes, QCOW2_INCOMPATIBLE, 8) & QCOW2_EXTENDED_L2) != 0;
    }
    read_qcow2_extensions(bytes, header->is_extensible ? big(bytes, QCOW2_HEADER_LENGTH, 4) : QCOW2_V2_LENGTH, header);
}

/* ---- others that say more than their size ---- */

#define QED_FEATURES       16
#define QED_BACKING_OFFSET 56
#define QED_BACKING_SIZE   60
#define QED_HAS_BACKING    (1u << 0)
#define QED_IS_RAW         (1u << 2)

static void read_qed(const Bytes *bytes, ImageHeader *header)
{
    guint64 features = little(bytes, QED_FEATURES, 8);

    if (!(features & QED_HAS_BACKING))
        return;
    header->backing = text(bytes, little(bytes, QED_BACKING_OFFSET, 4), little(bytes, QED_BACKING_SIZE, 4));
    if (features & QED_IS_RAW)
        header->backing_format = IMAGE_FORMAT_RAW;
}

#define VMDK_DESCRIPTOR      512
#define VMDK_DESCRIPTOR_SIZE (20 * 512)

/* Its parent's name is a line of the descriptor, a text. */
static void read_vmdk(const Bytes *bytes, ImageHeader *header)
{
    static const char key[] = "parentFileNameHint=\"";
    g_autofree char *descriptor = text(bytes, VMDK_DESCRIPTOR, VMDK_DESCRIPTOR_SIZE);
    const char *name = descriptor ? strstr(descriptor, key) : NULL;
    const char *end = name ? strchr(name + strlen(key), '"') : NULL;

    if (!end)
        return;
    header->backing = g_strndup(name + strlen(key), (gsize)(end - name) - strlen(key));
    header->backing_format = IMAGE_FORMAT_VMDK;
}

#define LUKS_VERSION 6
#define LUKS_PAYLOAD 104

/* What is in it are raw bytes, once the key is there. */
static void read_luks(const Bytes *bytes, ImageHeader *header)
{
    gboolean is_first = big(bytes, LUKS_VERSION, 2) == 1;

    header->encryption = is_first ? IMAGE_ENCRYPTION_LUKS : IMAGE_ENCRYPTION_LUKS2;
    header->payload = is_first ? big(bytes, LUKS_PAYLOAD, 4) * SECTOR : 0;
}

/* ---- the table ---- */

typedef struct {
    ImageFormat format;
    guint offset;
    const char *magic;
    guint magic_size;
    guint64 (*number)(const Bytes *bytes, guint64 offset, guint width);
    guint version_offset; /* 0: it has none that matters */
    guint version_width;
    guint64 version_min, version_max;
    guint capacity_offset;                                 /* of eight bytes; 0: the file's size says it */
    guint unit;                                            /* of the capacity, in bytes */
    void (*read)(const Bytes *bytes, ImageHeader *header); /* what else it says; or NULL */
} Signature;

#define MAGIC(text) text, sizeof(text) - 1

/* clang-format off */
static const Signature signatures[] = {
    {IMAGE_FORMAT_QCOW2, 0,     MAGIC("QFI\xfb"),         big,    4,  4, 2, 3,                   24,   1,      read_qcow2},
    {IMAGE_FORMAT_QCOW,  0,     MAGIC("QFI\xfb"),         big,    4,  4, 1, 1,                   24,   1,      read_qcow},
    {IMAGE_FORMAT_QED,   0,     MAGIC("QED\0"),           little, 0,  0, 0, 0,                   48,   1,      read_qed},
    {IMAGE_FORMAT_VMDK,  0,     MAGIC("KDMV"),            little, 4,  4, 1, 3,                   12,   SECTOR, read_vmdk},
    {IMAGE_FORMAT_VDI,   64,    MAGIC("\x7f\x10\xda\xbe"), little, 68, 4, 0x00010001, 0x00010001, 368, 1,      NULL},
    {IMAGE_FORMAT_VPC,   0,     MAGIC("conectix"),        big,    12, 4, 0x10000, 0x10000,       40,   1,      NULL},
    {IMAGE_FORMAT_BOCHS, 0,     MAGIC("Bochs Virtual HD Image"), little, 64, 4, 0x20000, 0x20000, 88,  1,      NULL},
    {IMAGE_FORMAT_COW,   0,     MAGIC("OOOM"),            big,    4,  4, 2, 2,                   1036, 1,      NULL},
    {IMAGE_FORMAT_CLOOP, 0,     MAGIC("#!/bin/sh\n#V2.0 Format\n"), big, 0, 0, 0, 0,             0,    1,      NULL},
    {IMAGE_FORMAT_ISO,   32769, MAGIC("CD001"),           little, 0,  0, 0, 0,                   0,    1,      NULL},
    {IMAGE_FORMAT_RAW,   0,     MAGIC("LUKS\xba\xbe"),    big,    6,  2, 1, 2,                   0,    1,      read_luks},
};
/* clang-format on */

static gboolean is_signed(const Bytes *bytes, const Signature *signature)
{
    guint64 version;

    if (!has(bytes, signature->offset, signature->magic_size) ||
        memcmp(bytes->data + signature->offset, signature->magic, signature->magic_size) != 0)
        return FALSE;
    if (!signature->version_offset)
        return TRUE;
    version = signature->number(bytes, signature->version_offset, signature->version_width);
    return version >= signature->version_min && version <= signature->version_max;
}

static void read_capacity(const Bytes *bytes, const Signature *signature, ImageHeader *header)
{
    guint64 units;

    if (!signature->capacity_offset || !has(bytes, signature->capacity_offset, 8))
        return;
    units = signature->number(bytes, signature->capacity_offset, 8);
    header->has_capacity = units <= G_MAXINT64 / signature->unit;
    header->capacity = header->has_capacity ? units * signature->unit : 0;
}

void image_header_read(const guint8 *data, gsize size, ImageHeader *header)
{
    Bytes bytes = {data, size};

    *header = (ImageHeader){.format = IMAGE_FORMAT_RAW, .backing_format = -1};
    for (gsize i = 0; i < G_N_ELEMENTS(signatures); i++) {
        if (!is_signed(&bytes, &signatures[i]))
            continue;
        header->format = signatures[i].format;
        read_capacity(&bytes, &signatures[i], header);
        if (signatures[i].read)
            signatures[i].read(&bytes, header);
        return;
    }
}

void image_header_clear(ImageHeader *header)
{
    g_clear_pointer(&header->backing, g_free);
}
