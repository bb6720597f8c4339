"""Articles with what a person read in them, and how well the reader of claims does on each."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import repatria
from repatria.files.articles import announcement, sides
from repatria.public.article import Article, article_of
from repatria.public.claims import Claim
from repatria.public.reading import Recogniser, read_claims
from repatria.public.sides import Sides

HERE = Path(__file__).parent
SEED = Path(repatria.__file__).resolve().parents[2] / "shared" / "seed"
MADE_ON = ("announcement", "wire-uk", "ministry-ru", "feature-en", "debate-en", "weekly-uk")  # made on these
LAST = ("last-en", "last-ru")  # and on these they were not
# What of a claim must be right for it to count as found; the rest is told by itself.
FIELDS = {"speaker": "speaker", "cue": "cue", "said": "date_said", "meant": "date_meant", "content": "content",
          "value": "value", "unit": "unit"}  # fmt: skip
BESIDE = ("office", "side", "channel", "qualifier", "status")


@dataclass(frozen=True)
class Score:
    """How many claims the person and the reader found, and how many of them are the same."""

    truth: int
    read: int
    same: int

    @property
    def precision(self) -> float:
        return self.same / self.read

    @property
    def recall(self) -> float:
        return self.same / self.truth


def seed_file() -> Path | None:
    """The news article that the project starts from, where it lies beside the repository."""
    found = sorted(SEED.glob("*.txt")) if SEED.is_dir() else []
    return found[0] if found else None


def truth(name: str) -> list[dict[str, Any]]:
    claims: list[dict[str, Any]] = tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))["claim"]
    return claims


@cache
def known_sides() -> Sides:
    """The states that are shipped, and the invented ones."""
    return sides(HERE / "sides.toml")


def text_of(name: str) -> str | None:
    if name == "announcement":
        return announcement().decode()
    file = seed_file() if name == "seed" else HERE / f"{name}.txt"
    return None if file is None else file.read_text(encoding="utf-8")


def read(text: str, recogniser: Recogniser | None = None) -> tuple[Article, list[Claim]]:
    article, problems = article_of(text, "article")
    assert article is not None, problems
    return article, read_claims(article, known_sides(), recogniser)


def score(name: str, claims: list[Claim]) -> Score:
    wanted = Counter(key_of_truth(each) for each in truth(name))
    found = Counter(key_of(each) for each in claims)
    return Score(wanted.total(), found.total(), (wanted & found).total())


def key_of(claim: Claim) -> tuple[str, ...]:
    told = claim.as_json()
    return tuple(_plain(told[field]) for field in FIELDS.values())


def key_of_truth(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(_plain(row.get(field)) for field in FIELDS)


def beside_wrong(name: str, claims: list[Claim]) -> list[str]:
    """Of the claims that were found: every other field that is not as the person read it."""
    left, wrong = list(claims), []
    for row in truth(name):
        alike = [each for each in left if key_of(each) == key_of_truth(row)]
        if alike:
            best = min(alike, key=lambda each: len(_differences(each, row)))
            left.remove(best)
            wrong += _differences(best, row)
    return wrong


def _differences(claim: Claim, row: dict[str, Any]) -> list[str]:
    told = claim.as_json()
    return [
        f"{row['speaker']}, {row['content']}: {field} is {told[field]!r}, not {row.get(field, '')!r}"
        for field in BESIDE
        if _plain(told[field]).lower() != _plain(row.get(field)).lower()
    ]


def _plain(value: Any) -> str:
    return "" if value is None else str(value).replace("'", "’")
