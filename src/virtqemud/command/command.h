/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A command line under construction: arguments, environment, descriptors to pass on. For one thread at a time. */
#pragma once

#include "common/json.h"

typedef struct {
    GPtrArray *argv;          /* char *, NULL-terminated only by command_finish() */
    GPtrArray *env;           /* NAME=VALUE */
    GArray *fds;              /* int; borrowed */
    gboolean keeps_rawio;     /* as of a ProcessSpec */
    gboolean is_checked_only; /* nobody reads it: JSON is not written out */
} Command;

Command *command_new(const char *program);
void command_free(Command *command);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Command, command_free)

/* Adds option and value ("-m", "64"); value NULL adds the option alone. */
void command_add(Command *command, const char *option, const char *value);
void command_addf(Command *command, const char *option, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Adds option and the JSON of object, which it takes. */
void command_add_json(Command *command, const char *option, json_object *object);
void command_add_env(Command *command, const char *name, const char *value);
/* Keeps fd open in the program, under its number. */
void command_pass_fd(Command *command, int fd);

/* Puts the NULLs at the ends of argv and env. Nothing is added afterwards. */
void command_finish(Command *command);

/* As a shell would read it: the environment, then the quoted arguments, on one line. Caller frees. */
char *command_to_shell(const Command *command);

/* Appends value to a QEMU option list, with its commas doubled. */
void option_append_value(GString *options, const char *value);
/* Appends ",key=value" to a QEMU option list, with commas in value doubled. value NULL appends nothing. */
void option_append(GString *options, const char *key, const char *value);
void option_appendf(GString *options, const char *key, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Appends ",key=on" or ",key=off"; absent appends nothing. */
void option_append_switch(GString *options, const char *key, int xml_bool);
