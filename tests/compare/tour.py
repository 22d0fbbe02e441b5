#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the same commands on a host of ours and on one of a peer's, and shows where they tell different things.

usage: tests/compare/tour.py --ours EXEC --peer EXEC [--show] [--only WORD] [TOUR...]

EXEC    a command that runs what follows it on a host where the daemons answer; both must be idle ones, as the tours make
        guests, networks and pools there. As root.
TOUR    files of commands; without any, all in tours/
--show  also those differences that are meant, and those that the hosts make

A line of a tour is a command line of virsh, or of one of the virt tools, or one of the shell's with "!" before it. {a,b} stands for each of a and b, as
in a shell; what is in files beside the tours is under $TOUR. Compared are exit status, output and errors, without what
each run has anew (identities, numbers of processes, times, ports). A difference that a row of reasons.txt speaks of is
counted under its reason; all others are to be mended.
"""

import argparse
import collections
import concurrent.futures
import itertools
import os
import re
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOURS = os.path.join(HERE, "tours")
SETUP, END = (os.path.join(TOURS, name) for name in ("setup.tour", "end.tour"))  # before and behind each of the others
PATIENCE_S = 60

# What each run has anew, or each host has its own of.
PASSING = [(re.compile(pattern), word) for pattern, word in (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
    (r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", "MAC"),
    (r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d+:?\d*)?", "TIME"),
    (r"\d+\.\d+s\b|\d+\.\d+ ms\b", "SECONDS"),
    (r"\b(?:vnet|macvtap)\d+", "LINK"),
    (r"/dev/pts/\d+", "PTS"),
    (r"(domain-)\d+(-)", r"\1ID\2"),
    (r"( id=')\d+'", r"\1ID'"),
    (r"pid=\d+|pid \d+|PID \d+", "PID"),
    (r"\+\d+:\+\d+", "+UID:+GID"),
    (r"((?:times?|delay|rss|balloon\.rss|cpu\.\w+|total_times|\(ns\): )[ =]*)[\d.]+", r"\1NUMBER"),
    (r"(<[acm]time>)[\d.]+", r"\1SECONDS"),
    (r"([rt]x_\w+) \d+|(\.(?:sum|cur|max)=)\d+", r"\1\2 NUMBER"),
    (r"(?m)^(CPU: +)\d+", r"\1N"))]


def expand(line):
    """As a shell expands braces, the innermost first."""
    found = re.search(r"\{([^{}]*)\}", line)
    if not found or "," not in found.group(1):
        return [line]
    return [each for word in found.group(1).split(",")
            for each in expand(line[:found.start()] + word + line[found.end():])]


def commands(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            line = line.strip()
            if line.startswith("!"):
                yield line
            elif line and not line.startswith("#"):
                yield from expand(line)


class Host:
    def __init__(self, name, command):
        self.name, self.command = name, shlex.split(command)

    def run(self, line):
        """Status, output, errors."""
        words = shlex.split(line) if not line.startswith("!") else ["sh", "-c", line[1:]]
        if words[0].startswith("virt-"):
            words[1:1] = ["--connect", "qemu:///system"]
        elif words[0] != "sh":
            words = ["/usr/bin/virsh", "-c", "qemu:///system", *words]
        try:
            done = subprocess.run(self.command + ["env", f"TOUR={TOURS}"] + words, stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, errors="replace", timeout=PATIENCE_S, check=False)
        except subprocess.TimeoutExpired:
            return ["does not end"]
        return [f"status {done.returncode}", *settle(done.stdout), *("E " + each for each in settle(done.stderr))]


def settle(text):
    for pattern, word in PASSING:
        text = pattern.sub(word, text)
    return [re.sub(r"\s+", " ", line).strip() for line in text.splitlines() if line.strip()]


def read_reasons():
    """Rows "REASON<tab>COMMAND<tab>DIFFERENCE", the last two expressions that are looked for in the command and in a line that
    differs. With "*" before the last, one such line is the reason of all that differ."""
    with open(os.path.join(HERE, "reasons.txt"), encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if line.strip() and not line.startswith("#")]
    return [(reason, re.compile(command), re.compile(difference.lstrip("*")), difference.startswith("*"))
            for reason, command, difference in rows]


def differ_in_words(lines):
    """The same kinds of errors (libvirt's text of the code, which goes before the message), said otherwise."""
    kinds = {sign: sorted({re.split(r": |'", line[2:])[1] for line in lines if line[0] == sign and ": " in line}) for sign in "-+"}
    return all(line[2:].startswith("E error: ") for line in lines) and kinds["-"] == kinds["+"]


def reason_of(line, lines, reasons):
    """Why these lines differ; None when there is one that nothing is said of."""
    rows = [row for row in reasons if row[1].search(line)]
    found = set()
    for each in lines:
        row = next((row for row in rows if row[2].search(each)), None)
        if row and row[3]:
            return row[0]
        found.add(row and row[0])
    if None in found:
        return "other words" if differ_in_words(lines) else None
    return sorted(found)[0]


def differing(ours, peer):
    """Lines that only one of them has, order aside where nothing else differs."""
    extra = collections.Counter(ours) - collections.Counter(peer)
    lacking = collections.Counter(peer) - collections.Counter(ours)
    return [f"- {line}" for line in lacking.elements()] + [f"+ {line}" for line in extra.elements()]


def compare(hosts, path, options, reasons, counts):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for line in itertools.chain(*map(commands, (SETUP, path, END))):
            if options.only and options.only not in line and not line.startswith("!"):
                continue
            ours, peer = pool.map(lambda host, line=line: host.run(line), hosts)
            lines = differing(ours, peer)
            reason = reason_of(line, lines, reasons) if lines else "equal"
            counts[reason or "LEFT"] += 1
            if lines and (options.show or not reason):
                print(f"{line}\n    # {reason or 'LEFT'}", *lines, sep="\n    ", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ours", required=True)
    parser.add_argument("--peer", required=True)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--only")
    parser.add_argument("tours", nargs="*")
    options = parser.parse_args()
    hosts = [Host("ours", options.ours), Host("peer", options.peer)]
    counts = collections.Counter()
    paths = options.tours or sorted({os.path.join(TOURS, name) for name in os.listdir(TOURS) if name.endswith(".tour")} - {SETUP, END})
    reasons = read_reasons()
    for path in paths:
        compare(hosts, path, options, reasons, counts)
    print(f"{sum(counts.values())} commands:", ", ".join(f"{n} {reason}" for reason, n in counts.most_common()))
    return 1 if counts["LEFT"] else 0


if __name__ == "__main__":
    sys.exit(main())
