/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * <graphics>: where and how a guest's screen is served.
 *
 * Where a server listens is a list of GraphicsListen. One of type network names a network; the address that it came to
 * is put into .address by the driver at start and is never part of inactive or migratable XML.
 */
#pragma once

#include "conf/xml_table.h"

typedef enum {
    GRAPHICS_SDL,
    GRAPHICS_VNC,
    GRAPHICS_RDP,
    GRAPHICS_DESKTOP,
    GRAPHICS_SPICE,
    GRAPHICS_EGL_HEADLESS,
    GRAPHICS_DBUS,
    GRAPHICS_LAST,
} GraphicsType;
extern const char *const graphics_types[GRAPHICS_LAST];

typedef enum {
    GRAPHICS_LISTEN_NONE,
    GRAPHICS_LISTEN_ADDRESS,
    GRAPHICS_LISTEN_NETWORK,
    GRAPHICS_LISTEN_SOCKET,
    GRAPHICS_LISTEN_LAST,
} GraphicsListenType;
extern const char *const graphics_listen_types[GRAPHICS_LISTEN_LAST];

/* Which of a network's addresses: the one that it prefers, the first of a family, or all. */
typedef enum {
    GRAPHICS_FAMILY_DEFAULT,
    GRAPHICS_FAMILY_IPV4,
    GRAPHICS_FAMILY_IPV6,
    GRAPHICS_FAMILY_ANY,
    GRAPHICS_FAMILY_LAST,
} GraphicsFamily;
extern const char *const graphics_families[GRAPHICS_FAMILY_LAST];

typedef struct {
    GraphicsListenType type;
    char *address;             /* address: as configured, NULL: the driver's default. network: as found at start */
    GPtrArray *more_addresses; /* network: char *, those found beside .address; NULL: none */
    char *network;
    GraphicsFamily family;   /* network */
    char *socket;            /* NULL: chosen at start */
    gboolean is_from_config; /* address: filled in from the driver's configuration, so not the user's; live only */
    gboolean is_auto_socket; /* socket: chosen at start; live only */
} GraphicsListen;

typedef enum {
    GRAPHICS_CONNECTED_DEFAULT,
    GRAPHICS_CONNECTED_FAIL,
    GRAPHICS_CONNECTED_DISCONNECT,
    GRAPHICS_CONNECTED_KEEP,
    GRAPHICS_CONNECTED_LAST,
} GraphicsConnected;

typedef enum {
    VNC_SHARE_DEFAULT,
    VNC_SHARE_ALLOW_EXCLUSIVE,
    VNC_SHARE_FORCE_SHARED,
    VNC_SHARE_IGNORE,
    VNC_SHARE_LAST,
} VncSharePolicy;
extern const char *const vnc_share_policies[VNC_SHARE_LAST];

typedef enum {
    SPICE_CHANNEL_MAIN,
    SPICE_CHANNEL_DISPLAY,
    SPICE_CHANNEL_INPUTS,
    SPICE_CHANNEL_CURSOR,
    SPICE_CHANNEL_PLAYBACK,
    SPICE_CHANNEL_RECORD,
    SPICE_CHANNEL_SMARTCARD,
    SPICE_CHANNEL_USBREDIR,
    SPICE_CHANNEL_LAST,
} SpiceChannel;
extern const char *const spice_channels[SPICE_CHANNEL_LAST];

typedef enum { SPICE_MODE_ANY, SPICE_MODE_SECURE, SPICE_MODE_INSECURE, SPICE_MODE_LAST } SpiceChannelMode;
extern const char *const spice_channel_modes[SPICE_MODE_LAST];

/* Texts of the following are also QEMU's. 0 is absent. */
extern const char *const spice_image_compressions[7]; /* auto_glz auto_lz quic glz lz off */
extern const char *const spice_compressions[4];       /* auto never always */
extern const char *const spice_streaming_modes[4];    /* filter all off */
extern const char *const spice_mouse_modes[3];        /* server client */

#define GRAPHICS_PORT_AUTO (-1)

typedef struct {
    GraphicsType type;
    /* vnc, spice, rdp */
    int port;                   /* 0: unset; GRAPHICS_PORT_AUTO */
    gboolean is_autoport;       /* port is chosen at start; inactive XML then shows -1 or nothing */
    gboolean is_port_taken;     /* the driver's: port (and tls_port, websocket) stand for ones it reserved */
    int tls_port;               /* spice; 0: unset; GRAPHICS_PORT_AUTO */
    int websocket;              /* vnc; 0: none; GRAPHICS_PORT_AUTO */
    gboolean is_websocket_auto; /* websocket was GRAPHICS_PORT_AUTO in the configuration; kept with what runs */
    GPtrArray *listens;         /* GraphicsListen; never empty for vnc, spice and rdp after defaults; NULL for others */
    char *password;             /* secure XML only */
    char *password_valid_to;    /* "YYYY-MM-DDTHH:MM:SS", UTC; or NULL */
    GraphicsConnected connected;
    char *keymap;
    VncSharePolicy share_policy;
    XmlBool power_control; /* vnc: yes, no */
    guint audio_id;        /* vnc, dbus: <audio id>; 0: none given */
    /* spice */
    SpiceChannelMode default_mode, channel_modes[SPICE_CHANNEL_LAST];
    int image_compression, jpeg_compression, zlib_compression, streaming_mode, mouse_mode;
    XmlBool playback_compression;              /* on, off */
    XmlBool clipboard_copypaste, filetransfer; /* yes, no */
    XmlBool gl;                                /* spice, sdl, dbus: yes, no */
    char *rendernode;                          /* spice, egl-headless, dbus */
    /* sdl */
    char *display, *xauth;
    XmlBool is_fullscreen; /* yes, no; also desktop */
    /* dbus */
    XmlBool is_p2p;
    char *dbus_address;
    gboolean is_dbus_address_auto; /* chosen at start; live only */
    /* rdp */
    XmlBool replace_user, multi_user;
} GraphicsDef;

extern const XmlElement graphics_element;
void graphics_def_free(GraphicsDef *graphics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GraphicsDef, graphics_def_free)

extern const XmlElement graphics_listen_element;
GraphicsListen *graphics_listen_new(GraphicsListenType type);

/* The first listen, or NULL. Borrowed. */
GraphicsListen *graphics_first_listen(const GraphicsDef *graphics);

/* Whether it listens on an address, so that it has a port. */
gboolean graphics_has_port(const GraphicsDef *graphics);

/* Which ports a SPICE server needs by its default mode and those of its channels; has_tls: what may be secure is. */
typedef struct {
    gboolean needs_plain, needs_tls;
} SpicePorts;
SpicePorts graphics_spice_ports(const GraphicsDef *graphics, gboolean has_tls);

/* Whether any of a SPICE server's channels must be secure. */
gboolean graphics_has_secure_channel(const GraphicsDef *graphics);

/* What a network's addresses (char *, not empty) came to; copied. */
void graphics_listen_set_addresses(GraphicsListen *listen, const GPtrArray *addresses);

/* All addresses that it listens on, each once: an array (to be released) of borrowed strings. */
GPtrArray *graphics_addresses(const GraphicsDef *graphics);

GraphicsDef *graphics_def_copy(const GraphicsDef *graphics);

/* Reads one <graphics> that stands by itself. NULL: as domain_def_parse(); VIR_ERR_XML_ERROR for another element. */
GraphicsDef *graphics_def_parse(const char *xml, GError **error);

/*
 * A copy of base that listens where change says, and has its password if it has one. NULL:
 * VIR_ERR_OPERATION_UNSUPPORTED, change is about more than that.
 */
GraphicsDef *graphics_def_change_listens(const GraphicsDef *base, const GraphicsDef *change, GError **error);
