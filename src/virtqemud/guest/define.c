/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/define.h"

#include <string.h>

#include "common/error.h"
#include "conf/domain/default/domain_defaults.h"
#include "virtqemud/command/build.h"
#include "virtqemud/guest/guest_list.h"

/* Of documents that the loop reads itself, in bytes: a millisecond's work. */
#define AT_ONCE_MAX (16 * 1024)

/* A document while it is read, and until the access driver has been asked. */
typedef struct {
    RpcCall *call;
    char *xml;
    guint mode;
    DomainDef *def;
    GError *error; /* of the reading */
} DefineTask;

/* caps, if not NULL, is set to those of the emulator, which are the defaults' own. */
static DomainDef *parse_with(DriverDefaults *defaults, const char *xml, guint mode, const EmulatorCaps **caps,
                             GError **error)
{
    g_autoptr(DomainDef) def = domain_def_parse(xml, mode, &defaults->defaults, error);
    const EmulatorCaps *found = def ? driver_defaults_caps(defaults, def->emulator, error) : NULL;

    if (!found || !command_check(def, found, &driver.settings, driver.lib_dir, error))
        return NULL;
    if (caps)
        *caps = found;
    return g_steal_pointer(&def);
}

DomainDef *define_parse(const char *xml, guint mode, EmulatorCaps **caps, GError **error)
{
    DriverDefaults defaults;
    const EmulatorCaps *found = NULL;
    DomainDef *def;

    driver_defaults_init(&defaults);
    def = parse_with(&defaults, xml, mode, &found, error);
    if (def && caps)
        *caps = emulator_caps_ref((EmulatorCaps *)found);
    driver_defaults_clear(&defaults);
    return def;
}

gboolean define_settle(DomainDef *def, GError **error)
{
    g_autoptr(EmulatorCaps) caps = NULL;

    if (!driver_settle(def, error))
        return FALSE;
    domain_order_devices(def);
    caps = caps_cache_get(driver.caps, def->emulator, error);
    return caps && command_check(def, caps, &driver.settings, driver.lib_dir, error);
}

static void parse(gpointer data)
{
    DefineTask *task = data;

    task->def = define_parse(task->xml, task->mode, NULL, &task->error);
}

/* An ordinary document about an emulator that is known needs nothing but memory, and less time than it takes to hand it
 * to a thread and back. FALSE: it is for a worker. */
static gboolean parse_at_once(DefineTask *task)
{
    DriverDefaults defaults;

    if (strlen(task->xml) > AT_ONCE_MAX)
        return FALSE;
    driver_defaults_init(&defaults);
    defaults.is_hurried = TRUE;
    task->def = parse_with(&defaults, task->xml, task->mode, NULL, &task->error);
    if (defaults.has_missed) {
        g_clear_pointer(&task->def, domain_def_free);
        g_clear_error(&task->error);
    }
    driver_defaults_clear(&defaults);
    return task->def || task->error;
}

static gboolean check_access(RpcCall *call, const DomainDef *def, DefineKind kind, GError **error)
{
    AccessPermission also = kind == DEFINE_PERSISTENT ? ACCESS_DOMAIN_SAVE : ACCESS_DOMAIN_START;

    return rpc_call_check_access(call, ACCESS_DOMAIN_WRITE, def->name, def->uuid, error) &&
           rpc_call_check_access(call, also, def->name, def->uuid, error);
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

static void task_free(gpointer data)
{
    DefineTask *task = data;

    domain_def_free(task->def);
    g_clear_error(&task->error);
    g_free(task->xml);
    g_free(task);
}

static void parsed(gpointer data)
{
    DefineTask *task = data;

    rpc_call_keep(task->call, task, task_free);
    rpc_call_run_again(task->call);
}

/* The document, read; or NULL when a worker is at it. */
static DefineTask *read_document(RpcCall *call, const char *xml, guint mode)
{
    DefineTask *task = rpc_call_steal_kept(call);

    if (task)
        return task;
    task = g_new0(DefineTask, 1);
    *task = (DefineTask){.call = call, .xml = g_strdup(xml), .mode = mode};
    if (parse_at_once(task))
        return task;
    rpc_call_defer(call);
    daemon_run_worker(driver.daemon, parse, parsed, task);
    return NULL;
}

gboolean define_from_xml(RpcCall *call, const char *xml, guint mode, DefineKind kind, guint flags, Defined next,
                         GError **error)
{
    DefineTask *task = read_document(call, xml, mode);
    g_autoptr(Guest) guest = NULL;

    if (!task)
        return TRUE;
    rpc_call_keep(call, task, task_free);
    if (task->error) {
        g_propagate_error(error, g_steal_pointer(&task->error));
        return FALSE;
    }
    if (!check_access(call, task->def, kind, error))
        return FALSE;
    guest = find_or_add(task->def, error);
    if (!guest)
        return FALSE;
    if (kind == DEFINE_TRANSIENT && guest_is_active(guest)) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_INVALID, "domain '%s' is already active", guest->name);
        return FALSE;
    }
    next(call, guest, g_steal_pointer(&task->def), flags);
    return TRUE;
}
