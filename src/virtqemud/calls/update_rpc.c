/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: changing a device that a guest has: disks, interfaces, and of graphics where they listen and their password.
 */
#include "common/error.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/display/graphics_move.h"
#include "virtqemud/guest/affect.h"
#include "virtqemud/guest/change_job.h"
#include "virtqemud/interface/interface_change.h"
#include "virtqemud/plug/disk_change.h"

typedef struct {
    RpcCall *call;
    Guest *guest;
    GraphicsDef *change;
    gboolean is_config; /* too */
} Update;

static void update_free(Update *update)
{
    guest_unref(update->guest);
    graphics_def_free(update->change);
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

static gboolean change_config(DomainDef *def, CallJob *job, gboolean is_live, GError **error)
{
    guint index;
    GraphicsDef *changed = apply(def, job->data, &index, error);

    if (!changed)
        return FALSE;
    graphics_def_free(def->graphics->pdata[index]);
    def->graphics->pdata[index] = changed;
    return TRUE;
}

static const ChangeKind graphics_change = {.name = "update device", .change = change_config};

static void update_config(Update *update)
{
    CallJob *job = change_job_new(update->call, update->guest, VIR_DOMAIN_AFFECT_CONFIG, &graphics_change);

    job->data = g_steal_pointer(&update->change);
    job->data_free = (GDestroyNotify)graphics_def_free;
    change_job_push(job);
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

static gboolean update_live(Update *update, GError **error)
{
    guint index;
    GraphicsDef *wanted = apply(update->guest->live, update->change, &index, error);

    if (!wanted)
        return FALSE;
    rpc_call_defer(update->call);
    graphics_move(update->guest, index, wanted, on_moved, update);
    return TRUE;
}

/* ---- by kind ---- */

static gboolean update_graphics(RpcCall *call, Guest *guest, DomainDevice *device, guint flags, GError **error)
{
    gboolean is_live, is_config;
    Update *update;

    if (!affect_which(guest, flags & AFFECT_FLAGS, &is_live, &is_config, error))
        return FALSE;
    update = g_new0(Update, 1);
    *update = (Update){call, guest_ref(guest), g_steal_pointer(&device->def), is_config};
    if (!is_live) {
        update_config(update);
        return TRUE;
    }
    if (update_live(update, error))
        return TRUE;
    update_free(update);
    return FALSE;
}

static gboolean update_interface(RpcCall *call, Guest *guest, DomainDevice *device, guint flags, GError **error)
{
    interface_change_update(call, guest, g_steal_pointer(&device->def), flags & AFFECT_FLAGS);
    return TRUE;
}

static gboolean update_disk(RpcCall *call, Guest *guest, DomainDevice *device, guint flags, GError **error)
{
    disk_change(call, guest, g_steal_pointer(&device->def), flags);
    return TRUE;
}

static const struct {
    const char *kind;
    gboolean (*update)(RpcCall *call, Guest *guest, DomainDevice *device, guint flags, GError **error);
} kinds[] = {
    {"interface", update_interface},
    {"graphics", update_graphics},
    {"disk", update_disk},
};

/* The peer has different codes for that. */
static gboolean refuse(Guest *guest, const DomainDevice *device, guint flags, GError **error)
{
    const char *label = domain_device_label(device);
    gboolean is_live, is_config;

    if (!affect_which(guest, flags & AFFECT_FLAGS, &is_live, &is_config, error))
        return FALSE;
    if (is_config)
        return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_UNSUPPORTED,
                              "persistent update of device '%s' is not supported", label);
    return vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED,
                          "live update of device '%s' is not supported", label);
}

static gboolean update_device_flags(RpcCall *call, const remote_domain_update_device_flags_args *args, GError **error)
{
    g_auto(DomainDevice) device = {0};
    Guest *guest = wire_find_guest(&args->dom, error);

    if (!guest ||
        !check_flags(args->flags, AFFECT_FLAGS | VIR_DOMAIN_DEVICE_MODIFY_FORCE, "virDomainUpdateDeviceFlags", error) ||
        !domain_device_parse(args->xml, &device, error))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (domain_device_is(&device, kinds[i].kind))
            return kinds[i].update(call, guest, &device, args->flags, error);
    return refuse(guest, &device, args->flags, error);
}

void update_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_update_device_flags = update_device_flags;
}
