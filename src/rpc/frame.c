/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/frame.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"

/* Most bodies fit. */
#define SMALL_BODY 1024

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

/* FALSE when the body does not fit into room. xdrmem gives up at the first word that does not. */
static gboolean encode_body(guint8 *data, gsize room, xdrproc_t xdr, const void *body, gsize *size)
{
    XDR stream;
    gboolean ok;

    xdrmem_create(&stream, (char *)data, room, XDR_ENCODE);
    ok = !xdr || xdr(&stream, (void *)body);
    *size = xdr_getpos(&stream);
    xdr_destroy(&stream);
    return ok;
}

/* Encodes the body behind offset. Its size is found by trying, it is not counted. The frame, which may have to wait in
 * a queue, gets no more memory than it needs. */
static gboolean frame_put_body(RpcFrame *frame, gsize offset, xdrproc_t xdr, const void *body)
{
    guint8 small[SMALL_BODY];
    gsize room = sizeof(small), size;

    if (encode_body(small, room, xdr, body, &size)) {
        frame->data = g_malloc(offset + size);
        memcpy(frame->data + offset, small, size);
        frame->size = offset + size;
        return TRUE;
    }
    while (room < RPC_FRAME_MAX - offset) {
        room = MIN(room * 8, RPC_FRAME_MAX - offset);
        frame->data = g_realloc(frame->data, offset + room);
        if (encode_body(frame->data + offset, room, xdr, body, &size)) {
            frame->size = offset + size;
            frame->data = g_realloc(frame->data, frame->size);
            return TRUE;
        }
    }
    return FALSE;
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
