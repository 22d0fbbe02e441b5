/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/dhcp/leases.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "common/file.h"
#include <libvirt/virterror.h>

/* The kinds of DUID that have a hardware address in them, and where (in bytes). */
#define DUID_LLT        1
#define DUID_LLT_OFFSET 8
#define DUID_LL         3
#define DUID_LL_OFFSET  4

/* Fields of a line: expiry, MAC or IAID, address, name, client's id or DUID. */
enum { EXPIRY, KEY, ADDRESS, HOSTNAME, CLIENT_ID, N_FIELDS };

static void lease_clear(gpointer data)
{
    Lease *lease = data;

    g_free(lease->mac);
    g_free(lease->iaid);
    g_free(lease->hostname);
    g_free(lease->client_id);
}

/* dnsmasq writes * for nothing. */
static char *given(const char *text)
{
    return strcmp(text, "*") == 0 ? NULL : g_strdup(text);
}

/* The Ethernet address that a DUID ends with, or NULL. */
static char *mac_of_duid(const char *duid)
{
    g_auto(GStrv) bytes = g_strsplit(duid, ":", -1);
    guint n = g_strv_length(bytes);
    guint kind, medium, offset;

    if (n < 4)
        return NULL;
    kind = (guint)(g_ascii_strtoull(bytes[0], NULL, 16) << 8 | g_ascii_strtoull(bytes[1], NULL, 16));
    medium = (guint)(g_ascii_strtoull(bytes[2], NULL, 16) << 8 | g_ascii_strtoull(bytes[3], NULL, 16));
    offset = kind == DUID_LLT ? DUID_LLT_OFFSET : DUID_LL_OFFSET;
    if ((kind != DUID_LLT && kind != DUID_LL) || medium != 1 || n != offset + MAC_LEN)
        return NULL;
    return g_strjoinv(":", bytes + offset);
}

static gboolean find_prefix(const NetworkDef *def, const IpAddress *address, guint *prefix)
{
    for (guint i = 0; def->ips && i < def->ips->len; i++) {
        const NetworkIp *ip = def->ips->pdata[i];
        int length = network_ip_prefix(ip);

        if (length >= 0 && ip_address_same_network(&ip->address, address, (guint)length)) {
            *prefix = (guint)length;
            return TRUE;
        }
    }
    return FALSE;
}

/* A MAC may have its hardware type before it: 01-52:54:00:... */
static const char *bare_mac(const char *text)
{
    return strlen(text) > 3 && text[2] == '-' ? text + 3 : text;
}

static gboolean lease_parse(char **fields, const NetworkDef *def, Lease *lease)
{
    gboolean is_v6;

    if (!g_ascii_string_to_signed(fields[EXPIRY], 10, 0, G_MAXINT64, &lease->expiry, NULL) ||
        !ip_address_parse(fields[ADDRESS], &lease->address) || !find_prefix(def, &lease->address, &lease->prefix))
        return FALSE;
    is_v6 = lease->address.family == AF_INET6;
    lease->client_id = given(fields[CLIENT_ID]);
    lease->hostname = given(fields[HOSTNAME]);
    /* Temporary addresses have a T before their IAID. */
    lease->iaid = is_v6 ? g_strdup(fields[KEY] + (*fields[KEY] == 'T')) : NULL;
    lease->mac = !is_v6 ? g_strdup(bare_mac(fields[KEY])) : lease->client_id ? mac_of_duid(lease->client_id) : NULL;
    return TRUE;
}

static gboolean is_wanted(const Lease *lease, const char *mac, gint64 now)
{
    guint8 wanted[MAC_LEN], own[MAC_LEN];

    if (lease->expiry && lease->expiry < now)
        return FALSE;
    if (!mac)
        return TRUE;
    return lease->mac && mac_parse(mac, wanted) && mac_parse(lease->mac, own) && memcmp(wanted, own, MAC_LEN) == 0;
}

GArray *leases_parse(const char *text, const NetworkDef *def, const char *mac, gint64 now)
{
    GArray *leases = g_array_new(FALSE, TRUE, sizeof(Lease));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    g_array_set_clear_func(leases, lease_clear);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) fields = g_strsplit(*line, " ", -1);
        Lease lease = {0};

        /* Among the leases stands a line with the server's own DUID. */
        if (g_strv_length(fields) < N_FIELDS)
            continue;
        if (lease_parse(fields, def, &lease) && is_wanted(&lease, mac, now))
            g_array_append_val(leases, lease);
        else
            lease_clear(&lease);
    }
    return leases;
}

GArray *leases_read(const char *path, const NetworkDef *def, const char *mac, GError **error)
{
    g_autofree char *text = NULL;

    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return leases_parse("", def, mac, 0);
    text = file_read(path, LEASES_FILE_MAX, NULL, VIR_FROM_NETWORK, error);
    return text ? leases_parse(text, def, mac, g_get_real_time() / G_USEC_PER_SEC) : NULL;
}
