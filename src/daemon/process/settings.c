/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/process/settings.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "common/open_vswitch.h"

/* clang-format off */
static const struct {
    const char *key;
    gsize offset;
    int min, max;
} numbers[] = {
#define NUMBER(key, member, min, max) {key, offsetof(DaemonSettings, member), min, max}
    NUMBER("max_clients",               limits.max_clients,              1, G_MAXINT32),
    NUMBER("max_queued_clients",        backlog,                         1, G_MAXINT32),
    NUMBER("max_anonymous_clients",     limits.max_anonymous,            0, G_MAXINT32),
    NUMBER("max_client_requests",       limits.max_requests,             1, 10000),
    NUMBER("keepalive_interval",        limits.keepalive_interval,      -1, G_MAXINT32),
    NUMBER("keepalive_count",           limits.keepalive_count,          0, 10000),
    NUMBER("admin_max_clients",         admin_limits.max_clients,        1, G_MAXINT32),
    NUMBER("admin_max_queued_clients",  admin_backlog,                   1, G_MAXINT32),
    NUMBER("admin_max_client_requests", admin_limits.max_requests,       1, 10000),
    NUMBER("admin_keepalive_interval",  admin_limits.keepalive_interval, -1, G_MAXINT32),
    NUMBER("admin_keepalive_count",     admin_limits.keepalive_count,    0, 10000),
    NUMBER("log_level",                 log_level,                       1, 4),
    NUMBER("ovs_timeout",               ovs_timeout_s,                   1, 3600),
};

/* Keys that files of libvirt's daemons may have and that say nothing to us. */
static const struct {
    const char *key;
    const char *why; /* told when the key is there */
} ignored[] = {
    {"keepalive_required",         "clients are never refused for not having keepalive"},
    {"admin_keepalive_required",   "clients are never refused for not having keepalive"},
    {"min_workers",                "calls do not wait for worker threads"},
    {"max_workers",                "calls do not wait for worker threads"},
    {"prio_workers",               "calls do not wait for worker threads"},
    {"admin_min_workers",          "calls do not wait for worker threads"},
    {"admin_max_workers",          "calls do not wait for worker threads"},
    {"audit_level",                "this daemon writes no audit records"},
    {"audit_logging",              "this daemon writes no audit records"},
    {"host_uuid",                  "the host's UUID is taken from where the driver finds it"},
    {"host_uuid_source",           "the host's UUID is taken from where the driver finds it"},
    {"sasl_allowed_username_list", "SASL is not used"},
};

static const char *const tls_keys[] = {
    "tls_port", "auth_tls", "tcp_min_ssf", "key_file", "cert_file", "ca_file", "crl_file", "tls_no_sanity_certificate",
    "tls_no_verify_certificate", "tls_allowed_dn_list", "tls_priority",
};
/* clang-format on */

void settings_init(DaemonSettings *settings, gboolean is_privileged)
{
    *settings = (DaemonSettings){
        .rw_mode = is_privileged ? 0777 : 0700,
        .ro_mode = 0777,
        .admin_mode = 0700,
        .auth_tcp = DAEMON_AUTH_SASL,
        .auth_rw = is_privileged ? DAEMON_AUTH_POLKIT : DAEMON_AUTH_NONE,
        .auth_ro = is_privileged ? DAEMON_AUTH_POLKIT : DAEMON_AUTH_NONE,
        .backlog = 1000,
        .admin_backlog = 20,
        .limits = {.max_clients = 5000,
                   .max_anonymous = 20,
                   .max_requests = 5,
                   .keepalive_interval = 5,
                   .keepalive_count = 5},
        .admin_limits = {.max_clients = 5000,
                         .max_anonymous = 20,
                         .max_requests = 5,
                         .keepalive_interval = 5,
                         .keepalive_count = 5},
        .log_level = LOG_LEVEL_WARNING,
        .ovs_timeout_s = OVS_TIMEOUT_S,
        .tcp_port = g_strdup("16509"),
    };
}

void settings_clear(DaemonSettings *settings)
{
    g_free(settings->unix_group);
    g_free(settings->unix_dir);
    g_free(settings->log_filters);
    g_free(settings->log_outputs);
    g_free(settings->tcp_port);
    g_free(settings->listen_addr);
    memset(settings, 0, sizeof(*settings));
}

static gboolean unsupported(const char *key, const char *value, GError **error)
{
    vir_error_set(error, VIR_FROM_CONF, VIR_ERR_CONFIG_UNSUPPORTED, "%s = %s is not available in this build", key,
                  value);
    return FALSE;
}

static gboolean read_mode(ConfigFile *file, const char *key, mode_t *mode, GError **error)
{
    g_autofree char *text = NULL;
    guint64 value;

    if (!config_file_get_string(file, key, &text, error))
        return FALSE;
    if (!text)
        return TRUE;
    if (!g_ascii_string_to_unsigned(text, 8, 0, 0777, &value, NULL)) {
        config_file_set_error(file, key, "expecting an octal mode like \"0770\"", error);
        return FALSE;
    }
    *mode = value;
    return TRUE;
}

static gboolean read_auth(ConfigFile *file, const char *key, gboolean has_polkit, DaemonAuth *auth, GError **error)
{
    g_autofree char *text = NULL;

    if (!config_file_get_string(file, key, &text, error))
        return FALSE;
    if (g_strcmp0(text, "sasl") == 0)
        return unsupported(key, "\"sasl\"", error);
    if (g_strcmp0(text, "none") == 0) {
        *auth = DAEMON_AUTH_NONE;
    } else if (has_polkit && g_strcmp0(text, "polkit") == 0) {
        *auth = DAEMON_AUTH_POLKIT;
    } else if (text) {
        config_file_set_error(
            file, key, has_polkit ? "expecting \"none\", \"polkit\" or \"sasl\"" : "expecting \"none\" or \"sasl\"",
            error);
        return FALSE;
    }
    return TRUE;
}

static gboolean read_access(DaemonSettings *settings, ConfigFile *file, GError **error)
{
    g_auto(GStrv) drivers = NULL;

    if (!config_file_get_list(file, "access_drivers", &drivers, error))
        return FALSE;
    for (char **driver = drivers; driver && *driver; driver++) {
        if (strcmp(*driver, "polkit") == 0) {
            settings->uses_polkit_access = TRUE;
        } else if (strcmp(*driver, "none") != 0) {
            config_file_set_error(file, "access_drivers", "expecting \"none\" or \"polkit\"", error);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean read_numbers(DaemonSettings *settings, ConfigFile *file, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        int *value = (int *)((char *)settings + numbers[i].offset);

        if (!config_file_get_int(file, numbers[i].key, numbers[i].min, numbers[i].max, value, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean read_unix(DaemonSettings *settings, ConfigFile *file, GError **error)
{
    return config_file_get_string(file, "unix_sock_group", &settings->unix_group, error) &&
           config_file_get_string(file, "unix_sock_dir", &settings->unix_dir, error) &&
           read_mode(file, "unix_sock_rw_perms", &settings->rw_mode, error) &&
           read_mode(file, "unix_sock_ro_perms", &settings->ro_mode, error) &&
           read_mode(file, "unix_sock_admin_perms", &settings->admin_mode, error) &&
           read_auth(file, "auth_unix_rw", TRUE, &settings->auth_rw, error) &&
           read_auth(file, "auth_unix_ro", TRUE, &settings->auth_ro, error);
}

/* Whatever type its value has, the key is known. */
static gboolean has_key(ConfigFile *file, const char *key)
{
    g_autoptr(GPtrArray) keys = config_file_list_keys(file);
    int number;

    if (!g_ptr_array_find_with_equal_func(keys, key, g_str_equal, NULL))
        return FALSE;
    config_file_get_int(file, key, G_MININT, G_MAXINT, &number, NULL);
    return TRUE;
}

static gboolean read_tcp(DaemonSettings *settings, ConfigFile *file, GError **error)
{
    gboolean listen_tls = FALSE;

    for (gsize i = 0; i < G_N_ELEMENTS(tls_keys); i++)
        has_key(file, tls_keys[i]);
    if (!config_file_get_bool(file, "listen_tcp", &settings->listen_tcp, error) ||
        !config_file_get_bool(file, "listen_tls", &listen_tls, error) ||
        !config_file_get_string(file, "tcp_port", &settings->tcp_port, error) ||
        !config_file_get_string(file, "listen_addr", &settings->listen_addr, error))
        return FALSE;
    if (listen_tls)
        return unsupported("listen_tls", "1", error);
    /* What stands there matters to those alone that listen; a system's unit may do so whatever the file says. */
    if (!read_auth(file, "auth_tcp", FALSE, &settings->auth_tcp, settings->listen_tcp ? error : NULL))
        return !settings->listen_tcp;
    return !settings->listen_tcp || settings_check_tcp(settings, error);
}

gboolean settings_check_tcp(const DaemonSettings *settings, GError **error)
{
    return settings->auth_tcp == DAEMON_AUTH_NONE || unsupported("auth_tcp", "\"sasl\" (the default)", error);
}

gboolean settings_read(DaemonSettings *settings, ConfigFile *file, gboolean has_tcp, const char *const *driver_keys,
                       GError **error)
{
    if (!read_unix(settings, file, error) || !read_access(settings, file, error) ||
        !read_numbers(settings, file, error) ||
        !config_file_get_string(file, "log_filters", &settings->log_filters, error) ||
        !config_file_get_string(file, "log_outputs", &settings->log_outputs, error) ||
        (has_tcp && !read_tcp(settings, file, error)))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(ignored); i++)
        if (has_key(file, ignored[i].key))
            log_info("%s has no effect: %s", ignored[i].key, ignored[i].why);
    for (const char *const *key = driver_keys; key && *key; key++)
        has_key(file, *key);
    return config_file_check_keys(file, error);
}
