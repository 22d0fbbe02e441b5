/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Administration of a daemon itself: its servers, clients, logging. In libvirt-admin.so.0; daemons listen for it
 * on a socket of its own.
 */
#ifndef LIBVIRT_ADMIN_H
#define LIBVIRT_ADMIN_H

#include <libvirt/libvirt.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Connections ---- */

/* A connection to a daemon's admin socket. */
typedef struct _virAdmConnect virAdmConnect;
typedef virAdmConnect *virAdmConnectPtr;

/* A server of the daemon: a set of sockets with its workers and limits. */
typedef struct _virAdmServer virAdmServer;
typedef virAdmServer *virAdmServerPtr;

/* A client connected to a server. */
typedef struct _virAdmClient virAdmClient;
typedef virAdmClient *virAdmClientPtr;

/* Does nothing: the library sets itself up. 0. */
int virAdmInitialize(void);

/* Sets *libVer to the library's version, as LIBVIR_VERSION_NUMBER. 0 or -1. */
int virAdmGetVersion(unsigned long long *libVer);

/*
 * Connects to DAEMON:///system or DAEMON:///session; NULL: LIBVIRT_ADMIN_DEFAULT_URI, else uri_default of
 * libvirt-admin.conf, else libvirtd. flags: VIR_CONNECT_NO_ALIASES.
 */
virAdmConnectPtr virAdmConnectOpen(const char *name, unsigned int flags);

/* Drops a reference; with the last one the connection ends. 0 when it was the last, 1 when not, or -1. */
int virAdmConnectClose(virAdmConnectPtr conn);

/* Takes one more reference. 0 or -1. */
int virAdmConnectRef(virAdmConnectPtr conn);

/* The URI that was opened. */
char *virAdmConnectGetURI(virAdmConnectPtr conn);

/* 1 while the connection is up, 0 when it has ended. Does not ask the daemon. */
int virAdmConnectIsAlive(virAdmConnectPtr conn);

/* Sets *libVer to the daemon's version. 0 or -1. */
int virAdmConnectGetLibVersion(virAdmConnectPtr conn, unsigned long long *libVer);

/* The connection has ended. reason: virConnectCloseReason. */
typedef void (*virAdmConnectCloseFunc)(virAdmConnectPtr conn, int reason, void *opaque);

/*
 * Calls cb when the connection ends by itself. At most one; the connection is held while it is registered. 0 or
 * -1.
 */
int virAdmConnectRegisterCloseCallback(virAdmConnectPtr conn, virAdmConnectCloseFunc cb, void *opaque,
                                       virFreeCallback freecb);

/* Removes the callback, which must be the one registered. 0 or -1. */
int virAdmConnectUnregisterCloseCallback(virAdmConnectPtr conn, virAdmConnectCloseFunc cb);

/* Lets the daemon end after timeout seconds without work; 0: never. flags 0. 0 or -1. */
int virAdmConnectSetDaemonTimeout(virAdmConnectPtr conn, unsigned int timeout, unsigned int flags);

/* ---- Servers ---- */

/* Lists the daemon's servers. flags 0. Returns their number. */
int virAdmConnectListServers(virAdmConnectPtr conn, virAdmServerPtr **servers, unsigned int flags);

/* The server of this name. VIR_ERR_NO_SERVER when there is none. flags 0. */
virAdmServerPtr virAdmConnectLookupServer(virAdmConnectPtr conn, const char *name, unsigned int flags);

/* The server's name. Borrowed from the handle. */
const char *virAdmServerGetName(virAdmServerPtr srv);

/* Drops a reference. 0 or -1. */
int virAdmServerFree(virAdmServerPtr srv);

#define VIR_THREADPOOL_WORKERS_MIN      "minWorkers"    /* uint: workers that are always kept. */
#define VIR_THREADPOOL_WORKERS_MAX      "maxWorkers"    /* uint: workers at most. */
#define VIR_THREADPOOL_WORKERS_PRIORITY "prioWorkers"   /* uint: workers beside those, for calls that never wait. */
#define VIR_THREADPOOL_WORKERS_FREE     "freeWorkers"   /* uint: workers without work. Read only. */
#define VIR_THREADPOOL_WORKERS_CURRENT  "nWorkers"      /* uint: workers now. Read only. */
#define VIR_THREADPOOL_JOB_QUEUE_DEPTH  "jobQueueDepth" /* uint: calls that wait for a worker. Read only. */

/* Sets *params to a new array of VIR_THREADPOOL_* and *nparams to its length. flags 0. 0 or -1. */
int virAdmServerGetThreadPoolParameters(virAdmServerPtr srv, virTypedParameterPtr *params, int *nparams,
                                        unsigned int flags);

/* Changes those that can be changed. flags 0. 0 or -1. */
int virAdmServerSetThreadPoolParameters(virAdmServerPtr srv, virTypedParameterPtr params, int nparams,
                                        unsigned int flags);

#define VIR_SERVER_CLIENTS_MAX     "nclients_max" /* uint: clients at most. */
#define VIR_SERVER_CLIENTS_CURRENT "nclients"     /* uint: clients now. Read only. */

/* uint: clients at most that have not proved who they are. */
#define VIR_SERVER_CLIENTS_UNAUTH_MAX     "nclients_unauth_max"
#define VIR_SERVER_CLIENTS_UNAUTH_CURRENT "nclients_unauth" /* uint: such clients now. Read only. */

/* Sets *params to a new array of VIR_SERVER_CLIENTS_* and *nparams to its length. flags 0. 0 or -1. */
int virAdmServerGetClientLimits(virAdmServerPtr srv, virTypedParameterPtr *params, int *nparams, unsigned int flags);

/* Changes the two limits; clients that are there already stay. flags 0. 0 or -1. */
int virAdmServerSetClientLimits(virAdmServerPtr srv, virTypedParameterPtr params, int nparams, unsigned int flags);

/* Reads the server's TLS certificates, key and revocation list again, for clients to come. flags 0. 0 or -1. */
int virAdmServerUpdateTlsFiles(virAdmServerPtr srv, unsigned int flags);

/* ---- Clients ---- */

/* Lists the server's clients. flags 0. Returns their number. */
int virAdmServerListClients(virAdmServerPtr srv, virAdmClientPtr **clients, unsigned int flags);

/* The client with this number. VIR_ERR_NO_CLIENT when there is none. flags 0. */
virAdmClientPtr virAdmServerLookupClient(virAdmServerPtr srv, unsigned long long id, unsigned int flags);

/* Drops a reference. 0 or -1. */
int virAdmClientFree(virAdmClientPtr client);

/* The client's number, unique within its server; all bits set on failure. */
unsigned long long virAdmClientGetID(virAdmClientPtr client);

/* When it connected, in seconds since 1970. */
long long virAdmClientGetTimestamp(virAdmClientPtr client);

/* How a client is connected. */
typedef enum {
    VIR_CLIENT_TRANS_UNIX = 0,
    VIR_CLIENT_TRANS_TCP = 1,
    VIR_CLIENT_TRANS_TLS = 2,
#ifdef VIR_ENUM_SENTINELS
    VIR_CLIENT_TRANS_LAST = 3, /* end of the list; grows with it */
#endif
} virClientTransport;

/* A virClientTransport, or -1. */
int virAdmClientGetTransport(virAdmClientPtr client);

#define VIR_CLIENT_INFO_READONLY                "readonly"        /* boolean: whether it may only read. */
#define VIR_CLIENT_INFO_SOCKET_ADDR             "sock_addr"       /* string: its address and port. */
#define VIR_CLIENT_INFO_SASL_USER_NAME          "sasl_user_name"  /* string: who it is by SASL. */
#define VIR_CLIENT_INFO_X509_DISTINGUISHED_NAME "tls_x509_dname"  /* string: who it is by its TLS certificate. */
#define VIR_CLIENT_INFO_UNIX_USER_ID            "unix_user_id"    /* int: user of the process at the unix socket. */
#define VIR_CLIENT_INFO_UNIX_USER_NAME          "unix_user_name"  /* string: that user's name. */
#define VIR_CLIENT_INFO_UNIX_GROUP_ID           "unix_group_id"   /* int: its group. */
#define VIR_CLIENT_INFO_UNIX_GROUP_NAME         "unix_group_name" /* string: that group's name. */
#define VIR_CLIENT_INFO_UNIX_PROCESS_ID         "unix_process_id" /* int: its process ID. */
#define VIR_CLIENT_INFO_SELINUX_CONTEXT         "selinux_context" /* string: its SELinux context. */

/*
 * Sets *params to a new array of those VIR_CLIENT_INFO_* that are known, and *nparams to its length. flags 0. 0 or
 * -1.
 */
int virAdmClientGetInfo(virAdmClientPtr client, virTypedParameterPtr *params, int *nparams, unsigned int flags);

/* Ends the client's connection. flags 0. 0 or -1. */
int virAdmClientClose(virAdmClientPtr client, unsigned int flags);

/* ---- Logging ---- */

/* Sets *outputs to the log outputs, separated by blanks; free() it. Returns their number. flags 0. */
int virAdmConnectGetLoggingOutputs(virAdmConnectPtr conn, char **outputs, unsigned int flags);

/* The same for filters; *filters is NULL when there are none. */
int virAdmConnectGetLoggingFilters(virAdmConnectPtr conn, char **filters, unsigned int flags);

/* Replaces the log outputs, "LEVEL:DESTINATION ..."; "" or NULL: the default. flags 0. 0 or -1. */
int virAdmConnectSetLoggingOutputs(virAdmConnectPtr conn, const char *outputs, unsigned int flags);

/* Replaces the log filters, "LEVEL:MATCH ..."; "" or NULL: none. flags 0. 0 or -1. */
int virAdmConnectSetLoggingFilters(virAdmConnectPtr conn, const char *filters, unsigned int flags);

#ifdef __cplusplus
}
#endif

#endif
