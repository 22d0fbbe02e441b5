/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <clock>: what time it is in the guest. */
#include "conf/domain/machine/machine.h"

/* clang-format off */
const char *const clock_offsets[CLOCK_LAST] = {"utc", "localtime", "variable", "timezone", "absolute"};
static const char *const bases[CLOCK_BASIS_LAST] = {"utc", "localtime"};
const char *const timer_names[TIMER_LAST] = {
    "platform", "pit", "rtc", "hpet", "tsc", "kvmclock", "hypervclock", "armvtimer",
};
const char *const tick_policies[TICKPOLICY_LAST] = {NULL, "delay", "catchup", "merge", "discard"};
static const char *const tracks[TIMER_TRACK_LAST] = {NULL, "boot", "guest", "wall", "realtime"};
static const char *const modes[TIMER_MODE_LAST] = {NULL, "auto", "native", "emulate", "paravirt", "smpsafe"};

#define TSC        XML_WHEN(TIMER_TSC)
#define TIMERS_MAX 64

static const XmlField timer_fields[] = {
    XML_ENUM(ClockTimer, name, "@name", timer_names, .required = TRUE, .always = TRUE),
    XML_YESNO(ClockTimer, present, "@present"),
    XML_ENUM(ClockTimer, tick_policy, "@tickpolicy", tick_policies),
    XML_ENUM(ClockTimer, track, "@track", tracks),
    XML_ULL(ClockTimer, frequency_hz, "@frequency", .when = TSC),
    XML_ENUM(ClockTimer, mode, "@mode", modes, .when = TSC),
    XML_TAKEN("@frequency"), XML_TAKEN("@mode"),
    XML_ULL(ClockTimer, threshold, "catchup/@threshold"),
    XML_ULL(ClockTimer, slew, "catchup/@slew"),
    XML_ULL(ClockTimer, limit, "catchup/@limit"),
    XML_END,
};
static const XmlElement timer_element = {
    .size = sizeof(ClockTimer), .fields = timer_fields, .variant = offsetof(ClockTimer, name),
};
/* clang-format on */

/* ---- adjustment: "reset", or by how many seconds ---- */

static gboolean adjustment_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    DomainClock *clock = self;
    g_autofree char *text = xml_attribute(node, "adjustment");
    gint64 value;

    if (!text)
        return TRUE;
    if (g_str_equal(text, "reset") && clock->offset != CLOCK_VARIABLE) {
        clock->is_reset = TRUE;
        return TRUE;
    }
    if (!g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &value, NULL)) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "unknown clock adjustment '%s' (line %ld)", text,
                      xmlGetLineNo(node));
        return FALSE;
    }
    /* A clock that is fixed to another one but moved by the user runs free from then on. */
    clock->basis = clock->offset == CLOCK_LOCALTIME ? CLOCK_BASIS_LOCALTIME : CLOCK_BASIS_UTC;
    clock->offset = CLOCK_VARIABLE;
    clock->adjustment_s = value;
    return TRUE;
}

static void adjustment_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const DomainClock *clock = self;

    if (clock->offset == CLOCK_VARIABLE)
        xml_write_attributef(writer, "adjustment", "%lld", clock->adjustment_s);
    else if (clock->is_reset)
        xml_write_attribute(writer, "adjustment", "reset");
}

/* clang-format off */
static const XmlField clock_fields[] = {
    XML_ENUM(DomainClock, offset, "@offset", clock_offsets, .always = TRUE,
             .invalid = XML_UNSUPPORTED("unknown clock offset '%s'")),
    XML_CUSTOM("@adjustment", .when = XML_WHEN(CLOCK_UTC) | XML_WHEN(CLOCK_LOCALTIME) | XML_WHEN(CLOCK_VARIABLE),
               .parse = adjustment_parse, .format = adjustment_format),
    XML_ENUM(DomainClock, basis, "@basis", bases, .when = XML_WHEN(CLOCK_VARIABLE), .always = TRUE,
             .invalid = XML_UNSUPPORTED("unknown clock basis '%s'")),
    XML_TAKEN("@basis"),
    XML_STRING(DomainClock, timezone, "@timezone", .when = XML_WHEN(CLOCK_TIMEZONE), .required = TRUE,
               .missing = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR,
                                        "missing 'timezone' attribute for clock with offset='timezone'"),
               .beyond_schema = TRUE),
    XML_TAKEN("@timezone"),
    XML_ULL(DomainClock, start_s, "@start", .when = XML_WHEN(CLOCK_ABSOLUTE), .required = TRUE, .always = TRUE),
    XML_TAKEN("@start"),
    XML_LIST(DomainClock, timers, "timer", &timer_element),
    XML_END,
};
/* clang-format on */

static gboolean clock_parsed(xmlNode *node, gpointer self, GError **error)
{
    const DomainClock *clock = self;

    if (!clock->timers || clock->timers->len <= TIMERS_MAX)
        return TRUE;
    vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED, "more than %d timers (line %ld)", TIMERS_MAX,
                  xmlGetLineNo(node));
    return FALSE;
}

const XmlElement clock_element = {
    .size = sizeof(DomainClock),
    .fields = clock_fields,
    .parsed = clock_parsed,
    .variant = offsetof(DomainClock, offset),
};
