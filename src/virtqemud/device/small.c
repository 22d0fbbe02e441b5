/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hubs, watchdogs, balloon, random numbers, USB redirection, panic notifiers; what is refused of the rest. */
#include "virtqemud/command/build.h"

static gboolean add_rng_backend(CommandBuild *build, const RngDef *rng, GError **error)
{
    static const char *const types[RNG_BACKEND_LAST] = {
        [RNG_RANDOM] = "rng-random", [RNG_EGD] = "rng-egd", [RNG_BUILTIN] = "rng-builtin"};
    json_object *object;

    if (rng->backend == RNG_EGD && !build_char_source(build, rng->info.alias, &rng->source, error))
        return FALSE;
    object = json_object_new_object();
    json_add_string(object, "qom-type", types[rng->backend]);
    json_add_stringf(object, "id", "obj%s", rng->info.alias);
    if (rng->backend == RNG_RANDOM)
        json_add_string(object, "filename", rng->path);
    else if (rng->backend == RNG_EGD)
        json_add_stringf(object, "chardev", "char%s", rng->info.alias);
    command_add_json(build->command, "-object", object);
    return TRUE;
}

gboolean build_rng(CommandBuild *build, gconstpointer device, GError **error)
{
    const RngDef *rng = device;
    g_autofree char *driver = device_virtio_driver("virtio-rng-pci", rng->model);
    json_object *object;

    if (!add_rng_backend(build, rng, error))
        return FALSE;
    object = device_new(driver);
    device_add_virtio_options(object, &rng->virtio);
    json_add_stringf(object, "rng", "obj%s", rng->info.alias);
    json_add_string(object, "id", rng->info.alias);
    if (rng->rate_bytes > 0) {
        json_add_int(object, "max-bytes", rng->rate_bytes);
        json_add_int(object, "period", rng->rate_period_ms > 0 ? rng->rate_period_ms : 1000);
    }
    device_add_address(build, object, &rng->info);
    return device_add(build, object, error);
}

static gboolean add_balloon(CommandBuild *build, const BalloonDef *balloon, GError **error)
{
    static const char *const drivers[BALLOON_LAST] = {[BALLOON_VIRTIO] = "virtio-balloon-pci",
                                                      [BALLOON_VIRTIO_TRANSITIONAL] = "virtio-balloon-pci-transitional",
                                                      [BALLOON_VIRTIO_NON_TRANSITIONAL] =
                                                          "virtio-balloon-pci-non-transitional"};
    json_object *object;

    if (balloon->model == BALLOON_NONE)
        return TRUE;
    if (!drivers[balloon->model])
        return unsupported(error, "memory balloon '%s'", balloon_models[balloon->model]);
    object = device_new(drivers[balloon->model]);
    device_add_virtio_options(object, &balloon->virtio);
    json_add_string(object, "id", balloon->info.alias);
    device_add_switch(object, "deflate-on-oom", balloon->autodeflate);
    device_add_switch(object, "free-page-reporting", balloon->free_page_reporting);
    device_add_address(build, object, &balloon->info);
    return device_add(build, object, error);
}

gboolean build_watchdog(CommandBuild *build, gconstpointer device, GError **error)
{
    const WatchdogDef *watchdog = device;
    json_object *object;

    if (watchdog->model == WATCHDOG_DIAG288)
        return unsupported(error, "watchdog '%s'", watchdog_models[watchdog->model]);
    if (watchdog->action == WATCHDOG_DUMP)
        return unsupported(error, "watchdog action '%s'", watchdog_actions[watchdog->action]);
    object = device_new(watchdog_models[watchdog->model]);
    json_add_string(object, "id", watchdog->info.alias);
    device_add_address(build, object, &watchdog->info);
    if (!device_add(build, object, error))
        return FALSE;
    command_add(build->command, "-watchdog-action", watchdog_actions[watchdog->action]);
    return TRUE;
}

static gboolean add_hub(CommandBuild *build, const HubDef *hub, GError **error)
{
    json_object *object = device_new("usb-hub");

    json_add_string(object, "id", hub->info.alias);
    device_add_address(build, object, &hub->info);
    return device_add(build, object, error);
}

static void append_id(GString *filter, const char *format, int id)
{
    if (id == REDIR_ANY)
        g_string_append(filter, "-1:");
    else
        g_string_append_printf(filter, format, id);
}

/* "class:vendor:product:version:allow|...". Caller frees; NULL without a filter. */
static char *format_filter(const RedirFilter *redirfilter)
{
    GString *filter;

    if (!redirfilter || !redirfilter->rules)
        return NULL;
    filter = g_string_new(NULL);
    for (guint i = 0; i < redirfilter->rules->len; i++) {
        const RedirRule *rule = g_ptr_array_index(redirfilter->rules, i);

        if (i > 0)
            g_string_append_c(filter, '|');
        append_id(filter, "0x%02X:", rule->usb_class);
        append_id(filter, "0x%04X:", rule->vendor);
        append_id(filter, "0x%04X:", rule->product);
        append_id(filter, "0x%04X:", rule->version);
        g_string_append(filter, rule->allowed == XML_BOOL_YES ? "1" : "0");
    }
    return g_string_free(filter, FALSE);
}

gboolean build_redirdev(CommandBuild *build, gconstpointer device, GError **error)
{
    const RedirdevDef *redirdev = device;
    g_autofree char *filter = format_filter(build->def->redirfilter);
    json_object *object;

    if (!build_char_source(build, redirdev->info.alias, &redirdev->source, error))
        return FALSE;
    object = device_new("usb-redir");
    json_add_stringf(object, "chardev", "char%s", redirdev->info.alias);
    json_add_string(object, "id", redirdev->info.alias);
    json_add_string(object, "filter", filter);
    if (redirdev->info.boot_order > 0)
        json_add_int(object, "bootindex", redirdev->info.boot_order);
    device_add_address(build, object, &redirdev->info);
    return device_add(build, object, error);
}

static gboolean add_panic(CommandBuild *build, const PanicDef *panic, GError **error)
{
    json_object *object;

    switch ((int)panic->model) {
    case PANIC_HYPERV: /* a property of the processor: command/cpu.c */
        return TRUE;
    case PANIC_DEFAULT:
    case PANIC_ISA:
        object = device_new("pvpanic");
        if (panic->info.address_type == DEVICE_ADDRESS_ISA)
            json_add_int(object, "ioport", panic->info.isa.iobase);
        return device_add(build, object, error);
    default:
        return unsupported(error, "panic notifier '%s'", panic_models[panic->model]);
    }
}

/* QEMU takes the switches of remapping as texts, the others as truths. */
static gboolean add_iommu(CommandBuild *build, const IommuDef *iommu, GError **error)
{
    json_object *object = device_new(iommu->model == IOMMU_VIRTIO ? "virtio-iommu-pci" : "intel-iommu");

    json_add_string(object, "id", iommu->info.alias);
    if (iommu->intremap)
        json_add_string(object, "intremap", xml_on_off[iommu->intremap]);
    if (iommu->caching_mode)
        json_add_bool(object, "caching-mode", iommu->caching_mode == XML_BOOL_YES);
    if (iommu->eim)
        json_add_string(object, "eim", xml_on_off[iommu->eim]);
    if (iommu->iotlb)
        json_add_bool(object, "device-iotlb", iommu->iotlb == XML_BOOL_YES);
    if (iommu->aw_bits > 0)
        json_add_int(object, "aw-bits", iommu->aw_bits);
    device_add_address(build, object, &iommu->info);
    return device_add(build, object, error);
}

#define ADD_EACH(list, type, add)                                                                                      \
    for (guint i = 0; i < build->def->list->len; i++)                                                                  \
        if (!add(build, (const type *)g_ptr_array_index(build->def->list, i), error))                                  \
            return FALSE;

gboolean build_hubs(CommandBuild *build, GError **error)
{
    ADD_EACH(hubs, HubDef, add_hub)
    return TRUE;
}

/* Before all devices that it is to watch. */
gboolean build_iommus(CommandBuild *build, GError **error)
{
    ADD_EACH(iommus, IommuDef, add_iommu)
    return TRUE;
}

gboolean build_small_devices(CommandBuild *build, GError **error)
{
    ADD_EACH(watchdogs, WatchdogDef, build_watchdog)
    ADD_EACH(redirdevs, RedirdevDef, build_redirdev)
    ADD_EACH(balloons, BalloonDef, add_balloon)
    ADD_EACH(rngs, RngDef, build_rng)
    ADD_EACH(panics, PanicDef, add_panic)
    return TRUE;
}
