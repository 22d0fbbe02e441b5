/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <filesystem>: directories of the host that a guest sees. */
#include "conf/domain/device/filesystem.h"

#include "conf/domain/check/domain_check.h"

/* clang-format off */
const char *const filesystem_types[FILESYSTEM_LAST] = {
    "mount", "block", "file", "template", "ram", "bind", "volume",
};
const char *const filesystem_accesses[FILESYSTEM_ACCESS_LAST] = {NULL, "passthrough", "mapped", "squash"};
const char *const filesystem_drivers[FILESYSTEM_DRIVER_LAST] = {
    NULL, "path", "handle", "loop", "nbd", "ploop", "virtiofs",
};
const char *const filesystem_multidevs[FILESYSTEM_MULTIDEVS_LAST] = {NULL, "remap", "forbid", "warn"};
const char *const filesystem_caches[FILESYSTEM_CACHE_LAST] = {NULL, "none", "always"};
const char *const filesystem_sandboxes[FILESYSTEM_SANDBOX_LAST] = {NULL, "namespace", "chroot"};
static const char *const write_policies[] = {NULL, "immediate"};

/* ---- permissions ---- */

static gboolean parse_mode(const char *text, gpointer member, GError **error)
{
    guint64 value;

    if (!g_ascii_string_to_unsigned(text, 8, 0, 0777, &value, NULL))
        return FALSE;
    *(guint *)member = (guint)value;
    return TRUE;
}

static char *format_mode(gconstpointer member)
{
    guint mode = *(const guint *)member;

    return mode ? g_strdup_printf("%04o", mode) : NULL;
}

static const XmlCodec mode_codec = {parse_mode, format_mode, NULL};

/* ---- <driver>, <binary>, <source> ---- */

static const XmlField driver_fields[] = {
    XML_ENUM(FilesystemDef, driver, "@type", filesystem_drivers),
    XML_ENUM(FilesystemDef, write_policy, "@wrpolicy", write_policies),
    XML_UINT(FilesystemDef, queue_size, "@queue", .nonzero = TRUE),
    XML_INCLUDE(FilesystemDef, virtio, &virtio_options_element),
    XML_TAKEN("@format"), XML_TAKEN("@name"), /* of drivers that the check refuses */
    XML_END,
};
static const XmlElement driver_element = {.fields = driver_fields};

static const XmlField lock_fields[] = {
    XML_ONOFF(FilesystemDef, lock_posix, "@posix"),
    XML_ONOFF(FilesystemDef, lock_flock, "@flock"),
    XML_END,
};
static const XmlElement lock_element = {.fields = lock_fields};

static gboolean is_shown_as_program(gconstpointer self, guint mode)
{
    return (mode & XML_MODE_LIVE) && ((const FilesystemDef *)self)->program;
}

static const XmlField binary_fields[] = {
    XML_STRING(FilesystemDef, program, "@path", .only = XML_MODE_LIVE),
    XML_STRING(FilesystemDef, binary, "@path", .skip = is_shown_as_program),
    XML_ONOFF(FilesystemDef, xattr, "@xattr"),
    XML_ENUM(FilesystemDef, cache, "cache/@mode", filesystem_caches),
    XML_ENUM(FilesystemDef, sandbox, "sandbox/@mode", filesystem_sandboxes),
    XML_INSIDE("lock", &lock_element),
    XML_UINT(FilesystemDef, thread_pool_size, "thread_pool/@size", .nonzero = TRUE),
    XML_END,
};
static const XmlElement binary_element = {.fields = binary_fields};

static const XmlField source_fields[] = {
    XML_STRING(FilesystemDef, dir, "@dir"),
    XML_STRING(FilesystemDef, socket, "@socket"),
    /* Of types that the check refuses. */
    XML_TAKEN("@file"), XML_TAKEN("@dev"), XML_TAKEN("@name"), XML_TAKEN("@usage"), XML_TAKEN("@units"),
    XML_TAKEN("@pool"), XML_TAKEN("@volume"),
    XML_END,
};
static const XmlElement source_element = {.fields = source_fields};

/* ---- <filesystem> ---- */

static const XmlField filesystem_fields[] = {
    XML_ENUM(FilesystemDef, type, "@type", filesystem_types, .always = TRUE),
    XML_ENUM(FilesystemDef, access, "@accessmode", filesystem_accesses),
    XML_ENUM(FilesystemDef, model, "@model", virtio_models),
    XML_ENUM(FilesystemDef, multidevs, "@multidevs", filesystem_multidevs),
    XML_CODEC(FilesystemDef, file_mode, "@fmode", &mode_codec),
    XML_CODEC(FilesystemDef, dir_mode, "@dmode", &mode_codec),
    XML_INSIDE("driver", &driver_element),
    XML_INSIDE("binary", &binary_element),
    XML_INSIDE("source", &source_element),
    XML_STRING(FilesystemDef, target, "target/@dir"),
    XML_FLAG(FilesystemDef, is_readonly, "readonly"),
    XML_INCLUDE(FilesystemDef, info, &device_info_element),
    XML_REFUSE("space_hard_limit"), XML_REFUSE("space_soft_limit"),
    XML_END,
};
/* clang-format on */

static gboolean filesystem_parsed(xmlNode *node, gpointer self, GError **error)
{
    FilesystemDef *filesystem = self;

    if (!filesystem->target) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_NO_TARGET, "%s (line %ld)",
                      filesystem->dir ? filesystem->dir : "", xmlGetLineNo(node));
        return FALSE;
    }
    if (!filesystem->access && !filesystem->socket)
        filesystem->access = FILESYSTEM_ACCESS_PASSTHROUGH;
    return TRUE;
}

const XmlElement filesystem_element = {
    .size = sizeof(FilesystemDef), .fields = filesystem_fields, .parsed = filesystem_parsed};

/* ---- the check ---- */

/* Whether something is said to the program that serves a directory by virtiofs. */
static gboolean tells_program(const FilesystemDef *filesystem)
{
    return filesystem->binary || filesystem->xattr || filesystem->cache || filesystem->sandbox ||
           filesystem->lock_posix || filesystem->lock_flock || filesystem->thread_pool_size > 0;
}

static gboolean check_virtiofs(const DomainDef *def, const FilesystemDef *filesystem, GError **error)
{
    if (filesystem->is_readonly)
        return domain_refuse(error, VIR_FROM_QEMU, "virtiofs does not yet support read-only mode");
    if (!domain_has_shared_memory(def))
        return domain_refuse(error, VIR_FROM_QEMU, "'virtiofs' requires shared memory");
    if (filesystem->access > FILESYSTEM_ACCESS_PASSTHROUGH)
        return domain_refuse(error, VIR_FROM_QEMU, "virtiofs only supports passthrough accessmode");
    if (filesystem->write_policy || filesystem->model || filesystem->multidevs || filesystem->file_mode ||
        filesystem->dir_mode)
        return domain_refuse(error, VIR_FROM_QEMU,
                             "virtiofs does not support wrpolicy, model, multidevs, fmode, dmode");
    if (filesystem->socket && tells_program(filesystem))
        return domain_refuse(error, VIR_FROM_QEMU, "<binary> of a virtiofs that somebody else serves at a socket");
    if (!filesystem->socket && !(filesystem->dir && g_path_is_absolute(filesystem->dir))) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR,
                      "the virtiofs export directory of '%s' has no absolute path", filesystem->target);
        return FALSE;
    }
    return TRUE;
}

static gboolean check_9p(const FilesystemDef *filesystem, GError **error)
{
    if (filesystem->driver == FILESYSTEM_DRIVER_HANDLE && filesystem->access != FILESYSTEM_ACCESS_PASSTHROUGH)
        return domain_refuse(error, VIR_FROM_QEMU, "only supports passthrough accessmode");
    if (filesystem->driver > FILESYSTEM_DRIVER_PATH)
        return domain_refuse(error, VIR_FROM_QEMU, "Filesystem driver type '%s'",
                             filesystem_drivers[filesystem->driver]);
    if (filesystem->queue_size || tells_program(filesystem) || filesystem->socket)
        return domain_refuse(error, VIR_FROM_QEMU, "a queue, a binary and a socket are for virtiofs alone");
    if (!filesystem->dir) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_XML_ERROR, "filesystem '%s' has no source directory",
                      filesystem->target);
        return FALSE;
    }
    return TRUE;
}

gboolean filesystem_check(const DomainDef *def, const FilesystemDef *filesystem, GError **error)
{
    if (filesystem->type != FILESYSTEM_MOUNT)
        return domain_refuse(error, VIR_FROM_QEMU, "only supports mount filesystem type");
    if (filesystem->driver == FILESYSTEM_DRIVER_VIRTIOFS)
        return check_virtiofs(def, filesystem, error);
    return check_9p(filesystem, error);
}
