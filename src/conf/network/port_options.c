/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/network/port_options.h"

#include <string.h>

#include "common/error.h"
#include "conf/codecs.h"

/* ---- <bandwidth> ---- */

#define RATE(member)                                                                                                   \
    XML_ULL(BandwidthRate, member, "@" #member, .nonzero = TRUE,                                                       \
            .invalid = XML_COMPLAINT(VIR_FROM_NONE, VIR_ERR_CONFIG_UNSUPPORTED,                                        \
                                     "could not convert bandwidth " #member " value '%s'"))

static const XmlField rate_fields[] = {RATE(average), RATE(peak), RATE(floor), RATE(burst), XML_END};

static const XmlElement rate_element = {.size = sizeof(BandwidthRate), .fields = rate_fields};

static const XmlField bandwidth_fields[] = {
    XML_UINT(Bandwidth, class_id, "@classID", .only = XML_MODE_LIVE | XML_MODE_STATUS),
    XML_TAKEN("@classID"), /* in a definition, of what ran once */
    XML_STRUCT(Bandwidth, inbound, "inbound", &rate_element),
    XML_STRUCT(Bandwidth, outbound, "outbound", &rate_element),
    XML_END,
};
const XmlElement bandwidth_element = {.size = sizeof(Bandwidth), .fields = bandwidth_fields};

static gboolean check_rate(const BandwidthRate *rate, GError **error)
{
    if (!rate)
        return TRUE;
    if (!rate->average && !rate->floor)
        return vir_error_fail(error, VIR_FROM_NONE, VIR_ERR_XML_DETAIL,
                              "Missing mandatory average or floor attributes");
    if ((rate->peak || rate->burst) && !rate->average)
        return vir_error_fail(error, VIR_FROM_NONE, VIR_ERR_XML_DETAIL,
                              "'peak' and 'burst' require 'average' attribute");
    return TRUE;
}

gboolean bandwidth_check(const Bandwidth *bandwidth, gboolean may_have_floor, GError **error)
{
    if (!bandwidth)
        return TRUE;
    if (!check_rate(bandwidth->inbound, error) || !check_rate(bandwidth->outbound, error))
        return FALSE;
    if (bandwidth->outbound && bandwidth->outbound->floor)
        return vir_error_fail(error, VIR_FROM_NONE, VIR_ERR_CONFIG_UNSUPPORTED,
                              "'floor' attribute allowed only in <inbound> element");
    if (bandwidth->inbound && bandwidth->inbound->floor && !may_have_floor)
        return vir_error_fail(error, VIR_FROM_NONE, VIR_ERR_CONFIG_UNSUPPORTED,
                              "floor attribute is not supported for this config");
    return TRUE;
}

const BandwidthLimit bandwidth_limits[BANDWIDTH_LIMITS] = {
    {"inbound.average", FALSE, offsetof(BandwidthRate, average)},
    {"inbound.peak", FALSE, offsetof(BandwidthRate, peak)},
    {"inbound.floor", FALSE, offsetof(BandwidthRate, floor)},
    {"inbound.burst", FALSE, offsetof(BandwidthRate, burst)},
    {"outbound.average", TRUE, offsetof(BandwidthRate, average)},
    {"outbound.peak", TRUE, offsetof(BandwidthRate, peak)},
    {"outbound.burst", TRUE, offsetof(BandwidthRate, burst)},
};

static unsigned long long *limit_of(const BandwidthRate *rate, const BandwidthLimit *limit)
{
    return (unsigned long long *)((char *)rate + limit->offset);
}

unsigned long long bandwidth_get_limit(const Bandwidth *bandwidth, const BandwidthLimit *limit)
{
    const BandwidthRate *rate = !bandwidth ? NULL : limit->is_outbound ? bandwidth->outbound : bandwidth->inbound;

    return rate ? *limit_of(rate, limit) : 0;
}

gboolean bandwidth_set_limit(Bandwidth *bandwidth, const char *name, unsigned long long value)
{
    for (gsize i = 0; i < BANDWIDTH_LIMITS; i++) {
        BandwidthRate **rate = bandwidth_limits[i].is_outbound ? &bandwidth->outbound : &bandwidth->inbound;

        if (strcmp(name, bandwidth_limits[i].name) != 0)
            continue;
        if (!*rate)
            *rate = g_new0(BandwidthRate, 1);
        *limit_of(*rate, &bandwidth_limits[i]) = value;
        return TRUE;
    }
    return FALSE;
}

static void drop_if_zero(BandwidthRate **rate)
{
    const BandwidthRate *r = *rate;

    if (r && !r->average && !r->floor && !r->peak && !r->burst)
        g_clear_pointer(rate, g_free);
}

void bandwidth_drop_zero(Bandwidth *bandwidth)
{
    drop_if_zero(&bandwidth->inbound);
    drop_if_zero(&bandwidth->outbound);
}

/* ---- <vlan> ---- */

static gboolean parse_tag_id(const char *text, gpointer member, GError **error)
{
    guint64 value;

    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT, &value, NULL)) {
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_XML_ERROR, "invalid vlan tag id '%s'", text);
        return FALSE;
    }
    if (value > VLAN_ID_MAX) {
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_XML_ERROR, "vlan tag id %s too large (maximum %d)", text,
                      VLAN_ID_MAX);
        return FALSE;
    }
    *(unsigned int *)member = (unsigned int)value;
    return TRUE;
}

static char *format_tag_id(gconstpointer member)
{
    return g_strdup_printf("%u", *(const unsigned int *)member);
}

static const XmlCodec tag_id_codec = {parse_tag_id, format_tag_id, NULL, NULL};
static const char *const native_modes[VLAN_NATIVE_LAST] = {NULL, "tagged", "untagged"};

static const XmlField tag_fields[] = {
    XML_CODEC(VlanTag, id, "@id", &tag_id_codec, .required = TRUE,
              .missing = XML_COMPLAINT(VIR_FROM_NONE, VIR_ERR_XML_ERROR, "missing vlan tag id attribute")),
    XML_ENUM(VlanTag, native_mode, "@nativeMode", native_modes,
             .invalid =
                 XML_COMPLAINT(VIR_FROM_NONE, VIR_ERR_XML_ERROR, "Invalid \"nativeMode='%s'\" in vlan <tag> element")),
    XML_END,
};
static const XmlElement tag_element = {.size = sizeof(VlanTag), .fields = tag_fields};

static const XmlField vlan_fields[] = {
    XML_YESNO(Vlan, trunk, "@trunk",
              .invalid = XML_COMPLAINT(VIR_FROM_NONE, VIR_ERR_XML_ERROR, "invalid \"trunk='%s'\" in <vlan>")),
    XML_LIST(Vlan, tags, "tag", &tag_element),
    XML_END,
};

static guint count_native(const Vlan *vlan)
{
    guint n = 0;

    for (guint i = 0; vlan->tags && i < vlan->tags->len; i++)
        n += ((const VlanTag *)vlan->tags->pdata[i])->native_mode != VLAN_NATIVE_DEFAULT;
    return n;
}

/* Several tags, or one with a native mode, are a trunk whether it says so or not. */
static gboolean vlan_parsed(xmlNode *node, gpointer self, GError **error)
{
    Vlan *vlan = self;

    if (vlan->trunk == XML_BOOL_ABSENT && vlan->tags && (vlan->tags->len > 1 || count_native(vlan)))
        vlan->trunk = XML_BOOL_YES;
    return TRUE;
}

const XmlElement vlan_element = {.size = sizeof(Vlan), .fields = vlan_fields, .parsed = vlan_parsed};

gboolean vlan_check(const Vlan *vlan, GError **error)
{
    if (!vlan)
        return TRUE;
    if (!vlan->tags)
        return vir_error_fail(error, VIR_FROM_NONE, VIR_ERR_XML_ERROR,
                              "missing tag id - each <vlan> must have at least one <tag> subelement");
    if (count_native(vlan) > 1)
        return vir_error_fail(error, VIR_FROM_NONE, VIR_ERR_XML_ERROR, "duplicate native vlan setting");
    if (vlan->trunk == XML_BOOL_NO)
        return vir_error_fail(
            error, VIR_FROM_NONE, VIR_ERR_XML_ERROR,
            vlan->tags->len > 1
                ? "invalid \"trunk='no'\" in <vlan> - trunk='yes' is required for more than one vlan tag"
                : "invalid \"trunk='no'\" in <vlan> - must be yes or absent");
    return TRUE;
}

void vlan_to_port(const Vlan *vlan, PortVlans *port)
{
    gboolean is_trunk = vlan->trunk == XML_BOOL_YES;

    *port = (PortVlans){.native = PORT_VLAN_NONE};
    for (guint i = 0; vlan->tags && i < vlan->tags->len; i++) {
        const VlanTag *tag = vlan->tags->pdata[i];

        if (is_trunk)
            port_vlans_carry(port, tag->id);
        if (!is_trunk || tag->native_mode != VLAN_NATIVE_DEFAULT)
            port->native = (int)tag->id;
        if (tag->native_mode == VLAN_NATIVE_TAGGED)
            port->is_native_tagged = TRUE;
    }
}

/* ---- <virtualport> ---- */

static const char *const type_names[VIRTUAL_PORT_LAST] = {NULL, "802.1Qbg", "802.1Qbh", "openvswitch", "midonet"};

const char *virtual_port_type_name(VirtualPortType type)
{
    return type_names[type] ? type_names[type] : "none";
}

static gboolean parse_number(const char *text, gpointer member, guint64 max, const char *name, GError **error)
{
    VirtualPortNumber *number = member;
    gboolean is_hex = g_str_has_prefix(text, "0x");
    guint64 value;

    if (!g_ascii_string_to_unsigned(is_hex ? text + 2 : text, is_hex ? 16 : 10, 0, G_MAXUINT64, &value, NULL)) {
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_XML_ERROR, "cannot parse value of %s parameter", name);
        return FALSE;
    }
    if (value > max) {
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_XML_ERROR, "value of %s out of range", name);
        return FALSE;
    }
    *number = (VirtualPortNumber){(unsigned int)value, TRUE};
    return TRUE;
}

static gboolean parse_manager_id(const char *text, gpointer member, GError **error)
{
    return parse_number(text, member, 0xff, "managerid", error);
}

static gboolean parse_type_id(const char *text, gpointer member, GError **error)
{
    return parse_number(text, member, 0xffffff, "typeid", error);
}

static gboolean parse_type_id_version(const char *text, gpointer member, GError **error)
{
    return parse_number(text, member, 0xff, "typeidversion", error);
}

static char *format_number(gconstpointer member)
{
    const VirtualPortNumber *number = member;

    return number->given ? g_strdup_printf("%u", number->value) : NULL;
}

static const XmlCodec manager_id_codec = {parse_manager_id, format_number, NULL, NULL};
static const XmlCodec type_id_codec = {parse_type_id, format_number, NULL, NULL};
static const XmlCodec type_id_version_codec = {parse_type_id_version, format_number, NULL, NULL};

#define BAD_UUID(name)                                                                                                 \
    .invalid = XML_COMPLAINT(VIR_FROM_NONE, VIR_ERR_XML_ERROR, "cannot parse " name " parameter as a uuid")

static const XmlField parameters_fields[] = {
    XML_CODEC(VirtualPort, manager_id, "@managerid", &manager_id_codec),
    XML_CODEC(VirtualPort, type_id, "@typeid", &type_id_codec),
    XML_CODEC(VirtualPort, type_id_version, "@typeidversion", &type_id_version_codec),
    XML_CODEC(VirtualPort, instance_id, "@instanceid", &xml_codec_uuid, BAD_UUID("instanceid")),
    XML_CODEC(VirtualPort, interface_id, "@interfaceid", &xml_codec_uuid, BAD_UUID("interfaceid")),
    XML_STRING(VirtualPort, profile_id, "@profileid"),
    XML_END,
};
static const XmlElement parameters_element = {.fields = parameters_fields};

static const XmlField virtual_port_fields[] = {
    XML_ENUM(VirtualPort, type, "@type", type_names,
             .invalid = XML_COMPLAINT(VIR_FROM_NONE, VIR_ERR_CONFIG_UNSUPPORTED, "unknown virtualport type %s")),
    XML_INSIDE("parameters", &parameters_element),
    XML_END,
};

/* Which parameters a type knows; a port without a type may have any. */
enum {
    HAS_QBG = 1 << 0, /* managerid, typeid, typeidversion, instanceid */
    HAS_PROFILE = 1 << 1,
    HAS_INTERFACE = 1 << 2,
};
static const guint parameters_of[VIRTUAL_PORT_LAST] = {
    [VIRTUAL_PORT_NO_TYPE] = HAS_QBG | HAS_PROFILE | HAS_INTERFACE,
    [VIRTUAL_PORT_8021QBG] = HAS_QBG,
    [VIRTUAL_PORT_8021QBH] = HAS_PROFILE,
    [VIRTUAL_PORT_OPENVSWITCH] = HAS_PROFILE | HAS_INTERFACE,
    [VIRTUAL_PORT_MIDONET] = HAS_INTERFACE,
};

/* The first parameter that port has and its type does not, or NULL. */
static const char *extra_parameter(const VirtualPort *port)
{
    guint known = parameters_of[port->type];

    if (!(known & HAS_QBG) && port->manager_id.given)
        return "managerid";
    if (!(known & HAS_QBG) && port->type_id.given)
        return "typeid";
    if (!(known & HAS_QBG) && port->type_id_version.given)
        return "typeidversion";
    if (!(known & HAS_QBG) && !uuid_is_nil(port->instance_id))
        return "instanceid";
    if (!(known & HAS_PROFILE) && port->profile_id)
        return "profileid";
    return !(known & HAS_INTERFACE) && !uuid_is_nil(port->interface_id) ? "interfaceid" : NULL;
}

/* A profile without a name is none. */
static gboolean virtual_port_parsed(xmlNode *node, gpointer self, GError **error)
{
    VirtualPort *port = self;

    if (port->profile_id && !*port->profile_id)
        g_clear_pointer(&port->profile_id, g_free);
    return TRUE;
}

const XmlElement virtual_port_element = {
    .size = sizeof(VirtualPort), .fields = virtual_port_fields, .parsed = virtual_port_parsed};

gboolean virtual_port_check(const VirtualPort *port, GError **error)
{
    const char *extra = port ? extra_parameter(port) : NULL;

    if (extra) {
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_XML_ERROR, "extra %s unsupported in <virtualport type='%s'>", extra,
                      virtual_port_type_name(port->type));
        return FALSE;
    }
    if (port && port->profile_id && strlen(port->profile_id) > 39)
        return vir_error_fail(error, VIR_FROM_NONE, VIR_ERR_XML_ERROR, "profileid parameter too long");
    return TRUE;
}

static void merge_uuid(guint8 *into, const guint8 *from)
{
    if (uuid_is_nil(into))
        memcpy(into, from, UUID_LEN);
}

void virtual_port_keep_ids(VirtualPort *port, const VirtualPort *base)
{
    if (port->type != base->type)
        return;
    merge_uuid(port->instance_id, base->instance_id);
    merge_uuid(port->interface_id, base->interface_id);
}

void virtual_port_fill(VirtualPort *port)
{
    if (port->type == VIRTUAL_PORT_OPENVSWITCH && uuid_is_nil(port->interface_id))
        uuid_generate(port->interface_id);
    if (port->type == VIRTUAL_PORT_8021QBG && uuid_is_nil(port->instance_id))
        uuid_generate(port->instance_id);
}

/* The first parameter that port's type cannot do without and that is not there, or NULL. */
static const char *missing_parameter(const VirtualPort *port)
{
    switch (port->type) {
    case VIRTUAL_PORT_8021QBG:
        return !port->manager_id.given        ? "managerid"
               : !port->type_id.given         ? "typeid"
               : !port->type_id_version.given ? "typeidversion"
                                              : NULL;
    case VIRTUAL_PORT_8021QBH:
        return port->profile_id ? NULL : "profileid";
    case VIRTUAL_PORT_MIDONET:
        return uuid_is_nil(port->interface_id) ? "interfaceid" : NULL;
    default:
        return NULL;
    }
}

gboolean virtual_port_check_whole(const VirtualPort *port, GError **error)
{
    const char *missing = port ? missing_parameter(port) : NULL;

    if (port && port->type == VIRTUAL_PORT_NO_TYPE)
        return vir_error_fail(error, VIR_FROM_NONE, VIR_ERR_XML_ERROR, "missing required virtualport type");
    return !missing || vir_error_fail(error, VIR_FROM_NET, VIR_ERR_XML_ERROR, "missing %s in <virtualport type='%s'>",
                                      missing, virtual_port_type_name(port->type));
}

/* ---- merging ---- */

static void merge_number(VirtualPortNumber *into, const VirtualPortNumber *from)
{
    if (!into->given)
        *into = *from;
}

static gboolean merge_one(VirtualPort *into, const VirtualPort *from, GError **error)
{
    if (into->type && from->type && into->type != from->type) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_CONFIG_UNSUPPORTED,
                      "attempt to merge virtualport type '%s' with type '%s'", virtual_port_type_name(into->type),
                      virtual_port_type_name(from->type));
        return FALSE;
    }
    into->type = into->type ? into->type : from->type;
    merge_number(&into->manager_id, &from->manager_id);
    merge_number(&into->type_id, &from->type_id);
    merge_number(&into->type_id_version, &from->type_id_version);
    merge_uuid(into->instance_id, from->instance_id);
    merge_uuid(into->interface_id, from->interface_id);
    if (!into->profile_id)
        into->profile_id = g_strdup(from->profile_id);
    return TRUE;
}

gboolean virtual_port_merge(const VirtualPort *own, const VirtualPort *group, const VirtualPort *network,
                            VirtualPort **merged, GError **error)
{
    const VirtualPort *sources[] = {own, group, network};
    VirtualPort *result = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(sources); i++) {
        if (!sources[i])
            continue;
        if (!result)
            result = xml_struct_new(&virtual_port_element);
        if (!merge_one(result, sources[i], error)) {
            xml_struct_free(&virtual_port_element, result);
            return FALSE;
        }
    }
    /* What one says may be nothing that the type of another knows. */
    if (!virtual_port_check(result, error)) {
        xml_struct_free(&virtual_port_element, result);
        return FALSE;
    }
    *merged = result;
    return TRUE;
}
