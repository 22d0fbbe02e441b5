/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/autostart.h"

#include "common/log.h"
#include "virtqemud/guest/guest_list.h"
#include "virtqemud/guest/start.h"

static void on_started(Guest *guest, const GError *error, gpointer data)
{
    if (error)
        log_error("guest '%s' cannot be started with the daemon: %s", guest->name, error->message);
}

static void start_marked(Guest *guest, gpointer data)
{
    if (guest->is_autostart && guest->state == GUEST_SHUTOFF)
        start_guest(guest, NULL, 0, NULL, on_started, NULL);
}

void autostart_all(void)
{
    guest_list_each(driver.guests, start_marked, NULL);
}

void autostart_end_with_client(DaemonClient *client)
{
    g_autoptr(GPtrArray) all = guest_list_all(driver.guests);

    for (guint i = 0; i < all->len; i++) {
        Guest *guest = g_ptr_array_index(all, i);

        if (guest->autodestroy == client)
            guest_stop(guest, VIR_DOMAIN_SHUTOFF_DESTROYED, TRUE, NULL, NULL);
    }
}
