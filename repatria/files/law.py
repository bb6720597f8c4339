"""The law's own files, as they lie in the package: its figures, and how many cases each check has.

The law opens no file; whoever runs its checks reads the figures here and hands them in.

    >>> figures()["baggage_kg"].value
    25
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from repatria.law.figures import Figures, parse_figures
from repatria.problem import Problems


@cache
def figures() -> Figures:
    """The figures that ship with this version.

    Raises:
        Problems: the file was changed and is not well formed.
    """
    found, problems = parse_figures(_text("figures.toml"))
    if problems:
        raise Problems(problems)
    return found


@cache
def case_counts() -> Mapping[str, int]:
    """How many cases in tests/law each check has, by code; written by `make law`."""
    return {f"law.{name}": count for name, count in tomllib.loads(_text("cases.toml")).items()}


def _text(name: str) -> str:
    return resources.files("repatria.law").joinpath(name).read_text(encoding="utf-8")
