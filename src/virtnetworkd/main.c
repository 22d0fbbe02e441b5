/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virtnetworkd: the network driver's daemon. */
#include "common/error.h"
#include "common/file.h"
#include "common/log.h"
#include "daemon/poll.h"
#include "virtnetworkd/calls/handlers.h"
#include "virtnetworkd/host/firewalld.h"
#include "virtnetworkd/job/autostart.h"
#include "virtnetworkd/job/network_job.h"
#include "virtnetworkd/listen.h"
#include "virtnetworkd/store.h"

static PollItem *links_item;

/* Calls func for every network that is_wanted takes; func may change the table. */
static void for_each(gboolean (*is_wanted)(const Network *), void (*func)(Network *))
{
    g_autoptr(GList) networks = g_hash_table_get_values(network_driver.by_name);

    for (GList *item = networks; item; item = item->next) {
        if (is_wanted(item->data))
            func(item->data);
    }
}

static gboolean is_active(const Network *network)
{
    return network_is_active(network);
}

static void on_links_changed(guint32 events, gpointer data)
{
    network_job_look();
    listen_refresh();
}

static gboolean make_dirs(Daemon *daemon, GError **error)
{
    gboolean is_system = daemon_is_privileged(daemon);

    network_driver.config_dir = g_build_filename(daemon_config_dir(daemon), "qemu", "networks", NULL);
    network_driver.autostart_dir = g_build_filename(network_driver.config_dir, "autostart", NULL);
    network_driver.run_dir = g_build_filename(daemon_run_dir(daemon), "network", is_system ? NULL : "lib", NULL);
    network_driver.files_dir = g_build_filename(daemon_lib_dir(daemon), "dnsmasq", NULL);
    network_driver.hooks_dir = g_build_filename(daemon_config_dir(daemon), "hooks", NULL);
    return file_make_dir(network_driver.autostart_dir, 0700, VIR_FROM_NETWORK, error) &&
           file_make_dir(network_driver.run_dir, 0755, VIR_FROM_NETWORK, error) &&
           file_make_dir(network_driver.files_dir, 0755, VIR_FROM_NETWORK, error);
}

static void on_firewalld_reloaded(void)
{
    for_each(is_active, network_job_repair);
}

static gboolean start(Daemon *daemon, GError **error)
{
    network_driver.daemon = daemon;
    network_driver.by_name = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)network_unref);
    if (!make_dirs(daemon, error) || !daemon_hold_state(daemon, network_driver.run_dir, error))
        return FALSE;
    network_driver.links = link_table_new(error);
    if (!network_driver.links)
        return FALSE;
    links_item = poll_add(poll_set_get(), link_table_fd(network_driver.links), EPOLLIN, on_links_changed, NULL);
    store_load();
    for_each(is_active, network_job_repair);
    if (store_is_first_start())
        autostart_networks();
    firewalld_watch(on_firewalld_reloaded);
    return TRUE;
}

static void stop(Daemon *daemon)
{
    g_clear_pointer(&links_item, poll_remove);
    g_clear_pointer(&network_driver.links, link_table_free);
    g_clear_pointer(&network_driver.by_name, g_hash_table_unref);
    g_free(network_driver.config_dir);
    g_free(network_driver.autostart_dir);
    g_free(network_driver.run_dir);
    g_free(network_driver.files_dir);
    g_free(network_driver.hooks_dir);
}

static gboolean is_busy(Daemon *daemon)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, network_driver.by_name);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Network *network = value;

        if (network_is_active(network) || network->jobs.length > 0)
            return TRUE;
    }
    return FALSE;
}

static void client_closed(Daemon *daemon, DaemonClient *client)
{
    listen_client_closed(client);
}

static const DaemonProgram programs[] = {
    {&rpc_program_listen, &listen_handlers}, {&rpc_program_netcheck, &netcheck_handlers}, {NULL, NULL}};

static const DaemonDriver driver = {
    .name = "virtnetworkd",
    .type = "network",
    .uri_scheme = "network",
    .object_kinds = 1u << RPC_OBJECT_NETWORK | 1u << RPC_OBJECT_NETWORK_PORT,
    .remote = &network_handlers,
    .programs = programs,
    .start = start,
    .stop = stop,
    .is_busy = is_busy,
    .client_closed = client_closed,
};

int main(int argc, char **argv)
{
    return daemon_main(&driver, argc, argv);
}
