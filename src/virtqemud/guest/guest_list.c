/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/guest/guest_list.h"

struct GuestList {
    GHashTable *by_uuid; /* the guest's UUID -> guest, owning a reference */
    GHashTable *by_name; /* the guest's name -> guest */
    GHashTable *by_id;   /* id -> guest */
};

GuestList *guest_list_new(void)
{
    GuestList *list = g_new0(GuestList, 1);

    list->by_uuid = g_hash_table_new_full(uuid_hash, uuid_equal, NULL, (GDestroyNotify)guest_unref);
    list->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    list->by_id = g_hash_table_new(NULL, NULL);
    return list;
}

void guest_list_add(GuestList *list, Guest *guest)
{
    g_hash_table_insert(list->by_name, guest->name, guest);
    g_hash_table_insert(list->by_uuid, guest->uuid, guest_ref(guest));
    if (guest->id != DOMAIN_ID_NONE)
        g_hash_table_insert(list->by_id, GINT_TO_POINTER(guest->id), guest);
}

void guest_list_remove(GuestList *list, Guest *guest)
{
    if (guest->id != DOMAIN_ID_NONE)
        g_hash_table_remove(list->by_id, GINT_TO_POINTER(guest->id));
    g_hash_table_remove(list->by_name, guest->name);
    g_hash_table_remove(list->by_uuid, guest->uuid);
}

void guest_list_set_id(GuestList *list, Guest *guest, int id)
{
    if (guest->id != DOMAIN_ID_NONE)
        g_hash_table_remove(list->by_id, GINT_TO_POINTER(guest->id));
    guest->id = id;
    if (id != DOMAIN_ID_NONE)
        g_hash_table_insert(list->by_id, GINT_TO_POINTER(id), guest);
}

void guest_list_rename(GuestList *list, Guest *guest, const char *name)
{
    g_hash_table_remove(list->by_name, guest->name);
    g_free(guest->name);
    guest->name = g_strdup(name);
    g_hash_table_insert(list->by_name, guest->name, guest);
}

Guest *guest_list_by_name(GuestList *list, const char *name)
{
    return g_hash_table_lookup(list->by_name, name);
}

Guest *guest_list_by_uuid(GuestList *list, const guint8 *uuid)
{
    return g_hash_table_lookup(list->by_uuid, uuid);
}

Guest *guest_list_by_id(GuestList *list, int id)
{
    return g_hash_table_lookup(list->by_id, GINT_TO_POINTER(id));
}

guint guest_list_size(const GuestList *list)
{
    return g_hash_table_size(list->by_uuid);
}

void guest_list_each(GuestList *list, GuestFunc each, gpointer data)
{
    GHashTableIter iter;
    gpointer guest;

    g_hash_table_iter_init(&iter, list->by_uuid);
    while (g_hash_table_iter_next(&iter, NULL, &guest))
        each(guest, data);
}

static void collect(Guest *guest, gpointer data)
{
    g_ptr_array_add(data, guest_ref(guest));
}

GPtrArray *guest_list_all(GuestList *list)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)guest_unref);

    guest_list_each(list, collect, all);
    return all;
}
