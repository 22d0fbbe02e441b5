/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>

#include "client/params.h"

static void keep_quiet(void *data, virErrorPtr error)
{
}

typedef struct {
    virTypedParameterPtr params;
    int n, max;
} Params;

static void test_add_and_get(void)
{
    const char *list[] = {"a", "b", NULL};
    const char *s = NULL;
    unsigned long long ul = 0;
    unsigned int ui = 0;
    long long l = 0;
    double d = 0;
    int i = 0, b = 0;
    Params p = {0};

    g_assert_cmpint(virTypedParamsAddInt(&p.params, &p.n, &p.max, "i", -1), ==, 0);
    g_assert_cmpint(virTypedParamsAddUInt(&p.params, &p.n, &p.max, "ui", 2), ==, 0);
    g_assert_cmpint(virTypedParamsAddLLong(&p.params, &p.n, &p.max, "l", G_MININT64), ==, 0);
    g_assert_cmpint(virTypedParamsAddULLong(&p.params, &p.n, &p.max, "ul", G_MAXUINT64), ==, 0);
    g_assert_cmpint(virTypedParamsAddDouble(&p.params, &p.n, &p.max, "d", 1.5), ==, 0);
    g_assert_cmpint(virTypedParamsAddBoolean(&p.params, &p.n, &p.max, "b", 7), ==, 0);
    g_assert_cmpint(virTypedParamsAddString(&p.params, &p.n, &p.max, "s", "text"), ==, 0);
    g_assert_cmpint(virTypedParamsAddStringList(&p.params, &p.n, &p.max, "list", list), ==, 0);
    g_assert_cmpint(p.n, ==, 9);
    g_assert_cmpint(p.max, >=, 9);

    g_assert_cmpint(virTypedParamsGetInt(p.params, p.n, "i", &i), ==, 1);
    g_assert_cmpint(i, ==, -1);
    g_assert_cmpint(virTypedParamsGetUInt(p.params, p.n, "ui", &ui), ==, 1);
    g_assert_cmpuint(ui, ==, 2);
    g_assert_cmpint(virTypedParamsGetLLong(p.params, p.n, "l", &l), ==, 1);
    g_assert_cmpint(l, ==, G_MININT64);
    g_assert_cmpint(virTypedParamsGetULLong(p.params, p.n, "ul", &ul), ==, 1);
    g_assert_cmpuint(ul, ==, G_MAXUINT64);
    g_assert_cmpint(virTypedParamsGetDouble(p.params, p.n, "d", &d), ==, 1);
    g_assert_cmpfloat(d, ==, 1.5);
    g_assert_cmpint(virTypedParamsGetBoolean(p.params, p.n, "b", &b), ==, 1);
    g_assert_cmpint(b, ==, 1);
    g_assert_cmpint(virTypedParamsGetString(p.params, p.n, "s", &s), ==, 1);
    g_assert_cmpstr(s, ==, "text");
    g_assert_cmpint(virTypedParamsGetString(p.params, p.n, "list", &s), ==, 1);
    g_assert_cmpstr(s, ==, "a"); /* the first of several */
    virTypedParamsFree(p.params, p.n);
}

static void test_get_fails(void)
{
    const char *s = "untouched";
    Params p = {0};

    virTypedParamsAddInt(&p.params, &p.n, &p.max, "i", 1);
    g_assert_cmpint(virTypedParamsGetString(p.params, p.n, "j", &s), ==, 0);
    g_assert_null(virGetLastError());
    g_assert_cmpint(virTypedParamsGetString(p.params, p.n, "i", &s), ==, -1);
    g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_INVALID_ARG);
    g_assert_nonnull(
        strstr(virGetLastErrorMessage(), "Invalid type 'string' requested for parameter 'i', actual type is 'int'"));
    g_assert_cmpstr(s, ==, "untouched");
    g_assert_null(virTypedParamsGet(NULL, 0, "i"));
    virTypedParamsFree(p.params, p.n);
}

static const struct {
    int type;
    const char *value;
    int result;
} from_string[] = {
    {VIR_TYPED_PARAM_INT, "-5", 0},     {VIR_TYPED_PARAM_INT, "2147483648", -1},
    {VIR_TYPED_PARAM_INT, "5x", -1},    {VIR_TYPED_PARAM_UINT, "4294967295", 0},
    {VIR_TYPED_PARAM_UINT, "-1", -1},   {VIR_TYPED_PARAM_LLONG, "-9223372036854775808", 0},
    {VIR_TYPED_PARAM_ULLONG, "", -1},   {VIR_TYPED_PARAM_ULLONG, "18446744073709551615", 0},
    {VIR_TYPED_PARAM_DOUBLE, "1e3", 0}, {VIR_TYPED_PARAM_DOUBLE, "one", -1},
    {VIR_TYPED_PARAM_BOOLEAN, "1", 0},  {VIR_TYPED_PARAM_BOOLEAN, "yes", -1},
    {VIR_TYPED_PARAM_STRING, "any", 0}, {0, "1", -1},
    {VIR_TYPED_PARAM_LAST, "1", -1},
};

static void test_from_string(void)
{
    Params p = {0};
    int expected = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(from_string); i++) {
        g_assert_cmpint(
            virTypedParamsAddFromString(&p.params, &p.n, &p.max, "x", from_string[i].type, from_string[i].value), ==,
            from_string[i].result);
        expected += from_string[i].result == 0;
        g_assert_cmpint(p.n, ==, expected);
    }
    virTypedParamsFree(p.params, p.n);
}

static void test_name_too_long(void)
{
    g_autofree char *name = g_strnfill(VIR_TYPED_PARAM_FIELD_LENGTH, 'n');
    Params p = {0};

    g_assert_cmpint(virTypedParamsAddInt(&p.params, &p.n, &p.max, name, 1), ==, -1);
    name[VIR_TYPED_PARAM_FIELD_LENGTH - 1] = '\0';
    g_assert_cmpint(virTypedParamsAddInt(&p.params, &p.n, &p.max, name, 1), ==, 0);
    virTypedParamsFree(p.params, p.n);
}

/* ---- the wire ---- */

static void test_wire(void)
{
    ClientCall call = {.function = "test"};
    g_autofree remote_typed_param *wire = NULL;
    virTypedParameterPtr decoded = NULL;
    u_int wire_len = 0;
    Params p = {0};
    int n = 0;

    virTypedParamsAddString(&p.params, &p.n, &p.max, "s", "text");
    virTypedParamsAddULLong(&p.params, &p.n, &p.max, "ul", 5);
    g_assert_true(params_encode(&call, p.params, p.n, "params", &wire, &wire_len));
    wire[0].value.remote_typed_param_value_u.s = g_strdup("text"); /* as decoded from the wire: to be taken */
    g_assert_true(params_decode(&call, wire, wire_len, &decoded, &n));
    g_assert_null(wire[0].value.remote_typed_param_value_u.s);
    g_assert_cmpint(n, ==, 2);
    g_assert_cmpstr(decoded[0].value.s, ==, "text");
    g_assert_cmpuint(decoded[1].value.ul, ==, 5);
    virTypedParamsFree(decoded, n);
    virTypedParamsFree(p.params, p.n);
}

static void test_wire_limits(void)
{
    g_autofree char *name = g_strnfill(VIR_TYPED_PARAM_FIELD_LENGTH, 'n');
    remote_typed_param wire[2] = {{.field = name, .value = {.type = VIR_TYPED_PARAM_INT}},
                                  {.field = (char *)"i", .value = {.type = VIR_TYPED_PARAM_INT}}};
    virTypedParameter room[1];
    ClientCall call = {.function = "test"};
    virTypedParameterPtr decoded = NULL;
    int n = 1;

    g_assert_false(params_decode(&call, wire, 2, &decoded, &n)); /* a name that does not fit */
    g_assert_false(params_fill(&call, wire, 2, 2, room, &n));    /* more than there is room for */
    g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_RPC);
    n = 0;
    g_assert_true(params_fill(&call, wire, 0, 17, NULL, &n)); /* only the number was asked for */
    g_assert_cmpint(n, ==, 17);
    n = 1;
    g_assert_true(params_fill(&call, wire + 1, 1, 17, room, &n));
    g_assert_cmpint(n, ==, 1);
    g_assert_cmpstr(room[0].field, ==, "i");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    virSetErrorFunc(NULL, keep_quiet);
    g_test_add_func("/typed-params/add-and-get", test_add_and_get);
    g_test_add_func("/typed-params/get-fails", test_get_fails);
    g_test_add_func("/typed-params/from-string", test_from_string);
    g_test_add_func("/typed-params/name-too-long", test_name_too_long);
    g_test_add_func("/typed-params/wire", test_wire);
    g_test_add_func("/typed-params/wire-limits", test_wire_limits);
    return g_test_run();
}
