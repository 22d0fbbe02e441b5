/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What people and programs keep with domains and networks: titles, descriptions, documents one for each namespace. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "virsh/affect.h"
#include "virsh/commands.h"
#include "virsh/edit.h"

/* ---- of either kind of object ---- */

typedef struct {
    virDomainPtr domain; /* or NULL: of the network */
    virNetworkPtr network;
    int type; /* VIR_DOMAIN_METADATA_*: a network's have the same numbers, as have flags */
    const char *uri, *key;
    unsigned int flags;
} Target;

G_STATIC_ASSERT(VIR_NETWORK_METADATA_DESCRIPTION == (int)VIR_DOMAIN_METADATA_DESCRIPTION &&
                VIR_NETWORK_METADATA_TITLE == (int)VIR_DOMAIN_METADATA_TITLE &&
                VIR_NETWORK_METADATA_ELEMENT == (int)VIR_DOMAIN_METADATA_ELEMENT &&
                VIR_NETWORK_UPDATE_AFFECT_LIVE == (int)VIR_DOMAIN_AFFECT_LIVE &&
                VIR_NETWORK_UPDATE_AFFECT_CONFIG == (int)VIR_DOMAIN_AFFECT_CONFIG);

static const char *object_kind(const Target *target)
{
    return target->domain ? "domain" : "network";
}

static const char *object_name(const Target *target)
{
    return target->domain ? virDomainGetName(target->domain) : virNetworkGetName(target->network);
}

static const char *text_kind(const Target *target)
{
    static const char *const kinds[] = {"description", "title", "metadata"};

    return kinds[target->type];
}

/* FALSE: reported. In text, which is the caller's, NULL when there is none. */
static gboolean get(Shell *shell, const Target *target, char **text)
{
    int none = target->domain ? VIR_ERR_NO_DOMAIN_METADATA : VIR_ERR_NO_NETWORK_METADATA;

    *text = target->domain ? virDomainGetMetadata(target->domain, target->type, target->uri, target->flags)
                           : virNetworkGetMetadata(target->network, target->type, target->uri, target->flags);
    if (!*text && virGetLastErrorCode() != none)
        return shell_fail(shell, "failed to get the %s of %s '%s'", text_kind(target), object_kind(target),
                          object_name(target));
    virResetLastError();
    return TRUE;
}

/* text NULL: it goes. */
static gboolean set(Shell *shell, const Target *target, const char *text)
{
    int rc = target->domain
                 ? virDomainSetMetadata(target->domain, target->type, text, target->key, target->uri, target->flags)
                 : virNetworkSetMetadata(target->network, target->type, text, target->key, target->uri, target->flags);

    return rc == 0 || shell_fail(shell, "the %s of %s '%s' was not changed", text_kind(target), object_kind(target),
                                 object_name(target));
}

/* The sentence, or in JSON the object that was changed. */
static void say_done(Shell *shell, const Arguments *arguments, const Target *target, const char *text)
{
    char uuid[VIR_UUID_STRING_BUFLEN] = "";

    if (argument_output(arguments) == OUTPUT_TEXT) {
        printf("%s", shell->is_quiet ? "" : text);
        return;
    }
    if (target->domain)
        virDomainGetUUIDString(target->domain, uuid);
    else
        virNetworkGetUUIDString(target->network, uuid);
    print_changed(object_name(target), uuid);
}

/* ---- titles and descriptions ---- */

static gboolean desc_edited(Shell *shell, const char *text, gpointer data)
{
    g_autofree char *line = g_strdup(text);

    /* Editors end the last line. */
    if (g_str_has_suffix(line, "\n"))
        line[strlen(line) - 1] = '\0';
    return set(shell, data, line);
}

/* Begins with text, or with what there is. */
static gboolean desc_edit(Shell *shell, Target *target, const char *text)
{
    char *before = NULL;
    g_autofree char *what = g_strdup_printf("%s %s %s", object_kind(target), object_name(target), text_kind(target));
    g_autofree char *document = NULL;

    if (!text && !get(shell, target, &before))
        return FALSE;
    document = g_strdup_printf("%s\n", text ? text : before ? before : "");
    free(before);
    what[0] = g_ascii_toupper(what[0]);
    return edit_document(shell, document, what, desc_edited, target);
}

static gboolean desc_show(Shell *shell, const Arguments *arguments, const Target *target)
{
    char *text;

    if (!get(shell, target, &text))
        return FALSE;
    if (argument_output(arguments) == OUTPUT_JSON)
        print_value(OUTPUT_JSON, text_kind(target), value_string(text));
    else if (text)
        printf("%s", text);
    else if (!shell->is_quiet)
        printf("No %s for %s: %s", text_kind(target), object_kind(target), object_name(target));
    free(text);
    return TRUE;
}

static gboolean desc_of(Shell *shell, const Arguments *arguments, Target *target)
{
    g_autofree char *text = argument_words(arguments)->len ? argument_joined(arguments) : NULL;
    g_autofree char *done = NULL;

    target->type = argument_flag(arguments, "title") ? VIR_DOMAIN_METADATA_TITLE : VIR_DOMAIN_METADATA_DESCRIPTION;
    if (!affect_flags(shell, arguments, target->domain, &target->flags))
        return FALSE;
    if (argument_flag(arguments, "edit"))
        return desc_edit(shell, target, text);
    if (!text)
        return desc_show(shell, arguments, target);
    if (!set(shell, target, text))
        return FALSE;
    done = g_strdup_printf("%s %s updated successfully", object_kind(target), text_kind(target));
    done[0] = g_ascii_toupper(done[0]);
    say_done(shell, arguments, target, done);
    return TRUE;
}

/* ---- documents ---- */

static gboolean metadata_edited(Shell *shell, const char *document, gpointer data)
{
    return set(shell, data, document);
}

static gboolean metadata_edit(Shell *shell, Target *target)
{
    g_autofree char *what = g_strdup_printf("Metadata of %s %s", object_kind(target), object_name(target));
    char *text;
    gboolean ok;

    if (!get(shell, target, &text))
        return FALSE;
    ok = edit_document(shell, text ? text : "\n", what, metadata_edited, target);
    free(text);
    return ok;
}

static gboolean metadata_show(Shell *shell, const Arguments *arguments, const Target *target)
{
    char *text;

    if (!get(shell, target, &text))
        return FALSE;
    if (!text) {
        shell_error(shell, "%s '%s' has no metadata of '%s'", object_kind(target), object_name(target), target->uri);
        return FALSE;
    }
    print_value(argument_output(arguments), "xml", value_string(text));
    free(text);
    return TRUE;
}

static gboolean metadata_of(Shell *shell, const Arguments *arguments, Target *target)
{
    const char *document = argument_string(arguments, "set");
    gboolean is_edit = argument_flag(arguments, "edit"), is_remove = argument_flag(arguments, "remove");

    target->type = VIR_DOMAIN_METADATA_ELEMENT;
    target->uri = argument_string(arguments, "uri");
    target->key = argument_string(arguments, "key");
    if (!affect_flags(shell, arguments, target->domain, &target->flags))
        return FALSE;
    if (is_edit + is_remove + (document != NULL) > 1) {
        shell_error(shell, "options --edit, --set and --remove are mutually exclusive");
        return FALSE;
    }
    if ((is_edit || document) && !target->key) {
        shell_error(shell, "namespace key is required when the metadata is changed");
        return FALSE;
    }
    if (is_edit)
        return metadata_edit(shell, target);
    if (!is_remove && !document)
        return metadata_show(shell, arguments, target);
    if (!set(shell, target, document))
        return FALSE;
    say_done(shell, arguments, target, document ? "Metadata modified\n" : "Metadata removed\n");
    return TRUE;
}

/* ---- the commands ---- */

typedef gboolean (*Change)(Shell *shell, const Arguments *arguments, Target *target);

static gboolean of_domain(Shell *shell, const Arguments *arguments, Change change)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    Target target = {.domain = domain};

    return domain && change(shell, arguments, &target);
}

static gboolean of_network(Shell *shell, const Arguments *arguments, Change change)
{
    g_autoptr(virNetwork) network = shell_network(shell, argument_string(arguments, "network"));
    Target target = {.network = network};

    return network && change(shell, arguments, &target);
}

static gboolean desc(Shell *shell, const Arguments *arguments)
{
    return of_domain(shell, arguments, desc_of);
}

static gboolean metadata(Shell *shell, const Arguments *arguments)
{
    return of_domain(shell, arguments, metadata_of);
}

static gboolean net_desc(Shell *shell, const Arguments *arguments)
{
    return of_network(shell, arguments, desc_of);
}

static gboolean net_metadata(Shell *shell, const Arguments *arguments)
{
    return of_network(shell, arguments, metadata_of);
}

#define OPTIONS_DESC                                                                                                   \
    OPTIONS_AFFECT, FLAG("title", "the title instead of the description"), FLAG("edit", "change it with an editor"),   \
    {                                                                                                                  \
        "new-desc", OPTION_WORDS, FALSE, FALSE, COMPLETE_NOTHING, "the new text"                                       \
    }
#define OPTIONS_METADATA                                                                                               \
    {"uri", OPTION_STRING, TRUE, FALSE, COMPLETE_NOTHING, "the namespace of the document"}, OPTIONS_AFFECT,            \
        FLAG("edit", "change it with an editor"),                                                                      \
        {"key", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "the prefix of the namespace, when it is set"},          \
        {"set", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "the new document"}, FLAG("remove", "take it away")

static const Option desc_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN), OPTIONS_DESC, OPTION_END};
static const Option metadata_options[] = {OPTION_DOMAIN(COMPLETE_DOMAIN), OPTIONS_METADATA, OPTION_END};
static const Option net_desc_options[] = {OPTION_NETWORK(COMPLETE_NETWORK), OPTIONS_DESC, OPTION_END};
static const Option net_metadata_options[] = {OPTION_NETWORK(COMPLETE_NETWORK), OPTIONS_METADATA, OPTION_END};

const Command metadata_commands[] = {
    {"desc", "show or set a domain's description or title", desc_options, desc, TRUE, TRUE},
    {"metadata", "show or change what others keep with a domain", metadata_options, metadata, TRUE, TRUE},
    {NULL},
};

const Command net_metadata_commands[] = {
    {"net-desc", "show or set a network's description or title", net_desc_options, net_desc, TRUE, TRUE},
    {"net-metadata", "show or change what others keep with a network", net_metadata_options, net_metadata, TRUE, TRUE},
    {NULL},
};
