/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adapter: a guest's console, screen and keyboard. */
#include "common/error.h"
#include "daemon/stream.h"
#include "virtqemud/calls/handlers.h"
#include "virtqemud/calls/keys.h"
#include "virtqemud/display/screenshot.h"
#include "virtqemud/guest/call_job.h"
#include "virtqemud/guest/console.h"

static gboolean open_console(RpcCall *call, const remote_domain_open_console_args *args, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);

    return guest &&
           check_flags(args->flags, VIR_DOMAIN_CONSOLE_SAFE | VIR_DOMAIN_CONSOLE_FORCE, "virDomainOpenConsole",
                       error) &&
           console_open(guest, args->dev_name ? *args->dev_name : NULL, args->flags, rpc_call_stream(call), error);
}

static gboolean open_channel(RpcCall *call, const remote_domain_open_channel_args *args, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);
    const char *name = args->name ? *args->name : NULL;
    const char *alias = NULL;

    if (!guest || !check_flags(args->flags, VIR_DOMAIN_CHANNEL_FORCE, "virDomainOpenChannel", error))
        return FALSE;
    for (guint i = 0; i < guest->live->channels->len && !alias; i++) {
        const CharDef *channel = g_ptr_array_index(guest->live->channels, i);

        if (!name || g_strcmp0(channel->name, name) == 0 || g_strcmp0(channel->info.alias, name) == 0)
            alias = channel->info.alias;
    }
    if (!alias) {
        vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "cannot find channel %s", name ? name : "(null)");
        return FALSE;
    }
    return console_open(guest, alias, args->flags & VIR_DOMAIN_CHANNEL_FORCE ? VIR_DOMAIN_CONSOLE_FORCE : 0,
                        rpc_call_stream(call), error);
}

/* ---- screenshot ---- */

static gboolean begin_screenshot(CallJob *job, GError **error)
{
    g_autoptr(EmulatorCaps) caps = caps_cache_peek(driver.caps, job->guest->live->emulator);
    const char *alias;

    if (!screenshot_find(job->guest->live, job->number, &alias, &job->head, error))
        return FALSE;
    job->text = g_strdup(alias);
    job->path = g_strdup(job->guest->dir);
    job->is_png = caps && caps->version >= SCREENSHOT_PNG_VERSION;
    return TRUE;
}

static gboolean take_screenshot(CallJob *job, GError **error)
{
    job->fd = screenshot_take(job->qmp, job->path, job->text, job->head, job->is_png, error);
    return job->fd >= 0;
}

static gboolean answer_screenshot(CallJob *job, GError **error)
{
    remote_domain_screenshot_ret *ret = rpc_call_ret(job->call);

    ret->mime = wire_string(job->is_png ? "image/png" : "image/x-portable-pixmap");
    daemon_stream_attach_fd(rpc_call_stream(job->call), job->fd, 0, NULL, NULL);
    job->fd = -1;
    return TRUE;
}

static gboolean screenshot(RpcCall *call, const remote_domain_screenshot_args *args, remote_domain_screenshot_ret *ret,
                           GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);
    CallJob *job;

    if (!guest || !check_flags(args->flags, 0, "virDomainScreenshot", error))
        return FALSE;
    job = call_job_new(call, guest, TRUE);
    job->number = args->screen;
    job->begin = begin_screenshot;
    job->run = take_screenshot;
    job->finish = answer_screenshot;
    call_job_push(job, "screenshot");
    return TRUE;
}

/* ---- keys ---- */

static gboolean run_with_input(CallJob *job, GError **error)
{
    g_autoptr(json_object) reply = qmp_call(job->qmp, job->text, json_object_get(job->input), QMP_TIMEOUT_MS, error);

    return reply != NULL;
}

/* QMP's list of keys, or NULL with *error. */
static json_object *read_keys(const remote_domain_send_key_args *args, GError **error)
{
    g_autoptr(json_object) keys = json_object_new_array();

    for (guint i = 0; i < args->keycodes.keycodes_len; i++) {
        json_object *key;
        int number;

        if (!keys_to_qemu(args->codeset, args->keycodes.keycodes_val[i], &number)) {
            vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_UNSUPPORTED, "key codes of set %u", args->codeset);
            return NULL;
        }
        if (number < 0) {
            vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_INVALID_ARG, "cannot translate keycode %u of set %u",
                          args->keycodes.keycodes_val[i], args->codeset);
            return NULL;
        }
        key = json_object_new_object();
        json_add_string(key, "type", "number");
        json_add_int(key, "data", number);
        json_object_array_add(keys, key);
    }
    return g_steal_pointer(&keys);
}

static gboolean send_key(RpcCall *call, const remote_domain_send_key_args *args, GError **error)
{
    Guest *guest = wire_find_active_guest(&args->dom, error);
    json_object *keys;
    CallJob *job;

    if (!guest || !check_flags(args->flags, 0, "virDomainSendKey", error))
        return FALSE;
    keys = read_keys(args, error);
    if (!keys)
        return FALSE;
    job = call_job_new(call, guest, TRUE);
    job->text = g_strdup("send-key");
    job->input = json_object_new_object();
    json_add_object(job->input, "keys", keys);
    if (args->holdtime > 0)
        json_add_int(job->input, "hold-time", args->holdtime);
    job->run = run_with_input;
    call_job_push(job, "send-key");
    return TRUE;
}

void device_rpc_add(RemoteHandlers *handlers)
{
    handlers->domain_open_console = open_console;
    handlers->domain_open_channel = open_channel;
    handlers->domain_screenshot = screenshot;
    handlers->domain_send_key = send_key;
}
