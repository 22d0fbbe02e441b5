/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host/qemu_user.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

#include "common/error.h"

#define KVM_DEVICE "/dev/kvm"
#define GROUPS_MAX 256

static gboolean read_number(const char *text, guint32 *number)
{
    guint64 value;

    if (!g_ascii_string_to_unsigned(text + (*text == '+'), 10, 0, G_MAXUINT32 - 1, &value, NULL))
        return FALSE;
    *number = (guint32)value;
    return TRUE;
}

/* The daemon's start is not the only one to ask: jobs do too. */
#define NAME_BUFFER 16384

/* A name comes before a number, unless "+" says that it is one. */
static gboolean find_uid(const char *name, uid_t *uid, GError **error)
{
    char buffer[NAME_BUFFER];
    struct passwd space, *entry = NULL;

    if (*name != '+')
        getpwnam_r(name, &space, buffer, sizeof(buffer), &entry);
    if (entry)
        *uid = entry->pw_uid;
    if (entry || read_number(name, uid))
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_CONF_SYNTAX, "qemu.conf: there is no user '%s'", name);
    return FALSE;
}

static gboolean find_gid(const char *name, gid_t *gid, GError **error)
{
    char buffer[NAME_BUFFER];
    struct group space, *entry = NULL;

    if (*name != '+')
        getgrnam_r(name, &space, buffer, sizeof(buffer), &entry);
    if (entry)
        *gid = entry->gr_gid;
    if (entry || read_number(name, gid))
        return TRUE;
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_CONF_SYNTAX, "qemu.conf: there is no group '%s'", name);
    return FALSE;
}

static void add_group(ProcessUser *user, gid_t gid)
{
    for (guint i = 0; i < user->n_groups; i++)
        if (user->groups[i] == gid)
            return;
    user->groups = g_renew(gid_t, user->groups, user->n_groups + 1);
    user->groups[user->n_groups++] = gid;
}

static void add_groups(ProcessUser *user)
{
    const struct passwd *entry = getpwuid(user->uid);
    gid_t groups[GROUPS_MAX];
    int n = GROUPS_MAX;
    struct stat kvm;

    add_group(user, user->gid);
    if (entry && getgrouplist(entry->pw_name, user->gid, groups, &n) >= 0)
        for (int i = 0; i < n; i++)
            add_group(user, groups[i]);
    if (stat(KVM_DEVICE, &kvm) == 0 && (kvm.st_mode & S_IRWXG) == (S_IRGRP | S_IWGRP) && !(kvm.st_mode & S_IWOTH))
        add_group(user, kvm.st_gid);
}

ProcessUser *qemu_user_find(const char *user, const char *group, GError **error)
{
    g_autoptr(ProcessUser) found = g_new0(ProcessUser, 1);

    if (!find_uid(user, &found->uid, error) || !find_gid(group, &found->gid, error))
        return NULL;
    add_groups(found);
    return g_steal_pointer(&found);
}

gboolean qemu_user_exists(const char *name)
{
    return getpwnam(name) != NULL;
}
