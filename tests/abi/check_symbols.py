#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The libraries export what their version scripts say, and what the distribution's libraries export. Speaks TAP.

usage: check_symbols.py SOURCE_DIR LIBRARY...
"""

import glob
import os
import re
import subprocess
import sys


def exported(path):
    """'name@version' of every symbol that a library defines; its private ones are its own business."""
    out = subprocess.run(["readelf", "-W", "--dyn-syms", path], check=True, capture_output=True, text=True).stdout
    found = set()
    for line in out.splitlines():
        columns = line.split()
        if len(columns) < 8 or columns[6] in ("UND", "ABS") or "@" not in columns[7]:
            continue
        name, version = columns[7].replace("@@", "@").split("@")
        if "PRIVATE" not in version:
            found.add(f"{name}@{version}")
    return found


def scripted(path):
    """The same of a version script."""
    text = re.sub(r"#.*", "", open(path, encoding="utf-8").read())
    found = set()
    for node in re.finditer(r"(\w[\w.]*)\s*\{(.*?)\}", text, re.S):
        body = node[2].split("local:")[0].replace("global:", "")
        if "PRIVATE" not in node[1]:
            found |= {f"{name.strip()}@{node[1]}" for name in body.split(";") if name.strip()}
    return found


def soname(path):
    out = subprocess.run(["readelf", "-d", path], check=True, capture_output=True, text=True).stdout
    return re.search(r"SONAME.*\[(.*)\]", out)[1]


def distribution_library(name, own):
    for path in glob.glob(f"/usr/lib/*/{name}") + glob.glob(f"/usr/lib/{name}") + glob.glob(f"/usr/lib64/{name}"):
        if os.path.realpath(path) != os.path.realpath(own):
            return path
    return None


def level(symbol):
    """The libvirt version in a symbol's, as numbers."""
    return [int(n) for n in re.findall(r"\d+", symbol.split("@")[1])]


def later_than(theirs, ours):
    """Symbols of ours from libvirt versions that the other library is too old for."""
    newest = max(map(level, theirs))
    return {symbol for symbol in ours if level(symbol) > newest}


def main():
    source, libraries = sys.argv[1], sys.argv[2:]
    print(f"1..{3 * len(libraries)}")
    failures = 0
    number = 0

    def result(ok, what, differences=()):
        nonlocal number, failures
        number += 1
        failures += not ok
        print(f"{'ok' if ok else 'not ok'} {number} - {what}")
        for line in sorted(differences)[:50]:
            print(f"# {line}")

    for library in libraries:
        name = soname(library)
        ours = exported(library)
        result(name == os.path.basename(library).rsplit(".so", 1)[0] + ".so.0", f"{name}: its name")
        table = scripted(os.path.join(source, name.split(".")[0] + ".map"))
        result(ours == table, f"{name} and its version script", ours ^ table)
        other = distribution_library(name, library)
        if other:
            theirs = exported(other)
            later = later_than(theirs, ours)
            result(ours - later == theirs, f"{name} and {other}: {len(ours)} symbols, {len(later)} of later levels",
                   (ours - later) ^ theirs)
        else:
            result(True, f"{name} and the distribution's # SKIP it has no {name}")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
