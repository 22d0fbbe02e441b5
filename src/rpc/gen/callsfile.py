# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the call tables (calls/*.calls) and joins each row to its wire types."""

from dataclasses import dataclass, field

import xfile


@dataclass
class Rule:
    """One permission a call needs, and when it needs it."""

    object: str
    permission: str
    when: str = "ALWAYS"          # ALWAYS, FLAG (any of the bits set), NO_FLAG (none set), EQUALS
    field: str = ""               # the argument looked at
    value: str = "0"


@dataclass
class Call:
    name: str                     # 'DOMAIN_CREATE'
    number: int
    procedure: str                # 'REMOTE_PROC_DOMAIN_CREATE'
    function: str | None          # 'virDomainCreate'
    rules: list
    waits: bool
    args: str | None = None       # 'remote_domain_create_args'
    ret: str | None = None
    is_event: bool = False
    options: dict = field(default_factory=dict)

    @property
    def handler(self):
        """The member of the handler table; two of the lock program's calls are named like C keywords."""
        name = self.name.lower()
        return name + "_" if name in ("register", "restrict") else name


def parse_rule(text):
    if text == "none":
        return None
    parts = text.split(":")
    rule = Rule(parts[0], parts[1])
    if len(parts) == 5:  # object:permission::field:VALUE
        rule.when, rule.field, rule.value = "EQUALS", parts[3], parts[4]
    elif len(parts) == 3:
        flags = parts[2]
        rule.when = "NO_FLAG" if flags.startswith("!") else "FLAG"
        rule.field, rule.value = "flags", flags.lstrip("!")
    return rule


def wire_type(protocol, call_name, suffixes):
    """The struct that belongs to a call. The log and lock programs name theirs in another way than the rest."""
    camel = call_name.replace("_", "").lower()
    for struct in protocol.structs:
        for suffix in suffixes:
            if struct == f"{protocol.name}_{call_name.lower()}_{suffix}":
                return struct
            if struct.startswith("vir") and struct.lower().endswith(f"protocol{camel}{suffix}"):
                return struct
    return None


def parse(path, protocol: xfile.Protocol):
    calls = []
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        columns = line.split("#")[0].split()
        if not columns:
            continue
        if len(columns) < 4:
            raise ValueError(f"{path}:{number}: a row has at least four columns")
        name, function, access, cls = columns[:4]
        procedure = protocol.prefix + name
        if procedure not in protocol.procedures:
            raise ValueError(f"{path}:{number}: {protocol.name}.x has no procedure {procedure}")
        options = dict(option.partition("=")[::2] for option in columns[4:])
        rules = [rule for rule in map(parse_rule, access.split(",")) if rule]
        is_event = "event" in options
        calls.append(
            Call(
                name=name,
                number=protocol.procedures[procedure],
                procedure=procedure,
                function=None if function == "-" else function,
                rules=rules,
                waits=cls == "wait",
                args=wire_type(protocol, name, ["msg"] if is_event else ["args"]),
                ret=wire_type(protocol, name, ["ret"]),
                is_event=is_event,
                options=options,
            )
        )
    missing = set(protocol.procedures.values()) - {call.number for call in calls}
    if missing:
        raise ValueError(f"{path}: no row for procedures {sorted(missing)}")
    return calls
