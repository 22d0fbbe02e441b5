/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of the table in check.c: bridges that are Open vSwitch's, or that have to tell VLANs apart. */
#include "common/netlink_vlan.h"
#include "common/open_vswitch.h"
#include "virtnetworkd/check/check_run.h"

gboolean check_is_on_ovs(const NetworkDef *def)
{
    return def->virtual_port && def->virtual_port->type == VIRTUAL_PORT_OPENVSWITCH && check_bridge(def);
}

void check_switch(CheckRun *run)
{
    const char *bridge = check_bridge(run->def);
    g_autofree char *cure = g_strdup_printf("ovs-vsctl add-br %s, where Open vSwitch is installed and runs", bridge);
    g_autoptr(GError) error = NULL;

    if (!ovs_has_bridge(bridge, &error))
        check_say(run, CHECK_PROBLEM, cure, "bridge %s of Open vSwitch cannot be used: %s", bridge, error->message);
    else if (!ovs_switch_runs())
        check_say(run, CHECK_PROBLEM, "systemctl start openvswitch-switch (or ovs-vswitchd)",
                  "ovs-vswitchd does not run: nobody carries the packets of bridge %s", bridge);
    else
        check_say(run, CHECK_FINE, NULL, "Open vSwitch has bridge %s", bridge);
}

/* A link is where its switch says. */
gboolean check_is_in_ovs(const char *link, const char *bridge)
{
    g_autofree char *its = ovs_bridge_of(link, NULL);

    return g_strcmp0(its, bridge) == 0;
}

void check_vlans(CheckRun *run)
{
    const char *bridge = check_bridge(run->def);
    g_autofree char *cure = g_strdup_printf("ip link set %s type bridge vlan_filtering 1", bridge);

    if (netlink_bridge_filters(bridge))
        check_say(run, CHECK_FINE, NULL, "bridge %s tells VLANs apart", bridge);
    else
        check_say(run, CHECK_PROBLEM, cure, "bridge %s does not tell VLANs apart: guests that are in one do not start",
                  bridge);
}
