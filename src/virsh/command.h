/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Commands and their options. A command's row tells its options; words are matched against them before the command
 * runs, so a command only asks for values that are known to be well-formed.
 */
#pragma once

#include <glib.h>

#include "virsh/shell.h"

typedef enum {
    OPTION_FLAG,   /* --name */
    OPTION_STRING, /* --name value, or by position */
    OPTION_INT,    /* the same, a number */
    OPTION_WORDS,  /* all words from there on that are no options; the last by position */
} OptionKind;

typedef enum {
    COMPLETE_NOTHING,
    COMPLETE_FILE,
    COMPLETE_DOMAIN,
    COMPLETE_DOMAIN_ACTIVE,
    COMPLETE_DOMAIN_INACTIVE,
    COMPLETE_NETWORK,
    COMPLETE_NETWORK_ACTIVE,
    COMPLETE_NETWORK_INACTIVE,
    COMPLETE_POOL,
    COMPLETE_POOL_ACTIVE,
    COMPLETE_POOL_INACTIVE,
    COMPLETE_EVENT,
    COMPLETE_NETWORK_EVENT,
    COMPLETE_POOL_EVENT,
    COMPLETE_COMMAND,
} Completion;

typedef struct {
    const char *name; /* without dashes; NULL ends a list */
    OptionKind kind;
    gboolean is_required;
    gboolean is_by_name; /* never taken by position */
    Completion completion;
    const char *help;
} Option;

typedef struct Arguments Arguments;

typedef struct {
    const char *name; /* NULL ends a table */
    const char *help; /* one line */
    const Option *options;
    gboolean (*run)(Shell *shell, const Arguments *arguments);
    gboolean needs_connection;
    gboolean has_output; /* takes --output json */
} Command;

typedef struct {
    const char *title;   /* "Domain Management" */
    const char *keyword; /* "domain" */
    const Command *commands;
} CommandGroup;

/* All commands, by subject, up to a NULL title. */
extern const CommandGroup command_groups[];

/* NULL when there is none of that name. */
const Command *command_find(const char *name);

/* Takes a line apart as a shell would: blanks, quotes, backslashes. The commands of a line, which semicolons part,
 * follow each other with NULL strings between them. NULL: unbalanced quotes, reported. Caller frees with
 * g_ptr_array_unref. */
GPtrArray *command_split(Shell *shell, const char *line);

/* Matches words (without the command's own) against the options. NULL: reported. Free with arguments_free. */
Arguments *arguments_parse(Shell *shell, const Command *command, const char *const *words, guint n_words);
void arguments_free(Arguments *arguments);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Arguments, arguments_free)

/* What was given. NULL, default or FALSE when it was not. */
const char *argument_string(const Arguments *arguments, const char *name);
int argument_int(const Arguments *arguments, const char *name, int otherwise);
gboolean argument_flag(const Arguments *arguments, const char *name);

/* An option and the flag of the call that it stands for; tables end with a NULL option. */
typedef struct {
    const char *option;
    unsigned int flag;
} FlagOption;

/* The flags of all options that were given. */
unsigned int argument_flags(const Arguments *arguments, const FlagOption *options);

/* The words of the command's OPTION_WORDS, of char *; borrowed. Empty without. */
const GPtrArray *argument_words(const Arguments *arguments);
/* The same as one text with blanks between; the caller's. */
char *argument_joined(const Arguments *arguments);

/* "512M", "1GiB" or a number of KiB. FALSE: it is none, reported. */
gboolean argument_size(Shell *shell, const char *text, unsigned long *kib);

/* The domain that --domain names, as shell_domain(). */
virDomainPtr argument_domain(Shell *shell, const Arguments *arguments);

/* text or JSON, as --output says. */
OutputFormat argument_output(const Arguments *arguments);

/* Runs a command with its words; connects first when it needs that. */
gboolean command_run(Shell *shell, const char *const *words, guint n_words);

/* Runs all commands of a line, up to the first that fails. */
gboolean command_run_line(Shell *shell, const char *line);

/* The help of one command, on stdout. */
void command_print_help(const Command *command);

/* For readline: rl_attempted_completion_function. */
char **command_complete(const char *text, int start, int end);
void command_complete_for(Shell *shell);

/* Words for lists that several tables use. */
#define OPTION_DOMAIN(which)                                                                                           \
    {                                                                                                                  \
        "domain", OPTION_STRING, TRUE, FALSE, which, "domain name, id or uuid"                                         \
    }
#define OPTION_NETWORK(which)                                                                                          \
    {                                                                                                                  \
        "network", OPTION_STRING, TRUE, FALSE, which, "network name or uuid"                                           \
    }
#define OPTION_FILE                                                                                                    \
    {                                                                                                                  \
        "file", OPTION_STRING, TRUE, FALSE, COMPLETE_FILE, "file with an XML document"                                 \
    }
#define FLAG(name, help)                                                                                               \
    {                                                                                                                  \
        name, OPTION_FLAG, FALSE, FALSE, COMPLETE_NOTHING, help                                                        \
    }
#define OPTION_END                                                                                                     \
    {                                                                                                                  \
        NULL, 0, FALSE, FALSE, 0, NULL                                                                                 \
    }
