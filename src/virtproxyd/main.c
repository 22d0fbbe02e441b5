/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * virtproxyd: the address that old and remote clients know. It has no driver; daemon/routing/router.c passes calls on
 * to the daemons that have.
 */
#include "daemon/driver.h"
#include "rpc/listen_calls.h"
#include "rpc/lxc_calls.h"
#include "rpc/netcheck_calls.h"
#include "rpc/qemu_calls.h"

static const DaemonProgram programs[] = {{&rpc_program_qemu, NULL},
                                         {&rpc_program_lxc, NULL},
                                         {&rpc_program_listen, NULL},
                                         {&rpc_program_netcheck, NULL},
                                         {NULL, NULL}};

static const DaemonDriver driver = {
    .name = "virtproxyd",
    .socket_prefix = "libvirt",
    .programs = programs,
    .has_tcp = TRUE,
    .is_router = TRUE,
};

int main(int argc, char **argv)
{
    return daemon_main(&driver, argc, argv);
}
