"""Who of a list stands elsewhere, where they should not: already released, or held on one list and sought on another.

Nothing is taken out: a doubt names the row, says how the two records stand to each other and what to do, and repeats
neither. It rests on what every other comparison rests on: the rules of `block.py`, the near spellings of `within.py`,
and a record number of the same office where the names do not gainsay it.

    >>> from repatria.people.table import table_of
    >>> table = table_of("n.csv", ["surname", "first name", "born"], [["Коваленко", "Сергій", "1990-03-05"]])
    >>> gone = {"family_name": "Kovalenko", "given_names": "Sergey", "date_of_birth": "1990-03-05"}
    >>> records = [Record(2, {"family_name": "Коваленко", "given_names": "Сергій", "date_of_birth": "1990-03-05"})]
    >>> (doubt,) = doubts_across(table, records, [released_in("r1", [gone])])
    >>> doubt.where, doubt.what
    ('n.csv, row 2', 'may be somebody released in round r1: family name, given name and date of birth agree')
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from repatria.linkage.block import candidate_links
from repatria.linkage.compare import Evidence, Record, compare, own_number
from repatria.linkage.within import near_across
from repatria.people.table import Table
from repatria.problem import Problem


@dataclass(frozen=True)
class Elsewhere:
    """People known from elsewhere, and what it means that somebody of a list is one of them, in words."""

    code: str
    who: str
    do: str
    people: tuple[Mapping[str, str], ...]
    """The fields of each record; several records may be of one person."""


@dataclass(frozen=True)
class Met:
    """A row that may be somebody known elsewhere, by the record that agrees most: how sure, and what stands for it."""

    row: int
    sure: bool
    evidence: tuple[Evidence, ...]
    by_number: bool = False


def released_in(round_name: str, people: Iterable[Mapping[str, str]]) -> Elsewhere:
    return Elsewhere(
        "import.person.released", f"somebody released in round {round_name}",
        "look at the papers of that round; take the row out, or keep it where the person is held or sought anew",
        tuple(people),
    )  # fmt: skip


def listed_in(file: str, gone: bool, people: Iterable[Mapping[str, str]]) -> Elsewhere:
    """People of a file: those already released, or those that somebody holds."""
    if gone:
        what, do = "people released", "take the row out, or keep it where the person is held or sought anew"
        return Elsewhere("import.person.released", f"somebody on the list of {what} ({file})", do, tuple(people))
    do = "find out who holds the person, and correct the list that is wrong"
    return Elsewhere("import.person.held", f"somebody on the list of people held ({file})", do, tuple(people))


def doubts_across(table: Table, records: Sequence[Record], elsewhere: Sequence[Elsewhere]) -> list[Problem]:
    """A doubt for each row that may be somebody known elsewhere, in the order of the rows."""
    found = [(met, known) for known in elsewhere for met in meetings(records, known.people)]
    return [
        Problem(known.code, table.place(met.row), f"{_likely(met)} {known.who}: {_in_words(met)}", known.do)
        for met, known in sorted(found, key=lambda each: each[0].row)
    ]


def meetings(records: Sequence[Record], people: Sequence[Mapping[str, str]]) -> list[Met]:
    """Each row that may be one of these people, once, with the best of what speaks for it."""
    others = [Record(at, fields) for at, fields in enumerate(people)]
    best: dict[int, Met] = {}
    for met in _all(records, others):
        if met.row not in best or _weight(met) > _weight(best[met.row]):
            best[met.row] = met
    return [best[row] for row in sorted(best)]


def _all(records: Sequence[Record], others: Sequence[Record]) -> Iterator[Met]:
    for one in candidate_links(others, records):
        yield Met(one.sought_row, one.grade == "sure", one.evidence)
    rows = {record.row: record for record in records}
    for (side, row), (of, at), _ in near_across(records, others):
        if (side, of) == (0, 1):
            yield Met(row, False, compare(rows[row], others[at]))
    numbered: dict[str, list[Record]] = defaultdict(list)
    for record in others:
        if number := own_number(record.fields):
            numbered[number].append(record)
    for record in records:
        for other in numbered.get(own_number(record.fields) or "", ()):
            evidence = compare(record, other)
            # Two offices number from 1 as well: without a name that fits, a number says nothing.
            stands = {each.field: each.agreement for each in evidence}
            names = {stands["family_name"], stands["given_names"]}
            if "differs" not in names and names & {"agrees", "compatible"}:
                yield Met(record.row, False, evidence, by_number=True)


def _weight(met: Met) -> tuple[bool, int]:
    stands = [each.agreement for each in met.evidence]
    return met.sure, 2 * stands.count("agrees") + stands.count("compatible") - 2 * stands.count("differs")


def _likely(met: Met) -> str:
    return "probably" if met.sure else "may be"


def _in_words(met: Met) -> str:
    """How the two records stand to each other, field by field, and never what stands in them."""
    told = []
    for agreement, one, several in (
        ("agrees", "agrees", "agree"), ("compatible", "is near or may be the same", "are near or may be the same"),
        ("differs", "differs", "differ"),
    ):  # fmt: skip
        fields = [
            _WORDS.get(each.field, each.field.replace("_", " "))
            for each in met.evidence
            if each.agreement == agreement
        ]
        if agreement == "agrees" and met.by_number:
            fields.insert(0, "record number")
        if fields:
            listed = " and ".join(filter(None, (", ".join(fields[:-1]), fields[-1])))
            told.append(f"{listed} {one if len(fields) == 1 else several}")
    return "; ".join(told)


_WORDS = {"given_names": "given name", "father_name": "father's name", "capture_date": "date of capture"}
