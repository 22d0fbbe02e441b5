#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs rpcgen for one .x file. rpcgen refuses to overwrite and derives its include from its input's name, hence this.

usage: run_rpcgen.py RPCGEN FILE.x OUT.h OUT.c
"""

import os
import shutil
import subprocess
import sys
import tempfile


def main():
    rpcgen, source, header_path, source_path = sys.argv[1:]
    name = os.path.basename(source)
    header = os.path.splitext(name)[0] + ".h"
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(source, os.path.join(folder, name))

        def run(mode):
            return subprocess.run([rpcgen, "-M", mode, name], cwd=folder, check=True, capture_output=True, text=True).stdout

        with open(header_path, "w", encoding="utf-8") as out:
            out.write(run("-h"))
        with open(source_path, "w", encoding="utf-8") as out:
            out.write(run("-c").replace(f'#include "{header}"', f'#include "rpc/protocol/{header}"'))


if __name__ == "__main__":
    main()
