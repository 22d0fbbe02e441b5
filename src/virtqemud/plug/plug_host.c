/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/plug/plug_host.h"

#include "virtqemud/device/disk_source.h"
#include "virtqemud/guest/live_values.h"
#include "virtqemud/host/device_files.h"
#include "virtqemud/host/memory_host.h"
#include "virtqemud/host/ownership.h"
#include "virtqemud/host/secret_host.h"
#include "virtqemud/interface/interface_host.h"
#include "virtqemud/storage/image_chain.h"
#include "virtqemud/storage/storage.h"
#include "virtqemud/storage/transient.h"
#include "virtqemud/storage/volume_peer.h"

gboolean plug_host_look(DomainDef *view, GError **error)
{
    if (disk_needs_pr_helper(view))
        return unsupported(error, "managed reservations of a disk that comes to a guest that runs");
    if (!volume_peer_resolve(view, error) || !storage_prepare(view, FALSE, NULL, error) ||
        !device_files_check(view, error) || !transient_prepare(view, error) || !image_chain_complete(view, error))
        return FALSE;
    live_values_settle(view);
    return TRUE;
}

gboolean plug_host_prepare(PlugHost *host, DomainDef *view, const char *run, GError **error)
{
    host->secrets = secret_host_prepare(view, error);
    if (!host->secrets)
        return FALSE;
    host->has_files = TRUE;
    if (!memory_host_prepare(view, run, error) || !ownership_take_more(view, run, error))
        return FALSE;
    host->interfaces = interface_host_prepare(view, error);
    return host->interfaces != NULL;
}

void plug_host_clear(PlugHost *host)
{
    g_clear_pointer(&host->secrets, g_hash_table_unref);
    g_clear_pointer(&host->interfaces, g_ptr_array_unref);
}

void plug_host_release(DomainDef *def, const char *run, gboolean has_links)
{
    transient_remove(def);
    ownership_give_back_some(def, run);
    if (has_links)
        interface_host_release(def);
    else
        domain_def_free(def);
}
