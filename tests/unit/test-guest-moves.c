/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The moves of a guest, all of them: what is not in this list is refused. */
#include <libvirt/libvirt.h>

#include "virtqemud/guest/moves.h"

typedef struct {
    GuestState from;
    GuestMove move;
    GuestState to;
} Expected;

static const Expected expected[] = {
    {GUEST_SHUTOFF, MOVE_START, GUEST_STARTING},    {GUEST_STARTING, MOVE_UP, GUEST_PAUSED},
    {GUEST_STARTING, MOVE_DESTROY, GUEST_STOPPING}, {GUEST_STARTING, MOVE_EXIT, GUEST_SHUTOFF},
    {GUEST_PAUSED, MOVE_RESUME, GUEST_RUNNING},     {GUEST_PAUSED, MOVE_PANIC, GUEST_CRASHED},
    {GUEST_PAUSED, MOVE_SHUTDOWN, GUEST_SHUTDOWN},  {GUEST_PAUSED, MOVE_DESTROY, GUEST_STOPPING},
    {GUEST_PAUSED, MOVE_EXIT, GUEST_SHUTOFF},       {GUEST_RUNNING, MOVE_STOP, GUEST_PAUSED},
    {GUEST_RUNNING, MOVE_SLEEP, GUEST_SLEEPING},    {GUEST_RUNNING, MOVE_PANIC, GUEST_CRASHED},
    {GUEST_RUNNING, MOVE_SHUTDOWN, GUEST_SHUTDOWN}, {GUEST_RUNNING, MOVE_DESTROY, GUEST_STOPPING},
    {GUEST_RUNNING, MOVE_EXIT, GUEST_SHUTOFF},      {GUEST_SLEEPING, MOVE_STOP, GUEST_PAUSED},
    {GUEST_SLEEPING, MOVE_WAKE, GUEST_RUNNING},     {GUEST_SLEEPING, MOVE_SHUTDOWN, GUEST_SHUTDOWN},
    {GUEST_SLEEPING, MOVE_DESTROY, GUEST_STOPPING}, {GUEST_SLEEPING, MOVE_EXIT, GUEST_SHUTOFF},
    {GUEST_CRASHED, MOVE_RESUME, GUEST_RUNNING},    {GUEST_CRASHED, MOVE_SHUTDOWN, GUEST_SHUTDOWN},
    {GUEST_CRASHED, MOVE_DESTROY, GUEST_STOPPING},  {GUEST_CRASHED, MOVE_EXIT, GUEST_SHUTOFF},
    {GUEST_SHUTDOWN, MOVE_RESUME, GUEST_RUNNING},   {GUEST_SHUTDOWN, MOVE_SHUTDOWN, GUEST_SHUTDOWN},
    {GUEST_SHUTDOWN, MOVE_DESTROY, GUEST_STOPPING}, {GUEST_SHUTDOWN, MOVE_EXIT, GUEST_SHUTOFF},
    {GUEST_STOPPING, MOVE_DESTROY, GUEST_STOPPING}, {GUEST_STOPPING, MOVE_EXIT, GUEST_SHUTOFF},
};

static const Expected *find(GuestState from, GuestMove move)
{
    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++)
        if (expected[i].from == from && expected[i].move == move)
            return &expected[i];
    return NULL;
}

static void test_every_pair(void)
{
    for (GuestState from = 0; from < GUEST_STATE_LAST; from++) {
        for (GuestMove move = 0; move < MOVE_LAST; move++) {
            const Expected *row = find(from, move);
            GuestState to = GUEST_STATE_LAST;

            g_test_message("%s, %s", guest_state_name(from), guest_move_name(move));
            g_assert_cmpint(guest_move_find(from, move, &to), ==, row != NULL);
            g_assert_cmpint(to, ==, row ? row->to : GUEST_STATE_LAST);
        }
    }
}

static void test_public_states(void)
{
    g_assert_cmpint(guest_state_public(GUEST_STARTING), ==, VIR_DOMAIN_SHUTOFF);
    g_assert_cmpint(guest_state_public(GUEST_RUNNING), ==, VIR_DOMAIN_RUNNING);
    g_assert_cmpint(guest_state_public(GUEST_SLEEPING), ==, VIR_DOMAIN_PMSUSPENDED);
    g_assert_false(guest_state_is_active(GUEST_STARTING));
    g_assert_false(guest_state_is_active(GUEST_SHUTOFF));
    g_assert_true(guest_state_is_active(GUEST_CRASHED));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guest-moves/every-pair", test_every_pair);
    g_test_add_func("/guest-moves/public-states", test_public_states);
    return g_test_run();
}
