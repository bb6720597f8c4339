"""The cases of tests/law/*.yaml: one article, one case in words, its facts, and what one check must find.

A case has exactly the keys `article`, `case`, `facts` and `expect`; `expect` names one check and its answer. The
subject of the facts is that of the check.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from repatria.law.book import LAW
from repatria.law.facts import Facts, read_facts

FOLDER = Path(__file__).parent
ANSWERS = ("complies", "stop", "warn", "unknown")


@dataclass(frozen=True)
class Case:
    where: str
    article: str
    case: str
    facts: Facts
    code: str
    answer: str


def read_cases(text: str, name: str) -> tuple[list[Case], list[str]]:
    """The cases of one file, and in words everything that is wrong with it."""
    cases: list[Case] = []
    wrong: list[str] = []
    for number, raw in enumerate(yaml.safe_load(text) or [], 1):
        where = f"{name}, case {number}"
        if not isinstance(raw, dict) or set(raw) != {"article", "case", "facts", "expect"}:
            wrong.append(f"{where}: not exactly article, case, facts and expect")
            continue
        expected = raw["expect"]
        if not isinstance(expected, dict) or len(expected) != 1:
            wrong.append(f"{where}: expect does not name one check and its answer")
            continue
        ((code, answer),) = expected.items()
        if code not in LAW.checks:
            wrong.append(f"{where}: there is no check {code}")
            continue
        check = LAW.checks[code]
        if answer not in ANSWERS or (answer in ("stop", "warn") and answer != check.effect):
            wrong.append(f"{where}: {code} can answer complies, {check.effect} or unknown, not {answer}")
        if raw["article"] not in [each.id for each in check.articles]:
            wrong.append(f"{where}: {code} does not cite {raw['article']}")
        facts, problems = read_facts({"about": check.about, "facts": raw["facts"]}, where)
        wrong += [str(problem) for problem in problems]
        cases.append(Case(where, raw["article"], str(raw["case"]), facts, code, answer))
    return cases, wrong


def all_cases() -> tuple[list[Case], list[str]]:
    cases: list[Case] = []
    wrong: list[str] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        found, more = read_cases(path.read_text(encoding="utf-8"), path.name)
        cases += found
        wrong += more
    return cases, wrong
