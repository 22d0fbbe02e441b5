/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Documents of others that a domain carries, one for each namespace. */
#include <stdio.h>
#include <stdlib.h>

#include "virsh/affect.h"
#include "virsh/commands.h"
#include "virsh/edit.h"

static const Option metadata_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN),
    {"uri", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "the namespace of the document"},
    OPTIONS_AFFECT,
    FLAG("edit", "change it with an editor"),
    {"key", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "the prefix of the namespace, when it is set"},
    {"set", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "the new document"},
    FLAG("remove", "take it away"),
    OPTION_END};

/* What is to be changed. */
typedef struct {
    virDomainPtr domain;
    const char *uri, *key;
    unsigned int flags;
} Target;

/* document NULL: it goes. */
static gboolean set_document(Shell *shell, const char *document, gpointer data)
{
    const Target *target = data;

    return virDomainSetMetadata(target->domain, VIR_DOMAIN_METADATA_ELEMENT, document, target->key, target->uri,
                                target->flags) == 0 ||
           shell_fail(shell, "the metadata of domain '%s' was not changed", virDomainGetName(target->domain));
}

static gboolean change(Shell *shell, Target *target, const char *document)
{
    if (!set_document(shell, document, target))
        return FALSE;
    shell_say(shell, document ? "Metadata modified" : "Metadata removed");
    return TRUE;
}

static gboolean edit(Shell *shell, Target *target)
{
    char *text = virDomainGetMetadata(target->domain, VIR_DOMAIN_METADATA_ELEMENT, target->uri, target->flags);
    gboolean ok;

    if (!text && virGetLastErrorCode() != VIR_ERR_NO_DOMAIN_METADATA)
        return shell_fail(shell, "failed to get the metadata of domain '%s'", virDomainGetName(target->domain));
    ok = edit_document(shell, text ? text : "\n", "Metadata of domain", virDomainGetName(target->domain), set_document,
                       target);
    free(text);
    return ok;
}

static gboolean show(Shell *shell, const Arguments *arguments, const Target *target)
{
    char *text = virDomainGetMetadata(target->domain, VIR_DOMAIN_METADATA_ELEMENT, target->uri, target->flags);

    if (!text)
        return shell_fail(shell, "domain '%s' has no metadata of '%s'", virDomainGetName(target->domain), target->uri);
    print_value(argument_output(arguments), "xml", value_string(text));
    free(text);
    return TRUE;
}

static gboolean metadata(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    Target target = {domain, argument_string(arguments, "uri"), argument_string(arguments, "key"), 0};
    const char *document = argument_string(arguments, "set");
    gboolean is_edit = argument_flag(arguments, "edit"), is_remove = argument_flag(arguments, "remove");

    if (!domain || !affect_flags(shell, arguments, domain, &target.flags))
        return FALSE;
    if (is_edit + is_remove + (document != NULL) > 1) {
        shell_error(shell, "options --edit, --set and --remove are mutually exclusive");
        return FALSE;
    }
    if ((is_edit || document) && !target.key) {
        shell_error(shell, "namespace key is required when the metadata is changed");
        return FALSE;
    }
    if (is_edit)
        return edit(shell, &target);
    return is_remove || document ? change(shell, &target, document) : show(shell, arguments, &target);
}

const Command metadata_commands[] = {
    {"metadata", "show or change what others keep with a domain", metadata_options, metadata, TRUE, TRUE},
    {NULL},
};
