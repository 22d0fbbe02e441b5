/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/define.h"

#include "common/error.h"
#include "virtqemud/command/build.h"
#include "virtqemud/guest_list.h"

typedef struct {
    RpcCall *call;
    char *xml;
    guint mode;
    DefineKind kind;
    guint flags;
    Defined next;
    DomainDef *def;
    GError *error;
} DefineTask;

/* What the model carries and QEMU cannot be told is refused: by trying. */
static gboolean check_buildable(const DomainDef *def, const EmulatorCaps *caps, GError **error)
{
    g_autoptr(Command) command = command_preview(def, caps, driver.lib_dir, error);

    return command != NULL;
}

DomainDef *define_parse(const char *xml, guint mode, EmulatorCaps **caps, GError **error)
{
    DriverDefaults defaults;
    g_autoptr(DomainDef) def = NULL;
    g_autoptr(EmulatorCaps) found = NULL;

    driver_defaults_init(&defaults);
    def = domain_def_parse(xml, mode, &defaults.defaults, error);
    driver_defaults_clear(&defaults);
    if (!def)
        return NULL;
    found = caps_cache_get(driver.caps, def->emulator, error);
    if (!found || !check_buildable(def, found, error))
        return NULL;
    if (caps)
        *caps = g_steal_pointer(&found);
    return g_steal_pointer(&def);
}

static void parse(gpointer data)
{
    DefineTask *task = data;

    task->def = define_parse(task->xml, task->mode, NULL, &task->error);
}

static gboolean check_access(const DefineTask *task, GError **error)
{
    AccessPermission also = task->kind == DEFINE_PERSISTENT ? ACCESS_DOMAIN_SAVE : ACCESS_DOMAIN_START;

    return rpc_call_check_access(task->call, ACCESS_DOMAIN_WRITE, task->def->name, task->def->uuid, error) &&
           rpc_call_check_access(task->call, also, task->def->name, task->def->uuid, error);
}

/* The guest that the document is about, added when it is new. NULL: name and UUID are not one guest's. */
static Guest *find_or_add(const DomainDef *def, GError **error)
{
    Guest *by_uuid = guest_list_by_uuid(driver.guests, def->uuid);
    Guest *by_name = guest_list_by_name(driver.guests, def->name);
    g_autoptr(Guest) guest = NULL;
    char text[UUID_TEXT_LEN];

    if (by_uuid && by_uuid == by_name)
        return guest_ref(by_uuid);
    if (by_uuid) {
        uuid_format(by_uuid->uuid, text);
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED, "domain '%s' is already defined with uuid %s",
                      by_uuid->name, text);
        return NULL;
    }
    if (by_name) {
        uuid_format(by_name->uuid, text);
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED, "domain '%s' already exists with uuid %s",
                      by_name->name, text);
        return NULL;
    }
    guest = guest_new(def->name, def->uuid);
    guest_list_add(driver.guests, guest);
    return g_steal_pointer(&guest);
}

static void task_free(DefineTask *task)
{
    domain_def_free(task->def);
    g_clear_error(&task->error);
    g_free(task->xml);
    g_free(task);
}

static void parsed(gpointer data)
{
    DefineTask *task = data;
    g_autoptr(Guest) guest = NULL;

    if (task->def && check_access(task, &task->error))
        guest = find_or_add(task->def, &task->error);
    if (guest && task->kind == DEFINE_TRANSIENT && guest_is_active(guest))
        vir_error_set(&task->error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "domain is already active as '%s'",
                      guest->name);
    if (task->error)
        rpc_call_fail(task->call, g_steal_pointer(&task->error));
    else
        task->next(task->call, guest, g_steal_pointer(&task->def), task->flags);
    task_free(task);
}

void define_from_xml(RpcCall *call, const char *xml, guint mode, DefineKind kind, guint flags, Defined next)
{
    DefineTask *task = g_new0(DefineTask, 1);

    *task = (DefineTask){.call = call, .xml = g_strdup(xml), .mode = mode, .kind = kind, .flags = flags, .next = next};
    rpc_call_defer(call);
    daemon_run_worker(driver.daemon, parse, parsed, task);
}
