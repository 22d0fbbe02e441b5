# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs that people use with libvirt, unmodified, against our daemons."""

import json
import os
import re
import select
import subprocess
import sys

import harness
import namespace
from namespace import wait_for

KERNEL = os.path.join(harness.BUILD, "tests", "integration", "kernel.elf")
OUR_VIRSH = os.path.join(harness.BUILD, "src", "virsh", "virsh")
GUEST = """<domain type='qemu'><name>{name}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='q35'>hvm</type></os>
<devices><graphics type='vnc' autoport='yes'><listen type='network' network='example-net'/></graphics>
<serial type='pty'/></devices></domain>"""
LOOPBACK = "<network><name>example-net</name><forward mode='bridge'><interface dev='lo'/></forward></network>"


class Stage(harness.Host):
    """A session with all daemons, as clients find it without being told a socket; example-net runs."""

    def __enter__(self):
        for name in ("virtnetworkd", "virtstoraged", "virtqemud", "virtproxyd"):
            self.start(name)
        self.write("network.xml", LOOPBACK)
        self.stock("net-create", "network.xml")
        return self

    def __exit__(self, *error):
        for name in self.run(OUR_VIRSH, "-c", "qemu:///session", "list", "--name", check=False).stdout.split():
            self.run(OUR_VIRSH, "-c", "qemu:///session", "destroy", name, check=False)
        super().__exit__(*error)

    def write(self, name, text):
        path = os.path.join(self.root, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def stock(self, *words, check=True):
        """libvirt's own virsh."""
        return self.run("virsh", "-c", "qemu:///session", *words, check=check).stdout

    def ours(self, *words, check=True):
        return self.run(OUR_VIRSH, "-c", "qemu:///session", *words, check=check).stdout


def test_stock_virsh():
    harness.need("virsh")
    with Stage() as host:
        host.write("guest.xml", GUEST.format(name="guest"))
        assert "Domain 'guest' defined" in host.stock("define", "guest.xml")
        assert "Domain 'guest' started" in host.stock("start", "guest")
        assert re.search(r"guest +running", host.stock("list"))
        assert host.stock("domdisplay", "guest").strip().startswith("vnc://127.0.0.1:")
        assert "address='127.0.0.1'" in host.stock("dumpxml", "guest")
        assert "address='127.0.0.1'" not in host.stock("dumpxml", "--inactive", "guest")
        assert "address='127.0.0.1'" not in host.stock("dumpxml", "--migratable", "guest")
        assert "image/" in host.stock("screenshot", "guest", "shot")
        assert os.path.getsize(os.path.join(host.root, "shot")) > 100
        assert "State:          running" in host.stock("dominfo", "guest")
        assert "paused (user)" in (host.stock("suspend", "guest"), host.stock("domstate", "--reason", "guest"))[1]
        host.stock("resume", "guest")
        assert "Network example-net" in host.stock("net-destroy", "example-net")
        host.stock("destroy", "guest")
        host.stock("undefine", "guest")
        assert host.stock("list", "--all", "--name").strip() == ""


def numberless(text):
    """Counters go on between two questions."""
    return re.sub(r"\d+", "N", text)


def test_our_virsh_says_the_same():
    harness.need("virsh", "qemu-img")
    with Stage() as host:
        host.run("qemu-img", "create", "-q", "-f", "qcow2", "disk.qcow2", "10M")
        disk = (f"<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{host.root}/disk.qcow2'/>"
                "<target dev='vda' bus='virtio'/></disk>")
        host.write("guest.xml", GUEST.format(name="guest").replace("<devices>", "<devices>" + disk))
        host.ours("define", "guest.xml")
        host.ours("start", "guest")
        for words in (["list"], ["list", "--all", "--title"], ["list", "--all", "--uuid"], ["list", "--name"],
                      ["domstate", "guest", "--reason"], ["domid", "guest"], ["domuuid", "guest"], ["dumpxml", "guest"],
                      ["dumpxml", "guest", "--inactive"], ["dumpxml", "guest", "--xpath", "//graphics"],
                      ["dumpxml", "guest", "--xpath", "//listen/@type"], ["dumpxml", "guest", "--xpath", "//none"],
                      ["dumpxml", "guest", "--xpath", "//alias|//name", "--wrap"],
                      ["net-dumpxml", "example-net", "--xpath", "//forward"], ["domdisplay", "guest"], ["vncdisplay", "guest"],
                      ["net-list", "--all"], ["net-info", "example-net"], ["net-dumpxml", "example-net"], ["uri"],
                      ["version"], ["hostname"], ["nodeinfo"], ["capabilities"], ["-q", "list"]):
            assert host.ours(*words) == host.stock(*words), words
        for words in (["domblklist", "guest"], ["domblklist", "guest", "--details"], ["domiflist", "guest"], ["dommemstat", "guest"],
                      ["domblkstat", "guest", "vda"], ["domblkinfo", "guest", "vda"], ["domstats", "guest", "--state", "--vcpu"]):
            assert numberless(host.ours(*words)) == numberless(host.stock(*words)), words
        assert json.loads(host.ours("domstats", "--state", "--output", "json"))[0]["state.state"] == 1
        for words in (["start", "guest"], ["net-start", "nowhere"], ["no-such-command"], ["list", "--bogus"], ["start"]):
            ours = host.run(OUR_VIRSH, "-c", "qemu:///session", *words, check=False)
            stock = host.run("virsh", "-c", "qemu:///session", *words, check=False)
            assert ours.returncode == stock.returncode and ours.stderr.startswith(stock.stderr.split("\n")[0]), (ours, stock)
        for words in (["desc", "guest"], ["desc", "guest", "words", "--config"], ["desc", "guest", "--config"],
                      ["desc", "guest", "--title", "name", "--config"], ["setmem", "guest", "30M", "--config"],
                      ["setmaxmem", "guest", "64M", "--config"], ["setvcpus", "guest", "1", "--config"],
                      ["qemu-monitor-command", "guest", "--hmp", "info name"]):
            assert host.ours(*words) == host.stock(*words), words
        host.env["EDITOR"] = "sed -i s/words/other/"
        host.ours("edit", "guest")
        assert host.stock("desc", "guest", "--config").strip() == "other"
        listed = json.loads(host.ours("list", "--output", "json"))
        assert [(d["name"], d["state"]) for d in listed] == [("guest", "running")]
        assert json.loads(host.ours("dominfo", "guest", "--output", "json"))["persistent"] is True
        assert json.loads(host.ours("net-list", "--output", "json"))[0]["name"] == "example-net"
        shell = subprocess.run([OUR_VIRSH, "-c", "qemu:///session"], env=host.env, cwd=host.root, text=True,
                               input="list\nno-such\ndomstate guest; echo done\nquit\n", capture_output=True, timeout=30)
        assert "running" in shell.stdout and "done" in shell.stdout and "unknown command" in shell.stderr, shell


def test_our_virsh_says_the_same_of_numbers():
    """Processors, jobs, the host; what changes between two questions is compared without its numbers."""
    harness.need("virsh")
    with Stage() as host:
        guest = GUEST.format(name="guest").replace("<devices>", "<devices><console type='pty'/>", 1)
        host.write("guest.xml", guest.replace("<os>", "<metadata><a:x xmlns:a='urn:a'>hi</a:x></metadata><os>", 1))
        host.ours("define", "guest.xml")
        host.ours("start", "guest")
        for words in (["vcpucount", "guest"], ["vcpucount", "guest", "--maximum", "--config"], ["vcpucount", "guest", "--live"],
                      ["vcpupin", "guest"], ["vcpupin", "guest", "0"], ["emulatorpin", "guest"], ["nodecpumap"],
                      ["nodecpumap", "--pretty"], ["domcontrol", "guest"], ["domblkerror", "guest"], ["ttyconsole", "guest"],
                      ["metadata", "guest", "urn:a"], ["metadata", "guest", "urn:b", "--config", "--key", "b", "--set", "<y/>"],
                      ["metadata", "guest", "urn:b", "--config"], ["metadata", "guest", "urn:b", "--config", "--remove"],
                      ["send-key", "guest", "KEY_A"], ["send-key", "guest", "--holdtime", "50", "30", "0x1e"],
                      ["inject-nmi", "guest"], ["cpu-models", "x86_64"], ["sysinfo"],
                      ["domstats", "guest", "guest", "--state"], ["qemu-monitor-command", "guest", "--hmp", "info", "name"]):
            assert host.ours(*words, check=False) == host.stock(*words, check=False), words
        for words in (["vcpuinfo", "guest"], ["vcpuinfo", "guest", "--pretty"], ["nodecpustats"], ["nodecpustats", "0"],
                      ["nodecpustats", "--percent"], ["nodememstats"], ["nodememstats", "0"], ["freecell"], ["freecell", "--all"],
                      ["freecell", "0"], ["freepages", "--all"], ["freepages", "0", "4K"], ["iothreadinfo", "guest"],
                      ["domjobinfo", "guest"]):
            assert numberless(host.ours(*words)).split() == numberless(host.stock(*words)).split(), words
        for words in (["metadata", "guest", "urn:b"], ["send-key", "guest", "KEY_BAD"], ["domjobabort", "guest"],
                      ["dompmwakeup", "guest"], ["freepages"], ["nodememstats", "77"], ["freecell", "77"]):
            answer = [host.run(program, "-c", "qemu:///session", *words, check=False) for program in (OUR_VIRSH, "virsh")]
            assert answer[0].returncode == answer[1].returncode == 1 and answer[0].stderr.startswith("error: "), answer
        for words, key in ((["vcpucount", "guest"], "count"), (["vcpuinfo", "guest"], "affinity"), (["vcpupin", "guest"], "vcpu"),
                           (["freepages", "--all"], "free"), (["freecell", "--all"], "free_kib")):
            assert key in json.loads(host.ours(*words, "--output", "json"))[0], words
        for words, key in ((["nodecpustats"], "user"), (["nodecpustats", "--percent"], "usage"), (["nodememstats"], "free"),
                           (["nodecpumap"], "map"), (["domcontrol", "guest"], "state"), (["domjobinfo", "guest"], "type"),
                           (["emulatorpin", "guest"], "affinity"), (["metadata", "guest", "urn:a"], "xml")):
            assert key in json.loads(host.ours(*words, "--output", "json")), words


def events_so_far(watcher):
    """What a virsh that prints events as JSON has printed since it was last asked; a line at a time."""
    found = []
    while select.select([watcher.stdout], [], [], 0)[0]:
        line = watcher.stdout.readline()
        if not line:
            break
        found += [json.loads(line)] if line.startswith(b"{") else []
    return found


def test_virsh_monitor_events():
    with Stage() as host:
        host.write("guest.xml", GUEST.format(name="guest"))
        host.ours("define", "guest.xml")
        host.ours("start", "guest")
        watcher = subprocess.Popen([OUR_VIRSH, "-c", "qemu:///session", "qemu-monitor-event", "guest", "--event", "STOP|RESUME",
                                    "--regex", "--loop", "--timeout", "20", "--output", "json"], env=host.env,
                                   stdout=subprocess.PIPE, bufsize=0)
        try:
            seen = []
            for _ in range(40):
                host.ours("suspend", "guest")
                host.ours("resume", "guest")
                seen += events_so_far(watcher)
                if {event["event"] for event in seen} == {"STOP", "RESUME"}:
                    break
            assert {event["event"] for event in seen} == {"STOP", "RESUME"} and seen[0]["domain"] == "guest", seen
        finally:
            watcher.kill()
            watcher.wait()


def test_virsh_events():
    with Stage() as host:
        host.write("guest.xml", GUEST.format(name="guest"))
        watcher = subprocess.Popen([OUR_VIRSH, "-c", "qemu:///session", "event", "--event", "lifecycle", "--loop", "--timeout",
                                    "20", "--output", "json"], env=host.env, stdout=subprocess.PIPE, bufsize=0)
        try:
            host.ours("define", "guest.xml")
            # Its registration may come after the first event; the later ones it must see.
            seen = []
            for _ in range(20):
                host.ours("start", "guest")
                host.ours("destroy", "guest")
                seen += [event["detail"]["type"] for event in events_so_far(watcher)]
                if "Started" in seen and "Stopped" in seen:
                    break
            assert "Started" in seen and "Stopped" in seen, seen
        finally:
            watcher.kill()
            watcher.wait()


def test_virt_install():
    harness.need("virt-install")
    with Stage() as host:
        result = host.run("virt-install", "--connect", "qemu:///session", "--name", "installed", "--memory", "64", "--virt-type",
                          "qemu", "--boot", f"kernel={KERNEL}", "--disk", "none", "--network", "none", "--graphics",
                          "vnc,listens0.type=network,listens0.network=example-net", "--osinfo", "detect=off,require=off",
                          "--noautoconsole", "--import", check=False)
        assert result.returncode == 0, result.stdout + result.stderr
        assert re.search(r"installed +running", host.stock("list"))
        assert host.stock("domdisplay", "installed").strip().startswith("vnc://127.0.0.1:")
        assert KERNEL in host.stock("dumpxml", "installed")


INSTALL = ("--memory", "32", "--virt-type", "qemu", "--network", "none", "--graphics", "none", "--osinfo",
           "detect=off,require=off", "--noautoconsole", "--import", "--boot")


def test_virt_install_disks():
    """Disks that are there, that are made where the user says, and in the pool that is made for the first of them."""
    harness.need("virt-install", "virt-clone", "qemu-img")
    with Stage() as host:
        folder = os.path.join(host.root, "disks")
        os.mkdir(folder)
        there, new, iso = (os.path.join(folder, name) for name in ("there.qcow2", "new.qcow2", "image.iso"))
        host.run("qemu-img", "create", "-q", "-f", "qcow2", there, "16M")
        host.write("disks/image.iso", "\0" * 4096)
        default = os.path.join(host.root, "home", ".local", "share", "libvirt", "images")
        wanted = {
            "there": (["--disk", f"path={there}", "--disk", f"path={iso},device=cdrom"], [there, iso]),
            "new": (["--disk", f"path={new},size=1"], [new]),
            "pooled": (["--disk", "size=1"], [os.path.join(default, "pooled.qcow2")]),
            "named": (["--disk", "vol=disks/there.qcow2", "--check", "path_in_use=off"], [there]),
        }
        for name, (disks, sources) in wanted.items():
            result = host.run("virt-install", "--connect", "qemu:///session", "--name", name, *disks, *INSTALL, f"kernel={KERNEL}",
                              check=False)
            assert result.returncode == 0, result.stdout + result.stderr
            assert re.findall(r"\S+ +(/\S+)", host.stock("domblklist", name)) == sources
            assert re.search(rf"{name} +running", host.stock("list"))
            host.stock("destroy", name)
        pools = host.stock("pool-list", "--details")
        assert re.search(r"default +running +yes +yes", pools) and re.search(r"disks +running", pools), pools
        assert "1.00 GiB" in host.stock("vol-info", "pooled.qcow2", "default")
        host.run("virt-clone", "--connect", "qemu:///session", "-o", "pooled", "-n", "copy", "--auto-clone")
        assert os.path.join(default, "copy.qcow2") in host.stock("domblklist", "copy")
        assert "pooled" in host.stock("undefine", "pooled", "--remove-all-storage") and os.listdir(default) == ["copy.qcow2"]


def test_virt_install_cdrom():
    harness.need("virt-install")
    with Stage() as host:
        iso = host.write("image.iso", "\0" * 4096)
        result = host.run("virt-install", "--connect", "qemu:///session", "--name", "cd", "--cdrom", iso, "--disk", "size=1",
                          *(word for word in INSTALL if word not in ("--import", "--boot")), check=False)
        assert result.returncode == 0, result.stdout + result.stderr
        assert iso in host.stock("domblklist", "cd")


def test_python_events():
    with Stage() as host:
        script = host.write("events.py", """
import libvirt, sys, threading
libvirt.virEventRegisterDefaultImpl()
threading.Thread(target=lambda: [libvirt.virEventRunDefaultImpl() for _ in iter(int, 1)], daemon=True).start()
conn = libvirt.open("qemu:///session")
seen, done = [], threading.Event()
def on_event(c, dom, event, detail, data):
    seen.append((event, detail))
    if event == libvirt.VIR_DOMAIN_EVENT_UNDEFINED:
        done.set()
conn.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, on_event, None)
dom = conn.defineXML(open(sys.argv[1]).read())
dom.create(); dom.suspend(); dom.resume(); dom.destroy(); dom.undefine()
assert done.wait(20), seen
print(seen)
""")
        guest = host.write("guest.xml", GUEST.format(name="guest"))
        seen = eval(host.run(sys.executable, script, guest).stdout)
        kinds = [event for event, _ in seen]
        # defined, started, (resumed), suspended, resumed, stopped, undefined
        assert kinds[0] == 0 and kinds[-1] == 1 and kinds[-2] == 5 and {2, 3, 4} <= set(kinds), seen
        assert (5, 1) in seen, seen  # stopped: destroyed


def test_go_client():
    harness.need("go")
    source = os.path.join(os.path.dirname(__file__), "go", "main.go")
    if not os.path.isdir("/usr/share/gocode/src/github.com/digitalocean/go-libvirt"):
        raise harness.Skip("golang-github-digitalocean-go-libvirt-dev is not installed")
    with Stage() as host:
        program = os.path.join(host.root, "client")
        environment = dict(host.env, GO111MODULE="off", GOPATH="/usr/share/gocode", GOCACHE=os.path.join(host.root, "gocache"))
        subprocess.run(["go", "build", "-o", program, source], env=environment, check=True, timeout=120)
        guest = host.write("guest.xml", GUEST.format(name="guest"))
        for name in ("virtqemud", "virtproxyd"):
            out = host.run(program, host.daemons[name].socket, "/session", guest).stdout
            assert out.startswith("version 9000000, state 1"), out


def prepare():
    namespace.leave_root()
    harness.need("qemu-system-x86_64")


if __name__ == "__main__":
    harness.main([function for name, function in list(globals().items()) if name.startswith("test_")], prepare)
