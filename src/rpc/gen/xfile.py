# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads our own .x files: just the part of the XDR language they use."""

import re
from dataclasses import dataclass, field


@dataclass
class Field:
    name: str
    type: str
    array: str | None = None      # None, 'fixed', 'variable' or 'optional'
    max: str | None = None        # the limit's constant, for fixed and variable


@dataclass
class Protocol:
    name: str                                       # 'remote'
    structs: dict = field(default_factory=dict)     # name -> [Field]
    typedefs: dict = field(default_factory=dict)    # name -> Field
    procedures: dict = field(default_factory=dict)  # full enum name -> number
    program: str = ""                               # 'REMOTE_PROGRAM'
    version: str = ""                               # 'REMOTE_PROTOCOL_VERSION'

    @property
    def prefix(self):
        """What stands before every procedure's name, e.g. 'REMOTE_PROC_'."""
        first = next(iter(self.procedures))
        return first[: first.index("_PROC_") + len("_PROC_")]


DECLARATION = re.compile(r"^(?P<type>[\w ]+?)\s*(?P<opt>\*?)\s*(?P<name>\w+)\s*(?:<(?P<var>\w*)>|\[(?P<fix>\w+)\])?$")


def parse_declaration(text):
    match = DECLARATION.match(" ".join(text.split()))
    if not match:
        raise ValueError(f"declaration not understood: {text!r}")
    array = "optional" if match["opt"] else "variable" if match["var"] is not None else "fixed" if match["fix"] else None
    return Field(match["name"], match["type"], array, match["var"] or match["fix"])


def parse(path, name):
    text = open(path, encoding="utf-8").read()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"^%.*$", "", text, flags=re.M)
    protocol = Protocol(name)

    for body in re.finditer(r"struct (\w+) \{(.*?)\};", text, re.S):
        protocol.structs[body[1]] = [parse_declaration(d) for d in body[2].split(";") if d.strip()]
    for typedef in re.finditer(r"typedef ([^;]+);", text):
        declared = parse_declaration(typedef[1])
        protocol.typedefs[declared.name] = declared
    for enum in re.finditer(r"enum \w+_procedure \{(.*?)\}", text, re.S):
        for item in enum[1].split(","):
            key, value = item.split("=")
            protocol.procedures[key.strip()] = int(value)
    protocol.program = re.search(r"const (\w+_PROGRAM) =", text)[1]
    protocol.version = re.search(r"const (\w+_VERSION) =", text)[1]
    return protocol
