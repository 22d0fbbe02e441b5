#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Media that are put into the drives of guests that run, and taken out."""

import os
import random

import guests
import harness
from guests import expect_error, libvirt, wait_until
from plugstage import CONFIG, LIVE, Stage

KILLS = int(os.environ.get("MODVIRT_TEST_KILLS", "12"))


def test_media():
    drives = "<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/><readonly/></disk><disk type='file' device='floppy'><target dev='fda' bus='fdc'/></disk>"
    with Stage(devices=drives) as stage:
        stage.run_guest()
        empty = stage.state()

        def source(target):
            for disk in stage.devices("disk"):
                if disk.find("target").get("dev") == target:
                    return disk.find("source").get("file") if disk.find("source") is not None else None
            raise AssertionError(target)

        def change(name, flags=LIVE, target="hdc", bus="ide", device="cdrom"):
            stage.domain.updateDeviceFlags(stage.disk(name, target, bus, device), flags)
            assert source(target) == (stage.image(name) if name else None)

        change("one")
        wait_until(lambda: stage.heard == [("tray", "ide0-1-0", 0), ("tray", "ide0-1-0", 1)], f"the tray; {stage.heard}")
        change("two")
        change("two")
        change("three", target="fda", bus="fdc", device="floppy")
        # What cannot be had leaves what there is: an image that is not there, one that another has.
        stage.domain.attachDeviceFlags(stage.disk("held", "sda", "scsi"), LIVE)
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "lock", change, "held")
        os.unlink(stage.image("gone"))
        gone = stage.disk("gone", "hdc", "ide", "cdrom").replace("gone.img", "nothing.img")
        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "nothing.img", stage.domain.updateDeviceFlags, gone, LIVE)
        assert source("hdc") == stage.image("two")
        inserted = {drive["qdev"]: drive["inserted"]["file"] for drive in stage.ask("query-block") if "inserted" in drive}
        assert inserted["ide0-1-0"] == stage.image("two"), inserted
        stage.restart()
        assert source("hdc") == stage.image("two") and source("fda") == stage.image("three")
        change(None, LIVE | CONFIG)
        # By the number alone clients see that there was a medium, and may eject once more, also after a restart.
        assert "<source index='" in stage.domain.XMLDesc()
        stage.restart()
        assert "<source index='" in stage.domain.XMLDesc()
        assert "<source index" not in stage.domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
        change(None, LIVE | libvirt.VIR_DOMAIN_DEVICE_MODIFY_FORCE)
        change(None, target="fda", bus="fdc", device="floppy")
        stage.domain.detachDeviceAlias("scsi0-0-0-0", LIVE)
        wait_until(lambda: stage.state() == empty, f"nothing to be left: {stage.state()} and {empty}")
        expect_error(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "removable drives", lambda: (
            stage.domain.attachDeviceFlags(stage.disk("one", "vda"), LIVE),
            stage.domain.updateDeviceFlags(stage.disk("two", "vda"), LIVE)))
        expect_error(libvirt.VIR_ERR_XML_ERROR, f"'vda' duplicated for disk sources '{stage.image('one')}'",
                     stage.domain.attachDeviceFlags, stage.disk("two", "vda"), LIVE)
        expect_error(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "serial", stage.domain.updateDeviceFlags,
                     stage.disk("one", "vda", more="<serial>x</serial>"), LIVE)
        expect_error(libvirt.VIR_ERR_INTERNAL_ERROR, "vdz", stage.domain.updateDeviceFlags, stage.disk("one", "vdz"), LIVE)
        expect_error(libvirt.VIR_ERR_INVALID_ARG, "vdz", stage.domain.updateDeviceFlags, stage.disk("one", "vdz"), CONFIG)
        # A daemon that is killed in the middle finds out what is in the drive.
        for turn in range(KILLS):
            killer = stage.kill_after(random.uniform(0, 0.03))
            try:
                stage.domain.updateDeviceFlags(stage.disk(["one", "two", None][turn % 3], "hdc", "ide", "cdrom"), LIVE)
            except libvirt.libvirtError:
                pass
            killer.join()
            stage.restart()

            def is_told():
                drive = [entry for entry in stage.ask("query-block") if entry["qdev"] == "ide0-1-0"][0]
                return source("hdc") == drive.get("inserted", {}).get("file")

            wait_until(is_told, f"the document to say what is in the drive (turn {turn})")
        stage.domain.updateDeviceFlags(stage.disk(None, "hdc", "ide", "cdrom"), LIVE)
        wait_until(lambda: not any("libvirt-" in node["node-name"] and "one.img" not in node["file"]
                                   for node in stage.ask("query-named-block-nodes")), "no node to be left over")


def test_order_of_booting_without_the_medium():
    """It is changed before the medium, and is as it was when that cannot be had."""
    drive = "<disk type='file' device='cdrom'>{source}<target dev='hdc' bus='ide'/><readonly/><boot order='{order}'/></disk>"
    with Stage(devices=drive.format(source="", order=1)) as stage:
        stage.run_guest()

        def order():
            return stage.ask("qom-get", path="/machine/peripheral/ide0-1-0", property="bootindex")

        expect_error(libvirt.VIR_ERR_SYSTEM_ERROR, "nothing.img", stage.domain.updateDeviceFlags,
                     drive.format(source="<source file='/nothing.img'/>", order=3), LIVE)
        assert order() == 1 and stage.devices("disk")[0].find("boot").get("order") == "1"
        stage.domain.updateDeviceFlags(drive.format(source=f"<source file='{stage.image('one')}'/>", order=3), LIVE)
        assert order() == 3 and stage.devices("disk")[0].find("boot").get("order") == "3"


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")], guests.need_qemu)
