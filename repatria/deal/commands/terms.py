"""Terms: drafted with the law beside them, held against the lists at hand, signed, amended."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from repatria.deal.calendar import LeadTimes
from repatria.deal.classes import Category, parse_categories
from repatria.deal.commands.known import (
    annex_of,
    answered_held,
    answered_registers,
    is_withdrawn,
    proposed_list,
    readers,
    rows_of,
)
from repatria.deal.fit import ANSWERED, HELD, IN_FORCE, SOUGHT, WAITING, Listed, fits_of, unmet_by_lists, unmet_by_terms
from repatria.deal.quota import Quota, parse_quotas
from repatria.deal.terms import (
    FINAL_LIST,
    TERMS,
    Terms,
    annex_categories,
    annex_quotas,
    decode_terms,
    encode_terms,
    marks_of,
    parse_terms,
)
from repatria.deal.told import TEXTS, sentences
from repatria.exchange.commands import By
from repatria.exchange.events import Sha256, Slug, TermsAmended, TermsSigned
from repatria.exchange.state import State
from repatria.law.check import STOP, Finding
from repatria.law.figures import Figures
from repatria.law.terms import examine_terms
from repatria.law.touched import articles_touched
from repatria.ledger.canonical import digest
from repatria.linkage.commands import held_records, own_records
from repatria.message import Message, in_english
from repatria.office import Given, Outcome
from repatria.people.commands import post
from repatria.problem import Problem


@dataclass(frozen=True)
class DraftTerms:
    by: By
    text: str
    where: str
    figures: Figures  # of the law, whose stops hold a draft back
    leads: LeadTimes = ()  # how long steps take, for the warnings


@dataclass(frozen=True)
class CheckedTerms:
    """An officer's text as terms and categories, what each check of the law found, and every problem of all three."""

    terms: Terms | None
    categories: tuple[Category, ...]
    findings: list[Finding]
    problems: list[Problem]
    quotas: tuple[Quota, ...] = ()


def check_terms(text: str, where: str, figures: Figures) -> CheckedTerms:
    """Terms and categories of an officer's text, with what the law says of them and every problem.

    A rule of law that the parser holds too is said once, in the parser's words, which name the place.
    """
    terms, problems = parse_terms(text, bytes(32), where)
    if any(problem.code == "terms.toml" for problem in problems):
        return CheckedTerms(terms, (), [], problems)
    historical = terms is not None and terms.historical
    categories, more = parse_categories(annex_categories(text), f"{where}, category", historical)
    sides = () if terms is None else tuple(terms.sides)
    quotas, off = parse_quotas(annex_quotas(text), categories, sides, f"{where}, quota") if sides else ((), [])
    findings = examine_terms(tomllib.loads(text), categories, figures, where)
    said = {(problem.code, problem.article) for problem in (*problems, *more)}
    marked = _unmarked(terms, categories, where) if terms is not None and not more else []
    stops = [
        finding.problem
        for finding in findings
        if finding.answer == STOP and finding.problem
        and not any((finding.check.parser, article.id) in said for article in finding.check.articles)
    ]  # fmt: skip
    return CheckedTerms(terms, categories, findings, [*problems, *more, *off, *marked, *stops], quotas)


def _unmarked(terms: Terms, categories: Sequence[Category], where: str) -> list[Problem]:
    """Marks by which terms count people, and that no category gives to anybody."""
    given = {mark for category in categories for mark in category.marks}
    return [
        Problem("terms.mark", f"{where}, mark {mark}", "no category has this mark, so it would count nobody",
                f'give it to a category: marks = ["{mark}"], or correct the letter')
        for mark in sorted(marks_of(terms) - given)
    ]  # fmt: skip


Say = Callable[[Message], str]
Telling = Callable[[Problem], Any]


def in_words(checked: CheckedTerms, say: Say | None = None) -> list[str]:
    """What terms say, sentence by sentence; in English unless told otherwise."""
    assert checked.terms is not None
    told = sentences(checked.terms, checked.categories, checked.quotas)
    return [in_english(each, TEXTS) if say is None else say(each) for each in told]


@dataclass(frozen=True)
class CheckLists:
    """Terms against the lists that this node knows: those of a text, or those that wait or are in force here."""

    member: str
    figures: Figures
    leads: LeadTimes
    text: str | None = None
    where: str = "terms"
    say: Say | None = None  # in which language; by default English
    telling: Telling = str  # how problems are told


def check_lists(state: State, request: CheckLists, given: Given) -> Outcome | list[Problem]:
    """What terms say, and whether the lists at hand can meet them: numbers by category and list, and every shortage."""
    text = request.text
    if text is None:
        found = annex_text(state, given)
        if isinstance(found, Problem):
            return [found]
        text = found
    checked = check_terms(text, request.where, request.figures)
    terms = checked.terms
    if terms is None or checked.problems:
        return checked.problems
    lists = known_lists(state, given, request.member, terms)
    found_unmet = unmet(state, given, request.member, checked, request.leads)
    told = told_terms(checked, request.figures, found_unmet, request.say, request.telling)
    return Outcome(answer=told | told_lists(terms, checked.categories, lists))


def unmet(state: State, given: Given, member: str, checked: CheckedTerms, leads: LeadTimes) -> list[Problem]:
    """Every shortage of terms without a problem, as far as this node knows lists and the log knows the day."""
    terms = checked.terms
    assert terms is not None
    lists = known_lists(state, given, member, terms)
    today = state.log_time[:10] if state.log_time is not None and state.terms is None else None
    return [
        *unmet_by_terms(terms, checked.categories, leads, today, quotas=checked.quotas),
        *(unmet_by_lists(terms, checked.categories, lists, checked.quotas) if lists else ()),
    ]


def told_terms(
    checked: CheckedTerms, figures: Figures, unmet: Sequence[Problem], say: Say | None = None, telling: Telling = str
) -> dict[str, Any]:
    """What terms without a problem say, which articles they touch, and what cannot be met."""
    assert checked.terms is not None
    words = in_words(checked, say)
    answer: dict[str, Any] = {"round": checked.terms.round, "says": [{"": word} for word in words]}
    return answer | articles_touched(checked.findings, figures, telling) | told_unmet(unmet, telling)


def told_unmet(unmet: Sequence[Problem], telling: Telling = str) -> dict[str, Any]:
    return {"cannot_be_met": [{"": telling(problem)} for problem in unmet]}


def told_lists(terms: Terms, categories: Sequence[Category], lists: Sequence[Listed]) -> dict[str, Any]:
    """How many people of each list each category takes, as a table."""
    rows = []
    for fit in fits_of(terms, categories, lists):
        of = {"side": fit.listed.side, "list": fit.name, "of": ", ".join(fit.listed.holders)}
        others = {"(left open)": fit.uncertain, "(none)": fit.none, "(may never count)": fit.never}
        counts = {**fit.by_category, **{name: people for name, people in others.items() if people}}
        rows += [{**of, "category": name, "people": people} for name, people in counts.items()]
    return {"lists": rows or "no register and no list is known here, so nothing is said of any"}


def known_lists(state: State, given: Given, member: str, terms: Terms) -> list[Listed]:
    """Every list of people to be handed over that this node knows: its own registers, and final lists sealed to it."""
    lists = []
    if member in terms.parties:
        side = terms.side_of(member)
        own = (member,)
        other = terms.other_side(side)
        held = [record.fields for record in held_records(state, given, member)]
        sought = [record.fields for record in own_records(state, given, member, "sought")]
        answered = list(answered_held(state, given, member).values())
        lists += [Listed(side, own, HELD, held)] if held else []
        lists += [Listed(side, own, ANSWERED, answered)] if answered_registers(state, member) else []
        lists += [Listed(other, terms.sides[other], SOUGHT, sought)] if sought else []
    for holder in terms.parties:
        for kind, fact in ((IN_FORCE, state.lists.get(holder)), (WAITING, proposed_list(state, given, holder))):
            rows = rows_of(state, given, fact.list) if fact is not None else None
            if rows is not None:
                stay = [fields for number, fields in rows.items() if not is_withdrawn(state, number)]
                lists.append(Listed(terms.side_of(holder), (holder,), kind, stay))
    return lists


def annex_text(state: State, given: Given) -> str | Problem:
    """The text of the terms that wait for a signature here, or else of those in force."""
    name = state.offered_terms[-1] if state.offered_terms else None
    data = given.attachment(name) if name is not None else None
    if data is None:
        return Problem("terms.none", "terms", "no terms wait here, and none are in force", "name a file with terms")
    letter = annex_of(given, decode_terms(data))
    if letter is None:
        return Problem("terms.annex", "terms", "the annex with the categories has not come", "sync first")
    return str(letter["text"])


def terms_said(given: Given, name: str) -> list[Message] | None:
    """What the terms of that name say, with the categories of their annex where it is here; None where they are not."""
    data = given.attachment(name)
    if data is None:
        return None
    terms = decode_terms(data)
    letter = annex_of(given, terms)
    if letter is None:
        return list(sentences(terms))
    categories, _ = parse_categories(annex_categories(letter["text"]), "category", terms.historical)
    quotas, _ = parse_quotas(annex_quotas(letter["text"]), categories, tuple(terms.sides), "quota")
    return list(sentences(terms, categories, quotas))


def draft_terms(state: State, request: DraftTerms, given: Given) -> Outcome | list[Problem]:
    """Sign terms that one side drafts: the ledger form, and the annex with the categories sealed to all who may see.

    Where terms are in force, what is drafted amends them.
    """
    checked = check_terms(request.text, request.where, request.figures)
    if checked.problems:
        return checked.problems
    salt = given.random(32)
    terms, _ = parse_terms(request.text, salt, request.where)
    assert terms is not None
    data = encode_terms(terms)
    name = digest(data)
    to = readers(state, *terms.besides(TERMS), *terms.besides(FINAL_LIST))
    letter = {"annex": terms.annex, "salt": salt.hex(), "text": request.text}
    sealed, mailed = post(state, given, "annex", request.by.member, letter, to)
    return Outcome(
        drafts=(request.by.draft(_signing(state, terms, name)),),
        attachments={name: data},
        documents={f"annex/{terms.annex}": json.dumps(letter).encode()},
        mail={mailed: sealed},
        mail_to={mailed: to},
        answer={"terms": name, "round": terms.round, "totals": terms.totals, **_warned(state, given, request, checked)},
    )


def _warned(
    state: State, given: Given, request: DraftTerms | SignTerms, checked: CheckedTerms
) -> dict[str, Any]:
    """What whoever signs terms should hear of them first: whatever cannot be met, as far as this node knows."""
    assert checked.terms is not None
    return told_unmet(unmet(state, given, request.by.member, checked, request.leads))


@dataclass(frozen=True)
class SignTerms:
    by: By
    figures: Figures  # of the law, whose stops hold a signature back
    terms: str | None = None  # the one that waits, if not named
    leads: LeadTimes = ()


def sign_terms(state: State, request: SignTerms, given: Given) -> Outcome | list[Problem]:
    """Sign the terms that the other side drafted, after reading the annex that belongs to them, as law reads it too."""
    waiting = request.terms or (state.offered_terms[-1] if state.offered_terms else "")
    data = given.attachment(waiting)
    if data is None or waiting == state.terms:
        return [Problem("terms.none", waiting[:16] or "terms", "no terms wait for a signature here", "sync first")]
    terms = decode_terms(data)
    letter = annex_of(given, terms)
    if letter is None:
        return [Problem("terms.annex", waiting[:16], "the annex with the categories has not come", "sync, then sign")]
    checked = check_terms(letter["text"], "terms", request.figures)
    if checked.problems:
        return checked.problems
    read, _ = parse_terms(letter["text"], bytes.fromhex(letter["salt"]))
    if read != terms:
        what = "what would be signed is not what the text in the annex says"
        return [Problem("terms.differ", waiting[:16], what, "sign nothing, and ask who drafted them")]
    return Outcome(
        drafts=(request.by.draft(_signing(state, terms, waiting)),),
        answer={
            "terms": waiting, "round": terms.round, "totals": terms.totals, **_warned(state, given, request, checked)
        },
    )


def _signing(state: State, terms: Terms, name: str) -> TermsSigned | TermsAmended:
    """The signature under terms: the round's first, or others in the place of those in force."""
    if state.terms is None:
        return TermsSigned(Slug(terms.round), Sha256(name))
    return TermsAmended(Slug(terms.round), Sha256(name), state.terms)
