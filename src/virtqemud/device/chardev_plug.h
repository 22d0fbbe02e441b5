/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Character devices for a QEMU that runs. Pure. */
#pragma once

#include "virtqemud/command/build.h"

/* The arguments of "chardev-add" for a source that build_char_source() takes, with the id "char" + alias. Caller
 * releases. */
json_object *char_source_to_monitor(const char *alias, const CharSource *source);
