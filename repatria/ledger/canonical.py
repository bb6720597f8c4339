"""One value, one text: JSON in the canonical form of RFC 8785, without floating point numbers.

What is signed or named by its hash must have one spelling only. The rules:

- a value is None, a bool, an int of magnitude at most 2^53 - 1, a str, a list (or tuple), or a dict with str
  keys;
- no white space; strings as ECMAScript's JSON.stringify writes them (RFC 8785 section 3.2.2.2);
- keys sorted by their UTF-16 code units (section 3.2.3), which differs from code point order above U+FFFF;
- UTF-8, no byte order mark, no lone surrogate;
- at most 64 containers one inside the other.

Decoding refuses every text that encoding would not have written, so two equal values can't have two hashes.

    >>> encode({"b": [True, None], "a": "née"}).decode()
    '{"a":"née","b":[true,null]}'
    >>> decode(b'{"a":1}')
    {'a': 1}
    >>> decode(b'{"a":1.0}')
    Traceback (most recent call last):
    repatria.ledger.canonical.NotCanonical: a number with a fraction or an exponent
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NoReturn

INT_MAX = 2**53 - 1  # RFC 8785 section 3.2.2.3: integers a double holds exactly
DEPTH_MAX = 64


class NotCanonical(ValueError):
    """The value has no canonical text, or the text is not the canonical one of its value."""


def encode(value: object) -> bytes:
    """The canonical text of `value`.

    Raises:
        NotCanonical: if the value holds anything but the types above.
    """
    ordered = _ordered(value, 0)
    try:
        # json writes strings exactly as RFC 8785 section 3.2.2.2 asks when ensure_ascii is off.
        return json.dumps(ordered, ensure_ascii=False, separators=(",", ":"), check_circular=False).encode()
    except UnicodeEncodeError:
        raise NotCanonical("a lone surrogate in a string") from None


def decode(data: bytes) -> Any:
    """The value whose canonical text is `data`.

    Raises:
        NotCanonical: if it is not JSON, or is JSON spelled otherwise than `encode` spells it.
    """
    try:
        value = _DECODER.decode(data.decode("utf-8"))
    except NotCanonical:
        raise
    except UnicodeDecodeError:
        raise NotCanonical("not UTF-8") from None
    except RecursionError:
        raise NotCanonical(f"more than {DEPTH_MAX} containers one inside the other") from None
    except json.JSONDecodeError as error:
        raise NotCanonical(f"not JSON at character {error.pos}") from None
    except ValueError:  # an integer with thousands of digits
        raise NotCanonical("an integer beyond 2^53 - 1") from None
    # Duplicate keys, unsorted keys, white space, -0 and needless escapes all show here.
    again = _encode_parsed(value, data)
    if again != data:
        shorter = min(len(again), len(data))
        at = next((i for i in range(shorter) if again[i] != data[i]), shorter)
        raise NotCanonical(f"not the canonical spelling, from byte {at}")
    return value


def _encode_parsed(value: object, data: bytes) -> bytes:
    """`encode(value)`, where `value` was just parsed from `data`: what is in ASCII takes a shorter way.

    What was parsed has no type that JSON has not, and no integer out of range. In ASCII code point order is code
    unit order, so json sorts the keys; with no more brackets than DEPTH_MAX nothing can be nested deeper.
    """
    if data.isascii() and (data.count(b"{") + data.count(b"[") <= DEPTH_MAX or _depth(value) <= DEPTH_MAX):
        return _ENCODER.encode(value).encode("utf-8", "replace")
    return encode(value)


def _depth(value: object) -> int:
    """How many containers stand one inside the other, at most."""
    depth, inside = 0, [value] if isinstance(value, dict | list) else []
    while inside:
        depth += 1
        within = [each.values() if type(each) is dict else each for each in inside]
        inside = [item for each in within for item in each if type(item) is dict or type(item) is list]
    return depth


def digest(data: bytes) -> str:
    """SHA-256 in lower-case hex: the name of an event or of an attachment."""
    return hashlib.sha256(data).hexdigest()


def _integer(text: str) -> int:
    value = int(text)
    if not -INT_MAX <= value <= INT_MAX:
        raise NotCanonical("an integer beyond 2^53 - 1")
    return value


def _refuse_number(_: str) -> NoReturn:
    raise NotCanonical("a number with a fraction or an exponent")


def _ordered(value: object, depth: int) -> object:
    """`value` with every dict's keys in order, or NotCanonical."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        if not -INT_MAX <= value <= INT_MAX:
            raise NotCanonical("an integer beyond 2^53 - 1")
        return int(value)
    if depth == DEPTH_MAX:
        raise NotCanonical(f"more than {DEPTH_MAX} containers one inside the other")
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise NotCanonical(f"a key of type {type(key).__name__}")
        if len(value) < 2 or all(key.isascii() for key in value):
            keys = sorted(value)  # for ASCII, code point order is code unit order
        else:
            keys = sorted(value, key=_utf16)
        return {key: _ordered(value[key], depth + 1) for key in keys}
    if isinstance(value, list | tuple):
        return [_ordered(item, depth + 1) for item in value]
    raise NotCanonical(f"a value of type {type(value).__name__}")


def _utf16(key: str) -> bytes:
    try:
        return key.encode("utf-16-be")
    except UnicodeEncodeError:
        raise NotCanonical("a lone surrogate in a key") from None


_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_refuse_number, parse_constant=_refuse_number)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False, sort_keys=True)
