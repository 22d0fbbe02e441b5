/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/domain_status.h"

#define REASONS_MAX 12
#define STATUS_MODE (XML_MODE_LIVE | XML_MODE_SECURE | XML_MODE_STATUS)

/* By VIR_DOMAIN_*; the reasons by each state's own numbers. */
static const struct {
    const char *name;
    const char *reasons[REASONS_MAX];
} states[] = {
    [VIR_DOMAIN_NOSTATE] = {"nostate", {"unknown"}},
    [VIR_DOMAIN_RUNNING] = {"running",
                            {"unknown", "booted", "migrated", "restored", "from snapshot", "unpaused",
                             "migration canceled", "save canceled", "wakeup", "crashed", "post-copy",
                             "post-copy failed"}},
    [VIR_DOMAIN_BLOCKED] = {"blocked", {"unknown"}},
    [VIR_DOMAIN_PAUSED] = {"paused",
                           {"unknown", "user", "migration", "save", "dump", "ioerror", "watchdog", "from snapshot",
                            "shutdown", "snapshot", "panicked", "starting up"}},
    [VIR_DOMAIN_SHUTDOWN] = {"shutdown", {"unknown", "user"}},
    [VIR_DOMAIN_SHUTOFF] = {"shutoff",
                            {"unknown", "shutdown", "destroyed", "crashed", "migrated", "saved", "failed",
                             "from snapshot", "daemon"}},
    [VIR_DOMAIN_CRASHED] = {"crashed", {"unknown", "panicked"}},
    [VIR_DOMAIN_PMSUSPENDED] = {"pmsuspended", {"unknown"}},
};

const char *domain_state_name(int state)
{
    return state >= 0 && (gsize)state < G_N_ELEMENTS(states) ? states[state].name : NULL;
}

const char *domain_state_reason_name(int state, int reason)
{
    if (!domain_state_name(state) || reason < 0)
        return NULL;
    /* Two more than the others have. */
    if (state == VIR_DOMAIN_PAUSED && reason >= REASONS_MAX)
        return reason == VIR_DOMAIN_PAUSED_POSTCOPY          ? "post-copy"
               : reason == VIR_DOMAIN_PAUSED_POSTCOPY_FAILED ? "post-copy failed"
                                                             : NULL;
    return reason < REASONS_MAX ? states[state].reasons[reason] : NULL;
}

static int find_state(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
        if (g_strcmp0(states[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

static int find_reason(int state, const char *name)
{
    for (int reason = 0; reason < REASONS_MAX + 2; reason++) {
        if (g_strcmp0(domain_state_reason_name(state, reason), name) == 0)
            return reason;
    }
    return -1;
}

char *domain_status_format(const DomainStatus *status, const DomainDef *def, const DomainStatusHooks *hooks,
                           gpointer private_data)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();

    xml_open(writer, "domstatus");
    xml_write_attribute(writer, "state", domain_state_name(status->state));
    xml_write_attribute(writer, "reason", domain_state_reason_name(status->state, status->reason));
    xml_write_attributef(writer, "pid", "%d", status->pid);
    if (hooks && hooks->write)
        hooks->write(writer, def, private_data);
    domain_def_write(def, writer, STATUS_MODE);
    xml_close(writer);
    return xml_writer_take(writer);
}

/* ---- reading ---- */

static gboolean fault(GError **error, const char *what, const char *value)
{
    vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "invalid domain %s '%s'", what, value ? value : "");
    return FALSE;
}

static gboolean read_status(xmlNode *node, DomainStatus *status, GError **error)
{
    g_autofree char *state = xml_attribute(node, "state");
    g_autofree char *reason = xml_attribute(node, "reason");
    g_autofree char *pid = xml_attribute(node, "pid");
    gint64 value;

    status->state = state ? find_state(state) : -1;
    if (status->state < 0)
        return fault(error, "state", state);
    status->reason = reason ? find_reason(status->state, reason) : 0;
    if (status->reason < 0)
        return fault(error, "state reason", reason);
    if (!pid || !g_ascii_string_to_signed(pid, 10, 0, G_MAXINT, &value, NULL))
        return fault(error, "pid", pid);
    status->pid = (int)value;
    return TRUE;
}

DomainDef *domain_status_parse(const char *xml, DomainStatus *status, const DomainDefaults *defaults,
                               const DomainStatusHooks *hooks, gpointer private_data, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, "domstatus", "(domain_status)", VIR_FROM_DOMAIN, error);
    g_autoptr(DomainDef) def = NULL;
    DomainStatus found;
    xmlNode *node;

    if (!doc || !read_status(xmlDocGetRootElement(doc), &found, error))
        return NULL;
    node = xml_child(xmlDocGetRootElement(doc), "domain");
    if (!node) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "no domain config");
        return NULL;
    }
    def = domain_def_parse_node(node, STATUS_MODE, defaults, error);
    if (!def)
        return NULL;
    if (hooks && hooks->read && !hooks->read(xmlDocGetRootElement(doc), def, private_data, error))
        return NULL;
    *status = found;
    return g_steal_pointer(&def);
}
