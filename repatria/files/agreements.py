"""The agreements that are shipped: terms of real exchanges as their public sources have them.

Each file says what of it is public, from where, and what is not and stands there as an example. They do not change
while a process runs, and are read once.

    >>> "dix-hill-1862" in shipped()
    True
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class About:
    """Where an agreement's terms come from."""

    title: str
    agreed: str  # a day, or as much of one as is known
    told: str
    sources: tuple[str, ...]
    public: tuple[str, ...]
    not_public: tuple[str, ...]


@cache
def shipped() -> tuple[str, ...]:
    """The names of the agreements, sorted."""
    folder = files("repatria.deal") / "agreements"
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml")))


@cache
def agreement(name: str) -> str:
    """The text of one agreement.

    Raises:
        KeyError: no agreement of that name is shipped.
    """
    if name not in shipped():
        raise KeyError(name)
    return (files("repatria.deal") / "agreements" / f"{name}.toml").read_text(encoding="utf-8")


@cache
def about(text: str) -> About:
    """What an agreement's text says of itself."""
    raw = tomllib.loads(text)["about"]
    return About(
        raw["title"], str(raw["agreed"]), raw["told"].strip(), tuple(raw["sources"]), tuple(raw["public"]),
        tuple(raw["not_public"]),
    )  # fmt: skip
