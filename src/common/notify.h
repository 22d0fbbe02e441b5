/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of a service for who started it, by systemd's notification protocol: one datagram to $NOTIFY_SOCKET. */
#pragma once

/* Sends "READY=1" or the like; does nothing when nobody listens. Never blocks. */
void notify_state(const char *state);
