/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <graphics>: every kind of listen, and what of it is shown to whom. */
#include "domain-document.h"

static const struct {
    const char *in, *out;
} kept[] = {
    {"<graphics type='vnc'/>",
     "    <graphics type='vnc' port='-1' autoport='yes'>\n      <listen type='address'/>\n    </graphics>\n"},
    {"<graphics type='vnc' port='5907'/>", "<graphics type='vnc' port='5907' autoport='no'>"},
    {"<graphics type='vnc' port='5907' autoport='yes'/>", "<graphics type='vnc' port='-1' autoport='yes'>"},
    {"<graphics type='vnc' websocket='-1'/>", "autoport='yes' websocket='-1'>"},
    {"<graphics type='vnc' listen='192.0.2.1'/>",
     "listen='192.0.2.1'>\n      <listen type='address' address='192.0.2.1'/>"},
    {"<graphics type='vnc'><listen type='address' address='::1'/></graphics>",
     "listen='::1'>\n      <listen type='address' address='::1'/>"},
    {"<graphics type='vnc'><listen type='network' network='n'/></graphics>",
     "<graphics type='vnc' port='-1' autoport='yes'>\n      <listen type='network' network='n'/>"},
    {"<graphics type='vnc'><listen type='network' network='n' family='ipv6'/></graphics>",
     "<listen type='network' network='n' family='ipv6'/>"},
    {"<graphics type='vnc'><listen type='socket' socket='/s'/></graphics>",
     "<graphics type='vnc' socket='/s'>\n      <listen type='socket' socket='/s'/>"},
    {"<graphics type='vnc' socket='/s'/>", "<listen type='socket' socket='/s'/>"},
    {"<graphics type='vnc'><listen type='socket'/></graphics>", "<graphics type='vnc'>\n      <listen type='socket'/>"},
    {"<graphics type='vnc'><listen type='none'/></graphics>", "<graphics type='vnc'>\n      <listen type='none'/>"},
    {"<graphics type='vnc'><listen type='address' address='192.0.2.1'/><listen type='network' network='n'/></graphics>",
     "<listen type='address' address='192.0.2.1'/>\n      <listen type='network' network='n'/>"},
    {"<graphics type='vnc' sharePolicy='ignore' powerControl='yes' keymap='de'/>",
     "keymap='de' sharePolicy='ignore' powerControl='yes'>"},
    {"<graphics type='vnc' passwd='p' passwdValidTo='2031-02-03T04:05:06' connected='keep'/>",
     "passwd='p' passwdValidTo='2031-02-03T04:05:06' connected='keep'>"},
    {"<graphics type='spice' port='5901' autoport='no'/>", "<graphics type='spice' port='5901' autoport='no'>"},
    {"<graphics type='spice' autoport='yes' defaultMode='secure'><channel name='main' mode='insecure'/>"
     "<image compression='glz'/><streaming mode='all'/><clipboard copypaste='no'/></graphics>",
     "<graphics type='spice' autoport='yes' defaultMode='secure'>\n      <listen type='address'/>\n"
     "      <channel name='main' mode='insecure'/>\n      <image compression='glz'/>\n      <streaming mode='all'/>\n"
     "      <clipboard copypaste='no'/>"},
    {"<graphics type='spice'><listen type='none'/><gl enable='yes' rendernode='/r'/></graphics>",
     "<graphics type='spice'>\n      <listen type='none'/>\n      <gl enable='yes' rendernode='/r'/>"},
    {"<graphics type='sdl' display=':1' fullscreen='yes'/>", "<graphics type='sdl' display=':1' fullscreen='yes'/>"},
    {"<graphics type='egl-headless'><gl rendernode='/r'/></graphics>", "<gl rendernode='/r'/>"},
    {"<graphics type='dbus' p2p='yes'/>", "<graphics type='dbus' p2p='yes'/>"},
};

static void test_kept(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kept); i++) {
        g_autofree char *xml = g_strdup_printf(HEAD("q35") "<devices>%s</devices></domain>", kept[i].in);

        assert_kept(xml, kept[i].out);
    }
}

static const struct {
    const char *in;
    int code;
    const char *message;
} bad[] = {
    {"<graphics type='wayland'/>", VIR_ERR_XML_ERROR,
     "Invalid value for attribute 'type' in element 'graphics': 'wayland'."},
    {"<graphics type='vnc' port='high'/>", VIR_ERR_INTERNAL_ERROR, "cannot parse vnc port high"},
    {"<graphics type='vnc' port='70000'/>", VIR_ERR_INTERNAL_ERROR, "cannot parse vnc port 70000"},
    {"<graphics type='vnc' passwdValidTo='tomorrow'/>", VIR_ERR_INTERNAL_ERROR,
     "cannot parse password validity time 'tomorrow'"},
    {"<graphics type='vnc' passwd='123456789'/>", VIR_ERR_CONFIG_UNSUPPORTED,
     "VNC password is 9 characters long, only 8 permitted"},
    {"<graphics type='vnc'><listen type='wire'/></graphics>", VIR_ERR_XML_ERROR,
     "Invalid value for attribute 'type' in element 'listen': 'wire'."},
    {"<graphics type='vnc'><listen/></graphics>", VIR_ERR_XML_ERROR,
     "Missing required attribute 'type' in element 'listen'"},
    {"<graphics type='vnc'><listen type='network'/></graphics>", VIR_ERR_XML_ERROR,
     "Missing required attribute 'network' in element 'listen'"},
    {"<graphics type='vnc'><listen type='network' network='n' family='ipx'/></graphics>", VIR_ERR_XML_ERROR,
     "Invalid value for attribute 'family' in element 'listen': 'ipx'."},
    {"<graphics type='vnc' listen='192.0.2.1'><listen type='address' address='192.0.2.2'/></graphics>",
     VIR_ERR_CONFIG_UNSUPPORTED,
     "graphics 'listen' attribute '192.0.2.1' must match 'address' attribute of first listen element (found "
     "'192.0.2.2')"},
    {"<graphics type='vnc' socket='/a'><listen type='socket' socket='/b'/></graphics>", VIR_ERR_CONFIG_UNSUPPORTED,
     "graphics 'socket' attribute '/a' must match 'socket' attribute of first listen element (found '/b')"},
    {"<graphics type='spice'><channel name='smell' mode='any'/></graphics>", VIR_ERR_XML_ERROR,
     "Invalid value for attribute 'name' in element 'channel': 'smell'."},
    {"<graphics type='spice' tlsPort='5902' autoport='no'/>", VIR_ERR_CONFIG_UNSUPPORTED, "spice TLS port set"},
    {"<graphics type='rdp'/>", VIR_ERR_CONFIG_UNSUPPORTED, "rdp graphics are not supported with this QEMU"},
};

static void test_bad(void)
{
    g_autoptr(GString) many = g_string_new(HEAD("q35") "<devices><graphics type='vnc'>");

    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *xml = g_strdup_printf(HEAD("q35") "<devices>%s</devices></domain>", bad[i].in);

        assert_refused(xml, XML_MODE_INACTIVE, bad[i].code, bad[i].message);
    }
    for (int i = 0; i < 17; i++)
        g_string_append(many, "<listen type='none'/>");
    g_string_append(many, "</graphics></devices></domain>");
    assert_refused(many->str, 0, VIR_ERR_CONFIG_UNSUPPORTED, "more than 16 listens");
}

static void test_password(void)
{
    g_autoptr(DomainDef) def = define(Q35("<graphics type='vnc' passwd='hush'/>"));
    g_autofree char *plain = domain_def_format(def, XML_MODE_LIVE);
    g_autofree char *migratable = domain_def_format(def, XML_MODE_MIGRATABLE);
    g_autofree char *secure = domain_def_format(def, XML_MODE_SECURE);

    assert_has_not(plain, "hush");
    assert_has_not(migratable, "hush");
    assert_has(secure, "passwd='hush'");
}

/* The address that a network came to is this host's alone. */
static void test_network_address(void)
{
    static const guint hiding[] = {XML_MODE_INACTIVE, XML_MODE_SECURE, XML_MODE_MIGRATABLE,
                                   XML_MODE_MIGRATABLE | XML_MODE_LIVE | XML_MODE_SECURE};
    g_autoptr(DomainDef) def = define(Q35("<graphics type='vnc'><listen type='network' network='n'/></graphics>"));
    GraphicsDef *graphics = def->graphics->pdata[0];
    g_autofree char *live = NULL;

    graphics_first_listen(graphics)->address = g_strdup("192.0.2.9");
    graphics->port = 5903;
    live = domain_def_format(def, XML_MODE_LIVE);
    assert_has(live, "<graphics type='vnc' port='5903' autoport='yes' listen='192.0.2.9'>\n"
                     "      <listen type='network' address='192.0.2.9' network='n'/>");
    for (gsize i = 0; i < G_N_ELEMENTS(hiding); i++) {
        g_autofree char *text = domain_def_format(def, hiding[i]);

        assert_has_not(text, "192.0.2.9");
        assert_has(text, "<listen type='network' network='n'/>");
    }
}

/* Several of them, and the lists that are made of them. */
static void test_network_addresses(void)
{
    g_autoptr(DomainDef) def = define(Q35("<graphics type='vnc'><listen type='network' network='n' family='any'/>"
                                          "<listen type='address' address='::1'/></graphics>"));
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    g_autoptr(GPtrArray) all = NULL;
    g_autofree char *live = NULL;
    g_autofree char *migratable = NULL;
    g_autoptr(DomainDef) again = NULL;

    g_ptr_array_add(found, (char *)"192.0.2.9");
    g_ptr_array_add(found, (char *)"::1");
    graphics_listen_set_addresses(graphics_first_listen(def->graphics->pdata[0]), found);
    live = domain_def_format(def, XML_MODE_LIVE);
    migratable = domain_def_format(def, XML_MODE_LIVE | XML_MODE_MIGRATABLE);
    assert_has(live, "<listen type='network' address='192.0.2.9' network='n' family='any'>\n"
                     "        <address>::1</address>\n");
    assert_has(migratable, "<listen type='network' network='n' family='any'/>");
    all = graphics_addresses(def->graphics->pdata[0]);
    g_assert_cmpuint(all->len, ==, 2); /* ::1 is listened on once */
    again = domain_def_copy(def);
    g_assert_cmpstr(graphics_first_listen(again->graphics->pdata[0])->more_addresses->pdata[0], ==, "::1");
}

/* What a changed <graphics> may say of one that is there. */
static void test_change_listens(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GraphicsDef) base = graphics_def_parse("<graphics type='vnc' passwd='old' keymap='de'/>", &error);
    g_autoptr(GraphicsDef) listens = graphics_def_parse(
        "<graphics type='vnc' keymap='de'><listen type='address' address='192.0.2.1'/></graphics>", &error);
    g_autoptr(GraphicsDef) password = graphics_def_parse("<graphics type='vnc' passwd='new' keymap='de'/>", &error);
    g_autoptr(GraphicsDef) keymap = graphics_def_parse("<graphics type='vnc' keymap='fr'/>", &error);
    g_autoptr(GraphicsDef) first = graphics_def_change_listens(base, listens, &error);
    g_autoptr(GraphicsDef) second = graphics_def_change_listens(base, password, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(graphics_first_listen(first)->address, ==, "192.0.2.1");
    g_assert_cmpstr(first->password, ==, "old");
    g_assert_cmpstr(second->password, ==, "new");
    g_assert_null(graphics_def_change_listens(base, keymap, &error));
    g_assert_cmpint(vir_error_code(error), ==, VIR_ERR_OPERATION_UNSUPPORTED);
}

/* What a live document says is not taken over by a definition made from it. */
static void test_live_address_is_not_read(void)
{
    g_autoptr(DomainDef) def = define(Q35("<graphics type='vnc' port='5903' autoport='yes' listen='192.0.2.9'>"
                                          "<listen type='network' address='192.0.2.9' network='n'/></graphics>"));
    GraphicsDef *graphics = def->graphics->pdata[0];

    g_assert_null(graphics_first_listen(graphics)->address);
    g_assert_cmpint(graphics->port, ==, 0);
    g_assert_true(graphics->is_autoport);
}

/* The driver's default address and the socket that it made up. */
static void test_chosen_at_start(void)
{
    g_autoptr(DomainDef) def =
        define(Q35("<graphics type='vnc'/><graphics type='vnc'><listen type='socket'/></graphics>"));
    GraphicsListen *address = graphics_first_listen(def->graphics->pdata[0]);
    GraphicsListen *socket = graphics_first_listen(def->graphics->pdata[1]);
    g_autofree char *live = NULL, *inactive = NULL, *migratable = NULL;

    address->address = g_strdup("127.0.0.1");
    address->is_from_config = TRUE;
    socket->socket = g_strdup("/made/up");
    socket->is_auto_socket = TRUE;
    live = domain_def_format(def, XML_MODE_LIVE);
    assert_has(live, "listen='127.0.0.1'");
    assert_has(live, "socket='/made/up'");
    inactive = domain_def_format(def, XML_MODE_INACTIVE);
    assert_has_not(inactive, "127.0.0.1");
    assert_has_not(inactive, "/made/up");
    migratable = domain_def_format(def, XML_MODE_MIGRATABLE | XML_MODE_LIVE);
    assert_has_not(migratable, "127.0.0.1");
    assert_has_not(migratable, "/made/up");
}

/* Old peers are told by attributes what they know no element for. */
static void test_old_peers(void)
{
    g_autofree char *text = document(Q35("<graphics type='spice'><listen type='none'/></graphics>"
                                         "<graphics type='vnc' socket='/s'/>"),
                                     XML_MODE_MIGRATABLE);

    assert_has(text, "<graphics type='spice' autoport='no'/>");
    assert_has(text, "<graphics type='vnc' socket='/s'");
    assert_has_not(text, "<listen");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/domain-graphics/kept", test_kept);
    g_test_add_func("/domain-graphics/bad", test_bad);
    g_test_add_func("/domain-graphics/password", test_password);
    g_test_add_func("/domain-graphics/network-address", test_network_address);
    g_test_add_func("/domain-graphics/network-addresses", test_network_addresses);
    g_test_add_func("/domain-graphics/change-listens", test_change_listens);
    g_test_add_func("/domain-graphics/live-address-is-not-read", test_live_address_is_not_read);
    g_test_add_func("/domain-graphics/chosen-at-start", test_chosen_at_start);
    g_test_add_func("/domain-graphics/old-peers", test_old_peers);
    return g_test_run();
}
