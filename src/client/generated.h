/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the generated functions of all four libraries need. */
#pragma once

#include "client/admin.h"
#include "client/call.h"
#include "client/params.h"
#include "rpc/admin_calls.h"
#include "rpc/lxc_calls.h"
#include "rpc/qemu_calls.h"
#include "rpc/remote_calls.h"

#include <libvirt/libvirt-lxc.h>
#include <libvirt/libvirt-qemu.h>
