/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/helper/pr_host.h"

#include "common/error.h"
#include "virtqemud/device/disk_source.h"
#include "virtqemud/guest/state_dir.h"
#include "virtqemud/helper/run_helper.h"
#include "virtqemud/host/ownership.h"

gboolean pr_host_start(const DomainDef *def, const char *dir, GError **error)
{
    g_autofree char *socket = g_build_filename(dir, "pr-helper0.sock", NULL);
    g_autofree char *program = NULL;
    g_autoptr(Command) command = NULL;

    if (!disk_needs_pr_helper(def))
        return TRUE;
    program = g_find_program_in_path("qemu-pr-helper");
    if (!program) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                      "managed reservations: qemu-pr-helper is not installed");
        return FALSE;
    }
    command = command_new(program);
    command_add(command, "-k", socket);
    return run_helper_start(command, def->name, NULL, state_dir_run_name(dir), "pr-helper0", socket, error) &&
           ownership_hand_over(socket, error);
}
