/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For LD_PRELOAD: lets requests to change something by netlink (rtnetlink, netfilter) go wrong. The file that
 * MODVIRT_NETLINK_FAULTS names is shared with the test, three numbers of 32 bits: how many requests there were; which
 * of them goes wrong (0: none); and how: 0, the kernel does not get it, 1, the kernel does it but its answer is lost.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { IS_REFUSED, IS_LOST };

typedef struct {
    _Atomic uint32_t seen, at, how;
} Plan;

static Plan *plan;
static _Atomic int deaf = -1; /* the socket whose next answer is lost */

__attribute__((constructor)) static void find_plan(void)
{
    const char *path = getenv("MODVIRT_NETLINK_FAULTS");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;

    if (fd < 0)
        return;
    plan = mmap(NULL, sizeof(*plan), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (plan == MAP_FAILED)
        plan = NULL;
    close(fd);
}

static int option_of(int fd, int name)
{
    int value = -1;
    socklen_t size = sizeof(value);

    return getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

/* rtnetlink's requests come in fours: new, delete, get, set; netfilter's changes are batches. */
static int is_change(int fd, const void *message, size_t size)
{
    const struct nlmsghdr *head = message;

    if (!plan || size < sizeof(*head) || option_of(fd, SO_DOMAIN) != AF_NETLINK)
        return 0;
    if (option_of(fd, SO_PROTOCOL) == NETLINK_NETFILTER)
        return head->nlmsg_type == NFNL_MSG_BATCH_BEGIN;
    return option_of(fd, SO_PROTOCOL) == NETLINK_ROUTE && head->nlmsg_type >= RTM_BASE && head->nlmsg_type % 4 != 2;
}

/* Whether this request does not get through. */
static int goes_wrong(int fd, const void *message, size_t size)
{
    if (!is_change(fd, message, size) || ++plan->seen != plan->at)
        return 0;
    /* Batches are answered only when they fail. */
    if (plan->how == IS_LOST && option_of(fd, SO_PROTOCOL) == NETLINK_ROUTE) {
        deaf = fd;
        return 0;
    }
    errno = ENOBUFS;
    return 1;
}

static int is_lost(int fd)
{
    int expected = fd;

    if (!__atomic_compare_exchange_n((int *)&deaf, &expected, -1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        return 0;
    errno = ENOBUFS;
    return 1;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    static ssize_t (*next)(int, const struct msghdr *, int);

    if (!next)
        next = dlsym(RTLD_NEXT, "sendmsg");
    if (message->msg_iovlen > 0 && goes_wrong(fd, message->msg_iov[0].iov_base, message->msg_iov[0].iov_len))
        return -1;
    return next(fd, message, flags);
}

ssize_t sendto(int fd, const void *message, size_t size, int flags, __CONST_SOCKADDR_ARG to, socklen_t to_size)
{
    static ssize_t (*next)(int, const void *, size_t, int, __CONST_SOCKADDR_ARG, socklen_t);

    if (!next)
        next = dlsym(RTLD_NEXT, "sendto");
    return goes_wrong(fd, message, size) ? -1 : next(fd, message, size, flags, to, to_size);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    static ssize_t (*next)(int, struct msghdr *, int);

    if (!next)
        next = dlsym(RTLD_NEXT, "recvmsg");
    return is_lost(fd) ? -1 : next(fd, message, flags);
}
