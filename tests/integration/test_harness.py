#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tests' own ground: whatever a test does, the next ones run, and nothing of it is left."""

import os
import signal
import subprocess
import sys
import tempfile
import time

import harness

# Called by this file itself, as a file of tests whose limit is 2 s: in C without a chance for Python; in a thread; ended
# by a signal; in a daemon's session.
STORY = """
import ctypes, os, subprocess, sys, threading
sys.path.insert(0, {folder!r})
import harness

def leave(name):
    sleeper = subprocess.Popen(["sh", "-c", "setsid sleep 1000 & echo $!"], stdout=subprocess.PIPE, text=True)
    with open(os.path.join({root!r}, name), "w") as file:
        file.write(sleeper.stdout.readline())

def test_stuck():
    leave("first")
    ctypes.PyDLL(None).pause()

def test_passes():
    pass

def test_waits():
    leave("second")
    thread = threading.Thread(target=threading.Event().wait)
    thread.start()
    thread.join()

def test_crashes():
    os.kill(os.getpid(), 11)

def test_fails():
    leave("third")
    assert False

def test_skips():
    raise harness.Skip("no reason")

harness.main([test_stuck, test_passes, test_waits, test_crashes, test_fails, test_skips], limit_s={limit})
"""


class Story:
    def __init__(self, limit):
        self.folder = tempfile.TemporaryDirectory(prefix="modvirt-harness-")
        text = STORY.format(folder=os.path.dirname(os.path.abspath(__file__)), root=self.folder.name, limit=limit)
        self.process = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.communicate()
        self.folder.cleanup()

    def left(self, name, timeout=10):
        """The process that the test left, once it has."""
        path = os.path.join(self.folder.name, name)
        deadline = time.monotonic() + timeout
        while not os.path.exists(path) or not os.path.getsize(path):
            assert time.monotonic() < deadline, f"nobody writes {name}"
            time.sleep(0.02)
        with open(path, encoding="ascii") as file:
            return int(file.read())


def is_there(pid):
    return os.path.exists(f"/proc/{pid}")


def test_tests_that_hang():
    with Story(2) as story:
        begun = time.monotonic()
        output, errors = story.process.communicate(timeout=60)
        assert time.monotonic() - begun < 30
        assert story.process.returncode == 1
        lines = [line for line in output.split("\n") if not line.startswith("#")]
        assert [line.split(":")[0].split(" #")[0] for line in lines] == [
            "1..6", "not ok 1 test_stuck", "ok 2 test_passes", "not ok 3 test_waits", "not ok 4 test_crashes",
            "not ok 5 test_fails", "ok 6 test_skips", ""], output
        assert "test_stuck: not over within 2 s" in output and "test_crashes: its process ended with status" in output
        # It is told where they hung.
        assert "in test_stuck" in errors and "in test_waits" in errors and "in wait" in errors, errors
        assert not any(is_there(story.left(name)) for name in ("first", "second", "third"))


def test_ended_from_outside():
    """As by meson, whose limit is for all tests of a file."""
    with Story(1000) as story:
        left = story.left("first")
        assert is_there(left)
        os.killpg(story.process.pid, signal.SIGTERM)
        story.process.communicate(timeout=20)
        assert not is_there(left)


if __name__ == "__main__":
    harness.main([value for name, value in list(globals().items()) if name.startswith("test_")])
