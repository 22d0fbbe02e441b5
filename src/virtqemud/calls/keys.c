/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/calls/keys.h"

#include <libvirt/libvirt.h>

/* Linux numbers the keys of the old PC keyboard as that did; these came later. QEMU marks codes that follow an 0xe0 on
 * the wire by the highest bit. */
static const struct {
    guint8 linux_key, number;
} later_keys[] = {
    {85, 0x76},  {86, 0x56},  {87, 0x57},  {88, 0x58},  {89, 0x73},  {92, 0x79},  {93, 0x70},  {94, 0x7b},
    {96, 0x9c},  {97, 0x9d},  {98, 0xb5},  {99, 0x54},  {100, 0xb8}, {102, 0xc7}, {103, 0xc8}, {104, 0xc9},
    {105, 0xcb}, {106, 0xcd}, {107, 0xcf}, {108, 0xd0}, {109, 0xd1}, {110, 0xd2}, {111, 0xd3}, {113, 0xa0},
    {114, 0xae}, {115, 0xb0}, {116, 0xde}, {117, 0x59}, {119, 0xc6}, {121, 0x7e}, {124, 0x7d}, {125, 0xdb},
    {126, 0xdc}, {127, 0xdd}, {128, 0xe8}, {139, 0x9e}, {142, 0xdf}, {143, 0xe3},
};

#define PLAIN_KEYS_END 84

static int from_linux(guint key)
{
    if (key > 0 && key < PLAIN_KEYS_END)
        return (int)key;
    for (gsize i = 0; i < G_N_ELEMENTS(later_keys); i++)
        if (later_keys[i].linux_key == key)
            return later_keys[i].number;
    return -1;
}

gboolean keys_to_qemu(guint codeset, guint key, int *number)
{
    switch (codeset) {
    case VIR_KEYCODE_SET_LINUX:
        *number = from_linux(key);
        return TRUE;
    case VIR_KEYCODE_SET_QNUM:
        *number = key > 0 && key <= 0xff ? (int)key : -1;
        return TRUE;
    case VIR_KEYCODE_SET_XT:
        *number = key > 0 && key <= 0x7f ? (int)key : -1;
        return TRUE;
    default:
        return FALSE;
    }
}
