/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "conf/cpuset.h"
#include "conf/domain/default/domain_defaults.h"

#define IOTHREADS_MAX 1024

/* ---- I/O threads ---- */

/* A schema cannot say so: the error is the same with and without one. */
static gboolean iothread_parsed(xmlNode *node, gpointer self, GError **error)
{
    if (((const IoThread *)self)->id > 0)
        return TRUE;
    vir_error_set(error, VIR_FROM_XML, VIR_ERR_XML_ERROR,
                  "Invalid value for attribute 'id' in element 'iothread': Zero is not permitted (line %ld)",
                  xmlGetLineNo(node));
    return FALSE;
}

/* clang-format off */
static const XmlField iothread_fields[] = {
    XML_UINT(IoThread, id, "@id", .required = TRUE, .always = TRUE),
    XML_INT(IoThread, pool_min, "@thread_pool_min", .absent = POOL_UNSET),
    XML_INT(IoThread, pool_max, "@thread_pool_max", .absent = POOL_UNSET),
    XML_END,
};
static const XmlElement iothread_element = {
    .size = sizeof(IoThread), .fields = iothread_fields, .parsed = iothread_parsed, .beyond_schema = TRUE,
};

static const XmlField default_iothread_fields[] = {
    XML_INT(DefaultIoThread, pool_min, "@thread_pool_min", .absent = POOL_UNSET),
    XML_INT(DefaultIoThread, pool_max, "@thread_pool_max", .absent = POOL_UNSET),
    XML_END,
};
const XmlElement default_iothread_element = {.size = sizeof(DefaultIoThread), .fields = default_iothread_fields};
/* clang-format on */

IoThread *iothread_new(guint id)
{
    IoThread *thread = xml_struct_new(&iothread_element);

    thread->id = id;
    return thread;
}

static GPtrArray *list_of(DomainDef *def)
{
    if (!def->iothreads)
        def->iothreads = g_ptr_array_new();
    return def->iothreads;
}

static gboolean has_iothread(const DomainDef *def, guint id)
{
    return domain_find_iothread(def, id) != NULL;
}

IoThread *domain_find_iothread(const DomainDef *def, guint id)
{
    for (guint i = 0; def->iothreads && i < def->iothreads->len; i++)
        if (((const IoThread *)def->iothreads->pdata[i])->id == id)
            return def->iothreads->pdata[i];
    return NULL;
}

/* The number stands before the ids: threads that have none get one when the document is complete. */
static gboolean count_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    DomainDef *def = self;
    g_autofree char *text = xml_text(node);
    guint64 count;

    if (!g_ascii_string_to_unsigned(g_strstrip(text), 10, 0, IOTHREADS_MAX, &count, NULL)) {
        vir_error_set(error, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "invalid iothreads count '%s' (line %ld)", text,
                      xmlGetLineNo(node));
        return FALSE;
    }
    def->n_iothreads = (guint)count;
    return TRUE;
}

static void count_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const DomainDef *def = self;
    g_autofree char *text = NULL;

    if (!def->iothreads || !def->iothreads->len)
        return;
    text = g_strdup_printf("%u", def->iothreads->len);
    xml_write_element(writer, "iothreads", text);
}

static gboolean are_only_counted(gconstpointer self, guint mode)
{
    const DomainDef *def = self;

    for (guint i = 0; def->iothreads && i < def->iothreads->len; i++) {
        const IoThread *thread = def->iothreads->pdata[i];

        if (!thread->is_filled_in || thread->pool_min != POOL_UNSET || thread->pool_max != POOL_UNSET)
            return FALSE;
    }
    return TRUE;
}

/* clang-format off */
static const XmlField ids_fields[] = {
    XML_LIST(DomainDef, iothreads, "iothread", &iothread_element),
    XML_END,
};
static const XmlElement ids_element = {.fields = ids_fields};

static const XmlField iothreads_fields[] = {
    XML_CUSTOM("iothreads", .parse = count_parse, .format = count_format),
    XML_INSIDE("iothreadids", &ids_element, .skip = are_only_counted),
    XML_STRUCT(DomainDef, default_iothread, "defaultiothread", &default_iothread_element),
    XML_END,
};
const XmlElement iothreads_element = {.fields = iothreads_fields};
/* clang-format on */

void domain_complete_iothreads(DomainDef *def)
{
    guint id = 1;

    while (def->n_iothreads > (def->iothreads ? def->iothreads->len : 0)) {
        IoThread *thread;

        while (has_iothread(def, id))
            id++;
        thread = iothread_new(id);
        thread->is_filled_in = TRUE;
        g_ptr_array_add(list_of(def), thread);
    }
    def->n_iothreads = def->iothreads ? def->iothreads->len : 0;
}

void domain_add_iothread(DomainDef *def, guint id)
{
    g_ptr_array_add(list_of(def), iothread_new(id));
    def->n_iothreads = def->iothreads->len;
}

void domain_remove_iothread(DomainDef *def, guint id)
{
    IoThread *thread = domain_find_iothread(def, id);

    if (!thread)
        return;
    g_ptr_array_remove(def->iothreads, thread);
    xml_struct_free(&iothread_element, thread);
    def->n_iothreads = def->iothreads->len;
    cpu_pin_set(&def->cputune.iothread_pins, id, NULL);
}

/* ---- <cputune> ---- */

#define NO_CPUSET(what) XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "missing cpuset for " what)

static gboolean quota_parse(const char *text, gpointer member, GError **error)
{
    char *end;

    errno = 0;
    *(long long *)member = g_ascii_strtoll(text, &end, 10);
    return errno == 0 && end != text && !*end;
}

static char *quota_format(gconstpointer member)
{
    long long quota_us = *(const long long *)member;

    return quota_us ? g_strdup_printf("%lld", quota_us) : NULL;
}

static const XmlCodec quota_codec = {.parse = quota_parse, .format = quota_format};

static gboolean check_range(const char *name, guint64 value, guint64 min, guint64 max, int code, GError **error)
{
    return !value || (value >= min && value <= max) ||
           vir_error_fail(error, VIR_FROM_DOMAIN, code,
                          "Value of cputune '%s' must be in range [%" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT "]", name,
                          min, max);
}

gboolean cpu_bandwidth_check(const CpuBandwidth *bandwidth, const char *period, const char *quota, int code,
                             GError **error)
{
    return check_range(period, bandwidth->period_us, CPU_PERIOD_MIN, CPU_PERIOD_MAX, code, error) &&
           check_range(quota, (guint64)MAX(bandwidth->quota_us, 0), CPU_QUOTA_MIN, CPU_QUOTA_MAX, code, error);
}

static gboolean check_bandwidths(xmlNode *node, gpointer self, GError **error)
{
    static const int code = VIR_ERR_CONFIG_UNSUPPORTED;
    const CpuTune *tune = self;

    return cpu_bandwidth_check(&tune->vcpu, "period", "quota", code, error) &&
           cpu_bandwidth_check(&tune->global, "global_period", "global_quota", code, error) &&
           cpu_bandwidth_check(&tune->emulator, "emulator_period", "emulator_quota", code, error) &&
           cpu_bandwidth_check(&tune->iothread, "iothread_period", "iothread_quota", code, error);
}

/* clang-format off */
static const XmlField vcpu_pin_fields[] = {
    XML_UINT(CpuPin, id, "@vcpu", .required = TRUE, .always = TRUE),
    XML_CODEC(CpuPin, cpuset, "@cpuset", &cpuset_codec, .required = TRUE, .missing = NO_CPUSET("vcpupin")),
    XML_END,
};
static const XmlElement vcpu_pin_element = {.size = sizeof(CpuPin), .fields = vcpu_pin_fields};

static const XmlField emulator_pin_fields[] = {
    XML_CODEC(CpuPin, cpuset, "@cpuset", &cpuset_codec, .required = TRUE, .missing = NO_CPUSET("emulatorpin")),
    XML_END,
};
static const XmlElement emulator_pin_element = {.size = sizeof(CpuPin), .fields = emulator_pin_fields};

static const XmlField iothread_pin_fields[] = {
    XML_UINT(CpuPin, id, "@iothread", .required = TRUE, .always = TRUE),
    XML_CODEC(CpuPin, cpuset, "@cpuset", &cpuset_codec, .required = TRUE, .missing = NO_CPUSET("iothreadpin")),
    XML_END,
};
static const XmlElement iothread_pin_element = {.size = sizeof(CpuPin), .fields = iothread_pin_fields};

/* Rows of CpuBandwidth, under the names that they have for some threads. */
#define BANDWIDTH(member, prefix)                                                                                      \
    XML_ULL(CpuTune, member.period_us, prefix "period"),                                                               \
        XML_CODEC(CpuTune, member.quota_us, prefix "quota", &quota_codec)

static const XmlField cputune_fields[] = {
    XML_ULL(CpuTune, shares, "shares"), BANDWIDTH(vcpu, ""),           BANDWIDTH(global, "global_"),
    BANDWIDTH(emulator, "emulator_"),   BANDWIDTH(iothread, "iothread_"),
    XML_LIST(CpuTune, vcpu_pins, "vcpupin", &vcpu_pin_element),
    XML_STRUCT(CpuTune, emulator_pin, "emulatorpin", &emulator_pin_element),
    XML_LIST(CpuTune, iothread_pins, "iothreadpin", &iothread_pin_element),
    XML_REFUSE("vcpusched"), XML_REFUSE("iothreadsched"), XML_REFUSE("emulatorsched"),
    XML_REFUSE("cachetune"), XML_REFUSE("memorytune"),
    XML_END,
};
const XmlElement cputune_element = {.fields = cputune_fields, .parsed = check_bandwidths};
/* clang-format on */

CpuPin *cpu_pin_new(guint id, const char *cpuset)
{
    CpuPin *pin = xml_struct_new(&vcpu_pin_element);

    pin->id = id;
    pin->cpuset = g_strdup(cpuset);
    return pin;
}

void cpu_pin_free(CpuPin *pin)
{
    xml_struct_free(&vcpu_pin_element, pin);
}

const CpuPin *cpu_pin_find(const GPtrArray *list, guint id)
{
    for (guint i = 0; list && i < list->len; i++)
        if (((const CpuPin *)list->pdata[i])->id == id)
            return list->pdata[i];
    return NULL;
}

void cpu_pin_set(GPtrArray **list, guint id, const char *cpuset)
{
    CpuPin *old = (CpuPin *)cpu_pin_find(*list, id);

    if (old) {
        g_ptr_array_remove(*list, old);
        cpu_pin_free(old);
    }
    if (!cpuset)
        return;
    if (!*list)
        *list = g_ptr_array_new();
    g_ptr_array_add(*list, cpu_pin_new(id, cpuset));
}
