/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: processors compared with this host's or with what its emulators give, what several have in common, and the
 * names of models. */
#include "common/error.h"
#include "cpu/compare.h"
#include "virtqemud/calls/caps_task.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/caps/emulator_cpu.h"
#include "virtqemud/host/host_cpu.h"
#include "virtqemud/wire.h"

#define COMPARE_FLAGS  (VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE | VIR_CONNECT_COMPARE_CPU_VALIDATE_XML)
#define BASELINE_FLAGS (VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES | VIR_CONNECT_BASELINE_CPU_MIGRATABLE)

/* ---- compare ---- */

static void compare_with(CapsTask *task, const DomainCpu *host)
{
    g_autoptr(CpuDocument) cpu = cpu_document_parse(
        task->xml, CPU_DOCUMENT_ANY, (task->flags & VIR_CONNECT_COMPARE_CPU_VALIDATE_XML) != 0, &task->error);

    if (cpu)
        task->number =
            cpu_compare(host, cpu, (task->flags & VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE) != 0, &task->error);
}

static void work_compare(CapsTask *task)
{
    compare_with(task, host_cpu_get()->cpu);
}

static void answer_compare(CapsTask *task)
{
    ((remote_connect_compare_cpu_ret *)rpc_call_ret(task->call))->result = task->number;
}

static gboolean compare_cpu(RpcCall *call, const remote_connect_compare_cpu_args *args,
                            remote_connect_compare_cpu_ret *ret, GError **error)
{
    CapsTask *task;

    if (!check_flags(args->flags, COMPARE_FLAGS, "virConnectCompareCPU", error))
        return FALSE;
    task = caps_task_new(call, work_compare, answer_compare);
    task->xml = g_strdup(args->xml);
    task->flags = args->flags;
    caps_task_push(task);
    return TRUE;
}

static void work_compare_hypervisor(CapsTask *task)
{
    const EmulatorMachine *machine;
    g_autoptr(EmulatorCaps) caps = caps_task_find_kind(task, &machine);
    g_autoptr(DomainCpu) host = caps ? emulator_cpu_host_model(caps, EMULATOR_CPU_REPORTED) : NULL;

    if (caps)
        compare_with(task, host);
}

static void answer_compare_hypervisor(CapsTask *task)
{
    ((remote_connect_compare_hypervisor_cpu_ret *)rpc_call_ret(task->call))->result = task->number;
}

static gboolean compare_hypervisor_cpu(RpcCall *call, const remote_connect_compare_hypervisor_cpu_args *args,
                                       remote_connect_compare_hypervisor_cpu_ret *ret, GError **error)
{
    CapsTask *task;

    if (!check_flags(args->flags, COMPARE_FLAGS, "virConnectCompareHypervisorCPU", error))
        return FALSE;
    task = caps_task_new(call, work_compare_hypervisor, answer_compare_hypervisor);
    task->path = caps_task_copy(args->emulator);
    task->arch = caps_task_copy(args->arch);
    task->machine = caps_task_copy(args->machine);
    task->virt_type = caps_task_copy(args->virttype);
    task->xml = g_strdup(args->xmlCPU);
    task->flags = args->flags;
    caps_task_push(task);
    return TRUE;
}

/* ---- baseline ---- */

static void free_document(gpointer document)
{
    cpu_document_free(document);
}

static GPtrArray *parse_documents(CapsTask *task, CpuDocumentKind kind)
{
    g_autoptr(GPtrArray) cpus = g_ptr_array_new_with_free_func(free_document);

    for (guint i = 0; i < task->documents->len; i++) {
        CpuDocument *cpu = cpu_document_parse(g_ptr_array_index(task->documents, i), kind, FALSE, &task->error);

        if (!cpu)
            return NULL;
        g_ptr_array_add(cpus, cpu);
    }
    return g_steal_pointer(&cpus);
}

/* caps NULL: for any hypervisor. */
static void find_baseline(CapsTask *task, const EmulatorCaps *caps)
{
    CpuChoice choice = caps ? emulator_cpu_choice(caps) : (CpuChoice){.use = CPU_MODEL_GUEST};
    gboolean is_migratable = (task->flags & VIR_CONNECT_BASELINE_CPU_MIGRATABLE) != 0;
    CpuSet local = caps && is_migratable ? emulator_cpu_local(caps) : (CpuSet){{0}};
    g_autoptr(GPtrArray) cpus = parse_documents(task, caps ? CPU_DOCUMENT_ANY : CPU_DOCUMENT_HOST);
    g_autoptr(DomainCpu) cpu = NULL;

    if (!cpus)
        return;
    /* A hypervisor says itself what cannot move. */
    choice.is_migratable = is_migratable && !caps;
    cpu = cpu_baseline(cpus, &choice, &local, &task->error);
    if (!cpu)
        return;
    if (caps)
        cpu->fallback = CPU_FALLBACK_FORBID;
    if ((task->flags & VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES) && !cpu_expand(cpu, &task->error))
        return;
    task->text = cpu_document_format(cpu);
}

static void work_baseline(CapsTask *task)
{
    find_baseline(task, NULL);
}

static void answer_baseline(CapsTask *task)
{
    ((remote_connect_baseline_cpu_ret *)rpc_call_ret(task->call))->cpu = g_steal_pointer(&task->text);
}

static GPtrArray *copy_documents(char *const *documents, guint n)
{
    GPtrArray *copy = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < n; i++)
        g_ptr_array_add(copy, g_strdup(documents[i]));
    return copy;
}

static gboolean baseline_cpu(RpcCall *call, const remote_connect_baseline_cpu_args *args,
                             remote_connect_baseline_cpu_ret *ret, GError **error)
{
    CapsTask *task;

    if (!check_flags(args->flags, BASELINE_FLAGS, "virConnectBaselineCPU", error))
        return FALSE;
    task = caps_task_new(call, work_baseline, answer_baseline);
    task->documents = copy_documents(args->xmlCPUs.xmlCPUs_val, args->xmlCPUs.xmlCPUs_len);
    task->flags = args->flags;
    caps_task_push(task);
    return TRUE;
}

static void work_baseline_hypervisor(CapsTask *task)
{
    const EmulatorMachine *machine;
    g_autoptr(EmulatorCaps) caps = caps_task_find_kind(task, &machine);

    if (caps)
        find_baseline(task, caps);
}

static void answer_baseline_hypervisor(CapsTask *task)
{
    ((remote_connect_baseline_hypervisor_cpu_ret *)rpc_call_ret(task->call))->cpu = g_steal_pointer(&task->text);
}

static gboolean baseline_hypervisor_cpu(RpcCall *call, const remote_connect_baseline_hypervisor_cpu_args *args,
                                        remote_connect_baseline_hypervisor_cpu_ret *ret, GError **error)
{
    CapsTask *task;

    if (!check_flags(args->flags, BASELINE_FLAGS, "virConnectBaselineHypervisorCPU", error))
        return FALSE;
    task = caps_task_new(call, work_baseline_hypervisor, answer_baseline_hypervisor);
    task->path = caps_task_copy(args->emulator);
    task->arch = caps_task_copy(args->arch);
    task->machine = caps_task_copy(args->machine);
    task->virt_type = caps_task_copy(args->virttype);
    task->documents = copy_documents(args->xmlCPUs.xmlCPUs_val, args->xmlCPUs.xmlCPUs_len);
    task->flags = args->flags;
    caps_task_push(task);
    return TRUE;
}

/* ---- names of models ---- */

static gboolean get_cpu_model_names(RpcCall *call, const remote_connect_get_cpu_model_names_args *args,
                                    remote_connect_get_cpu_model_names_ret *ret, GError **error)
{
    const CpuModel *models = cpu_models();

    if (!check_flags(args->flags, 0, "virConnectGetCPUModelNames", error))
        return FALSE;
    if (!cpu_arch_is_x86(args->arch))
        return vir_error_fail(error, VIR_FROM_CPU, VIR_ERR_NO_SUPPORT,
                              "'%s' architecture is not supported by CPU driver", args->arch);
    ret->ret = (int)cpu_model_rows;
    if (!args->need_results)
        return TRUE;
    ret->models.models_len = cpu_model_rows;
    ret->models.models_val = g_new0(char *, cpu_model_rows);
    for (guint i = 0; i < cpu_model_rows; i++)
        ret->models.models_val[i] = g_strdup(models[i].name);
    return TRUE;
}

void cpu_rpc_add(RemoteHandlers *handlers)
{
    handlers->connect_compare_cpu = compare_cpu;
    handlers->connect_compare_hypervisor_cpu = compare_hypervisor_cpu;
    handlers->connect_baseline_cpu = baseline_cpu;
    handlers->connect_baseline_hypervisor_cpu = baseline_hypervisor_cpu;
    handlers->connect_get_cpu_model_names = get_cpu_model_names;
}
