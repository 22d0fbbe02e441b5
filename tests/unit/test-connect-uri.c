/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>
#include <libvirt/virterror.h>
#include <string.h>

#include "client/client_config.h"
#include "client/uri.h"
#include "common/error.h"

static const struct {
    const char *text;
    const char *driver;
    ConnectTransport transport;
    const char *user, *host;
    int port;
    const char *for_daemon;
} good[] = {
    {"qemu:///system", "qemu", TRANSPORT_UNIX, NULL, NULL, 0, "qemu:///system"},
    {"qemu+unix:///session?socket=/run/x", "qemu", TRANSPORT_UNIX, NULL, NULL, 0, "qemu:///session"},
    {"qemu://host/system", "qemu", TRANSPORT_TLS, NULL, "host", 0, "qemu:///system"},
    {"qemu+tcp://host:1234/system", "qemu", TRANSPORT_TCP, NULL, "host", 1234, "qemu:///system"},
    {"qemu+ssh://root@host:22/system?no_tty=1&keyfile=/k&other=2", "qemu", TRANSPORT_SSH, "root", "host", 22,
     "qemu:///system?other=2"},
    {"lxc+tls://[::1]:5/?a=b%26c&pkipath=/p&d=e", "lxc", TRANSPORT_TLS, NULL, "::1", 5, "lxc:///?a=b%26c&d=e"},
    {"qemu+ext:///system?command=/bin/x&name=test:///default", "qemu", TRANSPORT_EXT, NULL, NULL, 0, "test:///default"},
    {"network+unix:///system?mode=legacy", "network", TRANSPORT_UNIX, NULL, NULL, 0, "network:///system"},
    {"", NULL, TRANSPORT_UNIX, NULL, NULL, 0, ""},
};

static void test_good(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ConnectUri) uri = connect_uri_parse(good[i].text, &error);

        g_assert_no_error(error);
        g_assert_cmpstr(uri->text, ==, good[i].text);
        g_assert_cmpstr(uri->driver, ==, good[i].driver);
        g_assert_cmpint(uri->transport, ==, good[i].transport);
        g_assert_cmpstr(uri->user, ==, good[i].user);
        g_assert_cmpstr(uri->host, ==, good[i].host);
        g_assert_cmpint(uri->port, ==, good[i].port);
        g_assert_cmpstr(uri->for_daemon, ==, good[i].for_daemon);
    }
}

static const struct {
    const char *text;
    int code;
    const char *message;
} bad[] = {
    {"qemu+foo:///system", VIR_ERR_INVALID_ARG, "transport in URL not recognised"},
    {"::bad::", VIR_ERR_INTERNAL_ERROR, "Unable to parse URI ::bad::"},
    {"foo", VIR_ERR_NO_CONNECT, "URI 'foo' does not include a driver name"},
    {"qemu:///system?mode=foo", VIR_ERR_INVALID_ARG, "Unknown remote mode 'foo'"},
    {"qemu+ssh://h/system?proxy=foo", VIR_ERR_INVALID_ARG, "Unknown remote proxy 'foo'"},
    {"qemu+unix://host/system", VIR_ERR_INVALID_ARG, "using unix socket and remote server 'host' is not supported."},
    {"qemu:///system?a=%zz", VIR_ERR_INTERNAL_ERROR, "Unable to parse URI"},
};

static void test_bad(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(connect_uri_parse(bad[i].text, &error));
        g_assert_true(vir_error_is(error, bad[i].code));
        g_assert_nonnull(strstr(error->message, bad[i].message));
    }
}

static void test_parameters(void)
{
    g_autoptr(ConnectUri) uri = connect_uri_parse(
        "qemu+ssh://h/system?socket=/a%20b&netcat=nc2&mode=direct&proxy=native&no_verify=1&no_tty=0&authfile=/f", NULL);

    g_assert_nonnull(uri);
    g_assert_cmpstr(uri->socket, ==, "/a b");
    g_assert_cmpstr(uri->netcat, ==, "nc2");
    g_assert_cmpstr(uri->authfile, ==, "/f");
    g_assert_cmpint(uri->mode, ==, MODE_DIRECT);
    g_assert_cmpint(uri->proxy, ==, PROXY_NATIVE);
    g_assert_true(uri->no_verify);
    g_assert_false(uri->no_tty);
}

/* ---- libvirt.conf ---- */

static void test_aliases(void)
{
    g_autoptr(ConfigFile) config = config_file_parse(
        "uri_aliases = [ \"one=qemu+ssh://one/system\", \"two=test:///x?a=b\" ]\n", "libvirt.conf", NULL);
    const char *const cases[][2] = {{"one", "qemu+ssh://one/system"},
                                    {"two", "test:///x?a=b"},
                                    {"three", "three"},
                                    {"qemu:///system", "qemu:///system"}};

    g_assert_nonnull(config);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *resolved = client_config_resolve(config, cases[i][0], NULL);
        g_assert_cmpstr(resolved, ==, cases[i][1]);
    }
}

static void test_bad_alias(void)
{
    g_autoptr(ConfigFile) config = config_file_parse("uri_aliases = [ \"no uri\" ]\n", "libvirt.conf", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_null(client_config_resolve(config, "one", &error));
    g_assert_true(vir_error_is(error, VIR_ERR_CONF_SYNTAX));
}

/* The URI's own word counts before the file's. */
static void test_modes(void)
{
    g_autoptr(ConfigFile) config =
        config_file_parse("remote_mode = \"legacy\"\nremote_proxy = \"netcat\"\n", "libvirt.conf", NULL);
    g_autoptr(ConnectUri) silent = connect_uri_parse("qemu:///system", NULL);
    g_autoptr(ConnectUri) outspoken = connect_uri_parse("qemu:///system?mode=direct&proxy=native", NULL);

    g_assert_true(client_config_complete(config, silent, NULL));
    g_assert_cmpint(silent->mode, ==, MODE_LEGACY);
    g_assert_cmpint(silent->proxy, ==, PROXY_NETCAT);
    g_assert_true(client_config_complete(config, outspoken, NULL));
    g_assert_cmpint(outspoken->mode, ==, MODE_DIRECT);
    g_assert_cmpint(outspoken->proxy, ==, PROXY_NATIVE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/connect-uri/good", test_good);
    g_test_add_func("/connect-uri/bad", test_bad);
    g_test_add_func("/connect-uri/parameters", test_parameters);
    g_test_add_func("/connect-uri/aliases", test_aliases);
    g_test_add_func("/connect-uri/bad-alias", test_bad_alias);
    g_test_add_func("/connect-uri/modes", test_modes);
    return g_test_run();
}
