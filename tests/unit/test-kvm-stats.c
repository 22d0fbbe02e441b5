/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QEMU's answers about what KVM counts, good and bad. */
#include <string.h>

#include "common/error.h"
#include "virtqemud/stats/kvm_stats.h"

static json_object *answer(const char *text)
{
    return json_parse(text, strlen(text), 16, VIR_FROM_QEMU, NULL);
}

static void take(void (*func)(KvmStats *stats, json_object *answer), KvmStats *stats, const char *text)
{
    g_autoptr(json_object) reply = answer(text);

    func(stats, reply);
}

static void learn(void)
{
    g_autoptr(json_object) kinds =
        answer("[{},{\"provider\":\"kvm\",\"target\":\"vm\",\"stats\":[{\"name\":\"pages\",\"type\":\"instant\"},"
               "{\"name\":\"flushes\",\"type\":\"cumulative\"},{\"name\":\"worst\",\"type\":\"peak\"},"
               "{\"name\":\"waits\",\"type\":\"log2-histogram\"},{},7]},"
               "{\"target\":\"vcpu\",\"stats\":[{\"name\":\"exits\",\"type\":\"cumulative\"}]}]");

    kvm_stats_learn(kinds);
}

static const KvmStat *find(const GArray *counted, const char *field)
{
    for (guint i = 0; counted && i < counted->len; i++)
        if (g_str_equal(g_array_index(counted, KvmStat, i).field, field))
            return &g_array_index(counted, KvmStat, i);
    return NULL;
}

static void test_guest(void)
{
    KvmStats *stats = kvm_stats_new();

    learn();
    g_assert_null(kvm_stats_vm(stats));
    take(kvm_stats_take_vm, stats,
         "[{\"provider\":\"other\",\"stats\":[{\"name\":\"worst\",\"value\":1}]},{\"provider\":\"kvm\",\"stats\":["
         "{\"name\":\"pages\",\"value\":3},{\"name\":\"flushes\",\"value\":18446744073709551615},"
         "{\"name\":\"worst\",\"value\":true},{\"name\":\"waits\",\"value\":[1,2]},{\"value\":1},{\"name\":\"pages\"}]}"
         "]");
    g_assert_cmpuint(kvm_stats_vm(stats)->len, ==, 3);
    g_assert_cmpuint(find(kvm_stats_vm(stats), "pages.cur")->value, ==, 3);
    g_assert_cmpuint(find(kvm_stats_vm(stats), "flushes.sum")->value, ==, G_MAXUINT64);
    g_assert_true(find(kvm_stats_vm(stats), "worst.max")->is_switch);
    g_assert_true(kvm_stats_are_learned());
    /* What is no answer changes nothing. */
    take(kvm_stats_take_vm, stats, "{\"error\":1}");
    g_assert_cmpuint(kvm_stats_vm(stats)->len, ==, 3);
    kvm_stats_free(stats);
}

static void test_counter_of_unknown_kind(void)
{
    KvmStats *stats = kvm_stats_new();

    learn();
    take(kvm_stats_take_vm, stats, "[{\"provider\":\"kvm\",\"stats\":[{\"name\":\"new\",\"value\":3}]}]");
    g_assert_cmpuint(kvm_stats_vm(stats)->len, ==, 0);
    g_assert_false(kvm_stats_are_learned());
    kvm_stats_free(stats);
}

/* The processors' places are not in the order of their numbers. */
static void test_processors(void)
{
    KvmStats *stats = kvm_stats_new();

    learn();
    take(kvm_stats_take_cpus, stats,
         "[{\"cpu-index\":0,\"qom-path\":\"/boot\"},{\"cpu-index\":3,\"qom-path\":\"/late\"},{}]");
    take(kvm_stats_take_vcpus, stats,
         "[{\"provider\":\"kvm\",\"qom-path\":\"/late\",\"stats\":[{\"name\":\"exits\",\"value\":5}]},"
         "{\"provider\":\"kvm\",\"qom-path\":\"/boot\",\"stats\":[{\"name\":\"exits\",\"value\":6}]},"
         "{\"provider\":\"kvm\",\"qom-path\":\"/gone\",\"stats\":[{\"name\":\"exits\",\"value\":7}]},{}]");
    g_assert_cmpuint(find(kvm_stats_vcpu(stats, 0), "exits.sum")->value, ==, 6);
    g_assert_cmpuint(find(kvm_stats_vcpu(stats, 3), "exits.sum")->value, ==, 5);
    g_assert_null(kvm_stats_vcpu(stats, 1));
    g_assert_null(kvm_stats_vcpu(NULL, 0));
    kvm_stats_free(stats);
    kvm_stats_free(NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/kvm-stats/guest", test_guest);
    g_test_add_func("/kvm-stats/counter-of-unknown-kind", test_counter_of_unknown_kind);
    g_test_add_func("/kvm-stats/processors", test_processors);
    return g_test_run();
}
