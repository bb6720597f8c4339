"""Two tables side by side: how the fields of any two rows stand, whether a rule makes them meet, and if not, why.

For the pairs that a run did not tell, and for errors of a run: what a run told explains itself (tables.py).

    >>> left = {"id": ["a", "b"], "family_name": ["Коваленко", "Ткач"], "date_of_birth": ["1990-03-05", "1971-11-30"]}
    >>> right = {"id": ["7"], "family_name": ["Kovalenka"], "date_of_birth": ["1990-03-06"]}
    >>> print(Between.of(left, right).words("a", "7"))
    date of birth: one slip; family name: the same but for spelling
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repatria.linkage.encode import Column
from repatria.linkage.kinds import RuleStands, Stands
from repatria.linkage.levels import level_names, levels
from repatria.linkage.pairs import Trait, choose_rules, meet, traits_of
from repatria.linkage.tables import read_tables

Pair = tuple[str, str]


@dataclass(frozen=True)
class Between:
    """Two tables as they are compared."""

    left: Mapping[str, int]  # the row of each id
    right: Mapping[str, int]
    columns: tuple[Column, ...]

    @classmethod
    def of(
        cls, left: Any, right: Any, columns: Mapping[str, str] | None = None,
        only: tuple[Collection[str], Collection[str]] | None = None,
    ) -> Between:  # fmt: skip
        """Raises BadTable as `link`. `only`: the left and the right ids that will be asked for."""
        (lefts, rights), encoded = read_tables(left, right, columns, None, only)
        return cls(_places(lefts), _places(rights), tuple(encoded))

    @cached_property
    def traits(self) -> tuple[Trait, ...]:
        return tuple(traits_of(self.columns))

    @cached_property
    def rules(self) -> tuple[tuple[Trait, ...], ...]:
        return tuple(choose_rules(self.traits))

    @cached_property
    def _pairs(self) -> NDArray[np.int64]:
        found = meet(self.rules)
        return (found.left.astype(np.int64) << 32) | found.right

    def met(self, pairs: Sequence[Pair]) -> dict[Pair, bool]:
        """Whether the rows of each pair meet; they do not where one of the ids is in no table."""
        known = [pair for pair in pairs if pair[0] in self.left and pair[1] in self.right]
        whole = np.array([(self.left[one] << 32) | self.right[other] for one, other in known], np.int64)
        at = np.minimum(np.searchsorted(self._pairs, whole), max(0, len(self._pairs) - 1))
        hit = self._pairs[at] == whole if len(self._pairs) else np.zeros(len(whole), bool)
        return dict.fromkeys(pairs, False) | dict(zip(known, hit.tolist(), strict=True))

    def fields(self, one: str, other: str) -> tuple[Stands, ...]:
        """How each column stands in two rows."""
        left, right = np.array([self.left[one]], np.int32), np.array([self.right[other]], np.int32)
        found = []
        for column in self.columns:
            level = int(levels(column, left, right)[0])
            known = bool(column.left[left[0]] >= 0), bool(column.right[right[0]] >= 0)
            absent = "" if level >= 0 else _ABSENT.get(known, "both")
            found.append(Stands(column.name, column.kind, level, absent))
        return tuple(found)

    def words(self, one: str, other: str) -> str:
        """The fields of two rows that are known in both, in words; nothing where a row is in no table."""
        if one not in self.left or other not in self.right:
            return "a row that is in neither table"
        return "; ".join(
            f"{column.name.replace('_', ' ')}: {level_names(column)[each.level]}"
            for column, each in zip(self.columns, self.fields(one, other), strict=True)
            if each.level >= 0
        )

    def by_rule(self, one: str, other: str) -> tuple[RuleStands, ...]:
        """Every rule, the one that is nearest to making the two rows meet first."""
        at = self.left[one], self.right[other]
        found = []
        for rule in self.rules:
            parts: dict[str, list[str]] = {"shared": [], "different": [], "unknown": []}
            for trait in rule:
                parts[_stands(trait, *at)].append(trait.name)
            found.append(RuleStands(*(tuple(parts[name]) for name in ("shared", "different", "unknown"))))
        return tuple(sorted(found, key=lambda rule: (rule.lacks, len(rule.shared))))


_ABSENT = {(True, False): "right", (False, True): "left"}


def _stands(trait: Trait, left: int, right: int) -> str:
    one, other = _values(trait.left[left]), _values(trait.right[right])
    if not one or not other:
        return "unknown"
    return "shared" if one & other else "different"


def _values(of_row: Any) -> set[int]:
    return {value for value in np.atleast_1d(of_row).tolist() if value >= 0}


def _places(ids: Sequence[str]) -> dict[str, int]:
    return {each: at for at, each in enumerate(ids)}
