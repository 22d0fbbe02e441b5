/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What TAB offers: commands, their options, and the names of what a connection knows. */
#include <readline/readline.h>
#include <stdlib.h>
#include <string.h>

#include "virsh/command.h"
#include "virsh/event_text.h"

static Shell *shell; /* readline's functions take no data */

void command_complete_for(Shell *for_shell)
{
    shell = for_shell;
}

/* Candidates of the present completion, and how far readline has taken them. */
static GPtrArray *candidates;
static guint next_candidate;

static void offer(const char *text, const char *word)
{
    if (g_str_has_prefix(word, text))
        g_ptr_array_add(candidates, g_strdup(word));
}

static void offer_commands(const char *text)
{
    for (const CommandGroup *group = command_groups; group->title; group++) {
        for (const Command *command = group->commands; command->name; command++)
            offer(text, command->name);
    }
}

static void offer_options(const char *text, const Command *command)
{
    for (const Option *option = command->options; option && option->name; option++) {
        g_autofree char *word = g_strdup_printf("--%s", option->name);

        offer(text, word);
    }
    if (command->has_output)
        offer(text, "--output");
}

static void offer_domains(const char *text, unsigned int flags)
{
    virDomainPtr *domains = NULL;
    int n = shell->connection ? virConnectListAllDomains(shell->connection, &domains, flags) : 0;

    for (int i = 0; i < n; i++) {
        offer(text, virDomainGetName(domains[i]));
        virDomainFree(domains[i]);
    }
    free(domains);
    virResetLastError();
}

static void offer_networks(const char *text, unsigned int flags)
{
    virNetworkPtr *networks = NULL;
    int n = shell->connection ? virConnectListAllNetworks(shell->connection, &networks, flags) : 0;

    for (int i = 0; i < n; i++) {
        offer(text, virNetworkGetName(networks[i]));
        virNetworkFree(networks[i]);
    }
    free(networks);
    virResetLastError();
}

static void offer_pools(const char *text, unsigned int flags)
{
    virStoragePoolPtr *pools = NULL;
    int n = shell->connection ? virConnectListAllStoragePools(shell->connection, &pools, flags) : 0;

    for (int i = 0; i < n; i++) {
        offer(text, virStoragePoolGetName(pools[i]));
        virStoragePoolFree(pools[i]);
    }
    free(pools);
    virResetLastError();
}

static void offer_all(const char *text, const char *const *words)
{
    for (; *words; words++)
        offer(text, *words);
}

static void offer_values(const char *text, Completion completion)
{
    switch (completion) {
    case COMPLETE_DOMAIN:
        offer_domains(text, 0);
        break;
    case COMPLETE_DOMAIN_ACTIVE:
        offer_domains(text, VIR_CONNECT_LIST_DOMAINS_ACTIVE);
        break;
    case COMPLETE_DOMAIN_INACTIVE:
        offer_domains(text, VIR_CONNECT_LIST_DOMAINS_INACTIVE);
        break;
    case COMPLETE_NETWORK:
        offer_networks(text, 0);
        break;
    case COMPLETE_NETWORK_ACTIVE:
        offer_networks(text, VIR_CONNECT_LIST_NETWORKS_ACTIVE);
        break;
    case COMPLETE_NETWORK_INACTIVE:
        offer_networks(text, VIR_CONNECT_LIST_NETWORKS_INACTIVE);
        break;
    case COMPLETE_POOL:
        offer_pools(text, 0);
        break;
    case COMPLETE_POOL_ACTIVE:
        offer_pools(text, VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE);
        break;
    case COMPLETE_POOL_INACTIVE:
        offer_pools(text, VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE);
        break;
    case COMPLETE_EVENT:
        for (int i = 0; i < VIR_DOMAIN_EVENT_ID_LAST; i++)
            offer(text, event_name(i));
        break;
    case COMPLETE_NETWORK_EVENT:
        offer_all(text, event_network_names);
        break;
    case COMPLETE_POOL_EVENT:
        offer_all(text, event_pool_names);
        break;
    case COMPLETE_COMMAND:
        offer_commands(text);
        break;
    default:
        break;
    }
}

/* The option whose value comes next after words: one named last, or the first free place. */
static const Option *awaited(const Command *command, char **words, guint n_words)
{
    guint position = 0;

    for (guint i = 1; i < n_words; i++) {
        const Option *named = NULL;

        for (const Option *option = command->options; option && option->name && g_str_has_prefix(words[i], "--");
             option++) {
            if (strcmp(option->name, words[i] + 2) == 0)
                named = option;
        }
        if (named && named->kind != OPTION_FLAG && i + 1 == n_words)
            return named;
        if (!g_str_has_prefix(words[i], "--"))
            position++;
    }
    for (const Option *option = command->options; option && option->name; option++) {
        if (option->kind != OPTION_FLAG && !option->is_by_name && position-- == 0)
            return option;
    }
    return NULL;
}

static char *next(const char *text, int state)
{
    if (state == 0)
        next_candidate = 0;
    if (!candidates || next_candidate >= candidates->len)
        return NULL;
    return strdup(candidates->pdata[next_candidate++]);
}

char **command_complete(const char *text, int start, int end)
{
    g_autofree char *before = g_strndup(rl_line_buffer, (gsize)start);
    const char *this_command = strrchr(before, ';');
    g_auto(GStrv) words = g_strsplit_set(g_strstrip(this_command ? (char *)this_command + 1 : before), " \t", -1);
    const Command *command = words[0] ? command_find(words[0]) : NULL;
    const Option *option = command ? awaited(command, words, g_strv_length(words)) : NULL;

    g_clear_pointer(&candidates, g_ptr_array_unref);
    candidates = g_ptr_array_new_with_free_func(g_free);
    rl_attempted_completion_over = 1;
    if (!words[0] || !*words[0])
        offer_commands(text);
    else if (command && g_str_has_prefix(text, "-"))
        offer_options(text, command);
    else if (option && option->completion == COMPLETE_FILE)
        rl_attempted_completion_over = 0; /* readline's own file names */
    else if (option)
        offer_values(text, option->completion);
    return rl_attempted_completion_over ? rl_completion_matches(text, next) : NULL;
}
