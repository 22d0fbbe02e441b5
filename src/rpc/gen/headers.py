# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the public headers (include/libvirt/*.h): functions, structs and callback types."""

import re
from dataclasses import dataclass, field


@dataclass
class Param:
    type: str                     # 'const char *', 'unsigned int', 'virDomainPtr *'
    name: str


@dataclass
class Function:
    name: str
    returns: str
    params: list


@dataclass
class Headers:
    functions: dict = field(default_factory=dict)   # name -> Function
    structs: dict = field(default_factory=dict)     # 'virDomainInfo' -> [Param], an array's size stays in the name
    callbacks: dict = field(default_factory=dict)   # typedef name -> Function


def parse_param(text):
    """The type is written with one blank between words, and its stars, if no const stands among them, together at its end."""
    match = re.match(r"^(.*?)(\w+)(\[\w*\])?$", " ".join(text.split()))
    words = match[1].replace("*", " * ").split()
    if "*" in words and "const" not in words[words.index("*"):]:
        type_ = " ".join(w for w in words if w != "*") + " " + "*" * words.count("*")
    else:
        type_ = " ".join(words)
    return Param(type_, match[2] + (match[3] or ""))


def parse_params(text):
    text = text.strip()
    return [] if text == "void" else [parse_param(part) for part in text.split(",")]


def parse(paths):
    headers = Headers()
    for path in paths:
        text = open(path, encoding="utf-8").read()
        text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
        text = re.sub(r"^#(?:.*\\\n)*.*$", "", text, flags=re.M)
        for match in re.finditer(r"typedef\s+([\w\s*]+?)\(\s*\*\s*(\w+)\s*\)\s*\(([^)]*)\)\s*;", text):
            headers.callbacks[match[2]] = Function(match[2], match[1].strip(), parse_params(match[3]))
        plain = re.sub(r"typedef\s[^;{]*;", "", text)
        for match in re.finditer(r"(?:^|(?<=[;{}]))\s*((?:const\s+)?(?:unsigned\s+|long\s+)*\w+[\s*]+?)(vir\w+)\s*\(([^()]*)\)\s*;",
                                 plain):
            returns = parse_param(match[1] + " x").type
            headers.functions[match[2]] = Function(match[2], returns, parse_params(match[3]))
        for match in re.finditer(r"struct\s+_(\w+)\s*\{([^{}]*)\}", text):
            headers.structs[match[1]] = [parse_param(part) for part in match[2].split(";") if part.strip()]
    return headers
