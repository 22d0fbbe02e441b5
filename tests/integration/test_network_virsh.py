# SPDX-License-Identifier: LGPL-2.1-or-later
"""Our virsh's net-* commands, as text and as JSON, on a virtnetworkd with real bridges."""

import json
import os
import subprocess

import harness
import namespace
from namespace import wait_for
from netclient import Machine

NET = """<network><name>lab</name><bridge name='lab0' stp='off'/>
<ip address='10.94.1.1' prefix='24'><dhcp><range start='10.94.1.10' end='10.94.1.19'/></dhcp></ip></network>"""
PORT = """<networkport><uuid>5d744f21-ba4a-4d6e-bdb2-30a35ff32071</uuid><owner><name>vm</name>
<uuid>d54df46f-1ab5-4a22-8618-4560ef5fac2c</uuid></owner><mac address='52:54:00:94:00:01'/></networkport>"""
UUID = "5d744f21-ba4a-4d6e-bdb2-30a35ff32071"


class Virsh:
    def __init__(self, host, daemon):
        self.host, self.command = host, [harness.find_binary("virsh"), "-c", daemon.uri()]

    def file(self, name, text):
        path = os.path.join(self.host.root, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def __call__(self, *words):
        return self.host.run(*self.command, *words).stdout

    def json(self, *words):
        return json.loads(self(*words, "--output", "json"))

    def fails(self, text, *words):
        done = self.host.run(*self.command, *words, check=False)
        assert done.returncode != 0 and text in done.stderr, done


def test_update_and_leases():
    with harness.Host() as host:
        virsh = Virsh(host, host.start("virtnetworkd"))
        virsh("net-define", virsh.file("net.xml", NET))
        out = virsh("net-update", "lab", "add", "ip-dhcp-host", "<host mac='52:54:00:94:00:01' name='one' ip='10.94.1.77'/>")
        assert "Updated network lab persistent config" in out
        virsh("net-start", "lab")
        assert "live state" in virsh("net-update", "lab", "add-first", "dns-txt", virsh.file("txt.xml", "<txt name='a' value='b'/>"))
        assert "persistent config and live state" in virsh("net-update", "lab", "delete", "ip-dhcp-range",
                                                           "<range start='10.94.1.10' end='10.94.1.19'/>", "--live", "--config")
        virsh.fails("unrecognized section name 'nothing'", "net-update", "lab", "add", "nothing", "<a/>")
        virsh.fails("unrecognized command name 'nothing'", "net-update", "lab", "nothing", "ip", "<a/>")
        virsh.fails("exclusively", "net-update", "lab", "add", "ip", "<a/>", "--live", "--current")
        virsh.fails("can't update 'bridge' section", "net-update", "lab", "modify", "bridge", "<bridge/>")
        with Machine("one", "lab0", "52:54:00:94:00:01") as one:
            assert one.dhcp()["address"] == "10.94.1.77"
        lease, = virsh.json("net-dhcp-leases", "lab")
        assert (lease["mac"], lease["address"], lease["hostname"], lease["protocol"]) == (
            "52:54:00:94:00:01", "10.94.1.77/24", "one", "ipv4"), lease
        lines = virsh("net-dhcp-leases", "lab").splitlines()
        assert lines[0].split("   ")[0].strip() == "Expiry Time" and "10.94.1.77/24" in lines[2]
        assert virsh.json("net-dhcp-leases", "lab", "--mac", "52:54:00:94:00:02") == []
        virsh("net-destroy", "lab")


def test_ports():
    with harness.Host() as host:
        virsh = Virsh(host, host.start("virtnetworkd"))
        virsh("net-create", virsh.file("net.xml", NET))
        assert f"Network port {UUID} created" in virsh("net-port-create", "lab", virsh.file("port.xml", PORT), "--validate")
        assert virsh.json("net-port-list", "lab") == [{"uuid": UUID}]
        assert virsh("net-port-list", "lab", "--uuid").strip() == UUID
        assert "<plug type='network' bridge='lab0'/>" in virsh("net-port-dumpxml", "lab", UUID)
        assert virsh("net-port-dumpxml", "lab", UUID, "--xpath", "//mac/@address").strip() == 'address="52:54:00:94:00:01"'
        assert f"Network port {UUID} deleted" in virsh("net-port-delete", "lab", UUID)
        virsh.fails("failed to get network port", "net-port-dumpxml", "lab", UUID)
        virsh("net-destroy", "lab")


def test_edit():
    with harness.Host() as host:
        virsh = Virsh(host, host.start("virtnetworkd"))
        virsh("net-define", virsh.file("net.xml", NET))
        host.env["VISUAL"] = "sed -i s/10.94.1.19/10.94.1.29/"
        assert "XML configuration edited" in virsh("net-edit", "lab")
        assert "10.94.1.29" in virsh("net-dumpxml", "lab")
        assert "XML configuration not changed" in virsh("net-edit", "lab")
        host.env["VISUAL"] = "sed -i s/10.94.1.29/10.94.9.29/"
        virsh.fails("not entirely within network", "net-edit", "lab")
        host.env["VISUAL"] = "false"
        virsh.fails("non-zero status", "net-edit", "lab")


def test_changes_as_json():
    """Whoever changes something by a program gets the thing that was changed."""
    with harness.Host() as host:
        virsh = Virsh(host, host.start("virtnetworkd"))
        network, port = virsh.file("net.xml", NET), virsh.file("port.xml", PORT)
        lab = virsh.json("net-define", network)
        assert lab["name"] == "lab" and lab["uuid"] == virsh("net-uuid", "lab").strip(), lab
        for words in (("net-start", "lab"), ("net-autostart", "lab"), ("net-autostart", "lab", "--disable"),
                      ("net-update", "lab", "add", "dns-txt", "<txt name='a' value='b'/>")):
            assert virsh.json(*words) == lab, words
        for words in (("net-port-create", "lab", port), ("net-port-delete", "lab", UUID)):
            assert virsh.json(*words) == {"uuid": UUID}, words
        for words in (("net-destroy", "lab"), ("net-undefine", "lab")):
            assert virsh.json(*words) == lab, words
        assert virsh.json("net-create", network)["name"] == "lab"
        assert virsh.json("net-event", "--list") == ["lifecycle", "metadata-change"]
        done = host.run(*virsh.command, "net-start", "nowhere", "--output", "json", check=False)
        assert done.returncode != 0 and done.stdout == "" and "nowhere" in done.stderr
        virsh("net-destroy", "lab")


def test_event():
    with harness.Host() as host:
        daemon = host.start("virtnetworkd")
        virsh = Virsh(host, daemon)
        assert virsh("net-event", "--list").split() == ["lifecycle", "metadata-change"]
        virsh.fails("unknown event type nothing", "net-event", "nothing")
        waiting = subprocess.Popen([*virsh.command, "net-event", "--event", "lifecycle", "--output", "json", "--timeout", "20"],
                                   env=host.env, stdout=subprocess.PIPE, text=True)
        network = namespace.connect(daemon).networkDefineXML(NET)
        # Until it has registered, what happens is not for it.
        wait_for("the event", lambda: (network.setAutostart(1), network.create(), network.destroy(), waiting.poll())[3] is not None)
        event = json.loads(waiting.stdout.readline())
        assert event["event"] == "lifecycle" and event["network"] == "lab" and event["detail"]["type"] in ("Defined", "Started", "Stopped"), event


APP = "http://example.org/app"


def test_desc():
    with harness.Host() as host:
        virsh = Virsh(host, host.start("virtnetworkd"))
        lab = virsh.json("net-define", virsh.file("net.xml", NET))
        assert virsh("net-desc", "lab").strip() == "No description for network: lab"
        assert virsh("--quiet", "net-desc", "lab", "--title") == "" and virsh.json("net-desc", "lab") == {"description": None}
        assert "Network title updated successfully" in virsh("net-desc", "lab", "--title", "The", "lab")
        assert virsh.json("net-desc", "lab", "all", "of it") == lab
        assert virsh("net-desc", "lab", "--title").strip() == "The lab" and virsh.json("net-desc", "lab") == {"description": "all of it"}
        assert virsh.json("net-list", "--all", "--title")[0]["title"] == "The lab"
        assert virsh("net-list", "--all", "--title").split("\n")[2].split()[-2:] == ["The", "lab"]
        assert "title" not in virsh.json("net-list", "--all")[0] and "Title" not in virsh("net-list", "--all")
        virsh("net-start", "lab")
        virsh("net-desc", "lab", "--title", "--live", "--new-desc", "now")
        assert [virsh("net-desc", "lab", "--title", *which).strip() for which in ((), ("--config",))] == ["now", "The lab"]
        virsh("net-desc", "lab", "--title", "--live", "--config", "")
        assert virsh("net-desc", "lab", "--title", "--config").strip() == "No title for network: lab"
        virsh.fails("mutually exclusive", "net-desc", "lab", "--live", "--current")
        virsh.fails("not running", "net-desc", virsh.json("net-define", virsh.file("two.xml", NET.replace("lab", "two")))["uuid"],
                    "--live", "text")
        virsh("net-destroy", "lab")


def test_desc_by_editor():
    with harness.Host() as host:
        virsh = Virsh(host, host.start("virtnetworkd"))
        virsh("net-define", virsh.file("net.xml", NET))
        host.env["VISUAL"] = "sed -i s/^/one/"
        assert "Network lab title edited." in virsh("net-desc", "lab", "--title", "--edit")
        assert virsh("net-desc", "lab", "--title").strip() == "one"
        assert "Network lab title edited." in virsh("net-desc", "lab", "--title", "--edit", "two", "words")
        assert virsh("net-desc", "lab", "--title").strip() == "onetwo words"
        host.env["VISUAL"] = "true"
        assert "Network lab title not changed." in virsh("net-desc", "lab", "--title", "--edit")
        host.env["VISUAL"] = "sed -i p"
        virsh.fails("was not changed", "net-desc", "lab", "--title", "--edit")
        host.env["VISUAL"] = "sed -i 's,.*,<seen>5</seen>,'"
        assert "Metadata of network lab edited." in virsh("net-metadata", "lab", APP, "--edit", "--key", "app")
        assert virsh("net-metadata", "lab", APP).strip() == "<seen>5</seen>"


def test_metadata():
    with harness.Host() as host:
        virsh = Virsh(host, host.start("virtnetworkd"))
        lab = virsh.json("net-define", virsh.file("net.xml", NET))
        virsh.fails(f"network 'lab' has no metadata of '{APP}'", "net-metadata", "lab", APP)
        assert "Metadata modified" in virsh("net-metadata", "lab", APP, "--key", "app", "--set", "<seen>1</seen>")
        assert virsh("net-metadata", "lab", APP).strip() == "<seen>1</seen>"
        assert virsh.json("net-metadata", "lab", "--uri", APP, "--config") == {"xml": "<seen>1</seen>"}
        assert f'xmlns:app="{APP}"' in virsh("net-dumpxml", "lab") and "<app:seen" in virsh("net-dumpxml", "lab")
        virsh.fails("key is required", "net-metadata", "lab", APP, "--set", "<seen/>")
        virsh.fails("mutually exclusive", "net-metadata", "lab", APP, "--key", "app", "--set", "<seen/>", "--remove")
        virsh.fails("was not changed", "net-metadata", "lab", APP, "--key", "app", "--set", "<seen")
        assert virsh.json("net-metadata", "lab", APP, "--remove") == lab and "app:seen" not in virsh("net-dumpxml", "lab")


def test_metadata_event():
    with harness.Host() as host:
        virsh = Virsh(host, host.start("virtnetworkd"))
        virsh("net-define", virsh.file("net.xml", NET))

        def hear(words, *options):
            waiting = subprocess.Popen([*virsh.command, "net-event", "--network", "lab", "--event", "metadata-change", "--timeout", "20",
                                        *options], env=host.env, stdout=subprocess.PIPE, text=True)
            # Until it has registered, what happens is not for it.
            wait_for("the event", lambda: (virsh(*words), waiting.poll())[1] is not None)
            return waiting.stdout.readline()

        event = json.loads(hear(("net-metadata", "lab", APP, "--key", "app", "--set", "<seen/>"), "--output", "json"))
        assert (event["event"], event["network"], event["detail"]) == ("metadata-change", "lab", {"type": "element", "uri": APP}), event
        assert hear(("net-desc", "lab", "words")) == "event 'metadata-change' for network lab: description\n"


def prepare():
    namespace.enter()
    harness.need("ip", "nft", "dnsmasq", "busybox")


if __name__ == "__main__":
    harness.main([function for name, function in list(globals().items()) if name.startswith("test_")], prepare)
