/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All guests of the daemon, found by name, UUID or id. For the loop. */
#pragma once

#include "virtqemud/guest/guest.h"

GuestList *guest_list_new(void);

/* Adds a guest (taking a reference). Its name and UUID must be free. */
void guest_list_add(GuestList *list, Guest *guest);
/* Drops it from the list. */
void guest_list_remove(GuestList *list, Guest *guest);
/* Enters or leaves the index of ids after guest->id has changed from old_id. */
void guest_list_set_id(GuestList *list, Guest *guest, int id);
/* Gives the guest another, free name. */
void guest_list_rename(GuestList *list, Guest *guest, const char *name);

/* Any guest, visible or just being made; NULL when there is none. Borrowed. */
Guest *guest_list_by_name(GuestList *list, const char *name);
Guest *guest_list_by_uuid(GuestList *list, const guint8 *uuid);
Guest *guest_list_by_id(GuestList *list, int id);

guint guest_list_size(const GuestList *list);

/* Calls each for all guests in no order; each must not add or remove any. */
typedef void (*GuestFunc)(Guest *guest, gpointer data);
void guest_list_each(GuestList *list, GuestFunc each, gpointer data);

/* A snapshot of all guests, each with a reference: GPtrArray of Guest. */
GPtrArray *guest_list_all(GuestList *list);
