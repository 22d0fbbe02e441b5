/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtnetworkd/host/nft.h"

#include <nftables/libnftables.h>

#include "common/error.h"

struct NftChange {
    char *script;
    gboolean is_alone, is_done;
    GError *error;
};

static GMutex lock; /* guards what follows */
static GCond wake;  /* the library is free again */
static GQueue waiting = G_QUEUE_INIT;
static gboolean is_busy; /* somebody is using the library, which may have state that is everybody's */

/* ---- the library ---- */

/* It stays open: the kernel lets who closes such a socket wait until what was changed last is gone from all processors,
 * which takes as long as a network's whole start. */
static struct nft_ctx *library;

/* Ready for a script, without what the one before said. */
static struct nft_ctx *get_library(void)
{
    if (!library)
        library = nft_ctx_new(NFT_CTX_DEFAULT);
    nft_ctx_buffer_error(library);
    nft_ctx_buffer_output(library);
    return library;
}

/* output: what the script lists, as JSON, or NULL when it lists nothing. Caller frees. */
static gboolean run(const char *script, const char *what, char **output, GError **error)
{
    struct nft_ctx *nft = get_library();

    nft_ctx_output_set_flags(nft, output ? NFT_CTX_OUTPUT_JSON | NFT_CTX_OUTPUT_HANDLE : 0);
    if (nft_run_cmd_from_buffer(nft, script) == 0) {
        if (output)
            *output = g_strdup(nft_ctx_get_output_buffer(nft));
        return TRUE;
    }
    vir_error_set(error, VIR_FROM_FIREWALL, VIR_ERR_INTERNAL_ERROR, "cannot %s the firewall: %s", what,
                  nft_ctx_get_error_buffer(nft));
    /* Nobody knows what of the kernel's answer is still to be read. */
    nft_ctx_free(g_steal_pointer(&library));
    return FALSE;
}

/* The library's turn is the caller's from here on, without the lock. Under the lock, when nobody else's is it. */
static void begin_use(void)
{
    is_busy = TRUE;
    g_mutex_unlock(&lock);
}

/* Under the lock again. */
static void end_use(void)
{
    g_mutex_lock(&lock);
    is_busy = FALSE;
    g_cond_broadcast(&wake);
}

char *nft_list(GError **error)
{
    char *json = NULL;
    gboolean ok;

    g_mutex_lock(&lock);
    while (is_busy)
        g_cond_wait(&wake, &lock);
    begin_use();
    ok = run("list ruleset", "look at", &json, error);
    end_use();
    g_mutex_unlock(&lock);
    return ok ? json : NULL;
}

/* ---- changes ---- */

NftChange *nft_change_new(char *script, gboolean is_alone)
{
    NftChange *change = g_new0(NftChange, 1);
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&lock);

    change->script = script;
    change->is_alone = is_alone;
    g_queue_push_tail(&waiting, change);
    return change;
}

/* What goes together now: the first one, and those behind it as far as they may. Under the lock. */
static GPtrArray *take_bunch(void)
{
    GPtrArray *bunch = g_ptr_array_new();
    const NftChange *next;

    do {
        g_ptr_array_add(bunch, g_queue_pop_head(&waiting));
        next = g_queue_peek_head(&waiting);
    } while (next && !next->is_alone && !((NftChange *)bunch->pdata[0])->is_alone);
    return bunch;
}

static gboolean make_together(const GPtrArray *bunch)
{
    g_autoptr(GString) script = g_string_new(NULL);

    for (guint i = 0; i < bunch->len; i++)
        g_string_append_printf(script, "%s\n", ((const NftChange *)bunch->pdata[i])->script);
    return run(script->str, "change", NULL, NULL);
}

/* Only by itself can each tell what is wrong with it. */
static void make(const GPtrArray *bunch)
{
    if (bunch->len > 1 && make_together(bunch))
        return;
    for (guint i = 0; i < bunch->len; i++) {
        NftChange *change = bunch->pdata[i];

        run(change->script, "change", NULL, &change->error);
    }
}

/* Makes the next transaction for all whose changes are in it. Under the lock, which it leaves meanwhile. */
static void make_next(void)
{
    g_autoptr(GPtrArray) bunch = take_bunch();

    begin_use();
    make(bunch);
    end_use();
    for (guint i = 0; i < bunch->len; i++)
        ((NftChange *)bunch->pdata[i])->is_done = TRUE;
}

gboolean nft_change_make(NftChange *change, GError **error)
{
    gboolean ok;

    g_mutex_lock(&lock);
    while (!change->is_done) {
        if (is_busy)
            g_cond_wait(&wake, &lock);
        else
            make_next();
    }
    g_mutex_unlock(&lock);
    ok = !change->error;
    if (!ok)
        g_propagate_error(error, change->error);
    g_free(change->script);
    g_free(change);
    return ok;
}
