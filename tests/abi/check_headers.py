#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A program compiled with our headers is a program compiled with libvirt-dev's: prototypes, callback types, struct members
with sizes and offsets, enum values, macros. Speaks TAP.

One program is generated from the names in both; each set of headers compiles it, and what the two print is compared. The
prototypes that our headers have are asserted when it is compiled with the other ones.

usage: check_headers.py GEN_DIR OUR_INCLUDE_DIR
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

INCLUDES = "#define VIR_ENUM_SENTINELS\n" + "".join(
    f"#include <libvirt/{name}.h>\n" for name in ("libvirt", "virterror", "libvirt-qemu", "libvirt-lxc", "libvirt-admin"))
# What came after 9.0.0: older headers do not have it, and ends of lists are further on.
LATER = {"VIR_ERR_NO_NETWORK_METADATA", "VIR_NETWORK_EVENT_ID_METADATA_CHANGE", "VIR_NETWORK_METADATA_DESCRIPTION",
         "VIR_NETWORK_METADATA_TITLE", "VIR_NETWORK_METADATA_ELEMENT", "VIR_NETWORK_METADATA_LAST",
         "virNetworkGetMetadata", "virNetworkSetMetadata", "virConnectNetworkEventMetadataChangeCallback"}
GROWN = {"VIR_ERR_NUMBER_LAST", "VIR_NETWORK_EVENT_ID_LAST"}
CC = os.environ.get("CC_FOR_TEST", "cc")


def sources(include):
    text = ""
    for path in sorted(glob.glob(os.path.join(include, "libvirt", "*.h"))):
        text += open(path, encoding="utf-8").read()
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.S)


def constants(text):
    """Names of enum members."""
    found = set()
    for body in re.finditer(r"enum\s*\w*\s*\{(.*?)\}", text, re.S):
        code = re.sub(r"^\s*#.*$", "", body[1], flags=re.M)
        found |= {m[1] for m in re.finditer(r"(?:^|,)\s*(\w+)\s*(?==|,|$)", code.strip())}
    return found


def macros(text):
    """Object-like macros with a value."""
    found = set()
    for line in re.finditer(r"^[ \t]*#[ \t]*define[ \t]+(VIR_\w+|LIBVIR_\w+)[ \t]+(\S.*)$", text, re.M):
        if not line[2].startswith(("__", "extern", "VIR_DEPRECATED")):
            found.add(line[1])
    return found


def structs(text):
    """Struct names with their members, of the structs that have a body."""
    found = {}
    for body in re.finditer(r"struct\s+_(\w+)\s*\{((?:[^{}]|\{[^{}]*\})*)\}", text):
        code = re.sub(r"union\s*\{[^{}]*\}", "union", body[2]).replace("VIR_DEPRECATED", "")
        found[body[1]] = [m[1] for m in re.finditer(r"(\w+)\s*(?:\[\w*\])?\s*;", code)]
    return found


def program(names, fields):
    out = [INCLUDES, "#include <stddef.h>\n#include <stdio.h>\n",
           "static void text(const char *n, const char *v) { printf(\"%s \\\"%s\\\"\\n\", n, v); }\n",
           "static void number(const char *n, long long v) { printf(\"%s %lld\\n\", n, v); }\n",
           "#define SHOW(n) _Generic((n), char *: text, const char *: text, default: number)(#n, (__typeof__(_Generic((n), "
           "char *: (const char *)0, const char *: (const char *)0, default: 0LL)))(n))\n",
           "int main(void)\n{\n"]
    out += [f"    SHOW({name});\n" for name in sorted(names)]
    for struct, members in sorted(fields.items()):
        out.append(f'    number("sizeof {struct}", sizeof(struct _{struct}));\n')
        out += [f'    number("{struct}.{m}", offsetof(struct _{struct}, {m}) * 1000 + sizeof(((struct _{struct} *)0)->{m}));\n'
                for m in members]
    return "".join(out) + "    return 0;\n}\n"


def assertions(public):
    def declare(function):
        return f"{function.returns} ({', '.join(p.type for p in function.params) or 'void'})"

    def known(items):
        return [(name, item) for name, item in items.items() if name not in LATER]

    out = [INCLUDES]
    for name, function in sorted(known(public.functions)):
        out.append(f'_Static_assert(__builtin_types_compatible_p(__typeof__({name}), {declare(function)}), "{name}");\n')
    for name, callback in sorted(known(public.callbacks)):
        out.append(f'_Static_assert(__builtin_types_compatible_p({name}, __typeof__({declare(callback)}) *), "{name}");\n')
    for struct, members in sorted(public.structs.items()):
        for member in members:
            name, _, array = member.name.partition("[")
            if member.type and not array:
                out.append(f"_Static_assert(__builtin_types_compatible_p(__typeof__(((struct _{struct} *)0)->{name}), "
                           f'{member.type}), "{struct}.{name}");\n')
    return "".join(out)


def build(code, include, folder, name):
    path = os.path.join(folder, name + ".c")
    with open(path, "w", encoding="utf-8") as out:
        out.write(code)
    flags = [f"-I{include}"] if include else []
    return subprocess.run([*CC.split(), "-std=gnu11", "-w", *flags, path, "-o", os.path.join(folder, name)] +
                          ([] if name.startswith("show") else ["-c"]), capture_output=True, text=True)


def main():
    gen, ours = sys.argv[1:]
    sys.path.insert(0, gen)
    import headers

    theirs = os.environ.get("LIBVIRT_DEV_INCLUDE", "/usr/include")
    print("1..4")
    if not os.path.exists(os.path.join(theirs, "libvirt", "libvirt-domain.h")):
        for number in range(1, 5):
            print(f"ok {number} # SKIP libvirt-dev is not installed")
        return
    our_text, their_text = sources(ours), sources(theirs)
    public = headers.parse(sorted(glob.glob(os.path.join(ours, "libvirt", "*.h"))))
    failures = 0

    def result(number, ok, what, detail=""):
        nonlocal failures
        failures += not ok
        print(f"{'ok' if ok else 'not ok'} {number} - {what}")
        for line in detail.splitlines()[:40]:
            print("# " + line)

    names = [(constants(t) | macros(t)) - LATER for t in (our_text, their_text)]
    result(1, names[0] == names[1], f"{len(names[0])} names of constants and macros", "\n".join(sorted(names[0] ^ names[1])))
    our_structs, their_structs = structs(our_text), structs(their_text)
    differing = {n for n in set(our_structs) | set(their_structs) if our_structs.get(n) != their_structs.get(n)}
    result(2, not differing, f"members of {len(our_structs)} structs",
           "\n".join(f"{n}: {our_structs.get(n)} / {their_structs.get(n)}" for n in sorted(differing)))

    with tempfile.TemporaryDirectory() as folder:
        code = program((names[0] & names[1]) - GROWN, {n: m for n, m in our_structs.items() if n not in differing})
        shown = []
        for name, include in (("show-ours", ours), ("show-theirs", theirs)):
            built = build(code, include, folder, name)
            run = built.returncode == 0 and subprocess.run([os.path.join(folder, name)], capture_output=True, text=True)
            shown.append(set(run.stdout.splitlines()) if run else {built.stderr})
        result(3, shown[0] == shown[1] and len(shown[0]) > 100, f"{len(shown[0])} values, sizes and offsets",
               "\n".join(sorted(shown[0] ^ shown[1])))
        built = [build(assertions(public), include, folder, "types") for include in (ours, theirs)]
        result(4, all(b.returncode == 0 for b in built),
               f"types of {len(public.functions)} functions and {len(public.callbacks)} callbacks",
               "\n".join(line for b in built for line in b.stderr.splitlines() if "error" in line))
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
