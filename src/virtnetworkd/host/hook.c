/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/host/hook.h"

#include <string.h>

#include "common/command.h"
#include "common/error.h"
#include "common/log.h"

#define TIMEOUT_MS 60000

static const struct {
    const char *operation, *sub_operation;
    gboolean is_binding; /* a failure forbids what is under way */
} operations[] = {
    [HOOK_START] = {"start", "begin", TRUE},
    [HOOK_STARTED] = {"started", "begin", TRUE},
    [HOOK_STOPPED] = {"stopped", "end", FALSE},
    [HOOK_PORT_CREATED] = {"port-created", "begin", TRUE},
    [HOOK_PORT_DELETED] = {"port-deleted", "begin", FALSE},
    [HOOK_UPDATED] = {"updated", "begin", FALSE},
};

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_if_program(GPtrArray *programs, char *path)
{
    if (g_file_test(path, G_FILE_TEST_IS_REGULAR) && g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
        g_ptr_array_add(programs, path);
    else
        g_free(path);
}

/* The paths of the programs, in order. */
static GPtrArray *find_programs(const char *dir)
{
    GPtrArray *programs = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) more = g_ptr_array_new();
    g_autofree char *folder = g_build_filename(dir, "network.d", NULL);
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *entry;

    add_if_program(programs, g_build_filename(dir, "network", NULL));
    while (entries && (entry = g_dir_read_name(entries)))
        add_if_program(more, g_build_filename(folder, entry, NULL));
    g_ptr_array_sort(more, by_text);
    g_ptr_array_extend_and_steal(programs, g_steal_pointer(&more));
    return programs;
}

static char *make_input(const NetworkDef *network, const NetworkPort *port)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();

    xml_open(writer, "hookData");
    network_def_write(network, writer, XML_MODE_LIVE);
    if (port)
        network_port_write(port, writer);
    xml_close(writer);
    return xml_writer_take(writer);
}

gboolean hook_run(const char *dir, HookOperation operation, const NetworkDef *network, const NetworkPort *port,
                  GError **error)
{
    g_autoptr(GPtrArray) programs = find_programs(dir);
    g_autofree char *input = NULL;

    if (programs->len == 0)
        return TRUE;
    input = make_input(network, port);
    for (guint i = 0; i < programs->len; i++) {
        const char *argv[] = {programs->pdata[i],
                              network->name,
                              operations[operation].operation,
                              operations[operation].sub_operation,
                              "-",
                              NULL};
        g_autoptr(GError) reason = NULL;

        if (command_run_with_input(argv, NULL, input, TIMEOUT_MS, VIR_FROM_HOOK, &reason))
            continue;
        if (!operations[operation].is_binding)
            log_warning("network '%s': %s", network->name, reason->message);
        vir_error_set(error, VIR_FROM_HOOK, VIR_ERR_HOOK_SCRIPT_FAILED, "%s", reason->message);
        return FALSE;
    }
    return TRUE;
}
