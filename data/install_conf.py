#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Installs configuration files where there are none: what an administrator wrote stays.

usage: install_conf.py DIRECTORY FILE...
"""

import os
import shutil
import sys


def main():
    directory, *files = sys.argv[1:]
    target = os.environ.get("DESTDIR", "") + directory
    os.makedirs(target, exist_ok=True)
    for file in files:
        path = os.path.join(target, os.path.basename(file))
        if os.path.exists(path):
            print(f"{path} stays as it is")
        else:
            shutil.copyfile(file, path)


if __name__ == "__main__":
    main()
