/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/cgroup/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"

static const char *const controller_names[CGROUP_N] = {"cpu", "cpuacct", "memory", "blkio"};
/* Under version 2, where accounting is part of the cpu controller. */
static const char *const v2_names[CGROUP_N] = {"cpu", "cpu", "memory", "io"};

#define PROCESSES "cgroup.procs"

typedef struct {
    char *mount; /* NULL: none */
    char *root;  /* the group that is seen at mount */
    gboolean is_v2;
} Hierarchy;

struct CgroupHost {
    char *proc;
    Hierarchy of[CGROUP_N];
};

/* ---- small files ---- */

static gboolean write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    gboolean is_done;

    if (fd < 0)
        return FALSE;
    is_done = write(fd, text, strlen(text)) == (gssize)strlen(text);
    /* The caller looks at errno. */
    close(fd);
    return is_done;
}

static gboolean has_word(const char *text, const char *word)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \n", -1);

    return g_strv_contains((const char *const *)words, word);
}

static gboolean file_has_word(const char *dir, const char *file, const char *word)
{
    g_autofree char *path = g_build_filename(dir, file, NULL);
    g_autofree char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) && has_word(text, word);
}

/* ---- what is mounted ---- */

static gboolean is_allowed(const char *const *allowed, CgroupController controller)
{
    return !allowed || g_strv_contains(allowed, controller_names[controller]);
}

static void set_hierarchy(Hierarchy *hierarchy, const char *mount, const char *root, gboolean is_v2)
{
    g_free(hierarchy->mount);
    g_free(hierarchy->root);
    *hierarchy = (Hierarchy){g_strdup(mount), g_strdup(root), is_v2};
}

/* One line of mountinfo: "ID PARENT DEV ROOT MOUNT OPTIONS [MORE...] - TYPE SOURCE OPTIONS". */
static void take_mount(CgroupHost *host, const char *line, const char *const *allowed)
{
    g_auto(GStrv) halves = g_strsplit(line, " - ", 2);
    g_auto(GStrv) fields = g_strsplit(halves[0] ? halves[0] : "", " ", 6);
    g_auto(GStrv) tail = g_strsplit(halves[0] && halves[1] ? halves[1] : "", " ", 3);
    g_auto(GStrv) options = NULL;

    if (g_strv_length(fields) < 6 || g_strv_length(tail) < 3)
        return;
    options = g_strsplit(tail[2], ",", -1);
    for (int i = 0; i < CGROUP_N; i++) {
        if (!is_allowed(allowed, i))
            continue;
        if (g_str_equal(tail[0], "cgroup") && g_strv_contains((const char *const *)options, controller_names[i]))
            set_hierarchy(&host->of[i], fields[4], fields[3], FALSE);
        else if (g_str_equal(tail[0], "cgroup2") && !host->of[i].mount &&
                 file_has_word(fields[4], "cgroup.controllers", v2_names[i]))
            set_hierarchy(&host->of[i], fields[4], fields[3], TRUE);
    }
}

CgroupHost *cgroup_host_new(const char *proc, const char *const *allowed)
{
    CgroupHost *host = g_new0(CgroupHost, 1);
    g_autofree char *path = g_build_filename(proc, "self", "mountinfo", NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    host->proc = g_strdup(proc);
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return host;
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        take_mount(host, *line, allowed);
    return host;
}

void cgroup_host_free(CgroupHost *host)
{
    if (!host)
        return;
    for (int i = 0; i < CGROUP_N; i++) {
        g_free(host->of[i].mount);
        g_free(host->of[i].root);
    }
    g_free(host->proc);
    g_free(host);
}

gboolean cgroup_host_is_there(const CgroupHost *host)
{
    for (int i = 0; i < CGROUP_N; i++)
        if (host->of[i].mount)
            return TRUE;
    return FALSE;
}

gboolean cgroup_host_is_v2(const CgroupHost *host)
{
    for (int i = 0; i < CGROUP_N; i++)
        if (host->of[i].is_v2)
            return TRUE;
    return FALSE;
}

/* ---- groups ---- */

void cgroup_free(Cgroup *group)
{
    if (!group)
        return;
    for (int i = 0; i < CGROUP_N; i++)
        g_free(group->dirs[i]);
    g_free(group);
}

gboolean cgroup_has(const Cgroup *group, CgroupController controller)
{
    return group && group->dirs[controller];
}

/* Takes a directory as the group's under a controller, if it is under it: of version 2 those above decide. */
static void add_dir(Cgroup *group, CgroupController controller, const char *dir, gboolean is_v2)
{
    if (is_v2 && !file_has_word(dir, "cgroup.controllers", v2_names[controller]))
        return;
    group->dirs[controller] = g_strdup(dir);
    group->is_v2[controller] = is_v2;
}

/* The path below the mount point of a group that the kernel names from the hierarchy's top. */
static const char *below(const Hierarchy *hierarchy, const char *path)
{
    gsize len = strlen(hierarchy->root);

    if (len > 1 && g_str_has_prefix(path, hierarchy->root) && (path[len] == '/' || !path[len]))
        return path + len;
    return path;
}

/* What a process is in, by the hierarchy's controllers; of version 2 they are "". */
typedef void (*MembershipFunc)(char **controllers, const char *path, gboolean is_v2, gpointer data);

/* Lines of /proc/PID/cgroup: "ID:CONTROLLERS:PATH". FALSE: there is no such process. */
static gboolean each_membership(const CgroupHost *host, pid_t pid, MembershipFunc each, gpointer data)
{
    g_autofree char *file = g_strdup_printf("%s/%d/cgroup", host->proc, (int)pid);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(file, &text, NULL, NULL))
        return FALSE;
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) parts = g_strsplit(*line, ":", 3);
        g_auto(GStrv) controllers = NULL;

        if (g_strv_length(parts) != 3)
            continue;
        controllers = g_strsplit(parts[1], ",", -1);
        each(controllers, parts[2], g_str_equal(parts[0], "0") && !*parts[1], data);
    }
    return TRUE;
}

typedef struct {
    const CgroupHost *host;
    const char *threads; /* the name of a group that is not meant, but the one around it */
    Cgroup *group;
} Membership;

static char *without_threads(const char *path, const char *threads)
{
    const char *last = strrchr(path, '/');

    return last && g_strcmp0(last + 1, threads) == 0 ? g_strndup(path, (gsize)(last - path)) : g_strdup(path);
}

static void take_membership(char **controllers, const char *path, gboolean is_v2, gpointer data)
{
    Membership *membership = data;
    g_autofree char *meant = without_threads(path, membership->threads);

    for (int i = 0; i < CGROUP_N; i++) {
        const Hierarchy *hierarchy = &membership->host->of[i];
        g_autofree char *dir = NULL;

        if (!hierarchy->mount || hierarchy->is_v2 != is_v2 ||
            (!is_v2 && !g_strv_contains((const char *const *)controllers, controller_names[i])))
            continue;
        dir = g_build_filename(hierarchy->mount, below(hierarchy, meant), NULL);
        add_dir(membership->group, i, dir, is_v2);
    }
}

Cgroup *cgroup_of(const CgroupHost *host, pid_t pid, const char *threads)
{
    g_autoptr(Cgroup) group = g_new0(Cgroup, 1);
    Membership membership = {host, threads, group};

    return each_membership(host, pid, take_membership, &membership) ? g_steal_pointer(&group) : NULL;
}

typedef struct {
    const CgroupHost *host;
    char *dir;
} PlaceV2;

static void take_place_v2(char **controllers, const char *path, gboolean is_v2, gpointer data)
{
    PlaceV2 *place = data;

    for (int i = 0; i < CGROUP_N && is_v2 && !place->dir; i++)
        if (place->host->of[i].is_v2)
            place->dir = g_build_filename(place->host->of[i].mount, below(&place->host->of[i], path), NULL);
}

/* The directory of the process's group of version 2, under controllers or not. Caller frees; NULL: there is none. */
static char *membership_dir_v2(const CgroupHost *host, pid_t pid)
{
    PlaceV2 place = {host, NULL};

    each_membership(host, pid, take_place_v2, &place);
    return place.dir;
}

/* Has the groups in dir be under the controllers too. Each by itself: one that cannot be does not keep the others. */
static void enable_controllers(const char *dir)
{
    g_autofree char *file = g_build_filename(dir, "cgroup.subtree_control", NULL);

    for (int i = 0; i < CGROUP_N; i++) {
        char word[16];

        g_snprintf(word, sizeof(word), "+%s", v2_names[i]);
        if (!file_has_word(dir, "cgroup.subtree_control", v2_names[i]))
            write_file(file, word);
    }
}

static gboolean make_dir(const char *dir)
{
    return mkdir(dir, 0755) == 0 || errno == EEXIST;
}

/* Makes path below mount, one by one. Returns the last directory, or NULL. Caller frees. */
static char *make_path(const Hierarchy *hierarchy, const char *path)
{
    g_auto(GStrv) names = g_strsplit(path, "/", -1);
    g_autofree char *dir = g_strdup(hierarchy->mount);

    for (char **name = names; *name; name++) {
        g_autofree char *parent = g_steal_pointer(&dir);

        dir = g_build_filename(parent, *name, NULL);
        if (hierarchy->is_v2)
            enable_controllers(parent);
        if (!make_dir(dir))
            return NULL;
    }
    return g_steal_pointer(&dir);
}

Cgroup *cgroup_make(const CgroupHost *host, const char *path)
{
    Cgroup *group = g_new0(Cgroup, 1);

    for (int i = 0; i < CGROUP_N; i++) {
        g_autofree char *dir = host->of[i].mount ? make_path(&host->of[i], path) : NULL;

        if (dir)
            add_dir(group, i, dir, host->of[i].is_v2);
    }
    return group;
}

Cgroup *cgroup_make_for_threads(const Cgroup *group, const char *name)
{
    const char *parent = group->dirs[CGROUP_CPU];
    gboolean is_v2 = group->is_v2[CGROUP_CPU];
    g_autofree char *dir = parent ? g_build_filename(parent, name, NULL) : NULL;
    g_autofree char *type = dir ? g_build_filename(dir, "cgroup.type", NULL) : NULL;
    Cgroup *child = g_new0(Cgroup, 1);

    if (!dir || !make_dir(dir))
        return child;
    /* In this order: once it is under controllers that are for processes only, it cannot be for threads. */
    if (is_v2) {
        write_file(type, "threaded");
        enable_controllers(parent);
    }
    add_dir(child, CGROUP_CPU, dir, is_v2);
    return child;
}

gboolean cgroup_move_inside(const CgroupHost *host, pid_t pid, const char *name, GError **error)
{
    g_autofree char *dir = membership_dir_v2(host, pid);
    g_autofree char *inside = dir ? g_build_filename(dir, name, NULL) : NULL;
    g_autofree char *file = dir ? g_build_filename(inside, PROCESSES, NULL) : NULL;
    char text[16];

    if (!dir)
        return TRUE;
    g_snprintf(text, sizeof(text), "%d", (int)pid);
    if (!make_dir(inside) || (!write_file(file, text) && errno != ESRCH)) {
        vir_error_set_errno(error, VIR_FROM_CGROUP, errno, "cannot move process %d to the control group '%s'", (int)pid,
                            inside);
        return FALSE;
    }
    enable_controllers(dir);
    return TRUE;
}

/* Calls for the directory of each hierarchy once, though several controllers may share it. */
static gboolean take_in(const Cgroup *group, const char *file_v1, const char *file_v2, pid_t id, GError **error)
{
    char text[16];

    g_snprintf(text, sizeof(text), "%d", (int)id);
    for (int i = 0; i < CGROUP_N; i++) {
        g_autofree char *file = NULL;

        if (!group->dirs[i] || (i > 0 && g_strcmp0(group->dirs[i], group->dirs[i - 1]) == 0))
            continue;
        file = g_build_filename(group->dirs[i], group->is_v2[i] ? file_v2 : file_v1, NULL);
        /* What has ended meanwhile need not be taken. */
        if (!write_file(file, text) && errno != ESRCH) {
            vir_error_set_errno(error, VIR_FROM_CGROUP, errno, "Unable to write to '%s'", file);
            return FALSE;
        }
    }
    return TRUE;
}

gboolean cgroup_take_process(const Cgroup *group, pid_t pid, GError **error)
{
    return take_in(group, PROCESSES, PROCESSES, pid, error);
}

gboolean cgroup_take_thread(const Cgroup *group, pid_t tid, GError **error)
{
    return take_in(group, "tasks", "cgroup.threads", tid, error);
}

/* Groups are directories whose files go with them. */
static void remove_dir(const char *dir)
{
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            remove_dir(path);
    }
    rmdir(dir);
}

void cgroup_remove(const CgroupHost *host, const char *path)
{
    for (int i = 0; i < CGROUP_N; i++) {
        g_autofree char *dir = host->of[i].mount ? g_build_filename(host->of[i].mount, path, NULL) : NULL;

        if (dir)
            remove_dir(dir);
    }
}

/* ---- values ---- */

gboolean cgroup_check_has(const Cgroup *group, CgroupController controller, GError **error)
{
    /* The peer's words. */
    static const char *const titles[CGROUP_N] = {"CPU", "CPUACCT", "memory", "blkio"};

    return cgroup_has(group, controller) || vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID,
                                                           "cgroup %s controller is not mounted", titles[controller]);
}

char *cgroup_read(const Cgroup *group, CgroupController controller, const char *file, GError **error)
{
    g_autofree char *path = NULL;
    g_autoptr(GError) problem = NULL;
    char *text = NULL;

    if (!cgroup_check_has(group, controller, error))
        return NULL;
    path = g_build_filename(group->dirs[controller], file, NULL);
    if (g_file_get_contents(path, &text, NULL, &problem))
        return g_strchomp(text);
    vir_error_set(error, VIR_FROM_CGROUP, VIR_ERR_SYSTEM_ERROR, "Unable to read from '%s': %s", path, problem->message);
    return NULL;
}

gboolean cgroup_write(const Cgroup *group, CgroupController controller, const char *file, const char *text,
                      GError **error)
{
    g_autofree char *path = NULL;

    if (!cgroup_check_has(group, controller, error))
        return FALSE;
    path = g_build_filename(group->dirs[controller], file, NULL);
    if (write_file(path, text))
        return TRUE;
    vir_error_set_errno(error, VIR_FROM_CGROUP, errno, "Unable to write '%s' to '%s'", text, path);
    return FALSE;
}

gboolean cgroup_has_file(const Cgroup *group, CgroupController controller, const char *file)
{
    g_autofree char *path =
        cgroup_has(group, controller) ? g_build_filename(group->dirs[controller], file, NULL) : NULL;

    return path && g_file_test(path, G_FILE_TEST_EXISTS);
}
