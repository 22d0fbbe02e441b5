/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/open_vswitch.h"

#include <string.h>

#include "common/command.h"
#include "common/error.h"

/* For the program to start and to tell that its time is up. */
#define SLACK_MS 2000

static int timeout_s = OVS_TIMEOUT_S;

void ovs_set_timeout(int seconds)
{
    g_atomic_int_set(&timeout_s, seconds);
}

/* ---- one run ---- */

typedef GPtrArray Words;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Words, g_ptr_array_unref)

static void add(Words *words, ...) G_GNUC_NULL_TERMINATED;
static void add(Words *words, ...)
{
    va_list all;

    va_start(all, words);
    for (const char *word; (word = va_arg(all, const char *));)
        g_ptr_array_add(words, g_strdup(word));
    va_end(all);
}

static void addf(Words *words, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void addf(Words *words, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    g_ptr_array_add(words, g_strdup_vprintf(format, values));
    va_end(values);
}

static Words *run_new(void)
{
    Words *words = g_ptr_array_new_with_free_func(g_free);

    add(words, "ovs-vsctl", NULL);
    addf(words, "--timeout=%d", g_atomic_int_get(&timeout_s));
    return words;
}

/* Says what went wrong in the program's words, or else in those of whoever ran it. */
static void explain(const char *said, const char *otherwise, GError **error)
{
    g_autofree char *why = g_strstrip(g_strdup(said));
    const char *own = g_str_has_prefix(why, "ovs-vsctl: ") ? why + strlen("ovs-vsctl: ") : why;

    if (strstr(why, "Alarm clock"))
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR,
                      "Open vSwitch has not done it within %d s; does ovs-vswitchd run?", g_atomic_int_get(&timeout_s));
    else
        vir_error_set(error, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "%s", *own ? own : otherwise);
}

/* *output: what it printed, or NULL when nobody wants to know. A switch that did not take a link over does not fail,
 * but says so. */
static gboolean run(Words *words, char **output, GError **error)
{
    g_autofree char *printed = NULL;
    g_autofree char *said = NULL;
    g_autoptr(GError) failure = NULL;

    g_ptr_array_add(words, NULL);
    if (!command_run_output((const char *const *)words->pdata, g_atomic_int_get(&timeout_s) * 1000 + SLACK_MS,
                            VIR_FROM_NONE, &printed, &said, &failure)) {
        explain(said, failure->message, error);
        return FALSE;
    }
    if (strstr(said, "Error detected")) {
        explain(said, said, error);
        return FALSE;
    }
    if (output)
        *output = g_steal_pointer(&printed);
    return TRUE;
}

static gboolean is_installed(GError **error)
{
    g_autofree char *path = g_find_program_in_path("ovs-vsctl");

    return path || vir_error_fail(error, VIR_FROM_NONE, VIR_ERR_CONFIG_UNSUPPORTED,
                                  "Open vSwitch is not installed: there is no ovs-vsctl");
}

/* ---- values ---- */

/* As the database reads a string that may have anything in it. */
static char *quote(const char *text)
{
    GString *quoted = g_string_new("\"");

    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            g_string_append_c(quoted, '\\');
        if ((guchar)*text < ' ')
            g_string_append_printf(quoted, "\\u%04x", (guint)*text);
        else
            g_string_append_c(quoted, *text);
    }
    g_string_append_c(quoted, '"');
    return g_string_free(quoted, FALSE);
}

static void add_ids(Words *words, char **ids)
{
    for (; ids && ids[0]; ids += 2) {
        g_autofree char *value = quote(ids[1]);

        addf(words, "external-ids:%s=%s", ids[0], value);
    }
}

static void add_trunk(Words *words, const PortVlans *vlans)
{
    g_autoptr(GString) trunks = g_string_new("trunks=");

    for (guint id = 0; id < PORT_VLANS; id++)
        if ((vlans->trunk[id / 8] >> (id % 8)) & 1)
            g_string_append_printf(trunks, "%u,", id);
    g_string_truncate(trunks, trunks->len - 1);
    add(words, trunks->str, NULL);
    if (vlans->native != PORT_VLAN_NONE)
        add(words, vlans->is_native_tagged ? "vlan_mode=native-tagged" : "vlan_mode=native-untagged", NULL);
}

static void add_vlans(Words *words, const char *name, const PortVlans *vlans)
{
    add(words, "--", "clear", "Port", name, "tag", "trunks", "vlan_mode", NULL);
    if (!vlans)
        return;
    add(words, "--", "set", "Port", name, NULL);
    if (vlans->native != PORT_VLAN_NONE)
        addf(words, "tag=%d", vlans->native);
    if (vlans->is_trunk)
        add_trunk(words, vlans);
}

/* ---- looking ---- */

/* The column of those records of a table that have the external id, in a NULL-terminated array. NULL: error. */
static char **find(const char *table, const char *column, const char *key, const char *value, GError **error)
{
    g_autoptr(Words) words = run_new();
    g_autofree char *quoted = quote(value);
    g_autofree char *output = NULL;

    addf(words, "--columns=%s", column);
    add(words, "--bare", "find", table, NULL);
    addf(words, "external_ids:%s=%s", key, quoted);
    return run(words, &output, error) ? g_strsplit_set(g_strstrip(output), "\n", -1) : NULL;
}

static void add_names(GStrvBuilder *names, char **lines, const char *prefix)
{
    for (; *lines; lines++) {
        g_auto(GStrv) words = g_strsplit(*lines, " ", 2);

        if (words[0] && g_str_has_prefix(words[0], prefix) && words[0][strlen(prefix)])
            g_strv_builder_add(names, words[0] + strlen(prefix));
    }
}

/* Where ovs-vsctl looks for its database. Without it there is nothing to ask, and a process less to start. */
static gboolean is_running(void)
{
    const char *dir = g_getenv("OVS_RUNDIR");
    g_autofree char *path = g_build_filename(dir ? dir : "/var/run/openvswitch", "db.sock", NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* The first of a record's external ids, which are sorted, is the name. */
char **ovs_ports_with(const char *key, const char *value, GError **error)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    g_auto(GStrv) ports = NULL;
    g_auto(GStrv) limits = NULL;

    if (!is_installed(NULL) || !is_running())
        return g_strv_builder_end(names);
    ports = find("Interface", "name", key, value, error);
    limits = ports ? find("Queue", "external_ids", key, value, error) : NULL;
    if (!limits)
        return NULL;
    add_names(names, ports, "");
    add_names(names, limits, "ifname=");
    return g_strv_builder_end(names);
}

char *ovs_bridge_of(const char *port, GError **error)
{
    g_autoptr(Words) words = run_new();
    char *output = NULL;

    add(words, "port-to-br", port, NULL);
    return is_installed(error) && run(words, &output, error) ? g_strstrip(output) : NULL;
}

gboolean ovs_has_bridge(const char *bridge, GError **error)
{
    g_autoptr(Words) words = run_new();

    add(words, "get", "Bridge", bridge, "_uuid", NULL);
    return is_installed(error) && run(words, NULL, error);
}

gboolean ovs_switch_runs(void)
{
    static const char *const argv[] = {"ovs-appctl", "--timeout=2", "--target=ovs-vswitchd", "version", NULL};

    return command_run(argv, NULL, SLACK_MS * 2, VIR_FROM_NONE, NULL);
}

/* ---- ports ---- */

static gboolean add_port(const OvsPort *port, gboolean may_exist, GError **error)
{
    g_autoptr(Words) words = run_new();

    if (may_exist)
        add(words, "--", "--may-exist", NULL);
    else
        add(words, "--", "--if-exists", "del-port", port->name, "--", NULL);
    add(words, "add-port", port->bridge, port->name, NULL);
    add_vlans(words, port->name, port->vlans);
    add(words, "--", "set", "Interface", port->name, NULL);
    add_ids(words, port->ids);
    return run(words, NULL, error);
}

gboolean ovs_port_add(const OvsPort *port, GError **error)
{
    if (!is_installed(error))
        return FALSE;
    if (add_port(port, FALSE, error))
        return TRUE;
    g_prefix_error(error, "cannot make %s a port of Open vSwitch bridge '%s': ", port->name, port->bridge);
    ovs_port_delete(port->name, NULL);
    return FALSE;
}

gboolean ovs_port_restore(const OvsPort *port, GError **error)
{
    return (is_installed(NULL) && add_port(port, TRUE, NULL)) || ovs_port_add(port, error);
}

gboolean ovs_port_set_vlans(const char *name, const PortVlans *vlans, GError **error)
{
    g_autoptr(Words) words = run_new();

    add_vlans(words, name, vlans);
    return is_installed(error) && run(words, NULL, error);
}

/* ---- limits ---- */

/* Tables that keep what nobody refers to any more. */
static const char *const limit_tables[] = {"QoS", "Queue"};

/* Adds that what the database has of limits for the port of that name be removed. Nothing is added when it has none. */
static gboolean add_forget(Words *words, const char *name, GError **error)
{
    guint before = words->len;

    for (gsize i = 0; i < G_N_ELEMENTS(limit_tables); i++) {
        g_auto(GStrv) records = find(limit_tables[i], "_uuid", "ifname", name, error);

        if (!records)
            return FALSE;
        for (char **record = records; *record; record++)
            if (**record)
                add(words, "--", "--if-exists", "destroy", limit_tables[i], *record, NULL);
    }
    if (words->len > before)
        add(words, "--", "--if-exists", "clear", "Port", name, "qos", NULL);
    return TRUE;
}

static gboolean forget_limits(const char *name, GError **error)
{
    g_autoptr(Words) words = run_new();
    guint empty;

    add(words, "--no-wait", NULL);
    empty = words->len;
    return add_forget(words, name, error) && (words->len == empty || run(words, NULL, error));
}

/* The port comes first: without it nobody can give it limits any more. (The database refuses both at once, as it takes
 * the port to be there until the change has been made.) */
gboolean ovs_port_delete(const char *name, GError **error)
{
    g_autoptr(Words) words = run_new();

    add(words, "--no-wait", "--", "--if-exists", "del-port", name, NULL);
    return is_installed(error) && run(words, NULL, error) && forget_limits(name, error);
}

static void add_rates(Words *words, const char *name, const OvsLimits *limits, char **ids)
{
    addf(words, "other-config:min-rate=%" G_GUINT64_FORMAT, limits->min_rate);
    addf(words, "other-config:max-rate=%" G_GUINT64_FORMAT, limits->max_rate);
    if (limits->burst)
        addf(words, "other-config:burst=%" G_GUINT64_FORMAT, limits->burst);
    addf(words, "external-ids:ifname=%s", name);
    add_ids(words, ids);
}

gboolean ovs_port_limit(const char *name, const OvsLimits *limits, char **ids, GError **error)
{
    g_autoptr(Words) words = run_new();

    if (!is_installed(error) || !add_forget(words, name, error))
        return FALSE;
    add(words, "--", "set", "Interface", name, NULL);
    addf(words, "ingress_policing_rate=%" G_GUINT64_FORMAT, limits->police_rate / 1000);
    addf(words, "ingress_policing_burst=%" G_GUINT64_FORMAT, limits->police_burst / 1024);
    if (limits->max_rate) {
        add(words, "--", "set", "Port", name, "qos=@limit", NULL);
        add(words, "--", "--id=@limit", "create", "QoS", "type=linux-htb", "queues:0=@queue", NULL);
        add_rates(words, name, limits, ids);
        add(words, "--", "--id=@queue", "create", "Queue", NULL);
        add_rates(words, name, limits, ids);
    }
    return run(words, NULL, error);
}
