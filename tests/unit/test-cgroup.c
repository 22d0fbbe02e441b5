/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Control groups on a tree of plain files: which there are, whose they are, and the numbers of either version. */
#include <glib/gstdio.h>
#include <string.h>

#include "common/error.h"
#include "virtqemud/cgroup/cgroup_tune.h"
#include "virtqemud/cgroup/machine_host.h"

typedef struct {
    char *root;
} Tree;

static void put(const Tree *tree, const char *path, const char *text)
{
    g_autofree char *file = g_build_filename(tree->root, path, NULL);
    g_autofree char *dir = g_path_get_dirname(file);

    g_assert_cmpint(g_mkdir_with_parents(dir, 0755), ==, 0);
    g_assert_true(g_file_set_contents(file, text, -1, NULL));
}

static void expect(const Tree *tree, const char *path, const char *text)
{
    g_autofree char *file = g_build_filename(tree->root, path, NULL);
    g_autofree char *found = NULL;

    g_assert_true(g_file_get_contents(file, &found, NULL, NULL));
    /* Plain files, unlike the kernel's, keep what is behind that which is written over. */
    g_assert_true(g_str_has_prefix(found, text));
}

static void set_up(Tree *tree, gconstpointer unused)
{
    tree->root = g_dir_make_tmp("test-cgroup-XXXXXX", NULL);
}

static void tear_down(Tree *tree, gconstpointer unused)
{
    const char *argv[] = {"rm", "-rf", tree->root, NULL};

    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
    g_free(tree->root);
}

static CgroupHost *open_host(const Tree *tree, const char *mountinfo, const char *const *allowed)
{
    g_autofree char *proc = g_build_filename(tree->root, "proc", NULL);
    g_autoptr(GString) text = g_string_new(mountinfo);

    g_string_replace(text, "TREE", tree->root, 0);
    put(tree, "proc/self/mountinfo", text->str);
    return cgroup_host_new(proc, allowed);
}

#define V1                                                                                                             \
    "30 25 0:26 / TREE/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"                                                        \
    "31 25 0:27 /docker/abc TREE/memory rw shared:9 master:2 - cgroup cgroup rw,memory\n"
#define V2 "32 25 0:28 / TREE/unified rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"

static void test_none(Tree *tree, gconstpointer unused)
{
    g_autoptr(CgroupHost) host = open_host(tree, "29 1 8:1 / / rw - ext4 /dev/root rw\n", NULL);
    g_autoptr(Cgroup) made = cgroup_make(host, "machine/x");
    g_autoptr(GError) error = NULL;

    g_assert_false(cgroup_host_is_there(host));
    g_assert_null(cgroup_of(host, 5, NULL));
    g_assert_false(cgroup_set_shares(made, 5, &error));
    g_assert_true(vir_error_is(error, VIR_ERR_OPERATION_INVALID));
}

static void test_v1(Tree *tree, gconstpointer unused)
{
    g_autoptr(CgroupHost) host = open_host(tree, V1, NULL);
    g_autoptr(Cgroup) group = NULL;
    g_autofree char *cpu = g_build_filename(tree->root, "cpu/a/b", NULL);
    g_autofree char *memory = g_build_filename(tree->root, "memory/m", NULL);

    put(tree, "proc/5/cgroup", "2:cpu,cpuacct:/a/b/emulator\n1:memory:/docker/abc/m\n0::/elsewhere\n");
    group = cgroup_of(host, 5, "emulator");
    g_assert_true(cgroup_host_is_there(host) && !cgroup_host_is_v2(host));
    g_assert_cmpstr(group->dirs[CGROUP_CPU], ==, cpu);
    g_assert_cmpstr(group->dirs[CGROUP_CPUACCT], ==, cpu);
    g_assert_cmpstr(group->dirs[CGROUP_MEMORY], ==, memory);
    g_assert_false(cgroup_has(group, CGROUP_BLKIO));
}

static void test_allowed(Tree *tree, gconstpointer unused)
{
    static const char *const memory_alone[] = {"memory", "devices", NULL};
    static const char *const nothing[] = {NULL};
    g_autoptr(CgroupHost) some = open_host(tree, V1 V2, memory_alone);
    g_autoptr(CgroupHost) none = open_host(tree, V1 V2, nothing);
    g_autoptr(Cgroup) group = NULL;

    put(tree, "proc/5/cgroup", "2:cpu,cpuacct:/a\n1:memory:/m\n");
    group = cgroup_of(some, 5, NULL);
    g_assert_true(cgroup_has(group, CGROUP_MEMORY) && !cgroup_has(group, CGROUP_CPU));
    g_assert_false(cgroup_host_is_there(none));
}

static Cgroup *group_v2(const Tree *tree)
{
    g_autoptr(CgroupHost) host = NULL;

    put(tree, "unified/cgroup.controllers", "cpuset cpu io memory pids\n");
    put(tree, "unified/g/cgroup.controllers", "cpu memory\n");
    put(tree, "proc/5/cgroup", "0::/g\n");
    host = open_host(tree, V2, NULL);
    g_assert_true(cgroup_host_is_v2(host));
    return cgroup_of(host, 5, NULL);
}

static void test_v2(Tree *tree, gconstpointer unused)
{
    g_autoptr(Cgroup) group = group_v2(tree);
    unsigned long long shares;

    g_assert_true(cgroup_has(group, CGROUP_CPUACCT) && cgroup_has(group, CGROUP_MEMORY));
    g_assert_false(cgroup_has(group, CGROUP_BLKIO));
    put(tree, "unified/g/cpu.weight", "100\n");
    g_assert_true(cgroup_get_shares(group, &shares, NULL));
    g_assert_cmpuint(shares, ==, 100);
    g_assert_true(cgroup_set_shares(group, 262144, NULL));
    expect(tree, "unified/g/cpu.weight", "10000");
}

static void test_bandwidth_v2(Tree *tree, gconstpointer unused)
{
    g_autoptr(Cgroup) group = group_v2(tree);
    CpuBandwidth bandwidth;

    put(tree, "unified/g/cpu.max", "max 100000\n");
    g_assert_true(cgroup_get_bandwidth(group, &bandwidth, NULL));
    g_assert_true(bandwidth.quota_us == -1 && bandwidth.period_us == 100000);
    g_assert_true(cgroup_set_bandwidth(group, &(CpuBandwidth){.quota_us = 50000}, NULL));
    expect(tree, "unified/g/cpu.max", "50000 100000");
    put(tree, "unified/g/cpu.max", "50000 100000\n");
    g_assert_true(cgroup_set_bandwidth(group, &(CpuBandwidth){.period_us = 20000}, NULL));
    expect(tree, "unified/g/cpu.max", "50000 20000");
    g_assert_true(cgroup_set_bandwidth(group, &(CpuBandwidth){.quota_us = -1}, NULL));
    expect(tree, "unified/g/cpu.max", "max ");
}

static void test_memory_v2(Tree *tree, gconstpointer unused)
{
    g_autoptr(Cgroup) group = group_v2(tree);
    MemoryTune tune = {.hard_kib = 1024, .swap_hard_kib = 1536};

    put(tree, "unified/g/memory.max", "max\n");
    put(tree, "unified/g/memory.high", "max\n");
    put(tree, "unified/g/memory.swap.max", "max\n");
    g_assert_true(cgroup_set_memory(group, &tune, NULL));
    expect(tree, "unified/g/memory.max", "1048576");
    expect(tree, "unified/g/memory.swap.max", "524288");
    put(tree, "unified/g/memory.max", "1048576\n");
    put(tree, "unified/g/memory.swap.max", "524288\n");
    g_assert_true(cgroup_get_memory(group, &tune, NULL));
    g_assert_true(tune.hard_kib == 1024 && tune.soft_kib == MEMORY_UNLIMITED_KIB && tune.swap_hard_kib == 1536);
    g_assert_true(cgroup_set_memory(group, &(MemoryTune){.hard_kib = MEMORY_UNLIMITED_KIB}, NULL));
    expect(tree, "unified/g/memory.max", "max");
}

static void test_usage(Tree *tree, gconstpointer unused)
{
    g_autoptr(Cgroup) group = group_v2(tree);
    g_autoptr(GError) error = NULL;
    CgroupUsage usage;

    put(tree, "unified/g/cpu.stat", "usage_usec 30\nuser_usec 20\nsystem_usec 10\nnr_periods 0\n");
    g_assert_true(cgroup_get_usage(group, &usage, NULL));
    g_assert_true(usage.cpu_ns == 30000 && usage.user_ns == 20000 && usage.system_ns == 10000);
    g_assert_null(cgroup_get_usage_by_cpu(group, &error));
    g_assert_true(vir_error_is(error, VIR_ERR_OPERATION_UNSUPPORTED));
}

static void check_name(const char *run, const char *expected)
{
    g_autofree char *name = machine_host_name(run);

    g_assert_cmpstr(name, ==, expected);
}

static void test_machine_names(Tree *tree, gconstpointer unused)
{
    check_name("domain-5-guest", "qemu-5-guest");
    check_name("domain-5-a_b c\303\244.--x-", "qemu-5-abc.x");
    check_name("domain-5-------", "qemu-5");
    check_name("domain-123456-abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghij",
               "qemu-123456-abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz");
}

#define ADD(path, test) g_test_add("/cgroup/" path, Tree, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("none", test_none);
    ADD("v1", test_v1);
    ADD("allowed", test_allowed);
    ADD("v2", test_v2);
    ADD("bandwidth-v2", test_bandwidth_v2);
    ADD("memory-v2", test_memory_v2);
    ADD("usage", test_usage);
    ADD("machine-names", test_machine_names);
    return g_test_run();
}
