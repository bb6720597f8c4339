"""What a check is: a question that one article asks of some facts, and what an officer is told.

* A check names its article first. There is no way to write one without: `check` takes the article as its first
  argument and refuses one that law/article.py does not have.
* It either *stops* (what was asked for may not go on) or *warns* (it may, and the officer is told).
* It says which facts it reads and which figures; reading anything else is a bug and raises.
* Its answer has three values: yes, no, and not known. A check never guesses: where its answer depends on a fact that
  nobody gave, the finding says which facts must be found out. For a stop check that is not a pass.
* What it tells an officer is a paraphrase. The treaty's words, where they were read, stand in law/article.py.

    >>> from repatria.law.facts import Facts
    >>> from repatria.law.figures import Figure
    >>> registry = Registry()
    >>> @registry.check("GC III 119(3)", effect=WARN, about="departure", reads=("baggage_limit_kg",),
    ...     figures=("baggage_kg",), asks="Each person may take at least {baggage_kg} kg home.",
    ...     wrong="only {baggage_limit_kg} kg of baggage are let through; {baggage_kg} kg must be",
    ...     do="raise the limit")
    ... def light(of: Reading) -> Answer:
    ...     return at_least(of.number("baggage_limit_kg"), of.figure("baggage_kg"))
    >>> figures = {"baggage_kg": Figure("baggage_kg", 25, "kg", "GC III 119(3)", "", True)}
    >>> print(registry.run("law.light", Facts("departure", {"baggage_limit_kg": 20}), figures).problem)
    departure: only 20 kg of baggage are let through; 25 kg must be (GC III 119(3)). Raise the limit. [law.light]
    >>> registry.run("law.light", Facts("departure", {}), figures).answer
    'unknown'
"""

from __future__ import annotations

import string
from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Literal

from repatria.law.article import Article, article
from repatria.law.facts import FACTS, SUBJECTS, Facts, Value
from repatria.law.figures import Figures
from repatria.problem import Problem

Answer = bool | None  # the check is satisfied, is not, or the facts do not say
Effect = Literal["stop", "warn"]
STOP: Effect = "stop"
WARN: Effect = "warn"


class Reading:
    """The facts and figures as one check may read them: only what it declared, unknown as None."""

    def __init__(self, check: Check, facts: Facts, figures: Figures) -> None:
        self._check, self._facts, self._figures = check, facts, figures

    def yes(self, name: str) -> bool | None:
        value = self._value(name, "yes/no")
        assert value is None or isinstance(value, bool)
        return value

    def number(self, name: str) -> int | None:
        value = self._value(name, "number")
        assert value is None or isinstance(value, int)
        return value

    def day(self, name: str) -> date | None:
        value = self._value(name, "day")
        assert value is None or isinstance(value, date)
        return value

    def word(self, name: str) -> str | None:
        value = self._value(name, "word")
        assert value is None or isinstance(value, str)
        return value

    def words(self, name: str) -> tuple[str, ...] | None:
        value = self._value(name, "words")
        assert value is None or isinstance(value, tuple)
        return value

    def figure(self, name: str) -> int:
        if name not in self._check.figures:
            raise LookupError(f"{self._check.code} uses a figure that it does not declare: {name}")
        return self._figures[name].value

    def _value(self, name: str, kind: str) -> Value | None:
        if name not in self._check.reads or FACTS[name].kind != kind:
            raise LookupError(f"{self._check.code} reads a fact that it does not declare as {kind}: {name}")
        return self._facts.values.get(name)


Test = Callable[[Reading], Answer]


@dataclass(frozen=True)
class Check:
    """One check. `asks`, `wrong` and `do` may name facts and figures in braces.

    Attributes:
        if_known: facts that it reads and that nobody must find out: a date that has not come, a wish that is for
            the neutral alone to know.
        parser: the code under which deal's parser refuses the same thing, so that it is said once. The predicate
            is deal's, and this check calls it.
        breach: a finding is also a breach to be put on the record against the member responsible.
    """

    code: str
    articles: tuple[Article, ...]
    effect: Effect
    about: str
    reads: tuple[str, ...]
    if_known: tuple[str, ...]
    figures: tuple[str, ...]
    asks: str
    wrong: str
    do: str
    parser: str | None
    breach: bool
    test: Test

    @property
    def cites(self) -> str:
        return ", ".join(each.id for each in self.articles)


@dataclass(frozen=True)
class Finding:
    """What one check says of some facts: `complies`, `stop`, `warn`, or `unknown` with what must be found out."""

    check: Check
    answer: Literal["complies", "stop", "warn", "unknown"]
    problem: Problem | None = None

    @property
    def stops(self) -> bool:
        """Whether work may not go on: a stop, or a stop check whose facts nobody gave."""
        return self.answer == STOP or (self.answer == "unknown" and self.check.effect == STOP)


class Registry:
    """The checks of a law, by code."""

    def __init__(self) -> None:
        self.checks: dict[str, Check] = {}

    def check(
        self,
        cites: str,
        /,
        *more: str,
        effect: Effect,
        about: str,
        reads: tuple[str, ...],
        asks: str,
        wrong: str,
        do: str,
        figures: tuple[str, ...] = (),
        if_known: tuple[str, ...] = (),
        parser: str | None = None,
        breach: bool = False,
    ) -> Callable[[Test], Test]:
        """Makes a check of the function below; its code is `law.` and the function's name.

        Raises:
            ValueError: an article, subject or fact that is in no table, or a text that names what the check does
                not read.
        """

        def register(test: Test) -> Test:
            code = f"law.{test.__name__}"
            made = Check(
                code, tuple(article(each) for each in (cites, *more)), effect, about, (*reads, *if_known), if_known,
                figures, asks, wrong, do, parser, breach, test,
            )  # fmt: skip
            if code in self.checks:
                raise ValueError(f"{code} is taken")
            if about not in SUBJECTS:
                raise ValueError(f"{code} is about {about}, which is no subject")
            if bad := [name for name in made.reads if name not in FACTS or about not in FACTS[name].about]:
                raise ValueError(f"{code} reads {', '.join(bad)}, which is no fact about {about}")
            named = {field for text in (asks, wrong, do) for _, field, _, _ in string.Formatter().parse(text) if field}
            if untold := named - set(made.reads) - set(figures):
                raise ValueError(f"{code} tells what it does not read: {', '.join(sorted(untold))}")
            self.checks[code] = made
            return test

        return register

    def arrange(self, modules: Sequence[str]) -> None:
        """Put the checks in the order of these modules, and of each as it defines them, whoever was imported first.

        Raises:
            ValueError: a check of a module that is not named.
        """
        self.checks = dict(sorted(self.checks.items(), key=lambda each: modules.index(each[1].test.__module__)))

    def about(self, subject: str) -> list[Check]:
        """Every check about a subject, in the order in which the articles stand in the tables."""
        return [each for each in self.checks.values() if each.about == subject]

    def citing(self, cites: str) -> list[Check]:
        """Every check that cites an article, or a paragraph of it: "GC III 119" finds 119(2), 119(3) and 119(5)."""
        wanted = cites.casefold()
        return [
            each
            for each in self.checks.values()
            if any(a.id.casefold() == wanted or a.id.casefold().startswith(f"{wanted}(") for a in each.articles)
        ]

    def run(self, code: str, facts: Facts, figures: Figures, where: str | None = None) -> Finding:
        """One check on some facts."""
        check = self.checks[code]
        answer = check.test(Reading(check, facts, figures))
        if answer:
            return Finding(check, "complies")
        at = where or facts.about
        if answer is None:
            missing = [name for name in check.reads if name not in facts.values and name not in check.if_known]
            what = "not known: " + "; ".join(FACTS[name].meaning for name in missing)
            do = "find out " + " and ".join(missing) + ", and ask again"
            return Finding(check, "unknown", Problem(code, at, what, do, check.cites))
        wrong, do = tell(check.wrong, facts, figures), tell(check.do, facts, figures)
        return Finding(check, check.effect, Problem(code, at, wrong, do, check.cites))

    def examine(self, facts: Facts, figures: Figures, where: str | None = None) -> list[Finding]:
        """Every check about the subject of these facts."""
        return [self.run(check.code, facts, figures, where) for check in self.about(facts.about)]


def tell(text: str, facts: Facts | None, figures: Figures) -> str:
    """A check's text with its facts and figures filled in; what is unknown stands as "unknown"."""
    known: dict[str, object] = {} if facts is None else {name: _said(value) for name, value in facts.values.items()}
    shown = {name: figure.value for name, figure in figures.items()}
    return text.format_map(_Open({**shown, **known}))


class _Open(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "unknown"


def _said(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (", ".join(value) or "none") if isinstance(value, tuple) else str(value)


# --- answers with three values -------------------------------------------------------------------------------------


def no(answer: Answer) -> Answer:
    """The opposite; not known stays not known."""
    return None if answer is None else not answer


def all_of(*answers: Answer) -> Answer:
    """One no decides; else one unknown leaves it open."""
    if False in answers:
        return False
    return None if None in answers else True


def any_of(*answers: Answer) -> Answer:
    """One yes decides; else one unknown leaves it open."""
    if True in answers:
        return True
    return None if None in answers else False


def if_then(condition: Answer, demand: Answer) -> Answer:
    """The demand, where the condition holds; satisfied where it does not."""
    return any_of(no(condition), demand)


def in_any_case(predicate: Callable[..., bool], *answers: Answer) -> Answer:
    """What a predicate says, if it says the same however those that are not known turn out.

    >>> in_any_case(lambda a, b: a and b, False, None), in_any_case(lambda a, b: a and b, True, None)
    (False, None)
    """
    found = {predicate(*case) for case in product(*([each] if each is not None else [True, False] for each in answers))}
    return found.pop() if len(found) == 1 else None


def is_in(value: str | None, values: Iterable[str]) -> Answer:
    return None if value is None else value in tuple(values)


def has_any(words: tuple[str, ...] | None, wanted: Iterable[str]) -> Answer:
    return None if words is None else bool(set(words) & set(wanted))


def at_least(value: int | None, least: int) -> Answer:
    return None if value is None else value >= least


def at_most(value: int | None, most: int) -> Answer:
    return None if value is None else value <= most


def not_after(day: date | None, last: date | None) -> Answer:
    return None if day is None or last is None else day <= last


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day.

    >>> months_after(date(2025, 11, 30), 3)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


LAW = Registry()
