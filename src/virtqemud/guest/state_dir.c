/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/state_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "common/file.h"
#include "common/log.h"
#include "common/parallel.h"
#include "conf/domain/domain_status.h"
#include "virtqemud/cgroup/guest_cgroup.h"
#include "virtqemud/guest/adopt.h"
#include "virtqemud/guest/guest_list.h"
#include "virtqemud/guest/messages.h"
#include "virtqemud/helper/dbus_host.h"
#include "virtqemud/helper/run_helper.h"
#include "virtqemud/host/memory_host.h"
#include "virtqemud/host/ownership.h"

#define STATUS_FILE_MAX XML_DOCUMENT_MAX

static char *status_path(const Guest *guest)
{
    return g_strdup_printf("%s/%s.xml", driver.state_dir, guest->name);
}

/* What only we need: whom to look for, where, and how far the start has come. */
static void write_private(XmlWriter *writer, const DomainDef *def, gpointer data)
{
    const Guest *guest = data;

    xml_open(writer, "modvirt");
    xml_write_attributef(writer, "startTime", "%" G_GUINT64_FORMAT, process_start_time(guest->process));
    xml_write_attribute(writer, "dir", guest->dir);
    xml_write_attribute(writer, "published", guest->is_published ? "yes" : "no");
    xml_write_attribute(writer, "persistent", guest->is_persistent ? "yes" : "no");
    if (guest->stop_reason != VIR_DOMAIN_SHUTOFF_UNKNOWN)
        xml_write_attributef(writer, "stopReason", "%d", guest->stop_reason);
    xml_close(writer);
    /* The peer's own element for the same socket. */
    xml_open(writer, "monitor");
    xml_write_attributef(writer, "path", "%s/monitor.sock", guest->dir);
    xml_write_attribute(writer, "type", "unix");
    xml_close(writer);
    messages_write(writer, &guest->messages);
}

static gboolean read_private(xmlNode *node, DomainDef *def, gpointer data, GError **error)
{
    StatusRecord *record = data;
    xmlNode *own = xml_child(node, "modvirt");
    g_autofree char *start_time = own ? xml_attribute(own, "startTime") : NULL;
    g_autofree char *published = own ? xml_attribute(own, "published") : NULL;
    g_autofree char *persistent = own ? xml_attribute(own, "persistent") : NULL;
    g_autofree char *stop_reason = own ? xml_attribute(own, "stopReason") : NULL;

    if (!own || !start_time) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                      "the state file is another product's; its guest is left alone");
        return FALSE;
    }
    record->start_time = g_ascii_strtoull(start_time, NULL, 10);
    record->dir = xml_attribute(own, "dir");
    record->is_published = g_strcmp0(published, "yes") == 0;
    record->is_persistent = g_strcmp0(persistent, "yes") == 0;
    record->stop_reason = stop_reason ? atoi(stop_reason) : VIR_DOMAIN_SHUTOFF_UNKNOWN;
    messages_read(node, &record->messages);
    return TRUE;
}

static const DomainStatusHooks hooks = {write_private, read_private};

gboolean state_dir_write(Guest *guest, GError **error)
{
    g_autofree char *path = status_path(guest);
    DomainStatus status = {
        .state = guest_state_public(guest->state), .reason = guest->reason, .pid = process_pid(guest->process)};
    g_autofree char *text = NULL;

    if (!guest->live)
        return TRUE;
    if (guest->state == GUEST_STARTING) {
        status.state = VIR_DOMAIN_PAUSED;
        status.reason = VIR_DOMAIN_PAUSED_STARTING_UP;
    }
    text = domain_status_format(&status, guest->plugging ? guest->plugging : guest->live, &hooks, guest);
    return file_replace(path, text, 0600, VIR_FROM_QEMU, error);
}

void state_dir_save(Guest *guest)
{
    g_autoptr(GError) error = NULL;

    if (!state_dir_write(guest, &error))
        log_error("guest '%s': %s", guest->name, error->message);
}

const char *state_dir_run_name(const char *dir)
{
    return strrchr(dir, '/') + 1;
}

/* The directory of a run holds sockets only. */
void state_dir_remove_run(const char *dir, const char *partition)
{
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    const char *name;

    run_helper_end_all(state_dir_run_name(dir));
    while (entries && (name = g_dir_read_name(entries))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);

        unlink(path);
    }
    rmdir(dir);
    guest_cgroup_end(partition, state_dir_run_name(dir));
    dbus_host_remove(state_dir_run_name(dir));
    memory_host_end(state_dir_run_name(dir));
    ownership_give_back(state_dir_run_name(dir));
}

void state_dir_remove(Guest *guest)
{
    g_autofree char *path = status_path(guest);

    unlink(path);
    if (guest->dir)
        state_dir_remove_run(guest->dir, guest->live ? guest->live->resource_partition : NULL);
}

/* ---- finding again ---- */

/* A state file, and what it says. */
typedef struct {
    char *path;
    StatusRecord record; /* without def when it is not understood */
    GError *error;
} StateFile;

static void state_file_free(gpointer data)
{
    StateFile *file = data;

    g_free(file->path);
    g_free(file->record.dir);
    messages_clear(&file->record.messages);
    domain_def_free(file->record.def);
    g_clear_error(&file->error);
    g_free(file);
}

static GPtrArray *list_state_files(void)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(state_file_free);
    g_autoptr(GDir) entries = g_dir_open(driver.state_dir, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries))) {
        StateFile *file;

        if (!g_str_has_suffix(name, ".xml"))
            continue;
        file = g_new0(StateFile, 1);
        file->path = g_build_filename(driver.state_dir, name, NULL);
        g_ptr_array_add(files, file);
    }
    return files;
}

/* On one of some threads. */
static void read_state_file(gpointer data, gpointer unused)
{
    StateFile *file = data;
    StatusRecord *record = &file->record;
    g_autofree char *text = NULL;
    gsize size;

    if (!g_file_get_contents(file->path, &text, &size, &file->error))
        return;
    if (size <= STATUS_FILE_MAX)
        record->def = domain_status_parse(text, &record->status, NULL, &hooks, record, &file->error);
    else
        vir_error_set(&file->error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "it is too large");
}

/* FALSE when there is somebody's guest that we do not understand. */
static gboolean take_state_file(StateFile *file)
{
    if (file->record.def) {
        adopt_guest(&file->record);
        return TRUE;
    }
    log_error("cannot use the state file %s: %s", file->path, file->error->message);
    return FALSE;
}

static void keep_run_dir(Guest *guest, gpointer data)
{
    if (guest->dir)
        g_hash_table_remove(data, guest->dir);
}

/* Of starts that were cut short with their daemon. */
static void remove_stale_run_dirs(void)
{
    g_autoptr(GDir) entries = g_dir_open(driver.lib_dir, 0, NULL);
    g_autoptr(GHashTable) stale = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer dir;
    const char *name;

    while (entries && (name = g_dir_read_name(entries)))
        if (g_str_has_prefix(name, "domain-"))
            g_hash_table_add(stale, g_build_filename(driver.lib_dir, name, NULL));
    guest_list_each(driver.guests, keep_run_dir, stale);
    g_hash_table_iter_init(&iter, stale);
    while (g_hash_table_iter_next(&iter, &dir, NULL))
        state_dir_remove_run(dir, NULL);
}

void state_dir_load(void)
{
    g_autoptr(GPtrArray) files = NULL;
    gboolean is_all_ours = TRUE;

    ownership_finish();
    file_sweep(driver.state_dir);
    files = list_state_files();
    parallel_each(files, read_state_file);
    for (guint i = 0; i < files->len; i++)
        is_all_ours = take_state_file(files->pdata[i]) && is_all_ours;
    if (is_all_ours)
        remove_stale_run_dirs();
}
