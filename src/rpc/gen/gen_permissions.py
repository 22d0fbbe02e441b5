#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Turns calls/permissions into access_permissions.h (an enum) and access_permissions.c (their names and defaults).

usage: gen_permissions.py FILE OUT.h OUT.c
"""

import sys


def main():
    source, header_path, source_path = sys.argv[1:]
    rows = [line.split() for line in open(source, encoding="utf-8") if line.strip() and not line.startswith("#")]
    constants = [f"ACCESS_{object_}_{permission}".upper() for object_, permission, _ in rows]
    with open(header_path, "w", encoding="utf-8") as out:
        out.write("/* Generated from calls/permissions. */\n#pragma once\n\n#include <glib.h>\n\n")
        out.write("typedef enum {\n    ACCESS_NOTHING = 0,\n")
        out.writelines(f"    {constant},\n" for constant in constants)
        out.write("    ACCESS_PERMISSION_LAST\n} AccessPermission;\n\n")
        out.write("typedef struct {\n    const char *object;       /* as in the polkit action: 'storage-pool' */\n")
        out.write("    const char *permission;   /* 'read-secure' */\n")
        out.write("    gboolean is_monitor;      /* held by read-only connections */\n} AccessPermissionInfo;\n\n")
        out.write("/* Indexed by AccessPermission. */\n")
        out.write("extern const AccessPermissionInfo access_permissions[ACCESS_PERMISSION_LAST];\n")
    with open(source_path, "w", encoding="utf-8") as out:
        out.write('/* Generated from calls/permissions. */\n#include "rpc/access_permissions.h"\n\n')
        out.write("const AccessPermissionInfo access_permissions[ACCESS_PERMISSION_LAST] = {\n")
        for constant, (object_, permission, default) in zip(constants, rows):
            monitor = "TRUE" if default == "monitor" else "FALSE"
            out.write(f'    [{constant}] = {{"{object_.replace("_", "-")}", "{permission.replace("_", "-")}", {monitor}}},\n')
        out.write("};\n")


if __name__ == "__main__":
    main()
