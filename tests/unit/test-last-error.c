/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>

#include "client/connection.h"
#include "client/report.h"
#include "common/error.h"

static int n_told;

static void count(void *data, virErrorPtr error)
{
    n_told += GPOINTER_TO_INT(data);
}

static void test_fields(void)
{
    virResetLastError();
    g_assert_null(virGetLastError());
    g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_OK);
    g_assert_cmpstr(virGetLastErrorMessage(), ==, "no error");

    report(NULL, VIR_FROM_NETWORK, VIR_ERR_NO_NETWORK, "no network with matching name '%s'", "x");
    g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_NO_NETWORK);
    g_assert_cmpint(virGetLastErrorDomain(), ==, VIR_FROM_NETWORK);
    g_assert_cmpstr(virGetLastErrorMessage(), ==, "Network not found: no network with matching name 'x'");
    g_assert_cmpstr(virGetLastError()->str1, ==, "Network not found: %s");
    g_assert_cmpstr(virGetLastError()->str2, ==, "no network with matching name 'x'");
    g_assert_cmpint(virGetLastError()->level, ==, VIR_ERR_ERROR);
    virResetLastError();
    g_assert_null(virGetLastError());
}

/* What a daemon sent stays as it was, also where the message does not go with the code's text. */
static void test_wire(void)
{
    char *message = (char *)"plain words", *function = (char *)"virFunction", *what = (char *)"flags";
    virNetMessageError wire = {.code = VIR_ERR_INVALID_ARG,
                               .domain = VIR_FROM_QEMU,
                               .message = &message,
                               .level = VIR_ERR_WARNING,
                               .str1 = &function,
                               .str2 = &what,
                               .int1 = 3,
                               .int2 = 4};
    virErrorPtr error;

    report_wire(NULL, &wire);
    error = virGetLastError();
    g_assert_cmpstr(error->message, ==, "plain words");
    g_assert_cmpstr(error->str1, ==, "virFunction");
    g_assert_cmpstr(error->str2, ==, "flags");
    g_assert_null(error->str3);
    g_assert_cmpint(error->int1, ==, 3);
    g_assert_cmpint(error->int2, ==, 4);
    g_assert_cmpint(error->level, ==, VIR_ERR_WARNING);
}

static void test_copies(void)
{
    virErrorPtr saved;
    virError copy = {0};

    report(NULL, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "first");
    saved = virSaveLastError();
    g_assert_cmpint(virCopyLastError(&copy), ==, VIR_ERR_INTERNAL_ERROR);
    report(NULL, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "second");
    g_assert_cmpstr(saved->message, ==, "internal error: first");
    g_assert_cmpstr(copy.message, ==, "internal error: first");
    virResetError(&copy);
    g_assert_null(copy.message);
    virFreeError(saved);

    saved = virSaveLastError();
    virResetLastError();
    report_restore(saved);
    g_assert_cmpstr(virGetLastErrorMessage(), ==, "internal error: second");
}

static gpointer other_thread(gpointer data)
{
    g_assert_null(virGetLastError());
    report(NULL, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "elsewhere");
    return g_strdup(virGetLastErrorMessage());
}

static void test_threads(void)
{
    g_autofree char *elsewhere = NULL;

    report(NULL, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "here");
    elsewhere = g_thread_join(g_thread_new("other", other_thread, NULL));
    g_assert_cmpstr(elsewhere, ==, "internal error: elsewhere");
    g_assert_cmpstr(virGetLastErrorMessage(), ==, "internal error: here");
}

/* A connection's own handler is told instead of the one for all. */
static void test_handlers(void)
{
    Connection *connection = connection_new(&handle_type_connect);
    virConnectPtr conn = connection_public(connection);

    n_told = 0;
    virSetErrorFunc(GINT_TO_POINTER(1), count);
    report(connection, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "one");
    g_assert_cmpint(n_told, ==, 1);
    virConnSetErrorFunc(conn, GINT_TO_POINTER(10), count);
    report(connection, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "two");
    g_assert_cmpint(n_told, ==, 11);
    report(NULL, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "three");
    g_assert_cmpint(n_told, ==, 12);
    g_assert_cmpstr(virConnGetLastError(conn)->message, ==, "internal error: two");
    virConnResetLastError(conn);
    g_assert_null(virConnGetLastError(conn));
    handle_unref(conn);
    virSetErrorFunc(GINT_TO_POINTER(0), count);
}

/* Every public function checks its handle, and says which function it was. */
static void test_invalid_handles(void)
{
    Connection *connection = connection_new(&handle_type_connect);

    g_assert_cmpint(virDomainFree(NULL), ==, -1);
    g_assert_cmpstr(virGetLastErrorMessage(), ==, "invalid domain pointer in virDomainFree");
    g_assert_cmpint(virGetLastErrorDomain(), ==, VIR_FROM_DOM);
    g_assert_null(virDomainGetName((virDomainPtr)connection)); /* a handle, but of another kind */
    g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_INVALID_DOMAIN);
    g_assert_cmpint(virConnectIsAlive(NULL), ==, -1);
    g_assert_cmpstr(virGetLastErrorMessage(), ==, "invalid connection pointer in virConnectIsAlive");
    g_assert_null(virDomainLookupByName((virConnectPtr)connection, NULL));
    g_assert_cmpstr(virGetLastErrorMessage(), ==, "invalid argument: name in virDomainLookupByName must not be NULL");
    g_assert_null(virDomainLookupByUUIDString((virConnectPtr)connection, "no uuid"));
    g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_INVALID_ARG);
    handle_unref(connection);
}

static void test_default_line(void)
{
    if (g_test_subprocess()) {
        virSetErrorFunc(NULL, NULL);
        report(NULL, VIR_FROM_QEMU, VIR_ERR_NO_DOMAIN, "no domain with matching name 'x'");
        return;
    }
    g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("*libvirt: QEMU Driver error : Domain not found: no domain with matching name 'x'\n*");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    virSetErrorFunc(NULL, count);
    g_test_add_func("/last-error/fields", test_fields);
    g_test_add_func("/last-error/wire", test_wire);
    g_test_add_func("/last-error/copies", test_copies);
    g_test_add_func("/last-error/threads", test_threads);
    g_test_add_func("/last-error/handlers", test_handlers);
    g_test_add_func("/last-error/invalid-handles", test_invalid_handles);
    g_test_add_func("/last-error/default-line", test_default_line);
    return g_test_run();
}
