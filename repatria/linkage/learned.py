"""What was learned from two tables, as a file by itself: rules and weights, to link others of the same kind by.

It has the names of columns, rules and numbers, and no id and no cell of any table, so that it can go where the tables
do not: learned here once, used on a cluster.

    >>> from repatria.linkage import train
    >>> left = {"id": ["a", "b"], "family_name": ["Коваленко", "Бондар"], "date_of_birth": ["1990-03-05", "1985-02-01"]}
    >>> learned = train(left, {**left, "id": ["7", "8"]})
    >>> format_learned(parse_learned(format_learned(learned))) == format_learned(learned)
    True
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from repatria.linkage.again import Learned
from repatria.linkage.encode import encode
from repatria.linkage.kinds import KINDS, Kind
from repatria.linkage.levels import names_of
from repatria.linkage.pairs import traits_of_values
from repatria.linkage.weigh import Floats, Model, Weights

FORM = "repatria linkage weights 1"


class NoWeights(ValueError):
    """Why a text is no weights."""


def format_learned(learned: Learned) -> str:
    """As JSON; every number is written so that the same one is read again."""
    model = learned.model
    return json.dumps(
        {
            "form": FORM, "columns": learned.columns, "rules": learned.rules,
            "drawn": [each.tolist() for each in learned.drawn],
            "m": [each.m.tolist() for each in model.weights], "u": [each.u.tolist() for each in model.weights],
            "partners": model.partners, "rows": model.rows, "pairs": model.pairs, "exclusive": model.exclusive,
            "rounds": model.rounds, "rare": model.rare, "several": model.several,
        },
        ensure_ascii=False, indent=1,
    ) + "\n"  # fmt: skip


def parse_learned(text: str) -> Learned:
    """What `format_learned` wrote. Raises NoWeights for anything else."""
    try:
        said: dict[str, Any] = json.loads(text)
        if said["form"] != FORM:
            raise NoWeights("it is of another form")
        columns = tuple((str(name), cast(Kind, kind)) for name, kind in said["columns"])
        if not columns or any(kind not in KINDS for _, kind in columns):
            raise NoWeights("its columns are of no known kind")
        sizes = [len(names_of(kind)) for _, kind in columns]
        drawn, m, u = (
            [_shares(each, size) for each, size in zip(said[name], sizes, strict=True)] for name in ("drawn", "m", "u")
        )
        weights = tuple(Weights(name, *each) for (name, _), *each in zip(columns, m, u, strict=True))
        rows = int(said["rows"][0]), int(said["rows"][1])
        partners, pairs = float(said["partners"]), float(said["pairs"])
        if not (0 < partners < np.inf and 0 < pairs < np.inf):
            raise NoWeights("its numbers are no numbers of pairs")
        several = float(said["several"])
        if not 0 <= several <= 1:
            raise NoWeights("its rows have more partners than there are")
        model = Model(
            weights, partners, rows, pairs, bool(said["exclusive"]), int(said["rounds"]), bool(said["rare"]), several
        )
        rules = tuple(tuple(map(str, rule)) for rule in said["rules"])
        traits = {trait for name, kind in columns for trait in traits_of_values(encode(name, kind, ["1990-01-01"], ()))}
        if not all(rule and traits.issuperset(rule) for rule in rules):
            raise NoWeights("its rules are of another version")
        return Learned(columns, rules, tuple(drawn), model)
    except NoWeights:
        raise
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, OverflowError):
        raise NoWeights("it is broken") from None


def _shares(numbers: Sequence[float], count: int) -> Floats:
    found = np.array(numbers, np.float64)
    if found.shape != (count,) or not np.isfinite(found).all() or (found <= 0).any():
        raise NoWeights("its weights are no weights")
    return found
