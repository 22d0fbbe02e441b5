/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Character devices: the guest's side (serial port, parallel port, console, channel) and the host's (pty, file, socket,
 * ...), which random number generators and USB redirection use too.
 */
#pragma once

#include "conf/domain/device/device_info.h"

typedef enum {
    CHAR_SOURCE_NULL,
    CHAR_SOURCE_VC,
    CHAR_SOURCE_PTY,
    CHAR_SOURCE_DEV,
    CHAR_SOURCE_FILE,
    CHAR_SOURCE_PIPE,
    CHAR_SOURCE_STDIO,
    CHAR_SOURCE_UDP,
    CHAR_SOURCE_TCP,
    CHAR_SOURCE_UNIX,
    CHAR_SOURCE_SPICEVMC,
    CHAR_SOURCE_SPICEPORT,
    CHAR_SOURCE_NMDM,
    CHAR_SOURCE_QEMU_VDAGENT,
    CHAR_SOURCE_DBUS,
    CHAR_SOURCE_LAST,
} CharSourceType; /* NMDM is refused by the check */
extern const char *const char_source_types[CHAR_SOURCE_LAST];

typedef enum { CHAR_MODE_CONNECT, CHAR_MODE_BIND, CHAR_MODE_LAST } CharSocketMode;
typedef enum {
    CHAR_PROTOCOL_RAW,
    CHAR_PROTOCOL_TELNET,
    CHAR_PROTOCOL_TELNETS,
    CHAR_PROTOCOL_TLS,
    CHAR_PROTOCOL_LAST
} CharProtocol;

typedef enum { CHAR_MOUSE_DEFAULT, CHAR_MOUSE_SERVER, CHAR_MOUSE_CLIENT, CHAR_MOUSE_LAST } CharMouse;

typedef struct {
    CharSourceType type;
    char *path;                     /* pty (live only), dev, file, pipe, unix */
    XmlBool is_made;                /* unix: yes: the path was chosen at the start, for this run alone */
    XmlBool append;                 /* file: on, off */
    CharSocketMode mode;            /* unix, tcp; read with source_seen */
    char *host, *service;           /* tcp; udp: where data is sent to */
    char *bind_host, *bind_service; /* udp: where it is received */
    CharProtocol protocol;          /* tcp */
    XmlBool tls;                    /* tcp: yes, no */
    XmlBool reconnect;              /* tcp, unix, mode connect: yes, no */
    guint reconnect_timeout_s;
    char *channel;      /* spiceport, dbus */
    XmlBool clipboard;  /* qemu-vdagent: yes, no */
    CharMouse mouse;    /* qemu-vdagent */
    char *log_file;     /* NULL: none */
    XmlBool log_append; /* on, off */
} CharSource;

typedef enum { CHAR_SERIAL, CHAR_PARALLEL, CHAR_CONSOLE, CHAR_CHANNEL } CharKind;

typedef enum {
    CHAR_TARGET_NONE,
    /* serial */
    CHAR_TARGET_ISA_SERIAL,
    CHAR_TARGET_USB_SERIAL,
    CHAR_TARGET_PCI_SERIAL,
    CHAR_TARGET_SPAPR_VIO_SERIAL,
    CHAR_TARGET_SYSTEM_SERIAL,
    CHAR_TARGET_SCLP_SERIAL,
    CHAR_TARGET_ISA_DEBUG,
    /* console */
    CHAR_TARGET_SERIAL, /* the first serial port by another name */
    CHAR_TARGET_XEN,
    CHAR_TARGET_UML,
    CHAR_TARGET_VIRTIO, /* also channel */
    CHAR_TARGET_LXC,
    CHAR_TARGET_OPENVZ,
    CHAR_TARGET_SCLP,
    CHAR_TARGET_SCLPLM,
    /* channel */
    CHAR_TARGET_GUESTFWD,
    CHAR_TARGET_LAST,
} CharTargetType;
extern const char *const char_target_types[CHAR_TARGET_LAST];

typedef enum {
    CHAR_MODEL_NONE,
    CHAR_MODEL_ISA_SERIAL,
    CHAR_MODEL_USB_SERIAL,
    CHAR_MODEL_PCI_SERIAL,
    CHAR_MODEL_SPAPR_VTY,
    CHAR_MODEL_PL011,
    CHAR_MODEL_SCLPCONSOLE,
    CHAR_MODEL_SCLPLMCONSOLE,
    CHAR_MODEL_16550A,
    CHAR_MODEL_ISA_DEBUGCON,
    CHAR_MODEL_LAST,
} CharTargetModel;
extern const char *const char_target_models[CHAR_MODEL_LAST];

typedef enum {
    CHANNEL_STATE_DEFAULT,
    CHANNEL_STATE_CONNECTED,
    CHANNEL_STATE_DISCONNECTED,
    CHANNEL_STATE_LAST
} ChannelState;

#define CHAR_PORT_UNSET (-1)

typedef struct {
    CharKind kind;
    CharSource source;
    CharTargetType target;
    CharTargetModel model; /* serial */
    int port;              /* serial, parallel, console; CHAR_PORT_UNSET until assigned; guestfwd: the port */
    char *name;            /* virtio channel */
    ChannelState state;    /* virtio channel; live only */
    char *address;         /* guestfwd */
    DeviceInfo info;
} CharDef;

/* One per kind, since their targets differ. */
extern const XmlElement serial_element, parallel_element, console_element, channel_element;
/* The host's side, to be included. */
extern const XmlElement char_source_element;

void char_def_free(CharDef *def);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CharDef, char_def_free)

/* Releases what to has, and makes it a copy of from. */
void char_source_copy(CharSource *to, const CharSource *from);
