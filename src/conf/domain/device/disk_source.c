/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/device/disk_source.h"

/* clang-format off */
const char *const disk_source_types[DISK_SOURCE_LAST] = {
    NULL, "file", "block", "dir", "network", "volume", "nvme", "vhostuser",
};
const char *const disk_protocols[DISK_PROTOCOL_LAST] = {
    NULL, "nbd", "rbd", "sheepdog", "gluster", "iscsi", "http", "https", "ftp", "ftps", "tftp", "ssh", "vxhs", "nfs",
};
const char *const disk_transports[DISK_TRANSPORT_LAST] = {"tcp", "unix", "rdma"};
const char *const disk_startup_policies[DISK_STARTUP_LAST] = {NULL, "mandatory", "requisite", "optional"};
const char *const disk_encryptions[DISK_ENCRYPTION_LAST] = {"default", "qcow", "luks", "luks2"};
static const char *const engines[DISK_ENGINE_LAST] = {"qemu", "librbd"};
static const char *const pool_modes[DISK_POOL_MODE_LAST] = {NULL, "host", "direct"};

static const guint default_ports[DISK_PROTOCOL_LAST] = {
    [DISK_PROTOCOL_NBD] = 10809,     [DISK_PROTOCOL_SHEEPDOG] = 7000, [DISK_PROTOCOL_GLUSTER] = 24007,
    [DISK_PROTOCOL_ISCSI] = 3260,    [DISK_PROTOCOL_HTTP] = 80,       [DISK_PROTOCOL_HTTPS] = 443,
    [DISK_PROTOCOL_FTP] = 21,        [DISK_PROTOCOL_FTPS] = 990,      [DISK_PROTOCOL_TFTP] = 69,
    [DISK_PROTOCOL_SSH] = 22,        [DISK_PROTOCOL_VXHS] = 9999,
};

#define FILE_BACKED  XML_WHEN(DISK_SOURCE_FILE)
#define BLOCK_BACKED XML_WHEN(DISK_SOURCE_BLOCK)
#define DIR_BACKED   XML_WHEN(DISK_SOURCE_DIR)
#define NETWORK      XML_WHEN(DISK_SOURCE_NETWORK)
#define VOLUME       XML_WHEN(DISK_SOURCE_VOLUME)
#define VHOST_USER   XML_WHEN(DISK_SOURCE_VHOST_USER)

/* ---- secrets ---- */

static const XmlField secret_fields[] = {
    XML_STRING(DiskSecret, type, "@type"),
    XML_STRING(DiskSecret, uuid, "@uuid"),
    XML_STRING(DiskSecret, usage, "@usage"),
    XML_END,
};
/* clang-format on */

static gboolean secret_parsed(xmlNode *node, gpointer self, GError **error)
{
    const DiskSecret *secret = self;

    if (!secret->uuid == !secret->usage) {
        vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_XML_ERROR, "%s (line %ld)",
                      secret->uuid ? "either secret uuid or usage expected" : "missing secret uuid or usage attribute",
                      xmlGetLineNo(node));
        return FALSE;
    }
    return TRUE;
}

static const XmlElement secret_element = {.size = sizeof(DiskSecret), .fields = secret_fields, .parsed = secret_parsed};

/* clang-format off */
static const XmlField auth_fields[] = {
    XML_STRING(DiskAuth, username, "@username", .required = TRUE,
               .missing = XML_COMPLAINT(VIR_FROM_STORAGE, VIR_ERR_XML_ERROR, "missing username for auth")),
    XML_STRUCT(DiskAuth, secret, "secret", &secret_element, .required = TRUE,
               .missing = XML_COMPLAINT(VIR_FROM_STORAGE, VIR_ERR_XML_ERROR, "Missing <secret> element in auth")),
    XML_END,
};
const XmlElement disk_auth_element = {.size = sizeof(DiskAuth), .fields = auth_fields};

#define NO_ENCRYPTION_FORMAT                                                                                           \
    XML_COMPLAINT(VIR_FROM_STORAGE, VIR_ERR_XML_ERROR, "unknown volume encryption format")
#define UNKNOWN_ENCRYPTION                                                                                             \
    XML_COMPLAINT(VIR_FROM_STORAGE, VIR_ERR_CONFIG_UNSUPPORTED, "unknown volume encryption format type %s")

static const XmlField encryption_fields[] = {
    XML_ENUM(DiskEncryption, format, "@format", disk_encryptions, .required = TRUE, .always = TRUE,
             .missing = NO_ENCRYPTION_FORMAT, .invalid = UNKNOWN_ENCRYPTION),
    XML_ENUM(DiskEncryption, engine, "@engine", engines, .always = TRUE),
    XML_LIST(DiskEncryption, secrets, "secret", &secret_element),
    XML_REFUSE("cipher"), XML_REFUSE("ivgen"),
    XML_END,
};
const XmlElement disk_encryption_element = {.size = sizeof(DiskEncryption), .fields = encryption_fields};

/* ---- what belongs to some kinds ---- */

static const char *const slice_types[DISK_SLICE_LAST] = {"storage"};
static const char *const socket_types[DISK_SOCKET_LAST] = {"unix"};

static const XmlField host_fields[] = {
    XML_STRING(DiskHost, name, "@name"),
    XML_UINT(DiskHost, port, "@port"),
    XML_ENUM(DiskHost, transport, "@transport", disk_transports),
    XML_STRING(DiskHost, socket, "@socket"),
    XML_END,
};
/* clang-format on */

static gboolean host_parsed(xmlNode *node, gpointer self, GError **error)
{
    const DiskHost *host = self;

    if (host->transport == DISK_TRANSPORT_UNIX && !host->socket)
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "missing socket for unix transport (line %ld)",
                      xmlGetLineNo(node));
    else if (host->transport != DISK_TRANSPORT_UNIX && host->socket)
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                      "transport '%s' does not support socket attribute (line %ld)", disk_transports[host->transport],
                      xmlGetLineNo(node));
    else if (host->transport != DISK_TRANSPORT_UNIX && !host->name)
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "missing name for host (line %ld)",
                      xmlGetLineNo(node));
    else
        return TRUE;
    return FALSE;
}

/* clang-format off */
static const XmlElement host_element = {.size = sizeof(DiskHost), .fields = host_fields, .parsed = host_parsed};

static const XmlField cookie_fields[] = {
    XML_STRING(DiskCookie, name, "@name", .required = TRUE),
    XML_STRING(DiskCookie, value, "."),
    XML_END,
};
static const XmlElement cookie_element = {.size = sizeof(DiskCookie), .fields = cookie_fields};

static const XmlField cookies_fields[] = {
    XML_LIST(DiskSource, cookies, "cookie", &cookie_element),
    XML_END,
};
static const XmlElement cookies_element = {.fields = cookies_fields};

static const XmlField reservations_fields[] = {
    XML_YESNO(DiskReservations, is_managed, "@managed"),
    XML_YESNO(DiskReservations, migration, "@migration"),
    XML_STRING(DiskReservations, type, "source/@type"),
    XML_STRING(DiskReservations, path, "source/@path"),
    XML_STRING(DiskReservations, mode, "source/@mode"),
    XML_END,
};
static const XmlElement reservations_element = {.size = sizeof(DiskReservations), .fields = reservations_fields};

static const XmlField slice_fields[] = {
    XML_ENUM(DiskSource, slice_type, "@type", slice_types, .required = TRUE, .always = TRUE),
    XML_ULL(DiskSource, slice_offset, "@offset", .required = TRUE, .always = TRUE),
    XML_ULL(DiskSource, slice_size, "@size", .required = TRUE, .nonzero = TRUE),
    XML_END,
};
static const XmlElement slice_element = {.fields = slice_fields};

static const XmlField slices_fields[] = {
    XML_INSIDE("slice", &slice_element),
    XML_END,
};
static const XmlElement slices_element = {.fields = slices_fields};

static const XmlField initiator_fields[] = {
    XML_STRING(DiskSource, initiator, "iqn/@name"),
    XML_END,
};
static const XmlElement initiator_element = {.fields = initiator_fields};
/* clang-format on */

static gboolean is_whole(gconstpointer self, guint mode)
{
    return ((const DiskSource *)self)->slice_size == 0;
}

static gboolean is_below(gconstpointer self, guint mode)
{
    return ((const DiskSource *)self)->is_below;
}

/* ---- <source> ---- */

/* clang-format off */
static const XmlField source_fields[] = {
    XML_STRING(DiskSource, path, "@file", .when = FILE_BACKED),
    XML_STRING(DiskSource, path, "@dev", .when = BLOCK_BACKED),
    XML_STRING(DiskSource, path, "@dir", .when = DIR_BACKED),
    XML_ENUM(DiskSource, protocol, "@protocol", disk_protocols, .when = NETWORK, .required = TRUE),
    XML_STRING(DiskSource, name, "@name", .when = NETWORK),
    XML_STRING(DiskSource, query, "@query", .when = NETWORK),
    XML_YESNO(DiskSource, tls, "@tls", .when = NETWORK),
    XML_STRING(DiskSource, tls_hostname, "@tlsHostname", .when = NETWORK),
    XML_STRING(DiskSource, pool, "@pool", .when = VOLUME),
    XML_STRING(DiskSource, volume, "@volume", .when = VOLUME),
    XML_ENUM(DiskSource, pool_mode, "@mode", pool_modes, .when = VOLUME),
    XML_ENUM(DiskSource, volume_type, "@foundType", disk_source_types, .when = VOLUME, .only = XML_MODE_STATUS),
    XML_STRING(DiskSource, path, "@foundPath", .when = VOLUME, .only = XML_MODE_STATUS),
    XML_ENUM(DiskSource, socket_type, "@type", socket_types, .when = VHOST_USER, .required = TRUE, .always = TRUE),
    XML_STRING(DiskSource, path, "@path", .when = VHOST_USER),
    XML_ENUM(DiskSource, startup_policy, "@startupPolicy", disk_startup_policies),
    XML_UINT(DiskSource, index, "@index", .only = XML_MODE_LIVE, .skip = is_below),
    XML_TAKEN("@index"),
    XML_LIST(DiskSource, hosts, "host", &host_element, .when = NETWORK),
    XML_STRING(DiskSource, snapshot, "snapshot/@name", .when = NETWORK),
    XML_STRING(DiskSource, config_file, "config/@file", .when = NETWORK),
    XML_INSIDE("initiator", &initiator_element, .when = NETWORK),
    XML_YESNO(DiskSource, ssl_verify, "ssl/@verify", .when = NETWORK),
    XML_INSIDE("cookies", &cookies_element, .when = NETWORK, .write_only = XML_MODE_SECURE),
    XML_ULL(DiskSource, readahead, "readahead/@size", .when = NETWORK, .nonzero = TRUE),
    XML_ULL(DiskSource, timeout_s, "timeout/@seconds", .when = NETWORK, .nonzero = TRUE),
    XML_STRING(DiskSource, user, "identity/@user", .when = NETWORK),
    XML_STRING(DiskSource, group, "identity/@group", .when = NETWORK),
    XML_YESNO(DiskSource, reconnect, "reconnect/@enabled", .when = VHOST_USER),
    XML_UINT(DiskSource, reconnect_timeout_s, "reconnect/@timeout", .when = VHOST_USER),
    XML_INSIDE("slices", &slices_element, .skip = is_whole),
    XML_STRUCT(DiskSource, auth, "auth", &disk_auth_element),
    XML_STRUCT(DiskSource, encryption, "encryption", &disk_encryption_element),
    XML_STRUCT(DiskSource, reservations, "reservations", &reservations_element),
    XML_REFUSE("seclabel"), XML_REFUSE("@fdgroup"),
    XML_TAKEN("privateData"),
    /* Of the type that the check refuses. */
    XML_TAKEN("@namespace"), XML_TAKEN("@managed"), XML_TAKEN("address"),
    XML_END,
};
/* clang-format on */

const XmlElement disk_source_element = {
    .size = sizeof(DiskSource), .fields = source_fields, .variant = offsetof(DiskSource, type)};

DiskSourceType disk_source_type(const DiskSource *source)
{
    return source->type == DISK_SOURCE_VOLUME && source->volume_type ? source->volume_type : source->type;
}

gboolean disk_source_is_there(const DiskSource *source)
{
    switch (source->type) {
    case DISK_SOURCE_NETWORK:
        return source->protocol != DISK_PROTOCOL_NONE;
    case DISK_SOURCE_VOLUME:
        return source->pool != NULL;
    default:
        return source->path != NULL;
    }
}

const char *disk_source_local_path(const DiskSource *source)
{
    switch (disk_source_type(source)) {
    case DISK_SOURCE_FILE:
    case DISK_SOURCE_BLOCK:
    case DISK_SOURCE_DIR:
        return source->path;
    default:
        return NULL;
    }
}

guint disk_host_port(const DiskSource *source, const DiskHost *host)
{
    return host->port ? host->port : default_ports[source->protocol];
}
