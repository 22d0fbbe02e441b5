/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/host/traffic.h"

#include "common/netlink_tc.h"

#define CLASS_WHOLE     1
#define CLASS_EVERYBODY 2

static NetlinkRate to_rate(const BandwidthRate *rate)
{
    return netlink_tc_rate(rate->average, rate->peak, rate->burst);
}

/* What is left for ports without a floor; they may use more while nobody else does. */
static gboolean set_everybody(const NetworkDef *def, guint64 floors, GError **error)
{
    NetlinkRate rate = to_rate(def->bandwidth->inbound);
    guint64 whole = rate.rate;

    rate.rate = whole > floors * 1000 ? whole - floors * 1000 : 1000;
    rate.ceil = MAX(rate.ceil, whole);
    return netlink_tc_set_class(def->bridge, CLASS_WHOLE, CLASS_EVERYBODY, &rate, error);
}

/* Bursts are those of the ports without a floor: the whole does not lend more than it gets. */
static gboolean set_inbound(const NetworkDef *def, GError **error)
{
    NetlinkRate whole = to_rate(def->bandwidth->inbound);

    whole.burst = 0;
    return netlink_tc_add_queue(def->bridge, CLASS_EVERYBODY, error) &&
           netlink_tc_set_class(def->bridge, 0, CLASS_WHOLE, &whole, error) && set_everybody(def, 0, error);
}

gboolean traffic_start(const NetworkDef *def, GError **error)
{
    if (!def->bandwidth)
        return TRUE;
    netlink_tc_clear(def->bridge);
    if (def->bandwidth->inbound && !set_inbound(def, error))
        return FALSE;
    if (def->bandwidth->outbound) {
        NetlinkRate rate = to_rate(def->bandwidth->outbound);

        return netlink_tc_police(def->bridge, &rate, error);
    }
    return TRUE;
}

static guint class_of(const NetworkPort *port)
{
    return port && port->bandwidth ? port->bandwidth->class_id : 0;
}

static gboolean add_class(const NetworkDef *def, const NetworkPort *port, GError **error)
{
    const BandwidthRate *whole = def->bandwidth->inbound;
    NetlinkRate rate = {.rate = port->bandwidth->inbound->floor * 1000,
                        .ceil = (whole->peak ? whole->peak : whole->average) * 1000};

    return netlink_tc_set_class(def->bridge, CLASS_WHOLE, class_of(port), &rate, error) &&
           netlink_tc_steer(def->bridge, class_of(port), port->mac, error);
}

gboolean traffic_set_port(const NetworkDef *def, const NetworkPort *old, const NetworkPort *port, guint64 others,
                          GError **error)
{
    guint64 floor = class_of(port) ? port->bandwidth->inbound->floor : 0;

    if (!def->bandwidth || !def->bandwidth->inbound || (!class_of(old) && !class_of(port)))
        return TRUE;
    if (class_of(old))
        netlink_tc_remove_class(def->bridge, class_of(old));
    return set_everybody(def, others + floor, error) && (!floor || add_class(def, port, error));
}

gboolean traffic_repair(const NetworkDef *def, const GPtrArray *ports, GError **error)
{
    guint64 sum = 0;

    if (!traffic_start(def, error))
        return FALSE;
    for (guint i = 0; i < ports->len; i++) {
        const NetworkPort *port = ports->pdata[i];

        if (!traffic_set_port(def, NULL, port, sum, error))
            return FALSE;
        sum += class_of(port) ? port->bandwidth->inbound->floor : 0;
    }
    return TRUE;
}
