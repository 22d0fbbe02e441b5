/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ports of switches outside the host and virtual functions: what lldpad and drivers of cards are asked, and what their
 * answers come to. */
#include "netlink-peer.h"

#include "common/error.h"
#include "common/lldpad.h"
#include "common/netlink_function.h"

static const guint8 mac[MAC_LEN] = {0x52, 0x54, 0, 1, 2, 3};
static const VportStation station = {.manager = 11, .version = 3, .type = 0x123456};

/* ---- what the other end got ---- */

static struct nlattr *inside(struct nlattr *attribute, int type)
{
    struct nlattr *found = attribute ? nla_find(nla_data(attribute), nla_len(attribute), type) : NULL;

    g_assert_nonnull(found);
    return found;
}

static struct nlattr *attribute_of(const Peer *peer, guint index, int type)
{
    g_assert_cmpuint(index, <, peer->requests->len);
    return nlmsg_find_attr(peer->requests->pdata[index], sizeof(struct ifinfomsg), type);
}

static void check_uuid(struct nlattr *port, int type, const guint8 *expected)
{
    struct nlattr *id = inside(port, type);

    g_assert_cmpmem(nla_data(id), nla_len(id), expected, UUID_LEN);
}

static void check_entry(const Peer *peer, guint index, guint32 number, int vlan)
{
    struct nlattr *info = inside(attribute_of(peer, index, IFLA_VFINFO_LIST), IFLA_VF_INFO);
    const struct ifla_vf_mac *address = nla_data(inside(info, IFLA_VF_MAC));

    g_assert_cmpuint(address->vf, ==, number);
    g_assert_cmpmem(address->mac, MAC_LEN, mac, MAC_LEN);
    if (vlan < 0) {
        g_assert_null(nla_find(nla_data(info), nla_len(info), IFLA_VF_VLAN));
        return;
    }
    g_assert_cmpuint(((const struct ifla_vf_vlan *)nla_data(inside(info, IFLA_VF_VLAN)))->vf, ==, number);
    g_assert_cmpuint(((const struct ifla_vf_vlan *)nla_data(inside(info, IFLA_VF_VLAN)))->vlan, ==, (guint)vlan);
}

static void check_station(const Peer *peer, guint index, guint8 request)
{
    struct nlattr *port = inside(attribute_of(peer, index, IFLA_VF_PORTS), IFLA_VF_PORT);
    const struct ifla_port_vsi *vsi = nla_data(inside(port, IFLA_PORT_VSI_TYPE));
    const guint8 type[] = {0x56, 0x34, 0x12};

    g_assert_cmpstr(nla_get_string(attribute_of(peer, index, IFLA_IFNAME)), ==, "lo");
    check_entry(peer, index, VPORT_SELF, 7);
    g_assert_cmpuint(vsi->vsi_mgr_id, ==, 11);
    g_assert_cmpuint(vsi->vsi_type_version, ==, 3);
    g_assert_cmpmem(vsi->vsi_type_id, 3, type, 3);
    check_uuid(port, IFLA_PORT_INSTANCE_UUID, ours);
    g_assert_cmpuint(nla_get_u8(inside(port, IFLA_PORT_REQUEST)), ==, request);
    g_assert_null(nla_find(nla_data(port), nla_len(port), IFLA_PORT_VF));
}

/* ---- 802.1Qbg ---- */

static Vport station_port(void)
{
    return (Vport){.card = "lo",
                   .peer = ADDRESS,
                   .function = VPORT_SELF,
                   .mac = mac,
                   .vlan = 7,
                   .station = &station,
                   .instance_id = ours};
}

static void test_station(void)
{
    const Script script = {.answers = {NONE, PORT_PROFILE_RESPONSE_INPROGRESS, PORT_VDP_RESPONSE_SUCCESS, 1}};
    Vport port = station_port();
    g_autoptr(GError) error = NULL;
    Peer peer;

    begin(&peer, &script);
    g_assert_true(netlink_vport_associate(&port, 5000, &error));
    g_assert_no_error(error);
    g_assert_true(netlink_vport_remind(&port, &error));
    g_assert_true(netlink_vport_disassociate(&port, &error));
    end(&peer);
    g_assert_cmpint(peer.n_questions, ==, 3);
}

static void test_station_requests(void)
{
    const Script script = {.answers = {PORT_PROFILE_RESPONSE_SUCCESS}};
    Vport port = station_port();
    Peer peer;

    begin(&peer, &script);
    g_assert_true(netlink_vport_associate(&port, 5000, NULL));
    g_assert_true(netlink_vport_disassociate(&port, NULL));
    stop(&peer);
    g_assert_cmpuint(peer.requests->len, ==, 2);
    check_station(&peer, 0, PORT_REQUEST_ASSOCIATE);
    check_station(&peer, 1, PORT_REQUEST_DISASSOCIATE);
    g_ptr_array_unref(peer.requests);
}

static void test_failures(void)
{
    static const struct {
        Script script;
        int code;
        const char *text;
    } cases[] = {
        {{.answers = {PORT_VDP_RESPONSE_UNUSED_VTID}}, VIR_ERR_INTERNAL_ERROR, "refuses"},
        {{.answers = {NONE, NONE, NONE, NONE}}, VIR_ERR_OPERATION_TIMEOUT, "has not answered"},
        {{.answers = {257, 257, 257, 257}}, VIR_ERR_OPERATION_TIMEOUT, "has not answered"},
        {{.refusal = -EINVAL}, VIR_ERR_SYSTEM_ERROR, "lldpad does not pass"},
        {{.is_silent = TRUE}, VIR_ERR_SYSTEM_ERROR, "lldpad does not pass"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        Vport port = station_port();
        g_autoptr(GError) error = NULL;
        Peer peer;

        begin(&peer, &cases[i].script);
        g_assert_false(netlink_vport_associate(&port, 300, &error));
        g_assert_cmpint(error->code, ==, cases[i].code);
        g_assert_nonnull(strstr(error->message, cases[i].text));
        end(&peer);
    }
}

static void test_nobody(void)
{
    g_autofree char *dir = g_dir_make_tmp("modvirt-lldpad-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "lldpad.pid", NULL);
    Vport port = station_port();
    g_autoptr(GError) error = NULL;
    guint32 address = 0;

    lldpad_set_pid_file(path);
    g_assert_false(lldpad_find(&address, &error));
    g_assert_error(error, vir_error_quark(VIR_FROM_NONE), VIR_ERR_CONFIG_UNSUPPORTED);
    g_clear_error(&error);
    g_assert_true(g_file_set_contents(path, "x\n", -1, NULL));
    g_assert_false(lldpad_find(&address, NULL));
    g_assert_true(g_file_set_contents(path, "4242\n", -1, NULL));
    g_assert_true(lldpad_find(&address, &error));
    g_assert_cmpuint(address, ==, ADDRESS);
    /* It has ended, and left its file. */
    g_assert_false(netlink_vport_associate(&port, 300, &error));
    g_assert_cmpint(error->code, ==, VIR_ERR_SYSTEM_ERROR);
    unlink(path);
    rmdir(dir);
}

static void test_card(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *card = NULL;
    int vlan = -1;

    card = netlink_vport_card("lo", &vlan, &error);
    g_assert_cmpstr(card, ==, "lo");
    g_assert_cmpint(vlan, ==, 0);
    g_assert_null(netlink_vport_card("nodev", &vlan, &error));
    g_assert_nonnull(strstr(error->message, "nodev"));
}

/* ---- what lldpad says unasked ---- */

typedef struct {
    int type;
    int request; /* NONE: nothing is said of it */
    gsize id_size;
    gboolean is_cut; /* the message ends within its attributes */
} News;

static void say(int fd, const News *news, const guint8 *id)
{
    struct sockaddr_nl to = {.nl_family = AF_NETLINK, .nl_pid = lldpad_listener()};
    struct ifinfomsg head = {.ifi_index = 1};
    g_autoptr(NetlinkMessage) message = nlmsg_alloc_simple(news->type, 0);
    struct nlattr *list, *one;

    nlmsg_append(message, &head, sizeof(head), NLMSG_ALIGNTO);
    list = nla_nest_start(message, IFLA_VF_PORTS);
    one = nla_nest_start(message, IFLA_VF_PORT);
    nla_put(message, IFLA_PORT_INSTANCE_UUID, (int)news->id_size, id);
    if (news->request != NONE)
        nla_put_u8(message, IFLA_PORT_REQUEST, (guint8)news->request);
    nla_nest_end(message, one);
    nla_nest_end(message, list);
    if (news->is_cut)
        nlmsg_hdr(message)->nlmsg_len = NLMSG_LENGTH(sizeof(head)) + 2;
    g_assert_cmpint(
        sendto(fd, nlmsg_hdr(message), nlmsg_hdr(message)->nlmsg_len, 0, (struct sockaddr *)&to, sizeof(to)), >, 0);
}

static int open_as(guint32 address)
{
    struct sockaddr_nl from = {.nl_family = AF_NETLINK, .nl_pid = address};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

    g_assert_cmpint(bind(fd, (struct sockaddr *)&from, sizeof(from)), ==, 0);
    return fd;
}

static void test_taken_away(void)
{
    static const News no_news[] = {
        {RTM_NEWLINK, PORT_REQUEST_DISASSOCIATE, UUID_LEN},
        {RTM_SETLINK, PORT_REQUEST_ASSOCIATE, UUID_LEN},
        {RTM_SETLINK, NONE, UUID_LEN},
        {RTM_SETLINK, PORT_REQUEST_DISASSOCIATE, UUID_LEN - 1},
        {RTM_SETLINK, PORT_REQUEST_DISASSOCIATE, UUID_LEN, TRUE},
    };
    static const News news = {RTM_SETLINK, PORT_REQUEST_DISASSOCIATE, UUID_LEN};
    g_autofree char *dir = g_dir_make_tmp("modvirt-lldpad-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "lldpad.pid", NULL);
    int fd = lldpad_listen(NULL), lldpad = open_as(ADDRESS), stranger = open_as(ADDRESS + 1);
    guint8 id[UUID_LEN];

    g_assert_cmpint(fd, >=, 0);
    g_assert_true(g_file_set_contents(path, "4242\n", -1, NULL));
    lldpad_set_pid_file(path);
    g_assert_false(lldpad_read(fd, id));
    for (gsize i = 0; i < G_N_ELEMENTS(no_news); i++)
        say(lldpad, &no_news[i], ours);
    say(stranger, &news, ours);
    g_assert_false(lldpad_read(fd, id));
    say(lldpad, &no_news[0], host);
    say(lldpad, &news, ours);
    say(lldpad, &news, theirs);
    g_assert_true(lldpad_read(fd, id));
    g_assert_cmpmem(id, UUID_LEN, ours, UUID_LEN);
    g_assert_true(lldpad_read(fd, id));
    g_assert_cmpmem(id, UUID_LEN, theirs, UUID_LEN);
    g_assert_false(lldpad_read(fd, id));
    close(lldpad);
    close(stranger);
    unlink(path);
    rmdir(dir);
}

/* Requests name who is to be told, and answers still come to who asks. */
static void test_told_whom_to_tell(void)
{
    const Script script = {.answers = {PORT_PROFILE_RESPONSE_SUCCESS}};
    Vport port = station_port();
    Peer peer;

    g_assert_cmpint(lldpad_listen(NULL), >=, 0);
    begin(&peer, &script);
    g_assert_true(netlink_vport_associate(&port, 5000, NULL));
    stop(&peer);
    g_assert_cmpuint(lldpad_listener(), !=, 0);
    g_assert_cmpuint(((struct nlmsghdr *)peer.requests->pdata[0])->nlmsg_pid, ==, lldpad_listener());
    g_ptr_array_unref(peer.requests);
}

/* ---- 802.1Qbh ---- */

static void test_profile(void)
{
    const Script script = {.answers = {257, PORT_PROFILE_RESPONSE_SUCCESS, 1, 1}};
    Vport port = {
        .card = "lo", .function = 3, .mac = mac, .vlan = -1, .profile = "gold", .instance_id = ours, .host_id = host};
    g_autoptr(GError) error = NULL;
    struct nlattr *attributes;
    Peer peer;

    begin(&peer, &script);
    netlink_set_stand_in(ADDRESS);
    g_assert_true(netlink_vport_associate(&port, 5000, &error));
    netlink_set_stand_in(NETLINK_KERNEL);
    stop(&peer);
    check_entry(&peer, 0, 3, -1);
    attributes = inside(attribute_of(&peer, 0, IFLA_VF_PORTS), IFLA_VF_PORT);
    g_assert_cmpstr(nla_get_string(inside(attributes, IFLA_PORT_PROFILE)), ==, "gold");
    check_uuid(attributes, IFLA_PORT_INSTANCE_UUID, ours);
    check_uuid(attributes, IFLA_PORT_HOST_UUID, host);
    g_assert_cmpuint(nla_get_u32(inside(attributes, IFLA_PORT_VF)), ==, 3);
    g_assert_cmpuint(nla_get_u8(inside(attributes, IFLA_PORT_REQUEST)), ==, PORT_REQUEST_ASSOCIATE);
    g_ptr_array_unref(peer.requests);
}

static void test_profile_of_card(void)
{
    const Script script = {.answers = {PORT_PROFILE_RESPONSE_SUCCESS}, .is_of_card = TRUE};
    Vport port = {.card = "lo", .function = VPORT_SELF, .mac = mac, .vlan = -1, .profile = "gold"};
    g_autoptr(GError) error = NULL;
    Peer peer;

    begin(&peer, &script);
    netlink_set_stand_in(ADDRESS);
    g_assert_true(netlink_vport_associate(&port, 5000, &error));
    netlink_set_stand_in(NETLINK_KERNEL);
    stop(&peer);
    g_assert_cmpstr(nla_get_string(inside(attribute_of(&peer, 0, IFLA_PORT_SELF), IFLA_PORT_PROFILE)), ==, "gold");
    g_assert_null(attribute_of(&peer, 0, IFLA_VFINFO_LIST));
    g_ptr_array_unref(peer.requests);
}

/* The kernel itself, whose loopback device is no such card. */
static void test_kernel_refuses(void)
{
    Vport port = {.card = "lo", .function = VPORT_SELF, .mac = mac, .vlan = -1, .profile = "gold"};
    VirtualFunction function = {"lo", 1};
    FunctionSettings settings;
    g_autoptr(GError) error = NULL;

    g_assert_false(netlink_vport_associate(&port, 300, &error));
    g_assert_nonnull(strstr(error->message, "802.1Qbh"));
    g_clear_error(&error);
    g_assert_false(netlink_function_get(&function, &settings, &error));
    g_assert_nonnull(strstr(error->message, "lo has no virtual function 1"));
    g_clear_error(&error);
    g_assert_false(netlink_function_set_vlan(&function, 5, 0, &error));
    g_assert_nonnull(strstr(error->message, "cannot set up function 1 of lo"));
}

/* ---- functions ---- */

static void test_function_settings(void)
{
    const Script script = {.has_functions = TRUE};
    VirtualFunction function = {"lo", 1};
    FunctionSettings settings = {0};
    g_autoptr(GError) error = NULL;
    struct nlattr *info;
    Peer peer;

    begin(&peer, &script);
    netlink_set_stand_in(ADDRESS);
    g_assert_true(netlink_function_get(&function, &settings, &error));
    g_assert_cmpuint(settings.vlan, ==, 41);
    g_assert_cmpuint(settings.qos, ==, 1);
    g_assert_cmpuint(settings.mac[5], ==, 2);
    g_assert_true(netlink_function_set_vlan(&function, 9, 2, &error));
    g_assert_true(netlink_function_set_mac(&function, mac, &error));
    function.number = 2;
    g_assert_false(netlink_function_get(&function, &settings, &error));
    netlink_set_stand_in(NETLINK_KERNEL);
    stop(&peer);
    info = inside(attribute_of(&peer, 0, IFLA_VFINFO_LIST), IFLA_VF_INFO);
    g_assert_cmpuint(((const struct ifla_vf_vlan *)nla_data(inside(info, IFLA_VF_VLAN)))->vlan, ==, 9);
    g_assert_cmpuint(((const struct ifla_vf_vlan *)nla_data(inside(info, IFLA_VF_VLAN)))->qos, ==, 2);
    g_assert_null(nla_find(nla_data(info), nla_len(info), IFLA_VF_MAC));
    check_entry(&peer, 1, 1, -1);
    g_ptr_array_unref(peer.requests);
}

static void test_function_of_link(void)
{
    char *root = make_sysfs();
    g_autoptr(VirtualFunction) function = NULL;

    virtual_function_set_sysfs(root);
    function = virtual_function_find("vf1");
    g_assert_nonnull(function);
    g_assert_cmpstr(function->card, ==, "lo");
    g_assert_cmpuint(function->number, ==, 1);
    g_assert_null(virtual_function_find("plain"));
    g_assert_null(virtual_function_find("nodev"));
    virtual_function_set_sysfs("/sys");
    remove_sysfs(root);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (!enter_network())
        return 0;
    g_test_add_func("/netlink-ports/station", test_station);
    g_test_add_func("/netlink-ports/station-requests", test_station_requests);
    g_test_add_func("/netlink-ports/failures", test_failures);
    g_test_add_func("/netlink-ports/nobody", test_nobody);
    g_test_add_func("/netlink-ports/card", test_card);
    g_test_add_func("/netlink-ports/taken-away", test_taken_away);
    g_test_add_func("/netlink-ports/told-whom-to-tell", test_told_whom_to_tell);
    g_test_add_func("/netlink-ports/profile", test_profile);
    g_test_add_func("/netlink-ports/profile-of-card", test_profile_of_card);
    g_test_add_func("/netlink-ports/kernel-refuses", test_kernel_refuses);
    g_test_add_func("/netlink-ports/function-settings", test_function_settings);
    g_test_add_func("/netlink-ports/function-of-link", test_function_of_link);
    return g_test_run();
}
