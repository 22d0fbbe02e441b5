/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * MidoNet, whose switch is spread over many hosts: a link becomes a port of it by mm-ctl. Runs a program and waits for
 * it: for jobs and workers. Errors: VIR_FROM_NONE, VIR_ERR_CONFIG_UNSUPPORTED without mm-ctl, else
 * VIR_ERR_INTERNAL_ERROR with its own words.
 */
#pragma once

#include <glib.h>

#include "common/identifiers.h"

/* Binds the link to the virtual port of that id. */
gboolean midonet_bind(const guint8 port[UUID_LEN], const char *link, GError **error);

/* Gives the virtual port up. */
gboolean midonet_unbind(const guint8 port[UUID_LEN], GError **error);
