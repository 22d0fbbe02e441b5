/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/qemu_config.h"

#include "common/config_file.h"
#include "common/error.h"
#include "common/log.h"
#include "config.h"
#include "virtqemud/cgroup/guest_cgroup.h"
#include "virtqemud/driver.h"
#include "virtqemud/host/memory_host.h"
#include "virtqemud/host/qemu_user.h"

#define PORT_MIN            5900
#define PORT_MAX            65535
#define WEBSOCKET_MIN       5700
#define GLUSTER_DEBUG_LEVEL 4
#define GLUSTER_DEBUG_MAX   9

/* Keys of the peer's file that do nothing here. A file that has them is still its owner's valid configuration. */
static const char *const without_effect[] = {
    "default_tls_x509_verify",
    "default_tls_x509_secret_uuid",
    "vnc_auto_unix_socket",
    "vnc_tls",
    "vnc_tls_x509_cert_dir",
    "vnc_tls_x509_secret_uuid",
    "vnc_tls_x509_verify",
    "vnc_password",
    "vnc_sasl",
    "vnc_sasl_dir",
    "vnc_allow_host_audio",
    "spice_auto_unix_socket",
    "spice_password",
    "spice_sasl",
    "spice_sasl_dir",
    "chardev_tls",
    "chardev_tls_x509_cert_dir",
    "chardev_tls_x509_verify",
    "chardev_tls_x509_secret_uuid",
    "vxhs_tls",
    "vxhs_tls_x509_cert_dir",
    "vxhs_tls_x509_secret_uuid",
    "nbd_tls_x509_secret_uuid",
    "migrate_tls_x509_cert_dir",
    "migrate_tls_x509_verify",
    "migrate_tls_x509_secret_uuid",
    "migrate_tls_force",
    "backup_tls_x509_cert_dir",
    "backup_tls_x509_verify",
    "backup_tls_x509_secret_uuid",
    "nographics_allow_host_audio",
    "security_driver",
    "security_default_confined",
    "security_require_confined",
    "remember_owner",
    "cgroup_device_acl",
    "save_image_format",
    "dump_image_format",
    "snapshot_image_format",
    "auto_dump_path",
    "auto_dump_bypass_cache",
    "auto_start_bypass_cache",
    "bridge_helper",
    "set_process_name",
    "max_processes",
    "max_files",
    "max_threads_per_process",
    "max_core",
    "dump_guest_core",
    "mac_filter",
    "relaxed_acs_check",
    "lock_manager",
    "max_queued",
    "keepalive_interval",
    "keepalive_count",
    "seccomp_sandbox",
    "migration_address",
    "migration_host",
    "migration_port_min",
    "migration_port_max",
    "log_timestamp",
    "nvram",
    "stdio_handler",
    "virtiofsd_debug",
    "namespaces",
    "pr_helper",
    "slirp_helper",
    "dbus_daemon",
    "swtpm_user",
    "swtpm_group",
    "capability_filters",
    "deprecation_behavior",
    "sched_core",
};

/* Says which settings are not followed, and keeps config_file_check_keys() from taking them for mistakes. */
static gboolean pass_over(ConfigFile *file, GError **error)
{
    g_autoptr(GPtrArray) keys = config_file_list_keys(file);

    for (guint i = 0; i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);

        for (gsize j = 0; j < G_N_ELEMENTS(without_effect); j++) {
            if (!g_str_equal(key, without_effect[j]))
                continue;
            log_warning("qemu.conf: %s has no effect", key);
            config_file_accept_key(file, key);
        }
    }
    return config_file_check_keys(file, error);
}

/* Only root may run QEMU as somebody else. The usual user may not be there; one that is asked for must be. */
static gboolean load_user(ConfigFile *file, GError **error)
{
    g_autofree char *user = NULL;
    g_autofree char *group = NULL;

    driver.dynamic_ownership = TRUE;
    if (!config_file_get_string(file, "user", &user, error) || !config_file_get_string(file, "group", &group, error) ||
        !config_file_get_bool(file, "dynamic_ownership", &driver.dynamic_ownership, error))
        return FALSE;
    if (!driver.is_privileged)
        return TRUE;
    if (!user && !qemu_user_exists(QEMU_USER)) {
        log_warning("there is no user '" QEMU_USER "', so guests run as root");
        return TRUE;
    }
    driver.qemu_user = qemu_user_find(user ? user : QEMU_USER, group ? group : QEMU_GROUP, error);
    if (driver.qemu_user && driver.qemu_user->uid == 0)
        g_clear_pointer(&driver.qemu_user, process_user_free);
    return driver.qemu_user || !*error;
}

/* Of the certificates for one purpose: what is configured, the usual directory for it, or the one for all. */
static gboolean load_tls_dir(ConfigFile *file, const char *key, const char *usual, const char *common, char **dir,
                             GError **error)
{
    if (!config_file_get_string(file, key, dir, error))
        return FALSE;
    if (!*dir)
        *dir = g_strdup(g_file_test(usual, G_FILE_TEST_IS_DIR) ? usual : common);
    return TRUE;
}

static gboolean load_tls(ConfigFile *file, GError **error)
{
    CommandSettings *settings = &driver.settings;
    g_autofree char *common = NULL;

    return load_tls_dir(file, "default_tls_x509_cert_dir", SYSCONFDIR "/pki/qemu", SYSCONFDIR "/pki/qemu", &common,
                        error) &&
           config_file_get_bool(file, "spice_tls", &settings->has_spice_tls, error) &&
           load_tls_dir(file, "spice_tls_x509_cert_dir", SYSCONFDIR "/pki/libvirt-spice", common,
                        &settings->spice_tls_dir, error) &&
           config_file_get_bool(file, "nbd_tls", &settings->has_nbd_tls, error) &&
           load_tls_dir(file, "nbd_tls_x509_cert_dir", SYSCONFDIR "/pki/libvirt-nbd", common, &settings->nbd_tls_dir,
                        error);
}

static gboolean load_memory(ConfigFile *file, GError **error)
{
    char *base = NULL;
    g_auto(GStrv) mounts = NULL;

    if (!config_file_get_string(file, "memory_backing_dir", &base, error) ||
        !config_file_get_list(file, "hugetlbfs_mount", &mounts, error))
        return FALSE;
    /* In the peer's layout what is configured has a part of its own for this driver. */
    driver.settings.memory_dir =
        base ? g_build_filename(base, "libvirt", "qemu", NULL) : g_build_filename(driver.lib_dir, "ram", NULL);
    g_free(base);
    memory_host_load(mounts);
    return TRUE;
}

static gboolean load_block(ConfigFile *file, GError **error)
{
    driver.settings.gluster_debug_level = GLUSTER_DEBUG_LEVEL;
    return config_file_get_int(file, "gluster_debug_level", 0, GLUSTER_DEBUG_MAX, &driver.settings.gluster_debug_level,
                               error);
}

static gboolean load_ports(ConfigFile *file, GError **error)
{
    driver.port_min = PORT_MIN;
    driver.port_max = PORT_MAX;
    driver.websocket_min = WEBSOCKET_MIN;
    driver.websocket_max = PORT_MAX;
    return config_file_get_int(file, "remote_display_port_min", PORT_MIN, PORT_MAX, &driver.port_min, error) &&
           config_file_get_int(file, "remote_display_port_max", driver.port_min, PORT_MAX, &driver.port_max, error) &&
           config_file_get_int(file, "remote_websocket_port_min", WEBSOCKET_MIN, PORT_MAX, &driver.websocket_min,
                               error) &&
           config_file_get_int(file, "remote_websocket_port_max", driver.websocket_min, PORT_MAX, &driver.websocket_max,
                               error);
}

/* Those of the list alone, if there is one; an empty one is none. */
static gboolean load_cgroups(ConfigFile *file, GError **error)
{
    g_auto(GStrv) controllers = NULL;

    if (!config_file_get_list(file, "cgroup_controllers", &controllers, error))
        return FALSE;
    guest_cgroup_init((const char *const *)controllers);
    return TRUE;
}

gboolean config_load(GError **error)
{
    g_autofree char *path = g_build_filename(daemon_config_dir(driver.daemon), "qemu.conf", NULL);
    g_autoptr(ConfigFile) file = config_file_load(path, FALSE, error);

    driver.vnc_listen = g_strdup("127.0.0.1");
    driver.spice_listen = g_strdup("127.0.0.1");
    return file && load_user(file, error) && config_file_get_string(file, "vnc_listen", &driver.vnc_listen, error) &&
           config_file_get_string(file, "spice_listen", &driver.spice_listen, error) && load_block(file, error) &&
           load_memory(file, error) && load_cgroups(file, error) && load_ports(file, error) && load_tls(file, error) &&
           pass_over(file, error);
}
