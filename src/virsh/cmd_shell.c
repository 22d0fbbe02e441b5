/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virsh itself: help, echo, directories, the end. And the list of all tables. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "virsh/commands.h"

const CommandGroup command_groups[] = {
    {"Domain Management", "domain", domain_commands},
    {"Domain Changes", "change", change_commands},
    {"Domain Devices", "device", device_commands},
    {"Domain Disks and Cards to Attach", "attach", attach_commands},
    {"Domain Disks and Cards to Detach", "detach", detach_commands},
    {"Domain Network Cards", "interface", interface_commands},
    {"Domain Monitoring", "monitor", monitor_commands},
    {"Domain Statistics", "stats", stats_commands},
    {"Statistics of Many Domains", "domstats", domstats_commands},
    {"Domain Processors", "cpu", cpu_commands},
    {"Domain Resources", "resources", tuning_commands},
    {"Domain Jobs", "job", job_commands},
    {"Domain Input", "input", input_commands},
    {"Domain Metadata", "metadata", metadata_commands},
    {"Domain Display and Events", "view", view_commands},
    {"Networking", "network", network_commands},
    {"Network Metadata", "network-metadata", net_metadata_commands},
    {"Network Ports", "network-port", network_port_commands},
    {"Storage Pools", "pool", pool_commands},
    {"Storage Pool Information", "pool-view", pool_view_commands},
    {"Storage Volumes", "volume", vol_commands},
    {"Storage Volume Information", "volume-view", vol_view_commands},
    {"Host and Hypervisor", "host", host_commands},
    {"Host Processors and Memory", "node", node_commands},
    {"Models of Processors", "cpu-model", cpu_model_commands},
    {"Virsh itself", "virsh", shell_commands},
    {NULL, NULL, NULL},
};

static void print_group(const CommandGroup *group)
{
    printf(" %s (help keyword '%s'):\n", group->title, group->keyword);
    for (const Command *command = group->commands; command->name; command++)
        printf("    %-30s %s\n", command->name, command->help);
    puts("");
}

static const Option help_options[] = {
    {"command", OPTION_STRING, FALSE, FALSE, COMPLETE_COMMAND, "a command, or a group's keyword"}, OPTION_END};

static gboolean help(Shell *shell, const Arguments *arguments)
{
    const char *topic = argument_string(arguments, "command");
    const Command *command = topic ? command_find(topic) : NULL;
    gboolean found = !topic;

    if (command) {
        command_print_help(command);
        return TRUE;
    }
    if (!topic)
        puts("Grouped commands:\n");
    for (const CommandGroup *group = command_groups; group->title; group++) {
        if (!topic || strcmp(topic, group->keyword) == 0) {
            print_group(group);
            found = TRUE;
        }
    }
    if (!found)
        shell_error(shell, "command or command group '%s' doesn't exist", topic);
    return found;
}

static const Option echo_options[] = {{"string", OPTION_WORDS, FALSE, FALSE, COMPLETE_NOTHING, "what to print"},
                                      OPTION_END};

static gboolean echo(Shell *shell, const Arguments *arguments)
{
    g_autofree char *text = argument_joined(arguments);

    puts(text);
    return TRUE;
}

static const Option cd_options[] = {
    {"dir", OPTION_STRING, FALSE, FALSE, COMPLETE_FILE, "directory; the home directory when left out"}, OPTION_END};

static gboolean cd(Shell *shell, const Arguments *arguments)
{
    const char *dir = argument_string(arguments, "dir");

    if (!dir)
        dir = g_get_home_dir();
    if (chdir(dir) == 0)
        return TRUE;
    shell_error(shell, "cd: %s: %s", dir, g_strerror(errno));
    return FALSE;
}

static gboolean pwd(Shell *shell, const Arguments *arguments)
{
    g_autofree char *dir = g_get_current_dir();

    puts(dir);
    return TRUE;
}

static gboolean quit(Shell *shell, const Arguments *arguments)
{
    shell->is_ending = TRUE;
    return TRUE;
}

const Command shell_commands[] = {
    {"cd", "change the current directory", cd_options, cd},
    {"echo", "print text", echo_options, echo},
    {"exit", "quit this interactive terminal", NULL, quit},
    {"help", "print help", help_options, help},
    {"pwd", "print the current directory", NULL, pwd},
    {"quit", "quit this interactive terminal", NULL, quit},
    {NULL},
};
