/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/frame.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"

/* Enough for most answers, and with what stands before it small enough for the allocator's quick lists. */
#define BODY_ROOM 960

static guint32 word_get(const guint8 *data)
{
    guint32 word;

    memcpy(&word, data, sizeof(word));
    return GUINT32_FROM_BE(word);
}

static void word_put(guint8 *data, guint32 word)
{
    word = GUINT32_TO_BE(word);
    memcpy(data, &word, sizeof(word));
}

gboolean rpc_length_decode(const guint8 *data, gsize *size)
{
    guint32 length = word_get(data);

    if (length < RPC_PREFIX_SIZE || length > RPC_FRAME_MAX)
        return FALSE;
    *size = length;
    return TRUE;
}

void rpc_header_decode(const guint8 *data, RpcHeader *header)
{
    header->program = word_get(data);
    header->version = word_get(data + 4);
    header->procedure = (gint32)word_get(data + 8);
    header->type = word_get(data + 12);
    header->serial = word_get(data + 16);
    header->status = word_get(data + 20);
}

void rpc_prefix_encode(guint8 *data, gsize size, const RpcHeader *header)
{
    word_put(data, (guint32)size);
    word_put(data + 4, header->program);
    word_put(data + 8, header->version);
    word_put(data + 12, (guint32)header->procedure);
    word_put(data + 16, header->type);
    word_put(data + 20, header->serial);
    word_put(data + 24, header->status);
}

static gboolean has_fds(guint32 type)
{
    return type == VIR_NET_CALL_WITH_FDS || type == VIR_NET_REPLY_WITH_FDS;
}

static gboolean frame_take_fds(RpcFrame *frame, const int *fds, guint n_fds, GError **error)
{
    if (n_fds == 0)
        return TRUE;
    frame->fds = g_new0(int, n_fds);
    for (guint i = 0; i < n_fds; i++) {
        frame->fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);
        if (frame->fds[i] < 0) {
            vir_error_set_errno(error, VIR_FROM_RPC, errno, "cannot duplicate file descriptor %d", fds[i]);
            return FALSE;
        }
        frame->n_fds++;
    }
    return TRUE;
}

/* Encodes body behind offset bytes of room; most bodies fit the first try, so sizes are found by doubling, not counted.
 */
static gboolean frame_put_body(RpcFrame *frame, gsize offset, xdrproc_t xdr, const void *body)
{
    gsize room = BODY_ROOM;

    for (;;) {
        XDR stream;
        gboolean ok;

        frame->data = g_realloc(frame->data, offset + room);
        xdrmem_create(&stream, (char *)frame->data + offset, room, XDR_ENCODE);
        ok = !xdr || xdr(&stream, (void *)body);
        frame->size = offset + xdr_getpos(&stream);
        xdr_destroy(&stream);
        if (ok)
            return TRUE;
        if (room == RPC_FRAME_MAX - offset)
            return FALSE;
        room = MIN(room * 8, RPC_FRAME_MAX - offset);
    }
}

RpcFrame *rpc_frame_encode(const RpcHeader *header, xdrproc_t xdr, const void *body, const int *fds, guint n_fds,
                           GError **error)
{
    g_autoptr(RpcFrame) frame = g_new0(RpcFrame, 1);
    gsize offset = RPC_PREFIX_SIZE + (has_fds(header->type) ? 4 : 0);

    g_assert(n_fds == 0 || has_fds(header->type));
    if (n_fds > RPC_FDS_MAX) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_RPC, "Too many file descriptors to send: %u > %d", n_fds,
                      RPC_FDS_MAX);
        return NULL;
    }
    if (!frame_put_body(frame, offset, xdr, body)) {
        vir_error_set(error, VIR_FROM_RPC, VIR_ERR_RPC, "%s", "Unable to encode message payload");
        return NULL;
    }
    if (!frame_take_fds(frame, fds, n_fds, error))
        return NULL;
    rpc_prefix_encode(frame->data, frame->size, header);
    if (has_fds(header->type))
        word_put(frame->data + RPC_PREFIX_SIZE, n_fds);
    return g_steal_pointer(&frame);
}

RpcFrame *rpc_frame_encode_bytes(const RpcHeader *header, const void *bytes, gsize size)
{
    RpcFrame *frame = g_new0(RpcFrame, 1);

    g_assert(size <= RPC_BODY_MAX);
    frame->size = RPC_PREFIX_SIZE + size;
    frame->data = g_malloc(frame->size);
    rpc_prefix_encode(frame->data, frame->size, header);
    if (size)
        memcpy(frame->data + RPC_PREFIX_SIZE, bytes, size);
    return frame;
}

RpcFrame *rpc_frame_copy(const RpcFrame *frame)
{
    RpcFrame *copy = g_new0(RpcFrame, 1);

    copy->size = frame->size;
    copy->data = g_memdup2(frame->data, frame->size);
    return copy;
}

void rpc_frame_free(RpcFrame *frame)
{
    if (!frame)
        return;
    for (guint i = 0; i < frame->n_fds; i++)
        close(frame->fds[i]);
    g_free(frame->fds);
    g_free(frame->data);
    g_free(frame);
}

gboolean rpc_body_decode(const guint8 *data, gsize size, xdrproc_t xdr, void *out, GError **error)
{
    XDR stream;
    gboolean ok;

    xdrmem_create(&stream, (char *)data, size, XDR_DECODE);
    ok = xdr(&stream, out);
    xdr_destroy(&stream);
    if (ok)
        return TRUE;
    xdr_free(xdr, out);
    vir_error_set(error, VIR_FROM_RPC, VIR_ERR_RPC, "%s", "Unable to decode message payload");
    return FALSE;
}
