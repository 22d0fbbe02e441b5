#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the public functions of a program: NAME_client.c, one function for each row that names one and is not client=hand.

A function's arguments are matched with the fields of the call's args struct, by name and type, and what is left of them
receives the fields of its ret struct. Each rule below knows one shape. A row that no set of rules explains is an error: it
is either written by hand (client=hand) or missing a rule.

usage: gen_client.py NAME FILE.x FILE.calls OUT.c HEADER...
"""

import sys

import callsfile
import headers
import xfile

# wire struct -> (public type, kind of handle)
OBJECTS = {
    "remote_nonnull_domain": ("virDomainPtr", "domain"),
    "remote_nonnull_network": ("virNetworkPtr", "network"),
    "remote_nonnull_network_port": ("virNetworkPortPtr", "network_port"),
    "remote_nonnull_interface": ("virInterfacePtr", "interface"),
    "remote_nonnull_storage_pool": ("virStoragePoolPtr", "storage_pool"),
    "remote_nonnull_storage_vol": ("virStorageVolPtr", "storage_vol"),
    "remote_nonnull_node_device": ("virNodeDevicePtr", "node_device"),
    "remote_nonnull_secret": ("virSecretPtr", "secret"),
    "remote_nonnull_nwfilter": ("virNWFilterPtr", "nwfilter"),
    "remote_nonnull_nwfilter_binding": ("virNWFilterBindingPtr", "nwfilter_binding"),
    "remote_nonnull_domain_snapshot": ("virDomainSnapshotPtr", "domain_snapshot"),
    "remote_nonnull_domain_checkpoint": ("virDomainCheckpointPtr", "domain_checkpoint"),
    "admin_nonnull_server": ("virAdmServerPtr", "adm_server"),
    "admin_nonnull_client": ("virAdmClientPtr", "adm_client"),
}
KINDS = {public: kind for public, kind in OBJECTS.values()} | {
    "virConnectPtr": "connect", "virAdmConnectPtr": "adm_connect", "virStreamPtr": "stream"}
WIRE_OF = {public: wire for wire, (public, _) in OBJECTS.items()}

STRINGS = ("remote_nonnull_string", "admin_nonnull_string")
OPTIONAL_STRINGS = ("remote_string", "admin_string")
SCALARS = ("int", "unsigned int", "hyper", "unsigned hyper", "char", "unsigned char", "unsigned short")
PUBLIC_SCALARS = ("int", "unsigned int", "unsigned long", "long long", "unsigned long long", "size_t")
PARAMS = ("remote_typed_param", "admin_typed_param")


def plain(name):
    return name.lower().replace("_", "")


class Mismatch(Exception):
    pass


class Emitter:
    """One function: what its rules have found out so far."""

    def __init__(self, protocol, call, function, structs):
        self.protocol, self.call, self.function, self.structs = protocol, call, function, structs
        self.left = list(function.params)          # parameters that no rule has claimed
        self.args = list(protocol.structs.get(call.args, []))
        self.rets = list(protocol.structs.get(call.ret, []))
        self.nullable = call.options.get("null", "").split(",")
        self.locals, self.checks, self.before, self.after = [], [], [], []
        self.limits = {}                           # name of a 'max...' parameter, by the order they came in
        self.result = None
        self.has_need_results = False
        self.after_failure, self.last_checks = [], []

    # ---- helpers ----

    def failure(self):
        return "NULL" if "*" in self.function.returns or self.function.returns.endswith("Ptr") else \
            "0" if "unsigned" in self.function.returns else "-1"

    def take(self, types, name=None):
        """Claims the parameter of one of these types that is called so, or else the first of these types."""
        found = [p for p in self.left if p.type in types]
        named = [p for p in found if name and plain(p.name) == plain(name)]
        if not (named or found):
            return None
        param = (named or found)[0]
        self.left.remove(param)
        return param

    def need(self, param):
        if param.name not in self.nullable:
            self.checks.append(f'call_need(&call, {param.name}, "{param.name}")')

    # ---- the object ----

    def begin(self):
        self.object = self.left.pop(0)
        self.kind = KINDS.get(self.object.type)
        if not self.kind:
            raise Mismatch(f"first argument is a {self.object.type}")
        self.checks.append(f"call_begin(&call, &handle_type_{self.kind}, {self.object.name}, __func__)")
        wire = WIRE_OF.get(self.object.type)
        if self.kind == "node_device" and self.args and self.args[0].name == "name":
            self.args.pop(0)
            self.before.append(f"args.name = {self.object.name}->name;")
        elif wire:
            if not self.args or self.args[0].type != wire:
                raise Mismatch("the call does not begin with the object")
            self.encode_object(self.object, self.args.pop(0))

    def encode_object(self, param, field):
        self.before.append(f"handle_{KINDS[param.type]}_encode({param.name}, &args.{field.name});")

    # ---- rules for arguments: each returns True when it has dealt with the field ----

    def arg_object(self, field):
        if field.type not in OBJECTS or field.array:
            return False
        param = self.take([OBJECTS[field.type][0]], field.name)
        self.checks.append(f"call_need_handle(&call, &handle_type_{OBJECTS[field.type][1]}, {param.name})")
        self.encode_object(param, field)
        return True

    def arg_string(self, field):
        if field.array or field.type not in STRINGS + OPTIONAL_STRINGS:
            return False
        param = self.take(["const char *"], field.name)
        if field.type in STRINGS:
            self.need(param)
            self.before.append(f"args.{field.name} = (char *){param.name};")
        else:
            self.before.append(f"args.{field.name} = {param.name} ? (char **)&{param.name} : NULL;")
        return True

    def arg_uuid(self, field):
        if field.type != "remote_uuid":
            return False
        param = self.take(["const unsigned char *"], field.name)
        self.need(param)
        self.before.append(f"memcpy(args.{field.name}, {param.name}, sizeof(args.{field.name}));")
        return True

    def arg_array(self, field):
        """Bytes, numbers or strings, and how many."""
        shapes = {"opaque": ["unsigned char *", "const unsigned char *"], "unsigned int": ["unsigned int *"]} | dict.fromkeys(
            STRINGS, ["const char **"])
        if field.array != "variable" or field.type not in shapes:
            return False
        param = self.take(shapes[field.type], field.name)
        index = self.function.params.index(param)
        count = self.function.params[index + 1]
        if count not in self.left or count.type not in PUBLIC_SCALARS:
            raise Mismatch(f"{param.name} is not followed by its length")
        self.left.remove(count)
        self.checks.append(f'call_need_array(&call, {param.name}, {count.name}, "{param.name}")')
        base = f"args.{field.name}.{field.name}"
        self.before += [f"{base}_val = (void *){param.name};", f"{base}_len = {count.name};"]
        return True

    def arg_params(self, field):
        if field.array != "variable" or field.type not in PARAMS:
            return False
        param = self.take(["virTypedParameterPtr"], field.name)
        count = self.take(["int", "unsigned int"], "n" + field.name)
        self.locals.append(f"g_autofree remote_typed_param *{field.name}_wire = NULL;")
        base = f"args.{field.name}.{field.name}"
        self.checks.append(f'params_encode(&call, {param.name}, {count.name}, "{param.name}", '
                           f"&{field.name}_wire, &{base}_len)")
        self.before.append(f"{base}_val = (void *){field.name}_wire;")
        return True

    def arg_need_results(self, field):
        if field.name != "need_results":
            return False
        param = next((p for p in self.left if p.type.endswith("**") or p.type == "char ***"), None)
        if not param:
            raise Mismatch("need_results without a list to fill")
        self.before.append(f"args.need_results = {param.name} != NULL;")
        self.has_need_results = True
        return True

    def arg_nparams(self, field):
        """How many parameters there is room for; also in functions that allocate them, which then say none."""
        count = next((p for p in self.left if p.type == "int *" and p.name == "nparams"), None)
        if field.name != "nparams" or not count:
            return False
        self.need(count)
        allocates = any(p.type == "virTypedParameterPtr *" for p in self.left)
        room = next(f.max for f in self.rets if f.type in PARAMS) if allocates else "*" + count.name
        self.before.append(f"args.nparams = {room};")
        if any(f.name == "flags" for f in self.args):
            self.before.append("flags |= call_string_params_flag(&call);")
        return True

    def arg_scalar(self, field):
        if field.array or field.type not in SCALARS:
            return False
        param = self.take(PUBLIC_SCALARS, field.name)
        if not param:
            raise Mismatch(f"no parameter for {field.name}")
        if param.name.startswith("max") or param.name == "nameslen":
            self.checks.append(f'call_need_not_negative(&call, {param.name}, "{param.name}")')
            self.limits["max"] = param.name
        if "size" in param.name or param.name == "maplen":
            self.limits["size"] = param.name
        self.before.append(f"args.{field.name} = {param.name};")
        return True

    # ---- what travels beside the args ----

    def fds_sent(self):
        if self.call.options.get("fds") not in ("call", "both"):
            return
        self.checks.append("call_need_fd_passing(&call)")
        many = self.take(["int *"])
        if many:
            count = self.take(["unsigned int"], "n" + many.name)
            self.checks.append(f'call_need_array(&call, {many.name}, {count.name}, "{many.name}")')
            self.before += [f"call.rpc.fds = {many.name};", f"call.rpc.n_fds = {count.name};"]
        else:
            one = self.take(["int"], "fd")
            self.before += [f"call.rpc.fds = &{one.name};", "call.rpc.n_fds = 1;"]

    def stream(self):
        option = self.call.options.get("stream")
        if not option:
            return
        param = self.take(["virStreamPtr"])
        sparse = option.partition("+sparse=")[2]
        self.last_checks.append(f"call_set_stream(&call, {param.name}, {f'(flags & {sparse}) != 0' if sparse else 'FALSE'})")
        self.after_failure.append(f"call_unset_stream(&call, {param.name});")

    # ---- rules for results ----

    def ret_returned(self):
        """A string or an object that the function returns."""
        returns = self.function.returns
        field = self.rets[0] if self.rets else None
        if returns == "char *":
            if field.type in STRINGS:
                self.result = ("char *", f"g_steal_pointer(&ret.{field.name})")
            elif field.type in OPTIONAL_STRINGS:
                self.result = ("char *", f"ret.{field.name} ? g_steal_pointer(ret.{field.name}) : NULL")
            else:
                raise Mismatch("returns a string that the reply has not")
            self.rets.remove(field)
        elif returns in KINDS:
            field = next((f for f in self.rets if f.type in OBJECTS and OBJECTS[f.type][0] == returns), None)
            if not field:
                raise Mismatch("returns an object that the reply has not")
            self.result = (returns, f"handle_{KINDS[returns]}_new(call.connection, &ret.{field.name})")
            self.rets.remove(field)
        elif "unsigned" in returns and field:
            self.result = (returns, f"ret.{field.name}")
            self.rets.remove(field)

    def ret_update(self):
        """The object as it is now, in a function that does not return it."""
        for field in list(self.rets):
            if field.type in OBJECTS and not field.array and OBJECTS[field.type][0] == self.object.type:
                self.after.append(f"handle_{self.kind}_update({self.object.name}, &ret.{field.name});")
                self.rets.remove(field)

    def ret_fds(self):
        if self.call.options.get("fds") == "reply" and not self.left and not self.rets:
            self.result = ("int", "call_take_fd(&call)")

    def ret_handles(self, field):
        """A new array of handles, a NULL behind its end."""
        if field.array != "variable" or field.type not in OBJECTS:
            return False
        public, kind = OBJECTS[field.type]
        param = self.take([public + " **"])
        if not param:
            return False
        value = f"ret.{field.name}.{field.name}"
        self.after += [f"if ({param.name}) {{",
                       f"    *{param.name} = g_new0({public}, {value}_len + 1);",
                       f"    for (u_int i = 0; i < {value}_len; i++)",
                       f"        (*{param.name})[i] = handle_{kind}_new(call.connection, &{value}_val[i]);",
                       "}"]
        self.list_length(value, param)
        return True

    def list_length(self, value, param):
        """What a function returns that makes a list: its length, or what the daemon counted where no list was wanted."""
        count = next((f for f in self.rets if f.name == "ret"), None)
        if count:
            self.rets.remove(count)
        self.result = ("int", f"{param.name} ? (int){value}_len : (int)ret.ret" if count else f"{value}_len")

    def ret_strings_new(self, field):
        """A new array of strings, a NULL behind its end."""
        if field.array != "variable" or field.type not in STRINGS:
            return False
        param = self.take(["char ***"])
        if not param:
            return False
        value = f"ret.{field.name}.{field.name}"
        if not self.has_need_results:
            self.need(param)
        self.after += [f"if ({param.name}) {{",
                       f"    *{param.name} = g_new0(char *, {value}_len + 1);",
                       f"    for (u_int i = 0; i < {value}_len; i++)",
                       f"        (*{param.name})[i] = g_steal_pointer(&{value}_val[i]);",
                       "}"]
        self.list_length(value, param)
        return True

    def ret_filled(self, field):
        """The caller's array of strings or numbers, with a limit that was sent along."""
        shapes = {"int": ["int *"], "unsigned hyper": ["unsigned long long *"]} | dict.fromkeys(
            STRINGS, ["char * * const", "char **"])
        if field.array != "variable" or field.type not in shapes or "max" not in self.limits:
            return False
        param = self.take(shapes[field.type])
        if not param:
            return False
        limit = self.limits["max"]
        value = f"ret.{field.name}.{field.name}"
        source = f"g_steal_pointer(&{value}_val[i])" if field.type in STRINGS else f"{value}_val[i]"
        self.checks.append(f'call_need_array(&call, {param.name}, {limit}, "{param.name}")')
        self.after += [f"if (!call_check_list(&call, {value}_len, {limit})) {{", "    call_release(&call, &ret);",
                       f"    return {self.failure()};", "}",
                       f"for (u_int i = 0; i < {value}_len; i++)", f"    {param.name}[i] = {source};"]
        self.result = ("int", f"{value}_len")
        return True

    def ret_bytes(self, field):
        """The caller's buffer, as large as it asked for."""
        if field.array != "variable" or field.type != "opaque" or "size" not in self.limits:
            return False
        param = self.take(["void *", "unsigned char *"])
        if not param:
            return False
        size = self.limits["size"]
        value = f"ret.{field.name}.{field.name}"
        self.checks.append(f'call_need_array(&call, {param.name}, {size}, "{param.name}")')
        self.after += [f"if (!call_check_size(&call, {value}_len, {size})) {{", "    call_release(&call, &ret);",
                       f"    return {self.failure()};", "}", f"memcpy({param.name}, {value}_val, {value}_len);"]
        return True

    def ret_params(self, field):
        if field.array != "variable" or field.type not in PARAMS:
            return False
        value = f"ret.{field.name}.{field.name}"
        wire = f"(remote_typed_param *){value}_val, {value}_len"
        new, filled = self.take(["virTypedParameterPtr *"]), self.take(["virTypedParameterPtr"])
        count = self.take(["int *", "unsigned int *"], "nparams")
        if not count or not (new or filled):
            return False
        known = next((f for f in self.rets if f.name == "nparams"), None)
        if known:
            self.rets.remove(known)
        for param in [p for p in (new, count) if p]:
            if not any(f'"{param.name}"' in check for check in self.checks):
                self.need(param)
        if new:
            decode = f"params_decode(&call, {wire}, {new.name}, (int *){count.name})"
        else:
            self.checks.append(f'call_need_array(&call, {filled.name}, *{count.name}, "{filled.name}")')
            decode = (f"params_fill(&call, {wire}, {'ret.nparams' if known else value + '_len'}, {filled.name}, "
                      f"{count.name})")
        self.after += [f"if (!{decode}) {{", "    call_release(&call, &ret);", f"    return {self.failure()};", "}"]
        return True

    def ret_struct(self):
        """A struct whose members are the reply's fields, in whole."""
        param = next((p for p in self.left if p.type.endswith("Ptr") and p.type[:-3] in self.structs), None)
        if not param or not self.rets:
            return
        struct = param.type[:-3]
        members = {m.name.split("[")[0]: m for m in self.structs[struct]}
        if not all(plain(f.name) in map(plain, members) for f in self.rets):
            return
        self.left.remove(param)
        self.need(param)
        size = self.take(["size_t"], "size")
        target = param.name
        if size:  # of the caller's struct, which may be that of another version
            target = "whole"
            self.locals.append(f"struct _{struct} whole = {{0}};")
            self.checks.append(f'call_need_at_most(&call, {size.name}, sizeof(whole), "{size.name}")')
        else:
            self.after.append(f"memset({param.name}, 0, sizeof(*{param.name}));")
        access = f"{target}." if size else f"{target}->"
        by_plain = {plain(name): name for name in members}
        for field in self.rets:
            member = by_plain[plain(field.name)]
            if field.array:
                self.after.append(f"call_copy_text({access}{member}, sizeof({access}{member}), ret.{field.name}, "
                                  f"sizeof(ret.{field.name}));")
            else:
                self.after.append(f"{access}{member} = ret.{field.name};")
        if size:
            self.after.append(f"memcpy({param.name}, &whole, {size.name});")
        self.rets.clear()

    def ret_out(self, field):
        """A number or string that the caller has a place for."""
        if field.array or field.type not in SCALARS + STRINGS + OPTIONAL_STRINGS:
            return False
        is_text = field.type in STRINGS + OPTIONAL_STRINGS
        types = ["char **"] if is_text else ["int *", "unsigned int *", "unsigned long *", "long long *", "unsigned long long *"]
        named = [p for p in self.left if p.type in types and plain(p.name) == plain(field.name)]
        same_type = [p for p in self.left if p.type in types]
        if not named and len(same_type) != 1:
            return False
        if not named and self.function.returns == "int" and len(self.rets) > 1 and not is_text:
            return False
        param = (named or same_type)[0]
        self.left.remove(param)
        self.need(param)
        value = f"ret.{field.name}"
        if field.type in STRINGS:
            value = f"g_steal_pointer(&{value})"
        elif field.type in OPTIONAL_STRINGS:
            value = f"{value} ? g_steal_pointer({value}) : NULL"
        guard = f"if ({param.name})\n        " if param.name in self.nullable else ""
        self.after.append(f"{guard}*{param.name} = {value};")
        return True

    def ret_number(self, field):
        """A number that the function returns."""
        if field.array or field.type not in SCALARS or self.result or self.function.returns != "int":
            return False
        self.result = ("int", f"ret.{field.name}")
        return True

    # ---- putting it together ----

    def explain(self):
        self.begin()
        self.stream()
        self.fds_sent()
        rules = [self.arg_object, self.arg_string, self.arg_uuid, self.arg_need_results, self.arg_nparams, self.arg_params,
                 self.arg_array, self.arg_scalar]
        for field in self.args:
            try:
                if not any(rule(field) for rule in rules):
                    raise Mismatch(f"no rule for argument {field.type} {field.name}")
            except AttributeError:
                raise Mismatch(f"no parameter for {field.type} {field.name}")
        self.ret_returned()
        self.ret_update()
        self.ret_struct()
        self.ret_fds()
        rules = [self.ret_handles, self.ret_strings_new, self.ret_filled, self.ret_bytes, self.ret_params, self.ret_out,
                 self.ret_number]
        pending = list(self.rets)
        for field in pending:
            if field not in self.rets:
                continue
            if not any(rule(field) for rule in rules):
                raise Mismatch(f"no rule for result {field.type} {field.name}")
            self.rets.remove(field)
        if self.left:
            raise Mismatch(f"parameters left: {', '.join(p.type + ' ' + p.name for p in self.left)}")
        if not self.result and self.function.returns != "int":
            raise Mismatch(f"nothing to return for {self.function.returns}")

    def declaration(self):
        params = ", ".join(f"{p.type}{'' if p.type.endswith('*') else ' '}{p.name}" for p in self.function.params)
        params = params.replace("char * * const ", "char **const ")
        returns = self.function.returns
        return f"{returns}{'' if returns.endswith('*') else ' '}{self.function.name}({params})"

    def write(self, out):
        call, fail = self.call, self.failure()
        out.write(f"{self.declaration()}\n{{\n")
        if call.args:
            out.write(f"    {call.args} args = {{0}};\n")
        if call.ret:
            out.write(f"    {call.ret} ret = {{0}};\n")
        for line in self.locals:
            out.write(f"    {line}\n")
        out.write("    ClientCall call;\n")
        if call.ret and self.result:
            out.write(f"    {self.result[0]}{'' if self.result[0].endswith('*') else ' '}result;\n")
        out.write("\n    if (!" + " ||\n        !".join(self.checks + self.last_checks) + f")\n        return {fail};\n")
        for line in self.before:
            out.write(f"    {line}\n")
        run = (f"call_run(&call, &rpc_program_{self.protocol.name}, {call.procedure}, "
               f"{'&args' if call.args else 'NULL'}, {'&ret' if call.ret else 'NULL'})")
        failing = self.after_failure + [f"return {fail};"]
        out.write(f"    if (!{run})" + (" {\n        " + "\n        ".join(failing) + "\n    }\n" if len(failing) > 1
                                        else f"\n        {failing[0]}\n"))
        for line in self.after:
            out.write(f"    {line}\n")
        if call.ret and self.result:
            out.write(f"    result = {self.result[1]};\n")
        if call.ret:
            out.write("    call_release(&call, &ret);\n")
        returned = "result" if call.ret and self.result else self.result[1] if self.result else "0"
        out.write(f"    return {returned};\n}}\n\n")


def main():
    name, x_path, calls_path, out_path = sys.argv[1:5]
    public = headers.parse(sys.argv[5:])
    protocol = xfile.parse(x_path, name)
    problems, emitters = [], []
    for call in callsfile.parse(calls_path, protocol):
        if call.is_event or not call.function or call.options.get("client") == "hand":
            continue
        emitter = Emitter(protocol, call, public.functions[call.function], public.structs)
        try:
            emitter.explain()
            emitters.append(emitter)
        except Mismatch as mismatch:
            problems.append(f"{call.name}: {mismatch}")
    if problems:
        sys.exit("\n".join(problems))
    with open(out_path, "w", encoding="utf-8") as out:
        out.write(f"/* Generated from protocol/{name}.x, calls/{name}.calls and the public headers. */\n")
        out.write(f'#include "rpc/{name}_calls.h"\n\n#include <string.h>\n\n#include "client/generated.h"\n\n')
        for emitter in emitters:
            emitter.write(out)


if __name__ == "__main__":
    main()
