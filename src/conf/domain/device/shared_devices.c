/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/device/shared_devices.h"

#include <string.h>

#include "conf/domain/check/domain_check.h"

/* clang-format off */

/* ---- <vsock> ---- */

static const XmlField cid_fields[] = {
    XML_YESNO(VsockDef, is_auto, "@auto"),
    XML_UINT(VsockDef, cid, "@address", .nonzero = TRUE),
    XML_END,
};
static const XmlElement cid_element = {.fields = cid_fields};
static const XmlField vsock_driver_fields[] = {XML_INCLUDE(VsockDef, virtio, &virtio_options_element), XML_END};
static const XmlElement vsock_driver = {.fields = vsock_driver_fields};
static const XmlField vsock_fields[] = {
    XML_ENUM(VsockDef, model, "@model", virtio_models),
    XML_INSIDE("cid", &cid_element),
    XML_INSIDE("driver", &vsock_driver),
    XML_INCLUDE(VsockDef, info, &device_info_element),
    XML_END,
};
/* clang-format on */

static gboolean vsock_parsed(xmlNode *node, gpointer self, GError **error)
{
    VsockDef *vsock = self;

    if (!vsock->model)
        vsock->model = VIRTIO_MODEL_VIRTIO;
    if (!vsock->is_auto)
        vsock->is_auto = vsock->cid ? XML_BOOL_NO : XML_BOOL_YES;
    return TRUE;
}

const XmlElement vsock_element = {.size = sizeof(VsockDef), .fields = vsock_fields, .parsed = vsock_parsed};

gboolean vsock_check(const VsockDef *vsock, GError **error)
{
    if (vsock->is_auto == XML_BOOL_YES || vsock->cid >= VSOCK_CID_MIN)
        return TRUE;
    return domain_refuse(error, VIR_FROM_DOMAIN, "guest CIDs must be >= %d", VSOCK_CID_MIN);
}

/* ---- <shmem> ---- */

const char *const shmem_models[SHMEM_LAST] = {"ivshmem", "ivshmem-plain", "ivshmem-doorbell"};
static const char *const shmem_roles[SHMEM_ROLE_LAST] = {NULL, "master", "peer"};

#define SIZE_UNIT (G_GUINT64_CONSTANT(1) << 20)

static gboolean size_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    return xml_size_parse(node, SIZE_UNIT, &((ShmemDef *)self)->size_bytes, error);
}

static void size_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    guint64 size = ((const ShmemDef *)self)->size_bytes;

    if (size > 0)
        xml_size_write(writer, "size", "M", size / SIZE_UNIT);
}

static gboolean server_parsed(xmlNode *node, gpointer self, GError **error)
{
    ((ShmemDef *)self)->has_server = TRUE;
    return TRUE;
}

static gboolean msi_parsed(xmlNode *node, gpointer self, GError **error)
{
    ((ShmemDef *)self)->has_msi = TRUE;
    return TRUE;
}

static gboolean has_no_server(gconstpointer self, guint mode)
{
    return !((const ShmemDef *)self)->has_server;
}

static gboolean has_no_msi(gconstpointer self, guint mode)
{
    return !((const ShmemDef *)self)->has_msi;
}

/* clang-format off */
static const XmlField server_fields[] = {XML_STRING(ShmemDef, server_path, "@path"), XML_END};
static const XmlElement server_element = {.fields = server_fields, .parsed = server_parsed};
static const XmlField msi_fields[] = {
    XML_UINT(ShmemDef, msi_vectors, "@vectors"),
    XML_ONOFF(ShmemDef, msi_ioeventfd, "@ioeventfd"),
    XML_TAKEN("@enabled"),
    XML_END,
};
static const XmlElement msi_element = {.fields = msi_fields, .parsed = msi_parsed};
static const XmlField shmem_fields[] = {
    XML_STRING(ShmemDef, name, "@name", .required = TRUE,
               .missing = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                                        "shmem element must contain 'name' attribute")),
    XML_ENUM(ShmemDef, role, "@role", shmem_roles),
    XML_ENUM(ShmemDef, model, "model/@type", shmem_models, .always = TRUE),
    XML_CUSTOM("size", .parse = size_parse, .format = size_format),
    XML_INSIDE("server", &server_element, .always = TRUE, .skip = has_no_server),
    XML_INSIDE("msi", &msi_element, .always = TRUE, .skip = has_no_msi),
    XML_INCLUDE(ShmemDef, info, &device_info_element),
    XML_END,
};
/* clang-format on */

static gboolean shmem_parsed(xmlNode *node, gpointer self, GError **error)
{
    ShmemDef *shmem = self;

    /* It becomes a file's name. */
    if (!strchr(shmem->name, '/') && !g_str_equal(shmem->name, ".") && !g_str_equal(shmem->name, ".."))
        return TRUE;
    vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "shmem name '%s' cannot be used (line %ld)", shmem->name,
                  xmlGetLineNo(node));
    return FALSE;
}

const XmlElement shmem_element = {.size = sizeof(ShmemDef), .fields = shmem_fields, .parsed = shmem_parsed};

gboolean shmem_check(const ShmemDef *shmem, GError **error)
{
    const char *model = shmem_models[shmem->model];

    if (shmem->model == SHMEM_IVSHMEM)
        return domain_refuse(error, VIR_FROM_QEMU, "ivshmem device is not supported with this QEMU binary");
    if (shmem->model == SHMEM_PLAIN && shmem->has_server)
        return domain_refuse(error, VIR_FROM_QEMU, "shmem model '%s' is supported only with server option disabled",
                             model);
    if (shmem->model == SHMEM_PLAIN && shmem->has_msi)
        return domain_refuse(error, VIR_FROM_QEMU, "shmem model '%s' doesn't support msi", model);
    if (shmem->model == SHMEM_DOORBELL && !shmem->has_server)
        return domain_refuse(error, VIR_FROM_QEMU, "shmem model '%s' is supported only with server option enabled",
                             model);
    if (shmem->model == SHMEM_DOORBELL && shmem->size_bytes)
        return domain_refuse(error, VIR_FROM_QEMU, "shmem model '%s' does not support size setting", model);
    if (shmem->model == SHMEM_DOORBELL && shmem->role)
        return domain_refuse(error, VIR_FROM_QEMU, "Role not supported for shmem model '%s'", model);
    return TRUE;
}
