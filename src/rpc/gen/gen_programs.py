#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Turns a .x file and its call table into NAME_calls.h and NAME_calls.c: the handlers' types and the program's rows.

usage: gen_programs.py NAME FILE.x FILE.calls OUT.h OUT.c
"""

import sys

import callsfile
import xfile

# Wire structs that name an object, and the kind of object it is for the access check.
OBJECT_TYPES = {
    "remote_nonnull_domain": "DOMAIN",
    "remote_nonnull_network": "NETWORK",
    "remote_nonnull_network_port": "NETWORK_PORT",
    "remote_nonnull_interface": "INTERFACE",
    "remote_nonnull_storage_pool": "STORAGE_POOL",
    "remote_nonnull_storage_vol": "STORAGE_VOL",
    "remote_nonnull_node_device": "NODE_DEVICE",
    "remote_nonnull_secret": "SECRET",
    "remote_nonnull_nwfilter": "NWFILTER",
    "remote_nonnull_nwfilter_binding": "NWFILTER_BINDING",
    # It is their guest's permissions that count.
    "remote_nonnull_domain_snapshot": "DOMAIN",
    "remote_nonnull_domain_checkpoint": "DOMAIN",
}

# Where those that are not the object themselves hold it.
OBJECT_MEMBERS = {"remote_nonnull_domain_snapshot": ".dom", "remote_nonnull_domain_checkpoint": ".dom"}


def signature(call):
    parts = ["RpcCall *call"]
    if call.args:
        parts.append(f"const {call.args} *args")
    if call.ret:
        parts.append(f"{call.ret} *ret")
    parts.append("GError **error")
    return ", ".join(parts)


def served(calls):
    return [call for call in calls if not call.is_event]


def write_header(out, protocol, calls):
    name = protocol.name
    title = name.capitalize()
    out.write(f"/* Generated from protocol/{name}.x and calls/{name}.calls. */\n#pragma once\n\n")
    out.write(f'#include "rpc/program.h"\n#include "rpc/protocol/{name}.h"\n\n')
    out.write(f"/* What a daemon answers of the {protocol.program} program. A NULL answers VIR_ERR_NO_SUPPORT. */\n")
    out.write(f"typedef struct {{\n")
    for call in served(calls):
        out.write(f"    gboolean (*{call.handler})({signature(call)});\n")
    out.write(f"}} {title}Handlers;\n\nextern const RpcProgram rpc_program_{name};\n")


def write_thunk(out, title, call):
    call_args = ["call"] + (["args"] if call.args else []) + (["ret"] if call.ret else []) + ["error"]
    out.write(
        f"static gboolean invoke_{call.handler}(const void *table, RpcCall *call, const void *args, void *ret, GError **error)\n"
        f"{{\n    const {title}Handlers *handlers = table;\n\n"
        f"    (void)args;\n    (void)ret;\n"
        f"    return handlers->{call.handler}({', '.join(call_args)});\n}}\n\n"
    )


def rule_row(call, rule):
    offset = f"offsetof({call.args}, {rule.field})" if rule.when != "ALWAYS" else "0"
    value = rule.value if rule.when != "ALWAYS" else "0"
    return f"    {{ACCESS_{rule.object.upper()}_{rule.permission.upper()}, RPC_RULE_{rule.when}, {offset}, {value}}},\n"


def write_rules(out, call):
    if call.rules:
        out.write(f"static const RpcAccessRule rules_{call.handler}[] = {{\n")
        for rule in call.rules:
            out.write(rule_row(call, rule))
        out.write("    {0},\n};\n\n")


def flags_of(protocol, call):
    flags = id_flags_of(protocol, call)
    options = call.options
    for option, flag in (("noauth", "NO_AUTH"), ("ro", "READ_ONLY"), ("rw", "READ_WRITE"), ("event", "EVENT")):
        if option in options:
            flags.append(flag)
    if call.waits:
        flags.append("WAITS")
    if event := event_of(call):
        flags.append("EVENT_LEGACY" if event[2] else "EVENT_ANY")
    stream = options.get("stream", "").split("@")[0].split("+")[0]
    if stream in ("read", "both"):
        flags.append("STREAM_READ")
    if stream in ("write", "both"):
        flags.append("STREAM_WRITE")
    fds = options.get("fds")
    if fds in ("call", "both"):
        flags.append("FDS_CALL")
    if fds in ("reply", "both"):
        flags.append("FDS_REPLY")
    return " | ".join(f"RPC_PROC_{flag}" for flag in flags) or "0"


def object_of(protocol, call):
    """Where in the arguments the first object stands, for access checks that ask about this very object."""
    for field in protocol.structs.get(call.args, []):
        if field.array is None and field.type in OBJECT_TYPES:
            member = field.name + OBJECT_MEMBERS.get(field.type, "")
            return OBJECT_TYPES[field.type], f"offsetof({call.args}, {member})"
    return "NONE", "0"


# Permissions on the connection that are about one kind of object.
CONNECT_OWNERS = {
    "search_domains": "DOMAIN",
    "search_networks": "NETWORK",
    "search_storage_pools": "STORAGE_POOL",
    "detect_storage_pools": "STORAGE_POOL",
    "search_node_devices": "NODE_DEVICE",
    "search_interfaces": "INTERFACE",
    "interface_transaction": "INTERFACE",
    "search_secrets": "SECRET",
    "search_nwfilters": "NWFILTER",
    "search_nwfilter_bindings": "NWFILTER_BINDING",
}


def owner_of(call):
    """The kind of object whose daemon answers the call: what the row says, or what its first permission is about."""
    if "owner" in call.options:
        return call.options["owner"].upper()
    if not call.rules:
        return "NONE"
    rule = call.rules[0]
    return CONNECT_OWNERS.get(rule.permission, "NONE") if rule.object == "connect" else rule.object.upper()


def first_field(protocol, struct):
    fields = protocol.structs.get(struct, [])
    return fields[0].name if fields else None


def id_flags_of(protocol, call):
    """Whether a callback's id leads the answer, the arguments or the message; routers translate it."""
    names = ("callbackID", "subscription")
    flags = []
    if first_field(protocol, call.ret) in names:
        flags.append("ID_ADD")
    if first_field(protocol, call.args) in names:
        flags.append("ID_EVENT" if call.is_event else "ID_DROP")
    return flags


def event_of(call):
    """Kind and number that clients register an event by, and whether this is its form without a callback id."""
    parts = call.options.get("event", "-").split(":")
    return None if parts == ["-"] else (parts[0].upper(), parts[1], "legacy" in parts)


def row(protocol, call):
    kind, offset = object_of(protocol, call)
    event = event_of(call)
    if event:
        kind, offset = event[0], "0"
    fields = [f'.name = "{call.name}"']
    if call.function:
        fields.append(f'.function = "{call.function}"')
    if call.args:
        fields += [f".args = (xdrproc_t)xdr_{call.args}", f".args_size = sizeof({call.args})"]
    if call.ret:
        fields += [f".ret = (xdrproc_t)xdr_{call.ret}", f".ret_size = sizeof({call.ret})"]
    if not call.is_event:
        title = protocol.name.capitalize()
        fields += [f".invoke = invoke_{call.handler}", f".handler = offsetof({title}Handlers, {call.handler})"]
    if call.rules:
        fields.append(f".rules = rules_{call.handler}")
    if "filter" in call.options:
        object_, permission = call.options["filter"].split(",")[0].split(":")[:2]
        fields.append(f".filter = ACCESS_{object_.upper()}_{permission.upper()}")
    sparse = call.options.get("stream", "").partition("+sparse=")[2]
    if sparse:
        fields += [f".sparse_flag = {sparse}", f".flags_offset = offsetof({call.args}, flags)"]
    fields += [f".flags = {flags_of(protocol, call)}", f".owner = RPC_OBJECT_{owner_of(call)}", f".object = RPC_OBJECT_{kind}", f".object_offset = {offset}"]
    if event:
        fields.append(f".event_id = {event[1]}")
    return f"    [{call.number}] = {{{', '.join(fields)}}},\n"


def write_source(out, protocol, calls):
    name = protocol.name
    title = name.capitalize()
    out.write(f"/* Generated from protocol/{name}.x and calls/{name}.calls. */\n")
    out.write(f'#include "rpc/{name}_calls.h"\n\n#include <libvirt/libvirt.h>\n#include <stddef.h>\n\n')
    for call in served(calls):
        write_thunk(out, title, call)
        write_rules(out, call)
    out.write("static const RpcProcedure procedures[] = {\n")
    for call in calls:
        out.write(row(protocol, call))
    out.write("};\n\n")
    out.write(
        f'const RpcProgram rpc_program_{name} = {{.name = "{name}", .number = {protocol.program}, '
        f".version = {protocol.version}, .procedures = procedures, .n_procedures = G_N_ELEMENTS(procedures)}};\n"
    )


def main():
    name, x_path, calls_path, header_path, source_path = sys.argv[1:]
    protocol = xfile.parse(x_path, name)
    calls = callsfile.parse(calls_path, protocol)
    with open(header_path, "w", encoding="utf-8") as out:
        write_header(out, protocol, calls)
    with open(source_path, "w", encoding="utf-8") as out:
        write_source(out, protocol, calls)


if __name__ == "__main__":
    main()
