"""The exchange as it stands, as facts for the law: subject by subject, from the ledger, records and what was told.

Pure: the state comes from the fold, and whatever else a node holds is handed in as `Known`. A subject is a person's
release, a stage, a row answered "deceased"; people are named by opaque number or by a register's row, and by nothing
else. What nobody knows is left out, and the checks say so (`review.py`). Where each fact comes from stands in
`sources.py`; a test holds the two together.

Two rules keep a wish where it belongs. No fact is read off a record's `wish_to_return`, whosever record it is; and
what is for the neutral alone is dropped by `Known` in any other node.

A chance to decline is *due* when its stage is opened, or its day has come. Before that a word that has grown too old
is no breach: the chance of that release is still to be given, and so it is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from repatria.deal.classes import CIVILIANS, EXCHANGE, NEVER_COUNTED, REMAINS, Category, PersonClass
from repatria.deal.terms import CHANCE_DAYS_MAX, Terms, chance_is_fresh, decode_terms
from repatria.exchange.authority import HOST, NEUTRAL
from repatria.exchange.documents import Answers, FinalList, PublicCounts, read
from repatria.exchange.person import (
    ABSENT,
    AVAILABLE,
    NOT_GOING,
    RECEIVED,
    RIGHT_OUT,
    WITHDRAWN,
    WITHHELD,
    Person,
    Word,
    at_gate,
    standing,
    word_order,
)
from repatria.exchange.state import Attachments, RegisterFact, StageFact, State
from repatria.exchange.suppression import SMALL
from repatria.law.facts import Facts, Value
from repatria.law.geneva3 import SENT_HOME, SICK_OR_WOUNDED
from repatria.law.sources import for_the_neutral
from repatria.law.terms import facts_in_force, facts_of_category, facts_of_terms
from repatria.people.person import field_value

Records = Sequence[Mapping[str, str]]  # what each record that a node has says of one person, field by field
Values = dict[str, Value]
EVERY = "*"  # told of every subject of its kind

# How GC IV 132 calls those who go first, by the ground for priority that a record gives.
_FIRST_BY_GROUND = {
    "minor": "children", "pregnant": "pregnant_women", "mother_small_child": "mothers_with_small_children",
    "long_captivity": "long_detained",
}  # fmt: skip
_COUNTED_AS = {NOT_GOING: "not_going", WITHHELD: "withheld", ABSENT: "absent"}


@dataclass(frozen=True)
class Known:
    """What a node holds besides the ledger.

    Attributes:
        role: of the member whose node it is.
        records: by opaque number, the holder's own or its sealed rows first.
        own: numbers of whom this node keeps a record in a register of its own.
        raw: the officer's table of the terms in force, from their annex, with its categories.
        told: by subject and which one of them (`EVERY`: all), what officers have told this node.
    """

    role: str = ""
    records: Mapping[str, Records] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    raw: Mapping[str, Any] | None = None
    categories: Sequence[Category] = ()
    told: Mapping[tuple[str, str], Mapping[str, Value]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """What is for the neutral alone is not known in any other node, whatever was told there."""
        if self.role != NEUTRAL:
            kept = {
                (about, of): {name: value for name, value in values.items() if not for_the_neutral(about, name)}
                for (about, of), values in self.told.items()
            }
            object.__setattr__(self, "told", {key: values for key, values in kept.items() if values})


@dataclass(frozen=True)
class Subject:
    """One thing that checks are about: `of` says which, as an officer finds it again."""

    of: str
    facts: Facts
    is_class: bool = False  # of a person's class, which has no grounds of its own

    @property
    def where(self) -> str:
        return f"{self.facts.about}, {self.of}"


def subjects(state: State, attachments: Attachments, known: Known) -> list[Subject]:
    """Everything that the checks can be asked of the exchange as it stands, with what was told put in."""
    derived = [
        *_terms(state, known),
        *_round(state, known),
        *(stage for name in _coming(state) for stage in _stage(state, name, known)),
        *(each for person in _people(state) for each in of_person(state, person, known)),
        *_transfers(state),
        *_boards(state),
        *_rows(state, attachments),
        *_tables(state, attachments),
    ]
    named = {(each.facts.about, each.of) for each in derived}
    besides = [Subject(of, Facts(about, {})) for about, of in known.told if of != EVERY and (about, of) not in named]
    return [_with_told(each, known) for each in (*derived, *besides)]


def of_list(
    state: State, listed: FinalList, classes: Mapping[str, PersonClass], known: Known
) -> list[Subject]:
    """The classes of a list that waits for a signature, beside what the records say of each person on it."""
    historical = bool(state.terms_text) and _terms_of(state).historical
    return [
        each
        for row in listed.rows
        if (found := classes.get(row.class_id)) is not None
        for each in _class(f"number {row.number}", found.account, found.weight, historical, _of(known, row.number))
    ]


def of_plan(state: State, stages: Sequence[tuple[str, str, Iterable[str]]], known: Known) -> list[Subject]:
    """Of a plan that waits for a signature: everyone in it, and its stages.

    Args:
        stages: each with its day and the numbers of those who go in it.
    """
    slots = {number: (stage, day) for stage, day, numbers in stages for number in numbers if number in state.persons}
    found = [
        each
        for number, (stage, day) in slots.items()
        for each in of_person(state, state.persons[number], known, (stage, day), due=False)
    ]
    for stage, _, _ in stages:
        values = _first_of(state, stage, known, slots)
        values["list_before_departure"] = True
        found.append(Subject(stage, Facts("stage", values)))
    return [_with_told(each, known) for each in found]


def of_stage(state: State, stage: str, known: Known) -> list[Subject]:
    """Of a stage that is about to open: everybody on its manifests, whose chance is due now, and the stage itself."""
    found = state.stages.get(stage)
    if found is None:
        return []
    people = [state.persons[number] for place in found.places.values() for number in place.manifest]
    derived = [each for person in people for each in of_person(state, person, known, (stage, found.date), due=True)]
    return [_with_told(each, known) for each in (*derived, *_stage(state, stage, known))]


# --- the terms and the round ----------------------------------------------------------------------------------------


def _terms(state: State, known: Known) -> Iterator[Subject]:
    if state.terms is None:
        return
    terms = _terms_of(state)
    heavy = any(person.weight != 1 for person in _people(state))
    weighed, outside = facts_in_force(terms)
    values: Values = dict(facts_of_terms(known.raw, known.categories).values) if known.raw is not None else {}
    values |= {
        "points_on_people": heavy or weighed, "outside_ratio_limited": outside, "historical": terms.historical,
        "neutral_named": bool(terms.neutral),
        "undertakings": terms.undertakings, "chance_days": terms.chance_days,
    }  # fmt: skip
    yield Subject("in force", Facts("terms", values))
    for category in known.categories:
        yield Subject(f'"{category.id}"', facts_of_category(category, terms.historical))


def _round(state: State, known: Known) -> Iterator[Subject]:
    if not state.round:
        return
    people = [person for person in _people(state) if person.living]
    planned = [person for person in people if person.number in state.slots]
    values: Values = {"plan_agreed": state.plan is not None}
    if (today := _today(state)) is not None:
        values["as_of"] = today
    days = [stage.date for stage in state.stages.values() if stage.round == state.round]
    if state.plan is not None and days:
        values["plan_ends_on"] = date.fromisoformat(max(days))
        values["people_left"] = sum(_still_held(person) for person in planned)
    civilians = [person for person in people if person.account == CIVILIANS and _still_held(person)]
    if civilians:
        values["civilians_planned"] = all(person.number in state.slots for person in civilians)
        charged = [_word(_of(known, person.number), "legal_proceedings") for person in civilians]
        if None not in charged:
            values["civilians_left"] = charged.count("none")
    yield Subject(state.round, Facts("round", values))


# --- stages ---------------------------------------------------------------------------------------------------------


def _coming(state: State) -> list[str]:
    """The stages of this round that are not over."""
    return [
        name
        for name, stage in state.stages.items()
        if stage.round == state.round and not all(at.reconciled or at.aborted for at in stage.places.values())
    ]


def _stage(state: State, name: str, known: Known) -> Iterator[Subject]:
    stage = state.stages[name]
    values: Values = {"list_before_departure": all(place.manifest for place in stage.places.values())}
    slots = {number: (at, state.stages[at].date) for number, (at, _) in state.slots.items()}
    yield Subject(name, Facts("stage", {**values, **_first_of(state, name, known, slots)}))


def _first_of(state: State, stage: str, known: Known, slots: Mapping[str, tuple[str, str]]) -> Values:
    """Which civilians of GC IV 132 wait for a later stage, or for none, and whether others go in this one."""
    civilians = [person for person in _people(state) if person.account == CIVILIANS and _still_held(person)]
    here = [person for person in civilians if slots.get(person.number, ("", ""))[0] == stage]
    day = next((day for at, day in slots.values() if at == stage), "")
    later = [person for person in civilians if person not in here and slots.get(person.number, ("", "9999"))[1] > day]
    values: Values = {}
    waiting = [_first(_of(known, person.number)) for person in later]
    if None not in waiting or any(waiting):
        values["waiting_first"] = tuple(sorted({word for words in waiting for word in words or ()}))
    going = [_first(_of(known, person.number)) for person in here]
    if () in going:
        values["other_civilians_go"] = True
    elif None not in going:
        values["other_civilians_go"] = False
    return values


def _first(records: Records) -> tuple[str, ...] | None:
    """What GC IV 132 calls this person, if anything; None where the records leave it open."""
    grounds = _words(records, "priority_grounds")
    health = _word(records, "medical_category")
    found = {_FIRST_BY_GROUND[ground] for ground in grounds or () if ground in _FIRST_BY_GROUND}
    if health in SICK_OR_WOUNDED:
        found.add("wounded_and_sick")
    return tuple(sorted(found)) if found or (grounds is not None and health is not None) else None


# --- people ---------------------------------------------------------------------------------------------------------


def of_person(
    state: State, person: Person, known: Known, slot: tuple[str, str] | None = None, due: bool | None = None
) -> list[Subject]:
    """What the checks can ask about one person on a list in force.

    Args:
        slot: the stage and its day; as the plan in force has it, if not given.
        due: whether the chance to decline must have been given by now; by the stage and the day, if not given.
    """
    of, records = f"number {person.number}", _of(known, person.number)
    if slot is None and (at := _stage_of(state, person)) is not None:
        stage = state.stages[at]
        slot, due = (at, stage.date), _is_due(state, stage)
    found = _class(of, person.account, person.weight, _terms_of(state).historical, records)
    going = person.living and person.state != WITHDRAWN and not person.not_going
    if going and (slot is not None or state.plan is None):
        found.append(Subject(of, Facts("release", _release(state, person, records, slot, bool(due)))))
        if slot is not None and _still_held(person):
            found.append(Subject(of, Facts("departure", {})))
    if person.state in _COUNTED_AS:
        values: Values = {
            "counted_as": _COUNTED_AS[person.state], "neutral_signed_not_going": person.not_going,
        }  # fmt: skip
        found.append(Subject(of, Facts("absence", values)))
    if person.state == WITHHELD:
        charged = _word(records, "legal_proceedings")
        found.append(Subject(of, Facts("withholding", {} if charged is None else {"legal_proceedings": charged})))
    if going and _is_civilian(person, records):
        found.append(Subject(of, Facts("civilian", _civilian(state, person, records))))
    dead = "deceased" in _all_words(records, "person_category")
    if not person.living or dead:
        values = {"counted_against_living": person.account != REMAINS, "return_agreed": True}
        values["being_returned"] = person.number in state.slots or person.state == RECEIVED
        found.append(Subject(of, Facts("remains", values)))
    if person.living and person.state == RECEIVED:
        category = _word(records, "person_category")
        values = {"change": "transfer" if _role(state, person.to) == HOST else "repatriation"}
        values |= {} if category is None else {"person_category": category}
        found.append(Subject(of, Facts("notification", values)))
    if person.number in known.own:
        found.append(Subject(of, Facts("record", _record(state, records))))
    return found


def _class(of: str, account: str, weight: int, historical: bool, records: Records) -> list[Subject]:
    """The class of one person, beside what the records say: what never counts may not stand in a class that does.

    Any one record that says so is enough: where two sides' records disagree, a person decides before anyone signs.
    """
    values: Values = {
        "counts": account == EXCHANGE, "account": account, "points": weight, "historical": historical,
    }  # fmt: skip
    said = {name: _all_words(records, name) for name in dict.fromkeys(name for name, _ in NEVER_COUNTED)}
    takes = sorted(f"{name}={word}" for name, words in said.items() for word in words)
    never = {f"{name}={word}" for name, word in NEVER_COUNTED}
    if all(said.values()) or never & set(takes):
        values["takes"] = tuple(takes)
    return [Subject(of, Facts("category", values), is_class=True)]


def _release(
    state: State, person: Person, records: Records, slot: tuple[str, str] | None, due: bool
) -> Values:
    values: Values = {"waits_for_return": person.counts, "reason_shown": False}
    health = _all_words(records, "medical_category")
    if health:
        values["medical_category"] = next((word for word in health if word in SENT_HOME), health[0])
    if any("fit_to_travel" in record for record in records):
        values["journey_endangers_recovery"] = False
    moved = person.number in state.moved
    if moved:
        recorded = any((each.member, each.code) == (person.holder, "access-refused") for each in state.breaches)
        values |= {"access_refused": True, "refusal_recorded": recorded, "chance_at_border": True}
    elif person.words:
        values["access_refused"] = False
    if slot is not None:
        values["stage_on"] = date.fromisoformat(slot[1])
    due = due or any(right.left for right in person.rights)
    word = _leave(person)
    if word is not None and (due or slot is None or _may_serve(word, slot[1])):
        values |= {
            "neutral_word": "cleared", "chance_private": True, "chance_witnessed": True,
            "chance_on": date.fromisoformat(word.held_on),
            "chance_place": "detention" if word.stage is None else "point_of_handover",
        }  # fmt: skip
    elif word is None and due and not moved:
        values["neutral_word"] = "none"
    here = word is not None and word.stage is not None and (slot is None or word.stage == slot[0])  # at its own gate
    if moved and not here and not any(right.left for right in person.rights):
        for name in ("neutral_word", "chance_on", "chance_place", "chance_private", "chance_witnessed"):
            values.pop(name, None)  # the chance that counts is still to come, at the point of handover
    return values


def _leave(person: Person) -> Word | None:
    """The neutral's word by which this person goes: a gate's, where they were due at one, else the latest."""
    right = person.right
    said = [word for word in at_gate(person.words, right.stage, right.place) if word.going] if right else []
    return max(said or [word for word in standing(person.words) if word.going], key=word_order, default=None)


def _may_serve(word: Word, day: str) -> bool:
    """Whether a word of that day can still be the chance of this stage; if not, a later one will be."""
    return chance_is_fresh(date.fromisoformat(word.held_on), date.fromisoformat(day), CHANCE_DAYS_MAX)


def _civilian(state: State, person: Person, records: Records) -> Values:
    values: Values = {}
    if _leave(person) is not None:
        values["goes_of_own_will"] = True
    power = _word(records, "power_on_which_depends")
    if _role(state, person.to) == HOST:
        values["goes_to"] = "neutral_country"
    elif power is not None:
        values["goes_to"] = "own_country" if power == person.to else "elsewhere"
    return values


def _record(state: State, records: Records) -> Values:
    """The rows of a list in force are sealed to both parties, the mediators and the neutral."""
    values: Values = {"shared_with": ("party", "mediator", "icrc")}
    if (today := _today(state)) is not None:
        values["as_of"] = today
    until = _word(records, "valid_until")
    if until is not None and (day := field_value("valid_until", until)).full:
        values["kept_until"] = day.last
    consent = _words(records, "sharing_consent")
    return values if consent is None else {**values, "sharing_consent": consent}


def _is_civilian(person: Person, records: Records) -> bool:
    return person.account == CIVILIANS or "civilian_internee" in _all_words(records, "person_category")


def _transfers(state: State) -> Iterator[Subject]:
    """People who go to a power that is not their own: whose, and to whom."""
    pairs = {(p.holder, p.to) for p in _people(state) if _role(state, p.to) == HOST and p.state != WITHDRAWN}
    for holder, to in sorted(pairs):
        yield Subject(f"{holder} to {to}", Facts("transfer", {}))
        yield Subject(f"{holder} to {to}", Facts("accommodation", {"powers_agreed": True}))


def _boards(state: State) -> Iterator[Subject]:
    """Each examination on record: when it was, and when its decision was told."""
    for board in state.boards.values():
        values: Values = {"visit_on": date.fromisoformat(board.held_on)}
        if board.told is not None:
            values["told_on"] = date.fromisoformat(board.told)
        if (today := _today(state)) is not None:
            values["as_of"] = today
        yield Subject(f"{board.board} board at {board.place}, entry {board.index}", Facts("medical", values))


# --- the public -----------------------------------------------------------------------------------------------------


def _tables(state: State, attachments: Attachments) -> Iterator[Subject]:
    """Each table of counts that was published: what it tells, and that it has no field for more."""
    for each in state.published:
        data = attachments(each.table)
        values: Values = {"has_names": False, "has_images": False}
        if data is not None:
            rows = read(PublicCounts, data).rows
            values["has_person_rows"] = any(0 < row.received < SMALL for row in rows)
        yield Subject(f"table of counts, entry {each.index}", Facts("publication", values))


# --- rows of registers ----------------------------------------------------------------------------------------------


def _rows(state: State, attachments: Attachments) -> Iterator[Subject]:
    """Answers: the dead, whose files stay open; those whose fate is told; and rows left blank past their day."""
    late = bool(state.terms_text) and (state.log_time or "")[:10] > _terms_of(state).answers_due
    for name, register in sorted(state.registers.items()):
        for holder in register.asked:
            answered = _answers(register, holder, attachments)
            by_word: dict[str, list[str]] = defaultdict(list)
            for row, word in answered:
                by_word[word].append(row)
            for row in by_word["deceased"]:
                yield Subject(f"register {name}, row {row}", Facts("death", {"file_closing": not state.round_open}))
            for word in ("deceased", "released"):
                for row in by_word[word]:
                    values: Values = {"fate_known": True, "search_made": True}
                    yield Subject(f"register {name}, row {row}", Facts("missing", values))
            for row in by_word["refused"]:
                values = {"fate_known": False, "search_made": False}
                yield Subject(f"register {name}, row {row}", Facts("missing", values))
            if blank := register.blank(holder):
                values = {"search_made": False} if late else {}
                of = f"register {name}, {blank} rows that {holder} left blank"
                yield Subject(of, Facts("missing", {**values, "fate_known": False}))


def _answers(register: RegisterFact, holder: str, attachments: Attachments) -> Sequence[tuple[str, str]]:
    given = register.answers.get(holder)
    data = None if given is None else attachments(given.answers)
    return () if data is None else read(Answers, data).answers


# --- what was told --------------------------------------------------------------------------------------------------


def _with_told(subject: Subject, known: Known) -> Subject:
    """The subject with what was told of it, and of every one of its kind: where nothing else says so already."""
    about = subject.facts.about
    told: Values = {}
    if about == "release":  # whether hostilities go on is told once, of the round
        for (kind, _), values in known.told.items():
            told |= {name: value for name, value in values.items() if kind == "round" and name == "hostilities_active"}
    for of in (EVERY, subject.of):
        told |= known.told.get((about, of), {})
    return Subject(subject.of, Facts(about, {**told, **subject.facts.values}), subject.is_class) if told else subject


# --- reading --------------------------------------------------------------------------------------------------------


def _people(state: State) -> list[Person]:
    """Everyone on the lists of the present round."""
    return [person for person in state.persons.values() if person.round == state.round]


def _still_held(person: Person) -> bool:
    """Whether somebody who may go is still in their holder's hands."""
    return person.state in (*AVAILABLE, RIGHT_OUT) and not person.not_going


def _stage_of(state: State, person: Person) -> str | None:
    """The stage that a person is planned for, or was handed over in."""
    right = person.right
    at = state.slots[person.number][0] if person.number in state.slots else right.stage if right else None
    return at if at in state.stages else None


def _is_due(state: State, stage: StageFact) -> bool:
    return stage.opened is not None or (state.log_time or "")[:10] >= stage.date


def _role(state: State, member: str) -> str:
    return state.members[member].role if member in state.members else ""


def _today(state: State) -> date | None:
    return None if state.log_time is None else date.fromisoformat(state.log_time[:10])


def _terms_of(state: State) -> Terms:
    return decode_terms(state.terms_text.encode())


def _of(known: Known, number: str) -> Records:
    return known.records.get(number, ())


def _word(records: Records, name: str) -> str | None:
    """What the first record that says it says."""
    return next((record[name] for record in records if name in record), None)


def _all_words(records: Records, name: str) -> tuple[str, ...]:
    """Everything that the records say, each once."""
    return tuple(dict.fromkeys(record[name] for record in records if name in record))


def _words(records: Records, name: str) -> tuple[str, ...] | None:
    """A field that holds several words, as the first record that says it has it."""
    text = _word(records, name)
    found: tuple[str, ...] | None = None if text is None else field_value(name, text)
    return found
