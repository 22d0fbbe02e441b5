/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A daemon with a driver as small as can be, to try out what all daemons share: guests that are nothing but a name and
 * a state. It answers at once, later, never, with streams, descriptors and events, as the calls below say.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/error.h"
#include "daemon/driver.h"
#include "daemon/stream.h"

#define GUESTS 3

typedef struct {
    char name[16];
    guint8 uuid[16];
    gboolean is_running;
} Guest;

static Guest guests[GUESTS];
static Daemon *test_daemon;

static Guest *find(const char *name, GError **error)
{
    for (int i = 0; i < GUESTS; i++)
        if (strcmp(guests[i].name, name) == 0)
            return &guests[i];
    vir_error_set(error, VIR_FROM_TEST, VIR_ERR_NO_DOMAIN, "no domain with matching name '%s'", name);
    return NULL;
}

static Guest *find_uuid(const char *uuid, GError **error)
{
    for (int i = 0; i < GUESTS; i++)
        if (memcmp(guests[i].uuid, uuid, 16) == 0)
            return &guests[i];
    vir_error_set(error, VIR_FROM_TEST, VIR_ERR_NO_DOMAIN, "%s", "no domain with matching uuid");
    return NULL;
}

static void fill(remote_nonnull_domain *wire, const Guest *guest)
{
    wire->name = strdup(guest->name);
    memcpy(wire->uuid, guest->uuid, 16);
    wire->id = guest->is_running ? (int)(guest - guests) + 1 : -1;
}

static void fill_lifecycle(gpointer wire, int callback_id, gconstpointer event)
{
    remote_domain_event_callback_lifecycle_msg *message = wire;
    const Guest *guest = event;

    message->callbackID = callback_id;
    fill(&message->msg.dom, guest);
    message->msg.event = guest->is_running ? VIR_DOMAIN_EVENT_STARTED : VIR_DOMAIN_EVENT_STOPPED;
}

static void fill_lifecycle_legacy(gpointer wire, int callback_id, gconstpointer event)
{
    remote_domain_event_lifecycle_msg *message = wire;
    const Guest *guest = event;

    fill(&message->dom, guest);
    message->event = guest->is_running ? VIR_DOMAIN_EVENT_STARTED : VIR_DOMAIN_EVENT_STOPPED;
}

static void emit(const Guest *guest)
{
    DaemonEvent event = {.kind = RPC_OBJECT_DOMAIN,
                         .id = VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                         .name = guest->name,
                         .uuid = guest->uuid,
                         .fill = fill_lifecycle,
                         .fill_legacy = fill_lifecycle_legacy,
                         .event = guest};

    daemon_emit(test_daemon, &event);
}

static gboolean lookup_by_name(RpcCall *call, const remote_domain_lookup_by_name_args *args,
                               remote_domain_lookup_by_name_ret *ret, GError **error)
{
    Guest *guest = find(args->name, error);

    if (!guest || !rpc_call_check_access(call, ACCESS_DOMAIN_GETATTR, guest->name, guest->uuid, error))
        return FALSE;
    fill(&ret->dom, guest);
    return TRUE;
}

static gboolean lookup_by_uuid(RpcCall *call, const remote_domain_lookup_by_uuid_args *args,
                               remote_domain_lookup_by_uuid_ret *ret, GError **error)
{
    Guest *guest = find_uuid(args->uuid, error);

    if (!guest || !rpc_call_check_access(call, ACCESS_DOMAIN_GETATTR, guest->name, guest->uuid, error))
        return FALSE;
    fill(&ret->dom, guest);
    return TRUE;
}

static gboolean list_all(RpcCall *call, const remote_connect_list_all_domains_args *args,
                         remote_connect_list_all_domains_ret *ret, GError **error)
{
    remote_nonnull_domain *list = calloc(GUESTS, sizeof(*list));
    guint32 states = args->flags & (VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_INACTIVE);

    for (int i = 0; i < GUESTS; i++)
        if ((!states ||
             states & (guests[i].is_running ? VIR_CONNECT_LIST_DOMAINS_ACTIVE : VIR_CONNECT_LIST_DOMAINS_INACTIVE)) &&
            rpc_call_may_see(call, guests[i].name, guests[i].uuid))
            fill(&list[ret->ret++], &guests[i]);
    ret->domains.domains_val = list;
    ret->domains.domains_len = ret->ret;
    return TRUE;
}

static gboolean get_state(RpcCall *call, const remote_domain_get_state_args *args, remote_domain_get_state_ret *ret,
                          GError **error)
{
    Guest *guest = find_uuid(args->dom.uuid, error);

    if (!guest)
        return FALSE;
    ret->state = guest->is_running ? VIR_DOMAIN_RUNNING : VIR_DOMAIN_SHUTOFF;
    return TRUE;
}

static void sleep_a_little(gpointer data)
{
    g_usleep(20 * 1000);
}

static void answer(gpointer data)
{
    rpc_call_reply(data);
}

/* Answers later, from a worker. */
static gboolean create(RpcCall *call, const remote_domain_create_args *args, GError **error)
{
    Guest *guest = find_uuid(args->dom.uuid, error);

    if (!guest)
        return FALSE;
    guest->is_running = TRUE;
    emit(guest);
    rpc_call_defer(call);
    daemon_run_worker(test_daemon, sleep_a_little, answer, call);
    return TRUE;
}

static gboolean destroy(RpcCall *call, const remote_domain_destroy_args *args, GError **error)
{
    Guest *guest = find_uuid(args->dom.uuid, error);

    if (!guest)
        return FALSE;
    guest->is_running = FALSE;
    emit(guest);
    return TRUE;
}

/* Sends as many events as the flags say. */
static gboolean reboot(RpcCall *call, const remote_domain_reboot_args *args, GError **error)
{
    Guest *guest = find_uuid(args->dom.uuid, error);

    for (guint i = 0; guest && i < args->flags; i++)
        emit(guest);
    return guest != NULL;
}

/* Calls that are answered when somebody resumes a guest. */
static GQueue parked = G_QUEUE_INIT;

static gboolean shutdown_guest(RpcCall *call, const remote_domain_shutdown_args *args, GError **error)
{
    rpc_call_defer(call);
    g_queue_push_tail(&parked, call);
    return TRUE;
}

static gboolean resume(RpcCall *call, const remote_domain_resume_args *args, GError **error)
{
    GQueue calls = parked;

    g_queue_init(&parked);
    while (!g_queue_is_empty(&calls))
        rpc_call_reply(g_queue_pop_head(&calls));
    return TRUE;
}

/* A picture of a megabyte. */
static gboolean screenshot(RpcCall *call, const remote_domain_screenshot_args *args, remote_domain_screenshot_ret *ret,
                           GError **error)
{
    g_autofree guint8 *picture = g_malloc(1024 * 1024);
    int fd = memfd_create("screenshot", MFD_CLOEXEC);

    for (guint i = 0; i < 1024 * 1024; i++)
        picture[i] = (guint8)(i % 251);
    if (write(fd, picture, 1024 * 1024) != 1024 * 1024 || lseek(fd, 0, SEEK_SET) != 0) {
        close(fd);
        vir_error_set_errno(error, VIR_FROM_TEST, EIO, "%s", "cannot make a picture");
        return FALSE;
    }
    daemon_stream_attach_fd(rpc_call_stream(call), fd, 0, NULL, NULL);
    ret->mime = calloc(1, sizeof(*ret->mime));
    *ret->mime = strdup("image/test");
    return TRUE;
}

/* A console that says what it hears: cat at the other end of a socket. */
static gboolean open_console(RpcCall *call, const remote_domain_open_console_args *args, GError **error)
{
    char *command[] = {"cat", NULL};
    int fds[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0 ||
        !g_spawn_async_with_fds(NULL, command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, fds[1], fds[1], -1, error))
        return FALSE;
    close(fds[1]);
    daemon_stream_attach_fd(rpc_call_stream(call), fds[0], 0, NULL, NULL);
    return TRUE;
}

static int open_volume(const char *key, int flags, GError **error)
{
    int fd = open(key, flags | O_CLOEXEC, 0600);

    if (fd < 0)
        vir_error_set_errno(error, VIR_FROM_TEST, errno, "cannot open '%s'", key);
    return fd;
}

/* A volume's key is the path of a file. */
static gboolean upload(RpcCall *call, const remote_storage_vol_upload_args *args, GError **error)
{
    int fd = open_volume(args->vol.key, O_WRONLY | O_CREAT | O_TRUNC, error);

    if (fd >= 0)
        daemon_stream_attach_fd(rpc_call_stream(call), fd, args->length, NULL, NULL);
    return fd >= 0;
}

static gboolean download(RpcCall *call, const remote_storage_vol_download_args *args, GError **error)
{
    int fd = open_volume(args->vol.key, O_RDONLY, error);

    if (fd >= 0)
        daemon_stream_attach_fd(rpc_call_stream(call), fd, args->length, NULL, NULL);
    return fd >= 0;
}

/* Writes a word into the descriptor that came with the call. */
static gboolean open_graphics(RpcCall *call, const remote_domain_open_graphics_args *args, GError **error)
{
    int fd = rpc_call_steal_fd(call, 0);

    if (fd < 0 || write(fd, "hello", 5) != 5) {
        vir_error_set(error, VIR_FROM_TEST, VIR_ERR_INTERNAL_ERROR, "%s", "No FD available at slot 0");
        return FALSE;
    }
    close(fd);
    return TRUE;
}

/* Answers with a descriptor that a word can be read from. */
static gboolean open_graphics_fd(RpcCall *call, const remote_domain_open_graphics_fd_args *args, GError **error)
{
    int fds[2];

    if (pipe2(fds, O_CLOEXEC) < 0 || write(fds[1], "hello", 5) != 5) {
        vir_error_set_errno(error, VIR_FROM_TEST, errno, "%s", "cannot make a pipe");
        return FALSE;
    }
    rpc_call_add_reply_fd(call, fds[0]);
    close(fds[0]);
    close(fds[1]);
    return TRUE;
}

static const RemoteHandlers handlers = {
    .domain_lookup_by_name = lookup_by_name,
    .domain_lookup_by_uuid = lookup_by_uuid,
    .connect_list_all_domains = list_all,
    .domain_get_state = get_state,
    .domain_create = create,
    .domain_destroy = destroy,
    .domain_reboot = reboot,
    .domain_shutdown = shutdown_guest,
    .domain_resume = resume,
    .domain_screenshot = screenshot,
    .domain_open_console = open_console,
    .storage_vol_upload = upload,
    .storage_vol_download = download,
    .domain_open_graphics = open_graphics,
    .domain_open_graphics_fd = open_graphics_fd,
};

static gboolean start(Daemon *daemon, GError **error)
{
    test_daemon = daemon;
    for (int i = 0; i < GUESTS; i++) {
        g_snprintf(guests[i].name, sizeof(guests[i].name), "guest%d", i + 1);
        guests[i].uuid[15] = i + 1;
    }
    return TRUE;
}

static void stop(Daemon *daemon)
{
    while (!g_queue_is_empty(&parked))
        rpc_call_reply(g_queue_pop_head(&parked));
}

/* Called virtstoraged it is that daemon, for virtproxyd to find. */
static const DaemonDriver storage_driver = {
    .name = "virtstoraged",
    .type = "storage",
    .uri_scheme = "storage",
    .object_kinds = 1u << RPC_OBJECT_STORAGE_VOL,
    .remote = &handlers,
    .start = start,
    .stop = stop,
};

static const DaemonDriver driver = {
    .name = "virttestd",
    .type = "TEST",
    .uri_scheme = "test",
    .object_kinds = 1u << RPC_OBJECT_DOMAIN | 1u << RPC_OBJECT_STORAGE_VOL,
    .has_tcp = TRUE,
    .remote = &handlers,
    .start = start,
    .stop = stop,
};

int main(int argc, char **argv)
{
    return daemon_main(g_str_has_suffix(argv[0], "/virtstoraged") ? &storage_driver : &driver, argc, argv);
}
