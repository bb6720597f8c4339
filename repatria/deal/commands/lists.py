"""Final lists: the holder's half drafted out of answers, and signed by the other side after deriving it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

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
)
from repatria.deal.commands.known import (
    Agreed,
    agreed_here,
    answered_registers,
    is_withdrawn,
    linked_records,
    place_slug,
    proposed_list,
    readers,
    records_of_list,
    rows_of,
)
from repatria.deal.quota import off_quota
from repatria.deal.terms import FINAL_LIST, Terms
from repatria.exchange.authority import HOST
from repatria.exchange.commands import By
from repatria.exchange.documents import FinalList, ListRow, read, write
from repatria.exchange.events import FinalListSigned, Opaque, Row, Sha256, Slug
from repatria.exchange.medical import CHANGING, findings
from repatria.exchange.outward import is_free
from repatria.exchange.person import AVAILABLE, NOT_GOING, Person
from repatria.exchange.state import State
from repatria.law.figures import Figures
from repatria.law.review import held_back, review
from repatria.law.standing import Known, of_list
from repatria.ledger.canonical import digest
from repatria.linkage.commands import held_now
from repatria.office import Given, Outcome
from repatria.people.commands import post
from repatria.people.person import IDENTITY_FIELDS
from repatria.problem import Problem, Problems

# What a class is derived from, besides identity; sealed with the list's rows, never on the ledger.
CLASS_FIELDS = ("date_of_birth", "medical_category", "person_category", "capture_date", "sex", "priority_grounds")


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
    found = agreed_here(state, given)
    if isinstance(found, Problem):
        return [found]
    terms, categories, quotas = found
    registers = answered_registers(state, holder)
    if not registers:
        return [Problem("list.register", holder, "no register has been answered", "give answers first")]
    before = state.lists.get(holder)
    standing = [p for p in state.persons.values() if (p.holder, p.round) == (holder, state.round)]
    attested = rows_of(state, given, before.list) or {} if before is not None else {}
    signed = decode_classes(given.attachment(before.classes) or b"") if before is not None else {}
    held = held_now(state, given, holder)
    asked = {*registers, *(person.register for person in standing)}
    linked = {name: linked_records(state, given, name, held) for name in asked}
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
    stay = [row.fields for row in rows if not is_withdrawn(state, row.number)]
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
    visits = {
        "holder": holder,
        "list": digest(data),
        "places": {row.number: place_slug(row.place) for row in rows},
    }
    visit, visit_mailed = post(state, given, "visits", holder, visits, state.neutrals)
    letter = {
        "holder": holder,
        "list": digest(data),
        "rows": [
            {"number": row.number, "row": row.row, "fields": _shown(row.fields, categories)} for row in rows
        ],
    }
    who = readers(state, *state.neutrals, *terms.besides(FINAL_LIST))
    sealed, mailed = post(state, given, "rows", holder, letter, who)
    event = FinalListSigned(
        Slug(state.round), Slug(holder), version, Sha256(digest(data)), Sha256(listed.tree.root().hex()),
        Sha256(digest(table)), Sha256(mailed), Sha256(visit_mailed),
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


def check_list(state: State, given: Given, event: FinalListSigned) -> list[Problem]:
    """Whether the sealed rows give the classes that the list attests; every difference at once."""
    found = agreed_here(state, given)
    if isinstance(found, Problem):
        return [found]
    terms, categories, _ = found
    listed = read(FinalList, given.attachment(event.list) or b"")
    try:
        classes = decode_classes(given.attachment(event.classes) or b"")
    except Problems as problems:
        return list(problems.problems)
    rows = rows_of(state, given, event.list)
    if rows is None:
        return [Problem("list.rows", event.holder, "the sealed rows have not come", "sync, then sign")]
    stay = [fields for number, fields in rows.items() if not is_withdrawn(state, number)]
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
        rows = rows_of(state, given, fact.list) if fact is not None else None
        if rows is not None:
            lists.append(fields for number, fields in rows.items() if not is_withdrawn(state, number))
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


def _shown(fields: Mapping[str, str], categories: Sequence[Category]) -> dict[str, str]:
    """Of a record what its list's readers need: who it is, and all that its class is derived from."""
    names = dict.fromkeys((*IDENTITY_FIELDS, *CLASS_FIELDS, *sorted(looked_at(categories))))
    return {name: fields[name] for name in names if name in fields}
