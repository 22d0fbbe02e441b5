/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virsh/edit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *editor(void)
{
    const char *name = g_getenv("VISUAL");

    if (!name || !*name)
        name = g_getenv("EDITOR");
    return name && *name ? name : "vi";
}

/* The editor may be a command with options, which the shell takes apart. */
static gboolean run_editor(Shell *shell, const char *path)
{
    g_autofree char *command = g_strdup_printf("%s \"$1\"", editor());
    const char *argv[] = {"/bin/sh", "-c", command, "sh", path, NULL};
    int status = 0;

    if (g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, NULL, NULL, &status, NULL) &&
        status == 0)
        return TRUE;
    shell_error(shell, "%s: command exited with non-zero status", editor());
    return FALSE;
}

static char *make_file(Shell *shell, const char *xml)
{
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "virshXXXXXX.xml", NULL);
    int fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
    gssize size = (gssize)strlen(xml);

    if (fd >= 0 && write(fd, xml, (size_t)size) == size && close(fd) == 0)
        return g_steal_pointer(&path);
    shell_error(shell, "cannot write the temporary file %s", path);
    return NULL;
}

static gboolean asks_again(Shell *shell)
{
    char answer[16] = "";

    if (!isatty(STDIN_FILENO))
        return FALSE;
    printf("Failed. Try again? [y,n]: ");
    fflush(stdout);
    return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static gboolean edit_file(Shell *shell, const char *path, const char *text, const char *what, EditDefine define,
                          gpointer data)
{
    do {
        g_autofree char *changed = run_editor(shell, path) ? shell_read_file(shell, path) : NULL;

        if (!changed)
            return FALSE;
        if (strcmp(changed, text) == 0) {
            shell_say(shell, "%s not changed.", what);
            return TRUE;
        }
        if (define(shell, changed, data)) {
            shell_say(shell, "%s edited.", what);
            return TRUE;
        }
    } while (asks_again(shell));
    return FALSE;
}

gboolean edit_document(Shell *shell, const char *text, const char *what, EditDefine define, gpointer data)
{
    g_autofree char *path = make_file(shell, text);
    gboolean ok = path && edit_file(shell, path, text, what, define, data);

    if (path)
        unlink(path);
    return ok;
}
