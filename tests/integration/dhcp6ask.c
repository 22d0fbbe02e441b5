/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks for an IPv6 lease (RFC 8415) and writes what it is given, one "name value" a line: address, dns, domain.
 * For guests of tests, whose busybox has no such client.
 *
 * usage: dhcp6ask LINK
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOLICIT = 1, ADVERTISE = 2, REQUEST = 3, REPLY = 7 };
enum {
    OPT_CLIENT = 1,
    OPT_SERVER = 2,
    OPT_IA_NA = 3,
    OPT_IA_ADDR = 5,
    OPT_ORO = 6,
    OPT_ELAPSED = 8,
    OPT_DNS = 23,
    OPT_DOMAINS = 24
};
enum { TRIES = 10, TRY_MS = 1000, IA_HEAD = 12 };

typedef struct {
    uint8_t bytes[1500];
    size_t size;
} Message;

static uint16_t get16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static void add(Message *message, int option, const void *data, size_t size)
{
    uint8_t *at = message->bytes + message->size;

    at[0] = (uint8_t)(option >> 8), at[1] = (uint8_t)option;
    at[2] = (uint8_t)(size >> 8), at[3] = (uint8_t)size;
    memcpy(at + 4, data, size);
    message->size += 4 + size;
}

/* An option among the size bytes at at, with its size; NULL: not there. */
static const uint8_t *find(const uint8_t *at, size_t size, int option, size_t *its)
{
    while (size >= 4) {
        *its = get16(at + 2);
        if (size - 4 < *its)
            return NULL;
        if (get16(at) == option)
            return at + 4;
        at += 4 + *its;
        size -= 4 + *its;
    }
    return NULL;
}

static const uint8_t *option_of(const Message *message, int option, size_t *its)
{
    return find(message->bytes + 4, message->size - 4, option, its);
}

/* The question, for a lease as offered or for any. */
static Message question(int type, const uint8_t *mac, const Message *offer)
{
    static const uint8_t wanted[] = {0, OPT_DNS, 0, OPT_DOMAINS}, elapsed[2], any[IA_HEAD] = {0, 0, 0, 1};
    Message message = {{(uint8_t)type, 'a', 's', 'k'}, 4};
    uint8_t client[10] = {0, 3, 0, 1}; /* a name made of the MAC: DUID-LL, Ethernet */
    const uint8_t *found;
    size_t size;

    memcpy(client + 4, mac, 6);
    add(&message, OPT_CLIENT, client, sizeof(client));
    add(&message, OPT_ORO, wanted, sizeof(wanted));
    add(&message, OPT_ELAPSED, elapsed, sizeof(elapsed));
    if (offer && (found = option_of(offer, OPT_SERVER, &size)))
        add(&message, OPT_SERVER, found, size);
    found = offer ? option_of(offer, OPT_IA_NA, &size) : NULL;
    add(&message, OPT_IA_NA, found ? found : any, found ? size : IA_HEAD);
    return message;
}

/* Sends the question until an answer of that type comes. */
static int ask(int fd, const struct sockaddr_in6 *servers, const Message *message, int type, Message *answer)
{
    for (int i = 0; i < TRIES; i++) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};

        /* While the link's own address is not certain nothing can be sent. */
        if (sendto(fd, message->bytes, message->size, 0, (const void *)servers, sizeof(*servers)) < 0)
            poll(NULL, 0, TRY_MS);
        while (poll(&ready, 1, TRY_MS) > 0) {
            ssize_t got = recv(fd, answer->bytes, sizeof(answer->bytes), 0);

            answer->size = got > 4 ? (size_t)got : 0;
            if (answer->size && answer->bytes[0] == type && memcmp(answer->bytes + 1, message->bytes + 1, 3) == 0)
                return 0;
        }
    }
    return -1;
}

static void show_address(const char *name, const uint8_t *at)
{
    char text[INET6_ADDRSTRLEN];

    printf("%s %s\n", name, inet_ntop(AF_INET6, at, text, sizeof(text)));
}

static int show(const Message *answer)
{
    size_t size, inner;
    const uint8_t *lease = option_of(answer, OPT_IA_NA, &size);
    const uint8_t *address =
        lease && size > IA_HEAD ? find(lease + IA_HEAD, size - IA_HEAD, OPT_IA_ADDR, &inner) : NULL;
    const uint8_t *found;

    if (!address || inner < 16)
        return 1;
    show_address("address", address);
    if ((found = option_of(answer, OPT_DNS, &size)))
        for (size_t i = 0; i + 16 <= size; i += 16)
            show_address("dns", found + i);
    if ((found = option_of(answer, OPT_DOMAINS, &size))) {
        printf("domain ");
        for (size_t i = 0; i < size && found[i]; i += 1u + found[i])
            printf("%.*s.", (int)found[i], (const char *)found + i + 1);
        printf("\n");
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in6 servers = {.sin6_family = AF_INET6, .sin6_port = htons(547)};
    struct sockaddr_in6 own = {.sin6_family = AF_INET6, .sin6_port = htons(546)};
    struct ifreq link = {0};
    Message message, offer, answer;
    int fd = socket(AF_INET6, SOCK_DGRAM, 0);

    if (argc != 2 || fd < 0)
        return 2;
    snprintf(link.ifr_name, sizeof(link.ifr_name), "%s", argv[1]);
    inet_pton(AF_INET6, "ff02::1:2", &servers.sin6_addr);
    servers.sin6_scope_id = if_nametoindex(argv[1]);
    if (ioctl(fd, SIOCGIFHWADDR, &link) < 0 || bind(fd, (void *)&own, sizeof(own)) < 0)
        return 2;
    message = question(SOLICIT, (const uint8_t *)link.ifr_hwaddr.sa_data, NULL);
    if (ask(fd, &servers, &message, ADVERTISE, &offer) < 0)
        return 1;
    message = question(REQUEST, (const uint8_t *)link.ifr_hwaddr.sa_data, &offer);
    if (ask(fd, &servers, &message, REPLY, &answer) < 0)
        return 1;
    return show(&answer);
}
