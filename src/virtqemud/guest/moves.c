/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/moves.h"

#include <libvirt/libvirt.h>

typedef struct {
    guint from; /* bits of GuestState */
    GuestMove move;
    GuestState to;
} Row;

#define IN(state) (1u << (state))
#define ALIVE     (IN(GUEST_PAUSED) | IN(GUEST_RUNNING) | IN(GUEST_SLEEPING) | IN(GUEST_CRASHED) | IN(GUEST_SHUTDOWN))

/* clang-format off */
static const Row rows[] = {
    /* in state                                      on             goes to */
    {IN(GUEST_SHUTOFF),                              MOVE_START,    GUEST_STARTING},
    {IN(GUEST_STARTING),                             MOVE_UP,       GUEST_PAUSED},
    {IN(GUEST_RUNNING) | IN(GUEST_SLEEPING),         MOVE_STOP,     GUEST_PAUSED},
    {IN(GUEST_PAUSED) | IN(GUEST_CRASHED) | IN(GUEST_SHUTDOWN),
                                                     MOVE_RESUME,   GUEST_RUNNING},
    {IN(GUEST_RUNNING),                              MOVE_SLEEP,    GUEST_SLEEPING},
    {IN(GUEST_SLEEPING),                             MOVE_WAKE,     GUEST_RUNNING},
    {IN(GUEST_RUNNING) | IN(GUEST_PAUSED),           MOVE_PANIC,    GUEST_CRASHED},
    {ALIVE,                                          MOVE_SHUTDOWN, GUEST_SHUTDOWN},
    {ALIVE | IN(GUEST_STARTING) | IN(GUEST_STOPPING),MOVE_DESTROY,  GUEST_STOPPING},
    {ALIVE | IN(GUEST_STARTING) | IN(GUEST_STOPPING),MOVE_EXIT,     GUEST_SHUTOFF},
};
/* clang-format on */

static const char *const state_names[GUEST_STATE_LAST] = {
    [GUEST_SHUTOFF] = "shut off",   [GUEST_STARTING] = "starting", [GUEST_PAUSED] = "paused",
    [GUEST_RUNNING] = "running",    [GUEST_SLEEPING] = "sleeping", [GUEST_CRASHED] = "crashed",
    [GUEST_SHUTDOWN] = "shut down", [GUEST_STOPPING] = "stopping"};

static const char *const move_names[MOVE_LAST] = {
    [MOVE_START] = "start",       [MOVE_UP] = "up",       [MOVE_DESTROY] = "destroy", [MOVE_STOP] = "stop",
    [MOVE_RESUME] = "resume",     [MOVE_SLEEP] = "sleep", [MOVE_WAKE] = "wake",       [MOVE_PANIC] = "panic",
    [MOVE_SHUTDOWN] = "shutdown", [MOVE_EXIT] = "exit"};

static const int public_states[GUEST_STATE_LAST] = {
    [GUEST_SHUTOFF] = VIR_DOMAIN_SHUTOFF,      [GUEST_STARTING] = VIR_DOMAIN_SHUTOFF,
    [GUEST_PAUSED] = VIR_DOMAIN_PAUSED,        [GUEST_RUNNING] = VIR_DOMAIN_RUNNING,
    [GUEST_SLEEPING] = VIR_DOMAIN_PMSUSPENDED, [GUEST_CRASHED] = VIR_DOMAIN_CRASHED,
    [GUEST_SHUTDOWN] = VIR_DOMAIN_SHUTDOWN,    [GUEST_STOPPING] = VIR_DOMAIN_SHUTDOWN};

gboolean guest_move_find(GuestState from, GuestMove move, GuestState *to)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].move == move && (rows[i].from & IN(from))) {
            *to = rows[i].to;
            return TRUE;
        }
    }
    return FALSE;
}

const char *guest_state_name(GuestState state)
{
    return state_names[state];
}

const char *guest_move_name(GuestMove move)
{
    return move_names[move];
}

int guest_state_public(GuestState state)
{
    return public_states[state];
}

gboolean guest_state_is_active(GuestState state)
{
    return (ALIVE & IN(state)) != 0;
}
