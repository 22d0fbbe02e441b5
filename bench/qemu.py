#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What guests cost a client: QEMU drivers side by side, taking turns in one run, because machines are shared.

    qemu.py [--guests 20] [--defined 1000] [--rounds 5] NAME=URI...

Each URI is a daemon of a host of its own, with nothing in it that matters; a socket of another mount namespace is named by
way of /proc/PID/root. The table has the median of the rounds, and each subject's part of the first one's. Needs
python3-libvirt; the guests are small, paused, and run by software emulation.
"""

import argparse
import statistics
import sys
import time

import libvirt

CALLS = 300


def guest_xml(name):
    return (f"<domain type='qemu'><name>{name}</name><memory unit='MiB'>16</memory><vcpu>1</vcpu>"
            "<os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features>"
            "<devices><graphics type='vnc' autoport='yes'/><memballoon model='virtio'/></devices></domain>")


class Subject:
    def __init__(self, name, uri):
        self.name = name
        self.connection = libvirt.open(uri)
        self.samples = {}

    def note(self, what, began, times=1):
        self.samples.setdefault(what, []).append((time.perf_counter() - began) / times)

    def median(self, what):
        return statistics.median(self.samples[what])


def clear(subject):
    for domain in subject.connection.listAllDomains():
        if domain.name().startswith("bench-"):
            is_defined = domain.isPersistent()
            if domain.isActive():
                domain.destroy()
            if is_defined:
                domain.undefine()


def small_calls(subject, domain):
    for what, call in (("lookup", lambda: subject.connection.lookupByName(domain.name())), ("info", domain.info),
                       ("state", domain.state), ("XML", domain.XMLDesc)):
        call()
        began = time.perf_counter()
        for _ in range(CALLS):
            call()
        subject.note(f"{what} of a running guest: us", began, CALLS)


def start_and_destroy(subject):
    domain = subject.connection.defineXML(guest_xml("bench-start"))
    began = time.perf_counter()
    domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
    subject.note("start of a paused q35 guest: ms", began)
    began = time.perf_counter()
    domain.destroy()
    subject.note("destroy: ms", began)
    domain.undefine()


def bulk(subject, n_guests):
    began = time.perf_counter()
    count = len(subject.connection.getAllDomainStats(0, libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING |
                                                     libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_PAUSED))
    subject.note(f"bulk stats of {n_guests} guests: ms", began)
    assert count == n_guests, count


def many(subject, n_defined):
    began = time.perf_counter()
    for i in range(n_defined):
        subject.connection.defineXML(guest_xml(f"bench-{i}"))
    subject.note(f"define of {n_defined}: ms", began)
    for _ in range(5):
        began = time.perf_counter()
        subject.connection.listAllDomains()
        subject.note(f"list of {n_defined}: ms", began)


def table(subjects):
    first = subjects[0]
    print(f"{'':36}" + "".join(f"{subject.name:>12}{'':8}" for subject in subjects))
    for what in first.samples:
        factor = 1e6 if what.endswith("us") else 1e3
        cells = [f"{subject.median(what) * factor:12.2f}{subject.median(what) / first.median(what):7.2f}x" for subject in subjects]
        print(f"{what:36}" + "".join(cells))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--guests", type=int, default=20)
    parser.add_argument("--defined", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("subjects", nargs="+", metavar="NAME=URI")
    options = parser.parse_args()
    subjects = [Subject(*subject.split("=", 1)) for subject in options.subjects]
    for subject in subjects:
        clear(subject)
    try:
        for subject in subjects:
            for i in range(options.guests):
                subject.connection.createXML(guest_xml(f"bench-run-{i}"), libvirt.VIR_DOMAIN_START_PAUSED)
        for _ in range(options.rounds):
            for subject in subjects:
                bulk(subject, options.guests)
                small_calls(subject, subject.connection.lookupByName("bench-run-0"))
                start_and_destroy(subject)
        for subject in subjects:
            many(subject, options.defined)
    finally:
        for subject in subjects:
            clear(subject)
    table(subjects)
    return 0


if __name__ == "__main__":
    sys.exit(main())
