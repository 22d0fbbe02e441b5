/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: changing a device that a guest has: of graphics where they listen and their password, and interfaces. */
#include "common/error.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/display/graphics_move.h"
#include "virtqemud/guest/affect.h"
#include "virtqemud/guest/call_job.h"
#include "virtqemud/guest/store.h"
#include "virtqemud/interface/interface_change.h"

typedef struct {
    RpcCall *call;
    Guest *guest;
    char *xml;
    gboolean is_config; /* too */
} Update;

static void update_free(Update *update)
{
    guest_unref(update->guest);
    g_free(update->xml);
    g_free(update);
}

/* The device of def that change is about, changed. NULL: VIR_ERR_DEVICE_MISSING, VIR_ERR_OPERATION_UNSUPPORTED. */
static GraphicsDef *apply(const DomainDef *def, const GraphicsDef *change, guint *index, GError **error)
{
    for (*index = 0; *index < def->graphics->len; (*index)++) {
        const GraphicsDef *graphics = g_ptr_array_index(def->graphics, *index);

        if (graphics->type == change->type)
            return graphics_def_change_listens(graphics, change, error);
    }
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_DEVICE_MISSING, "the guest has no graphics device of type '%s'",
                  graphics_types[change->type]);
    return NULL;
}

/* ---- the definition ---- */

static gboolean begin_config(CallJob *job, GError **error)
{
    g_autoptr(GraphicsDef) change = graphics_def_parse(job->text, error);
    GraphicsDef *changed;
    guint index;

    if (!change)
        return FALSE;
    job->def = domain_def_copy(job->guest->def);
    changed = apply(job->def, change, &index, error);
    if (!changed)
        return FALSE;
    graphics_def_free(job->def->graphics->pdata[index]);
    job->def->graphics->pdata[index] = changed;
    return TRUE;
}

static gboolean write_config(CallJob *job, GError **error)
{
    return store_write(job->def, error);
}

static gboolean publish_config(CallJob *job, GError **error)
{
    guest_set_def(job->guest, g_steal_pointer(&job->def));
    return TRUE;
}

static void update_config(Update *update)
{
    CallJob *job = call_job_new(update->call, update->guest, FALSE);

    job->text = g_steal_pointer(&update->xml);
    job->begin = begin_config;
    job->run = write_config;
    job->finish = publish_config;
    call_job_push(job, "update device");
    update_free(update);
}

/* ---- what runs ---- */

static void on_moved(Guest *guest, const GError *error, gpointer data)
{
    Update *update = data;

    if (!error && update->is_config) {
        update_config(update);
        return;
    }
    if (error)
        rpc_call_fail(update->call, g_error_copy(error));
    else
        rpc_call_reply(update->call);
    update_free(update);
}

static gboolean update_live(Update *update, const GraphicsDef *change, GError **error)
{
    guint index;
    GraphicsDef *wanted = apply(update->guest->live, change, &index, error);

    if (!wanted)
        return FALSE;
    rpc_call_defer(update->call);
    graphics_move(update->guest, index, wanted, on_moved, update);
    return TRUE;
}

/* ---- by kind ---- */

static gboolean update_graphics(RpcCall *call, Guest *guest, const char *xml, guint flags, GError **error)
{
    g_autoptr(GraphicsDef) change = graphics_def_parse(xml, error);
    gboolean is_live, is_config;
    Update *update;

    if (!change || !affect_which(guest, flags, &is_live, &is_config, error))
        return FALSE;
    update = g_new0(Update, 1);
    *update = (Update){call, guest_ref(guest), g_strdup(xml), is_config};
    if (!is_live) {
        update_config(update);
        return TRUE;
    }
    if (update_live(update, change, error))
        return TRUE;
    update_free(update);
    return FALSE;
}

static gboolean update_interface(RpcCall *call, Guest *guest, const char *xml, guint flags, GError **error)
{
    InterfaceDef *document = interface_def_parse(xml, error);

    if (!document)
        return FALSE;
    interface_change_update(call, guest, document, flags);
    return TRUE;
}

/* A device of any kind: what its document's first element is called. NULL: VIR_ERR_XML_ERROR. Caller frees. */
static char *kind_of(const char *xml, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, NULL, "(device_definition)", VIR_FROM_DOMAIN, error);

    return doc ? g_strdup((const char *)xmlDocGetRootElement(doc)->name) : NULL;
}

static gboolean update_device_flags(RpcCall *call, const remote_domain_update_device_flags_args *args, GError **error)
{
    Guest *guest = wire_find_guest(&args->dom, error);
    guint flags = args->flags & AFFECT_FLAGS;
    g_autofree char *kind = NULL;

    if (!guest ||
        !check_flags(args->flags, AFFECT_FLAGS | VIR_DOMAIN_DEVICE_MODIFY_FORCE, "virDomainUpdateDeviceFlags", error))
        return FALSE;
    kind = kind_of(args->xml, error);
    if (!kind)
        return FALSE;
    if (g_str_equal(kind, "interface"))
        return update_interface(call, guest, args->xml, flags, error);
    if (g_str_equal(kind, "graphics"))
        return update_graphics(call, guest, args->xml, flags, error);
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_UNSUPPORTED,
                  "changing a device of kind '%s' is not supported", kind);
    return FALSE;
}

void update_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_update_device_flags = update_device_flags;
}
