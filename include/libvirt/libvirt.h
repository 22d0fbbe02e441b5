/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The API of libvirt.so.0. What holds for all of it, and is not said again:
 *
 * - Functions that return an int return -1 on failure, those that return a pointer NULL; why, virGetLastError() tells.
 * - A `char *` that is returned is the caller's: free() it. A `const char *` is borrowed; it says from what.
 * - Handles that are returned hold a reference: release them with the Free function of their kind. Every handle holds
 * its connection.
 * - "Lists": the function allocates an array with a NULL behind its end; release each element, then free() the array.
 * With NULL for the array only the number is asked for.
 * - `flags` takes bits of the enum named, or 0.
 * - A function that asks the daemon blocks until it has answered; those that do not ask it are the ones about handles,
 *   errors, typed parameters and the event loop.
 * - All functions may be called on any thread, many at a time, also with one connection.
 * - On a read-only connection, what would change something fails with VIR_ERR_OPERATION_DENIED.
 */
#ifndef LIBVIRT_LIBVIRT_H
#define LIBVIRT_LIBVIRT_H

#include <string.h>
#include <sys/types.h>

/* Each builds on those before it. */
/* clang-format off */
#include <libvirt/libvirt-common.h>
#include <libvirt/libvirt-host.h>
#include <libvirt/libvirt-domain.h>
#include <libvirt/libvirt-domain-checkpoint.h>
#include <libvirt/libvirt-domain-snapshot.h>
#include <libvirt/libvirt-event.h>
#include <libvirt/libvirt-interface.h>
#include <libvirt/libvirt-network.h>
#include <libvirt/libvirt-nodedev.h>
#include <libvirt/libvirt-nwfilter.h>
#include <libvirt/libvirt-secret.h>
#include <libvirt/libvirt-storage.h>
#include <libvirt/libvirt-stream.h>
#include <libvirt/virterror.h>
/* clang-format on */

#endif
