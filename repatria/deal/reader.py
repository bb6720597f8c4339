"""Values taken out of a table of terms by the shapes that are declared for them, with every problem at once.

    >>> reader = Reader("terms")
    >>> reader.take({"bound": 0}, (Key("bound", Count(1, 9), "how far"),), "bound"), reader.problems[0].what
    (1, 'not a whole number from 1 to 9')
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from repatria.deal.shape import SLUG, Count, Day, Key, ListOf, PerName, Shape, Slug, Text, Yes, key_of, names
from repatria.problem import Problem

_SLUG = re.compile(SLUG)


class Reader:
    """Takes fields out of a table and keeps every problem instead of stopping at the first."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.problems: list[Problem] = []

    def bad(self, field: str, what: str, do: str, code: str = "terms.field", article: str | None = None) -> None:
        self.problems.append(Problem(code, f"{self.where}, {field}", what, do, article))

    def slug(self, raw: Any, field: str) -> str:
        if isinstance(raw, str) and _SLUG.fullmatch(raw):
            return raw
        self.bad(field, "not an identifier", "use 1 to 32 of a-z, 0-9 and -, beginning with a letter or digit")
        return "?"

    def count(self, raw: Any, field: str, of: Count) -> int:
        if type(raw) is int and of.least <= raw <= of.most:
            return raw
        self.bad(field, f"not a whole number from {of.least} to {of.most}", "write one")
        return of.least

    def yes(self, raw: Any, field: str) -> bool:
        if isinstance(raw, bool):
            return raw
        self.bad(field, "neither true nor false", "write true or false")
        return False

    def day(self, raw: Any, field: str) -> str:
        if isinstance(raw, date):
            return raw.isoformat()[:10]
        if isinstance(raw, str):
            try:
                if date.fromisoformat(raw).isoformat() == raw:
                    return raw
            except ValueError:
                pass
        self.bad(field, "not a calendar date", "write it as 2025-12-31")
        return "9999-12-31"

    def take(self, table: dict[str, Any], keys: Sequence[Key], name: str, at: str = "") -> Any:
        """The value under a key of a table, of the shape that is declared for it, or what it is by default."""
        key = key_of(keys, name)
        if name not in table and key.default is None:
            return None
        raw = table.get(name, None if key.needed else key.default)
        return self.value(raw, key.shape, f"{at}.{name}" if at else name)

    def value(self, raw: Any, shape: Shape, field: str) -> Any:
        match shape:
            case Slug():
                return self.slug(raw, field)
            case Count():
                return self.count(raw, field, shape)
            case Day():
                return self.day(raw, field)
            case Yes():
                return self.yes(raw, field)
            case Text():
                return self.text(raw, field, shape)
            case ListOf():
                return self.listed(raw, field, shape)
            case PerName():
                return self.per_name(raw, field, shape)
        raise AssertionError(f"no reading of {shape}")

    def text(self, raw: Any, field: str, of: Text) -> str:
        if isinstance(raw, str) and (raw in of.choices or (of.pattern and re.fullmatch(of.pattern, raw))):
            return raw
        known = ", ".join(of.choices)
        self.bad(field, "names something that is not known here", f"choose from {known}" if known else of.words())
        return of.choices[0] if of.choices else "?"

    def listed(self, raw: Any, field: str, of: ListOf) -> tuple[Any, ...]:
        twice = of.once and isinstance(raw, list | tuple) and any(raw.count(each) > 1 for each in raw)
        if not isinstance(raw, list | tuple) or len(raw) < of.least or twice:
            least = f" of at least {of.least}" if of.least else ""
            self.bad(field, f"not a list{least}{', each once' if of.once else ''}", 'write it as ["one", "another"]')
            return ()
        return tuple(self.value(each, of.of, field) for each in raw)

    def per_name(self, raw: Any, field: str, of: PerName) -> dict[str, Any]:
        if not isinstance(raw, dict) or not raw:
            self.bad(field, "not a table with something in it", "write it as { one = 3 }, or leave it out")
            return {}
        return {
            self.text(name, field, of.name): self.value(each, of.of, f"{field}.{name}")
            for name, each in sorted(raw.items())
        }

    def tables(self, raw: Any, field: str, least: int = 0) -> list[Any]:
        """A list whose items are each for `table`."""
        if not isinstance(raw, list | tuple) or len(raw) < least:
            self.bad(field, f"not a list of tables{f', {least} at least' if least else ''}", f"begin each [[{field}]]")
            return []
        return list(raw)

    def table(self, raw: Any, field: str, keys: Sequence[Key]) -> dict[str, Any]:
        if not isinstance(raw, dict):
            self.bad(field, "not a table", "see docs/terms.md, or `repatria terms new`")
            return {}
        for name in sorted(set(raw) - names(keys)):
            self.bad(f"{field}.{name}" if field else name, "not a term that this version knows", "remove or correct it")
        return raw
