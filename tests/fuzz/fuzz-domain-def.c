/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Any text as a domain document: what is accepted can be written in every form, copied, and read back; and once it has
 * been read back, writing it again changes nothing.
 */
#include "../unit/domain-host.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void write_every_form(const DomainDef *def)
{
    static const guint modes[] = {
        XML_MODE_INACTIVE,
        XML_MODE_LIVE,
        XML_MODE_LIVE | XML_MODE_MIGRATABLE | XML_MODE_SECURE,
        XML_MODE_LIVE | XML_MODE_STATUS | XML_MODE_SECURE,
    };

    for (gsize i = 0; i < G_N_ELEMENTS(modes); i++)
        g_free(domain_def_format(def, modes[i]));
}

/* The document that comes of a document that we wrote. */
static char *rewrite(const char *xml)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DomainDef) def = domain_def_parse(xml, XML_MODE_INACTIVE, &host, &error);

    if (!def)
        g_error("our own document is refused: %s\n%s", error->message, xml);
    return domain_def_format(def, XML_MODE_SECURE);
}

static void check_raw(const char *text)
{
    g_autoptr(DomainDef) live = domain_def_parse(text, XML_MODE_LIVE, NULL, NULL);

    if (live)
        write_every_form(live);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(DomainDef) def = domain_def_parse(text, XML_MODE_INACTIVE, &host, NULL);
    g_autoptr(DomainDef) copy = NULL;
    g_autofree char *first = NULL, *second = NULL, *third = NULL, *copied = NULL;

    check_raw(text);
    if (!def)
        return 0;
    write_every_form(def);
    copy = domain_def_copy(def);
    first = domain_def_format(def, XML_MODE_SECURE);
    copied = domain_def_format(copy, XML_MODE_SECURE);
    g_assert_cmpstr(first, ==, copied);
    second = rewrite(first);
    third = rewrite(second);
    g_assert_cmpstr(second, ==, third);
    return 0;
}
