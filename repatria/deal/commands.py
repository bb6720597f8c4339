"""What is agreed: clauses proposed, offered and settled, terms signed, final lists drafted and signed."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from repatria.deal.calendar import LeadTimes
from repatria.deal.classes import (
    EXCHANGE,
    NONE,
    REPATRIATION,
    Category,
    ClassKey,
    category_of,
    classify,
    decode_classes,
    draft_classes,
    encode_classes,
    looked_at,
    parse_categories,
)
from repatria.deal.fit import ANSWERED, HELD, IN_FORCE, SOUGHT, WAITING, Listed, fits_of, unmet_by_lists, unmet_by_terms
from repatria.deal.quota import Quota, off_quota, parse_quotas
from repatria.deal.terms import (
    FINAL_LIST,
    TERMS,
    Terms,
    annex_categories,
    annex_hash,
    annex_quotas,
    decode_terms,
    encode_terms,
    marks_of,
    parse_terms,
)
from repatria.deal.told import TEXTS, sentences
from repatria.exchange import authority
from repatria.exchange.authority import HOST
from repatria.exchange.commands import By
from repatria.exchange.consulting import offer_commitment
from repatria.exchange.documents import FinalList, ListRow, read, write
from repatria.exchange.events import (
    ClauseAgreed,
    ClauseOpened,
    ClauseProposed,
    ClauseValue,
    FinalListSigned,
    OfferCarried,
    OfferReleased,
    Opaque,
    Row,
    Sha256,
    Slug,
    TermsAmended,
    TermsSigned,
)
from repatria.exchange.medical import CHANGING, findings
from repatria.exchange.outward import is_free
from repatria.exchange.person import AVAILABLE, NOT_GOING, Person
from repatria.exchange.state import State
from repatria.law.check import STOP, Finding
from repatria.law.facts import Value, read_facts
from repatria.law.figures import Figures
from repatria.law.review import held_back, review
from repatria.law.standing import Known, of_list
from repatria.law.terms import examine_terms
from repatria.law.touched import articles_touched
from repatria.ledger.canonical import digest, encode
from repatria.linkage.commands import (
    disclosed,
    held_now,
    held_records,
    linked_rows,
    own_now,
    own_number,
    own_records,
    row_number,
)
from repatria.linkage.compare import Record as Compared
from repatria.message import Message, in_english
from repatria.office import Given, Outcome
from repatria.people.commands import letters, post
from repatria.people.person import IDENTITY_FIELDS
from repatria.problem import Problem, Problems

# What a class is derived from, besides identity; sealed with the list's rows, never on the ledger.
CLASS_FIELDS = ("date_of_birth", "medical_category", "person_category", "capture_date", "sex", "priority_grounds")


TOLD = "law/told/"  # documents: what an officer has told of one subject, or of every one of its kind
OFFER_SIZE = 512  # characters of a letter with an offer: as long for 9 as for 1,200


def read_value(text: str) -> ClauseValue:
    """What an officer types for a clause: a number where it is all digits, else a date or a word.

    >>> read_value("1200"), read_value("2025-12-31"), read_value("bus")
    (1200, '2025-12-31', 'bus')
    """
    return int(text) if text.isascii() and text.isdecimal() else Slug(text)


@dataclass(frozen=True)
class OpenClause:
    by: By
    clause: str
    value_kind: str
    words: tuple[str, ...]


def open_clause(state: State, request: OpenClause, given: Given) -> Outcome | list[Problem]:
    words = tuple(Slug(word) for word in request.words)
    event = ClauseOpened(Slug(state.round), Slug(request.clause), Slug(request.value_kind), words)
    answer = {"clause": request.clause, "kind": request.value_kind, "words": words}
    return Outcome(drafts=(request.by.draft(event),), answer=answer)


@dataclass(frozen=True)
class Clause:
    by: By
    clause: str
    value: ClauseValue


def propose_clause(state: State, request: Clause, given: Given) -> Outcome | list[Problem]:
    event = ClauseProposed(Slug(state.round), Slug(request.clause), request.value)
    return Outcome(drafts=(request.by.draft(event),), answer={"clause": request.clause, "value": request.value})


def agree_clause(state: State, request: Clause, given: Given) -> Outcome | list[Problem]:
    event = ClauseAgreed(Slug(state.round), Slug(request.clause), request.value)
    return Outcome(drafts=(request.by.draft(event),), answer={"clause": request.clause, "value": request.value})


@dataclass(frozen=True)
class CarryOffer:
    """`maker`: whose offer it is; the mediator's own if it is one that it makes to bring the sides together."""

    by: By
    clause: str
    value: ClauseValue
    to: str
    maker: str


def carry_offer(state: State, request: CarryOffer, given: Given) -> Outcome | list[Problem]:
    """A mediator carries a value to one member, sealed: the ledger shows that it was carried, not what it says.

    Its maker gets the same letter, to see what was carried in its name, and to release it if it wants to. Everybody
    else who could have made it gets an empty one of the same size, so that the stick does not show whose offer it is.
    """
    maker, to = state.members.get(request.maker), state.members.get(request.to)
    problems = []
    if maker is None or maker.role == authority.NEUTRAL or request.maker == request.to:
        what = "not a party or mediator who could make this offer"
        problems.append(Problem("offer.maker", request.maker, what, "name whose offer it is"))
    if to is None or to.recipient is None:
        what = "not a member of the exchange to whom a letter can be sealed"
        problems.append(Problem("offer.to", request.to, what, "name a member that has joined"))
    if problems:
        return problems
    salt = given.random(32)
    commitment = offer_commitment(salt, state.exchange, state.round, request.clause, request.maker, request.value)
    letter = _padded(
        {"round": state.round, "clause": request.clause, "value": request.value, "maker": request.maker,
         "salt": salt.hex(), "commitment": commitment}
    )  # fmt: skip
    sealed, name = post(state, given, "offer", request.by.member, letter, (request.to,))
    mail, mail_to = {name: sealed}, {name: (request.to,)}
    for member in (*state.parties, *state.mediators):
        if member not in (request.by.member, request.to):
            data = letter if member == request.maker else _padded({})
            copy, copied = post(state, given, "offer", request.by.member, data, (member,))
            mail[copied], mail_to[copied] = copy, (member,)
    event = OfferCarried(Slug(state.round), Slug(request.clause), Slug(request.to), commitment, Sha256(name))
    return Outcome(
        drafts=(request.by.draft(event),),
        documents={f"offer/{commitment}": encode(letter)},
        mail=mail,
        mail_to=mail_to,
        answer={"clause": request.clause, "to": request.to, "maker": request.maker},
    )


def _padded(letter: Mapping[str, Any]) -> dict[str, Any]:
    """The letter at the one size that every letter about an offer has."""
    bare = {**letter, "pad": ""}
    return {**letter, "pad": "0" * (OFFER_SIZE - len(encode(bare)))}


def offers(state: State, request: By, given: Given) -> Outcome | list[Problem]:
    """The offers that this node has carried, was brought, or made; `event` names one for its release."""
    opened = _opened(state, given)
    carried = _carried(state)[1] if opened else {}
    rows = [
        (offer.since,
         {"event": event, "clause": offer.clause, "value": letter["value"], "maker": letter["maker"],
          "by": offer.by, "to": offer.to, "released": offer.released is not None})
        for commitment, letter in opened.items()
        for event, offer in ((event, state.offers[event]) for event in carried.get(commitment, ()))
    ]  # fmt: skip
    return Outcome(answer={"offers": [row for _, row in sorted(rows, key=lambda each: each[0])]})


def _carried(state: State) -> tuple[set[tuple[str, str]], dict[str, list[str]]]:
    """What offers were about, by round and clause; and the events that carried each commitment."""

    def count() -> tuple[set[tuple[str, str]], dict[str, list[str]]]:
        about: set[tuple[str, str]] = set()
        events: dict[str, list[str]] = {}
        for event, offer in state.offers.items():
            about.add((offer.round, offer.clause))
            events.setdefault(str(offer.commitment), []).append(event)
        return about, events

    return state.once("offers by commitment", count)


@dataclass(frozen=True)
class ReleaseOffer:
    by: By
    offer: str  # the event that carried it, or how it begins


def release_offer(state: State, request: ReleaseOffer, given: Given) -> Outcome | list[Problem]:
    """Let an offer that was made in this member's name stand as a proposal."""
    found = [event for event in state.offers if event.startswith(request.offer)] if request.offer else []
    if len(found) != 1:
        what = f"{len(found)} offers begin so"
        return [Problem("offer.unknown", request.offer[:16] or "offer", what, "take its event from `terms offers`")]
    letter = _letter_of(state, given, found[0])
    if letter is None or letter["maker"] != request.by.member:
        what = "not an offer that was carried in this member's name"
        return [Problem("offer.maker", found[0][:16], what, "leave it to whoever made it")]
    value = letter["value"] if isinstance(letter["value"], int) else Slug(letter["value"])
    event = OfferReleased(Slug(state.round), Sha256(found[0]), value, Sha256(letter["salt"]))
    answer = {"clause": state.offers[found[0]].clause, "value": value}
    return Outcome(drafts=(request.by.draft(event, found[0]),), answer=answer)


def _letter_of(state: State, given: Given, event: str) -> dict[str, Any] | None:
    """What an offer says, if this node has carried it or been brought it."""
    return _opened(state, given).get(state.offers[event].commitment)


def _opened(state: State, given: Given) -> dict[str, dict[str, Any]]:
    """What offers say that this node has carried or been brought, by commitment: letters that open what was carried.

    Letters are from whoever knows a member's recipient key, and may say anything; only the commitment decides.
    """
    own = [json.loads(given.document(name) or b"{}") for name in given.documents("offer/")]
    found: dict[str, dict[str, Any]] = {}
    written = [*own, *letters(given, "offer")]
    about = _carried(state)[0] if written else set()
    for letter in written:
        for round_, clause in about:
            try:
                salt, maker, value = bytes.fromhex(letter["salt"]), str(letter["maker"]), letter["value"]
                bound = offer_commitment(salt, state.exchange, round_, clause, maker, value)
            except (KeyError, TypeError, ValueError):
                continue  # an empty letter, or one made to look like an offer
            found.setdefault(str(bound), {"maker": maker, "value": value, "salt": letter["salt"]})
    return found


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
        lists += [Listed(side, own, ANSWERED, answered)] if _answered_registers(state, member) else []
        lists += [Listed(other, terms.sides[other], SOUGHT, sought)] if sought else []
    for holder in terms.parties:
        for kind, fact in ((IN_FORCE, state.lists.get(holder)), (WAITING, proposed_list(state, given, holder))):
            rows = rows_of(given, fact.list) if fact is not None else None
            if rows is not None:
                stay = [fields for number, fields in rows.items() if not _withdrawn(state, number)]
                lists.append(Listed(terms.side_of(holder), (holder,), kind, stay))
    return lists


def _withdrawn(state: State, number: str) -> bool:
    return number in state.persons and state.persons[number].withdrawn is not None


def annex_text(state: State, given: Given) -> str | Problem:
    """The text of the terms that wait for a signature here, or else of those in force."""
    name = state.offered_terms[-1] if state.offered_terms else None
    data = given.attachment(name) if name is not None else None
    if data is None:
        return Problem("terms.none", "terms", "no terms wait here, and none are in force", "name a file with terms")
    letter = _annex(given, decode_terms(data))
    if letter is None:
        return Problem("terms.annex", "terms", "the annex with the categories has not come", "sync first")
    return str(letter["text"])


def terms_said(given: Given, name: str) -> list[Message] | None:
    """What the terms of that name say, with the categories of their annex where it is here; None where they are not."""
    data = given.attachment(name)
    if data is None:
        return None
    terms = decode_terms(data)
    letter = _annex(given, terms)
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


def readers(state: State, *besides: str) -> tuple[str, ...]:
    """To whom what is agreed is sealed: every party and mediator, and who signs besides; nobody signs unread."""
    here = [name for name in besides if name in state.members]
    return tuple(dict.fromkeys((*state.parties, *state.mediators, *here)))


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
    letter = _annex(given, terms)
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


@dataclass(frozen=True)
class DraftList:
    by: By
    without: tuple[str, ...] = ()  # sought rows that are left off, where a quota lets not everyone on the list
    together: tuple[tuple[str, ...], ...] = ()  # sought rows of each family or crew, besides those that stand


def draft_list(state: State, request: DraftList, given: Given) -> Outcome | list[Problem]:
    """The holder's half: everyone sought, answered held and linked, with a random number and class; rows sealed.

    Whoever stands on the list in force stays under the same number. Where the record, or what a medical board found,
    now takes them out of the ratio, their class follows; any other change of the record leaves the class as both
    sides have signed it.

    Nobody of a category of which everyone goes is left off it. Families and crews that stand on it stay together; who
    leaves the ratio leaves their group, so that nobody outside it waits for the balance.
    """
    holder = request.by.member
    found = _inputs(state, given)
    if isinstance(found, Problem):
        return [found]
    terms, categories, quotas = found
    registers = _answered_registers(state, holder)
    if not registers:
        return [Problem("list.register", holder, "no register has been answered", "give answers first")]
    before = state.lists.get(holder)
    standing = [p for p in state.persons.values() if (p.holder, p.round) == (holder, state.round)]
    attested = rows_of(given, before.list) or {} if before is not None else {}
    signed = decode_classes(given.attachment(before.classes) or b"") if before is not None else {}
    held = held_now(state, given, holder)
    linked = {name: _linked(given, name, held) for name in {*registers, *(person.register for person in standing)}}
    problems: list[Problem] = []
    rows: list[_Row] = []
    tally: Counter[str] = Counter()
    found_by_boards = findings(state, given.unseal)
    for person in standing:
        record = linked[person.register].get(person.row)
        finding, _ = found_by_boards.get(person.number, ("", ""))
        if record is not None and finding in CHANGING:
            record = {**record, "medical_category": finding}
        row, followed = _stands(state, person, signed[person.class_id].key, record, attested, terms, categories)
        tally[followed] += 1
        if isinstance(row, Problem):
            problems.append(row)
        else:
            rows.append(row)
    listed_already = {record["record_id"] for p in standing if (record := linked[p.register].get(p.row))}
    mine = {(p.register, p.row): p for p in state.persons.values() if p.holder == holder and not p.withdrawn}
    left_off: set[str] = set()
    for register in registers:
        for sought, record in sorted(linked[register].items()):
            earlier = mine.get((Opaque(register), Row(sought)))
            if record["record_id"] in listed_already or not (earlier is None or _may_be_listed_again(state, earlier)):
                continue
            if sought in request.without:
                left_off.add(sought)
                problems += _must_go(record, sought, terms, categories)
                continue
            key = classify(record, categories, date.fromisoformat(terms.target_date), where=f"row {sought}")
            if isinstance(key, Problem):
                problems.append(key)
                continue
            to = _destination(state, record, key, state.registers[register].owner)
            number = earlier.number if earlier is not None else given.random(16).hex()
            rows.append(_Row(number, register, sought, to, key, record, None, record.get("place_of_detention")))
    problems += [
        Problem("list.without", f"row {row}", "nobody who comes on the list anew", "take the row from the answers")
        for row in sorted(set(request.without) - left_off)
    ]
    stay = [row.fields for row in rows if not _withdrawn(state, row.number)]
    problems += check_quotas(state, given, holder, stay, (terms, categories, quotas))
    together, apart = _together(state, rows, request.together)
    problems += apart
    if problems:
        unlisted = sum(problem.code.startswith("deal.category.") for problem in problems)
        return [*_outside(holder, len(rows) + unlisted, problems), *problems]
    classes = {of.key: of for of in signed.values()}
    classes |= draft_classes({row.key for row in rows} - classes.keys(), given.random)
    version = (before.version if before is not None else 0) + 1
    ids = {row.number: row.class_id or classes[row.key].class_id for row in rows}
    by_id = {of.class_id: of for of in (*signed.values(), *classes.values())}
    listed = FinalList(
        Slug(holder),
        version,
        tuple(
            ListRow(Opaque(row.number), Opaque(row.register), Row(row.row), Slug(row.to), Opaque(ids[row.number]))
            for row in sorted(rows, key=lambda each: each.number)
        ),
        together,
    )
    data, table = write(listed), encode_classes([by_id[class_id] for class_id in sorted(set(ids.values()))])
    rows.sort(key=lambda row: (row.register, row.row))
    letter = {
        "holder": holder,
        "list": digest(data),
        "rows": [
            {"number": row.number, "row": row.row, "fields": _shown(row.fields, categories)} for row in rows
        ],
    }
    visits = {
        "holder": holder,
        "list": digest(data),
        "places": {row.number: place_slug(row.place) for row in rows},
    }
    who = readers(state, *state.neutrals, *terms.besides(FINAL_LIST))
    sealed, mailed = post(state, given, "rows", holder, letter, who)
    visit, visit_mailed = post(state, given, "visits", holder, visits, state.neutrals)
    event = FinalListSigned(
        Slug(state.round), Slug(holder), version, Sha256(digest(data)), Sha256(listed.tree.root().hex()),
        Sha256(digest(table)), Sha256(mailed),
    )  # fmt: skip
    counted = Counter(row.key.counts for row in rows)
    return Outcome(
        drafts=(request.by.draft(event),),
        attachments={digest(data): data, digest(table): table},
        mail={mailed: sealed, visit_mailed: visit},
        mail_to={mailed: who, visit_mailed: state.neutrals},
        answer={
            "holder": holder, "version": version, "people": len(rows), "inside_ratio": counted[True],
            "outside_ratio": counted[False], "go_together": len(together), "classes": len(set(ids.values())),
            "list": digest(data),
            "left_the_ratio": tally["outward"], "to_wait": tally["waits"], "not_followed": tally["kept"],
        },
    )  # fmt: skip


def _together(
    state: State, rows: Sequence[_Row], asked: Sequence[Sequence[str]]
) -> tuple[tuple[tuple[Opaque, ...], ...], list[Problem]]:
    """Families and crews of a list by number, those that stand and those asked for, and what keeps any from being
    one."""
    by_row = {row.row: row for row in rows}
    by_number = {row.number: row for row in rows}
    standing: dict[str, list[_Row]] = {}
    for row in rows:
        person = state.persons.get(row.number)
        if person is not None and person.round == state.round and person.group and row.class_id is not None:
            standing.setdefault(person.group, []).append(row)
    groups = [[row.number for row in group] for group in standing.values() if len(group) > 1]
    problems = []
    for position, wanted in enumerate(asked, 1):
        where = f"group {position}"
        unknown = sorted(set(wanted) - set(by_row))
        if unknown or len(set(wanted)) != len(wanted) or len(wanted) < 2:
            what = f"{len(unknown)} of {len(wanted)} rows are not on the list, or one stands alone or twice"
            problems.append(Problem("list.together", where, what, "name two sought rows or more, all on the list"))
            continue
        groups.append([by_row[row].number for row in wanted])
    for numbers in groups:
        where = f"those with number {min(numbers)}"
        if sum(set(other) & set(numbers) != set() for other in groups) > 1:
            problems.append(Problem("list.together", where, "somebody is in two groups", "name each person once"))
        if len({(by_number[n].key.account, by_number[n].to) for n in numbers}) > 1:
            what = "of several accounts or destinations: who is outside the ratio waits for nobody"
            do = "let those of one account and one destination go together"
            problems.append(Problem("list.together", where, what, do))
    return tuple(sorted(tuple(map(Opaque, sorted(numbers))) for numbers in groups)), problems


def _must_go(record: Mapping[str, str], row: str, terms: Terms, categories: tuple[Category, ...]) -> list[Problem]:
    """Whether somebody is left off a list who is of a category of which everyone goes."""
    category = category_of(record, categories, date.fromisoformat(terms.target_date))
    if isinstance(category, Problem) or not category.all:
        return []
    what = f'of category "{category.id}", of which everyone goes'
    return [Problem("list.without", f"row {row}", what, "leave somebody else off, or nobody")]


@dataclass(frozen=True)
class _Row:
    """One row of the list being drafted; `class_id` where both sides have signed it before."""

    number: str
    register: str
    row: str
    to: str
    key: ClassKey
    fields: Mapping[str, str]  # sealed to both parties and the mediators
    class_id: str | None
    place: str | None  # where they are held, for the neutral alone


def _stands(
    state: State,
    person: Person,
    signed: ClassKey,
    record: Mapping[str, str] | None,
    attested: Mapping[str, Mapping[str, str]],
    terms: Terms,
    categories: tuple[Category, ...],
) -> tuple[_Row | Problem, str]:
    """The row of somebody on the list in force, and what became of a change in their record: `same`, `outward`,
    `waits` (it would take them out of the ratio, and they are in somebody's hands), or `kept` as it was signed.

    A problem where the law keeps them out of a ratio and the terms have no category for them.
    """
    before = attested.get(person.number, record or {})
    place = None if record is None else record.get("place_of_detention")
    kept = _Row(person.number, person.register, person.row, person.to, signed, before, person.class_id, place)
    if record is None or person.withdrawn:
        return kept, "same"
    key = classify(record, categories, date.fromisoformat(terms.target_date), where=f"row {person.row}")
    if isinstance(key, Problem):
        return (key if key.code == "deal.category.counted" else kept), "kept"
    to = _destination(state, record, key, state.registers[person.register].owner)
    if (key, to) == (signed, person.to):
        return replace(kept, fields=record), "same"
    if key.account != REPATRIATION or person.account not in (EXCHANGE, REPATRIATION):
        return kept, "kept"
    if not is_free(state, person):
        return kept, "waits"
    return _Row(person.number, person.register, person.row, to, key, record, None, place), "outward"


def _linked(given: Given, register: str, held: Mapping[int, Compared]) -> dict[str, dict[str, str]]:
    """What is known of each person sought and linked: the seeker's fields, and over them the holder's own."""
    asked = {record.row: record.fields for record in disclosed(given, register) or []}
    found = {}
    for row, held_row in linked_rows(given, register).items():
        own = held.get(row_number(held_row))
        if own is not None:
            who = own_number(own.fields) or held_row
            found[row] = {**asked.get(row_number(row), {}), **own.fields, "record_id": who}
    return found


def _may_be_listed_again(state: State, person: Person) -> bool:
    return person.round != state.round and person.state in (*AVAILABLE, NOT_GOING)


def _destination(state: State, record: Mapping[str, str], key: ClassKey, seeker: str) -> str:
    """To whom somebody goes: who seeks them, or a neutral country where a board found them fit for one (GC III 110(2)).

    Which host, where there are several, the record's `destination` says.
    """
    if key.account != REPATRIATION or record.get("medical_category") != "neutral_eligible":
        return seeker
    hosts = sorted(name for name, member in state.members.items() if member.role == HOST)
    return next((host for host in hosts if host == record.get("destination")), hosts[0] if len(hosts) == 1 else seeker)


@dataclass(frozen=True)
class SignList:
    by: By
    holder: str
    figures: Figures  # of the law, whose stops hold a signature back


def sign_list(state: State, request: SignList, given: Given) -> Outcome | list[Problem]:
    """Sign the other side's half, after deriving every class again from the sealed rows and one's own records.

    The law is asked, too, of each class beside every record that this node has of the person: the rows are the holder's
    word, and a register of one's own may know somebody for a medic, or for a civilian.
    """
    event = proposed_list(state, given, request.holder)
    if event is None:
        return [Problem("list.none", request.holder, "no list of that holder waits for a signature", "sync first")]
    problems = check_list(state, given, event)
    if problems:
        return problems
    listed = read(FinalList, given.attachment(event.list) or b"")
    classes = decode_classes(given.attachment(event.classes) or b"")
    known = Known(records=records_of_list(state, given, request.by.member, listed, event.list))
    stops, law = held_back(review(of_list(state, listed, classes, known), request.figures, "party"))
    if stops:
        return stops
    return Outcome(
        drafts=(request.by.draft(event),),
        answer={
            "holder": event.holder, "version": event.version, "people": len(listed.rows),
            "go_together": len(listed.together), "list": event.list, **law,
        },
    )  # fmt: skip


def proposed_list(state: State, given: Given, holder: str) -> FinalListSigned | None:
    """The list of a holder that came with its rows and whose attachments are here, if not yet in force."""
    standing = state.lists.get(holder)
    for letter_name in sorted(given.documents(f"mail/rows/{holder}/")):
        letter = json.loads(given.document(letter_name) or b"{}")["data"]
        data = given.attachment(letter["list"])
        if data is None:
            continue
        listed = read(FinalList, data)
        if listed.version != (standing.version if standing else 0) + 1:
            continue
        for fact in state.offered_lists.values():
            if fact.list == letter["list"]:
                return fact
    return None


def check_list(state: State, given: Given, event: FinalListSigned) -> list[Problem]:
    """Whether the sealed rows give the classes that the list attests; every difference at once."""
    found = _inputs(state, given)
    if isinstance(found, Problem):
        return [found]
    terms, categories, _ = found
    listed = read(FinalList, given.attachment(event.list) or b"")
    try:
        classes = decode_classes(given.attachment(event.classes) or b"")
    except Problems as problems:
        return list(problems.problems)
    rows = rows_of(given, event.list)
    if rows is None:
        return [Problem("list.rows", event.holder, "the sealed rows have not come", "sync, then sign")]
    stay = [fields for number, fields in rows.items() if not _withdrawn(state, number)]
    derived = derive(listed, {c: k.key for c, k in classes.items()}, rows, terms, categories)
    return [
        *_outside(event.holder, len(listed.rows), derived),
        *derived,
        *_elsewhere(state, listed, rows),
        *check_quotas(state, given, event.holder, stay, found),
    ]


def _elsewhere(state: State, listed: FinalList, rows: Mapping[str, Mapping[str, str]]) -> list[Problem]:
    """Those sent to a neutral country whom no board has found fit for one."""
    return [
        Problem(
            "list.to", f"number {row.number}", f"goes to {row.to}, and the record does not say neutral_eligible",
            "ask the holder for the board's finding, or to send the person to whoever seeks them", "GC III 110(2)",
        )
        for row in listed.rows
        if row.to != state.registers[row.register].owner
        and rows.get(row.number, {}).get("medical_category") != "neutral_eligible"
    ]  # fmt: skip


def _outside(holder: str, people: int, problems: Sequence[Problem]) -> list[Problem]:
    """How many of a list the categories do not take, before each of them is told by number."""
    none = sum(problem.code == NONE for problem in problems)
    if none < 2:
        return []
    what = f"{none:,} of {people:,} people fall outside the agreed categories"
    return [Problem("list.outside", f"list of {holder}", what, "leave them off, or agree on a category for them first")]


Agreed = tuple[Terms, tuple[Category, ...], tuple[Quota, ...]]  # what terms and their annex say


def check_quotas(
    state: State, given: Given, holder: str, records: Iterable[Mapping[str, str]], agreed: Agreed
) -> list[Problem]:
    """Whether a holder's list keeps the quotas of its side, with the lists in force of the side's other parties."""
    terms, categories, quotas = agreed
    side = terms.side_of(holder)
    lists = [records]
    others = [party for party in terms.sides[side] if party != holder]
    for party in others:
        fact = state.lists.get(party)
        rows = rows_of(given, fact.list) if fact is not None else None
        if rows is not None:
            lists.append(fields for number, fields in rows.items() if not _withdrawn(state, number))
    day = date.fromisoformat(terms.target_date)
    found = (category_of(record, categories, day) for listed in lists for record in listed)
    people = Counter(category.id for category in found if isinstance(category, Category))
    return off_quota(quotas, side, people, len(lists) > len(others), f"list of {holder}")


def derive(
    listed: FinalList,
    classes: Mapping[str, ClassKey],
    rows: Mapping[str, Mapping[str, str]],
    terms: Terms,
    categories: tuple[Category, ...],
) -> list[Problem]:
    """Classes derived again from the records: a problem for every number whose class is not what the list says."""
    problems = []
    for row in listed.rows:
        fields = rows.get(row.number)
        if fields is None:
            problems.append(Problem("list.rows", f"number {row.number}", "no sealed row", "ask the holder for it"))
            continue
        key = classify(fields, categories, date.fromisoformat(terms.target_date), where=f"number {row.number}")
        if isinstance(key, Problem):
            problems.append(key)
        elif classes.get(row.class_id) != key:
            problems.append(
                Problem(
                    "list.class", f"number {row.number}", "the record gives another class than the list attests",
                    "ask the holder to correct the list",
                )
            )  # fmt: skip
    return problems


def rows_of(given: Given, listed: str) -> dict[str, dict[str, str]] | None:
    """Number -> fields, from the sealed rows of a list, if they were sealed to this node."""
    for letter in letters(given, "rows"):
        if letter["list"] == listed:
            return {row["number"]: row["fields"] for row in letter["rows"]}
    return None


def records_of_list(
    state: State, given: Given, member: str, listed: FinalList, name: str
) -> dict[str, list[Mapping[str, str]]]:
    """Number -> what each record that this node has says of that person: its own where it holds them, the sealed rows
    of the list, its own where it seeks them. Its own as the newest register has them, so that a slip can be put right.
    """
    sealed = rows_of(given, name) or {}
    registers = {str(row.register) for row in listed.rows}
    of_mine = {name for name in registers if name in state.registers and state.registers[name].owner == member}
    asked = own_now(state, given, member, "sought") if of_mine else {}
    held: dict[tuple[str, str], Mapping[str, str]] = {}
    if listed.holder == member:
        mine = held_now(state, given, member)
        held = {
            (register, row): mine[row_number(held_row)].fields
            for register in registers
            for row, held_row in linked_rows(given, register).items()
            if row_number(held_row) in mine
        }
    found: dict[str, list[Mapping[str, str]]] = {}
    for row in listed.rows:
        at = (str(row.register), str(row.row))
        sought = asked.get(row_number(row.row)) if row.register in of_mine else None
        every = (held.get(at), sealed.get(row.number), None if sought is None else sought.fields)
        found[row.number] = [fields for fields in every if fields is not None]
    return found


def known_here(state: State, given: Given, member: str) -> Known:
    """What this node can tell the law besides the ledger: records of everyone on the lists in force, and the annex."""
    records: dict[str, list[Mapping[str, str]]] = {}
    own: set[str] = set()
    for holder, fact in sorted(state.lists.items()):
        data = given.attachment(fact.list)
        if data is None:
            continue
        listed = read(FinalList, data)
        records |= records_of_list(state, given, member, listed, fact.list)
        own |= {
            row.number for row in listed.rows
            if holder == member or state.registers[row.register].owner == member
        }  # fmt: skip
    for number, (finding, _) in findings(state, given.unseal).items():
        if finding in CHANGING and number in records:
            records[number] = [*records[number], {"medical_category": finding}]
    terms = decode_terms(state.terms_text.encode()) if state.terms_text else None
    letter = None if terms is None else _annex(given, terms)
    agreed = None if terms is None else agreed_of(given, terms)
    role = str(state.members[member].role) if member in state.members else ""
    return Known(
        role, records, frozenset(number for number in own if records.get(number)),
        None if letter is None else tomllib.loads(letter["text"]),
        () if agreed is None else agreed[1], told_here(given),
    )  # fmt: skip


def told_here(given: Given) -> dict[tuple[str, str], Mapping[str, Value]]:
    """What officers of this node have told of facts that nobody's record holds (`law tell`)."""
    found: dict[tuple[str, str], Mapping[str, Value]] = {}
    for name in sorted(given.documents(TOLD)):
        raw = json.loads(given.document(name) or b"{}")
        facts, problems = read_facts({"about": raw["about"], "facts": raw["facts"]})
        if not problems:
            found[facts.about, raw["of"]] = facts.values
    return found


def visits_of(given: Given, listed: str) -> dict[str, str]:
    """Number -> place of detention, as the holder told the neutral."""
    for letter in letters(given, "visits"):
        if letter["list"] == listed:
            return dict(letter["places"])
    return {}


def place_slug(place: str | None) -> str:
    """A place of detention as an identifier that says nothing outside: its letters and digits, or `unknown`."""
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in (place or "").lower()).strip("-")
    return kept[:32] or "unknown"


def agreed_of(given: Given, terms: Terms) -> Agreed | None:
    """The terms with the categories and quotas of the annex that belongs to them, if it has come."""
    letter = _annex(given, terms)
    if letter is None:
        return None
    categories, problems = parse_categories(annex_categories(letter["text"]), historical=terms.historical)
    quotas, more = parse_quotas(annex_quotas(letter["text"]), categories, tuple(terms.sides))
    return None if problems or more else (terms, categories, quotas)


def _inputs(state: State, given: Given) -> Agreed | Problem:
    if state.terms is None:
        return Problem("terms.none", "terms", "no terms are in force", "have both parties sign terms first")
    terms = decode_terms(state.terms_text.encode())
    agreed = agreed_of(given, terms)
    if agreed is None:
        return Problem("terms.annex", "terms", "the annex with the categories is not here", "sync first")
    return agreed


def _annex(given: Given, terms: Terms) -> dict[str, Any] | None:
    """The letter with the text that the ledger form was made of, and its salt."""
    own = given.document(f"annex/{terms.annex}")
    found: list[dict[str, Any]] = [*([json.loads(own)] if own else []), *letters(given, "annex")]
    for letter in found:
        if annex_hash(bytes.fromhex(letter["salt"]), letter["text"]) == terms.annex:
            return letter
    return None


def answered_held(state: State, given: Given, holder: str) -> dict[tuple[str, str], dict[str, str]]:
    """Whoever is sought of this node's member and linked to somebody whom it holds: register and row -> the record."""
    held = held_now(state, given, holder)
    return {
        (register, row): record
        for register in _answered_registers(state, holder)
        for row, record in sorted(_linked(given, register, held).items())
    }


def _answered_registers(state: State, holder: str) -> list[str]:
    """Of each seeker, the latest register that this holder has answered."""
    latest: dict[str, tuple[int, str]] = {}
    for name, fact in state.registers.items():
        if holder in fact.answers:
            latest[fact.owner] = max(latest.get(fact.owner, (0, "")), (fact.version, name))
    return sorted(name for _, name in latest.values())


def _shown(fields: Mapping[str, str], categories: Sequence[Category]) -> dict[str, str]:
    """Of a record what its list's readers need: who it is, and all that its class is derived from."""
    names = dict.fromkeys((*IDENTITY_FIELDS, *CLASS_FIELDS, *sorted(looked_at(categories))))
    return {name: fields[name] for name in names if name in fields}
