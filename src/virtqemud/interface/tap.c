/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/interface/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "common/error.h"
#include "common/netlink.h"

/* Guests' taps have the guest's MAC with this first byte, so that a bridge never takes its own from one of them. */
#define TAP_MAC_BYTE 0xfe
#define MACVTAP_MAX  8192

static gboolean fail(GError **error, const char *what, const char *name)
{
    vir_error_set_errno(error, VIR_FROM_QEMU, errno, "%s %s", what, name);
    return FALSE;
}

static short queue_flags(const TapOptions *options)
{
    return (short)(IFF_TAP | IFF_NO_PI | (options->has_headers ? IFF_VNET_HDR : 0) |
                   (options->queues > 1 ? IFF_MULTI_QUEUE : 0));
}

/* ---- taps ---- */

/* -1 with errno. */
static int open_queue(const char *path, short flags, char name[IFNAMSIZ])
{
    struct ifreq request = {.ifr_flags = flags};
    int fd = open(path, O_RDWR | O_CLOEXEC);

    if (fd < 0)
        return -1;
    g_strlcpy(request.ifr_name, name, IFNAMSIZ);
    if (ioctl(fd, TUNSETIFF, &request) < 0) {
        int saved = errno;

        close(fd);
        errno = saved;
        return -1;
    }
    g_strlcpy(name, request.ifr_name, IFNAMSIZ);
    return fd;
}

static gboolean open_queues(const char *path, char name[IFNAMSIZ], const TapOptions *options, GArray *fds,
                            GError **error)
{
    for (guint i = 0; i < options->queues; i++) {
        int fd = open_queue(path, queue_flags(options), name);

        if (fd < 0)
            return fail(error, "Unable to create tap device", name);
        g_array_append_val(fds, fd);
    }
    return TRUE;
}

gboolean tap_open(char name[IFNAMSIZ], const TapOptions *options, GArray *fds, GError **error)
{
    return open_queues(options->tun_path ? options->tun_path : "/dev/net/tun", name, options, fds, error);
}

/* ---- macvtap ---- */

/* Which device the kernel says the link's is. */
static gboolean find_device(const char *name, guint index, dev_t *device)
{
    g_autofree char *path = g_strdup_printf("/sys/class/net/%s/tap%u/dev", name, index);
    g_autofree char *text = NULL;
    guint major_number, minor_number;

    if (!g_file_get_contents(path, &text, NULL, NULL) || sscanf(text, "%u:%u", &major_number, &minor_number) != 2)
        return FALSE;
    *device = makedev(major_number, minor_number);
    return TRUE;
}

static int open_checked(const char *path, dev_t device)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    struct stat info;

    if (fd < 0 || (fstat(fd, &info) == 0 && info.st_rdev == device))
        return fd;
    close(fd);
    errno = ENOENT;
    return -1;
}

/* In a container nobody makes nodes, or they are another network namespace's: their names are numbers of links, which
 * each namespace has its own of. */
static int open_by_own_node(guint index, dev_t device)
{
    g_autofree char *path = g_strdup_printf("/dev/.modvirt-tap%u-%d", index, getpid());
    int fd, saved;

    if (mknod(path, S_IFCHR | 0600, device) < 0)
        return -1;
    fd = open(path, O_RDWR | O_CLOEXEC);
    saved = errno;
    unlink(path);
    errno = saved;
    return fd;
}

static int open_node(const char *name, guint index)
{
    g_autofree char *path = g_strdup_printf("/dev/tap%u", index);
    dev_t device;
    int fd;

    if (!find_device(name, index, &device)) {
        errno = ENODEV;
        return -1;
    }
    fd = open_checked(path, device);
    return fd < 0 && errno == ENOENT ? open_by_own_node(index, device) : fd;
}

static gboolean open_macvtap(const char *name, const TapOptions *options, GArray *fds, GError **error)
{
    guint index = if_nametoindex(name);

    for (guint i = 0; i < options->queues; i++) {
        struct ifreq request = {.ifr_flags = queue_flags(options)};
        int fd = open_node(name, index);

        if (fd < 0)
            return fail(error, "cannot open the macvtap device", name);
        g_array_append_val(fds, fd);
        g_strlcpy(request.ifr_name, name, IFNAMSIZ);
        if (ioctl(fd, TUNSETIFF, &request) < 0)
            return fail(error, "cannot set up the macvtap device", name);
    }
    return TRUE;
}

/* The first name that nobody has: the kernel is the one to tell, and others may be choosing just now. */
static gboolean create_named(char name[IFNAMSIZ], const char *lower, NetlinkMacvtapMode mode, const guint8 *mac,
                             GError **error)
{
    gboolean is_taken = TRUE;

    if (*name)
        return netlink_macvtap_create(name, lower, mode, mac, &is_taken, error);
    for (guint i = 0; is_taken && i < MACVTAP_MAX; i++) {
        g_autoptr(GError) problem = NULL;

        g_snprintf(name, IFNAMSIZ, MACVTAP_PREFIX "%u", i);
        if (if_nametoindex(name))
            continue;
        if (netlink_macvtap_create(name, lower, mode, mac, &is_taken, &problem))
            return TRUE;
        if (!is_taken || i == MACVTAP_MAX - 1)
            g_propagate_error(error, g_steal_pointer(&problem));
    }
    return FALSE;
}

gboolean macvtap_make(char name[IFNAMSIZ], const char *lower, NetlinkMacvtapMode mode, const guint8 mac[MAC_LEN],
                      const char *owner, const TapOptions *options, GArray *fds, GError **error)
{
    if (!create_named(name, lower, mode, mac, error))
        return FALSE;
    if (netlink_link_set_owner(name, owner, error) && open_macvtap(name, options, fds, error) &&
        netlink_link_set_up(name, TRUE, error))
        return TRUE;
    netlink_link_delete(name, NULL);
    return FALSE;
}

gboolean tap_open_present(const char *name, const TapOptions *options, GArray *fds, GError **error)
{
    g_autofree char *flags = g_strdup_printf("/sys/class/net/%s/tun_flags", name);
    char copy[IFNAMSIZ];

    g_strlcpy(copy, name, sizeof(copy));
    if (g_file_test(flags, G_FILE_TEST_EXISTS))
        return tap_open(copy, options, fds, error);
    return open_macvtap(name, options, fds, error);
}

gboolean tap_open_vhost(const char *path, guint n, GArray *fds)
{
    for (guint i = 0; i < n; i++) {
        int fd = open(path ? path : "/dev/vhost-net", O_RDWR | O_CLOEXEC);

        if (fd < 0) {
            while (i-- > 0) {
                close(g_array_index(fds, int, fds->len - 1));
                g_array_set_size(fds, fds->len - 1);
            }
            return FALSE;
        }
        g_array_append_val(fds, fd);
    }
    return TRUE;
}

/* ---- settings ---- */

static gboolean request(struct ifreq *request, const char *name, unsigned long what)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int rc, saved;

    g_strlcpy(request->ifr_name, name, IFNAMSIZ);
    rc = fd >= 0 ? ioctl(fd, what, request) : -1;
    saved = errno;
    if (fd >= 0)
        close(fd);
    errno = saved;
    return rc == 0;
}

gboolean tap_set_mac(const char *name, const guint8 mac[MAC_LEN], GError **error)
{
    struct ifreq ask = {0};

    ask.ifr_hwaddr.sa_family = 1; /* ARPHRD_ETHER */
    memcpy(ask.ifr_hwaddr.sa_data, mac, MAC_LEN);
    ask.ifr_hwaddr.sa_data[0] = (char)TAP_MAC_BYTE;
    return request(&ask, name, SIOCSIFHWADDR) || fail(error, "Cannot set the MAC address of", name);
}

gboolean tap_set_coalesce(const char *name, guint rx_frames, GError **error)
{
    struct ethtool_coalesce settings = {.cmd = ETHTOOL_GCOALESCE};
    struct ifreq ask = {.ifr_data = (void *)&settings};

    if (!request(&ask, name, SIOCETHTOOL))
        return fail(error, "Cannot read the coalescing of", name);
    settings.cmd = ETHTOOL_SCOALESCE;
    settings.rx_max_coalesced_frames = rx_frames;
    return request(&ask, name, SIOCETHTOOL) || fail(error, "Cannot set the coalescing of", name);
}

guint tap_get_mtu(const char *name)
{
    struct ifreq ask = {0};

    return request(&ask, name, SIOCGIFMTU) ? (guint)ask.ifr_mtu : 0;
}
