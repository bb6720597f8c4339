"""The numbers that law turns on, each with its unit, its article and where the number was read.

They stand in figures.toml, so that a lawyer can correct one without reading code, and no check has a number of its
own. This package opens no file: whoever runs checks reads the text and hands it in (`files/law.py`).

    >>> figures, problems = parse_figures('''
    ... [baggage_kg]
    ... value = 25
    ... unit = "kg"
    ... article = "GC III 119(3)"
    ... source = "the Convention"
    ... read = true
    ... ''')
    >>> figures["baggage_kg"].value, problems
    (25, [])
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from repatria.law.article import ARTICLES
from repatria.problem import Problem


@dataclass(frozen=True)
class Figure:
    """One number of the law. `read`: whether the text that `source` names was read for this figure."""

    name: str
    value: int
    unit: str
    article: str
    source: str
    read: bool


Figures = Mapping[str, Figure]

_FORM = {"value": int, "unit": str, "article": str, "source": str, "read": bool}


def parse_figures(text: str, where: str = "figures.toml") -> tuple[Figures, list[Problem]]:
    """The figures by name, and every problem of the file at once."""
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return {}, [Problem("law.figure.toml", where, f"not TOML ({error})", "correct the syntax at that place")]
    figures: dict[str, Figure] = {}
    problems: list[Problem] = []
    for name, table in raw.items():
        if not isinstance(table, dict) or set(table) != set(_FORM):
            what = "not a table with exactly " + ", ".join(_FORM)
            problems.append(Problem("law.figure.form", f"{where}, {name}", what, "write it like the others"))
            continue
        wrong = [each for each, kind in _FORM.items() if type(table[each]) is not kind]
        problems += [
            Problem("law.figure.form", f"{where}, {name}.{each}", f"not a {_FORM[each].__name__}", "correct its type")
            for each in wrong
        ]
        if not wrong and table["article"] not in ARTICLES:
            do = "cite one of law/article.py, or add it there"
            problems.append(Problem("law.figure.article", f"{where}, {name}", "its article is in no table", do))
        elif not wrong:
            figures[name] = Figure(name, **table)
    return figures, problems
