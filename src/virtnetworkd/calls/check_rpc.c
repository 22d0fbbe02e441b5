/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The netcheck program: wire structs to check.h. */
#include "common/error.h"
#include "virtnetworkd/calls/handlers.h"
#include "virtnetworkd/calls/network_rpc.h"
#include "virtnetworkd/check/check.h"
#include "virtnetworkd/ports.h"

typedef struct {
    RpcCall *call;
    CheckSubject subject;
    GArray *findings; /* CheckFinding */
} Check;

static void check_free(Check *check)
{
    network_def_free(check->subject.def);
    g_clear_pointer(&check->subject.ports, g_ptr_array_unref);
    g_free(check->subject.guest);
    g_clear_pointer(&check->findings, g_array_unref);
    g_free(check);
}

static void work(gpointer data)
{
    Check *check = data;

    check->findings = check_network(&check->subject);
}

static void fill(netcheck_finding *wire, const CheckFinding *finding)
{
    wire->check = g_strdup(finding->check);
    wire->state = (netcheck_state)finding->state;
    wire->says = g_strndup(finding->says, NETCHECK_STRING_MAX);
    if (!finding->cure)
        return;
    wire->cure = g_new(char *, 1);
    *wire->cure = g_strndup(finding->cure, NETCHECK_STRING_MAX);
}

static void done(gpointer data)
{
    Check *check = data;
    netcheck_check_ret *ret = rpc_call_ret(check->call);

    ret->findings.findings_len = MIN(check->findings->len, NETCHECK_FINDING_LIST_MAX);
    ret->findings.findings_val = g_new0(netcheck_finding, ret->findings.findings_len);
    for (guint i = 0; i < ret->findings.findings_len; i++)
        fill(&ret->findings.findings_val[i], &g_array_index(check->findings, CheckFinding, i));
    rpc_call_reply(check->call);
    check_free(check);
}

/* The network is named, which the table cannot look up for the access check. */
static Network *find(RpcCall *call, const char *name, GError **error)
{
    const Network *network = network_find(name, NULL);

    if (!rpc_call_check_access(call, ACCESS_NETWORK_WRITE, name, network ? network->uuid : NULL, error))
        return NULL;
    return network_find(name, error);
}

static gboolean handle_check(RpcCall *call, const netcheck_check_args *args, netcheck_check_ret *ret, GError **error)
{
    Network *network;
    Check *check;

    if (!network_rpc_check_flags(args->flags, 0, "network check", error))
        return FALSE;
    network = find(call, args->network, error);
    if (!network)
        return FALSE;
    check = g_new0(Check, 1);
    check->call = call;
    check->subject = (CheckSubject){.def = network_def_copy(network_def_for(network, FALSE)),
                                    .is_active = network_is_active(network),
                                    .ports = ports_copy(network),
                                    .guest = args->guest ? g_strdup(*args->guest) : NULL,
                                    .dirs = network_dhcp_dirs()};
    rpc_call_defer(call);
    daemon_run_worker(network_driver.daemon, work, done, check);
    return TRUE;
}

const NetcheckHandlers netcheck_handlers = {.check = handle_check};
