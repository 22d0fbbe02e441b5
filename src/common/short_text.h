/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text that is formatted, used at once and forgotten: names with a number, numbers. It is on the stack when it fits,
 * as almost all does; writing a document or a command line makes hundreds. Thread-safe; never blocks. */
#pragma once

#include <glib.h>
#include <stdarg.h>

/* To be declared with g_auto(ShortText) and ={0}. */
typedef struct {
    char small[64];
    char *large; /* what does not fit */
} ShortText;

static inline void short_text_clear(ShortText *text)
{
    g_free(text->large);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ShortText, short_text_clear)

/* The text, which is text's. text holds nothing before. */
const char *short_text_vformat(ShortText *text, const char *format, va_list args) G_GNUC_PRINTF(2, 0);
