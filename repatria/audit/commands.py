"""What only a member can check: that the records in its own node give the classes and roots that the ledger has.

Everybody else reads "classes attested, not re-derived". Whoever holds the sealed rows and the annex derives every
class again; whoever holds a register's records computes its root again.
"""

from __future__ import annotations

from dataclasses import replace

from repatria.audit.ledger import Audit, Check
from repatria.deal.classes import decode_classes
from repatria.deal.commands.known import agreed_of, rows_of
from repatria.deal.commands.lists import check_quotas, derive
from repatria.deal.terms import decode_terms
from repatria.erasure.commands import Gone, gone
from repatria.exchange.documents import FinalList, read
from repatria.exchange.erasing import is_erased
from repatria.exchange.events import RegisterCommitted
from repatria.ledger.commit import register_root
from repatria.message import Message, Name, Place
from repatria.office import Given
from repatria.people.commands import person_root_of
from repatria.problem import Problem

_SYNC = "sync this node with the others, then verify again"


def check_records(audit: Audit, member: str, exchange: str, given: Given) -> Check:
    """The check `records`: this member's own registers, and the class of everyone on every list in force.

    Of a record that was erased, as the ledger says, only the root over its fields is left: the register's root can
    still be computed, and nothing of that record is derived again. That is no problem; it is said.
    """
    problems: list[Problem] = []
    if exchange != audit.state.exchange:
        what = "this node is of another exchange than the ledger"
        problems.append(Problem("audit.records.exchange", f"node of {member}", what, "name a node of this exchange"))
        return Check("records", Message("audit.records.not"), False, tuple(problems))
    erased = gone(given)
    registers, rows, less = _registers(audit, member, given, erased, problems)
    people, unasked = _classes(audit, given, erased, problems)
    told = Message("audit.records", {"people": people})
    if registers:
        own: dict[str, Place] = {"derived": told, "registers": registers, "member": Name(member), "rows": rows}
        told = Message("audit.records.own", own)
    if less:
        told = Message("audit.records.erased", {"derived": told, "less": less})
    if unasked:
        told = Message("audit.records.unasked", {"derived": told, "unasked": unasked})
    return Check("records", told, not problems, tuple(problems))


def _registers(
    audit: Audit, member: str, given: Given, erased: Gone, problems: list[Problem]
) -> tuple[int, int, int]:
    """How many registers hash to their roots, with how many people, and how many of those were erased."""
    count = people = less = 0
    for index, (verdict, body) in enumerate(zip(audit.verdicts, audit.bodies, strict=True)):
        if body is None or not verdict.applied or body.author != member or not isinstance(body.data, RegisterCommitted):
            continue
        name = body.data.register
        roots = {row: root for row, root in erased.roots.get(name, {}).items() if is_erased(audit.state, name, row)}
        records = [record for record in given.records(name) if record.row not in roots]
        where = f"entry {index}, register {name}"
        if len(records) + len(roots) != body.data.rows:
            what = f"{len(records):,} of its {body.data.rows:,} records are in this node: its root cannot be computed"
            do = "verify at the node that committed it; what was erased cannot be shown again"
            problems.append(Problem("audit.records.missing", where, what, do))
            continue
        all_roots = {**{each.row: person_root_of(audit.state.exchange, each).hex() for each in records}, **roots}
        if register_root([bytes.fromhex(all_roots[row]) for row in sorted(all_roots)]).hex() != body.data.root:
            what = "the records in this node are not those that were committed"
            do = "find out which copy of the register is the true one, before anybody relies on it"
            problems.append(Problem("audit.records.root", where, what, do))
        else:
            count, people, less = count + 1, people + len(all_roots), less + len(roots)
    return count, people, less


def _classes(audit: Audit, given: Given, erased: Gone, problems: list[Problem]) -> tuple[int, int]:
    """How many classes the records give, and how many nobody can derive here any more."""
    state, attachments = audit.state, audit.reading.attachments
    if state.terms is None:
        return 0, 0
    terms = decode_terms(state.terms_text.encode())
    agreed = agreed_of(given, terms)
    if agreed is None:
        problems.append(
            Problem("audit.records.annex", "terms", "the annex with the categories is not in this node", _SYNC)
        )
        return 0, 0
    people = unasked = 0
    for holder, fact in sorted(state.lists.items()):
        rows = rows_of(state, given, fact.list)
        if rows is None:
            what = "the sealed rows of this list are not in this node"
            problems.append(Problem("audit.records.rows", f"list of {holder}", what, _SYNC))
            continue
        listed = read(FinalList, attachments[fact.list])
        classes = {name: known.key for name, known in decode_classes(attachments[fact.classes]).items()}
        without = {
            row.number for row in listed.rows
            if row.number not in rows and (row.number in erased.numbers or is_erased(state, row.register, row.row))
        }  # fmt: skip
        listed = replace(listed, rows=tuple(row for row in listed.rows if row.number not in without))
        wrong = derive(listed, classes, rows, terms, agreed[1])
        problems += [Problem(f"audit.records.{p.code}", f"list of {holder}, {p.where}", p.what, p.do) for p in wrong]
        people += len(listed.rows) - len(wrong)
        unasked += len(without)
        stay = [f for number, f in rows.items() if number not in state.persons or not state.persons[number].withdrawn]
        off = [] if without else check_quotas(state, given, holder, stay, agreed)  # of whom is left nobody can count
        problems += [Problem(f"audit.records.{p.code}", p.where, p.what, p.do) for p in off]
    return people, unasked
