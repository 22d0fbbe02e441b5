# SPDX-License-Identifier: LGPL-2.1-or-later
"""The pool-* and vol-* commands: ours says what the stock virsh says of the same daemon, and as JSON what it means."""

import json
import os
import re
import subprocess
import time

import harness
import namespace
from storage import MIB, StorageHost, image_info, pool_xml, volume_xml


class VirshHost(StorageHost):
    """A host with a pool that has two volumes, and both virshes."""

    def __enter__(self):
        super().__enter__()
        os.makedirs(self.path("images"))
        self.ours("pool-define-as", "images", "dir", "--target", self.path("images"))
        self.ours("pool-start", "images")
        self.ours("vol-create-as", "images", "a", "1M", "--allocation", "0")
        self.ours("vol-create-as", "images", "b.qcow2", "8MiB", "--format", "qcow2")
        return self

    def virsh(self, program, words, **options):
        return self.run(program, "-c", self.storage.uri(), *words, **options)

    def ours(self, *words):
        return self.virsh(harness.find_binary("virsh"), words).stdout

    def stock(self, *words):
        return self.virsh("/usr/bin/virsh", words).stdout

    def json(self, *words):
        return json.loads(self.ours(*words, "--output", "json"))

    def fails(self, text, *words):
        done = self.virsh(harness.find_binary("virsh"), words, check=False)
        assert done.returncode == 1 and text in done.stderr, done.stderr

    def file(self, name, text):
        path = os.path.join(self.root, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path


def lines(text):
    """Without blanks, and lines of nothing, at the end."""
    return [line.rstrip() for line in text.rstrip().splitlines()]


def test_same_words():
    with VirshHost() as host:
        host.ours("pool-define-as", "off", "dir", "--target", host.path("off"))
        path = host.path("images", "a")
        uuid = host.ours("pool-uuid", "images").strip()
        same = [
            "pool-list", "pool-list --all", "pool-list --all --details", "pool-list --inactive --name", "pool-list --uuid",
            "pool-list --type dir,fs", "pool-list --type fs", "pool-list --transient", "pool-list --autostart --all",
            "pool-info images", "pool-info images --bytes", "pool-info off", "pool-dumpxml images", "pool-dumpxml off --inactive",
            "pool-dumpxml images --xpath //path", f"pool-name {uuid}", "pool-uuid images", "pool-capabilities", "vol-list images",
            "vol-list images --details", "vol-info a --pool images", "vol-info a --pool images --bytes",
            "vol-info b.qcow2 --pool images --physical", f"vol-info {path}", f"vol-name {path}", f"vol-pool {path}",
            f"vol-pool {path} --uuid", "vol-key a --pool images", "vol-path a --pool images", f"vol-dumpxml {path}",
            "vol-dumpxml b.qcow2 --pool images", "pool-event --list", "pool-autostart images", "pool-autostart images --disable",
            "pool-refresh images", "pool-build off", "vol-create-as images c 1000 --print-xml", "vol-wipe a --pool images",
            "vol-resize a 1M --pool images", "pool-define-as x netfs h /e --target /t --print-xml",
            "pool-define-as y logical --source-dev /dev/x --source-name vg --source-format lvm2 --print-xml",
        ]
        for command in same:
            ours, theirs = lines(host.ours(*command.split())), lines(host.stock(*command.split()))
            assert ours == theirs, f"{command}\n{ours}\n{theirs}"
        # What cannot be done twice is done by the one, undone, and done by the other.
        pairs = [("pool-start off", "pool-destroy off"), ("vol-clone a d --pool images", "vol-delete d --pool images"),
                 ("vol-resize a 1M --delta --pool images", "vol-resize a 1M --delta --shrink --pool images"),
                 ("vol-create-as images e 1M --format qcow2", f"vol-delete {host.path('images', 'e')}"),
                 ("pool-create-as n dir --target /tmp", "pool-destroy n"), ("pool-delete off", "pool-build off"),
                 ("pool-undefine off", f"pool-define-as off dir --target {host.path('off')}")]
        for pair in pairs:
            ours = [lines(host.ours(*command.split())) for command in pair]
            assert ours == [lines(host.stock(*command.split())) for command in pair], ours


def test_refused():
    with VirshHost() as host:
        host.fails("failed to get pool 'none'", "pool-info", "none")
        host.fails("failed to get vol 'none', specifying --pool might help", "vol-info", "none")
        host.fails("failed to get vol 'none'", "vol-info", "none", "--pool", "images")
        host.fails("Invalid pool type 'warp'", "pool-list", "--type", "dir,warp")
        host.fails("Invalid size 'much'", "vol-create-as", "images", "x", "much")
        host.fails("Invalid size '-1'", "vol-resize", "a", "--capacity", "-1", "--pool", "images")
        host.fails("Unsupported algorithm 'fire'", "vol-wipe", "a", "--pool", "images", "--algorithm", "fire")
        host.fails("Failed to wipe vol a", "vol-wipe", "a", "--pool", "images", "--algorithm", "dod")
        host.fails("Failed to find any netfs pool sources", "find-storage-pool-sources", "netfs")
        host.fails("Failed to create vol a", "vol-create-as", "images", "a", "1M")
        host.fails("unknown event type warp", "pool-event", "warp")
        host.fails("storage pools of type 'zfs'", "pool-define-as", "z", "zfs")


def test_json():
    with VirshHost() as host:
        pool, = host.json("pool-list", "--details")
        assert pool["name"] == "images" and pool["state"] == "running" and pool["autostart"] is False and pool["persistent"] is True
        assert pool["capacity"] == pool["allocation"] + pool["available"] > 0
        info = host.json("pool-info", "images")
        assert info["capacity"] == pool["capacity"] and len(info["uuid"]) == 36
        first, second = host.json("vol-list", "images", "--details")
        assert (first["name"], first["type"], first["capacity"]) == ("a", "file", MIB)
        assert second["path"] == host.path("images", "b.qcow2")
        assert host.json("vol-info", "a", "--pool", "images") == {"name": "a", "type": "file", "capacity": MIB, "allocation": 0}
        assert host.json("vol-info", "a", "--pool", "images", "--physical")["physical"] == MIB
        assert host.json("pool-list", "--name") == ["images"]
        assert "<pool" in host.json("pool-dumpxml", "images")["xml"]


def test_documents():
    with VirshHost() as host:
        file = host.file("pool.xml", pool_xml("brief", host.path("brief")))
        assert host.ours("pool-create", file, "--build") == f"Pool brief created from {file}\n\n"
        assert host.json("pool-list", "--transient", "--name") == ["brief"]
        host.ours("pool-destroy", "brief")
        assert "Pool brief defined" in host.ours("pool-define", file, "--validate")
        host.env["EDITOR"] = f"sed -i s,{host.path('brief')},{host.path('moved')},"
        assert "edited" in host.ours("pool-edit", "brief") and host.path("moved") in host.ours("pool-dumpxml", "brief")
        host.ours("pool-start", "brief", "--build")
        file = host.file("vol.xml", volume_xml("v", 1024, "qcow2"))
        assert f"Vol v created from {file}" in host.ours("vol-create", "brief", file)
        file = host.file("copy.xml", volume_xml("copy", 0))
        assert "Vol copy created from input vol a" in host.ours("vol-create-from", "brief", file, "a", "--inputpool", "images")
        top = host.ours("vol-create-as", "brief", "top", "1M", "--format", "qcow2", "--backing-vol", "v",
                        "--backing-vol-format", "qcow2")
        assert "Vol top created" in top and image_info(host.path("moved", "top"))["backing-filename"] == host.path("moved", "v")
        assert "Vol a2 cloned from a" in host.ours("vol-clone", host.path("images", "a"), "a2")
        assert os.stat(host.path("images", "a2")).st_size == MIB


def test_data():
    with VirshHost() as host:
        content = os.urandom(300000) + bytes(400000) + os.urandom(100000)
        source, target = host.file("source", ""), host.file("target", "old")
        with open(source, "wb") as file:
            file.write(content[:300000])
            file.seek(700000)
            file.write(content[700000:])
        for more in ([], ["--sparse"]):
            host.ours("vol-upload", "a", source, "--pool", "images", *more)
            host.ours("vol-download", "a", target, "--pool", "images", "--length", "800000", *more)
            assert open(target, "rb").read() == content
            host.ours("vol-wipe", "a", "--pool", "images")
        host.ours("vol-upload", "a", source, "--pool", "images", "--offset", "100", "--length", "800000")
        host.ours("vol-download", "a", target, "--pool", "images", "--offset", "100", "--length", "5000")
        assert open(target, "rb").read() == content[:5000]
        host.fails("cannot create file", "vol-download", "a", "/nowhere/x", "--pool", "images")
        host.fails("cannot read file", "vol-upload", "a", "/nowhere/x", "--pool", "images")


def test_events():
    with VirshHost() as host:
        for words, call, text in ((["refresh"], ["pool-refresh", "images"], "event 'refresh' for storage pool images\n"),
                                  (["lifecycle", "--pool", "images"], ["pool-destroy", "images"],
                                   "event 'lifecycle' for storage pool images: Stopped\n")):
            waiting = subprocess.Popen([harness.find_binary("virsh"), "-c", host.storage.uri(), "pool-event", *words, "--timeout", "20"],
                                       env=host.env, stdout=subprocess.PIPE, text=True)
            # It has registered some time after it was started.
            while waiting.poll() is None:
                host.ours(*call)
                if call[0] == "pool-destroy":
                    time.sleep(0.2)
                    host.ours("pool-start", "images")
                time.sleep(0.1)
            out = waiting.communicate()[0]
            assert re.sub("Started", "Stopped", out).startswith(text), out


def prepare():
    namespace.leave_root()
    harness.need("qemu-img", "/usr/bin/virsh")


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")], prepare)
