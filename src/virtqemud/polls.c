/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/polls.h"

PollSet *polls_get(void)
{
    static PollSet *polls;

    if (!polls)
        polls = poll_set_new();
    return polls;
}
