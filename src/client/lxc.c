/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt-lxc.so.0: entering a container. But for the first, these functions work on the calling process alone. */
#include <errno.h>
#include <fcntl.h>
#include <libvirt/libvirt-lxc.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/call.h"
#include "client/report.h"
#include "common/error.h"
#include "rpc/lxc_calls.h"

int virDomainLxcOpenNamespace(virDomainPtr domain, int **fdlist, unsigned int flags)
{
    lxc_domain_open_namespace_args args = {.flags = flags};
    ClientCall call;

    if (!call_begin(&call, &handle_type_domain, domain, __func__) || !call_need_write(&call) ||
        !call_need(&call, fdlist, "fdlist") || !call_need_fd_passing(&call))
        return -1;
    handle_domain_encode(domain, &args.dom);
    if (!call_run(&call, &rpc_program_lxc, LXC_PROC_DOMAIN_OPEN_NAMESPACE, &args, NULL))
        return -1;
    *fdlist = g_steal_pointer(&call.rpc.reply_fds);
    return (int)call.rpc.n_reply_fds;
}

/* ---- namespaces ---- */

static const char *const namespaces[] = {"user", "ipc", "uts", "net", "pid", "mnt"};

static void report_errno(const char *what)
{
    g_autoptr(GError) error = NULL;

    vir_error_set_errno(&error, VIR_FROM_LXC, errno, "%s", what);
    report_gerror(NULL, error);
}

/* Descriptors of the namespaces that the process is in now; -1: reported. */
static int open_own_namespaces(int **fds)
{
    int n = 0;

    *fds = g_new(int, G_N_ELEMENTS(namespaces));
    for (gsize i = 0; i < G_N_ELEMENTS(namespaces); i++) {
        g_autofree char *path = g_strdup_printf("/proc/self/ns/%s", namespaces[i]);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd >= 0)
            (*fds)[n++] = fd;
    }
    if (n == 0) {
        report_errno("Unable to open the process's own namespaces");
        g_clear_pointer(fds, g_free);
        return -1;
    }
    return n;
}

int virDomainLxcEnterNamespace(virDomainPtr domain, unsigned int nfdlist, int *fdlist, unsigned int *noldfdlist,
                               int **oldfdlist, unsigned int flags)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_domain, domain, __func__) || !call_need_positive(&call, nfdlist, "nfdlist") ||
        !call_need(&call, fdlist, "fdlist"))
        return -1;
    if (flags) {
        call_fail(&call, VIR_FROM_LXC, VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in function %s", flags, __func__);
        return -1;
    }
    if (noldfdlist && oldfdlist) {
        int n = open_own_namespaces(oldfdlist);
        if (n < 0)
            return -1;
        *noldfdlist = n;
    }
    for (unsigned int i = 0; i < nfdlist; i++) {
        if (setns(fdlist[i], 0) < 0) {
            report_errno("Unable to join domain namespace");
            return -1;
        }
    }
    return 0;
}

/* ---- security labels ---- */

/* Ends an access to a small file of /proc, of which n is the outcome. FALSE: reported. */
static gboolean proc_end(const char *path, int fd, ssize_t n)
{
    if (n < 0)
        report_errno(path);
    if (fd >= 0)
        close(fd);
    return n >= 0;
}

static gboolean proc_read(const char *path, char *text, gsize size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, size - 1) : -1;

    text[MAX(n, 0)] = '\0';
    return proc_end(path, fd, n);
}

static gboolean proc_write(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    return proc_end(path, fd, fd >= 0 ? write(fd, text, strlen(text)) : -1);
}

#define LABEL_NOW  "/proc/self/attr/current"
#define LABEL_NEXT "/proc/self/attr/exec"

/* Models whose label for the next program is written to a file of /proc, and what stands before it there. */
static const struct {
    const char *model;
    const char *prefix;
} label_models[] = {
    {"selinux", ""},
    {"apparmor", "exec "},
};

int virDomainLxcEnterSecurityLabel(virSecurityModelPtr model, virSecurityLabelPtr label, virSecurityLabelPtr oldlabel,
                                   unsigned int flags)
{
    virResetLastError();
    if (!model || !label || flags) {
        report(NULL, VIR_FROM_LXC, VIR_ERR_INVALID_ARG, "%s needs a model and a label, and knows no flags", __func__);
        return -1;
    }
    if (oldlabel)
        memset(oldlabel, 0, sizeof(*oldlabel));
    if (strcmp(model->model, "none") == 0)
        return 0;
    for (gsize i = 0; i < G_N_ELEMENTS(label_models); i++) {
        g_autofree char *text = g_strconcat(label_models[i].prefix, label->label, NULL);
        if (strcmp(model->model, label_models[i].model) != 0)
            continue;
        if (oldlabel && !proc_read(LABEL_NOW, oldlabel->label, sizeof(oldlabel->label)))
            return -1;
        return proc_write(LABEL_NEXT, text) ? 0 : -1;
    }
    report(NULL, VIR_FROM_LXC, VIR_ERR_ARGUMENT_UNSUPPORTED, "Security model %s cannot be entered", model->model);
    return -1;
}

/* ---- control groups ---- */

/* Moves the calling process into one group: a line of /proc/PID/cgroup, "hierarchy:controllers:path". */
static gboolean cgroup_enter(ClientCall *call, const char *line)
{
    g_auto(GStrv) parts = g_strsplit(line, ":", 3);
    g_autofree char *file = NULL;
    g_autofree char *pid = g_strdup_printf("%d", getpid());
    const char *controllers;
    int fd;

    if (g_strv_length(parts) != 3)
        return TRUE;
    controllers = g_str_has_prefix(parts[1], "name=") ? parts[1] + strlen("name=") : parts[1];
    file = g_build_filename("/sys/fs/cgroup", controllers, parts[2], "cgroup.procs", NULL);
    fd = open(file, O_WRONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) /* a hierarchy that is not mounted */
        return TRUE;
    if (fd < 0 || write(fd, pid, strlen(pid)) < 0) {
        g_autoptr(GError) error = NULL;
        vir_error_set_errno(&error, VIR_FROM_LXC, errno, "Unable to enter %s", file);
        report_gerror(call->connection, error);
        if (fd >= 0)
            close(fd);
        return FALSE;
    }
    close(fd);
    return TRUE;
}

static gboolean cgroup_join(ClientCall *call, int leader)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/cgroup", leader);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (leader <= 0)
        return call_fail(call, VIR_FROM_LXC, VIR_ERR_OPERATION_INVALID, "%s", "domain is not running");
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return call_fail(call, VIR_FROM_LXC, VIR_ERR_OPERATION_INVALID, "cannot read %s", path);
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        if (!cgroup_enter(call, *line))
            return FALSE;
    }
    return TRUE;
}

int virDomainLxcEnterCGroup(virDomainPtr domain, unsigned int flags)
{
    ClientCall call;

    if (!call_begin(&call, &handle_type_domain, domain, __func__))
        return -1;
    if (flags) {
        call_fail(&call, VIR_FROM_LXC, VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in function %s", flags, __func__);
        return -1;
    }
    /* The domain's id is the process that leads the container. */
    return cgroup_join(&call, g_atomic_int_get(&domain->id)) ? 0 : -1;
}
