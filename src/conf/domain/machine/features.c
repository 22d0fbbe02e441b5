/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <features>: what the machine offers beyond the usual, and what it hides. */
#include <string.h>

#include "conf/domain/machine/machine.h"

/* clang-format off */
const char *const hyperv_features[HYPERV_LAST] = {
    "relaxed", "vapic", "spinlocks", "vpindex", "runtime", "synic", "stimer", "reset", "vendor_id", "frequencies",
    "reenlightenment", "tlbflush", "ipi", "evmcs", "avic",
};
const char *const hyperv_modes[HYPERV_MODE_LAST] = {"none", "custom", "passthrough"};
static const char *const ioapic_drivers[IOAPIC_LAST] = {NULL, "qemu", "kvm"};
static const char *const msrs_answers[MSRS_LAST] = {NULL, "ignore", "fault"};
/* clang-format on */

/* Hyper-V guests give up below. */
#define VENDOR_ID_MAX 12

static gboolean is_known_only(xmlNode *node, const char *const *names, guint n_names)
{
    for (xmlNode *child = xml_first_element(node); child; child = xml_next_element(child)) {
        if (xml_enum_find(names, n_names, (const char *)child->name) < 0)
            return FALSE;
    }
    return TRUE;
}

/* ---- <hyperv> ---- */

static gboolean state_read(xmlNode *node, XmlBool *state, GError **error)
{
    g_autofree char *text = xml_attribute(node, "state");
    int value = text ? xml_enum_find(xml_on_off, XML_BOOL_LAST, text) : -1;

    if (!text)
        xml_set_missing(error, node, "@state");
    else if (value < 0)
        xml_set_invalid(error, node, "@state", text, NULL);
    if (value < 0)
        return FALSE;
    *state = (XmlBool)value;
    return TRUE;
}

static gboolean spinlocks_read(xmlNode *node, DomainFeatures *features, GError **error)
{
    g_autofree char *text = xml_attribute(node, "retries");
    guint64 value;

    if (!text) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "missing HyperV spinlock retry count (line %ld)",
                      xmlGetLineNo(node));
        return FALSE;
    }
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT, &value, NULL)) {
        xml_set_invalid(error, node, "@retries", text, "Expected non-negative integer value");
        return FALSE;
    }
    features->hyperv_spinlocks = (guint)value;
    return TRUE;
}

static gboolean vendor_read(xmlNode *node, DomainFeatures *features, GError **error)
{
    g_autofree char *value = xml_attribute(node, "value");
    const char *fault = NULL;

    if (!value)
        fault = "missing 'value' attribute for HyperV feature 'vendor_id'";
    else if (strlen(value) > VENDOR_ID_MAX)
        fault = "HyperV vendor_id value must not be more than 12 characters.";
    else if (strchr(value, ','))
        fault = "HyperV vendor_id value is invalid";
    if (fault) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "%s (line %ld)", fault, xmlGetLineNo(node));
        return FALSE;
    }
    g_free(features->hyperv_vendor_id);
    features->hyperv_vendor_id = g_steal_pointer(&value);
    return TRUE;
}

static gboolean hyperv_feature_read(xmlNode *node, DomainFeatures *features, GError **error)
{
    int feature = xml_enum_find(hyperv_features, HYPERV_LAST, (const char *)node->name);
    xmlNode *direct;

    if (feature < 0) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED,
                      "unsupported HyperV Enlightenment feature: %s (line %ld)", node->name, xmlGetLineNo(node));
        return FALSE;
    }
    if (!state_read(node, &features->hyperv[feature], error))
        return FALSE;
    if (features->hyperv[feature] != XML_BOOL_YES)
        return TRUE;
    switch (feature) {
    case HYPERV_SPINLOCKS:
        return spinlocks_read(node, features, error);
    case HYPERV_VENDOR_ID:
        return vendor_read(node, features, error);
    case HYPERV_STIMER:
        direct = xml_child(node, "direct");
        return !direct || state_read(direct, &features->hyperv_stimer_direct, error);
    default:
        return TRUE;
    }
}

static gboolean hyperv_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    DomainFeatures *features = self;
    g_autofree char *text = xml_attribute(node, "mode");
    int found = text ? xml_enum_find(hyperv_modes, HYPERV_MODE_LAST, text) : HYPERV_MODE_CUSTOM;

    if (found <= HYPERV_MODE_NONE) {
        xml_set_invalid(error, node, "@mode", text, NULL);
        return FALSE;
    }
    features->hyperv_mode = (HypervMode)found;
    /* The host's own set is passed through as a whole. */
    if (features->hyperv_mode == HYPERV_MODE_PASSTHROUGH)
        return TRUE;
    for (xmlNode *child = xml_first_element(node); child; child = xml_next_element(child)) {
        if (!hyperv_feature_read(child, features, error))
            return FALSE;
    }
    return TRUE;
}

static void hyperv_feature_write(XmlWriter *writer, const DomainFeatures *features, int feature)
{
    xml_open(writer, hyperv_features[feature]);
    xml_write_attribute(writer, "state", xml_on_off[features->hyperv[feature]]);
    if (feature == HYPERV_SPINLOCKS && features->hyperv_spinlocks)
        xml_write_attributef(writer, "retries", "%u", features->hyperv_spinlocks);
    if (feature == HYPERV_VENDOR_ID)
        xml_write_attribute(writer, "value", features->hyperv_vendor_id);
    if (feature == HYPERV_STIMER && features->hyperv_stimer_direct) {
        xml_open(writer, "direct");
        xml_write_attribute(writer, "state", xml_on_off[features->hyperv_stimer_direct]);
        xml_close(writer);
    }
    xml_close(writer);
}

static void hyperv_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const DomainFeatures *features = self;

    if (features->hyperv_mode == HYPERV_MODE_NONE)
        return;
    xml_open(writer, "hyperv");
    xml_write_attribute(writer, "mode", hyperv_modes[features->hyperv_mode]);
    for (int i = 0; i < HYPERV_LAST; i++) {
        if (features->hyperv[i])
            hyperv_feature_write(writer, features, i);
    }
    xml_close_long(writer);
}

static void hyperv_clear(gpointer self)
{
    g_clear_pointer(&((DomainFeatures *)self)->hyperv_vendor_id, g_free);
}

static void hyperv_own(gpointer self)
{
    DomainFeatures *features = self;

    features->hyperv_vendor_id = g_strdup(features->hyperv_vendor_id);
}

/* ---- <smm> ---- */

static gboolean smm_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    DomainFeatures *features = self;
    xmlNode *tseg = xml_child(node, "tseg");
    guint64 bytes = 0;

    /* No state means on. */
    features->smm = XML_BOOL_YES;
    if (xmlHasProp(node, (const xmlChar *)"state") && !state_read(node, &features->smm, error))
        return FALSE;
    if (features->smm == XML_BOOL_YES && tseg && !xml_size_parse(tseg, 1024 * 1024, &bytes, error))
        return FALSE;
    features->smm_tseg_bytes = bytes;
    return TRUE;
}

/* In the largest unit that leaves no rest, as libvirt does for this one. */
static void tseg_write(XmlWriter *writer, unsigned long long bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    gsize unit = 0;

    for (; bytes % 1024 == 0 && unit + 1 < G_N_ELEMENTS(units); unit++)
        bytes /= 1024;
    xml_size_write(writer, "tseg", units[unit], bytes);
}

static void smm_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const DomainFeatures *features = self;

    if (!features->smm)
        return;
    xml_open(writer, "smm");
    xml_write_attribute(writer, "state", xml_on_off[features->smm]);
    if (features->smm_tseg_bytes)
        tseg_write(writer, features->smm_tseg_bytes);
    xml_close(writer);
}

/* ---- <kvm> ---- */

static const char *const kvm_features[] = {"hidden", "hint-dedicated", "poll-control", "pv-ipi", "dirty-ring"};

/* clang-format off */
static const XmlField kvm_fields[] = {
    XML_ONOFF(DomainFeatures, kvm_hidden, "hidden/@state"),
    XML_ONOFF(DomainFeatures, kvm_hint_dedicated, "hint-dedicated/@state"),
    XML_ONOFF(DomainFeatures, kvm_poll_control, "poll-control/@state"),
    XML_ONOFF(DomainFeatures, kvm_pv_ipi, "pv-ipi/@state"),
    XML_ONOFF(DomainFeatures, kvm_dirty_ring, "dirty-ring/@state"),
    XML_UINT(DomainFeatures, kvm_dirty_ring_size, "dirty-ring/@size"),
    XML_END,
};
/* clang-format on */

static gboolean kvm_parsed(xmlNode *node, gpointer self, GError **error)
{
    DomainFeatures *features = self;

    if (!is_known_only(node, kvm_features, G_N_ELEMENTS(kvm_features))) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED, "unsupported KVM feature (line %ld)",
                      xmlGetLineNo(node));
        return FALSE;
    }
    features->has_kvm = TRUE;
    return TRUE;
}

static const XmlElement kvm_element = {.fields = kvm_fields, .parsed = kvm_parsed};

static const XmlField tcg_fields[] = {
    XML_SIZE(DomainFeatures, tcg_tb_cache_kib, "tb-cache"),
    XML_END,
};
static const XmlElement tcg_element = {.fields = tcg_fields};

/* ---- <features> ---- */

/* clang-format off */
static const XmlField apic_fields[] = {
    XML_ONOFF(DomainFeatures, apic_eoi, "@eoi"),
    XML_END,
};
/* clang-format on */

static gboolean apic_parsed(xmlNode *node, gpointer self, GError **error)
{
    ((DomainFeatures *)self)->apic = TRUE;
    return TRUE;
}

static const XmlElement apic_element = {.fields = apic_fields, .parsed = apic_parsed};

static gboolean apic_is_off(gconstpointer self, guint mode)
{
    return !((const DomainFeatures *)self)->apic;
}

/* ---- features that are on when their element says nothing else ---- */

static void state_write(XmlWriter *writer, const char *name, XmlBool state)
{
    if (!state)
        return;
    xml_open(writer, name);
    xml_write_attribute(writer, "state", xml_on_off[state]);
    xml_close(writer);
}

#define FEATURE_STATE(member)                                                                                          \
    static gboolean member##_parse(xmlNode *node, gpointer self, guint mode, GError **error)                           \
    {                                                                                                                  \
        DomainFeatures *features = self;                                                                               \
                                                                                                                       \
        features->member = XML_BOOL_YES;                                                                               \
        return !xmlHasProp(node, (const xmlChar *)"state") || state_read(node, &features->member, error);              \
    }                                                                                                                  \
    static void member##_format(XmlWriter *writer, gconstpointer self, guint mode)                                     \
    {                                                                                                                  \
        state_write(writer, #member, ((const DomainFeatures *)self)->member);                                          \
    }

FEATURE_STATE(pvspinlock)
FEATURE_STATE(pmu)
FEATURE_STATE(vmport)
FEATURE_STATE(vmcoreinfo)

#define STATE(member) XML_CUSTOM(#member, .parse = member##_parse, .format = member##_format)

/* clang-format off */
static const XmlField features_fields[] = {
    XML_FLAG(DomainFeatures, acpi, "acpi"),
    XML_INSIDE("apic", &apic_element, .always = TRUE, .skip = apic_is_off),
    XML_FLAG(DomainFeatures, pae, "pae"),
    XML_REFUSE("hap"), XML_REFUSE("viridian"), XML_REFUSE("privnet"), XML_REFUSE("xen"), XML_REFUSE("capabilities"),
    XML_REFUSE("gic"), XML_REFUSE("hpt"), XML_REFUSE("htm"), XML_REFUSE("nested-hv"), XML_REFUSE("ccf-assist"),
    XML_REFUSE("cfpc"), XML_REFUSE("sbbc"), XML_REFUSE("ibs"),
    XML_CUSTOM("hyperv", .parse = hyperv_parse, .format = hyperv_format, .clear = hyperv_clear, .own = hyperv_own),
    XML_INSIDE("kvm", &kvm_element),
    STATE(pvspinlock),
    STATE(pmu),
    STATE(vmport),
    XML_ENUM(DomainFeatures, ioapic, "ioapic/@driver", ioapic_drivers),
    XML_CUSTOM("smm", .parse = smm_parse, .format = smm_format),
    STATE(vmcoreinfo),
    XML_ENUM(DomainFeatures, msrs, "msrs/@unknown", msrs_answers),
    XML_INSIDE("tcg", &tcg_element),
    XML_END,
};
/* clang-format on */

/* A feature that this version does not know is not one that a guest can do without unasked. */
static gboolean features_parsed(xmlNode *node, gpointer self, GError **error)
{
    for (xmlNode *child = xml_first_element(node); child; child = xml_next_element(child)) {
        if (!xml_element_knows(&features_element, child)) {
            vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED, "unexpected feature '%s' (line %ld)",
                          child->name, xmlGetLineNo(child));
            return FALSE;
        }
    }
    return TRUE;
}

const XmlElement features_element = {
    .size = sizeof(DomainFeatures),
    .fields = features_fields,
    .parsed = features_parsed,
};
