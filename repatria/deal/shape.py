"""What may stand in a table of terms, declared once: read by the parsers, and told in the schema and the docs.

A `Key` is one name in a table: the shape of its value, what it means, its unit, and the article that it touches. The
parsers know the keys and limits of a table from here alone, so what they take, what the schema says and what the page
tells cannot differ. What joins several keys (every party on one side, stages in order of days) stands in the parsers.

    >>> key = Key("bound", Count(1, 100), "how far one side may be ahead", unit="people")
    >>> key.shape.schema()
    {'type': 'integer', 'minimum': 1, 'maximum': 100}
    >>> key.needed, names((key,))
    (True, {'bound'})
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

SLUG = "[a-z0-9][a-z0-9-]{0,31}"
COUNT_MAX = 10**6


class Shape(Protocol):
    """What a value looks like."""

    def schema(self) -> dict[str, Any]:
        """As JSON Schema, draft 2020-12."""

    def words(self) -> str:
        """For the page."""


@dataclass(frozen=True)
class Key:
    """One name in a table."""

    name: str
    shape: Shape
    meaning: str
    unit: str = ""
    article: str = ""
    default: Any = ...  # what it is where it is left out; `...`: it must be given
    told_default: str = ""  # in words, where the value does not speak for itself

    @property
    def needed(self) -> bool:
        return self.default is ...


@dataclass(frozen=True)
class Slug:
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{SLUG}$"}

    def words(self) -> str:
        return "identifier"


@dataclass(frozen=True)
class Count:
    least: int
    most: int = COUNT_MAX

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def words(self) -> str:
        return f"whole number, {self.least} to {self.most}"


@dataclass(frozen=True)
class Yes:
    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def words(self) -> str:
        return "true or false"


@dataclass(frozen=True)
class Day:
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}

    def words(self) -> str:
        return "date"


@dataclass(frozen=True)
class Text:
    """Any text, one of `choices`, or one of a pattern."""

    choices: tuple[str, ...] = ()
    pattern: str = ""
    called: str = "text"  # what a text of the pattern is, for the page

    def schema(self) -> dict[str, Any]:
        said: dict[str, Any] = {"type": "string"}
        return said | ({"enum": list(self.choices)} if self.choices else {}) | (
            {"pattern": f"^{self.pattern}$"} if self.pattern else {}
        )

    def words(self) -> str:
        return " or ".join(f"`{choice}`" for choice in self.choices) or self.called


@dataclass(frozen=True)
class ListOf:
    """A list of values of one shape."""

    of: Shape
    least: int = 0
    once: bool = False  # no value stands in it twice

    def schema(self) -> dict[str, Any]:
        said: dict[str, Any] = {"type": "array", "items": self.of.schema()}
        return said | ({"minItems": self.least} if self.least else {}) | ({"uniqueItems": True} if self.once else {})

    def words(self) -> str:
        least = f", at least {self.least}" if self.least else ""
        return f"list of: {self.of.words()}{least}{', each once' if self.once else ''}"


@dataclass(frozen=True)
class PerSide:
    """A table with a value of one shape for each of the two sides, under the side's name."""

    of: Shape

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object", "propertyNames": Slug().schema(), "additionalProperties": self.of.schema(),
            "minProperties": 2, "maxProperties": 2,
        }  # fmt: skip

    def words(self) -> str:
        return f"by side: {self.of.words()}"


@dataclass(frozen=True)
class PerMember:
    """A table with a value of one shape for some members, under the member's name."""

    of: Shape

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object", "propertyNames": Slug().schema(), "additionalProperties": self.of.schema(),
            "minProperties": 1,
        }  # fmt: skip

    def words(self) -> str:
        return f"by member: {self.of.words()}"


@dataclass(frozen=True)
class PerName:
    """A table with a value of one shape under some of the names that `name` allows."""

    name: Text
    of: Shape

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object", "propertyNames": self.name.schema(), "additionalProperties": self.of.schema(),
            "minProperties": 1,
        }  # fmt: skip

    def words(self) -> str:
        return f"by {self.name.words()}: {self.of.words()}"


@dataclass(frozen=True)
class Table:
    """A table with these keys and no others."""

    keys: tuple[Key, ...]
    title: str = ""
    extra: dict[str, Any] = field(default_factory=dict)  # what joins its keys, as far as a schema can say it

    def schema(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            "type": "object",
            "additionalProperties": False,
            "properties": {key.name: _told(key) for key in self.keys},
        }
        needed = [key.name for key in self.keys if key.needed]
        return said | ({"required": needed} if needed else {}) | self.extra

    def words(self) -> str:
        return "table"


@dataclass(frozen=True)
class Free:
    """A table in which anything may stand: no term."""

    def schema(self) -> dict[str, Any]:
        return {"type": "object"}

    def words(self) -> str:
        return "table"


def names(keys: Iterable[Key]) -> set[str]:
    return {key.name for key in keys}


def key_of(keys: Iterable[Key], name: str) -> Key:
    return next(key for key in keys if key.name == name)


def _told(key: Key) -> dict[str, Any]:
    said = key.shape.schema() | {"description": key.meaning + (f" ({key.article})" if key.article else "")}
    return said if key.default in (..., None) else said | {"default": key.default}
