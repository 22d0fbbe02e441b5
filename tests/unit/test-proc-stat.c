/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's stat files: of ourselves, and of names that are hard to read. */
#include <unistd.h>

#include "virtqemud/host/proc_stat.h"

static void test_self(void)
{
    ProcStat stat;

    g_assert_true(proc_stat_read("/proc/self/stat", &stat));
    g_assert_cmpuint(stat.start_time, >, 0);
    g_assert_cmpuint(stat.rss_kib, >, 100);
    g_assert_cmpint(stat.host_cpu, <, sysconf(_SC_NPROCESSORS_CONF));
}

static void check_text(const char *text, gboolean is_good, const char *name, guint64 rss_kib)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("test-proc-stat-XXXXXX", &path, NULL);
    ProcStat stat;

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_cmpint(proc_stat_read(path, &stat), ==, is_good);
    g_assert_cmpstr(stat.name, ==, name);
    g_assert_cmpuint(stat.rss_kib, ==, rss_kib);
    unlink(path);
}

#define FIELDS(rss)                                                                                                    \
    "S 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 " rss " 25 26 27 28 29 30 31 32 33 34 35 36 37 38 3 40\n"

static void test_names(void)
{
    guint64 page_kib = (guint64)(sysconf(_SC_PAGESIZE) / 1024);

    check_text("12 (CPU 3/KVM) " FIELDS("7"), TRUE, "CPU 3/KVM", 7 * page_kib);
    check_text("12 (a) S 1 (b) " FIELDS("8"), TRUE, "a) S 1 (b", 8 * page_kib);
    check_text("12 () " FIELDS("9"), TRUE, "", 9 * page_kib);
}

static void test_broken(void)
{
    ProcStat stat;

    g_assert_false(proc_stat_read("/proc/self/no-such-file", &stat));
    check_text("", FALSE, "", 0);
    check_text("12 no name", FALSE, "", 0);
    check_text("12 )a( S 1", FALSE, "", 0);
    check_text("12 (cut) S 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24", FALSE, "", 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/proc-stat/self", test_self);
    g_test_add_func("/proc-stat/names", test_names);
    g_test_add_func("/proc-stat/broken", test_broken);
    return g_test_run();
}
