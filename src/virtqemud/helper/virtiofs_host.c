/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/helper/virtiofs_host.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/error.h"
#include "common/json.h"
#include "virtqemud/command/build.h"
#include "virtqemud/driver.h"
#include "virtqemud/guest/state_dir.h"
#include "virtqemud/helper/run_helper.h"
#include "virtqemud/host/ownership.h"

#define DESCRIPTIONS      "/usr/share/qemu/vhost-user"
#define DESCRIPTION_MAX   (64 * 1024)
#define DESCRIPTION_DEPTH 8

/* ---- the program ---- */

/* The program of a description of helpers (QEMU, docs/interop/vhost-user.json), if it is one for file systems. */
static char *read_description(const char *path)
{
    g_autofree char *text = NULL;
    g_autoptr(json_object) description = NULL;
    const char *binary;
    gsize size;

    if (!g_file_get_contents(path, &text, &size, NULL) || size > DESCRIPTION_MAX)
        return NULL;
    description = json_parse(text, size, DESCRIPTION_DEPTH, VIR_FROM_QEMU, NULL);
    binary = description ? json_get_string(description, "binary") : NULL;
    if (!binary || g_strcmp0(json_get_string(description, "type"), "fs") != 0 || access(binary, X_OK) < 0)
        return NULL;
    return g_strdup(binary);
}

/* The first one by file name. */
static char *find_program(void)
{
    g_autoptr(GDir) dir = g_dir_open(DESCRIPTIONS, 0, NULL);
    g_autofree char *first = NULL;
    char *program = NULL;
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(DESCRIPTIONS, name, NULL);
        char *found =
            g_str_has_suffix(name, ".json") && (!first || strcmp(name, first) < 0) ? read_description(path) : NULL;

        if (!found)
            continue;
        g_free(program);
        program = found;
        g_free(first);
        first = g_strdup(name);
    }
    return program;
}

/* ---- one directory ---- */

static int listen_at(const char *path, GError **error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (g_strlcpy(address.sun_path, path, sizeof(address.sun_path)) >= sizeof(address.sun_path)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "UNIX socket path '%s' too long", path);
    } else if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || chmod(path, 0600) < 0 ||
               listen(fd, 1) < 0) {
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "cannot listen at '%s'", path);
    } else if (ownership_hand_over(path, error)) {
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

static void add_lock(GString *options, const char *what, XmlBool value)
{
    if (value)
        g_string_append_printf(options, ",%s%s", value == XML_BOOL_NO ? "no_" : "", what);
}

static void add_options(Command *command, const FilesystemDef *filesystem)
{
    g_autoptr(GString) options = g_string_new("source=");

    /* A comma ends a name, unless it is there twice. */
    for (const char *c = filesystem->dir; *c; c++)
        g_string_append_printf(options, *c == ',' ? "%c," : "%c", *c);
    if (filesystem->cache)
        g_string_append_printf(options, ",cache=%s", filesystem_caches[filesystem->cache]);
    if (filesystem->sandbox)
        g_string_append_printf(options, ",sandbox=%s", filesystem_sandboxes[filesystem->sandbox]);
    add_lock(options, "xattr", filesystem->xattr);
    add_lock(options, "flock", filesystem->lock_flock);
    add_lock(options, "posix_lock", filesystem->lock_posix);
    command_add(command, "-o", options->str);
    if (filesystem->thread_pool_size > 0) {
        g_autofree char *size = g_strdup_printf("--thread-pool-size=%u", filesystem->thread_pool_size);

        command_add(command, size, NULL);
    }
}

static gboolean start_one(const DomainDef *def, FilesystemDef *filesystem, const char *dir, GError **error)
{
    g_autofree char *socket = filesystem_socket_path(filesystem, dir);
    g_autofree char *what = g_strdup_printf("%s-fs", filesystem->info.alias);
    g_autofree char *fd_option = NULL;
    g_autoptr(Command) command = NULL;
    gboolean ok;
    int fd;

    if (!driver.is_privileged)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                              "virtiofs is not yet supported in session mode");
    g_free(filesystem->program);
    filesystem->program = filesystem->binary ? g_strdup(filesystem->binary) : find_program();
    if (!filesystem->program)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED, "virtiofs: virtiofsd is not installed");
    if (!g_file_test(filesystem->dir, G_FILE_TEST_IS_DIR))
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED,
                              "the virtiofs export directory '%s' does not exist", filesystem->dir);
    fd = listen_at(socket, error);
    if (fd < 0)
        return FALSE;
    command = command_new(filesystem->program);
    fd_option = g_strdup_printf("--fd=%d", fd);
    command_add(command, fd_option, NULL);
    command_pass_fd(command, fd);
    add_options(command, filesystem);
    ok = run_helper_start(command, def->name, NULL, state_dir_run_name(dir), what, NULL, error);
    close(fd);
    return ok;
}

gboolean virtiofs_host_start(DomainDef *def, const char *dir, GError **error)
{
    for (guint i = 0; i < def->filesystems->len; i++) {
        FilesystemDef *filesystem = g_ptr_array_index(def->filesystems, i);

        if (filesystem->driver == FILESYSTEM_DRIVER_VIRTIOFS && !filesystem->socket &&
            !start_one(def, filesystem, dir, error))
            return FALSE;
    }
    return TRUE;
}
