/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The handles of libvirt-admin.so.0, after the manner of client/objects.h. */
#pragma once

#include <libvirt/libvirt-admin.h>

#include "client/handle.h"
#include "rpc/protocol/admin.h"

struct _virAdmServer {
    Handle base;
    char *name;
};

struct _virAdmClient {
    Handle base;
    virAdmServerPtr server; /* a reference */
    unsigned long long id;
    long long timestamp;
    unsigned int transport;
};

extern const HandleType handle_type_adm_server;
extern const HandleType handle_type_adm_client;

virAdmServerPtr handle_adm_server_new(Connection *connection, admin_nonnull_server *wire);
void handle_adm_server_encode(virAdmServerPtr server, admin_nonnull_server *wire);
virAdmClientPtr handle_adm_client_new(Connection *connection, admin_nonnull_client *wire);
void handle_adm_client_encode(virAdmClientPtr client, admin_nonnull_client *wire);
