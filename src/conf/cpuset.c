/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/cpuset.h"

#include <string.h>

#include "common/error.h"

/* Reads a number below CPUSET_MAX and moves *text behind it. */
static gboolean take_number(const char **text, guint *value)
{
    guint number = 0;

    if (!g_ascii_isdigit(**text))
        return FALSE;
    for (; g_ascii_isdigit(**text); (*text)++) {
        number = number * 10 + (guint)(**text - '0');
        if (number >= CPUSET_MAX)
            return FALSE;
    }
    *value = number;
    return TRUE;
}

/* One part: a number, a range, or a number to leave out. */
static gboolean take_part(const char **text, guint8 *members)
{
    gboolean is_excluded = **text == '^';
    guint first, last;

    if (is_excluded)
        (*text)++;
    if (!take_number(text, &first))
        return FALSE;
    last = first;
    if (**text == '-' && !is_excluded) {
        (*text)++;
        if (!take_number(text, &last) || last < first)
            return FALSE;
    }
    memset(members + first, !is_excluded, last - first + 1);
    return TRUE;
}

static char *format_members(const guint8 *members)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < CPUSET_MAX; i++) {
        guint last = i;

        if (!members[i])
            continue;
        while (last + 1 < CPUSET_MAX && members[last + 1])
            last++;
        if (out->len)
            g_string_append_c(out, ',');
        g_string_append_printf(out, last > i ? "%u-%u" : "%u", i, last);
        i = last;
    }
    return g_string_free(out, FALSE);
}

char *cpuset_normalize(const char *text, GError **error)
{
    g_autofree guint8 *members = g_new0(guint8, CPUSET_MAX);
    const char *rest = text;
    gboolean is_good = TRUE;

    while (is_good) {
        while (g_ascii_isspace(*rest))
            rest++;
        is_good = take_part(&rest, members);
        while (g_ascii_isspace(*rest))
            rest++;
        if (*rest != ',')
            break;
        rest++;
    }
    if (is_good && !*rest && memchr(members, 1, CPUSET_MAX))
        return format_members(members);
    vir_error_set(error, VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "Failed to parse bitmap '%s'", text);
    return NULL;
}

/* ---- as a member of a struct ---- */

static gboolean member_parse(const char *text, gpointer member, GError **error)
{
    *(char **)member = cpuset_normalize(text, error);
    return *(char **)member != NULL;
}

static char *member_format(gconstpointer member)
{
    return g_strdup(*(char *const *)member);
}

static void member_clear(gpointer member)
{
    g_clear_pointer((char **)member, g_free);
}

static void member_own(gpointer member)
{
    *(char **)member = g_strdup(*(char **)member);
}

const XmlCodec cpuset_codec = {
    .parse = member_parse, .format = member_format, .clear = member_clear, .own = member_own};

/* ---- as bits ---- */

char *cpuset_from_bits(const guint8 *bits, gsize size)
{
    g_autofree guint8 *members = g_new0(guint8, CPUSET_MAX);
    char *text;

    for (gsize i = 0; i < size * 8 && i < CPUSET_MAX; i++)
        members[i] = bits[i / 8] >> (i % 8) & 1;
    text = format_members(members);
    if (!*text)
        g_clear_pointer(&text, g_free);
    return text;
}

void cpuset_to_bits(const char *set, guint8 *bits, gsize size)
{
    g_autofree guint8 *members = g_new0(guint8, CPUSET_MAX);

    memset(bits, 0, size);
    for (const char *rest = set; take_part(&rest, members) && *rest == ','; rest++)
        ;
    for (gsize i = 0; i < size * 8 && i < CPUSET_MAX; i++)
        if (members[i])
            bits[i / 8] |= (guint8)(1u << (i % 8));
}
