/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limits of drives: parameters, QEMU's arguments and answers. */
#include <libvirt/libvirt.h>

#include "common/error.h"
#include "virtqemud/storage/iotune.h"

static DiskDef disk = {.bus = DISK_BUS_VIRTIO, .target = (char *)"vda", .info = {.alias = (char *)"virtio-disk0"}};

static remote_typed_param number(const char *name, guint64 value)
{
    remote_typed_param param = {.field = (char *)name, .value = {.type = VIR_TYPED_PARAM_ULLONG}};

    param.value.remote_typed_param_value_u.ul = value;
    return param;
}

static void test_to_qmp(void)
{
    const DiskIoTune tune = {.total_iops_sec = 5, .total_iops_sec_max_length = 3, .group_name = (char *)"g"};
    g_autoptr(json_object) arguments = iotune_to_qmp(&disk, &tune);

    g_assert_cmpstr(json_get_string(arguments, "id"), ==, "/machine/peripheral/virtio-disk0/virtio-backend");
    g_assert_cmpint(json_get_int(arguments, "iops", -1), ==, 5);
    g_assert_cmpint(json_get_int(arguments, "bps", -1), ==, 0);
    g_assert_cmpint(json_get_int(arguments, "iops_max_length", -1), ==, 3);
    g_assert_cmpint(json_get_int(arguments, "bps_max_length", -1), ==, -1);
    g_assert_cmpstr(json_get_string(arguments, "group"), ==, "g");
}

/* A drive without limits is in no group. */
static void test_lifted(void)
{
    const DiskIoTune tune = {.group_name = (char *)"g"};
    g_autoptr(json_object) arguments = iotune_to_qmp(&disk, &tune);

    g_assert_null(json_get_string(arguments, "group"));
}

static void test_from_qmp(void)
{
    static const char text[] = "[{\"device\":\"\",\"qdev\":\"/machine/peripheral/virtio-disk0/virtio-backend\","
                               "\"inserted\":{\"bps_rd\":7,\"iops_wr_max\":9,\"group\":\"h\"}}]";
    g_autoptr(GError) error = NULL;
    g_autoptr(json_object) drives = json_parse(text, sizeof(text) - 1, 8, VIR_FROM_QEMU, &error);
    DiskIoTune tune = {0};

    g_assert_true(iotune_from_qmp(drives, &disk, &tune, &error));
    g_assert_cmpuint(tune.read_bytes_sec, ==, 7);
    g_assert_cmpuint(tune.write_iops_sec_max, ==, 9);
    g_assert_cmpstr(tune.group_name, ==, "h");
    g_free(tune.group_name);
    g_assert_false(iotune_from_qmp(NULL, &disk, &tune, &error));
}

/* Limits of one kind are replaced as a whole, others stay. */
static void test_merge(void)
{
    const remote_typed_param given[] = {number("read_iops_sec", 8), number("size_iops_sec", 512)};
    DiskIoTune tune = {.total_iops_sec = 5, .total_bytes_sec = 6};
    g_autoptr(GError) error = NULL;
    g_autoptr(json_object) object = iotune_from_params(given, G_N_ELEMENTS(given), &error);

    g_assert_no_error(error);
    g_assert_true(iotune_merge(object, &tune, &error));
    g_assert_cmpuint(tune.total_iops_sec, ==, 0);
    g_assert_cmpuint(tune.read_iops_sec, ==, 8);
    g_assert_cmpuint(tune.total_bytes_sec, ==, 6);
    g_assert_cmpuint(tune.size_iops_sec, ==, 512);
}

static const struct {
    const char *name[2];
    guint64 value[2];
    int code;
} bad[] = {
    {{"total_iops_sec", "read_iops_sec"}, {1, 1}, VIR_ERR_INVALID_ARG},
    {{"read_iops_sec_max"}, {1}, VIR_ERR_CONFIG_UNSUPPORTED},
    {{"read_iops_sec", "read_iops_sec_max"}, {5, 4}, VIR_ERR_CONFIG_UNSUPPORTED},
    {{"read_iops_sec", "read_iops_sec_max_length"}, {5, 4}, VIR_ERR_CONFIG_UNSUPPORTED},
    {{"read_iops_sec"}, {G_MAXUINT64}, VIR_ERR_ARGUMENT_UNSUPPORTED},
    {{"warp"}, {1}, VIR_ERR_INVALID_ARG},
};

static void test_bad(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        const remote_typed_param given[] = {number(bad[i].name[0], bad[i].value[0]),
                                            number(bad[i].name[1], bad[i].value[1])};
        g_autoptr(GError) error = NULL;
        g_autoptr(json_object) object = iotune_from_params(given, bad[i].name[1] ? 2 : 1, &error);
        DiskIoTune tune = {0};

        g_assert_false(object && iotune_merge(object, &tune, &error));
        g_assert_true(vir_error_is(error, bad[i].code));
    }
}

static void test_params(void)
{
    const DiskIoTune tune = {.group_name = (char *)"g"};
    g_autoptr(Params) params = params_new();

    iotune_to_params(&tune, params);
    g_assert_cmpuint(params_size(params), ==, 20);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/iotune/to-qmp", test_to_qmp);
    g_test_add_func("/iotune/lifted", test_lifted);
    g_test_add_func("/iotune/from-qmp", test_from_qmp);
    g_test_add_func("/iotune/merge", test_merge);
    g_test_add_func("/iotune/bad", test_bad);
    g_test_add_func("/iotune/params", test_params);
    return g_test_run();
}
