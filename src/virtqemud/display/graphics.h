/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a guest's screen is served: addresses are found, ports are taken by binding them, sockets are handed to QEMU.
 *
 * VNC: the daemon binds and listens, so the port is taken for good in that moment, and QEMU gets the descriptor by QMP
 * before the guest runs. SPICE and VNC's websocket: QEMU binds by itself; the daemon holds the port until right before,
 * and keeps it from its own other guests until QEMU has it. Nothing ever listens on a wider address than asked for.
 */
#pragma once

#include "conf/domain/domain_def.h"
#include "virtqemud/display/listen_socket.h"
#include "virtqemud/qmp/batch.h"

/* The sockets of one start. */
typedef struct GraphicsHost GraphicsHost;

/*
 * Fills in the addresses and ports of def, which is the coming live definition, and takes them. guest_dir: for sockets
 * that the user gave no path. Asks the networks' daemon, so it blocks; for jobs. NULL: the network's error, or
 * VIR_ERR_INTERNAL_ERROR when no port is free, VIR_ERR_SYSTEM_ERROR when a given one is taken or an address is not this
 * host's.
 */
GraphicsHost *graphics_prepare(DomainDef *def, const char *guest_dir, GError **error);
void graphics_host_free(GraphicsHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GraphicsHost, graphics_host_free)

/* Lets go of the sockets that QEMU is to bind itself. Right before it runs. */
void graphics_let_go(GraphicsHost *host);

/* Whether QEMU, having failed with this output, found a port taken meanwhile that it need not insist on. */
gboolean graphics_may_retry(const DomainDef *def, const char *output);

/*
 * Fills in the addresses alone. For a server that is to listen elsewhere while its guest runs. Blocks; for jobs.
 * Errors: the network's; VIR_ERR_CONFIG_UNSUPPORTED for listens that cannot be beside each other.
 */
gboolean graphics_resolve(GraphicsDef *graphics, const char *guest_dir, GError **error);

/* The sockets (int) for a VNC server that listens on old now: at its port, or if that is taken on a new address and
 * need not be kept, at another one, which graphics then says. NULL: VIR_ERR_SYSTEM_ERROR, VIR_ERR_INTERNAL_ERROR. */
GArray *graphics_open_elsewhere(GraphicsDef *graphics, const ListenOld *old, GError **error);

/* The sockets (int) of the VNC server, one for each of its addresses, which QEMU has too: whoever keeps them can have
 * it listen elsewhere without losing who is just connecting. NULL: it has none. Once; caller unrefs. */
GArray *graphics_host_take_sockets(GraphicsHost *host);

/* Adds to the batch that QEMU's VNC server listens on these sockets (int), on those that the definition names by a
 * path, and on nothing else. They must be open during the run. */
void graphics_hand_over_sockets(QmpBatch *batch, const GraphicsDef *graphics, const GArray *fds);

/* Adds to the batch that viewers have to know this password, and until when. */
void graphics_set_password(QmpBatch *batch, const GraphicsDef *graphics);

/* Adds to the batch what QEMU has to be told before the guest runs: sockets and passwords. host must live until the
 * batch has been run. */
void graphics_hand_over(GraphicsHost *host, const DomainDef *def, QmpBatch *batch);
