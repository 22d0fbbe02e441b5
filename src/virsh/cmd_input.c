/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a domain is given from outside: keys, an interrupt, a wake-up. */
#include <libevdev/libevdev.h>
#include <stdlib.h>
#include <string.h>

#include "virsh/commands.h"

static const Option send_key_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN_ACTIVE),
    {"codeset", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "what the numbers are; without it linux"},
    {"holdtime", OPTION_INT, FALSE, TRUE, COMPLETE_NOTHING, "how long the keys are held, in milliseconds"},
    {"keycode", OPTION_WORDS, TRUE, FALSE, COMPLETE_NOTHING, "numbers, or names as KEY_ENTER of the linux set"},
    OPTION_END};

/* By the number that the API gives them. */
static const char *const codesets[VIR_KEYCODE_SET_LAST] = {
    [VIR_KEYCODE_SET_LINUX] = "linux",   [VIR_KEYCODE_SET_XT] = "xt",         [VIR_KEYCODE_SET_ATSET1] = "atset1",
    [VIR_KEYCODE_SET_ATSET2] = "atset2", [VIR_KEYCODE_SET_ATSET3] = "atset3", [VIR_KEYCODE_SET_OSX] = "osx",
    [VIR_KEYCODE_SET_XT_KBD] = "xt_kbd", [VIR_KEYCODE_SET_USB] = "usb",       [VIR_KEYCODE_SET_WIN32] = "win32",
    [VIR_KEYCODE_SET_QNUM] = "qnum",
};

/* -1: there is none of that name. */
static int find_codeset(const char *name)
{
    for (int i = 0; i < VIR_KEYCODE_SET_LAST; i++)
        if (strcmp(codesets[i], name) == 0 || (i == VIR_KEYCODE_SET_QNUM && strcmp(name, "rfb") == 0))
            return i;
    return -1;
}

/* -1: it is none. Other sets than Linux's have names, too, which nobody writes. */
static int find_key(int codeset, const char *word)
{
    char *end;
    unsigned long number = strtoul(word, &end, 0);

    if (*word && !*end)
        return number > 0 && number <= G_MAXUINT16 ? (int)number : -1;
    return codeset == VIR_KEYCODE_SET_LINUX ? libevdev_event_code_from_name(EV_KEY, word) : -1;
}

static gboolean send_key(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    const char *name = argument_string(arguments, "codeset");
    const GPtrArray *words = argument_words(arguments);
    int codeset = find_codeset(name ? name : "linux"), hold = argument_int(arguments, "holdtime", 0);
    unsigned int keys[VIR_DOMAIN_SEND_KEY_MAX_KEYS];

    if (!domain)
        return FALSE;
    if (codeset < 0 || hold < 0 || words->len > G_N_ELEMENTS(keys)) {
        if (codeset < 0)
            shell_error(shell, "unknown codeset: '%s'", name);
        else
            shell_error(shell, hold < 0 ? "the hold time cannot be negative" : "too many keycodes");
        return FALSE;
    }
    for (guint i = 0; i < words->len; i++) {
        int key = find_key(codeset, words->pdata[i]);

        if (key < 0) {
            shell_error(shell, "invalid keycode: '%s'", (const char *)words->pdata[i]);
            return FALSE;
        }
        keys[i] = (unsigned int)key;
    }
    return virDomainSendKey(domain, (unsigned int)codeset, (unsigned int)hold, keys, (int)words->len, 0) == 0 ||
           shell_fail(shell, "the keys were not taken");
}

static const Option no_more[] = {OPTION_DOMAIN(COMPLETE_DOMAIN_ACTIVE), OPTION_END};

static gboolean inject_nmi(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);

    return domain && (virDomainInjectNMI(domain, 0) == 0 || shell_fail(shell, "the interrupt was not taken"));
}

static gboolean dompmwakeup(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);

    if (!domain)
        return FALSE;
    if (virDomainPMWakeup(domain, 0) < 0)
        return shell_fail(shell, "Domain '%s' could not be woken up", virDomainGetName(domain));
    shell_say(shell, "Domain '%s' successfully woken up", virDomainGetName(domain));
    return TRUE;
}

const Command input_commands[] = {
    {"dompmwakeup", "wake a domain that sleeps", no_more, dompmwakeup, TRUE},
    {"inject-nmi", "interrupt a domain by an NMI", no_more, inject_nmi, TRUE},
    {"send-key", "press keys of a domain", send_key_options, send_key, TRUE},
    {NULL},
};
