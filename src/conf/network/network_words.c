/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/network/network_words.h"

#include <string.h>

#include "conf/network/network_fail.h"

/* NULL is fine in all of these. */
static gboolean is_one_line(const char *text)
{
    return !text || !strpbrk(text, "\n\r");
}

/* The kernel takes more than this for a link's name, but nobody gives such. */
static gboolean is_device_name(const char *text)
{
    for (const char *c = text; c && *c; c++) {
        if ((guchar)*c <= ' ' || *c == '"' || *c == '\\' || *c == '/' || *c == 0x7f)
            return FALSE;
    }
    return TRUE;
}

static gboolean fail_line(GError **error, const NetworkDef *def, const char *where)
{
    return network_fail(error, VIR_ERR_XML_ERROR, "line break in %s of network '%s'", where, def->name);
}

static gboolean fail_device(GError **error, const NetworkDef *def, const char *name)
{
    return network_fail(error, VIR_ERR_XML_ERROR, "invalid device name '%s' in network '%s'", name, def->name);
}

static gboolean check_devices(const NetworkDef *def, GError **error)
{
    const NetworkForward *forward = def->forward;

    if (!is_device_name(def->bridge))
        return fail_device(error, def, def->bridge);
    if (!forward)
        return TRUE;
    if (!is_device_name(forward->pf))
        return fail_device(error, def, forward->pf);
    for (guint i = 0; forward->interfaces && i < forward->interfaces->len; i++) {
        const NetworkForwardInterface *interface = forward->interfaces->pdata[i];

        if (!is_device_name(interface->dev))
            return fail_device(error, def, interface->dev);
    }
    return TRUE;
}

static gboolean check_hosts(const NetworkDef *def, const NetworkDns *dns, GError **error)
{
    for (guint i = 0; dns->hosts && i < dns->hosts->len; i++) {
        const NetworkDnsHost *host = dns->hosts->pdata[i];

        for (guint j = 0; j < host->names->len; j++) {
            if (strpbrk(host->names->pdata[j], " \t\n\r#"))
                return network_fail(error, VIR_ERR_XML_ERROR,
                                    "invalid host name '%s' in a DNS HOST record of network '%s'",
                                    (const char *)host->names->pdata[j], def->name);
        }
    }
    return TRUE;
}

static gboolean check_dns(const NetworkDef *def, const NetworkDns *dns, GError **error)
{
    for (guint i = 0; dns->forwarders && i < dns->forwarders->len; i++) {
        if (!is_one_line(((const NetworkDnsForwarder *)dns->forwarders->pdata[i])->domain))
            return fail_line(error, def, "a DNS forwarder");
    }
    for (guint i = 0; dns->txts && i < dns->txts->len; i++) {
        const NetworkDnsTxt *txt = dns->txts->pdata[i];

        if (!is_one_line(txt->name) || !is_one_line(txt->value))
            return fail_line(error, def, "a DNS TXT record");
    }
    for (guint i = 0; dns->srvs && i < dns->srvs->len; i++) {
        const NetworkDnsSrv *srv = dns->srvs->pdata[i];

        if (!is_one_line(srv->service) || !is_one_line(srv->protocol) || !is_one_line(srv->domain) ||
            !is_one_line(srv->target))
            return fail_line(error, def, "a DNS SRV record");
    }
    return check_hosts(def, dns, error);
}

gboolean network_words_check(const NetworkDef *def, GError **error)
{
    if (!is_one_line(def->name))
        return network_fail(error, VIR_ERR_XML_ERROR, "line break in the name of a network");
    if (!is_one_line(def->domain))
        return fail_line(error, def, "the domain");
    for (guint i = 0; def->dnsmasq_options && i < def->dnsmasq_options->len; i++) {
        if (!is_one_line(def->dnsmasq_options->pdata[i]))
            return fail_line(error, def, "a dnsmasq option");
    }
    return check_devices(def, error) && (!def->dns || check_dns(def, def->dns, error));
}
