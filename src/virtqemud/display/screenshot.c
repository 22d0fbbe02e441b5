/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/display/screenshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/error.h"
#include "virtqemud/host/ownership.h"

gboolean screenshot_find(const DomainDef *def, guint screen, const char **alias, guint *head, GError **error)
{
    guint first = 0;

    for (guint i = 0; i < def->videos->len; i++) {
        const VideoDef *video = g_ptr_array_index(def->videos, i);
        guint heads = video->heads > 0 ? video->heads : 1;

        if (video->model == VIDEO_NONE)
            continue;
        if (screen < first + heads) {
            *alias = def->videos->len > 1 || heads > 1 ? video->info.alias : NULL;
            *head = screen - first;
            return TRUE;
        }
        first += heads;
    }
    if (first == 0)
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "no screens to take screenshot from");
    else
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "no such screen ID");
    return FALSE;
}

static json_object *dump_arguments(const char *path, const char *alias, guint head, gboolean as_png)
{
    json_object *arguments = json_object_new_object();

    json_add_string(arguments, "filename", path);
    if (alias) {
        json_add_string(arguments, "device", alias);
        json_add_int(arguments, "head", head);
    }
    if (as_png)
        json_add_string(arguments, "format", "png");
    return arguments;
}

int screenshot_take(Qmp *qmp, const char *dir, const char *alias, guint head, gboolean as_png, GError **error)
{
    g_autofree char *path = g_strdup_printf("%s/screenshot-XXXXXX", dir);
    g_autoptr(json_object) reply = NULL;
    int fd = mkostemp(path, O_CLOEXEC);

    if (fd < 0) {
        vir_error_set_errno(error, VIR_FROM_QEMU, errno, "Unable to create '%s'", path);
        return -1;
    }
    /* QEMU opens it, too. */
    if (!ownership_hand_over(path, error)) {
        unlink(path);
        close(fd);
        return -1;
    }
    reply = qmp_call(qmp, "screendump", dump_arguments(path, alias, head, as_png), QMP_TIMEOUT_MS, error);
    unlink(path);
    if (reply)
        return fd;
    close(fd);
    return -1;
}
