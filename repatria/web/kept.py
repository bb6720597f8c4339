"""Values as bytes for the vault, and back exactly: what waits between two visits of a page is kept so.

Everything that a command asks for or gives back is plain values in frozen dataclasses, so one reading and one writing
serve all of them. A tuple comes back as a tuple and bytes as bytes; a dataclass, and a function such as a command, by
its name in this program. The bytes are read from the vault only, which nobody else can write: no form is checked here.

    >>> decode(encode({"a": (1, b"two")}))
    {'a': (1, b'two')}
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from types import FunctionType
from typing import Any

_ROOT = "repatria."


def encode(value: Any) -> bytes:
    """The value as bytes.

    Raises:
        TypeError: it holds something without a name to find it again by, such as an open file or a nested function.
    """
    return json.dumps(_packed(value), separators=(",", ":")).encode()


def decode(data: bytes) -> Any:
    """The value in bytes of `encode`.

    Raises:
        ValueError: it names a type that this version of the program has no longer, or has otherwise.
    """
    return _unpacked(json.loads(data))


def _packed(value: Any) -> Any:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case bytes():
            return {"bytes": b64encode(value).decode()}
        case list():
            return [_packed(each) for each in value]
        case tuple():
            return {"tuple": [_packed(each) for each in value]}
        case frozenset():
            return {"set": [_packed(each) for each in sorted(value)]}
        case Mapping():
            return {"map": [[_packed(key), _packed(each)] for key, each in value.items()]}
        case date():
            return {"date": value.isoformat()}
        case Decimal() | Fraction():
            return {type(value).__name__: str(value)}
        case FunctionType():
            return {"named": _name(value)}
    if is_dataclass(value) and not isinstance(value, type):
        return {"of": _name(type(value)), "fields": {f.name: _packed(getattr(value, f.name)) for f in fields(value)}}
    raise TypeError(f"{type(value).__name__} cannot be kept")


def _unpacked(raw: Any) -> Any:
    match raw:
        case list():
            return [_unpacked(each) for each in raw]
        case {"bytes": text}:
            return b64decode(text)
        case {"tuple": items}:
            return tuple(_unpacked(each) for each in items)
        case {"set": items}:
            return frozenset(_unpacked(each) for each in items)
        case {"map": items}:
            return {_unpacked(key): _unpacked(each) for key, each in items}
        case {"date": text}:
            return date.fromisoformat(text)
        case {"Decimal": text}:
            return Decimal(text)
        case {"Fraction": text}:
            return Fraction(text)
        case {"named": name}:
            return _found(name)
        case {"of": name, "fields": held}:
            try:
                return _found(name)(**{field: _unpacked(each) for field, each in held.items()})
            except TypeError as error:
                raise ValueError(f"{name} has other fields now") from error
    return raw


def _name(of: type | FunctionType) -> str:
    name = f"{of.__module__}:{of.__qualname__}"
    if "." in of.__qualname__ or "<" in of.__qualname__ or not name.startswith(_ROOT) or _found(name) is not of:
        raise TypeError(f"{name} cannot be kept: it is found again by no name")
    return name


def _found(name: str) -> Any:
    module, _, own = name.partition(":")
    try:
        return getattr(import_module(module), own)
    except (ImportError, AttributeError) as error:
        raise ValueError(f"{name} is not in this version") from error
