/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host/secret_host.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "common/identifiers.h"
#include "rpc/remote_calls.h"
#include "virtqemud/device/disk_source.h"
#include "virtqemud/peer.h"

typedef struct {
    GHashTable *fds; /* by QEMU's name for it */
    RpcClient *client;
    GError *error;
} Gathering;

static void close_fd(gpointer fd)
{
    close(GPOINTER_TO_INT(fd));
}

/* Where QEMU's user may read it, whoever that is: nobody else has it open. */
static int to_file(const guint8 *value, gsize size, GError **error)
{
    int fd = memfd_create("secret", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd >= 0 && write(fd, value, size) == (gssize)size && fchmod(fd, 0444) == 0 &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
        return fd;
    vir_error_set_errno(error, VIR_FROM_QEMU, errno, "cannot keep a secret for QEMU");
    if (fd >= 0)
        close(fd);
    return -1;
}

/* ---- the daemon of secrets ---- */

static gboolean find_by_uuid(RpcClient *client, const DiskSecret *secret, remote_secret_lookup_by_uuid_ret *found,
                             GError **error)
{
    remote_secret_lookup_by_uuid_args args;

    if (uuid_parse(secret->uuid, (guint8 *)args.uuid))
        return peer_call(client, REMOTE_PROC_SECRET_LOOKUP_BY_UUID, &args, found, error);
    vir_error_set(error, VIR_FROM_SECRET, VIR_ERR_INVALID_SECRET, "malformed secret UUID '%s'", secret->uuid);
    return FALSE;
}

static gboolean find(RpcClient *client, const DiskSecret *secret, remote_secret_lookup_by_uuid_ret *found,
                     GError **error)
{
    static const struct {
        const char *name;
        int type;
    } usages[] = {{"volume", VIR_SECRET_USAGE_TYPE_VOLUME}, {"passphrase", VIR_SECRET_USAGE_TYPE_VOLUME},
                  {"ceph", VIR_SECRET_USAGE_TYPE_CEPH},     {"iscsi", VIR_SECRET_USAGE_TYPE_ISCSI},
                  {"tls", VIR_SECRET_USAGE_TYPE_TLS},       {"vtpm", VIR_SECRET_USAGE_TYPE_VTPM}};
    remote_secret_lookup_by_usage_args args = {.usageID = secret->usage};

    if (secret->uuid)
        return find_by_uuid(client, secret, found, error);
    for (gsize i = 0; i < G_N_ELEMENTS(usages); i++)
        if (g_strcmp0(usages[i].name, secret->type) == 0)
            args.usageType = usages[i].type;
    /* The answers to both questions are the same on the wire. */
    G_STATIC_ASSERT(sizeof(remote_secret_lookup_by_usage_ret) == sizeof(*found));
    return peer_call(client, REMOTE_PROC_SECRET_LOOKUP_BY_USAGE, &args, found, error);
}

static int ask(RpcClient *client, const DiskSecret *secret, GError **error)
{
    remote_secret_lookup_by_uuid_ret found = {0};
    remote_secret_get_value_args args = {0};
    remote_secret_get_value_ret answer = {0};
    int fd = -1;

    if (!find(client, secret, &found, error))
        return -1;
    args.secret = found.secret;
    if (peer_call(client, REMOTE_PROC_SECRET_GET_VALUE, &args, &answer, error)) {
        fd = to_file((const guint8 *)answer.value.value_val, answer.value.value_len, error);
        explicit_bzero(answer.value.value_val, answer.value.value_len);
    }
    xdr_free((xdrproc_t)xdr_remote_secret_get_value_ret, (char *)&answer);
    xdr_free((xdrproc_t)xdr_remote_secret_lookup_by_uuid_ret, (char *)&found);
    return fd;
}

/* ---- cookies ---- */

static int write_cookies(const GPtrArray *cookies, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < cookies->len; i++) {
        const DiskCookie *cookie = g_ptr_array_index(cookies, i);

        g_string_append_printf(text, "%s%s=%s", i ? "; " : "", cookie->name, cookie->value ? cookie->value : "");
    }
    return to_file((const guint8 *)text->str, text->len, error);
}

/* ---- all ---- */

static void gather(const char *id, const DiskSecret *secret, const GPtrArray *cookies, gpointer data)
{
    Gathering *gathering = data;
    int fd = -1;

    if (gathering->error)
        return;
    if (secret && !gathering->client)
        gathering->client = peer_open(&peer_secret, &gathering->error);
    if (gathering->error)
        return;
    fd = secret ? ask(gathering->client, secret, &gathering->error) : write_cookies(cookies, &gathering->error);
    if (fd >= 0)
        g_hash_table_insert(gathering->fds, g_strdup(id), GINT_TO_POINTER(fd));
}

static void gather_of_disk(const DiskDef *disk, Gathering *gathering)
{
    DiskFormat format;
    DiskNode node;
    char *name;

    for (guint level = 0; disk_node_init(disk, level, &node, &format, &name); level++) {
        disk_node_each_secret(&node, gather, gathering);
        g_free(name);
    }
}

GHashTable *secret_host_prepare(const DomainDef *def, GError **error)
{
    Gathering gathering = {.fds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, close_fd)};

    for (guint i = 0; i < def->disks->len; i++)
        gather_of_disk(g_ptr_array_index(def->disks, i), &gathering);
    peer_close(gathering.client);
    if (!gathering.error)
        return gathering.fds;
    g_propagate_error(error, gathering.error);
    g_hash_table_unref(gathering.fds);
    return NULL;
}
