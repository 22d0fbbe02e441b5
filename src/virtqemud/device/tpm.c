/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Trusted platform modules. */
#include "virtqemud/command/build.h"

static gboolean add_tpm(CommandBuild *build, const TpmDef *tpm, GError **error)
{
    json_object *object;

    if (tpm->backend != TPM_EMULATOR)
        return unsupported(error, "TPM backend '%s'", tpm_backends[tpm->backend]);
    /* What is only looked at has nobody at the other end. */
    if (build->purpose != BUILD_RUN) {
        command_add(build->command, "-chardev", "null,id=chrtpm");
    } else {
        command_addf(build->command, "-chardev", "socket,id=chrtpm,fd=%d", build->tpm_fd);
        command_pass_fd(build->command, build->tpm_fd);
    }
    command_addf(build->command, "-tpmdev", "emulator,id=tpm-%s,chardev=chrtpm", tpm->info.alias);
    object = device_new(tpm_models[tpm->model]);
    json_add_stringf(object, "tpmdev", "tpm-%s", tpm->info.alias);
    json_add_string(object, "id", tpm->info.alias);
    return device_add(build, object, error);
}

gboolean build_tpms(CommandBuild *build, GError **error)
{
    for (guint i = 0; i < build->def->tpms->len; i++)
        if (!add_tpm(build, g_ptr_array_index(build->def->tpms, i), error))
            return FALSE;
    return TRUE;
}
