/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices of few words: watchdog, balloon, random numbers, hub, USB redirection, panic. */
#include <string.h>

#include "conf/domain/device/devices.h"

/* clang-format off */

/* ---- watchdog ---- */

const char *const watchdog_models[WATCHDOG_MODEL_LAST] = {"i6300esb", "ib700", "diag288"};
const char *const watchdog_actions[WATCHDOG_ACTION_LAST] = {
    "reset", "shutdown", "poweroff", "pause", "dump", "none", "inject-nmi",
};
static const XmlField watchdog_fields[] = {
    XML_ENUM(WatchdogDef, model, "@model", watchdog_models, .required = TRUE, .always = TRUE,
             .missing = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "watchdog must contain model name"),
             .invalid = XML_UNSUPPORTED("unknown watchdog model '%s'")),
    XML_ENUM(WatchdogDef, action, "@action", watchdog_actions, .always = TRUE,
             .invalid = XML_UNSUPPORTED("unknown watchdog action '%s'")),
    XML_INCLUDE(WatchdogDef, info, &device_info_element),
    XML_END,
};
const XmlElement watchdog_element = {.size = sizeof(WatchdogDef), .fields = watchdog_fields};

/* ---- memory balloon ---- */

const char *const balloon_models[BALLOON_LAST] = {
    "virtio", "xen", "none", "virtio-transitional", "virtio-non-transitional",
};

/* A device that is not there has no place. */
static gboolean is_no_balloon(gconstpointer self, guint mode)
{
    return ((const BalloonDef *)self)->model == BALLOON_NONE;
}

static const XmlField balloon_driver_fields[] = {XML_INCLUDE(BalloonDef, virtio, &virtio_options_element), XML_END};
static const XmlElement balloon_driver = {.fields = balloon_driver_fields};
static const XmlField balloon_fields[] = {
    XML_ENUM(BalloonDef, model, "@model", balloon_models, .required = TRUE, .always = TRUE),
    XML_ONOFF(BalloonDef, autodeflate, "@autodeflate"),
    XML_ONOFF(BalloonDef, free_page_reporting, "@freePageReporting"),
    XML_UINT(BalloonDef, stats_period_s, "stats/@period",
             .invalid = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "invalid statistics collection period")),
    XML_INCLUDE(BalloonDef, info, &device_info_element, .skip = is_no_balloon),
    XML_INSIDE("driver", &balloon_driver),
    XML_END,
};
const XmlElement balloon_element = {.size = sizeof(BalloonDef), .fields = balloon_fields};

/* ---- random numbers ---- */

const char *const rng_backends[RNG_BACKEND_LAST] = {"random", "egd", "builtin"};

#define RANDOM XML_WHEN(RNG_RANDOM)
#define EGD    XML_WHEN(RNG_EGD)

static const XmlField rng_backend_fields[] = {
    XML_ENUM(RngDef, backend, "@model", rng_backends, .required = TRUE, .always = TRUE,
             .missing = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "missing RNG device backend model"),
             .invalid = XML_UNSUPPORTED("unknown RNG backend model '%s'")),
    XML_ENUM(RngDef, source.type, "@type", char_source_types, .when = EGD, .required = TRUE, .always = TRUE),
    XML_STRING(RngDef, path, ".", .when = RANDOM),
    XML_INCLUDE(RngDef, source, &char_source_element, .when = EGD),
    XML_END,
};
static const XmlElement rng_backend = {.fields = rng_backend_fields, .variant = offsetof(RngDef, backend)};
static const XmlField rng_driver_fields[] = {XML_INCLUDE(RngDef, virtio, &virtio_options_element), XML_END};
static const XmlElement rng_driver = {.fields = rng_driver_fields};
static const XmlField rate_fields[] = {
    XML_UINT(RngDef, rate_bytes, "@bytes", .required = TRUE, .nonzero = TRUE,
             .missing = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "invalid RNG rate bytes value"),
             .invalid = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "invalid RNG rate bytes value")),
    XML_UINT(RngDef, rate_period_ms, "@period",
             .invalid = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "invalid RNG rate period value")),
    XML_END,
};
static const XmlElement rate_element = {.fields = rate_fields};
static const XmlField rng_fields[] = {
    XML_ENUM(RngDef, model, "@model", virtio_models, .required = TRUE,
             .invalid = XML_UNSUPPORTED("unknown RNG model '%s'")),
    XML_INSIDE("rate", &rate_element),
    XML_INSIDE("backend", &rng_backend, .required = TRUE,
               .missing = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "only one RNG backend is supported")),
    XML_INSIDE("driver", &rng_driver),
    XML_INCLUDE(RngDef, info, &device_info_element),
    XML_END,
};
const XmlElement rng_element = {.size = sizeof(RngDef), .fields = rng_fields};

/* ---- USB ---- */

static const char *const hub_types[HUB_LAST] = {"usb"};
static const XmlField hub_fields[] = {
    XML_ENUM(HubDef, type, "@type", hub_types, .required = TRUE, .always = TRUE,
             .invalid = XML_UNSUPPORTED("unknown hub device type '%s'")),
    XML_INCLUDE(HubDef, info, &device_info_element),
    XML_END,
};
const XmlElement hub_element = {.size = sizeof(HubDef), .fields = hub_fields};

static const char *const redirdev_buses[REDIRDEV_LAST] = {"usb"};
static const XmlField redirdev_fields[] = {
    XML_ENUM(RedirdevDef, bus, "@bus", redirdev_buses, .always = TRUE),
    XML_ENUM(RedirdevDef, source.type, "@type", char_source_types, .required = TRUE, .always = TRUE,
             .missing = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "missing type in redirdev"),
             .invalid = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                                      "unknown redirdev character device type '%s'")),
    XML_INCLUDE(RedirdevDef, source, &char_source_element),
    XML_INCLUDE(RedirdevDef, info, &device_info_element),
    XML_END,
};
const XmlElement redirdev_element = {.size = sizeof(RedirdevDef), .fields = redirdev_fields};

/* A number in hexadecimal, or -1. */
static gboolean parse_id(const char *text, gpointer member, GError **error)
{
    guint64 value = 0;
    const char *digits = g_str_has_prefix(text, "0x") ? text + 2 : text;

    if (g_str_equal(text, "-1")) {
        *(int *)member = REDIR_ANY;
        return TRUE;
    }
    if (!g_ascii_string_to_unsigned(digits, 16, 0, G_MAXUINT16, &value, NULL))
        return FALSE;
    *(int *)member = (int)value;
    return TRUE;
}

static char *format_id(gconstpointer member)
{
    int id = *(const int *)member;

    return id == REDIR_ANY ? NULL : g_strdup_printf("0x%04X", id);
}

static char *format_class(gconstpointer member)
{
    int id = *(const int *)member;

    return id == REDIR_ANY ? NULL : g_strdup_printf("0x%02X", id);
}

/* "2.56" is in USB's own notation: a digit of the number in each digit. */
static gboolean parse_version(const char *text, gpointer member, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ".", 2);
    guint64 major, minor = 0;

    if (g_str_equal(text, "-1")) {
        *(int *)member = REDIR_ANY;
        return TRUE;
    }
    if (!parts[0] || !g_ascii_string_to_unsigned(parts[0], 16, 0, 0xff, &major, NULL) ||
        (parts[1] && !g_ascii_string_to_unsigned(parts[1], 16, 0, 0xff, &minor, NULL)))
        return FALSE;
    if (parts[1] && strlen(parts[1]) == 1)
        minor *= 16;
    *(int *)member = (int)(major << 8 | minor);
    return TRUE;
}

static char *format_version(gconstpointer member)
{
    int version = *(const int *)member;

    return version == REDIR_ANY ? NULL : g_strdup_printf("%x.%02x", version >> 8, version & 0xff);
}

static const XmlCodec class_codec = {parse_id, format_class, NULL};
static const XmlCodec id_codec = {parse_id, format_id, NULL};
static const XmlCodec version_codec = {parse_version, format_version, NULL};

static void rule_init(gpointer self)
{
    RedirRule *rule = self;

    rule->usb_class = rule->vendor = rule->product = rule->version = REDIR_ANY;
}

static const XmlField rule_fields[] = {
    XML_CODEC(RedirRule, usb_class, "@class", &class_codec),
    XML_CODEC(RedirRule, vendor, "@vendor", &id_codec),
    XML_CODEC(RedirRule, product, "@product", &id_codec),
    XML_CODEC(RedirRule, version, "@version", &version_codec),
    XML_YESNO(RedirRule, allowed, "@allow", .required = TRUE,
              .missing = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                                       "Missing 'allow' attribute for USB redirection filter")),
    XML_END,
};
static const XmlElement rule_element = {.size = sizeof(RedirRule), .fields = rule_fields, .init = rule_init};
static const XmlField redirfilter_fields[] = {
    XML_LIST(RedirFilter, rules, "usbdev", &rule_element),
    XML_END,
};
const XmlElement redirfilter_element = {.size = sizeof(RedirFilter), .fields = redirfilter_fields};

/* ---- panic notifier ---- */

const char *const panic_models[PANIC_LAST] = {NULL, "isa", "pseries", "hyperv", "s390"};
static const XmlField panic_fields[] = {
    XML_ENUM(PanicDef, model, "@model", panic_models, .invalid = XML_UNSUPPORTED("unknown panic model '%s'")),
    XML_INCLUDE(PanicDef, info, &device_info_element),
    XML_END,
};
const XmlElement panic_element = {.size = sizeof(PanicDef), .fields = panic_fields};

/* clang-format on */

void watchdog_def_free(WatchdogDef *watchdog)
{
    xml_struct_free(&watchdog_element, watchdog);
}

void balloon_def_free(BalloonDef *balloon)
{
    xml_struct_free(&balloon_element, balloon);
}

void rng_def_free(RngDef *rng)
{
    xml_struct_free(&rng_element, rng);
}

void hub_def_free(HubDef *hub)
{
    xml_struct_free(&hub_element, hub);
}

void redirdev_def_free(RedirdevDef *redirdev)
{
    xml_struct_free(&redirdev_element, redirdev);
}

void panic_def_free(PanicDef *panic)
{
    xml_struct_free(&panic_element, panic);
}
