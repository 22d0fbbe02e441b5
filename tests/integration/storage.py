# SPDX-License-Identifier: LGPL-2.1-or-later
"""What tests of pools and volumes share: a host with virtstoraged, documents, and qemu-img as the judge of images."""

import json
import os
import subprocess

import harness
from namespace import connect

POOL = "<pool type='dir'><name>{name}</name><target><path>{path}</path></target></pool>"
VOLUME = ("<volume><name>{name}</name><capacity unit='KiB'>{kib}</capacity>{more}"
          "<target><format type='{format}'/>{target}</target>{backing}</volume>")
MIB = 1024 * 1024


def pool_xml(name, path):
    return POOL.format(name=name, path=path)


def volume_xml(name, kib=1024, format="raw", more="<allocation>0</allocation>", target="", backing=""):
    return VOLUME.format(name=name, kib=kib, format=format, more=more, target=target, backing=backing)


def backing_xml(path, format):
    return f"<backingStore><path>{path}</path><format type='{format}'/></backingStore>"


class StorageHost(harness.Host):
    """A host on which virtstoraged runs, and a directory for its pools."""

    def __enter__(self):
        super().__enter__()
        self.images = os.path.join(self.root, "images")
        self.storage = self.start("virtstoraged")
        return self

    def connect(self):
        return connect(self.storage)

    def path(self, *names):
        return os.path.join(self.images, *names)

    def pool(self, connection, name="images", folder=None):
        """A new pool that is active."""
        pool = connection.storagePoolDefineXML(pool_xml(name, self.path(folder or name)))
        pool.build()
        pool.create()
        return pool

    def left(self):
        """Files that are not whole, anywhere below the pools."""
        return [name for _, _, names in os.walk(self.images) for name in names if name.startswith(".virtstoraged")]


def image_info(path):
    """What qemu-img says of an image."""
    out = subprocess.run(["qemu-img", "info", "--output=json", path], capture_output=True, check=True).stdout
    return json.loads(out)


def names(pool):
    return sorted(pool.listVolumes())
