/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A port of 802.1Qbg that the switch takes away while its guest runs, as it does when it was started again or its
 * profiles were changed, is asked for again.
 */
#pragma once

/* Before the first guest starts or is adopted. For the loop, on which it goes on. */
void station_watch_init(void);
