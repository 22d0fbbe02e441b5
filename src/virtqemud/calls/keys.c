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

/* The other numberings that people have, by Linux' number: usages of USB's HID tables (page 7), and Windows' virtual
 * keys. Letters and digits of those are ASCII. 0: it has no such key. */
static const struct {
    guint8 linux_key, usb, win32;
} keyboards[] = {
    {1, 0x29, 0x1b},   {2, 0x1e, '1'},    {3, 0x1f, '2'},    {4, 0x20, '3'},    {5, 0x21, '4'},    {6, 0x22, '5'},
    {7, 0x23, '6'},    {8, 0x24, '7'},    {9, 0x25, '8'},    {10, 0x26, '9'},   {11, 0x27, '0'},   {12, 0x2d, 0xbd},
    {13, 0x2e, 0xbb},  {14, 0x2a, 0x08},  {15, 0x2b, 0x09},  {16, 0x14, 'Q'},   {17, 0x1a, 'W'},   {18, 0x08, 'E'},
    {19, 0x15, 'R'},   {20, 0x17, 'T'},   {21, 0x1c, 'Y'},   {22, 0x18, 'U'},   {23, 0x0c, 'I'},   {24, 0x12, 'O'},
    {25, 0x13, 'P'},   {26, 0x2f, 0xdb},  {27, 0x30, 0xdd},  {28, 0x28, 0x0d},  {29, 0xe0, 0xa2},  {30, 0x04, 'A'},
    {31, 0x16, 'S'},   {32, 0x07, 'D'},   {33, 0x09, 'F'},   {34, 0x0a, 'G'},   {35, 0x0b, 'H'},   {36, 0x0d, 'J'},
    {37, 0x0e, 'K'},   {38, 0x0f, 'L'},   {39, 0x33, 0xba},  {40, 0x34, 0xde},  {41, 0x35, 0xc0},  {42, 0xe1, 0xa0},
    {43, 0x31, 0xdc},  {44, 0x1d, 'Z'},   {45, 0x1b, 'X'},   {46, 0x06, 'C'},   {47, 0x19, 'V'},   {48, 0x05, 'B'},
    {49, 0x11, 'N'},   {50, 0x10, 'M'},   {51, 0x36, 0xbc},  {52, 0x37, 0xbe},  {53, 0x38, 0xbf},  {54, 0xe5, 0xa1},
    {55, 0x55, 0x6a},  {56, 0xe2, 0xa4},  {57, 0x2c, 0x20},  {58, 0x39, 0x14},  {59, 0x3a, 0x70},  {60, 0x3b, 0x71},
    {61, 0x3c, 0x72},  {62, 0x3d, 0x73},  {63, 0x3e, 0x74},  {64, 0x3f, 0x75},  {65, 0x40, 0x76},  {66, 0x41, 0x77},
    {67, 0x42, 0x78},  {68, 0x43, 0x79},  {69, 0x53, 0x90},  {70, 0x47, 0x91},  {71, 0x5f, 0x67},  {72, 0x60, 0x68},
    {73, 0x61, 0x69},  {74, 0x56, 0x6d},  {75, 0x5c, 0x64},  {76, 0x5d, 0x65},  {77, 0x5e, 0x66},  {78, 0x57, 0x6b},
    {79, 0x59, 0x61},  {80, 0x5a, 0x62},  {81, 0x5b, 0x63},  {82, 0x62, 0x60},  {83, 0x63, 0x6e},  {86, 0x64, 0xe2},
    {87, 0x44, 0x7a},  {88, 0x45, 0x7b},  {96, 0x58, 0},     {97, 0xe4, 0xa3},  {98, 0x54, 0x6f},  {99, 0x46, 0x2c},
    {100, 0xe6, 0xa5}, {102, 0x4a, 0x24}, {103, 0x52, 0x26}, {104, 0x4b, 0x21}, {105, 0x50, 0x25}, {106, 0x4f, 0x27},
    {107, 0x4d, 0x23}, {108, 0x51, 0x28}, {109, 0x4e, 0x22}, {110, 0x49, 0x2d}, {111, 0x4c, 0x2e}, {116, 0x66, 0},
    {117, 0x67, 0},    {119, 0x48, 0x13}, {125, 0xe3, 0x5b}, {126, 0xe7, 0x5c}, {127, 0x65, 0x5d},
};

static int from_keyboard(guint key, gboolean is_usb)
{
    for (gsize i = 0; key > 0 && i < G_N_ELEMENTS(keyboards); i++)
        if ((is_usb ? keyboards[i].usb : keyboards[i].win32) == key)
            return from_linux(keyboards[i].linux_key);
    return -1;
}

/* What is behind an 0xe0 is written 0xe0NN. */
static int from_scancode(guint key)
{
    if (key >> 8 == 0xe0 && (key & 0xff) <= 0x7f)
        return (int)(0x80 | (key & 0xff));
    return key > 0 && key <= 0x7f ? (int)key : -1;
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
    case VIR_KEYCODE_SET_ATSET1:
        *number = from_scancode(key);
        return TRUE;
    case VIR_KEYCODE_SET_USB:
    case VIR_KEYCODE_SET_WIN32:
        *number = from_keyboard(key, codeset == VIR_KEYCODE_SET_USB);
        return TRUE;
    default:
        return FALSE;
    }
}
