/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/client_config.h"

#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "config.h"

#define ALIAS_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

char *client_config_dir(void)
{
    if (geteuid() == 0)
        return g_strdup(SYSCONFDIR "/libvirt");
    return g_build_filename(g_get_user_config_dir(), "libvirt", NULL);
}

char *client_socket_dir(gboolean is_session)
{
    const char *runtime = g_getenv("XDG_RUNTIME_DIR");

    if (!is_session)
        return g_strdup(RUNSTATEDIR "/libvirt");
    if (runtime && *runtime)
        return g_build_filename(runtime, "libvirt", NULL);
    return g_build_filename(g_get_user_cache_dir(), "libvirt", NULL);
}

ConfigFile *client_config_load(const char *name, GError **error)
{
    g_autofree char *dir = client_config_dir();
    g_autofree char *path = g_build_filename(dir, name, NULL);

    return config_file_load(path, FALSE, error);
}

char *client_config_resolve(ConfigFile *config, const char *name, GError **error)
{
    g_auto(GStrv) aliases = NULL;

    if (strspn(name, ALIAS_CHARACTERS) != strlen(name))
        return g_strdup(name);
    if (!config_file_get_list(config, "uri_aliases", &aliases, error))
        return NULL;
    for (char **alias = aliases; alias && *alias; alias++) {
        const char *equals = strchr(*alias, '=');
        if (!equals || strspn(*alias, ALIAS_CHARACTERS) != (gsize)(equals - *alias)) {
            config_file_set_error(config, "uri_aliases", "an alias is written name=uri", error);
            return NULL;
        }
        if (strncmp(*alias, name, equals - *alias) == 0 && strlen(name) == (gsize)(equals - *alias))
            return g_strdup(equals + 1);
    }
    return g_strdup(name);
}

gboolean client_config_complete(ConfigFile *config, ConnectUri *uri, GError **error)
{
    g_autofree char *mode = NULL, *proxy = NULL;

    if (!config_file_get_string(config, "remote_mode", &mode, error) ||
        !config_file_get_string(config, "remote_proxy", &proxy, error))
        return FALSE;
    if (mode && !uri->has_mode && !connect_mode_parse(mode, &uri->mode, error))
        return FALSE;
    return !proxy || uri->has_proxy || connect_proxy_parse(proxy, &uri->proxy, error);
}
