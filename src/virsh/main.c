/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virsh: options, then one command or the interactive shell. */
#include <getopt.h>
#include <libvirt/virterror.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "virsh/commands.h"

static const char usage[] = "\nvirsh [options]... [<command_string>]\n"
                            "virsh [options]... <command> [args...]\n\n"
                            "  options:\n"
                            "    -c | --connect=URI      hypervisor connection URI\n"
                            "    -e | --escape <char>    set escape sequence for console\n"
                            "    -h | --help             this help\n"
                            "    -k | --keepalive-interval=NUM\n"
                            "                            keepalive interval in seconds, 0 for disable\n"
                            "    -K | --keepalive-count=NUM\n"
                            "                            number of possible missed keepalive messages\n"
                            "    -q | --quiet            quiet mode\n"
                            "    -r | --readonly         connect readonly\n"
                            "    -v                      short version\n"
                            "    -V                      long version\n"
                            "         --version[=TYPE]   version, TYPE is short or long (default short)\n"
                            "  commands (non interactive mode): virsh help\n";

static void print_long_version(void)
{
    puts("Virsh command line tool of modvirt " MODVIRT_VERSION ", of libvirt's API " API_VERSION "\n");
}

/* "^]" or one character. FALSE: neither. */
static gboolean parse_escape(const char *text, char *escape)
{
    if (strlen(text) == 2 && text[0] == '^')
        *escape = (char)(g_ascii_toupper(text[1]) & 0x1f);
    else if (strlen(text) == 1)
        *escape = text[0];
    else
        return FALSE;
    return TRUE;
}

/* Returns -1 to go on, or the exit status. */
static int parse_options(Shell *shell, int argc, char **argv)
{
    static const struct option options[] = {
        {"connect", required_argument, NULL, 'c'},
        {"escape", required_argument, NULL, 'e'},
        {"help", no_argument, NULL, 'h'},
        {"keepalive-interval", required_argument, NULL, 'k'},
        {"keepalive-count", required_argument, NULL, 'K'},
        {"quiet", no_argument, NULL, 'q'},
        {"readonly", no_argument, NULL, 'r'},
        {"timing", no_argument, NULL, 't'},
        {"version", optional_argument, NULL, 'v'},
        {NULL, 0, NULL, 0},
    };
    int option;

    /* "+": what follows the command is the command's. */
    while ((option = getopt_long(argc, argv, "+c:e:hk:K:qrtvV", options, NULL)) >= 0) {
        switch (option) {
        case 'c':
            g_free(shell->uri);
            shell->uri = g_strdup(optarg);
            break;
        case 'e':
            if (!parse_escape(optarg, &shell->escape)) {
                shell_error(shell, "Invalid string '%s' for escape sequence", optarg);
                return EXIT_FAILURE;
            }
            break;
        case 'k':
            shell->keepalive_interval = atoi(optarg);
            break;
        case 'K':
            shell->keepalive_count = atoi(optarg);
            break;
        case 'q':
            shell->is_quiet = TRUE;
            break;
        case 'r':
            shell->is_read_only = TRUE;
            break;
        case 't': /* timing is for people who look at a clock; it changes no answer */
            break;
        case 'v':
            if (optarg && strcmp(optarg, "long") == 0)
                print_long_version();
            else
                puts(API_VERSION);
            return EXIT_SUCCESS;
        case 'V':
            print_long_version();
            return EXIT_SUCCESS;
        case 'h':
            fputs(usage, stdout);
            return EXIT_SUCCESS;
        default:
            fputs(usage, stderr);
            return EXIT_FAILURE;
        }
    }
    return -1;
}

static int run(Shell *shell, int argc, char **argv)
{
    if (argc == 0) {
        shell_connect(shell); /* the shell is of use without, too */
        return shell_interact(shell);
    }
    /* One word may be a whole line of commands. */
    if (argc == 1 && strpbrk(argv[0], " ;\t"))
        return command_run_line(shell, argv[0]) ? EXIT_SUCCESS : EXIT_FAILURE;
    return command_run(shell, (const char *const *)argv, (guint)argc) ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    Shell shell = {.escape = 0x1d, .keepalive_interval = 5, .keepalive_count = 6};
    int status;

    setlocale(LC_ALL, "");
    shell.uri = g_strdup(g_getenv("VIRSH_DEFAULT_CONNECT_URI"));
    status = parse_options(&shell, argc, argv);
    if (status < 0) {
        if (virInitialize() < 0 || virEventRegisterDefaultImpl() < 0) {
            shell_error(&shell, "cannot initialize the library");
            return EXIT_FAILURE;
        }
        virSetErrorFunc(&shell, shell_keep_error);
        status = run(&shell, argc - optind, argv + optind);
    }
    shell_disconnect(&shell);
    if (shell.events) {
        g_atomic_int_set(&shell.events_stop, 1);
        g_thread_join(shell.events);
    }
    g_free(shell.uri);
    g_free(shell.last_error);
    return status;
}
