/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virConnectAuthPtrDefault: credentials asked for on the terminal. */
#include <libvirt/libvirt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <glib.h>

/* One line from standard input, without its end; echo or not. NULL at the end of input. malloc'ed. */
static char *read_line(gboolean echo)
{
    struct termios saved, silent;
    gboolean has_terminal = !echo && tcgetattr(STDIN_FILENO, &saved) == 0;
    char *line = NULL;
    size_t room = 0;
    ssize_t n;

    if (has_terminal) {
        silent = saved;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    n = getline(&line, &room, stdin);
    if (has_terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved);
        fputc('\n', stdout);
    }
    if (n < 0) {
        free(line);
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}

static int ask_one(virConnectCredentialPtr credential)
{
    gboolean echo = credential->type != VIR_CRED_PASSPHRASE && credential->type != VIR_CRED_NOECHOPROMPT;
    char *line;

    if (credential->type == VIR_CRED_EXTERNAL) /* a polkit agent, say: nothing that a terminal could answer */
        return -1;
    printf("%s: ", credential->prompt ? credential->prompt : "");
    fflush(stdout);
    line = read_line(echo);
    if (line && !*line && credential->defresult) {
        free(line);
        line = strdup(credential->defresult);
    }
    credential->result = line;
    credential->resultlen = line ? strlen(line) : 0;
    return line ? 0 : -1;
}

static int ask(virConnectCredentialPtr credentials, unsigned int n, void *opaque)
{
    for (unsigned int i = 0; i < n; i++) {
        if (ask_one(&credentials[i]) < 0)
            return -1;
    }
    return 0;
}

static int types[] = {
    VIR_CRED_USERNAME,   VIR_CRED_AUTHNAME,     VIR_CRED_LANGUAGE, VIR_CRED_CNONCE,   VIR_CRED_PASSPHRASE,
    VIR_CRED_ECHOPROMPT, VIR_CRED_NOECHOPROMPT, VIR_CRED_REALM,    VIR_CRED_EXTERNAL,
};

static virConnectAuth terminal = {.credtype = types, .ncredtype = G_N_ELEMENTS(types), .cb = ask};

virConnectAuthPtr virConnectAuthPtrDefault = &terminal;
