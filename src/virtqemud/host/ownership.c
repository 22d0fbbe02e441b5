/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host/ownership.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "common/file.h"
#include "common/log.h"
#include "virtqemud/driver.h"
#include "virtqemud/host/device_files.h"
#include "virtqemud/host/seclabel.h"

#define RECORD_SUFFIX ".owners"
#define ENDING_SUFFIX ".ending" /* behind that of a record: it is being given back */

/* Whose a file was. device and inode tell whether what is given back is still what was taken. */
typedef struct {
    uid_t uid;
    gid_t gid;
    dev_t device;
    ino_t inode;
} Owner;

/* A file that is QEMU's now. */
typedef struct {
    Owner owner;
    guint refs;       /* runs that use it */
    gboolean is_busy; /* a thread changes it; others wait for taken_changed */
} Taken;

/* lock guards the table and its entries; it is never held while a disk is asked. */
static GMutex lock;
static GCond taken_changed;
static GHashTable *taken; /* path -> Taken */

static gboolean is_active(void)
{
    return driver.qemu_user && driver.dynamic_ownership;
}

static char *record_path(const char *run)
{
    return g_strdup_printf("%s/%s" RECORD_SUFFIX, driver.state_dir, run);
}

/* The entry for path once nobody is at it; claims it. NULL: there is none. lock is held. */
static Taken *claim(const char *path)
{
    Taken *entry;

    if (!taken)
        taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    while ((entry = g_hash_table_lookup(taken, path)) && entry->is_busy)
        g_cond_wait(&taken_changed, &lock);
    if (entry)
        entry->is_busy = TRUE;
    return entry;
}

static Taken *add_entry(const char *path)
{
    Taken *entry = g_new0(Taken, 1);

    entry->is_busy = TRUE;
    g_hash_table_insert(taken, g_strdup(path), entry);
    return entry;
}

/* Lets go of a claimed entry, which is dropped when no run uses it. */
static void release(const char *path, Taken *entry)
{
    g_mutex_lock(&lock);
    entry->is_busy = FALSE;
    if (entry->refs == 0)
        g_hash_table_remove(taken, path);
    g_cond_broadcast(&taken_changed);
    g_mutex_unlock(&lock);
}

/* ---- records ---- */

static gboolean write_line(int fd, const char *path, const Owner *owner)
{
    g_autofree char *escaped = g_strescape(path, NULL);
    g_autofree char *line = g_strdup_printf("%u %u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %s\n", owner->uid,
                                            owner->gid, (guint64)owner->device, (guint64)owner->inode, escaped);

    return write(fd, line, strlen(line)) == (gssize)strlen(line);
}

/* Reads one line; NULL when it is none. Caller frees the path. */
static char *read_line(const char *line, Owner *owner)
{
    guint64 device, inode;
    int length = 0;

    if (sscanf(line, "%u %u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %n", &owner->uid, &owner->gid, &device, &inode,
               &length) != 4 ||
        !length || !line[length])
        return NULL;
    owner->device = (dev_t)device;
    owner->inode = (ino_t)inode;
    return g_strcompress(line + length);
}

typedef void (*RecordFunc)(const char *path, const Owner *owner);

static void each_line(const char *record, RecordFunc each)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(record, &text, NULL, NULL))
        return;
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        Owner owner;
        g_autofree char *path = read_line(*line, &owner);

        if (path)
            each(path, &owner);
    }
}

/* ---- taking ---- */

/* A file system that has no owners, or keeps them to itself, lets QEMU in by its own rules, or not: it will say so. */
static gboolean is_bearable(int errnum)
{
    return errnum == EPERM || errnum == EROFS || errnum == EOPNOTSUPP || errnum == ENOSYS;
}

static gboolean change_owner(const char *path, GError **error)
{
    if (chown(path, driver.qemu_user->uid, driver.qemu_user->gid) == 0)
        return TRUE;
    if (is_bearable(errno)) {
        log_info("'%s' cannot be given to QEMU's user: %s", path, g_strerror(errno));
        return TRUE;
    }
    vir_error_set_errno(error, VIR_FROM_QEMU, errno, "unable to set user and group to '%u:%u' on '%s'",
                        driver.qemu_user->uid, driver.qemu_user->gid, path);
    return FALSE;
}

/* Changes a file that is claimed and nobody else's. FALSE with *error NULL: it is not to be changed. */
static gboolean take_new(const char *path, Taken *entry, int record, GError **error)
{
    struct stat info;

    if (stat(path, &info) < 0 || (info.st_uid == driver.qemu_user->uid && info.st_gid == driver.qemu_user->gid))
        return FALSE;
    entry->owner = (Owner){info.st_uid, info.st_gid, info.st_dev, info.st_ino};
    if (!write_line(record, path, &entry->owner)) {
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "cannot note the owner of '%s'", path);
        return FALSE;
    }
    return change_owner(path, error);
}

static gboolean take_path(const char *path, int record, GError **error)
{
    GError *problem = NULL;
    Taken *entry;

    g_mutex_lock(&lock);
    entry = claim(path);
    if (!entry)
        entry = add_entry(path);
    g_mutex_unlock(&lock);
    if (entry->refs > 0 ? write_line(record, path, &entry->owner) : take_new(path, entry, record, &problem))
        entry->refs++;
    release(path, entry);
    if (problem)
        g_propagate_error(error, problem);
    return !problem;
}

/* What a file-backed character device is to write to must be there, as QEMU's user may not make it. */
static void make_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);

    if (fd >= 0)
        close(fd);
}

static void add_char_source(GPtrArray *paths, const CharSource *source)
{
    if (source->type != CHAR_SOURCE_FILE || !source->path)
        return;
    make_file(source->path);
    g_ptr_array_add(paths, g_strdup(source->path));
}

static void add_chars(GPtrArray *paths, const GPtrArray *defs)
{
    for (guint i = 0; i < defs->len; i++)
        add_char_source(paths, &((const CharDef *)g_ptr_array_index(defs, i))->source);
}

/* What is in a directory stays its owner's. */
static void add_source(GPtrArray *paths, const DiskSource *source)
{
    if (disk_source_local_path(source) && disk_source_type(source) != DISK_SOURCE_DIR)
        g_ptr_array_add(paths, g_strdup(source->path));
}

static void add_disk(GPtrArray *paths, const DiskDef *disk)
{
    add_source(paths, &disk->source);
    for (const DiskBacking *backing = disk->backing; backing; backing = backing->backing)
        add_source(paths, &backing->source);
}

static void add_firmware_files(GPtrArray *paths, const DomainDef *def)
{
    for (guint i = 0; def->sysinfos && i < def->sysinfos->len; i++) {
        const SysinfoDef *sysinfo = g_ptr_array_index(def->sysinfos, i);

        for (guint j = 0; sysinfo->files && j < sysinfo->files->len; j++) {
            const SysinfoEntry *entry = g_ptr_array_index(sysinfo->files, j);

            if (entry->file)
                g_ptr_array_add(paths, g_strdup(entry->file));
        }
    }
}

static GPtrArray *list_paths(const DomainDef *def)
{
    char *const boot[] = {def->os->kernel, def->os->initrd, def->os->dtb, def->os->nvram, def->os->acpi_table_file};
    GPtrArray *paths = device_files_own(def);

    for (gsize i = 0; i < G_N_ELEMENTS(boot); i++)
        if (boot[i])
            g_ptr_array_add(paths, g_strdup(boot[i]));
    if (def->os->nvram_store)
        add_source(paths, &def->os->nvram_store->source);
    add_firmware_files(paths, def);
    for (guint i = 0; i < def->disks->len; i++)
        add_disk(paths, g_ptr_array_index(def->disks, i));
    add_chars(paths, def->serials);
    add_chars(paths, def->parallels);
    add_chars(paths, def->channels);
    add_chars(paths, def->consoles);
    return paths;
}

static gboolean take(const DomainDef *def, const char *run, int flag, GError **error)
{
    g_autofree char *record = record_path(run);
    g_autoptr(GPtrArray) paths = NULL;
    gboolean ok = TRUE;
    int fd;

    if (!is_active() || !seclabel_gives_files(def))
        return TRUE;
    fd = open(record, O_WRONLY | O_CREAT | flag | O_CLOEXEC, 0600);
    if (fd < 0) {
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "cannot write '%s'", record);
        return FALSE;
    }
    paths = list_paths(def);
    for (guint i = 0; ok && i < paths->len; i++)
        ok = take_path(g_ptr_array_index(paths, i), fd, error);
    close(fd);
    return ok;
}

gboolean ownership_take(const DomainDef *def, const char *run, GError **error)
{
    return take(def, run, O_TRUNC, error);
}

gboolean ownership_take_more(const DomainDef *def, const char *run, GError **error)
{
    return take(def, run, O_APPEND, error);
}

/* ---- giving back ---- */

/* Only the very file that was taken, and without following a link that QEMU's user may have put in its place. */
static void restore(const char *path, const Owner *owner)
{
    struct stat info;
    g_autofree char *real = realpath(path, NULL);
    int fd = real ? open(real, O_PATH | O_NOFOLLOW | O_CLOEXEC) : -1;

    if (fd < 0 || fstat(fd, &info) < 0)
        log_info("'%s' is not given back: %s", path, g_strerror(errno));
    else if (info.st_dev != owner->device || info.st_ino != owner->inode)
        log_info("'%s' is not given back: it is another file now", path);
    else if (fchownat(fd, "", owner->uid, owner->gid, AT_EMPTY_PATH) < 0)
        log_warning("'%s' cannot be given back: %s", path, g_strerror(errno));
    if (fd >= 0)
        close(fd);
}

static void give_back_path(const char *path, const Owner *owner)
{
    Taken *entry;

    g_mutex_lock(&lock);
    entry = claim(path);
    /* Of a run that this daemon never knew. */
    if (!entry) {
        entry = add_entry(path);
        entry->refs = 1;
    }
    g_mutex_unlock(&lock);
    if (--entry->refs == 0)
        restore(path, owner);
    release(path, entry);
}

static void work_give_back(gpointer data)
{
    each_line(data, give_back_path);
    unlink(data);
}

void ownership_give_back(const char *run)
{
    g_autofree char *record = record_path(run);
    g_autofree char *ending = g_strconcat(record, ENDING_SUFFIX, NULL);

    /* Renamed first, so that nothing is given back twice. */
    if (rename(record, ending) == 0)
        daemon_run_worker(driver.daemon, work_give_back, g_free, g_steal_pointer(&ending));
}

/* ---- a part of a run's ---- */

/* Moves the first line about each of the paths from the record's text into the other. */
static char *split_record(const char *text, const GPtrArray *paths, GString *moved)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GHashTable) wanted = g_hash_table_new(g_str_hash, g_str_equal);
    GString *kept = g_string_new(NULL);

    for (guint i = 0; i < paths->len; i++)
        g_hash_table_add(wanted, paths->pdata[i]);
    for (char **line = lines; *line; line++) {
        Owner owner;
        g_autofree char *path = read_line(*line, &owner);

        if (path)
            g_string_append_printf(g_hash_table_remove(wanted, path) ? moved : kept, "%s\n", *line);
    }
    return g_string_free(kept, FALSE);
}

/* What is moved stands in both records for a moment, so that a daemon that is killed forgets nothing. */
void ownership_give_back_some(const DomainDef *def, const char *run)
{
    static guint n;
    g_autofree char *record = record_path(run);
    g_autofree char *ending =
        g_strdup_printf("%s/%s.%d.%u" RECORD_SUFFIX ENDING_SUFFIX, driver.state_dir, run, (int)getpid(), n++);
    g_autoptr(GPtrArray) paths = is_active() ? list_paths(def) : g_ptr_array_new();
    g_autoptr(GString) moved = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    g_autofree char *kept = NULL;

    if (paths->len == 0 || !g_file_get_contents(record, &text, NULL, NULL))
        return;
    kept = split_record(text, paths, moved);
    if (moved->len == 0)
        return;
    if (file_replace(ending, moved->str, 0600, VIR_FROM_QEMU, &error) &&
        file_replace(record, kept, 0600, VIR_FROM_QEMU, &error))
        daemon_run_worker(driver.daemon, work_give_back, g_free, g_steal_pointer(&ending));
    else
        log_warning("files of '%s' stay QEMU's until its end: %s", run, error->message);
}

/* ---- after a restart ---- */

static void adopt_path(const char *path, const Owner *owner)
{
    Taken *entry;

    g_mutex_lock(&lock);
    entry = claim(path);
    if (!entry)
        entry = add_entry(path);
    entry->owner = *owner;
    entry->refs++;
    entry->is_busy = FALSE;
    g_mutex_unlock(&lock);
}

void ownership_adopt(const char *run)
{
    g_autofree char *record = record_path(run);

    each_line(record, adopt_path);
}

void ownership_finish(void)
{
    g_autoptr(GDir) entries = g_dir_open(driver.state_dir, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries)))
        if (g_str_has_suffix(name, RECORD_SUFFIX ENDING_SUFFIX))
            daemon_run_worker(driver.daemon, work_give_back, g_free, g_build_filename(driver.state_dir, name, NULL));
}

gboolean ownership_hand_over(const char *path, GError **error)
{
    return !driver.qemu_user || change_owner(path, error);
}
