"""What the law says of the exchange as it stands: every check of every subject, gathered for an officer to read.

A *stop* holds work back where it is wired in (signing a list or a plan, opening a stage); a *warning* is told; what is
*not known* is gathered by the facts to be found out, with how many subjects it is open for. Checks that need what only
the neutral may know are not asked in any other node: there it stands that they are the neutral's to ask, and nothing
about whom.

    >>> from repatria.exchange.state import State
    >>> from repatria.law.standing import Known, subjects
    >>> review(subjects(State(), {}.get, Known("party")), {}, "party").findings
    ()
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from repatria.exchange.authority import NEUTRAL
from repatria.law.book import LAW
from repatria.law.check import STOP, WARN, Check, Finding
from repatria.law.figures import Figures
from repatria.law.sources import SOURCES, for_the_neutral
from repatria.law.standing import Subject
from repatria.problem import Problem

SHOWN = 20  # of the subjects that a fact is open for, so many are named


@dataclass(frozen=True)
class Found:
    """What one check says of one subject, unless it complies."""

    subject: Subject
    finding: Finding

    @property
    def problem(self) -> Problem:
        assert self.finding.problem is not None
        return self.finding.problem


@dataclass(frozen=True)
class Review:
    """Everything that does not comply, and how many questions were asked of how many subjects."""

    findings: tuple[Found, ...]
    subjects: tuple[tuple[str, int], ...]
    asked: int
    left_to_the_neutral: tuple[Check, ...]

    @property
    def stops(self) -> list[Problem]:
        """What may not go on."""
        return [each.problem for each in self.findings if each.finding.answer == STOP]

    @property
    def warnings(self) -> list[Problem]:
        return [each.problem for each in self.findings if each.finding.answer == WARN]

    @property
    def open(self) -> list[Found]:
        return [each for each in self.findings if each.finding.answer == "unknown"]


def review(subjects: Iterable[Subject], figures: Figures, role: str) -> Review:
    """Every check of these subjects that a member in this role may ask."""
    findings: list[Found] = []
    counted: Counter[str] = Counter()
    checks: dict[tuple[str, bool], tuple[Check, ...]] = {}
    asked = 0
    for subject in subjects:
        about = subject.facts.about
        counted[about] += 1
        kind = about, subject.is_class
        if kind not in checks:
            checks[kind] = _asked(about, role, subject.is_class)
        for check in checks[kind]:
            asked += 1
            finding = LAW.run(check.code, subject.facts, figures, subject.where)
            if finding.problem is not None:
                findings.append(Found(subject, finding))
    left = () if role == NEUTRAL else tuple(each for each in LAW.checks.values() if _is_the_neutrals(each))
    return Review(tuple(findings), tuple(sorted(counted.items())), asked, left)


def told(found: Review) -> dict[str, Any]:
    """The review as an answer: rows for an officer, the same for a program."""
    return {
        "subjects": [{"about": about, "subjects": count} for about, count in found.subjects],
        "questions": found.asked,
        "stops": _rows(found.findings, STOP),
        "warnings": _rows(found.findings, WARN),
        "to_find_out": to_find_out(found.open),
        "left_to_the_neutral": [{"article": each.cites, "check": each.code} for each in found.left_to_the_neutral],
    }


def held_back(found: Review) -> tuple[list[Problem], dict[str, Any]]:
    """What keeps a command from going on, and what it tells of the law where nothing does."""
    if found.stops:
        return found.stops, {}
    rows = [{"": str(problem)} for problem in found.warnings]
    return [], {"law": {"questions": found.asked, "not_known": len(found.open)}, "law_warnings": rows}


def _rows(findings: Sequence[Found], answer: str) -> list[dict[str, str]]:
    return [
        {
            "article": each.finding.check.cites, "check": each.finding.check.code, "about": each.subject.facts.about,
            "of": each.subject.of, "in_words": each.problem.what, "do": each.problem.do,
        }
        for each in findings
        if each.finding.answer == answer
    ]  # fmt: skip


def to_find_out(found: Sequence[Found]) -> list[dict[str, Any]]:
    """By check, gravest first: which facts are missing, who knows them, and for how many subjects."""
    by_check: dict[str, list[Found]] = {}
    for each in found:
        by_check.setdefault(each.finding.check.code, []).append(each)
    rows = []
    for open_ in sorted(by_check.values(), key=lambda them: (them[0].finding.check.effect != STOP, -len(them))):
        check = open_[0].finding.check
        missing = dict.fromkeys(name for one in open_ for name in _missing(one))
        rows.append({
            "article": check.cites, "check": check.code, "effect": check.effect, "about": check.about,
            "subjects": len(open_),
            "facts": [
                {"fact": name, "from": SOURCES[check.about, name].kind, "how": SOURCES[check.about, name].how}
                for name in missing
            ],
            "of": [one.subject.of for one in open_[:SHOWN]],
        })  # fmt: skip
    return rows


def _missing(found: Found) -> list[str]:
    check, values = found.finding.check, found.subject.facts.values
    return [name for name in check.reads if name not in values and name not in check.if_known]


def _is_the_neutrals(check: Check) -> bool:
    """Whether a check cannot be answered without what is for the neutral alone to know."""
    return any(for_the_neutral(check.about, name) for name in check.reads if name not in check.if_known)


def _asked(about: str, role: str, is_class: bool) -> tuple[Check, ...]:
    """The checks about a subject that a member in this role asks; a person's class looks at no ground."""
    return tuple(
        each
        for each in LAW.about(about)
        if not (is_class and "grounds" in each.reads) and (role == NEUTRAL or not _is_the_neutrals(each))
    )
