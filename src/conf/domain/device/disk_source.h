/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <source>: where the data of a drive, of a store below one, or of a firmware's variables comes from. */
#pragma once

#include "conf/domain/device/device_info.h"

typedef enum {
    DISK_SOURCE_NONE, /* of a backing store: the end of the chain */
    DISK_SOURCE_FILE,
    DISK_SOURCE_BLOCK,
    DISK_SOURCE_DIR,
    DISK_SOURCE_NETWORK,
    DISK_SOURCE_VOLUME,
    DISK_SOURCE_NVME, /* refused by the check */
    DISK_SOURCE_VHOST_USER,
    DISK_SOURCE_LAST,
} DiskSourceType;
extern const char *const disk_source_types[DISK_SOURCE_LAST];

typedef enum {
    DISK_PROTOCOL_NONE,
    DISK_PROTOCOL_NBD,
    DISK_PROTOCOL_RBD,
    DISK_PROTOCOL_SHEEPDOG,
    DISK_PROTOCOL_GLUSTER,
    DISK_PROTOCOL_ISCSI,
    DISK_PROTOCOL_HTTP,
    DISK_PROTOCOL_HTTPS,
    DISK_PROTOCOL_FTP,
    DISK_PROTOCOL_FTPS,
    DISK_PROTOCOL_TFTP,
    DISK_PROTOCOL_SSH,
    DISK_PROTOCOL_VXHS,
    DISK_PROTOCOL_NFS,
    DISK_PROTOCOL_LAST,
} DiskProtocol;
extern const char *const disk_protocols[DISK_PROTOCOL_LAST];

typedef enum { DISK_TRANSPORT_TCP, DISK_TRANSPORT_UNIX, DISK_TRANSPORT_RDMA, DISK_TRANSPORT_LAST } DiskTransport;
extern const char *const disk_transports[DISK_TRANSPORT_LAST];

typedef enum {
    DISK_STARTUP_DEFAULT,
    DISK_STARTUP_MANDATORY,
    DISK_STARTUP_REQUISITE,
    DISK_STARTUP_OPTIONAL,
    DISK_STARTUP_LAST,
} DiskStartupPolicy;
extern const char *const disk_startup_policies[DISK_STARTUP_LAST];

typedef enum { DISK_POOL_MODE_DEFAULT, DISK_POOL_MODE_HOST, DISK_POOL_MODE_DIRECT, DISK_POOL_MODE_LAST } DiskPoolMode;

typedef enum { DISK_SLICE_STORAGE, DISK_SLICE_LAST } DiskSliceType;
typedef enum { DISK_SOCKET_UNIX, DISK_SOCKET_LAST } DiskSocketType;

typedef struct {
    char *name;
    guint port; /* 0: the protocol's own */
    DiskTransport transport;
    char *socket; /* unix */
} DiskHost;

/* What the daemon of secrets knows a value by: one of the two. */
typedef struct {
    char *type; /* "ceph", "iscsi", "passphrase" */
    char *uuid, *usage;
} DiskSecret;

typedef struct {
    char *username;
    DiskSecret *secret; /* never NULL */
} DiskAuth;

typedef enum {
    DISK_ENCRYPTION_DEFAULT,
    DISK_ENCRYPTION_QCOW,
    DISK_ENCRYPTION_LUKS,
    DISK_ENCRYPTION_LUKS2,
    DISK_ENCRYPTION_LAST,
} DiskEncryptionFormat;
extern const char *const disk_encryptions[DISK_ENCRYPTION_LAST];
typedef enum { DISK_ENGINE_QEMU, DISK_ENGINE_LIBRBD, DISK_ENGINE_LAST } DiskEncryptionEngine;

typedef struct {
    DiskEncryptionFormat format;
    DiskEncryptionEngine engine;
    GPtrArray *secrets; /* DiskSecret; may be NULL */
} DiskEncryption;

/* Who answers for persistent reservations of a SCSI device. */
typedef struct {
    XmlBool is_managed, migration; /* yes, no */
    char *type, *path, *mode;      /* not managed: "unix", a helper's socket, "client" */
} DiskReservations;

typedef struct {
    char *name, *value;
} DiskCookie;

typedef struct {
    DiskSourceType type; /* the disk's attribute, in whose rows it is */
    char *path;          /* file, block, dir, vhostuser; volume: what it came to at start. NULL: nothing */
    DiskStartupPolicy startup_policy;
    guint index;       /* live only; number of the node-name */
    gboolean is_below; /* in a <backingStore>, which shows the index itself */
    DiskSliceType slice_type;
    unsigned long long slice_offset, slice_size; /* the part that is used; size 0: all */
    DiskReservations *reservations;              /* may be NULL, as the two below */
    DiskAuth *auth;
    DiskEncryption *encryption;
    /* network */
    DiskProtocol protocol;
    char *name, *query;
    XmlBool tls; /* yes, no */
    char *tls_hostname;
    GPtrArray *hosts; /* DiskHost; may be NULL */
    char *snapshot, *config_file, *initiator;
    XmlBool ssl_verify;                      /* yes, no */
    GPtrArray *cookies;                      /* DiskCookie; secure XML only; may be NULL */
    unsigned long long readahead, timeout_s; /* 0: unset */
    char *user, *group;                      /* nfs */
    /* volume */
    char *pool, *volume;
    DiskPoolMode pool_mode;
    DiskSourceType volume_type; /* what it came to at start: file, block or dir; NONE: not known yet */
    /* vhostuser */
    DiskSocketType socket_type;
    XmlBool reconnect; /* yes, no */
    guint reconnect_timeout_s;
} DiskSource;

/* The rows of a <source>, for a DiskSource whose type has been read. */
extern const XmlElement disk_source_element;
extern const XmlElement disk_auth_element, disk_encryption_element;

/* What it is in the end: of a volume what it came to. */
DiskSourceType disk_source_type(const DiskSource *source);

/* Whether there is any data: a drive may be empty. */
gboolean disk_source_is_there(const DiskSource *source);

/* The path on this host, or NULL for data that comes from elsewhere. Borrowed. */
const char *disk_source_local_path(const DiskSource *source);

/* The port of a host: its own, or the protocol's; 0: there is none. */
guint disk_host_port(const DiskSource *source, const DiskHost *host);
