/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words for numbers in events, states and reasons. All return static text. */
#pragma once

#include <glib.h>

/* "lifecycle" for VIR_DOMAIN_EVENT_ID_LIFECYCLE; "unknown" outside. */
const char *event_name(int id);
/* -1 when there is none of that name. */
int event_find(const char *name);

/* The names by VIR_NETWORK_EVENT_ID_* and VIR_STORAGE_POOL_EVENT_ID_*, up to NULL. */
extern const char *const event_network_names[], *const event_pool_names[];

const char *event_lifecycle_text(int event);
const char *event_lifecycle_detail_text(int event, int detail);
const char *event_network_text(int event);
const char *event_metadata_text(int type); /* of domains and networks */
const char *event_pool_text(int event);
const char *pool_state_text(int state);
const char *domain_state_text(int state);
const char *domain_reason_text(int state, int reason);
