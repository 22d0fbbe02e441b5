/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/auth.h"

#include <libvirt/virterror.h>
#include <string.h>
#include <unistd.h>

#include "client/auth_sasl.h"
#include "client/client_config.h"
#include "common/error.h"
#include "rpc/remote_calls.h"

static gboolean auth_polkit(RpcClient *client, GError **error)
{
    remote_auth_polkit_ret ret = {0};

    return rpc_client_call(client, &rpc_program_remote, REMOTE_PROC_AUTH_POLKIT, NULL, &ret, 0, error);
}

gboolean auth_run(RpcClient *client, const ConnectUri *uri, virConnectAuthPtr auth, GError **error)
{
    remote_auth_list_ret ret = {0};
    remote_auth_type type;

    if (!rpc_client_call(client, &rpc_program_remote, REMOTE_PROC_AUTH_LIST, NULL, &ret, 0, error))
        return FALSE;
    type = ret.types.types_len ? ret.types.types_val[0] : REMOTE_AUTH_NONE;
    xdr_free((xdrproc_t)xdr_remote_auth_list_ret, &ret);
    switch (type) {
    case REMOTE_AUTH_NONE:
        return TRUE;
    case REMOTE_AUTH_POLKIT:
        return auth_polkit(client, error);
    case REMOTE_AUTH_SASL:
        return auth_sasl(client, uri, auth, error);
    }
    vir_error_set(error, VIR_FROM_REMOTE, VIR_ERR_AUTH_FAILED, "unsupported authentication type %d", type);
    return FALSE;
}

/* ---- auth.conf ---- */

/* The first of the files that may hold credentials and is there; NULL: none. */
static char *auth_file_find(const char *path)
{
    const char *from_env = g_getenv("LIBVIRT_AUTH_FILE");
    g_autofree char *dir = client_config_dir();
    g_autofree char *own = g_build_filename(dir, "auth.conf", NULL);

    if (from_env)
        return g_strdup(from_env);
    if (path)
        return g_strdup(path);
    if (access(own, R_OK) == 0)
        return g_steal_pointer(&own);
    g_free(own);
    own = g_build_filename("/etc/libvirt", "auth.conf", NULL);
    return access(own, R_OK) == 0 ? g_steal_pointer(&own) : NULL;
}

/* The group that holds the credentials for service at host, or NULL. */
static char *auth_file_group(GKeyFile *file, const char *service, const char *host)
{
    const char *hosts[] = {host, "default"};

    for (gsize i = 0; i < G_N_ELEMENTS(hosts); i++) {
        g_autofree char *section = g_strdup_printf("auth-%s-%s", service, hosts[i]);
        g_autofree char *name = g_key_file_get_string(file, section, "credentials", NULL);
        if (name)
            return g_strdup_printf("credentials-%s", name);
    }
    return NULL;
}

char *auth_file_lookup(const char *path, const char *service, const char *host, const char *key, gboolean *failed,
                       GError **error)
{
    g_autofree char *found = auth_file_find(path);
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) cause = NULL;
    g_autofree char *group = NULL;

    *failed = FALSE;
    if (!found)
        return NULL;
    if (!g_key_file_load_from_file(file, found, G_KEY_FILE_NONE, &cause)) {
        vir_error_set(error, VIR_FROM_AUTH, VIR_ERR_CONF_SYNTAX, "%s: %s", found, cause->message);
        *failed = TRUE;
        return NULL;
    }
    group = auth_file_group(file, service, host ? host : "localhost");
    return group ? g_key_file_get_string(file, group, key, NULL) : NULL;
}
