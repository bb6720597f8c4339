"""Events and state as canonical bytes, and back, strictly.

`decode_body` accepts exactly the bytes that `encode_body` makes: every field present, none unknown, each text of its
type's form. What does not fit raises ValueError; the fold turns that into a refusal.

    >>> from repatria.exchange.events import Suspended, Slug
    >>> body = Body("e" * 32, "north", 0, None, (0, EMPTY_ROOT), (), (), "2025-12-01T08:00:00Z", Suspended(Slug("r")))
    >>> decode_body(encode_body(body)) == body
    True
"""

from __future__ import annotations

import hashlib
import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple, NewType, TypeVar, Union, cast

from repatria.exchange import events
from repatria.exchange.events import KINDS, Event
from repatria.ledger.canonical import NotCanonical, decode, encode

T = TypeVar("T")
Note = NewType("Note", str)  # a rule, a kind or an author in a state's records; empty where an entry had none
BODY_VERSION = 1
EMPTY_ROOT = hashlib.sha256(b"").hexdigest()

_SLUG = r"[a-z0-9][a-z0-9-]{0,31}"
_DAY = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"  # not \d, which takes the digits of every script
_FORMS: dict[Any, re.Pattern[str]] = {
    events.Slug: re.compile(_SLUG),
    events.Author: re.compile(rf"{_SLUG}(?:/{_SLUG})?"),
    events.Opaque: re.compile(r"[0-9a-f]{32}"),
    events.Sha256: re.compile(r"[0-9a-f]{64}"),
    events.Key: re.compile(r"[0-9a-f]{64}"),
    events.Signature: re.compile(r"[0-9a-f]{128}"),
    events.Day: re.compile(_DAY),
    events.Moment: re.compile(_DAY + r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"),
    events.Vkey: re.compile(r"[a-z0-9./-]{1,100}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{40,60}={0,2}"),
    events.Recipient: re.compile(r"age1[a-z0-9]{58}"),
    events.Sealed: re.compile(r"[A-Za-z0-9+/]{4,4096}={0,2}"),
    events.Row: re.compile(r"[0-9a-f]{8,32}"),
    events.Phrase: re.compile(r"[a-z0-9 ,:'-]{1,100}"),
    str: re.compile(r"[A-Za-z0-9_./-]{1,100}"),
    Note: re.compile(r"[A-Za-z0-9_./-]{0,100}"),
}
_INT_MAX = 2**53 - 1


class Body(NamedTuple):
    """One signed statement (FORMATS section 8): who says it, where it stands in their own chain, what they had seen.

    `seen` is the size and root of the latest checkpoint that the author held; `refs` are event ids that must stand
    in the ledger before this one takes effect; `commit` are salted commitments that this event makes.
    """

    exchange: str
    author: str
    seq: int
    prev: str | None
    seen: tuple[int, str]
    refs: tuple[str, ...]
    commit: tuple[str, ...]
    at: str
    data: Event

    @property
    def kind(self) -> str:
        return type(self.data).__name__

    @property
    def member(self) -> str:
        """The member that the author is, or acts for."""
        return self.author.partition("/")[0]


@dataclass(frozen=True)
class _Seen:
    size: int
    root: events.Sha256


@dataclass(frozen=True)
class _Frame:
    """The body's own fields in their types, for the same strict reading as the data's."""

    exchange: events.Opaque
    author: events.Author
    seq: int
    prev: events.Sha256 | None
    seen: _Seen
    refs: tuple[events.Sha256, ...]
    commit: tuple[events.Sha256, ...]
    at: events.Moment


def event_id(body: bytes) -> str:
    """How other events name this one: SHA-256 over the body's bytes, hex."""
    return hashlib.sha256(body).hexdigest()


def encode_body(body: Body) -> bytes:
    return encode(
        {
            "v": BODY_VERSION,
            "kind": body.kind,
            "exchange": body.exchange,
            "author": body.author,
            "seq": body.seq,
            "prev": body.prev,
            "seen": {"size": body.seen[0], "root": body.seen[1]},
            "refs": list(body.refs),
            "commit": list(body.commit),
            "at": body.at,
            "data": plain(body.data),
        }
    )


def decode_body(data: bytes) -> Body:
    """The body in canonical bytes.

    Raises:
        ValueError: not canonical, an unknown kind or version, a field missing, unknown or out of form.
    """
    return _decode_flat(data) or _decode_any(data)


def _decode_any(data: bytes) -> Body:
    try:
        raw = decode(data)
    except NotCanonical as error:
        raise ValueError("body is not canonical JSON") from error
    if not isinstance(raw, dict) or not is_version(raw.pop("v", None), BODY_VERSION):
        raise ValueError("body is not of version 1")
    kind = raw.pop("kind", None)
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError("body is of an unknown kind")
    event = revive(KINDS[kind], raw.pop("data", None))
    frame = revive(_Frame, raw)
    if len(set(frame.refs)) != len(frame.refs):
        raise ValueError("an event is named twice in refs")
    return Body(
        frame.exchange, frame.author, frame.seq, frame.prev, (frame.seen.size, frame.seen.root), frame.refs,
        frame.commit, frame.at, event,
    )  # fmt: skip


def data_hash(event: Event) -> str:
    """The hash under which members assent to the same act: kind and data, without author or time."""
    return hashlib.sha256(encode({"kind": type(event).__name__, "data": plain(event)})).hexdigest()


def is_version(raw: Any, version: int) -> bool:
    """Whether it is that number, and not `true`, which Python takes for 1: two spellings would be one event."""
    return type(raw) is int and raw == version


def plain(value: Any) -> Any:
    """A dataclass value as JSON-able data."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def revive(kind: type[T], raw: Any) -> T:
    """A value of `kind` from JSON-able data, refusing (ValueError) whatever does not fit its types exactly."""
    return cast(T, _reviver(cast(Any, kind))(raw))


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _reviver(kind: Any) -> Callable[[Any], Any]:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (Union, types.UnionType):
        return _revive_union([_reviver(arg) for arg in args if arg is not type(None)], type(None) in args)
    if origin is tuple:
        return _revive_tuple(args)
    if origin in (dict, Mapping):
        return _revive_dict(args)
    if kind in (events.Day, events.Moment):
        return _revive_calendar(_FORMS[kind])
    if kind in _FORMS:
        return _revive_text(_FORMS[kind], kind.__name__)
    if kind is bool:
        return _revive_bool
    if kind is int:
        return _revive_int
    if is_dataclass(kind):
        return _revive_dataclass(cast(type, kind))
    raise TypeError(f"no reading of {kind} is defined")


def _revive_union(kinds: list[Callable[[Any], Any]], optional: bool) -> Callable[[Any], Any]:
    """For kinds that no JSON value fits two of, such as a number or a word."""

    def one_of(raw: Any) -> Any:
        if raw is None and optional:
            return None
        for kind in kinds[:-1]:
            try:
                return kind(raw)
            except ValueError:
                continue
        return kinds[-1](raw)

    return one_of


def _revive_tuple(args: tuple[Any, ...]) -> Callable[[Any], tuple[Any, ...]]:
    if len(args) == 2 and args[1] is Ellipsis:
        item = _reviver(args[0])

        def many(raw: Any) -> tuple[Any, ...]:
            if not isinstance(raw, list):
                raise ValueError("not a list")
            return tuple([item(each) for each in raw])

        return many
    items = [_reviver(arg) for arg in args]

    def fixed(raw: Any) -> tuple[Any, ...]:
        if not isinstance(raw, list) or len(raw) != len(items):
            raise ValueError(f"not a list of {len(items)}")
        return tuple([revive_one(each) for revive_one, each in zip(items, raw, strict=True)])

    return fixed


def _revive_dict(args: tuple[Any, ...]) -> Callable[[Any], dict[str, Any]]:
    item = _reviver(args[1])

    def table(raw: Any) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise ValueError("not a table")
        return {key: item(value) for key, value in raw.items()}

    return table


def _revive_text(form: re.Pattern[str], name: str) -> Callable[[Any], str]:
    match = form.fullmatch

    def text(raw: Any) -> str:
        if type(raw) is not str or not match(raw):
            raise ValueError(f"not of the form {name}")
        return raw

    return text


def _revive_calendar(form: re.Pattern[str]) -> Callable[[Any], str]:
    text = _revive_text(form, "date or time")

    def day(raw: Any) -> str:
        date.fromisoformat(text(raw)[:10])  # ValueError for a 30th of February
        return cast(str, raw)

    return day


def _revive_bool(raw: Any) -> bool:
    if type(raw) is not bool:
        raise ValueError("not true or false")
    return raw


def _revive_int(raw: Any) -> int:
    if type(raw) is not int or not 0 <= raw <= _INT_MAX:
        raise ValueError("not a whole number from 0")
    return raw


def _revive_dataclass(kind: type) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    readers = [(name, _reviver(hints[name])) for name in _names(kind)]
    count = len(readers)

    def value(raw: Any) -> Any:
        if not isinstance(raw, dict) or len(raw) != count:
            raise ValueError(f"not the fields of {kind.__name__}")
        try:
            return kind(*[read(raw[name]) for name, read in readers])
        except KeyError as error:
            raise ValueError(f"{kind.__name__} lacks a field") from error

    return value


# --- bodies by their form, without reading JSON ---------------------------------------------------------------------


@dataclass(frozen=True)
class _Flat:
    """The canonical bytes of every body of one kind as a regular expression, and how its groups become the data.

    Only for a kind whose fields are single texts, whole numbers, truths and lists of texts; no form of a text has a
    character in it that JSON would escape.
    """

    pattern: re.Pattern[str]
    kind: Callable[..., Event]
    fields: tuple[tuple[int, Callable[[str], Any] | None], ...]  # its group, and what makes it a value


def _decode_flat(data: bytes) -> Body | None:
    """The body, by comparing its bytes with the form that `encode_body` gives them; None to have them read as JSON.

    Reading JSON, checking every field and writing it again to compare takes three times as long. This takes nothing
    that `_decode_any` would refuse, and leaves it to that to say what is wrong with the rest.
    """
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        return None
    start = text.rfind(_KIND_IS) + len(_KIND_IS)
    kind = text[start : text.find('"', start)]
    flat = _flat(kind) if kind in KINDS else None
    found = None if flat is None else flat.pattern.fullmatch(text)
    if flat is None or found is None:
        return None
    at, author, commit, *values, exchange, prev, refs, root, size, seq = found.groups()
    named = _texts(refs)
    if len(named) > 1 and len(set(named)) != len(named):
        return None
    try:
        event = flat.kind(*[values[i] if make is None else make(values[i]) for i, make in flat.fields])
        seen = (_number(size), root)
        return Body(exchange, _once(author), _number(seq), prev, seen, named, _texts(commit), _calendar(at), event)
    except ValueError:
        return None


@cache
def _flat(kind: str) -> _Flat | None:
    of = cast(type, KINDS[kind])
    hints = typing.get_type_hints(of)
    parts = {name: _flat_part(hints[name]) for name in _names(of)}
    order = sorted(parts)
    data = []
    for name in order:
        part = parts[name]
        if part is None:
            return None
        data.append(f'"{name}":{part[0]}')
    fields = tuple((order.index(name), part[1]) for name, part in parts.items() if part is not None)
    hashes, moment, author = (_FORMS[form].pattern for form in (events.Sha256, events.Moment, events.Author))
    pattern = re.compile(
        rf'\{{"at":"({moment})","author":"({author})","commit":{_list_of(hashes)},"data":\{{{",".join(data)}\}},'
        rf'"exchange":"({_FORMS[events.Opaque].pattern})"{_KIND_IS}{kind}","prev":(?:null|"({hashes})"),'
        rf'"refs":{_list_of(hashes)},"seen":\{{"root":"({hashes})","size":({_INT})\}},"seq":({_INT}),"v":{BODY_VERSION}\}}'
    )
    return _Flat(pattern, of, fields)


def _flat_part(hint: Any) -> tuple[str, Callable[[str], Any] | None] | None:
    """The form of one field's value in canonical JSON, with one group, and what makes the group a value."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType) and len(args) == 2:
        inner = _flat_part(next(arg for arg in args if arg is not type(None)))
        return None if inner is None else (f"(?:null|{inner[0]})", _unless_null(inner[1]))
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis and args[0] in _FORMS and args[0] not in _CALENDAR:
        return _list_of(_FORMS[args[0]].pattern), _texts
    if hint in _FORMS:
        make = _calendar if hint in _CALENDAR else _once if hint in _REPEATED else None
        return f'"({_FORMS[hint].pattern})"', make
    if hint is int:
        return f"({_INT})", _number
    return ("(true|false)", "true".__eq__) if hint is bool else None


def _list_of(form: str) -> str:
    return rf'\[((?:"{form}"(?:,"{form}")*)?)\]'


def _texts(group: str) -> tuple[str, ...]:
    return tuple(group[1:-1].split('","')) if group else ()


@lru_cache(maxsize=4096)
def _once(text: str) -> str:
    """An equal text that others have already: members, places and days are the same few in a million events."""
    return text


def _number(group: str) -> int:
    number = int(group)
    if number > _INT_MAX:
        raise ValueError("a number beyond 2^53 - 1")
    return number


def _calendar(group: str) -> str:
    date.fromisoformat(group[:10])  # ValueError for a 30th of February
    return _once(group)


def _unless_null(make: Callable[[str], Any] | None) -> Callable[[str], Any] | None:
    return None if make is None else lambda group: None if group is None else make(group)


_KIND_IS = ',"kind":"'
_INT = "0|[1-9][0-9]{0,15}"
_CALENDAR = (events.Day, events.Moment)
_REPEATED = (events.Slug, events.Author)
