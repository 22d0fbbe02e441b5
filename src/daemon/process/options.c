/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/process/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "config.h"

enum { OPTION_SESSION = 256 };

static const struct option long_options[] = {
    {"daemon", no_argument, NULL, 'd'},
    {"verbose", no_argument, NULL, 'v'},
    {"config", required_argument, NULL, 'f'},
    {"timeout", required_argument, NULL, 't'},
    {"pid-file", required_argument, NULL, 'p'},
    {"session", no_argument, NULL, OPTION_SESSION},
    {"version", no_argument, NULL, 'V'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static void print_help(const char *name)
{
    printf("Usage:\n"
           "  %s [options]\n\n"
           "Options:\n"
           "  -h | --help            Show this text\n"
           "  -v | --verbose         Log what is going on (level 2) unless the configuration says more\n"
           "  -d | --daemon          Go to the background once ready, and write a PID file\n"
           "  -t | --timeout SECS    Exit after SECS seconds without clients or work\n"
           "  -f | --config FILE     Configuration file\n"
           "  -p | --pid-file FILE   PID file\n"
           "       --session         Serve the user's session also when run by root\n"
           "  -V | --version         Show the version\n",
           name);
}

static gboolean parse_timeout(const char *text, int *timeout)
{
    guint64 value;

    if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT32, &value, NULL))
        return FALSE;
    *timeout = (int)value;
    return TRUE;
}

static void set_string(char **place, const char *value)
{
    g_free(*place);
    *place = g_strdup(value);
}

int daemon_options_parse(DaemonOptions *options, const char *name, int argc, char **argv)
{
    int option;

    while ((option = getopt_long(argc, argv, "hvdt:f:p:V", long_options, NULL)) != -1) {
        switch (option) {
        case 'h':
            print_help(name);
            return EXIT_SUCCESS;
        case 'V':
            printf("%s (libvirt) %s\nmodvirt %s\n", name, API_VERSION, MODVIRT_VERSION);
            return EXIT_SUCCESS;
        case 'v':
            options->is_verbose = TRUE;
            break;
        case 'd':
            options->is_daemon = TRUE;
            break;
        case 'f':
            set_string(&options->config, optarg);
            break;
        case 'p':
            set_string(&options->pid_file, optarg);
            break;
        case OPTION_SESSION:
            options->is_session = TRUE;
            break;
        case 't':
            if (parse_timeout(optarg, &options->timeout))
                break;
            fprintf(stderr, "%s: --timeout needs a number of seconds above zero, not '%s'\n", name, optarg);
            return EXIT_FAILURE;
        default:
            return EXIT_FAILURE; /* getopt has said what is wrong */
        }
    }
    if (optind < argc) {
        fprintf(stderr, "%s: unexpected, non-option, command line arguments: '%s'\n", name, argv[optind]);
        return EXIT_FAILURE;
    }
    return -1;
}

void daemon_options_clear(DaemonOptions *options)
{
    g_clear_pointer(&options->config, g_free);
    g_clear_pointer(&options->pid_file, g_free);
}
