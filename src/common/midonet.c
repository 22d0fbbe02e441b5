/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/midonet.h"

#include "common/command.h"
#include "common/error.h"

#define TIMEOUT_MS (10 * 1000)

static gboolean run(const char *what, const guint8 port[UUID_LEN], const char *link, GError **error)
{
    g_autofree char *path = g_find_program_in_path("mm-ctl");
    char id[UUID_TEXT_LEN];
    const char *argv[] = {"mm-ctl", what, id, link, NULL};

    uuid_format(port, id);
    if (!path)
        return vir_error_fail(error, VIR_FROM_NONE, VIR_ERR_CONFIG_UNSUPPORTED,
                              "MidoNet is not installed: there is no mm-ctl");
    return command_run(argv, NULL, TIMEOUT_MS, VIR_FROM_NONE, error);
}

gboolean midonet_bind(const guint8 port[UUID_LEN], const char *link, GError **error)
{
    return run("--bind-port", port, link, error);
}

gboolean midonet_unbind(const guint8 port[UUID_LEN], GError **error)
{
    return run("--unbind-port", port, NULL, error);
}
