/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Short guests for tests: everything around the one thing that a test is about. */
#pragma once

#include "common/error.h"
#include "domain-host.h"

#define HEAD(machine)                                                                                                  \
    "<domain type='kvm'><name>g</name><uuid>6f1c7f3e-0c0e-4c1c-9d38-0a5f0d1b2c3d</uuid>"                               \
    "<memory unit='MiB'>128</memory><os><type machine='" machine "'>hvm</type></os>"
#define Q35(devices) HEAD("q35") "<devices>" devices "</devices></domain>"
#define PC(devices)  HEAD("pc") "<devices>" devices "</devices></domain>"

/* The definition, or the test ends. */
static inline DomainDef *define(const char *xml)
{
    g_autoptr(GError) error = NULL;
    DomainDef *def = domain_def_parse(xml, XML_MODE_INACTIVE, &host, &error);

    g_assert_no_error(error);
    return def;
}

/* The document of it. */
static inline char *document(const char *xml, guint mode)
{
    g_autoptr(DomainDef) def = define(xml);

    return domain_def_format(def, mode);
}

static inline void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        g_error("no '%s' in\n%s", part, text);
}

static inline void assert_has_not(const char *text, const char *part)
{
    if (strstr(text, part))
        g_error("'%s' in\n%s", part, text);
}

/* That part is in the document, also of a guest made from that document; from then on reading changes nothing. (The
 * first reading sorts the controllers that were added.) */
static inline void assert_kept(const char *xml, const char *part)
{
    g_autofree char *once = document(xml, XML_MODE_SECURE);
    g_autofree char *twice = document(once, XML_MODE_SECURE);
    g_autofree char *thrice = document(twice, XML_MODE_SECURE);

    assert_has(once, part);
    assert_has(twice, part);
    g_assert_cmpstr(twice, ==, thrice);
}

static inline void assert_refused(const char *xml, guint mode, int code, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DomainDef) def = domain_def_parse(xml, mode, &host, &error);

    if (def)
        g_error("accepted: %s", xml);
    if (!g_str_has_prefix(error->message, message) || error->code != code)
        g_error("%s\n%d '%s' instead of %d '%s'", xml, error->code, error->message, code, message);
}
