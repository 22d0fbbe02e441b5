# SPDX-License-Identifier: LGPL-2.1-or-later
"""A network namespace of a test's own, where bridges, addresses and rules do no harm, and helpers to look at it."""

import json
import os
import re
import subprocess
import sys
import time

import harness

INSIDE = "MODVIRT_TEST_NAMESPACE"


def enter():
    """Runs the program again in a new network namespace, with a /sys that shows it and the loopback device up."""
    if os.environ.get(INSIDE):
        return
    if os.geteuid() != 0:
        raise harness.Skip("bridges and namespaces need root")
    os.environ[INSIDE] = "1"
    script = 'mount -t sysfs sysfs /sys && ip link set lo up && exec "$@"'
    os.execvp("unshare", ["unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", script, "sh",
                          sys.executable, *sys.argv])


def enter_system(*shown):
    """Runs the program again where the system's own directories, those that the daemons were built for, are empty.
    shown: directories of the system's, below one of these, that are there all the same if the system has them."""
    if os.environ.get(INSIDE):
        return
    if os.geteuid() != 0:
        raise harness.Skip("the system's directories need root")
    with open(os.path.join(harness.BUILD, "config.h"), encoding="utf-8") as file:
        folders = dict(re.findall(r'#define (\w+DIR) "(.*)"', file.read()))
    state = folders["LOCALSTATEDIR"]
    script = ["set -e", "copy=$(mktemp -d)", "mount -t tmpfs tmpfs $copy", f"cp -a {folders['SYSCONFDIR']}/. $copy",
              "rm -rf $copy/libvirt", f"mount --bind $copy {folders['SYSCONFDIR']}", "umount -l $copy", "rmdir $copy"]
    shown = [path for path in shown if os.path.isdir(path)]
    for number, path in enumerate(shown):
        script += [f"shown{number}=$(mktemp -d)", f"mount --bind {path} $shown{number}"]
    for folder in (folders["RUNSTATEDIR"], *(f"{state}/{name}" for name in ("lib", "cache", "log"))):
        script.append(f"mount -t tmpfs -o mode=755 tmpfs {folder}")
    for number, path in enumerate(shown):
        script += [f"mkdir -p {path}", f"mount --bind $shown{number} {path}", f"umount $shown{number}",
                   f"rmdir $shown{number}"]
    os.environ[INSIDE] = "1"
    os.environ["MODVIRT_TEST_RUNSTATEDIR"] = folders["RUNSTATEDIR"]
    os.environ["MODVIRT_TEST_SYSCONFDIR"] = folders["SYSCONFDIR"]
    os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", "sh", "-c", "\n".join(script + ['exec "$@"']),
                          "sh", sys.executable, *sys.argv])


# Where daemons of the system have their files.
PLACES = ("/etc/libvirt", "/var/lib/libvirt", "/var/cache/libvirt", "/var/log/libvirt")
OWN_HOST = ["set -e", "mount -t sysfs sysfs /sys", "ip link set lo up", "mount -t tmpfs tmpfs /run", "mkdir /run/test",
            "mkdir -p " + " ".join(PLACES), *(f"mount -t tmpfs -o mode=755 tmpfs {place}" for place in PLACES)]


def enter_host(*more):
    """Runs the program again as on a host of its own: a network, and places of the system's daemons' files that are empty.
    more: what else a shell does before."""
    if os.environ.get(INSIDE):
        return
    if os.geteuid() != 0:
        raise harness.Skip("namespaces need root")
    os.environ[INSIDE] = "1"
    for variable in ("DBUS_SYSTEM_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS"):
        os.environ.pop(variable, None)
    script = "\n".join([*OWN_HOST, *more, 'exec "$@"'])
    os.execvp("unshare", ["unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", script, "sh",
                          sys.executable, *sys.argv])


def enter_container():
    """As enter_host, and as in a container: a root that cannot be written to but for those places, sysctls that are as they
    are, no machine-id, no bus."""
    os.environ.update({"TMPDIR": "/run/test", "PYTHONDONTWRITEBYTECODE": "1"})
    enter_host("[ ! -e /etc/machine-id ] || mount --bind /dev/null /etc/machine-id", "mount -o remount,bind,ro /",
               "echo 1 > /proc/sys/net/ipv4/ip_forward", "mount --bind /proc/sys /proc/sys", "mount -o remount,bind,ro /proc/sys")


def leave_root():
    """Runs the program again as an ordinary user, in a network namespace of its own, where no other test's servers are.
    libvirt's clients take root for the system, whatever the URI says."""
    user = "unshare --user --map-user=1000 --map-group=1000"
    if os.geteuid() != 0:
        return
    if subprocess.run([*user.split(), "true"], capture_output=True, check=False).returncode != 0:
        raise harness.Skip("user namespaces are not to be had")
    script = f'ip link set lo up && exec {user} "$@"'
    os.execvp("unshare", ["unshare", "--net", "sh", "-c", script, "sh", sys.executable, *sys.argv])


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def links():
    """Link name -> its addresses."""
    out = subprocess.run(["ip", "-json", "address"], check=True, capture_output=True, text=True).stdout
    return {link["ifname"]: [address["local"] for address in link["addr_info"]] for link in json.loads(out)}


def ruleset():
    return subprocess.run(["nft", "list", "ruleset"], check=True, capture_output=True, text=True).stdout


def listeners():
    """Addresses of the TCP sockets that listen, as (address, port)."""
    out = subprocess.run(["ss", "-Htln"], check=True, capture_output=True, text=True).stdout
    found = set()
    for line in out.splitlines():
        address, port = line.split()[3].rsplit(":", 1)
        found.add((address.strip("[]").split("%")[0], int(port)))
    return found


def wait_for(what, condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.02)


def expect(code, call, text=""):
    """call must fail with this error code, and with text in its message."""
    import libvirt
    try:
        call()
    except libvirt.libvirtError as error:
        assert error.get_error_code() == code and text in str(error), error
        return
    raise AssertionError(f"no error {code}")


def connect(daemon):
    import libvirt
    libvirt.registerErrorHandler(lambda *_: None, None)
    return libvirt.open(daemon.uri())
