#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes remote_events.c: for each event row of the call table in callback form, how its message becomes a callback.

An event's callback type is found by its name. Its parameters are the connection, the object, the message's other fields in
their order, and the application's pointer.

usage: gen_events.py NAME FILE.x FILE.calls OUT.c HEADER...
"""

import sys

import callsfile
import gen_client
import headers
import xfile

PREFIXES = {"domain": "virConnectDomainEvent", "network": "virConnectNetworkEvent", "storage_pool": "virConnectStoragePoolEvent",
            "node_device": "virConnectNodeDeviceEvent", "secret": "virConnectSecretEvent"}


def flatten(protocol, struct, path="message->"):
    """The fields of a message with how they are reached; a struct inside it is opened, an object is not."""
    for field in protocol.structs[struct]:
        inner = field.type in protocol.structs and field.type not in gen_client.OBJECTS and not field.array
        if inner:
            yield from flatten(protocol, field.type, f"{path}{field.name}.")
        else:
            yield field, path + field.name


def callback_type(public, kind, call):
    what = call.name.split("_EVENT_", 1)[1].removeprefix("CALLBACK_").removesuffix("_2").replace("_", "").lower()
    prefix = PREFIXES[kind]
    named = {name.lower(): name for name in public.callbacks}
    for candidate in (f"{prefix}{what}Callback", f"{prefix}Callback" if what == "lifecycle" else "", f"{prefix}GenericCallback"):
        if candidate.lower() in named:
            return named[candidate.lower()]
    raise ValueError(f"{call.name}: no callback type")


def argument(field, access):
    if field.type in gen_client.PARAMS:
        return [f"params", f"{access}.{field.name}_len"]
    if field.type in gen_client.OPTIONAL_STRINGS:
        return [f"{access} ? *{access} : NULL"]
    return [access]


def write_deliver(out, protocol, public, call, kind):
    type_ = callback_type(public, kind, call)
    fields = [(f, access) for f, access in flatten(protocol, call.args) if f.name != "callbackID"]
    values = [(f, access) for f, access in fields if f.type not in gen_client.OBJECTS]
    arguments = [value for f, access in values for value in argument(f, access)]
    wanted = len(public.callbacks[type_].params) - 3
    if len(arguments) != wanted:
        raise ValueError(f"{call.name}: {len(arguments)} values for {type_}, which takes {wanted}")
    has_params = [(f, access) for f, access in values if f.type in gen_client.PARAMS]
    out.write(f"static void deliver_{call.name.lower()}(virConnectPtr conn, void *object, void *data, ClientEventFunc callback, "
              f"void *opaque)\n{{\n")
    if values:
        out.write(f"    {call.args} *message = data;\n")
    for f, access in has_params:
        out.write(f"    g_autofree virTypedParameterPtr params = params_borrow({access}.{f.name}_val, {access}.{f.name}_len);\n")
    out.write(("\n" if values else "") + f"    (({type_})callback)({', '.join(['conn', 'object'] + arguments + ['opaque'])});\n}}\n\n")


def write_object(out, protocol, call):
    field, access = next((f, a) for f, a in flatten(protocol, call.args) if f.type in gen_client.OBJECTS)
    kind = gen_client.OBJECTS[field.type][1]
    out.write(f"static void *object_{call.name.lower()}(Connection *connection, void *data)\n{{\n"
              f"    {call.args} *message = data;\n\n    return handle_{kind}_new(connection, &{access});\n}}\n\n")


def main():
    name, x_path, calls_path, out_path = sys.argv[1:5]
    public = headers.parse(sys.argv[5:])
    protocol = xfile.parse(x_path, name)
    rows = []
    with open(out_path, "w", encoding="utf-8") as out:
        out.write(f"/* Generated from protocol/{name}.x, calls/{name}.calls and the public headers. */\n")
        out.write('#include "client/events.h"\n#include "client/params.h"\n#include "rpc/remote_calls.h"\n\n')
        for call in callsfile.parse(calls_path, protocol):
            kind, _, rest = call.options.get("event", "-").partition(":")
            if kind == "-" or rest.endswith("legacy") or call.options.get("client") == "none":
                continue
            deliver = f"deliver_{call.name.lower()}"
            write_object(out, protocol, call)
            if call.options.get("client") == "hand":
                deliver = "client_" + deliver
                out.write(f"void {deliver}(virConnectPtr conn, void *object, void *data, ClientEventFunc callback, void *opaque);\n\n")
            else:
                write_deliver(out, protocol, public, call, kind)
            rows.append(f"    {{&rpc_program_{name}, {call.procedure}, RPC_OBJECT_{kind.upper()}, {rest}, sizeof({call.args}), "
                        f"(xdrproc_t)xdr_{call.args}, object_{call.name.lower()}, {deliver}}},\n")
        out.write("const ClientEvent client_remote_events[] = {\n")
        out.writelines(rows)
        out.write("};\nconst guint client_n_remote_events = G_N_ELEMENTS(client_remote_events);\n")


if __name__ == "__main__":
    main()
