/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * virt-network-check: tells why a guest has no connection. virtnetworkd looks (docs/network-check.md), this program
 * asks it and shows what it found.
 */
#include <glib.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>

#include "client/open.h"
#include "common/json.h"
#include "config.h"
#include "rpc/netcheck_calls.h"

/* Exit status. */
enum { ALL_FINE = 0, PROBLEMS = 1, NO_ANSWER = 2 };

/* D-Bus and dnsmasq may let virtnetworkd wait. */
#define TIMEOUT_MS (60 * 1000)

static const char *const state_words[] = {
    [NETCHECK_STATE_FINE] = "fine",
    [NETCHECK_STATE_DOUBT] = "doubt",
    [NETCHECK_STATE_PROBLEM] = "problem",
};

static const char *state_word(const netcheck_finding *finding)
{
    return (gsize)finding->state < G_N_ELEMENTS(state_words) ? state_words[finding->state] : "unknown";
}

/* ---- showing ---- */

static void show_json(const netcheck_check_ret *answer)
{
    json_object *list = json_object_new_array();

    for (guint i = 0; i < answer->findings.findings_len; i++) {
        const netcheck_finding *finding = &answer->findings.findings_val[i];
        json_object *row = json_object_new_object();

        json_add_string(row, "check", finding->check);
        json_add_string(row, "state", state_word(finding));
        json_add_string(row, "says", finding->says);
        json_add_string(row, "cure", finding->cure ? *finding->cure : NULL);
        json_object_array_add(list, row);
    }
    puts(json_object_to_json_string_ext(list, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                                  JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(list);
}

/* quiet: only what is not fine. */
static void show_text(const netcheck_check_ret *answer, gboolean is_quiet)
{
    for (guint i = 0; i < answer->findings.findings_len; i++) {
        const netcheck_finding *finding = &answer->findings.findings_val[i];

        if (is_quiet && finding->state == NETCHECK_STATE_FINE)
            continue;
        printf("%-8s %-13s %s\n", state_word(finding), finding->check, finding->says);
        if (finding->cure && finding->state != NETCHECK_STATE_FINE)
            printf("%-8s %-13s cure: %s\n", "", "", *finding->cure);
    }
}

static int status_of(const netcheck_check_ret *answer)
{
    for (guint i = 0; i < answer->findings.findings_len; i++) {
        if (answer->findings.findings_val[i].state == NETCHECK_STATE_PROBLEM)
            return PROBLEMS;
    }
    return ALL_FINE;
}

/* ---- asking ---- */

static gboolean ask(const char *uri, char *network, char *guest, netcheck_check_ret *answer, GError **error)
{
    netcheck_check_args args = {.network = network, .guest = guest ? &guest : NULL};
    virConnectPtr conn = open_connection(uri, virConnectAuthPtrDefault, 0, error);
    gboolean ok;

    if (!conn)
        return FALSE;
    ok = rpc_client_call(conn->connection.client, &rpc_program_netcheck, NETCHECK_PROC_CHECK, &args, answer, TIMEOUT_MS,
                         error);
    virConnectClose(conn);
    return ok;
}

typedef struct {
    char *uri, *output, *guest;
    gboolean is_quiet, show_version;
    char **networks;
} Options;

static void options_clear(Options *options)
{
    g_free(options->uri);
    g_free(options->output);
    g_free(options->guest);
    g_strfreev(options->networks);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* FALSE: told. */
static gboolean read_options(int argc, char **argv, Options *options)
{
    const GOptionEntry entries[] = {
        {"connect", 'c', 0, G_OPTION_ARG_STRING, &options->uri,
         "Daemon to ask (network:///system, for others than root network:///session)", "URI"},
        {"guest", 'g', 0, G_OPTION_ARG_STRING, &options->guest, "Look at this guest too: its name, or a MAC address",
         "GUEST"},
        {"output", 'o', 0, G_OPTION_ARG_STRING, &options->output, "text (the default) or json", "FORMAT"},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options->is_quiet, "Show only what is not fine", NULL},
        {"version", 'V', 0, G_OPTION_ARG_NONE, &options->show_version, "Show the version", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->networks, NULL, "NETWORK"},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- tells why a guest has no connection");
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "%s: %s\n", argv[0], error->message);
        return FALSE;
    }
    if (options->show_version)
        return TRUE;
    if (!options->networks || options->networks[1]) {
        fprintf(stderr, "%s: one network is needed\n", argv[0]);
        return FALSE;
    }
    if (options->output && !g_str_equal(options->output, "text") && !g_str_equal(options->output, "json")) {
        fprintf(stderr, "%s: there is no output format '%s', but text and json\n", argv[0], options->output);
        return FALSE;
    }
    return TRUE;
}

/* Asks, shows, and returns the exit status. */
static int check(const Options *options, GError **error)
{
    const char *usual = geteuid() == 0 ? "network:///system" : "network:///session";
    netcheck_check_ret answer = {0};
    int status;

    if (!ask(options->uri ? options->uri : usual, options->networks[0], options->guest, &answer, error))
        return NO_ANSWER;
    if (options->output && g_str_equal(options->output, "json"))
        show_json(&answer);
    else
        show_text(&answer, options->is_quiet);
    status = status_of(&answer);
    xdr_free((xdrproc_t)xdr_netcheck_check_ret, (char *)&answer);
    return status;
}

int main(int argc, char **argv)
{
    g_auto(Options) options = {0};
    g_autoptr(GError) error = NULL;
    int status;

    setlocale(LC_ALL, "");
    if (!read_options(argc, argv, &options))
        return NO_ANSWER;
    if (options.show_version) {
        printf("virt-network-check (modvirt %s) %s\n", MODVIRT_VERSION, API_VERSION);
        return ALL_FINE;
    }
    status = check(&options, &error);
    if (error)
        fprintf(stderr, "%s: %s\n", argv[0], error->message);
    return status;
}
