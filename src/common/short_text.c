/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/short_text.h"

const char *short_text_vformat(ShortText *text, const char *format, va_list args)
{
    va_list again;
    gint size;

    va_copy(again, args);
    size = g_vsnprintf(text->small, sizeof(text->small), format, args);
    if (size >= (gint)sizeof(text->small))
        text->large = g_strdup_vprintf(format, again);
    va_end(again);
    return text->large ? text->large : text->small;
}
