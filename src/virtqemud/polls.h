/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The set in which monitors and processes are watched. */
#pragma once

#include "daemon/poll.h"

/* Made at the first call, kept until the process ends. For the loop. */
PollSet *polls_get(void);
