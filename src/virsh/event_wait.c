/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virsh/event_wait.h"

#include <stdio.h>

gboolean event_wait_choose(Shell *shell, const Arguments *arguments, const char *const *names, int *kind)
{
    const char *event = argument_string(arguments, "event");
    g_autoptr(GPtrArray) list = g_ptr_array_new();

    *kind = -1;
    for (int i = 0; names[i]; i++) {
        g_ptr_array_add(list, (gpointer)names[i]);
        if (g_strcmp0(names[i], event) == 0)
            *kind = i;
    }
    if (argument_flag(arguments, "list")) {
        *kind = -1;
        print_list(argument_output(arguments), list);
        return TRUE;
    }
    if (*kind >= 0)
        return TRUE;
    shell_error(shell, event ? "unknown event type %s" : "either --list or --event <type> is required%s",
                event ? event : "");
    return FALSE;
}

void event_wait_init(EventWait *wait, const Arguments *arguments, const char *kind, const char *format)
{
    *wait = (EventWait){.arguments = arguments, .kind = kind, .format = format};
    g_mutex_init(&wait->lock);
    g_cond_init(&wait->came);
}

void event_wait_clear(EventWait *wait)
{
    g_mutex_clear(&wait->lock);
    g_cond_clear(&wait->came);
}

static void print_event(const EventWait *wait, const char *time, const char *event, const char *name,
                        json_object *detail)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "time", json_object_new_string(time));
    json_object_object_add(object, "event", json_object_new_string(event));
    json_object_object_add(object, wait->kind, json_object_new_string(name));
    json_object_object_add(object, "detail", json_object_get(detail));
    puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(object);
}

void event_wait_report(EventWait *wait, const char *event, const char *name, const char *more, json_object *detail)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *time = g_date_time_format(now, "%Y-%m-%d %H:%M:%S.%f%:z");

    g_mutex_lock(&wait->lock);
    if (argument_output(wait->arguments) == OUTPUT_JSON) {
        print_event(wait, time, event, name, detail);
    } else {
        g_autoptr(GString) object = g_string_new(wait->format);

        g_string_replace(object, "%s", name, 1);
        if (argument_flag(wait->arguments, "timestamp"))
            printf("%s: ", time);
        printf("event '%s' for %s%s\n", event, object->str, more);
    }
    fflush(stdout);
    json_object_put(detail);
    wait->count++;
    g_cond_signal(&wait->came);
    g_mutex_unlock(&wait->lock);
}

json_object *event_wait_detail(const char *key, const char *value)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, key, value ? json_object_new_string(value) : NULL);
    return object;
}

/* TRUE when an event came, before the timeout if there is one. */
static gboolean wait_for_events(EventWait *wait)
{
    int timeout = argument_int(wait->arguments, "timeout", 0);
    gint64 deadline = g_get_monotonic_time() + timeout * G_USEC_PER_SEC;
    gboolean loops = argument_flag(wait->arguments, "loop");
    gboolean in_time = TRUE;

    g_mutex_lock(&wait->lock);
    while (in_time && (loops || wait->count == 0)) {
        if (timeout > 0)
            in_time = g_cond_wait_until(&wait->came, &wait->lock, deadline);
        else
            g_cond_wait(&wait->came, &wait->lock);
    }
    g_mutex_unlock(&wait->lock);
    return wait->count > 0;
}

gboolean event_wait_run(Shell *shell, EventWait *wait, const GArray *ids, int (*deregister)(virConnectPtr, int))
{
    gboolean ok = wait_for_events(wait);

    if (!ok)
        shell_say(shell, "event loop timed out");
    for (guint i = 0; i < ids->len; i++)
        deregister(shell->connection, g_array_index(ids, int, i));
    shell_say(shell, "events received: %d", wait->count);
    return ok;
}
