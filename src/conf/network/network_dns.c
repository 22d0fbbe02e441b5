/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <dns> of a network: forwarders, TXT and SRV records, hosts. */
#include <string.h>

#include "common/error.h"
#include "conf/codecs.h"
#include "conf/network/network_def.h"

static gboolean parse_forwarder_address(const char *text, gpointer member, GError **error)
{
    if (ip_address_parse(text, member))
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_XML_ERROR, "Invalid forwarder IP address '%s'", text);
    return FALSE;
}

static char *format_address(gconstpointer member)
{
    return ip_address_format(member);
}

static const XmlCodec forwarder_codec = {parse_forwarder_address, format_address, NULL};

static const XmlField forwarder_fields[] = {
    XML_STRING(NetworkDnsForwarder, domain, "@domain"),
    XML_CODEC(NetworkDnsForwarder, address, "@addr", &forwarder_codec),
    XML_END,
};

static gboolean forwarder_parsed(xmlNode *node, gpointer self, GError **error)
{
    NetworkDnsForwarder *forwarder = self;

    if (forwarder->address.family || forwarder->domain)
        return TRUE;
    vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_XML_ERROR,
                  "Invalid forwarder element, must contain at least one of addr "
                  "or domain (line %ld)",
                  xmlGetLineNo(node));
    return FALSE;
}

static const XmlElement forwarder_element = {sizeof(NetworkDnsForwarder), forwarder_fields, NULL, forwarder_parsed,
                                             NULL};

static const XmlField txt_fields[] = {
    XML_STRING(NetworkDnsTxt, name, "@name"),
    XML_STRING(NetworkDnsTxt, value, "@value"),
    XML_END,
};

static gboolean txt_parsed(xmlNode *node, gpointer self, GError **error)
{
    NetworkDnsTxt *txt = self;

    if (!txt->name)
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_XML_DETAIL,
                      "missing required name attribute in DNS TXT record (line %ld)", xmlGetLineNo(node));
    else if (strchr(txt->name, ' '))
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_XML_DETAIL,
                      "prohibited character in DNS TXT record name '%s' (line %ld)", txt->name, xmlGetLineNo(node));
    else if (!txt->value)
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_XML_DETAIL,
                      "missing required value attribute in DNS TXT record named '%s' (line %ld)", txt->name,
                      xmlGetLineNo(node));
    else
        return TRUE;
    return FALSE;
}

const XmlElement network_dns_txt_element = {sizeof(NetworkDnsTxt), txt_fields, NULL, txt_parsed, NULL};

/* A number whose faults are faults of the record, not of the attribute alone. */
static gboolean parse_16_bit(const char *text, gpointer member, GError **error)
{
    guint64 value;

    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT16, &value, NULL)) {
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_XML_DETAIL,
                      "invalid DNS SRV number '%s', must be from 0 to 65535", text);
        return FALSE;
    }
    *(unsigned int *)member = (unsigned int)value;
    return TRUE;
}

static char *format_16_bit(gconstpointer member)
{
    unsigned int value = *(const unsigned int *)member;

    return value ? g_strdup_printf("%u", value) : NULL;
}

static const XmlCodec number_codec = {parse_16_bit, format_16_bit, NULL};

static const XmlField srv_fields[] = {
    XML_STRING(NetworkDnsSrv, service, "@service"),
    XML_STRING(NetworkDnsSrv, protocol, "@protocol"),
    XML_STRING(NetworkDnsSrv, domain, "@domain"),
    XML_STRING(NetworkDnsSrv, target, "@target"),
    XML_CODEC(NetworkDnsSrv, port, "@port", &number_codec),
    XML_CODEC(NetworkDnsSrv, priority, "@priority", &number_codec),
    XML_CODEC(NetworkDnsSrv, weight, "@weight", &number_codec),
    XML_END,
};

static gboolean srv_parsed(xmlNode *node, gpointer self, GError **error)
{
    NetworkDnsSrv *srv = self;

    if (!srv->service)
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_XML_DETAIL,
                      "missing required service attribute in DNS SRV record (line %ld)", xmlGetLineNo(node));
    else if (!srv->protocol)
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_XML_DETAIL,
                      "missing required protocol attribute in DNS SRV record '%s' (line %ld)", srv->service,
                      xmlGetLineNo(node));
    else
        return TRUE;
    return FALSE;
}

const XmlElement network_dns_srv_element = {sizeof(NetworkDnsSrv), srv_fields, NULL, srv_parsed, NULL};

/* As with the numbers above. */
static gboolean parse_host_ip(const char *text, gpointer member, GError **error)
{
    return xml_codec_ip.parse(text, member, NULL) || vir_error_fail(error, VIR_FROM_NETWORK, VIR_ERR_XML_DETAIL,
                                                                    "Invalid IP address '%s' in DNS HOST record", text);
}

static char *format_host_ip(gconstpointer member)
{
    return xml_codec_ip.format(member);
}

static const XmlCodec host_ip_codec = {parse_host_ip, format_host_ip, NULL};

static const XmlField host_fields[] = {
    XML_CODEC(NetworkDnsHost, ip, "@ip", &host_ip_codec),
    XML_STRINGS(NetworkDnsHost, names, "hostname"),
    XML_END,
};

static gboolean host_parsed(xmlNode *node, gpointer self, GError **error)
{
    NetworkDnsHost *host = self;

    if (!host->ip.family)
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_XML_DETAIL, "Missing IP address in DNS HOST record (line %ld)",
                      xmlGetLineNo(node));
    else if (!host->names)
        vir_error_set(error, VIR_FROM_NETWORK, VIR_ERR_XML_DETAIL, "Missing hostname in DNS HOST record (line %ld)",
                      xmlGetLineNo(node));
    else
        return TRUE;
    return FALSE;
}

const XmlElement network_dns_host_element = {sizeof(NetworkDnsHost), host_fields, NULL, host_parsed, NULL};

static const XmlField dns_fields[] = {
    XML_YESNO(NetworkDns, enable, "@enable"),
    XML_YESNO(NetworkDns, forward_plain_names, "@forwardPlainNames"),
    XML_LIST(NetworkDns, forwarders, "forwarder", &forwarder_element),
    XML_LIST(NetworkDns, txts, "txt", &network_dns_txt_element),
    XML_LIST(NetworkDns, srvs, "srv", &network_dns_srv_element),
    XML_LIST(NetworkDns, hosts, "host", &network_dns_host_element),
    XML_END,
};
const XmlElement network_dns_element = {sizeof(NetworkDns), dns_fields};
