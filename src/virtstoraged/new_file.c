/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtstoraged/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"

#define PREFIX       ".virtstoraged-new-"
#define MODE_DEFAULT 0600

char *new_file_path(const char *target)
{
    g_autofree char *dir = g_path_get_dirname(target);

    return g_strdup_printf("%s/" PREFIX "%08x%08x", dir, g_random_int(), g_random_int());
}

NewFile *new_file_open(const char *path, const char *target, GError **error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, MODE_DEFAULT);
    NewFile *file;

    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0) {
        vir_error_set_errno(error, VIR_FROM_STORAGE, errno, "Failed to create file '%s'", target);
        if (fd >= 0) {
            unlink(path);
            close(fd);
        }
        return NULL;
    }
    file = g_new0(NewFile, 1);
    *file = (NewFile){g_strdup(path), g_strdup(target), fd};
    return file;
}

static gboolean set_permissions(const NewFile *file, const StoragePermissions *permissions)
{
    if ((permissions->owner >= 0 || permissions->group >= 0) &&
        fchown(file->fd, (uid_t)permissions->owner, (gid_t)permissions->group) < 0)
        return FALSE;
    return fchmod(file->fd, permissions->mode < 0 ? MODE_DEFAULT : (mode_t)permissions->mode) == 0;
}

/* Some file systems cannot rename without replacing; there a link does it. */
static gboolean give_name(const NewFile *file)
{
    if (renameat2(AT_FDCWD, file->path, AT_FDCWD, file->target, RENAME_NOREPLACE) == 0)
        return TRUE;
    return errno == EINVAL && link(file->path, file->target) == 0 && unlink(file->path) == 0;
}

static gboolean sync_dir(const char *target)
{
    g_autofree char *dir = g_path_get_dirname(target);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    gboolean ok = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return ok;
}

gboolean new_file_commit(NewFile *file, const StoragePermissions *permissions, GError **error)
{
    if (!set_permissions(file, permissions) || fsync(file->fd) < 0) {
        vir_error_set_errno(error, VIR_FROM_STORAGE, errno, "cannot complete file '%s'", file->target);
        return FALSE;
    }
    if (!give_name(file)) {
        if (errno == EEXIST)
            vir_error_set(error, VIR_FROM_STORAGE, VIR_ERR_OPERATION_INVALID, "volume target path '%s' already exists",
                          file->target);
        else
            vir_error_set_errno(error, VIR_FROM_STORAGE, errno, "cannot name file '%s'", file->target);
        return FALSE;
    }
    g_clear_pointer(&file->path, g_free);
    if (sync_dir(file->target))
        return TRUE;
    vir_error_set_errno(error, VIR_FROM_STORAGE, errno, "cannot sync the directory of '%s'", file->target);
    return FALSE;
}

void new_file_free(NewFile *file)
{
    if (!file)
        return;
    if (file->path)
        unlink(file->path);
    close(file->fd);
    g_free(file->path);
    g_free(file->target);
    g_free(file);
}

gboolean new_file_is_name(const char *name)
{
    return g_str_has_prefix(name, PREFIX);
}

void new_file_sweep(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        unlink(path);
    close(fd);
}
