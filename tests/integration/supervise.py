# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs tests in a process of their own, ends one that hangs, and all that they leave.

A test may hang where no exception reaches it: in a library's call, in a thread that is waited for. Its process is then
ended from outside, which tells first where each thread is, and the next tests have a new one. Daemons and guests that
have lost their parents become children of the process that watches, so that it finds them whatever session they are in.
"""

import contextlib
import ctypes
import faulthandler
import os
import select
import signal
import sys
import time

STARTED, PASSED, FAILED = b"s", b"p", b"f"
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
DUMP_WAIT_S = 5
GRACE_S = 0.5
POLL_S = 0.1


def prctl(option, value):
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def children():
    found = []
    for thread in os.listdir("/proc/self/task"):
        with contextlib.suppress(FileNotFoundError):
            with open(f"/proc/self/task/{thread}/children", encoding="ascii") as file:
                found += map(int, file.read().split())
    return found


def name_of(pid):
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    return "?"


def reap(runner=None):
    """Forgets children that have ended, but for the runner."""
    for pid in children():
        if pid != runner:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def end_all():
    """Kills all children, and those that become ours by that; returns their names. What is on its way out may go."""
    names = []
    deadline = time.monotonic() + GRACE_S
    while children() and time.monotonic() < deadline:
        reap()
        time.sleep(POLL_S / 10)
    while left := children():
        for pid in left:
            if os.waitpid(pid, os.WNOHANG)[0] == 0:
                names.append(name_of(pid))
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
    return names


class Runner:
    """The process that runs tests from a first one on. run_one(number) says whether the test of that number passed."""

    def __init__(self, numbers, run_one):
        reading, writing = os.pipe()
        watcher = os.getpid()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reading)
            self.be(watcher, writing, numbers, run_one)
        os.close(writing)
        self.news = reading

    @staticmethod
    def be(watcher, writing, numbers, run_one):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != watcher:
            os._exit(1)
        faulthandler.enable()
        for number in numbers:
            os.write(writing, STARTED)
            os.write(writing, PASSED if run_one(number) else FAILED)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)  # threads that still wait for something are none of anybody's business

    def hear(self, seconds):
        """What it says next: one of the letters, b"" when it has ended; None when it says nothing for that long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if select.select([self.news], [], [], POLL_S)[0]:
                return os.read(self.news, 1)
            reap(self.pid)
        return None

    def end(self):
        """Has it say where it is, and ends it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGABRT)
        deadline = time.monotonic() + DUMP_WAIT_S
        while os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                break
            time.sleep(POLL_S)

    def close(self):
        os.close(self.news)


def watch(runner, limit_s):
    """How many of its tests passed, and failed, and what became of the one after those: None, all are through."""
    passed = failed = 0
    while True:
        news = runner.hear(limit_s)
        if news is None:
            runner.end()
            return passed, failed, f"not over within {limit_s} s"
        if news == b"":
            _, status = os.waitpid(runner.pid, 0)
            return passed, failed, None if status == 0 else f"its process ended with status {status}"
        passed += news == PASSED
        failed += news == FAILED


def run(count, run_one, tell_lost, limit_s):
    """Runs all tests; returns how many failed. tell_lost(number, why) reports one that did not come to its end."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)

    def on_term(number, frame):
        end_all()
        os._exit(128 + number)

    signal.signal(signal.SIGTERM, on_term)
    over = failures = 0
    while over < count:
        runner = Runner(range(over, count), run_one)
        passed, failed, why = watch(runner, limit_s)
        runner.close()
        over, failures = over + passed + failed, failures + failed
        if why:
            tell_lost(over, why)
            over, failures = over + 1, failures + 1
        for name in end_all():
            print(f"# left behind: {name}", flush=True)
    return failures
